//! A shell's own commands: which of them do nothing that matters here, in exactly which shapes.
//!
//! Every command that some shell has of its own stands in one of three tables, which the tests compare with the shells
//! themselves. What is in none is a program. Knows words, not text.
//!
//! Sources: POSIX.1-2017 XCU 2.14, the manuals of bash 5.3 ("Shell Builtin Commands"), dash 0.5.12, busybox 1.35, mksh 59,
//! ksh93u+m 1.0, zsh 5.9 ("Shell Builtin Commands").

use std::sync::Arc;

use super::expand::is_number;
use super::read::{Arg, Number, is_reserved};
use super::script::{Assignment, Word};
use super::test::{BINARY, NUMERIC, UNARY};
use super::variables::{self, Meaning};

/// Whether a word is a number when the shell runs.
type IsNumber<'n> = &'n dyn Fn(&Arg) -> bool;

/// A command, and whether its words have a shape in which it does no more than its name says.
type Row = (&'static str, fn(&[Arg], IsNumber<'_>) -> bool);

/// Commands that run no program and that need not be listed, and the shape in which that holds.
const STEERING: &[Row] = &[
    (":", |_, _| true),
    ("true", |_, _| true),
    ("false", |_, _| true),
    ("exit", one_number),
    ("return", one_number),
    ("break", one_number),
    ("continue", one_number),
    ("shift", one_number),
    ("wait", |args, is_number| {
        args.iter().all(|arg| is_number(arg) || literal(arg).is_some_and(|text| text == "-n" || is_job(text)))
    }),
    ("test", |args, is_number| tests(args, is_number)),
    ("[", |args, is_number| {
        args.split_last().is_some_and(|(last, args)| literal(last) == Some("]") && tests(args, is_number))
    }),
    ("set", |args, _| sets_options(args)),
    ("export", |args, _| assigns(args, &["-p"])),
    ("readonly", |args, _| assigns(args, &["-p", "-r"])),
    ("local", |args, _| assigns(args, &["-r", "-a"])),
    ("declare", |args, _| assigns(args, &["-r", "-a", "-A", "-x"])),
    ("typeset", |args, _| assigns(args, &["-r", "-a", "-A", "-x"])),
    ("unset", |args, _| assigns(args, &["-v", "-f"])),
    ("read", |args, _| read_names(args).is_some()),
    ("getopts", |args, _| getopts_name(args).is_some()),
    ("mapfile", |args, _| mapped_name(args).is_some()),
    ("readarray", |args, _| mapped_name(args).is_some()),
    ("umask", |args, _| args.iter().all(|arg| literal(arg).is_some_and(is_digits_or_mode))),
    ("times", |args, _| args.is_empty()),
];

/// Commands that are programs too, or do one thing under their own name: a list names them as it names programs. The shape
/// keeps out what evaluates, runs or sets.
const PROGRAMS: &[Row] = &[
    ("cd", no_option),
    ("chdir", no_option),
    ("pushd", no_option),
    ("popd", no_option),
    ("dirs", |args, _| args.iter().all(|arg| literal(arg).is_some())),
    ("pwd", |_, _| true),
    ("echo", |_, _| true),
    ("print", |args, _| args.first().is_none_or(|arg| !arg.word.may_be_option())),
    ("printf", prints),
    ("kill", |_, _| true),
    ("type", |_, _| true),
    ("which", |_, _| true),
    ("where", |_, _| true),
    ("whence", |_, _| true),
    ("jobs", |args, _| {
        args.iter()
            .all(|arg| literal(arg).is_some_and(|text| matches!(text, "-l" | "-p" | "-r" | "-s") || is_job(text)))
    }),
    ("bg", jobs_only),
    ("fg", jobs_only),
    ("disown", jobs_only),
    ("ulimit", |args, _| {
        args.iter().all(|arg| literal(arg).is_some_and(|text| text.starts_with('-') || is_digits_or_mode(text)))
    }),
    ("limit", |args, _| args.iter().all(|arg| literal(arg).is_some())),
    ("sleep", |_, _| true),
    ("cat", |_, _| true),
    ("help", |args, _| args.iter().all(|arg| literal(arg).is_some())),
    ("getconf", |_, _| true),
    ("realpath", |_, _| true),
    ("rename", |_, _| true),
    ("mknod", |_, _| true),
    ("login", |_, _| true),
    ("log", |_, _| true),
    ("clone", |_, _| true),
    ("command", starts_some_command),
    ("builtin", starts_some_command),
    ("exec", starts_command),
    ("time", starts_some_command),
    ("logout", |args, _| args.is_empty()),
    ("suspend", |args, _| args.is_empty()),
    ("stop", |_, _| true),
    ("bye", one_number),
    ("caller", |args, _| args.iter().all(|arg| literal(arg).is_some_and(is_number))),
];

