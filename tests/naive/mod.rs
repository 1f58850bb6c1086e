//! The decision by the letter of the policy language: nothing compiled, nothing shared, every assignment of the unknown
//! tests tried. Slow, and short enough to be read beside sections 3, 4, 5 and 7.

use std::collections::BTreeMap;

use kruxos_policy::cel::expr::{Expr, ExprKind};
use kruxos_policy::cel::function::Cause;
use kruxos_policy::cel::value::{Map, Text, Value};
use kruxos_policy::cel::{self, Variables};
use kruxos_policy::pattern::{NamePattern, check_agent, check_name};
use kruxos_policy::policy_set::{Entry, Policy, PolicySet};
use kruxos_policy::{Call, Layer, Tier};

/// Most unknown tests whose assignments are all tried.
pub const MAX_UNKNOWN: usize = 12;

/// What the oracle says of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The strictest tier of all assignments.
    pub tier: Tier,
    /// The layers' tiers; `None` where something is unknown, as they differ between assignments.
    pub layers: Option<[Option<Tier>; 3]>,
    /// The texts of the tests that are unknown.
    pub unknown: Vec<String>,
}

/// A tier and the most permissive one that lower layers may make of it.
type TierAndBound = (Tier, Tier);

/// The outcome of each test, by its canonical text.
type Outcomes = BTreeMap<String, bool>;

/// The decision; `None` when too many tests are unknown to try every assignment.
pub fn decide(set: &PolicySet, call: &Call<'_>) -> Option<Expected> {
    if check_name(call.capability).is_err() || check_agent(call.agent).is_err() {
        return Some(Expected { tier: Tier::Blocked, layers: Some([None; 3]), unknown: Vec::new() });
    }
    let applying: Vec<&Policy> = set
        .policies()
        .iter()
        .filter(|policy| policy.agent.as_ref().is_none_or(|pattern| pattern.matches(call.agent)))
        .collect();
    let (known, unknown) = tests(&applying, call);
    if unknown.len() > MAX_UNKNOWN {
        return None;
    }
    let assignments = (0_u32..1 << unknown.len()).map(|bits| {
        let assigned = unknown.iter().enumerate().map(|(at, test)| (test.clone(), bits >> at & 1 == 1));
        known.clone().into_iter().chain(assigned).collect::<Outcomes>()
    });
    let tiers = assignments.map(|outcomes| {
        let layers = Layer::ALL.map(|layer| layer_answer(&applying, layer, call, &outcomes));
        (combine(layers), layers.map(|answer| answer.map(|(tier, _)| tier)))
    });
    let all: Vec<(Tier, [Option<Tier>; 3])> = tiers.collect();
    let tier = all.iter().map(|(tier, _)| *tier).max()?;
    let layers = if unknown.is_empty() { all.first().map(|(_, layers)| *layers) } else { None };
    Some(Expected { tier, layers, unknown })
}

/// Section 5.
fn combine(layers: [Option<TierAndBound>; 3]) -> Tier {
    let mut bound = Tier::Autonomous;
    let mut tier = None;
    for (own, relaxable) in layers.into_iter().flatten() {
        tier = Some(own.max(bound));
        bound = bound.max(relaxable);
    }
    tier.unwrap_or(Tier::Blocked)
}

/// Several policies of one layer: tier and bound are each the strictest.
fn layer_answer(policies: &[&Policy], layer: Layer, call: &Call<'_>, outcomes: &Outcomes) -> Option<TierAndBound> {
    let of_layer = policies.iter().filter(|policy| policy.layer == layer);
    of_layer.filter_map(|policy| policy_answer(policy, call, outcomes)).reduce(strictest)
}

fn strictest(one: TierAndBound, other: TierAndBound) -> TierAndBound {
    (one.0.max(other.0), one.1.max(other.1))
}

