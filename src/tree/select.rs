//! The rules of one entry, arranged so that what they test of one subject is looked up once.
//!
//! Arms stand in order of the rules. Arms whose condition begins with a test of a shape that at least
//! [`WORTH_AN_INDEX`] arms ask of one subject form a group; the group's index gives the arms whose test holds, in order.
//! All other arms are candidates always. The first candidate whose whole condition holds answers.

use std::collections::BTreeMap;

use super::condition::Condition;
use super::program::{LimitIds, OutcomeId};
use super::shape::{Family, Question, Shape};
use super::subject_index::SubjectIndex;
use super::test_table::{TestId, TestTable};
use crate::cel::expr::Expr;

/// Below this many arms a look-up costs more than the tests it saves.
const WORTH_AN_INDEX: usize = 4;
/// Most groups of one entry; further ones are scanned.
pub(crate) const MAX_GROUPS: usize = 8;
/// Most arms that one rule's disjunction is split into.
const MAX_SPLIT: usize = 64;

/// One way to an outcome.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    /// When it is taken.
    pub(crate) condition: Condition,
    /// What it leads to.
    pub(crate) outcome: OutcomeId,
    /// The limits on the calls that take it.
    pub(crate) limits: LimitIds,
}

/// An entry's rules.
#[derive(Debug)]
pub(crate) struct Select {
    /// In order of the rules.
    pub(crate) arms: Box<[Gated]>,
    /// Arms that no group holds, in order.
    pub(crate) always: Box<[u32]>,
    /// The groups.
    pub(crate) groups: Box<[Group]>,
    /// How many arms are scanned because an index over them would be too large.
    pub(crate) over_budget: usize,
}

/// An arm, with what is left of its condition once its group has found it.
#[derive(Debug)]
pub(crate) struct Gated {
    /// The arm.
    pub(crate) arm: Arm,
    /// The condition without the test that the group answers.
    pub(crate) rest: Condition,
}

/// Arms that ask one question of one subject.
#[derive(Debug)]
pub(crate) struct Group {
    /// Whose value is looked up.
    pub(crate) subject: Expr,
    /// Which values the index knows the answer for.
    pub(crate) family: Family,
    /// Gives the members whose test holds, by place in `arms`.
    pub(crate) index: SubjectIndex,
    /// All its arms, in order: the candidates when the subject is unknown.
    pub(crate) arms: Box<[u32]>,
    /// The place of its cache in a scratch.
    pub(crate) cache: usize,
}

impl Select {
    /// Arranges arms.
    pub(crate) fn compile(arms: Vec<Arm>, tests: &TestTable, caches: &mut usize) -> Self {
        let arms: Vec<Arm> = arms.into_iter().flat_map(split).collect();
        let mut gates = Gates::of(&arms, tests);
        let mut groups = Vec::new();
        let mut over_budget = 0;
        for members in std::mem::take(&mut gates.groups) {
            match Group::compile(&members, caches) {
                Some(group) => groups.push(group),
                None => {
                    over_budget += members.len();
                    members.iter().for_each(|member| gates.choose(member.arm, None));
                }
            }
        }
        let always = (0..).zip(&gates.chosen).filter(|(_, gate)| gate.is_none()).map(|(at, _)| at).collect();
        let gated = arms.into_iter().zip(&gates.chosen).map(|(arm, gate)| {
            let rest = gate.map_or_else(|| arm.condition.clone(), |gate| without(&arm.condition, gate));
            Gated { arm, rest }
        });
        Self { arms: gated.collect(), always, groups: groups.into_boxed_slice(), over_budget }
    }
}

/// A rule that asks for any of several tests is several arms with one outcome.
fn split(arm: Arm) -> Vec<Arm> {
    match arm.condition {
        Condition::Any(operands) if operands.len() <= MAX_SPLIT => {
            let arm_of = |condition| Arm { condition, outcome: arm.outcome, limits: arm.limits };
            operands.into_vec().into_iter().map(arm_of).collect()
        }
        condition => vec![Arm { condition, ..arm }],
    }
}

