const auth = require('@adobe/jwt-auth');
const fs = require('fs');
const path = require('path');
const config = require('./config/adobe.json');

const privateKey = fs.readFileSync(path.join(__dirname, 'config', 'private.key'), 'utf8');

auth({
  clientId: config.clientId,
  clientSecret: config.clientSecret,
  technicalAccountId: config.technicalAccountId,
  orgId: config.orgId,
  metaScopes: config.metaScopes,
  privateKey
})
  .then(tokenResponse => tokenResponse.access_token)
  .then(token => console.log(`Authorization: Bearer ${token}`))
  .catch(error => console.error(error.code, error.message));
