//! One look-up for all rules that ask in which directories a path lies, or which globs it matches.
//!
//! Each member is stored twice: as it is written, and as it reads folded paths. Where a path's spellings are found in a
//! member that the path itself is not found in, that member's test is unknown, and the index has no answer.

use crate::path;
use crate::pattern::{PrefixIndex, ValueCache, ValueIndex, ValuePattern};

/// The members of one kind.
#[derive(Debug)]
enum Members {
    Directories(PrefixIndex),
    Globs(Box<ValueIndex>),
}

/// Directories or globs, each with its place.
#[derive(Debug)]
pub(crate) struct PathIndex {
    members: Members,
    count: u32,
    /// Whether a link's names are in or above one of the members, or may be.
    near: bool,
}

impl PathIndex {
    /// An index of normal directories.
    pub(crate) fn of_directories(directories: &[&str]) -> Self {
        let folded: Vec<_> = directories.iter().map(|directory| path::usual(&path::folded(directory))).collect();
        let folded = folded.iter().map(path::Spelling::as_str);
        let all: Vec<&str> = directories.iter().copied().chain(folded.clone()).collect();
        let near = folded.clone().any(path::near);
        Self { members: Members::Directories(PrefixIndex::of_paths(&all)), count: narrow(directories.len()), near }
    }

    /// An index of path globs; `None` where it would be too large.
    pub(crate) fn of_globs(mut globs: Vec<ValuePattern>) -> Option<Self> {
        let count = narrow(globs.len());
        let folded = |glob: &ValuePattern| match glob {
            ValuePattern::Path(glob) => Some(ValuePattern::Path(glob.folded())),
            _ => None,
        };
        let folded: Vec<ValuePattern> = globs.iter().map(folded).collect::<Option<_>>()?;
        globs.extend(folded);
        let members = Members::Globs(Box::new(ValueIndex::new(&globs).ok()?));
        Some(Self { members, count, near: true })
    }

    /// Adds the places of the members that hold a normal path; `false`, and adds nothing, where a test is unknown.
    pub(crate) fn look_up(&self, path: &str, cache: &mut Option<ValueCache>, buffer: &mut Vec<u32>) -> bool {
        let from = buffer.len();
        self.ask(path, cache, buffer);
        let found = buffer.get(from..).unwrap_or_default();
        let end = from + found.partition_point(|id| *id < self.count);
        let plain = path::is_plain(path) && !path::is_linked(path);
        let known =
            if plain { self.agree(from, end, buffer) } else { self.all_agree(path, (from, end), cache, buffer) };
        buffer.truncate(if known { end } else { from });
        known
    }

    fn all_agree(
        &self,
        path: &str,
        (from, end): (usize, usize),
        cache: &mut Option<ValueCache>,
        buffer: &mut Vec<u32>,
    ) -> bool {
        path::spellings_near(path, self.near).iter().all(|spelling| {
            buffer.truncate(end);
            self.ask(spelling.as_str(), cache, buffer);
            self.agree(from, end, buffer)
        })
    }

    /// Whether every folded member found from `end` on was found as written, between `from` and `end`.
    fn agree(&self, from: usize, end: usize, buffer: &[u32]) -> bool {
        let exact = buffer.get(from..end).unwrap_or_default();
        let folded = buffer.get(end..).unwrap_or_default().iter().filter_map(|id| id.checked_sub(self.count));
        folded.into_iter().all(|place| exact.binary_search(&place).is_ok())
    }

    fn ask(&self, path: &str, cache: &mut Option<ValueCache>, buffer: &mut Vec<u32>) {
        match &self.members {
            Members::Directories(index) => index.matches(path, buffer),
            Members::Globs(index) => index.matches(cache.get_or_insert_with(|| index.cache()), path, buffer),
        }
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::PathGlob;

    fn found(index: &PathIndex, path: &str) -> Option<Vec<u32>> {
        let mut buffer = vec![7];
        index.look_up(path, &mut None, &mut buffer).then(|| buffer.split_off(1))
    }

    #[test]
    fn directories_hold_a_path_by_its_own_spelling_or_nobody_knows() {
        let index = PathIndex::of_directories(&["/ws", "/etc", "/", "/Users/a"]);
        assert_eq!(found(&index, "/ws/a"), Some(vec![0, 2]));
        assert_eq!(found(&index, "/ws/A"), Some(vec![0, 2]));
        assert_eq!(found(&index, "/Users/a/b"), Some(vec![2, 3]));
        assert_eq!(found(&index, "/tmp/x"), Some(vec![2]));
        for path in ["/WS/a", "/users/a", "/private/etc/x", "/Private/Etc", "/etc./x"] {
            assert_eq!(found(&index, path), None, "{path}");
        }
    }

    #[test]
    fn globs_match_a_path_by_its_own_spelling_or_nobody_knows() {
        let globs =
            ["/ws/**/*.rs", "**/.env", "/etc/**"].map(|glob| ValuePattern::Path(PathGlob::parse(glob).unwrap()));
        let index = PathIndex::of_globs(globs.to_vec()).unwrap();
        assert_eq!(found(&index, "/ws/a.rs"), Some(vec![0]));
        assert_eq!(found(&index, "/ws/README.md"), Some(vec![]));
        assert_eq!(found(&index, "/etc/.env"), Some(vec![1, 2]));
        for path in ["/ws/A.RS", "/WS/a.rs", "/ws/.Env", "/private/etc/x"] {
            assert_eq!(found(&index, path), None, "{path}");
        }
    }
}