/// Commands that change how the rest of the text is read or what its names mean, that run text, or that evaluate words.
const OPAQUE: &[(&str, &str)] = &[
    ("eval", "`eval`, which runs text that it puts together"),
    ("source", "`source`, which runs a file in the shell itself"),
    (".", "`.`, which runs a file in the shell itself"),
    ("alias", "`alias`, which changes what names mean"),
    ("unalias", "`unalias`, which changes what names mean"),
    ("trap", "`trap`, which runs text later"),
    ("let", "`let`, which evaluates what variables hold"),
    ("enable", CHANGES_NAMES),
    ("disable", CHANGES_NAMES),
    ("hash", CHANGES_NAMES),
    ("rehash", CHANGES_NAMES),
    ("unhash", CHANGES_NAMES),
    ("functions", CHANGES_NAMES),
    ("unfunction", CHANGES_NAMES),
    ("autoload", CHANGES_NAMES),
    ("zmodload", CHANGES_NAMES),
    ("zcompile", CHANGES_NAMES),
    ("nameref", CHANGES_NAMES),
    ("enum", CHANGES_NAMES),
    ("compound", CHANGES_NAMES),
    ("redirect", "`redirect`, which changes where later commands read and write"),
    ("private", EVALUATES),
    ("integer", EVALUATES),
    ("float", EVALUATES),
    ("global", EVALUATES),
    ("vared", EVALUATES),
    ("getln", EVALUATES),
    ("pushln", EVALUATES),
    ("unlimit", EVALUATES),
    ("shopt", READS_OTHERWISE),
    ("emulate", READS_OTHERWISE),
    ("setopt", READS_OTHERWISE),
    ("unsetopt", READS_OTHERWISE),
    ("bind", RUNS_TEXT),
    ("bindkey", RUNS_TEXT),
    ("complete", RUNS_TEXT),
    ("compgen", RUNS_TEXT),
    ("compopt", RUNS_TEXT),
    ("compctl", RUNS_TEXT),
    ("compcall", RUNS_TEXT),
    ("compadd", RUNS_TEXT),
    ("comparguments", RUNS_TEXT),
    ("compdescribe", RUNS_TEXT),
    ("compfiles", RUNS_TEXT),
    ("compgroups", RUNS_TEXT),
    ("compquote", RUNS_TEXT),
    ("compset", RUNS_TEXT),
    ("comptags", RUNS_TEXT),
    ("comptry", RUNS_TEXT),
    ("compvalues", RUNS_TEXT),
    ("zle", RUNS_TEXT),
    ("zformat", EVALUATES),
    ("zparseopts", EVALUATES),
    ("zregexparse", RUNS_TEXT),
    ("zstyle", RUNS_TEXT),
    ("zpty", RUNS_TEXT),
    ("sched", RUNS_TEXT),
    ("fork", RUNS_TEXT),
    ("fc", RUNS_HISTORY),
    ("hist", RUNS_HISTORY),
    ("history", RUNS_HISTORY),
    ("r", RUNS_HISTORY),
    ("run-help", RUNS_TEXT),
    ("which-command", RUNS_TEXT),
    ("echotc", EVALUATES),
    ("echoti", EVALUATES),
    ("ttyctl", READS_OTHERWISE),
];

