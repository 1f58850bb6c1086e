//! The wildcard notation: text to pieces.
//!
//! One reader for names, paths and texts; what differs between them is the [`Language`]. Alternatives stay a tree and
//! are never multiplied out, so a pattern's automaton is no longer than its text.

use std::iter::Peekable;
use std::str::CharIndices;

use super::error::PatternError;
use super::language::{Class, Language, class, difference};

/// The deepest nesting of `{…}`.
const MAX_DEPTH: usize = 8;

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Piece {
    /// This character.
    Literal(char),
    /// Exactly one character of the class.
    One(Class),
    /// Any number of characters of the class.
    Run(Class),
    /// Any number of path components, each with the `/` after it.
    Components,
    /// Any one or more path components to the end; the byte offset is where it was written.
    Below(usize),
    /// One of several sequences.
    Either(Vec<Vec<Piece>>),
}

impl Piece {
    /// One character of a class; a class of one is that character.
    fn one(class: Class) -> Self {
        match *class {
            [(first, last)] if first == last => Self::Literal(first),
            _ => Self::One(class),
        }
    }

    /// The character, where no other would do.
    pub(super) const fn as_literal(&self) -> Option<char> {
        match self {
            Self::Literal(character) => Some(*character),
            _ => None,
        }
    }
}

/// Reads a pattern of at most `longest` bytes.
pub(super) fn parse(text: &str, language: Language, longest: usize) -> Result<Vec<Piece>, PatternError> {
    if text.is_empty() {
        let help = format!("write a {}, `*` for every one", language.noun());
        return Err(PatternError::new(0, 0, "the pattern is empty").help(help));
    }
    if text.len() > longest {
        let message = format!("the pattern has {} bytes, at most {longest} are allowed", text.len());
        return Err(PatternError::new(0, text.len(), message));
    }
    let wild = language.wild();
    let mut reader = Reader { text, language, wild, rest: text.char_indices().peekable(), open: Vec::new() };
    let pieces = reader.sequence()?;
    match reader.rest.next() {
        None => Ok(pieces),
        Some((at, _)) => Err(PatternError::new(at, at + 1, "`}` closes nothing").help("remove it")),
    }
}

struct Reader<'a> {
    text: &'a str,
    language: Language,
    /// What a wildcard may stand for.
    wild: Class,
    rest: Peekable<CharIndices<'a>>,
    /// Where each `{` that is not yet closed stands.
    open: Vec<usize>,
}