/// Section 4: the strictest outcome of the entries that have one and that no more specific entry with one overrides.
fn policy_answer(policy: &Policy, call: &Call<'_>, outcomes: &Outcomes) -> Option<TierAndBound> {
    let matching = matching(policy, call);
    let mut answers: Vec<(Option<&NamePattern>, TierAndBound)> = matching
        .iter()
        .filter_map(|entry| Some((Some(&entry.pattern), entry_answer(entry, outcomes)?)))
        .collect();
    answers.extend(policy.defaults.as_ref().map(|outcome| (None, (outcome.tier, outcome.relaxable_to))));
    let overridden = |wide: Option<&NamePattern>| answers.iter().any(|(narrow, _)| overrides(*narrow, wide));
    answers.iter().filter(|(pattern, _)| !overridden(*pattern)).map(|(_, answer)| *answer).reduce(strictest)
}

fn matching<'s>(policy: &'s Policy, call: &Call<'_>) -> Vec<&'s Entry> {
    policy.entries.iter().filter(|entry| entry.pattern.matches(call.capability)).collect()
}

/// Section 3. `defaults`, which have no pattern, are wider than every pattern. Patterns of the same names leave each
/// other alone.
fn overrides(narrow: Option<&NamePattern>, wide: Option<&NamePattern>) -> bool {
    match (narrow, wide) {
        (Some(narrow), Some(wide)) => wide.contains(narrow) && !narrow.contains(wide),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn entry_answer(entry: &Entry, outcomes: &Outcomes) -> Option<TierAndBound> {
    let rule = entry.rules.iter().find(|rule| holds(&rule.condition, outcomes));
    let outcome = rule.map(|rule| &rule.outcome).or(entry.outcome.as_ref())?;
    Some((outcome.tier, outcome.relaxable_to))
}

/// Whether a condition holds when its tests have these outcomes.
fn holds(expr: &Expr, outcomes: &Outcomes) -> bool {
    match &expr.kind {
        ExprKind::Const(Value::Bool(value)) => *value,
        ExprKind::And(operands) => operands.iter().all(|operand| holds(operand, outcomes)),
        ExprKind::Or(operands) => operands.iter().any(|operand| holds(operand, outcomes)),
        ExprKind::Not(operand) => !holds(operand, outcomes),
        _ => match cel::positive(expr) {
            Some(opposite) => !outcomes[&opposite.canonical()],
            None => outcomes[&expr.canonical()],
        },
    }
}

/// The tests of every entry that matches: those with an outcome, and those that are unknown.
fn tests(policies: &[&Policy], call: &Call<'_>) -> (Outcomes, Vec<String>) {
    let (mut known, mut unknown) = (Outcomes::new(), Vec::new());
    let entries = policies.iter().flat_map(|policy| matching(policy, call));
    for rule in entries.flat_map(|entry| &entry.rules) {
        collect(&rule.condition, &mut |text, test| {
            if known.contains_key(&text) || unknown.contains(&text) {
                return;
            }
            match cel::eval(test, &CallVariables(call)) {
                Ok(Value::Bool(outcome)) => drop(known.insert(text, outcome)),
                _ => unknown.push(text),
            }
        });
    }
    (known, unknown)
}

fn collect(expr: &Expr, found: &mut dyn FnMut(String, &Expr)) {
    match &expr.kind {
        ExprKind::Const(Value::Bool(_)) => {}
        ExprKind::And(operands) | ExprKind::Or(operands) => {
            operands.iter().for_each(|operand| collect(operand, found));
        }
        ExprKind::Not(operand) => collect(operand, found),
        _ => match cel::positive(expr) {
            Some(opposite) => found(opposite.canonical(), &opposite),
            None => found(expr.canonical(), expr),
        },
    }
}

struct CallVariables<'v, 'a>(&'v Call<'a>);

impl<'v> Variables<'v> for CallVariables<'v, '_> {
    fn value(&self, index: usize) -> Result<Value<'v>, Cause> {
        let call = self.0;
        match index {
            cel::PARAMS => Ok(Value::Map(Map::Json(call.params))),
            cel::AGENT => Ok(Value::Text(Text::Borrowed(call.agent))),
            cel::CAPABILITY => Ok(Value::Text(Text::Borrowed(call.capability))),
            cel::CONTEXT => Ok(Value::Map(Map::Json(call.context))),
            cel::NOW => call.now.map(Value::Timestamp).ok_or(Cause::Missing),
            _ => Err(Cause::Missing),
        }
    }
}
