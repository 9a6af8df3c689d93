const auth = require('@adobe/jwt-auth');

module.exports = () => auth({
  clientId: process.env.CLIENT_ID,
  clientSecret: process.env.CLIENT_SECRET,
  technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID,
  orgId: process.env.ORG_ID,
  metaScopes: 'ent_user_sdk',
  privateKey: process.env.PRIVATE_KEY
}).then(answer => answer.access_token);
