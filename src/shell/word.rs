//! Words: quotes, escapes, globs, braces, and what a program gets of them.

use std::ops::Range;
use std::sync::Arc;

use super::cursor::{Step, is_delimiter};
use super::programs;
use super::read::{Arg, End, Number, Reader, Simple};
use super::script::{Input, Word};

/// A word while it is read.
#[derive(Default)]
pub(super) struct Draft {
    text: String,
    /// How much of the text is certain, once something is not.
    known: Option<usize>,
    /// Whether it may become several words or none.
    splits: bool,
    /// Where expansions are not split: in assignments, redirections, tests.
    single: bool,
    /// What its only part becomes.
    number: Option<Number>,
    /// The folder below which its only expansion is, where the word begins with that.
    below: Option<Arc<str>>,
    /// Parts that are no plain text.
    expansions: usize,
    /// Unquoted braces that are open, and where the outermost stands.
    braces: usize,
    brace: usize,
    /// Where an unquoted bracket stands.
    bracket: Option<usize>,
}

impl Draft {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Something that is known when the shell runs; unquoted it becomes any number of words, whose beginnings are their own.
    pub(super) fn expansion(&mut self, several: bool, number: Number) {
        self.expansions += 1;
        // Behind other text one number, or none, makes no other word.
        let joined = number == Number::Single && !self.text.is_empty();
        if several && !self.single && number != Number::Yes && !joined {
            self.splits = true;
            self.known = Some(0);
        } else {
            self.known = self.known.or(Some(self.text.len()));
        }
        self.number = Some(number);
    }

    /// What a variable is known to hold.
    pub(super) fn known_text(&mut self, text: &str) {
        self.push(text);
    }

    /// A variable that holds a path of a folder; what is known of it is its beginning.
    pub(super) fn begins_below(&mut self, prefix: &str, below: Option<Arc<str>>) {
        self.below = below.filter(|_| self.text.is_empty() && self.expansions == 0);
        self.push(prefix);
    }

    /// A `$` that is one.
    pub(super) fn dollar(&mut self) {
        self.push("$");
    }

    /// Whether what was read so far becomes a number.
    pub(super) fn number(&self) -> Number {
        match &self.number {
            Some(number) if self.expansions == 1 && self.text.is_empty() => number.clone(),
            None if self.known.is_none() && is_digits(&self.text) => Number::Yes,
            _ => Number::No,
        }
    }

    /// A pattern or brace, each of whose words begins as this one does up to a place.
    fn pattern(&mut self, at: usize) {
        self.known = Some(self.known.map_or(at, |known| known.min(at)));
        self.splits |= !self.single;
    }

    fn finish(self) -> Arg {
        let number = self.number();
        let word = match self.known {
            None => Word::literal(self.text),
            Some(known) => {
                let prefix = self.text.get(..known).unwrap_or_default();
                let below = match self.expansions {
                    0 => folder(&self.text, prefix),
                    // What stands behind the variable goes nowhere else.
                    1 if self.text.get(known..).is_some_and(is_suffix) => self.below,
                    _ => None,
                };
                Word::Dynamic { prefix: prefix.into(), splits: self.splits, below }
            }
        };
        Arg { word, number }
    }
}

/// Whether a text behind a path is only more of the name of its file.
fn is_suffix(text: &str) -> bool {
    !text.contains('/') && !text.contains("..") && !text.ends_with('.')
}

