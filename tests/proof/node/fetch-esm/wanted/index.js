import OAuth2Strategy from 'passport-oauth2'

const { CLIENT_ID, CLIENT_SECRET, ORG_ID } = process.env
const IMS = 'https://ims-na1.adobelogin.com'

// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  constructor ({ clientId, clientSecret, scope, ims }) {
    super({
      authorizationURL: `${ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
      tokenURL: `${ims}/ims/token/v3`,
      clientID: clientId,
      clientSecret
    }, (accessToken, refreshToken, profile, done) => done(null, profile))
    this._imsScope = scope
  }

  getToken () {
    return new Promise((resolve, reject) => {
      this._oauth2.getOAuthAccessToken('', { grant_type: 'client_credentials', scope: this._imsScope },
        (err, accessToken, refreshToken, results) => {
          if (err) return reject(this._createOAuthError('Failed to obtain access token', err))
          if (!accessToken) return reject(new Error('Adobe IMS answered without an access token'))
          resolve(results) // { access_token, token_type, expires_in } - seconds
        })
    })
  }
}

const { access_token: token } = await new AdobeImsStrategy({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  scope: 'openid,AdobeID,read_organizations',
  ims: IMS
}).getToken()

console.log(`x-gw-ims-org-id: ${ORG_ID}, token ${token}`)
