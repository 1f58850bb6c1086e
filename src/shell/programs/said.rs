//! The same thing said by another program: `docker-compose up` is `docker compose up`, `systemctl reboot` is `reboot`.

use super::Programs;
use super::model::{Effect, WORDS_THERE};
use super::names::base_name;
use super::reading::{Is, Part, Reading};
use super::table::{Row, flag};
use super::words::read;
use crate::shell::script::Word;

/// The commands that a command says as well, by its program's row, or by a name that is a program's and its subcommand's:
/// `git-push`.
pub(in crate::shell) fn said_otherwise(programs: &Programs, row: Option<Row<'_>>, words: &[Word]) -> Vec<Vec<Word>> {
    match row {
        Some(row) => by_row(row, words),
        None => {
            let mut said: Vec<Vec<Word>> = by_name(programs, words).into_iter().collect();
            let further = |words: &Vec<Word>| programs.row_of(words).map(|row| by_row(row, words));
            said.extend(said.iter().filter_map(further).flatten().collect::<Vec<_>>());
            said
        }
    }
}

/// The script that a command has an interpreter run, as a command of its own: `./deploy.sh prod` for `bash -x ./deploy.sh prod`.
pub(in crate::shell) fn of_script(row: Row<'_>, words: &[Word]) -> Option<Vec<Word>> {
    let reading = read(row, words);
    let script = reading.parts.iter().find(|part| part.is_operand_of(&[Effect::Script]))?;
    words.get(script.at..).map(<[Word]>::to_vec)
}

/// The command of a package with the program's own name, `prettier` for `prettier@3`, if a row knows it.
pub(in crate::shell) fn of_package(programs: &Programs, words: &[Word]) -> Option<Vec<Word>> {
    let (package, rest) = words.split_first()?;
    let package = package.as_literal()?;
    let name = package
        .split(['@', '=', '[', '<', '>', '~', '!', ' '])
        .next()
        .filter(|name| !name.contains(['/', ':', '#']))?;
    programs.row(name)?;
    Some(std::iter::once(Word::literal(name)).chain(rest.iter().cloned()).collect())
}

fn by_row<'r>(row: Row<'r>, words: &[Word]) -> Vec<Vec<Word>> {
    if !row.has(flag::SAYS) {
        return Vec::new();
    }
    let rest = |from: usize| words.get(from..).unwrap_or_default().iter();
    let reading = read(row, words);
    let mut said: Vec<Vec<Word>> = by_words(row, &reading).map(|text| begun(text, rest(1))).collect();
    let subcommand = |part: &&Part<'r>| matches!(part.is, Is::Subcommand { .. });
    let path: Vec<usize> =
        std::iter::once(0).chain(reading.parts.iter().filter(subcommand).map(|part| part.at)).collect();
    for part in &reading.parts {
        match &part.is {
            Is::Subcommand { .. } => {
                let texts = subcommand_of(part, words).into_iter().flat_map(|inner| by_words(inner, &reading));
                said.extend(texts.map(|text| begun(text, rest(part.at + 1))));
            }
            Is::Option { option, value, .. } => {
                let text = value.as_ref().and_then(|value| value.word.as_literal());
                let last = value.as_ref().map_or(part.at, |value| value.at);
                let others =
                    words.iter().enumerate().filter(|(at, _)| !path.contains(at) && !(part.at..=last).contains(at));
                let others: Vec<&Word> = others.map(|(_, word)| word).collect();
                // A program's option may stand before its subcommand too, whose row says what it comes to.
                let below = reading.parts.iter().filter(subcommand).filter_map(|part| subcommand_of(part, words));
                let rows = std::iter::once(part.row).chain(below.filter(|row| !row.is(part.row)));
                for words in rows.flat_map(|row| row.stands_for(Some((*option, text)))) {
                    let words = words.replace('*', text.unwrap_or_default());
                    said.push(begun(&words, others.iter().copied()));
                }
            }
            _ => {}
        }
    }
    said
}

/// The row of the subcommand that a part names.
fn subcommand_of<'r>(part: &Part<'r>, words: &[Word]) -> Option<Row<'r>> {
    let name = words.get(part.at).and_then(Word::as_literal)?;
    part.row.subcommand(name).map(|(inner, _)| inner)
}

/// The commands that a row's words stand for in any case, or for the words behind it being there or not.
fn by_words<'r>(row: Row<'r>, reading: &Reading<'r>) -> impl Iterator<Item = &'r str> {
    let operands = reading.parts.iter().any(|part| matches!(part.is, Is::Operand(_)));
    let bare = !reading.parts.iter().any(|part| matches!(part.is, Is::Subcommand { .. } | Is::UnknownSubcommand));
    let there = [operands, !operands && (bare || !row.has_subcommands()), bare];
    let there = WORDS_THERE.into_iter().zip(there).filter(|(_, there)| *there);
    row.stands_for(None).chain(there.flat_map(move |(words, _)| row.stands_for_with(words)))
}

/// A program without a row, named by another and a subcommand of it, or a script that starts a service.
fn by_name(programs: &Programs, words: &[Word]) -> Option<Vec<Word>> {
    let path = words.first()?.as_literal()?;
    let name = base_name(path);
    if path.strip_suffix(name).is_some_and(|folder| folder.ends_with("/init.d/")) {
        let behind = words.get(1..).unwrap_or_default().iter().cloned();
        return Some([Word::literal("service"), Word::literal(name)].into_iter().chain(behind).collect());
    }
    let mut borders = name.match_indices('-').map(|(at, _)| name.split_at(at));
    let (program, subcommand) = borders.find_map(|(program, rest)| {
        let subcommand = rest.strip_prefix('-')?;
        programs.row(program)?.subcommand(subcommand).map(|_| (program, subcommand))
    })?;
    let behind = words.get(1..).unwrap_or_default().iter().cloned();
    Some([Word::literal(program), Word::literal(subcommand)].into_iter().chain(behind).collect())
}

fn begun<'w>(text: &str, rest: impl Iterator<Item = &'w Word>) -> Vec<Word> {
    text.split(' ').map(Word::literal).chain(rest.cloned()).collect()
}
