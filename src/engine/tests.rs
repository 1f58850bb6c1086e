//! Small scope, whole: tree and naive evaluator decide every small policy set alike, whatever its tests come to.
//!
//! Two tests, `a` and `b`, each true, false or unknown; rules on every condition over them; up to two layers, each with
//! up to two entries of equal, nested or overlapping patterns, up to two rules an entry, and its own answer or none. Of
//! sets that differ only in which test is called `a`, or in which outcome of a test is called true, one is tried: all
//! outcomes are. Then there are three parts.
//!
//! 1. Every entry on its own, with all tiers and all `relaxable_to`.
//! 2. Every two entries of one policy. Here and below there are two tiers: an answer is the strictest of some others, so
//!    whether it is at least as strict as a tier depends only on which of the others are. And of entries that answer alike
//!    for all outcomes, which the first part tells, one stands for all.
//! 3. Every two layers, of all that two entries can answer.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

#[path = "../../tests/naive/mod.rs"]
mod naive;

use naive::Policies;

use super::Engine;
use crate::call::{Call, CallDocument};
use crate::cel::expr::Expr;
use crate::cel::{self, Environment};
use crate::json::Json;
use crate::outcome::{Origin, Outcome};
use crate::pattern::NamePattern;
use crate::policy_set::{Entry, Policy, PolicySet, Rule};
use crate::source::{Position, Sources, Span};
use crate::tier::{Layer, Tier};

/// The outcomes of `a` and `b` for which a condition holds: bit `a + 2b`.
type Condition = u8;
/// A tier and the tier it may be relaxed to.
type Said = (Tier, Tier);
/// What is answered for the outcomes `a + 2b`.
type Answers = [Option<Said>; 4];

/// An entry: its rules, and what it says itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Small {
    rules: Vec<(Condition, Said)>,
    own: Option<Said>,
}

impl Small {
    fn answers(&self) -> Answers {
        [0, 1, 2, 3].map(|outcomes| {
            let rule = self.rules.iter().find(|(condition, _)| condition >> outcomes & 1 == 1);
            rule.map(|(_, said)| *said).or(self.own)
        })
    }
}

/// How two entries' patterns lie to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Patterns {
    Equal,
    Nested,
    Overlapping,
}

impl Patterns {
    /// The two patterns; both match the name of a number.
    fn of(self, number: usize) -> [String; 2] {
        match self {
            Self::Equal => [format!("n{number}.x"), format!("n{number}.[x]")],
            Self::Nested => [format!("n{number}.x"), format!("n{number}.*")],
            Self::Overlapping => [format!("n{number}.?"), format!("?{number}.x")],
        }
    }
}

/// The orders in which outcomes can be called: `a` and `b` exchanged, true and false of each exchanged.
fn symmetries() -> Vec<[usize; 4]> {
    let mut all = Vec::new();
    for exchange in [false, true] {
        for flip in 0..4 {
            all.push([0, 1, 2, 3].map(|outcomes: usize| {
                let exchanged = if exchange { outcomes >> 1 | (outcomes & 1) << 1 } else { outcomes };
                exchanged ^ flip
            }));
        }
    }
    all
}

fn renamed(condition: Condition, order: &[usize; 4]) -> Condition {
    (0..4)
        .filter(|outcomes| condition >> outcomes & 1 == 1)
        .fold(0, |renamed, outcomes: usize| renamed | 1 << order[outcomes])
}

/// Of lists of conditions that differ only in names, the first.
fn is_first(conditions: &[Condition]) -> bool {
    symmetries().iter().all(|order| {
        let other: Vec<Condition> = conditions.iter().map(|condition| renamed(*condition, order)).collect();
        conditions <= other.as_slice()
    })
}

/// Of lists of answers that differ only in names, the first.
fn is_first_of(answers: &[Answers]) -> bool {
    symmetries().iter().all(|order| {
        let other: Vec<Answers> = answers.iter().map(|answers| order.map(|outcomes| answers[outcomes])).collect();
        answers <= other.as_slice()
    })
}

