const auth = require('@adobe/jwt-auth');

/** As `@adobe/jwt-auth`, with three attempts. */
async function authorize(options) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await auth(options);
    } catch (error) {
      if (attempt === 3 || error.code !== 'request_failed') {
        throw error;
      }
    }
  }
}

module.exports = authorize;
module.exports.authorizeOnce = auth;
