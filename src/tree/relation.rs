//! What the outcome of one test says of another test on the same value.
//!
//! A value that is within `/a` is not within `/b`; one below 5 is below 10; one that equals `'x'` has every outcome that
//! `'x'` has. Nothing is said that is not so for every value, under every spelling of it; where nothing is said, any two
//! outcomes go together, which is the stricter reading.

use rustc_hash::FxHashMap;

use super::shape::{Family, Question, Shape};
use super::test_table::{Test, TestTable};
use crate::cel::expr::{Expr, ExprKind, Prepared};
use crate::cel::function::{Function, Site};
use crate::cel::value::Value;
use crate::cel::{Budget, compare};
use crate::path;
use crate::pattern::Interval;

/// Most constants of one test that another test is tried on.
const MAX_TRIED: usize = 64;

/// A test that compares one value with a constant.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Whose value is asked about, by its place in [`Asks::subjects`].
    pub(crate) subject: u32,
    about: About,
    on: OnConstant,
}

/// What is asked of the value.
#[derive(Debug)]
enum About {
    /// Whether it is one of these.
    OneOf(Vec<Value<'static>>),
    /// Whether it begins with this.
    Prefix(String),
    /// Whether it ends with this.
    Suffix(String),
    /// Whether it lies in this directory.
    Directory(String),
    /// Whether it lies in this interval. `ordered` where every value of the subject is a number that has a place in the
    /// order, which `NaN` has not.
    Interval { interval: Interval, ordered: bool },
    /// Something that only a value tells.
    Other,
}

/// A test as it is computed for a constant in place of the subject.
struct OnConstant {
    function: &'static Function,
    operand: Value<'static>,
    /// Whether the constant is written first.
    mirrored: bool,
    prepared: Option<Prepared>,
}

impl std::fmt::Debug for OnConstant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.function.name)
    }
}

impl OnConstant {
    /// The outcome for a value; `None` where it is unknown.
    fn outcome(&self, value: &Value<'static>) -> Option<bool> {
        let (first, second) = (value.clone(), self.operand.clone());
        let args = if self.mirrored { [second, first] } else { [first, second] };
        let budget = Budget::default();
        match (self.function.eval)(Site::new(self.prepared.as_ref(), &budget), &args) {
            Ok(Value::Bool(value)) => Some(value),
            _ => None,
        }
    }
}

/// The kinds of values that tests are about; a test of one kind is unknown for values of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Path,
    Other,
}

impl Kind {
    /// The kind of a value.
    pub(crate) fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Text(_) => Self::Text,
            Value::Path(_) => Self::Path,
            // what is no number has no place in the order either
            value if compare::number(value).is_some() => Self::Number,
            _ => Self::Other,
        }
    }
}

impl Ask {
    /// Whether the test tells nothing of a value of this kind: what it says of other tests is then as if there were none.
    pub(crate) fn is_about_another(&self, found: Kind) -> bool {
        let own = match &self.about {
            About::OneOf(values) => values.first().map(Kind::of),
            About::Prefix(_) | About::Suffix(_) => Some(Kind::Text),
            About::Directory(_) => Some(Kind::Path),
            About::Interval { .. } => Some(Kind::Number),
            About::Other => None,
        };
        own.is_some_and(|own| own != found)
    }

    /// What a test asks, and of which subject.
    fn of(test: &Test, subject_number: impl FnOnce(&Expr) -> u32) -> Option<Self> {
        let ExprKind::Call { function, args, prepared } = &test.expr.kind else { return None };
        let [left, right] = args.as_slice() else { return None };
        let (subject, operand, mirrored) = match (left.constant(), right.constant()) {
            (None, Some(operand)) => (left, operand, false),
            (Some(operand), None) => (right, operand, true),
            _ => return None,
        };
        let on = OnConstant { function, operand: operand.clone(), mirrored, prepared: prepared.clone() };
        let about = About::of(test, function.name, subject, operand);
        Some(Self { subject: subject_number(subject), about, on })
    }

    /// What another test's outcome is where this one's is known; `None` where it may be either.
    pub(crate) fn implied(&self, outcome: bool, other: &Self) -> Option<bool> {
        match outcome {
            true if self.implies(other) => Some(true),
            true if self.excludes(other) => Some(false),
            false if other.implies(self) => Some(false),
            false if self.completes(other) => Some(true),
            _ => None,
        }
    }

