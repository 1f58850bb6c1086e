//! What is refused before it is parsed: texts that shells read in different ways, that this parser reads unlike a
//! shell, or that it would spend too long on. Each refusal says which.

use brush_parser::Token;

use super::MAX_BYTES;

/// Most openings of a substitution in one text; the parser's time doubles with each that it has to try twice.
const MAX_SUBSTITUTIONS: usize = 24;
/// Most arithmetic expansions, whose parsing is tried first for every `$((`.
const MAX_ARITHMETIC: usize = 4;
/// Most words and operators that open a compound command.
const MAX_COMPOUND: usize = 64;
/// Most words and signs of one text.
const MAX_TOKENS: usize = 4096;
/// Most opening parentheses where arithmetic or a regular expression is tried: each doubles the parser's time.
const MAX_PARENTHESES: usize = 12;
/// Most `case` commands: the parser reads a last branch without `;;` twice.
const MAX_CASES: usize = 6;

/// Why a text is not parsed.
pub(super) fn text(text: &str) -> Option<&'static str> {
    if text.len() > MAX_BYTES {
        return Some("a command of more than 64 KiB");
    }
    if text.chars().any(|char| char.is_control() && char != '\n' && char != '\t') {
        return Some("a control character");
    }
    if text.chars().any(is_odd_blank) {
        return Some("a blank or invisible character that is not ASCII");
    }
    substitutions(text).or_else(|| differs(text)).or_else(|| here_documents(text))
}

/// Here-documents that have no plain end, or do not end: the parser reads some of them without end.
fn here_documents(text: &str) -> Option<&'static str> {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("<<") {
        rest = behind;
        if let Some(string) = behind.strip_prefix('<') {
            rest = string;
            continue;
        }
        let from = behind.strip_prefix('-').unwrap_or(behind).trim_start_matches([' ', '\t']);
        let Some((tag, after)) = tag(from) else { return Some("a here-document with an unusual end") };
        if after.lines().next().is_some_and(|line| line.contains([')', '}', '`'])) {
            return Some("a here-document in a line that closes something");
        }
        if !after.split('\n').skip(1).any(|line| line.trim_start_matches('\t').trim_end_matches([')', '"', '`']) == tag)
        {
            return Some("a here-document without its end");
        }
    }
    None
}

/// The plain word that ends a here-document, and what follows it.
fn tag(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|char| matches!(char, '\'' | '"' | '\\'));
    let inner = quote.map_or(Some(text), |quote| text.strip_prefix(quote))?;
    let length =
        inner.find(|char: char| !(char.is_ascii_alphanumeric() || "_-.!".contains(char))).unwrap_or(inner.len());
    let (tag, after) = inner.split_at_checked(length).filter(|(tag, _)| !tag.is_empty())?;
    let after = match quote {
        Some(quote @ ('\'' | '"')) => after.strip_prefix(quote)?,
        _ => after,
    };
    after
        .is_empty()
        .then_some((tag, after))
        .or_else(|| after.starts_with([' ', '\t', '\n', ';', '|', '&', ')', '<', '>']).then_some((tag, after)))
}

fn substitutions(text: &str) -> Option<&'static str> {
    let count = |part: &str| text.matches(part).count();
    if count("$((") > MAX_ARITHMETIC {
        return Some("more than 4 arithmetic expansions");
    }
    if count("$(") + count("`") + count("${") + count("<(") + count(">(") > MAX_SUBSTITUTIONS {
        return Some("more than 24 substitutions");
    }
    None
}

/// Texts of which two shells, or a shell and the parser, take different parts for quoted.
fn differs(text: &str) -> Option<&'static str> {
    if ansi_quote_with_escaped_end(text) {
        return Some("`$'…\\'`, which ends at different places in different shells");
    }
    if text.contains("<<") && text.contains("\\\n") {
        return Some("a continued line beside a here-document");
    }
    let backslashes = text.len() - text.trim_end_matches('\\').len();
    if !backslashes.is_multiple_of(2) {
        return Some("a backslash at the end");
    }
    None
}

/// Whether somewhere behind a `$'` stands a `\'`: without one, it does not matter which shells know that quote.
fn ansi_quote_with_escaped_end(text: &str) -> bool {
    text.split_once("$'").is_some_and(|(_, behind)| behind.contains("\\'"))
}

fn is_odd_blank(char: char) -> bool {
    !char.is_ascii()
        && (char.is_whitespace()
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'))
}

/// Why tokens are not parsed further.
pub(super) fn tokens(tokens: &[Token]) -> Option<&'static str> {
    if tokens.len() > MAX_TOKENS {
        return Some("more than 4096 words and signs");
    }
    let is = |token: &Token, sign: &str| matches!(token, Token::Operator(operator, _) if operator == sign);
    let doubled = tokens.windows(2).any(|pair| pair.iter().all(|token| is(token, "(")));
    let test = tokens.iter().any(|token| token.to_str() == "[[");
    if (doubled || test) && tokens.iter().filter(|token| is(token, "(")).count() > MAX_PARENTHESES {
        return Some("more than 12 parentheses beside `((` or `[[`");
    }
    let opening = tokens.iter().filter(|token| opens(token)).count();
    if opening > MAX_COMPOUND {
        return Some("more than 64 compound commands");
    }
    if tokens.iter().filter(|token| token.to_str() == "case").count() > MAX_CASES {
        return Some("more than 6 `case` commands");
    }
    let long_number = |token: &Token| {
        let digits = token.to_str();
        digits.len() > 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut pairs = tokens.windows(2);
    if pairs.any(|pair| matches!(pair, [number, Token::Operator(next, _)] if long_number(number) && next.starts_with(['<', '>']))) {
        return Some("a file descriptor of more than four digits");
    }
    None
}

fn opens(token: &Token) -> bool {
    match token {
        Token::Operator(operator, _) => operator == "(",
        Token::Word(word, _) => matches!(
            word.as_str(),
            "{" | "if" | "while" | "until" | "for" | "case" | "select" | "function" | "coproc" | "[[" | "!" | "time"
        ),
    }
}
