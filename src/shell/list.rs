//! Commands as a policy lists them, and how far an entry stands for a command.

use std::sync::Arc;

use super::located::{self, Ground};
use super::programs::{self, Effect, Is, Opt, Programs, Reading, Role, Row, base_name, flag, trusted_name};
use super::script::{Script, Word};
use super::spelt::{Spelt, has_operands, may_be, may_mean, same_place, with_the_rest};
use super::undo::{Sought, may_be_undone_by_text};

/// Most entries of a list.
const MAX_ENTRIES: usize = 1024;

/// Words of a shell that stand for no program, so that a list need not name them.
const KEYWORDS: &[&str] = &[
    "time", "!", "{", "}", "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "in",
];

/// Commands as a policy lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub(super) entries: Vec<Entry>,
}

/// One command of a list: a program, the subcommand, options and operands that are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) text: Arc<str>,
    pub(super) words: Vec<Word>,
}

/// How a program is found in a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming<'s> {
    /// By the same text, or in a directory of the system; its paths by their text.
    Here,
    /// By its base name in any directory; its paths from where the command works.
    Anywhere(Ground<'s>),
}

impl Naming<'_> {
    pub(super) const fn is_anywhere(&self) -> bool {
        matches!(self, Self::Anywhere(_))
    }

    /// Whether a path of a command is one of an entry; nothing where it may be.
    pub(super) fn is_path(&self, text: &str, wanted: &str) -> Option<bool> {
        match self {
            Self::Here => Some(same_place(text, wanted)),
            Self::Anywhere(ground) => ground.is(text, wanted),
        }
    }
}

/// How far an entry stands for a command.
pub(super) enum Fit<'r> {
    /// It does; what it spells out is the author's word.
    Full(Granted<'r>),
    /// It may, for all that the words tell.
    Possible,
    /// It does not.
    No,
}

/// What an entry spells out.
#[derive(Default)]
pub(super) struct Granted<'r> {
    /// Options, with the row that has them.
    options: Vec<(Row<'r>, u16)>,
    /// How many of the operands.
    operands: usize,
    /// What the subcommand runs.
    subcommand: bool,
    /// The words before this one, where the row does not explain the entry.
    words: usize,
}

impl Granted<'_> {
    /// Everything that a command says.
    pub(super) fn everything() -> Self {
        Self { words: usize::MAX, ..Self::default() }
    }

    /// Whether a part of the command is what the entry spells out; `operand` counts those before it.
    pub(super) fn has(&self, part: &programs::Part<'_>, operand: usize) -> bool {
        let spelt = match &part.is {
            Is::Option { index, .. } | Is::Maybe { index, .. } => {
                self.options.iter().any(|(row, own)| own == index && row.is(part.row))
            }
            Is::Operand(_) => operand < self.operands,
            Is::Subcommand { .. } => self.subcommand,
            _ => false,
        };
        spelt || part.at < self.words
    }
}

impl List {
    /// Reads a list of commands.
    ///
    /// # Errors
    /// Which entry cannot be used, and why.
    pub fn read<'e>(entries: impl IntoIterator<Item = &'e str>) -> Result<Self, String> {
        let entries = entries.into_iter().map(Entry::read).collect::<Result<Vec<_>, _>>()?;
        match entries.len() {
            0 => Err("the list is empty; list at least one command".to_owned()),
            count if count > MAX_ENTRIES => {
                Err(format!("the list has {count} commands; at most {MAX_ENTRIES} are allowed"))
            }
            _ => Ok(Self { entries }),
        }
    }

    /// The entries as written.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.text)
    }

    /// Why an entry has no use: it names a word of the shell that is no program.
    #[must_use]
    pub fn needless(entry: &str) -> bool {
        KEYWORDS.contains(&entry.trim())
    }
}

