//! All stored intervals that hold a number.
//!
//! The bounds cut the number line into elementary classes: each bound is one, and so is each gap between two. Within a
//! class the answer is the same for every number, so it is stored once and looked up. Numbers compare exactly, whatever
//! their type.

use std::cmp::Ordering;

use super::error::LimitError;
use crate::number::Number;

/// The most ids all classes of one index may hold together.
pub const MAX_CLASS_IDS: usize = 1 << 21;

/// One end of an interval.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// No end.
    Open,
    /// The number itself is inside.
    Including(Number),
    /// The number itself is outside.
    Excluding(Number),
}

/// Numbers between two bounds.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// The lower end.
    pub lower: Bound,
    /// The upper end.
    pub upper: Bound,
}

impl Interval {
    /// The other numbers, where the interval has one end.
    #[must_use]
    pub const fn complement(&self) -> Option<Self> {
        let (lower, upper) = match (self.lower, self.upper) {
            (Bound::Open, Bound::Including(end)) => (Bound::Excluding(end), Bound::Open),
            (Bound::Open, Bound::Excluding(end)) => (Bound::Including(end), Bound::Open),
            (Bound::Including(end), Bound::Open) => (Bound::Open, Bound::Excluding(end)),
            (Bound::Excluding(end), Bound::Open) => (Bound::Open, Bound::Including(end)),
            _ => return None,
        };
        Some(Self { lower, upper })
    }
}

impl Bound {
    /// How two ends lie to each other; `None` where one is open.
    fn order(self, other: Self) -> Option<Ordering> {
        Some(self.number()?.cmp(&other.number()?))
    }

    const fn is_excluding(self) -> bool {
        matches!(self, Self::Excluding(_))
    }
}

impl Interval {
    /// Whether every number of `narrow` is in this interval too.
    #[must_use]
    pub fn contains(&self, narrow: &Self) -> bool {
        reaches(self.lower, narrow.lower, Ordering::Less) && reaches(self.upper, narrow.upper, Ordering::Greater)
    }

    /// Whether no number is in both.
    #[must_use]
    pub fn is_apart(&self, other: &Self) -> bool {
        ends_before(self, other) || ends_before(other, self)
    }

    /// Whether every number is in one of the two.
    #[must_use]
    pub fn completes(&self, other: &Self) -> bool {
        let from_below = |low: &Self, high: &Self| {
            matches!((low.lower, high.upper), (Bound::Open, Bound::Open))
                && match low.upper.order(high.lower) {
                    Some(Ordering::Equal) => !(low.upper.is_excluding() && high.lower.is_excluding()),
                    order => order == Some(Ordering::Greater),
                }
        };
        from_below(self, other) || from_below(other, self)
    }
}

/// Whether an end lies at least as far out as another, `outward` being the way out.
fn reaches(wide: Bound, narrow: Bound, outward: Ordering) -> bool {
    match (wide, narrow) {
        (Bound::Open, _) => true,
        (_, Bound::Open) => false,
        (wide, narrow) => match wide.order(narrow) {
            Some(Ordering::Equal) => !wide.is_excluding() || narrow.is_excluding(),
            order => order == Some(outward),
        },
    }
}

/// Whether `left` ends before `right` begins.
fn ends_before(left: &Interval, right: &Interval) -> bool {
    match left.upper.order(right.lower) {
        Some(Ordering::Equal) => left.upper.is_excluding() || right.lower.is_excluding(),
        order => order == Some(Ordering::Less),
    }
}

