//! A place in a text, and the few steps by which a reader goes on: blanks, signs, names, ends of lines.
//!
//! A line's end is more than a byte where a here-document waits for it, so that is kept here. Knows nothing of commands.

use std::ops::Range;

/// Why a text is not explained, and where that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) why: &'static str,
    pub(super) at: usize,
}

/// A step of reading.
pub(super) type Step<T> = Result<T, Refusal>;

/// A here-document whose operator was read: its body begins behind the line, and the text goes on behind the body.
#[derive(Clone, Copy, Debug)]
pub(super) struct HereDocument {
    /// Where the line of the operator ends.
    pub(super) line_end: usize,
    /// Where the line that ends the body ends.
    pub(super) body_end: usize,
}

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    /// The next byte.
    pub(super) at: usize,
    /// Where reading ends.
    pub(super) end: usize,
    /// The here-document that begins behind this line.
    pub(super) here: Option<HereDocument>,
}

/// Whether a byte ends a word.
pub(super) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// Whether a byte may begin a name.
fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Whether a byte may stand in a name.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, end: text.len(), here: None }
    }

    /// The byte at a place.
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied().filter(|_| at < self.end)
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.byte(self.at)
    }

    /// The byte so many behind the next.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.byte(self.at + ahead)
    }

    /// The byte before the next.
    pub(super) fn before(&self) -> Option<u8> {
        self.at.checked_sub(1).and_then(|at| self.byte(at))
    }

    /// The text from here on.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    /// The text of a range; nothing where it is none.
    pub(super) fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// Goes behind a sign if it stands here.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    /// Goes behind a sign, or refuses the text.
    pub(super) fn expect(&mut self, sign: &str, why: &'static str) -> Step<()> {
        if self.take(sign) { Ok(()) } else { Err(self.refusal(why)) }
    }

    /// The bytes from here on that fit, which are ASCII or whole characters.
    pub(super) fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| !fits(byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// A variable's name, if one stands here.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        self.peek().filter(|byte| begins_name(*byte))?;
        Some(self.take_while(is_name_byte))
    }

    /// The next character.
    pub(super) fn character(&mut self) -> Option<&'t str> {
        let length = self.rest().chars().next()?.len_utf8();
        let character = self.rest().get(..length);
        self.at += length;
        character
    }

    pub(super) fn refusal(&self, why: &'static str) -> Refusal {
        Refusal { why, at: self.at }
    }

    /// Whether a word ends here.
    pub(super) fn at_delimiter(&self) -> bool {
        self.peek().is_none_or(is_delimiter)
    }

    /// Whether a comment begins here; shells agree on that behind a blank and at the beginning of a command.
    pub(super) fn at_comment(&self) -> bool {
        self.peek() == Some(b'#') && self.before().is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b';'))
    }

    /// Goes behind blanks. A continued line is one where it could not be anything else: not inside an operator, nor
    /// before a comment or an empty line.
    pub(super) fn blanks(&mut self) -> Step<()> {
        loop {
            self.take_while(|byte| matches!(byte, b' ' | b'\t'));
            if !self.rest().starts_with("\\\n") {
                return Ok(());
            }
            if self.peek_at(2).is_none_or(|byte| byte == b'#' || is_delimiter(byte) && byte != b' ' && byte != b'\t') {
                return Err(self.refusal("a continued line that shells join in different ways"));
            }
            if self.here.is_some() {
                return Err(self.refusal("a continued line beside a here-document"));
            }
            self.at += 2;
        }
    }

    /// Whether a line that is continued here goes on with the same word.
    pub(super) fn joins_word(&self) -> bool {
        self.rest().starts_with("\\\n")
            && self.here.is_none()
            && self.peek_at(2).is_some_and(|byte| byte != b'#' && !is_delimiter(byte))
    }

    /// Goes behind the end of a line, and behind the here-document that begins there.
    pub(super) fn newline(&mut self) -> Step<bool> {
        if self.peek() != Some(b'\n') {
            return Ok(false);
        }
        match self.here.take() {
            None => self.at += 1,
            Some(here) if here.line_end == self.at => self.at = here.body_end,
            Some(_) => return Err(self.refusal("a here-document in a line that ends elsewhere")),
        }
        Ok(true)
    }
}
