//! The page in a browser: a copy of it is used as a person would use it, at several widths and in both themes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use serde_json::Value;

use crate::report::Format;
use crate::report::audit::sample::{many, outcome, rendered};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const WIDTHS: [usize; 4] = [400, 700, 1024, 1400];
const LONGEST: Duration = Duration::from_secs(300);

fn browser() -> PathBuf {
    let folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let found = BROWSERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file());
    found.expect("the report is tested in a browser: sudo apt-get install chromium")
}

/// Runs the browser without a window: what it writes to standard output, and what it complains of.
fn run(arguments: &[&str], page: &Path) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let (out, err) = (profile.path().join("out"), profile.path().join("err"));
    let mut child = Command::new(browser())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--enable-logging=stderr",
        ])
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(fs::File::create(&out).unwrap())
        .stderr(fs::File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > LONGEST {
            child.kill().unwrap();
            panic!("the browser did not end: {}", fs::read_to_string(&err).unwrap_or_default());
        }
        sleep(Duration::from_millis(20));
    }
    let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    (read(&out), read(&err))
}

/// The page without its policy and with the script that uses it. All of it is laid out, so that what sticks out shows.
fn used(page: &str) -> String {
    let start = page.find("<meta http-equiv").unwrap();
    let end = start + page[start..].find('>').unwrap() + 1;
    let script = include_str!("browser.js");
    let style = ".repository { content-visibility: visible !important; }";
    format!("{}<style>{style}</style>{}<script>{script}</script>", &page[..start], &page[end..])
}

/// A page with a frame for each width and theme, which writes down what each of them tells.
fn frames(of: &str) -> String {
    let frame = |theme: &str, width: usize| {
        format!("<iframe src=\"{of}?theme={theme}\" width=\"{width}\" height=\"900\" style=\"border:0\"></iframe>\n")
    };
    let frames: String = ["light", "dark"].iter().flat_map(|theme| WIDTHS.map(|width| frame(theme, width))).collect();
    let script = "addEventListener('message', (event) => { const line = document.createElement('pre'); \
                  line.textContent = encodeURIComponent(JSON.stringify(event.data)); document.body.append(line); });";
    format!("<!DOCTYPE html>\n<body>\n<script>{script}</script>\n{frames}")
}

/// What the frames told.
fn told(dom: &str) -> Vec<Value> {
    let lines = dom.split("<pre>").skip(1).filter_map(|rest| rest.split_once("</pre>"));
    let decoded = lines.map(|(line, _)| percent_encoding::percent_decode_str(line).decode_utf8_lossy().into_owned());
    decoded.map(|line| serde_json::from_str(&line).unwrap()).collect()
}

#[test]
fn the_page_can_be_used_at_every_width_and_in_both_themes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, outcome, rows) in [("sample", outcome(), 13), ("many", many(60), 60)] {
        let page = folder.path().join(format!("{name}.html"));
        fs::write(&page, used(&rendered(Format::Html, &outcome))).unwrap();
        let around = folder.path().join(format!("{name}-frames.html"));
        fs::write(&around, frames(&format!("{name}.html"))).unwrap();
        // The second time the system asks for the dark theme, and the button for the other one.
        for flags in [&["--dump-dom"][..], &["--dump-dom", "--force-dark-mode"]] {
            let (dom, errors) = run(&[flags, &["--virtual-time-budget=60000"]].concat(), &around);
            let told = told(&dom);
            assert_eq!(told.len(), 2 * WIDTHS.len(), "{name} {flags:?}: {told:#?}\n{errors}");
            for one in &told {
                assert_eq!(one["faults"], serde_json::json!([]), "{name} {flags:?}: {one}");
                assert_eq!(one["rows"], rows, "{one}");
            }
            let widths: Vec<_> = told.iter().filter(|one| one["theme"] == "dark").map(|one| &one["size"]).collect();
            assert!(WIDTHS.iter().all(|width| widths.contains(&&Value::from(*width))), "{widths:?}");
            let backgrounds =
                |theme: &str| told.iter().find(|one| one["theme"] == theme).unwrap()["background"].clone();
            assert_ne!(backgrounds("light"), backgrounds("dark"));
        }
    }
}

/// Under its own policy the page has its style and its script, and nothing is refused.
#[test]
fn the_policy_lets_the_page_work() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("audit.html");
    fs::write(&page, rendered(Format::Html, &outcome())).unwrap();
    let (dom, errors) = run(&["--dump-dom"], &page);
    assert!(dom.contains("<html lang=\"en\" data-script=\"ran\">"), "{dom}\n{errors}");
    assert!(!errors.contains("Content Security Policy"), "{errors}");
    let altered = folder.path().join("altered.html");
    fs::write(&altered, rendered(Format::Html, &outcome()).replace("\"use strict\";", "\"use strict\" ;")).unwrap();
    let (dom, errors) = run(&["--dump-dom"], &altered);
    assert!(dom.contains("<html lang=\"en\">"), "the policy lets any script run");
    assert!(errors.contains("Content Security Policy"), "a refusal is not told: {errors}");
}

/// `GRANTSHIFT_PAGES=FOLDER` keeps the pages and pictures of them, to be looked at.
#[test]
fn the_page_prints() {
    let folder = tempfile::tempdir().unwrap();
    let folder = env::var_os("GRANTSHIFT_PAGES").map_or_else(|| folder.path().to_owned(), PathBuf::from);
    let page = folder.join("audit.html");
    fs::write(&page, rendered(Format::Html, &outcome())).unwrap();
    let pdf = folder.join("audit.pdf");
    let (_, errors) = run(&[&format!("--print-to-pdf={}", pdf.display()), "--no-pdf-header-footer"], &page);
    let written = fs::read(&pdf).unwrap_or_else(|_| panic!("no print: {errors}"));
    assert!(written.starts_with(b"%PDF") && written.len() > 20_000, "{} bytes", written.len());
    for (name, size, flags) in
        [("light", "1400,5000", ""), ("dark", "1400,5000", "--force-dark-mode"), ("narrow", "500,9000", "")]
    {
        let picture = folder.join(format!("audit-{name}.png"));
        let (size, to) = (format!("--window-size={size}"), format!("--screenshot={}", picture.display()));
        let arguments: Vec<&str> = [size.as_str(), &to, flags].into_iter().filter(|flag| !flag.is_empty()).collect();
        let (_, errors) = run(&arguments, &page);
        assert!(fs::read(&picture).is_ok_and(|picture| picture.starts_with(b"\x89PNG")), "no picture: {errors}");
    }
}
