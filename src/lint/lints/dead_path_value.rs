//! A path in a condition that no call's path is compared with as it was meant.
//!
//! Nothing expands a path in a policy: `~/.ssh` and `$HOME/x` are texts that begin with `~` and `$`; in `suffix`, `eq` and
//! `in` a `*` is an asterisk; `path_eq: /etc/` is not the path `/etc`, and `extension() == '.md'` never holds, since an
//! extension has no dot. A rule that blocks by such a value blocks nothing.
//!
//! Write paths from the root on, `$workspace` or `$cwd` for what the host vouches for, and `path(params.path).matches('…')`
//! for patterns.

use super::super::view::{EntryView, View, walk};
use super::super::{Example, Lint, purpose};
use super::text_test_on_path::{Kind, TextTest};
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::condition::unknown_place;
use crate::diagnostic::{Diagnostic, Severity};
use crate::path::normalize;

pub(super) const LINT: Lint = Lint {
    code: "dead-path-value",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: { path_prefix: ~/.ssh }, tier: blocked }
    tier: notify
"#,
            7,
            r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: "path(params.path).matches('/{root,home/*}/.ssh/**')", tier: blocked }
    tier: notify
"#,
        ),
        Example::new(
            r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: { path_eq: /home/*/.bashrc }, tier: blocked }
    tier: notify
"#,
            7,
            r#"name: reads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.read:
    rules:
      - { condition: "path(params.path).matches('/home/*/.bashrc')", tier: blocked }
    tier: notify
"#,
        ),
    ],
    source: include_str!("dead_path_value.rs"),
    check,
};

/// What is wrong with a value, and what to write.
struct Wrong {
    what: String,
    help: String,
}

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        for rule in &entry.rules {
            walk(&rule.rule.condition, &mut |expr| {
                let wrong = of_text(view, entry, expr).or_else(|| of_path(expr));
                findings.extend(wrong.map(|wrong| LINT.finding(expr.span, wrong.what).help(wrong.help)));
            });
        }
    }
}

/// A path's text, compared with a value.
fn of_text(view: &View<'_>, entry: &EntryView<'_>, expr: &Expr) -> Option<Wrong> {
    let test = TextTest::of(expr)?;
    let path = purpose::is_path(view, entry, &test.parameter);
    test.operands.iter().find_map(|operand| {
        let starts = ["~/", "$", "/"].iter().any(|start| operand.starts_with(start)) || operand == "~";
        if !path && !starts {
            return None;
        }
        unexpanded(operand, path)
            .or_else(|| wildcard(&test, operand))
            .or_else(|| if path { denormal(&test, operand) } else { None })
    })
}

/// A path, its name or its extension, asked for something that none has.
fn of_path(expr: &Expr) -> Option<Wrong> {
    let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
    let [subject, operand] = args.as_slice() else { return None };
    let operands = texts(operand.constant()?);
    match (function.name, &subject.kind) {
        ("within" | "matches", _) if subject.ty == Type::Path => {
            operands.iter().find_map(|text| unexpanded(text, true))
        }
        ("@eq" | "@ne" | "@in", ExprKind::Call { function, .. }) => {
            operands.iter().find_map(|text| part(function.name, text))
        }
        _ => None,
    }
}

/// An extension with its dot, a name with a slash.
fn part(function: &str, text: &str) -> Option<Wrong> {
    match function {
        "extension" if text.starts_with('.') => Some(Wrong {
            what: format!("no path has the extension `{text}`: it stands without its dot"),
            help: format!("write `'{}'`", text.trim_start_matches('.')),
        }),
        "name" if text.contains('/') => Some(Wrong {
            what: format!("no path has the name `{text}`: a name is what follows the last slash"),
            help: "compare the whole path, `path(params.path).matches('/**/…')`".to_owned(),
        }),
        _ => None,
    }
}

/// A `~` or `$NAME` that nothing expands. The text of what is no path, or not certainly one, may be a word that begins so.
fn unexpanded(text: &str, path: bool) -> Option<Wrong> {
    let first = text.split('/').next().unwrap_or(text);
    let meant = match unknown_place(text) {
        Some((_, None)) if !path && first == text => return None,
        Some((_, meant)) => meant,
        None if first == "~" => None,
        None => return None,
    };
    let what = format!(
        "`{}` stands for nothing here: the path is compared with `{}` as it is written",
        first.escape_debug(),
        text.escape_debug()
    );
    let known = "write the path from the root on, `/home/*/…` in `path(params.path).matches('…')`, or `$workspace`, `$cwd` \
                 as the operand of a key";
    Some(Wrong { what, help: meant.map_or_else(|| known.to_owned(), |meant| format!("did you mean `{meant}`?")) })
}

/// A wildcard where there are none.
fn wildcard(test: &TextTest, text: &str) -> Option<Wrong> {
    let braces = text
        .split_once('{')
        .is_some_and(|(_, rest)| rest.split_once('}').is_some_and(|(inside, _)| inside.contains(',')));
    let wild = test.kind != Kind::Pattern && (text.contains('*') || braces);
    let glob = if test.kind == Kind::Prefix { format!("{}/**", text.trim_end_matches('/')) } else { text.to_owned() };
    let glob = if glob.starts_with('/') {
        glob
    } else {
        format!("/{}", if glob.starts_with("**") { glob } else { format!("**/{glob}") })
    };
    wild.then(|| asterisk(text, &glob, Some(&test.parameter)))
}

fn asterisk(text: &str, glob: &str, parameter: Option<&str>) -> Wrong {
    let parameter = parameter.unwrap_or("path");
    Wrong {
        what: format!(
            "a wildcard is a plain character here: only paths that hold `{}` as it is written are meant",
            text.escape_debug()
        ),
        help: format!("write `path(params.{parameter}).matches('{}')`", glob.escape_debug()),
    }
}

/// A path that is not written as paths are.
fn denormal(test: &TextTest, text: &str) -> Option<Wrong> {
    if test.kind != Kind::Equal || !text.starts_with('/') {
        return None;
    }
    let normal = normalize(text).ok()?;
    (normal != text).then(|| Wrong {
        what: format!("`{}` is the text of no path: that is `{}`", text.escape_debug(), normal.escape_debug()),
        help: format!(
            "write `path(params.{0}).matches('{1}')`, or `{0}_within: {1}` for all below it",
            test.parameter,
            normal.escape_debug()
        ),
    })
}

fn texts(value: &Value<'_>) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.as_str().to_owned()],
        Value::List(list) => list.iter().flat_map(|item| texts(&item)).collect(),
        _ => Vec::new(),
    }
}
