//! Where the paths of a command and of an entry are, and whether they are one: `cat ../etc/passwd` in `/workspace` is
//! `cat /etc/passwd`, `cat passwd` somewhere may be.
//!
//! A path of an entry is meant where the host says that commands run, one of a command where that command works. Where that
//! is not told, two paths are different only if they are so from every directory. Knows texts alone: `..` goes back where it
//! came from, whatever links there are.

use super::alike::same_path;
use super::programs::{self, Effect, Is, Reading, Role};
use super::script::{Command, Input, Moved, Script, Word};
use crate::path;

/// Links of the kernel to what a process has open, works in, or has for its root.
const LINKS: [&str; 3] = ["root", "cwd", "exe"];

/// Where a command works, and what it reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ground<'s> {
    /// The absolute directory in which the host runs commands.
    base: Option<&'s str>,
    /// What the call says beside the command.
    directory: Option<&'s str>,
    /// Where the text goes before.
    moved: &'s Moved,
    /// Where its own options have it work.
    option: &'s Moved,
    /// The file that it is given for its input.
    input: Option<&'s Word>,
}

/// Where a path begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    /// At the root.
    Top,
    /// Where the host runs commands.
    Base,
    /// Somewhere.
    Untold,
}

/// A path, as far as it is known: from where, how often up, and then by which names down.
#[derive(Clone, PartialEq, Eq)]
struct Trail<'p> {
    root: Root,
    ups: usize,
    names: Vec<&'p str>,
}

impl<'s> Ground<'s> {
    /// That of commands of which nothing is told.
    pub(super) const UNTOLD: Ground<'static> =
        Ground { base: None, directory: None, moved: &Moved::No, option: &Moved::No, input: None };

    pub(super) fn of(script: &'s Script, command: &'s Command) -> Self {
        let input = match &command.input {
            Input::File(word) => Some(word),
            _ => None,
        };
        let directory = script.directory.as_deref();
        Self { base: script.base.as_deref(), directory, moved: &command.moved, input, ..Self::UNTOLD }
    }

    /// The same for a command whose options have it work here.
    pub(super) const fn working<'o>(self, option: &'o Moved) -> Ground<'o>
    where
        's: 'o,
    {
        Ground { option, ..self }
    }

    /// The same for a command that does not take its input for a file.
    pub(super) const fn without_input(self) -> Self {
        Self { input: None, ..self }
    }

    pub(super) const fn input(self) -> Option<&'s Word> {
        self.input
    }

    /// Whether a path of the command is a path of an entry; nothing where it may be.
    pub(super) fn is(self, text: &str, wanted: &str) -> Option<bool> {
        if let (Some((key, value)), Some((own, wanted))) = (text.split_once('='), wanted.split_once('='))
            && key == own
        {
            return self.is(value, wanted);
        }
        if same_path(text, wanted) {
            return Some(true);
        }
        let wanted = self.trail(&Moved::No, wanted, false);
        let here = self.trail(&Moved::No, text, true).meets(&wanted);
        // Some options go elsewhere for what stands behind them alone.
        let there = if *self.option == Moved::No { here } else { self.trail(self.option, text, true).meets(&wanted) };
        if here == there { here } else { None }
    }

    /// A path from the root, or from where the host runs commands; one of the command from where it works.
    fn trail<'p>(self, option: &'p Moved, text: &'p str, works: bool) -> Trail<'p>
    where
        's: 'p,
    {
        let mut trail = Trail { root: Root::Base, ups: 0, names: Vec::new() };
        self.base.into_iter().for_each(|base| trail.go(base));
        if works {
            self.directory.into_iter().for_each(|directory| trail.go(directory));
            trail.move_to(self.moved);
            trail.move_to(option);
        }
        trail.go(text);
        trail
    }
}

impl<'p> Trail<'p> {
    fn lose(&mut self) {
        *self = Self { root: Root::Untold, ups: 0, names: Vec::new() };
    }

