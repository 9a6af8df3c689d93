const got = require('got');
const jwt = require('jsonwebtoken');

const IMS = 'https://ims-na1.adobelogin.com';

async function main() {
  const assertion = jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${IMS}/c/${process.env.CLIENT_ID}`,
    [`${IMS}/s/ent_dataservices_sdk`]: true,
  }, process.env.PRIVATE_KEY, { algorithm: 'RS256' });
  const { access_token } = await got.post(`${IMS}/ims/exchange/jwt`, {
    form: { client_id: process.env.CLIENT_ID, client_secret: process.env.CLIENT_SECRET, jwt_token: assertion },
  }).json();
  console.log(access_token);
}

main();
