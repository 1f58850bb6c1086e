//! The commands inside a command: what a wrapper runs word by word, and the texts it hands to a shell.

use super::Programs;
use super::model::Effect;
use super::operands::Role;
use super::reading::{Is, Part, Reading};
use super::table::flag;
use super::words;
use crate::shell::script::{Assignment, Command, Input, Moved, Word};

/// What a command runs beside itself.
#[derive(Default)]
pub(in crate::shell) struct Inner {
    /// Commands, word by word.
    pub(in crate::shell) commands: Vec<InnerCommand>,
    /// Texts for a shell, with the word that holds them.
    pub(in crate::shell) texts: Vec<(usize, String)>,
    /// Where the texts' commands work, as far as the wrapper's words say.
    pub(in crate::shell) moved: Moved,
}

/// A command inside a wrapper.
pub(in crate::shell) struct InnerCommand {
    /// Which of the wrapper's words is its program.
    pub(in crate::shell) at: usize,
    /// Its own words.
    pub(in crate::shell) words: Vec<Word>,
    /// The variables it is given.
    pub(in crate::shell) environment: Vec<Assignment>,
    /// Its input, where that is not the wrapper's.
    pub(in crate::shell) input: Option<Input>,
    /// Where it works, as far as the wrapper's options say.
    pub(in crate::shell) moved: Moved,
}

/// The commands and texts inside a command.
pub(in crate::shell) fn inside(programs: &Programs, command: &Command) -> Inner {
    let mut inner = Inner::default();
    let Some(row) = programs.row_of(&command.words) else { return inner };
    if !row.has(flag::NESTS) {
        return inner;
    }
    let reading = words::read(row, &command.words);
    let adding = Adding::of(&reading, command);
    inner.moved = adding.moved.clone();
    for part in &reading.parts {
        match &part.is {
            Is::Option { option, .. } if option.effect() == Effect::Command => {
                let from = part.at + 1;
                let (end, _) = words::command_end(&command.words, from, part.row.has(flag::FIND));
                let words = end.and_then(|end| command.words.get(from..end)).unwrap_or_default().to_vec();
                adding.command(&mut inner, from, words, part);
            }
            Is::Option { option, value: Some(value), .. } if option.effect() == Effect::Shell => {
                inner.texts.extend(value.word.as_literal().map(|text| (value.at, text.to_owned())));
            }
            Is::Operand(Role::One(Effect::Command)) => {
                let words = command.words.get(part.at..).unwrap_or_default().to_vec();
                adding.command(&mut inner, part.at, words, part);
            }
            Is::Operand(Role::One(Effect::Shell)) => {
                let word = command.words.get(part.at).and_then(Word::as_literal);
                inner.texts.extend(word.map(|text| (part.at, text.to_owned())));
            }
            Is::Operand(Role::One(Effect::Line)) => {
                let words = command.words.get(part.at..).unwrap_or_default();
                let texts: Option<Vec<&str>> = words.iter().map(Word::as_literal).collect();
                inner.texts.push((part.at, texts.map_or_else(|| "$line".to_owned(), |texts| texts.join(" "))));
            }
            _ => {}
        }
    }
    inner
}

/// What a wrapper adds to the commands inside it.
struct Adding {
    environment: Vec<Assignment>,
    /// Words of its input are put behind the command's, or in the place of a mark.
    words: bool,
    /// Those words are of a file, so that the command has the wrapper's input.
    of_file: bool,
    mark: Option<String>,
    moved: Moved,
    /// Where `find` searches, as far as that is told; what it finds begins so.
    places: Vec<std::sync::Arc<str>>,
}

impl Adding {
    fn of(reading: &Reading<'_>, command: &Command) -> Self {
        let mut adding = Self {
            environment: Vec::new(),
            words: false,
            of_file: false,
            mark: None,
            moved: Moved::No,
            places: searched(reading, command),
        };
        if reading.implicit.works.is_some() {
            adding.moved = Moved::Somewhere;
        }
        adding.words = reading.stdin == Some(super::model::Stdin::Words);
        for part in &reading.parts {
            match &part.is {
                Is::Operand(Role::One(Effect::Assignment)) => {
                    adding.environment.extend(command.words.get(part.at).and_then(assignment));
                }
                Is::Option { option, value, .. } if option.effect() == Effect::Mark => {
                    let mark = value.as_ref().and_then(|value| value.word.as_literal()).filter(|mark| !mark.is_empty());
                    adding.mark = Some(mark.unwrap_or("{}").to_owned());
                }
                // Of some programs it is the project's directory, where the command does not work.
                Is::Option { option, .. } if option.effect() == Effect::Directory => adding.moved = Moved::Somewhere,
                Is::Operand(Role::One(Effect::Directory)) => adding.moved = Moved::Somewhere,
                Is::Option { option, .. } if option.effect() == Effect::Reads => adding.of_file = true,
                _ => {}
            }
        }
        adding
    }

