const axios = require('axios');
const qs = require('querystring');
const jwt = require('jsonwebtoken');

const host = process.env.IMS_HOST || 'https://ims-na1.adobelogin.com';

module.exports.getToken = async () => {
  const claims = {
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.SIGN_ORG_ID,
    sub: process.env.SIGN_TECH_ACCOUNT,
    aud: `${host}/c/${process.env.SIGN_CLIENT_ID}`,
    [`${host}/s/ent_documentcloud_sdk`]: true,
  };
  const { data } = await axios.post(
    `${host}/ims/exchange/jwt`,
    qs.stringify({
      client_id: process.env.SIGN_CLIENT_ID,
      client_secret: process.env.SIGN_CLIENT_SECRET,
      jwt_token: jwt.sign(claims, process.env.SIGN_PRIVATE_KEY, { algorithm: 'RS256' }),
    }),
    { timeout: 10000 },
  );
  return data.access_token;
};
