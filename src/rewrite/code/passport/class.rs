//! The class that a file, or a package, gets once: a strategy of PassportJS whose client has the grant that no strategy has.

use super::style::Style;
use crate::rewrite::code::helper::{Helper, MODULE, TOKEN};

/// Its name.
pub(super) const NAME: &str = "AdobeImsStrategy";
/// The name of the class that it extends.
pub(super) const BASE: &str = "OAuth2Strategy";
/// The file that holds it alone.
const STEM: &str = "adobe-ims-strategy";

/// What the class is to do.
#[derive(Debug, Clone, Copy)]
pub(in crate::rewrite::code) struct Strategy<'a> {
    /// The package of its base.
    pub(in crate::rewrite::code) package: &'a str,
    /// The path of the endpoint.
    pub(in crate::rewrite::code) path: &'a str,
    /// The host, where nobody gives another.
    pub(in crate::rewrite::code) host: &'a str,
    /// Whether there are requests that give none.
    pub(in crate::rewrite::code) has_host: bool,
    /// Whether the token is handed to a callback instead of a promise.
    pub(in crate::rewrite::code) calls_back: bool,
}

const HEAD: &str = "\
// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  constructor({ clientId, clientSecret, scope, imsDEFAULT }) {
    super({
      authorizationURL: `${ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
      tokenURL: `${ims}/PATH`,
      clientID: clientId,
      clientSecret,
    }, (accessToken, refreshToken, profile, done) => done(null, profile));
    this._imsScope = scope;
  }
";

const PROMISE: &str = "
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

";

const CALLBACK: &str = "
  getToken(callback) {
    this._oauth2.getOAuthAccessToken('', { grant_type: 'client_credentials', scope: this._imsScope },
      (err, accessToken, refreshToken, results) => {
        if (err) return callback(this._createOAuthError('Failed to obtain access token', err));
        if (!accessToken) return callback(new Error('Adobe IMS answered without an access token'));
        callback(null, results); // { access_token, token_type, expires_in } - seconds
      });
  }
}

";

const TYPESCRIPT: &str = "\
interface TOKEN {
  access_token: string;
  token_type: string;
  expires_in: number; // seconds
}

// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  private readonly imsScope: string;

  constructor({ clientId, clientSecret, scope, imsDEFAULT }: {
    clientId: string;
    clientSecret: string;
    scope: string;
    imsOPTIONAL: string;
  }) {
    super({
      authorizationURL: `${ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
      tokenURL: `${ims}/PATH`,
      clientID: clientId,
      clientSecret,
    }, (_accessToken: string, _refreshToken: string, profile: unknown, done: (err: null, user: unknown) => void) => done(null, profile));
    this.imsScope = scope;
  }

  getToken(): Promise<TOKEN> {
    return new Promise((resolve, reject) => {
      this._oauth2.getOAuthAccessToken('', { grant_type: 'client_credentials', scope: this.imsScope },
        (err, accessToken, _refreshToken, results) => {
          if (err) return reject(this.toError(err));
          if (!accessToken) return reject(new Error('Adobe IMS answered without an access token'));
          resolve(results as TOKEN);
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

";

impl Strategy<'_> {
    /// The class as code of a file.
    pub(in crate::rewrite::code) fn helper(&self, style: &Style) -> Helper {
        let import = style.base(BASE, self.package);
        let code = |token: &str, has_host: bool| {
            let text = match (style.typescript, self.calls_back) {
                (true, _) => TYPESCRIPT.to_owned(),
                (false, true) => format!("{HEAD}{CALLBACK}"),
                (false, false) => format!("{HEAD}{PROMISE}"),
            };
            let text = text.replace("PATH", self.path).replace("TOKEN", token);
            style.styled(&with_host(&text, has_host.then_some(self.host)))
        };
        let exported = style.alone(NAME, &import, &code(TOKEN, true));
        Helper {
            name: NAME,
            stem: STEM,
            binds: Some(BASE),
            code: code(style.token, self.has_host),
            alone: exported,
            asked: style.asked(&[NAME], MODULE),
            asked_with_token: style.asked(&[NAME, TOKEN], MODULE),
            token: style.token,
            import,
            is_module: style.module,
            is_typescript: style.typescript,
            calls_back: self.calls_back,
            has_host: self.has_host,
        }
    }
}

/// A text that says whether the host may be left out, and which one it is then.
pub(super) fn with_host(text: &str, host: Option<&str>) -> String {
    let (default, optional) = host.map_or((String::new(), ""), |host| (format!(" = '{host}'"), "?"));
    text.replace("DEFAULT", &default).replace("OPTIONAL", optional)
}
