//! All stored intervals that hold a number.
//!
//! The bounds cut the number line into elementary classes: each bound is one, and so is each gap between two. Within a
//! class the answer is the same for every number, so it is stored once and looked up. Numbers compare exactly, whatever
//! their type.

use std::cmp::Ordering;

use super::error::LimitError;

/// The most ids all classes of one index may hold together.
pub const MAX_CLASS_IDS: usize = 1 << 21;

/// A number of a call or a policy.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A double.
    Double(f64),
}

/// A number split so that its parts compare exactly: the whole part, held within ±2^120, and what remains. Beyond that
/// range the remainder is the number itself.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Exact {
    whole: i128,
    rest: f64,
}

const FARTHEST: f64 = 1_329_227_995_784_915_872_903_807_060_280_344_576.0; // 2^120, exactly

impl Number {
    /// The exact order of two numbers; `None` where one is NaN.
    #[must_use]
    pub fn order(self, other: Self) -> Option<Ordering> {
        self.exact()?.partial_cmp(&other.exact()?)
    }

    /// `None` for what is no number.
    fn exact(self) -> Option<Exact> {
        match self {
            Self::Int(value) => Some(Exact { whole: value.into(), rest: 0.0 }),
            Self::UInt(value) => Some(Exact { whole: value.into(), rest: 0.0 }),
            Self::Double(value) if value.is_nan() => None,
            Self::Double(value) if value.abs() >= FARTHEST => {
                Some(Exact { whole: whole_part(FARTHEST.copysign(value)), rest: value })
            }
            Self::Double(value) => Some(Exact { whole: whole_part(value), rest: value - value.trunc() }),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "callers stay within ±2^120")]
fn whole_part(value: f64) -> i128 {
    value.trunc() as i128
}

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

/// Intervals, each with its place in the list as id, and the question which of them hold a number.
#[derive(Clone, Debug)]
pub struct IntervalIndex {
    /// Every bound, ascending, each once.
    bounds: Vec<Exact>,
    /// For each class, where its ids begin; one more for the end.
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl IntervalIndex {
    /// The index of these intervals. An interval with a bound that is not a number holds nothing.
    ///
    /// # Errors
    ///
    /// When the classes together would hold more than [`MAX_CLASS_IDS`] ids.
    pub fn new(intervals: &[Interval]) -> Result<Self, LimitError> {
        let mut bounds: Vec<Exact> =
            intervals.iter().flat_map(|interval| [interval.lower, interval.upper]).filter_map(Bound::exact).collect();
        bounds.sort_by(|left, right| left.partial_cmp(right).unwrap_or(Ordering::Equal));
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
            Bound::Including(number) => self.classify(number)?,
            Bound::Excluding(number) => self.classify(number)? + 1,
        };
        let last = match interval.upper {
            Bound::Open => self.bounds.len() * 2,
            Bound::Including(number) => self.classify(number)?,
            Bound::Excluding(number) => self.classify(number)?.checked_sub(1)?,
        };
        Some((first, last))
    }

    /// The class of a number: odd for a bound, even for a gap. `None` for what is no number.
    #[must_use]
    pub fn classify(&self, number: Number) -> Option<usize> {
        let number = number.exact()?;
        let below = self.bounds.partition_point(|bound| *bound < number);
        let hit = self.bounds.get(below) == Some(&number);
        Some(below * 2 + usize::from(hit))
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
        self.classify(number).map_or(&[], |class| self.ids(class))
    }
}

impl Bound {
    fn exact(self) -> Option<Exact> {
        match self {
            Self::Open => None,
            Self::Including(number) | Self::Excluding(number) => number.exact(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Number::{Double, Int, UInt};

    /// Numbers in ascending order; those of one row are equal.
    const LINE: &[&[Number]] = &[
        &[Double(f64::NEG_INFINITY)],
        &[Double(-1e300)],
        &[Double(-FARTHEST)],
        &[Double(i64::MIN as f64), Int(i64::MIN)],
        &[Int(i64::MIN + 1)],
        &[Double(-1.5)],
        &[Double(-1.0), Int(-1)],
        &[Double(-1e-300)],
        &[Double(0.0), Double(-0.0), Int(0), UInt(0)],
        &[Double(5e-324)],
        &[Double(0.5)],
        &[Double(1.0), Int(1), UInt(1)],
        &[Double(9_007_199_254_740_992.0), Int(9_007_199_254_740_992)],
        &[Int(9_007_199_254_740_993), UInt(9_007_199_254_740_993)],
        &[Double(9_007_199_254_740_994.0)],
        &[Int(i64::MAX)],
        &[Double(9_223_372_036_854_775_808.0), UInt(1 << 63)],
        &[UInt(u64::MAX)],
        &[Double(18_446_744_073_709_551_616.0)],
        &[Double(FARTHEST / 2.0)],
        &[Double(FARTHEST)],
        &[Double(f64::MAX)],
        &[Double(f64::INFINITY)],
    ];

    #[test]
    fn numbers_of_all_types_compare_exactly() {
        for (left_rank, left) in LINE.iter().enumerate() {
            for (right_rank, right) in LINE.iter().enumerate() {
                for (one, other) in left.iter().flat_map(|one| right.iter().map(move |other| (one, other))) {
                    let order = one.exact().unwrap().partial_cmp(&other.exact().unwrap());
                    assert_eq!(order, Some(left_rank.cmp(&right_rank)), "{one:?} and {other:?}");
                }
            }
        }
        assert_eq!(FARTHEST, 2f64.powi(120));
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
            .flat_map(|row| [Bound::Including(row[0]), Bound::Excluding(row[0])])
            .chain([Bound::Open])
            .collect();
        let intervals: Vec<Interval> =
            ends.iter().flat_map(|&lower| ends.iter().map(move |&upper| Interval { lower, upper })).collect();
        let index = IntervalIndex::new(&intervals).unwrap();
        let exact = |number: Number| number.exact().unwrap();
        let rank_of = |number| LINE.iter().position(|row| exact(row[0]) == exact(number)).unwrap();
        for (rank, row) in LINE.iter().enumerate() {
            let expected: Vec<u32> =
                (0u32..).zip(&intervals).filter(|(_, one)| holds(one, rank, rank_of)).map(|(id, _)| id).collect();
            for &number in *row {
                assert_eq!(index.matches(number), expected, "{number:?}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_in_no_interval() {
        let all = Interval { lower: Bound::Open, upper: Bound::Open };
        let broken = Interval { lower: Bound::Including(Double(f64::NAN)), upper: Bound::Open };
        let index = IntervalIndex::new(&[all, broken]).unwrap();
        assert_eq!(index.matches(Double(f64::NAN)), [0; 0]);
        assert_eq!(index.matches(Int(1)), [0]);
    }

    #[test]
    fn too_many_answers_are_refused() {
        let below = |number| Interval { lower: Bound::Open, upper: Bound::Excluding(Int(number)) };
        let intervals: Vec<Interval> = (0..3_000).map(below).collect();
        assert_eq!(IntervalIndex::new(&intervals).unwrap_err().allowed, MAX_CLASS_IDS);
    }
}
