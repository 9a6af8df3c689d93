const axios = require('axios');
const qs = require('querystring');

const host = process.env.IMS_HOST || 'https://ims-na1.adobelogin.com';

module.exports.getToken = async () => {
  const { data } = await axios.post(
    `${host}/ims/token/v3`,
    qs.stringify({
      client_id: process.env.SIGN_CLIENT_ID,
      client_secret: process.env.SIGN_CLIENT_SECRET,
      grant_type: 'client_credentials',
      scope: 'openid,AdobeID,read_organizations',
    }),
    { timeout: 10000 },
  );
  return data.access_token;
};
