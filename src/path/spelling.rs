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
    /// This path with another beginning, where it has the one given.
    fn renamed(&self, from: &str, to: &str) -> Option<Self> {
        let rest = self.0.strip_prefix(from.as_bytes())?;
        let whole = rest.first().is_none_or(|byte| *byte == b'/') && !(rest.is_empty() && to.is_empty());
        whole.then(|| {
            let mut bytes = SmallVec::from_slice(to.as_bytes());
            bytes.extend_from_slice(rest);
            Self(bytes)
        })
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

/// How a directory with two names is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Both names lead to the same place on the systems that have the link, and what holds either of them holds it: `/bin/x`
    /// is in `/usr` too.
    Link,
    /// The second name is where a few systems keep the first: what is below it has the first name, but nothing that is
    /// called by the first name lies where the second one does. Who says `/usr` does not mean people's homes.
    Home,
}

/// One directory under two names, the one that people mean first. Folded.
struct Names {
    usual: &'static str,
    other: &'static str,
    kind: Kind,
}

impl Names {
    /// From which name to which a path is renamed.
    fn ways(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let back = (self.kind == Kind::Link).then_some((self.usual, self.other));
        std::iter::once((self.other, self.usual)).chain(back)
    }
}

const fn link(usual: &'static str, other: &'static str) -> Names {
    Names { usual, other, kind: Kind::Link }
}

const fn home(usual: &'static str, other: &'static str) -> Names {
    Names { usual, other, kind: Kind::Home }
}

/// The links that systems have from the start: macOS, merged `/usr`, `/run`; BSD and systems whose root cannot be written.
/// A path is followed through them until nothing new comes.
const NAMES: &[Names] = &[
    link("/etc", "/private/etc"),
    link("/var", "/private/var"),
    link("/tmp", "/private/tmp"),
    link("/bin", "/usr/bin"),
    link("/bin", "/usr/sbin"),
    link("/bin", "/sbin"),
    link("/lib", "/usr/lib"),
    link("/lib", "/usr/lib32"),
    link("/lib", "/usr/lib64"),
    link("/lib", "/usr/libx32"),
    link("/lib", "/lib32"),
    link("/lib", "/lib64"),
    link("/lib", "/libx32"),
    link("/run", "/var/run"),
    link("/run/lock", "/var/lock"),
    link("/var/mail", "/var/spool/mail"),
    home("", "/system/volumes/data"),
    home("/home", "/usr/home"),
    home("/home", "/var/home"),
    home("/home", "/export/home"),
    home("/root", "/var/roothome"),
    home("/opt", "/var/opt"),
    home("/srv", "/var/srv"),
    home("/mnt", "/var/mnt"),
    home("/media", "/run/media"),
    home("/usr/local", "/var/usrlocal"),
    home("/var/tmp", "/usr/tmp"),
    home("/dev/shm", "/run/shm"),
];

/// Most spellings of one path; the table gives fewer.
const MOST: usize = 64;

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

/// Every folded spelling of a normal path, the folded path first.
pub(crate) fn spellings(path: &str) -> SmallVec<[Spelling; 2]> {
    let mut spellings: SmallVec<[Spelling; 2]> = SmallVec::new();
    spellings.push(folded(path));
    let mut at = 0;
    while at < spellings.len() && spellings.len() < MOST {
        for (from, to) in NAMES.iter().flat_map(Names::ways) {
            let Some(spelling) = spellings.get(at).and_then(|known| known.renamed(from, to)) else { continue };
            if !spellings.iter().any(|known| known.0 == spelling.0) {
                spellings.push(spelling);
            }
        }
        at += 1;
    }
    spellings
}

/// Every folded spelling that what is compared with directories could be found by, the folded path first: all of them, but
/// where none of the directories is [`near`] a link only the first.
pub(crate) fn spellings_near(path: &str, near: bool) -> SmallVec<[Spelling; 2]> {
    let folded = folded(path);
    if near || NAMES.iter().any(|names| names.usual.is_empty() && below(folded.as_str(), names.other).is_some()) {
        return spellings(path);
    }
    let mut only = SmallVec::new();
    only.push(folded);
    only
}

