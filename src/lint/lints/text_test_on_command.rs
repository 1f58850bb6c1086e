//! A test of text on a parameter that is a command.
//!
//! One command has endless texts: `contains: "rm -rf"` misses `rm -r -f`, `rm  -rf`, `/bin/rm -rf`, `\rm -rf`; a beginning
//! `git ` is that of `git status; rm x` too; a list of whole texts misses one blank more. What stands beside the
//! command, its arguments, environment and standard input, is not looked at. A parameter is a command when the catalog
//! says so (`x-kruxos-role: command`), or, where none knows it, by its name (`command`, `cmd`).
//!
//! Write what is allowed as `command_runs_only`, what is forbidden as `command_runs_any`, and one command word by word as
//! `command_runs_exactly`.

use super::super::purpose;
use super::super::view::{EntryView, View, walk};
use super::super::{Example, Lint};
use super::text_test_on_path::{Kind, TextTest};
use crate::cel::expr::Expr;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "text-test-on-command",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_contains: rm -rf }, tier: blocked }
    tier: notify
"#,
            7,
            r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: { command_runs_any: rm -r }, tier: blocked }
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
      - { condition: "params.command.startsWith('git ')", tier: notify }
"#,
            7,
            r#"name: commands
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    rules:
      - { condition: "shell(params.command).runs_only(['git'])", tier: notify }
"#,
        ),
    ],
    source: include_str!("text_test_on_command.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        for rule in &entry.rules {
            walk(&rule.rule.condition, &mut |expr| findings.extend(on_command(view, entry, expr)));
        }
    }
}

fn on_command(view: &View<'_>, entry: &EntryView<'_>, expr: &Expr) -> Option<Diagnostic> {
    let test = TextTest::of(expr)?;
    let nothing = test.operands.iter().all(|operand| operand.trim().is_empty());
    if nothing || !purpose::is_command(view, entry, &test.parameter) {
        return None;
    }
    let message = format!("`{}` is a command, and this compares its text", test.parameter);
    let help = format!(
        "write `{0}_runs_only` for what is allowed, `{0}_runs_any` for what is forbidden, or `{0}_runs_exactly`",
        test.parameter
    );
    Some(LINT.finding(expr.span, message).labelled(trap(test.kind)).help(help))
}

/// How a text test is got around.
const fn trap(kind: Kind) -> &'static str {
    match kind {
        Kind::Equal => "one blank more, a path before the program, or a variable is another text",
        Kind::Prefix => "`git status; rm x` begins with `git ` too",
        Kind::Suffix | Kind::Contains | Kind::Pattern => {
            "`rm -r -f`, `/bin/rm -rf` and `r\\m -rf` are other texts for one command"
        }
    }
}
