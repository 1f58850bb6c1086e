//! The tests of one entry's rules, and what the outcome of one says of another.

use std::collections::BTreeMap;

use super::presence::needs;
use super::sets::{Effort, Set};
use super::typed_sets::{Programs, Typed};
use super::view::walk;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
use crate::cel::{Cause, Variables, eval};
use crate::tree::shape::Shape;
use crate::tree::test_table::{Test, TestId, TestTable};

/// Most values of a list that are looked at one by one.
const MAX_VALUES: usize = 256;

/// A test that is known to hold, or known not to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    /// Which test.
    pub(super) test: TestId,
    /// Whether it holds.
    pub(super) holds: bool,
}

/// What is known of one test.
#[derive(Debug)]
struct Detail {
    /// The subject's number and text, for a test of a known shape.
    subject: Option<(u32, String)>,
    /// The values it holds for.
    set: Set,
    /// The values, sorted, where all of them are texts.
    words: Option<Vec<String>>,
    /// The numbers for which it does not hold.
    rest: Option<Set>,
    /// The text of what it asks the presence of.
    asks_presence_of: Option<String>,
}

/// All tests of one entry.
#[derive(Debug, Default)]
pub(super) struct Tests {
    pub(super) table: TestTable,
    details: Vec<Detail>,
}

/// The outcome of a test when one value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Known(bool),
    /// It cannot be computed, so it holds no more than its negation does.
    Unknown,
    /// It depends on something else too.
    Open,
}

impl Tests {
    /// Looks at every test of a table.
    pub(super) fn of(table: TestTable, programs: &Programs) -> Self {
        let mut subjects: BTreeMap<String, u32> = BTreeMap::new();
        let details = table.iter().map(|test| Detail::of(test, &mut subjects, programs)).collect();
        Self { table, details }
    }

    fn detail(&self, fact: Fact) -> Option<&Detail> {
        self.details.get(fact.test.index())
    }

    /// The values a fact leaves for its subject, where that is a set.
    fn set(&self, fact: Fact) -> Option<&Set> {
        let detail = self.detail(fact)?;
        if fact.holds { Some(&detail.set) } else { detail.rest.as_ref() }
    }

