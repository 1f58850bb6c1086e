//! An entry of a list of commands that allows nothing.
//!
//! In `runs_only` a command is allowed when it is certain what it does. `eval` and `source` do what they are given, so they
//! stay unknown under an entry of their own, and the stricter answer counts. Words of the shell itself, `time`, `!`, `if`,
//! need no entry: the commands behind them are judged.
//!
//! Leave the entry out; where a command inside is meant, list that one.

use super::super::command_tests::{self, CommandTest};
use super::super::typed_sets::{Asks, Programs};
use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::{List, Verdict};

pub(super) const LINT: Lint = Lint {
    code: "dead-command",
    severity: Severity::Warning,
    examples: EXAMPLES,
    source: include_str!("dead_command.rs"),
    check,
};

const EXAMPLES: &[Example] = &[
    Example::new(
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status, eval] }, tier: notify }
"#,
        7,
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status] }, tier: notify }
"#,
    ),
    Example::new(
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [time, git status] }, tier: notify }
"#,
        7,
        r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status] }, tier: notify }
"#,
    ),
];

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    command_tests::each(view, |test| findings.extend(test.list.entries().filter_map(|entry| dead(view, test, entry))));
}

fn dead(view: &View<'_>, test: &CommandTest<'_>, entry: &str) -> Option<Diagnostic> {
    let span = test.entry_span(view, entry);
    if List::needless(entry) {
        let message = format!("`{entry}` is a word of the shell and no program");
        return Some(LINT.finding(span, message).help("leave it out: what stands behind it is judged by itself"));
    }
    // What a program with a row does depends on options and subcommands that are not all tried here.
    let own = test.allows() && !List::has_row(entry, &test.programs);
    (own && !is_ever_certain(&test.programs, entry, test.asks)).then(|| {
        let message = format!("the entry `{entry}` allows nothing: what it would run depends on what it is given");
        LINT.finding(span, message).help("leave it out, or list the commands that are meant")
    })
}

/// Words behind an entry that are tried: none, operands, options that need an end.
const BEHIND: &[&str] = &[
    "",
    " x",
    " x y",
    " .",
    " x.txt",
    " -l",
    " x ';'",
    " x {} +",
    " . x",
    " -- x",
    " = x",
    " 1 x",
    " --version",
    " --help",
    " version",
];

/// Whether some command is certain to be of the entry, a plain program beside it allowed.
fn is_ever_certain(programs: &Programs, entry: &str, asks: Asks) -> bool {
    let Ok(list) = List::read([entry, "x"]) else { return true };
    BEHIND.iter().any(|behind| asks.of(&list, &format!("{entry}{behind}"), programs) == Verdict::Yes)
}
