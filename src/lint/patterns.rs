//! Every capability pattern of a policy set, once, and which of them overlap.
//!
//! Exact names are looked up; of wildcard patterns only those whose beginnings and ends agree are compared. Past a budget
//! nothing further is compared, and [`Patterns::complete`] says so.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::sets::Effort;
use crate::pattern::{NameIndex, NamePattern};

/// Most pairs of wildcard patterns whose texts are compared.
const MAX_PAIRS: usize = 4_000_000;

/// A pattern's number.
pub(super) type PatternId = u32;

/// The patterns, by number.
pub(super) struct Patterns<'s> {
    list: Vec<&'s NamePattern>,
    by_text: BTreeMap<&'s str, PatternId>,
    overlapping: Vec<Vec<PatternId>>,
    contains: RefCell<FxHashMap<(PatternId, PatternId), bool>>,
    /// Whether all pairs were looked at.
    pub(super) complete: bool,
}

impl<'s> Patterns<'s> {
    /// Compares patterns.
    pub(super) fn of(all: impl Iterator<Item = &'s NamePattern>, effort: &Effort) -> Self {
        let mut patterns = Self {
            list: Vec::new(),
            by_text: BTreeMap::new(),
            overlapping: Vec::new(),
            contains: RefCell::default(),
            complete: true,
        };
        for pattern in all {
            let next = u32::try_from(patterns.list.len()).unwrap_or(u32::MAX);
            patterns.by_text.entry(pattern.as_str()).or_insert_with(|| {
                patterns.list.push(pattern);
                next
            });
        }
        patterns.overlapping = vec![Vec::new(); patterns.list.len()];
        patterns.names_in_wildcards();
        patterns.wildcards_with_each_other(effort);
        patterns.overlapping.iter_mut().for_each(|list| list.sort_unstable());
        patterns
    }

    /// The number of a pattern of the set.
    pub(super) fn id(&self, pattern: &NamePattern) -> PatternId {
        self.by_text.get(pattern.as_str()).copied().unwrap_or(PatternId::MAX)
    }

