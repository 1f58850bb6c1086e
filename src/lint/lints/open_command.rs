//! An entry that allows what it does not name.
//!
//! `runs_only: [python]` allows `python x.py`, and what stands in `x.py` is anybody's; `[npx]` allows any package. An entry that
//! ends in an option for program text, `python -c`, `psql -c`, `node -e`, allows any such text, and one like `docker exec` or
//! `ssh host` any command over there. The list bounds little any more. What is said is proved: the command that is named is
//! one that the list allows. (`sh -c` is no such entry: the text behind it is judged itself.)
//!
//! Name what may run, `python scripts/check.py`, `npx eslint`, or leave the entry out.

use super::super::command_tests::{self, CommandTest};
use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::{List, Opening, Verdict};

pub(super) const LINT: Lint = Lint {
    code: "open-command",
    severity: Severity::Warning,
    examples: &[EXAMPLE],
    source: include_str!("open_command.rs"),
    check,
};

const EXAMPLE: Example = Example::new(
    r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status, python] }, tier: notify }
"#,
    7,
    r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_only: [git status, python scripts/check.py] }, tier: notify }
"#,
);

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    command_tests::each(view, |test| findings.extend(test.list.entries().filter_map(|entry| open(view, test, entry))));
}

fn open(view: &View<'_>, test: &CommandTest<'_>, entry: &str) -> Option<Diagnostic> {
    let alone = List::read([entry]).ok().filter(|_| test.allows())?;
    let allowed = |opening: &Opening| test.asks.of(&alone, &opening.command, &test.programs) == Verdict::Yes;
    let Opening { command, word, is } = List::openings(entry, &test.programs).into_iter().find(allowed)?;
    let message = format!("the entry `{entry}` allows `{command}`, and does not say what `{word}` is");
    let finding = LINT.finding(test.entry_span(view, entry), message).labelled(format!("`{word}` is {is}"));
    Some(finding.help(match command.strip_suffix(&format!(" {word}")) {
        Some(before) => format!("name what may run, `{before} NAME`, or leave the entry out"),
        None => "write the whole of what may run, or leave the entry out".to_owned(),
    }))
}
