//! File system paths by their text alone: no disk is looked at, and what the text does not explain is unknown.
//!
//! Two programs that read one text as different paths are a way around a policy. So a path is absolute, or joined to a
//! base that is; `.`, `..`, `//` and a trailing slash are resolved; and whatever a shell, a decoder or a Unicode
//! normaliser could turn into another path is refused.

use std::borrow::Cow;
use std::fmt;

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
    explainable(path)?;
    if !path.starts_with('/') {
        return Err(Unexplained("a relative path without a base"));
    }
    Ok(resolved(path))
}

/// The normal form of a path that, where it is relative, is meant below `base`.
///
/// # Errors
/// Why the texts do not say which path it is.
pub fn normalize_at<'p>(path: &'p str, base: &str) -> Result<Cow<'p, str>, Unexplained> {
    let base = normalize(base)?;
    if path.starts_with('/') {
        return normalize(path);
    }
    explainable(path)?;
    let joined = format!("{base}/{path}");
    limited(&joined)?;
    Ok(Cow::Owned(resolved(&joined).into_owned()))
}

/// Whether a normal path is `base` or below it, by whole components; `base` is normal too.
#[must_use]
pub fn within(path: &str, base: &str) -> bool {
    let Some(rest) = path.strip_prefix(base) else { return false };
    rest.is_empty() || rest.starts_with('/') || base == "/"
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

fn explainable(path: &str) -> Result<(), Unexplained> {
    limited(path)?;
    if path.is_empty() {
        return Err(Unexplained("an empty path"));
    }
    if path.starts_with('~') {
        return Err(Unexplained("a path that begins with `~`, which a shell would expand"));
    }
    if path.bytes().all(is_plain) {
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
        return Err(Unexplained("a path of more than 4096 bytes"));
    }
    if path.len() > MAX_COMPONENTS && path.split('/').filter(|component| !component.is_empty()).count() > MAX_COMPONENTS
    {
        return Err(Unexplained("a path of more than 256 components"));
    }
    Ok(())
}

/// Whether a byte is a character that explains itself wherever it stands.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'$' | b'`' | b'%')
}

/// Why a character makes a path unexplained.
fn refused(char: char) -> Option<&'static str> {
    match char {
        '\0' => Some("a path with a NUL character, where other programs would end it"),
        char if char.is_control() => Some("a path with a control character"),
        '\\' => Some("a path with a backslash, which some programs take for a separator"),
        '$' => Some("a path with `$`, which a shell would expand"),
        '`' => Some("a path with a backquote, which a shell would run"),
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
fn resolved(path: &str) -> Cow<'_, str> {
    if is_normal(path) {
        return Cow::Borrowed(path);
    }
    let mut components: Vec<&str> = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => drop(components.pop()),
            component => components.push(component),
        }
    }
    Cow::Owned(format!("/{}", components.join("/")))
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

    proptest! {
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
            prop_assert_eq!(within(&plain, &base), within(&detoured, &base));
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
