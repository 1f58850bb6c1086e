//! Holds the dashboard to what a person meets: the real gateway, driven by a real browser, Chromium as the system has it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, debian, root, succeed, target};

/// Builds the binary and runs `tests/browser`; arguments are pytest's.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    succeed(Command::new(cargo()).args(["build", "--quiet", "--package", "kruxos"]).current_dir(root()))?;
    check(args)
}

/// Makes an environment with the browser's driver, and runs `tests/browser` there against the binary that was built last.
pub(crate) fn check(args: &[String]) -> Result<(), String> {
    let tests = root().join("tests/browser");
    let environment = target().join("browser-venv");
    let chromium = chromium()?;
    install(&environment, &tests)?;
    let python = |module: &str| {
        let mut command = Command::new(environment.join("bin/python"));
        command.args(["-m", module]).current_dir(&tests);
        command
    };
    succeed(python("ruff").args(["format", "--quiet", "--no-cache", "--check", "."]))?;
    succeed(python("ruff").args(["check", "--quiet", "--no-cache", "."]))?;
    let mut pytest = python("pytest");
    pytest.args(["-q", "-p", "no:cacheprovider"]).args(args).env("CHROMIUM", chromium);
    succeed(pytest.env("KRUXOS_BIN", target().join("debug/kruxos")).env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// The browser: the one `CHROMIUM` names, else the system's, installed if this may install it.
fn chromium() -> Result<PathBuf, String> {
    match std::env::var_os("CHROMIUM").map(PathBuf::from) {
        Some(named) if named.exists() => Ok(named),
        Some(named) => Err(format!("there is no browser at `{}`, which `CHROMIUM` names", named.display())),
        None => debian::program("chromium", &["chromium", "fonts-dejavu"]),
    }
}

/// The driver and the checker of accessibility, in an environment of their own. Without a change it takes a second.
fn install(environment: &Path, tests: &Path) -> Result<(), String> {
    if !environment.join("bin/python").exists() {
        succeed(Command::new("python3").arg("-m").arg("venv").arg(environment))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"];
    succeed(Command::new(environment.join("bin/python")).args(pip).current_dir(tests))
}
