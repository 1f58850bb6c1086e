//! One look-up for all rules that ask one kind of question of one subject.

use rustc_hash::FxHashMap;

use super::path_index::PathIndex;
use super::shape::{Family, Question};
use crate::cel::compare::number;
use crate::cel::value::Value;
use crate::number::Number;
use crate::pattern::{IntervalIndex, PrefixIndex, ValueCache, ValueIndex, ValuePattern};

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

/// Members by the constants they compare with.
#[derive(Debug, Default)]
pub(crate) struct EqualIndex {
    texts: FxHashMap<Box<str>, Vec<u32>>,
    numbers: FxHashMap<Number, Vec<u32>>,
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
        let members = match (value, number(value)) {
            (_, Some(key)) => self.numbers.entry(key).or_default(),
            (Value::Text(text), _) => self.texts.entry(text.as_str().into()).or_default(),
            (Value::Null, _) => &mut self.nulls,
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
        let members = match (value, number) {
            (_, Some(key)) => self.numbers.get(&key),
            (Value::Text(text), _) => self.texts.get(text.as_str()),
            (Value::Null, _) => Some(&self.nulls),
            _ => None,
        };
        Some(members.map_or(&[], Vec::as_slice))
    }
}
