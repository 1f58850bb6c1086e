//! Path globs: `*` stays within one component, `**` crosses.

use std::fmt;
use std::sync::Arc;

use super::error::PatternError;
use super::folded;
use super::language::{Language, holds};
use super::machine::Machine;
use super::product::{Found, Question};
use super::syntax::{self, Piece};
use crate::path::{self, Unexplained};

/// The longest path glob or text glob, in bytes.
pub const MAX_GLOB_BYTES: usize = 1_024;

/// A pattern of normalised absolute paths.
///
/// `/a/**` is everything below `/a` and not `/a` itself; `/a/**/b` has any number of directories in between, none
/// included; `/**` and `**` are every path. Wildcards match names that begin with a dot.
#[derive(Clone)]
pub struct PathGlob {
    text: Arc<str>,
    pub(super) pieces: Arc<[Piece]>,
    machine: Arc<Machine>,
    /// What it says of folded paths, where that is said in other words.
    folded: Option<(Arc<[Piece]>, Arc<Machine>)>,
}

impl PathGlob {
    /// Reads a glob. It must begin with `/` or `**`, and what is literal in it must be normalised.
    ///
    /// # Errors
    ///
    /// When the text is no glob, or one that no normalised path can match.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let pieces = syntax::flattened(syntax::parse(text, Language::Path, MAX_GLOB_BYTES)?);
        check_absolute(text, &pieces)?;
        check_components(text)?;
        if let Some(at) = syntax::misplaced_below(&pieces, true) {
            return Err(PatternError::new(at, at + 2, "`**` at the end of an alternative must end the glob")
                .help("write the `/` that follows inside the alternative: `{a/**/,b/}c`"));
        }
        let machine = |pieces: &[Piece]| {
            let too_many = || PatternError::new(0, text.len(), "the glob has too many wildcards");
            Machine::new(pieces).map(Arc::new).ok_or_else(too_many)
        };
        let folded = folded::folded(&pieces);
        let folded = if folded == pieces { None } else { Some((machine(&folded)?, folded)) };
        let glob = Self {
            text: text.into(),
            machine: machine(&pieces)?,
            pieces: pieces.into(),
            folded: folded.map(|(machine, pieces)| (pieces.into(), machine)),
        };
        // Most globs are shown by example to match something; a search among all paths costs far more.
        if glob.is_example(&plainest(&glob.pieces)) {
            return Ok(glob);
        }
        match glob.search(None, None) {
            Found::Nothing => Err(PatternError::new(0, text.len(), format!("`{text}` matches no normalised path"))
                .help("paths are compared after `.`, `..` and `//` are resolved")),
            _ => Ok(glob),
        }
    }

    /// The glob as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches a path that is absolute and normalised already.
    #[must_use]
    pub fn matches(&self, normalized: &str) -> bool {
        self.machine.matches(normalized)
    }

    /// Whether it matches a normal path by its own spelling.
    ///
    /// # Errors
    /// Where it does so only by another spelling that some file system takes for the same.
    pub fn holds(&self, normal: &str) -> Result<bool, Unexplained> {
        if self.matches(normal) {
            return Ok(true);
        }
        if self.folded.is_none() && path::is_plain(normal) && !path::is_linked(normal) {
            return Ok(false);
        }
        let machine = self.folded.as_ref().map_or(&self.machine, |(_, machine)| machine);
        let by_spelling = path::spellings(normal).iter().any(|spelling| machine.matches(spelling.as_str()));
        if by_spelling { Err(path::OTHER_SPELLING) } else { Ok(false) }
    }

    /// The same glob as it reads folded paths.
    pub(crate) fn folded(&self) -> Self {
        let (pieces, machine) = self.folded.clone().unwrap_or_else(|| (self.pieces.clone(), self.machine.clone()));
        Self { text: Arc::clone(&self.text), pieces, machine, folded: None }
    }

    /// Whether every normalised path that `other` matches is matched by this one too. Should the proof grow past its
    /// budget, the answer is `false`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.search(None, Some(self)) == Found::Nothing
    }

    /// A shortest normalised path that both match. `None` when there is none, or when the search grows past its budget.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<String> {
        self.search(Some(other), None).witness()
    }

    /// Whether it is proved that no normalised path is matched by both.
    #[must_use]
    pub fn disjoint(&self, other: &Self) -> bool {
        self.search(Some(other), None) == Found::Nothing
    }

    /// A shortest normalised path that this one matches and `other` does not. `None` when there is none, or when the
    /// search grows past its budget.
    #[must_use]
    pub fn outside(&self, other: &Self) -> Option<String> {
        self.search(None, Some(other)).witness()
    }

    /// Whether the text is a normalised path that it matches.
    fn is_example(&self, text: &str) -> bool {
        Language::Path.read(text).is_some_and(|mode| Language::Path.accepts(mode)) && self.matches(text)
    }

    fn search(&self, right: Option<&Self>, refused: Option<&Self>) -> Found {
        let [right, refused] = [right, refused].map(|glob| glob.map(|glob| &*glob.machine));
        Question { language: Language::Path, left: &self.machine, right, refused }.shortest()
    }
}