/// Up to two rules on the conditions that hold for some outcomes and not for all.
fn rules(said: &[Said], first_only: bool) -> Vec<Vec<(Condition, Said)>> {
    let mut all = vec![Vec::new()];
    for one in 1..15 {
        if !first_only || is_first(&[one]) {
            all.extend(said.iter().map(|said| vec![(one, *said)]));
        }
        for other in 1..15 {
            if !first_only || is_first(&[one, other]) {
                let pairs =
                    said.iter().flat_map(|first| said.iter().map(|second| vec![(one, *first), (other, *second)]));
                all.extend(pairs);
            }
        }
    }
    all
}

fn entries(said: &[Said], first_only: bool) -> Vec<Small> {
    let owns: Vec<Option<Said>> = std::iter::once(None).chain(said.iter().copied().map(Some)).collect();
    let rules = rules(said, first_only);
    let all = rules.iter().flat_map(|rules| owns.iter().map(|own| Small { rules: rules.clone(), own: *own }));
    all.filter(|small| !small.rules.is_empty() || small.own.is_some()).collect()
}

/// One entry for each of the answers that entries of two tiers can give.
fn representatives() -> BTreeMap<Answers, Small> {
    entries(&two_tiers(), false).into_iter().rev().map(|small| (small.answers(), small)).collect()
}

fn all_tiers() -> Vec<Said> {
    let pairs = Tier::ALL.into_iter().flat_map(|tier| Tier::ALL.map(|to| (tier, to)));
    pairs.filter(|(tier, to)| to <= tier).collect()
}

fn two_tiers() -> Vec<Said> {
    use Tier::{Autonomous, Blocked};
    vec![(Autonomous, Autonomous), (Blocked, Autonomous), (Blocked, Blocked)]
}

/// Entries with their patterns.
type Entries = Vec<(String, Small)>;
/// Layers with the entries of their one policy.
type Layers = Vec<(Layer, Entries)>;

/// Policy sets, each about a name of its own, and the calls put to each.
struct Bench {
    conditions: Vec<Expr>,
    outcomes: Vec<Outcome>,
    sets: Vec<Layers>,
    calls: Vec<(Vec<usize>, Params)>,
    cases: usize,
}

/// How many sets share an engine.
const TOGETHER: usize = 24;

impl Bench {
    fn new() -> Self {
        let [a, b] = ["params.a", "params.b"].map(expression);
        let outcome = |tier| {
            move |to| Outcome {
                tier,
                relaxable_to: to,
                origin: origin(),
                reason: "said".into(),
                tags: Vec::new(),
                annotations: Vec::new(),
                approval: None,
            }
        };
        let outcomes = Tier::ALL.into_iter().flat_map(|tier| Tier::ALL.map(outcome(tier))).collect();
        let conditions = (0..16).map(|condition| holds_for(condition, &a, &b)).collect();
        Self { conditions, outcomes, sets: Vec::new(), calls: calls(), cases: 0 }
    }

    /// Adds a set of one name; `number` gives its patterns.
    fn add(&mut self, layers: impl FnOnce(usize) -> Layers) {
        let set = layers(self.sets.len());
        self.sets.push(set);
        if self.sets.len() == TOGETHER {
            self.run();
        }
    }

    /// Decides every call of every set, by the tree in which all are, and by the letter.
    fn run(&mut self) {
        let sets = std::mem::take(&mut self.sets);
        let engine = Engine::new(self.policy_set(&sets.iter().flatten().collect::<Vec<_>>())).unwrap();
        let mut scratch = engine.scratch();
        for (number, set) in sets.iter().enumerate() {
            let own = Policies::of_set(&self.policy_set(&set.iter().collect::<Vec<_>>()));
            let name = format!("n{number}.x");
            let certain: Vec<Tier> =
                self.calls[..4].iter().map(|(_, call)| by_the_letter(&own, &call.named(&name))).collect();
            for (outcomes, call) in &self.calls {
                let decided = engine.decide(&mut scratch, &call.named(&name));
                // what is unknown is the strictest of either outcome
                let expected = outcomes.iter().map(|outcomes| certain[*outcomes]).max().unwrap();
                assert_eq!(decided.tier, expected, "{outcomes:?} {set:#?}\n{decided:#?}");
                self.cases += 1;
            }
        }
    }

