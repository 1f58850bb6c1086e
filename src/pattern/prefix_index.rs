//! All stored prefixes of a text.
//!
//! A text is hashed once, byte by byte; at each place where a stored prefix could end the hash is looked up. The cost
//! follows the text's length and the number of answers, not the number of prefixes.

use rustc_hash::FxHashMap;

/// Prefixes, each with an id, and the question which of them a text has.
#[derive(Clone, Debug, Default)]
pub struct PrefixIndex {
    /// The first prefix of each hash.
    heads: FxHashMap<u64, u32>,
    prefixes: Vec<Prefix>,
    ids: Vec<u32>,
    /// Whether a prefix of this many bytes is stored.
    lengths: Vec<bool>,
    borders: Borders,
}

/// Where a prefix may end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Borders {
    /// Anywhere.
    #[default]
    Bytes,
    /// Before a `/` and at the end.
    Components,
}

#[derive(Clone, Debug)]
struct Prefix {
    text: Box<str>,
    /// Its ids, as a range of all ids.
    ids: (u32, u32),
    /// Another prefix of the same hash.
    next: Option<u32>,
}

impl PrefixIndex {
    /// Prefixes of texts, byte by byte: `ab` is one of `abc`. The id of each is its place in the list.
    #[must_use]
    pub fn of_texts(prefixes: &[&str]) -> Self {
        Self::new(prefixes.iter().copied().zip(0..), Borders::Bytes)
    }

    /// Directories of normalised absolute paths: `/a` is one of `/a` and `/a/b`, not of `/ab`; `/` is one of every path.
    /// A `/` at a directory's end changes nothing. The id of each is its place in the list.
    #[must_use]
    pub fn of_paths(directories: &[&str]) -> Self {
        Self::new(directories.iter().map(|path| path.trim_end_matches('/')).zip(0..), Borders::Components)
    }

    /// As [`PrefixIndex::of_texts`], with ids of the caller's choice.
    pub(super) fn with_ids<'a>(prefixes: impl Iterator<Item = (&'a str, u32)>) -> Self {
        Self::new(prefixes, Borders::Bytes)
    }

    fn new<'a>(prefixes: impl Iterator<Item = (&'a str, u32)>, borders: Borders) -> Self {
        let mut sorted: Vec<(&str, u32)> = prefixes.collect();
        sorted.sort_unstable();
        let mut index = Self { borders, ..Self::default() };
        for same in sorted.chunk_by(|left, right| left.0 == right.0) {
            index.store(same);
        }
        index
    }

    /// Stores one prefix with all its ids.
    fn store(&mut self, same: &[(&str, u32)]) {
        let Some(&(text, _)) = same.first() else { return };
        let start = narrow(self.ids.len());
        self.ids.extend(same.iter().map(|&(_, id)| id));
        let next = self.heads.insert(hash(text), narrow(self.prefixes.len()));
        self.prefixes.push(Prefix { text: text.into(), ids: (start, narrow(self.ids.len())), next });
        if self.lengths.len() <= text.len() {
            self.lengths.resize(text.len() + 1, false);
        }
        if let Some(stored) = self.lengths.get_mut(text.len()) {
            *stored = true;
        }
    }

    /// Whether no prefix is stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }

    /// Adds the ids of all stored prefixes of `text`, ascending. Allocates only where `found` has to grow.
    pub fn matches(&self, text: &str, found: &mut Vec<u32>) {
        let before = found.len();
        let mut hash = SEED;
        let bytes = text.as_bytes();
        for (length, &stored) in self.lengths.iter().enumerate() {
            if stored && self.is_border(bytes, length) {
                self.look_up(hash, bytes, length, found);
            }
            let Some(&byte) = bytes.get(length) else { break };
            hash = mixed(hash, byte);
        }
        if let Some(added) = found.get_mut(before..) {
            added.sort_unstable();
        }
    }

    fn is_border(&self, text: &[u8], length: usize) -> bool {
        self.borders == Borders::Bytes || text.get(length).is_none_or(|&next| next == b'/')
    }

    fn look_up(&self, hash: u64, text: &[u8], length: usize, found: &mut Vec<u32>) {
        let mut at = self.heads.get(&hash).copied();
        while let Some(prefix) = at.and_then(|at| self.prefixes.get(at as usize)) {
            // Comparing with an empty text is not free on every machine, and the answer is known.
            let same =
                prefix.text.len() == length && (length == 0 || text.get(..length) == Some(prefix.text.as_bytes()));
            if same {
                let (start, end) = prefix.ids;
                found.extend_from_slice(self.ids.get(start as usize..end as usize).unwrap_or_default());
                return;
            }
            at = prefix.next;
        }
    }
}

const SEED: u64 = 0x243f_6a88_85a3_08d3;

/// The hash of a text that goes on with one more byte.
const fn mixed(hash: u64, byte: u8) -> u64 {
    (hash.rotate_left(5) ^ byte as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(SEED, mixed)
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(index: &PrefixIndex, text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        index.matches(text, &mut found);
        found
    }

    #[test]
    fn a_directory_holds_whole_components() {
        let index = PrefixIndex::of_paths(&["/workspace", "/", "/workspace/a/", "/workspace", "/ws"]);
        let rows: &[(&str, &[u32])] = &[
            ("/workspace", &[0, 1, 3]),
            ("/workspace/a/b", &[0, 1, 2, 3]),
            ("/workspace2", &[1]),
            ("/workspac", &[1]),
            ("/", &[1]),
            ("/ws/é", &[1, 4]),
        ];
        for (path, ids) in rows {
            assert_eq!(found(&index, path), *ids, "{path}");
        }
    }

    #[test]
    fn a_text_prefix_ends_anywhere() {
        let index = PrefixIndex::of_texts(&["ab", "", "abc", "é", "b"]);
        let rows: &[(&str, &[u32])] =
            &[("", &[1]), ("ab", &[0, 1]), ("abcd", &[0, 1, 2]), ("éa", &[1, 3]), ("è", &[1])];
        for (text, ids) in rows {
            assert_eq!(found(&index, text), *ids, "{text}");
        }
    }

    #[test]
    fn prefixes_of_equal_hash_are_told_apart() {
        let mut index = PrefixIndex::of_texts(&["ab", "cd"]);
        let first = index.heads.remove(&hash("ab")).unwrap();
        index.prefixes[1].next = Some(first);
        index.heads.insert(hash("ab"), 1);
        assert_eq!(found(&index, "abx"), [0]);
        assert_eq!(found(&index, "cdx"), [1]);
        index.heads.insert(SEED, 1);
        index.lengths[0] = true;
        assert_eq!(found(&index, "x"), [0; 0]);
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        assert_eq!(found(&PrefixIndex::of_texts(&[]), "a"), [0; 0]);
        assert!(PrefixIndex::of_texts(&[]).is_empty());
    }
}
