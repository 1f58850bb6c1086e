//! An entry whose pattern matches no capability of the catalog.
//!
//! Names are case-sensitive, so `Filesystem.read` matches no call of `filesystem.read`. Where a known name is near, the
//! finding is a warning with the name that was probably meant; else it is advice, because a catalog may be incomplete. An
//! alternative in braces that matches nothing is found too. An entry that only blocks is not reported unless a name is
//! near: blocking what is not there yet is foresight.
//!
//! Correct the name, or complete the catalog.

use super::super::view::{EntryView, View};
use super::super::{Example, Lint};
use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Severity};
use crate::pattern::NamePattern;
use crate::tier::Tier;

pub(super) const LINT: Lint = Lint {
    code: "unknown-capability",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.stat: { tier: autonomous }
  filesystem.raed: { tier: autonomous }
"#,
            6,
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.stat: { tier: autonomous }
  filesystem.read: { tier: autonomous }
"#,
        )
        .with_catalog(CATALOG),
        Example::new(
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  Filesystem.{read,stat}: { tier: autonomous }
"#,
            5,
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.{read,stat}: { tier: autonomous }
"#,
        )
        .with_catalog(CATALOG),
    ],
    source: include_str!("unknown_capability.rs"),
    check,
};

const CATALOG: &str = r#"tools:
  - { name: filesystem.read, inputSchema: { type: object } }
  - { name: filesystem.stat, inputSchema: { type: object } }
"#;

/// Most alternatives that one pattern is taken apart into.
const MAX_ALTERNATIVES: usize = 64;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(catalog) = view.set.catalog().filter(|catalog| !catalog.is_empty()) else { return };
    for (_, entry) in view.own_entries() {
        if view.capabilities(entry).is_empty() {
            findings.extend(unknown(catalog, entry));
        } else {
            findings.extend(dead_alternatives(view, catalog, entry));
        }
    }
}

fn unknown(catalog: &Catalog, entry: &EntryView<'_>) -> Option<Diagnostic> {
    let finding = misspelt(catalog, entry);
    let foresight = finding.severity == Severity::Advice && entry.outcomes().all(|answer| answer.tier == Tier::Blocked);
    (!foresight).then_some(finding)
}

fn misspelt(catalog: &Catalog, entry: &EntryView<'_>) -> Diagnostic {
    let (pattern, span) = (&entry.entry.pattern, entry.entry.span);
    let text = pattern.as_str();
    if pattern.is_exact() {
        let message = format!("the catalog has no capability `{text}`");
        return match (catalog.differing_in_case(text), catalog.nearest(text)) {
            (Some(name), _) => {
                LINT.finding(span, message).help(format!("names are case-sensitive: `{name}`")).fix(span, name)
            }
            (None, Some(near)) => LINT.finding(span, message).help(format!("did you mean `{near}`?")).fix(span, near),
            (None, None) => LINT.advice(span, message).help("correct the name, or complete the catalog"),
        };
    }
    let message = format!("`{text}` matches no capability of the catalog");
    match meant(catalog, text) {
        Some(meant) => LINT.finding(span, message).help(format!("did you mean `{meant}`?")),
        None => LINT.advice(span, message).help("correct the pattern, or complete the catalog"),
    }
}

/// The pattern in the catalog's case, or with the category that is nearest.
fn meant(catalog: &Catalog, text: &str) -> Option<String> {
    let matches = |text: &str| {
        NamePattern::parse(text).is_ok_and(|pattern| catalog.iter().any(|facts| pattern.matches(&facts.name)))
    };
    let lower = text.to_ascii_lowercase();
    if matches(&lower) {
        return Some(lower);
    }
    let (category, rest) = text.split_once('.')?;
    let categories = catalog.iter().filter_map(|facts| facts.name.split_once('.')).map(|(category, _)| category);
    let near = crate::suggest::nearest(category, categories)?;
    Some(format!("{near}.{rest}")).filter(|text| matches(text))
}

/// The alternatives of a pattern that match nothing, when others do.
fn dead_alternatives(view: &View<'_>, catalog: &Catalog, entry: &EntryView<'_>) -> Vec<Diagnostic> {
    let known = view.capabilities(entry);
    let dead = alternatives(entry.entry.pattern.as_str()).into_iter().filter(|text| {
        NamePattern::parse(text).is_ok_and(|pattern| !known.iter().any(|facts| pattern.matches(&facts.name)))
    });
    let report = |text: String| {
        let message = format!("the alternative `{text}` matches no capability of the catalog");
        match catalog.differing_in_case(&text).or_else(|| catalog.nearest(&text)) {
            Some(near) => LINT.finding(entry.entry.span, message).help(format!("did you mean `{near}`?")),
            None => LINT.advice(entry.entry.span, message).help("remove it, or complete the catalog"),
        }
    };
    dead.map(report).collect()
}

/// A pattern's alternatives written out; empty when it has none, or too many.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut open = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(text) = open.pop() {
        match innermost(&text) {
            None => done.push(text),
            Some((before, inside, after)) => {
                open.extend(inside.split(',').map(|one| format!("{before}{one}{after}")));
            }
        }
        if open.len() + done.len() > MAX_ALTERNATIVES {
            return Vec::new();
        }
    }
    done.sort();
    done.dedup();
    if done.len() > 1 { done } else { Vec::new() }
}

/// The first `{…}` that holds no other.
fn innermost(text: &str) -> Option<(&str, &str, &str)> {
    let (head, after) = text.split_once('}')?;
    let (before, inside) = head.rsplit_once('{')?;
    Some((before, inside, after))
}
