//! openid-client in the place of a request: one call where the host is known to be spoken to over TLS, else a function that a
//! file gets once.

use super::class::{Style, styled};
use super::{Site, Values, first_keyword, quote_of, scopes, trailing_commas};
use crate::finding::{LedgerEntry, Platform};
use crate::rewrite::code::draft::{Draft, has_word};
use crate::rewrite::code::keep::Refusal;
use crate::rewrite::code::lines::{indentation, newline, step};
use crate::rewrite::code::names::range;

/// The function of a file.
const FUNCTION: &str = "requestAdobeToken";

const HEAD: &str = "\
async function requestAdobeToken({ clientId, clientSecret, scope, ims }) {
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
  { clientId, clientSecret, scope, ims }: { clientId: string; clientSecret: string; scope: string; ims: string },
): Promise<TOKEN> {
";

const TYPED_TAIL: &str =
    "  const { access_token, token_type, expires_in = 0 } = await CLIENT.clientCredentialsGrant(config, { scope });
  return { access_token, token_type, expires_in };
}

";

/// Prints the call, and what it needs.
pub(super) fn print(site: &Site<'_>, draft: &mut Draft<'_>, values: Values) -> Result<(), Refusal> {
    let Values { reading, host, client_id, client_secret } = values;
    if reading.callback.is_some() {
        return Err(format!("the answer goes to a callback, and {} gives a promise", site.package));
    }
    let Some(target) = site.plan.catalog.targets().named(Platform::Node, "openid-client") else {
        return Err("nothing is known of openid-client".to_owned());
    };
    let client = ["client", "openidClient"].into_iter().find(|name| !has_word(site.text, name));
    let client = client.ok_or("`client` and `openidClient` mean something else in the file already")?;
    if has_word(site.text, FUNCTION) {
        return Err(format!("`{FUNCTION}` means something else in the file already"));
    }
    let (text, unit) = (site.text, site.unit);
    let quote = quote_of(text, Platform::Node, "");
    let style = site.style(quote, false);
    let floor = site.plan.floor.as_ref();
    // An ES module that is required works from a later version on.
    let is_module = site.is_module();
    let is_loaded = !is_module
        && target.needs_commonjs.as_ref().is_some_and(|needs| !floor.is_some_and(|floor| floor.is_at_least(needs)));
    let scope = scopes::expression(site.plan, draft, unit, range(site.call), quote)?;
    let line = newline(text);
    let indent = indentation(text, reading.sent.start);
    let inner = format!("{indent}{}", step(text));
    let comma = if trailing_commas(text) { "," } else { "" };
    let is_inline = !is_loaded && !site.is_typescript && is_secure(site, &host);
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
    let typescript = site.is_typescript;
    site.put(draft, reading, new, [&host, &client_id, &client_secret], "a call of openid-client");
    if typescript {
        draft.answer_at = None;
    }
    let (import_at, function_at) = site.head();
    if !is_loaded {
        let import = match is_module {
            true => format!("import * as {client} from '{}';\n", site.package),
            false => format!("{} {client} = require('{}');\n", first_keyword(text), site.package),
        };
        draft.insert(unit, import_at, styled(&style, &import), false);
    }
    if !is_inline {
        draft.insert(unit, function_at, function(&style, site.package, client, is_loaded), true);
    }
    draft.ledger.push(LedgerEntry::Assumed {
        text: format!(
            "No proxy stands between the program and Adobe: {} reads none from the environment.",
            site.package
        ),
    });
    Ok(())
}

/// The function, with a blank line behind it.
fn function(style: &Style<'_>, package: &str, client: &str, is_loaded: bool) -> String {
    let (head, tail) = if style.typescript { (TYPESCRIPT, TYPED_TAIL) } else { (HEAD, TAIL) };
    let loaded = if is_loaded { LOADED } else { "" };
    let text = format!("{head}{loaded}{BODY}{tail}");
    let text = text.replace("PATH", style.path).replace("TOKEN", style.token);
    styled(style, &text.replace("CLIENT", client).replace("PACKAGE", package))
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
