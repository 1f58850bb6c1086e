//! What each part of a command means for the two questions: may it run or write more than its program's name says, and
//! may it run what it does not name?

use super::code::{Doubt, awk_doubt, sed_doubt, sql_is_plain, sql_touches_files};
use super::model::{Absent, Arity, Effect, Stdin};
use super::operands::Role;
use super::reading::{Is, Part, Reading, Value};
use super::table::{OperandData, Row, effect_of, flag};
use super::words::command_end;
use crate::shell::builtins;
use crate::shell::script::{Command, Input, Word};

/// Whether a program may run another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) enum Starts {
    /// It does not.
    Nothing,
    /// It may, what its words from this one on mention.
    Mentioned(usize),
    /// It may run anything.
    Anything(&'static str),
}

/// What a part of a command means.
#[derive(Clone, Copy, Debug)]
pub(in crate::shell) struct Meaning {
    /// Why it is more than the program's name says, if it is.
    pub(in crate::shell) beyond: Option<&'static str>,
    /// What it may start.
    pub(in crate::shell) starts: Starts,
}

impl Meaning {
    const FINE: Self = Self { beyond: None, starts: Starts::Nothing };

    const fn beyond(why: &'static str, starts: Starts) -> Self {
        Self { beyond: Some(why), starts }
    }

    const fn anything(why: &'static str) -> Self {
        Self { beyond: Some(why), starts: Starts::Anything(why) }
    }

    /// The worse of two.
    fn or(self, other: Self) -> Self {
        let starts = match (self.starts, other.starts) {
            (Starts::Anything(why), _) | (_, Starts::Anything(why)) => Starts::Anything(why),
            (Starts::Mentioned(one), Starts::Mentioned(two)) => Starts::Mentioned(one.min(two)),
            (Starts::Mentioned(at), _) | (_, Starts::Mentioned(at)) => Starts::Mentioned(at),
            _ => Starts::Nothing,
        };
        Self { beyond: self.beyond.or(other.beyond), starts }
    }
}

/// The parts of a command, each with its meaning.
pub(in crate::shell) fn meanings<'p, 'r>(
    reading: &'p Reading<'r>,
    words: &'p [Word],
) -> impl Iterator<Item = (&'p Part<'r>, Meaning)> {
    reading.parts.iter().map(move |part| (part, meaning(part, words)))
}

/// Whether the command only tells something: `--help`.
pub(in crate::shell) fn only_informs(reading: &Reading<'_>) -> bool {
    reading.parts.iter().any(informs)
}

fn informs(part: &Part<'_>) -> bool {
    matches!(part.is, Is::Option { option, .. } if option.effect() == Effect::Informs)
}

fn meaning(part: &Part<'_>, words: &[Word]) -> Meaning {
    let word = words.get(part.at);
    match &part.is {
        Is::Subcommand { runs: true } => {
            Meaning::beyond("a subcommand that runs a program", Starts::Mentioned(part.at + 1))
        }
        Is::Subcommand { .. } | Is::Nothing { .. } | Is::Maybe { .. } => Meaning::FINE,
        Is::Option { option, .. } if option.effect() == Effect::Command => inner_command(part, words),
        Is::Option { option, value, .. } => option_meaning(option.effect(), value.as_ref(), part),
        Is::Unlisted => unlisted(part, words),
        Is::UnknownSubcommand => {
            Meaning::beyond("a subcommand that the program's row does not name", Starts::Mentioned(part.at))
        }
        Is::Unsure { several } => unsure(part, word, *several),
        Is::Operand(_) if pair(part.row, word).is_some() => {
            pair(part.row, word).map_or(Meaning::FINE, |(effect, value)| {
                effect.map_or(
                    Meaning::beyond("a variable that may change what is run", Starts::Mentioned(part.at)),
                    |effect| value_meaning(effect, &value, part),
                )
            })
        }
        Is::Operand(Role::One(effect)) => word.map_or(Meaning::FINE, |word| value_meaning(*effect, word, part)),
        Is::Operand(Role::Any(spec)) => any_role(spec, word, part),
        Is::Operand(Role::Untold) => {
            Meaning::beyond("an operand that the program's row does not explain", Starts::Mentioned(part.at))
        }
    }
}

