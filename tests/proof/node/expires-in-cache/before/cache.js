const exchange = require('./exchange');

const DAY = 24 * 60 * 60 * 1000;
let current = null;

// A token that has less than five minutes left is as good as none.
async function token(credentials) {
  if (current === null || current.expiresAt.getTime() - Date.now() < 5 * 60 * 1000) {
    const answer = await exchange(credentials);
    current = {
      value: answer.access_token,
      expiresAt: new Date(Date.now() + answer.expires_in),
    };
  }
  return current;
}

module.exports = { token, DAY };
