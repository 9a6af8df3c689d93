//! The `fetch` that Node brings, where a package that sent by itself has no new form and no other library is wished for.

use super::class::with_host;
use super::style::Style;
use crate::finding::Platform;
use crate::rewrite::code::helper::{Helper, MODULE, TOKEN};
use crate::rewrite::code::plan::Plan;
use crate::rewrite::targets::Target;

/// The function of a file.
const FUNCTION: &str = "requestAdobeToken";
/// The file that holds it alone.
const STEM: &str = "request-adobe-token";

const HEAD: &str = "\
async function requestAdobeToken({ clientId, clientSecret, scope, imsDEFAULT }) {
";

const TYPED_HEAD: &str = "\
interface TOKEN {
  access_token: string;
  token_type: string;
  expires_in: number; // seconds
}

async function requestAdobeToken(
  { clientId, clientSecret, scope, imsDEFAULT }: { clientId: string; clientSecret: string; scope: string; imsOPTIONAL: string },
): Promise<TOKEN> {
";

const SENT: &str = "  const response = await fetch(`${ims}/PATH`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope }),
  });
";

const READ: &str = "  const token = await response.json().catch(() => ({})); // an error may have no JSON
";

const TYPED_READ: &str = "  const token = await response.json().catch(() => ({})) as TOKEN & { error?: string }; // an error may have no JSON
";

const TAIL: &str = "  if (!response.ok || !token.access_token) throw new Error(`Adobe IMS answered ${response.status} ${token.error || ''}`.trim());
  return token;
}

";

/// The function as code of a file.
pub(in crate::rewrite::code) fn helper(plan: &Plan<'_>, style: &Style) -> Helper {
    let target = plan.catalog.targets().named(Platform::Node, Target::Passport.name());
    let host = target.and_then(|target| target.host.as_deref());
    let code = |token: &str| {
        let (head, read) = if style.typescript { (TYPED_HEAD, TYPED_READ) } else { (HEAD, READ) };
        let text = format!("{head}{SENT}{read}{TAIL}").replace("PATH", &plan.model.path).replace("TOKEN", token);
        style.styled(&with_host(&text, host))
    };
    Helper {
        name: FUNCTION,
        stem: STEM,
        binds: None,
        import: String::new(),
        code: code(style.token),
        alone: style.alone(FUNCTION, "", &code(TOKEN)),
        asked: style.asked(&[FUNCTION], MODULE),
        asked_with_token: style.asked(&[FUNCTION, TOKEN], MODULE),
        token: style.token,
        is_module: style.module,
        is_typescript: style.typescript,
        calls_back: false,
        has_host: true,
    }
}
