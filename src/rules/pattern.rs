//! Patterns of the rule files: URLs and short texts, matched against texts of which parts may be unknown.
//!
//! It knows nothing of where a text comes from. A text is handed over as pieces, literals and holes, and the answer is
//! yes, no or maybe, so that the confidence of a finding can follow from what stood in the way.

/// A piece of a text: known, or a hole that could hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Known characters.
    Literal(&'a str),
    /// Anything, nothing included.
    Hole,
}

/// How a text answers a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It cannot match.
    No,
    /// It matches if the holes are filled rightly, and nothing known speaks for it.
    Open,
    /// It matches if the holes are filled rightly, and a known part speaks for it.
    Maybe,
    /// The part that identifies it matches; the host is another one.
    ElsewhereYes,
    /// It matches.
    Yes,
}

/// Stands for a hole in a rendered text. It cannot stand in a source file that is read as text.
const HOLE: char = '\u{0}';

fn render(pieces: &[Piece<'_>]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Hole if text.ends_with(HOLE) => {}
            Piece::Hole => text.push(HOLE),
        }
    }
    text
}

/// A text in which the variables of a URL template, `{version}`, are holes.
fn without_variables(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        filled.push_str(before);
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if !is_name {
            filled.push('{');
            rest = after;
            continue;
        }
        if !filled.ends_with(HOLE) {
            filled.push(HOLE);
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

/// A URL: `https://*.adobelogin.com/ims/exchange/{jwt,v1/jwt}`. `*` in the host stands for one or more labels, braces
/// for alternatives. A slash, a query or a fragment may follow the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPattern {
    /// The host, perhaps with a leading `*.`.
    host: String,
    /// The paths, each with its leading slash.
    paths: Vec<String>,
}

impl UrlPattern {
    /// Reads a pattern. The error says what is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let rest = pattern
            .split_once("://")
            .map(|(_, rest)| rest)
            .ok_or_else(|| format!("`{pattern}` has no scheme; write `https://host/path`"))?;
        let (host, path) =
            rest.split_once('/').ok_or_else(|| format!("`{pattern}` has no path; write `https://host/path`"))?;
        if host.trim_matches(['*', '.']).is_empty() || path.is_empty() {
            return Err(format!("`{pattern}` has no host or no path that an anchor follows from"));
        }
        let paths = braces(&format!("/{path}"))?;
        Ok(Self { host: host.to_owned(), paths })
    }

    /// The host without its wildcard.
    pub fn domain(&self) -> &str {
        self.host.trim_start_matches(['*', '.'])
    }

    /// The paths that it stands for.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Whether the host is the one of the pattern. A host may carry user and port.
    fn is_host(&self, authority: &str) -> bool {
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
        match self.host.strip_prefix("*.") {
            Some(domain) => host == domain || host.ends_with(&format!(".{domain}")),
            None => host == self.host,
        }
    }

    /// Whether a text is such a URL.
    pub fn answer(&self, pieces: &[Piece<'_>]) -> Answer {
        let mut text = without_variables(&render(pieces));
        // What names no host may stand behind a base that nobody saw: `exchange/jwt` behind `https://…/ims/`.
        if !text.contains("://") && !text.starts_with(HOLE) && !text.contains(' ') {
            text.insert(0, HOLE);
        }
        let mut best = Answer::No;
        for path in &self.paths {
            best = best.max(self.literal_path(&text, path));
        }
        if best >= Answer::ElsewhereYes { best } else { best.max(self.open_path(&text)) }
    }

    /// The whole path stands in the text.
    fn literal_path(&self, text: &str, path: &str) -> Answer {
        let mut best = Answer::No;
        let bare = &path[1..];
        let mut from = 0;
        while let Some(found) = text[from..].find(bare) {
            let start = from + found;
            let end = start + bare.len();
            from = end;
            let before = &text[..start];
            let opens = before.is_empty() || before.ends_with('/') || before.ends_with(HOLE);
            let after = &text[end..];
            let closes = after.is_empty()
                || after.starts_with(['?', '#', HOLE, '"', '\'', '&'])
                || after.starts_with(" HTTP/")
                || after
                    .strip_prefix('/')
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#', HOLE, '/', '"', '\'', ' ']));
            if opens && closes {
                best = best.max(self.host_before(before.strip_suffix('/').unwrap_or(before)));
            }
        }
        best
    }

    /// What stands before the path: the right host, no or an unknown one, or another.
    fn host_before(&self, before: &str) -> Answer {
        let authority = before.split_once("://").map_or(before, |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or(authority);
        // `POST /ims/exchange/jwt`: a request line names no host.
        let authority = authority.rsplit(' ').next().unwrap_or(authority);
        if authority.is_empty() || authority.contains(HOLE) || self.is_host(authority) {
            Answer::Yes
        } else {
            Answer::ElsewhereYes
        }
    }

    /// The path is not all there, but holes could complete it.
    fn open_path(&self, text: &str) -> Answer {
        if !text.contains(HOLE) {
            return Answer::No;
        }
        let head = text.split(HOLE).next().unwrap_or("");
        let tail = text.rsplit(HOLE).next().unwrap_or("");
        let tail = tail.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
        let host_known = match head.split_once("://") {
            Some((_, rest)) => match rest.split_once('/') {
                Some((authority, path)) => {
                    let path = format!("/{path}");
                    if !self.is_host(authority) || !self.paths.iter().any(|known| known.starts_with(&path)) {
                        return Answer::No;
                    }
                    true
                }
                // The hole may go on with the host: `https://` + region + `.adobelogin.com…`.
                None => self.is_host(rest),
            },
            // A path that begins with a known part: `/ims/` + hole.
            None if head.starts_with('/') => {
                if !self.paths.iter().any(|known| known.starts_with(head)) {
                    return Answer::No;
                }
                head.len() > 1
            }
            None => head.contains(self.domain()),
        };
        if !self.paths.iter().any(|known| known.ends_with(tail) || tail.ends_with(self.domain())) {
            return Answer::No;
        }
        let parent_known =
            |path: &String| path.rsplit_once('/').is_some_and(|(parent, _)| parent.len() > 1 && text.contains(parent));
        let middle_known = text.contains(self.domain()) || self.paths.iter().any(parent_known);
        if host_known || middle_known || tail.len() > 3 { Answer::Maybe } else { Answer::Open }
    }
}

/// A short text with `*` for anything: `*@AdobeOrg`, `*/s/ent_*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPattern {
    parts: Vec<String>,
}

impl TextPattern {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Self {
        Self { parts: pattern.split('*').map(str::to_owned).collect() }
    }

    /// The literals between its wildcards.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str).filter(|part| !part.is_empty())
    }

    /// Whether a text is such a text. Holes count for `*` only: a literal of the pattern must be there.
    pub fn is_match(&self, pieces: &[Piece<'_>]) -> bool {
        let text = render(pieces);
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_none_or(|only| *only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            match rest.find(part.as_str()) {
                Some(found) => rest = &rest[found + part.len()..],
                None => return false,
            }
        }
        rest.len() >= last.len() && rest.ends_with(last.as_str())
    }
}

/// Expands `{a,b}`; alternatives may be empty and may not nest.
fn braces(text: &str) -> Result<Vec<String>, String> {
    let Some((head, rest)) = text.split_once('{') else {
        return if text.contains('}') {
            Err(format!("`{text}` closes a brace it never opened"))
        } else {
            Ok(vec![text.to_owned()])
        };
    };
    let (choice, tail) = rest.split_once('}').ok_or_else(|| format!("`{text}` never closes its brace"))?;
    let tails = braces(tail)?;
    Ok(choice.split(',').flat_map(|option| tails.iter().map(move |tail| format!("{head}{option}{tail}"))).collect())
}

#[cfg(test)]
mod tests {
    use super::{Answer, Piece, TextPattern, UrlPattern};
    use Piece::{Hole, Literal};

    fn answer(pieces: &[Piece<'_>]) -> Answer {
        UrlPattern::new("https://*.adobelogin.com/ims/exchange/{jwt,v1/jwt}").expect("a good pattern").answer(pieces)
    }

    #[test]
    fn the_documented_url_and_its_spellings_match() {
        for url in [
            "https://ims-na1.adobelogin.com/ims/exchange/jwt",
            "https://ims-na1.adobelogin.com/ims/exchange/jwt/",
            "https://ims-na1-stg1.adobelogin.com/ims/exchange/v1/jwt?client_id=1",
            "https://ims-na1.adobelogin.com:443/ims/exchange/v1/jwt/",
            "POST /ims/exchange/jwt",
            "/ims/exchange/jwt",
            "ims/exchange/jwt",
        ] {
            assert_eq!(answer(&[Literal(url)]), Answer::Yes, "{url}");
        }
        assert_eq!(answer(&[Hole, Literal("/ims/exchange/jwt/")]), Answer::Yes);
        assert_eq!(answer(&[Literal("https://"), Hole, Literal("/ims/exchange/v1/jwt")]), Answer::Yes);
    }

    #[test]
    fn another_host_is_told_apart() {
        assert_eq!(answer(&[Literal("http://localhost:8080/ims/exchange/jwt")]), Answer::ElsewhereYes);
    }

    #[test]
    fn siblings_do_not_match() {
        for url in [
            "https://ims-na1.adobelogin.com/ims/token/v3",
            "https://ims-na1.adobelogin.com/ims/exchange/jwt_other",
            "https://ims-na1.adobelogin.com/ims/exchange/jwtx",
            "https://example.com/exchange",
        ] {
            assert_eq!(answer(&[Literal(url)]), Answer::No, "{url}");
        }
        assert_eq!(answer(&[Literal("https://ims-na1.adobelogin.com/ims/token/"), Hole]), Answer::No);
        assert_eq!(answer(&[Literal("https://example.com/"), Hole]), Answer::No);
        assert_eq!(answer(&[Hole, Literal("/oauth/token")]), Answer::No);
    }

    #[test]
    fn a_path_may_stand_behind_an_unseen_base() {
        assert_eq!(answer(&[Literal("exchange/jwt/")]), Answer::Maybe);
        assert_eq!(answer(&[Literal("/exchange/jwt")]), Answer::Maybe);
        assert_eq!(answer(&[Literal("")]), Answer::Open);
        assert_eq!(answer(&[Literal("oauth/token")]), Answer::No);
    }

    #[test]
    fn variables_of_a_template_are_holes() {
        assert_eq!(answer(&[Literal("https://ims-{region}.adobelogin.com/ims/exchange/{kind}")]), Answer::Maybe);
        assert_eq!(answer(&[Literal("{base}/ims/exchange/jwt")]), Answer::Yes);
        assert_eq!(answer(&[Literal("https://ims-{region}.adobelogin.com/ims/token/v3")]), Answer::No);
    }

    #[test]
    fn holes_leave_it_open() {
        assert_eq!(answer(&[Hole]), Answer::Open);
        assert_eq!(answer(&[Literal("https://ims-na1.adobelogin.com"), Hole]), Answer::Maybe);
        assert_eq!(answer(&[Literal("https://ims-na1.adobelogin.com/ims/"), Hole]), Answer::Maybe);
        assert_eq!(answer(&[Hole, Literal("exchange/jwt")]), Answer::Maybe);
        assert_eq!(answer(&[Hole, Literal("/ims/exchange/"), Hole]), Answer::Maybe);
    }

    #[test]
    fn texts_with_wildcards() {
        let metascope = TextPattern::new("*/s/ent_*");
        assert!(metascope.is_match(&[Hole, Literal("/s/ent_user_sdk")]));
        assert!(metascope.is_match(&[Literal("https://ims-na1.adobelogin.com/s/ent_user_sdk")]));
        assert!(!metascope.is_match(&[Hole, Literal("/s/"), Hole]));
        assert!(TextPattern::new("*/s/*").is_match(&[Hole, Literal("/s/"), Hole]));
        assert!(!TextPattern::new("*@AdobeOrg").is_match(&[Literal("x@AdobeOrg.example")]));
    }

    #[test]
    fn a_broken_pattern_says_so() {
        assert!(UrlPattern::new("/ims/exchange").is_err());
        assert!(UrlPattern::new("https://*/x").is_err());
        assert!(UrlPattern::new("https://a.b/{x").is_err());
    }
}
