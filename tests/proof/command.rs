//! Running other programs: in a folder, with an environment of their own, and not for ever.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Nothing here takes longer, but for the first installation of many packages over a slow network.
const LONGEST: Duration = Duration::from_secs(180);

/// What a program did.
pub(crate) struct Done {
    /// The exit code; none where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// What it printed, for a message.
    pub(crate) fn everything(&self) -> String {
        format!("exit code {:?}\nstdout:\n{}\nstderr:\n{}", self.code, self.stdout, self.stderr)
    }
}

/// Runs a program to its end.
///
/// # Panics
/// Where it cannot be started, with `install`, the command that installs it, or does not end.
pub(crate) fn run(mut command: Command, install: &str) -> Done {
    let line = format!("{command:?}");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| {
        if error.kind() == ErrorKind::NotFound {
            panic!("{line}: not found; install it: {install}");
        }
        panic!("{line}: {error}");
    });
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = |mut from: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut text = Vec::new();
            from.read_to_end(&mut text).unwrap();
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let (stdout, stderr) = (read(Box::new(out)), read(Box::new(err)));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > LONGEST {
            child.kill().unwrap();
            panic!("{line}: still running after {LONGEST:?}");
        }
        thread::sleep(Duration::from_millis(10));
    };
    Done { code: status.code(), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// A command in a folder, without the environment of the tests but for the path and the home folder.
pub(crate) fn alone<'a>(
    words: &[String],
    folder: &Path,
    environment: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Command {
    let (program, arguments) = words.split_first().expect("a command has a word");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear();
    for name in ["PATH", "HOME", "JAVA_HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(environment);
    command
}
