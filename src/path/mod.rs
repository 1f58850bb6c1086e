//! File system paths by their text alone: no disk is looked at, and what the text does not explain is unknown.
//!
//! Two programs that read one text as different paths are a way around a policy. So a path is absolute, or joined to a
//! base that is; `.`, `..`, `//` and a trailing slash are resolved; a `file:` URL is its path; and whatever a shell, a
//! decoder or a Unicode normaliser could turn into another path is refused. Comparisons are exact; where two paths
//! differ only in what some file systems fold (letters' case, Unicode forms) the answer is unknown, so that neither a
//! rule that opens nor one that blocks is led astray.

mod file_url;
mod spelling;

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

pub(crate) use spelling::{Spelling, apart, folded, is_linked, is_plain, near, spellings, spellings_near, usual};

/// Most bytes of a path.
pub const MAX_BYTES: usize = 4096;
/// Most components of a path, before it is normalised.
pub const MAX_COMPONENTS: usize = 256;

/// Why a text does not say which path it is: "a relative path without a base".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unexplained(pub &'static str);

impl fmt::Display for Unexplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unexplained {}

/// The normal form of an absolute path: borrowed where it is normal already.
///
/// # Errors
/// Why the text does not say which path it is.
pub fn normalize(path: &str) -> Result<Cow<'_, str>, Unexplained> {
    match local(path)? {
        Cow::Borrowed(path) => absolute(path),
        Cow::Owned(path) => absolute(&path).map(|path| Cow::Owned(path.into_owned())),
    }
}

/// The normal form of a path that, where it is relative, is meant below `base`.
///
/// # Errors
/// Why the texts do not say which path it is.
pub fn normalize_at<'p>(path: &'p str, base: &str) -> Result<Cow<'p, str>, Unexplained> {
    let base = normalize(base)?;
    if path.starts_with('/') || local(path)?.starts_with('/') {
        return normalize(path);
    }
    explainable(path)?;
    if begins_with_scheme(path) {
        return Err(Unexplained(
            "a relative path that begins with a drive or a URL's scheme; write `./` before a name",
        ));
    }
    let joined = format!("{base}/{path}");
    limited(&joined)?;
    Ok(Cow::Owned(resolved(&joined)?.into_owned()))
}

/// The text, or the path of a `file:` URL.
fn local(path: &str) -> Result<Cow<'_, str>, Unexplained> {
    if path.len() > MAX_BYTES {
        return Err(TOO_LONG);
    }
    file_url::path_of(path)
}

fn absolute(path: &str) -> Result<Cow<'_, str>, Unexplained> {
    explainable(path)?;
    if !path.starts_with('/') {
        return Err(RELATIVE);
    }
    if path.starts_with("//?/") || path.starts_with("//./") {
        return Err(Unexplained("a path with a device prefix"));
    }
    resolved(path)
}

/// Whether a normal path is `base` or below it, by whole components; `base` is normal too.
#[must_use]
pub fn within(path: &str, base: &str) -> bool {
    let Some(rest) = path.strip_prefix(base) else { return false };
    rest.is_empty() || rest.starts_with('/') || base == "/"
}

/// Said where two paths differ only as some file systems do not tell apart.
pub(crate) const OTHER_SPELLING: Unexplained =
    Unexplained("a path that differs only in case, Unicode form or by a system's link, which may be the same file");

/// A directory to compare with, prepared once.
#[derive(Clone, Debug)]
pub struct Directory {
    normal: String,
    folded: String,
    /// Whether a link's names are in it or above it.
    near: bool,
}

impl Directory {
    /// The directory that a text names.
    ///
    /// # Errors
    /// Why the text does not say which it is.
    pub fn new(text: &str) -> Result<Self, Unexplained> {
        normalize(text).map(|normal| Self::of_normal(&normal))
    }

    fn of_normal(normal: &str) -> Self {
        let folded = usual(&folded(normal)).as_str().to_owned();
        Self { normal: normal.to_owned(), near: near(&folded), folded }
    }

