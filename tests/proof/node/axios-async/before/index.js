'use strict';

const fs = require('fs');
const axios = require('axios');
const jwt = require('jsonwebtoken');

const IMS_HOST = 'https://ims-na1.adobelogin.com';
const UMAPI_HOST = 'https://usermanagement.adobe.io';

const clientId = process.env.UMAPI_CLIENT_ID;
const clientSecret = process.env.UMAPI_CLIENT_SECRET;
const orgId = process.env.UMAPI_ORG_ID;
const technicalAccountId = process.env.UMAPI_TECH_ACCOUNT_ID;
const privateKeyFile = process.env.UMAPI_PRIVATE_KEY_FILE || 'private.key';

// The assertion is good for a day; a new one is made for every run anyway.
function createAssertion() {
  const privateKey = fs.readFileSync(privateKeyFile, 'utf8');
  const claims = {
    exp: Math.round(Date.now() / 1000) + 60 * 60 * 24,
    iss: orgId,
    sub: technicalAccountId,
    aud: `${IMS_HOST}/c/${clientId}`,
    [`${IMS_HOST}/s/ent_user_sdk`]: true,
  };
  return jwt.sign(claims, privateKey, { algorithm: 'RS256' });
}

async function getAccessToken() {
  const params = new URLSearchParams();
  params.append('client_id', clientId);
  params.append('client_secret', clientSecret);
  params.append('jwt_token', createAssertion());

  const response = await axios.post(`${IMS_HOST}/ims/exchange/jwt`, params, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  return response.data.access_token;
}

// Groups are paged; only the first page is asked for here.
async function main() {
  const token = await getAccessToken();
  const headers = { 'Authorization': `Bearer ${token}`, 'X-Api-Key': clientId };
  console.log(`GET ${UMAPI_HOST}/v2/usermanagement/groups/${orgId}/0`);
  for (const [name, value] of Object.entries(headers)) {
    console.log(`${name}: ${value}`);
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
