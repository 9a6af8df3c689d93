// Everything that differs between the environments.
module.exports = {
  clientId: process.env.CLIENT_ID,
  clientSecret: process.env.CLIENT_SECRET,
  orgId: process.env.ORG_ID,
  technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID,
  privateKey: process.env.PRIVATE_KEY,
};
