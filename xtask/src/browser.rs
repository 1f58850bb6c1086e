//! Holds the dashboard to what a person meets: the real gateway, driven by a real browser, Chromium as the system has it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{root, target};

/// Where Debian puts Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Builds the binary and an environment with the browser's driver, and runs `tests/browser`; arguments are pytest's.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let tests = root().join("tests/browser");
    let environment = target().join("browser-venv");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let chromium = chromium()?;
    succeed(Command::new(cargo).args(["build", "--quiet", "--package", "kruxos"]).current_dir(root()))?;
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
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = named.unwrap_or_else(|| PathBuf::from(CHROMIUM));
    if path.exists() {
        return Ok(path);
    }
    let missing = format!(
        "there is no browser at `{}`; install it with `apt-get install chromium`, or name another with `CHROMIUM=…`",
        path.display()
    );
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root || path != Path::new(CHROMIUM) {
        return Err(missing);
    }
    println!("installing chromium with apt-get");
    let quiet = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        succeed(&mut command)
    };
    let installed = quiet(&["update"]).and_then(|()| quiet(&["install", "--yes", "chromium", "fonts-dejavu"]));
    installed.map_err(|error| format!("{missing}\n{error}"))?;
    if path.exists() { Ok(path) } else { Err(missing) }
}

/// The driver and the checker of accessibility, in an environment of their own. Without a change it takes a second.
fn install(environment: &Path, tests: &Path) -> Result<(), String> {
    if !environment.join("bin/python").exists() {
        succeed(Command::new("python3").arg("-m").arg("venv").arg(environment))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"];
    succeed(Command::new(environment.join("bin/python")).args(pip).current_dir(tests))
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().display().to_string();
    let status = command.status().map_err(|error| format!("`{program}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{program}` failed")) }
}
