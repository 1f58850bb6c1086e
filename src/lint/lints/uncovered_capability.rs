//! Capabilities of the catalog that no entry names.
//!
//! Calls of them get what `defaults` says, or are blocked without a policy's word. That may be what is wanted; this lists them,
//! so that a new capability is not forgotten. Where `defaults` has them wait or blocks them, nothing is said.
//!
//! Write an entry for them, by name or by pattern.

use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::tier::{Layer, Tier};

pub(super) const LINT: Lint = Lint {
    code: "uncovered-capability",
    severity: Severity::Advice,
    examples: &[Example::new(
        r#"name: files
version: "1.0"
defaults: { tier: notify }
capabilities:
  filesystem.read: { tier: autonomous }
"#,
        1,
        r#"name: files
version: "1.0"
defaults: { tier: notify }
capabilities:
  filesystem.read: { tier: autonomous }
  filesystem.write: { tier: notify }
"#,
    )
    .with_catalog(CATALOG)],
    source: include_str!("uncovered_capability.rs"),
    check,
};

const CATALOG: &str = r#"tools:
  - { name: filesystem.read, inputSchema: { type: object } }
  - { name: filesystem.write, inputSchema: { type: object } }
"#;

/// Most names that the finding lists.
const MAX_NAMES: usize = 8;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let policies = view.set.policies();
    let Some(catalog) = view.set.catalog() else { return };
    let covered: std::collections::BTreeSet<&str> =
        view.entries().flat_map(|(_, entry)| view.capabilities(entry)).map(|facts| facts.name.as_str()).collect();
    let missing: Vec<&str> =
        catalog.iter().map(|facts| facts.name.as_str()).filter(|name| !covered.contains(name)).collect();
    let policy = policies.iter().find(|policy| policy.layer == Layer::Organization);
    let Some(policy) = policy.filter(|_| !missing.is_empty()) else { return };
    let of_all = policies.iter().filter(|policy| policy.agent.is_none());
    let defaults = of_all.filter_map(|policy| Some(policy.defaults.as_ref()?.tier)).max();
    if defaults.is_some_and(|tier| tier >= Tier::ApprovalRequired) {
        return;
    }
    let get = defaults
        .map_or_else(|| "are blocked, as no policy answers".to_owned(), |tier| format!("get `{tier}` by `defaults`"));
    let listed: Vec<String> = missing.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
    let more = missing.len().saturating_sub(MAX_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("no entry covers {}{more}: calls of them {get}", listed.join(", "));
    findings.push(LINT.finding(policy.span, message).help("add entries for them, by name or by pattern"));
}