/// Intervals, each with its place in the list as id, and the question which of them hold a number.
#[derive(Clone, Debug)]
pub struct IntervalIndex {
    /// Every bound, ascending, each once.
    bounds: Vec<Number>,
    /// For each class, where its ids begin; one more for the end.
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl IntervalIndex {
    /// The index of these intervals.
    ///
    /// # Errors
    ///
    /// When the classes together would hold more than [`MAX_CLASS_IDS`] ids.
    pub fn new(intervals: &[Interval]) -> Result<Self, LimitError> {
        let mut bounds: Vec<Number> =
            intervals.iter().flat_map(|interval| [interval.lower, interval.upper]).filter_map(Bound::number).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut index = Self { bounds, starts: Vec::new(), ids: Vec::new() };
        index.fill(intervals)?;
        Ok(index)
    }

    /// Goes through the classes from below and notes which intervals are open in each.
    fn fill(&mut self, intervals: &[Interval]) -> Result<(), LimitError> {
        let classes = self.bounds.len() * 2 + 1;
        let mut opening = vec![Vec::new(); classes];
        let mut closing = vec![Vec::new(); classes + 1];
        for (interval, id) in intervals.iter().zip(0u32..) {
            if let Some((first, last)) = self.extent(interval)
                && first <= last
            {
                opening.get_mut(first).into_iter().for_each(|ids: &mut Vec<u32>| ids.push(id));
                closing.get_mut(last + 1).into_iter().for_each(|ids: &mut Vec<u32>| ids.push(id));
            }
        }
        let mut open = std::collections::BTreeSet::new();
        for (starting, ending) in opening.iter().zip(&closing) {
            ending.iter().for_each(|id| _ = open.remove(id));
            open.extend(starting);
            self.starts.push(u32::try_from(self.ids.len()).unwrap_or(u32::MAX));
            self.ids.extend(&open);
            if self.ids.len() > MAX_CLASS_IDS {
                let what = "answers of intervals that lie over each other";
                return Err(LimitError { what, given: self.ids.len(), allowed: MAX_CLASS_IDS });
            }
        }
        self.starts.push(u32::try_from(self.ids.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    /// The first and the last class of an interval; the first may lie past the last.
    fn extent(&self, interval: &Interval) -> Option<(usize, usize)> {
        let first = match interval.lower {
            Bound::Open => 0,
            Bound::Including(number) => self.classify(number),
            Bound::Excluding(number) => self.classify(number) + 1,
        };
        let last = match interval.upper {
            Bound::Open => self.bounds.len() * 2,
            Bound::Including(number) => self.classify(number),
            Bound::Excluding(number) => self.classify(number).checked_sub(1)?,
        };
        Some((first, last))
    }

    /// The class of a number: odd for a bound, even for a gap.
    #[must_use]
    pub fn classify(&self, number: Number) -> usize {
        let below = self.bounds.partition_point(|bound| *bound < number);
        let hit = self.bounds.get(below) == Some(&number);
        below * 2 + usize::from(hit)
    }

    /// How many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.bounds.len() * 2 + 1
    }

    /// The ids of the intervals that hold the numbers of a class, ascending.
    #[must_use]
    pub fn ids(&self, class: usize) -> &[u32] {
        let border = |at: usize| self.starts.get(at).map(|&start| start as usize);
        let (Some(start), Some(end)) = (border(class), border(class + 1)) else { return &[] };
        self.ids.get(start..end).unwrap_or_default()
    }

    /// The ids of the intervals that hold a number, ascending.
    #[must_use]
    pub fn matches(&self, number: Number) -> &[u32] {
        self.ids(self.classify(number))
    }
}

impl Bound {
    const fn number(self) -> Option<Number> {
        match self {
            Self::Open => None,
            Self::Including(number) | Self::Excluding(number) => Some(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in ascending order; those of one row are equal.
    const LINE: &[&[&str]] = &[
        &["-1e300"],
        &["-9223372036854775808", "-9223372036854775808.0"],
        &["-9223372036854775807"],
        &["-1.5"],
        &["-1.0", "-1"],
        &["-1e-300"],
        &["0.0", "-0.0", "0"],
        &["5e-324"],
        &["0.5", "5e-1"],
        &["1.0", "1"],
        &["1.00000000000000000000000000001"],
        &["9007199254740992.0", "9007199254740992"],
        &["9007199254740993", "9.007199254740993e15"],
        &["9007199254740994.0"],
        &["9223372036854775807"],
        &["9223372036854775808.0", "9223372036854775808"],
        &["18446744073709551615"],
        &["18446744073709551616.0"],
        &["1e300"],
    ];

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn numbers_of_all_spellings_compare_exactly() {
        for (left_rank, left) in LINE.iter().enumerate() {
            for (right_rank, right) in LINE.iter().enumerate() {
                for (one, other) in left.iter().flat_map(|one| right.iter().map(move |other| (one, other))) {
                    assert_eq!(number(one).cmp(&number(other)), left_rank.cmp(&right_rank), "{one} and {other}");
                }
            }
        }
    }

    fn holds(interval: &Interval, rank: usize, rank_of: impl Fn(Number) -> usize) -> bool {
        let above = match interval.lower {
            Bound::Open => true,
            Bound::Including(number) => rank >= rank_of(number),
            Bound::Excluding(number) => rank > rank_of(number),
        };
        above
            && match interval.upper {
                Bound::Open => true,
                Bound::Including(number) => rank <= rank_of(number),
                Bound::Excluding(number) => rank < rank_of(number),
            }
    }

    #[test]
    fn every_number_finds_the_intervals_that_hold_it() {
        let ends: Vec<Bound> = LINE
            .iter()
            .step_by(3)
            .flat_map(|row| [Bound::Including(number(row[0])), Bound::Excluding(number(row[0]))])
            .chain([Bound::Open])
            .collect();
        let intervals: Vec<Interval> =
            ends.iter().flat_map(|&lower| ends.iter().map(move |&upper| Interval { lower, upper })).collect();
        let index = IntervalIndex::new(&intervals).unwrap();
        let rank_of = |wanted| LINE.iter().position(|row| number(row[0]) == wanted).unwrap();
        for (rank, row) in LINE.iter().enumerate() {
            let expected: Vec<u32> =
                (0u32..).zip(&intervals).filter(|(_, one)| holds(one, rank, rank_of)).map(|(id, _)| id).collect();
            for text in *row {
                assert_eq!(index.matches(number(text)), expected, "{text}");
            }
        }
    }

    #[test]
    fn too_many_answers_are_refused() {
        let below = |number: i64| Interval { lower: Bound::Open, upper: Bound::Excluding(Number::from(number)) };
        let intervals: Vec<Interval> = (0..3_000_i64).map(below).collect();
        assert_eq!(IntervalIndex::new(&intervals).unwrap_err().allowed, MAX_CLASS_IDS);
    }
}
