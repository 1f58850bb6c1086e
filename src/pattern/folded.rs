//! A path glob as it reads folded paths: letters in lower case, in one Unicode form.
//!
//! Classes that hold more than ASCII are left alone: what is outside of a class must not come in by folding it.

use super::language::{Class, class};
use super::syntax::Piece;
use crate::path;

/// The pieces that match the folded spellings of what these match: at their start the usual name of what they name.
pub(super) fn folded(pieces: &[Piece]) -> Vec<Piece> {
    let mut folded = lower(pieces);
    let literal: String = folded.iter().map_while(Piece::as_literal).collect();
    let all = literal.chars().count();
    // what follows the last border belongs to a component that is not yet whole, unless the glob ends there
    let whole = if all == folded.len() {
        literal.as_str()
    } else {
        literal.rfind('/').map_or("", |at| literal.get(..at).unwrap_or(""))
    };
    if !whole.is_empty() {
        let usual = path::usual(&path::folded(whole));
        folded.splice(..whole.chars().count(), usual.as_str().chars().map(Piece::Literal));
    }
    folded
}

fn lower(pieces: &[Piece]) -> Vec<Piece> {
    let mut folded = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Literal(character) => literal(*character, &mut folded),
            Piece::One(class) => folded.push(Piece::One(lowered(class))),
            Piece::Run(class) => folded.push(Piece::Run(lowered(class))),
            Piece::Either(all) => folded.push(Piece::Either(all.iter().map(|pieces| lower(pieces)).collect())),
            other => folded.push(other.clone()),
        }
    }
    folded
}

fn literal(character: char, folded: &mut Vec<Piece>) {
    if character.is_ascii() {
        return folded.push(Piece::Literal(character.to_ascii_lowercase()));
    }
    let spelling = path::folded(&format!("/{character}"));
    folded.extend(spelling.as_str().chars().skip(1).map(Piece::Literal));
}

/// The class with the small letter of each capital in it.
fn lowered(own: &Class) -> Class {
    if own.iter().any(|(_, last)| !last.is_ascii()) {
        return Class::clone(own);
    }
    let capital = |(first, last): &(char, char)| {
        let (first, last) = ((*first).max('A'), (*last).min('Z'));
        (first <= last).then_some((first.to_ascii_lowercase(), last.to_ascii_lowercase()))
    };
    let ranges: Vec<(char, char)> = own.iter().copied().chain(own.iter().filter_map(capital)).collect();
    class(&ranges)
}
