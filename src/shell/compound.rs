//! Compound commands: groups, conditions, loops, `case`, functions.

use std::sync::Arc;

use super::builtins;
use super::cursor::Step;
use super::known::{Value, of_loop_word};
use super::read::{Arg, End, Number, Reader, is_reserved};
use super::script::{Input, Word};
use super::word::{COUNTERS, is_digits};

impl Reader<'_> {
    fn word_that_follows(&mut self, word: &'static str) -> Step<()> {
        self.lines()?;
        if self.keyword() != word {
            return Err(self.cursor.refusal("a compound command that is not whole"));
        }
        self.cursor.at += word.len();
        Ok(())
    }

    pub(super) fn subshell(&mut self) -> Step<()> {
        self.cursor.at += 1;
        if self.cursor.peek() == Some(b'(') {
            return Err(self.cursor.refusal("`((`, which is arithmetic to some shells"));
        }
        self.apart(|reader| reader.list(End::Parenthesis))?;
        self.close_parenthesis()
    }

    pub(super) fn close_parenthesis(&mut self) -> Step<()> {
        if self.cursor.here.is_some() {
            return Err(self.cursor.refusal("a here-document in a line that closes something"));
        }
        self.cursor.expect(")", "a parenthesis that is not closed")
    }

    pub(super) fn group(&mut self) -> Step<()> {
        self.cursor.at += 1;
        self.list(End::Word)?;
        self.word_that_follows("}")
    }

    pub(super) fn conditional(&mut self) -> Step<()> {
        self.cursor.at += "if".len();
        self.list(End::Word)?;
        self.word_that_follows("then")?;
        self.perhaps(|reader| reader.list(End::Word))?;
        loop {
            match self.keyword() {
                "elif" => {
                    self.cursor.at += "elif".len();
                    self.perhaps(|reader| reader.list(End::Word))?;
                    self.word_that_follows("then")?;
                }
                "else" => {
                    self.cursor.at += "else".len();
                    self.perhaps(|reader| reader.list(End::Word))?;
                    return self.word_that_follows("fi");
                }
                _ => return self.word_that_follows("fi"),
            }
            self.perhaps(|reader| reader.list(End::Word))?;
        }
    }

    /// Reads what may not be run: what it sets is not known behind it.
    fn perhaps<T>(&mut self, inner: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        let set = self.set_so_far();
        let read = inner(self);
        self.forget_since(set);
        read
    }

    pub(super) fn conditional_loop(&mut self) -> Step<()> {
        self.cursor.at += "while".len();
        self.repeated(|reader| {
            reader.looped(None, |reader| {
                reader.list(End::Word)?;
                reader.body()
            })
        })
    }

    fn body(&mut self) -> Step<()> {
        self.word_that_follows("do")?;
        self.list(End::Word)?;
        self.word_that_follows("done")
    }

    /// What a loop runs, it may run again behind its own end.
    fn repeated(&mut self, inner: impl FnOnce(&mut Self) -> Step<()>) -> Step<()> {
        let (from, opened, before) = (self.count(), self.reading.opened.len(), self.carried.clone());
        inner(self)?;
        let later = self.carried.given.get(before.given.len()..).unwrap_or_default();
        let moves = self.carried.moves > before.moves;
        for command in self.reading.commands.get_mut(from..).unwrap_or_default() {
            command.moved.lose(moves);
            command.environment.splice(0..0, later.iter().cloned());
        }
        for opened in self.reading.opened.get_mut(opened..).unwrap_or_default() {
            opened.moved.lose(moves);
        }
        Ok(())
    }

    pub(super) fn for_loop(&mut self) -> Step<()> {
        let from = self.cursor.at;
        self.cursor.at += "for".len();
        self.cursor.blanks()?;
        let Some(name) = self.cursor.name() else {
            return Err(self.cursor.refusal("a loop that not every shell knows"));
        };
        let span = from..self.cursor.at;
        self.cursor.blanks()?;
        if self.keyword() != "in" {
            return Err(self.cursor.refusal("a loop without `in`"));
        }
        self.cursor.at += "in".len();
        let (number, values) = self.loop_words()?;
        let name: Arc<str> = Arc::from(name);
        self.sets(&name, Arg { word: Word::anything(), number }, &span);
        self.lines()?;
        self.repeated(|reader| reader.looped(Some((&name, &values)), Self::body))
    }

    /// The words of a loop, up to the `;` or the end of the line: whether all are numbers, and what the variable can be.
    fn loop_words(&mut self) -> Step<(Number, Vec<Option<Value>>)> {
        let (mut number, mut values) = (Number::Yes, Vec::new());
        let mut count = 0;
        loop {
            self.cursor.blanks()?;
            match self.cursor.peek() {
                Some(b';') if count > 0 && self.cursor.peek_at(1) != Some(b';') => {
                    self.cursor.at += 1;
                    return Ok((number, values));
                }
                Some(b'\n') if count > 0 => return Ok((number, values)),
                _ => {}
            }
            let from = self.cursor.at;
            let word = self.word()?;
            count += 1;
            let range = is_range(self.cursor.slice(from..self.cursor.at));
            values.push(if range { Some(Value::Digits) } else { of_loop_word(&word.word, &word.number) });
            match word.number {
                Number::Yes => {}
                _ if range => {}
                Number::Printed | Number::Single if number != Number::No => number = Number::Printed,
                _ => number = Number::No,
            }
        }
    }

    pub(super) fn case(&mut self) -> Step<()> {
        if self.substituting {
            return Err(self.cursor.refusal("`case` inside a substitution, whose end shells find in different ways"));
        }
        self.cursor.at += "case".len();
        self.cursor.blanks()?;
        self.single_word()?;
        self.lines()?;
        if self.keyword() != "in" {
            return Err(self.cursor.refusal("`case` without `in`"));
        }
        self.cursor.at += "in".len();
        self.lines()?;
        while self.keyword() != "esac" {
            self.patterns()?;
            self.branch()?;
        }
        self.word_that_follows("esac")
    }

    /// `a | b)`
    fn patterns(&mut self) -> Step<()> {
        loop {
            self.cursor.blanks()?;
            self.single_word()?;
            self.cursor.blanks()?;
            if self.cursor.take(")") {
                return Ok(());
            }
            self.cursor.expect("|", "a pattern of `case` that not every shell knows")?;
        }
    }

    fn branch(&mut self) -> Step<()> {
        self.lines()?;
        let empty = self.cursor.rest().starts_with(";;") || self.keyword() == "esac";
        if !empty {
            self.perhaps(|reader| reader.list(End::Branch))?;
        }
        if !self.cursor.take(";;") {
            return if self.keyword() == "esac" { Ok(()) } else { Err(self.cursor.refusal("`case` without `esac`")) };
        }
        if matches!(self.cursor.peek(), Some(b'&' | b';')) {
            return Err(self.cursor.refusal("a branch of `case` that falls through in some shells"));
        }
        self.lines()
    }

    /// `name() { …; }`, behind its name.
    pub(super) fn function(&mut self, name: &str) -> Step<()> {
        self.cursor.expect("(", "a function's name without parentheses")?;
        self.cursor.blanks()?;
        self.cursor.expect(")", "a parenthesis in the place of a word")?;
        self.lines()?;
        if builtins::is_builtin(name) || is_reserved(name) {
            return Err(self.cursor.refusal("a function in the place of a shell's own command"));
        }
        if COUNTERS.contains(&name) {
            return Err(self.cursor.refusal("a function in the place of a program that prints a number"));
        }
        self.reading.functions.push(Arc::from(name));
        self.carried.known.clear();
        let from = self.count();
        match (self.cursor.peek(), self.keyword()) {
            (Some(b'('), _) => self.nested(Self::subshell)?,
            (_, "{") => self.repeated(|reader| reader.nested(Self::group))?,
            _ => return Err(self.cursor.refusal("a function whose body is no group")),
        }
        let body = from..self.count();
        self.reading.feed(body.clone(), &Input::Unknown);
        self.reading.bodies.push(body);
        Ok(())
    }
}

/// `{1..5}` is numbers, or to some shells one word that is none, and of which they say so.
fn is_range(raw: &str) -> bool {
    let inner = raw.strip_prefix('{').and_then(|raw| raw.strip_suffix('}'));
    let ends = inner.and_then(|inner| inner.split_once(".."));
    ends.is_some_and(|(first, last)| [first, last].into_iter().all(is_digits))
}