/// A test, and the outcome of it that an arm cannot hold without.
type Needed = (TestId, bool);

/// The test that a condition is, or is the negation of.
fn needed(condition: &Condition) -> Option<Needed> {
    match condition {
        Condition::Test { id, .. } => Some((*id, true)),
        Condition::Not(operand) => match operand.as_ref() {
            Condition::Test { id, .. } => Some((*id, false)),
            _ => None,
        },
        _ => None,
    }
}

/// The condition once its gate is known to hold, for a condition that has it as itself or as an operand of `All`.
fn without(condition: &Condition, gate: Needed) -> Condition {
    let is_gate = |operand: &Condition| needed(operand) == Some(gate);
    match condition {
        gate if is_gate(gate) => Condition::Constant(true),
        Condition::All(operands) => {
            Condition::all(operands.iter().filter(|operand| !is_gate(operand)).cloned().collect())
        }
        other => other.clone(),
    }
}

/// A test of a shape that an arm cannot hold without, or whose negation it cannot.
#[derive(Clone)]
struct Gate<'t> {
    arm: u32,
    needed: Needed,
    /// Subject and family: gates of one key share an index.
    key: (String, Family),
    shape: Shape<'t>,
}

/// For each arm the test that its group answers.
struct Gates<'t> {
    chosen: Vec<Option<Needed>>,
    groups: Vec<Vec<Gate<'t>>>,
}

impl<'t> Gates<'t> {
    /// Chooses for each arm, among its gates, the one that most arms ask in the same way; keeps the groups that are worth
    /// an index, the largest first.
    fn of(arms: &[Arm], tests: &'t TestTable) -> Self {
        let asked: Vec<Vec<Gate<'t>>> = (0..).zip(arms).map(|(at, arm)| gates(at, &arm.condition, tests)).collect();
        let mut popularity = BTreeMap::new();
        for gate in asked.iter().flatten() {
            *popularity.entry(gate.key.clone()).or_insert(0_usize) += 1;
        }
        let mut by_key: BTreeMap<(String, Family), Vec<Gate<'t>>> = BTreeMap::new();
        for gates in asked {
            if let Some(gate) = gates.into_iter().max_by_key(|gate| popularity.get(&gate.key).copied()) {
                by_key.entry(gate.key.clone()).or_default().push(gate);
            }
        }
        let mut groups: Vec<_> = by_key.into_values().filter(|group| group.len() >= WORTH_AN_INDEX).collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        groups.truncate(MAX_GROUPS);
        let mut gates = Self { chosen: vec![None; arms.len()], groups: Vec::new() };
        groups.iter().flatten().for_each(|gate| gates.choose(gate.arm, Some(gate.needed)));
        gates.groups = groups;
        gates
    }

    fn choose(&mut self, arm: u32, needed: Option<Needed>) {
        if let Some(gate) = self.chosen.get_mut(arm as usize) {
            *gate = needed;
        }
    }
}

/// The gates of an arm.
fn gates<'t>(arm: u32, condition: &Condition, tests: &'t TestTable) -> Vec<Gate<'t>> {
    let operands = match condition {
        Condition::All(operands) => operands,
        single => std::slice::from_ref(single),
    };
    let gate = |operand: &Condition| {
        let (test, holds) = needed(operand)?;
        let shape = tests.get(test).and_then(Shape::of)?;
        let shape = if holds { shape } else { shape.negated()? };
        Some(Gate { arm, needed: (test, holds), key: (shape.subject.canonical(), shape.family), shape })
    };
    operands.iter().filter_map(gate).collect()
}

impl Group {
    fn compile(members: &[Gate<'_>], caches: &mut usize) -> Option<Self> {
        let first = members.first()?;
        let questions: Vec<&Question> = members.iter().map(|member| &member.shape.question).collect();
        let index = SubjectIndex::build(first.shape.family, &questions)?;
        *caches += 1;
        Some(Self {
            cache: *caches - 1,
            subject: first.shape.subject.clone(),
            family: first.shape.family,
            index,
            arms: members.iter().map(|member| member.arm).collect(),
        })
    }
}
