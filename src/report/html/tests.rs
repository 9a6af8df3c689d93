//! The page as text: well formed, complete, and loading nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::gate::Outcome;
use crate::report::Format;
use crate::report::audit::sample::{many, outcome, rendered};

/// Elements that have no end.
const VOID: [&str; 4] = ["meta", "br", "input", "rect"];

/// An element's beginning or end, with its attributes.
#[derive(Debug, PartialEq)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    is_end: bool,
    closes_itself: bool,
}

/// The tags of a page; anything that a strict reader would stumble over panics.
fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").expect("a doctype");
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a bracket in {:?}", &rest[..start]);
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("an end of the tag");
        let tag = tag(&rest[..end]);
        rest = &rest[end + 1..];
        // What is in these is no HTML.
        if !tag.is_end && (tag.name == "style" || tag.name == "script") {
            rest = &rest[rest.find(&format!("</{}>", tag.name)).expect("its end")..];
        }
        tags.push(tag);
    }
    tags
}

fn tag(text: &str) -> Tag {
    let (is_end, text) = text.strip_prefix('/').map_or((false, text), |text| (true, text));
    let (closes_itself, text) = text.strip_suffix('/').map_or((false, text), |text| (true, text));
    let (name, mut rest) = text.split_once(' ').unwrap_or((text, ""));
    assert!(!name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric()), "no tag: {text}");
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let attribute = rest[..end].to_owned();
        assert!(attribute.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '-'), "{text}");
        let value = if rest[end..].starts_with('=') {
            let (value, after) = rest[end..].strip_prefix("=\"").and_then(|rest| rest.split_once('"')).expect("quotes");
            rest = after;
            value.to_owned()
        } else {
            rest = &rest[end..];
            String::new()
        };
        assert!(!value.contains('<'), "{text}");
        attributes.push((attribute, value));
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    }
    Tag { name: name.to_owned(), attributes, is_end, closes_itself }
}

fn pages() -> [String; 3] {
    [outcome(), many(120), Outcome::default()].map(|outcome| rendered(Format::Html, &outcome))
}

#[test]
fn every_element_is_closed_where_it_was_opened() {
    for page in pages() {
        let mut open: Vec<String> = Vec::new();
        for tag in tags(&page) {
            if tag.is_end {
                assert_eq!(open.pop().as_ref(), Some(&tag.name), "in {open:?}");
            } else if VOID.contains(&tag.name.as_str()) {
                assert_eq!(tag.closes_itself, tag.name == "rect", "{tag:?}");
            } else {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn ids_are_unique_and_links_lead_somewhere() {
    for page in pages() {
        let tags = tags(&page);
        let values = |wanted: &str| {
            let all = tags.iter().flat_map(|tag| &tag.attributes).filter(|(name, _)| name == wanted);
            all.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let ids = values("id");
        let known: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(known.len(), ids.len(), "{ids:?}");
        for target in values("href").iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(known.contains(&target.to_owned()), "no {target}");
        }
        for target in values("aria-labelledby").iter().flat_map(|value| value.split(' ')) {
            assert!(known.contains(&target.to_owned()), "no {target}");
        }
    }
}

/// Nothing is loaded: no attribute and no style names anything outside the page but the scanned files.
#[test]
fn the_page_stands_alone() {
    for page in pages() {
        for tag in tags(&page) {
            assert!(!["link", "img", "iframe", "object", "embed", "base", "use", "image"].contains(&tag.name.as_str()));
            for (name, value) in &tag.attributes {
                assert!(!["src", "srcset", "style", "action", "data", "poster"].contains(&name.as_str()), "{tag:?}");
                assert!(!name.starts_with("on"), "{tag:?}");
                if name == "href" {
                    let before_slash = value.split('/').next().unwrap_or("");
                    assert!(!value.starts_with("//") && !before_slash.contains(':'), "{value}");
                }
            }
        }
        let style = &page[page.find("<style>").unwrap()..page.find("</style>").unwrap()];
        assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("http"), "{style}");
        let script = &page[page.find("<script>").unwrap()..page.find("</script>").unwrap()];
        for call in ["fetch", "XMLHttpRequest", "import", "http", "innerHTML", "eval", "WebSocket", "sendBeacon"] {
            assert!(!script.contains(call), "{call}");
        }
        assert!(page.contains("default-src 'none'; style-src 'sha256-"), "no policy");
        assert!(!page.contains("'unsafe-"), "a weak policy");
    }
}

#[test]
fn scanned_text_stays_text() {
    let page = rendered(Format::Html, &outcome());
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains("<b>"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; | `x` &quot;&#39;@all&amp;.js:7</code>"));
    assert!(
        page.contains(
            "href=\"shop/web/%3Cscript%3Ealert%281%29%3C/script%3E%20%7C%20%60x%60%20%22%27%40all%26.js#L7\""
        )
    );
    assert!(!page.chars().any(|letter| letter.is_control() && letter != '\n') && !page.contains('\u{202e}'));
}

#[test]
fn the_page_says_what_is_left() {
    let page = rendered(Format::Html, &outcome());
    for part in [
        "13 findings in 3 repositories: 4 errors, 6 warnings, 3 notes. Not everything could be read.",
        "compare with the Developer Console: <code>openid,AdobeID,user_management_sdk</code>",
        "copy them from the AEM Developer Console",
        "reports/legacy/token.php",
        "this is no valid python",
        "shop/web/src/legacy.js:5",
        "1 finding is below the wanted confidence",
        "This is irreversible.",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    let page = rendered(Format::Html, &Outcome::default());
    assert!(page.contains("Nothing was found in 0 files."), "{page}");
    assert!(!page.contains("<form"));
}

#[test]
fn the_same_outcome_gives_the_same_bytes() {
    assert_eq!(rendered(Format::Html, &outcome()), rendered(Format::Html, &outcome()));
}

/// Where something looked at every pair of findings, this would take minutes.
#[test]
fn thousands_of_findings_are_written_at_once() {
    let outcome = many(2000);
    for format in [Format::Html, Format::Markdown] {
        let start = Instant::now();
        let text = rendered(format, &outcome);
        assert!(start.elapsed() < Duration::from_secs(5), "{format:?} took {:?}", start.elapsed());
        assert!(text.len() < 4 << 20, "{format:?} has {} bytes", text.len());
    }
}