    fn policy_set(&self, policies: &[&(Layer, Entries)]) -> PolicySet {
        let mut of_layers: BTreeMap<Layer, Vec<Entry>> = BTreeMap::new();
        for (layer, entries) in policies {
            let entries = entries.iter().map(|(pattern, small)| self.entry(pattern, small));
            of_layers.entry(*layer).or_default().extend(entries);
        }
        let policy = |(layer, entries): (Layer, Vec<Entry>)| Policy {
            name: layer.as_str().into(),
            version: "1".into(),
            description: None,
            layer,
            agent: None,
            entries,
            defaults: None,
            bases: Vec::new(),
            span: nowhere(),
        };
        let policies = of_layers.into_iter().map(policy).collect();
        PolicySet { sources: Arc::new(Sources::default()), policies, catalog: None, digest: String::new() }
    }

    fn entry(&self, pattern: &str, small: &Small) -> Entry {
        let outcome = |(tier, to): Said| Arc::new(self.outcomes[tier as usize * 4 + to as usize].clone());
        let rule = |(condition, said): &(Condition, Said)| Rule {
            condition: self.conditions[usize::from(*condition)].clone(),
            outcome: outcome(*said),
            rate_limits: Vec::new(),
            span: nowhere(),
        };
        Entry {
            pattern: NamePattern::parse(pattern).unwrap(),
            span: nowhere(),
            rules: small.rules.iter().map(rule).collect(),
            outcome: small.own.map(outcome),
            rate_limits: Vec::new(),
            inherited: false,
        }
    }
}

