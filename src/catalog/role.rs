//! What a catalog says of a parameter beyond its values: which part of an invocation it is (`x-kruxos-role`), and below
//! which directory its relative paths are meant (`x-kruxos-base`).

use crate::path;
use crate::suggest::nearest;
use crate::yaml::Node;

/// The part of an invocation that a parameter carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The program, or a text for a shell.
    Command,
    /// The program's arguments.
    Args,
    /// Variables of the environment.
    Environment,
    /// The directory it runs in.
    WorkingDirectory,
    /// What it reads from its standard input.
    Stdin,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [Self::Command, Self::Args, Self::Environment, Self::WorkingDirectory, Self::Stdin];

    /// The word catalogs use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Args => "args",
            Self::Environment => "environment",
            Self::WorkingDirectory => "working_directory",
            Self::Stdin => "stdin",
        }
    }

    /// The role that a keyword's value names.
    ///
    /// # Errors
    /// What the keyword takes instead.
    pub(super) fn read(node: &Node) -> Result<Self, String> {
        one_of(node, Self::ALL, Self::as_str, "")
    }
}

/// The directory below which a parameter's relative paths are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathBase {
    /// `context.cwd`
    Cwd,
    /// `context.workspace`
    Workspace,
    /// This one; absolute and normal.
    Directory(String),
}

impl PathBase {
    /// The base that a keyword's value names.
    ///
    /// # Errors
    /// What the keyword takes instead.
    pub(super) fn read(node: &Node) -> Result<Self, String> {
        match node.as_text().filter(|text| text.starts_with('/')) {
            Some(text) => match path::normalize(text) {
                Ok(normal) => Ok(Self::Directory(normal.into_owned())),
                Err(why) => Err(format!("takes an absolute directory; this is {why}")),
            },
            None => {
                let word = |base: &Self| if *base == Self::Cwd { "context.cwd" } else { "context.workspace" };
                one_of(node, [Self::Cwd, Self::Workspace], |base| word(&base), " or an absolute directory")
            }
        }
    }
}

/// The one of `all` that a text names; the error lists them, and suggests the nearest.
fn one_of<T: Clone, const N: usize>(
    node: &Node,
    all: [T; N],
    word: impl Fn(T) -> &'static str,
    besides: &str,
) -> Result<T, String> {
    let words = all.clone().map(&word);
    let Some(text) = node.as_text() else { return Err(format!("takes a string: {}{besides}", listed(&words))) };
    if let Some(found) = all.into_iter().zip(words).find(|(_, known)| *known == text) {
        return Ok(found.0);
    }
    let shown = text.escape_debug();
    Err(match nearest(text, words) {
        Some(near) => format!("does not know `{shown}`; did you mean `{near}`?"),
        None => format!("does not know `{shown}`; it takes {}{besides}", listed(&words)),
    })
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