/// The plainest text that the pieces seem to be about: each wildcard one character, each choice its first.
fn plainest(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(character) => text.push(*character),
            Piece::One(class) | Piece::Run(class) if holds(class, 'x') => text.push('x'),
            Piece::One(class) | Piece::Run(class) => text.extend(class.first().map(|(first, _)| *first)),
            Piece::Components => {}
            Piece::Below(_) => text.push('x'),
            Piece::Either(all) => text.push_str(&all.first().map(|first| plainest(first)).unwrap_or_default()),
        }
    }
    text
}

fn check_absolute(text: &str, pieces: &[Piece]) -> Result<(), PatternError> {
    if begins_with_border(pieces) {
        return Ok(());
    }
    Err(PatternError::new(0, text.len(), format!("`{text}` is not absolute"))
        .help(format!("begin with `/`, or write `**/{text}` for any directory")))
}

fn begins_with_border(pieces: &[Piece]) -> bool {
    match pieces.first() {
        Some(Piece::Either(all)) => all.iter().all(|pieces| begins_with_border(pieces)),
        Some(piece) => piece.as_literal() == Some('/'),
        None => false,
    }
}

/// Literal components must be as they are in a normalised path.
fn check_components(text: &str) -> Result<(), PatternError> {
    let mut start = 0;
    for component in text.split('/') {
        let end = start + component.len();
        let last = end == text.len();
        let fault = match component {
            "" if start > 0 && !last => Some("a normalised path has no empty component"),
            "" if last && text != "/" => Some("a normalised path does not end in `/`"),
            "." => Some("a normalised path has no `.` component"),
            ".." => Some("a normalised path has no `..` component"),
            _ => None,
        };
        if let Some(fault) = fault {
            let begin = start.saturating_sub(1);
            let help = if last { "leave it out, or write `/**` for what is below" } else { "leave it out" };
            return Err(PatternError::new(begin, end, fault).help(help));
        }
        start = end + 1;
    }
    Ok(())
}

