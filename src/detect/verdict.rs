//! Whether a fact is what a rule looks for, and how sure that is.
//!
//! Confidence follows from the answers of the patterns: what is proved is certain, what leaves one link open is likely,
//! and more than one open link is possible.

use crate::facts::fact::{Assertion, Request, Text};
use crate::finding::Confidence;
use crate::rules::pattern::{Answer, Piece, TextPattern, UrlPattern};
use crate::rules::{AssertionPattern, CompiledRule, RequestPattern};

/// How sure it is that a request is one that the rule looks for.
pub(super) fn of_request(rule: &CompiledRule, request: &Request) -> Option<Confidence> {
    let is_other =
        |method: &String| rule.rule.matches.other_methods.iter().any(|other| other.eq_ignore_ascii_case(method));
    if request.method.as_ref().is_some_and(is_other) {
        return None;
    }
    let is_elsewhere = |text: &Text| rule.other_urls.iter().any(|pattern| pattern.is_match(&text.pieces()));
    if request.urls.iter().chain(&request.urls_nearby).any(is_elsewhere) {
        return None;
    }
    let best = rule.requests.iter().filter_map(|wanted| request_match(rule, wanted, request)).max()?;
    // A table and a log are handed the same things as a client.
    let keeps = !request.sent && is_named(&rule.keepers, &request.callee);
    Some(if keeps { Confidence::Possible } else { best })
}

fn request_match(rule: &CompiledRule, wanted: &RequestPattern, request: &Request) -> Option<Confidence> {
    let has_form = !wanted.form.is_empty()
        && wanted.form.iter().all(|name| has_field(request, name))
        && rule.rule.matches.assertion_field.as_ref().is_none_or(|name| carries(request, name));
    if !wanted.form.is_empty() && !has_form {
        return None;
    }
    let sends = request.sent || is_sender(rule, &request.callee);
    if !wanted.fields.iter().all(|(name, value)| holds(request, name, value)) {
        return None;
    }
    let Some(url) = &wanted.url else {
        // Values give it away wherever it goes.
        if !wanted.fields.is_empty() {
            return Some(match (request.sent, sends) {
                (true, _) => Confidence::Certain,
                // What a known client builds and hands on is sent by someone.
                (false, true) => Confidence::Likely,
                (false, false) if request.library.is_some() => Confidence::Likely,
                (false, false) => Confidence::Possible,
            });
        }
        // The form gives it away, as long as the URL is not known to be another.
        let resolved_elsewhere = !request.urls.is_empty()
            && rule
                .requests
                .iter()
                .filter_map(|other| other.url.as_ref())
                .all(|url| best(url, &request.urls) == Answer::No);
        return match (resolved_elsewhere, sends) {
            (true, _) => None,
            (false, true) => Some(Confidence::Likely),
            (false, false) => Some(Confidence::Possible),
        };
    };
    let near = best(url, &request.urls_nearby) >= Answer::ElsewhereYes;
    match (best(url, &request.urls), request.sent) {
        (Answer::Yes, true) => Some(Confidence::Certain),
        // The endpoint and the form are proved, and the name says that it sends: only the client is unknown.
        (Answer::Yes, false) if has_form && sends => Some(Confidence::Certain),
        (Answer::Yes, false) if has_form || sends => Some(Confidence::Likely),
        (Answer::ElsewhereYes, _) if has_form => Some(Confidence::Likely),
        (Answer::Yes | Answer::ElsewhereYes, _) => Some(Confidence::Possible),
        (answer, known) => {
            let unresolved = answer != Answer::No || request.urls.is_empty();
            match () {
                () if near && unresolved && has_form => Some(Confidence::Likely),
                () if near && unresolved && known => Some(Confidence::Possible),
                () if has_form && answer == Answer::Maybe => {
                    Some(if sends { Confidence::Likely } else { Confidence::Possible })
                }
                () => None,
            }
        }
    }
}

pub(super) fn best(url: &UrlPattern, texts: &[Text]) -> Answer {
    texts.iter().map(|text| url.answer(&text.pieces())).max().unwrap_or(Answer::No)
}

/// Whether a field, where the request has it, holds anything: `null` is nothing to send.
fn carries(request: &Request, name: &str) -> bool {
    let mut fields = request.fields.iter().filter(|field| field.name.literal().as_deref() == Some(name)).peekable();
    fields.peek().is_none() || fields.any(|field| !field.value.texts.is_empty())
}

/// Whether a field may have such a value, as it is or URL-encoded.
fn holds(request: &Request, name: &str, pattern: &TextPattern) -> bool {
    let is_such = |text: &Text| {
        let pieces = text.pieces();
        let decoded: Vec<_> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(literal) => Some(percent_encoding::percent_decode_str(literal).decode_utf8_lossy()),
                Piece::Hole => None,
            })
            .collect();
        let decoded: Vec<Piece<'_>> =
            decoded.iter().map(|piece| piece.as_ref().map_or(Piece::Hole, |literal| Piece::Literal(literal))).collect();
        pattern.is_match(&decoded)
    };
    let mut named = request.fields.iter().filter(|field| field.name.literal().as_deref() == Some(name));
    named.any(|field| field.value.texts.iter().any(is_such))
}

/// Whether the form, the body or the query has a field.
pub(super) fn has_field(request: &Request, name: &str) -> bool {
    request.fields.iter().any(|field| field.name.literal().as_deref() == Some(name))
}

/// Whether a function sends requests by its name.
pub(super) fn is_sender(rule: &CompiledRule, callee: &str) -> bool {
    is_named(&rule.senders, callee)
}

/// Whether the words of a function's name are one of the patterns.
fn is_named(patterns: &[TextPattern], callee: &str) -> bool {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let words = words(last).join("_");
    patterns.iter().any(|pattern| pattern.is_match(&[Piece::Literal(&words)]))
}

/// `postForm`, `post_form` → `post`, `form`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            words.push(String::new());
        } else {
            if character.is_uppercase() && before_lower {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
        }
        before_lower = character.is_lowercase() || character.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// How sure it is that an assertion is one that the rule looks for.
pub(super) fn of_assertion(rule: &CompiledRule, assertion: &Assertion) -> Option<Confidence> {
    rule.assertions.iter().filter_map(|wanted| assertion_match(wanted, assertion)).max()
}

fn assertion_match(wanted: &AssertionPattern, assertion: &Assertion) -> Option<Confidence> {
    if wanted.signed && !assertion.signed {
        return None;
    }
    let named = |pattern: &TextPattern| assertion.claims.iter().any(|claim| pattern.is_match(&claim.name.pieces()));
    let holds = |name: &str, pattern: &TextPattern| {
        assertion.claims.iter().any(|claim| {
            claim.name.literal().as_deref() == Some(name)
                && claim.value.texts.iter().any(|text| pattern.is_match(&text.pieces()))
        })
    };
    let fits = wanted.claim.as_ref().is_none_or(named)
        && wanted.audience.as_ref().is_none_or(|pattern| holds("aud", pattern))
        && wanted.issuer.as_ref().is_none_or(|pattern| holds("iss", pattern))
        && wanted.subject.as_ref().is_none_or(|pattern| holds("sub", pattern));
    // What had to be asked for with a signature is weak on its own.
    fits.then_some(if assertion.signed && !wanted.signed { Confidence::Certain } else { Confidence::Likely })
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("postForm"), ["post", "form"]);
        assert_eq!(words("post_request"), ["post", "request"]);
        assert_eq!(words("doHTTPPost"), ["do", "httppost"]);
        assert_eq!(words("poster"), ["poster"]);
    }
}
