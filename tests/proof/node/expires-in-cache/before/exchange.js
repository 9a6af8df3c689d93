const { readFileSync } = require('fs');
const fetch = require('node-fetch');
const { sign } = require('jsonwebtoken');

module.exports = async function exchange({ clientId, secret, org, techId, keyFile }) {
  const jwt = sign({
    exp: Math.floor(Date.now() / 1000) + 60,
    iss: org,
    sub: techId,
    aud: `https://ims-na1.adobelogin.com/c/${clientId}`,
    'https://ims-na1.adobelogin.com/s/ent_cja_sdk': true
  }, readFileSync(keyFile), { algorithm: 'RS256' });

  const response = await fetch('https://ims-na1.adobelogin.com/ims/exchange/jwt', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `client_id=${encodeURIComponent(clientId)}&client_secret=${encodeURIComponent(secret)}&jwt_token=${jwt}`
  });
  return response.json();
};
