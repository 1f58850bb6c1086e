//! The decision by the letter of the policy language: nothing compiled, nothing shared, every assignment of the unknown
//! tests tried. It reads the policies' texts and resolves `extends` itself. Slow, and short enough to be read beside
//! sections 2, 3, 4, 5 and 7.

use kruxos_policy::cel::expr::{Expr, ExprKind};
use kruxos_policy::cel::function::Cause;
use kruxos_policy::cel::value::{Text, Value};
use kruxos_policy::cel::{self, Environment, Variables};
use kruxos_policy::condition;
use kruxos_policy::document::{EntryDocument, PolicyDocument, load_policy};
use kruxos_policy::outcome::Outcome;
use kruxos_policy::pattern::{NamePattern, check_agent, check_name};
use kruxos_policy::policy_set::PolicySet;
use kruxos_policy::source::Spanned;
use kruxos_policy::yaml::Limits;
use kruxos_policy::{Call, Layer, Tier};

/// Most unknown tests whose assignments are all tried.
pub(crate) const MAX_UNKNOWN: usize = 9;

/// What the oracle says of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expected {
    /// The strictest tier of all assignments.
    pub tier: Tier,
    /// The layers' tiers; `None` where something is unknown, as they differ between assignments.
    pub layers: Option<[Option<Tier>; 3]>,
    /// The texts of the tests that are unknown.
    pub unknown: Vec<String>,
    /// Whether every unknown test reads something of its own, so that each assignment is one that a call could give.
    pub independent: bool,
}

/// A tier and the most permissive one that lower layers may make of it.
type TierAndBound = (Tier, Tier);

/// The policies in force, as their texts say.
pub(crate) struct Policies(Vec<Policy>);

struct Policy {
    layer: Layer,
    agent: Option<NamePattern>,
    entries: Vec<Entry>,
    defaults: Option<TierAndBound>,
    /// The entries of each base, near or far, as it is by itself.
    bases: Vec<Vec<Entry>>,
}

#[derive(Clone)]
struct Entry {
    pattern: NamePattern,
    rules: Vec<(Expr, TierAndBound)>,
    answer: Option<TierAndBound>,
}

impl Policies {
    /// Reads the texts that a policy set was made of.
    pub(crate) fn read(set: &PolicySet) -> Self {
        let texts = set.sources().iter().map(|(id, source)| load_policy(id, source.text(), Limits::default()));
        let documents: Vec<PolicyDocument> = texts.filter_map(|parsed| parsed.value).collect();
        let in_force = set.policies().iter().map(|policy| named(&documents, &policy.name));
        Self(in_force.map(|document| Policy::of(document, &documents)).collect())
    }

    /// Policies that were made without texts, and that extend none.
    #[allow(dead_code, reason = "each test binary uses its part")]
    pub(crate) fn of_set(set: &PolicySet) -> Self {
        let said = |outcome: &Outcome| (outcome.tier, outcome.relaxable_to);
        let entry = |entry: &kruxos_policy::policy_set::Entry| Entry {
            pattern: entry.pattern.clone(),
            rules: entry.rules.iter().map(|rule| (rule.condition.clone(), said(&rule.outcome))).collect(),
            answer: entry.outcome.as_deref().map(said),
        };
        let policy = |policy: &kruxos_policy::policy_set::Policy| Policy {
            layer: policy.layer,
            agent: policy.agent.clone(),
            entries: policy.entries.iter().map(entry).collect(),
            defaults: policy.defaults.as_deref().map(said),
            bases: Vec::new(),
        };
        Self(set.policies().iter().map(policy).collect())
    }

    /// The decision; `None` when too many tests are unknown to try every assignment.
    #[allow(dead_code, reason = "each test binary uses its part")]
    pub(crate) fn decide(&self, call: &Call<'_>) -> Option<Expected> {
        if check_name(call.capability).is_err() || check_agent(call.agent).is_err() {
            let layers = Some([None; 3]);
            return Some(Expected { tier: Tier::Blocked, layers, unknown: Vec::new(), independent: true });
        }
        let mut tests = Tests { call, texts: Vec::new(), outcomes: Vec::new(), reads: Vec::new() };
        let applies = |policy: &&Policy| policy.agent.as_ref().is_none_or(|pattern| pattern.matches(call.agent));
        let policies: Vec<Applying<'_>> =
            self.0.iter().filter(applies).map(|policy| Applying::of(policy, &mut tests)).collect();
        let unknown = tests.unknown();
        if unknown.len() > MAX_UNKNOWN {
            return None;
        }
        let mut tier = None;
        let mut layers = [None; 3];
        for bits in 0_u32..1 << unknown.len() {
            let mut outcomes: Vec<bool> = tests.outcomes.iter().map(|outcome| outcome.unwrap_or(false)).collect();
            unknown.iter().enumerate().for_each(|(at, test)| outcomes[*test] = bits >> at & 1 == 1);
            layers = Layer::ALL.map(|layer| layer_answer(&policies, layer, &outcomes));
            tier = tier.max(Some(combine(layers)));
        }
        let layers = unknown.is_empty().then(|| layers.map(|answer| answer.map(|(tier, _)| tier)));
        let texts = unknown.iter().map(|test| tests.texts[*test].clone()).collect();
        Some(Expected { tier: tier?, layers, unknown: texts, independent: tests.independent(&unknown) })
    }
}