/// An option that the row does not name. Where another one is program text, it may hide that: `node --new 1 -e code`.
fn unlisted(part: &Part<'_>, words: &[Word]) -> Meaning {
    const WHY: &str = "an option that the program's row does not name";
    let code = part.row.options().any(|option| option.effect() == Effect::Code && option.is_written());
    if code && words.len() > part.at + 1 {
        return Meaning::anything(WHY);
    }
    Meaning::beyond(WHY, Starts::Mentioned(part.at))
}

/// An operand `KEY=VALUE` where the row has such: what the key does, if the row names it, and the value.
pub(in crate::shell) fn pair(row: Row<'_>, word: Option<&Word>) -> Option<(Option<Effect>, Word)> {
    if !row.has_pairs() {
        return None;
    }
    let (key, value) = match word? {
        Word::Literal(text) => text.split_once('=').map(|(key, value)| (key, Word::literal(value)))?,
        Word::Dynamic { prefix, splits, .. } => {
            let (key, value) = prefix.split_once('=')?;
            (key, Word::Dynamic { prefix: value.into(), splits: *splits, below: None })
        }
    };
    Some((row.pair(key), value))
}

fn any_role(spec: &[OperandData], word: Option<&Word>, part: &Part<'_>) -> Meaning {
    let each = spec.iter().map(|operand| match effect_of(operand) {
        Effect::Command | Effect::Shell | Effect::Line => {
            Meaning::beyond("a command whose place is not told", Starts::Mentioned(part.at))
        }
        effect => word.map_or(Meaning::FINE, |word| value_meaning(effect, word, part)),
    });
    each.fold(Meaning::FINE, Meaning::or)
}

/// A word that may turn out to be any option: the worst of those the row names, if it names all that matter.
fn unsure(part: &Part<'_>, word: Option<&Word>, several: bool) -> Meaning {
    const WHY: &str = "a word that is known only when it runs, and may be an option";
    if part.row.has(flag::DYNAMIC) {
        return Meaning::FINE;
    }
    if !part.row.has(flag::CLOSED) {
        return Meaning::anything(WHY);
    }
    let unknown = Word::Dynamic { prefix: "".into(), splits: false, below: None };
    let options = part.row.options().filter(|option| {
        several || !part.row.has(flag::FIND) || option.arity() == Arity::Bare && option.effect() != Effect::Command
    });
    let options = options.map(|option| match option.effect() {
        Effect::Informs => Meaning::FINE,
        Effect::Command | Effect::Shell | Effect::Line => Meaning::anything(WHY),
        effect => value_meaning(effect, &unknown, part),
    });
    let operands = match part.row.operands() {
        Some(operands) => any_role(operands, word.or(Some(&unknown)), part),
        None => Meaning::anything(WHY),
    };
    let subcommands = if !part.row.has_subcommands() { Meaning::FINE } else { Meaning::anything(WHY) };
    let worst = options.fold(operands.or(subcommands), Meaning::or);
    let starts = if worst.starts == Starts::Nothing { Starts::Nothing } else { Starts::Anything(WHY) };
    Meaning { beyond: worst.beyond.map(|_| WHY), starts }
}

fn option_meaning(effect: Effect, value: Option<&Value>, part: &Part<'_>) -> Meaning {
    match (effect, value) {
        (Effect::Writes, None) => Meaning::beyond("an option that writes a file", Starts::Nothing),
        (effect, Some(value)) => value_meaning(effect, &value.word, part),
        (Effect::Runs | Effect::Shell | Effect::Line, None) => {
            Meaning::beyond("an option that runs a program", Starts::Mentioned(part.at))
        }
        (Effect::Code, None) => Meaning::anything("an option that runs program text"),
        (Effect::Changes | Effect::Setting, None) => {
            Meaning::beyond("an option that changes what is done", Starts::Mentioned(part.at))
        }
        (_, None) => Meaning::FINE,
    }
}

