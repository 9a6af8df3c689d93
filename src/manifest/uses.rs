//! Whether code uses a package, by the text of its imports. It is asked of files that are not parsed, so that it errs on
//! the side of a use: a name in quotes is one, wherever it stands outside of a comment.

use memchr::memmem;
use regex::bytes::Regex;

use crate::finding::Platform;

/// How a line of a comment begins.
const COMMENTS: [&[u8]; 4] = [b"//", b"#", b"*", b"/*"];

/// What imports of one package look like.
#[derive(Debug, Clone)]
pub struct Import {
    names: Vec<String>,
    pattern: Regex,
}

/// The imports of several packages, by position.
#[derive(Debug, Default)]
pub struct Imports {
    all: Vec<(Platform, Import)>,
}

impl Import {
    /// What imports of any of these names look like. A name is what an import names: a package of npm, a module of Python,
    /// a package of Java. Nothing where there is no name.
    pub fn new(platform: Platform, names: &[String]) -> Option<Self> {
        let any = names.iter().map(|name| regex::escape(name)).collect::<Vec<_>>().join("|");
        let pattern = match platform {
            Platform::Node => format!("['\"`](?:{any})(?:/[^'\"`]*)?['\"`]"),
            Platform::Python => format!(
                "^[ \\t\"]*(?:from[ \\t]+(?:{any})(?:\\.[\\w.]+)?[ \\t]+import\\b|import[ \\t]+(?:[\\w., \\t]+,[ \\t]*)?(?:{any})(?:[., \\t;\"\\\\]|$))\
                 |(?:import_module|__import__|patch)\\([ \\t]*['\"](?:{any})['\".]"
            ),
            Platform::Java => format!("\\b(?:{any})\\.[A-Za-z_*]"),
        };
        let pattern = Regex::new(&pattern).ok().filter(|_| !names.is_empty())?;
        Some(Self { names: names.to_vec(), pattern })
    }

    /// Whether a text holds such an import.
    pub fn is_in(&self, text: &[u8]) -> bool {
        // Nearly every file is settled here.
        self.names.iter().any(|name| memmem::find(text, name.as_bytes()).is_some())
            && code_lines(text).any(|line| self.pattern.is_match(line))
    }
}

impl Imports {
    /// Adds what to look for and gives its position.
    pub fn add(&mut self, platform: Platform, import: Import) -> usize {
        self.all.push((platform, import));
        self.all.len() - 1
    }

    /// The positions of the imports that a text holds. A file in a language without a platform is asked for all.
    pub fn in_text(&self, platform: Option<Platform>, text: &[u8]) -> Vec<usize> {
        let asked = |of: Platform| platform.is_none_or(|platform| platform == of);
        let found = self.all.iter().enumerate().filter(|(_, (of, import))| asked(*of) && import.is_in(text));
        found.map(|(position, _)| position).collect()
    }
}

/// Lines that are no comment of a line of its own.
fn code_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !COMMENTS.iter().any(|comment| line.trim_ascii_start().starts_with(comment)))
}

/// Whether code that imports a library also reads tokens with it, which has nothing to do with signing one. `reads` are
/// names of its functions; for Java `Type.method`.
pub fn reads_tokens(platform: Platform, import: &Import, reads: &[String], text: &[u8]) -> bool {
    if reads.is_empty() {
        return false;
    }
    let bindings = bindings(platform, import, text);
    let functions = reads.iter().map(|name| regex::escape(name)).collect::<Vec<_>>().join("|");
    let mut patterns = Vec::new();
    if platform == Platform::Java {
        patterns.push(format!("\\b(?:{functions})\\b"));
    } else {
        for name in &bindings {
            match reads.contains(name) {
                true => patterns.push(format!("\\b{}\\s*\\(", regex::escape(name))),
                false => patterns.push(format!("(?:^|[^\\w.]){}\\.(?:{functions})\\b", regex::escape(name))),
            }
        }
    }
    let patterns: Vec<Regex> = patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
    code_lines(text).any(|line| !import.pattern.is_match(line) && patterns.iter().any(|pattern| pattern.is_match(line)))
}

/// Whether code that imports a package also does something with it. An import whose name stands nowhere else is left over;
/// one that binds no name may be there for what it does.
pub fn is_used(platform: Platform, import: &Import, text: &[u8]) -> bool {
    let bindings = bindings(platform, import, text);
    if bindings.is_empty() {
        return true;
    }
    let any = bindings.iter().map(|name| regex::escape(name)).collect::<Vec<_>>().join("|");
    let Ok(names) = Regex::new(&format!("(?:^|[^\\w$])(?:{any})(?:[^\\w$]|$)")) else { return true };
    code_lines(text).any(|line| !import.pattern.is_match(line) && names.is_match(line))
}

