import OAuth2Strategy from 'passport-oauth2';

export interface Settings {
  imsBaseUrl: string;
  clientId: string;
  clientSecret: string;
}

interface TokenResponse {
  access_token: string;
  token_type: string;
  expires_in: number;
}

// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  private readonly imsScope: string;

  constructor(options: { clientId: string; clientSecret: string; scope: string; ims: string }) {
    super({
      authorizationURL: `${options.ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
      tokenURL: `${options.ims}/ims/token/v3`,
      clientID: options.clientId,
      clientSecret: options.clientSecret,
    }, (_accessToken: string, _refreshToken: string, profile: unknown, done: (err: null, user: unknown) => void) => done(null, profile));
    this.imsScope = options.scope;
  }

  getToken(): Promise<TokenResponse> {
    return new Promise((resolve, reject) => {
      this._oauth2.getOAuthAccessToken('', { grant_type: 'client_credentials', scope: this.imsScope },
        (err, accessToken, _refreshToken, results) => {
          if (err) return reject(this.toError(err));
          if (!accessToken) return reject(new Error('Adobe IMS answered without an access token'));
          resolve(results as TokenResponse); // expires_in is in seconds
        });
    });
  }

  private toError(err: Error | { statusCode: number; data?: unknown }): Error {
    if (err instanceof Error) return err;
    try {
      const known = this.parseErrorResponse(err.data, err.statusCode); // throws on a body that is not JSON
      if (known) return known;
    } catch { /* the body is not JSON */ }
    return new Error(`Adobe IMS answered ${err.statusCode}`);
  }
}

export class TokenProvider {
  private token?: string;
  private expires = 0;

  constructor(private readonly settings: Settings) {}

  public async get(): Promise<string> {
    if (this.token === undefined || Date.now() >= this.expires) {
      const response = await this.exchange();
      this.token = response.access_token;
      this.expires = Date.now() + response.expires_in * 1000;
    }
    return this.token;
  }

  public isGoodAt(time: number): boolean {
    return time < this.expires;
  }

  private async exchange(): Promise<TokenResponse> {
    return new AdobeImsStrategy({
      clientId: this.settings.clientId,
      clientSecret: this.settings.clientSecret,
      scope: 'openid,AdobeID,read_organizations',
      ims: this.settings.imsBaseUrl,
    }).getToken();
  }
}
