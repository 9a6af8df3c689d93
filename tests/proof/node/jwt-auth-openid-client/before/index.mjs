import auth from '@adobe/jwt-auth';

const token = await auth({
  clientId: process.env.CLIENT_ID,
  clientSecret: process.env.CLIENT_SECRET,
  technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID,
  orgId: process.env.ORG_ID,
  metaScopes: ['ent_user_sdk'],
  privateKey: process.env.PRIVATE_KEY,
});

console.log(`${token.access_token} for ${Math.floor(token.expires_in / 3600000)} h`);
