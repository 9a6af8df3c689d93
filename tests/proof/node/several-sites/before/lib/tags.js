const axios = require('axios');
const jwt = require('jsonwebtoken');
const settings = require('./settings');

const IMS = 'https://ims-na1.adobelogin.com';

exports.tagsToken = () => {
  const assertion = jwt.sign(
    {
      exp: Math.floor(Date.now() / 1000) + 600,
      iss: settings.orgId,
      sub: settings.technicalAccountId,
      aud: `${IMS}/c/${settings.clientId}`,
      [`${IMS}/s/ent_reactor_admin_sdk`]: true,
    },
    settings.privateKey,
    { algorithm: 'RS256' },
  );
  const form = new URLSearchParams();
  form.append('client_id', settings.clientId);
  form.append('client_secret', settings.clientSecret);
  form.append('jwt_token', assertion);
  return axios.post(`${IMS}/ims/exchange/jwt`, form).then(({ data }) => data.access_token);
};