const CHANGES_NAMES: &str = "a command of the shell that changes what names mean";
const READS_OTHERWISE: &str = "a command of the shell that changes how text is read";
const RUNS_TEXT: &str = "a command of the shell that runs text";
const RUNS_HISTORY: &str = "a command of the shell that runs what was run before";
const EVALUATES: &str = "a command of the shell that evaluates its words";

/// Whether some shell has a command of this name.
pub(super) fn is_builtin(name: &str) -> bool {
    STEERING.iter().any(|(known, _)| *known == name)
        || PROGRAMS.iter().any(|(known, _)| *known == name)
        || OPAQUE.iter().any(|(known, _)| *known == name)
}

/// Whether a command runs no program and changes nothing outside of the text.
pub(super) fn is_control(words: &[Word]) -> bool {
    let name = words.first().and_then(Word::as_literal).unwrap_or_default();
    // The shape was asked for when the text was read, and is a doubt where it does not fit.
    STEERING.iter().any(|(known, _)| *known == name)
}

/// Why a command leaves the text unexplained, for what the shell itself makes of it.
pub(super) fn doubt(words: &[Arg], is_number: IsNumber<'_>) -> Option<&'static str> {
    let (name, args) = words.split_first()?;
    let Some(name) = literal(name) else { return Some("the name of a program is dynamic") };
    if let Some((_, why)) = OPAQUE.iter().find(|(known, _)| *known == name) {
        return Some(why);
    }
    if let Some((_, fits)) = STEERING.iter().chain(PROGRAMS).find(|(known, _)| *known == name) {
        return if fits(args, is_number) { None } else { Some(unusual(name)) };
    }
    named_oddly(name)
}

/// Why a name is none that every shell looks for as a program.
fn named_oddly(name: &str) -> Option<&'static str> {
    match name.chars().next() {
        None => Some("an empty name of a program"),
        Some('-') => Some("an option in the place of a program, as `time -o` is to some shells"),
        Some('%') => Some("a job in the place of a program"),
        Some('=') => Some("a name that some shells expand"),
        // ksh93 takes what ends in a colon for a label, and runs what stands behind it.
        Some(_) if name.ends_with(':') => Some("a label in the place of a program"),
        Some(_) if name.contains('=') => Some("an assignment in the place of a program"),
        Some(_) if name.contains(['(', '[']) && !name.contains('/') => Some("a name that some shells read as more"),
        Some(_) if is_reserved(name) => Some("a word that is reserved in some shells, where a command belongs"),
        Some(_) => None,
    }
}

/// What is said of a command of the shell in a shape that is not known to be harmless.
fn unusual(name: &str) -> &'static str {
    match name {
        "test" | "[" => "a test whose words some shells evaluate, or may be more than one; quote them",
        "set" => "`set` with options that change how text is read",
        "export" | "readonly" | "local" | "declare" | "typeset" | "unset" | "read" | "getopts" | "mapfile"
        | "readarray" => "a variable is set in a way that may do more; write plain names, and quote values",
        "printf" => "`printf` with more than text and `%s`, which some shells evaluate",
        _ => "a command of the shell in a shape that is not known to be harmless",
    }
}

fn literal(arg: &Arg) -> Option<&str> {
    arg.word.as_literal()
}

fn one_number(args: &[Arg], is_number: IsNumber<'_>) -> bool {
    match args {
        [] => true,
        [only] => is_number(only),
        _ => false,
    }
}

fn no_option(args: &[Arg], _: IsNumber<'_>) -> bool {
    args.iter()
        .all(|arg| literal(arg).is_none_or(|text| !text.starts_with('-') || matches!(text, "-" | "--" | "-P" | "-L")))
}

