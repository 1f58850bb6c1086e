//! A lower layer's answer that a layer above never lets through.
//!
//! A lower layer can always be stricter. It can be more permissive only as far as the answer above it says with
//! `relaxable_to`; without that, what it says changes nothing. The finding names the lines above that hold it, and what
//! would have to be written there; lines that block are not, and what they block stays blocked. Lines that no call of this
//! entry meets are not named: those for names that more specific entries beside it answer, and rules whose conditions
//! cannot hold together with this one's. The same holds for a policy that extends a base which is itself in force in the
//! same layer: both are asked, and the stricter answer counts.
//!
//! Whoever owns the line above adds `relaxable_to: …` to it, or this entry is removed. Never loaded as a policy, but as a
//! base only, a base holds nothing.

use super::super::facts::{Fact, Tests};
use super::super::implication::cases;
use super::super::view::{EntryView, PolicyView, View};
use super::super::{Example, Lint};
use super::blocked_by_base;
use crate::cel::expr::Expr;
use crate::diagnostic::{Diagnostic, Severity};
use crate::outcome::Outcome;
use crate::policy_set::Policy;
use crate::tier::Tier;
use crate::tree::condition::Condition;
use crate::tree::test_table::TestTable;

pub(super) const LINT: Lint = Lint {
    code: "entry-without-effect",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: deploy
version: "1.0"
agent: deploy-bot
capabilities:
  process.run: { tier: autonomous }
"#,
        5,
        r#"name: deploy
version: "1.0"
agent: deploy-bot
capabilities:
  process.list: { tier: autonomous }
"#,
    )
    .beside(&[r#"name: team
version: "1.0"
defaults: { tier: blocked, relaxable_to: autonomous }
capabilities:
  process.run: { tier: approval_required }
"#])],
    source: include_str!("entry_without_effect.rs"),
    check,
};

/// Most lines above that one finding names.
const MAX_LINES: usize = 3;

/// What a policy above answers, at least.
struct Hold<'s> {
    policy: &'s Policy,
    /// No call of the entry's names has a more permissive bound.
    bound: Tier,
    /// The answers that may be the one.
    answers: Vec<Answer<'s>>,
}

/// An answer with the condition it is given under.
#[derive(Clone, Copy)]
struct Answer<'s> {
    outcome: &'s Outcome,
    condition: Option<&'s Expr>,
}

impl<'s> Answer<'s> {
    /// Every answer that an entry can give.
    fn all(entry: &EntryView<'s>) -> impl Iterator<Item = Self> {
        let entry = entry.entry;
        let rules =
            entry.rules.iter().map(|rule| Self { outcome: rule.outcome.as_ref(), condition: Some(&rule.condition) });
        rules.chain(entry.outcome.as_deref().map(|outcome| Self { outcome, condition: None }))
    }

    /// Whether one call may get it and an answer under another condition; not where the two cannot hold together.
    fn meets(&self, view: &View<'_>, other: Option<&Expr>) -> bool {
        let (Some(own), Some(other)) = (self.condition, other) else { return true };
        let mut table = TestTable::default();
        let both = Condition::all(vec![Condition::of(own, &mut table), Condition::of(other, &mut table)]);
        let tests = Tests::of(table, &view.programs());
        let possible = |case: &Vec<Fact>| tests.contradict(case, &view.effort).is_none();
        cases(&both, true).is_none_or(|cases| cases.iter().any(possible))
    }
}

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for policy in &view.policies {
        let above = above(view, policy);
        if above.is_empty() {
            continue;
        }
        let own = policy.entries.iter().filter(|entry| !entry.entry.inherited);
        for entry in own.filter(|entry| blocked_by_base::blocked(view, policy, entry).is_none()) {
            let holds: Vec<Hold<'_>> = above.iter().filter_map(|other| hold(view, other, policy, entry)).collect();
            findings.extend(held(view, entry, &holds));
        }
    }
}