impl Entry {
    fn read(text: &str) -> Result<Self, String> {
        let described = text.escape_debug();
        if List::needless(text) {
            return Ok(Self { text: Arc::from(text), words: vec![Word::literal(text.trim())] });
        }
        let script = Script::of_text(text);
        let [command, ..] = script.commands.as_slice() else {
            let why = script.why().unwrap_or("it holds no program");
            return Err(format!("`{described}` is not a command's leading words: {why}"));
        };
        let plain = !script.unread && command.environment.is_empty();
        let words = command.words.clone();
        if !plain || words.iter().any(|word| word.as_literal().is_none()) {
            let known = words.iter().map_while(Word::as_literal).collect::<Vec<_>>().join(" ");
            let leave = "leave out what a shell would expand";
            return Err(match known.as_str() {
                "" => format!("`{described}` does not name a program; {leave}"),
                known => format!(
                    "`{described}` holds what a shell would expand; leave that out: `{known}` stands for every `{known} …`"
                ),
            });
        }
        let more = script.commands.iter().filter(|other| other.inside.is_none()).count() > 1;
        if more || !script.writes.is_empty() || !script.reads.is_empty() {
            return Err(format!(
                "`{described}` is more than one command's leading words; list each command on its own"
            ));
        }
        Ok(Self { text: Arc::from(text), words })
    }

    /// Its words, and behind those of a wrapper the words of the command inside, each on its own.
    pub(super) fn chain(&self, programs: &Programs) -> Vec<&[Word]> {
        // A program alone is around nothing, whatever its row says.
        if self.words.len() == 1 {
            return vec![&self.words];
        }
        let mut chain = Vec::new();
        let mut rest = self.words.as_slice();
        while let Some(at) = inner_command(programs, rest) {
            let (outer, inner) = rest.split_at(at);
            chain.push(outer);
            rest = inner;
        }
        chain.push(rest);
        chain
    }

    /// Whether it has exactly these words.
    pub(super) fn is_exactly(&self, words: &[Word]) -> bool {
        let name = words.first().and_then(Word::as_literal).and_then(trusted_name);
        name == self.words.first().and_then(Word::as_literal) && self.words.get(1..) == words.get(1..)
    }
}

/// Where the command inside a wrapper's words begins.
fn inner_command(programs: &Programs, words: &[Word]) -> Option<usize> {
    let row = programs.row_of(words).filter(|row| row.has(flag::NESTS))?;
    let reading = programs::read(row, words);
    let part = reading.parts.iter().find(|part| matches!(part.is, Is::Operand(Role::One(Effect::Command))))?;
    (part.at > 0).then_some(part.at)
}

/// How far an entry's words stand for a command's, whose program has this row.
pub(super) fn fit<'r>(
    own: &[Word],
    words: &[Word],
    programs: &'r Programs,
    row: Option<Row<'r>>,
    naming: Naming<'_>,
) -> Fit<'r> {
    let (Some(own_name), Some(name)) = (own.first().and_then(Word::as_literal), words.first()) else {
        return Fit::No;
    };
    let Some(name) = name.as_literal() else { return Fit::Possible };
    let certain = match named(name, own_name, naming) {
        Some(certain) => certain,
        None if naming.is_anywhere() && programs::may_stand_for(programs, name, row, own_name) => false,
        None => return Fit::No,
    };
    let found = match row {
        _ if own.len() == 1 => Fit::Full(Granted::default()),
        Some(row) => explained(own, words, row, naming),
        None => spelt(own, words, naming),
    };
    match found {
        Fit::Full(_) if !certain => Fit::Possible,
        found => found,
    }
}

/// Whether a program's name is an entry's: certainly, or perhaps; nothing where it is another.
fn named(name: &str, own: &str, naming: Naming<'_>) -> Option<bool> {
    let same = match naming {
        Naming::Here => name == own || trusted_name(name) == Some(own),
        Naming::Anywhere(_) => base_name(name) == base_name(own),
    };
    if same { Some(true) } else { may_name(name, own).then_some(false) }
}

/// Whether a file system that folds case or Unicode may find the program by this name, or a copy of it elsewhere.
fn may_name(name: &str, own: &str) -> bool {
    let (name, own) = (base_name(name), base_name(own));
    let bare = |name: &str| name.to_ascii_lowercase().trim_end_matches(".exe").to_owned();
    !name.is_ascii() || name.eq_ignore_ascii_case(own) || bare(name) == bare(own)
}