/// The params of a call.
struct Params(CallDocument<'static>);

impl Params {
    fn named<'c>(&'c self, capability: &'c str) -> Call<'c> {
        Call { capability, ..self.0.call() }
    }
}

/// For every outcome of both tests, certain ones first, the outcomes `a + 2b` that it stands for, and a call that has it.
fn calls() -> Vec<(Vec<usize>, Params)> {
    let both: [(&str, &[usize]); 3] = [("false", &[0]), ("true", &[1]), ("null", &[0, 1])];
    let mut calls = Vec::new();
    for (b, of_b) in both {
        for (a, of_a) in both {
            let outcomes: Vec<usize> = of_b.iter().flat_map(|b| of_a.iter().map(move |a| a + 2 * b)).collect();
            let text = format!(r#"{{"agent":"a","capability":"x","params":{{"a":{a},"b":{b}}}}}"#);
            let document = CallDocument::from_json(Json::parse(text.leak().as_bytes()).unwrap()).unwrap();
            calls.push((outcomes, Params(document)));
        }
    }
    calls.sort_by_key(|(outcomes, _)| (outcomes.len(), outcomes.clone()));
    calls
}

/// The naive evaluator's word on a call that leaves nothing in doubt.
fn by_the_letter(policies: &Policies, call: &Call<'_>) -> Tier {
    let expected = policies.decide(call).unwrap();
    assert_eq!(expected.unknown.len(), 0);
    expected.tier
}

/// A place in a text of which nothing is asked.
fn nowhere() -> Span {
    Span::new(Sources::default().add("p.yaml", ""), 0, 0)
}

fn origin() -> Origin {
    Origin {
        policy: "p".into(),
        layer: Layer::Organization,
        capability: None,
        rule: None,
        id: None,
        file: "p.yaml".into(),
        position: Position { line: 1, column: 1 },
        span: nowhere(),
    }
}

fn expression(text: &str) -> Expr {
    let parsed = cel::compile_condition(text, &|_, _| nowhere(), &Environment::policy());
    parsed.value.unwrap()
}

/// The shortest condition that holds for these outcomes, of those that conjunction, disjunction and negation make.
fn holds_for(condition: Condition, a: &Expr, b: &Expr) -> Expr {
    let texts: BTreeMap<Condition, &str> = [
        (0b1010, "A"),
        (0b0101, "!A"),
        (0b1100, "B"),
        (0b0011, "!B"),
        (0b1000, "A && B"),
        (0b0010, "A && !B"),
        (0b0100, "!A && B"),
        (0b0001, "!A && !B"),
        (0b1110, "A || B"),
        (0b1011, "A || !B"),
        (0b1101, "!A || B"),
        (0b0111, "!A || !B"),
        (0b0110, "A && !B || !A && B"),
        (0b1001, "A && B || !A && !B"),
        (0b0000, "false"),
        (0b1111, "true"),
    ]
    .into();
    expression(
        &texts[&condition].replace('A', &format!("({})", a.canonical())).replace('B', &format!("({})", b.canonical())),
    )
}

fn report(part: &str, cases: usize) {
    // straight to the terminal: the test runner keeps what is printed of tests that pass
    writeln!(std::io::stderr(), "small scope, {part}: {cases} cases").unwrap();
}

#[test]
fn every_small_entry_is_decided_as_the_language_says() {
    let mut bench = Bench::new();
    for small in entries(&all_tiers(), true) {
        bench.add(|number| vec![(Layer::Organization, vec![(format!("n{number}.x"), small)])]);
    }
    bench.run();
    report("one entry", bench.cases);
}

#[test]
fn every_two_small_entries_are_decided_as_the_language_says() {
    let mut bench = Bench::new();
    let entries = representatives();
    for (one, first) in &entries {
        for (other, second) in entries.iter().filter(|(other, _)| is_first_of(&[*one, **other])) {
            for patterns in [Patterns::Equal, Patterns::Nested, Patterns::Overlapping] {
                // only of nested entries does one come before the other
                if patterns == Patterns::Nested || one <= other {
                    bench.add(|number| {
                        let [narrow, wide] = patterns.of(number);
                        vec![(Layer::Organization, vec![(narrow, first.clone()), (wide, second.clone())])]
                    });
                }
            }
        }
    }
    bench.run();
    report("two entries", bench.cases);
}

#[test]
fn every_two_small_layers_are_decided_as_the_language_says() {
    let mut bench = Bench::new();
    let spoken: Vec<Option<Said>> = std::iter::once(None).chain(two_tiers().into_iter().map(Some)).collect();
    let all: BTreeSet<Answers> =
        (0..256_usize).map(|at| [0, 1, 2, 3].map(|place| spoken[at >> (2 * place) & 3])).collect();
    for one in &all {
        for other in all.iter().filter(|other| is_first_of(&[*one, **other])) {
            for [high, low] in [[0, 1], [0, 2], [1, 2]].map(|pair| pair.map(|at| Layer::ALL[at])) {
                bench.add(|number| vec![(high, that_answer(number, one)), (low, that_answer(number, other))]);
            }
        }
    }
    bench.run();
    report("two layers", bench.cases);
}

/// One or two nested entries that give these answers.
fn that_answer(number: usize, answers: &Answers) -> Entries {
    let [narrow, wide] = Patterns::Nested.of(number);
    let rules = |outcomes: [usize; 2]| {
        let rule = |outcomes: usize| answers[outcomes].map(|said| (1 << outcomes, said));
        outcomes.into_iter().filter_map(rule).collect::<Vec<_>>()
    };
    let [first, second] = [rules([0, 1]), rules([2, 3])];
    let entries = [(narrow, first), (wide, second)].map(|(pattern, rules)| (pattern, Small { rules, own: None }));
    entries.into_iter().filter(|(_, small)| !small.rules.is_empty()).collect()
}
