//! Programs in the languages of `sed` and `awk`: whether they only print.
//!
//! What is not certainly harmless is not; no attempt is made to follow a program.

use super::Question;

/// Whether a program of `sed` only prints, deletes and substitutes.
pub(super) fn sed_is_harmless(program: &str) -> bool {
    let mut rest = program.trim_start_matches([' ', ';', '\n', '}']);
    while !rest.is_empty() {
        let Some(behind) = sed_address(rest).and_then(|rest| {
            let Some(rest) = rest.strip_prefix(',') else { return Some(rest) };
            sed_address(rest.trim_start_matches(['+', '~']))
        }) else {
            return false;
        };
        let behind = behind.trim_start_matches([' ', '!']);
        let mut chars = behind.chars();
        let behind = match chars.next() {
            Some('p' | 'd' | 'q' | '=' | 'n' | 'N' | 'g' | 'G' | 'h' | 'H' | 'x' | 'D' | 'P' | '{' | '}') => {
                Some(chars.as_str().trim_start_matches(|char: char| char.is_ascii_digit()))
            }
            Some('s') => sed_substitution(chars.as_str()),
            Some('y') => sed_delimited(chars.as_str(), 2),
            _ => None,
        };
        let Some(behind) = behind else { return false };
        let opens = behind.len() < rest.len() && rest.trim_end_matches(behind).ends_with('{');
        if !(behind.is_empty() || opens || behind.starts_with([' ', ';', '\n', '}'])) {
            return false;
        }
        rest = behind.trim_start_matches([' ', ';', '\n', '}']);
    }
    true
}

/// What stands behind an address: a line's number, `$`, or a regular expression.
fn sed_address(text: &str) -> Option<&str> {
    match text.chars().next() {
        Some('$') => text.strip_prefix('$'),
        Some('/') => sed_delimited(text, 1).map(|rest| rest.trim_start_matches('I')),
        _ => Some(text.trim_start_matches(|char: char| char.is_ascii_digit() || char == '~')),
    }
}

/// What stands behind `s/a/b/flags`, the `s` taken off.
fn sed_substitution(text: &str) -> Option<&str> {
    let behind = sed_delimited(text, 2)?;
    Some(behind.trim_start_matches(|char: char| char.is_ascii_digit() || "gpiIM".contains(char)))
}

/// What stands behind parts that a character of choice ends; a bracket with that character in it is not told.
fn sed_delimited(text: &str, parts: usize) -> Option<&str> {
    let mut chars = text.chars();
    let delimiter = chars.next().filter(|char| char.is_ascii_punctuation() && *char != '\\')?;
    let mut bracket = false;
    for _ in 0..parts {
        loop {
            match chars.next()? {
                '\\' => drop(chars.next()?),
                '\n' => return None,
                char if char == delimiter && bracket => return None,
                char if char == delimiter => break,
                '[' => bracket = true,
                ']' => bracket = false,
                _ => {}
            }
        }
    }
    Some(chars.as_str())
}

/// Why a program of `awk` may run or write.
pub(super) fn awk_doubt(program: &str, question: Question) -> Option<&'static str> {
    let pipes = program.replace("||", "").contains('|');
    if pipes || program.contains("system") || program.contains("getline") || program.contains('@') {
        return Some("a program of `awk` that may run another");
    }
    let writes = program.split_once('{').is_some_and(|(_, actions)| actions.contains('>'));
    (writes && question == Question::Only).then_some("a program of `awk` that may write a file")
}
