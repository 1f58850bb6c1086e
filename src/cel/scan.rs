//! One pass over the text before it is parsed: limits, closed strings, matching brackets, tokens of other languages.
//!
//! What would cost the parser its stack or its best message is found here, all of it in one run. Knows where strings and
//! comments end and nothing else of the grammar.

use crate::diagnostic::{Kind, kinds};

/// Most bytes of one expression.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most levels of brackets and conditionals.
pub const MAX_NESTING: usize = 64;

/// Something wrong in the text, by byte offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: &'static Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// What to put in place of the text.
    pub(super) fix: Option<&'static str>,
}

impl Fault {
    pub(super) fn syntax(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self { kind: &kinds::EXPRESSION_SYNTAX, start, end, message: message.into(), help: None, fix: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn replaced_by(mut self, fix: &'static str) -> Self {
        self.fix = Some(fix);
        self
    }

    fn of_kind(mut self, kind: &'static Kind) -> Self {
        self.kind = kind;
        self
    }
}

/// Everything wrong with the text that can be seen without parsing it.
pub(super) fn scan(text: &str) -> Vec<Fault> {
    if text.len() > MAX_BYTES {
        let message = format!("the expression has {} bytes; at most {MAX_BYTES} are allowed", text.len());
        return vec![Fault::syntax(0, text.len(), message).of_kind(&kinds::EXPRESSION_TOO_LONG)];
    }
    let mut scanner = Scanner { text, at: 0, open: Vec::new(), faults: Vec::new(), too_deep: false };
    while let Some(rest) = text.get(scanner.at..).filter(|rest| !rest.is_empty() && !scanner.too_deep) {
        scanner.token(rest);
    }
    scanner.finish()
}

/// What is a function here and an operator elsewhere.
const MATCHES: &str = "matches";

/// Tokens that other languages write for one of ours, longest first.
const FOREIGN: [(&str, &str); 10] = [
    ("===", "=="),
    ("!==", "!="),
    ("<>", "!="),
    ("=~", MATCHES),
    ("&", "&&"),
    ("|", "||"),
    ("=", "=="),
    ("\u{201c}", "\""),
    ("\u{201d}", "\""),
    ("\u{2019}", "'"),
];

/// Our own tokens that begin like a foreign one.
const OWN: [&str; 6] = ["&&", "||", "==", "!=", "<=", ">="];

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// Open brackets and the conditionals opened inside them, `?`, with their places.
    open: Vec<(char, usize)>,
    faults: Vec<Fault>,
    too_deep: bool,
}

impl Scanner<'_> {
    fn token(&mut self, rest: &str) {
        if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return;
        }
        match rest.chars().next().unwrap_or_default() {
            quote @ ('"' | '\'') => self.string(rest, quote),
            '`' => self.at += rest.get(1..).and_then(|name| name.find('`')).map_or(1, |end| end + 2),
            bracket @ ('(' | '[' | '{' | '?') => self.opens(bracket),
            bracket @ (')' | ']' | '}') => self.closes(bracket),
            _ => self.symbol(rest),
        }
    }

    fn symbol(&mut self, rest: &str) {
        let own = OWN.iter().find(|own| rest.starts_with(**own));
        let foreign = FOREIGN.iter().find(|(foreign, _)| rest.starts_with(foreign));
        self.at += match (foreign, own) {
            (Some((foreign, ours)), own) if own.is_none_or(|own| own.len() < foreign.len()) => {
                let message = format!("`{foreign}` is not part of the language");
                let fault = Fault::syntax(self.at, self.at + foreign.len(), message);
                self.faults.push(match *ours {
                    MATCHES => fault.help("write `text.matches('expression')`"),
                    ours => fault.help(format!("write `{ours}`")).replaced_by(ours),
                });
                foreign.len()
            }
            (_, Some(own)) => own.len(),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }

    fn opens(&mut self, bracket: char) {
        self.open.push((bracket, self.at));
        if self.open.len() > MAX_NESTING {
            self.too_deep = true;
            self.open.clear();
            let message = format!("more than {MAX_NESTING} levels of brackets and conditionals");
            self.faults.push(Fault::syntax(self.at, self.at + 1, message).of_kind(&kinds::EXPRESSION_TOO_DEEP));
        }
        self.at += 1;
    }

    fn closes(&mut self, bracket: char) {
        while self.open.last().is_some_and(|(open, _)| *open == '?') {
            self.open.pop();
        }
        match self.open.pop() {
            Some((open, _)) if partner(open) == bracket => {}
            Some((open, place)) => {
                let message = format!("`{open}` is closed by `{bracket}`");
                let help = format!("close it with `{}`", partner(open));
                self.faults.push(Fault::syntax(place, self.at + 1, message).help(help));
            }
            None => {
                let message = format!("`{bracket}` closes nothing");
                self.faults.push(Fault::syntax(self.at, self.at + 1, message).help("remove it, or open it before"));
            }
        }
        self.at += 1;
    }

    fn string(&mut self, rest: &str, quote: char) {
        let start = self.at;
        let raw = self.is_raw();
        let triple = rest.get(..3).is_some_and(|three| three.chars().all(|char| char == quote));
        let delimiter = if triple { rest.get(..3) } else { rest.get(..1) }.unwrap_or_default();
        let body = rest.get(delimiter.len()..).unwrap_or_default();
        if let Some(length) = string_end(body, delimiter, raw) {
            self.at += delimiter.len() * 2 + length;
            return;
        }
        let line = if triple { self.text.len() } else { start + rest.find('\n').unwrap_or(rest.len()) };
        let fault = Fault::syntax(start, line, "this string is not closed");
        self.faults.push(fault.help(format!("end it with `{delimiter}`")));
        self.at = line;
        if line == start {
            self.at += 1;
        }
    }

    /// Whether the string that begins here has the prefix `r`, with or without `b`.
    fn is_raw(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        let word = before.rsplit(|char: char| !char.is_ascii_alphanumeric() && char != '_').next().unwrap_or_default();
        matches!(word, "r" | "R" | "br" | "bR" | "Br" | "BR")
    }

    fn finish(mut self) -> Vec<Fault> {
        for (open, place) in self.open.iter().filter(|(open, _)| *open != '?') {
            let fault = Fault::syntax(*place, place + 1, format!("`{open}` is not closed"));
            self.faults.push(fault.help(format!("add `{}`", partner(*open))));
        }
        self.faults.sort_by_key(|fault| fault.start);
        self.faults
    }
}

