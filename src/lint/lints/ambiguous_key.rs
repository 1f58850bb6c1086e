//! A key of a condition that can be read in two ways.
//!
//! In `file_size_lt`, the longest operator binds: it is the size of the parameter `file`, not the parameter `file_size`. A
//! catalog that knows the parameters settles it. Without one, this lint speaks up where the other reading is likely: the
//! policy names the other parameter elsewhere, or the word before `size` rarely is a parameter of its own.
//!
//! Write the condition as an expression, which names the parameter: `params.file_size < 10240`.

use std::collections::BTreeSet;

use super::super::parameters;
use super::super::view::{EntryView, PolicyView, View, walk};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::ConditionDocument;
use crate::yaml::{Key, Node};

pub(super) const LINT: Lint = Lint {
    code: "ambiguous-key",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: uploads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  store.upload:
    rules:
      - { condition: { file_size_lt: 10KiB }, tier: autonomous }
"#,
        7,
        r#"name: uploads
version: "1.0"
defaults: { tier: blocked }
capabilities:
  store.upload:
    rules:
      - { condition: "params.file_size < 10240", tier: autonomous }
"#,
    )],
    source: include_str!("ambiguous_key.rs"),
    check,
};

/// Words that with `size` behind them are a parameter's name more often than a parameter themselves.
const SIZED: &[&str] = &["batch", "block", "buffer", "chunk", "file", "font", "image", "max", "min", "page", "total"];
/// The comparisons that `size_` may stand before.
const COMPARISONS: &[&str] = &["eq", "ne", "lt", "lte", "gt", "gte"];

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for policy in &view.policies {
        let named = named_parameters(policy);
        for entry in policy.entries.iter().filter(|entry| !entry.entry.inherited) {
            for at in 0..entry.rules.len() {
                let document = view.rule_document(entry.entry, at);
                if let Some(ConditionDocument::Map(node)) = document.map(|document| &document.condition) {
                    keys(node, &mut |key| findings.extend(ambiguous(view, entry, &named, key)));
                }
            }
        }
    }
}

/// Every parameter that a policy's conditions look at.
fn named_parameters(policy: &PolicyView<'_>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for rule in policy.entries.iter().flat_map(|entry| &entry.rules) {
        walk(&rule.rule.condition, &mut |expr| named.extend(parameters::name(expr)));
    }
    named
}

/// Every key that names a parameter, however deep.
fn keys<'n>(node: &'n Node, visit: &mut dyn FnMut(&'n Key)) {
    for (key, value) in node.as_map().unwrap_or_default() {
        match key.text.as_str() {
            "any" | "all" => value.as_list().unwrap_or_default().iter().for_each(|item| keys(item, visit)),
            "not" => keys(value, visit),
            _ => visit(key),
        }
    }
}

fn ambiguous(view: &View<'_>, entry: &EntryView<'_>, named: &BTreeSet<String>, key: &Key) -> Option<Diagnostic> {
    let (parameter, comparison) = sized(&key.text)?;
    let other = format!("{parameter}_size");
    let known = |name: &str| !parameters::known(view, entry, name).is_empty();
    if known(parameter) {
        return None;
    }
    let why = if known(&other) {
        "the catalog knows that parameter alone"
    } else if named.contains(&other) {
        "this policy names that parameter elsewhere"
    } else if SIZED.contains(&parameter) && !named_alone(named, parameter, entry) {
        "that is what such a name as a rule means"
    } else {
        return None;
    };
    if known(&other) && view.capabilities(entry).len() == 1 {
        return None;
    }
    let message = format!("`{}` is read as the size of `{parameter}`, not as `{other}`", key.text);
    Some(LINT.finding(key.span, message).labelled(why).help(format!(
        "if `{other}` is meant, write an expression: `params.{other} {} …`; if the size of `{parameter}` is, write \
         `size(params.{parameter}) {0} …`",
        symbol(comparison)
    )))
}

/// Whether the policy's expressions look at the parameter itself, other than through this key.
fn named_alone(named: &BTreeSet<String>, parameter: &str, entry: &EntryView<'_>) -> bool {
    let bare = format!("params.{parameter}");
    let sized = format!("size({bare})");
    let looks = |text: &str| text.contains(&bare) && !text.contains(&sized);
    named.contains(parameter) && entry.tests.table.iter().any(|test| looks(&test.text))
}

/// The parameter and the comparison of a key that tests a size.
fn sized(key: &str) -> Option<(&str, &'static str)> {
    COMPARISONS.iter().find_map(|comparison| {
        let parameter = key.strip_suffix(comparison)?.strip_suffix("_size_")?;
        (!parameter.is_empty()).then_some((parameter, *comparison))
    })
}

fn symbol(comparison: &str) -> &'static str {
    match comparison {
        "eq" => "==",
        "ne" => "!=",
        "lt" => "<",
        "lte" => "<=",
        "gt" => ">",
        _ => ">=",
    }
}
