//! Code that a file needs once, however many requests of it are rewritten: a class or a function. It stands in the file that
//! needs it, or, where several files of a package do, in one of its own.
//!
//! Which of both it is is known when all programs have been planned, so that each rewrite is planned both ways; [`super::shared`]
//! decides between them.

use super::draft::{Draft, has_word};
use super::keep::Refusal;
use super::passport::style::Head;
use crate::contents::Contents;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::project::Source;

/// What stands for the name of the module until it is known; no code holds that.
pub(super) const MODULE: &str = "\u{0}module\u{0}";

/// Where code that several requests need stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Placement {
    /// In every file that needs it.
    #[default]
    Within,
    /// In a file of its own.
    Apart,
}

/// Code that a file needs once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Helper {
    /// What it declares.
    pub(super) name: &'static str,
    /// What a file of its own is called, without an extension.
    pub(super) stem: &'static str,
    /// What that line imports, where the name is not chosen after the file.
    pub(super) binds: Option<&'static str>,
    /// The line that imports what it needs; empty where it needs nothing.
    pub(super) import: String,
    /// Itself, with a blank line behind.
    pub(super) code: String,
    /// All that a file of its own holds.
    pub(super) alone: String,
    /// The line that imports it from there.
    pub(super) asked: String,
    /// The same with the type of the answer.
    pub(super) asked_with_token: String,
    /// What that type is called where the code stands in the file.
    pub(super) token: &'static str,
    /// Whether it is imported, and not required.
    pub(super) is_module: bool,
    /// Whether it is TypeScript.
    pub(super) is_typescript: bool,
    /// Whether it hands the answer to a callback.
    pub(super) calls_back: bool,
    /// Whether the host may be left out.
    pub(super) has_host: bool,
}

/// A file that needs a helper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needed {
    pub(super) helper: Helper,
    /// Where it has its places.
    pub(super) head: Head,
    /// The statement in whose place the line stands that imports.
    pub(super) instead: Option<ByteRange>,
    /// Whether the file names the type of the answer.
    pub(super) names_token: bool,
}

/// What the type of the answer is called where it has a file for itself.
pub(super) const TOKEN: &str = "AdobeToken";

impl Helper {
    /// The line that imports it from a file of its own.
    pub(super) fn asked(&self, names_token: bool) -> &str {
        if names_token { &self.asked_with_token } else { &self.asked }
    }

    /// What the type of the answer is called.
    pub(super) fn token(&self, placement: Placement) -> &'static str {
        if placement == Placement::Apart { TOKEN } else { self.token }
    }

    /// Whether a file has it already, from an earlier rewrite: itself, or an import of the file that holds it.
    pub(super) fn is_in(&self, source: &Source, contents: &Contents) -> bool {
        let text = source.file.text();
        let layers = |text: &str| bare(text).contains(&bare(&self.code));
        if !has_word(text, self.name) {
            return false;
        }
        let Some(folder) = source.path.parent() else { return false };
        let named = text.split(['\'', '"', '`']).filter(|part| part.starts_with('.') && !part.contains(['\n', ' ']));
        let mut files = named.filter(|part| part.contains(self.stem)).flat_map(|part| {
            let path = folder.join(part);
            let with = ["js", "cjs", "mjs", "ts", "cts", "mts"].map(|extension| path.with_extension(extension));
            [path].into_iter().chain(with)
        });
        layers(text)
            || files.any(|path| contents.read_to_string(&path).is_ok_and(|text| bare(&text) == bare(&self.alone)))
    }
}

/// A text of code without what formatters decide: white space, the kind of quotes, semicolons and last commas.
pub(super) fn bare(text: &str) -> String {
    let mut result: String = text.chars().filter(|sign| !sign.is_whitespace() && *sign != ';').collect();
    for (from, to) in [("\"", "'"), (",}", "}"), (",)", ")"), (",]", "]")] {
        result = result.replace(from, to);
    }
    result
}

impl Draft<'_> {
    /// Says that a file needs a helper; whether that is new.
    pub(super) fn needs(&mut self, unit: UnitId, needed: Needed) -> Result<bool, Refusal> {
        if let Some(source) = self.source(unit)
            && has_word(source.file.text(), needed.helper.name)
        {
            if needed.helper.is_in(source, self.contents) {
                return Ok(false);
            }
            return Err(format!("`{}` means something else in the file already", needed.helper.name));
        }
        if let (Some(source), Some(bound)) = (self.source(unit), needed.helper.binds)
            && has_word(source.file.text(), bound)
        {
            return Err(format!("`{bound}` means something else in the file already"));
        }
        let Some(known) =
            self.helpers.iter_mut().find(|(at, known)| *at == unit && known.helper.name == needed.helper.name)
        else {
            self.helpers.push((unit, needed));
            return Ok(true);
        };
        let (_, known) = known;
        if known.helper.calls_back != needed.helper.calls_back {
            return Err("another request of the file hands its answer on in another way".to_owned());
        }
        known.names_token |= needed.names_token;
        if needed.helper.has_host {
            known.helper = needed.helper;
        }
        Ok(false)
    }

    /// Says that the line that imports stands in the place of another statement.
    pub(super) fn imports_instead(&mut self, unit: UnitId, name: &str, statement: ByteRange) {
        for (_, needed) in self.helpers.iter_mut().filter(|(at, known)| *at == unit && known.helper.name == name) {
            needed.instead = Some(statement);
        }
    }

    /// The type of the answer in a file of TypeScript, as the argument of a generic function: without it, what the result is
    /// assigned to would decide. Nothing elsewhere.
    pub(super) fn answer_type(&mut self, unit: UnitId) -> String {
        let placement = self.placement;
        let typed = self.helpers.iter_mut().find(|(at, needed)| *at == unit && needed.helper.is_typescript);
        typed.map_or_else(String::new, |(_, needed)| {
            needed.names_token = true;
            format!("<{}>", needed.helper.token(placement))
        })
    }

    /// Puts the helpers where they belong.
    pub(super) fn place_helpers(&mut self) {
        for (unit, needed) in self.helpers.clone() {
            let Needed { helper, head, instead, names_token } = needed;
            let (at, import) = match self.placement {
                Placement::Within => (head.first, helper.import.clone()),
                Placement::Apart => (head.last, helper.asked(names_token).to_owned()),
            };
            match instead {
                Some(statement) if import.is_empty() => self.remove(unit, statement),
                Some(statement) => self.replace(unit, statement, import.trim_end()),
                None if import.is_empty() => {}
                None => self.insert(unit, at, import, false),
            }
            if self.placement == Placement::Within {
                self.insert(unit, head.block, helper.code, true);
            }
        }
    }
}