    fn listed(&self, fact: Fact) -> Option<(&str, &[Value<'static>])> {
        let detail = self.detail(fact).filter(|_| fact.holds)?;
        match (&detail.subject, &detail.set) {
            (Some((_, subject)), Set::OneOf(values)) if values.len() <= MAX_VALUES => Some((subject, values)),
            _ => None,
        }
    }

    pub(super) fn same_subject(&self, left: Fact, right: Fact) -> bool {
        let subject = |fact| self.detail(fact).and_then(|detail| detail.subject.as_ref()).map(|(number, _)| *number);
        subject(left).is_some() && subject(left) == subject(right)
    }

    /// Whether the one fact makes the other true.
    pub(super) fn implies(&self, known: Fact, wanted: Fact, effort: &Effort) -> bool {
        if known == wanted || self.implies_presence(known, wanted) {
            return true;
        }
        if let Some(words) = self.words_of_both(known, wanted) {
            let (known, listed) = words;
            return known.iter().all(|word| listed.binary_search(word).is_ok() == wanted.holds);
        }
        if !known.holds && !wanted.holds && self.same_subject(known, wanted) {
            let words = |fact| self.detail(fact).and_then(|detail| detail.words.as_deref());
            if let (Some(refused), Some(fewer)) = (words(known), words(wanted)) {
                return fewer.iter().all(|word| refused.binary_search(word).is_ok());
            }
        }
        if let Some((subject, values)) = self.listed(known)
            && !values.is_empty()
        {
            let makes_it_so = |value| self.outcome(wanted, subject, value, effort) == Outcome::Known(wanted.holds);
            return values.iter().all(makes_it_so);
        }
        if !self.same_subject(known, wanted) {
            return false;
        }
        match (self.set(known), self.set(wanted), known.holds, wanted.holds) {
            (Some(narrow), Some(wide), ..) => wide.contains(narrow, effort),
            (Some(left), None, _, false) => {
                self.positive(wanted).is_some_and(|right| left.same_kind(right) && left.disjoint(right, effort))
            }
            (None, None, false, false) => match (self.positive(known), self.positive(wanted)) {
                (Some(wide), Some(narrow)) => wide.contains(narrow, effort),
                _ => false,
            },
            _ => false,
        }
    }

    /// The words of two tests that list words of one subject.
    fn words_of_both(&self, known: Fact, wanted: Fact) -> Option<(&[String], &[String])> {
        let words = |fact| self.detail(fact).and_then(|detail| detail.words.as_deref());
        let both = words(known).filter(|_| known.holds).zip(words(wanted));
        both.filter(|(listed, _)| !listed.is_empty() && self.same_subject(known, wanted))
    }

    /// The set of a fact's test, whatever the fact says of it.
    pub(super) fn positive(&self, fact: Fact) -> Option<&Set> {
        self.detail(fact).map(|detail| &detail.set)
    }

    /// The subject of a test and the words that it holds for, where these are all.
    pub(super) fn words(&self, fact: Fact) -> Option<(&str, &[String])> {
        let detail = self.detail(fact)?;
        Some((detail.subject.as_ref()?.1.as_str(), detail.words.as_deref()?))
    }

    /// A test of a value has an outcome only where the value is there.
    fn implies_presence(&self, known: Fact, wanted: Fact) -> bool {
        let asked = self.detail(wanted).and_then(|detail| detail.asks_presence_of.as_ref());
        let test = self.table.get(known.test);
        wanted.holds && asked.zip(test).is_some_and(|(asked, test)| needs(&test.expr, asked))
    }

    /// Whether the facts cannot hold together.
    pub(super) fn contradict(&self, facts: &[Fact], effort: &Effort) -> Option<(Fact, Fact)> {
        for (at, left) in facts.iter().enumerate() {
            for right in facts.iter().skip(at + 1) {
                if self.exclude(*left, *right, effort) {
                    return Some((*left, *right));
                }
            }
        }
        facts.iter().find_map(|fact| self.no_value_left(*fact, facts, effort).map(|other| (*fact, other)))
    }

    fn exclude(&self, left: Fact, right: Fact, effort: &Effort) -> bool {
        if left.test == right.test {
            return left.holds != right.holds;
        }
        let absent =
            |fact: Fact, other: Fact| !fact.holds && self.implies_presence(other, Fact { holds: true, ..fact });
        if absent(left, right) || absent(right, left) {
            return true;
        }
        if !self.same_subject(left, right) {
            return false;
        }
        match (self.set(left), self.set(right)) {
            (Some(one), Some(other)) => one.disjoint(other, effort),
            (Some(narrow), None) => self.positive(right).is_some_and(|wide| wide.contains(narrow, effort)),
            (None, Some(narrow)) => self.positive(left).is_some_and(|wide| wide.contains(narrow, effort)),
            (None, None) => false,
        }
    }

    /// For a fact that lists its subject's values: the last of the facts that leave none of them.
    fn no_value_left(&self, listing: Fact, facts: &[Fact], effort: &Effort) -> Option<Fact> {
        let (subject, values) = self.listed(listing)?;
        let mut by = None;
        for value in values {
            let refuses = |fact: &&Fact| match self.outcome(**fact, subject, value, effort) {
                Outcome::Known(holds) => holds != fact.holds,
                Outcome::Unknown => true,
                Outcome::Open => false,
            };
            by = Some(*facts.iter().filter(|fact| **fact != listing).find(refuses)?);
        }
        by
    }

    /// The outcome of a fact's test when a subject has this value.
    fn outcome(&self, fact: Fact, subject: &str, value: &Value<'static>, effort: &Effort) -> Outcome {
        let Some(test) = self.table.get(fact.test) else { return Outcome::Open };
        if !mentions(&test.text, subject) || calls(&test.expr, "shell") || !effort.ask() {
            return Outcome::Open;
        }
        let Some(expr) = replaced(&test.expr, subject, value) else { return Outcome::Open };
        match eval(&expr, &Nothing) {
            Ok(Value::Bool(holds)) => Outcome::Known(holds),
            // A relative path may have a base that only a call's catalog tells.
            _ if is_closed(&expr) && !calls(&expr, "path") => Outcome::Unknown,
            _ => Outcome::Open,
        }
    }
}

impl Detail {
    fn of(test: &Test, subjects: &mut BTreeMap<String, u32>, programs: &Programs) -> Self {
        let shape = Shape::of(test).map(|shape| (shape.subject, Set::of(&shape)));
        let typed = || Typed::of(&test.expr, programs).map(|(subject, typed)| (subject, Set::Typed(typed)));
        let placed = || Set::of_placed_test(&test.expr);
        let found = shape.or_else(|| Set::of_text_test(&test.expr)).or_else(placed).or_else(typed);
        let (subject, set) = match found {
            Some((subject, set)) => (Some(subject.canonical()), set),
            None => (None, Set::Opaque),
        };
        let mut number = |text: String| {
            let next = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
            (*subjects.entry(text.clone()).or_insert(next), text)
        };
        let asks_presence_of = match &test.expr.kind {
            ExprKind::Has { operand, field } => Some(presence(operand, field)),
            _ => None,
        };
        let subject = subject.map(&mut number);
        Self { subject, words: words(&set), rest: set.rest_of_numbers(), set, asks_presence_of }
    }
}

fn words(set: &Set) -> Option<Vec<String>> {
    let Set::OneOf(values) = set else { return None };
    let word = |value: &Value<'_>| match value {
        Value::Text(text) => Some(text.as_str().to_owned()),
        _ => None,
    };
    let mut words: Vec<String> = values.iter().map(word).collect::<Option<_>>()?;
    words.sort_unstable();
    Some(words)
}

