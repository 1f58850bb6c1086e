//! A wildcard in an entry of a list of commands.
//!
//! Entries have no wildcards: `sudo` stands for `sudo` with anything behind it. A quoted `*`, `~` or `$x` stands for that
//! very text, as it does in a shell, so a rule on `sudo '*'` never sees `sudo ls`.
//!
//! Leave the wildcard out: `sudo`. For paths there are `command_writes_within` and `command_reads_within`.

#[cfg(feature = "shell")]
use super::super::Example;
use super::super::Lint;
use super::super::view::{View, walk};
use crate::cel::expr::Expr;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "quoted-wildcard",
    severity: Severity::Warning,
    #[cfg(feature = "shell")]
    examples: &[EXAMPLE],
    #[cfg(not(feature = "shell"))]
    examples: &[],
    source: include_str!("quoted_wildcard.rs"),
    check,
};

#[cfg(feature = "shell")]
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
    for rule in view.own_entries().flat_map(|(_, entry)| &entry.rules) {
        walk(&rule.rule.condition, &mut |expr| findings.extend(quoted(view, expr)));
    }
}

#[cfg(not(feature = "shell"))]
fn quoted(_: &View<'_>, _: &Expr) -> Vec<Diagnostic> {
    Vec::new()
}

#[cfg(feature = "shell")]
fn quoted(view: &View<'_>, expr: &Expr) -> Vec<Diagnostic> {
    use super::super::typed_sets::{Asks, Typed};
    use super::dead_command::entry_span;

    let Some((_, Typed::Commands { asks, list, .. })) = Typed::of(expr, &view.programs()) else {
        return Vec::new();
    };
    // A list of what is allowed may well name a pattern that a program reads: `find . -name '*.py'`.
    let suspect: fn(&str) -> bool = if asks == Asks::Any { is_pattern } else { is_everything };
    let complaint = |entry: &str| {
        let (words, at) = words(entry).and_then(|words| {
            let at = words.iter().skip(1).position(|word| suspect(word))? + 1;
            Some((words, at))
        })?;
        let (word, before) = (words.get(at)?, words.get(..at)?.join(" "));
        let message =
            format!("`{word}` stands for itself in the entry `{entry}`, not for anything a shell would expand");
        let help = format!("leave it out: `{before}` stands for every `{before} …`");
        Some(LINT.finding(entry_span(view, expr, entry), message).help(help))
    };
    list.entries().filter_map(complaint).collect()
}

/// The words of an entry's command.
#[cfg(feature = "shell")]
fn words(entry: &str) -> Option<Vec<String>> {
    let script = crate::shell::Script::of_text(entry);
    let command = script.commands.first()?;
    command.words.iter().map(|word| word.as_literal().map(str::to_owned)).collect()
}

/// Whether a shell would expand the word if it were not quoted.
#[cfg(feature = "shell")]
fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?', '$']) || word == "~" || word.starts_with("~/")
}

/// Whether the word is nothing but wildcards, or a home directory.
#[cfg(feature = "shell")]
fn is_everything(word: &str) -> bool {
    word.chars().all(|c| c == '*') || word == "~"
}
