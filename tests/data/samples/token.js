const axios = require('axios');
const fs = require('fs');
const jwt = require('jsonwebtoken');

const IMS = 'https://ims-na1.adobelogin.com';

async function accessToken({ id, secret, org, account }) {
  const key = fs.readFileSync('private.key');
  const claims = { iss: org, sub: account, aud: `${IMS}/c/${id}`, [`${IMS}/s/ent_user_sdk`]: true };
  const assertion = jwt.sign(claims, key, { algorithm: 'RS256', expiresIn: '5m' });
  const form = new URLSearchParams({ client_id: id, client_secret: secret, jwt_token: assertion });
  const { data } = await axios.post(`${IMS}/ims/exchange/jwt`, form);
  return data.access_token;
}
