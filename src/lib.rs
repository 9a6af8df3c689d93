//! grantshift finds code that exchanges a signed JWT for an access token at Adobe IMS, and reports it.
//!
//! The library is a row of rooms, and arrows run one way: a room uses those named before it, none after. A scan walks
//! through them once:
//!
//! ```text
//! paths ─ walk ─▶ bytes ─ anchors ─▶ candidates ─ syntax ─▶ trees ─ facts ─▶ facts ─ detect ─▶ findings ─ gate ─▶ report
//! ```
//!
//! - [`finding`]: the nouns that all rooms share.
//! - [`source`]: a file's bytes, its text and its lines, and the masked view of it that reports draw.
//! - [`placed`]: JSON and YAML as trees whose values know their places.
//! - [`notebook`]: the Python of notebooks as one module, with the way back to the file.
//! - [`rules`]: what to look for, as data: the files under `rules/`, loaded and indexed.
//! - [`walk`]: which files, and why not the others.
//! - [`config`]: the configuration file, read strictly.
//! - [`git`]: questions to git, asked so that it runs nothing of a repository.
//! - [`contents`]: what files hold, on the disk or put over it.
//! - [`anchors`]: the literal filter that is derived from the rules; it decides what is parsed.
//! - [`syntax`]: grammars, parsers and their limits.
//! - [`document`]: configuration files of any format, read into entries with exact places.
//! - [`suppression`]: the comments that silence findings.
//! - [`credentials`]: which of them carry the old credential, and which key files go with it.
//! - [`manifest`]: which packages a project asks for, and at which bytes of which file.
//! - [`commands`]: what scripts, recipes and CI steps run and collections send, split into words.
//! - [`facts`]: trees lowered to one intermediate form, and an abstract machine that runs it; what comes out speaks of
//!   requests and assertions, not of languages.
//! - [`project`]: which files belong together, so that the machine runs them as one program.
//! - [`detect`]: rules over facts, joined into flows: one exchange is one finding.
//! - [`accounting`]: every place that holds something of the old flow, put into exactly one class.
//! - [`console`]: the Developer Console's list of credentials, joined with the findings.
//! - [`scan`]: the walk through all of these.
//! - [`gate`]: what counts, and the exit code.
//! - [`rewrite`]: planned rewrites, selected, verified, printed as a diff or written.
//! - [`report`]: one file a format.
//! - [`cli`]: what was typed and what it means; one file a command.
//!
//! `ARCHITECTURE.md` says why it is built this way.
//!
//! ```
//! use grantshift::{rules::Catalog, scan::{Progress, Settings, scan}};
//!
//! let catalog = Catalog::load(&[]).expect("the rules that ship load");
//! let settings = Settings { paths: vec!["fixtures/python".into()], ..Settings::default() };
//! let scanned = scan(&settings, &catalog, &Progress::default()).expect("the folder is there");
//! assert!(scanned.findings.iter().any(|finding| finding.rule == "ims-jwt-exchange"));
//! ```

pub mod accounting;
pub mod anchors;
pub mod cli;
pub mod commands;
pub mod config;
pub mod console;
pub mod contents;
pub mod credentials;
pub mod detect;
pub mod document;
pub mod facts;
pub mod finding;
pub mod gate;
pub mod git;
pub mod manifest;
pub mod notebook;
pub mod placed;
pub mod project;
pub mod report;
pub mod rewrite;
pub mod rules;
pub mod scan;
pub mod source;
pub mod suppression;
pub mod syntax;
pub mod walk;