/// The policies that hold this one: those of higher layers, and its bases in its own layer, that apply to all its agents.
fn above<'v, 's>(view: &'v View<'s>, policy: &PolicyView<'s>) -> Vec<&'v PolicyView<'s>> {
    let bases = bases(view, policy);
    let holds = |other: &&PolicyView<'s>| {
        let based = other.policy.layer == policy.policy.layer && bases.contains(&other.policy.name.as_ref());
        (other.policy.layer < policy.policy.layer || based) && applies_to_all(other.policy, policy.policy)
    };
    view.policies.iter().filter(holds).collect()
}

/// The names of the policies that a policy extends, theirs included.
fn bases<'v>(view: &'v View<'_>, policy: &PolicyView<'_>) -> Vec<&'v str> {
    let mut names: Vec<&str> = Vec::new();
    let mut pending = vec![policy.policy];
    while let Some(policy) = pending.pop() {
        for base in view.policy_document(policy).iter().flat_map(|document| &document.extends) {
            if !names.contains(&base.value.as_str()) {
                names.push(&base.value);
                pending.extend(view.policies.iter().map(|one| one.policy).find(|one| *one.name == *base.value));
            }
        }
    }
    names
}

fn applies_to_all(above: &Policy, below: &Policy) -> bool {
    match (&above.agent, &below.agent) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(above), Some(below)) => above.contains(below),
    }
}

/// What the policy above answers at least for every name that the entry is asked for; nothing when it may have no answer.
fn hold<'s>(
    view: &View<'s>,
    above: &PolicyView<'s>,
    policy: &PolicyView<'s>,
    entry: &EntryView<'s>,
) -> Option<Hold<'s>> {
    let patterns = &view.patterns;
    let same = above.of_pattern(entry.pattern);
    let all: Vec<&EntryView<'s>> = same.chain(above.overlapping(entry, patterns)).collect();
    let contains = |other: &&&EntryView<'s>| patterns.contains(other.pattern, entry.pattern, &view.effort);
    let always: Vec<&EntryView<'s>> =
        all.iter().filter(contains).copied().filter(|other| other.always_answers()).collect();
    let overridden = |other: &&EntryView<'s>| {
        always.iter().any(|one| patterns.strictly_contains(other.pattern, one.pattern, &view.effort))
    };
    let narrower = narrower(view, policy, entry);
    let met = |other: &&EntryView<'s>| {
        !overridden(other) && !narrower.iter().any(|own| patterns.contains(own.pattern, other.pattern, &view.effort))
    };
    let mut answers: Vec<Answer<'_>> = all.iter().copied().filter(met).flat_map(Answer::all).collect();
    if always.is_empty() {
        answers.push(Answer { outcome: above.policy.defaults.as_deref()?, condition: None });
    }
    let bound = answers.iter().map(|answer| answer.outcome.relaxable_to).min()?;
    Some(Hold { policy: above.policy, bound, answers })
}

/// The entries of its own policy that always answer in an entry's place: the entry never meets what is said above of their
/// names.
fn narrower<'v, 's>(view: &View<'s>, policy: &'v PolicyView<'s>, entry: &EntryView<'s>) -> Vec<&'v EntryView<'s>> {
    let inside = |own: &&EntryView<'s>| {
        own.always_answers() && view.patterns.strictly_contains(entry.pattern, own.pattern, &view.effort)
    };
    policy.entries.iter().filter(inside).collect()
}

