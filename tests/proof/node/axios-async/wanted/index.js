'use strict';

const OAuth2Strategy = require('passport-oauth2');

const IMS_HOST = 'https://ims-na1.adobelogin.com';
const UMAPI_HOST = 'https://usermanagement.adobe.io';

const clientId = process.env.UMAPI_CLIENT_ID;
const clientSecret = process.env.UMAPI_CLIENT_SECRET;
const orgId = process.env.UMAPI_ORG_ID;

// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  constructor({ clientId, clientSecret, scope, ims }) {
    super({
      authorizationURL: `${ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
      tokenURL: `${ims}/ims/token/v3`,
      clientID: clientId,
      clientSecret,
    }, (accessToken, refreshToken, profile, done) => done(null, profile));
    this._imsScope = scope;
  }

  getToken() {
    return new Promise((resolve, reject) => {
      this._oauth2.getOAuthAccessToken('', { grant_type: 'client_credentials', scope: this._imsScope },
        (err, accessToken, refreshToken, results) => {
          if (err) return reject(this._createOAuthError('Failed to obtain access token', err));
          if (!accessToken) return reject(new Error('Adobe IMS answered without an access token'));
          resolve(results); // { access_token, token_type, expires_in } - seconds
        });
    });
  }
}

async function getAccessToken() {
  const ims = new AdobeImsStrategy({
    clientId,
    clientSecret,
    scope: 'openid,AdobeID,user_management_sdk',
    ims: IMS_HOST,
  });
  const token = await ims.getToken();
  return token.access_token;
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
