//! Words that take back what an option says: `--no-x`, `--x=false`, `+x`, the option again with another value.
//!
//! Which of two words wins differs between programs, so that an option beside one that takes it back is neither there nor
//! absent. Knows the words and the rows, not the question.

use super::list::{Naming, shares};
use super::programs::{Arity, Is, Opt, Part, Reading, Row, Value, flag};
use super::script::Word;

/// What the words may be that make an option say nothing, or the opposite.
const DENIALS: &[&str] =
    &["false", "no", "none", "off", "never", "disabled", "disable", "null", "undefined", "f", "n", "0", "{}", "[]", ""];
/// What stands before an option's name to say the opposite; the first needs no more than one letter behind it.
const PREFIXES: &[&str] = &["no-", "not-", "non-", "without-", "disable-", "skip-", "dont-", "no", "un"];
/// What stands before a name where it says the thing itself.
const ASSENTS: &[&str] = &["", "with-", "enable-"];
/// Options of shells, by name, that take back no other: `set -o pipefail`.
const SHELL_OPTIONS: &[&str] = &[
    "allexport",
    "errexit",
    "errtrace",
    "functrace",
    "monitor",
    "noclobber",
    "noexec",
    "noglob",
    "nounset",
    "pipefail",
    "posix",
    "verbose",
    "xtrace",
];

/// An option that a command has, as an entry asks for it.
pub(super) struct Sought<'r, 'w, 's> {
    pub(super) row: Row<'r>,
    pub(super) index: u16,
    /// The value that the entry names.
    pub(super) value: Option<&'w Word>,
    pub(super) naming: Naming<'s>,
}

impl<'r> Sought<'r, '_, '_> {
    /// Whether some word of the command may take the option back.
    pub(super) fn may_be_undone(&self, command: &Reading<'_>, words: &[Word]) -> bool {
        let Some(option) = self.row.opt(self.index) else { return false };
        let mut values: Vec<Option<&Word>> = Vec::new();
        for part in &command.parts {
            if self.takes_back(option, part, words) {
                return true;
            }
            if let Is::Option { index, value, .. } = &part.is
                && *index == self.index
                && part.row.is(self.row)
            {
                values.push(value.as_ref().map(|value| &value.word));
            }
        }
        // `--color --color=x`: where no value is needed, another one is another thing said.
        let varies = values.iter().any(|value| Some(value) != values.first());
        self.value.is_none() && matches!(option.arity(), Arity::Attached | Arity::Equals) && varies
    }

    fn takes_back(&self, option: Opt<'_>, part: &Part<'_>, words: &[Word]) -> bool {
        match &part.is {
            Is::Option { option: other, index, value } => {
                let own = *index == self.index && part.row.is(self.row);
                if own || !part.row.is(self.row) && shares(*other, option) {
                    return self.says_otherwise(option, part, value.as_ref().map(|value| &value.word), words);
                }
                let declared = part.row.is(self.row) && self.row.undoes(*index, self.index);
                let opposite = self.said().any(|said| opposite(*other, said));
                declared || opposite || shell_option(part.row, *other, value) || self.negated_by(part, words)
            }
            Is::Maybe { option: other, index } => {
                let own = *index == self.index && part.row.is(self.row);
                let declared = part.row.is(self.row) && self.row.undoes(*index, self.index);
                !own && (declared || self.said().any(|said| opposite(*other, said)))
            }
            Is::Nothing { index } => *index == Some(self.index) && part.row.is(self.row),
            Is::Unlisted => self.negated_by(part, words),
            Is::Unsure { .. } => self.naming == Naming::Here,
            Is::Subcommand { .. } | Is::UnknownSubcommand | Is::Operand(_) => false,
        }
    }

    /// Whether a word as it is written says the opposite of a spelling, though the row may not know it: `--no-x`, `-x=false`.
    fn negated_by(&self, part: &Part<'_>, words: &[Word]) -> bool {
        let text = words.get(part.at).and_then(Word::as_literal).unwrap_or_default();
        let (name, value) = text.split_once('=').unwrap_or((text, "true"));
        self.said()
            .flat_map(Opt::spellings)
            .any(|spelling| negates_begun(name, spelling) || name == spelling && denies(value))
    }

