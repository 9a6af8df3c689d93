//! openid-client in the place of a request: one call where the host is known to be spoken to over TLS, else a function that a
//! file, or a package, gets once.

use super::class::with_host;
use super::style::{Style, trailing_commas};
use super::{Site, Values, scopes};
use crate::finding::{LedgerEntry, Platform};
use crate::rewrite::code::draft::{Draft, has_word};
use crate::rewrite::code::helper::{Helper, MODULE, Needed, TOKEN};
use crate::rewrite::code::keep::Refusal;
use crate::rewrite::code::lines::{indentation, newline, step};
use crate::rewrite::code::names::range;
use crate::rewrite::code::plan::Plan;
use crate::rewrite::targets::Target;

/// The function of a file.
const FUNCTION: &str = "requestAdobeToken";
/// The file that holds it alone.
const STEM: &str = "request-adobe-token";
/// What the library is called where it has a file for itself.
const CLIENT: &str = "client";

const HEAD: &str = "\
async function requestAdobeToken({ clientId, clientSecret, scope, imsDEFAULT }) {
";

const LOADED: &str =
    "  const CLIENT = await import('PACKAGE'); // an ES module, which older versions of Node cannot require
";

const BODY: &str = "  const config = new CLIENT.Configuration({ issuer: ims, token_endpoint: `${ims}/PATH` }, clientId, clientSecret);
  if (/^http:\\/\\/(localhost|127\\.0\\.0\\.1|\\[::1\\])(:|\\/|$)/.test(ims)) CLIENT.allowInsecureRequests(config); // a test
";

const TAIL: &str = "  return CLIENT.clientCredentialsGrant(config, { scope });
}

";

const TYPESCRIPT: &str = "\
interface TOKEN {
  access_token: string;
  token_type: string;
  expires_in: number; // seconds
}

async function requestAdobeToken(
  { clientId, clientSecret, scope, imsDEFAULT }: { clientId: string; clientSecret: string; scope: string; imsOPTIONAL: string },
): Promise<TOKEN> {
";

const TYPED_TAIL: &str =
    "  const { access_token, token_type, expires_in = 0 } = await CLIENT.clientCredentialsGrant(config, { scope });
  return { access_token, token_type, expires_in };
}

";

/// The function as code of a file.
pub(in crate::rewrite::code) struct Function<'a> {
    /// The package of the library.
    package: &'a str,
    /// The path of the endpoint.
    path: &'a str,
    /// The host, where nobody gives another.
    host: &'a str,
    /// Whether there are requests that give none.
    has_host: bool,
    /// What the library is called in the file.
    client: &'static str,
    /// Whether the library is loaded when it is needed: an ES module that is required works from a later version on.
    is_loaded: bool,
}

/// Prints the call, and what it needs.
pub(super) fn print(site: &Site<'_>, draft: &mut Draft<'_>, values: Values) -> Result<(), Refusal> {
    let Values { reading, host, client_id, client_secret, time_out } = values;
    if reading.callback.is_some() {
        return Err(format!("the answer goes to a callback, and {} gives a promise", site.package));
    }
    let (text, unit) = (site.text, site.unit);
    let style = &site.style;
    let function = Function::of(site.plan, style, text, false)?;
    let client = function.client;
    let scope = scopes::expression(site.plan, draft, unit, range(site.call), style.quote)?;
    let line = newline(text);
    let indent = indentation(text, reading.sent.start);
    let inner = format!("{indent}{}", step(text));
    let comma = if trailing_commas(text) { "," } else { "" };
    let is_inline = !function.is_loaded && !site.is_typescript && is_secure(site, &host);
    let new = if is_inline {
        format!(
            "{client}.clientCredentialsGrant({line}{inner}new {client}.Configuration({{ issuer: {host}, token_endpoint: {} }}, \
             {client_id}, {client_secret}),{line}{inner}{{ scope: {scope} }}{comma}{line}{indent})",
            endpoint(&host, &site.plan.model.path),
        )
    } else {
        let entry = |name: &str, value: &str| if name == value { name.to_owned() } else { format!("{name}: {value}") };
        let mut new = format!("{FUNCTION}({{{line}");
        for (name, value) in [("clientId", &client_id), ("clientSecret", &client_secret), ("scope", &scope)] {
            new.push_str(&format!("{inner}{},{line}", entry(name, value)));
        }
        new + &format!("{inner}{}{comma}{line}{indent}}})", entry("ims", &host))
    };
    let new = time_out.as_ref().map_or_else(|| new.clone(), |time_out| site.limited(&new, time_out, indent));
    let typescript = site.is_typescript;
    let values = [Some(&host), Some(&client_id), Some(&client_secret), time_out.as_ref()];
    site.put(draft, reading, new, &values, "a call of openid-client");
    if typescript {
        draft.answer_at = None;
    }
    let head = site.head();
    if is_inline {
        draft.insert(unit, head.first, function.import(style, client), false);
    } else {
        draft.needs(unit, Needed { helper: function.helper(style), head, instead: None, names_token: false })?;
    }
    draft.ledger.push(LedgerEntry::Assumed {
        text: format!(
            "No proxy stands between the program and Adobe: {} reads none from the environment.",
            site.package
        ),
    });
    Ok(())
}

