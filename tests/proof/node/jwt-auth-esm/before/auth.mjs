import auth from '@adobe/jwt-auth';

const credentials = {
  clientId: process.env.AEP_CLIENT_ID,
  clientSecret: process.env.AEP_CLIENT_SECRET,
  orgId: process.env.AEP_ORG_ID,
  technicalAccountId: process.env.AEP_TECHNICAL_ACCOUNT_ID,
  privateKey: process.env.AEP_PRIVATE_KEY,
  metaScopes: ['ent_dataservices_sdk'],
  ims: process.env.IMS || 'https://ims-na1.adobelogin.com',
};

let cached;

export async function accessToken() {
  if (cached && cached.until > Date.now()) {
    return cached;
  }
  const { access_token, expires_in } = await auth(credentials);
  // One minute is left for the request itself.
  cached = { token: access_token, until: Date.now() + expires_in - 60_000 };
  return cached;
}
