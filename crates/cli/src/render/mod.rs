//! How findings, test results and explanations look: one module for each form. Text in, text out; nothing here writes.

pub(crate) mod excerpt;
pub(crate) mod explanation;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod phrase;
pub(crate) mod short;
mod shown;
pub(crate) mod tests;
pub(crate) mod tree;

use std::borrow::Cow;
use std::fmt::Write;

/// Text that others wrote, on one line, with everything a terminal would act on or hide written as an escape.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            letter if acts(letter) => {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(letter));
            }
            letter => shown.push(letter),
        }
    }
    Cow::Owned(shown)
}

/// Whether a terminal acts on a character, or shows nothing for it: controls, changes of direction, zero widths.
pub(crate) fn acts(letter: char) -> bool {
    matches!(
        letter,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// "1 error", "2 errors".
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_is_written_as_an_escape() {
        assert_eq!(visible("a\u{1b}[31mb\nc\td"), "a\\u{1b}[31mb\\nc\\td");
        assert_eq!(visible("\u{202e}x\u{200b}"), "\\u{202e}x\\u{200b}");
        assert_eq!(visible("\u{9b}31m"), "\\u{9b}31m");
    }

    #[test]
    fn plain_text_is_left_alone() {
        assert!(matches!(visible("path é 🔑"), Cow::Borrowed("path é 🔑")));
    }
}
