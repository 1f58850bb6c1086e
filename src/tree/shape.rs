//! Tests that can be answered for many rules at once.
//!
//! A test of a known shape asks one question of one subject: is it equal to one of these, does it begin with this, does
//! it match this pattern, does it lie in this interval. Shapes of one family over one subject share an index.

use super::test_table::Test;
use crate::cel::compare;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::function::Function;
use crate::cel::types::Type;
use crate::cel::value::{List, Value};
use crate::number::Number;
use crate::pattern::{Bound, Interval, PathGlob, TextGlob, ValuePattern};

/// Which index can answer a test, and for which values its answer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    /// Being null: known for every value.
    Null,
    /// Equality within numbers: unknown for values that are none.
    EqualNumber,
    /// Equality within strings: unknown for values that are none.
    EqualText,
    /// Beginnings of a string.
    TextPrefix,
    /// Directories of a path.
    PathPrefix,
    /// Globs and regexes over a string.
    TextPattern,
    /// Globs over a path.
    PathPattern,
    /// Intervals of numbers.
    Number,
}

/// What a test asks of its subject.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    /// Equal to one of these.
    OneOf(Vec<Value<'static>>),
    /// Begins with this.
    Prefix(String),
    /// Matches this.
    Pattern(ValuePattern),
    /// Lies in this.
    Interval(Interval),
}

/// A test of a known shape.
#[derive(Clone, Debug)]
pub(crate) struct Shape<'t> {
    /// Whose value is looked up.
    pub(crate) subject: &'t Expr,
    /// Which index answers.
    pub(crate) family: Family,
    /// What is asked.
    pub(crate) question: Question,
}

impl<'t> Shape<'t> {
    /// The shape of a test, if it has one.
    pub(crate) fn of(test: &'t Test) -> Option<Self> {
        let ExprKind::Call { function, args, .. } = &test.expr.kind else { return None };
        let [subject, operand] = args.as_slice() else { return None };
        match operand.constant() {
            Some(value) if is_subject(subject) => Self::ask(function, subject, value),
            _ => None,
        }
    }

    /// The shape of the test's negation, if it has one: the other numbers of an interval with one end.
    pub(crate) fn negated(self) -> Option<Self> {
        match self.question {
            Question::Interval(interval) => Some(Self { question: Question::Interval(interval.complement()?), ..self }),
            _ => None,
        }
    }

    fn ask(function: &Function, subject: &'t Expr, value: &Value<'static>) -> Option<Self> {
        let (family, question) = match (function.name, value) {
            ("_==_", Value::Null) => (Family::Null, Question::OneOf(vec![Value::Null])),
            ("@eq", value) => (typed(std::slice::from_ref(value))?, Question::OneOf(vec![value.clone()])),
            ("@in", Value::List(List::Shared(items))) => (typed(items)?, Question::OneOf(items.to_vec())),
            ("startsWith", Value::Text(text)) => (Family::TextPrefix, Question::Prefix(text.as_str().to_owned())),
            ("within", Value::Text(text)) => (Family::PathPrefix, Question::Prefix(normal(text.as_str())?)),
            ("matches" | "glob", Value::Text(text)) => pattern(function.name, subject, text.as_str())?,
            (name, value) => (Family::Number, Question::Interval(interval(name, compare::number(value)?)?)),
        };
        Some(Self { subject, family, question })
    }
}

/// Anything that is not itself truth over tests can be a subject; what it costs is paid once for all its tests.
fn is_subject(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Select { .. } | ExprKind::Variable(_) | ExprKind::Call { .. })
}

/// The family of typed equality with these constants, when they are of one type that has an index.
fn typed(values: &[Value<'_>]) -> Option<Family> {
    let text = values.iter().all(|value| matches!(value, Value::Text(_)));
    let number = values.iter().all(|value| compare::number(value).is_some());
    match (text, number) {
        (true, false) => Some(Family::EqualText),
        (false, true) => Some(Family::EqualNumber),
        _ => None,
    }
}

fn normal(path: &str) -> Option<String> {
    crate::path::normalize(path).ok().map(std::borrow::Cow::into_owned)
}

fn pattern(function: &str, subject: &Expr, text: &str) -> Option<(Family, Question)> {
    let (family, pattern) = match (function, &subject.ty) {
        ("matches", Type::Path) => (Family::PathPattern, ValuePattern::Path(PathGlob::parse(text).ok()?)),
        ("matches", _) => (Family::TextPattern, ValuePattern::Regex(text.to_owned())),
        _ => (Family::TextPattern, ValuePattern::Text(TextGlob::parse(text).ok()?)),
    };
    Some((family, Question::Pattern(pattern)))
}

fn interval(function: &str, bound: Number) -> Option<Interval> {
    match function {
        "@lt" => Some(Interval { lower: Bound::Open, upper: Bound::Excluding(bound) }),
        "@lte" => Some(Interval { lower: Bound::Open, upper: Bound::Including(bound) }),
        "@gt" => Some(Interval { lower: Bound::Excluding(bound), upper: Bound::Open }),
        "@gte" => Some(Interval { lower: Bound::Including(bound), upper: Bound::Open }),
        _ => None,
    }
}
