//! The cases beside a catalog's rows: whether each command line is answered as its row's author expects.

use super::files::Access;
use super::invocation::{Form, Invocation};
use super::programs::{Case, Fault, Programs, lower};
use super::script::Script;
use super::{List, Verdict};

/// The program that the second answer of a case asks for.
const FORBIDDEN: &str = "rm";
/// What feeds a program's input is not what a case is about.
const FEEDERS: &[&str] = &["echo", "printf", "cat"];

/// What is wrong with cases: they come to other answers, or are of another program.
#[must_use]
pub fn wrong_cases(programs: &Programs, cases: &[Case]) -> Vec<Fault> {
    cases.iter().filter_map(|case| wrong(programs, case)).collect()
}

fn wrong(programs: &Programs, Case { names, case }: &Case) -> Option<Fault> {
    let script = Script::of_invocation(
        &Invocation { command: Form::Text(&case.text), environment: Vec::new(), directory: None, input: None },
        programs,
    );
    let fault = |why: String| Some(Fault::new(case.line, why));
    let own = |word: &str| names.iter().any(|name| is_name(name, word));
    if !script.commands.iter().any(|command| command.words.first().and_then(|word| word.as_literal()).is_some_and(own))
    {
        let name = names.first().map_or("", String::as_str);
        return fault(format!("the case `{}` runs no `{name}`, which is this row's program", case.text.escape_debug()));
    }
    let mut listed: Vec<&str> = FEEDERS.to_vec();
    listed.extend(names.iter().map(|name| name.trim_end_matches('#')));
    listed.extend(case.text.split_whitespace().filter(|word| own(word)));
    listed.retain(|name| List::read([*name]).is_ok());
    let (only, any) = (List::read(listed).ok()?.runs_only(&script), List::read([FORBIDDEN]).ok()?.runs_any(&script));
    if word(only) == case.only && word(any) == case.any {
        return case.within.as_ref().and_then(|said| misplaced(&script, case, said));
    }
    let because = [only, any].into_iter().find_map(|verdict| match verdict {
        Verdict::Unknown(why) => Some(format!(" ({why})")),
        _ => None,
    });
    fault(format!(
        "the case `{}` says `{} {}`, and the rows answer `{} {}`{}; mend the row or the case",
        case.text.escape_debug(),
        case.only,
        case.any,
        word(only),
        word(any),
        because.unwrap_or_default()
    ))
}

/// What a case says of the files that are written and read, and the rows do not.
fn misplaced(script: &Script, case: &lower::Case, said: &[String; 2]) -> Option<Fault> {
    let found = [Access::Write, Access::Read].map(|access| script.stays(access));
    (found.map(word) != [said[0].as_str(), said[1].as_str()]).then(|| {
        let [writes, reads] = found.map(word);
        let why = format!(
            "the case `{}` says `{}` of what is written and read below where it works, and the rows answer `{writes} {reads}`; mend \
             the row or the case",
            case.text.escape_debug(),
            said.join(" ")
        );
        Fault::new(case.line, why)
    })
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Unknown(_) => "unknown",
    }
}

/// Whether a word is a row's name, or a version of one that ends in `#`.
fn is_name(name: &str, word: &str) -> bool {
    match name.strip_suffix('#') {
        Some(stem) => word.trim_end_matches(|char: char| char.is_ascii_digit() || ".-".contains(char)) == stem,
        None => word == name,
    }
}
