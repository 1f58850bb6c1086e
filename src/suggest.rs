//! "Did you mean": the nearest known name to a misspelt one.

/// The candidate nearest to `word` by edits, if it is near enough to be a likely misspelling: at most a third of the
/// word's characters (at least one, at most three) differ, case aside.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether two words are one but for a swap of neighbours.
pub fn is_swap(word: &str, other: &str) -> bool {
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    word.len() == other.len() && letters(word) == letters(other) && distance(word, other) == 1
}

/// Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut older = vec![0; right.len() + 1];
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    let mut before = None;
    for (row, from) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut beside = None;
        for (column, &to) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&previous, column) + usize::from(from != to))
                .min(at(&previous, column + 1) + 1)
                .min(at(&current, column) + 1);
            if before == Some(to) && beside == Some(from) {
                best = best.min(at(&older, column - 1) + 1);
            }
            current.push(best);
            beside = Some(to);
        }
        older = std::mem::replace(&mut previous, current);
        before = Some(from);
    }
    previous.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance("teir", "tier"), 1);
        assert_eq!(nearest("teir", ["tier", "name"]), Some("tier"));
    }

    #[test]
    fn a_different_word_has_no_suggestion() {
        assert_eq!(nearest("owner", ["tier", "reason"]), None);
    }
}
