//! Words in columns: marks, wrapping and cutting for text at a terminal.

use kruxos_policy::explain::TestOutcome;
use kruxos_policy::tier::Tier;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::Look;

/// The mark of a test's outcome: `✓`, `✗`, `?`.
pub(crate) fn mark(outcome: TestOutcome, look: Look) -> String {
    let (unicode, ascii, color) = match outcome {
        TestOutcome::True => ("✓", "+", GREEN),
        TestOutcome::False => ("✗", "-", RED),
        TestOutcome::Unknown => ("?", "?", YELLOW),
    };
    paint(if look.unicode { unicode } else { ascii }, color, look)
}

/// An arrow.
pub(crate) const fn arrow(look: Look) -> &'static str {
    if look.unicode { "→" } else { "->" }
}

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BOLD: &str = "1";
const DIM: &str = "2";

/// Text that stands out.
pub(crate) fn bold(text: &str, look: Look) -> String {
    paint(text, BOLD, look)
}

/// Text that stands back.
pub(crate) fn dim(text: &str, look: Look) -> String {
    paint(text, DIM, look)
}

/// A tier in its colour.
pub(crate) fn tier(tier: Tier, look: Look) -> String {
    let color = match tier {
        Tier::Autonomous => GREEN,
        Tier::Notify => "36",
        Tier::ApprovalRequired => YELLOW,
        Tier::Blocked => RED,
    };
    paint(tier.as_str(), color, look)
}

fn paint(text: &str, color: &str, look: Look) -> String {
    if look.color { format!("\u{1b}[{color}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Text cut to `room` columns, with a mark where it was cut.
pub(crate) fn fit(text: &str, room: usize, look: Look) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let cut = if look.unicode { "…" } else { "..." };
    let mut left = room.saturating_sub(cut.width());
    let fits = |letter: &char| {
        let width = letter.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    let mut fitted: String = text.chars().take_while(fits).collect();
    fitted.push_str(cut);
    fitted
}

/// Text broken into lines that begin with `indent` and fit.
pub(crate) fn wrap(text: &str, indent: &str, look: Look) -> String {
    let options = textwrap::Options::new(look.width)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut wrapped = textwrap::fill(text, options);
    wrapped.push('\n');
    wrapped
}

#[cfg(test)]
mod unit {
    use super::*;

    const LOOK: Look = Look { color: false, unicode: true, width: 20 };

    #[test]
    fn text_that_does_not_fit_is_cut_with_a_mark() {
        assert_eq!(fit("abcdef", 6, LOOK), "abcdef");
        assert_eq!(fit("abcdefg", 6, LOOK), "abcde…");
        assert_eq!(fit("日本語日本語", 7, LOOK), "日本語…");
    }

    #[test]
    fn wrapped_lines_keep_their_indent() {
        assert_eq!(wrap("one two three four five", "    ", LOOK), "    one two three\n    four five\n");
    }

    #[test]
    fn without_colour_there_are_no_escapes() {
        assert_eq!(bold("x", LOOK), "x");
        assert_eq!(bold("x", Look { color: true, ..LOOK }), "\u{1b}[1mx\u{1b}[0m");
    }
}