impl fmt::Debug for PathGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PathGlob").field(&self.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(text: &str) -> PathGlob {
        PathGlob::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_star_stays_within_one_component_and_two_cross() {
        let rows: &[(&str, &[&str], &[&str])] = &[
            ("/a/*", &["/a/b", "/a/.b"], &["/a", "/a/b/c", "/ab"]),
            ("/a/**", &["/a/b", "/a/b/c"], &["/a", "/ab", "/"]),
            ("/a/**/b", &["/a/b", "/a/x/b", "/a/x/y/b"], &["/a/xb", "/a/b/c", "/b"]),
            ("**/x.rs", &["/x.rs", "/a/b/x.rs"], &["/ax.rs", "/x.rs/a"]),
            ("/**/x.rs", &["/x.rs", "/a/b/x.rs"], &["/ax.rs"]),
            ("**", &["/", "/a", "/a/b"], &[]),
            ("/**", &["/", "/a", "/a/b"], &[]),
            ("/", &["/"], &["/a"]),
            ("/?.[!a-c]", &["/x.d", "/é.ü"], &["/x.a", "//.d", "/.d", "/x./"]),
            ("/{a,b/**}", &["/a", "/b/c/d"], &["/b", "/a/c"]),
            ("{/a,/b}/c", &["/a/c", "/b/c"], &["/a", "/c"]),
            ("/{a/**/,b/}c", &["/a/c", "/a/x/c", "/b/c"], &["/b/x/c"]),
            ("/[*]", &["/*"], &["/a"]),
        ];
        for (text, matched, refused) in rows {
            let glob = glob(text);
            matched.iter().for_each(|path| assert!(glob.matches(path), "{text} matches {path}"));
            refused.iter().for_each(|path| assert!(!glob.matches(path), "{text} does not match {path}"));
        }
    }

    #[test]
    fn a_glob_that_cannot_match_is_refused_at_its_place() {
        let rows = [
            ("", 0, 0, "the pattern is empty"),
            ("a/b", 0, 3, "`a/b` is not absolute"),
            ("{/a,b}", 0, 6, "`{/a,b}` is not absolute"),
            ("/a/", 2, 3, "a normalised path does not end in `/`"),
            ("/a//b", 2, 3, "a normalised path has no empty component"),
            ("/a/../b", 2, 5, "a normalised path has no `..` component"),
            ("/./b", 0, 2, "a normalised path has no `.` component"),
            ("/a**", 2, 4, "`**` must be a whole component"),
            ("/**a", 1, 3, "`**` must be a whole component"),
            ("/{a/**,b}/c", 4, 6, "`**` at the end of an alternative must end the glob"),
            ("/[a/b]", 3, 4, "a class cannot hold `/`"),
            ("/a\\b", 2, 3, "`\\` is not understood in a path glob"),
            ("/{a/.,b/..}", 0, 11, "`/{a/.,b/..}` matches no normalised path"),
        ];
        for (text, start, end, message) in rows {
            let error = PathGlob::parse(text).unwrap_err();
            assert_eq!((error.start, error.end, error.message.as_str()), (start, end, message), "{text}");
        }
    }

    #[test]
    fn a_plain_example_shows_that_a_glob_matches_and_none_is_made_up() {
        for text in ["/a/*", "/**/x", "**", "/", "/?.[!a-c]", "/{a,b/**}", "/[*]", "/a/{.ssh,.gnupg}/**", "/*.*"] {
            let glob = glob(text);
            let example = plainest(&glob.pieces);
            assert!(glob.is_example(&example), "{text}: {example}");
        }
        for (text, example) in [("/{.,a}", "/."), ("/{..,a}", "/..")] {
            let glob = glob(text);
            assert_eq!(plainest(&glob.pieces), example);
            assert!(!glob.is_example(example), "{text}: {example} is no normalised path");
        }
    }

    #[test]
    fn by_another_spelling_alone_a_glob_is_unknown() {
        for (text, path) in [
            ("/ws/**/*.rs", "/ws/A.RS"),
            ("**/.env", "/ws/.ENV"),
            ("/etc/**", "/private/etc/x"),
            ("/donn\u{e9}es/*", "/donne\u{301}es/a"),
            ("/ws/[A-C]x", "/ws/bx"),
            ("/ws/?x", "/ws/\u{e9}X"),
        ] {
            assert_eq!(glob(text).holds(path), Err(path::OTHER_SPELLING), "{text} {path}");
        }
        for (text, path) in [("/ws/*.rs", "/ws/A.txt"), ("/ws/?", "/ws/ab"), ("/ws/[!a-c]", "/ws/a")] {
            assert_eq!(glob(text).holds(path), Ok(false), "{text} {path}");
        }
        assert_eq!(glob("/ws/*.rs").holds("/ws/A.rs"), Ok(true));
    }

    #[test]
    fn witnesses_are_paths() {
        assert_eq!(
            glob("/workspace/*/src/**").overlap(&glob("/workspace/app/**/secret.key")).as_deref(),
            Some("/workspace/app/src/secret.key")
        );
        assert_eq!(glob("/a/**").overlap(&glob("/b/**")), None);
        assert_eq!(glob("/a/**").outside(&glob("/a/*")).as_deref(), Some("/a/x/x"));
        assert!(glob("/a/**").contains(&glob("/a/*/b")));
        assert!(!glob("/a/*").contains(&glob("/a/**")));
        assert!(glob("/**").contains(&glob("**")) && glob("**").contains(&glob("/**")));
    }
}
