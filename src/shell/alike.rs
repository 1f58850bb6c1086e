//! Texts that a program may take for one thing though they differ: modes of files, `KEY=VALUE` in several spellings, numbers;
//! and paths that are one.
//!
//! Knows no program: what looks alike is not told apart, and never taken for equal; paths are.

/// Whether two texts may mean one thing.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    if is_mode(one) && is_mode(other) && (is_symbolic(one) || is_symbolic(other)) {
        return true;
    }
    plain(one) == plain(other)
}

/// Whether a text of which only the beginning is known may turn out to mean what another does.
pub(super) fn may_be_alike(begun: &str, wanted: &str) -> bool {
    let of_mode = begun.bytes().all(|byte| b"ugoarwxXst+-=,01234567".contains(&byte));
    if is_mode(wanted) && of_mode {
        return true;
    }
    let bare = |text: &str| text.to_lowercase().replace(['"', '\''], "");
    let (begun, wanted) = (bare(begun), bare(wanted));
    let ends = |text: &str| text.find(|char: char| char == '=' || char.is_whitespace());
    match (ends(&begun), ends(&wanted)) {
        // The key is told, its value may be spelt in other words.
        (Some(at), Some(end)) => begun.get(..at) == wanted.get(..end),
        (None, _) => wanted.starts_with(&begun) || begun.bytes().all(|byte| byte.is_ascii_digit()),
        (Some(_), None) => false,
    }
}

/// What stands around the parts of a name: `root:root`, `x=1.0`, `x.service`, `origin/main`.
const AROUND: &[char] =
    &[':', '@', '=', '+', '#', '/', '.', ',', '[', ']', '~', '^', '{', '}', '<', '>', '!', ';', '%', '*', ' '];

/// The parts of a name.
fn parts(text: &str) -> Vec<String> {
    let parts = text.split(AROUND).map(|part| part.trim_end_matches('-').to_lowercase());
    parts.filter(|part| !part.is_empty()).collect()
}

/// Whether one of two names is the other with more about it.
pub(super) fn holds(one: &str, other: &str) -> bool {
    let (one, other) = (parts(one), parts(other));
    let within = |less: &[String], more: &[String]| !less.is_empty() && less.iter().all(|part| more.contains(part));
    within(&one, &other) || within(&other, &one)
}

/// Whether a name of which only the beginning is known may turn out so.
pub(super) fn may_hold(begun: &str, wanted: &str) -> bool {
    let (known, last) = begun.rfind(AROUND).map_or(("", begun), |at| begun.split_at(at + 1));
    let (known, last, wanted) = (parts(known), last.to_lowercase(), parts(wanted));
    known.iter().all(|part| wanted.contains(part)) && wanted.iter().any(|part| part.starts_with(&last))
        || known.iter().any(|part| wanted.contains(part))
}

/// Whether a name may be a number or an identifier: `0`, `+0`, `#1000`, `4c01db0b339c`.
pub(super) fn is_number(text: &str) -> bool {
    let parts = parts(text);
    parts.is_empty() || parts.iter().any(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'))
}

/// Whether a text may be a mode of `chmod`: `777`, `0777`, `a+rwx,o-w`.
fn is_mode(text: &str) -> bool {
    let octal = (1..=5).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    octal || is_symbolic(text)
}

fn is_symbolic(text: &str) -> bool {
    text.split(',').all(|clause| {
        let mode = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        let known = |byte: u8| b"rwxXstugo+-=01234567".contains(&byte);
        mode.starts_with(['+', '-', '=']) && mode.bytes().all(known)
    })
}

/// A text without what programs commonly overlook: case, quotes, blanks, `=` for a blank, leading zeros, words for yes and no.
fn plain(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['"', '\''], "");
    let words = lower.split(|char: char| char == '=' || char.is_whitespace()).filter(|word| !word.is_empty());
    words.map(|word| plain_word(word).to_owned()).collect()
}

fn plain_word(word: &str) -> &str {
    match word {
        "yes" | "on" | "true" | "1" => "1",
        "no" | "off" | "false" | "0" | "none" => "0",
        _ if word.bytes().all(|byte| byte.is_ascii_digit()) => match word.trim_start_matches('0') {
            "" => "0",
            number => number,
        },
        _ => word,
    }
}

/// Whether two paths are one, as far as their text tells.
pub(super) fn same_path(one: &str, other: &str) -> bool {
    one == other || lexical(one) == lexical(other)
}

/// A path's components, `.`, doubled slashes and `..` behind a name taken out.
fn lexical(path: &str) -> (bool, Vec<&str>) {
    let mut parts: Vec<&str> = Vec::new();
    let rooted = path.starts_with('/');
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => drop(parts.pop()),
            None if part == ".." && rooted => {}
            _ => parts.push(part),
        }
    }
    (rooted, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_pairs_in_other_spellings_are_alike() {
        for (one, other) in [
            ("777", "0777"),
            ("777", "a+rwx"),
            ("777", "ugo=rwx"),
            ("u+s", "4755"),
            ("StrictHostKeyChecking=no", "stricthostkeychecking=NO"),
            ("StrictHostKeyChecking=no", "StrictHostKeyChecking no"),
            ("StrictHostKeyChecking=no", "StrictHostKeyChecking = \"off\""),
        ] {
            assert!(is_alike(one, other) && is_alike(other, one), "{one} {other}");
        }
        for (one, other) in [("777", "755"), ("main", "mine"), ("a=b", "a=c"), ("up", "down")] {
            assert!(!is_alike(one, other), "{one} {other}");
        }
    }
}
