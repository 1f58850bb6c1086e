//! Two patterns of one policy that match the same names, spelled differently.
//!
//! Neither overrides the other, so both are asked and the stricter answer counts. Written as one entry, a repeated key
//! would be an error; spelled in two ways it hides.
//!
//! Put the two entries together.

use super::super::view::{EntryView, View};
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "equivalent-patterns",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.{read,list}: { tier: autonomous }
  filesystem.{list,read}: { tier: notify }
"#,
        6,
        r#"name: files
version: "1.0"
defaults: { tier: blocked }
capabilities:
  filesystem.{read,list}: { tier: notify }
"#,
    )],
    source: include_str!("equivalent_patterns.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (policy, entry) in view.entries() {
        let same = |other: &&EntryView<'_>| {
            other.entry.span < entry.entry.span
                && !(entry.entry.inherited && other.entry.inherited)
                && view.patterns.contains(entry.pattern, other.pattern, &view.effort)
                && view.patterns.contains(other.pattern, entry.pattern, &view.effort)
        };
        findings.extend(policy.overlapping(entry, &view.patterns).find(same).map(|other| finding(entry, other)));
    }
}

fn finding(entry: &EntryView<'_>, other: &EntryView<'_>) -> Diagnostic {
    let (one, two) = (&other.entry.pattern, &entry.entry.pattern);
    LINT.finding(entry.entry.span, format!("`{two}` matches the same names as `{one}`"))
        .also(other.entry.span, "the same names")
        .help("put the two entries together; as they are, the stricter answer counts")
}
