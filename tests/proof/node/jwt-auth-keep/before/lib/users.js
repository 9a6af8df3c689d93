const auth = require('@adobe/jwt-auth');

module.exports = async () => {
  const config = {
    clientId: process.env.CLIENT_ID,
    clientSecret: process.env.CLIENT_SECRET,
    technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID,
    orgId: process.env.ORG_ID,
    metaScopes: ['ent_user_sdk'],
    privateKey: process.env.PRIVATE_KEY
  };
  const { access_token } = await auth(config);
  return access_token;
};