/// The names that the imports of a library bind: the module's, and those that are taken out of it.
fn bindings(platform: Platform, import: &Import, text: &[u8]) -> Vec<String> {
    let names = import.names.iter().map(|name| regex::escape(name)).collect::<Vec<_>>().join("|");
    let pattern = match platform {
        Platform::Node => format!(
            "(?:const|let|var|import)\\s+(?:type\\s+)?([\\w$*{{}}\\s,:]+?)\\s*(?:=\\s*(?:await\\s+)?(?:require|import)\\(\\s*|from\\s*)['\"`](?:{names})['\"`]"
        ),
        Platform::Python => format!(
            "(?m)^[ \\t\"]*(?:from[ \\t]+(?:{names})[ \\t]+import[ \\t]+([^\\n#]+)|import[ \\t]+((?:{names})(?:[ \\t]+as[ \\t]+\\w+)?))"
        ),
        Platform::Java => return Vec::new(),
    };
    let Ok(pattern) = Regex::new(&pattern) else { return Vec::new() };
    let mut bindings = Vec::new();
    for found in pattern.captures_iter(text) {
        let Some(bound) = found.iter().skip(1).flatten().next() else { continue };
        let bound = String::from_utf8_lossy(bound.as_bytes()).into_owned();
        for part in bound.split([',', '{', '}', '(', ')']) {
            // `a as b` and `a: b` bind the second, unless the function itself is what is looked for.
            let words: Vec<&str> =
                part.split([' ', ':', '\t', '\n', '\r', '"', '\\']).filter(|word| !word.is_empty()).collect();
            bindings.extend(words.last().map(|word| (*word).to_owned()));
        }
    }
    bindings.sort();
    bindings.dedup();
    bindings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(platform: Platform, name: &str) -> Import {
        Import::new(platform, &[name.to_owned()]).unwrap()
    }

    #[test]
    fn imports_are_recognised() {
        for (platform, name, text, expected) in [
            (Platform::Node, "jsonwebtoken", "const jwt = require('jsonwebtoken')", true),
            (Platform::Node, "jsonwebtoken", "import {\n  sign,\n} from \"jsonwebtoken\";", true),
            (Platform::Node, "jsonwebtoken", "jest.mock('jsonwebtoken')", true),
            (Platform::Node, "jsonwebtoken", "// const jwt = require('jsonwebtoken')", false),
            (Platform::Node, "jsonwebtoken", "require('jsonwebtoken-other')", false),
            (Platform::Node, "jose", "import { SignJWT } from 'jose/jwt/sign'", true),
            (Platform::Python, "jwt", "import jwt", true),
            (Platform::Python, "jwt", "import requests, jwt", true),
            (Platform::Python, "jwt", "    from jwt.api_jwt import encode", true),
            (Platform::Python, "jwt", "import jwt as j\r\n", true),
            (Platform::Python, "jwt", "import jwtlib", false),
            (Platform::Python, "jwt", "from x import jwt", false),
            (Platform::Python, "jwt", "# import jwt", false),
            (Platform::Python, "jwt", "   \"import jwt\\n\",", true),
            (Platform::Java, "io.jsonwebtoken", "import io.jsonwebtoken.Jwts;", true),
            (Platform::Java, "io.jsonwebtoken", " * io.jsonwebtoken.Jwts", false),
            (Platform::Java, "io.jsonwebtoken", "import io.jsonwebtokens.Jwts;", false),
        ] {
            assert_eq!(import(platform, name).is_in(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn an_import_may_be_left_over() {
        let python = import(Platform::Python, "jwt");
        assert!(is_used(Platform::Python, &python, b"import jwt\nx = jwt.encode(a)\n"));
        assert!(!is_used(Platform::Python, &python, b"import jwt\n# jwt.encode(a)\njwt_token = 1\n"));
        let node = import(Platform::Node, "jsonwebtoken");
        assert!(is_used(Platform::Node, &node, b"require('jsonwebtoken')\n"));
        assert!(is_used(Platform::Node, &node, b"const { sign } = require('jsonwebtoken')\nsign(a)\n"));
        assert!(!is_used(Platform::Node, &node, b"const jwt = require('jsonwebtoken')\na.jwtToken()\n"));
    }

    #[test]
    fn reading_tokens_is_another_use() {
        let reads = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let node = |text: &str| {
            reads_tokens(
                Platform::Node,
                &import(Platform::Node, "jsonwebtoken"),
                &reads(&["verify", "decode"]),
                text.as_bytes(),
            )
        };
        assert!(node("const jwt = require('jsonwebtoken')\njwt.verify(t)"));
        assert!(node("import { sign, verify } from 'jsonwebtoken'\nverify(t)"));
        assert!(!node("import jwt from 'jsonwebtoken'\njwt.sign(t); verifier.verify(t)"));
        let python = |text: &str| {
            reads_tokens(Platform::Python, &import(Platform::Python, "jwt"), &reads(&["decode"]), text.as_bytes())
        };
        assert!(python("import jwt\nx = jwt.decode(t)"));
        assert!(python("import jwt as j\nx = j.decode(t)"));
        assert!(!python("import jwt\nx = jwt.encode(t).decode('utf-8')\ny = b.decode()"));
        let java = |text: &str| {
            reads_tokens(
                Platform::Java,
                &import(Platform::Java, "io.jsonwebtoken"),
                &reads(&["Jwts.parser"]),
                text.as_bytes(),
            )
        };
        assert!(java("import io.jsonwebtoken.Jwts;\nJwts.parser().parse(t);"));
        assert!(!java("import io.jsonwebtoken.Jwts;\nJwts.builder();"));
    }
}
