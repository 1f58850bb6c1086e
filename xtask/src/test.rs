//! Everything that must pass, in one command: what README promises and CI runs.
//!
//! Each step says what holds when it passes, and how long it took; a step that takes minutes says how far it is.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::{browser, cargo, consumers, debian, root, sdk, succeed, target};

mod binaries;
mod linted;

/// A step of the test command: what holds when it passes, and how that is found out.
type Step = (&'static str, fn() -> Result<(), String>);

const STEPS: &[Step] = &[
    ("what tests drive is there", programs),
    ("the code is formatted", || run_cargo(&["fmt", "--all", "--check"])),
    ("everything compiles, and the lints are satisfied", linted::build),
    ("the tests pass", binaries::run),
    ("an embedder can leave every parser out", bare_library),
    ("the shipped policies are clean", || kruxos(&["lint", "policies", "--catalog", "kruxos", "--deny", "warning"])),
    ("the shipped policies do what their tests say", || kruxos(&["test", "policies"])),
    ("editors' validators agree with the schemas", || consumers::run(&[])),
    ("the Python SDK keeps what the users' page promises", sdk::check),
    ("the dashboard works in a browser, and the API is as it is described", || browser::check(&[])),
];

/// Shells that texts are run in, to compare with what was read, and the packages that bring them.
const SHELLS: &[(&str, &str)] =
    &[("dash", "dash"), ("bash", "bash"), ("busybox", "busybox"), ("mksh", "mksh"), ("ksh93", "ksh"), ("zsh", "zsh")];

/// Runs every step, stopping at the first that fails.
pub(crate) fn run(_args: &[String]) -> Result<(), String> {
    let mut times = Vec::new();
    for (holds, step) in STEPS {
        println!("── {holds}");
        let begin = Instant::now();
        let done = step();
        times.push((*holds, begin.elapsed()));
        println!("   {} in {}", if done.is_ok() { "passed" } else { "failed" }, seconds(begin.elapsed()));
        done.inspect_err(|_| table(&times))?;
    }
    table(&times);
    println!("── everything passed");
    Ok(())
}

/// How long each step took, and all of them.
fn table(times: &[(&str, Duration)]) {
    println!("── how long it took");
    let all = times.iter().map(|(_, took)| *took).sum();
    for (what, took) in times.iter().chain([&("all", all)]) {
        println!("   {:>9}  {what}", seconds(*took));
    }
}

/// A time as people say it: `0.4 s`, `3 min 12 s`.
fn seconds(took: Duration) -> String {
    let whole = took.as_secs();
    if whole < 60 { format!("{:.1} s", took.as_secs_f64()) } else { format!("{} min {:02} s", whole / 60, whole % 60) }
}

fn programs() -> Result<(), String> {
    debian::program("tmux", &["tmux"])?;
    SHELLS.iter().try_for_each(|(program, package)| debian::program(program, &[package]).map(|_| ()))
}

fn bare_library() -> Result<(), String> {
    let bare = ["clippy", "--package", "kruxos-policy", "--lib", "--no-default-features"];
    run_cargo(&[&bare[..], &["--", "--deny", "warnings"]].concat())
}

/// The command of this repository, as the tests ran it, on policies.
fn kruxos(arguments: &[&str]) -> Result<(), String> {
    succeed(Command::new(target().join("debug/kruxos")).arg("policy").args(arguments).current_dir(root()))
}

/// Runs cargo, whose own words say how far it is.
fn run_cargo(arguments: &[&str]) -> Result<(), String> {
    succeed(Command::new(cargo()).args(arguments).current_dir(root()))
        .map_err(|_| format!("`cargo {}` failed", arguments.join(" ")))
}