    /// Whether a normal path is this directory or below it.
    ///
    /// # Errors
    /// Where it is so only by another spelling.
    pub fn holds(&self, path: &str) -> Result<bool, Unexplained> {
        if within(path, &self.normal) {
            return Ok(true);
        }
        if is_plain(path) && !is_linked(path) {
            return self.without(within(path, &self.folded));
        }
        self.without(spellings_near(path, self.near).iter().any(|spelling| within(spelling.as_str(), &self.folded)))
    }

    fn without(&self, by_spelling: bool) -> Result<bool, Unexplained> {
        if by_spelling { Err(OTHER_SPELLING) } else { Ok(false) }
    }
}

/// Whether a normal path is within another, which is normal too.
///
/// # Errors
/// Where it is so only by another spelling.
pub fn held(path: &str, base: &str) -> Result<bool, Unexplained> {
    Directory::of_normal(base).holds(path)
}

/// Whether two normal paths are one.
///
/// # Errors
/// Where they are so only by another spelling.
pub fn equal(path: &str, other: &str) -> Result<bool, Unexplained> {
    if path == other {
        return Ok(true);
    }
    let by_spelling = usual(&folded(path)).as_str() == usual(&folded(other)).as_str();
    if by_spelling { Err(OTHER_SPELLING) } else { Ok(false) }
}

/// The last component of a normal path; empty for the root.
#[must_use]
pub fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// What follows the last dot of the name, without the dot: empty where there is none, or only a dot at the start.
#[must_use]
pub fn extension(path: &str) -> &str {
    match name(path).rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        _ => "",
    }
}

/// Said where a relative path has no base.
pub(crate) const RELATIVE: Unexplained = Unexplained("a relative path without a base");
const TOO_LONG: Unexplained = Unexplained("a path of more than 4096 bytes");

fn explainable(path: &str) -> Result<(), Unexplained> {
    limited(path)?;
    if path.is_empty() {
        return Err(Unexplained("an empty path"));
    }
    if path.starts_with('~') {
        return Err(Unexplained("a path that begins with `~`, which a shell would expand"));
    }
    if path.bytes().all(explains_itself) {
        return Ok(());
    }
    if let Some(why) = path.chars().find_map(refused) {
        return Err(Unexplained(why));
    }
    if percent_escaped(path) {
        return Err(Unexplained("a path with a `%XX` escape, which may be decoded later"));
    }
    Ok(())
}

fn limited(path: &str) -> Result<(), Unexplained> {
    if path.len() > MAX_BYTES {
        return Err(TOO_LONG);
    }
    if path.len() > MAX_COMPONENTS && path.split('/').filter(|component| !component.is_empty()).count() > MAX_COMPONENTS
    {
        return Err(Unexplained("a path of more than 256 components"));
    }
    Ok(())
}

/// Whether a byte is a character that explains itself wherever it stands.
const fn explains_itself(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'$' | b'`' | b'%' | b'*' | b'?')
}

/// Why a character makes a path unexplained.
fn refused(char: char) -> Option<&'static str> {
    match char {
        '\0' => Some("a path with a NUL character, where other programs would end it"),
        char if char.is_control() => Some("a path with a control character"),
        '\\' => Some("a path with a backslash, which some programs take for a separator"),
        '$' => Some("a path with `$`, which a shell would expand"),
        '`' => Some("a path with a backquote, which a shell would run"),
        '*' | '?' => Some("a path with `*` or `?`, which may be expanded to other names"),
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("a path with a character that breaks lines or turns the direction of text")
        }
        char if normalizes_into_syntax(char) => {
            Some("a path with a character that Unicode normalisation turns into `/`, `\\`, `.` or a shell's sign")
        }
        _ => None,
    }
}

