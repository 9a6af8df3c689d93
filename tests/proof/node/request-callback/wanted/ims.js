var OAuth2Strategy = require('passport-oauth2');
var config = require('./config');

// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  constructor(options) {
    super({
      authorizationURL: options.ims + '/ims/authorize/v2', // required by the constructor, unused by this grant
      tokenURL: options.ims + '/ims/token/v3',
      clientID: options.clientId,
      clientSecret: options.clientSecret
    }, function (accessToken, refreshToken, profile, done) { done(null, profile); });
    this._imsScope = options.scope;
  }

  getToken(callback) {
    this._oauth2.getOAuthAccessToken('', { grant_type: 'client_credentials', scope: this._imsScope },
      (err, accessToken, refreshToken, results) => {
        if (err) return callback(this._createOAuthError('Failed to obtain access token', err));
        if (!accessToken) return callback(new Error('Adobe IMS answered without an access token'));
        callback(null, results); // { access_token, token_type, expires_in } - seconds
      });
  }
}

exports.getToken = function (callback) {
  new AdobeImsStrategy({
    clientId: config.apiKey,
    clientSecret: config.secret,
    scope: 'openid,AdobeID,user_management_sdk',
    ims: 'https://' + config.imsHost
  }).getToken(function (err, answer) {
    if (err) return callback(err);
    callback(null, answer.access_token);
  });
};
