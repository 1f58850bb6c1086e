//! Runs the tests, and says one line for each program of tests: what came of it, and how long it took.
//!
//! Cargo and what it runs write into one pipe, in order. What a program of tests writes is shown when it fails; lines
//! that begin with `progress: ` are shown at once, and a program that takes long is named now and then.

use std::io::{self, BufRead, BufReader, PipeReader};
use std::process::{Child, Command};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::seconds;

/// How long nothing may be said.
const SILENCE: Duration = Duration::from_secs(10);
/// What a test's line begins with that is for whoever watches.
const PROGRESS: &str = "progress: ";

/// Runs the tests of the workspace, those in documentation too.
pub(crate) fn run() -> Result<(), String> {
    let (mut child, written) = start(super::linted::test()?).map_err(|error| format!("`cargo test`: {error}"))?;
    let (send, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut pieces = BufReader::new(written).split(b'\n');
        // Whoever does not listen any more has failed, and says so.
        pieces.by_ref().map_while(Result::ok).try_for_each(|piece| send.send(piece))
    });
    let mut watch = Watch::default();
    loop {
        match lines.recv_timeout(SILENCE.saturating_sub(watch.said.elapsed())) {
            Ok(line) => watch.line(String::from_utf8_lossy(&line).trim_end()),
            Err(RecvTimeoutError::Timeout) => watch.still(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let _ = reader.join();
    let passed = child.wait().map_err(|error| format!("`cargo test`: {error}"))?.success();
    watch.end(passed);
    if passed { Ok(()) } else { Err("`cargo test --workspace` failed".to_owned()) }
}

/// Cargo, and what it and the tests write. The command is dropped here: its end of the pipe would keep it open.
fn start(mut command: Command) -> io::Result<(Child, PipeReader)> {
    let (read, write) = io::pipe()?;
    Ok((command.stdout(write.try_clone()?).stderr(write).spawn()?, read))
}

/// What was read of the tests so far.
struct Watch {
    now: Option<Program>,
    /// When something was said last.
    said: Instant,
}

/// A program of tests.
struct Program {
    name: String,
    began: Instant,
    /// How many of its tests have passed or are ignored.
    passed: usize,
    failed: bool,
    /// What it wrote, but for tests that passed.
    wrote: Vec<String>,
}

impl Default for Watch {
    fn default() -> Self {
        Self { now: None, said: Instant::now() }
    }
}

impl Watch {
    fn line(&mut self, line: &str) {
        if let Some(name) = program(line) {
            self.end(true);
            self.now = Some(Program::new(name));
            return;
        }
        match (&mut self.now, progress(line)) {
            (Some(now), None) => now.line(line),
            (_, Some(progress)) => self.say(&format!("   … {progress}")),
            (None, None) => self.say(line),
        }
    }

    /// Names the program that takes long.
    fn still(&mut self) {
        let long = self.now.as_ref().map(|now| {
            format!("   … {}: {} tests passed, {} so far", now.name, now.passed, seconds(now.began.elapsed()))
        });
        self.say(&long.unwrap_or_else(|| "   … cargo is at work".to_owned()));
    }

    /// Says what came of the program; of the last one, cargo knows whether it passed.
    fn end(&mut self, passed: bool) {
        let Some(ended) = self.now.take() else { return };
        let took = seconds(ended.began.elapsed());
        if passed && !ended.failed {
            return self.say(&format!("   {took:>9}  {} ({} tests)", ended.name, ended.passed));
        }
        ended.wrote.iter().for_each(|line| self.say(line));
        self.say(&format!("   {took:>9}  {} FAILED", ended.name));
    }

    fn say(&mut self, line: &str) {
        println!("{line}");
        self.said = Instant::now();
    }
}

impl Program {
    fn new(name: String) -> Self {
        Self { name, began: Instant::now(), passed: 0, failed: false, wrote: Vec::new() }
    }

    fn line(&mut self, line: &str) {
        let is_test = line.starts_with("test ");
        if is_test && (line.ends_with(" ... ok") || line.contains(" ... ignored")) {
            self.passed += 1;
        } else if !line.is_empty() {
            self.failed |= line.starts_with("test result: FAILED");
            self.wrote.push(line.to_owned());
        }
    }
}

/// What a line tells whoever watches. Where tests run one by one, the name of the one that runs stands before it.
fn progress(line: &str) -> Option<&str> {
    let (before, progress) = line.split_once(PROGRESS)?;
    (before.is_empty() || before.ends_with(" ... ")).then_some(progress)
}

/// The program of tests that cargo says it runs now.
fn program(line: &str) -> Option<String> {
    if let Some(package) = line.trim_start().strip_prefix("Doc-tests ") {
        return Some(format!("{package}, documentation"));
    }
    let (source, binary) = line.trim_start().strip_prefix("Running ")?.strip_suffix(')')?.split_once(" (")?;
    let file = binary.rsplit('/').next().unwrap_or(binary);
    let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
    Some(format!("{name}, {}", source.trim_start_matches("unittests ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_names_the_programs_it_runs() {
        let named = |line: &str| program(line).unwrap_or_default();
        let unit = "     Running unittests src/lib.rs (target/debug/deps/kruxos_policy-0123456789abcdef)";
        assert_eq!(named(unit), "kruxos_policy, src/lib.rs");
        assert_eq!(
            named("     Running tests/shell.rs (/t/debug/deps/shell-0123456789abcdef)"),
            "shell, tests/shell.rs"
        );
        assert_eq!(named("   Doc-tests kruxos_store"), "kruxos_store, documentation");
        assert_eq!(named("test running_is (fun) ... ok"), "");
    }

    #[test]
    fn progress_is_told_whether_tests_run_at_once_or_one_by_one() {
        assert_eq!(progress("progress: 12 texts"), Some("12 texts"));
        assert_eq!(progress("test shells::agree ... progress: 12 texts"), Some("12 texts"));
        assert_eq!(progress("test progress ... ok"), None);
    }

    #[test]
    fn a_program_keeps_what_it_wrote_but_for_tests_that_passed() {
        let mut program = Program::new("a".to_owned());
        let lines = [
            "",
            "running 3 tests",
            "test a ... ok",
            "test b ... ignored, slow",
            "test c ... FAILED",
            "test result: FAILED. 1",
        ];
        lines.iter().for_each(|line| program.line(line));
        assert_eq!((program.passed, program.failed), (2, true));
        assert_eq!(program.wrote, ["running 3 tests", "test c ... FAILED", "test result: FAILED. 1"]);
    }
}
