//! The operands that an entry spells out, found among those of a command, whatever spelling they have there.
//!
//! Knows what the roles of rows say of spellings, and no program. Equal texts are one; of others it says that they may be
//! one, never that they are, but for paths.

use super::alike::{holds, is_alike, is_number, may_be_alike, may_hold, same_path};
use super::list::Naming;
use super::located;
use super::programs::{self, Effect, Is, Many, Reading, Role, effect_of, flag, signal};
use super::script::Word;

/// In which other spellings the same thing may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelt {
    /// In those of a path.
    Path,
    /// In those of a path, by its place among the operands.
    Script,
    /// With more about it, by a number, or by an identifier: `root:root`, `0`.
    Name,
    /// With more about it: `x=1.0`, `x.service`, `HEAD:main`.
    Data,
    /// With more about it, or by its beginning: `del` for `delete`.
    Begun,
    /// By name, number, in any case.
    Signal,
    /// In none but those that look alike.
    Verbatim,
}

impl Spelt {
    /// That of a value or operand.
    pub(super) const fn of(effect: Effect) -> Self {
        match effect {
            effect if effect.is_path() => Self::Path,
            Effect::Script => Self::Script,
            Effect::Name => Self::Name,
            Effect::Signal => Self::Signal,
            Effect::Harmless | Effect::Plain | Effect::Connects | Effect::Setting | Effect::Changes => Self::Data,
            _ => Self::Verbatim,
        }
    }

    const fn is_path(self) -> bool {
        matches!(self, Self::Path | Self::Script)
    }
}

/// Whether a word may turn out to be this text.
pub(super) fn may_be(word: &Word, wanted: &str) -> bool {
    match word {
        Word::Literal(text) => **text == *wanted,
        Word::Dynamic { prefix, splits, .. } => *splits || wanted.starts_with(&**prefix),
    }
}

/// Whether a word that is below some folder may be this path, in any spelling.
fn may_be_below(word: &Word, wanted: &str) -> bool {
    let Word::Dynamic { below: Some(folder), .. } = word else { return false };
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_lowercase).collect()
    };
    // From where the command works, one may be the other.
    folder.starts_with('/') != wanted.starts_with('/')
        || wanted.split('/').any(|part| part == "..")
        || parts(wanted).starts_with(&parts(folder))
}

/// The same, and in `runs_any` whether a program may take the two texts for one thing.
pub(super) fn may_mean(word: &Word, wanted: &str, spelt: Spelt, naming: Naming<'_>) -> bool {
    if may_be(word, wanted) || may_be_below(word, wanted) {
        return true;
    }
    if !naming.is_anywhere() {
        return false;
    }
    match word {
        Word::Literal(text) => is_alike(text, wanted) || same_path(text, wanted) || may_be_spelt(text, wanted, spelt),
        Word::Dynamic { prefix, .. } => match spelt {
            Spelt::Path | Spelt::Script | Spelt::Verbatim => may_be_alike(prefix, wanted),
            Spelt::Data | Spelt::Begun => may_be_alike(prefix, wanted) || may_hold(prefix, wanted),
            Spelt::Name | Spelt::Signal => true,
        },
    }
}

/// Whether two texts that differ may be spellings of one thing.
fn may_be_spelt(text: &str, wanted: &str, spelt: Spelt) -> bool {
    match spelt {
        Spelt::Verbatim | Spelt::Script => false,
        Spelt::Path => is_one_mount(text, wanted),
        Spelt::Data => holds(text, wanted),
        Spelt::Name => holds(text, wanted) || is_number(text) || is_number(wanted),
        Spelt::Signal => signal(text) == signal(wanted),
        Spelt::Begun => {
            let begins = |text: &str| !text.is_empty() && wanted.to_lowercase().starts_with(&text.to_lowercase());
            holds(text, wanted) || text.split(':').any(begins)
        }
    }
}

/// Whether two values `SOURCE:PLACE` name the same paths: `/.:/host:rw` and `/:/host`.
fn is_one_mount(one: &str, other: &str) -> bool {
    let paths = |text: &str| text.contains(':').then(|| text.split(':').take(2).map(str::to_owned).collect::<Vec<_>>());
    match (paths(one), paths(other)) {
        (Some(one), Some(other)) => one.iter().zip(&other).all(|(one, other)| same_path(one, other)),
        _ => false,
    }
}

/// The operands of a command, each with its spellings.
fn operands<'p>(reading: &'p Reading<'_>, words: &'p [Word]) -> impl Iterator<Item = (&'p Word, Spelt)> {
    reading.parts.iter().filter_map(|part| match &part.is {
        Is::Operand(role) => {
            let word = words.get(part.at)?;
            let effect = match (programs::pair(part.row, Some(word)), role) {
                (Some((effect, _)), _) => effect.filter(|effect| effect.is_path()),
                (None, Role::One(effect)) => Some(*effect),
                (None, _) => None,
            };
            let spelt = effect.map_or(Spelt::Verbatim, Spelt::of);
            Some((word, if spelt == Spelt::Data && part.row.has(flag::SHORT) { Spelt::Begun } else { spelt }))
        }
        _ => None,
    })
}

