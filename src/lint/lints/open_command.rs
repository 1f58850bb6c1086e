//! An entry that allows whatever stands behind it.
//!
//! Under `runs_only: [python]` any script may run, under `[npx]` any package, under `[bash]` all that a file says: the list
//! bounds nothing any more. The same holds for `python -c` and `sh -c` written as an entry.
//!
//! Name what may run, `python scripts/check.py`, `npx eslint`, or leave the entry out.

use super::super::command_tests::{self, CommandTest};
use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::{List, Verdict};

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
    let allows = test.asks.of(&alone, &format!("{entry} x"), &test.programs) == Verdict::Yes;
    (allows && List::opens(entry, &test.programs)).then(|| {
        let message = format!("the entry `{entry}` allows whatever stands behind it");
        let finding = LINT.finding(test.entry_span(view, entry), message).labelled("what it is given is not named");
        finding.help(match entry.contains(char::is_whitespace) {
            true => "write the whole of what may run, or leave the entry out".to_owned(),
            false => format!("name what may run, `{entry} NAME`, or leave the entry out"),
        })
    })
}
