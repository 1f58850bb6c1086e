//! Policy files over overlapping patterns.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write};

use kruxos_policy::pattern::NamePattern;
use kruxos_policy::{Layer, Tier};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::conditions::{self, Condition, Tests};

/// A tier and how far it may be relaxed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub tier: Tier,
    pub relaxable_to: Option<Tier>,
}

#[derive(Clone, Debug)]
pub(crate) struct RuleModel {
    pub condition: Condition,
    pub answer: Answer,
}

#[derive(Clone, Debug)]
pub(crate) struct EntryModel {
    pub rules: Vec<RuleModel>,
    pub answer: Option<Answer>,
}

#[derive(Clone)]
pub(crate) struct PolicyModel {
    pub name: String,
    pub layer: Option<Layer>,
    pub agent: Option<&'static str>,
    pub extends: Vec<String>,
    pub defaults: Option<Answer>,
    pub entries: BTreeMap<String, EntryModel>,
}

/// Patterns of which many contain or cross each other.
const PATTERNS: &[&str] = &[
    "*",
    "a.*",
    "a.b",
    "a.a",
    "b.*",
    "*.b",
    "*.a",
    "a.?",
    "?.b",
    "a.b.*",
    "a*",
    "*b",
    "a.[ab]",
    "[ab].b",
    "{a,b}.b",
    "a.{a,b}",
    "{a.b,b.a}",
    "a.*.b",
    "?",
    "a",
    "*a*",
    "a.b*",
    "{a.*,b.b}",
    "[!a].*",
    "a.?.?",
    "{a,a.*}",
    "a.[a-z]",
    "a/*",
    "a:b*",
];

/// Pieces of patterns nobody thought of.
const PIECES: &[&str] = &["a", "b", ".", "*", "?", "[ab]", "{a,b}", "{a.b,b}", "[!b]", "ab"];

const AGENTS: &[&str] = &["*", "bot-*", "bot-1", "{bot-1,human}", "human", "bot-?", "?ot-*"];

fn pattern() -> impl Strategy<Value = String> {
    let made = vec(select(PIECES), 1..5).prop_map(|pieces| pieces.concat());
    let made = made.prop_map(|text| if NamePattern::parse(&text).is_ok() { text } else { "*".to_owned() });
    prop_oneof![3 => select(PATTERNS).prop_map(str::to_owned), 1 => made]
}

fn answer() -> impl Strategy<Value = Answer> {
    let relaxable = option::weighted(0.3, select(&Tier::ALL[..]));
    (select(&Tier::ALL[..]), relaxable).prop_map(|(tier, relaxable_to)| {
        let relaxable_to = relaxable_to.map(|to| to.min(tier));
        Answer { tier, relaxable_to }
    })
}

fn rules(tests: Tests) -> impl Strategy<Value = Vec<RuleModel>> {
    let rule = |condition| (condition, answer()).prop_map(|(condition, answer)| RuleModel { condition, answer });
    let mixed = vec(rule(conditions::condition(tests).boxed()), 0..4);
    prop_oneof![2 => mixed, 1 => burst(tests)]
}

fn burst(tests: Tests) -> impl Strategy<Value = Vec<RuleModel>> {
    conditions::burst(tests).prop_flat_map(|burst| {
        vec(answer(), burst.len()).prop_map(move |answers| {
            let pairs = burst.iter().cloned().zip(answers);
            pairs.map(|(condition, answer)| RuleModel { condition, answer }).collect()
        })
    })
}

/// An entry whose rules all ask of one subject.
pub(crate) fn burst_entry() -> impl Strategy<Value = EntryModel> {
    (burst(Tests::All), option::weighted(0.6, answer())).prop_map(|(rules, answer)| EntryModel { rules, answer })
}

fn entry(tests: Tests) -> impl Strategy<Value = EntryModel> {
    (rules(tests), option::weighted(0.6, answer())).prop_map(|(rules, answer)| {
        let silent = rules.is_empty() && answer.is_none();
        let answer = if silent { Some(Answer { tier: Tier::Notify, relaxable_to: None }) } else { answer };
        EntryModel { rules, answer }
    })
}

