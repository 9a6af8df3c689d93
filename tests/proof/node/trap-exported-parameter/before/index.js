const axios = require('axios');
const jwt = require('jsonwebtoken');

const IMS = 'https://ims-na1.adobelogin.com';

/**
 * @param {string} clientId
 * @param {string} privateKey PEM, PKCS#8
 * @param {string} clientSecret
 * @param {{ orgId: string, technicalAccountId: string }} account
 * @returns {Promise<string>} an access token
 */
async function getAccessToken(clientId, privateKey, clientSecret, account) {
  const assertion = jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: account.orgId,
    sub: account.technicalAccountId,
    aud: `${IMS}/c/${clientId}`,
    [`${IMS}/s/ent_dataservices_sdk`]: true,
  }, privateKey, { algorithm: 'RS256' });
  const response = await axios.post(`${IMS}/ims/exchange/jwt`, new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    jwt_token: assertion,
  }));
  return response.data.access_token;
}

module.exports = { getAccessToken };