/// A command behind an option, which is judged itself where it has its end.
fn inner_command(part: &Part<'_>, words: &[Word]) -> Meaning {
    let from = part.at + 1;
    match command_end(words, from, part.row.has(flag::FIND)) {
        (Some(end), _) if end > from => Meaning::FINE,
        _ => Meaning::beyond("a command inside an option whose end is not told", Starts::Mentioned(from)),
    }
}

/// What a value or an operand means.
fn value_meaning(effect: Effect, word: &Word, part: &Part<'_>) -> Meaning {
    let mentioned = Starts::Mentioned(part.at);
    match effect {
        Effect::Connects if starts_a_transport(word) => Meaning::beyond("an address that runs a helper", mentioned),
        Effect::Informs
        | Effect::Harmless
        | Effect::Text
        | Effect::Name
        | Effect::Signal
        | Effect::Connects
        | Effect::Reads
        | Effect::Target
        | Effect::Moves
        | Effect::Directory
        | Effect::Handed
        | Effect::Mark
        | Effect::Command => Meaning::FINE,
        Effect::Subdirectory if is_below(word) => Meaning::FINE,
        Effect::Writes if goes_nowhere(word) => Meaning::FINE,
        Effect::Writes => Meaning::beyond("a file that is written beside what the program is for", Starts::Nothing),
        Effect::Setting if is_harmless_setting(part.row, word) => Meaning::FINE,
        Effect::Setting => Meaning::beyond("a setting that may change what is run", mentioned),
        Effect::Changes | Effect::Subdirectory => {
            Meaning::beyond("an option that works elsewhere, or changes what is done", mentioned)
        }
        Effect::Runs => Meaning::beyond("a program that an option or operand names", mentioned),
        Effect::Code => Meaning::anything("program text that may run anything"),
        Effect::Shell | Effect::Line if word.as_literal().is_some() => Meaning::FINE,
        Effect::Shell | Effect::Line => Meaning::anything("a text for a shell that is dynamic"),
        Effect::Sed => program(word, sed_doubt),
        Effect::Awk => program(word, awk_doubt),
        Effect::Sql if word.as_literal().is_some_and(sql_is_plain) => Meaning::FINE,
        Effect::Sql => Meaning::anything("SQL that the client may take for commands"),
        Effect::Assignment => assignment(word, part),
        Effect::Elsewhere | Effect::Package | Effect::Task => Meaning { beyond: None, starts: mentioned },
        Effect::Script => script(word),
        Effect::Plain if word.as_literal().is_some_and(is_plain) => Meaning::FINE,
        Effect::Plain => Meaning::beyond("a variable whose value may be run", mentioned),
    }
}

/// Whether a program of `sed`, `awk` or in SQL may read or write files that no word names.
pub(in crate::shell) fn touches_files(effect: Effect, word: &Word) -> bool {
    let Some(text) = word.as_literal() else { return true };
    match effect {
        Effect::Sed => sed_doubt(text).files || sed_doubt(text).runs.is_some(),
        Effect::Awk => awk_doubt(text).files,
        Effect::Sql => sql_touches_files(text),
        _ => false,
    }
}

/// A program of `sed` or `awk`.
fn program(word: &Word, doubt: fn(&str) -> Doubt) -> Meaning {
    let Some(text) = word.as_literal() else { return Meaning::anything("a program of `sed` or `awk` that is dynamic") };
    let doubt = doubt(text);
    match (doubt.runs, doubt.writes) {
        (Some(why), _) => Meaning::anything(why),
        (None, Some(why)) => Meaning::beyond(why, Starts::Nothing),
        (None, None) => Meaning::FINE,
    }
}

/// A variable for the command behind: as `A=b command` is.
fn assignment(word: &Word, part: &Part<'_>) -> Meaning {
    let text = match word {
        Word::Literal(text) => text,
        Word::Dynamic { prefix, .. } => prefix,
    };
    match text.split_once('=') {
        Some((name, value)) if part.row.is_harmless_variable(name, word.as_literal().and(Some(value))) => Meaning::FINE,
        Some((name, _)) if builtins::is_harmless_environment(name) => Meaning::FINE,
        _ => Meaning::beyond(ENVIRONMENT, Starts::Mentioned(part.at)),
    }
}

