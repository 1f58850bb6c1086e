//! An entry that has no effect because what a base blocks stays blocked.
//!
//! A policy replaces the entries of the policies it extends, but for what they block: where an entry of a base, by itself,
//! answers a call with `blocked`, the extending policy's entry changes nothing. The finding names both lines.
//!
//! Remove the entry, extend a base that does not block these calls, or have whoever owns the base change its entry.

use super::super::view::{EntryView, PolicyView, View};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::outcome::Outcome;
use crate::tier::Tier;

pub(super) const LINT: Lint = Lint {
    code: "blocked-by-base",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: own
version: "1.0"
extends: system-baseline
defaults: { tier: approval_required }
capabilities:
  secrets.read_raw: { tier: autonomous }
"#,
        6,
        r#"name: own
version: "1.0"
extends: system-baseline
defaults: { tier: approval_required }
capabilities:
  secrets.list: { tier: notify }
"#,
    )],
    source: include_str!("blocked_by_base.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for policy in &view.policies {
        for entry in policy.entries.iter().filter(|entry| !entry.entry.inherited) {
            let mildest = entry.outcomes().map(|outcome| outcome.tier).min();
            if let (Some(mildest), Some((base, by))) = (mildest, blocked(view, policy, entry)) {
                findings.push(finding(view, entry, mildest, base, by));
            }
        }
    }
}

/// The base that blocks every call of the names of an entry that says something milder, and the answer with which it does.
pub(super) fn blocked<'v, 's>(
    view: &View<'s>,
    policy: &'v PolicyView<'s>,
    entry: &EntryView<'s>,
) -> Option<(&'v PolicyView<'s>, &'s Outcome)> {
    if entry.outcomes().all(|outcome| outcome.tier == Tier::Blocked) {
        return None;
    }
    policy.bases.iter().find_map(|base| Some((base, always_blocked(view, base, entry)?)))
}

/// The answer with which a base blocks every call of the entry's names, if it does.
fn always_blocked<'s>(view: &View<'s>, base: &PolicyView<'s>, entry: &EntryView<'s>) -> Option<&'s Outcome> {
    let patterns = &view.patterns;
    let all: Vec<&EntryView<'s>> = base.of_pattern(entry.pattern).chain(base.overlapping(entry, patterns)).collect();
    let contains = |other: &&&EntryView<'s>| patterns.contains(other.pattern, entry.pattern, &view.effort);
    let always = all.iter().filter(contains).copied().filter(|other| other.always_answers());
    let always: Vec<&EntryView<'s>> = always.collect();
    let overridden = |other: &&EntryView<'s>| {
        always.iter().any(|one| patterns.strictly_contains(other.pattern, one.pattern, &view.effort))
    };
    let counting = all.iter().copied().filter(|other| !overridden(other));
    let milder = counting.flat_map(EntryView::outcomes).any(|outcome| outcome.tier < Tier::Blocked);
    if milder {
        return None;
    }
    always.iter().find(|other| !overridden(other))?.entry.outcome.as_deref()
}

fn finding(view: &View<'_>, entry: &EntryView<'_>, tier: Tier, base: &PolicyView<'_>, by: &Outcome) -> Diagnostic {
    let base = base.name;
    let message = format!("`{tier}` changes nothing: the base `{base}` blocks every call that this entry is about");
    LINT.finding(entry.entry.span, message).also(by.origin.span, "what a base blocks stays blocked").help(format!(
        "remove this entry, or extend a base that does not block these calls; `{base}` does at {}",
        view.place(by.origin.span)
    ))
}
