//! No policy says what happens to a call that no entry matches.
//!
//! Such a call is blocked, with the reason "no policy answers". That is safe, but nobody wrote it, and whoever reads the
//! decision is not told which line to change. A set of system policies alone is not reported, nor one of agents' policies
//! that answer all their agents' calls: they stand beside others.
//!
//! Write `defaults: { tier: … }` in one policy that applies to every agent.

use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::pattern::NamePattern;
use crate::policy_set::Policy;
use crate::tier::Layer;

pub(super) const LINT: Lint = Lint {
    code: "missing-defaults",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: files
version: "1.0"
capabilities:
  filesystem.read: { tier: autonomous }
"#,
        1,
        r#"name: files
version: "1.0"
defaults: { tier: blocked, reason: Nobody has thought of this yet }
capabilities:
  filesystem.read: { tier: autonomous }
"#,
    )],
    source: include_str!("missing_defaults.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let (Ok(agents), Ok(names)) = (NamePattern::parse_agent("*"), NamePattern::parse("*")) else { return };
    let policies = view.set.policies();
    // System policies, and policies of some agents that answer all their calls, stand beside others.
    let beside = policies.iter().all(|policy| policy.layer == Layer::System || answers_its_agents(policy, &names));
    if beside || policies.iter().any(|policy| answers_everything(policy, &agents, &names)) {
        return;
    }
    let first = policies.iter().find(|policy| policy.layer == Layer::Organization).or_else(|| policies.first());
    let whose = if policies.iter().any(|policy| answers_its_agents(policy, &names)) {
        "a call of another agent that no entry matches is blocked without a policy's word: there is no `defaults` for \
         every agent"
    } else {
        "a call that no entry matches is blocked without a policy's word: there is no `defaults`"
    };
    findings.extend(first.map(|policy| {
        LINT.finding(policy.span, whose)
            .help("add `defaults: { tier: blocked }`, or a tier of your choice, to a policy for every agent")
    }));
}

fn answers_everything(policy: &Policy, agents: &NamePattern, names: &NamePattern) -> bool {
    policy.agent.as_ref().is_none_or(|agent| agent.contains(agents)) && answers_every_name(policy, names)
}

/// Whether it is a policy of some agents that answers each of their calls.
fn answers_its_agents(policy: &Policy, names: &NamePattern) -> bool {
    policy.agent.is_some() && answers_every_name(policy, names)
}

fn answers_every_name(policy: &Policy, names: &NamePattern) -> bool {
    policy.defaults.is_some()
        || policy.entries.iter().any(|entry| entry.outcome.is_some() && entry.pattern.contains(names))
}
