const axios = require('axios');
const { signJwt } = require('./sign');

const TOKEN_URL = 'https://oauth2.googleapis.com/token';

function googleAssertion() {
  return signJwt({
    iss: 'export@project.iam.gserviceaccount.com',
    scope: 'https://www.googleapis.com/auth/bigquery',
    aud: TOKEN_URL,
  }, 3600);
}

async function googleToken() {
  const { data } = await axios.post(TOKEN_URL, new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: googleAssertion(),
  }));
  return data.access_token;
}

module.exports = { googleAssertion, googleToken };
