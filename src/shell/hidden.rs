//! Paths that may hide in words of which a row says no more than that they are data: `-fopt-info=/etc/x`, `key=@/etc/x`.
//!
//! A row says of few values that they are never files (`text`). Of the others it is not known, so that one that looks like
//! a path out of where the program works leaves the files of the command untold. A path below there does no harm.

use super::programs::{Effect, Is, Part, Role, pair};
use super::script::Word;

/// Characters that may stand before a path within a word.
const BEFORE: &[char] = &[
    '=', ':', ',', '@', ';', '|', '"', '\'', '(', '[', '{', '<', '>', '#', '%', '\n', '\t', ' ', ']', ')', '&', '+',
    '!',
];

/// Whether a part of a command, data as far as its row knows, holds what looks like a path elsewhere.
pub(super) fn hides_a_path(part: &Part<'_>, words: &[Word]) -> bool {
    let own = words.get(part.at);
    match &part.is {
        Is::Option { option, value, .. } => {
            let value = value.as_ref().map(|value| &value.word);
            match option.effect() {
                // The word itself too: a row's `-f*` is any that begins so.
                Effect::Harmless => [own, value].into_iter().flatten().any(leads_out),
                // A glob of a row, `-femit-bin=*`, whose path stands in the word itself.
                effect if is_of_files(effect) && value.is_none() => own.is_some_and(leads_out),
                effect => value.is_some_and(|word| of_effect(effect, word)),
            }
        }
        // All that stands behind is handed on.
        Is::Operand(Role::One(Effect::Handed)) => words.iter().skip(part.at).any(leads_out),
        Is::Operand(Role::One(Effect::Task)) => words.iter().skip(part.at).any(may_lead_out),
        Is::Operand(Role::One(effect)) => match pair(part.row, own) {
            Some((Some(effect), value)) => of_effect(effect, &value),
            Some((None, _)) => false,
            None => own.is_some_and(|word| of_effect(*effect, word)),
        },
        Is::Nothing { .. } => own.is_some_and(leads_out),
        _ => false,
    }
}

fn of_effect(effect: Effect, word: &Word) -> bool {
    match effect {
        Effect::Harmless | Effect::Plain | Effect::Handed | Effect::Setting => leads_out(word),
        Effect::Connects => is_file(known(word)) || may_be_any_address(word),
        effect if is_of_files(effect) => names_another(known(word)),
        _ => false,
    }
}

const fn is_of_files(effect: Effect) -> bool {
    matches!(
        effect,
        Effect::Reads | Effect::Target | Effect::Moves | Effect::Writes | Effect::Script | Effect::Directory
    )
}

/// Whether a path has another in it: `id=x,src=/etc/passwd`, `@/etc/x`, `[f=mp4]/etc/x`. What stands behind a `:` is a place in a
/// container, or on another machine.
fn names_another(text: &str) -> bool {
    let scheme = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    let mut pieces = text.split(['=', ',', '@', '[', ']', '|', ';', '"', '\'']);
    pieces.next();
    scheme || pieces.any(begins_outside)
}

/// The beginning of a word that is known.
fn known(word: &Word) -> &str {
    match word {
        Word::Literal(text) => text,
        Word::Dynamic { prefix, .. } => prefix,
    }
}

/// Whether not even the scheme or the host of an address is known.
fn may_be_any_address(word: &Word) -> bool {
    matches!(word, Word::Dynamic { prefix, .. } if !prefix.contains([':', '/', '.']))
}

/// Whether an address is a file of this machine.
fn is_file(address: &str) -> bool {
    let scheme = address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    let leads_up = |up: &str| address.strip_prefix(up).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    scheme || address.starts_with(['/', '~']) || leads_up("..") || leads_up("./..")
}

/// Whether a word holds what looks like a path out of where the program works.
pub(super) fn leads_out(word: &Word) -> bool {
    let text = known(word);
    // What stands behind the `:` of an address is a host.
    let is_host = |at: usize, piece: &str| {
        piece.starts_with("//")
            && text.get(..at).is_some_and(|before| before.ends_with(':'))
            && !is_file_scheme(text, at)
    };
    let mut at = 0;
    text.split(BEFORE).any(|piece| {
        let from = at;
        at += piece.len() + 1;
        begins_outside(piece) && !is_host(from, piece)
    })
}

/// Whether a word holds such a path, or is not known.
fn may_lead_out(word: &Word) -> bool {
    let below = matches!(word, Word::Literal(_) | Word::Dynamic { below: Some(_), .. });
    !below || leads_out(word)
}

fn is_file_scheme(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.to_ascii_lowercase().ends_with("file:") || before.ends_with("fileb:")
}

fn begins_outside(text: &str) -> bool {
    text.starts_with(['/', '~']) || text.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any word of no known role with a path out in it, whatever stands before the path, leaves files untold; one below does not.
    #[test]
    fn a_path_out_is_seen_behind_any_mark() {
        for before in ["", "--x=", "-fdump=", "type=local,dest=", "k=@", "json:", "[f=mp4]", "a|", "file:", "'"] {
            for path in ["/etc/x", "~/x", "../x", "a/../../x", ".."] {
                assert!(leads_out(&Word::literal(format!("{before}{path}").as_str())), "{before}{path}");
            }
            for path in ["etc/x", "x", "a..b", "./x", "", "https://h/x", "x~"] {
                assert!(!leads_out(&Word::literal(format!("{before}{path}").as_str())), "{before}{path}");
            }
        }
    }

    #[test]
    fn an_address_is_a_file_by_its_scheme_or_its_beginning() {
        for address in ["file:///etc/x", "FILE:/etc/x", "/srv/x.git", "~/x", "../x"] {
            assert!(is_file(address), "{address}");
        }
        for address in ["https://h/../x", "git@h:a/b", "h:/srv/x", "localhost:80/~x"] {
            assert!(!is_file(address), "{address}");
        }
    }
}
