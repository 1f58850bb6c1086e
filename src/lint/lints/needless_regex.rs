//! A regular expression where something plainer says the same.
//!
//! `^git ` is a beginning, `\.md$` an end, `^(GET|HEAD)$` a list. The plainer test is easier to read, cannot be half
//! anchored by mistake, and is looked up instead of matched.
//!
//! Where a `.*` stands inside the regex, the plainer form matches line ends too, which `.` does not; then there is a
//! suggestion, but no automatic fix.

use super::super::parameters::inside;
use super::super::regex_form::{Simple, read};
use super::super::sets::escaped;
use super::super::view::{View, walk_signed};
use super::super::{Example, Lint, purpose};
use super::text_test_on_path::{TextTest, on_path};
use super::text_test_on_url::on_url;
use crate::cel::Type;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "needless-regex",
    severity: Severity::Advice,
    examples: &[
        Example::new(
            r#"name: issues
version: "1.0"
defaults: { tier: blocked }
capabilities:
  issue.create:
    rules:
      - { condition: { title_matches: '^fix: ' }, tier: notify }
"#,
            7,
            r#"name: issues
version: "1.0"
defaults: { tier: blocked }
capabilities:
  issue.create:
    rules:
      - { condition: { title_prefix: 'fix: ' }, tier: notify }
"#,
        ),
        Example::new(
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: "params.method.matches('^(GET|HEAD)$')", tier: notify }
"#,
            7,
            r#"name: requests
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.http_request:
    rules:
      - { condition: "params.method in ['GET', 'HEAD']", tier: notify }
"#,
        ),
    ],
    source: include_str!("needless_regex.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        // A plainer test of the text of a command, a path or a URL is no better than this one, and other lints say so.
        let of_command =
            |expr: &Expr| TextTest::of(expr).is_some_and(|test| purpose::is_command(view, entry, &test.parameter));
        let said = |expr: &Expr, permits: bool| {
            of_command(expr) || on_path(view, entry, expr).is_some() || on_url(view, entry, expr, permits).is_some()
        };
        for rule in &entry.rules {
            walk_signed(&rule.rule.condition, entry.permits(policy, rule), &mut |expr, permits| {
                findings.extend(needless(view, expr).filter(|_| !said(expr, permits)));
            });
        }
    }
}

fn needless(view: &View<'_>, expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
    let [subject, operand] = args.as_slice() else { return None };
    let Some(Value::Text(regex)) = operand.constant() else { return None };
    if function.name != "matches" || subject.ty == Type::Path {
        return None;
    }
    let (simple, exact) = read(regex)?;
    let written = view.text(expr.span);
    let as_key = !inside(expr.span, operand.span);
    let plain = if as_key { key_form(written, &simple)? } else { expression_form(&subject.canonical(), &simple) };
    let finding = LINT.finding(operand.span, "this regular expression says no more than a plainer test");
    if !exact {
        return Some(finding.help(format!("write `{plain}`; it lets `*` match line ends too, which `.` does not")));
    }
    let finding = finding.help(format!("write `{plain}`"));
    Some(if as_key { finding.fix(expr.span.to(operand.span), plain) } else { finding })
}

/// The test as a key and an operand of a map condition.
fn key_form(key: &str, simple: &Simple) -> Option<String> {
    let parameter = key.strip_suffix("matches")?;
    let (operator, operand) = match simple {
        Simple::OneOf(words) => match words.as_slice() {
            [word] => ("eq", quoted(word)),
            words => ("in", format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))),
        },
        Simple::Prefix(text) if !text.starts_with('/') => ("prefix", quoted(text)),
        Simple::Prefix(text) => ("glob", quoted(&format!("{}*", escaped(text)))),
        Simple::Suffix(text) => ("suffix", quoted(text)),
        Simple::Contains(text) => ("contains", quoted(text)),
        Simple::Glob(glob) => ("glob", quoted(glob)),
    };
    Some(format!("{parameter}{operator}: {operand}"))
}

/// The test as an expression.
fn expression_form(subject: &str, simple: &Simple) -> String {
    let text = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    match simple {
        Simple::OneOf(words) => match words.as_slice() {
            [word] => format!("{subject} == {}", text(word)),
            words => format!("{subject} in [{}]", words.iter().map(|word| text(word)).collect::<Vec<_>>().join(", ")),
        },
        Simple::Prefix(prefix) => format!("{subject}.startsWith({})", text(prefix)),
        Simple::Suffix(suffix) => format!("{subject}.endsWith({})", text(suffix)),
        Simple::Contains(part) => format!("{subject}.contains({})", text(part)),
        Simple::Glob(glob) => format!("{subject}.glob({})", text(glob)),
    }
}

/// A text as a YAML scalar in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
