//! A wildcard in an entry of a list of commands.
//!
//! Entries have no wildcards: `sudo` stands for `sudo` with anything behind it. A quoted `*`, `~` or `$x` stands for that
//! very text, as it does in a shell, so a rule on `sudo '*'` never sees `sudo ls`.
//!
//! Leave the wildcard out: `sudo`. For paths there are `command_writes_within` and `command_reads_within`.

use super::super::command_tests::{self, CommandTest};
use super::super::typed_sets::Asks;
use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::Script;

pub(super) const LINT: Lint = Lint {
    code: "quoted-wildcard",
    severity: Severity::Warning,
    examples: &[EXAMPLE],
    source: include_str!("quoted_wildcard.rs"),
    check,
};

const EXAMPLE: Example = Example::new(
    r#"name: commands
version: "1.0"
defaults: { tier: approval_required }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_any: ["sudo '*'"] }, tier: blocked }
"#,
    7,
    r#"name: commands
version: "1.0"
defaults: { tier: approval_required }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_any: [sudo] }, tier: blocked }
"#,
);

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    command_tests::each(view, |test| {
        findings.extend(test.list.entries().filter_map(|entry| quoted(view, test, entry)))
    });
}

fn quoted(view: &View<'_>, test: &CommandTest<'_>, entry: &str) -> Option<Diagnostic> {
    // A list of what is allowed may well name a pattern that a program reads: `find . -name '*.py'`.
    let suspect: fn(&str) -> bool = if test.asks == Asks::Any { is_pattern } else { is_everything };
    let words = words(entry)?;
    let at = words.iter().skip(1).position(|word| suspect(word))? + 1;
    let (word, before) = (words.get(at)?, words.get(..at)?.join(" "));
    let message = format!("`{word}` stands for itself in the entry `{entry}`, not for anything a shell would expand");
    let help = format!("leave it out: `{before}` stands for every `{before} …`");
    Some(LINT.finding(test.entry_span(view, entry), message).help(help))
}

/// The words of an entry's command.
fn words(entry: &str) -> Option<Vec<String>> {
    let script = Script::of_text(entry);
    let command = script.commands.first()?;
    command.words.iter().map(|word| word.as_literal().map(str::to_owned)).collect()
}

/// Whether a shell would expand the word if it were not quoted.
fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?', '$']) || word == "~" || word.starts_with("~/")
}

/// Whether the word is nothing but wildcards, or a home directory.
fn is_everything(word: &str) -> bool {
    word.chars().all(|c| c == '*') || word == "~"
}
