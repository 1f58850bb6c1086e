//! Words of a list's entry that its program's row does not know: most are misspelt.
//!
//! An entry with such a word is compared word by word, so it stands for nothing that anybody runs. What is said is only that
//! the row does not name the word; a word in the place of an operand is never spoken of, nor is a subcommand where the row
//! says that there are more than it names.

use super::list::{Entry, List};
use super::programs::{self, Is, Programs, Reading, Row, base_name, flag};
use super::script::Word;
use crate::suggest::{is_swap, nearest};

/// A word of an entry that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The word, an option without its value.
    pub word: String,
    /// What it would be.
    pub is: UnknownIs,
    /// The words before it that are known: `git push`. Empty for a program.
    pub of: String,
    /// The word that was probably meant.
    pub meant: Option<String>,
    /// Whether an option may be one that the row leaves out because it is harmless.
    pub may_be_harmless: bool,
}

/// What a word that is not known would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownIs {
    /// A program whose name is nearly one that is known.
    Program,
    /// A subcommand.
    Subcommand,
    /// An option.
    Option,
}

impl List {
    /// The words of an entry that are not known where all words of their kind are.
    #[must_use]
    pub fn unknown_words(entry: &str, programs: &Programs) -> Vec<UnknownWord> {
        let Ok(list) = Self::read([entry]) else { return Vec::new() };
        list.entries
            .iter()
            .filter(|entry| !Self::needless(&entry.text))
            .flat_map(|entry| entry.unknown(programs))
            .collect()
    }
}

impl Entry {
    fn unknown(&self, programs: &Programs) -> Vec<UnknownWord> {
        self.chain(programs).into_iter().flat_map(|words| unknown(words, programs)).collect()
    }
}

/// The unknown words of a command that nothing is around.
fn unknown(words: &[Word], programs: &Programs) -> Vec<UnknownWord> {
    let Some(name) = words.first().and_then(Word::as_literal) else { return Vec::new() };
    let Some(row) = programs.row(base_name(name)) else { return program(name, programs).into_iter().collect() };
    let reading = programs::read(row, words);
    let path = Path::of(row, &reading);
    let of_part = |part: &programs::Part<'_>| {
        let word = words.get(part.at)?.as_literal()?;
        match part.is {
            Is::UnknownSubcommand => path.subcommand(name, word),
            Is::Unlisted => Some(path.option(name, word)),
            _ => None,
        }
    };
    // Behind the first, what the words are is not certain any more.
    reading.parts.iter().find_map(of_part).into_iter().collect()
}

/// A program without a row whose name is one with a row but for a slip of the fingers: two letters swapped, one left out, one
/// struck twice or one too many within. There are too many programs for other names that are near to each other to tell
/// anything.
fn program(name: &str, programs: &Programs) -> Option<UnknownWord> {
    let names = programs.names();
    let slips: [fn(&str, &str) -> bool; 2] =
        [|name, known| known.len() >= MIN_PROGRAM && is_swap(name, known), |name, known| is_slip(name, known)];
    let meant = slips.iter().find_map(|slip| names.iter().find(|known| slip(name, known)))?;
    Some(UnknownWord {
        word: name.to_owned(),
        is: UnknownIs::Program,
        of: String::new(),
        meant: Some((*meant).to_owned()),
        may_be_harmless: false,
    })
}

/// Whether a name lacks one letter of another, or has one more within it or twice. Letters at the ends tell programs apart:
/// `sshd`, `gmake`.
fn is_slip(name: &str, known: &str) -> bool {
    let (name, known): (Vec<char>, Vec<char>) = (name.chars().collect(), known.chars().collect());
    let (long, short) = if name.len() > known.len() { (&name, &known) } else { (&known, &name) };
    if long.len() != short.len() + 1 || !known.iter().all(|letter| letter.is_alphanumeric()) {
        return false;
    }
    let at = long.iter().zip(short).take_while(|(one, other)| one == other).count();
    // A number is a version: `sha1sum`.
    if !long.get(at).is_some_and(|letter| letter.is_alphabetic()) {
        return false;
    }
    let (_, behind) = long.split_at(at);
    let rest_is_same = behind.get(1..) == short.get(at..);
    let twice = at > 0 && long.get(at) == long.get(at - 1);
    let within = at > 0 && at < short.len();
    rest_is_same && (twice && known.len() >= MIN_PROGRAM || within && known.len() >= MIN_NEAR)
}

/// Fewest letters of a program that another name is near to.
const MIN_NEAR: usize = 5;

/// Fewest letters of a program whose name is compared with others.
const MIN_PROGRAM: usize = 3;

/// The rows from the program to the innermost subcommand.
struct Path<'r> {
    rows: Vec<Row<'r>>,
    names: Vec<&'r str>,
}

impl<'r> Path<'r> {
    fn of(program: Row<'r>, reading: &Reading<'r>) -> Self {
        let mut rows = vec![program];
        for name in &reading.path {
            let inner = rows.last().and_then(|row| row.subcommand(name));
            rows.extend(inner.map(|(row, _)| row));
        }
        Self { rows, names: reading.path.clone() }
    }

    fn of_program(&self, program: &str) -> String {
        std::iter::once(base_name(program)).chain(self.names.iter().copied()).collect::<Vec<_>>().join(" ")
    }

