//! Variables whose value a text tells: set in it, to a text that is known, where nothing else can have set them since; and
//! loops, whose words the variable has one after the other.
//!
//! What a branch or a part of a pipeline sets is not known behind it, what a loop sets is not known in it, and nothing is known
//! where a text defines functions or runs what it puts together. Knows nothing of programs.

use std::sync::Arc;

use super::cursor::{Cursor, Step};
use super::read::{Carried, Number, Reader};
use super::script::Word;
use super::variables::{self, Meaning};

/// Most commands that a text has more by its loops being read for each of their words.
const MAX_UNROLLED: usize = 64;
/// How often the length of a text may be read again for its loops.
const REREADS: usize = 8;

/// Most variables whose values are kept.
const MAX_KNOWN: usize = 64;
/// Variables that shells set by themselves, though a text may set them too.
const SET_BY_SHELLS: &[&str] = &["COLUMNS", "LINES", "MATCH", "MBEGIN", "MEND", "match", "mbegin", "mend", "reply"];

/// What is known of variables at a place of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    values: Vec<(Arc<str>, Value)>,
}

/// What is known of a variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A text, or the beginning of one.
    Word(Word),
    /// Digits, or to some shells one word in braces: nothing that splits.
    Digits,
}

/// What loops may still cost.
#[derive(Debug)]
pub(super) struct Room {
    commands: usize,
    bytes: usize,
    /// Whether a loop is being read to learn what it sets.
    probing: bool,
}

impl Room {
    pub(super) fn of(text: &str) -> Self {
        Self { commands: MAX_UNROLLED, bytes: text.len().saturating_mul(REREADS), probing: false }
    }
}

impl Value {
    /// The value, if anything is known of it; quoted it is one word in any case.
    fn one(self) -> Option<Self> {
        match self {
            Self::Word(Word::Dynamic { prefix, .. }) if prefix.is_empty() => None,
            Self::Word(Word::Dynamic { prefix, below, .. }) => {
                Some(Self::Word(Word::Dynamic { prefix, splits: false, below }))
            }
            known => Some(known),
        }
    }
}

impl Known {
    fn forget(&mut self, name: &str) {
        self.values.retain(|(known, _)| **known != *name);
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    pub(super) fn clear(&mut self) {
        self.values.clear();
    }
}

/// Whether an unquoted expansion to a text is that one word to every shell: nothing in it splits, or is a pattern.
pub(super) fn is_one_word(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:,@%+=".contains(&byte);
    !text.is_empty() && !text.starts_with('=') && text.bytes().all(plain)
}

impl Reader<'_> {
    /// Takes note that a variable has another value from here on.
    pub(super) fn forgets(&mut self, name: &str) {
        self.carried.known.forget(name);
        self.reading.set.push(Arc::from(name));
    }

    /// Takes note of a variable's value.
    pub(super) fn knows(&mut self, name: &str, value: Value) {
        self.carried.known.forget(name);
        let Some(value) = value.one() else { return };
        let kept = variables::meaning(name) == Meaning::Shell || SET_BY_SHELLS.contains(&name);
        if !kept && self.tells() && self.carried.known.values.len() < MAX_KNOWN {
            self.carried.known.values.push((Arc::from(name), value));
        }
    }

    /// What is known of a variable here.
    pub(super) fn known(&self, name: &str) -> Option<Value> {
        self.carried.known.get(name).filter(|_| self.tells()).cloned()
    }

    /// Whether a text tells what variables hold.
    fn tells(&self) -> bool {
        self.reading.functions.is_empty() && !self.reading.opaque
    }

    /// How many variables were set up to here.
    pub(super) const fn set_so_far(&self) -> usize {
        self.reading.set.len()
    }

    /// Forgets what was set since a place, because it may not have been.
    pub(super) fn forget_since(&mut self, from: usize) {
        for name in self.reading.set.get(from..).unwrap_or_default() {
            self.carried.known.forget(name);
        }
    }

