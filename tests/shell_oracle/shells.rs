//! Real shells, run one text at a time with stand-ins for programs: what they ran.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a text may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A shell: the program, the words before `-c`, and the package of Debian that brings it.
pub(crate) struct Shell {
    pub(crate) name: &'static str,
    program: PathBuf,
    words: &'static [&'static str],
}

const SHELLS: &[(&str, &str, &[&str], &str)] = &[
    ("dash", "dash", &[], "dash"),
    ("bash", "bash", &["--norc", "--noprofile"], "bash"),
    ("busybox", "busybox", &["ash"], "busybox"),
    ("mksh", "mksh", &[], "mksh"),
    ("ksh93", "ksh93", &[], "ksh"),
    ("zsh", "zsh", &["-f"], "zsh"),
];

/// Programs that stand in for all others. `f` fails, the rest succeed.
const PROGRAMS: &[&str] = &[
    "ls", "rm", "cat", "more", "a", "b", "c", "f", "git", "sh", "env", "xargs", "time", "function", "coproc", "select",
    "in", "wc", "seq", "nproc",
];

/// What a stand-in does: it appends its name and words to a file, in one piece.
const STAND_IN: &str = "#!/bin/dash\nIFS='\u{1f}'; printf '%s\u{1e}' \"$#\u{1f}${0##*/}\u{1f}$*\" >> \"$LOG\"\n";

/// A program that ran: its name and its arguments.
pub(crate) type Ran = (String, Vec<String>);

/// Every shell, or the packages that are missing.
pub(crate) fn all() -> Vec<Shell> {
    let find = |name: &str| {
        ["/usr/bin", "/bin", "/usr/local/bin"]
            .iter()
            .map(|folder| Path::new(folder).join(name))
            .find(|path| path.is_file())
    };
    let missing: Vec<&str> =
        SHELLS.iter().filter(|(_, program, ..)| find(program).is_none()).map(|(.., package)| *package).collect();
    assert!(missing.is_empty(), "shells are missing; install them with `apt-get install {}`", missing.join(" "));
    SHELLS.iter().map(|(name, program, words, _)| Shell { name, program: find(program).unwrap(), words }).collect()
}

impl Shell {
    /// The shell on a text. What the text leaves running behind it ends by the limit on its time.
    fn command(&self, text: &str) -> Command {
        let leaves = text.contains(['&', '(', '|', '`']);
        let mut command = Command::new(if leaves { Path::new("/bin/dash") } else { &self.program });
        if leaves {
            command.args(["-c", "ulimit -t 1; exec \"$@\"", "dash"]).arg(&self.program);
        }
        command.args(self.words).args(["-c", text]);
        command
    }

    /// What the shell prints for a text of its own commands.
    pub(crate) fn output(&self, text: &str) -> String {
        let mut command = Command::new(&self.program);
        let output = command.args(self.words).args(["-c", text]).env_clear().stdin(Stdio::null()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// A folder with the stand-ins, in which texts run.
pub(crate) struct Place {
    folder: PathBuf,
    runs: usize,
}

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("shell-oracle-{}-{name}", std::process::id()));
        for part in ["bin", "work", "logs"] {
            std::fs::create_dir_all(folder.join(part)).unwrap();
        }
        for program in PROGRAMS {
            let path = folder.join("bin").join(program);
            let text = if *program == "f" { format!("{STAND_IN}exit 1\n") } else { STAND_IN.to_owned() };
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        std::fs::write(folder.join("work/x.txt"), "5\n").unwrap();
        for folder in ["d/e", ".h"].map(|below| folder.join("work").join(below)) {
            std::fs::create_dir_all(&folder).unwrap();
            for name in ["a", "aa", ".h", "a.b", "-x", "..a", "x.txt"] {
                std::fs::write(folder.join(name), "").unwrap();
            }
        }
        Self { folder, runs: 0 }
    }

    /// What a shell runs for a text; nothing where it did not end in time.
    pub(crate) fn run(&mut self, shell: &Shell, text: &str) -> Option<Vec<Ran>> {
        self.runs += 1;
        let log = self.folder.join("logs").join(self.runs.to_string());
        let mut command = shell.command(text);
        command.env_clear().env("PATH", self.folder.join("bin")).env("LOG", &log).env("HOME", self.folder.join("work"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir(self.folder.join("work"));
        let status = ended(&mut command.process_group(0).spawn().unwrap())?;
        if status.signal() == Some(KILLED) || status.code() == Some(128 + KILLED) {
            return None;
        }
        if text.contains(['&', '|', '<', '>']) {
            std::thread::sleep(Duration::from_millis(2));
        }
        let written = std::fs::read(&log).unwrap_or_default();
        let _ = std::fs::remove_file(&log);
        Some(String::from_utf8_lossy(&written).split_terminator('\u{1e}').map(ran).collect())
    }
}

/// The signal that ends what does not end by itself.
const KILLED: i32 = 9;

/// How a process ended; one that takes too long is ended with all of its group, and nothing else.
fn ended(child: &mut Child) -> Option<ExitStatus> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_micros(300));
    }
    // Not waited for yet, so the number is still that of its group.
    let group = format!("-{}", child.id());
    Command::new("/bin/kill").args(["-KILL", "--", &group]).status().unwrap();
    child.wait().unwrap();
    None
}

fn ran(record: &str) -> Ran {
    let mut words = record.split('\u{1f}').map(str::to_owned);
    let count: usize = words.next().unwrap().parse().unwrap();
    let name = words.next().unwrap();
    (name, words.take(count).collect())
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
