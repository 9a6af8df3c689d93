const auth = require('@adobe/jwt-auth');
const settings = require('./settings');

module.exports.eventsToken = async function eventsToken() {
  const { access_token: token } = await auth({
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    technicalAccountId: settings.technicalAccountId,
    orgId: settings.orgId,
    privateKey: settings.privateKey,
    metaScopes: ['https://ims-na1.adobelogin.com/s/ent_adobeio_sdk'],
  });
  return token;
};
