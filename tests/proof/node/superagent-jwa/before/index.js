const superagent = require('superagent');
const jwa = require('jwa');

const rs256 = jwa('RS256');

function encode(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function assertion() {
  const head = encode({ alg: 'RS256', typ: 'JWT' });
  const body = encode({
    exp: Math.floor(new Date().getTime() / 1000) + 600,
    iss: process.env.TARGET_ORG,
    sub: process.env.TARGET_TECH_ACCT,
    aud: 'https://ims-na1.adobelogin.com/c/' + process.env.TARGET_CLIENT_ID,
    'https://ims-na1.adobelogin.com/s/ent_marketing_sdk': true,
  });
  const input = head + '.' + body;
  return input + '.' + rs256.sign(input, process.env.TARGET_KEY);
}

superagent
  .post('https://ims-na1.adobelogin.com/ims/exchange/jwt')
  .type('form')
  .send({ client_id: process.env.TARGET_CLIENT_ID })
  .send({ client_secret: process.env.TARGET_CLIENT_SECRET, jwt_token: assertion() })
  .end((err, res) => {
    if (err) {
      console.error('IMS refused:', err.message);
      process.exit(1);
    }
    console.log('token', res.body.access_token);
  });
