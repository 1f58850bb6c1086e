//! A word in a list of commands that its program does not know.
//!
//! `command_runs_any: [git puhs]` blocks nothing: nobody runs `git puhs`. What is known of programs (`docs/commands.md`) names
//! their subcommands and options, and an entry with another word is compared word by word. A subcommand or a program is
//! reported where it is nearly one that is known; an option is, too, where it is near none, and that is advice where it may be
//! one that does no harm.
//!
//! Mend the word; where it is right, bring a row for the program in a catalog (`commands:`).

use super::super::command_tests::{self, CommandTest};
use super::super::typed_sets::Asks;
use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::{List, UnknownIs, UnknownWord};
use crate::source::Span;

pub(super) const LINT: Lint = Lint {
    code: "unknown-command-word",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_any: [git puhs] }, tier: blocked }
    tier: notify
"#,
            7,
            r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_any: [git push] }, tier: blocked }
    tier: notify
"#,
        ),
        Example::new(
            r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - condition: "shell(params.command).runs_any(['git push --froce'])"
        tier: blocked
    tier: notify
"#,
            7,
            r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - condition: "shell(params.command).runs_any(['git push --force'])"
        tier: blocked
    tier: notify
"#,
        ),
    ],
    source: include_str!("unknown_command_word.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    command_tests::each(view, |test| {
        for entry in test.list.entries() {
            let words = List::unknown_words(entry, &test.programs);
            findings.extend(words.iter().map(|word| unknown(view, test, entry, word)));
        }
    });
}

fn unknown(view: &View<'_>, test: &CommandTest<'_>, entry: &str, unknown: &UnknownWord) -> Diagnostic {
    let UnknownWord { word, of, .. } = unknown;
    let message = match unknown.is {
        UnknownIs::Program => format!("nothing is known of a program `{word}`"),
        UnknownIs::Subcommand => format!("`{of}` has no subcommand `{word}` that is known"),
        UnknownIs::Option => format!("`{of}` has no option `{word}` that is known"),
    };
    let span = word_span(view, test.entry_span(view, entry), word);
    let finding = match is_certain(test, unknown) {
        true => LINT.finding(span, message),
        false => LINT.advice(span, message),
    };
    match &unknown.meant {
        Some(meant) if view.text(span) == word => finding.help(format!("did you mean `{meant}`?")).fix(span, meant),
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding
            .labelled("the entry stands for commands with this very word alone")
            .help(format!("mend it, or say what `{}` does by a row in a catalog (`commands:`)", of_program(of))),
    }
}

/// Whether the word is hardly one that is only not known here.
fn is_certain(test: &CommandTest<'_>, unknown: &UnknownWord) -> bool {
    match unknown.is {
        UnknownIs::Program => test.asks == Asks::Any,
        _ if unknown.meant.is_some() => true,
        _ => test.asks == Asks::Any && !unknown.may_be_harmless,
    }
}

fn of_program(of: &str) -> &str {
    of.split(' ').next().unwrap_or(of)
}

/// Where a word stands in an entry that is written as it is, else the entry.
fn word_span(view: &View<'_>, entry: Span, word: &str) -> Span {
    let text = view.text(entry);
    let mut places = text.match_indices(word).map(|(at, _)| at);
    match (places.next(), places.next()) {
        (Some(at), None) => {
            let start = entry.start as usize + at;
            Span::new(entry.source, start, start + word.len())
        }
        _ => entry,
    }
}
