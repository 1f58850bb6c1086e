//! Holds the Python SDK to its lints, types and tests, some of which start the real gateway: the binary is built first.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::{cargo, root, succeed, target};

/// Builds the binary and checks the SDK.
pub(crate) fn run(_args: &[String]) -> Result<(), String> {
    succeed(Command::new(cargo()).args(["build", "--quiet", "--package", "kruxos"]).current_dir(root()))?;
    check()
}

/// Makes an environment with the SDK in it, and checks the SDK there against the binary that was built last.
pub(crate) fn check() -> Result<(), String> {
    let sdk = root().join("sdk/python");
    let environment = target().join("sdk-venv");
    let binary = target().join("debug/kruxos");
    if !environment.join("bin/python").exists() {
        succeed(Command::new("python3").arg("-m").arg("venv").arg(&environment))?;
    }
    // Again each time, since what the SDK depends on may have changed; without a change it takes seconds.
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", ".[test]"];
    succeed(program(&environment, "python", &sdk).args(pip))?;
    succeed(program(&environment, "ruff", &sdk).args(["format", "--quiet", "--check", "."]))?;
    succeed(program(&environment, "ruff", &sdk).args(["check", "--quiet", "."]))?;
    succeed(program(&environment, "mypy", &sdk).args(["--strict", "src"]))?;
    succeed(program(&environment, "pytest", &sdk).arg("-q").env("KRUXOS_BIN", binary))
}

/// A program of the environment, to be run in the SDK's folder.
fn program(environment: &Path, name: impl AsRef<OsStr>, sdk: &Path) -> Command {
    let mut command = Command::new(environment.join("bin").join(name.as_ref()));
    command.current_dir(sdk);
    command
}
