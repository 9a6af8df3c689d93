const OAuth2Strategy = require('passport-oauth2');
const config = require('./config/adobe.json');

// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  constructor({ clientId, clientSecret, scope, ims = 'https://ims-na1.adobelogin.com' }) {
    super({
      authorizationURL: `${ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
      tokenURL: `${ims}/ims/token/v3`,
      clientID: clientId,
      clientSecret
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

new AdobeImsStrategy({
  clientId: config.clientId,
  clientSecret: config.clientSecret,
  scope: 'openid,AdobeID,read_organizations'
})
  .getToken()
  .then(tokenResponse => tokenResponse.access_token)
  .then(token => console.log(`Authorization: Bearer ${token}`))
  .catch(error => console.error(error.code, error.message));
