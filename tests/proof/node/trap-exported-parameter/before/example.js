const { getAccessToken } = require('.');

const { CLIENT_ID, CLIENT_SECRET, ORG_ID, TECHNICAL_ACCOUNT_ID, PRIVATE_KEY } = process.env;

getAccessToken(CLIENT_ID, PRIVATE_KEY, CLIENT_SECRET, { orgId: ORG_ID, technicalAccountId: TECHNICAL_ACCOUNT_ID })
  .then((token) => console.log(token));
