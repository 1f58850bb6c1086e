//! Names of programs: in which directories they are trusted, and which names may stand for one program.

use super::Programs;
use super::table::Row;

/// The last component of a program's path.
pub(in crate::shell) fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Directories whose programs are the system's own.
const SYSTEM: &[&str] = &["/bin", "/usr/bin", "/sbin", "/usr/sbin"];

/// The name of a program that is found by its name, or stands in a directory of the system.
pub(in crate::shell) fn trusted_name(program: &str) -> Option<&str> {
    match program.rsplit_once('/') {
        None => Some(program),
        Some((directory, name)) => SYSTEM.contains(&directory).then_some(name),
    }
}

/// The names that a list forbids beside the one it writes, because the same may be behind them.
///
/// `python3.11` may be `python`, `mkfs.ext4` is what `mkfs` runs, `grm` is GNU's `rm`, and a row may say that names are
/// alike: `reboot` and `shutdown`. Whether they are the same is not known, so that they are neither the program nor another.
pub(in crate::shell) struct Names<'n> {
    own: &'n str,
    row: Option<Row<'n>>,
    family: Vec<&'n str>,
}

impl<'n> Names<'n> {
    /// The names that may stand for a program.
    pub(in crate::shell) fn of(programs: &'n Programs, own: &'n str) -> Self {
        let own = base_name(own);
        let row = programs.row(own);
        let family = row.and_then(Row::alike).map(|family| programs.family(family)).unwrap_or_default();
        Self { own, row, family }
    }

    /// Whether a word is the program's name, in any case, or may stand for it.
    pub(in crate::shell) fn has(&self, word: &str) -> bool {
        word.eq_ignore_ascii_case(self.own)
            || versioned(word, self.own)
            || versioned(self.own, word)
            || self.is_of_gnu(word)
            || self.family.iter().any(|name| is_named(name, word))
    }

    fn is_of_gnu(&self, word: &str) -> bool {
        let gnu = word.strip_prefix('g') == Some(self.own) || self.own.strip_prefix('g') == Some(word);
        gnu && self.row.is_some_and(|row| row.names().any(|name| name == word))
    }
}

/// Whether a program's name may stand for the one that a list writes, the rows of both being looked up.
pub(in crate::shell) fn may_stand_for(programs: &Programs, name: &str, row: Option<Row<'_>>, own: &str) -> bool {
    let (path, name, own) = (name, base_name(name), base_name(own));
    let related = versioned(name, own) || versioned(own, name) || is_suffixed(path, own);
    let gnu = name.strip_prefix('g') == Some(own) || own.strip_prefix('g') == Some(name);
    let family = row.and_then(Row::alike);
    if !related && !gnu && family.is_none() {
        return false;
    }
    let other = programs.row(own);
    let one = row.zip(other).is_some_and(|(row, other)| row.is(other));
    // Two programs that are known apart are not each other's versions: `m` and `m4`.
    let apart = row.is_some() && other.is_some() && !one;
    related && !apart || gnu && one || family.is_some() && family == other.and_then(Row::alike)
}

/// Whether a name is another with a version behind it: `python3.11`, `gcc-12`.
fn versioned(name: &str, own: &str) -> bool {
    let Some(version) = name.strip_prefix(own).filter(|_| !own.is_empty()) else { return false };
    version.ends_with(|last: char| last.is_ascii_digit())
        && version.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte))
}

/// Whether a program of the system is named by another and a kind: `mkfs.ext4`, `nc.openbsd`.
fn is_suffixed(path: &str, own: &str) -> bool {
    let kind = trusted_name(path).and_then(|name| name.strip_prefix(own)).and_then(|kind| kind.strip_prefix('.'));
    kind.is_some_and(|kind| !kind.is_empty())
}

/// Whether a word is a row's name; `python#` stands for versions too.
fn is_named(name: &str, word: &str) -> bool {
    match name.strip_suffix('#') {
        Some(stem) => word == stem || versioned(word, stem),
        None => word == name,
    }
}
