//! A rate limit that another one beside it always reaches first.
//!
//! Beside five calls an hour, fifty a minute never count: whoever has made fifty in a minute has made more than five in an
//! hour. Every limit of a list must pass, so only limits that are tighter in some window say anything.
//!
//! Remove the limit, or mend its `max` or `window`.

use super::super::view::View;
use super::super::{Example, Lint};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::RateLimitDocument;
use crate::rate_limit::{Per, RateLimit};

pub(super) const LINT: Lint = Lint {
    code: "limit-without-effect",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: mail
version: "1.0"
defaults: { tier: blocked }
capabilities:
  email.send:
    tier: notify
    rate_limit:
      - { max: 5, window: 1h }
      - { max: 50, window: 1m }
"#,
        9,
        r#"name: mail
version: "1.0"
defaults: { tier: blocked }
capabilities:
  email.send:
    tier: notify
    rate_limit:
      - { max: 5, window: 1m }
      - { max: 50, window: 1h }
"#,
    )],
    source: include_str!("limit_without_effect.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        let document = view.document(entry.entry).map(|document| document.rate_limit.as_slice());
        findings.extend(idle_of(&entry.entry.rate_limits, document.unwrap_or_default()));
        for (at, rule) in entry.rules.iter().enumerate() {
            let document = view.rule_document(entry.entry, at).map(|document| document.rate_limit.as_slice());
            findings.extend(idle_of(&rule.rule.rate_limits, document.unwrap_or_default()));
        }
    }
}

fn idle_of(limits: &[RateLimit], documents: &[RateLimitDocument]) -> Vec<Diagnostic> {
    // A limit that stands twice is there once; its place is that of the entry then.
    let place = |at: usize| match documents.get(at).filter(|_| documents.len() == limits.len()) {
        Some(document) => Some(document.span),
        None => limits.get(at).map(|limit| limit.origin.span),
    };
    let idle = limits.iter().enumerate().filter_map(|(at, limit)| Some((at, limit, reached_first(limits, at, limit)?)));
    let finding = |(at, limit, first): (usize, &RateLimit, usize)| {
        let known = limits.get(first)?;
        let message = format!(
            "this limit never counts: {} in {} are reached no later than {} in {}",
            known.max,
            known.window_text(),
            limit.max,
            limit.window_text()
        );
        let finding = LINT.finding(place(at)?, message).also(place(first)?, "this one is always reached first");
        Some(finding.help("remove it, or mend its `max` or `window`"))
    };
    idle.filter_map(finding).collect()
}

/// The other limit of a list that makes a limit idle. Of two that say the same, the later one is.
fn reached_first(limits: &[RateLimit], at: usize, limit: &RateLimit) -> Option<usize> {
    let first = |(other, known): (usize, &RateLimit)| {
        let makes_idle =
            other != at && is_reached_first(known, limit) && (other < at || !is_reached_first(limit, known));
        makes_idle.then_some(other)
    };
    limits.iter().enumerate().find_map(first)
}

/// Whether a limit is spent, and answers as strictly, whenever the other is: the calls that it counts are among its own.
fn is_reached_first(limit: &RateLimit, other: &RateLimit) -> bool {
    let same_key = match (&limit.per, &other.per) {
        (Per::Agent, Per::Agent) | (Per::Global, Per::Global) => true,
        (Per::Expression(_, key), Per::Expression(_, other)) => key == other,
        _ => false,
    };
    same_key && limit.max <= other.max && limit.window_ms >= other.window_ms && limit.on_exceed >= other.on_exceed
}
