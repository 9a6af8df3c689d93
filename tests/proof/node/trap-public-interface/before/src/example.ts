import { authorize, AdobeCredentials } from './index';

const credentials: AdobeCredentials = {
  clientId: process.env.CLIENT_ID!,
  clientSecret: process.env.CLIENT_SECRET!,
  orgId: process.env.ORG_ID!,
  technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID!,
  privateKeyPath: process.env.PRIVATE_KEY_PATH!,
};

authorize(credentials).then((headers) => console.log(headers.Authorization));
