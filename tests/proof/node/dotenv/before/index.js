require('dotenv').config({ quiet: true });

const fs = require('fs');
const axios = require('axios').default;
const jwt = require('jsonwebtoken');

const {
  IMS_HOST,
  IO_CLIENT_ID,
  IO_CLIENT_SECRET,
  IO_ORG_ID,
  IO_TECHNICAL_ACCOUNT_ID,
  IO_PRIVATE_KEY_FILE,
  LOG_LEVEL,
} = process.env;

const getToken = async () => {
  const jwtToken = jwt.sign(
    {
      exp: Math.round(87000 + Date.now() / 1000),
      iss: IO_ORG_ID,
      sub: IO_TECHNICAL_ACCOUNT_ID,
      aud: `${IMS_HOST}/c/${IO_CLIENT_ID}`,
      [`${IMS_HOST}/s/ent_adobeio_sdk`]: true,
    },
    fs.readFileSync(IO_PRIVATE_KEY_FILE, 'utf-8'),
    { algorithm: 'RS256' }
  );
  const { data } = await axios.request({
    url: `${IMS_HOST}/ims/exchange/jwt`,
    method: 'POST',
    data: new URLSearchParams({
      client_id: IO_CLIENT_ID,
      client_secret: IO_CLIENT_SECRET,
      jwt_token: jwtToken,
    }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return data.access_token;
};

(async () => {
  const token = await getToken();
  if (LOG_LEVEL === 'info') console.log('ready with', token);
})();
