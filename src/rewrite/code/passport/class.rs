//! The class that a file gets once, in the style of the file.

/// Its name.
pub(super) const NAME: &str = "AdobeImsStrategy";
/// The name of the class that it extends.
pub(super) const BASE: &str = "OAuth2Strategy";
const PACKAGE: &str = "passport-oauth2";

/// How a file is written, and what its class is to do.
pub(super) struct Style<'a> {
    pub(super) step: &'a str,
    pub(super) quote: char,
    pub(super) semicolons: bool,
    /// Whether lists over several lines end with a comma.
    pub(super) commas: bool,
    pub(super) line: &'a str,
    /// Whether there is a space between the name of a function and its parameters.
    pub(super) space: bool,
    /// Whether the token is handed to a callback instead of a promise.
    pub(super) callback: bool,
    pub(super) typescript: bool,
    /// What the interface of the answer is called.
    pub(super) token: &'a str,
    /// The path of the endpoint.
    pub(super) path: &'a str,
}

/// The line that imports the base class.
pub(super) fn import(style: &Style<'_>, module: bool, keyword: &str) -> String {
    let line = if module {
        format!("import {BASE} from '{PACKAGE}';\n")
    } else {
        format!("{keyword} {BASE} = require('{PACKAGE}');\n")
    };
    styled(style, &line)
}

const HEAD: &str = "\
// Passport has no strategy for client credentials; its OAuth 2.0 client has the grant.
class AdobeImsStrategy extends OAuth2Strategy {
  constructor({ clientId, clientSecret, scope, ims }) {
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

  constructor(options: { clientId: string; clientSecret: string; scope: string; ims: string }) {
    super({
      authorizationURL: `${options.ims}/ims/authorize/v2`, // required by the constructor, unused by this grant
      tokenURL: `${options.ims}/PATH`,
      clientID: options.clientId,
      clientSecret: options.clientSecret,
    }, (_accessToken: string, _refreshToken: string, profile: unknown, done: (err: null, user: unknown) => void) => done(null, profile));
    this.imsScope = options.scope;
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

/// The class, with a blank line behind it.
pub(super) fn text(style: &Style<'_>) -> String {
    let text = match (style.typescript, style.callback) {
        (true, _) => TYPESCRIPT.to_owned(),
        (false, true) => format!("{HEAD}{CALLBACK}"),
        (false, false) => format!("{HEAD}{PROMISE}"),
    };
    styled(style, &text.replace("PATH", style.path).replace("TOKEN", style.token))
}

/// A text in the style of a file.
pub(super) fn styled(style: &Style<'_>, text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for line in text.lines() {
        let bare = line.trim_start_matches(' ');
        let depth = (line.len() - bare.len()) / 2;
        let mut written = bare.to_owned();
        if style.quote != '\'' && !bare.starts_with("//") {
            written = written.replace('\'', &style.quote.to_string());
        }
        if !style.commas && depth == 3 && written.starts_with("clientSecret") {
            written.pop();
        }
        if !style.semicolons {
            written = match written.split_once("; //") {
                Some((code, comment)) => format!("{code} //{comment}"),
                None => written.strip_suffix(';').map(str::to_owned).unwrap_or(written),
            };
        }
        if style.space {
            for name in ["constructor", "getToken", "toError"] {
                if written.starts_with(&format!("{name}(")) || written.starts_with(&format!("private {name}(")) {
                    written = written.replacen(&format!("{name}("), &format!("{name} ("), 1);
                }
            }
        }
        if !written.is_empty() {
            result.push_str(&style.step.repeat(depth));
            result.push_str(&written);
        }
        result.push_str(style.line);
    }
    result
}
