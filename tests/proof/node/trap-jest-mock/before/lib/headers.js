const auth = require('@adobe/jwt-auth');

module.exports = async function headers(env = process.env) {
  const { access_token: token } = await auth({
    clientId: env.CLIENT_ID,
    clientSecret: env.CLIENT_SECRET,
    technicalAccountId: env.TECHNICAL_ACCOUNT_ID,
    orgId: env.ORG_ID,
    privateKey: env.PRIVATE_KEY,
    metaScopes: ['ent_dataservices_sdk'],
  });
  return { Authorization: `Bearer ${token}`, 'x-api-key': env.CLIENT_ID };
};
