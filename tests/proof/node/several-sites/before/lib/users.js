const axios = require('axios');
const jwt = require('jsonwebtoken');
const settings = require('./settings');

async function usersToken() {
  const assertion = jwt.sign(
    {
      exp: Math.floor(Date.now() / 1000) + 600,
      iss: settings.orgId,
      sub: settings.technicalAccountId,
      aud: 'https://ims-na1.adobelogin.com/c/' + settings.clientId,
      'https://ims-na1.adobelogin.com/s/ent_user_sdk': true,
    },
    settings.privateKey,
    { algorithm: 'RS256' },
  );
  const response = await axios.post(
    'https://ims-na1.adobelogin.com/ims/exchange/jwt',
    new URLSearchParams({ client_id: settings.clientId, client_secret: settings.clientSecret, jwt_token: assertion }),
  );
  return response.data.access_token;
}

module.exports = { usersToken };
