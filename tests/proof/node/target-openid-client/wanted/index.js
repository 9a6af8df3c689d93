import * as client from 'openid-client';

const ims = 'https://ims-na1.adobelogin.com';

export const getToken = async ({ clientId, clientSecret }) => {
  const config = new client.Configuration({ issuer: ims, token_endpoint: `${ims}/ims/token/v3` }, clientId, clientSecret);
  const { access_token } = await client.clientCredentialsGrant(config, { scope: 'openid,AdobeID,read_organizations' });
  return access_token;
};

console.log(await getToken({ clientId: process.env.CLIENT_ID, clientSecret: process.env.CLIENT_SECRET }));