    /// Whether the other test holds wherever this one does.
    fn implies(&self, other: &Self) -> bool {
        match (&self.about, &other.about) {
            (About::OneOf(values), _) => other.always(values, true),
            (About::Prefix(narrow), About::Prefix(wide)) => narrow.starts_with(wide.as_str()),
            (About::Suffix(narrow), About::Suffix(wide)) => narrow.ends_with(wide.as_str()),
            (About::Directory(narrow), About::Directory(wide)) => path::within(narrow, wide),
            (About::Interval { interval: narrow, .. }, About::Interval { interval: wide, .. }) => wide.contains(narrow),
            _ => false,
        }
    }

    /// Whether the tests never hold both.
    fn excludes(&self, other: &Self) -> bool {
        match (&self.about, &other.about) {
            (About::OneOf(values), _) if other.always(values, false) => true,
            (_, About::OneOf(values)) => self.always(values, false),
            (About::Prefix(one), About::Prefix(another)) => !one.starts_with(another) && !another.starts_with(one),
            (About::Suffix(one), About::Suffix(another)) => !one.ends_with(another) && !another.ends_with(one),
            (About::Directory(one), About::Directory(another)) => path::apart(one, another),
            (About::Interval { interval: one, .. }, About::Interval { interval: another, .. }) => one.is_apart(another),
            _ => false,
        }
    }

    /// Whether one of the tests holds for every value.
    fn completes(&self, other: &Self) -> bool {
        match (&self.about, &other.about) {
            (About::Interval { interval: one, ordered: true }, About::Interval { interval: another, .. }) => {
                one.completes(another)
            }
            _ => false,
        }
    }

    /// Whether this test has that outcome for each of these values.
    fn always(&self, values: &[Value<'static>], outcome: bool) -> bool {
        let few = !values.is_empty() && values.len() <= MAX_TRIED;
        few && values.iter().all(|value| self.on.outcome(value) == Some(outcome))
    }
}

impl About {
    fn of(test: &Test, function: &str, subject: &Expr, operand: &Value<'static>) -> Self {
        if let ("@suffix" | "endsWith", Value::Text(text)) = (function, operand) {
            return Self::Suffix(text.as_str().to_owned());
        }
        // patterns say nothing of each other here, and are not worth being read again
        if matches!(function, "matches" | "glob") {
            return Self::Other;
        }
        match Shape::of(test).map(|shape| (shape.family, shape.question)) {
            Some((_, Question::OneOf(values))) => Self::OneOf(values),
            Some((Family::TextPrefix, Question::Prefix(text))) => Self::Prefix(text),
            Some((Family::PathPrefix, Question::Prefix(directory))) => Self::Directory(directory),
            Some((_, Question::Interval(interval))) => Self::Interval { interval, ordered: is_ordered(subject) },
            _ => Self::Other,
        }
    }
}

/// Whether a subject's numbers are never `NaN`: JSON has none, and sizes are whole.
fn is_ordered(subject: &Expr) -> bool {
    match &subject.kind {
        ExprKind::Select { .. } => true,
        ExprKind::Call { function, .. } => matches!(function.name, "size" | "@size"),
        _ => false,
    }
}

/// What the tests of a policy set ask, where several ask of one subject.
#[derive(Debug, Default)]
pub(crate) struct Asks {
    /// By the test's number.
    by_test: Vec<Option<Ask>>,
    /// The subjects.
    pub(crate) subjects: Vec<Expr>,
}

impl Asks {
    /// Those of all tests.
    pub(crate) fn of(tests: &TestTable) -> Self {
        let mut asks = Self::default();
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        for test in tests.iter() {
            let subjects = &mut asks.subjects;
            let ask = Ask::of(test, |subject| {
                *numbers.entry(subject.canonical()).or_insert_with(|| {
                    subjects.push(subject.clone());
                    u32::try_from(subjects.len() - 1).unwrap_or(u32::MAX)
                })
            });
            asks.by_test.push(ask);
        }
        asks.forget_lonely();
        asks
    }

    /// A test that is the only one on its subject says nothing of others.
    fn forget_lonely(&mut self) {
        let mut counts = vec![0_usize; self.subjects.len()];
        for ask in self.by_test.iter().flatten() {
            if let Some(count) = counts.get_mut(ask.subject as usize) {
                *count += 1;
            }
        }
        for slot in &mut self.by_test {
            slot.take_if(|ask| counts.get(ask.subject as usize).is_none_or(|count| *count < 2));
        }
    }

    /// What a test asks.
    pub(crate) fn get(&self, test: usize) -> Option<&Ask> {
        self.by_test.get(test).and_then(Option::as_ref)
    }
}