/// Words of which it is certain where the command begins that they start.
fn starts_command(args: &[Arg], _: IsNumber<'_>) -> bool {
    let args = match args {
        [option, rest @ ..] if matches!(literal(option), Some("-p" | "--")) => rest,
        args => args,
    };
    let looks_up = |name: &str| matches!(name, "-v" | "-V");
    args.first().is_none_or(|name| literal(name).is_some_and(|name| !name.starts_with('-') || looks_up(name)))
}

/// The same where some command must stand: for a redirection alone, zsh runs a program.
fn starts_some_command(args: &[Arg], is_number: IsNumber<'_>) -> bool {
    let option = |arg: &Arg| literal(arg) == Some("-p");
    args.iter().any(|arg| !option(arg)) && starts_command(args, is_number)
}

fn jobs_only(args: &[Arg], _: IsNumber<'_>) -> bool {
    args.iter().all(|arg| literal(arg).is_some_and(|text| is_job(text) || is_number(text)))
}

/// `%1`, `%%`, `%+`: a job by its number.
fn is_job(text: &str) -> bool {
    text.strip_prefix('%').is_some_and(|job| job.bytes().all(|byte| byte.is_ascii_digit() || b"%+-".contains(&byte)))
}

fn is_digits_or_mode(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=,+-".contains(&byte))
}

/// `test` and `[`, in the shapes that no shell reads as another one and in which none evaluates a word.
fn tests(args: &[Arg], is_number: IsNumber<'_>) -> bool {
    let args = match args {
        [not, rest @ ..] if !rest.is_empty() && literal(not) == Some("!") => rest,
        args => args,
    };
    let single = |arg: &Arg| !matches!(arg.word, Word::Dynamic { splits: true, .. });
    match args {
        [] => true,
        [only] => single(only),
        [test, operand] => match literal(test) {
            Some("-t") => is_number(operand),
            Some(test) => UNARY.contains(&test) && single(operand),
            None => false,
        },
        [left, test, right] => match literal(test) {
            Some(test) if NUMERIC.contains(&test) => is_number(left) && is_number(right),
            Some(test) => (BINARY.contains(&test) || matches!(test, "<" | ">")) && single(left) && single(right),
            None => false,
        },
        more => more.iter().all(|arg| literal(arg).is_some_and(is_part_of_test)),
    }
}

/// Whether a word of a longer test is one of the tests above, joins them, or is a plain operand.
fn is_part_of_test(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@,+-".contains(&byte);
    UNARY.contains(&text)
        || BINARY.contains(&text)
        || matches!(text, "-a" | "-o" | "!" | "(" | ")")
        || !text.starts_with('-') && text.bytes().all(plain)
}

/// Options of `set` that change nothing but when the shell gives up or what it shows; behind `--`, the text's own arguments.
fn sets_options(args: &[Arg]) -> bool {
    let mut args = args.iter().map(literal);
    while let Some(option) = args.next() {
        let Some(option) = option else { return false };
        let Some(flags) = option.strip_prefix(['-', '+']).filter(|flags| !flags.is_empty()) else { return false };
        if option == "--" {
            return true;
        }
        if !flags.bytes().all(|flag| b"euxvEo".contains(&flag)) {
            return false;
        }
        let named = flags.contains('o');
        if named && (!flags.ends_with('o') || !args.next().flatten().is_some_and(is_harmless_option)) {
            return false;
        }
    }
    true
}

fn is_harmless_option(name: &str) -> bool {
    matches!(name, "pipefail" | "errexit" | "nounset" | "xtrace" | "verbose" | "errtrace")
}

/// Whether a text is a variable's name.
fn is_name(text: &str) -> bool {
    text.bytes()
        .enumerate()
        .all(|(at, byte)| byte == b'_' || byte.is_ascii_alphabetic() || at > 0 && byte.is_ascii_digit())
        && !text.is_empty()
}