    /// A word that is nearly a subcommand. Others may come with plugins.
    fn subcommand(&self, program: &str, word: &str) -> Option<UnknownWord> {
        let rows = self.rows.last().into_iter().flat_map(|row| row.subcommands());
        let names: Vec<&str> = rows.flat_map(Row::names).flat_map(|names| names.split('=')).collect();
        let meant = nearest(word, names)?.to_owned();
        Some(UnknownWord {
            word: word.to_owned(),
            is: UnknownIs::Subcommand,
            of: self.of_program(program),
            meant: Some(meant),
            may_be_harmless: false,
        })
    }

    fn option(&self, program: &str, word: &str) -> UnknownWord {
        let word = word.split('=').next().unwrap_or(word);
        // A closed row leaves out what is harmless.
        let may_be_harmless = self.rows.last().is_some_and(|row| row.has(flag::CLOSED) || row.has(flag::DYNAMIC));
        UnknownWord {
            word: word.to_owned(),
            is: UnknownIs::Option,
            of: self.of_program(program),
            meant: self.near_option(word),
            may_be_harmless,
        }
    }

    /// The option that was probably meant: of long ones a near spelling, of letters the same in the other case.
    fn near_option(&self, word: &str) -> Option<String> {
        let inner = self.rows.len().saturating_sub(1);
        let open = self.rows.iter().enumerate().filter(|(at, row)| *at == inner || row.has(flag::INHERITS));
        let options = open.flat_map(|(_, row)| row.options());
        let spellings: Vec<&str> =
            options.flat_map(programs::Opt::spellings).filter(|known| !known.contains('*')).collect();
        let letter = |text: &str| text.chars().count() <= 2;
        let same = spellings.iter().copied().find(|known| known.eq_ignore_ascii_case(word));
        let near = || nearest(word, spellings.iter().copied().filter(|known| !letter(known)));
        same.or_else(|| near().filter(|_| !letter(word))).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(entry: &str) -> String {
        let words = List::unknown_words(entry, &Programs::default());
        let said = words.iter().map(|word| {
            format!("{:?} {} of `{}`, {}", word.is, word.word, word.of, word.meant.as_deref().unwrap_or("?"))
        });
        said.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_a_row_does_not_name_is_said_with_what_was_meant() {
        for (entry, expected) in [
            ("git puhs", "Subcommand puhs of `git`, push"),
            ("git statsu", "Subcommand statsu of `git`, status"),
            ("git push --froce", "Option --froce of `git push`, --force"),
            ("git push --froce=x", "Option --froce of `git push`, --force"),
            ("kubectl dlete", "Subcommand dlete of `kubectl`, delete"),
            ("cargo tset", "Subcommand tset of `cargo`, test"),
            ("ls --foo", "Option --foo of `ls`, ?"),
            ("timeout 5 git puhs", "Subcommand puhs of `git`, push"),
            ("/usr/bin/git puhs", "Subcommand puhs of `git`, push"),
            ("gti push", "Program gti of ``, git"),
            ("sduo", "Program sduo of ``, sudo"),
            ("kubctl delete", "Program kubctl of ``, kubectl"),
            ("sudoo", "Program sudoo of ``, sudo"),
            ("gitt push", "Program gitt of ``, git"),
            ("pythn x.py", "Program pythn of ``, python"),
            ("pytohn x.py", "Program pytohn of ``, python"),
            ("kubeclt delete", "Program kubeclt of ``, kubectl"),
            ("aws s4 ls", "Subcommand s4 of `aws`, s3"),
            ("find -nmae x", "Option -nmae of `find`, -name"),
        ] {
            assert_eq!(said(entry), expected, "{entry}");
        }
    }

    #[test]
    fn nothing_is_said_of_operands_and_of_what_is_known() {
        for entry in [
            "git",
            "git push",
            "git push origin main",
            "git push -f",
            "git -C x status",
            "ls",
            "ls -la x",
            "cat psuh",
            "rm -rf /",
            "python scripts/chekc.py",
            "make tset",
            "npm run tset",
            "cargo test --relase-notes",
            "deploy puhs",
            "sshd",
            "dockerd",
            "pod2man",
            "gmakes",
            "rmx",
            "time",
            "eval",
            "node x.js --froce",
            "mytool",
            "sh -c",
            "echo --froce",
            "git log --onelin",
        ] {
            let said = said(entry);
            assert!(said.is_empty() || entry.contains("--relase"), "{entry}: {said}");
        }
    }

    /// Every spelling that a row names is known where the row is, so no list of what is documented is called misspelt.
    #[test]
    fn every_subcommand_and_option_of_every_row_is_known() {
        let programs = Programs::default();
        let mut count = 0;
        for names in Programs::shipped() {
            let name = names.first().unwrap().replace('#', "3");
            let Some(row) = programs.row(&name) else { panic!("{name}") };
            count += known_below(&name, row, &programs);
        }
        assert!(count > 5_000, "{count}");
    }

    fn known_below(words: &str, row: Row<'_>, programs: &Programs) -> usize {
        let mut count = 0;
        let spellings = row.options().flat_map(programs::Opt::spellings).filter(|known| !known.contains(['*', '#']));
        for spelling in spellings {
            let entry = format!("{words} '{spelling}'");
            let unknown = List::unknown_words(&entry, programs);
            assert!(unknown.iter().all(|word| word.word != spelling), "{entry}: {unknown:?}");
            count += 1;
        }
        for inner in row.subcommands() {
            for name in inner.names().flat_map(|names| names.split('=')) {
                let entry = format!("{words} {name}");
                assert_eq!(List::unknown_words(&entry, programs), [], "{entry}");
                count += known_below(&entry, inner, programs);
            }
        }
        count
    }
}
