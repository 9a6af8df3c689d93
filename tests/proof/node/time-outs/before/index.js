const axios = require('axios');
const jwt = require('jsonwebtoken');

const { IMS_HOST: host = 'https://ims-na1.adobelogin.com' } = process.env;
const patience = 1500;

async function signIn({ id, secret, organization, account, key }) {
  const assertion = jwt.sign({ [`${host}/s/ent_user_sdk`]: true }, key, {
    algorithm: 'RS256',
    expiresIn: '5m',
    issuer: organization,
    subject: account,
    audience: `${host}/c/${id}`,
  });
  const form = new URLSearchParams({ client_id: id, client_secret: secret, jwt_token: assertion });
  const { data } = await axios.post(`${host}/ims/exchange/jwt`, form, { timeout: patience });
  return data.access_token;
}

signIn({
  id: process.env.CLIENT_ID,
  secret: process.env.CLIENT_SECRET,
  organization: process.env.ORG_ID,
  account: process.env.TECHNICAL_ACCOUNT_ID,
  key: process.env.PRIVATE_KEY,
}).then((token) => {
  console.log('token', token);
}).catch(() => {
  console.log('no token');
  setTimeout(() => process.exit(1), 2500);
});
