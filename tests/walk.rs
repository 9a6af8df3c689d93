//! The walk over real folders: what is read, what is left out, and what is said about it.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use grantshift::finding::Family;
use grantshift::rules::schema::RuleFile;
use grantshift::walk::{FileKinds, Listing, Options, Walk, WalkError};
use tempfile::TempDir;

fn kinds() -> Arc<FileKinds> {
    let file: RuleFile = toml::from_str(include_str!("../rules/files.toml")).unwrap();
    Arc::new(FileKinds::new(&file.files.unwrap()).unwrap())
}

/// A folder with these files; what a file holds matters only where it is said.
fn tree(files: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in files {
        let (path, content) = file.split_once(" = ").unwrap_or((file, "x\n"));
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

struct Walked {
    /// `path language`, with `named` behind what was named; sorted, doubles kept.
    found: Vec<String>,
    listing: Listing,
}

impl Walked {
    fn paths(&self) -> Vec<&str> {
        self.found.iter().map(|line| line.split(' ').next().unwrap()).collect()
    }

    fn skipped(&self) -> Vec<String> {
        self.listing.skipped.iter().map(|skipped| format!("{} {}", skipped.path, skipped.reason)).collect()
    }

    fn incomplete(&self) -> Vec<String> {
        self.listing.incomplete.iter().map(|error| format!("{} {}", error.path, error.reason)).collect()
    }
}

fn try_walk(base: &Path, paths: &[&str], options: Options) -> Result<Walked, WalkError> {
    let paths: Vec<_> = paths.iter().map(PathBuf::from).collect();
    let found = Mutex::new(Vec::new());
    let listing = Walk::relative_to(base, &paths, options, kinds())?.run(3, || {
        |file| {
            assert!(fs::read(file.path).is_ok(), "{} has to open", file.path.display());
            // What no rule reads is visited too, for the account alone.
            if file.language.family() == Family::Other {
                return;
            }
            let named = if file.named { " named" } else { "" };
            found.lock().unwrap().push(format!("{} {:?}{named}", file.reported(), file.language));
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    assert_eq!(listing.seen, found.len());
    Ok(Walked { found, listing })
}

fn walk(tree: &TempDir, paths: &[&str]) -> Walked {
    try_walk(tree.path(), paths, Options::default()).unwrap()
}

const NO_IGNORE: Options = Options { no_ignore: true, hidden: false, force_exclude: false };
const HIDDEN: Options = Options { no_ignore: false, hidden: true, force_exclude: false };
const FORCE_EXCLUDE: Options = Options { no_ignore: false, hidden: false, force_exclude: true };

#[test]
fn names_and_first_lines_say_the_language() {
    let tree = tree(&[
        "a.js",
        "b/B.JAVA",
        "b/c.tsx",
        "b/d.py",
        "bin/tool = #!/usr/bin/env node\n",
        "bin/other = #!/bin/sh\n",
        "bin/empty = ",
        "README.md",
        "LICENSE",
    ]);
    let walked = walk(&tree, &["."]);
    assert_eq!(
        walked.found,
        ["a.js JavaScript", "b/B.JAVA Java", "b/c.tsx Tsx", "b/d.py Python", "bin/other Shell", "bin/tool JavaScript"]
    );
    assert_eq!(walked.listing, Listing { seen: 6, ..Listing::default() });
}

#[test]
fn ignore_rules_hold_and_can_be_lifted() {
    let tree = tree(&[
        ".git/config",
        ".git/hook.js",
        ".gitignore = ignored/\n*.gen.js\n",
        ".grantshiftignore = ours.js\n",
        "sub/.ignore = theirs.js\n",
        "ignored/a.js",
        "a.js",
        "a.gen.js",
        "ours.js",
        "sub/theirs.js",
        "sub/b.js",
    ]);
    assert_eq!(walk(&tree, &["."]).paths(), ["a.js", "sub/b.js"]);
    assert_eq!(walk(&tree, &["sub"]).paths(), ["sub/b.js"]);
    let walked = try_walk(tree.path(), &["."], NO_IGNORE).unwrap();
    assert_eq!(walked.paths(), ["a.gen.js", "a.js", "ignored/a.js", "ours.js", "sub/b.js", "sub/theirs.js"]);
    assert!(walked.listing.skipped.is_empty());
}

#[test]
fn vendored_and_generated_folders_are_one_entry_each() {
    let tree = tree(&[
        "node_modules/a/b/c.js",
        "node_modules/d/e.js",
        "packages/x/dist/y.js",
        "lib/foo.egg-info/z.py",
        "app.min.js",
        "style.min.css",
        "a.js",
    ]);
    let walked = walk(&tree, &["."]);
    assert_eq!(walked.paths(), ["a.js"]);
    assert_eq!(
        walked.skipped(),
        ["app.min.js minified", "lib/foo.egg-info vendored", "node_modules vendored", "packages/x/dist generated"]
    );
    let walked = try_walk(tree.path(), &["."], NO_IGNORE).unwrap();
    assert_eq!(walked.paths().len(), 6);
    assert!(walked.skipped().is_empty());
}

#[test]
fn a_source_package_may_be_called_build() {
    let tree = tree(&[
        "src/main/java/com/acme/build/A.java",
        "service/src/main/java/com/acme/target/vendor/B.java",
        "src/com/acme/out/C.java",
        "app/vendor/__init__.py",
        "app/vendor/d.py",
        "build/classes/E.java",
        "src/build/f.js",
    ]);
    let walked = walk(&tree, &["."]);
    assert_eq!(
        walked.paths(),
        [
            "app/vendor/__init__.py",
            "app/vendor/d.py",
            "service/src/main/java/com/acme/target/vendor/B.java",
            "src/com/acme/out/C.java",
            "src/main/java/com/acme/build/A.java"
        ]
    );
    assert_eq!(walked.skipped(), ["build generated", "src/build generated"]);
    assert_eq!(walk(&tree, &["src/main/java/com"]).paths(), ["src/main/java/com/acme/build/A.java"]);
}

#[test]
fn hidden_files_are_left_out_unless_the_rules_name_them() {
    let tree =
        tree(&[".github/scripts/a.js", ".env.js", ".idea/b.js", ".hidden.py", ".prettierrc", ".svn/c.js", "d.js"]);
    let walked = walk(&tree, &["."]);
    assert_eq!(walked.paths(), [".env.js", ".github/scripts/a.js", "d.js"]);
    assert_eq!(walked.skipped(), [".hidden.py hidden", ".idea hidden"]);
    let walked = try_walk(tree.path(), &["."], HIDDEN).unwrap();
    assert_eq!(walked.paths(), [".env.js", ".github/scripts/a.js", ".hidden.py", ".idea/b.js", "d.js"]);
}

#[test]
fn what_is_named_is_read_although_it_is_left_out() {
    let tree = tree(&[
        ".git/config",
        ".gitignore = /ignored/\n/secret.js\n",
        "ignored/a.js",
        "secret.js",
        "node_modules/b/c.js",
        ".hidden.js",
        "d.min.js",
        "notes.txt",
    ]);
    let all = ["ignored", "secret.js", "node_modules/b", ".hidden.js", "d.min.js", "notes.txt"];
    let walked = walk(&tree, &all);
    assert_eq!(
        walked.found,
        [
            ".hidden.js JavaScript named",
            "d.min.js JavaScript named",
            "ignored/a.js JavaScript",
            "node_modules/b/c.js JavaScript",
            "secret.js JavaScript named"
        ]
    );
    assert!(walked.listing.skipped.is_empty());

    let walked = try_walk(tree.path(), &all, FORCE_EXCLUDE).unwrap();
    assert!(walked.found.is_empty(), "{:?}", walked.found);
    assert_eq!(walked.skipped(), [".hidden.js hidden", "d.min.js minified", "node_modules vendored"]);
}

#[test]
fn what_is_named_twice_is_read_once() {
    let tree = tree(&["a/b/c.js", "a/d.js", "a/node_modules/e.js", "a/f.min.js"]);
    let walked = walk(&tree, &["a", "./a/b", "a/b/c.js", "a/b/../b/c.js", "a", "a/node_modules", "a/f.min.js"]);
    assert_eq!(
        walked.found,
        [
            "a/b/c.js JavaScript named",
            "a/d.js JavaScript",
            "a/f.min.js JavaScript named",
            "a/node_modules/e.js JavaScript"
        ]
    );
    assert!(walked.listing.skipped.is_empty(), "{:?}", walked.skipped());
}

#[test]
fn paths_are_reported_relative_to_the_base() {
    let tree = tree(&["here/a.js", "there/b.js"]);
    let base = tree.path().join("here");
    let absolute = tree.path().join("there");
    let walked = try_walk(&base, &[".", absolute.to_str().unwrap()], Options::default()).unwrap();
    assert_eq!(walked.paths(), ["../there/b.js", "a.js"]);
    let walked = try_walk(&base, &["../there/b.js", base.join("a.js").to_str().unwrap()], Options::default()).unwrap();
    assert_eq!(walked.paths(), ["../there/b.js", "a.js"]);
}

#[test]
fn without_a_base_paths_are_relative_to_the_working_directory() {
    let tree = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::write(tree.path().join("a.js"), "x").unwrap();
    fs::write(tree.path().join("b.py"), "x").unwrap();
    let found = Mutex::new(Vec::new());
    let paths = [tree.path().to_owned(), tree.path().join("b.py")];
    let walk = Walk::new(&paths, Options::default(), kinds()).unwrap();
    walk.run(2, || |file| found.lock().unwrap().push((file.path.to_owned(), file.reported())));
    let mut found = found.into_inner().unwrap();
    found.sort();
    let here = std::env::current_dir().unwrap();
    for ((path, reported), name) in found.iter().zip(["a.js", "b.py"]) {
        assert!(path.is_relative() && path.exists());
        assert_eq!(here.join(reported).canonicalize().unwrap(), tree.path().join(name).canonicalize().unwrap());
    }
    assert_eq!(found.len(), 2);
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let tree = tree(&["a.js"]);
    for path in ["missing", "a.js/b.js", "missing/c.js"] {
        let error = try_walk(tree.path(), &["a.js", path], Options::default()).err();
        assert!(matches!(&error, Some(WalkError::NotFound { path: named }) if named == path), "{error:?}");
    }
    let error = try_walk(&tree.path().join("missing"), &["."], Options::default()).err();
    assert!(matches!(error, Some(WalkError::Base { .. })));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let files: Vec<String> = (0..300).map(|number| format!("d{}/e{}/f{number}.js", number % 7, number % 11)).collect();
    let tree = tree(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let list = |threads| {
        let found = Mutex::new(Vec::new());
        let walk = Walk::relative_to(tree.path(), &[".".into()], Options::default(), kinds()).unwrap();
        let listing = walk.run(threads, || |file| found.lock().unwrap().push(file.reported()));
        let mut found = found.into_inner().unwrap();
        found.sort();
        (found, listing)
    };
    let one = list(1);
    assert_eq!(one.0.len(), 300);
    assert_eq!(one, list(0));
    assert_eq!(one, list(8));
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_to_what_is_read_anyway_adds_nothing() {
        let tree = tree(&["a/b.js", "c/d.js"]);
        symlink("../a", tree.path().join("c/a")).unwrap();
        symlink("../a/b.js", tree.path().join("c/b.js")).unwrap();
        symlink("..", tree.path().join("c/up")).unwrap();
        symlink(".", tree.path().join("here")).unwrap();
        let walked = walk(&tree, &["."]);
        assert_eq!(walked.paths(), ["a/b.js", "c/d.js"]);
        assert_eq!(walked.listing, Listing { seen: 2, ..Listing::default() });
    }

    #[test]
    fn a_link_to_what_is_not_read_otherwise_is_followed_once() {
        let tree = tree(&[".shared/a.js", ".shared/sub/b.js", ".shared/node_modules/c.js", "src/d.js", "text.txt"]);
        symlink("../.shared", tree.path().join("src/shared")).unwrap();
        symlink("../.shared/sub", tree.path().join("src/sub")).unwrap();
        symlink("../.shared", tree.path().join("src/twice")).unwrap();
        symlink(".", tree.path().join(".shared/round")).unwrap();
        symlink("../text.txt", tree.path().join("src/text.js")).unwrap();
        symlink("../text.txt", tree.path().join("src/text.md")).unwrap();
        let walked = walk(&tree, &["."]);
        assert_eq!(walked.paths(), ["src/d.js", "src/shared/a.js", "src/shared/sub/b.js", "src/text.js"]);
        assert_eq!(walked.skipped(), [".shared hidden", "src/shared/node_modules vendored"]);
    }

    #[test]
    fn a_link_to_a_vendored_or_ignored_place_stays_out() {
        let tree = tree(&[".git/config", ".gitignore = gone/\n", "node_modules/a/b.js", "gone/c.js", "d.js"]);
        symlink("node_modules/a", tree.path().join("alias")).unwrap();
        symlink("gone", tree.path().join("back")).unwrap();
        let walked = walk(&tree, &["."]);
        assert_eq!(walked.paths(), ["d.js"]);
        assert_eq!(walked.skipped(), ["node_modules vendored"]);
    }

    #[test]
    fn a_link_out_of_the_tree_is_left_out() {
        let outside = tree(&["a.js", "sub/b.js"]);
        let tree = tree(&["c.js"]);
        symlink(outside.path().join("a.js"), tree.path().join("a.js")).unwrap();
        symlink(outside.path().join("a.js"), tree.path().join("a.txt")).unwrap();
        symlink(outside.path().join("sub"), tree.path().join("sub")).unwrap();
        symlink(outside.path().join("missing.js"), tree.path().join("missing.js")).unwrap();
        let walked = walk(&tree, &["."]);
        assert_eq!(walked.paths(), ["c.js"]);
        assert_eq!(walked.skipped(), ["a.js symlink_outside", "missing.js symlink_outside", "sub symlink_outside"]);
        assert!(walked.listing.incomplete.is_empty());
        // Named, it is followed wherever it leads, and reported by its own name.
        assert_eq!(walk(&tree, &["a.js", "sub"]).paths(), ["a.js", "sub/b.js"]);
    }

    #[test]
    fn a_broken_link_is_accounted_for() {
        let tree = tree(&["a.js"]);
        symlink("gone.js", tree.path().join("dangling.js")).unwrap();
        symlink("gone", tree.path().join("dangling.txt")).unwrap();
        symlink("round.js", tree.path().join("round.js")).unwrap();
        symlink("a.js/b.js", tree.path().join("through.js")).unwrap();
        let walked = walk(&tree, &["."]);
        assert_eq!(walked.paths(), ["a.js"]);
        assert_eq!(walked.incomplete(), ["dangling.js unreadable", "through.js unreadable"]);
        assert!(walked.listing.incomplete[0].message.contains("remove the link"));
        assert_eq!(walked.skipped(), ["round.js symlink_loop"]);
    }

    #[test]
    fn a_folder_that_vanishes_or_cannot_be_listed_is_incomplete() {
        let tree = tree(&["a/b.js", "c.js"]);
        let walk = Walk::relative_to(tree.path(), &["a".into(), "c.js".into()], Options::default(), kinds()).unwrap();
        fs::remove_dir_all(tree.path().join("a")).unwrap();
        let listing = walk.run(2, || |_| {});
        assert_eq!(listing.seen, 1);
        let reasons: Vec<_> = listing.incomplete.iter().map(|error| (&*error.path, &*error.reason)).collect();
        assert_eq!(reasons, [("a", "unreadable")]);
    }

    #[test]
    fn what_is_no_file_is_not_opened() {
        let tree = tree(&["a.js"]);
        let socket = std::os::unix::net::UnixListener::bind(tree.path().join("socket.js")).unwrap();
        assert_eq!(walk(&tree, &["."]).paths(), ["a.js"]);
        drop(socket);
    }
}
