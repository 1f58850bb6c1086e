//! Regular expressions as JSON Schema writes them (ECMA-262), put into the words of the `regex` crate.
//!
//! Where the two read one text differently, ECMA's reading holds: `\d` and `\w` are ASCII, `.` is no line end, `[` inside
//! a class is a plain character. What `regex` cannot do (lookaround, backreferences) is an error.

use regex::{Regex, RegexBuilder};

/// Most bytes a compiled pattern may take.
const MAX_SIZE: usize = 1 << 20;
/// Most bytes in a pattern's text.
const MAX_TEXT: usize = 4096;

/// Compiles a pattern; the error says why it cannot be.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > MAX_TEXT {
        return Err(format!("it has {} bytes; at most {MAX_TEXT} are allowed", pattern.len()));
    }
    RegexBuilder::new(&translate(pattern)).size_limit(MAX_SIZE).dfa_size_limit(MAX_SIZE).build().map_err(reason)
}

fn reason(error: regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => format!("it compiles to more than {limit} bytes"),
        regex::Error::Syntax(text) => {
            let last = text.lines().last().unwrap_or(&text).trim();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
        other => other.to_string(),
    }
}

fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(chars.next(), in_class, &mut out),
            '[' if !in_class => {
                in_class = true;
                out.push(c);
            }
            ']' => {
                in_class = false;
                out.push(c);
            }
            '[' | '&' | '~' if in_class => out.extend(['\\', c]),
            '.' if !in_class => out.push_str(r"[^\n\r\u{2028}\u{2029}]"),
            _ => out.push(c),
        }
    }
    out
}

/// Writes what `\c` means; classes inside classes are fine for `regex`.
fn escape(c: Option<char>, in_class: bool, out: &mut String) {
    match c {
        Some('d') => out.push_str("[0-9]"),
        Some('D') => out.push_str("[^0-9]"),
        Some('w') => out.push_str("[0-9A-Za-z_]"),
        Some('W') => out.push_str("[^0-9A-Za-z_]"),
        Some('b') if in_class => out.push_str(r"\x08"),
        Some('b') => out.push_str(r"(?-u:\b)"),
        Some(other) => out.extend(['\\', other]),
        None => out.push('\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        compile(pattern).unwrap().is_match(text)
    }

    #[test]
    fn classes_are_ascii() {
        assert!(matches(r"^\d+$", "42") && !matches(r"^\d+$", "٤٢"));
        assert!(matches(r"^[\w-]+$", "a-b_1") && !matches(r"^[\w-]+$", "é"));
        assert!(!matches(r"^[^\d]$", "7") && matches(r"^[\D]$", "x"));
    }

    #[test]
    fn what_is_special_to_the_crate_alone_is_plain() {
        assert!(matches(r"^[[]$", "["));
        assert!(matches(r"^[a&&b]+$", "a&b"));
        assert!(matches(r"^[a~~b]+$", "~"));
    }

    #[test]
    fn a_dot_is_no_line_end() {
        assert!(!matches("^.$", "\r") && !matches("^.$", "\u{2028}") && matches("^.$", "é"));
        assert!(matches(r"^\.$", ".") && !matches(r"^[.]$", "x"));
    }

    #[test]
    fn what_cannot_be_done_says_why() {
        assert!(compile("(?!a)").unwrap_err().contains("look-around"), "{:?}", compile("(?!a)"));
        assert!(compile(r"(a)\1").unwrap_err().contains("backreferences"));
        assert!(compile("a{1000}{1000}").unwrap_err().contains("more than 1048576 bytes"));
        assert!(compile(&"a".repeat(5000)).unwrap_err().contains("at most 4096"));
    }
}
