//! What a program is told of its configuration, by settings, variables and earlier commands, and whether that may make a command
//! one of a list: an alias for a subcommand that no row names, or options and operands that a setting adds.
//!
//! Asked in `runs_any` alone; what a setting may run is the meaning of its part.

use super::judge::is_harmless;
use super::list::{Entry, Fit, Naming, fit};
use super::located::Ground;
use super::programs::{self, Effect, Is, Reading, Row};
use super::script::{Command, Script, Word};

/// Whether one command of a script may be made one of a list.
pub(super) fn may_be_configured(entries: &[Entry], script: &Script, index: usize, row: Option<Row<'_>>) -> bool {
    let (Some(row), Some(command)) = (row, script.commands.get(index)) else { return false };
    let mut entries =
        entries.iter().filter(|entry| entry.words.len() > 1 && is_of(entry, script, command, row)).peekable();
    if entries.peek().is_none() {
        return false;
    }
    let reading = programs::read(row, &command.words);
    let told = Told { script, command, row, reading: &reading };
    let anything = told.by_its_words() || told.by_variables() || told.earlier(index);
    let keys = told.keys();
    if !anything && keys.is_empty() {
        return false;
    }
    let unnamed = reading.parts.iter().any(|part| matches!(part.is, Is::UnknownSubcommand));
    entries.any(|entry| {
        let wanted = programs::read(row, &entry.words);
        let below = reading.path.get(..wanted.path.len()).is_some_and(|path| path == wanted.path);
        let more = wanted.parts.iter().any(may_be_told);
        anything && unnamed
            || below && more && (anything || names_an_option(&wanted, &keys))
            || told.by_variables() && stands_for(&reading, entry, script)
    })
}

/// Whether an option that a variable may add makes the command one that says the same as an entry: `TF_CLI_ARGS=-destroy`.
fn stands_for(reading: &Reading<'_>, entry: &Entry, script: &Script) -> bool {
    let row = reading.parts.iter().rev().find(|part| !matches!(part.is, Is::Subcommand { .. })).map(|part| part.row);
    let below = reading.parts.iter().rev().find(|part| matches!(part.is, Is::Subcommand { .. })).and_then(|part| {
        let name = reading.path.last()?;
        part.row.subcommand(name).map(|(row, _)| row)
    });
    row.into_iter().chain(below).flat_map(Row::stands_for_any).any(|text| {
        let said: Vec<Word> = text.split(' ').map(Word::literal).collect();
        let row = script.programs.row_of(&said);
        !matches!(fit(&entry.words, &said, &script.programs, row, Naming::Anywhere(Ground::UNTOLD)), Fit::No)
    })
}

/// Whether a part of an entry may be said by a setting: another setting is none of those.
fn may_be_told(part: &programs::Part<'_>) -> bool {
    match &part.is {
        Is::Subcommand { .. } => false,
        Is::Option { option, .. } => option.effect() != Effect::Setting,
        _ => true,
    }
}

fn is_of(entry: &Entry, script: &Script, command: &Command, row: Row<'_>) -> bool {
    let program = entry.words.get(..1).unwrap_or_default();
    !matches!(fit(program, &command.words, &script.programs, Some(row), Naming::Anywhere(Ground::UNTOLD)), Fit::No)
}

/// A command, and what it is told.
struct Told<'c, 'r> {
    script: &'c Script,
    command: &'c Command,
    row: Row<'r>,
    reading: &'c Reading<'r>,
}

impl Told<'_, '_> {
    /// Whether its words configure it in a way that may add options, or whose effect is not known.
    fn by_its_words(&self) -> bool {
        let mut meanings = programs::meanings(self.reading, &self.command.words);
        meanings.any(|(part, meaning)| match &part.is {
            Is::Option { option, value, .. } if configures(option.effect()) => {
                let text = value.as_ref().and_then(|value| value.word.as_literal());
                meaning.beyond.is_some() || text.is_some_and(|text| is_default(part.row, text))
            }
            _ => false,
        })
    }

    fn by_variables(&self) -> bool {
        self.command.environment.iter().any(|given| !is_harmless(self.script, self.command, given))
    }

    /// Whether a command before it changes what later ones of the program do: `git config`, `git remote add --mirror=push`.
    fn earlier(&self, index: usize) -> bool {
        let before = self
            .script
            .commands
            .iter()
            .take(index)
            .filter(|before| self.script.programs.row_of(&before.words).is_some_and(|row| row.is(self.row)));
        before.into_iter().any(|before| {
            programs::read(self.row, &before.words)
                .parts
                .iter()
                .any(|part| changes_later_ones(part, &before.words, self.row))
        })
    }

    /// The keys and variables that it is told and that run nothing.
    fn keys(&self) -> Vec<String> {
        let of_part = |part: &programs::Part<'_>| match &part.is {
            Is::Option { option, value: Some(value), .. } if option.effect() == Effect::Setting => {
                value.word.as_literal().map(|text| bare(text.split('=').next().unwrap_or_default()))
            }
            _ => None,
        };
        let variables = self.command.environment.iter().map(|given| bare(&given.name));
        self.reading.parts.iter().filter_map(of_part).chain(variables).collect()
    }
}

/// Whether a part of a command that ran before is about what the program does from then on.
fn changes_later_ones(part: &programs::Part<'_>, words: &[Word], program: Row<'_>) -> bool {
    match &part.is {
        Is::Operand(programs::Role::One(Effect::Setting)) => words.get(part.at).is_none_or(|word| {
            word.as_literal().is_none_or(|key| !part.row.is_harmless_setting(key, None) || is_default(part.row, key))
        }),
        Is::Operand(programs::Role::One(Effect::Changes | Effect::Runs)) => true,
        Is::Option { option, .. } => option.effect() == Effect::Changes && !part.row.is(program),
        _ => false,
    }
}

/// Whether `KEY` or `KEY=VALUE` may say what an option or operand does.
fn is_default(row: Row<'_>, text: &str) -> bool {
    let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)));
    row.is_default(key, value)
}

/// Whether an option may tell a program of its configuration.
const fn configures(effect: Effect) -> bool {
    matches!(effect, Effect::Setting | Effect::Changes | Effect::Subdirectory | Effect::Code | Effect::Runs)
}

/// Whether a key has the name of an option of an entry in it: `fetch.prune`, `PIP_USER`.
fn names_an_option(wanted: &Reading<'_>, keys: &[String]) -> bool {
    let options = wanted.parts.iter().filter_map(|part| match &part.is {
        Is::Option { option, .. } => Some(*option),
        _ => None,
    });
    let mut names =
        options.flat_map(programs::Opt::spellings).map(|spelling| bare(spelling.trim_start_matches("--no-")));
    names.any(|name| name.len() > 2 && keys.iter().any(|key| key.contains(&name)))
}

fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
