//! A part of `context` whose name is nearly one that has a meaning.
//!
//! `context` is what the host vouches for: `session`, `cwd`, `workspace`, `host`, `labels`. A test of `context.workspce` is unknown
//! at every call, so the stricter answer counts everywhere and nobody sees why. Other names are the host's own; one that is
//! nearly one of these is most often a slip.
//!
//! Correct the name.

use super::super::view::{View, walk};
use super::super::{Example, Lint};
use crate::cel::CONTEXT;
use crate::cel::expr::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suggest::nearest;

pub(super) const LINT: Lint = Lint {
    code: "misspelt-context",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.write:
    rules:
      - { condition: "path(params.path).within(context.workspce)", tier: notify }
"#,
        7,
        r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.write:
    rules:
      - { condition: "path(params.path).within(context.workspace)", tier: notify }
"#,
    )],
    source: include_str!("misspelt_context.rs"),
    check,
};

/// The parts that have a meaning everywhere.
const KNOWN: &[&str] = &["session", "cwd", "workspace", "host", "labels"];

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        for rule in &entry.rules {
            walk(&rule.rule.condition, &mut |expr| findings.extend(misspelt(expr)));
        }
    }
}

fn misspelt(expr: &Expr) -> Option<Diagnostic> {
    let (ExprKind::Select { operand, field } | ExprKind::Has { operand, field }) = &expr.kind else { return None };
    if !matches!(operand.kind, ExprKind::Variable(CONTEXT)) || KNOWN.contains(&&**field) {
        return None;
    }
    let meant = nearest(field, KNOWN.iter().copied())?;
    let message = format!("`context.{}` is nearly `context.{meant}`, which hosts vouch for", field.escape_debug());
    Some(LINT.finding(expr.span, message).help(format!("did you mean `context.{meant}`?")))
}
