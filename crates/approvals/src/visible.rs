//! Text that somebody else wrote, made safe to show to a person: every character that a terminal or browser acts on, or
//! shows nothing for, becomes visible.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Spaces in a row that are shown as they are. More could push what follows out of sight.
const MOST_SPACES: usize = 8;

/// The text on one line: what is not to be seen is escaped (`\n`, `\t`, `\u{1b}`), and a long run of spaces is counted
/// (`␣×10000`).
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) && !has_gap(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut spaces = 0;
    for letter in text.chars() {
        if letter == ' ' {
            spaces += 1;
            continue;
        }
        push_spaces(&mut shown, std::mem::take(&mut spaces));
        push(&mut shown, letter);
    }
    push_spaces(&mut shown, spaces);
    Cow::Owned(shown)
}

fn has_gap(text: &str) -> bool {
    text.split(|letter| letter != ' ').any(|run| run.len() > MOST_SPACES)
}

fn push(shown: &mut String, letter: char) {
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

fn push_spaces(shown: &mut String, spaces: usize) {
    if spaces > MOST_SPACES {
        let _ = write!(shown, "␣×{spaces} ");
    } else {
        shown.extend(std::iter::repeat_n(' ', spaces));
    }
}

/// Whether a terminal or browser acts on a character, or shows nothing for it: controls, changes of direction, zero widths,
/// fillers, spaces that are none.
#[must_use]
pub const fn acts(letter: char) -> bool {
    matches!(
        letter,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{a0}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{1680}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3000}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_is_written_as_an_escape() {
        assert_eq!(visible("a\u{1b}[31mb\nc\td"), "a\\u{1b}[31mb\\nc\\td");
        assert_eq!(visible("\u{202e}x\u{200b}\u{3164}"), "\\u{202e}x\\u{200b}\\u{3164}");
        assert_eq!(visible("\u{9b}31m"), "\\u{9b}31m");
    }

    #[test]
    fn plain_text_is_left_alone() {
        assert!(matches!(visible("path é 🔑  x"), Cow::Borrowed("path é 🔑  x")));
    }

    #[test]
    fn a_long_gap_is_counted() {
        assert_eq!(visible(&format!("a{}b", " ".repeat(9))), "a␣×9 b");
        assert_eq!(visible(&format!("a{}b", " ".repeat(8))), format!("a{}b", " ".repeat(8)));
        assert_eq!(visible(&" ".repeat(10_000)), "␣×10000 ");
    }
}