    /// Reads a loop, whose variable has these values one after the other, and which may begin again.
    pub(super) fn looped(
        &mut self,
        variable: Option<(&str, &[Option<Value>])>,
        inner: impl Fn(&mut Self) -> Step<()>,
    ) -> Step<()> {
        let begin = Begin::of(self);
        let before = self.carried.known.clone();
        let probing = std::mem::replace(&mut self.room.probing, true);
        self.carried.known.clear();
        let read = inner(self);
        self.room.probing = probing;
        read?;
        // What the loop sets is known neither in it, where it may run again, nor behind it.
        let mut stays = before;
        for name in self.reading.set.get(begin.set..).unwrap_or_default() {
            stays.forget(name);
        }
        let (name, values) = variable.unwrap_or(("", &[]));
        let set_inside = self.reading.set.get(begin.set..).unwrap_or_default().iter().any(|set| **set == *name);
        stays.forget(name);
        if let Some(passes) = self.passes(&begin, &stays, if set_inside { &[] } else { values }) {
            begin.again(self);
            for value in passes {
                self.cursor = begin.cursor;
                self.carried.known = stays.clone();
                if let Some(value) = value {
                    self.knows(name, value);
                }
                inner(self)?;
            }
        }
        self.carried.known = stays;
        Ok(())
    }

    /// The values for which a loop is read again; nothing where what was read is all that can be told.
    fn passes(&mut self, begin: &Begin<'_>, stays: &Known, values: &[Option<Value>]) -> Option<Vec<Option<Value>>> {
        if self.room.probing || begin.opaque || self.reading.evaluates || !self.reading.functions.is_empty() {
            return None;
        }
        let (length, commands) = (self.cursor.at.saturating_sub(begin.cursor.at), self.count() - begin.commands);
        let fits = |passes: usize| {
            let more = commands.saturating_mul(passes.saturating_sub(1));
            let bytes = length.saturating_mul(passes);
            (more <= self.room.commands && bytes <= self.room.bytes).then_some((more, bytes))
        };
        // Where a name is not known, what it may set matters to what runs behind it: in the next pass, which is read by itself.
        let passes = if values.iter().any(Option::is_some) && fits(values.len()).is_some() {
            values.to_vec()
        } else if stays.values.is_empty() || !self.tells() {
            Vec::new()
        } else {
            vec![None]
        };
        let (more, bytes) = fits(passes.len()).filter(|_| !passes.is_empty())?;
        self.room.commands -= more;
        self.room.bytes -= bytes;
        Some(passes)
    }
}

/// Where a loop begins: what is taken back when it is read again.
struct Begin<'t> {
    cursor: Cursor<'t>,
    carried: Carried,
    commands: usize,
    opened: usize,
    doubts: usize,
    arithmetic: usize,
    set: usize,
    opaque: bool,
}

impl<'t> Begin<'t> {
    fn of(reader: &Reader<'t>) -> Self {
        let reading = &reader.reading;
        Self {
            cursor: reader.cursor,
            carried: reader.carried.clone(),
            commands: reading.commands.len(),
            opened: reading.opened.len(),
            doubts: reading.doubts.len(),
            arithmetic: reading.arithmetic.len(),
            set: reading.set.len(),
            opaque: reading.opaque,
        }
    }

    /// Takes back what was read since; what is known of numbers stays, being the worst of both.
    fn again(&self, reader: &mut Reader<'t>) {
        reader.cursor = self.cursor;
        reader.carried = self.carried.clone();
        let reading = &mut reader.reading;
        reading.commands.truncate(self.commands);
        reading.opened.truncate(self.opened);
        reading.doubts.truncate(self.doubts);
        reading.arithmetic.truncate(self.arithmetic);
        reading.opaque = self.opaque;
    }
}

/// The values that a word of a loop gives its variable.
pub(super) fn of_loop_word(word: &Word, number: &Number) -> Option<Value> {
    match word {
        Word::Literal(_) => Some(Value::Word(word.clone())),
        Word::Dynamic { .. } if matches!(number, Number::Yes | Number::Printed | Number::Single) => Some(Value::Digits),
        Word::Dynamic { prefix, .. } if prefix.is_empty() => None,
        Word::Dynamic { prefix, below, .. } => {
            Some(Value::Word(Word::Dynamic { prefix: prefix.clone(), splits: false, below: below.clone() }))
        }
    }
}
