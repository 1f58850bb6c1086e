//! One look-up for all rules that ask one kind of question of one subject.

use rustc_hash::FxHashMap;

use super::shape::{Family, Question};
use crate::cel::value::Value;
use crate::pattern::{IntervalIndex, Number, PrefixIndex, ValueCache, ValueIndex, ValuePattern};

/// Answers, for a value, which arms' tests hold.
#[derive(Debug)]
pub(crate) enum SubjectIndex {
    /// By equality.
    Equal(EqualIndex),
    /// By what the text begins with.
    Prefix { index: PrefixIndex, arms: Box<[u32]> },
    /// By patterns; the place of the cache in a scratch is found by the index's number.
    Pattern { index: Box<ValueIndex>, arms: Box<[u32]> },
    /// By the interval a number lies in.
    Interval(IntervalIndex),
}

/// The arms whose test holds, in order: stored with the index, or put into the caller's buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holding<'t> {
    /// Stored with the index.
    Stored(&'t [u32]),
    /// In the buffer.
    Buffered,
}

impl SubjectIndex {
    /// An index over questions of one family; `None` when it would be too large.
    pub(crate) fn build<'q>(family: Family, questions: impl Iterator<Item = (u32, &'q Question)>) -> Option<Self> {
        match family {
            Family::Equal | Family::EqualNumber | Family::EqualText => Some(Self::Equal(EqualIndex::of(questions))),
            Family::TextPrefix | Family::PathPrefix => Some(Self::prefixes(family, questions)),
            Family::TextPattern | Family::PathPattern => Self::patterns(questions),
            Family::Number => Self::intervals(questions),
        }
    }

    fn prefixes<'q>(family: Family, questions: impl Iterator<Item = (u32, &'q Question)>) -> Self {
        let (arms, prefixes): (Vec<u32>, Vec<&str>) = questions
            .filter_map(|(arm, question)| match question {
                Question::Prefix(prefix) => Some((arm, prefix.as_str())),
                _ => None,
            })
            .unzip();
        let index = match family {
            Family::PathPrefix => PrefixIndex::paths(&prefixes),
            _ => PrefixIndex::text(&prefixes),
        };
        Self::Prefix { index, arms: arms.into_boxed_slice() }
    }

    fn patterns<'q>(questions: impl Iterator<Item = (u32, &'q Question)>) -> Option<Self> {
        let (arms, patterns): (Vec<u32>, Vec<ValuePattern>) = questions
            .filter_map(|(arm, question)| match question {
                Question::Pattern(pattern) => Some((arm, pattern.clone())),
                _ => None,
            })
            .unzip();
        let index = Box::new(ValueIndex::new(&patterns).ok()?);
        Some(Self::Pattern { index, arms: arms.into_boxed_slice() })
    }

    fn intervals<'q>(questions: impl Iterator<Item = (u32, &'q Question)>) -> Option<Self> {
        let intervals: Vec<_> = questions
            .filter_map(|(arm, question)| match question {
                Question::Interval(interval) => Some((arm, interval.clone())),
                _ => None,
            })
            .collect();
        IntervalIndex::new(&intervals).ok().map(Self::Interval)
    }

    /// The arms whose test holds for `value`, or `None` when the tests are unknown for a value of this type.
    pub(crate) fn look_up<'t>(
        &'t self,
        family: Family,
        value: &Value<'_>,
        cache: &mut Option<ValueCache>,
        buffer: &mut Vec<u32>,
    ) -> Option<Holding<'t>> {
        match (self, value) {
            (Self::Equal(index), value) => index.get(family, value).map(Holding::Stored),
            (Self::Interval(index), value) => Number::of(value).map(|number| Holding::Stored(index.get(number))),
            (Self::Prefix { index, arms }, Value::Text(text) | Value::Path(text)) => {
                let from = buffer.len();
                index.matches(text.as_str(), buffer);
                rename(buffer, from, arms);
                Some(Holding::Buffered)
            }
            (Self::Pattern { index, arms }, Value::Text(text) | Value::Path(text)) => {
                let from = buffer.len();
                let cache = cache.get_or_insert_with(|| index.cache());
                index.matches(cache, text.as_str(), buffer);
                rename(buffer, from, arms);
                Some(Holding::Buffered)
            }
            _ => None,
        }
    }
}

/// Turns an index's own numbers into those of the arms; both are in order.
fn rename(buffer: &mut [u32], from: usize, arms: &[u32]) {
    for id in buffer.iter_mut().skip(from) {
        if let Some(arm) = arms.get(*id as usize) {
            *id = *arm;
        }
    }
}

/// Arms by the constants they compare with.
#[derive(Debug, Default)]
pub(crate) struct EqualIndex {
    texts: FxHashMap<Box<str>, Vec<u32>>,
    numbers: FxHashMap<Number, Vec<u32>>,
    truths: [Vec<u32>; 2],
    nulls: Vec<u32>,
}

impl EqualIndex {
    fn of<'q>(questions: impl Iterator<Item = (u32, &'q Question)>) -> Self {
        let mut index = Self::default();
        for (arm, question) in questions {
            if let Question::OneOf(values) = question {
                values.iter().for_each(|value| index.add(arm, value));
            }
        }
        index
    }

    fn add(&mut self, arm: u32, value: &Value<'_>) {
        let arms = match value {
            Value::Text(text) => self.texts.entry(text.as_str().into()).or_default(),
            Value::Null => &mut self.nulls,
            Value::Bool(truth) => match truth {
                false => &mut self.truths[0],
                true => &mut self.truths[1],
            },
            other => match Number::of(other) {
                Some(number) => self.numbers.entry(number).or_default(),
                None => return,
            },
        };
        if arms.last() != Some(&arm) {
            arms.push(arm);
        }
    }

    /// The arms for a value; `None` when a typed comparison meets another type.
    fn get(&self, family: Family, value: &Value<'_>) -> Option<&[u32]> {
        let number = Number::of(value);
        match family {
            Family::EqualNumber if number.is_none() => return None,
            Family::EqualText if !matches!(value, Value::Text(_)) => return None,
            _ => {}
        }
        Some(match (value, number) {
            (_, Some(number)) => self.numbers.get(&number).map_or(&[], Vec::as_slice),
            (Value::Text(text), _) => self.texts.get(text.as_str()).map_or(&[], Vec::as_slice),
            (Value::Bool(truth), _) => &self.truths[usize::from(*truth)],
            (Value::Null, _) => &self.nulls,
            _ => &[],
        })
    }
}