/// The decision of the policies that a set was made of.
#[allow(dead_code, reason = "each test binary uses its part")]
pub(crate) fn decide(set: &PolicySet, call: &Call<'_>) -> Option<Expected> {
    Policies::read(set).decide(call)
}

/// The policy of a name.
fn named<'d>(documents: &'d [PolicyDocument], name: &str) -> &'d PolicyDocument {
    documents.iter().find(|document| document.name.value == name).expect("the policy was loaded")
}

impl Policy {
    fn of(document: &PolicyDocument, all: &[PolicyDocument]) -> Self {
        let layer = document.layer.as_ref().map(|layer| layer.value);
        let implied = if document.agent.is_some() { Layer::Agent } else { Layer::Organization };
        let mut bases = Vec::new();
        gather_bases(document, all, &mut bases);
        Self {
            layer: layer.unwrap_or(implied),
            agent: document.agent.as_ref().map(|text| NamePattern::parse_agent(&text.value).expect("it was loaded")),
            entries: entries(document, all),
            defaults: defaults(document, all),
            bases,
        }
    }
}

/// Section 2: this file's entries replace the bases' entries of the same pattern.
fn entries(document: &PolicyDocument, all: &[PolicyDocument]) -> Vec<Entry> {
    let mut kept: Vec<Entry> = document.capabilities.iter().map(|(pattern, entry)| Entry::of(pattern, entry)).collect();
    for base in &document.extends {
        for entry in entries(named(all, &base.value), all) {
            if kept.iter().all(|known| known.pattern.as_str() != entry.pattern.as_str()) {
                kept.push(entry);
            }
        }
    }
    kept
}

fn defaults(document: &PolicyDocument, all: &[PolicyDocument]) -> Option<TierAndBound> {
    let own = document.defaults.as_ref();
    let own = own.map(|own| (own.tier.value, own.relaxable_to.as_ref().map_or(own.tier.value, |to| to.value)));
    own.or_else(|| document.extends.iter().find_map(|base| defaults(named(all, &base.value), all)))
}

fn gather_bases(document: &PolicyDocument, all: &[PolicyDocument], bases: &mut Vec<Vec<Entry>>) {
    for base in &document.extends {
        let base = named(all, &base.value);
        bases.push(entries(base, all));
        gather_bases(base, all, bases);
    }
}

impl Entry {
    fn of(pattern: &Spanned<String>, document: &EntryDocument) -> Self {
        let rules = document.rules.iter().map(|rule| {
            let condition = condition::lower(&rule.condition, &Environment::policy(), None);
            let bound = rule.relaxable_to.as_ref().map_or(rule.tier.value, |to| to.value);
            (condition.value.expect("it was loaded"), (rule.tier.value, bound))
        });
        let bound = |tier| document.relaxable_to.as_ref().map_or(tier, |to| to.value);
        Self {
            pattern: NamePattern::parse(&pattern.value).expect("it was loaded"),
            rules: rules.collect(),
            answer: document.tier.as_ref().map(|tier| (tier.value, bound(tier.value))),
        }
    }
}

/// A policy that applies to the call's agent, with its entries that match the call's capability.
struct Applying<'s> {
    layer: Layer,
    entries: Matching<'s>,
    defaults: Option<TierAndBound>,
    bases: Vec<Matching<'s>>,
}

/// Entries that match, each with its rules' conditions.
type Matching<'s> = Vec<(&'s Entry, Vec<Truth>)>;

impl<'s> Applying<'s> {
    fn of(policy: &'s Policy, tests: &mut Tests<'_>) -> Self {
        let entries = matching(&policy.entries, tests);
        let bases = policy.bases.iter().map(|base| matching(base, tests)).collect();
        Self { layer: policy.layer, entries, defaults: policy.defaults, bases }
    }
}