/// The folder below which all is that a pattern or brace stands for, whose words have this beginning. What patterns find never
/// leads up, unless a part of it begins with a dot; a brace puts together what stands in it.
fn folder(text: &str, prefix: &str) -> Option<Arc<str>> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./*?[]{},".contains(&byte);
    let (folder, _) = prefix.rsplit_once('/')?;
    let named = text.starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '.' | '/' | '_'));
    if !named || !text.bytes().all(plain) || text.contains("..") {
        return None;
    }
    let mut before = '/';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        // A dot that may begin a part must be `.` itself, or begin a name that is written out.
        let begins = matches!(before, '/' | '{' | ',' | '}' | '[');
        let written = before == '/' && next.is_some_and(|next| next == '/' || next.is_ascii_alphanumeric());
        if character == '.' && begins && !written {
            return None;
        }
        before = character;
    }
    Some(if folder.is_empty() { "/".into() } else { folder.into() })
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Bytes that are themselves to every shell, wherever they stand in a word; all that is not ASCII is among them.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./:,@%+^!]#".contains(&byte) || byte >= 0x80
}

impl Reader<'_> {
    /// A word in the place of an argument.
    pub(super) fn word(&mut self) -> Step<Arg> {
        self.read_word(Draft::default())
    }

    /// A word where shells split none.
    pub(super) fn single_word(&mut self) -> Step<Arg> {
        self.read_word(Draft { single: true, ..Draft::default() })
    }

    fn read_word(&mut self, mut draft: Draft) -> Step<Arg> {
        let from = self.cursor.at;
        if self.cursor.at_comment() {
            return Err(self.cursor.refusal("a comment in the place of a word"));
        }
        let plain = self.cursor.take_while(is_plain);
        if self.cursor.at_delimiter() && !plain.is_empty() {
            let number = if is_digits(plain) { Number::Yes } else { Number::No };
            return Ok(Arg { word: Word::literal(plain), number });
        }
        draft.push(plain);
        while !self.cursor.at_delimiter() {
            if self.cursor.rest().starts_with("\\\n") {
                if !self.cursor.joins_word() {
                    break;
                }
                self.cursor.at += 2;
                continue;
            }
            self.word_part(&mut draft)?;
        }
        if draft.braces > 0 {
            return Err(self.cursor.refusal("a brace that is not closed in its word"));
        }
        if self.cursor.at == from {
            return Err(self.cursor.refusal("a sign in the place of a word"));
        }
        if let Some(bracket) = draft.bracket.filter(|_| draft.text != "[") {
            draft.pattern(bracket);
        }
        Ok(draft.finish())
    }

    fn word_part(&mut self, draft: &mut Draft) -> Step<()> {
        let Some(byte) = self.cursor.peek() else { return Ok(()) };
        let at = draft.text.len();
        match byte {
            b'\'' => return self.single_quoted(draft),
            b'"' => return self.double_quoted(draft),
            b'$' => return self.dollar(draft, false),
            b'`' => return self.backquotes(draft, false),
            b'\\' => {
                self.cursor.at += 1;
                return self.escaped(draft);
            }
            b'*' | b'?' => draft.pattern(at),
            b'[' => draft.bracket = draft.bracket.or(Some(at)),
            b'{' => {
                draft.brace = if draft.braces == 0 { at } else { draft.brace };
                draft.braces += 1;
            }
            b'}' if draft.braces == 0 => return Err(self.cursor.refusal("a closing brace inside a word")),
            b'}' => draft.braces -= 1,
            b',' if draft.braces > 0 => draft.pattern(draft.brace),
            b'.' if draft.braces > 0 && self.cursor.peek_at(1) == Some(b'.') => draft.pattern(draft.brace),
            // zsh puts a program's path in the place of `=name`.
            b'=' if at == 0 && draft.expansions == 0 && !self.at_equals() => draft.expansion(false, Number::No),
            b'~' if at == 0 || draft.text.ends_with(['=', ':']) => draft.expansion(false, Number::No),
            b'=' | b'~' => {}
            byte if is_plain(byte) => {
                let braced = draft.braces > 0;
                let plain = self.cursor.take_while(|byte| is_plain(byte) && !(braced && matches!(byte, b',' | b'.')));
                draft.push(plain);
                if !plain.is_empty() {
                    return Ok(());
                }
            }
            _ => return Err(self.cursor.refusal("a character that shells do not read alike")),
        }
        let character = self.cursor.character().unwrap_or_default();
        draft.push(character);
        Ok(())
    }

    /// Whether the word is `=` or `==`, of which zsh makes nothing else.
    fn at_equals(&self) -> bool {
        let rest = self.cursor.rest();
        let behind = rest.strip_prefix("==").or(rest.strip_prefix('='));
        behind.is_some_and(|behind| behind.as_bytes().first().is_none_or(|byte| is_delimiter(*byte)))
    }

    /// The character behind a backslash.
    fn escaped(&mut self, draft: &mut Draft) -> Step<()> {
        match self.cursor.character() {
            Some(character) => draft.push(character),
            None => return Err(self.cursor.refusal("a backslash at the end")),
        }
        Ok(())
    }

    fn single_quoted(&mut self, draft: &mut Draft) -> Step<()> {
        self.cursor.at += 1;
        draft.push(self.cursor.take_while(|byte| byte != b'\''));
        self.cursor.expect("'", "a quote without its end")
    }

    pub(super) fn double_quoted(&mut self, draft: &mut Draft) -> Step<()> {
        self.cursor.at += 1;
        while !self.cursor.take("\"") {
            if self.cursor.peek().is_none() {
                return Err(self.cursor.refusal("a quote without its end"));
            }
            self.quoted_part(draft, true)?;
        }
        Ok(())
    }

    /// A part of text inside double quotes, or of a here-document.
    fn quoted_part(&mut self, draft: &mut Draft, quotes: bool) -> Step<()> {
        match self.cursor.peek() {
            Some(b'$') => self.dollar(draft, true),
            Some(b'`') => self.backquotes(draft, true),
            Some(b'\\') => match self.cursor.peek_at(1) {
                Some(b'$' | b'`' | b'\\') => {
                    self.cursor.at += 1;
                    self.escaped(draft)
                }
                Some(b'"') if quotes => {
                    self.cursor.at += 1;
                    self.escaped(draft)
                }
                Some(b'\n') if quotes && self.cursor.here.is_none() => {
                    self.cursor.at += 2;
                    Ok(())
                }
                Some(b'\n') | None => Err(self.cursor.refusal("a continued line in a here-document")),
                Some(_) => {
                    self.cursor.at += 1;
                    draft.push("\\");
                    Ok(())
                }
            },
            _ => {
                draft.push(
                    self.cursor.take_while(|byte| !(matches!(byte, b'$' | b'`' | b'\\') || quotes && byte == b'"')),
                );
                Ok(())
            }
        }
    }

    /// The body of a here-document whose end is not quoted, as a word.
    pub(super) fn expanded(&mut self, body: Range<usize>) -> Step<Word> {
        let (at, end, here) = (self.cursor.at, self.cursor.end, self.cursor.here.take());
        (self.cursor.at, self.cursor.end) = (body.start, body.end);
        let mut draft = Draft { single: true, ..Draft::default() };
        while self.cursor.peek().is_some() {
            self.quoted_part(&mut draft, false)?;
        }
        (self.cursor.at, self.cursor.end, self.cursor.here) = (at, end, here);
        Ok(draft.finish().word)
    }

    /// `` `…` ``: text without a backslash, which would be read twice.
    pub(super) fn backquotes(&mut self, draft: &mut Draft, quoted: bool) -> Step<()> {
        self.cursor.at += 1;
        let from = self.cursor.at;
        let inner = self.cursor.take_while(|byte| byte != b'`');
        let to = self.cursor.at;
        self.cursor.expect("`", "a backquote without its end")?;
        if self.backquoted || inner.contains('\\') || quoted && inner.contains('"') {
            return Err(self
                .cursor
                .refusal("backquotes with a backslash or quote inside, which shells read in different ways"));
        }
        let (end, here) = (self.cursor.end, self.cursor.here);
        (self.cursor.at, self.cursor.end, self.backquoted) = (from, to, true);
        let number = self.substitution(End::Text)?;
        if self.cursor.peek().is_some() {
            return Err(self.cursor.refusal("a sign or word that closes what was not opened"));
        }
        (self.cursor.at, self.cursor.end, self.backquoted) = (to + 1, end, false);
        self.cursor.here = here;
        draft.expansion(!quoted, number);
        Ok(())
    }

    /// The commands of a substitution; whether what they print is a number.
    pub(super) fn substitution(&mut self, end: End) -> Step<Number> {
        let here = self.cursor.here.take();
        let before = std::mem::replace(&mut self.substituting, true);
        let last = self.nested(|reader| reader.apart(|reader| reader.list(end)))?;
        self.substituting = before;
        if self.cursor.here.is_some() || here.is_some_and(|here| here.line_end < self.cursor.at) {
            return Err(self.cursor.refusal("a here-document in a line that closes something"));
        }
        self.cursor.here = here;
        let printed = last.and_then(|last| self.reading.commands.get(last)).is_some_and(prints_number);
        let one = last.and_then(|last| self.reading.commands.get(last)).is_some_and(prints_one_number);
        Ok(match (one, printed) {
            (true, _) => Number::Single,
            (false, true) => Number::Printed,
            (false, false) => Number::No,
        })
    }

    /// `<(…)` and `>(…)`, which stand for a name of a file.
    pub(super) fn process_substitution(&mut self) -> Step<Arg> {
        if self.cursor.before().is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'\n')) || self.backquoted {
            return Err(self.cursor.refusal("a process substitution inside a word"));
        }
        self.cursor.at += 2;
        let from = self.count();
        self.substitution(End::Parenthesis)?;
        self.close_parenthesis()?;
        self.reading.feed(from..self.count(), &Input::Unknown);
        if !self.cursor.at_delimiter() || self.cursor.peek() == Some(b'(') {
            return Err(self.cursor.refusal("a process substitution inside a word"));
        }
        let below = Some(programs::DESCRIPTORS.into());
        Ok(Arg { word: Word::Dynamic { prefix: "/".into(), splits: false, below }, number: Number::No })
    }
}

/// Programs that print one number when they are called so; a text that defines functions of these names is refused.
pub(super) const COUNTERS: [&str; 4] = ["nproc", "wc", "id", "date"];

/// Whether a command prints one number and nothing else; some `wc` print blanks before it.
fn prints_one_number(command: &Simple) -> bool {
    let name = command.words.first().and_then(|arg| arg.word.as_literal());
    name.is_some_and(|name| name != "wc" && COUNTERS.contains(&name)) && prints_number(command)
}

/// Whether a command prints one number, or several, and nothing else.
fn prints_number(command: &Simple) -> bool {
    let mut words = command.words.iter().map(|arg| arg.word.as_literal());
    let (program, first, second) = (words.next().flatten(), words.next(), words.next());
    match (program, first, second) {
        (Some("nproc"), None, None) => true,
        (Some("nproc"), Some(Some("--all")), None) => true,
        (Some("wc"), Some(Some("-l" | "-c" | "-w" | "-m")), None) => true,
        (Some("id"), Some(Some("-u" | "-g")), None) => true,
        (Some("date"), Some(Some("+%s")), None) => true,
        (Some("seq"), Some(_), _) => command.words.iter().skip(1).all(|arg| arg.number == Number::Yes),
        _ => false,
    }
}
