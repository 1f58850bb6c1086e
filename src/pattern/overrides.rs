//! Which patterns are wider than which.

use super::error::LimitError;
use super::index::NameIndex;
use super::name::{Form, NamePattern, Proof};

/// The most pairs of a pattern and a wider one.
pub const MAX_CONTAINMENTS: usize = 4_000_000;

/// The most proofs that may grow past their budget.
const MAX_UNPROVED: usize = 8;

/// For each pattern the ids, ascending, of the others that strictly contain it: that match every valid name it matches
/// and more. Ids are places in the list.
///
/// A wider pattern matches the narrower one's sample, so an index of all patterns gives the candidates and only those
/// are proved.
///
/// # Errors
///
/// When the patterns are too many for one index, too deeply nested in each other, or too many of them too intricate
/// to be compared.
pub fn containers(patterns: &[&NamePattern]) -> Result<Vec<Vec<u32>>, LimitError> {
    let index = NameIndex::new(patterns)?;
    let mut cache = index.cache();
    let mut candidates = Vec::new();
    let mut widths = Widths { patterns, single: vec![None; patterns.len()], unproved: 0 };
    let mut total = 0;
    let mut all = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        candidates.clear();
        index.matches(&mut cache, &pattern.sample(), &mut candidates);
        let wider: Vec<u32> = candidates.iter().copied().filter(|&id| widths.is_wider(id, pattern)).collect();
        total += wider.len();
        check("pairs of a pattern and a wider one", total, MAX_CONTAINMENTS)?;
        check("pairs of patterns too intricate to compare", widths.unproved, MAX_UNPROVED)?;
        all.push(wider);
    }
    Ok(all)
}

fn check(what: &'static str, given: usize, allowed: usize) -> Result<(), LimitError> {
    if given > allowed { Err(LimitError { what, given, allowed }) } else { Ok(()) }
}

struct Widths<'a> {
    patterns: &'a [&'a NamePattern],
    /// Whether each pattern matches only one name, where that was asked.
    single: Vec<Option<bool>>,
    /// How many proofs were given up. Such a pair counts as not contained.
    unproved: usize,
}

impl Widths<'_> {
    /// Whether the pattern `id`, which matches the other's sample, strictly contains the other.
    fn is_wider(&mut self, id: u32, narrow: &NamePattern) -> bool {
        let Some(wide) = self.patterns.get(id as usize).copied() else { return false };
        match (&wide.form, &narrow.form) {
            (Form::Exact(_), _) => false,
            (_, Form::Exact(name)) => wide.matches(name) && !self.is_single(id, wide),
            (Form::Prefix(left), Form::Prefix(right)) if left == right => false,
            _ => self.contains(wide, narrow) && !self.contains(narrow, wide),
        }
    }

    fn contains(&mut self, wide: &NamePattern, narrow: &NamePattern) -> bool {
        let proof = if self.unproved > MAX_UNPROVED { Proof::GaveUp } else { wide.proves_to_contain(narrow) };
        self.unproved += usize::from(proof == Proof::GaveUp);
        proof == Proof::Holds
    }

    fn is_single(&mut self, id: u32, pattern: &NamePattern) -> bool {
        let Some(known) = self.single.get_mut(id as usize) else { return false };
        *known.get_or_insert_with(|| pattern.is_single())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equivalent_patterns_do_not_contain_each_other() {
        let texts = ["*", "a.*", "a.b", "a.?*", "a.b", "a.[b]", "?*", "*.b", "a.{b,c}", "a{.,.}b"];
        let patterns: Vec<NamePattern> = texts.iter().map(|text| NamePattern::parse(text).unwrap()).collect();
        let found = containers(&patterns.iter().collect::<Vec<_>>()).unwrap();
        let exact = vec![0, 1, 3, 6, 7, 8];
        let expected = [
            vec![],
            vec![0, 6],
            exact.clone(),
            vec![0, 6],
            exact.clone(),
            exact.clone(),
            vec![],
            vec![0, 6],
            vec![0, 1, 3, 6],
            exact,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn patterns_too_intricate_to_compare_are_refused_soon() {
        let steep =
            |width: usize| NamePattern::parse(&format!("*a*{}[ab]*b*{}*", "?[ab]".repeat(20), "?".repeat(width)));
        let patterns: Vec<NamePattern> = (1..40).map(|width| steep(width).unwrap()).collect();
        let limit = containers(&patterns.iter().collect::<Vec<_>>()).unwrap_err();
        assert_eq!((limit.what, limit.allowed), ("pairs of patterns too intricate to compare", MAX_UNPROVED));
    }
}
