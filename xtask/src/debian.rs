//! Programs that tests drive and that cargo does not bring: taken from Debian's packages where this may install them.

use std::path::PathBuf;
use std::process::Command;

use crate::succeed;

/// Where a program is, installed first if it is missing.
///
/// # Errors
/// Says what to install, when it is missing and this may not.
pub(crate) fn program(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    if let Some(path) = find(name) {
        return Ok(path);
    }
    let missing = format!("there is no `{name}`; install it with `apt-get install {}`", packages.join(" "));
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        return Err(missing);
    }
    println!("installing {} with apt-get", packages.join(" "));
    let installed = quiet(&["update"]).and_then(|()| quiet(&[&["install", "--yes"], packages].concat()));
    installed.map_err(|error| format!("{missing}\n{error}"))?;
    find(name).ok_or(missing)
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn quiet(arguments: &[&str]) -> Result<(), String> {
    succeed(Command::new("apt-get").arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}