/// An entry and a command of a program without a row, word by word.
fn spelt<'r>(own: &[Word], words: &[Word], naming: Naming<'_>) -> Fit<'r> {
    for (index, wanted) in own.iter().enumerate().skip(1) {
        let Some(wanted) = wanted.as_literal() else { return Fit::No };
        match words.get(index) {
            Some(Word::Literal(word)) if **word == *wanted => {}
            Some(Word::Literal(word)) if word.starts_with('-') => return Fit::Possible,
            Some(Word::Literal(word)) if naming.is_anywhere() && may_be_path(word, wanted, naming) => {
                return Fit::Possible;
            }
            Some(Word::Literal(_)) if wanted.starts_with('-') => {
                let later = words.iter().skip(index).any(Word::may_be_option);
                return if later { Fit::Possible } else { Fit::No };
            }
            Some(Word::Literal(_)) | None => return Fit::No,
            Some(word) => return if may_be(word, wanted) { Fit::Possible } else { Fit::No },
        }
    }
    let rest = words.get(own.len()..).unwrap_or_default();
    let mut options = own.iter().skip(1).filter_map(Word::as_literal).filter(|word| word.starts_with('-'));
    if options.any(|option| may_be_undone_by_text(option, rest, naming)) {
        return Fit::Possible;
    }
    Fit::Full(Granted { words: own.len(), ..Granted::default() })
}

/// Whether one of two words of which no row says what they are is a path that may be the other.
fn may_be_path(word: &str, wanted: &str, naming: Naming<'_>) -> bool {
    let path = located::looks_like_a_path(word) || located::looks_like_a_path(wanted);
    path && naming.is_path(word, wanted) != Some(false)
}

/// An entry and a command of a program with a row: the subcommand, the options in any place and spelling, the operands.
fn explained<'r>(own: &[Word], words: &[Word], row: Row<'r>, naming: Naming<'_>) -> Fit<'r> {
    let (entry, command) = (programs::read(row, own), programs::read(row, words));
    let unexplained = |reading: &Reading<'_>| {
        reading.parts.iter().any(|part| matches!(part.is, Is::Unlisted | Is::UnknownSubcommand | Is::Unsure { .. }))
    };
    if unexplained(&entry) {
        return spelt(own, words, naming);
    }
    let vague = unexplained(&command);
    let place = located::by_options(&command);
    let naming = match naming {
        Naming::Here => Naming::Here,
        Naming::Anywhere(ground) => {
            let ground = ground.working(&place);
            let reads = located::may_be_input(&entry, &command);
            Naming::Anywhere(if reads { ground } else { ground.without_input() })
        }
    };
    if entry.path.as_slice() != command.path.get(..entry.path.len()).unwrap_or(&command.path) {
        let differs = entry.path.iter().zip(&command.path).any(|(own, path)| own != path);
        return if differs || !vague || !mentions_path(&entry, own, words) { Fit::No } else { Fit::Possible };
    }
    let mut granted = Granted::default();
    let mut possible = false;
    for part in &entry.parts {
        let Is::Option { option, index, value } = &part.is else { continue };
        // What an operand says is asked of the operand.
        if !option.is_written() {
            continue;
        }
        let value = value.as_ref().map(|value| &value.word);
        let sought = Sought { row: part.row, index: *index, value, naming };
        match has_option(&command, words, &sought) {
            Some(true) if sought.may_be_undone(&command, words) => possible = true,
            Some(true) => granted.options.push((part.row, *index)),
            None => possible = true,
            Some(false) if vague => possible = true,
            Some(false) => return Fit::No,
        }
    }
    let said = granted.options.clone();
    for (row, index) in said {
        let says = row.opt(index).map(|option| option.says()).unwrap_or_default();
        granted.options.extend(says.iter().map(|said| (row, *said)));
    }
    let wanted: Vec<(&str, Spelt)> =
        with_the_rest(&entry, own).into_iter().filter_map(|(word, spelt)| Some((word.as_literal()?, spelt))).collect();
    granted.operands = wanted.len();
    granted.subcommand = entry.parts.iter().any(|part| matches!(part.is, Is::Subcommand { runs: true }));
    match has_operands(&wanted, &command, words, naming) {
        Some(true) if possible => Fit::Possible,
        Some(true) => Fit::Full(granted),
        None => Fit::Possible,
        Some(false) if vague => Fit::Possible,
        Some(false) => Fit::No,
    }
}

/// Whether the subcommands of an entry may be among words that are not told apart, some programs taking the beginning of a name,
/// in any case, for the whole.
fn mentions_path(entry: &Reading<'_>, own: &[Word], words: &[Word]) -> bool {
    let bare = |name: &str| name.to_ascii_lowercase().replace(['-', '_'], "");
    let begins = |word: &Word, name: &str| {
        let text = word.as_literal().map(bare).unwrap_or_default();
        !text.is_empty() && bare(name).starts_with(&text)
    };
    let mentioned = |name: &str| words.iter().skip(1).any(|word| may_be(word, name) || begins(word, name));
    let written =
        entry.parts.iter().filter(|part| matches!(part.is, Is::Subcommand { .. })).map(|part| own.get(part.at));
    let written = written.map(|word| word.and_then(Word::as_literal).unwrap_or_default());
    entry.path.iter().zip(written).all(|(name, written)| mentioned(name) || mentioned(written))
}

