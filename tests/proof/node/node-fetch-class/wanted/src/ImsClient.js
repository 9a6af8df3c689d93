const OAuth2Strategy = require('passport-oauth2');

const SAFETY_MARGIN = 60 * 1000;

// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  constructor({ clientId, clientSecret, scope, ims }) {
    super(
      {
        authorizationURL: `${ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
        tokenURL: `${ims}/ims/token/v3`,
        clientID: clientId,
        clientSecret,
      },
      (accessToken, refreshToken, profile, done) => done(null, profile),
    );
    this._imsScope = scope;
  }

  getToken() {
    return new Promise((resolve, reject) => {
      this._oauth2.getOAuthAccessToken(
        '',
        { grant_type: 'client_credentials', scope: this._imsScope },
        (err, accessToken, refreshToken, results) => {
          if (err) return reject(this._createOAuthError('Failed to obtain access token', err));
          if (!accessToken) return reject(new Error('Adobe IMS answered without an access token'));
          resolve(results); // { access_token, token_type, expires_in } - seconds
        },
      );
    });
  }
}

class ImsClient {
  constructor(options) {
    this.host = options.host || 'https://ims-na1.adobelogin.com';
    this.clientId = options.clientId;
    this.clientSecret = options.clientSecret;
    this.token = null;
    this.expiresAt = 0;
  }

  async getToken() {
    if (!this.token || Date.now() > this.expiresAt - SAFETY_MARGIN) {
      await this.refresh();
    }
    return this.token;
  }

  async refresh() {
    const ims = new AdobeImsStrategy({
      clientId: this.clientId,
      clientSecret: this.clientSecret,
      scope: 'openid,AdobeID,read_organizations',
      ims: this.host,
    });
    const json = await ims.getToken();
    this.token = json.access_token;
    this.expiresAt = Date.now() + json.expires_in * 1000;
  }

  get hoursLeft() {
    return Math.floor((this.expiresAt - Date.now()) / 3600000);
  }
}

module.exports = ImsClient;
