//! Whether a text runs a file that it writes itself: `echo 'rm y' > x.sh; sh x.sh`, `cp /bin/rm x && ./x y`.
//!
//! What stands in files is else not asked about; here it stands in the text. Knows names of files, not what they lead to.

use super::programs::{self, Effect, Is, Role, base_name};
use super::script::{Script, Source, Word};

/// What of a text is in a file that it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Nothing.
    Nothing,
    /// What a program made of its words: a copy, a link, what is compiled.
    Made,
    /// What some command printed.
    Printed,
}

/// What of a script is in a file that it runs.
pub(super) fn runs_what_it_writes(script: &Script) -> Written {
    let run = run(script);
    if run.is_empty() {
        return Written::Nothing;
    }
    let is_run = |word: &Word| match word {
        Word::Literal(path) => run.contains(&base_name(path.trim_end_matches('/'))),
        Word::Dynamic { .. } => true,
    };
    if script.writes.iter().any(is_run) {
        return Written::Printed;
    }
    let mut made = Written::Nothing;
    for command in &script.commands {
        let Some(row) = script.programs.row_of(&command.words) else { continue };
        let writes = |effect: Effect| matches!(effect, Effect::Target | Effect::Writes | Effect::Moves);
        for part in programs::read(row, &command.words).parts {
            let is = match &part.is {
                Is::Operand(Role::One(effect)) if writes(*effect) => command.words.get(part.at).is_some_and(is_run),
                Is::Option { option, value: Some(value), .. } if writes(option.effect()) => is_run(&value.word),
                _ => false,
            };
            // `tee` writes what it is given.
            match is {
                true if row.stdin() == Some(programs::Stdin::Data) => return Written::Printed,
                true => made = Written::Made,
                false => {}
            }
        }
    }
    made
}

/// The names of files that commands run: programs by a path, and scripts.
fn run(script: &Script) -> Vec<&str> {
    let mut names = Vec::new();
    for command in &script.commands {
        let mut by_path =
            command.words.first().and_then(Word::as_literal).into_iter().filter(|name| name.contains('/'));
        names.extend(by_path.next().map(base_name));
        let Some(row) = script.programs.row_of(&command.words) else { continue };
        for part in programs::read(row, &command.words).parts {
            let word = match &part.is {
                Is::Operand(Role::One(Effect::Script)) => command.words.get(part.at),
                _ => None,
            };
            names.extend(word.and_then(Word::as_literal).map(base_name));
        }
    }
    names
}

/// The text of a script, as it is written.
pub(super) fn text(script: &Script) -> String {
    match &script.source {
        Source::Text(text) => text.to_string(),
        Source::Argv(words) => words.join(" "),
    }
}
