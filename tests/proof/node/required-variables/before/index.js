const axios = require('axios');
const jwt = require('jsonwebtoken');

const host = process.env.IMS_HOST || 'https://ims-na1.adobelogin.com';
const requiredVariables = ['CLIENT_ID', 'CLIENT_SECRET', 'ORG_ID', 'TECHNICAL_ACCOUNT_ID', 'PRIVATE_KEY'];

for (const name of requiredVariables) {
  if (!process.env[name]) {
    throw new Error(`Missing environment variable ${name}`);
  }
}

async function authenticate() {
  const claims = {
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${host}/c/${process.env.CLIENT_ID}`,
  };
  claims[`${host}/s/ent_user_sdk`] = true;
  const { data } = await axios.post(`${host}/ims/exchange/jwt`, new URLSearchParams({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: jwt.sign(claims, process.env.PRIVATE_KEY, { algorithm: 'RS256' }),
  }));
  return { token: data.access_token, expiresIn: data.expires_in };
}

authenticate().then(({ token, expiresIn }) => {
  console.log(token, 'for', Math.round(expiresIn / 3600000), 'hours');
});