    fn move_to(&mut self, moved: &'p Moved) {
        match moved {
            Moved::No => {}
            Moved::To(path) => self.go(path),
            Moved::Somewhere => self.lose(),
        }
    }

    fn go(&mut self, path: &'p str) {
        if path.starts_with('/') {
            *self = Self { root: Root::Top, ups: 0, names: Vec::new() };
        }
        for (at, name) in path.split('/').enumerate() {
            match name {
                "" | "." => {}
                // A home directory, to those who expand it.
                _ if at == 0 && name.starts_with('~') => self.lose(),
                ".." if self.names.pop().is_some() || self.root == Root::Top => {}
                ".." => self.ups += 1,
                _ => {
                    self.names.push(name);
                    self.follow();
                }
            }
        }
    }

    /// Follows a link of the kernel's.
    fn follow(&mut self) {
        if self.root != Root::Top {
            return;
        }
        match self.names.as_slice() {
            ["proc", "self" | "thread-self", "root"] => self.names.clear(),
            ["proc", _, .., last] if LINKS.contains(last) => self.lose(),
            ["proc", _, .., "fd" | "map_files", _] | ["dev", "fd", _] => self.lose(),
            _ => {}
        }
    }

    /// Whether two paths are one; nothing where they may be.
    fn meets(&self, other: &Self) -> Option<bool> {
        if self == other && self.root != Root::Untold {
            return Some(true);
        }
        let may = match (self.root, other.root) {
            (Root::Top, Root::Top) => self.is_spelt_otherwise(other),
            (Root::Base, Root::Base) if self.ups < other.ups => self.is_above(other),
            (Root::Base, Root::Base) => other.is_above(self),
            (Root::Top, _) => self.ends_in(other),
            (_, Root::Top) => other.ends_in(self),
            _ => self.ends_in(other) || other.ends_in(self),
        };
        if may { None } else { Some(false) }
    }

    /// Whether one that goes up less far from the same place may be the other, whose names then lead down to that place first. At the
    /// root there is nothing further up.
    fn is_above(&self, further: &Self) -> bool {
        let down = further.names.len().saturating_sub(self.names.len());
        further.ends_in(self) && down <= further.ups - self.ups
    }

    fn ends_in(&self, end: &Self) -> bool {
        let from = self.names.len().checked_sub(end.names.len());
        let own = from.and_then(|from| self.names.get(from..)).unwrap_or_default();
        from.is_some() && own.iter().zip(&end.names).all(|(own, name)| own.eq_ignore_ascii_case(name))
    }

    fn is_spelt_otherwise(&self, other: &Self) -> bool {
        let text = |trail: &Self| format!("/{}", trail.names.join("/"));
        path::equal(&text(self), &text(other)) != Ok(false)
    }
}

/// Where a command's own options have it work: `make -C sub`.
pub(super) fn by_options(reading: &Reading<'_>) -> Moved {
    let mut place = Moved::No;
    for part in &reading.parts {
        let Is::Option { option, value: Some(value), .. } = &part.is else { continue };
        if !matches!(option.effect(), Effect::Directory | Effect::Subdirectory) {
            continue;
        }
        let next = value.word.as_literal().map_or(Moved::Somewhere, |path| Moved::To(path.into()));
        place = place.then(&next);
    }
    place
}

/// Whether an entry names a file that the command may have for its input: `cat < x` for `cat x`.
pub(super) fn may_be_input(entry: &Reading<'_>, command: &Reading<'_>) -> bool {
    let reads = |part: &programs::Part<'_>| {
        matches!(part.is, Is::Operand(Role::One(Effect::Reads | Effect::Moves | Effect::Script)))
    };
    command.stdin != Some(programs::Stdin::Ignored) && entry.parts.iter().any(reads)
}

/// Whether a word of which no row says what it is looks like a path.
pub(super) fn looks_like_a_path(text: &str) -> bool {
    text.contains('/') || matches!(text, "." | "..")
}
