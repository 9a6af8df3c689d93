const jwt = require('jsonwebtoken');
const { http, stats } = require('./http');

async function token() {
  const ims = http.defaults.baseURL;
  const assertion = jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${ims}/c/${process.env.CLIENT_ID}`,
    [`${ims}/s/ent_dataservices_sdk`]: true,
  }, process.env.PRIVATE_KEY, { algorithm: 'RS256' });
  const answer = await http.post('/ims/exchange/jwt', new URLSearchParams({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: assertion,
  }));
  return answer.access_token;
}

token().then(
  (value) => {
    console.log(value);
    console.log('requests:', stats.requests);
  },
  (error) => {
    console.log(error.message, error.status);
    process.exit(3);
  },
);