fn presence(operand: &Expr, field: &std::sync::Arc<str>) -> String {
    let select = ExprKind::Select { operand: Box::new(operand.clone()), field: field.clone() };
    Expr { kind: select, ty: crate::cel::Type::Dyn, span: operand.span }.canonical()
}

/// Whether one text stands in another as a whole name: `params.path` does in `path(params.path)`, not in `params.paths`.
fn mentions(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| {
        let rest = text.get(at + part.len()..).unwrap_or_default();
        !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

/// The expression with a value in place of every part that has this text. `None` for what holds loops.
fn replaced(expr: &Expr, subject: &str, value: &Value<'static>) -> Option<Expr> {
    if expr.canonical() == subject {
        return Some(Expr { kind: ExprKind::Const(value.clone()), ty: value.ty(), span: expr.span });
    }
    let one = |expr: &Expr| replaced(expr, subject, value);
    let all = |list: &[Expr]| list.iter().map(one).collect::<Option<Vec<_>>>();
    let kind = match &expr.kind {
        ExprKind::Select { operand, field } => {
            ExprKind::Select { operand: Box::new(one(operand)?), field: field.clone() }
        }
        ExprKind::Has { operand, field } => ExprKind::Has { operand: Box::new(one(operand)?), field: field.clone() },
        ExprKind::Call { function, args, prepared } => {
            ExprKind::Call { function, args: all(args)?, prepared: prepared.clone() }
        }
        ExprKind::And(operands) => ExprKind::And(all(operands)?),
        ExprKind::Or(operands) => ExprKind::Or(all(operands)?),
        ExprKind::Not(operand) => ExprKind::Not(Box::new(one(operand)?)),
        ExprKind::List(items) => ExprKind::List(all(items)?),
        ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_) => expr.kind.clone(),
        ExprKind::Conditional(parts) => {
            let [condition, then, otherwise] = parts.as_ref();
            ExprKind::Conditional(Box::new([one(condition)?, one(then)?, one(otherwise)?]))
        }
        ExprKind::Map(_) | ExprKind::Comprehension(_) => return None,
    };
    Some(Expr { kind, ty: expr.ty.clone(), span: expr.span })
}

/// What a condition comes to when a part of the call has this value and nothing else is there; nothing where that is unknown.
#[cfg(feature = "url")]
pub(super) fn decided(expr: &Expr, subject: &str, value: &Value<'static>) -> Option<bool> {
    match eval(&replaced(expr, subject, value)?, &Nothing) {
        Ok(Value::Bool(holds)) => Some(holds),
        _ => None,
    }
}

/// Whether a function of this name is called anywhere.
fn calls(expr: &Expr, name: &str) -> bool {
    let mut found = false;
    walk(expr, &mut |expr| found |= matches!(&expr.kind, ExprKind::Call { function, .. } if function.name == name));
    found
}

/// Whether nothing of a call is asked.
fn is_closed(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(_) => true,
        ExprKind::Variable(_) | ExprKind::Local(_) | ExprKind::Map(_) | ExprKind::Comprehension(_) => false,
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } | ExprKind::Not(operand) => is_closed(operand),
        ExprKind::Call { args, .. } => args.iter().all(is_closed),
        ExprKind::And(operands) | ExprKind::Or(operands) | ExprKind::List(operands) => operands.iter().all(is_closed),
        ExprKind::Conditional(parts) => parts.iter().all(is_closed),
    }
}

/// An environment without variables.
struct Nothing;

impl<'a> Variables<'a> for Nothing {
    fn value(&self, _: usize) -> Result<Value<'a>, Cause> {
        Err(Cause::Missing)
    }
}
