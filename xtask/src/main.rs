//! Generators of what the repository stores generated, and the checks that need more than cargo.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command of the repository talks to its developer")]

mod bench_report;
mod browser;
mod consumers;
mod debian;
mod docs;
mod load;
mod schemas;
mod sdk;
mod test;
mod variants;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{self, ExitCode};

/// One command: its name, what it does, the function.
type Command = (&'static str, &'static str, fn(&[String]) -> Result<(), String>);

const COMMANDS: &[Command] = &[
    ("test", "everything that must pass", test::run),
    ("schemas", "write schemas/*.schema.json", schemas::run),
    ("docs", "write docs/operators.md, docs/functions.md and docs/lints.md", docs::run),
    ("consumers", "check documents against the schemas with check-jsonschema", consumers::run),
    ("sdk", "check the Python SDK: lints, types, tests against the real gateway", sdk::run),
    ("browser", "check the dashboard in a real browser: `browser [pytest's arguments]`", browser::run),
    ("load", "measure a gateway under load: `load [--seconds N]`", load::run),
    ("bench-report", "print the ratios of the last `cargo bench`", bench_report::run),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = args.split_first().map_or(("", [].as_slice()), |(name, rest)| (name.as_str(), rest));
    let Some((_, _, run)) = COMMANDS.iter().find(|(command, _, _)| *command == name) else {
        eprintln!("cargo xtask COMMAND");
        COMMANDS.iter().for_each(|(command, does, _)| eprintln!("  {command:10} {does}"));
        return ExitCode::from(2);
    };
    match run(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("cargo xtask {name}: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The folder of the repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The cargo that this was started by.
fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a program whose words are for whoever watches.
fn succeed(command: &mut process::Command) -> Result<(), String> {
    let program = command.get_program().display().to_string();
    let status = command.status().map_err(|error| format!("`{program}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{program}` failed")) }
}
