const fs = require('fs');
const { promisify } = require('util');
const fetch = require('node-fetch');
const jwt = require('jsonwebtoken');

const readFile = promisify(fs.readFile);
const ims = process.env.IMS || 'https://ims-na1.adobelogin.com';

module.exports.authenticate = (settings) => {
  return readFile(settings.key)
    .then((key) => {
      const token = jwt.sign({
        exp: Math.floor(Date.now() / 1000) + 300,
        iss: settings.org,
        sub: settings.account,
        aud: `${ims}/c/${settings.id}`,
        [`${ims}/s/ent_user_sdk`]: true,
      }, key, { algorithm: 'RS256' });
      return fetch(`${ims}/ims/exchange/jwt`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: `client_id=${settings.id}&client_secret=${encodeURIComponent(settings.secret)}&jwt_token=${token}`,
      });
    })
    .then((res) => res.json())
    .then((json) => json.access_token);
};

if (require.main === module) {
  module.exports.authenticate({
    id: process.env.CLIENT_ID,
    secret: process.env.CLIENT_SECRET,
    org: process.env.ORG_ID,
    account: process.env.TECHNICAL_ACCOUNT_ID,
    key: process.env.PRIVATE_KEY_FILE,
  }).then(console.log, (e) => { console.error(e.message); process.exit(1); });
}
