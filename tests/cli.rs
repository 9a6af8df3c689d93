//! The program from outside: every case under `tests/cmd/` is a command, what it prints and its exit code.
//! `TRYCMD=overwrite cargo test --test cli` writes what it prints now.

#[test]
fn commands() {
    let cases = trycmd::TestCases::new();
    cases.insert_var("[VERSION]", env!("CARGO_PKG_VERSION")).unwrap();
    cases.env("COLUMNS", "100").case("tests/cmd/*.toml");
}