/// Whether a command has an option, perhaps with this value; nothing where the value may be it.
fn has_option(command: &Reading<'_>, words: &[Word], sought: &Sought<'_, '_, '_>) -> Option<bool> {
    let Sought { row, index, value: wanted, .. } = *sought;
    let mut found = Some(false);
    let mut said: Vec<(Row<'_>, u16)> = Vec::new();
    for part in &command.parts {
        match &part.is {
            // A pattern may become no word at all.
            Is::Option { option, index: own, value } if is_pattern(value.as_ref()) => {
                found = if part.row.is(row) && (*own == index || option.says().contains(&index))
                    || !part.row.is(row) && row.opt(index).is_some_and(|other| shares(*option, other))
                {
                    None
                } else {
                    found
                };
            }
            Is::Option { option, index: own, value } => {
                let same = *own == index && part.row.is(row);
                // The same option on the other side of the subcommand: `npm -g install`, `gcloud auth list --project=x`.
                if !part.row.is(row)
                    && row.opt(index).is_some_and(|other| shares(*option, other))
                    && has_value(*option, value.as_ref(), sought) != Some(false)
                {
                    found = None;
                }
                // A setting that says the same, whatever its value: `git -c core.hooksPath=x commit`.
                if !part.row.is(row)
                    && let Some(text) = value.as_ref().and_then(|value| value.word.as_literal())
                    && row.meant(Some(*option), &text.to_ascii_lowercase()).flatten().any(|said| *said == index)
                {
                    found = None;
                }
                said.push((part.row, *own));
                said.extend(option.says().iter().map(|said| (part.row, *said)));
                match same.then(|| has_value(*option, value.as_ref(), sought)) {
                    Some(Some(true)) => return Some(true),
                    Some(None) => found = None,
                    _ => {}
                }
            }
            Is::Maybe { option, index: own }
                if part.row.is(row) && (*own == index || option.says().contains(&index)) =>
            {
                found = None;
            }
            Is::Operand(_) => {
                let text = words.get(part.at).and_then(Word::as_literal).unwrap_or_default();
                let meant = part.row.meant(None, text).flatten();
                said.extend(meant.map(|said| (part.row, *said)));
            }
            _ => {}
        }
    }
    let is_said = |index: u16| said.iter().any(|(known, own)| known.is(row) && *own == index);
    let says = row.opt(index).map(|option| option.says());
    let in_parts = says.is_some_and(|says| !says.is_empty() && says.iter().all(|index| is_said(*index)));
    if wanted.is_none() && (is_said(index) || in_parts) { Some(true) } else { found }
}

/// Whether a value may be several, or none.
fn is_pattern(value: Option<&programs::Value>) -> bool {
    matches!(value, Some(programs::Value { word: Word::Dynamic { splits: true, .. }, .. }))
}

/// Whether an option has the value that is sought, if one is; nothing where it may.
fn has_value(option: Opt<'_>, value: Option<&programs::Value>, sought: &Sought<'_, '_, '_>) -> Option<bool> {
    let Some(wanted) = sought.value else { return Some(true) };
    let Some(value) = value.map(|value| &value.word) else { return Some(false) };
    let same = match (wanted, value) {
        (Word::Literal(wanted), Word::Literal(value)) if option.effect().is_path() => {
            sought.naming.is_path(value, wanted)
        }
        _ => Some(wanted == value),
    };
    if same != Some(false) {
        return same;
    }
    let spelt = Spelt::of(option.effect());
    let may = wanted.as_literal().is_some_and(|wanted| may_mean(value, wanted, spelt, sought.naming));
    if may { None } else { Some(false) }
}

/// Whether two options of different rows are one: they share a spelling that is a word.
pub(super) fn shares(option: Opt<'_>, other: Opt<'_>) -> bool {
    let mut words = option.spellings().filter(|spelling| spelling.len() > 2);
    words.any(|spelling| other.spellings().any(|known| known == spelling))
}
