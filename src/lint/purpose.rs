//! What a parameter is for, as a catalog says, or, where none knows it, by its usual name.

use super::parameters;
use super::view::{EntryView, View};
use crate::catalog::{CapabilityFacts, Parameter, Role};

/// Names under which a command usually stands.
const COMMANDS: &[&str] = &["command", "cmd", "command_line", "commandline", "shell_command", "cmdline"];
/// Names under which a path usually stands, and hardly anything else.
const PATHS: &[&str] = &[
    "path",
    "paths",
    "file",
    "files",
    "file_path",
    "file_paths",
    "filepath",
    "filename",
    "dir",
    "directory",
    "folder",
    "from_path",
    "to_path",
    "source_path",
    "destination_path",
    "src_path",
    "dst_path",
    "dest_path",
    "target_path",
    "output_path",
    "input_path",
    "cwd",
];
/// Names under which a path stands often, and other things too.
const OFTEN_PATHS: &[&str] = &["source", "destination", "src", "dst", "dest", "root"];
/// Names under which a URL usually stands.
const URLS: &[&str] =
    &["url", "urls", "uri", "href", "link", "base_url", "webhook_url", "callback_url", "redirect_url", "target_url"];

/// Whether a parameter is a command.
pub(super) fn is_command(view: &View<'_>, entry: &EntryView<'_>, name: &str) -> bool {
    let known = parameters::known(view, entry, name);
    let said = |(_, parameter): &(&CapabilityFacts, &Parameter)| match parameter.role() {
        Some(role) => role == Role::Command,
        None => has_usual_name(name, COMMANDS) && parameter.values.is_none(),
    };
    if known.is_empty() { has_usual_name(name, COMMANDS) } else { known.iter().any(said) }
}

/// Who says what a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says<'s> {
    /// The catalog, of the capability of this name.
    Catalog(&'s str),
    /// Its name alone.
    Name,
    /// Its name alone, under which other things stand too.
    DoubtfulName,
}

/// Whether a parameter is a path, and who says so.
pub(super) fn path<'s>(view: &View<'s>, entry: &EntryView<'_>, name: &str) -> Option<Says<'s>> {
    let by_name = match () {
        () if has_usual_name(name, PATHS) => Some(Says::Name),
        () if has_usual_name(name, OFTEN_PATHS) => Some(Says::DoubtfulName),
        () => None,
    };
    said(&parameters::known(view, entry, name), Parameter::is_path, by_name)
}

/// Whether a parameter is a URL, and who says so.
pub(super) fn url<'s>(view: &View<'s>, entry: &EntryView<'_>, name: &str) -> Option<Says<'s>> {
    let by_name = has_usual_name(name, URLS).then_some(Says::Name);
    said(&parameters::known(view, entry, name), Parameter::is_url, by_name)
}

/// What a catalog says of a parameter, and where it knows none, its name.
fn said<'s>(
    known: &[(&'s CapabilityFacts, &'s Parameter)],
    is: fn(&Parameter) -> bool,
    by_name: Option<Says<'s>>,
) -> Option<Says<'s>> {
    match known.iter().find(|(_, parameter)| is(parameter)) {
        Some((facts, _)) => Some(Says::Catalog(&facts.name)),
        None => by_name.filter(|_| known.is_empty()),
    }
}

/// Whether a parameter is a path.
pub(super) fn is_path(view: &View<'_>, entry: &EntryView<'_>, name: &str) -> bool {
    path(view, entry, name).is_some()
}

fn has_usual_name(name: &str, usual: &[&str]) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    usual.iter().any(|known| known.eq_ignore_ascii_case(last))
}
