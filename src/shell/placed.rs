//! A command's paths from where it works: `rm -rf etc` in `/` is `rm -rf /etc`.

use super::alike::same_path;
use super::programs::{self, Is, Role, Row};
use super::script::Word;

/// Where a command works, as far as it is known.
#[derive(Clone, Copy)]
pub(super) struct Working<'s> {
    /// The directory of the invocation.
    pub(super) directory: Option<&'s str>,
    /// Whether the text goes elsewhere before.
    pub(super) moved: bool,
}

/// The command with its relative paths made absolute: as those of an entry that they may be where it moved, and else below the
/// directory; nothing where nothing changes.
pub(super) fn placed(row: Row<'_>, words: &[Word], entry: &[Word], working: Working<'_>) -> Option<Vec<Word>> {
    if !working.moved && working.directory.is_none() {
        return None;
    }
    let mut found = words.to_vec();
    for part in programs::read(row, words).parts {
        let Is::Operand(role) = part.is else { continue };
        let Some(whole) = words.get(part.at).and_then(Word::as_literal) else { continue };
        let (key, text) = match (programs::pair(part.row, words.get(part.at)), role) {
            (Some((Some(effect), _)), _) if effect.is_path() => whole.split_at(whole.find('=').map_or(0, |at| at + 1)),
            (None, Role::One(effect)) if effect.is_path() => ("", whole),
            _ => continue,
        };
        if text.starts_with(['/', '~']) {
            continue;
        }
        let place = match working.directory.filter(|_| !working.moved) {
            Some(directory) => Some(format!("{key}{directory}/{text}")),
            None => {
                let mut own = entry.iter().filter_map(Word::as_literal);
                own.find(|own| own.strip_prefix(key).is_some_and(|own| may_be(text, own))).map(str::to_owned)
            }
        };
        if let (Some(place), Some(word)) = (place, found.get_mut(part.at)) {
            *word = Word::literal(place.as_str());
        }
    }
    (found != words).then_some(found)
}

/// Whether a relative path may be an absolute one, somewhere.
fn may_be(relative: &str, own: &str) -> bool {
    if !own.starts_with('/') {
        return false;
    }
    let climbs = relative.split('/').any(|part| part == "..") || same_path(relative, ".");
    let end = own.trim_end_matches('/').ends_with(&format!("/{}", relative.trim_matches('/').trim_start_matches("./")));
    climbs || end
}