/// The variable of an argument `name` or `name=value`, where it is plain and one word.
fn assigned(arg: &Arg) -> Option<&str> {
    let text = match &arg.word {
        Word::Literal(text) => text,
        Word::Dynamic { prefix, splits: false, .. } if prefix.contains('=') => prefix,
        Word::Dynamic { .. } => return None,
    };
    let name = text.split_once('=').map_or(&**text, |(name, _)| name);
    is_name(name).then_some(name)
}

/// Whether arguments are assignments or names, and options of a list.
fn assigns(args: &[Arg], options: &[&str]) -> bool {
    let options_end = args.iter().position(|arg| !literal(arg).is_some_and(|text| options.contains(&text)));
    let names = args.get(options_end.unwrap_or(args.len())..).unwrap_or_default();
    names.iter().all(|arg| assigned(arg).is_some())
}

/// The variables that `read` sets, where its words are the harmless ones.
fn read_names(args: &[Arg]) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let text = literal(arg)?;
        let Some(flags) = text.strip_prefix('-') else {
            names.push(text);
            continue;
        };
        if !names.is_empty() || flags.is_empty() {
            return None;
        }
        let valued = flags.find(|flag| !matches!(flag, 'r' | 's' | 'e'));
        let Some((at, flag)) = valued.and_then(|at| Some((at, flags.get(at..)?.chars().next()?))) else { continue };
        let rest = flags.get(at + 1..)?;
        let value = if rest.is_empty() { literal(args.next()?)? } else { rest };
        let fits = match flag {
            'd' => value.len() <= 1,
            'n' | 'N' | 't' | 'u' => value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
            // A name of a list to some shells, a sign of one to others, which read on.
            'a' | 'A' => is_name(value),
            // A prompt to some shells; to others the words behind it are names.
            'p' => rest.is_empty() && !value.contains(['$', '`', '=']) && !names_shells_own(value),
            _ => false,
        };
        if !fits {
            return None;
        }
        if matches!(flag, 'a' | 'A') {
            names.push(value);
        }
    }
    names.iter().all(|name| is_name(name)).then_some(names)
}

/// Whether a prompt would be a variable of the shell's, or have a subscript, where it is read as `name?prompt`.
fn names_shells_own(prompt: &str) -> bool {
    let name = prompt.split('?').next().unwrap_or_default();
    let subscript = name
        .split('[')
        .rev()
        .skip(1)
        .any(|part| part.ends_with(|last: char| last.is_ascii_alphanumeric() || last == '_'));
    subscript || is_name(name) && variables::meaning(name) == Meaning::Shell
}

fn getopts_name(args: &[Arg]) -> Option<&str> {
    let [options, name, ..] = args else { return None };
    let plain = literal(options)?.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b':');
    literal(name).filter(|name| plain && is_name(name))
}

fn mapped_name(args: &[Arg]) -> Option<&str> {
    let name = match args {
        [option, name] if literal(option) == Some("-t") => name,
        [name] => name,
        _ => return None,
    };
    literal(name).filter(|name| is_name(name))
}

/// `printf` of text: other conversions are numbers, which some shells evaluate, or names.
fn prints(args: &[Arg], is_number: IsNumber<'_>) -> bool {
    let args = match args {
        [end, rest @ ..] if literal(end) == Some("--") => rest,
        args => args,
    };
    let Some((format, values)) = args.split_first() else { return true };
    let Some(format) = literal(format).filter(|format| !format.starts_with('-')) else { return false };
    let Some(kinds) = conversions(format) else { return false };
    if kinds.iter().all(|kind| *kind == Conversion::Text) {
        return true;
    }
    let splits = values.iter().any(|arg| matches!(arg.word, Word::Dynamic { splits: true, .. }));
    let text = |at: usize| !splits && kinds.get(at % kinds.len().max(1)) == Some(&Conversion::Text);
    values.iter().enumerate().all(|(at, value)| text(at) || is_number(value))
}