impl<'a> Function<'a> {
    /// The function that a file is given; `has_host` where there are requests that give no host.
    pub(in crate::rewrite::code) fn of(
        plan: &'a Plan<'_>,
        style: &Style,
        text: &str,
        has_host: bool,
    ) -> Result<Self, Refusal> {
        let target = plan.catalog.targets().named(Platform::Node, Target::OpenidClient.name());
        let target = target.ok_or("nothing is known of openid-client")?;
        let client = [CLIENT, "openidClient"].into_iter().find(|name| !has_word(text, name));
        let client = client.ok_or("`client` and `openidClient` mean something else in the file already")?;
        let floor = plan.floor.as_ref();
        let is_new_enough = |needs: &String| floor.is_some_and(|floor| floor.is_at_least(needs));
        Ok(Self {
            package: target
                .packages
                .first()
                .and_then(|package| package.names.first())
                .map_or(&target.name, |name| name),
            path: &plan.model.path,
            host: target.host.as_deref().unwrap_or_default(),
            has_host,
            client,
            is_loaded: !style.module && target.needs_commonjs.as_ref().is_some_and(|needs| !is_new_enough(needs)),
        })
    }

    fn import(&self, style: &Style, client: &str) -> String {
        let line = match style.module {
            true => format!("import * as {client} from '{}';\n", self.package),
            false => format!("{} {client} = require('{}');\n", style.keyword, self.package),
        };
        style.styled(&line)
    }

    /// The function as code of a file.
    pub(in crate::rewrite::code) fn helper(&self, style: &Style) -> Helper {
        let code = |token: &str, client: &str, has_host: bool| {
            let (head, tail) = if style.typescript { (TYPESCRIPT, TYPED_TAIL) } else { (HEAD, TAIL) };
            let loaded = if self.is_loaded { LOADED } else { "" };
            let text = format!("{head}{loaded}{BODY}{tail}").replace("PATH", self.path).replace("TOKEN", token);
            let text = text.replace("CLIENT", client).replace("PACKAGE", self.package);
            style.styled(&with_host(&text, has_host.then_some(self.host)))
        };
        let import = |client: &str| if self.is_loaded { String::new() } else { self.import(style, client) };
        Helper {
            name: FUNCTION,
            stem: STEM,
            binds: None,
            import: import(self.client),
            code: code(style.token, self.client, self.has_host),
            alone: style.alone(FUNCTION, &import(CLIENT), &code(TOKEN, CLIENT, true)),
            asked: style.asked(&[FUNCTION], MODULE),
            asked_with_token: style.asked(&[FUNCTION, TOKEN], MODULE),
            token: style.token,
            is_module: style.module,
            is_typescript: style.typescript,
            calls_back: false,
            has_host: self.has_host,
        }
    }
}

/// Whether an expression is a host that is spoken to over TLS.
fn is_secure(site: &Site<'_>, host: &str) -> bool {
    let is_literal = |text: &str| {
        let bare = text.trim_matches(['"', '\'', '`']);
        text.len() == bare.len() + 2 && bare.starts_with("https://") && !bare.contains('$')
    };
    if is_literal(host) {
        return true;
    }
    let declared: Vec<_> = site.names.declarations.iter().filter(|one| one.name == host).collect();
    let [only] = declared[..] else { return false };
    only.value.is_some_and(|value| is_literal(site.part(value)))
}

/// The address of the endpoint, as an expression.
fn endpoint(host: &str, path: &str) -> String {
    let bare = host.trim_matches(['"', '\'', '`']);
    match host.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) if host.len() == bare.len() + 2 => format!("{quote}{bare}/{path}{quote}"),
        _ => format!("`${{{host}}}/{path}`"),
    }
}