    /// The option, and what it says beside.
    fn said(&self) -> impl Iterator<Item = Opt<'r>> {
        let says = self.row.opt(self.index).map(Opt::says).unwrap_or_default();
        std::iter::once(self.index).chain(says.iter().copied()).filter_map(|index| self.row.opt(index))
    }

    /// Whether the option with this value says something else than the entry's.
    fn says_otherwise(&self, option: Opt<'_>, part: &Part<'_>, value: Option<&Word>, words: &[Word]) -> bool {
        match (self.value, value) {
            (Some(wanted), Some(value)) => {
                wanted != value && !(self.naming.is_anywhere() && is_of_other_key(wanted, value))
            }
            (Some(_), None) => true,
            (None, Some(Word::Literal(text))) if option.arity() == Arity::Required => text.len() > 1 && denies(text),
            (None, Some(Word::Literal(text))) => denies(text),
            (None, Some(Word::Dynamic { .. })) => {
                matches!(option.arity(), Arity::Attached | Arity::Equals) && self.naming == Naming::Here
            }
            // `npm publish --dry-run false`
            (None, None) => {
                let next = words.get(part.at + 1).and_then(Word::as_literal);
                matches!(option.arity(), Arity::Bare | Arity::Attached | Arity::Equals)
                    && next.is_some_and(|next| !next.is_empty() && denies(next))
            }
        }
    }
}

/// Whether later words of a program without a row may take back an option.
pub(super) fn may_be_undone_by_text(option: &str, words: &[Word], naming: Naming<'_>) -> bool {
    words.iter().enumerate().any(|(at, word)| match word {
        Word::Literal(text) => {
            let (name, value) = text.split_once('=').map_or((&**text, None), |(name, value)| (name, Some(value)));
            let next = words.get(at + 1).and_then(Word::as_literal).filter(|next| !next.is_empty());
            let (own, own_value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            let again = name == own && (value != own_value || own_value.is_none() && next.is_some_and(denies));
            again
                || negates_begun(name, own)
                || text.strip_prefix('+').is_some_and(|rest| own.strip_prefix('-') == Some(rest))
        }
        Word::Dynamic { .. } => naming == Naming::Here && word.may_be_option(),
    })
}

/// Whether two values `KEY=VALUE` have different keys: `-o User=x` does not take `-o Port=1` back.
fn is_of_other_key(one: &Word, other: &Word) -> bool {
    let key = |word: &Word| {
        let text = word.as_literal()?;
        let (key, _) = text.split_once(|char: char| char == '=' || char.is_ascii_whitespace())?;
        Some(key.to_ascii_lowercase())
    };
    match (key(one), key(other)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}

fn denies(text: &str) -> bool {
    DENIALS.iter().any(|denial| text.eq_ignore_ascii_case(denial))
}

/// Whether some spelling of one option says the opposite of one of the other.
fn opposite(one: Opt<'_>, other: Opt<'_>) -> bool {
    one.spellings().any(|one| other.spellings().any(|other| negates(one, other) || negates(other, one)))
}

/// Whether `-o NAME`, `+o NAME` of a shell may be about the option.
fn shell_option(row: Row<'_>, option: Opt<'_>, value: &Option<Value>) -> bool {
    let Some(value) = value.as_ref().filter(|_| row.has(flag::PLUS)) else { return false };
    let plain = value.word.as_literal().is_some_and(|name| SHELL_OPTIONS.contains(&name));
    option.spellings().any(|spelling| spelling.starts_with('+') || matches!(spelling, "-o" | "-O") && !plain)
}

/// Whether a spelling is another with what says the opposite before it: `--no-x` and `--x`, `+x` and `-x`.
fn negates(one: &str, other: &str) -> bool {
    if let (Some(one), Some(other)) = (one.strip_prefix('+'), other.strip_prefix('-')) {
        return one == other;
    }
    let (Some(one), Some(other)) = (name_of(one), name_of(other)) else { return false };
    let thing = |rest: &str| !rest.is_empty() && ASSENTS.iter().any(|assent| other.strip_prefix(assent) == Some(rest));
    PREFIXES.iter().any(|prefix| one.strip_prefix(prefix).is_some_and(thing))
}

/// The same of a word that the row does not name, which may be abbreviated, or have a value.
fn negates_begun(word: &str, spelling: &str) -> bool {
    let word = word.split('=').next().unwrap_or_default();
    if negates(word, spelling) || negates(spelling, word) {
        return true;
    }
    let rest = word.strip_prefix("--no-").filter(|rest| !rest.is_empty());
    rest.is_some_and(|rest| name_of(spelling).is_some_and(|name| name.starts_with(rest)))
}

/// The name in a spelling of several letters, in one case and with dashes.
fn name_of(spelling: &str) -> Option<String> {
    let name = spelling.trim_start_matches('-');
    (name.len() > 1 && name.len() < spelling.len()).then(|| name.to_ascii_lowercase().replace('_', "-"))
}