    pub(super) fn get(&self, id: PatternId) -> Option<&'s NamePattern> {
        self.list.get(id as usize).copied()
    }

    /// How many different patterns there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The other patterns that match some name this one matches.
    pub(super) fn overlapping(&self, id: PatternId) -> &[PatternId] {
        self.overlapping.get(id as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether every name of the inner is matched by the outer too; `false` where no effort is left to prove it.
    pub(super) fn contains(&self, outer: PatternId, inner: PatternId, effort: &Effort) -> bool {
        if outer == inner {
            return true;
        }
        if let Some(known) = self.contains.borrow().get(&(outer, inner)) {
            return *known;
        }
        let (Some(wide), Some(narrow)) = (self.get(outer), self.get(inner)) else { return false };
        if !narrow.is_exact() && !is_prefix(wide.as_str()) && !effort.ask() {
            return false;
        }
        let contains = wide.contains(narrow);
        self.contains.borrow_mut().insert((outer, inner), contains);
        contains
    }

    /// Whether the one matches all names of the other and more.
    pub(super) fn strictly_contains(&self, outer: PatternId, inner: PatternId, effort: &Effort) -> bool {
        outer != inner
            && self.contains(outer, inner, effort)
            && !self.contains(inner, outer, effort)
            && !effort.exhausted()
    }

    fn wildcards(&self) -> Vec<(PatternId, &'s NamePattern)> {
        (0..).zip(&self.list).filter(|(_, pattern)| !pattern.is_exact()).map(|(id, pattern)| (id, *pattern)).collect()
    }

    fn overlap(&mut self, left: PatternId, right: PatternId) {
        for (of, with) in [(left, right), (right, left)] {
            if let Some(list) = self.overlapping.get_mut(of as usize) {
                list.push(with);
            }
        }
    }

    fn names_in_wildcards(&mut self) {
        let wildcards = self.wildcards();
        let patterns: Vec<&NamePattern> = wildcards.iter().map(|(_, pattern)| *pattern).collect();
        let Ok(index) = NameIndex::new(&patterns) else {
            self.complete = false;
            return;
        };
        let mut cache = index.cache();
        let mut found = Vec::new();
        for (id, pattern) in (0..).zip(self.list.clone()) {
            if pattern.is_exact() {
                found.clear();
                index.matches(&mut cache, pattern.as_str(), &mut found);
                for at in &found {
                    if let Some((wide, _)) = wildcards.get(*at as usize) {
                        self.overlap(id, *wide);
                    }
                }
            }
        }
    }

    /// Sorted by what they begin with, patterns that can overlap stand behind each other.
    fn wildcards_with_each_other(&mut self, effort: &Effort) {
        let mut sorted: Vec<(&str, PatternId, &NamePattern)> =
            self.wildcards().into_iter().map(|(id, pattern)| (beginning(pattern.as_str()), id, pattern)).collect();
        sorted.sort_unstable_by_key(|(beginning, id, _)| (*beginning, *id));
        let mut pairs = MAX_PAIRS;
        for (at, (start, left, pattern)) in sorted.iter().enumerate() {
            let following = sorted.iter().skip(at + 1).take_while(|(beginning, ..)| beginning.starts_with(start));
            for (_, right, other) in following {
                let Some(left_over) = pairs.checked_sub(1) else {
                    self.complete = false;
                    return;
                };
                pairs = left_over;
                let certain = is_prefix(pattern.as_str());
                let agree = || ends_agree(pattern.as_str(), other.as_str());
                if certain || (agree() && (!effort.ask() || !pattern.disjoint(other))) {
                    self.overlap(*left, *right);
                }
            }
        }
    }
}

/// The characters before the first wildcard.
fn beginning(pattern: &str) -> &str {
    let end = pattern.find(['*', '?', '[', '{']).unwrap_or(pattern.len());
    pattern.get(..end).unwrap_or_default()
}

/// Whether a pattern is a beginning and nothing else, so that what begins so is contained in it.
fn is_prefix(pattern: &str) -> bool {
    pattern.ends_with('*') && beginning(pattern).len() + 1 == pattern.len()
}

/// Whether some name can end as both patterns do.
fn ends_agree(left: &str, right: &str) -> bool {
    let end = |pattern: &str| {
        let start = pattern.rfind(['*', '?', ']', '}']).map_or(0, |at| at + 1);
        pattern.get(start..).unwrap_or_default().to_owned()
    };
    let (left, right) = (end(left), end(right));
    left.ends_with(&right) || right.ends_with(&left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlaps(texts: &[&str]) -> Vec<(String, String)> {
        let parsed: Vec<NamePattern> = texts.iter().map(|text| NamePattern::parse(text).unwrap()).collect();
        let patterns = Patterns::of(parsed.iter(), &Effort::default());
        let mut pairs = Vec::new();
        for left in 0..patterns.len() as u32 {
            for right in patterns.overlapping(left).iter().filter(|right| **right > left) {
                let text = |id| patterns.get(id).unwrap().as_str().to_owned();
                pairs.push((text(left), text(*right)));
            }
        }
        pairs
    }

    #[test]
    fn overlaps_are_found_whatever_the_order() {
        let texts = ["a.*", "*.b", "a.b", "c.*", "{a,c}.x", "*.y", "d.e"];
        let mut found = overlaps(&texts);
        let mut wanted = Vec::new();
        for (at, left) in texts.iter().enumerate() {
            for right in &texts[at + 1..] {
                let [one, other] = [left, right].map(|text| NamePattern::parse(text).unwrap());
                if one.overlap(&other).is_some() {
                    wanted.push(((*left).to_owned(), (*right).to_owned()));
                }
            }
        }
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted);
    }
}
