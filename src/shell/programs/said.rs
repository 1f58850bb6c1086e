//! The same thing said by another program: `docker-compose up` is `docker compose up`, `systemctl reboot` is `reboot`.

use super::Programs;
use super::names::base_name;
use super::reading::Is;
use super::table::{Row, flag};
use super::words::read;
use crate::shell::script::Word;

/// The commands that a command says as well, by its program's row, or by a name that is a program's and its subcommand's:
/// `git-push`.
pub(in crate::shell) fn said_otherwise(programs: &Programs, row: Option<Row<'_>>, words: &[Word]) -> Vec<Vec<Word>> {
    match row {
        Some(row) => by_row(row, words),
        None => by_name(programs, words).into_iter().collect(),
    }
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

fn by_row(row: Row<'_>, words: &[Word]) -> Vec<Vec<Word>> {
    if !row.has(flag::SAYS) {
        return Vec::new();
    }
    let rest = |from: usize| words.get(from..).unwrap_or_default().iter();
    let mut said: Vec<Vec<Word>> = row.stands_for(None).map(|text| begun(text, rest(1))).collect();
    let reading = read(row, words);
    let mut path = vec![0];
    for part in &reading.parts {
        match &part.is {
            Is::Subcommand { .. } => {
                path.push(part.at);
                let name = words.get(part.at).and_then(Word::as_literal).unwrap_or_default();
                let inner = part.row.subcommand(name).map(|(inner, _)| inner);
                let texts = inner.into_iter().flat_map(|inner| inner.stands_for(None));
                said.extend(texts.map(|text| begun(text, rest(part.at + 1))));
            }
            Is::Option { option, value, .. } => {
                let text = value.as_ref().and_then(|value| value.word.as_literal());
                let last = value.as_ref().map_or(part.at, |value| value.at);
                let others =
                    words.iter().enumerate().filter(|(at, _)| !path.contains(at) && !(part.at..=last).contains(at));
                let others: Vec<&Word> = others.map(|(_, word)| word).collect();
                for words in part.row.stands_for(Some((*option, text))) {
                    let words = words.replace('*', text.unwrap_or_default());
                    said.push(begun(&words, others.iter().copied()));
                }
            }
            _ => {}
        }
    }
    said
}

/// A program without a row, named by another and a subcommand of it.
fn by_name(programs: &Programs, words: &[Word]) -> Option<Vec<Word>> {
    let name = base_name(words.first()?.as_literal()?);
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
