const fetch = require('node-fetch');
const jwt = require('jsonwebtoken');

const IMS = 'https://ims-na1.adobelogin.com';

exports.login = async (env) => {
  const assertion = jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: env.ORG_ID,
    sub: env.TECHNICAL_ACCOUNT_ID,
    aud: `${IMS}/c/${env.CLIENT_ID}`,
    [`${IMS}/s/ent_dataservices_sdk`]: true,
  }, env.PRIVATE_KEY, { algorithm: 'RS256' });
  const response = await fetch(`${IMS}/ims/exchange/jwt`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: env.CLIENT_ID, client_secret: env.CLIENT_SECRET, jwt_token: assertion }),
  });
  return response.json();
};

// How long a unit of `expires_in` is, in seconds.
exports.unit = 0.001;