/// Whether the character's compatibility normal form holds `/`, `\`, `.` or a character that a shell expands.
const fn normalizes_into_syntax(char: char) -> bool {
    matches!(char, '\u{2024}'..='\u{2026}' | '\u{2100}'..='\u{2101}' | '\u{2105}'..='\u{2106}' | '\u{2488}'..='\u{249b}'
        | '\u{33c2}' | '\u{33c7}' | '\u{33d8}' | '\u{fe19}' | '\u{fe30}' | '\u{fe52}' | '\u{fe68}'
        | '\u{ff0e}'..='\u{ff0f}' | '\u{ff3c}' | '\u{1f100}'
        // `~`, `$`, `%` and the backquote
        | '\u{1fef}' | '\u{fe69}'..='\u{fe6a}' | '\u{ff04}'..='\u{ff05}' | '\u{ff40}' | '\u{ff5e}')
}

fn percent_escaped(path: &str) -> bool {
    path.as_bytes().windows(3).any(|three| match three {
        [b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    })
}

/// Resolves `.`, `..`, `//` and a trailing slash; `..` at the root stays at the root.
fn resolved(path: &str) -> Result<Cow<'_, str>, Unexplained> {
    if is_normal(path) && !may_mean_another(path) {
        return Ok(Cow::Borrowed(path));
    }
    let mut components: SmallVec<[&str; 16]> = SmallVec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => drop(components.pop()),
            component => {
                components.push(component);
                means_itself(&components)?;
            }
        }
    }
    if is_normal(path) {
        return Ok(Cow::Borrowed(path));
    }
    Ok(Cow::Owned(format!("/{}", components.join("/"))))
}

fn is_normal(path: &str) -> bool {
    let bytes = path.as_bytes();
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let dotted = pairs.fold(false, |found, (first, next)| found | ((*first == b'/') & matches!(next, b'/' | b'.')));
    if !dotted && path.starts_with('/') && (path.len() == 1 || !path.ends_with('/')) {
        return true;
    }
    let Some(relative) = path.strip_prefix('/') else { return false };
    relative.is_empty() || relative.split('/').all(|component| !matches!(component, "" | "." | ".."))
}

/// Whether [`means_itself`] could refuse a component; cheap, and seldom so.
fn may_mean_another(path: &str) -> bool {
    let first = path.as_bytes().get(1).map(u8::to_ascii_lowercase);
    matches!(first, Some(b'p' | b'd')) || path.bytes().any(|byte| matches!(byte, b'~' | b':' | b'|'))
}

const OPEN_FILE: Unexplained = Unexplained("a path that stands for a file some process has open");

/// Links of the kernel that lead to any file: `/proc/self/root`, `/proc/1/fd/3`, `/proc/1/task/2/cwd`.
const PROCESS_LINKS: [&str; 6] = ["root", "cwd", "exe", "fd", "fdinfo", "map_files"];

/// Refuses a last component that, where it stands, is no name of its own.
fn means_itself(components: &[&str]) -> Result<(), Unexplained> {
    let is = |component: &str, word: &str| component.trim_end_matches(['.', ' ']).eq_ignore_ascii_case(word);
    match components {
        [drive] if is_drive(drive) => Err(Unexplained("a path with a drive letter")),
        [dev, fd, _] if is(dev, "dev") && is(fd, "fd") => Err(OPEN_FILE),
        [proc, _, .., last] if is(proc, "proc") && PROCESS_LINKS.iter().any(|link| is(last, link)) => Err(OPEN_FILE),
        [.., last] if is_short_name(last) => {
            Err(Unexplained("a path with a short name such as `PROGRA~1`, which Windows keeps beside the long one"))
        }
        _ => Ok(()),
    }
}

/// `C:` or `c|`.
fn is_drive(component: &str) -> bool {
    matches!(component.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic())
}

/// Whether a relative text begins like `C:`, `http:` or `host:`.
fn begins_with_scheme(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let Some((scheme, _)) = first.split_once([':', '|']) else { return false };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'@' | b'_');
    scheme.bytes().all(legal)
}