fn matching<'s>(entries: &'s [Entry], tests: &mut Tests<'_>) -> Matching<'s> {
    let matching: Vec<&Entry> = entries.iter().filter(|entry| entry.pattern.matches(tests.call.capability)).collect();
    let conditions = |entry: &Entry| entry.rules.iter().map(|(condition, _)| tests.truth(condition)).collect();
    matching.iter().copied().zip(matching.iter().copied().map(conditions)).collect()
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
fn layer_answer(policies: &[Applying<'_>], layer: Layer, outcomes: &[bool]) -> Option<TierAndBound> {
    let of_layer = policies.iter().filter(|policy| policy.layer == layer);
    of_layer.filter_map(|policy| policy_answer(policy, outcomes)).reduce(strictest)
}

fn strictest(one: TierAndBound, other: TierAndBound) -> TierAndBound {
    (one.0.max(other.0), one.1.max(other.1))
}

/// Section 2: what a base blocks by itself, `defaults` aside, stays blocked.
fn policy_answer(policy: &Applying<'_>, outcomes: &[bool]) -> Option<TierAndBound> {
    let bases = policy.bases.iter().filter_map(|base| entries_answer(base, None, outcomes));
    let blocked = bases.filter(|(tier, _)| *tier == Tier::Blocked);
    blocked.chain(entries_answer(&policy.entries, policy.defaults, outcomes)).reduce(strictest)
}

/// Section 4: the strictest outcome of the entries that have one and that no more specific entry with one overrides.
fn entries_answer(entries: &Matching<'_>, defaults: Option<TierAndBound>, outcomes: &[bool]) -> Option<TierAndBound> {
    let answering = entries
        .iter()
        .filter_map(|(entry, conditions)| Some((Some(&entry.pattern), entry_answer(entry, conditions, outcomes)?)));
    let answers: Vec<(Option<&NamePattern>, TierAndBound)> =
        answering.chain(defaults.map(|answer| (None, answer))).collect();
    let overridden = |wide: Option<&NamePattern>| answers.iter().any(|(narrow, _)| overrides(*narrow, wide));
    answers.iter().filter(|(pattern, _)| !overridden(*pattern)).map(|(_, answer)| *answer).reduce(strictest)
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

fn entry_answer(entry: &Entry, conditions: &[Truth], outcomes: &[bool]) -> Option<TierAndBound> {
    let rule = entry.rules.iter().zip(conditions).find(|(_, condition)| condition.holds(outcomes));
    rule.map(|((_, answer), _)| *answer).or(entry.answer)
}

/// A condition of a rule, its tests by number.
enum Truth {
    Constant(bool),
    Test(usize),
    Not(Box<Truth>),
    All(Vec<Truth>),
    Any(Vec<Truth>),
}

impl Truth {
    fn holds(&self, outcomes: &[bool]) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Test(test) => outcomes[*test],
            Self::Not(operand) => !operand.holds(outcomes),
            Self::All(operands) => operands.iter().all(|operand| operand.holds(outcomes)),
            Self::Any(operands) => operands.iter().any(|operand| operand.holds(outcomes)),
        }
    }
}

/// The tests of one call: each text once, with its outcome or `None`.
struct Tests<'c> {
    call: &'c Call<'c>,
    texts: Vec<String>,
    outcomes: Vec<Option<bool>>,
    /// What each reads of the call.
    reads: Vec<Vec<String>>,
}

impl Tests<'_> {
    fn truth(&mut self, expr: &Expr) -> Truth {
        match &expr.kind {
            ExprKind::Const(Value::Bool(value)) => Truth::Constant(*value),
            ExprKind::And(operands) => Truth::All(operands.iter().map(|operand| self.truth(operand)).collect()),
            ExprKind::Or(operands) => Truth::Any(operands.iter().map(|operand| self.truth(operand)).collect()),
            ExprKind::Not(operand) => Truth::Not(Box::new(self.truth(operand))),
            _ => match cel::positive(expr) {
                Some(opposite) => Truth::Not(Box::new(self.test(&opposite))),
                None => self.test(expr),
            },
        }
    }

    fn test(&mut self, expr: &Expr) -> Truth {
        let text = expr.canonical();
        if let Some(known) = self.texts.iter().position(|known| *known == text) {
            return Truth::Test(known);
        }
        self.texts.push(text);
        self.reads.push(cel::reads(expr).into_iter().map(Expr::canonical).collect());
        self.outcomes.push(match cel::eval(expr, &CallVariables(self.call)) {
            Ok(Value::Bool(outcome)) => Some(outcome),
            _ => None,
        });
        Truth::Test(self.texts.len() - 1)
    }

    /// Whether no two of these tests read the same.
    fn independent(&self, tests: &[usize]) -> bool {
        let mut all: Vec<&String> = tests.iter().flat_map(|test| &self.reads[*test]).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        all.len() == count
    }

    fn unknown(&self) -> Vec<usize> {
        (0..self.outcomes.len()).filter(|test| self.outcomes[*test].is_none()).collect()
    }
}

struct CallVariables<'v, 'a>(&'v Call<'a>);

impl<'v> Variables<'v> for CallVariables<'v, '_> {
    fn value(&self, index: usize) -> Result<Value<'v>, Cause> {
        let call = self.0;
        match index {
            cel::PARAMS => Ok(Value::from(call.params)),
            cel::AGENT => Ok(Value::Text(Text::Borrowed(call.agent))),
            cel::CAPABILITY => Ok(Value::Text(Text::Borrowed(call.capability))),
            cel::CONTEXT => Ok(Value::from(call.context)),
            cel::NOW => call.now.map(Value::Timestamp).ok_or(Cause::Missing),
            _ => Err(Cause::Missing),
        }
    }
}
