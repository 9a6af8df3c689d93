//! The class in the styles of files.

use super::class::{Style, import, text};

fn style() -> Style<'static> {
    Style {
        step: "  ",
        quote: '\'',
        semicolons: true,
        commas: false,
        line: "\n",
        space: false,
        callback: false,
        typescript: false,
        token: "AdobeToken",
        path: "ims/token/v3",
    }
}

#[test]
fn the_class_follows_the_file() {
    let standard = Style { step: "\t", quote: '"', semicolons: false, line: "\r\n", space: true, ..style() };
    let written = text(&standard);
    assert!(written.contains("\tgetToken () {\r\n\t\treturn new Promise((resolve, reject) => {\r\n"), "{written}");
    assert!(written.contains("resolve(results) // {"), "{written}");
    assert!(!written.contains(";\r\n") && !written.contains('\''), "{written}");
    assert_eq!(import(&standard, false, "var"), "var OAuth2Strategy = require(\"passport-oauth2\")\r\n");
    assert_eq!(import(&style(), true, "const"), "import OAuth2Strategy from 'passport-oauth2';\n");
}

#[test]
fn a_class_for_callbacks_makes_no_promise() {
    let written = text(&Style { callback: true, ..style() });
    assert!(written.contains("  getToken(callback) {\n") && !written.contains("Promise"), "{written}");
    let typed = text(&Style { typescript: true, ..style() });
    assert!(typed.contains("getToken(): Promise<AdobeToken> {") && typed.contains("/ims/token/v3`"), "{typed}");
}
