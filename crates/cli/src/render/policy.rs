//! The policies in force, and what is wrong with the files that are not.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kruxos_gateway::wire::{PolicyDocument, PolicyProblem};

use super::time::{absolute, age};
use super::visible;

/// What is said of a gateway whose own baseline is left out.
pub(crate) const WITHOUT_BASELINE: &str = "not in force (`--without-baseline`); only the policies above decide";

/// A line for the error stream when changed policy files are not in force; nothing when all is well.
pub(crate) fn warning(policy: &PolicyDocument) -> String {
    let Some(problem) = &policy.problem else { return String::new() };
    let first = problem.findings.first().map_or_else(String::new, |finding| format!(": {}", visible(finding)));
    let more = problem.findings.len().saturating_sub(1);
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    format!(
        "warning: the policy files do not load, the last good set stays in force{first}{more}\n  help: see `kruxos \
         status`\n"
    )
}

/// The names of the policies: `system-baseline, team-moderate`.
pub(crate) fn names(policy: &PolicyDocument) -> String {
    policy.policies.iter().map(|policy| visible(&policy.name).into_owned()).collect::<Vec<_>>().join(", ")
}

/// Everything that is wrong, finding by finding.
pub(crate) fn problem(problem: &PolicyProblem, now: Timestamp, zone: &TimeZone) -> String {
    let (since, age) = (absolute(problem.since, zone), age(problem.since, now));
    let mut text = format!("\nThe policy files do not load since {since} ({age}); the last good set stays in force:\n");
    for finding in &problem.findings {
        for (at, line) in finding.lines().enumerate() {
            let indent = if at == 0 { "  " } else { "    " };
            text.push_str(&format!("{indent}{}\n", visible(line)));
        }
    }
    text
}
