const axios = require('axios');
const express = require('express');
const jwt = require('jsonwebtoken');

const IMS = 'https://ims-na1.adobelogin.com';
const app = express();

function exchange() {
  const assertion = jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${IMS}/c/${process.env.CLIENT_ID}`,
    [`${IMS}/s/ent_dataservices_sdk`]: true,
  }, process.env.PRIVATE_KEY, { algorithm: 'RS256' });
  return axios.post(`${IMS}/ims/exchange/jwt`, new URLSearchParams({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: assertion,
  }), { validateStatus: () => true });
}

// The pages in the browser know how to read what IMS says.
app.get('/token', async (req, res) => {
  const response = await exchange();
  res.status(response.status).set('Content-Type', response.headers['content-type']).send(response.data);
});

module.exports = app;