/// What a conversion of `printf` makes of a word.
#[derive(Clone, Copy, PartialEq)]
enum Conversion {
    Text,
    Number,
}

/// The conversions of a format, in order; nothing where one is of another kind.
fn conversions(format: &str) -> Option<Vec<Conversion>> {
    let mut kinds = Vec::new();
    let mut parts = format.split('%').skip(1);
    while let Some(part) = parts.next() {
        if part.is_empty() {
            // `%%`: what follows is text.
            parts.next();
            continue;
        }
        let flags = |char: char| char.is_ascii_digit() || ".-+ #".contains(char);
        match part.trim_start_matches(flags).chars().next()? {
            's' | 'b' | 'q' | 'c' => kinds.push(Conversion::Text),
            'd' | 'i' | 'o' | 'u' | 'x' | 'X' | 'f' | 'e' | 'g' => kinds.push(Conversion::Number),
            _ => return None,
        }
    }
    Some(kinds)
}

/// Whether a program that is given this variable still runs and writes what it would without.
pub(super) fn is_harmless_environment(name: &str) -> bool {
    variables::is_harmless_to_programs(name)
}

/// Whether a variable is one that texts set for themselves, of a name that means nothing to simple programs.
pub(super) fn is_own_by_custom(name: &str) -> bool {
    variables::is_own_by_custom(name)
}

/// The variables that a command sets, and to what.
pub(super) fn sets(words: &[Arg]) -> Vec<(Arc<str>, Arg)> {
    let unknown = || Arg { word: Word::anything(), number: Number::No };
    let Some((name, args)) = words.split_first() else { return Vec::new() };
    let named = |names: Vec<&str>| names.into_iter().map(|name| (Arc::from(name), unknown())).collect();
    match literal(name) {
        Some("export" | "readonly" | "local" | "declare" | "typeset") => {
            args.iter().filter_map(assignment).filter_map(|(name, value)| Some((name, value?))).collect()
        }
        Some("unset") => named(args.iter().filter_map(assigned).collect()),
        Some("read") => named(read_names(args).unwrap_or_default()),
        Some("getopts") => named(getopts_name(args).into_iter().collect()),
        Some("mapfile" | "readarray") => named(mapped_name(args).into_iter().collect()),
        _ => Vec::new(),
    }
}

/// The variable and value of `name=value`; no value where there is only a name.
fn assignment(arg: &Arg) -> Option<(Arc<str>, Option<Arg>)> {
    let name = assigned(arg)?;
    let value = match &arg.word {
        Word::Literal(text) => text.split_once('=').map(|(_, value)| {
            let number = if is_number(value) { Number::Yes } else { Number::No };
            Arg { word: Word::literal(value), number }
        }),
        Word::Dynamic { prefix, .. } => {
            let value = prefix.split_once('=').map(|(_, value)| value).unwrap_or_default();
            Some(Arg { word: Word::Dynamic { prefix: value.into(), splits: false, below: None }, number: Number::No })
        }
    };
    Some((Arc::from(name), value))
}

/// The variables that a command hands to later ones.
pub(super) fn exports(words: &[Arg]) -> Vec<Assignment> {
    let Some((name, args)) = words.split_first() else { return Vec::new() };
    let exports = match literal(name) {
        Some("export") => true,
        Some("declare" | "typeset") => args.iter().any(|arg| literal(arg) == Some("-x")),
        _ => false,
    };
    // The values of others are handed on already, because they may have been exported before.
    let own = |name: &str, value: &Option<Arg>| value.is_none() || variables::meaning(name) == Meaning::Own;
    let given = args.iter().filter(|_| exports).filter_map(assignment).filter(|(name, value)| own(name, value));
    given
        .map(|(name, value)| Assignment { name, value: value.map_or_else(Word::anything, |value| value.word) })
        .collect()
}
