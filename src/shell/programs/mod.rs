//! Whether a command's arguments make it run or write more than its name and leading words say.
//!
//! What the options of a program do is a table; an option that the table does not name is unknown. A program without a
//! row is judged by its leading words only.

mod code;
mod table;

use std::ops::ControlFlow::{self, Break, Continue};

use super::options::{Found, listed};
use super::script::Word;
use super::wrappers::base_name;
use code::{awk_doubt, sed_is_harmless};
use table::{Operands, PROGRAMS, Program};

/// What is asked of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether it does only what its name and leading words say.
    Only,
    /// Whether it runs a program that it does not name.
    Any,
}

/// Why a command may run or write more than its name and its first `given` words say.
pub(super) fn doubt(words: &[Word], given: usize, question: Question) -> Option<&'static str> {
    let (program, row_at) = program(words)?;
    Judging { program, words, given: given.max(row_at), question }.doubt()
}

/// How many of a command's words are options before its subcommand that change nothing, from the second word on.
pub(super) fn skippable(words: &[Word]) -> usize {
    let name = words.first().and_then(Word::as_literal).map(base_name);
    let Some(program) = PROGRAMS.iter().find(|row| Some(row.name) == name && row.operands == Operands::Subcommand)
    else {
        return 0;
    };
    let rest = words.iter().skip(1);
    rest.take_while(|word| word.as_literal().is_some_and(|text| listed(program.options.flags, text))).count()
}

/// The row of a command, and how many of its words the row's name stands for.
fn program(words: &[Word]) -> Option<(&'static Program, usize)> {
    let name = words.first().and_then(Word::as_literal).map(base_name)?;
    let before = 1 + skippable(words);
    let sub = words.get(before).and_then(Word::as_literal);
    let of_sub = PROGRAMS
        .iter()
        .find(|row| row.name.split_once(' ').is_some_and(|(main, row)| main == name && Some(row) == sub));
    let of_sub = of_sub.map(|row| (row, before + 1));
    of_sub.or_else(|| PROGRAMS.iter().find(|row| row.name == name).map(|row| (row, 1)))
}

struct Judging<'w> {
    program: &'static Program,
    words: &'w [Word],
    given: usize,
    question: Question,
}

/// Where a judgement stands among a command's words.
struct Progress {
    /// The word that comes next.
    at: usize,
    /// How many words were no options.
    operands: usize,
    /// Whether `--` was met.
    dashes: bool,
}

/// What one word settles: nothing yet, or the whole judgement.
type Settled = ControlFlow<Option<&'static str>>;

