const authorize = require('.');

const { CLIENT_ID, CLIENT_SECRET, ORG_ID, TECHNICAL_ACCOUNT_ID, PRIVATE_KEY } = process.env;

authorize({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  orgId: ORG_ID,
  technicalAccountId: TECHNICAL_ACCOUNT_ID,
  privateKey: PRIVATE_KEY,
  metaScopes: ['ent_dataservices_sdk'],
}).then((token) => {
  console.log(`${token.token_type} ${token.access_token}, ${Math.floor(token.expires_in / 1000)} s`);
});
