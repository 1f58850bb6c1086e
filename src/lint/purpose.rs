//! What a parameter is for, as a catalog says, or, where none knows it, by its usual name.

use super::parameters;
use super::view::{EntryView, View};
use crate::catalog::{CapabilityFacts, Parameter, Role};

/// Names under which a command usually stands.
const COMMANDS: &[&str] = &["command", "cmd", "command_line", "commandline", "shell_command", "cmdline"];
/// Names under which a path usually stands.
const PATHS: &[&str] = &[
    "path",
    "file",
    "file_path",
    "filepath",
    "filename",
    "dir",
    "directory",
    "folder",
    "source",
    "destination",
    "src",
    "dst",
    "dest",
    "from_path",
    "to_path",
    "paths",
    "files",
    "source_path",
    "destination_path",
    "root",
    "cwd",
];

/// Whether a parameter is a command.
pub(super) fn is_command(view: &View<'_>, entry: &EntryView<'_>, name: &str) -> bool {
    let known = parameters::known(view, entry, name);
    let said = |(_, parameter): &(&CapabilityFacts, &Parameter)| match parameter.role() {
        Some(role) => role == Role::Command,
        None => has_usual_name(name, COMMANDS) && parameter.values.is_none(),
    };
    if known.is_empty() { has_usual_name(name, COMMANDS) } else { known.iter().any(said) }
}

/// Whether a parameter is a path.
pub(super) fn is_path(view: &View<'_>, entry: &EntryView<'_>, name: &str) -> bool {
    let known = parameters::known(view, entry, name);
    if known.is_empty() {
        return has_usual_name(name, PATHS);
    }
    known.iter().any(|(_, parameter)| parameter.is_path())
}

fn has_usual_name(name: &str, usual: &[&str]) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    usual.iter().any(|known| known.eq_ignore_ascii_case(last))
}