pub(in crate::shell) const ENVIRONMENT: &str = "a program is given a variable that may change what it runs";

/// A file whose code is run: its name is the author's word, unless it is the input.
fn script(word: &Word) -> Meaning {
    match word.as_literal() {
        Some("-") => Meaning::anything(INPUT),
        Some(path) if path.starts_with("/dev/") || path.starts_with("/proc/") => Meaning::anything(INPUT),
        Some(_) => Meaning::FINE,
        None => Meaning::anything("a script whose name is dynamic"),
    }
}

const INPUT: &str = "a program that takes commands from its input";

/// Whether configuration that a word sets is harmless, by the program's row.
pub(in crate::shell) fn is_harmless_setting(row: Row<'_>, word: &Word) -> bool {
    let text = match word {
        Word::Literal(text) => text,
        Word::Dynamic { prefix, splits: false, .. } if prefix.contains('=') => prefix,
        Word::Dynamic { .. } => return false,
    };
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key, word.as_literal().and(Some(value))),
        None => (&**text, None),
    };
    row.is_harmless_setting(key, value)
}

/// Whether an address names a program that reaches it, `ext::sh -c …`, has a host that is an option to one, or a path that the
/// other machine's shell expands.
fn starts_a_transport(word: &Word) -> bool {
    let text = match word {
        Word::Literal(text) => text,
        Word::Dynamic { prefix, .. } => prefix,
    };
    if text.contains("://-") || text.contains("$(") || text.contains('`') {
        return true;
    }
    text.split_once("::")
        .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)))
}

/// Whether a directory is below the one it is seen from, whatever stands there.
pub(in crate::shell) fn is_below(word: &Word) -> bool {
    word.as_literal().is_some_and(|path| {
        !path.is_empty() && !path.starts_with(['/', '~']) && path.split('/').all(|part| part != "..")
    })
}

/// Where the names are that `<(…)` stands for.
pub(in crate::shell) const DESCRIPTORS: &str = "/dev/fd";

/// Whether a file that is written is none: `-o /dev/null`.
pub(in crate::shell) fn goes_nowhere(word: &Word) -> bool {
    if matches!(word, Word::Dynamic { below: Some(below), .. } if **below == *DESCRIPTORS) {
        return true;
    }
    matches!(word.as_literal(), Some("/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty"))
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:,@+".contains(&byte))
}

/// What a command's standard input means, and what happens where a command is expected and none is there.
pub(in crate::shell) fn around(reading: &Reading<'_>, command: &Command) -> Meaning {
    if only_informs(reading) {
        return Meaning::FINE;
    }
    input(reading.stdin, &command.input).or(absence(reading))
}

fn input(stdin: Option<Stdin>, input: &Input) -> Meaning {
    match (stdin, input) {
        (_, Input::Empty)
        | (Some(Stdin::Ignored | Stdin::Data | Stdin::Words), _)
        | (None | Some(Stdin::Untold | Stdin::Typed), Input::Inherited) => Meaning::FINE,
        (Some(Stdin::Code | Stdin::Typed), _) => Meaning::anything(INPUT),
        (None | Some(Stdin::Untold), _) => {
            Meaning::anything("input for a program whose row does not say what it does with it")
        }
    }
}

/// What happens where a command is expected and none is there.
pub(in crate::shell) fn absence(reading: &Reading<'_>) -> Meaning {
    let there = reading.parts.iter().any(|part| match &part.is {
        Is::Operand(Role::One(effect)) => *effect == Effect::Command,
        Is::Option { option, .. } => option.effect() == Effect::Command,
        Is::Unlisted | Is::Unsure { .. } | Is::UnknownSubcommand | Is::Operand(_) => true,
        Is::Subcommand { .. } | Is::Nothing { .. } | Is::Maybe { .. } => false,
    });
    if reading.expects_command && !there && reading.absent == Absent::Shell {
        return Meaning::anything("a shell that reads its input");
    }
    Meaning::FINE
}
