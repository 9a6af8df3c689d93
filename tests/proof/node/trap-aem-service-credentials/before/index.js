const auth = require('@adobe/jwt-auth');
const { integration } = require('./service_token.json');

async function getAccessToken() {
  const { access_token } = await auth({
    clientId: integration.technicalAccount.clientId,
    technicalAccountId: integration.id,
    orgId: integration.org,
    clientSecret: integration.technicalAccount.clientSecret,
    privateKey: integration.privateKey,
    metaScopes: integration.metascopes.split(','),
    ims: `https://${integration.imsEndpoint}`,
  });
  return access_token;
}

getAccessToken().then((token) => console.log(`https://author-p1-e1.adobeaemcloud.com with ${token}`));
