//! One build that is linted and is what the tests run.
//!
//! Clippy's driver is the compiler with lints: told to check, cargo runs it without making code, which another build then
//! has to do. Here cargo builds with it. A finding is an error, so what does not satisfy the lints does not compile, the
//! next time neither; the driver tells cargo which lints it was asked for, so that other ones mean another build.

use std::path::PathBuf;
use std::process::Command;

use crate::{cargo, root, succeed};

/// Which lints are errors, as Clippy's driver reads it.
const LINTS: &str = "-Dwarnings__CLIPPY_HACKERY__";

/// A text in which Clippy finds something that is no error by itself, and the name of what it finds.
const CANARY: (&str, &str) = ("//! A text.\n/// Counts.\npub fn count(v: &Vec<u8>) -> usize { v.len() }\n", "ptr_arg");

/// Builds all targets of the workspace: tests, benches, the command.
pub(super) fn build() -> Result<(), String> {
    refuses_findings()?;
    succeed(test()?.args(["--all-targets", "--no-run"]))
        .map_err(|_| "the workspace does not compile without findings".into())
}

/// `cargo test` of the workspace, with what this build made.
pub(super) fn test() -> Result<Command, String> {
    let mut command = Command::new(cargo());
    command.args(["test", "--workspace"]).current_dir(root());
    command.env("RUSTC_WORKSPACE_WRAPPER", driver()?).env("CLIPPY_ARGS", LINTS);
    Ok(command)
}

/// How the driver is told what to deny is nobody's promise: that it is understood is tried first.
fn refuses_findings() -> Result<(), String> {
    let fails = |error: std::io::Error| format!("the lints could not be tried: {error}");
    let folder = tempfile::tempdir().map_err(fails)?;
    let (text, finding) = CANARY;
    let file = folder.path().join("canary.rs");
    std::fs::write(&file, text).map_err(fails)?;
    let mut command = Command::new(driver()?);
    command.args(["rustc", "--crate-type=lib", "--emit=metadata", "--out-dir"]).arg(folder.path()).arg(&file);
    let output = command.env("CLIPPY_ARGS", LINTS).output().map_err(fails)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && said.contains(finding) {
        return Ok(());
    }
    Err(format!(
        "Clippy's driver of this toolchain does not refuse `{finding}`; `{LINTS}` has to be said otherwise\n{said}"
    ))
}

/// Clippy's driver of this toolchain.
fn driver() -> Result<PathBuf, String> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()).output();
    let output = output.map_err(|error| format!("`rustc --print sysroot`: {error}"))?;
    let driver = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()).join("bin/clippy-driver");
    let missing = || format!("there is no `{}`; `rustup component add clippy` installs it", driver.display());
    if driver.is_file() { Ok(driver) } else { Err(missing()) }
}
