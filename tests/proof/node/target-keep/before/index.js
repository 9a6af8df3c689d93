const fetch = require('node-fetch');
const FormData = require('form-data');
const jwt = require('jsonwebtoken');

const IMS_EXCHANGE = 'https://ims-na1.adobelogin.com/ims/exchange/jwt/';

async function authorize(clientId, clientSecret, claims, key) {
  const form = new FormData();
  form.append('client_id', clientId);
  form.append('client_secret', clientSecret);
  form.append('jwt_token', jwt.sign(claims, key, { algorithm: 'RS256' }));

  const res = await fetch(IMS_EXCHANGE, { method: 'POST', headers: form.getHeaders(), body: form });
  const { access_token, error, error_description } = await res.json();
  if (!access_token) {
    throw new Error(error ? `${error}: ${error_description}` : 'no access token');
  }
  return access_token;
}

const claims = {
  exp: Math.round(87000 + Date.now() / 1000),
  iss: process.env.ORG_ID,
  sub: process.env.TECHNICAL_ACCOUNT_ID,
  aud: `https://ims-na1.adobelogin.com/c/${process.env.CLIENT_ID}`,
  'https://ims-na1.adobelogin.com/s/ent_smartcontent_sdk': true,
};

authorize(process.env.CLIENT_ID, process.env.CLIENT_SECRET, claims, process.env.PRIVATE_KEY)
  .then((token) => console.log(token))
  .catch((err) => console.error(err));