/// Whether a folded directory holds a name of a link or lies below one. A spelling that a link gives begins with such a name, so
/// that no other directory holds it, but for a link that shows all there is.
pub(crate) fn near(directory: &str) -> bool {
    let meets = |name: &str| !name.is_empty() && (below(name, directory).is_some() || below(directory, name).is_some());
    directory == "/" || NAMES.iter().any(|names| meets(names.usual) || meets(names.other))
}

/// The one spelling of a folded path that everything with the same spellings has: what paths are compared with is kept
/// in this form, because the spellings of a path hold its own.
pub(crate) fn usual(path: &Spelling) -> Spelling {
    let mut path = Spelling(path.0.clone());
    for _ in 0..MOST {
        let Some(usual) = NAMES.iter().find_map(|names| path.renamed(names.other, names.usual)) else { break };
        path = usual;
    }
    path
}

/// Whether a link gives a folded path other spellings.
pub(crate) fn is_linked(path: &str) -> bool {
    // few first letters begin a name, and most paths begin with none of them
    let first = path.as_bytes().get(1).copied().unwrap_or_default();
    matches!(first, b'b' | b'e' | b'l' | b'p' | b'r' | b's' | b't' | b'u' | b'v')
        && NAMES.iter().any(|names| {
            below(path, names.other).is_some() || (names.kind == Kind::Link && below(path, names.usual).is_some())
        })
}

/// Whether no file is in both of two normal directories, under whatever spelling.
pub(crate) fn apart(one: &str, other: &str) -> bool {
    if holds_link(one) || holds_link(other) {
        return false;
    }
    let others = spellings(other);
    let meet = |one: &Spelling, other: &Spelling| {
        below(one.as_str(), other.as_str()).is_some() || below(other.as_str(), one.as_str()).is_some()
    };
    !spellings(one).iter().any(|one| others.iter().any(|other| meet(one, other)))
}

