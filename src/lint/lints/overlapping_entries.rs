//! Two entries that match the same call, and neither is more specific.
//!
//! Where neither pattern contains the other, no entry overrides, and the stricter answer counts. That is safe, and often a
//! surprise: adding `*.delete` changes what `filesystem.*` says. The finding gives a name that both match. Entries with
//! equal answers are not reported.
//!
//! Add an entry for the names in question, which is more specific than both, or narrow one of the two.

use super::super::view::{EntryView, PolicyView, View};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::pattern::NamePattern;

pub(super) const LINT: Lint = Lint {
    code: "overlapping-entries",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.*: { tier: autonomous }
  "*.delete": { tier: approval_required }
"#,
        6,
        r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.*: { tier: autonomous }
  "*.delete": { tier: approval_required }
  filesystem.*.delete: { tier: approval_required }
  filesystem.delete: { tier: approval_required }
"#,
    )],
    source: include_str!("overlapping_entries.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.entries() {
        for other in policy.overlapping(entry, &view.patterns) {
            let once = other.entry.span < entry.entry.span && !(entry.entry.inherited && other.entry.inherited);
            if once && neither_contains(view, entry, other) && !equal_answers(entry, other) {
                findings.extend(finding(view, policy, entry, other));
            }
        }
    }
}

fn neither_contains(view: &View<'_>, entry: &EntryView<'_>, other: &EntryView<'_>) -> bool {
    !view.patterns.contains(entry.pattern, other.pattern, &view.effort)
        && !view.patterns.contains(other.pattern, entry.pattern, &view.effort)
}

/// Whether both say the same without looking at the call.
fn equal_answers(left: &EntryView<'_>, right: &EntryView<'_>) -> bool {
    let plain = |entry: &EntryView<'_>| entry.rules.is_empty() && !entry.counts();
    let answer =
        |entry: &EntryView<'_>| entry.entry.outcome.as_ref().map(|outcome| (outcome.tier, outcome.relaxable_to));
    plain(left) && plain(right) && answer(left) == answer(right)
}

fn finding(
    view: &View<'_>,
    policy: &PolicyView<'_>,
    entry: &EntryView<'_>,
    other: &EntryView<'_>,
) -> Option<Diagnostic> {
    if !view.effort.ask() {
        return None;
    }
    let witness = witness(view, policy, entry, other)?;
    let (one, two) = (&other.entry.pattern, &entry.entry.pattern);
    let message = format!("`{one}` and `{two}` both match `{witness}`, and neither is more specific");
    Some(
        LINT.finding(entry.entry.span, message)
            .labelled("the stricter of the two answers counts")
            .also(other.entry.span, "the other")
            .help(format!("add an entry for `{witness}` and its like, or narrow one of the two")),
    )
}

/// A name that both match and that no entry more specific than both always answers.
fn witness(view: &View<'_>, policy: &PolicyView<'_>, entry: &EntryView<'_>, other: &EntryView<'_>) -> Option<String> {
    let (left, right) = (&entry.entry.pattern, &other.entry.pattern);
    let inner = |wide: &EntryView<'_>, narrow: &EntryView<'_>| {
        view.patterns.strictly_contains(wide.pattern, narrow.pattern, &view.effort)
    };
    let narrower: Vec<&str> = policy
        .overlapping(entry, &view.patterns)
        .filter(|narrow| narrow.always_answers() && inner(entry, narrow) && inner(other, narrow))
        .map(|narrow| narrow.entry.pattern.as_str())
        .collect();
    let answered = match narrower.as_slice() {
        [] => return left.overlap(right),
        [one] => NamePattern::parse(one),
        several => NamePattern::parse(&format!("{{{}}}", several.join(","))),
    };
    match answered {
        Ok(answered) => left.overlap_except(right, &answered),
        Err(_) => left.overlap(right).filter(|name| {
            policy
                .entries
                .iter()
                .all(|narrow| !narrower.contains(&narrow.entry.pattern.as_str()) || !narrow.entry.pattern.matches(name))
        }),
    }
}