impl Judging<'_> {
    fn doubt(&self) -> Option<&'static str> {
        if let Some(runs) = self.runs_elsewhere() {
            return (runs && self.question == Question::Any)
                .then_some("a command that is handed to another machine or container");
        }
        let mut progress = Progress { at: 1, operands: 0, dashes: false };
        while let Some(word) = self.words.get(progress.at) {
            progress.at += 1;
            if let Break(doubt) = self.word(word, &mut progress) {
                return doubt;
            }
        }
        self.at_end(progress.operands)
    }

    fn word(&self, word: &Word, progress: &mut Progress) -> Settled {
        let here = progress.at - 1;
        match word {
            Word::Literal(text) if &**text == "--" => {
                progress.dashes = true;
                if self.program.operands == Operands::Handed { Break(None) } else { Continue(()) }
            }
            Word::Literal(text) if text.starts_with('-') && text.len() > 1 => self.option_word(text, here, progress),
            Word::Literal(text) => {
                progress.operands += 1;
                let doubt = self.operand(text, progress.operands).filter(|_| here >= self.given);
                let rest_is_data = matches!(self.program.operands, Operands::Awk | Operands::Script);
                if doubt.is_some() || rest_is_data { Break(doubt) } else { Continue(()) }
            }
            Word::Dynamic { splits, .. } => {
                progress.operands += 1;
                let doubt = self.dynamic(word, *splits, progress.dashes, progress.operands);
                doubt.filter(|_| here >= self.given).map_or(Continue(()), |why| Break(Some(why)))
            }
        }
    }

    fn option_word(&self, text: &str, here: usize, progress: &mut Progress) -> Settled {
        if self.runs_inner(text) {
            progress.at = self.behind_inner(progress.at);
            return Continue(());
        }
        let script = self.program.operands == Operands::Script;
        if here < self.given {
            return if script && listed(self.program.runs, text) { Break(None) } else { Continue(()) };
        }
        if text == "-m" && script && self.question == Question::Any {
            return Break(None);
        }
        match self.option(text) {
            Ok(Found::ValueFollows) => self.value_word(text, progress),
            Ok(_) => Continue(()),
            Err(why) => Break(Some(why)),
        }
    }

    /// The word behind an option that takes a value.
    fn value_word(&self, option: &str, progress: &mut Progress) -> Settled {
        match self.words.get(progress.at) {
            Some(Word::Dynamic { splits: false, .. }) if !self.is_code(option) => progress.at += 1,
            Some(Word::Literal(value)) if !value.starts_with('-') || is_number(value) => {
                if self.is_code(option) {
                    if let Some(why) = self.code(value) {
                        return Break(Some(why));
                    }
                    progress.operands += 1;
                }
                progress.at += 1;
            }
            _ => {}
        }
        Continue(())
    }

    /// Whether the command runs another in a container; nothing where the program is none that does.
    fn runs_elsewhere(&self) -> Option<bool> {
        match self.program.operands {
            Operands::Elsewhere => Some(self.words.len() > 2),
            Operands::Compose => Some(
                self.words
                    .iter()
                    .any(|word| !matches!(word.as_literal(), Some(text) if !matches!(text, "exec" | "run"))),
            ),
            _ => None,
        }
    }

    /// Whether an option begins a command that is judged on its own.
    fn runs_inner(&self, option: &str) -> bool {
        match self.program.name {
            "find" => matches!(option, "-exec" | "-execdir" | "-ok" | "-okdir"),
            "fd" => matches!(option, "-x" | "-X" | "--exec" | "--exec-batch"),
            _ => false,
        }
    }

    fn behind_inner(&self, at: usize) -> usize {
        let rest = self.words.iter().skip(at);
        rest.take_while(|word| !matches!(word.as_literal(), Some(";" | "+"))).count() + at + 1
    }

    fn option(&self, option: &str) -> Result<Found, &'static str> {
        let name = option.split_once('=').map_or(option, |(name, _)| name);
        let named = |list: &str| {
            let mut listed = list.split_ascii_whitespace();
            listed.any(|own| own == name || own.len() == 2 && !name.starts_with("--") && name.starts_with(own))
        };
        match self.program.options.find(option) {
            Found::Unlisted if listed(self.program.runs, name) => Err("an option that runs a program"),
            Found::Unlisted if named(self.program.writes) && self.question == Question::Any => Ok(Found::Whole),
            Found::Unlisted if listed(self.program.writes, option) && self.goes_nowhere(option) => {
                Ok(Found::ValueFollows)
            }
            Found::Unlisted if named(self.program.writes) => Err("an option that writes a file, or works elsewhere"),
            Found::Unlisted => Err("an option that is not in the program's table"),
            found => match self.value(option) {
                Some(why) => Err(why),
                None => Ok(found),
            },
        }
    }

    /// Whether the value behind an option that writes is no file: `-o /dev/null`, `-O -`.
    fn goes_nowhere(&self, option: &str) -> bool {
        let mut pairs = self.words.windows(2);
        pairs.any(|pair| {
            pair.first().and_then(Word::as_literal) == Some(option)
                && matches!(pair.get(1).and_then(Word::as_literal), Some("/dev/null" | "-"))
        })
    }

    /// What the value in an option's own word does.
    fn value(&self, option: &str) -> Option<&'static str> {
        let value = if option.starts_with("--") {
            option.split_once('=').map(|(_, value)| value)
        } else {
            option.get(2..).filter(|_| self.is_code(option.get(..2).unwrap_or_default()))
        };
        let value = value.filter(|value| !value.is_empty())?;
        let name = option.split_once('=').map_or(option.get(..2).unwrap_or_default(), |(name, _)| name);
        if self.is_code(name) { self.code(value) } else { self.operand_of_any_place(value) }
    }

    /// Whether an option's value is a program.
    fn is_code(&self, option: &str) -> bool {
        self.program.operands == Operands::Sed && matches!(option, "-e" | "--expression")
    }

    fn code(&self, text: &str) -> Option<&'static str> {
        match self.program.operands {
            Operands::Sed => (!sed_is_harmless(text)).then_some("a program of `sed` that may run or write"),
            Operands::Awk => awk_doubt(text, self.question),
            _ => None,
        }
    }

    fn operand(&self, text: &str, number: usize) -> Option<&'static str> {
        let only = self.question == Question::Only;
        match self.program.operands {
            Operands::Sed | Operands::Awk if number == 1 => self.code(text),
            Operands::Runner if number == 1 && matches!(text, "run" | "foreach") => {
                Some("a subcommand that runs a program")
            }
            Operands::Subcommand if number == 1 => Some("a subcommand that is not in the program's table"),
            Operands::Script
                if number == 1 && (text == "-" || text.starts_with("/dev/") || text.starts_with("/proc/")) =>
            {
                Some("an interpreter that reads its input")
            }
            Operands::SecondWritten if number == 2 && only => Some("an operand that is written"),
            Operands::SecondRun if number == 2 => Some("an operand that is run"),
            Operands::Tar if number == 1 && self.words.get(1).and_then(Word::as_literal) == Some(text) => {
                let option = format!("-{text}");
                let known = self.program.options.find(&option) != Found::Unlisted;
                (!known).then_some("letters that are not in the program's table").or(remote(text))
            }
            _ => self.operand_of_any_place(text),
        }
    }

    fn operand_of_any_place(&self, text: &str) -> Option<&'static str> {
        let only = self.question == Question::Only;
        match self.program.operands {
            Operands::Plus if text.starts_with('+') => Some("an operand that is a command"),
            Operands::Tar => remote(text),
            Operands::Assignments if text.contains('=') => Some("a variable that may change what is run"),
            Operands::Dd if text.starts_with("of=") && text != "of=/dev/null" && only => {
                Some("an operand that is written")
            }
            Operands::Remote if text.contains("::") => Some("an address that runs a helper"),
            Operands::Curl if text.contains("%output") && only => Some("a format that writes a file"),
            _ => None,
        }
    }

    fn dynamic(&self, word: &Word, splits: bool, dashes: bool, number: usize) -> Option<&'static str> {
        if word.may_be_option() && (splits || !dashes) {
            return Some("a dynamic argument that may be an option");
        }
        let code = match self.program.operands {
            Operands::Sed | Operands::Awk | Operands::Script | Operands::Subcommand | Operands::Runner => number == 1,
            Operands::SecondWritten | Operands::SecondRun => number == 2,
            Operands::Plus => {
                matches!(word, Word::Dynamic { prefix, .. } if prefix.is_empty() || prefix.starts_with('+'))
            }
            Operands::Remote | Operands::Assignments | Operands::Tar | Operands::Dd => true,
            _ => false,
        };
        code.then_some("a dynamic argument that may run or write")
    }

    /// What the absence of operands means.
    fn at_end(&self, operands: usize) -> Option<&'static str> {
        let asks = ["-v", "-V", "--version", "-h", "--help", "-VV", "-version", "--test"];
        let informs = self.words.iter().skip(1).any(|word| word.as_literal().is_some_and(|text| asks.contains(&text)));
        let code = self.words.iter().take(self.given).skip(1).count() > 0;
        let reads = self.program.operands == Operands::Script && operands == 0 && !informs && !code;
        reads.then_some("an interpreter that reads its input")
    }
}

/// Whether a value that begins with `-` is a number: `-mtime -7`.
fn is_number(value: &str) -> bool {
    let number = value.trim_start_matches('-').trim_end_matches(|char: char| char.is_ascii_alphabetic());
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn remote(text: &str) -> Option<&'static str> {
    text.contains(':').then_some("an archive on another machine, which is read over another program")
}
