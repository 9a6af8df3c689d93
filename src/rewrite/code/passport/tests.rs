//! The class in the styles of files.

use super::class::Strategy;
use super::style::Style;
use crate::rewrite::code::helper::{Helper, MODULE, bare};

fn style() -> Style {
    Style {
        step: "  ",
        quote: '\'',
        semicolons: true,
        commas: false,
        line: "\n",
        space: false,
        typescript: false,
        module: false,
        keyword: "const",
        strict: false,
        interop: true,
        marks_types: false,
        token: "AdobeToken",
    }
}

fn helper(style: &Style, calls_back: bool) -> Helper {
    let host = "https://ims-na1.adobelogin.com";
    Strategy { package: "passport-oauth2", path: "ims/token/v3", host, has_host: false, calls_back }.helper(style)
}

#[test]
fn the_class_follows_the_file() {
    let standard = Style {
        step: "\t",
        quote: '"',
        semicolons: false,
        line: "\r\n",
        space: true,
        keyword: "var",
        strict: true,
        ..style()
    };
    let written = helper(&standard, false);
    let code = &written.code;
    assert!(code.contains("\tgetToken () {\r\n\t\treturn new Promise((resolve, reject) => {\r\n"), "{code}");
    assert!(code.contains("resolve(results) // {"), "{code}");
    assert!(!code.contains(";\r\n") && !code.contains('\''), "{code}");
    assert_eq!(written.import, "var OAuth2Strategy = require(\"passport-oauth2\")\r\n");
    let head = "\"use strict\"\r\n\r\nvar OAuth2Strategy = require(\"passport-oauth2\")\r\n\r\n// Passport has";
    assert!(written.alone.starts_with(head), "{}", written.alone);
    assert!(written.alone.ends_with("}\r\n\r\nmodule.exports = AdobeImsStrategy\r\n"), "{}", written.alone);
    // However it is written, it is the same.
    assert_eq!(bare(&written.code), bare(&helper(&style(), false).code));
}

#[test]
fn a_module_hands_the_class_out_by_its_name() {
    let written = helper(&Style { module: true, ..style() }, false);
    assert_eq!(written.import, "import OAuth2Strategy from 'passport-oauth2';\n");
    assert_eq!(written.asked, format!("import {{ AdobeImsStrategy }} from '{MODULE}';\n"));
    assert!(written.alone.contains("\nexport class AdobeImsStrategy extends"), "{}", written.alone);
    // Who shares it may leave the host out.
    assert!(
        written.alone.contains("ims = 'https://ims-na1.adobelogin.com' })") && written.code.contains("scope, ims })")
    );
    let typed = helper(&Style { module: true, typescript: true, interop: false, ..style() }, false);
    assert_eq!(typed.import, "import OAuth2Strategy = require('passport-oauth2');\n");
    assert!(typed.alone.contains("\nexport interface AdobeToken {") && typed.alone.contains("ims?: string;"));
    assert_eq!(typed.asked(true), format!("import {{ AdobeImsStrategy, AdobeToken }} from '{MODULE}';\n"));
}

#[test]
fn a_class_for_callbacks_makes_no_promise() {
    let written = helper(&style(), true).code;
    assert!(written.contains("  getToken(callback) {\n") && !written.contains("Promise"), "{written}");
    let typed = helper(&Style { typescript: true, ..style() }, true).code;
    assert!(typed.contains("getToken(): Promise<AdobeToken> {") && typed.contains("/ims/token/v3`"), "{typed}");
}
