//! A test of text on a parameter that is a path.
//!
//! A path has many spellings. `startsWith('/workspace')` holds for `/workspace/../etc/shadow` and for `/workspace2`;
//! `== '/etc/shadow'` fails for `/etc//shadow`. The tests of paths compare where a path leads. A parameter is a path when the
//! catalog says so (`format: file-path`), or, where none knows it, by its name (`path`, `file`, `directory`).
//!
//! Write `path_within: /workspace`, `path(params.path).within('/workspace')`, or `path(params.path).matches('/**/*.md')`.

use super::super::parameters;
use super::super::purpose::{self, Says};
use super::super::view::{EntryView, View, walk};
use super::super::{Example, Lint};
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "text-test-on-path",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: "params.path.startsWith('/workspace/')", tier: autonomous }
"#,
        7,
        r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: "path(params.path).within('/workspace')", tier: autonomous }
"#,
    )
    .with_catalog(CATALOG)],
    source: include_str!("text_test_on_path.rs"),
    check,
};

const CATALOG: &str = r#"tools:
  - name: filesystem.read
    inputSchema:
      type: object
      properties: { path: { type: string, format: file-path } }
      required: [path]
"#;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        for rule in &entry.rules {
            walk(&rule.rule.condition, &mut |expr| findings.extend(on_path(view, entry, expr)));
        }
    }
}

/// What is said of a test, if it is one of a path's text.
pub(super) fn on_path(view: &View<'_>, entry: &EntryView<'_>, expr: &Expr) -> Option<Diagnostic> {
    let test = TextTest::of(expr)?;
    let whose = match purpose::path(view, entry, &test.parameter)? {
        Says::Catalog(capability) => format!("is a path of `{capability}`"),
        Says::DoubtfulName if !test.operands.iter().any(|operand| operand.contains('/')) => return None,
        Says::Name | Says::DoubtfulName => "is a path by its name".to_owned(),
    };
    if test.kind == Kind::Equal && !test.operands.iter().any(|operand| operand.starts_with('/')) {
        return None;
    }
    let message = format!("`{}` {whose}, and this compares its text", test.parameter);
    Some(LINT.finding(expr.span, message).labelled(trap(test.kind)).help(mend(&test)))
}

/// How a text test is got around.
const fn trap(kind: Kind) -> &'static str {
    match kind {
        Kind::Prefix => "`/a/../b` begins with `/a/`, and `/ab` with `/a`",
        Kind::Equal => "`/a//b`, `/a/./b` and `/a/c/../b` are the same path",
        Kind::Suffix | Kind::Contains | Kind::Pattern => "a path has many spellings: `..`, `//`, `.`",
    }
}

fn mend(test: &TextTest) -> String {
    let parameter = &test.parameter;
    let directory = |text: &str| format!("/{}", text.trim_matches('/'));
    match (test.kind, test.operands.first()) {
        (Kind::Prefix, Some(text)) if text.starts_with('/') => {
            format!("write `path(params.{parameter}).within('{}')`, or `{parameter}_within` in a map", directory(text))
        }
        (Kind::Suffix, Some(text)) if text.starts_with('.') => {
            format!("write `path(params.{parameter}).matches('/**/*{text}')`")
        }
        (Kind::Pattern, Some(text)) if is_directory(text) => {
            format!("write `{parameter}_within: {}`", text.trim_end_matches(['*', '/']))
        }
        (Kind::Equal, Some(text)) => format!("write `path(params.{parameter}).matches('{text}')`"),
        _ => format!("write `path(params.{parameter}).within('/…')` or `.matches('/**/…')`"),
    }
}

/// Whether a glob means a directory and all below it.
fn is_directory(glob: &str) -> bool {
    let directory = glob.strip_suffix("/**").or_else(|| glob.strip_suffix("/*"));
    directory.is_some_and(|directory| directory.starts_with('/') && !directory.contains(['*', '?', '[', '{', '\\']))
}

/// What a text test asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Equal,
    Prefix,
    Suffix,
    Contains,
    Pattern,
}

/// A test of a parameter's text against constants.
pub(super) struct TextTest {
    pub(super) parameter: String,
    pub(super) kind: Kind,
    pub(super) operands: Vec<String>,
}

impl TextTest {
    /// The text test that an expression is.
    pub(super) fn of(expr: &Expr) -> Option<Self> {
        let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
        let kind = match function.name {
            "@eq" | "@ne" | "@in" => Kind::Equal,
            "startsWith" => Kind::Prefix,
            "endsWith" => Kind::Suffix,
            "contains" => Kind::Contains,
            "matches" | "glob" => Kind::Pattern,
            _ => return None,
        };
        let [left, right] = args.as_slice() else { return None };
        let (subject, operand) = match (left.constant(), right.constant()) {
            (None, Some(operand)) => (left, operand),
            (Some(operand), None) if kind == Kind::Equal => (right, operand),
            _ => return None,
        };
        Some(Self { parameter: parameters::name(text_of(subject))?, kind, operands: texts(operand) })
    }
}

/// What a text is made of by functions of texts alone.
fn text_of(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Call { function, args, .. } if MAKE_TEXTS.contains(&function.name) => {
            args.first().map_or(expr, text_of)
        }
        _ => expr,
    }
}

/// Functions that make texts of a text.
const MAKE_TEXTS: &[&str] = &["lowerAscii", "upperAscii", "trim", "replace", "substring", "split", "_[_]", "reverse"];

fn texts(value: &Value<'_>) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.as_str().to_owned()],
        Value::List(list) => list.iter().flat_map(|item| texts(&item)).collect(),
        _ => Vec::new(),
    }
}
