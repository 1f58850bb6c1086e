//! Everything that must pass, in one command: what README promises and CI runs.

use std::process::Command;

use crate::{browser, consumers, debian, root, sdk};

/// A step of the test command: what it holds, and the cargo arguments that hold it.
const STEPS: &[(&str, &[&str])] = &[
    ("the code is formatted", &["fmt", "--all", "--check"]),
    ("the lints are satisfied", &["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
    (
        "an embedder can leave every parser out",
        &[
            "clippy",
            "--quiet",
            "--package",
            "kruxos-policy",
            "--lib",
            "--no-default-features",
            "--",
            "--deny",
            "warnings",
        ],
    ),
    ("the tests pass", &["test", "--quiet", "--workspace"]),
    (
        "the shipped policies are clean",
        &[
            "run",
            "--quiet",
            "--package",
            "kruxos",
            "--",
            "policy",
            "lint",
            "policies",
            "--catalog",
            "kruxos",
            "--deny",
            "warning",
        ],
    ),
    (
        "the shipped policies do what their tests say",
        &["run", "--quiet", "--package", "kruxos", "--", "policy", "test", "policies"],
    ),
];

/// Shells that texts are run in, to compare with what was read, and the packages that bring them.
const SHELLS: &[(&str, &str)] =
    &[("dash", "dash"), ("bash", "bash"), ("busybox", "busybox"), ("mksh", "mksh"), ("ksh93", "ksh"), ("zsh", "zsh")];

/// Runs every step, stopping at the first that fails.
pub(crate) fn run(_args: &[String]) -> Result<(), String> {
    println!("── what tests drive is there");
    debian::program("tmux", &["tmux"])?;
    for (program, package) in SHELLS {
        debian::program(program, &[package])?;
    }
    for (holds, arguments) in STEPS {
        println!("── {holds}");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo).args(*arguments).current_dir(root()).status();
        if !status.map_err(|error| format!("`cargo {}`: {error}", arguments.join(" ")))?.success() {
            return Err(format!("`cargo {}` failed", arguments.join(" ")));
        }
    }
    println!("── editors' validators agree with the schemas");
    consumers::run(&[])?;
    println!("── the Python SDK keeps what the users' page promises");
    sdk::run(&[])?;
    println!("── the dashboard works in a browser, and the API is as it is described");
    browser::run(&[])?;
    println!("── everything passed");
    Ok(())
}