/// At most eight characters with `~` and a digit, and an extension of at most three: 8.3 names as Windows makes them.
fn is_short_name(component: &str) -> bool {
    let (stem, extension) = component.split_once('.').unwrap_or((component, ""));
    let Some((name, number)) = stem.rsplit_once('~') else { return false };
    let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    numbered && !name.is_empty() && stem.len() <= 8 && extension.len() <= 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dots_and_slashes_are_resolved() {
        for (path, normal) in [
            ("/", "/"),
            ("//", "/"),
            ("/a/b", "/a/b"),
            ("/a//b/", "/a/b"),
            ("/a/./b/.", "/a/b"),
            ("/a/../b", "/b"),
            ("/../../etc", "/etc"),
            ("/workspace/../etc/shadow", "/etc/shadow"),
            ("/a/.../b", "/a/.../b"),
            ("/a/..b", "/a/..b"),
            ("/a b/é", "/a b/é"),
            ("/a%zz/100%", "/a%zz/100%"),
        ] {
            assert_eq!(normalize(path).as_deref(), Ok(normal), "{path}");
        }
    }

    #[test]
    fn a_normal_path_is_borrowed() {
        assert!(matches!(normalize("/a/b"), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn what_other_programs_could_read_otherwise_is_unexplained() {
        for path in [
            "",
            "a",
            "./a",
            "../a",
            "~",
            "~/a",
            "~root/a",
            "/a\0",
            "/a\n",
            "/a\u{7f}",
            "/a\u{85}",
            "/a\\b",
            "\\a",
            "/$HOME",
            "/a/${x}",
            "/`id`",
            "/%2e%2e/a",
            "/a%2Fb",
            "/a\u{ff0f}b",
            "/\u{2024}\u{2024}/a",
            "/\u{fe52}\u{fe52}/a",
            "/\u{2025}/a",
            "/a\u{ff3c}b",
            "/\u{2105}",
            "/\u{1f100}",
        ] {
            assert!(matches!(normalize(path), Err(Unexplained(_))), "{path:?}");
        }
    }

    #[test]
    fn length_and_components_are_limited() {
        assert!(normalize(&format!("/{}", "a".repeat(MAX_BYTES - 1))).is_ok());
        assert!(normalize(&format!("/{}", "a".repeat(MAX_BYTES))).is_err());
        assert!(normalize(&"/a".repeat(MAX_COMPONENTS)).is_ok());
        assert!(normalize(&"/a".repeat(MAX_COMPONENTS + 1)).is_err());
        assert!(normalize_at(&"a/".repeat(200), &"/a".repeat(200)).is_err());
    }

    #[test]
    fn a_relative_path_is_joined_to_its_base() {
        assert_eq!(normalize_at("a/../b", "/ws/").as_deref(), Ok("/ws/b"));
        assert_eq!(normalize_at("../../../etc", "/ws").as_deref(), Ok("/etc"));
        assert_eq!(normalize_at("/abs", "/ws").as_deref(), Ok("/abs"));
        assert!(normalize_at("a", "ws").is_err());
        assert!(normalize_at("~/a", "/ws").is_err());
        assert!(normalize_at("", "/ws").is_err());
    }

    #[test]
    fn within_is_by_whole_components() {
        assert!(within("/ws", "/ws") && within("/ws/a", "/ws") && within("/ws", "/"));
        assert!(!within("/ws2", "/ws") && !within("/", "/ws") && !within("/w", "/ws"));
    }

    #[test]
    fn names_and_extensions_are_the_last_component_s() {
        for (path, expected_name, expected_extension) in [
            ("/a/b.tar.gz", "b.tar.gz", "gz"),
            ("/a/.env", ".env", ""),
            ("/a.d/b", "b", ""),
            ("/a/b.", "b.", ""),
            ("/", "", ""),
        ] {
            assert_eq!((name(path), extension(path)), (expected_name, expected_extension), "{path}");
        }
    }

    #[test]
    fn what_stands_for_another_file_is_unexplained() {
        for path in [
            "/dev/fd/3",
            "/proc/self/root/etc/shadow",
            "/proc/self/./cwd/x",
            "/proc/1/fd/3",
            "/proc/self/task/7/root",
            "/PROC/self/root",
            "/proc/self/root/../x",
            "/C:/Windows",
            "/c|/x",
            "//?/C:/x",
            "//./pipe/x",
            "/PROGRA~1/x",
            "/ws/SECRET~1.KEY",
            "/ws/*.rs",
            "/ws/?",
            "/ws/a\u{202e}b",
            "file://host/a",
            "file:///%2e%2e/a",
        ] {
            assert!(matches!(normalize(path), Err(Unexplained(_))), "{path:?}");
        }
        for path in ["/dev/null", "/dev/stdout", "/proc/cpuinfo", "/proc/self/status", "/ws/a~/b", "/ws/a:b"] {
            assert!(normalize(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn a_relative_path_that_could_be_a_url_or_a_drive_is_unexplained() {
        for path in ["C:", "C:/x", "c:x", "http://host/x", "host:/x", "user@host:x", "C|/x"] {
            assert!(normalize_at(path, "/ws").is_err(), "{path}");
        }
        assert_eq!(normalize_at("./a:b", "/ws").as_deref(), Ok("/ws/a:b"));
        assert_eq!(normalize_at("a b: c", "/ws").as_deref(), Ok("/ws/a b: c"));
        assert_eq!(normalize_at("file:///etc/x", "/ws").as_deref(), Ok("/etc/x"));
    }

    #[test]
    fn what_differs_by_spelling_alone_is_unknown() {
        let etc = Directory::new("/etc").unwrap();
        for path in ["/ETC/shadow", "/etc./shadow", "/private/etc/shadow", "/\u{ff45}tc/x", "/System/Volumes/Data/etc"]
        {
            assert_eq!(etc.holds(path), Err(OTHER_SPELLING), "{path}");
        }
        for path in ["/etcetera", "/ws/etc", "/private/etcetera", "/Home/etc"] {
            assert_eq!(etc.holds(path), Ok(false), "{path}");
        }
        assert_eq!(Directory::new("/Users").unwrap().holds("/Users/A"), Ok(true));
        assert_eq!(Directory::new("/Users").unwrap().holds("/users/A"), Err(OTHER_SPELLING));
        assert_eq!(equal("/a/B", "/a/b"), Err(OTHER_SPELLING));
        assert_eq!(equal("/a/b", "/a/c"), Ok(false));
    }

    proptest! {
        #[test]
        fn case_never_turns_an_answer_into_its_opposite(path in "(/[a-cA-C.]{1,2}){1,3}", base in "(/[a-cA-C]{1,2}){1,2}") {
            let (Ok(path), Ok(folded)) = (normalize(&path), normalize(&path.to_uppercase()).map(Cow::into_owned)) else {
                return Ok(());
            };
            let answers = (held(&path, &base), held(&folded, &base));
            prop_assert!(!matches!(answers, (Ok(true), Ok(false)) | (Ok(false), Ok(true))), "{:?}", answers);
        }

        #[test]
        fn detours_never_change_where_a_path_is(
            components in prop::collection::vec("[a-c]{1,2}|\\.\\.", 1..6),
            detours in prop::collection::vec(0..4_usize, 6),
            base in prop::collection::vec("[a-c]", 0..3),
        ) {
            let base = format!("/{}", base.join("/"));
            let plain = format!("/{}", components.join("/"));
            let mut detoured = String::new();
            for (component, detour) in components.iter().zip(detours) {
                detoured.push_str(["/", "//", "/./", "/x/../"][detour]);
                detoured.push_str(component);
            }
            let (plain, detoured) = (normalize(&plain).unwrap(), normalize(&detoured).unwrap());
            prop_assert_eq!(&plain, &detoured);
            prop_assert_eq!(held(&plain, &base), held(&detoured, &base));
            prop_assert!(is_normal(&plain));
        }

        #[test]
        fn normal_forms_are_normal(path in "/[a./~ %]{0,12}") {
            if let Ok(normal) = normalize(&path) {
                prop_assert_eq!(normalize(&normal), Ok(normal.clone()));
                prop_assert!(!normal.contains("/../") && !normal.ends_with("/.."));
            }
        }
    }
}
