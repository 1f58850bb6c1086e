//! A `relaxable_to` that equals the tier beside it.
//!
//! It lets lower layers relax the answer to what it already is. Either it can go, or another tier was meant.
//!
//! Remove it, or name the tier that lower layers may go down to.

use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Spanned;
use crate::tier::Tier;

pub(super) const LINT: Lint = Lint {
    code: "needless-relaxable",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: processes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    tier: approval_required
    relaxable_to: approval_required
"#,
        7,
        r#"name: processes
version: "1.0"
defaults: { tier: blocked }
capabilities:
  process.run:
    tier: approval_required
    relaxable_to: notify
"#,
    )],
    source: include_str!("needless_relaxable.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for policy in &view.policies {
        let Some(document) = view.policy_document(policy.policy) else { continue };
        let defaults = document.defaults.iter().filter_map(|one| needless(Some(&one.tier), one.relaxable_to.as_ref()));
        findings.extend(defaults);
        for (_, entry) in &document.capabilities {
            findings.extend(needless(entry.tier.as_ref(), entry.relaxable_to.as_ref()));
            findings
                .extend(entry.rules.iter().filter_map(|rule| needless(Some(&rule.tier), rule.relaxable_to.as_ref())));
        }
    }
}

fn needless(tier: Option<&Spanned<Tier>>, relaxable_to: Option<&Spanned<Tier>>) -> Option<Diagnostic> {
    let (tier, to) = (tier?, relaxable_to?);
    (tier.value == to.value).then(|| {
        LINT.finding(to.span, format!("`relaxable_to: {}` relaxes nothing: it is the tier itself", to.value))
            .also(tier.span, "the tier")
            .help("remove `relaxable_to`, or name a more permissive tier")
    })
}
