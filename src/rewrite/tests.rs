//! Rewrites from end to end, over a planner of their own: what is selected, tried, printed, applied by git and written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use proptest::prelude::*;

use super::diff::{CONTEXT, FileDiff};
use super::sample::{module, scanned, settings};
use super::write::Change;
use super::*;
use crate::gate::Policy;

/// A folder with files, its path resolved.
fn tree(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, bytes) in files {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), bytes).unwrap();
    }
    (folder, root)
}

/// Prepares what is in a folder, and hands it to a look.
fn prepared<T>(root: &Path, takes_review: bool, look: impl FnOnce(&mut Rewriting<'_>, &Scanned) -> T) -> T {
    let (catalog, policy) = (Catalog::load(&[]).unwrap(), Policy::default());
    let settings = settings(root);
    let scanned = scanned(&settings, &catalog);
    let selection = Selection { policy: &policy, takes_review, is_silenced: &|_| false };
    let mut rewriting = prepare(&scanned, &settings, &catalog, selection).unwrap();
    look(&mut rewriting, &scanned)
}

/// The fates of the exchanges in files, by the names of these: the cause, or nothing for what is rewritten.
fn fates(root: &Path, takes_review: bool) -> BTreeMap<String, Option<(Cause, String)>> {
    prepared(root, takes_review, |rewriting, _| {
        let findings = rewriting.findings().into_iter().filter(|(finding, _)| finding.rule == "ims-jwt-exchange");
        let name = |path: &str| Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
        let fate = |fate| match fate {
            Fate::Rewritten { .. } => None,
            Fate::Left { cause, why } => Some((cause, why)),
        };
        findings.map(|(finding, of)| (name(&finding.path), fate(of))).collect()
    })
}

fn cause(fates: &BTreeMap<String, Option<(Cause, String)>>, name: &str) -> Option<Cause> {
    fates[name].as_ref().map(|(cause, _)| *cause)
}

#[test]
fn what_holds_is_rewritten_and_what_does_not_is_left_with_the_reason() {
    let modules: Vec<(String, String)> = ["good", "review", "manual", "broken", "stays"]
        .into_iter()
        .map(|words| (format!("{words}.py"), module(words)))
        .collect();
    let files: Vec<(&str, &[u8])> = modules.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let (_folder, root) = tree(&files);
    let found = fates(&root, false);
    assert_eq!(cause(&found, "good.py"), None);
    assert_eq!(cause(&found, "review.py"), Some(Cause::Review));
    assert_eq!(cause(&found, "manual.py"), Some(Cause::Manual));
    assert_eq!(cause(&found, "broken.py"), Some(Cause::NotVerified));
    assert!(found["broken.py"].as_ref().unwrap().1.contains("would no longer be valid python"), "{found:?}");
    assert_eq!(cause(&found, "stays.py"), Some(Cause::NotVerified));
    assert!(found["stays.py"].as_ref().unwrap().1.contains("it is still found"), "{found:?}");
    assert_eq!(cause(&fates(&root, true), "review.py"), None);
    // Nothing of all that has touched the disk.
    assert!(modules.iter().all(|(name, text)| fs::read_to_string(root.join(name)).unwrap() == *text));
}

#[test]
fn findings_that_did_not_hold_are_for_a_person() {
    let (_folder, root) = tree(&[("a.py", module("broken").as_bytes())]);
    prepared(&root, false, |rewriting, _| {
        let findings = rewriting.findings();
        let (finding, _) = findings.iter().find(|(finding, _)| finding.rule == "ims-jwt-exchange").unwrap();
        assert_eq!((finding.fix.applicability, finding.fix.edits.len()), (Applicability::Manual, 0));
        assert!(finding.fix.reason.contains("no longer be valid"));
    });
}

#[test]
fn a_set_falls_as_a_whole_and_takes_no_other_with_it() {
    let (_folder, root) = tree(&[
        ("a.py", module("good 70").as_bytes()),
        ("b.py", module("broken 70").as_bytes()),
        ("c.py", module("good 80").as_bytes()),
        ("d.py", module("good 80").as_bytes()),
        ("e.py", module("good 90").as_bytes()),
        ("f.py", module("manual 90").as_bytes()),
    ]);
    let found = fates(&root, false);
    let causes: Vec<Option<Cause>> = found.keys().map(|name| cause(&found, name)).collect();
    let (failed, set) = (Some(Cause::NotVerified), Some(Cause::ChangeSet));
    assert_eq!(causes, [failed, failed, None, None, set, Some(Cause::Manual)]);
}

#[test]
fn what_a_second_run_would_change_is_no_rewrite() {
    let (_folder, root) = tree(&[("first.py", module("good").as_bytes()), ("second.py", module("later").as_bytes())]);
    let found = fates(&root, false);
    assert_eq!(cause(&found, "first.py"), Some(Cause::NotVerified), "{found:?}");
    assert!(found["first.py"].as_ref().unwrap().1.contains("once more"), "{found:?}");
    assert_eq!(cause(&found, "second.py"), Some(Cause::Manual));
}

#[test]
fn what_others_read_is_the_new_version_too() {
    // The address stands in a file that the program imports, and goes from there.
    let (_folder, root) = tree(&[
        ("package.json", b"{\"name\": \"a\"}"),
        ("address.js", b"module.exports.URL = 'https://ims-na1.adobelogin.com/ims/exchange/jwt';\n"),
        (
            "auth.js",
            b"const axios = require('axios');\nconst { URL } = require('./address');\nmodule.exports = (id, secret, token) =>\n  axios.post(URL, { client_id: id, client_secret: secret, jwt_token: token });\n",
        ),
    ]);
    let catalog = Catalog::load(&[]).unwrap();
    let mut settings = settings(&root);
    let exchanges = |settings: &scan::Settings| {
        let found = scanned(settings, &catalog).findings;
        found.iter().filter(|finding| finding.details.endpoint.is_some()).count()
    };
    assert_eq!(exchanges(&settings), 1);
    let other = b"module.exports.URL = 'https://example.com/token';\n".to_vec();
    settings.contents = crate::contents::Contents::with([(root.join("address.js"), other)]).unwrap();
    assert_eq!(exchanges(&settings), 0);
}

fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    use std::io::Write;
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CEILING_DIRECTORIES", env::temp_dir());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The same module in another form of text.
fn variants() -> Vec<(&'static str, Vec<u8>)> {
    let text = module("good");
    let crlf = text.replace('\n', "\r\n");
    let latin = text.replacen("import jwt", "# -*- coding: latin-1 -*-\nimport jwt  # \u{fc}ber", 1);
    vec![
        ("plain.py", text.clone().into_bytes()),
        ("crlf.py", crlf.clone().into_bytes()),
        ("bom and blank.py", format!("\u{feff}{crlf}").into_bytes()),
        ("unended.py", text.trim_end().as_bytes().to_vec()),
        ("latin.py", latin.chars().map(|sign| u8::try_from(u32::from(sign)).unwrap()).collect()),
        ("sub/\u{fc}ber \"x\".py", text.into_bytes()),
    ]
}

#[test]
fn git_applies_what_would_be_written_and_takes_it_back() {
    for in_repository in [true, false] {
        let variants = variants();
        let files: Vec<(&str, &[u8])> = variants.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let (_folder, root) = tree(&files);
        if in_repository {
            git(&root, &["init", "-q"], b"").unwrap();
            git(&root, &["config", "core.autocrlf", "false"], b"").unwrap();
            git(&root, &["add", "."], b"").unwrap();
            git(&root, &["commit", "-qm", "x"], b"").unwrap();
        }
        let read = || variants.iter().map(|(name, _)| fs::read(root.join(name)).unwrap()).collect::<Vec<_>>();
        let before = read();
        let (diff, undo) = prepared(&root, false, |rewriting, scanned| {
            assert_eq!(rewriting.sets.len(), variants.len(), "{:?}", rewriting.fates);
            let printer = rewriting.printer(&scanned.sources, &root);
            let (shown, withheld) = rewriting.shown(&printer);
            assert!(withheld.is_empty());
            let diff = printer.diff(&Versions::new(), &rewriting.versions(shown)).unwrap();
            let undo = printer.diff(&rewriting.versions(&rewriting.sets), &Versions::new()).unwrap();
            (diff, undo)
        });
        assert_eq!(read(), before);
        git(&root, &["apply", "-"], &diff).unwrap();
        let applied = read();
        git(&root, &["apply", "-"], &undo).unwrap();
        assert_eq!(read(), before);
        prepared(&root, false, |rewriting, _| rewriting.write().unwrap());
        assert_eq!(read(), applied);
        assert!(applied.iter().zip(&before).all(|(one, other)| one != other));
        // A second run finds nothing to do.
        prepared(&root, false, |rewriting, _| assert!(rewriting.sets.is_empty()));
    }
}

#[test]
fn a_file_that_two_sets_share_comes_with_the_first_and_goes_with_the_last() {
    let files = [("a.py", module("good shares")), ("b.py", module("good shares"))];
    let (_folder, root) = tree(&files.each_ref().map(|(name, text)| (*name, text.as_bytes())));
    git(&root, &["init", "-q"], b"").unwrap();
    git(&root, &["add", "."], b"").unwrap();
    git(&root, &["commit", "-qm", "x"], b"").unwrap();
    let shared = root.join("credentials.py");
    let (diff, undo_one, undo) = prepared(&root, false, |rewriting, scanned| {
        assert_eq!(rewriting.sets.len(), 2, "{:?}", rewriting.fates);
        let printer = rewriting.printer(&scanned.sources, &root);
        let diff = printer.diff(&Versions::new(), &rewriting.versions(&rewriting.sets)).unwrap();
        let undo = printer.diff(&rewriting.versions(&rewriting.sets), &Versions::new()).unwrap();
        (diff, rewriting.undo(&rewriting.sets[0], &printer).unwrap(), undo)
    });
    git(&root, &["apply", "-"], &diff).unwrap();
    let made = fs::read(&shared).unwrap();
    git(&root, &["apply", "-"], &undo).unwrap();
    assert!(!shared.exists());
    prepared(&root, false, |rewriting, _| rewriting.write().unwrap());
    assert_eq!(fs::read(&shared).unwrap(), made);
    // The other set still needs it.
    git(&root, &["apply", "-"], undo_one.as_bytes()).unwrap();
    assert!(shared.exists());
    assert_eq!(fs::read_to_string(root.join("a.py")).unwrap(), files[0].1);
}

#[test]
fn one_set_is_taken_back_and_the_others_stay() {
    let two = [module("good"), module("good").replace("def token", "def other")].concat();
    let (_folder, root) = tree(&[("a.py", two.as_bytes())]);
    let (undo, only_second) = prepared(&root, false, |rewriting, scanned| {
        assert_eq!(rewriting.sets.len(), 2);
        let printer = rewriting.printer(&scanned.sources, &root);
        let undo = rewriting.undo(&rewriting.sets[0], &printer).unwrap();
        let only_second = rewriting.versions(&rewriting.sets[1..]);
        rewriting.write().unwrap();
        (undo, only_second[&root.join("a.py")].clone())
    });
    git(&root, &["apply", "-"], undo.as_bytes()).unwrap();
    assert_eq!(fs::read(root.join("a.py")).unwrap(), only_second);
}

#[test]
fn a_diff_that_would_show_a_secret_is_withheld_and_written_all_the_same() {
    let beside = module("good").replace("    # end\n", "    # end\n    password = \"s3cr3t-v4lue-0815\"\n");
    let key =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----";
    let removed = module("good").replace("    assertion", &format!("    spare = \"\"\"{key}\"\"\"\n    assertion"));
    let (_folder, root) = tree(&[
        ("new.py", module("secret").as_bytes()),
        ("beside.py", beside.as_bytes()),
        ("removed.py", removed.as_bytes()),
        ("plain.py", module("good").as_bytes()),
    ]);
    prepared(&root, false, |rewriting, scanned| {
        assert_eq!(rewriting.sets.len(), 4, "{:?}", rewriting.fates);
        let printer = rewriting.printer(&scanned.sources, &root);
        let (shown, withheld) = rewriting.shown(&printer);
        // What stands two lines off is not printed with fewer lines around the change.
        assert_eq!((shown.len(), withheld.len()), (2, 2));
        let diff = printer.text(&Versions::new(), &rewriting.versions(shown)).unwrap();
        assert!(
            diff.contains("plain.py")
                && diff.contains("beside.py")
                && !diff.contains("s3cr3t")
                && !diff.contains("MIIE")
        );
        let last = rewriting.sets.iter().find(|set| withheld.contains(&set.number)).unwrap();
        assert_eq!(rewriting.undo(last, &printer), Err(Withheld::Secret));
        let mut findings: Vec<Finding> = rewriting.findings().into_iter().map(|(finding, _)| finding).collect();
        assert_eq!(withhold_edits(&mut findings, &scanned.sources), 1);
        let named = findings.iter().find(|finding| finding.path.ends_with("new.py") && !finding.fix.reason.is_empty());
        assert!(named.unwrap().fix.reason.contains("hold a secret"));
        rewriting.write().unwrap();
    });
    assert!(!fs::read_to_string(root.join("removed.py")).unwrap().contains("MIIE"));
}

#[test]
fn a_set_that_cannot_be_written_is_not_there_at_all() {
    let (_folder, root) = tree(&[
        ("a.py", module("good 70").as_bytes()),
        ("b.py", module("good 70").as_bytes()),
        ("c.py", module("good 80").as_bytes()),
    ]);
    prepared(&root, false, |rewriting, _| {
        // Somebody works on it meanwhile.
        fs::write(root.join("b.py"), "mine\n").unwrap();
        assert!(matches!(rewriting.write(), Err(write::Error::Changed { .. })));
        assert!(rewriting.fates.iter().all(|fate| !fate.is_rewritten()));
        assert!(rewriting.sets.is_empty());
    });
    assert_eq!(fs::read_to_string(root.join("a.py")).unwrap(), module("good 70"));
    assert_eq!(fs::read_to_string(root.join("b.py")).unwrap(), "mine\n");
    assert_eq!(fs::read_to_string(root.join("c.py")).unwrap(), module("good 80"));
}

#[test]
fn what_is_declined_is_left() {
    let (_folder, root) = tree(&[("a.py", module("good").as_bytes()), ("b.py", module("good").as_bytes())]);
    prepared(&root, false, |rewriting, _| {
        let first = rewriting.sets[0].number;
        rewriting.decline(&[first]).unwrap();
        assert_eq!(rewriting.sets.len(), 1);
        rewriting.write().unwrap();
    });
    assert_eq!(fs::read_to_string(root.join("a.py")).unwrap(), module("good"));
    assert_ne!(fs::read_to_string(root.join("b.py")).unwrap(), module("good"));
}

#[test]
fn sets_that_want_the_same_bytes_are_both_left() {
    // The end of the second flow is that of the first, too.
    let text = module("good").replacen("    # end\n", "    # old: good\n    again = requests.post(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\", data={\"client_id\": \"b\", \"client_secret\": secret, \"jwt_token\": key})\n    # end\n", 1);
    let (_folder, root) = tree(&[("a.py", text.as_bytes())]);
    prepared(&root, false, |rewriting, _| {
        assert!(rewriting.sets.is_empty());
        let overlaps = rewriting.fates.iter().filter(|fate| matches!(fate, Fate::Left { cause: Cause::Overlap, .. }));
        assert_eq!(overlaps.count(), 2, "{:?}", rewriting.fates);
    });
}

const KILLED: &str = "GRANTSHIFT_TEST_TO_BE_KILLED";
const FILES: usize = 120;

/// Writes one set of many files. Run by the test below, which kills it.
#[test]
fn a_child_that_writes() {
    let Some(folder) = env::var_os(KILLED).map(PathBuf::from) else { return };
    let paths: Vec<PathBuf> = (0..FILES).map(|number| folder.join(format!("{number}.txt"))).collect();
    let changes: Vec<Change<'_>> =
        paths.iter().map(|path| Change { path, before: Some(b"the old one"), after: b"the new one" }).collect();
    write::write(&changes).unwrap();
}

#[test]
fn after_a_kill_each_file_is_the_old_or_the_new_one() {
    let mut half_way = 0;
    for round in 0..90u64 {
        // On a busy machine it takes more of them until one is hit between two files.
        if round >= 9 && half_way > 0 {
            break;
        }
        let (_folder, root) = tree(&[]);
        let path = |number: usize| root.join(format!("{number}.txt"));
        for number in 0..FILES {
            fs::write(path(number), "the old one").unwrap();
        }
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "rewrite::tests::a_child_that_writes"])
            .env(KILLED, &root)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Some are killed while they prepare, the others as soon as one file is the new one.
        let wait = Instant::now();
        if round % 3 == 0 {
            thread::sleep(Duration::from_millis(20 + 15 * (round % 9)));
        } else {
            while fs::read(path(0)).unwrap() == b"the old one" && wait.elapsed() < Duration::from_secs(60) {}
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let contents: Vec<Vec<u8>> = (0..FILES).map(|number| fs::read(path(number)).unwrap()).collect();
        let new = contents.iter().filter(|bytes| *bytes == b"the new one").count();
        let old = contents.iter().filter(|bytes| *bytes == b"the old one").count();
        assert_eq!(old + new, FILES);
        half_way += usize::from(old > 0 && new > 0);
        // The next run brings the set back as a whole, and takes away what is left.
        let cleaned = leftovers::clean(std::slice::from_ref(&root), |_| false);
        assert_eq!(fs::read_dir(&root).unwrap().count(), FILES);
        let is_half = old > 0 && new > 0;
        assert_eq!(cleaned.put_back.len(), if is_half { new } else { 0 });
        let expected: &[u8] = if old > 0 { b"the old one" } else { b"the new one" };
        assert!((0..FILES).all(|number| fs::read(path(number)).unwrap() == expected));
    }
    assert!(half_way > 0, "no child was killed between two files");
}

