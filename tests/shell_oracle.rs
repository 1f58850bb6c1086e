//! Random texts, read here and run by bash and dash: what they run was found. On demand, because it needs both shells and
//! some minutes: `cargo test --features shell --test shell_oracle -- --ignored --nocapture`.
#![cfg(all(feature = "shell", unix))]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kruxos_policy::shell::{List, Script, Verdict};

const PARTS: &[&str] = &[
    "ls",
    "rm x",
    "rm x",
    "rm x",
    "cat",
    "a",
    "'",
    "'",
    "\"",
    "\"",
    "\\",
    "\\",
    "$",
    "$(",
    "$(",
    ")",
    ")",
    "`",
    "`",
    "(",
    ")",
    "{ ",
    ";}",
    ";",
    " ; ",
    "&&",
    "|",
    "||",
    "&",
    "\n",
    "\n",
    "\n",
    " ",
    " ",
    " ",
    "<<E",
    "<<'E'",
    "<<-E",
    "\nE\n",
    "\nE\n",
    "E",
    "\\E",
    "#",
    " #",
    "$'",
    "$\"",
    "${x:-",
    "${x",
    "}",
    "}",
    "case a in a)",
    ";;",
    " esac",
    "if ls;then ",
    "fi",
    "while ls;do ",
    "done",
    "for i in a;do ",
    "[[ ",
    "]]",
    " ]]",
    "((",
    "))",
    "$((",
    "x=",
    "x=(",
    "! ",
    "!",
    "\t",
    ">o ",
    "<<<",
    "2>&1",
    " -c ",
    "sh -c ",
    "\\\n",
    "f() {",
    "time ",
    "~",
    "{a,b}",
    "*",
    "=",
    "[",
    "]",
    "\\'",
    "\\\"",
    "$x",
    "$@",
    "\"$(",
    "<(",
    ">(",
    "&>o ",
    "<&",
    "|&",
    "coproc ",
    "function f {",
    "select i in a;do ",
    "until ls;do ",
    "else ",
    "elif ",
    "then ",
    "do ",
    "in ",
    "é",
    "1",
    "0<",
    "3>",
    "-",
    "+",
    "@(",
    "!(",
    "?(",
    "%",
    "${#x",
    "${x#",
    "${x/",
    "${x[",
    "$[",
    "$1",
    "$#",
    "$!",
    "$?",
    "eval ",
    "xargs ",
    "env ",
    "exec ",
    "command ",
    "<<E\n$(",
];

/// A generator of numbers; the same seed gives the same texts.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % most
    }
}

/// A folder with programs that do nothing, `rm` among them, which leaves a mark.
fn stand_ins() -> (PathBuf, PathBuf) {
    let folder = std::env::temp_dir().join(format!("shell-oracle-{}", std::process::id()));
    let programs = folder.join("bin");
    std::fs::create_dir_all(&programs).unwrap();
    for (name, text) in [("rm", "#!/bin/sh\n: > \"$MARK\"\n"), ("ls", "#!/bin/sh\n"), ("cat", "#!/bin/sh\n")] {
        let path = programs.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    (folder, programs)
}

/// Whether a shell runs `rm` for a text.
fn runs_rm(shell: &str, text: &str, folder: &Path, programs: &Path) -> bool {
    let mark = folder.join("mark");
    let _ = std::fs::remove_file(&mark);
    let mut command = Command::new("/usr/bin/timeout");
    command.args(["2", shell, "-c", text]).env_clear().env("PATH", programs).env("MARK", &mark).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    mark.exists()
}

#[test]
#[ignore = "runs bash and dash for some minutes"]
fn what_real_shells_run_was_found() {
    let (rm, others) = (List::read(["rm"]).unwrap(), List::read(["ls", "cat", "a", "sh"]).unwrap());
    let seconds = std::env::var("SHELL_ORACLE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed = std::env::var("SHELL_ORACLE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_u64);
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (folder, programs) = stand_ins();
    let start = Instant::now();
    let (mut read, mut run) = (0, 0);
    while start.elapsed() < Duration::from_secs(seconds) {
        let parts = 2 + random.below(14);
        let text: String = (0..parts).map(|_| PARTS[random.below(PARTS.len())]).collect();
        if !text.contains("rm x") {
            continue;
        }
        read += 1;
        let script = Script::of_text(&text);
        if rm.runs_any(&script) != Verdict::No && others.runs_only(&script) != Verdict::Yes {
            continue;
        }
        run += 1;
        for shell in ["/bin/bash", "/bin/dash"] {
            assert!(!runs_rm(shell, &text, &folder, &programs), "{shell} runs `rm` for {text:?}: {script:?}");
        }
    }
    println!("{read} texts read, {run} of them run");
    std::fs::remove_dir_all(folder).unwrap();
}
