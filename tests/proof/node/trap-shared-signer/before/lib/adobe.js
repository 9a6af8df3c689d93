const axios = require('axios');
const { signJwt } = require('./sign');

const IMS = 'https://ims-na1.adobelogin.com';

async function adobeToken() {
  const assertion = signJwt({
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${IMS}/c/${process.env.CLIENT_ID}`,
    [`${IMS}/s/ent_dataservices_sdk`]: true,
  }, 300);
  const { data } = await axios.post(`${IMS}/ims/exchange/jwt`, new URLSearchParams({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: assertion,
  }));
  return data.access_token;
}

module.exports = { adobeToken };
