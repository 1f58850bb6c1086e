//! The other spellings under which some file system keeps the same file: letters of another case, another Unicode form,
//! a trailing dot, a system's well-known link.
//!
//! Whether a disk folds names is not in the text. So two paths that differ are different where their spellings differ
//! too; where they meet, nobody knows.

use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One spelling, held inline as long as paths usually are.
pub(crate) struct Spelling(SmallVec<[u8; 192]>);

impl Spelling {
    fn joined(head: &str, tail: &str) -> Self {
        let mut bytes = SmallVec::from_slice(head.as_bytes());
        bytes.extend_from_slice(tail.as_bytes());
        Self(bytes)
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn push(&mut self, char: char) {
        let mut buffer = [0; 4];
        self.0.extend_from_slice(char.encode_utf8(&mut buffer).as_bytes());
    }
}

/// Directories that a system keeps under two names, by links that are there from the start: macOS, merged `/usr`, `/run`.
const LINKED: [(&str, &str); 9] = [
    ("/etc", "/private/etc"),
    ("/var", "/private/var"),
    ("/tmp", "/private/tmp"),
    ("/bin", "/usr/bin"),
    ("/sbin", "/usr/sbin"),
    ("/lib", "/usr/lib"),
    ("/lib64", "/usr/lib64"),
    ("/run", "/var/run"),
    ("/run/lock", "/var/lock"),
];

/// A macOS volume that is shown at the root too.
const DATA_VOLUME: &str = "/system/volumes/data";

/// The folded spelling of a normal path: it is the same for all paths that some file system takes for one, links aside.
pub(crate) fn folded(path: &str) -> Spelling {
    let mut spelling = Spelling(SmallVec::new());
    for component in path.split('/').skip(1) {
        spelling.push('/');
        fold_component(component, &mut spelling);
    }
    spelling
}

/// Without what Windows leaves out at a component's end, and without the name of a data stream.
fn fold_component(component: &str, spelling: &mut Spelling) {
    let stream = component.find(':').filter(|at| *at > 0).unwrap_or(component.len());
    let visible = component.get(..stream).unwrap_or(component);
    let trimmed = visible.trim_end_matches(['.', ' ']);
    let kept = if trimmed.is_empty() { visible } else { trimmed };
    if kept.is_ascii() {
        spelling.0.extend(kept.bytes().map(|byte| byte.to_ascii_lowercase()));
    } else {
        fold_unicode(kept, spelling);
    }
}

/// Case and compatibility folded, without marks that some file systems ignore.
fn fold_unicode(text: &str, spelling: &mut Spelling) {
    let folded = text.nfkd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkd();
    folded.filter(|char| !is_ignored(*char)).for_each(|char| spelling.push(char));
}

/// What HFS+ leaves out of names, and combining marks: a letter without its accents is close enough to ask.
fn is_ignored(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
        || is_combining_mark(char)
}

/// Whether a path is its own folded spelling, so that only links give it others.
pub(crate) fn is_plain(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.iter().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase() && *byte != b':')
        && !path.ends_with(['.', ' '])
        && !bytes.windows(2).any(|pair| matches!(pair, [b'.' | b' ', b'/']))
}

/// Every folded spelling of a normal path, the folded path first; at most four.
pub(crate) fn spellings(path: &str) -> SmallVec<[Spelling; 2]> {
    let mut spellings: SmallVec<[Spelling; 2]> = SmallVec::new();
    let first = folded(path);
    let shown =
        below(first.as_str(), DATA_VOLUME).filter(|rest| !rest.is_empty()).map(|rest| Spelling::joined("", rest));
    for spelling in std::iter::once(first).chain(shown) {
        let linked = LINKED.iter().flat_map(|(short, long)| [(short, long), (long, short)]);
        let linked: SmallVec<[Spelling; 2]> = linked
            .filter_map(|(from, to)| below(spelling.as_str(), from).map(|rest| Spelling::joined(to, rest)))
            .collect();
        spellings.push(spelling);
        spellings.extend(linked);
    }
    spellings
}

/// Whether a link gives a folded path other spellings.
pub(crate) fn is_linked(path: &str) -> bool {
    below(path, DATA_VOLUME).is_some()
        || LINKED.iter().any(|(short, long)| below(path, short).is_some() || below(path, long).is_some())
}

/// What follows a directory in a path that is the directory or below it.
fn below<'p>(path: &'p str, directory: &str) -> Option<&'p str> {
    path.strip_prefix(directory).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_system_may_take_for_one_folds_to_one() {
        for (one, other) in [
            ("/Etc/SHADOW", "/etc/shadow"),
            ("/donn\u{e9}es", "/donne\u{301}es"),
            ("/STRASSE", "/stra\u{df}e"),
            ("/\u{212a}eys", "/keys"),
            ("/\u{fb01}le", "/file"),
            ("/\u{ff45}tc", "/etc"),
            ("/.g\u{200c}it", "/.git"),
            ("/etc./shadow ", "/etc/shadow"),
            ("/a.txt::x", "/a.txt"),
            ("/\u{130}x", "/ix"),
        ] {
            assert_eq!(folded(one).as_str(), folded(other).as_str(), "{one}");
            assert!(!is_plain(one) || one == other, "{one}");
        }
        assert_ne!(folded("/a/b").as_str(), folded("/ab").as_str());
        assert_eq!(folded("/").as_str(), "/");
    }

    #[test]
    fn a_plain_path_is_its_own_folded_spelling() {
        for path in ["/", "/etc/shadow", "/a.b/.c", "/a b", "/..a", "/ws/x_1-2~"] {
            assert!(is_plain(path), "{path}");
            assert_eq!(folded(path).as_str(), path);
        }
    }

    #[test]
    fn links_give_other_spellings() {
        let texts =
            |path: &str| spellings(path).iter().map(|spelling| spelling.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(texts("/private/etc/x"), ["/private/etc/x", "/etc/x"]);
        assert_eq!(texts("/Etc"), ["/etc", "/private/etc"]);
        assert_eq!(texts("/System/Volumes/Data/etc/x"), ["/system/volumes/data/etc/x", "/etc/x", "/private/etc/x"]);
        assert_eq!(texts("/run/lock/a"), ["/run/lock/a", "/var/run/lock/a", "/var/lock/a"]);
        assert_eq!(texts("/workspace/a"), ["/workspace/a"]);
        assert!(is_linked("/usr/bin/env") && !is_linked("/workspace") && !is_linked("/etcetera"));
    }
}
