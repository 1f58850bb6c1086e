//! `[[ … ]]`: what bash, ksh, mksh, zsh and busybox test, and dash takes for commands.
//!
//! dash has no `[[`: it looks for a program of that name, does not find one, and goes on with the words behind `&&` and `||`
//! as commands. Behind `&&` it runs none of them, because the program failed, unless something negates that. Behind `||` it
//! would, so there only an option may stand, which is no program's name.

use super::cursor::{Step, is_delimiter};
use super::read::{Number, Reader};

/// Tests of one word, none of which evaluates it.
pub(super) const UNARY: &[&str] =
    &["-n", "-z", "-f", "-d", "-e", "-x", "-r", "-w", "-s", "-L", "-h", "-p", "-S", "-b", "-c", "-u", "-g", "-k"];

/// Tests of two words, none of which evaluates them.
pub(super) const BINARY: &[&str] = &["=", "==", "!=", "-nt", "-ot", "-ef"];

/// Tests of two numbers: some shells evaluate what stands there.
pub(super) const NUMERIC: &[&str] = &["-eq", "-ne", "-lt", "-le", "-gt", "-ge"];

const WHY: &str = "a test that shells read in different ways";

impl Reader<'_> {
    /// `[[`, up to `]]`.
    pub(super) fn test(&mut self) -> Step<()> {
        self.cursor.at += 2;
        self.term(false)?;
        loop {
            self.cursor.blanks()?;
            if self.cursor.take("]]") {
                return if self.cursor.at_delimiter() { Ok(()) } else { Err(self.cursor.refusal(WHY)) };
            }
            let both = self.cursor.take("&&");
            if !both {
                self.cursor.expect("||", WHY)?;
            }
            if self.negated {
                return Err(self.cursor.refusal("a negated `[[` with `&&` or `||`, whose words some shells run"));
            }
            self.term(!both)?;
        }
    }

    /// The word that stands here, as it is written; empty where none does.
    fn raw(&self) -> &str {
        let rest = self.cursor.rest();
        rest.split(|char: char| u8::try_from(char).is_ok_and(is_delimiter)).next().unwrap_or_default()
    }

    /// One test. `or` says that it stands behind `||`.
    fn term(&mut self, or: bool) -> Step<()> {
        self.cursor.blanks()?;
        if !self.cursor.before().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            return Err(self.cursor.refusal(WHY));
        }
        if self.raw() == "!" && !or {
            self.cursor.at += 1;
            self.cursor.blanks()?;
        }
        let (raw, span) = (self.raw(), self.cursor.at);
        let unary = UNARY.contains(&raw) || raw == "-t";
        if or && !unary {
            return Err(self.cursor.refusal("`[[` with `||`, behind which some shells run the next word"));
        }
        if raw == "-t" {
            self.cursor.at += raw.len();
            return self.numbers(span, 1);
        }
        if unary {
            self.cursor.at += raw.len();
            self.cursor.blanks()?;
            return self.test_operand();
        }
        let left = self.single_word()?;
        self.cursor.blanks()?;
        let sign = self.raw().to_owned();
        match sign.as_str() {
            "]]" => Ok(()),
            "" if matches!(self.cursor.peek(), Some(b'&' | b'|')) => Ok(()),
            sign if BINARY.contains(&sign) || sign == "=~" => {
                self.cursor.at += sign.len();
                self.cursor.blanks()?;
                self.test_operand()
            }
            sign if NUMERIC.contains(&sign) => {
                self.reading.arithmetic.push((left.number, span..self.cursor.at));
                self.cursor.at += sign.len();
                self.numbers(span, 1)
            }
            _ => Err(self.cursor.refusal(WHY)),
        }
    }

    fn test_operand(&mut self) -> Step<()> {
        if self.raw() == "]]" {
            return Err(self.cursor.refusal(WHY));
        }
        self.single_word().map(drop)
    }

    /// Words that must be numbers.
    fn numbers(&mut self, from: usize, count: usize) -> Step<()> {
        for _ in 0..count {
            self.cursor.blanks()?;
            let number = if self.raw() == "]]" { Number::No } else { self.single_word()?.number };
            self.reading.arithmetic.push((number, from..self.cursor.at));
        }
        Ok(())
    }
}