/// Whether a command has these operands: at its beginning, in `runs_any` paths anywhere; nothing where it may, and where in
/// `runs_any` others stand behind more.
pub(super) fn has_operands(
    wanted: &[(&str, Spelt)],
    command: &Reading<'_>,
    words: &[Word],
    naming: Naming<'_>,
) -> Option<bool> {
    let mut there = with_the_rest(command, words);
    if let Naming::Anywhere(ground) = naming {
        there.extend(ground.input().map(|word| (word, Spelt::Path)));
    }
    let mut certain = true;
    for (number, wanted) in wanted.iter().enumerate() {
        match has_operand(number, *wanted, &there, naming) {
            Some(true) => {}
            None => certain = false,
            Some(false) if naming.is_anywhere() && is_another_name(wanted.0, command, words) => certain = false,
            Some(false) if naming.is_anywhere() && is_left_open(number, &there, command) => certain = false,
            Some(false) => return Some(false),
        }
    }
    certain.then_some(true)
}

/// The operands of a command or entry; what takes the rest of the words is one part, whose words stand one by one.
pub(super) fn with_the_rest<'p>(command: &'p Reading<'_>, words: &'p [Word]) -> Vec<(&'p Word, Spelt)> {
    let rest = command.parts.last().map_or(words.len(), |part| part.at + 1);
    let tail = words.get(rest..).unwrap_or_default().iter().map(|word| (word, Spelt::Verbatim));
    operands(command, words).chain(tail.filter(|_| takes_rest(command))).collect()
}

/// Whether an operand is there; nothing where it may be.
fn has_operand(
    number: usize,
    (wanted, spelt): (&str, Spelt),
    there: &[(&Word, Spelt)],
    naming: Naming<'_>,
) -> Option<bool> {
    let is_path = |text: &str| naming.is_path(text, wanted);
    let same = |(word, own): &(&Word, Spelt)| match word {
        Word::Literal(text) if spelt.is_path() && same_place(text, wanted) => Some(true),
        Word::Literal(text) if spelt.is_path() && may_be_path(text, *own) && is_path(text) != Some(false) => {
            is_path(text)
        }
        Word::Literal(text) if spelt.is_path() && !may_be_any(text) => Some(false),
        Word::Literal(text) if **text == *wanted => Some(true),
        Word::Literal(text) if naming.is_anywhere() && *own != Spelt::Verbatim && may_be_any(text) => None,
        word => {
            let spelt = if own.is_path() { Spelt::Verbatim } else { spelt };
            if may_mean(word, wanted, spelt, naming) { None } else { Some(false) }
        }
    };
    let own = || there.get(number).map_or(Some(false), same);
    if !naming.is_anywhere() {
        return own();
    }
    let mut answers = there.iter().map(same);
    if spelt == Spelt::Path {
        let answers: Vec<Option<bool>> = answers.collect();
        return match (answers.contains(&Some(true)), answers.contains(&None)) {
            (true, _) => Some(true),
            (false, may) => {
                if may {
                    None
                } else {
                    Some(false)
                }
            }
        };
    }
    // Behind others it may be as good: `make all install`.
    match own() {
        Some(false) if answers.any(|answer| answer != Some(false)) => None,
        found => found,
    }
}

/// Whether a word that is known stands for others with programs that have patterns or names of their own for them: `'*'`, `:/`, `HEAD`.
fn may_be_any(text: &str) -> bool {
    text.contains('*') || text.starts_with(":/") || text.starts_with(":(") || matches!(text, "HEAD" | "@" | ":")
}

/// Whether some operand says the same as the wanted one does, as the row has it: `ns` and `namespaces`.
fn is_another_name(wanted: &str, command: &Reading<'_>, words: &[Word]) -> bool {
    command.parts.iter().filter(|part| matches!(part.is, Is::Operand(_))).any(|part| {
        let text = words.get(part.at).and_then(Word::as_literal).unwrap_or_default().to_lowercase();
        let by_operand = |index: &&u16| part.row.opt(**index).is_some_and(|option| !option.is_written());
        let said: Vec<&u16> = part.row.meant(None, wanted).flatten().filter(by_operand).collect();
        !said.is_empty() && part.row.meant(None, &text).flatten().any(|index| said.contains(&index))
    })
}

/// Whether a command leaves the operand of an entry to the program: an option stands in its place, or fewer are there than
/// the row knows to have a default.
fn is_left_open(number: usize, there: &[(&Word, Spelt)], command: &Reading<'_>) -> bool {
    let role = command.spec.and_then(|spec| spec.get(number.min(spec.len().saturating_sub(1))));
    let has_default = role.is_some_and(|role| match role.1 {
        Many::One => false,
        Many::Optional => !effect_of(role).is_path(),
        // A program alone does what its project says, `make`; a subcommand alone often means all: `docker compose up`.
        Many::Any => !command.path.is_empty() && !effect_of(role).is_path(),
    });
    number == 0 && command.replaced || number >= there.len() && has_default
}

/// Whether an operand may be a path: by its row, or where that does not say, by its looks.
fn may_be_path(text: &str, spelt: Spelt) -> bool {
    spelt.is_path() || located::looks_like_a_path(text)
}

/// Whether two operands are one path, or one key with one path: `of=/dev//sda`.
pub(super) fn same_place(one: &str, other: &str) -> bool {
    match (one.split_once('='), other.split_once('=')) {
        (Some((key, path)), Some((own, wanted))) if key == own => same_path(path, wanted),
        _ => same_path(one, other),
    }
}

fn takes_rest(reading: &Reading<'_>) -> bool {
    reading
        .parts
        .last()
        .is_some_and(|part| matches!(part.is, Is::Operand(Role::One(effect)) if effect.takes_the_rest()))
}
