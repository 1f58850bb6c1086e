//! All patterns of a set that match a name.
//!
//! Exact names are looked up, `literal*` patterns are prefixes, everything else is one lazily built automaton; each at a
//! cost that follows the name and not the number of patterns.

use rustc_hash::FxHashMap;

use super::error::LimitError;
use super::lazy::{LazyCache, LazySet};
use super::name::{Form, NamePattern};
use super::prefix_index::PrefixIndex;

/// The most patterns of one index.
pub const MAX_PATTERNS: usize = 1_000_000;

/// Name patterns, each with its place in the list as id, and the question which of them match a name.
#[derive(Debug)]
pub struct NameIndex {
    exact: ExactNames,
    prefixes: PrefixIndex,
    globs: Option<LazySet>,
}

/// What an index changes while it matches: one for each thread and index. Bounded in size. With another index it is
/// emptied first, and the answer is the same.
#[derive(Clone, Debug)]
pub struct NameCache {
    globs: Option<LazyCache>,
}

impl NameIndex {
    /// The index of these patterns.
    ///
    /// # Errors
    ///
    /// When there are more than [`MAX_PATTERNS`], or more wildcards than one automaton holds.
    pub fn new(patterns: &[&NamePattern]) -> Result<Self, LimitError> {
        if patterns.len() > MAX_PATTERNS {
            return Err(LimitError { what: "patterns", given: patterns.len(), allowed: MAX_PATTERNS });
        }
        let (mut exact, mut prefixes, mut globs) = (Vec::new(), Vec::new(), Vec::new());
        for (pattern, id) in patterns.iter().zip(0u32..) {
            match &pattern.form {
                Form::Exact(name) => exact.push((&**name, id)),
                Form::Prefix(literal) => prefixes.push((&**literal, id)),
                Form::Glob(glob) => globs.push((id, glob.pieces.as_slice())),
            }
        }
        let globs = if globs.is_empty() { None } else { Some(LazySet::of_sequences(&globs)?) };
        Ok(Self { exact: ExactNames::new(exact), prefixes: PrefixIndex::with_ids(prefixes.into_iter()), globs })
    }

    /// A cache for [`NameIndex::matches`].
    #[must_use]
    pub fn cache(&self) -> NameCache {
        NameCache { globs: self.globs.as_ref().map(LazySet::cache) }
    }

    /// Adds the ids of all patterns that match a valid name, ascending. Allocates nothing once the cache has seen such
    /// names and `found` has room.
    pub fn matches(&self, cache: &mut NameCache, name: &str, found: &mut Vec<u32>) {
        let before = found.len();
        found.extend_from_slice(self.exact(name).unwrap_or_default());
        self.prefixes.matches(name, found);
        if let Some(globs) = &self.globs {
            globs.matches(cache.globs.get_or_insert_with(|| globs.cache()), name, found);
        }
        if let Some(added) = found.get_mut(before..) {
            added.sort_unstable();
        }
    }

    /// The ids of the patterns that are exactly this name, ascending.
    #[must_use]
    pub fn exact(&self, name: &str) -> Option<&[u32]> {
        self.exact.get(name)
    }
}

/// Names with the ids of the patterns that are exactly that name.
#[derive(Debug, Default)]
struct ExactNames {
    /// For each name a range of the ids.
    ranges: FxHashMap<Box<str>, (u32, u32)>,
    ids: Vec<u32>,
}

impl ExactNames {
    fn new(mut names: Vec<(&str, u32)>) -> Self {
        names.sort_unstable();
        let mut exact = Self::default();
        let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        for same in names.chunk_by(|left, right| left.0 == right.0) {
            let start = narrow(exact.ids.len());
            exact.ids.extend(same.iter().map(|&(_, id)| id));
            if let Some(&(name, _)) = same.first() {
                exact.ranges.insert(name.into(), (start, narrow(exact.ids.len())));
            }
        }
        exact
    }

    fn get(&self, name: &str) -> Option<&[u32]> {
        let &(start, end) = self.ranges.get(name)?;
        self.ids.get(start as usize..end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<NamePattern> {
        texts.iter().map(|text| NamePattern::parse(text).unwrap()).collect()
    }

    fn index(patterns: &[NamePattern]) -> NameIndex {
        NameIndex::new(&patterns.iter().collect::<Vec<_>>()).unwrap()
    }

    fn found(index: &NameIndex, cache: &mut NameCache, name: &str) -> Vec<u32> {
        let mut found = Vec::new();
        index.matches(cache, name, &mut found);
        found
    }

    #[test]
    fn exact_names_prefixes_and_globs_are_found_in_order() {
        let index = index(&patterns(&["*.read", "a.read", "a.*", "*", "a.r?ad", "b.*", "a.read", "[ab].*d"]));
        let mut cache = index.cache();
        assert_eq!(found(&index, &mut cache, "a.read"), [0, 1, 2, 3, 4, 6, 7]);
        assert_eq!(found(&index, &mut cache, "b.write"), [3, 5]);
        assert_eq!(index.exact("a.read"), Some(&[1, 6][..]));
        assert_eq!(index.exact("a.*"), None);
    }

    #[test]
    fn what_was_found_before_is_kept() {
        let index = index(&patterns(&["*", "a"]));
        let mut found = vec![9];
        index.matches(&mut index.cache(), "a", &mut found);
        assert_eq!(found, [9, 0, 1]);
    }

    #[test]
    fn a_cache_of_another_index_changes_no_answer() {
        let (left, right) = (index(&patterns(&["*a", "b?"])), index(&patterns(&["?b", "*", "*a"])));
        let none = index(&patterns(&["a"]));
        let mut cache = left.cache();
        for _ in 0..3 {
            assert_eq!(found(&left, &mut cache, "ba"), [0, 1]);
            assert_eq!(found(&right, &mut cache, "ba"), [1, 2]);
            assert_eq!(found(&none, &mut cache, "a"), [0]);
        }
    }

    #[test]
    fn a_cache_that_overflows_changes_no_answer() {
        let texts: Vec<String> = (0..300).map(|at| format!("*{at}?{}*{}", at % 7, at % 11)).collect();
        let patterns = patterns(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let index = index(&patterns);
        let mut cache = index.cache();
        for round in 0..300u64 {
            let name = (round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 4).to_string().repeat(3);
            let expected: Vec<u32> =
                (0u32..).zip(&patterns).filter(|(_, pattern)| pattern.matches(&name)).map(|(id, _)| id).collect();
            assert_eq!(found(&index, &mut cache, &name), expected, "{name}");
        }
    }
}
