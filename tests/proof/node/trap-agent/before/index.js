const fs = require('fs');
const https = require('https');
const axios = require('axios');
const jwt = require('jsonwebtoken');

const IMS = 'https://ims-na1.adobelogin.com';
const privateKey = fs.readFileSync(process.env.PRIVATE_KEY_FILE);

// The gateway of the company asks for the certificate that belongs to the key.
const httpsAgent = new https.Agent({
  key: privateKey,
  cert: process.env.CLIENT_CERTIFICATE,
  keepAlive: false,
});

async function token() {
  const assertion = jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${IMS}/c/${process.env.CLIENT_ID}`,
    [`${IMS}/s/ent_dataservices_sdk`]: true,
  }, privateKey, { algorithm: 'RS256' });
  const body = new URLSearchParams({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: assertion,
  });
  const { data } = await axios.post(`${IMS}/ims/exchange/jwt`, body, { httpsAgent, proxy: false });
  return data.access_token;
}

token().then(console.log);