fn lines() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => "[a-d]{0,3}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>().prop_filter("no line break", |byte| *byte != b'\n'), 0..4),
    ];
    let end = prop_oneof![4 => Just(b"\n".to_vec()), 2 => Just(b"\r\n".to_vec()), 1 => Just(b"\r".to_vec())];
    let whole = prop::collection::vec((line, end), 0..25)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end].concat()).collect::<Vec<u8>>());
    (any::<bool>(), whole, "[a-c]{0,2}").prop_map(|(mark, whole, last)| {
        [if mark { &b"\xef\xbb\xbf"[..] } else { b"" }, &whole, last.as_bytes()].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn git_applies_any_diff_and_its_reverse(
        before in lines(),
        edits in prop::collection::vec((0usize..80, 0usize..12, lines()), 1..4),
        context in 1..=CONTEXT,
    ) {
        let mut after = before.clone();
        for (at, long, text) in edits {
            let start = at.min(after.len());
            let end = (start + long).min(after.len());
            after.splice(start..end, text.into_iter().take(30));
        }
        prop_assume!(before != after);
        let (_folder, root) = tree(&[("a b.txt", &before)]);
        let apply = |from: &[u8], to: &[u8]| {
            let mut diff = Vec::new();
            FileDiff::new(from, to).print(b"a b.txt", diff::Change::Edited, 0o100_644, context, &mut diff);
            git(&root, &["apply", "-"], &diff).map_err(|error| format!("{error}\n{}", String::from_utf8_lossy(&diff)))
        };
        let applied = apply(&before, &after);
        prop_assert!(applied.is_ok(), "{}", applied.unwrap_err());
        prop_assert_eq!(&fs::read(root.join("a b.txt")).unwrap(), &after);
        let applied = apply(&after, &before);
        prop_assert!(applied.is_ok(), "{}", applied.unwrap_err());
        prop_assert_eq!(fs::read(root.join("a b.txt")).unwrap(), before);
    }
}