    /// A command inside, of `find` one for each place that is searched.
    fn command(&self, inner: &mut Inner, at: usize, words: Vec<Word>, part: &Part<'_>) {
        if self.mark.is_some() || self.words || !part.row.has(flag::FIND) {
            return self.one_command(inner, at, words, part);
        }
        if runs_in_place(part) {
            let mut words = words;
            replace_mark(&mut words, "{}", "./");
            return self.one_command(inner, at, words, part);
        }
        for place in &self.places {
            let mut words = words.clone();
            for word in &mut words {
                let Word::Literal(text) = word else { continue };
                let Some((prefix, rest)) = text.split_once("{}") else { continue };
                let below = (prefix.is_empty() && rest.is_empty() && !place.is_empty()).then(|| place.clone());
                *word = Word::Dynamic { prefix: format!("{prefix}{place}").into(), splits: false, below };
            }
            self.one_command(inner, at, words, part);
        }
    }

    fn one_command(&self, inner: &mut Inner, at: usize, mut words: Vec<Word>, part: &Part<'_>) {
        match (&self.mark, self.words) {
            (Some(mark), _) => replace_mark(&mut words, mark, ""),
            (None, true) => words.push(Word::anything()),
            (None, false) if part.row.has(flag::EACH) => {
                if !words.iter().any(|word| word.as_literal().is_some_and(|text| text.contains('{'))) {
                    words.push(Word::Dynamic { prefix: "./".into(), splits: false, below: None });
                }
                replace_mark(&mut words, "{", "./");
            }
            (None, false) => {}
        }
        if words.is_empty() {
            return;
        }
        let input = (self.words && !self.of_file).then_some(Input::Empty);
        // Run where each file is.
        let moved = if runs_in_place(part) { Moved::Somewhere } else { self.moved.clone() };
        inner.commands.push(InnerCommand { at, words, environment: self.environment.clone(), input, moved });
    }
}

fn assignment(word: &Word) -> Option<Assignment> {
    match word {
        Word::Literal(text) => {
            let (name, value) = text.split_once('=')?;
            Some(Assignment { name: name.into(), value: Word::literal(value) })
        }
        Word::Dynamic { prefix, splits, .. } => {
            let (name, value) = prefix.split_once('=')?;
            Some(Assignment {
                name: name.into(),
                value: Word::Dynamic { prefix: value.into(), splits: *splits, below: None },
            })
        }
    }
}

/// Whether `find` runs a command in the folder of each file.
fn runs_in_place(part: &Part<'_>) -> bool {
    let in_place = |own: &str| matches!(own, "-execdir" | "-okdir");
    matches!(&part.is, Is::Option { option, .. } if part.row.has(flag::FIND) && option.spellings().any(in_place))
}

/// Where `find` searches: the operands before its expression. More than a few are one of which nothing is known.
fn searched(reading: &Reading<'_>, command: &Command) -> Vec<std::sync::Arc<str>> {
    const MOST: usize = 8;
    let of_file = |part: &Part<'_>| matches!(&part.is, Is::Option { option, .. } if option.effect() == Effect::Reads);
    let operands =
        reading.parts.iter().filter(|part| of_file(part) || !matches!(part.is, Is::Option { .. } | Is::Nothing { .. }));
    let places: Option<Vec<_>> = operands
        .map(|part| match (&part.is, command.words.get(part.at)) {
            (Is::Operand(_), Some(Word::Literal(text))) if !text.is_empty() && !text.starts_with('~') => {
                Some(text.clone())
            }
            _ => None,
        })
        .collect();
    match places {
        Some(places) if places.is_empty() => vec![".".into()],
        Some(places) if places.len() <= MOST => places,
        _ => vec!["".into()],
    }
}

/// Makes every word with the mark in it dynamic; what stands there begins with `first`.
fn replace_mark(words: &mut [Word], mark: &str, first: &str) {
    for word in words {
        let Word::Literal(text) = word else { continue };
        if let Some((prefix, _)) = text.split_once(mark) {
            *word = Word::Dynamic { prefix: format!("{prefix}{first}").into(), splits: false, below: None };
        }
    }
}