/// The answers of an entry that are held: one finding at the entry when all are, else one for each.
fn held(view: &View<'_>, entry: &EntryView<'_>, holds: &[Hold<'_>]) -> Vec<Diagnostic> {
    let Some(strongest) = holds.iter().max_by_key(|hold| hold.bound) else { return Vec::new() };
    let outcomes: Vec<&Outcome> = entry.outcomes().collect();
    let held: Vec<&Outcome> = outcomes.iter().copied().filter(|outcome| outcome.tier < strongest.bound).collect();
    match held.iter().min_by_key(|outcome| outcome.tier) {
        Some(lowest) if held.len() == outcomes.len() && !entry.counts() => {
            let only = condition(entry, lowest).filter(|_| held.len() == 1);
            vec![finding(view, entry.entry.span, lowest, only, strongest, holds)]
        }
        _ => {
            let each = |outcome: &&Outcome| {
                finding(view, outcome.origin.span, outcome, condition(entry, outcome), strongest, holds)
            };
            held.iter().map(each).collect()
        }
    }
}

/// The condition under which an entry gives an answer.
fn condition<'s>(entry: &EntryView<'s>, outcome: &Outcome) -> Option<&'s Expr> {
    let rule = entry.entry.rules.iter().find(|rule| std::ptr::eq(rule.outcome.as_ref(), outcome))?;
    Some(&rule.condition)
}

fn finding(
    view: &View<'_>,
    span: crate::source::Span,
    outcome: &Outcome,
    condition: Option<&Expr>,
    strongest: &Hold<'_>,
    holds: &[Hold<'_>],
) -> Diagnostic {
    let tier = outcome.tier;
    let above =
        strongest.answers.iter().map(|answer| answer.outcome).filter(|answer| answer.relaxable_to == strongest.bound);
    let answer = above.map(|answer| answer.tier).min().unwrap_or(strongest.bound);
    let policy = &strongest.policy.name;
    let mut lines: Vec<&Outcome> = holding(view, holds, tier, condition);
    if lines.is_empty() {
        lines = holding(view, holds, tier, None);
    }
    let finding = if strongest.bound < answer {
        let message =
            format!("`{tier}` never comes out: `{policy}` lets `{answer}` be relaxed to `{}` only", strongest.bound);
        LINT.advice(span, message)
    } else {
        LINT.finding(span, format!("`{tier}` changes nothing: `{policy}` answers `{answer}`, which is not relaxable"))
    };
    if lines.is_empty() {
        let answers = holds.iter().flat_map(|hold| hold.answers.iter()).filter(|answer| answer.meets(view, condition));
        let blocking = answers.map(|answer| answer.outcome).filter(|line| line.tier == Tier::Blocked);
        let finding =
            blocking.take(MAX_LINES).fold(finding, |finding, line| finding.also(line.origin.span, "blocks it"));
        return finding.help("remove this: what is blocked above stays blocked");
    }
    let finding = lines.iter().take(MAX_LINES).fold(finding, |finding, line| {
        finding.also(line.origin.span, format!("{}would have to say `relaxable_to: {tier}`", reason(outcome, line)))
    });
    let places: Vec<String> = lines.iter().take(MAX_LINES).map(|line| view.place(line.origin.span)).collect();
    let more = lines.len().saturating_sub(MAX_LINES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    finding.help(format!(
        "for this to count, write `relaxable_to: {tier}` beside the `tier` at {}{more}; else remove this",
        places.join(", ")
    ))
}

/// Why a line above meets an answer below, where that is not plain to see.
fn reason(own: &Outcome, above: &Outcome) -> String {
    match &above.origin.capability {
        None => "answers what no entry does; ".to_owned(),
        pattern if *pattern == own.origin.capability => String::new(),
        Some(pattern) => format!("answers for `{pattern}`; "),
    }
}

/// The answers above that would have to be relaxable to `tier` for an answer with this condition, in order of the text. What
/// blocks is not among them: it is no answer that somebody has to open so that others may be.
fn holding<'s>(view: &View<'_>, holds: &[Hold<'s>], tier: Tier, condition: Option<&Expr>) -> Vec<&'s Outcome> {
    let mut all: Vec<&Outcome> = holds
        .iter()
        .flat_map(|hold| &hold.answers)
        .filter(|answer| answer.outcome.relaxable_to > tier && answer.outcome.tier < Tier::Blocked)
        .filter(|answer| answer.meets(view, condition))
        .map(|answer| answer.outcome)
        .collect();
    all.sort_by_key(|answer| (answer.origin.layer, answer.origin.span));
    all.dedup_by_key(|answer| answer.origin.span);
    all
}
