//! A few lines of a text, numbered, with a mark at the one that matters.

use kruxos_policy::source::{Source, Span};

use super::visible;
use crate::output::Look;

/// Most lines of one excerpt.
const MOST_LINES: usize = 8;

/// The lines from `span`'s first on, as many as it covers within reason, each indented; the first is marked.
pub(crate) fn of(source: &Source, span: Span, look: Look) -> String {
    let first = source.position(span.start as usize).line as usize;
    let last = source.position((span.end as usize).saturating_sub(1).max(span.start as usize)).line as usize;
    let shown = last.saturating_sub(first) + 1;
    let lines = source.text().lines().enumerate().skip(first - 1).take(shown.min(MOST_LINES));
    let mut text: String = lines.map(|(at, line)| numbered(at + 1, line, at + 1 == first, look)).collect();
    if shown > MOST_LINES {
        text.push_str(&numbered_text("", &format!("… {} more lines", shown - MOST_LINES), false, look));
    }
    text
}

fn numbered(number: usize, line: &str, marked: bool, look: Look) -> String {
    numbered_text(&number.to_string(), line, marked, look)
}

fn numbered_text(number: &str, line: &str, marked: bool, look: Look) -> String {
    let bar = if look.unicode { '│' } else { '|' };
    let mark = match (marked, look.unicode) {
        (true, true) => '▸',
        (true, false) => '>',
        (false, _) => ' ',
    };
    let line = line.replace('\t', "    ");
    let room = look.width.saturating_sub(12);
    let line = super::tree::fit(&visible(line.trim_end_matches('\r')), room, look);
    format!("  {mark} {number:>5} {bar} {line}").trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod unit {
    use kruxos_policy::source::Sources;

    use super::*;

    const LOOK: Look = Look { color: false, unicode: false, width: 40 };

    fn excerpt(text: &str, start: usize, end: usize) -> String {
        let mut sources = Sources::default();
        let id = sources.add("a", text);
        of(sources.get(id).unwrap(), Span::new(id, start, end), LOOK)
    }

    #[test]
    fn the_lines_of_a_span_are_shown_and_no_others() {
        assert_eq!(excerpt("a\nb\nc\nd\n", 2, 5), "  >     2 | b\n        3 | c\n");
    }

    #[test]
    fn a_long_span_is_cut() {
        let text = "x\n".repeat(20);
        let shown = excerpt(&text, 0, 40);
        assert_eq!(shown.lines().count(), MOST_LINES + 1);
        assert!(shown.ends_with("12 more lines\n"), "{shown}");
    }

    #[test]
    fn control_characters_are_escaped_and_long_lines_cut() {
        assert_eq!(excerpt("\u{1b}[0m\n", 0, 1), "  >     1 | \\u{1b}[0m\n");
        assert_eq!(excerpt(&"y".repeat(99), 0, 1).trim_end().chars().count(), LOOK.width);
    }
}
