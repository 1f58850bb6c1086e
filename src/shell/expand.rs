//! What begins with `$`: variables, `${…}`, substitutions, arithmetic.

use std::sync::Arc;

use super::cursor::{Step, is_name_byte};
use super::known::{Value, is_one_word};
use super::read::{Arg, End, Number, Reader};
use super::script::Word;
use super::word::{Draft, is_digits};

/// A parameter that is expanded.
struct Parameter {
    /// The variable, where it is one.
    name: Option<Arc<str>>,
    /// Whether it becomes several words even in double quotes.
    several: bool,
    number: Number,
}

impl Reader<'_> {
    /// An expansion; where it is none to any shell, the `$` itself.
    pub(super) fn dollar(&mut self, draft: &mut Draft, quoted: bool) -> Step<()> {
        self.cursor.at += 1;
        match self.cursor.peek() {
            Some(b'(') if self.cursor.peek_at(1) == Some(b'(') => self.arithmetic(draft, quoted),
            Some(b'(') => self.command_substitution(draft, quoted),
            Some(b'{') => self.braced(draft, quoted),
            next if self.is_alone(next, quoted) => {
                draft.dollar();
                Ok(())
            }
            _ => {
                let parameter = self.parameter("a `$` that shells read in different ways")?;
                if self.cursor.peek() == Some(b'[') {
                    return Err(self.cursor.refusal("a subscript without braces, which some shells evaluate"));
                }
                // zsh takes `$x:h` for a part of what `$x` is.
                let modified = self.cursor.peek() == Some(b':')
                    && self.cursor.peek_at(1).is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'&');
                if modified {
                    draft.expansion(!quoted || parameter.several, parameter.number);
                } else {
                    self.expanded_to(&parameter, draft, quoted);
                }
                Ok(())
            }
        }
    }

    /// What a parameter becomes, where it is known.
    fn expanded_to(&self, parameter: &Parameter, draft: &mut Draft, quoted: bool) {
        let known = parameter.name.as_ref().and_then(|name| self.known(name));
        match known {
            Some(Value::Word(Word::Literal(text))) if quoted || is_one_word(&text) => draft.known_text(&text),
            Some(Value::Word(Word::Dynamic { prefix, below, .. })) if quoted => {
                draft.begins_below(&prefix, below);
                draft.expansion(false, Number::No);
            }
            Some(Value::Digits) => draft.expansion(false, parameter.number.clone()),
            _ => draft.expansion(!quoted || parameter.several, parameter.number.clone()),
        }
    }

    /// Whether a `$` before this byte is a `$`.
    fn is_alone(&self, next: Option<u8>, quoted: bool) -> bool {
        match next {
            None | Some(b' ' | b'\t' | b'\n') => true,
            Some(b'"' | b'|' | b')' | b'/' | b',') => quoted,
            Some(b'\\') => quoted && self.cursor.peek_at(1).is_some_and(|byte| byte != b'\n'),
            _ => false,
        }
    }

    /// A variable, `$1`, or one of the signs that stand for something of the shell's.
    fn parameter(&mut self, why: &'static str) -> Step<Parameter> {
        if let Some(name) = self.cursor.name() {
            let name: Arc<str> = Arc::from(name);
            return Ok(Parameter { name: Some(Arc::clone(&name)), several: false, number: Number::Variable(name) });
        }
        let Some(sign) = self.cursor.peek() else { return Err(self.cursor.refusal(why)) };
        self.cursor.at += 1;
        let next = self.cursor.peek();
        let number = match sign {
            b'0'..=b'9' | b'@' | b'*' | b'-' => Number::No,
            // To some shells `$#x` is a length.
            b'#' if next.is_none_or(|byte| !is_name_byte(byte) && !b"{@*#?$!-".contains(&byte)) => Number::Yes,
            b'?' | b'$' => Number::Yes,
            // Nothing, until something runs beside the text.
            b'!' => Number::Printed,
            _ => return Err(self.cursor.refusal(why)),
        };
        Ok(Parameter { name: None, several: sign == b'@' || sign == b'*', number })
    }

    /// `$(…)`; a file that it only reads is read.
    fn command_substitution(&mut self, draft: &mut Draft, quoted: bool) -> Step<()> {
        self.cursor.at += 1;
        let from = self.cursor.at;
        let number = if self.cursor.peek() == Some(b'<') && self.cursor.peek_at(1) != Some(b'(') {
            self.cursor.at += 1;
            self.file_substitution(from)?;
            Number::No
        } else {
            self.substitution(End::Parenthesis)?
        };
        self.close_parenthesis()?;
        draft.expansion(!quoted, number);
        Ok(())
    }

    /// `$(<file)`
    fn file_substitution(&mut self, from: usize) -> Step<()> {
        self.cursor.blanks()?;
        if self.cursor.at_delimiter() || matches!(self.cursor.peek(), Some(b'!' | b'#' | b'-')) {
            return Err(self.cursor.refusal("a redirection that not every shell knows"));
        }
        let file = self.nested(Self::single_word)?.word;
        self.cursor.blanks()?;
        self.opens(&file, true, false);
        if self.cursor.peek() == Some(b')') {
            return Ok(());
        }
        self.cursor.at = from;
        Err(self.cursor.refusal("a substitution that begins with a redirection"))
    }

    /// `${…}`
    fn braced(&mut self, draft: &mut Draft, quoted: bool) -> Step<()> {
        const WHY: &str = "an expansion that not every shell knows";
        self.cursor.at += 1;
        if self.cursor.peek() == Some(b'#') && self.cursor.peek_at(1) != Some(b'}') {
            self.cursor.at += 1;
            if self.cursor.peek() == Some(b'#') || self.cursor.peek() == Some(b'-') {
                return Err(self.cursor.refusal(WHY));
            }
            let parameter = self.braced_parameter(WHY)?;
            self.subscript(&parameter)?;
            self.cursor.expect("}", WHY)?;
            draft.expansion(!quoted, Number::Yes);
            return Ok(());
        }
        let parameter = self.braced_parameter(WHY)?;
        let all = self.subscript(&parameter)?;
        let several = !quoted || parameter.several || all == Some(true);
        if self.cursor.take("}") {
            if all.is_some() {
                draft.expansion(several, Number::No);
            } else {
                self.expanded_to(&parameter, draft, quoted);
            }
            return Ok(());
        }
        if parameter.name.is_none() && !parameter.number.eq(&Number::No) {
            return Err(self.cursor.refusal(WHY));
        }
        draft.expansion(several, Number::No);
        self.operator(&parameter, draft, quoted, WHY)?;
        self.cursor.expect("}", WHY)
    }

    fn braced_parameter(&mut self, why: &'static str) -> Step<Parameter> {
        if self.cursor.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.cursor.take_while(|byte| byte.is_ascii_digit());
            return Ok(Parameter { name: None, several: false, number: Number::No });
        }
        if matches!(self.cursor.peek(), Some(b'!' | b'$' | b'?' | b'-' | b'#')) && self.cursor.peek_at(1) != Some(b'}')
        {
            return Err(self.cursor.refusal(why));
        }
        self.parameter(why)
    }

    /// `[@]`, `[*]`, `[2]` behind a variable; whether it stands for all.
    fn subscript(&mut self, parameter: &Parameter) -> Step<Option<bool>> {
        if parameter.name.is_none() || !self.cursor.take("[") {
            return Ok(None);
        }
        let all = self.cursor.take("@") || self.cursor.take("*");
        if !all && self.cursor.take_while(|byte| byte.is_ascii_digit()).is_empty() {
            return Err(self.cursor.refusal("a subscript that is no number, which shells evaluate"));
        }
        self.cursor.expect("]", "a subscript that is no number, which shells evaluate")?;
        Ok(Some(all))
    }

    /// What an expansion does with its parameter.
    fn operator(&mut self, parameter: &Parameter, draft: &mut Draft, quoted: bool, why: &'static str) -> Step<()> {
        let from = self.cursor.at;
        for sign in [":-", ":=", ":?", ":+", "-", "=", "?", "+"] {
            if self.cursor.take(sign) {
                if sign.ends_with('=') {
                    let Some(name) = &parameter.name else { return Err(self.cursor.refusal(why)) };
                    self.sets(name, Arg { word: Word::anything(), number: Number::No }, &(from..self.cursor.at));
                }
                return self.operand(draft, quoted, true);
            }
        }
        for sign in ["##", "#", "%%", "%", "//", "/"] {
            if self.cursor.take(sign) {
                return self.operand(draft, quoted, false);
            }
        }
        for sign in ["^^", "^", ",,", ","] {
            if self.cursor.take(sign) {
                return Ok(());
            }
        }
        self.cursor.expect(":", why)?;
        self.number_of_substring(why)?;
        if self.cursor.take(":") { self.number_of_substring(why) } else { Ok(()) }
    }

    /// `2` and ` -2` in `${x:2}`
    fn number_of_substring(&mut self, why: &'static str) -> Step<()> {
        if self.cursor.take(" ") {
            self.cursor.expect("-", why)?;
        }
        if self.cursor.take_while(|byte| byte.is_ascii_digit()).is_empty() {
            Err(self.cursor.refusal(why))
        } else {
            Ok(())
        }
    }

    /// The word behind an operator, up to the brace.
    fn operand(&mut self, draft: &mut Draft, quoted: bool, blanks: bool) -> Step<()> {
        self.nested(|reader| {
            while let Some(byte) = reader.cursor.peek().filter(|byte| *byte != b'}') {
                match byte {
                    b'$' => reader.dollar(draft, quoted)?,
                    b'"' if !quoted => reader.double_quoted(draft)?,
                    b'`' => reader.backquotes(draft, quoted)?,
                    b'\\' if reader.cursor.peek_at(1).is_some_and(|byte| b"/.*?[]-+ ".contains(&byte)) => {
                        reader.cursor.at += 2
                    }
                    b' ' if blanks => reader.cursor.at += 1,
                    byte if byte >= 0x80 || byte.is_ascii_alphanumeric() || b"_-./:,@%+=^!#~*?[]".contains(&byte) => {
                        reader.cursor.character();
                    }
                    _ => return Err(reader.cursor.refusal("a sign inside `${…}` that shells read in different ways")),
                }
            }
            Ok(())
        })
    }

    /// `$((…))` over numbers, and over variables that must turn out to hold numbers.
    fn arithmetic(&mut self, draft: &mut Draft, quoted: bool) -> Step<()> {
        const WHY: &str = "arithmetic over more than numbers and variables";
        let from = self.cursor.at;
        self.cursor.at += 2;
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut open = 0_usize;
        loop {
            match self.cursor.peek() {
                Some(b')') if open == 0 => break,
                Some(b')') => open -= 1,
                Some(b'(') if matches!(self.cursor.before(), Some(b'<' | b'>')) => {
                    return Err(self.cursor.refusal(WHY));
                }
                Some(b'(') => open += 1,
                Some(b'$') => {
                    self.arithmetic_parameter(WHY)?;
                    continue;
                }
                Some(byte) if byte.is_ascii_digit() => {
                    self.cursor.take_while(|byte| byte.is_ascii_digit());
                    if self.cursor.peek().is_some_and(|byte| is_name_byte(byte) || byte == b'.' || byte == b'#') {
                        return Err(self.cursor.refusal(WHY));
                    }
                    continue;
                }
                Some(byte) if b" +-*/%<>=!&|^~?:,".contains(&byte) => {}
                _ => {
                    let Some(name) = self.cursor.name() else { return Err(self.cursor.refusal(WHY)) };
                    if matches!(self.cursor.peek(), Some(b'(' | b'[' | b'.' | b'#')) {
                        return Err(self.cursor.refusal(WHY));
                    }
                    names.push(Arc::from(name));
                    continue;
                }
            }
            self.cursor.at += 1;
        }
        self.cursor.expect("))", WHY)?;
        self.evaluated(names, from..self.cursor.at);
        draft.expansion(!quoted, Number::Yes);
        Ok(())
    }

    /// What arithmetic reads, and may set.
    fn evaluated(&mut self, names: Vec<Arc<str>>, span: std::ops::Range<usize>) {
        let text = self.cursor.slice(span.clone());
        let sets =
            text.bytes().zip(text.bytes().skip(1)).any(|pair| matches!(pair, (b'+', b'+') | (b'-', b'-') | (_, b'=')));
        for name in names {
            if sets {
                self.sets(&name, Arg { word: Word::anything(), number: Number::Yes }, &span);
            }
            self.reading.arithmetic.push((Number::Variable(name), span.clone()));
        }
    }

    /// A `$` inside arithmetic: what it becomes is evaluated.
    fn arithmetic_parameter(&mut self, why: &'static str) -> Step<()> {
        let from = self.cursor.at;
        let mut inner = Draft::default();
        self.nested(|reader| reader.dollar(&mut inner, true))?;
        let number = inner.number();
        let glued = |byte: Option<u8>| byte.is_some_and(|byte| is_name_byte(byte) || byte == b'$' || byte == b'#');
        let before = self.cursor.slice(0..from).bytes().next_back();
        if glued(before) || glued(self.cursor.peek()) {
            return Err(self.cursor.refusal(why));
        }
        self.reading.arithmetic.push((number, from..self.cursor.at));
        Ok(())
    }
}

/// Whether a text is a number to every shell.
pub(super) fn is_number(text: &str) -> bool {
    is_digits(text.strip_prefix('-').unwrap_or(text))
}