fn partner(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// Where the closing delimiter begins in `body`.
fn string_end(body: &str, delimiter: &str, raw: bool) -> Option<usize> {
    let mut escaped = false;
    for (at, char) in body.char_indices() {
        if escaped {
            escaped = false;
        } else if body.get(at..).is_some_and(|rest| rest.starts_with(delimiter)) {
            return Some(at);
        } else if delimiter.len() == 1 && matches!(char, '\n' | '\r') {
            return None;
        } else {
            escaped = char == '\\' && !raw;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        scan(text).into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn brackets_inside_strings_and_comments_do_not_count() {
        for text in ["'(('", r"'\'('", "r'\\' == '['", "'''\n(''('''", "1 // ((\n+ 1", "br\"{\"", "a.`b-c`"] {
            assert_eq!(messages(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn every_bracket_without_a_partner_is_reported() {
        assert_eq!(messages("f((1)"), ["`(` is not closed"]);
        assert_eq!(messages("[1)"), ["`[` is closed by `)`"]);
        assert_eq!(messages("a] + (b"), ["`]` closes nothing", "`(` is not closed"]);
    }

    #[test]
    fn tokens_of_other_languages_are_named_with_ours() {
        let faults = scan("a = 1 & b === 2");
        let fixes: Vec<_> = faults.iter().filter_map(|fault| fault.fix).collect();
        assert_eq!(fixes, ["==", "&&", "=="]);
        assert!(scan("a == 1 && b != 2 || c <= 3").is_empty());
    }

    #[test]
    fn a_string_that_is_not_closed_is_reported_at_its_start() {
        assert_eq!(scan("a == 'b").first().map(|fault| (fault.start, fault.end)), Some((5, 7)));
        assert_eq!(messages("'''a'"), ["this string is not closed"]);
    }

    #[test]
    fn nesting_and_length_are_limited() {
        let nested = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
        assert!(scan(&nested(MAX_NESTING)).is_empty());
        assert_eq!(messages(&nested(MAX_NESTING + 1)), ["more than 64 levels of brackets and conditionals"]);
        assert_eq!(messages(&"a ? 1 : ".repeat(MAX_NESTING + 1)).len(), 1);
        assert!(messages(&" ".repeat(MAX_BYTES + 1)).first().is_some_and(|message| message.contains("65537 bytes")));
    }
}