/// Whether a directory is above one that a link shows elsewhere, so that its files may have spellings outside of it.
fn holds_link(directory: &str) -> bool {
    let folded = folded(directory);
    let holds = |name: &str| folded.as_str() == "/" || below(name, folded.as_str()).is_some();
    NAMES.iter().any(|names| holds(names.usual) || holds(names.other))
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
    fn directories_are_apart_when_no_spelling_of_a_file_is_in_both() {
        for (one, other) in [("/a", "/b"), ("/ws", "/ws2"), ("/home/a/x", "/home/a/y"), ("/etc/ssh", "/workspace")] {
            assert!(apart(one, other) && apart(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("/a", "/a"),
            ("/a", "/a/b"),
            ("/a", "/A/b"),
            ("/", "/a"),
            ("/private", "/etc/ssh"),
            ("/private/etc", "/etc/ssh"),
            ("/usr", "/bin/x"),
            ("/var", "/run/x"),
            ("/etc", "/private"),
        ] {
            assert!(!apart(one, other) && !apart(other, one), "{one} {other}");
        }
    }

    #[test]
    fn a_plain_path_is_its_own_folded_spelling() {
        for path in ["/", "/etc/shadow", "/a.b/.c", "/a b", "/..a", "/ws/x_1-2~"] {
            assert!(is_plain(path), "{path}");
            assert_eq!(folded(path).as_str(), path);
        }
    }

    fn texts(path: &str) -> Vec<String> {
        spellings(path).iter().map(|spelling| spelling.as_str().to_owned()).collect()
    }

    #[test]
    fn links_give_other_spellings() {
        assert_eq!(texts("/private/etc/x"), ["/private/etc/x", "/etc/x"]);
        assert_eq!(texts("/Etc"), ["/etc", "/private/etc"]);
        assert_eq!(texts("/System/Volumes/Data/etc/x"), ["/system/volumes/data/etc/x", "/etc/x", "/private/etc/x"]);
        assert_eq!(texts("/workspace/a"), ["/workspace/a"]);
        assert_eq!(texts("/home/u"), ["/home/u"]);
        assert_eq!(texts("/system/volumes/data"), ["/system/volumes/data"]);
        for (path, other) in [
            ("/var/run/lock/x", "/var/lock/x"),
            ("/var/lock/x", "/private/var/run/lock/x"),
            ("/lib64/ld.so", "/usr/lib/ld.so"),
            ("/sbin/x", "/usr/bin/x"),
            ("/usr/home/u/.ssh", "/home/u/.ssh"),
            ("/private/var/home/u", "/home/u"),
            ("/var/spool/mail/u", "/var/mail/u"),
            ("/System/Volumes/Data/usr/home/u", "/home/u"),
        ] {
            assert!(texts(path).contains(&other.to_owned()), "{path}: {:?}", texts(path));
        }
        assert!(
            is_linked("/usr/bin/env") && !is_linked("/workspace") && !is_linked("/etcetera") && !is_linked("/home/u")
        );
    }

    /// Every name of the table and each that its own spellings have, with something below it.
    fn names() -> Vec<String> {
        let own = NAMES.iter().flat_map(|names| [names.usual, names.other]).filter(|name| !name.is_empty());
        let own =
            own.map(|name| format!("{name}/x")).chain(["/x".to_owned(), "/usr/x".to_owned(), "/var/x".to_owned()]);
        let mut all: Vec<String> = own.flat_map(|name| texts(&name)).collect();
        all.sort();
        all.dedup();
        all
    }

    #[test]
    fn every_chain_of_links_ends_and_the_end_is_one() {
        for path in names() {
            let all = texts(&path);
            assert!(all.len() < MOST / 2, "{path} has {} spellings", all.len());
            let end = usual(&folded(&path));
            assert!(all.iter().any(|spelling| spelling == end.as_str()), "{path} has no spelling {}", end.as_str());
            for spelling in &all {
                assert_eq!(usual(&folded(spelling)).as_str(), end.as_str(), "{path} and {spelling}");
                assert_eq!(is_linked(spelling), texts(spelling).len() > 1, "{spelling}");
            }
        }
    }

    #[test]
    fn what_is_near_no_link_finds_a_path_by_its_first_spelling_or_not_at_all() {
        let mut directories = names();
        directories
            .extend(["/", "/usr", "/private", "/system", "/system/volumes", "/workspace", "/usrx"].map(str::to_owned));
        let moved = directories.clone().into_iter().map(|path| format!("/system/volumes/data{path}"));
        let paths: Vec<String> = directories.iter().cloned().chain(moved).collect();
        for directory in &directories {
            let holds = |spelling: &Spelling| crate::path::within(spelling.as_str(), directory);
            for path in &paths {
                let found = spellings_near(path, near(directory)).iter().any(holds);
                assert_eq!(found, spellings(path).iter().any(holds), "{path} in {directory}");
            }
        }
        assert!(!near("/workspace") && !near("/usrx") && near("/usr") && near("/etc/ssh"));
    }

    /// What holds one spelling of a path, for sure or perhaps, holds every other too; but for what lies above people's homes
    /// on a few systems.
    #[test]
    fn what_one_spelling_may_be_in_no_other_is_surely_outside_of() {
        use crate::path::{Directory, equal};
        use crate::pattern::PathGlob;
        let paths = names();
        let agree = |base: &str, may: &dyn Fn(&str) -> bool| {
            for one in &paths {
                let held = may(one);
                texts(one).iter().for_each(|other| assert_eq!(held, may(other), "{one} and {other} in {base}"));
            }
        };
        for base in &paths {
            let directory = Directory::new(base).unwrap();
            agree(base, &|path| directory.holds(path) != Ok(false));
            agree(base, &|path| equal(path, base) != Ok(false));
            let parent = base.trim_end_matches("/x");
            let above = |parent: &String| {
                NAMES.iter().any(|names| names.kind == Kind::Home && below(names.other, parent).is_some())
            };
            if texts(parent).iter().any(above) {
                continue;
            }
            for glob in ["/*", "/**", "/[xyz]"].map(|end| PathGlob::parse(&format!("{parent}{end}")).unwrap()) {
                agree(glob.as_str(), &|path| glob.holds(path) != Ok(false));
            }
        }
    }
}
