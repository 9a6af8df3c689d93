//! What no report may show: private keys, tokens, and the values of names that speak of a secret.
//!
//! It works on text alone, in any language and in broken code too, and hides rather too much than too little: the
//! only loss is a piece of an excerpt. It runs only when an excerpt is drawn.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::lines::floor_boundary;
use crate::finding::ByteRange;

/// Hides every secret in a text. Each hidden character becomes `*` and line breaks stay, so that the result has as many
/// characters and lines as the text.
pub fn mask(text: &str) -> Cow<'_, str> {
    let ranges = secrets(text);
    if ranges.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(hide(text, ranges).text) }
}

/// A masked text, and the way from offsets in the text it was made of.
#[derive(Debug)]
pub(super) struct Masked {
    pub(super) text: String,
    /// Pairs of an offset before and after; between two of them both grow alike.
    shifts: Vec<(usize, usize)>,
}

impl Masked {
    /// The offset in the masked text that belongs to an offset in the text it was made of.
    pub(super) fn offset(&self, offset: usize) -> usize {
        let index = self.shifts.partition_point(|&(before, _)| before <= offset).saturating_sub(1);
        let (before, after) = self.shifts[index];
        // An offset behind the end, or inside a character of several bytes, must not run into what follows.
        let limit = self.shifts.get(index + 1).map_or(self.text.len(), |&(_, after)| after);
        (after + (offset - before)).min(limit)
    }
}

/// Hides every secret, and what the caller knows to be one.
pub(super) fn masked(text: &str, known: &[ByteRange]) -> Masked {
    let mut ranges = secrets(text);
    ranges.extend(known.iter().map(|range| {
        let end = floor_boundary(text, range.end);
        floor_boundary(text, range.start).min(end)..end
    }));
    hide(text, ranges)
}

fn hide(text: &str, mut ranges: Vec<Range<usize>>) -> Masked {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut masked = String::with_capacity(text.len());
    let mut shifts = vec![(0, 0)];
    let mut done = 0;
    for range in ranges {
        if range.end <= done {
            continue;
        }
        let start = range.start.max(done);
        masked.push_str(&text[done..start]);
        for (at, character) in text[start..range.end].char_indices() {
            masked.push(if matches!(character, '\r' | '\n') { character } else { '*' });
            if character.len_utf8() > 1 {
                shifts.push((start + at + character.len_utf8(), masked.len()));
            }
        }
        done = range.end;
    }
    masked.push_str(&text[done..]);
    Masked { text: masked, shifts }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("invariant: the masking patterns compile")
}

/// Forms that are secret wherever they stand: Adobe's OAuth secrets, compact JWTs, bearer tokens, PKCS #8 and PKCS #1
/// in base64, and a PEM block in base64.
static FORMS: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"p8e-[A-Za-z0-9_-]{8,}",
        r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?",
        r"|(?i:bearer)[ +]+[A-Za-z0-9._~+/-]{20,}=*",
        r"|MII[A-Za-z0-9+/]{37,}={0,2}",
        r"|LS0tLS1CRUdJTi[A-Za-z0-9+/]{8,}={0,2}",
        // User and password of a URL.
        r"|://[A-Za-z0-9._~%+-]+:[A-Za-z0-9._~%+!*-]+@",
    ))
});

/// The beginning of a PEM private key.
static PEM_BEGIN: LazyLock<Regex> = LazyLock::new(|| regex(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"));
/// Its end.
static PEM_END: LazyLock<Regex> = LazyLock::new(|| regex(r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"));
/// How far behind the beginning the end is looked for: a key of 16,384 bits takes 13 KB.
const PEM_REACH: usize = 16 * 1024;
static BASE64_RUN: LazyLock<Regex> = LazyLock::new(|| regex(r"[A-Za-z0-9+/=]+"));

/// A line that is nothing but base64: a piece of a key without its frame.
static BASE64_LINE: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?m)^[ \t"'`+]*(?P<secret>[A-Za-z0-9+/]{40,}={0,2})(?:\\[nr])*["'`+,;\\) \t]*\r?$"#));

/// A name that speaks of a secret, as the whole word it is part of.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)[A-Za-z0-9_$-]*?(?:secret|passw(?:or)?d|pwd|pass_?phrase|private[_-]?key",
        r"|(?:access|refresh|jwt|id|auth|bearer)[_-]?token|client[_-]?assertion)[A-Za-z0-9_$-]*"
    ))
});