impl Reader<'_> {
    /// Pieces up to the end, or up to the `,` or `}` that ends an alternative.
    fn sequence(&mut self) -> Result<Vec<Piece>, PatternError> {
        let mut pieces = Vec::new();
        while let Some(&(at, character)) = self.rest.peek() {
            if character == '}' || (character == ',' && !self.open.is_empty()) {
                break;
            }
            self.rest.next();
            self.piece(at, character, &mut pieces)?;
        }
        Ok(pieces)
    }

    fn piece(&mut self, at: usize, character: char, pieces: &mut Vec<Piece>) -> Result<(), PatternError> {
        match character {
            '*' => return self.star(at, pieces),
            '?' => pieces.push(Piece::One(Class::clone(&self.wild))),
            '[' => pieces.push(self.class(at)?),
            '{' => pieces.push(self.alternatives(at)?),
            '\\' => pieces.push(self.escape(at)?),
            _ => pieces.push(self.literal(at, character)?),
        }
        Ok(())
    }

    fn literal(&self, at: usize, character: char) -> Result<Piece, PatternError> {
        if self.language.holds(character) {
            return Ok(Piece::Literal(character));
        }
        let message = format!("no {} holds {}", self.language.noun(), shown(character));
        let help = format!("a {} is made of {}", self.language.noun(), self.language.characters());
        Err(PatternError::new(at, at + character.len_utf8(), message).help(help))
    }

    fn escape(&mut self, at: usize) -> Result<Piece, PatternError> {
        match self.language {
            Language::Capability | Language::Agent => self.literal(at, '\\'),
            Language::Path => Err(PatternError::new(at, at + 1, "`\\` is not understood in a path glob")
                .help("separate components with `/`; for a literal wildcard write it as a class, `[*]`")),
            Language::Text => match self.rest.next() {
                Some((_, character)) => Ok(Piece::Literal(character)),
                None => Err(PatternError::new(at, at + 1, "nothing follows `\\`").help("write `\\\\` for a backslash")),
            },
        }
    }

    fn star(&mut self, at: usize, pieces: &mut Vec<Piece>) -> Result<(), PatternError> {
        if self.rest.next_if(|&(_, next)| next == '*').is_none() {
            pieces.push(Piece::Run(Class::clone(&self.wild)));
            return Ok(());
        }
        match self.language {
            Language::Path => self.double_star(at, pieces),
            language => {
                let help = format!("write `*`: in a {} pattern it already matches any run", language.noun());
                Err(PatternError::new(at, at + 2, "`**` says no more than `*`").help(help))
            }
        }
    }

    fn double_star(&mut self, at: usize, pieces: &mut Vec<Piece>) -> Result<(), PatternError> {
        let before = self.text.get(..at).unwrap_or_default();
        if before.is_empty() {
            pieces.push(Piece::Literal('/'));
        } else if !before.ends_with('/') {
            return Err(not_a_component(at));
        }
        match self.rest.peek().copied() {
            None | Some((_, ',' | '}')) if self.is_root(pieces) => pieces.push(Piece::Run(self.language.alphabet())),
            None | Some((_, ',' | '}')) => pieces.push(Piece::Below(at)),
            Some((_, '/')) => {
                self.rest.next();
                if !self.text.get(at + 3..).unwrap_or_default().starts_with("**") {
                    pieces.push(Piece::Components);
                }
            }
            Some(_) => return Err(not_a_component(at)),
        }
        Ok(())
    }

    /// Whether the pieces read so far are the `/` a path begins with. The root has no name of its own that `/**` could
    /// be below of, so there `**` is every path.
    fn is_root(&self, pieces: &[Piece]) -> bool {
        matches!(pieces, [only] if only.as_literal() == Some('/')) && matches!(self.open.as_slice(), [] | [0])
    }

    fn alternatives(&mut self, at: usize) -> Result<Piece, PatternError> {
        self.open.push(at);
        if self.open.len() > MAX_DEPTH {
            let message = format!("alternatives are nested {} deep, at most {MAX_DEPTH} are allowed", self.open.len());
            return Err(PatternError::new(at, at + 1, message));
        }
        let mut all = Vec::new();
        loop {
            let start = self.rest.peek().map_or(self.text.len(), |&(start, _)| start);
            let pieces = self.sequence()?;
            let Some((end, closing)) = self.rest.next() else {
                return Err(PatternError::new(at, at + 1, "`{` is never closed").help("close it with `}`"));
            };
            if pieces.is_empty() {
                return Err(PatternError::new(start.min(end), end + 1, "an alternative is empty")
                    .help("write the pattern without it as an entry of its own"));
            }
            all.push(pieces);
            if closing == '}' {
                break;
            }
        }
        self.open.pop();
        Ok(Piece::Either(all))
    }

    fn class(&mut self, at: usize) -> Result<Piece, PatternError> {
        let negated = self.rest.next_if(|&(_, next)| matches!(next, '!' | '^')).is_some();
        let mut listed = Vec::new();
        loop {
            match self.rest.next() {
                None => return Err(PatternError::new(at, at + 1, "`[` is never closed").help("close it with `]`")),
                Some((end, ']')) if listed.is_empty() => {
                    return Err(
                        PatternError::new(at, end + 1, "the class is empty").help("list its characters: `[abc]`")
                    );
                }
                Some((_, ']')) => break,
                Some((start, first)) => listed.push(self.range(start, first)?),
            }
        }
        Ok(Piece::one(if negated { difference(&self.wild, &listed) } else { class(&listed) }))
    }

    /// One character of a class, or two with `-` between them.
    fn range(&mut self, start: usize, first: char) -> Result<(char, char), PatternError> {
        let first = self.member(start, first)?;
        let mut ahead = self.rest.clone();
        let last = match (ahead.next(), ahead.next()) {
            (Some((_, '-')), Some((at, last))) if last != ']' => {
                self.rest.next();
                self.rest.next();
                self.member(at, last)?
            }
            _ => return Ok((first, first)),
        };
        let end = self.rest.peek().map_or(self.text.len(), |&(at, _)| at);
        if last < first {
            return Err(PatternError::new(start, end, format!("the range `{first}-{last}` is empty"))
                .help(format!("write `{last}-{first}`")));
        }
        if self.language != Language::Text && !same_kind(first, last) {
            let message = format!("the range `{first}-{last}` takes in characters of different kinds");
            return Err(PatternError::new(start, end, message).help("write one range for each kind: `[a-zA-Z0-9]`"));
        }
        Ok((first, last))
    }

    fn member(&mut self, at: usize, character: char) -> Result<char, PatternError> {
        if character == '\\' && self.language == Language::Text {
            return self.rest.next().map(|(_, escaped)| escaped).ok_or_else(|| {
                PatternError::new(at, at + 1, "nothing follows `\\`").help("write `\\\\` for a backslash")
            });
        }
        if character == '/' && self.language == Language::Path {
            return Err(PatternError::new(at, at + 1, "a class cannot hold `/`")
                .help("a class stands for one character of one component; write `/` outside"));
        }
        self.literal(at, character).map(|_| character)
    }
}

/// Whether a range between the two holds only characters of their own kind.
fn same_kind(first: char, last: char) -> bool {
    let both = |kind: fn(&char) -> bool| kind(&first) && kind(&last);
    first == last
        || both(char::is_ascii_lowercase)
        || both(char::is_ascii_uppercase)
        || both(char::is_ascii_digit)
        || both(|character| !character.is_ascii())
}

fn not_a_component(at: usize) -> PatternError {
    PatternError::new(at, at + 2, "`**` must be a whole component")
        .help("write `/**/` for any number of directories, `/**` at the end for all below, `*` within a component")
}

fn shown(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        character if character.is_control() => format!("U+{:04X}", u32::from(character)),
        character => format!("`{character}`"),
    }
}

/// The first `**` that ends an alternative while something follows the alternatives, by its offset.
pub(super) fn misplaced_below(pieces: &[Piece], last: bool) -> Option<usize> {
    let end = pieces.len();
    pieces.iter().enumerate().find_map(|(at, piece)| {
        let last = last && at + 1 == end;
        match piece {
            Piece::Below(offset) if !last => Some(*offset),
            Piece::Either(all) => all.iter().find_map(|pieces| misplaced_below(pieces, last)),
            _ => None,
        }
    })
}

/// A pattern without needless structure: alternatives that are one sequence are that sequence.
pub(super) fn flattened(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut flat = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Either(mut all) => {
                all = all.into_iter().map(flattened).collect();
                all.dedup();
                match <[Vec<Piece>; 1]>::try_from(all) {
                    Ok([only]) => flat.extend(only),
                    Err(all) => flat.push(Piece::Either(all)),
                }
            }
            Piece::Run(class) if flat.last() == Some(&Piece::Run(Class::clone(&class))) => {}
            piece => flat.push(piece),
        }
    }
    flat
}
