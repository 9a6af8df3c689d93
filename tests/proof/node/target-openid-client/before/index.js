import axios from 'axios';
import jwt from 'jsonwebtoken';

const ims = 'https://ims-na1.adobelogin.com';

export const getToken = async ({ clientId, clientSecret }) => {
  const assertion = jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${ims}/c/${clientId}`,
    [`${ims}/s/ent_dataservices_sdk`]: true,
  }, process.env.PRIVATE_KEY, { algorithm: 'RS256' });
  const { data } = await axios.post(`${ims}/ims/exchange/jwt`, new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    jwt_token: assertion,
  }));
  return data.access_token;
};

console.log(await getToken({ clientId: process.env.CLIENT_ID, clientSecret: process.env.CLIENT_SECRET }));