fn policy(tests: Tests) -> impl Strategy<Value = PolicyModel> {
    let layer = option::of(select(&Layer::ALL[..]));
    let agent = option::weighted(0.3, select(AGENTS));
    let entries = btree_map(pattern(), entry(tests), 1..5);
    (layer, agent, option::weighted(0.4, answer()), entries).prop_map(|(layer, agent, defaults, entries)| PolicyModel {
        name: String::new(),
        layer: if agent.is_some() { None } else { layer },
        agent,
        extends: Vec::new(),
        defaults,
        entries,
    })
}

/// Some policies, named `p0`, `p1` and so on; a later one may extend one or two earlier ones. `existence` allows tests that ask
/// whether a parameter is there, or of which type it is, and constants of several types.
pub(crate) fn policies(existence: bool) -> impl Strategy<Value = Vec<PolicyModel>> {
    policies_of(if existence { Tests::All } else { Tests::Typed })
}

/// The same with these tests.
pub(crate) fn policies_of(tests: Tests) -> impl Strategy<Value = Vec<PolicyModel>> {
    let bases = prop_oneof![5 => Just(0_usize), 2 => Just(1), 1 => Just(2)];
    let bases = bases.prop_flat_map(|count| vec(any::<prop::sample::Index>(), count));
    vec((policy(tests), bases), 1..5).prop_map(|policies| {
        let mut named: Vec<PolicyModel> = Vec::new();
        for (at, (policy, bases)) in policies.into_iter().enumerate() {
            let mut extends: Vec<usize> = bases.iter().filter(|_| at > 0).map(|base| base.index(at)).collect();
            extends.dedup();
            // two bases that have an entry or `defaults` both are an error; the second is then left out
            let clash = match extends[..] {
                [one, other] => clashes(&named, one, other, &policy),
                _ => false,
            };
            extends.truncate(if clash { 1 } else { 2 });
            let extends = extends.into_iter().map(|base| format!("p{base}")).collect();
            named.push(PolicyModel { name: format!("p{at}"), extends, ..policy });
        }
        named
    })
}

/// Whether two policies, with what they extend, say something of the same pattern that `own` does not replace.
fn clashes(named: &[PolicyModel], one: usize, other: usize, own: &PolicyModel) -> bool {
    let said = |at: usize| {
        let mut said: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
        let mut pending = vec![at];
        while let Some(at) = pending.pop() {
            let Some(policy) = named.get(at) else { continue };
            said.extend(policy.entries.keys().cloned());
            said.extend(policy.defaults.iter().map(|_| String::new()));
            let base = |name: &String| named.iter().position(|policy| policy.name == *name);
            pending.extend(policy.extends.iter().filter_map(base));
        }
        said
    };
    let replaced = |text: &&String| {
        if text.is_empty() { own.defaults.is_some() } else { own.entries.contains_key(*text) }
    };
    said(one).intersection(&said(other)).any(|text| !replaced(&text))
}

impl Answer {
    fn fields(&self) -> String {
        let relaxable = self.relaxable_to.map(|to| format!(", relaxable_to: {to}")).unwrap_or_default();
        format!("tier: {}{relaxable}", self.tier)
    }
}

impl Display for PolicyModel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "name: {}\nversion: \"1\"", self.name)?;
        if let Some(layer) = self.layer {
            writeln!(f, "layer: {layer}")?;
        }
        if let Some(agent) = self.agent {
            writeln!(f, "agent: \"{agent}\"")?;
        }
        if !self.extends.is_empty() {
            writeln!(f, "extends: [{}]", self.extends.join(", "))?;
        }
        if let Some(defaults) = &self.defaults {
            writeln!(f, "defaults: {{ {} }}", defaults.fields())?;
        }
        writeln!(f, "capabilities:")?;
        self.entries.iter().try_for_each(|(pattern, entry)| write_entry(f, pattern, entry))
    }
}

fn write_entry(f: &mut impl Write, pattern: &str, entry: &EntryModel) -> fmt::Result {
    writeln!(f, "  \"{pattern}\":")?;
    if !entry.rules.is_empty() {
        writeln!(f, "    rules:")?;
    }
    for rule in &entry.rules {
        writeln!(f, "      - {{ condition: {}, {} }}", rule.condition, rule.answer.fields())?;
    }
    if let Some(answer) = &entry.answer {
        writeln!(f, "    {}", answer.fields().replace(", ", "\n    "))?;
    }
    Ok(())
}

impl fmt::Debug for PolicyModel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}
