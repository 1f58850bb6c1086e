//! An entry no call can reach.
//!
//! The more specific entry decides. Where more specific entries that always have an answer match every name that an entry
//! matches, nothing is left for it, and what it says is never heard. The same holds for `defaults` when an entry that
//! always answers matches every name.
//!
//! Remove the entry, or widen its pattern to the names that were meant.

use super::super::view::{EntryView, PolicyView, View};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::pattern::NamePattern;

pub(super) const LINT: Lint = Lint {
    code: "unreachable-entry",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.{read,list}: { tier: autonomous }
  filesystem.read: { tier: notify }
  filesystem.list: { tier: notify }
"#,
            5,
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.{read,list,stat}: { tier: autonomous }
  filesystem.read: { tier: notify }
  filesystem.list: { tier: notify }
"#,
        ),
        Example::new(
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  "*": { tier: notify }
"#,
            3,
            r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.*: { tier: notify }
"#,
        ),
    ],
    source: include_str!("unreachable_entry.rs"),
    check,
};

/// Most narrower entries that are put together for a proof.
const MAX_NARROWER: usize = 32;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.own_entries() {
        let narrower = narrower(view, policy, entry);
        if covered(&entry.entry.pattern, &narrower) {
            findings.push(unreachable(entry, &narrower));
        }
    }
    findings.extend(view.policies.iter().filter_map(|policy| unheard_defaults(view, policy)));
}

/// The entries that override this one and always answer.
fn narrower<'v, 's>(view: &'v View<'s>, policy: &'v PolicyView<'s>, entry: &EntryView<'s>) -> Vec<&'v EntryView<'s>> {
    policy
        .overlapping(entry, &view.patterns)
        .filter(|other| {
            other.always_answers() && view.patterns.strictly_contains(entry.pattern, other.pattern, &view.effort)
        })
        .collect()
}

/// Whether the patterns of `narrower` together match all that `pattern` matches.
fn covered(pattern: &NamePattern, narrower: &[&EntryView<'_>]) -> bool {
    if narrower.is_empty() || pattern.is_exact() {
        return false;
    }
    let sample = pattern.sample();
    let free = narrower.iter().all(|other| !other.entry.pattern.matches(&sample));
    if free || narrower.len() > MAX_NARROWER {
        return false;
    }
    let texts: Vec<&str> = narrower.iter().map(|other| other.entry.pattern.as_str()).collect();
    let all = match texts.as_slice() {
        [one] => NamePattern::parse(one),
        several => NamePattern::parse(&format!("{{{}}}", several.join(","))),
    };
    all.is_ok_and(|all| all.contains(pattern))
}

fn unreachable(entry: &EntryView<'_>, narrower: &[&EntryView<'_>]) -> Diagnostic {
    let message = format!("no call reaches `{}`: more specific entries answer for every name", entry.entry.pattern);
    let finding = LINT.finding(entry.entry.span, message).help("remove this entry, or widen its pattern");
    narrower.iter().take(3).fold(finding, |finding, other| finding.also(other.entry.span, "answers always"))
}

fn unheard_defaults(view: &View<'_>, policy: &PolicyView<'_>) -> Option<Diagnostic> {
    let defaults = policy.policy.defaults.as_ref()?;
    let everything = NamePattern::parse("*").ok()?;
    let wide =
        policy.entries.iter().find(|entry| entry.always_answers() && entry.entry.pattern.contains(&everything))?;
    let own = view.policy_document(policy.policy).is_some_and(|document| document.defaults.is_some());
    own.then(|| {
        let message = format!("`defaults` is never asked: `{}` answers every call", wide.entry.pattern);
        LINT.finding(defaults.origin.span, message)
            .also(wide.entry.span, "answers always")
            .help("keep one of the two; `defaults` is the wider by definition")
    })
}