/// The end of a name whose value is no secret but says where one is.
static PLACE_NAME: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)(?:path|file|name|dir|folder|url|uri|type|arn|endpoint|env|var|variable|field|header)s?",
        r"(?:_?v?[0-9]+)?$",
    ))
});

/// The beginning of a name that asks for a secret by the name of it: `get_secret("adobe/client")`.
static ASKS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)^(?:get|fetch|load|read|find|lookup|retrieve|resolve|require)"));

/// What stands between a name and the literal that is its value: the end of the name's own literal or index, a type,
/// and a sign.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r#"^(?:\\?["'`])?[\])]*"#,
        r"(?:[?!]?\s*:\s*[A-Za-z][A-Za-z0-9_.]*(?:[<\[][A-Za-z0-9_<>\[\]., |]*[>\]])?(?:\s*\|\s*[A-Za-z]+)*\s*=",
        r"|\s*(?:=>|[!=]={1,2}|:=|=|:|,|\(|\|\||\?\?|\bor\b))\s*\(?\s*",
        r"[fFrRbBuU]{0,2}$",
    ))
});
/// How long that may be.
const BETWEEN_REACH: usize = 80;

/// A value that only says where the real one comes from.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"^(?:\$\{[^}]*\}|\{\{[^}]*\}\}|\{[^{}]*\}|%\([A-Za-z0-9_]+\)s|%(?:\d+\$)?[sdv]|<[^<>]*>",
        r"|\$\([^)]*\)|\$[A-Z_][A-Z0-9_]*|process\.env\.[A-Za-z0-9_]+|[\s:=&?/.,;+-])*$",
    ))
});
/// The parts of a template that are code.
static SUBSTITUTION: LazyLock<Regex> = LazyLock::new(|| regex(r"\$\{[^}]*\}"));
/// Words in the place of a value: `Your Client Secret`, `insert-your-key-here`.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^[<{\[]?(?:(?:insert|enter|put|add|replace(?:[ _-]with)?)[ _-])?your(?:[ _-](?:own|adobe|client|api|app|application",
        r"|account|secret|key|private|access|token|password|passphrase|id|ims|oauth|value|here))+[>}\]]?$",
    ))
});
/// Another key in a list of keys, not the value of the one before.
static FIELD_NAME: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:[a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+)$"));
/// Behind a literal that is a key itself.
static KEY: LazyLock<Regex> = LazyLock::new(|| regex(r#"^\\?["'`]\s*(?:=>|:)"#));
/// A comma before a value.
static LISTED: LazyLock<Regex> = LazyLock::new(|| regex(r"^[^=:(|?]*,\s*\(?\s*[fFrRbBuU]{0,2}$"));
/// Between two literals that are one value.
static CONTINUATION: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"^(?:\s|\\\r?\n)*\+?(?:\s|\\\r?\n)*[fFrRbBuU]{0,2}["'`]"#));
/// The value in a query.
static QUERY_VALUE: LazyLock<Regex> = LazyLock::new(|| regex(r#"^=(?P<secret>[^&\s"'`<>(),;]+)"#));
/// An unquoted value in a line of its own: dotenv, properties, YAML, shell.
static BARE_VALUE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[ \t]*[=:][ \t]*(?P<secret>[A-Za-z0-9+/=_~!@#$%^&*-]{16,})[ \t]*(?:#.*)?(?:\r?\n|$)"));

/// Every range of the text that is secret, in no order.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    ranges.extend(FORMS.find_iter(text).map(|found| found.range()));
    ranges.extend(BASE64_LINE.captures_iter(text).filter_map(|found| Some(found.name("secret")?.range())));
    for begin in PEM_BEGIN.find_iter(text) {
        private_key(text, begin.end(), &mut ranges);
    }
    let mut quotes = Quotes::new(text);
    for name in NAME.find_iter(text) {
        if !PLACE_NAME.is_match(name.as_str()) {
            value_of(text, name.range(), quotes.open_at(name.start()), &mut ranges);
        }
    }
    ranges
}

/// The base64 of a PEM block. The frame stays readable, and so does code that puts a key together.
fn private_key(text: &str, begin: usize, ranges: &mut Vec<Range<usize>>) {
    let reach = floor_boundary(text, begin + PEM_REACH);
    let end = PEM_END.find_at(&text[..reach], begin).map(|end| end.start());
    // Without an end it may be a mere mention of the frame: then only what cannot be a word is hidden.
    let least = if end.is_some() { 16 } else { 40 };
    let body = &text[begin..end.unwrap_or(reach)];
    let mut last: Option<usize> = None;
    for run in BASE64_RUN.find_iter(body) {
        // The last line of a key is short; it is known by what stands before it.
        let follows = last.is_some_and(|end| {
            body[end..run.start()].chars().all(|between| between.is_whitespace() || "\\\"'`+,".contains(between))
        });
        if run.len() >= least || (follows && run.as_str() != "+") {
            ranges.push(begin + run.start()..begin + run.end());
            last = Some(run.end());
        }
    }
}

/// The value of a name, where a literal or a piece of a query is its value.
fn value_of(text: &str, name: Range<usize>, open: Option<char>, ranges: &mut Vec<Range<usize>>) {
    let rest = &text[name.end..];
    if rest.starts_with('(') && ASKS.is_match(&text[name.clone()]) {
        return;
    }
    if let Some(quote) = open
        && !rest.starts_with(quote)
    {
        value_in_literal(text, name.end, quote, ranges);
        return;
    }
    let reach = floor_boundary(rest, BETWEEN_REACH);
    // The first quotes close the name or its index; the first that `BETWEEN` leads up to opens the value.
    for (at, quote) in rest[..reach].char_indices().filter(|&(_, character)| matches!(character, '"' | '\'' | '`')) {
        if at == 0 && open.is_some() {
            continue;
        }
        let between = &rest[..at];
        if BETWEEN.is_match(between) {
            let content = literal(text, name.end + at, quote);
            let field = FIELD_NAME.is_match(&text[content.clone()]);
            // Behind a comma stands the value of a name that is a literal itself; behind the comma of `f(secret, 'x')`,
            // of `a['secret'], 'x'` and of a list of names stands something else.
            let comma =
                LISTED.is_match(between) && (field || open.is_none() || !between[1..].trim_start().starts_with(','));
            let key = LISTED.is_match(between) && KEY.is_match(&text[content.end..]);
            // `class Token:` and a docstring.
            let is_documentation = between.trim_end_matches([' ', '\t']).ends_with('\n')
                && between.trim_start_matches([')', ' ']).starts_with(':')
                && ["\"\"\"", "'''"].iter().any(|triple| rest[at..].starts_with(triple));
            let apart = is_documentation || comma || key || (field && is_own_name(&text[name.clone()], &text[content]));
            if !apart {
                literals(text, name.end + at, quote, false, ranges);
            }
            return;
        }
    }
    // A query in a literal of several lines, or in no literal at all.
    if let Some(value) = QUERY_VALUE.captures(rest).and_then(|found| found.name("secret"))
        && (rest[value.end()..].starts_with('&') || text[..name.start].ends_with(['&', '?']))
    {
        hide_value(text, name.end + value.start()..name.end + value.end(), ranges);
        return;
    }
    if open.is_none()
        && let Some(value) = BARE_VALUE.captures(rest).and_then(|found| found.name("secret"))
        && value.as_str().bytes().filter(u8::is_ascii_digit).count() >= 2
        && value.as_str().bytes().any(|byte| byte.is_ascii_alphabetic())
    {
        ranges.push(name.end + value.start()..name.end + value.end());
    }
}

/// Whether a value only repeats the name, as in `CLIENT_SECRET = "client_secret"`.
fn is_own_name(name: &str, value: &str) -> bool {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    plain(name).ends_with(&plain(value))
}

/// The value in `client_secret=VALUE&…` or `{"client_secret": "VALUE"}` inside a literal that `quote` began.
fn value_in_literal(text: &str, name_end: usize, quote: char, ranges: &mut Vec<Range<usize>>) {
    let rest = &text[name_end..];
    let Some(sign) = rest.find(|character: char| !matches!(character, '"' | '\'' | '\\' | ' ')) else { return };
    let width =
        ["%3D", "%3d", "=", ":"].iter().find(|sign_text| rest[sign..].starts_with(**sign_text)).map(|text| text.len());
    let Some(width) = width else { return };
    let mut start = sign + width;
    start += rest[start..].len() - rest[start..].trim_start_matches([' ', '\\']).len();
    // The literal ends here: its value is what is put behind it.
    if rest[start..].starts_with(quote) && !rest[..start].ends_with('\\') {
        let behind = &rest[start + quote.len_utf8()..];
        if let Some(joined) = CONTINUATION.find(behind) {
            let at = name_end + start + quote.len_utf8() + joined.end() - 1;
            if let Some(opening) = text[at..].chars().next() {
                literals(text, at, opening, true, ranges);
            }
        }
        return;
    }
    if rest[start..].starts_with(['"', '\'']) {
        start += 1;
    }
    let value = &rest[start..];
    let placeholder = SUBSTITUTION.find(value).filter(|found| found.start() == 0).map_or(0, |found| found.end());
    let end = value[placeholder..]
        .find(|character: char| character == quote || character.is_whitespace() || "&\"'\\,;".contains(character))
        .map_or(value.len(), |end| placeholder + end);
    hide_value(text, name_end + start..name_end + start + end, ranges);
}

/// Hides the content of the literal whose opening quote stands at `at`, and of those that are joined to it. A value in
/// a query ends where the next field begins.
fn literals(text: &str, mut at: usize, mut quote: char, query: bool, ranges: &mut Vec<Range<usize>>) {
    loop {
        let content = literal(text, at, quote);
        let end = content.end;
        if query && let Some(next_field) = text[content.clone()].find('&') {
            hide_value(text, content.start..content.start + next_field, ranges);
            return;
        }
        hide_value(text, content, ranges);
        let behind = text[end..].trim_start_matches(quote);
        let behind_at = text.len() - behind.len();
        match CONTINUATION.find(behind) {
            Some(joined) if !joined.as_str().contains("\n\n") => {
                at = behind_at + joined.end() - 1;
                let Some(next) = text[at..].chars().next() else { return };
                quote = next;
            }
            _ => return,
        }
    }
}

/// The content of the literal whose opening quote stands at `at`; triple quotes too.
fn literal(text: &str, at: usize, quote: char) -> Range<usize> {
    let opening = &text[at..];
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    if opening.starts_with(&triple) {
        let start = at + triple.len();
        let end = text[start..].find(&triple).map_or(text.len(), |end| start + end);
        return start..end;
    }
    let start = at + quote.len_utf8();
    let mut escaped = false;
    for (offset, character) in text[start..].char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote || (character == '\n' && quote != '`') {
            return start..start + offset;
        }
    }
    start..text.len()
}

/// Hides a value, unless it only says where the real one comes from.
fn hide_value(text: &str, value: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let content = &text[value.clone()];
    if PLACEHOLDER.is_match(content) || WORDS.is_match(content) {
        return;
    }
    let mut start = value.start;
    for code in SUBSTITUTION.find_iter(content) {
        ranges.push(start..value.start + code.start());
        start = value.start + code.end();
    }
    ranges.push(start..value.end);
}

/// Which literal a place lies in, judged by its line alone. It goes through the text once: a line can be a megabyte.
struct Quotes<'text> {
    text: &'text str,
    offset: usize,
    open: Option<char>,
    escaped: bool,
}

impl<'text> Quotes<'text> {
    fn new(text: &'text str) -> Self {
        Self { text, offset: 0, open: None, escaped: false }
    }

    /// The quote that is open at an offset, which must not lie before the one asked for last.
    fn open_at(&mut self, offset: usize) -> Option<char> {
        for character in self.text[self.offset..offset].chars() {
            if matches!(character, '\n' | '\r') {
                self.open = None;
                self.escaped = false;
            } else if self.escaped {
                self.escaped = false;
            } else if character == '\\' {
                self.escaped = true;
            } else if self.open == Some(character) {
                self.open = None;
            } else if self.open.is_none() && matches!(character, '"' | '\'' | '`') {
                self.open = Some(character);
            }
        }
        self.offset = offset;
        self.open
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In each line, what must be hidden is written between guillemets.
    #[test]
    fn what_is_hidden_and_what_is_not() {
        for case in [
            "client_secret = '«abc»'",
            "class AccessToken:\n    \"\"\"What IMS gives.\"\"\"\n",
            "def login(key) -> AccessToken:\n    '''Log in.'''\n",
            "const clientSecret: string = \"«abc»\";",
            "private static final String CLIENT_SECRET = \"«s-1\\\"x»\";",
            "{ clientSecret: '«abc»', clientId: 'id' }",
            "names = ['CLIENT_ID', 'CLIENT_SECRET', 'ORG_ID', 'PRIVATE_KEY']",
            "f('CLIENT_SECRET', '«ABC_DEF1»')",
            "client_secret = 'Your Client Secret'",
            "key = get_secret('/adobe/private-key')",
            "secrets.setClientSecret('«abc»')",
            "client_secret = '<insert-your-client-secret-here>'",
            "client_secret = '«your cat has 9 lives»'",
            "{'client_secret': '«abc»', 'client_id': 'id'}",
            "form.add(\"client_secret\", \"«abc»\");",
            "new BasicNameValuePair(\"client_secret\", \"«abc»\")",
            "builder.setClientSecret(\"«abc»\").build()",
            "config['clientSecret'] = '«abc»'",
            "hash => { :secret => '«abc»' }",
            "process.env.CLIENT_SECRET || '«abc»'",
            "os.environ.get(\"CLIENT_SECRET\") or \"«abc»\"",
            "os.getenv('CLIENT_SECRET', '«abc»')",
            "secret = r'«abc»' + '«def»'",
            "password = \"\"\"«a\nb»\"\"\"",
            "'grant=x&client_secret=«abc»&jwt_token=' + token",
            "\"client_secret=\" + \"«abc»\" + \"&client_id=id\"",
            "body = f\"client_id={id}&client_secret=«abc»\"",
            "`client_secret=${secret}&x=1`",
            "`client_secret=«ab»${secret}&x=1`",
            "'{\"client_secret\": \"«abc»\", \"client_id\": \"id\"}'",
            "\"{\\\"client_secret\\\": \\\"«abc»\\\"}\"",
            "\"client_secret=\" + secret + \"&jwt_token=\" + token",
            "client_secret = '${CLIENT_SECRET}'",
            "client_secret = '<your client secret>'",
            "f'client_secret={secret}&jwt_token={token}'",
            "'client_secret=%s&jwt_token=%s' % (secret, token)",
            "client_secret: process.env.CLIENT_SECRET, other: 'abc'",
            "client_secret=self.secret, url='https://example.com'",
            "keys = ['client_secret', 'jwt_token', 'client_id']",
            "private_key_path = 'config/private.key'",
            "{'oauthTokenEndpointV2': 'https://example.com/token', 'clientSecretEnvVar': 'NAME'}",
            "call(accessToken, '/api/programs', 'GET')",
            "{\"password\": \"«newpassword»\", \"roles\": [\"ROLE\"]}",
            "{ 'client_secret': config['secret'], 'scopes': 'openid' }",
            "String CLIENT_SECRET = \"client_secret\"; String PASSWORD = \"«password»\";",
            "{ 'secret': secret,\n  'scopes': 'openid' }",
            "CLIENT_SECRET=«0123abcd4567efgh»",
            "body = `grant=x\n&client_secret=«abc»\n&jwt_token=${token}\n`",
            "curl -d client_id=id&client_secret=«abc»&jwt_token=$JWT",
            "curl -d client_secret=$SECRET&jwt_token=$JWT",
            "CLIENT_SECRET = settings.CLIENT_SECRET_2_3",
            "x('«p8e-aB3dE6gH9jK2»')",
            "h = '«eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl»'",
            "key = load('«MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ»')",
            "-----BEGIN PRIVATE KEY-----\n«MIIEvQIBADANBgkqhkiG9w0B»\n«AQ==»\n-----END PRIVATE KEY-----",
            "k = '-----BEGIN PRIVATE KEY-----\\«nMIIEvQIBADANBgkqhkiG9w0B»\\«nAQ==»\\«n»-----END PRIVATE KEY-----'",
            "'-----BEGIN PRIVATE KEY-----\\n' + process.env.KEY + '\\n-----END PRIVATE KEY-----'",
            "if key.startswith('-----BEGIN RSA PRIVATE KEY-----'):\n    return normalise(key)",
            "  '«MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7»' +",
            "const url = 'https://ims-na1.adobelogin.com/ims/exchange/jwt';",
        ] {
            let text: String = case.chars().filter(|character| !"«»".contains(*character)).collect();
            let mut hidden = false;
            let expected: String = case
                .chars()
                .filter_map(|character| match character {
                    '«' => {
                        hidden = true;
                        None
                    }
                    '»' => {
                        hidden = false;
                        None
                    }
                    '\n' => Some('\n'),
                    other => Some(if hidden { '*' } else { other }),
                })
                .collect();
            assert_eq!(mask(&text), expected, "{text}");
        }
    }

    #[test]
    fn the_number_of_characters_stays() {
        let text = "é = 'ü'; passwort = 'x'; password = 'grün-日本'; // é\n";
        let masked = masked(text, &[ByteRange::new(0, 1), ByteRange::new(6, 8)]);
        assert_eq!(masked.text.chars().count(), text.chars().count());
        assert_eq!(masked.text, "é = '*'; passwort = 'x'; password = '*******'; // é\n");
        for word in ["passwort", "password", "//"] {
            let offset = text.find(word).unwrap();
            assert!(masked.text[masked.offset(offset)..].starts_with(word));
        }
        assert_eq!(masked.offset(text.len()), masked.text.len());
        assert_eq!(masked.offset(text.len() + 9), masked.text.len());
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_characters_and_lines(text in "(secret|password=|[\"'`]|\\\\|[=:,&+(]|\\$\\{|\\}|é|\r?\n|[a-zA-Z0-9 ]){0,60}") {
            let masked = masked(&text, &[ByteRange::new(3, 9)]);
            prop_assert_eq!(masked.text.chars().count(), text.chars().count());
            for (before, after) in text.chars().zip(masked.text.chars()) {
                prop_assert!(before == after || (after == '*' && !matches!(before, '\r' | '\n')));
            }
        }
    }

    #[test]
    fn a_clean_text_is_not_copied() {
        assert!(matches!(mask("const a = 1;"), Cow::Borrowed(_)));
    }
}
