//! An entry that allows whatever stands behind it.
//!
//! Under `runs_only: [python]` any script may run, under `[npx]` any package, under `[bash]` all that a file says: the list
//! bounds nothing any more. The same holds for `python -c` and `sh -c` written as an entry.
//!
//! Name what may run, `python scripts/check.py`, `npx eslint`, or leave the entry out.

#[cfg(feature = "shell")]
use super::super::Example;
use super::super::Lint;
use super::super::view::{View, walk};
use crate::cel::expr::Expr;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "open-command",
    severity: Severity::Warning,
    #[cfg(feature = "shell")]
    examples: &[EXAMPLE],
    #[cfg(not(feature = "shell"))]
    examples: &[],
    source: include_str!("open_command.rs"),
    check,
};

#[cfg(feature = "shell")]
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
    for rule in view.own_entries().flat_map(|(_, entry)| &entry.rules) {
        walk(&rule.rule.condition, &mut |expr| findings.extend(open(view, expr)));
    }
}

#[cfg(not(feature = "shell"))]
fn open(_: &View<'_>, _: &Expr) -> Vec<Diagnostic> {
    Vec::new()
}

#[cfg(feature = "shell")]
fn open(view: &View<'_>, expr: &Expr) -> Vec<Diagnostic> {
    use super::super::typed_sets::{Asks, Typed};
    use super::dead_command::entry_span;
    use crate::shell::{List, Verdict};

    let Some((_, Typed::Commands { asks, list, programs })) = Typed::of(expr, &view.programs()) else {
        return Vec::new();
    };
    if !matches!(asks, Asks::Only | Asks::Bounded) {
        return Vec::new();
    }
    let open = |entry: &&str| {
        let alone = List::read([*entry]).ok();
        let allows = alone.is_some_and(|alone| asks.of(&alone, &format!("{entry} x"), &programs) == Verdict::Yes);
        allows && List::opens(entry, &programs)
    };
    let complaint = |entry: &str| {
        let message = format!("the entry `{entry}` allows whatever stands behind it");
        let finding = LINT.finding(entry_span(view, expr, entry), message).labelled("what it is given is not named");
        finding.help(match entry.contains(char::is_whitespace) {
            true => "write the whole of what may run, or leave the entry out".to_owned(),
            false => format!("name what may run, `{entry} NAME`, or leave the entry out"),
        })
    };
    list.entries().filter(open).map(complaint).collect()
}
