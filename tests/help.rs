//! Help that other programs read: completions work in their shells, and man pages are well-formed and name every flag.

#![allow(clippy::unwrap_used, reason = "a test that cannot set the scene has to fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const COMMANDS: [&str; 7] = ["scan", "fix", "baseline", "rules", "explain", "completions", "man"];

/// What a program prints, which has to end well. `install` is how to get it.
fn run(program: &str, arguments: &[&str], install: &str) -> String {
    let done = Command::new(program).args(arguments).output();
    let done = done.unwrap_or_else(|error| panic!("{program} is needed for this test ({error}): {install}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{program} {arguments:?}: {}{}", text(&done.stdout), text(&done.stderr));
    text(&done.stdout)
}

fn grantshift(arguments: &[&str]) -> String {
    run(env!("CARGO_BIN_EXE_grantshift"), arguments, "cargo build")
}

fn completions(shell: &str, folder: &Path) -> String {
    let path = folder.join(format!("grantshift.{shell}"));
    fs::write(&path, grantshift(&["completions", shell])).unwrap();
    path.to_string_lossy().into_owned()
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().collect()
}

#[test]
fn bash_completes() {
    let folder = tempfile::tempdir().unwrap();
    let script = completions("bash", folder.path());
    let complete = |typed: &str, last: &str| {
        let words = format!(
            "source {script}; COMP_WORDS=(grantshift {typed} '{last}'); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        );
        let before = typed.split_whitespace().last().unwrap_or("grantshift");
        run(
            "bash",
            &["-c", &format!("{words} _grantshift grantshift '{last}' '{before}'; echo \"${{COMPREPLY[@]}}\"")],
            "bash",
        )
    };
    assert_eq!(words(&complete("scan --fail-on", "")), BTreeSet::from(["error", "warning", "note", "never"]));
    assert_eq!(complete("", "base").trim(), "baseline");
    assert_eq!(words(&complete("baseline", "--pr")), BTreeSet::from(["--prune", "--print-config"]));
}

#[test]
fn zsh_takes_its_completions() {
    let folder = tempfile::tempdir().unwrap();
    let script = completions("zsh", folder.path());
    run("zsh", &["-n", &script], "sudo apt-get install zsh");
    // The completion system finds it by its first line, and loads it as a function.
    let text = fs::read_to_string(&script).unwrap();
    assert!(text.starts_with("#compdef grantshift\n"));
    fs::rename(&script, folder.path().join("_grantshift")).unwrap();
    let load = format!(
        "fpath=({} $fpath); autoload -Uz compinit; compinit -u -D; echo ${{_comps[grantshift]}}",
        folder.path().display()
    );
    assert_eq!(run("zsh", &["-fc", &load], "sudo apt-get install zsh").trim(), "_grantshift");
    assert!(
        COMMANDS.iter().all(|command| text.contains(&format!("_grantshift__subcmd__{command}_commands"))),
        "{text}"
    );
}

#[test]
fn fish_completes() {
    let folder = tempfile::tempdir().unwrap();
    let script = completions("fish", folder.path());
    let complete = |typed: &str| {
        let done =
            run("fish", &["-c", &format!("source {script}; complete -C '{typed}'")], "sudo apt-get install fish");
        done.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect::<BTreeSet<_>>()
    };
    assert!(COMMANDS.iter().all(|command| complete("grantshift ").contains(*command)));
    assert_eq!(complete("grantshift scan --fail-on "), ["error", "warning", "note", "never"].map(str::to_owned).into());
}

/// PowerShell is in no package of Debian, so that only the text is looked at: every command and every flag of it.
#[test]
fn powershell_names_everything() {
    let text = grantshift(&["completions", "powershell"]);
    assert!(text.contains("Register-ArgumentCompleter -Native -CommandName 'grantshift'"), "{text}");
    for command in COMMANDS {
        assert!(text.contains(&format!("'grantshift;{command}' {{")), "{command} is not completed");
    }
    for flag in flags("scan") {
        assert!(text.contains(&format!("[CompletionResult]::new('{flag}'")), "{flag} is not completed");
    }
}

/// The long flags that the help of a command names.
fn flags(command: &str) -> BTreeSet<String> {
    let help = grantshift(&[command, "--help"]);
    let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
    let named = help
        .lines()
        .filter_map(|line| line.trim_start().split("--").nth(1).filter(|_| line.trim_start().starts_with('-')));
    named.map(|rest| format!("--{}", rest.chars().take_while(|c| is_name(*c)).collect::<String>())).collect()
}

#[test]
fn every_command_has_a_man_page_that_names_its_flags() {
    let folder = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let page = grantshift(&["man", command]);
        let path = folder.path().join(format!("grantshift-{command}.1"));
        fs::write(&path, &page).unwrap();
        run("mandoc", &["-T", "lint", "-W", "error", &path.to_string_lossy()], "sudo apt-get install mandoc");
        assert!(page.contains(&format!("grantshift\\-{command} \\- ")), "{page}");
        let flags = flags(command);
        assert!(!flags.is_empty());
        for flag in flags {
            assert!(page.contains(&flag.replace('-', "\\-")), "the page of {command} does not name {flag}");
        }
    }
    let whole = grantshift(&["man"]);
    assert!(COMMANDS.iter().all(|command| whole.contains(&format!("grantshift\\-{command}(1)"))), "{whole}");
}
