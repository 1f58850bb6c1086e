//! One look-up for all rules that ask one kind of question of one subject.

use rustc_hash::FxHashMap;

use super::path_index::PathIndex;
use super::shape::{Family, Question, number};
use crate::cel::value::Value;
use crate::pattern::{IntervalIndex, Number, PrefixIndex, ValueCache, ValueIndex, ValuePattern};

/// Answers, for a value, which members of a group have their test hold: places in the group, in order.
#[derive(Debug)]
pub(crate) enum SubjectIndex {
    /// By equality.
    Equal(EqualIndex),
    /// By what the text begins with.
    Prefix(PrefixIndex),
    /// By patterns.
    Pattern(Box<ValueIndex>),
    /// By the interval a number lies in.
    Interval(IntervalIndex),
    /// By the directories and globs of a path.
    Path(PathIndex),
}

/// Where the places are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holding<'t> {
    /// Stored with the index.
    Stored(&'t [u32]),
    /// Put into the caller's buffer.
    Buffered,
}

impl SubjectIndex {
    /// An index over a group's questions, which are of one family; `None` when it would be too large.
    pub(crate) fn build(family: Family, questions: &[&Question]) -> Option<Self> {
        match family {
            Family::Null | Family::EqualNumber | Family::EqualText => Some(Self::Equal(EqualIndex::of(questions)?)),
            Family::TextPrefix => Some(Self::Prefix(PrefixIndex::of_texts(&prefixes(questions)?))),
            Family::PathPrefix => Some(Self::Path(PathIndex::of_directories(&prefixes(questions)?))),
            Family::PathPattern => PathIndex::of_globs(patterns(questions)?).map(Self::Path),
            Family::TextPattern => ValueIndex::new(&patterns(questions)?).ok().map(Box::new).map(Self::Pattern),
            Family::Number => Self::intervals(questions),
        }
    }

    fn intervals(questions: &[&Question]) -> Option<Self> {
        let interval = |question: &&Question| match question {
            Question::Interval(interval) => Some(*interval),
            _ => None,
        };
        let intervals: Vec<_> = questions.iter().map(interval).collect::<Option<_>>()?;
        IntervalIndex::new(&intervals).ok().map(Self::Interval)
    }

    /// The members whose test holds for `value`, or `None` when the tests are unknown for a value of this type.
    pub(crate) fn look_up<'t>(
        &'t self,
        family: Family,
        value: &Value<'_>,
        cache: &mut Option<ValueCache>,
        buffer: &mut Vec<u32>,
    ) -> Option<Holding<'t>> {
        match (self, value) {
            (Self::Equal(index), value) => index.get(family, value).map(Holding::Stored),
            (Self::Interval(index), value) => number(value).map(|number| Holding::Stored(index.matches(number))),
            (Self::Path(index), Value::Path(path)) => index.look_up(path, cache, buffer).then_some(Holding::Buffered),
            (Self::Path(_), _) => None,
            (Self::Prefix(index), value) => {
                index.matches(text(family, value)?, buffer);
                Some(Holding::Buffered)
            }
            (Self::Pattern(index), value) => {
                let cache = cache.get_or_insert_with(|| index.cache());
                index.matches(cache, text(family, value)?, buffer);
                Some(Holding::Buffered)
            }
        }
    }
}

fn patterns(questions: &[&Question]) -> Option<Vec<ValuePattern>> {
    let pattern = |question: &&Question| match question {
        Question::Pattern(pattern) => Some(pattern.clone()),
        _ => None,
    };
    questions.iter().map(pattern).collect()
}

fn prefixes<'q>(questions: &[&'q Question]) -> Option<Vec<&'q str>> {
    let prefix = |question: &&'q Question| match question {
        Question::Prefix(prefix) => Some(prefix.as_str()),
        _ => None,
    };
    questions.iter().map(prefix).collect()
}

/// The text of a value, if it is of the type that the family's tests are about.
fn text<'v>(family: Family, value: &'v Value<'_>) -> Option<&'v str> {
    match (family, value) {
        (Family::TextPrefix | Family::TextPattern, Value::Text(text)) => Some(text.as_str()),
        _ => None,
    }
}

/// A number as equality sees it: all that are whole are one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum NumberKey {
    Whole(i128),
    Fraction(u64),
}

impl NumberKey {
    /// `None` for what equals nothing.
    #[expect(clippy::cast_possible_truncation, reason = "held within the range of i128 by the comparison")]
    fn of(number: Number) -> Option<Self> {
        match number {
            Number::Int(value) => Some(Self::Whole(value.into())),
            Number::UInt(value) => Some(Self::Whole(value.into())),
            Number::Double(value) if value.is_nan() => None,
            Number::Double(value) if value.trunc() == value && value.abs() < 1e38 => Some(Self::Whole(value as i128)),
            Number::Double(value) => Some(Self::Fraction(value.to_bits())),
        }
    }
}

/// Members by the constants they compare with.
#[derive(Debug, Default)]
pub(crate) struct EqualIndex {
    texts: FxHashMap<Box<str>, Vec<u32>>,
    numbers: FxHashMap<NumberKey, Vec<u32>>,
    truths: (Vec<u32>, Vec<u32>),
    nulls: Vec<u32>,
}

impl EqualIndex {
    fn of(questions: &[&Question]) -> Option<Self> {
        let mut index = Self::default();
        for (member, question) in (0..).zip(questions) {
            match question {
                Question::OneOf(values) => values.iter().for_each(|value| index.add(member, value)),
                _ => return None,
            }
        }
        Some(index)
    }

    fn add(&mut self, member: u32, value: &Value<'_>) {
        let members = match (value, number(value).and_then(NumberKey::of)) {
            (_, Some(key)) => self.numbers.entry(key).or_default(),
            (Value::Text(text), _) => self.texts.entry(text.as_str().into()).or_default(),
            (Value::Null, _) => &mut self.nulls,
            (Value::Bool(false), _) => &mut self.truths.0,
            (Value::Bool(true), _) => &mut self.truths.1,
            _ => return,
        };
        if members.last() != Some(&member) {
            members.push(member);
        }
    }

    /// The members for a value; `None` when a typed comparison meets another type.
    fn get(&self, family: Family, value: &Value<'_>) -> Option<&[u32]> {
        let number = number(value);
        match family {
            Family::EqualNumber if number.is_none() => return None,
            Family::EqualText if !matches!(value, Value::Text(_)) => return None,
            _ => {}
        }
        let members = match (value, number.and_then(NumberKey::of)) {
            (_, Some(key)) => self.numbers.get(&key),
            (Value::Text(text), _) => self.texts.get(text.as_str()),
            (Value::Null, _) => Some(&self.nulls),
            (Value::Bool(false), _) => Some(&self.truths.0),
            (Value::Bool(true), _) => Some(&self.truths.1),
            _ => None,
        };
        Some(members.map_or(&[], Vec::as_slice))
    }
}
