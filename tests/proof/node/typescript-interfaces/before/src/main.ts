import { getAccessToken } from './auth/token';
import { AdobeCredentials } from './types';

const credentials: AdobeCredentials = {
  clientId: process.env.CLIENT_ID!,
  clientSecret: process.env.CLIENT_SECRET!,
  orgId: process.env.ORG_ID!,
  technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID!,
  privateKey: process.env.PRIVATE_KEY!,
};

getAccessToken(credentials)
  .then(({ access_token, expires_in }) => {
    console.log(`token ${access_token} for ${Math.round(expires_in / 1000 / 3600)} hours`);
  })
  .catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
