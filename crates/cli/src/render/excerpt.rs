//! A few lines of a text, numbered, with a mark at the one that matters.

use kruxos_policy::source::{Source, Span};

use super::visible;
use crate::output::Look;

/// Most lines of one excerpt.
const MOST_LINES: usize = 8;

/// The line a span begins on, marked, and what is indented under it, within reason.
pub(crate) fn of(source: &Source, span: Span, look: Look) -> String {
    let first = source.position(span.start as usize).line as usize;
    let mut block = block(source.text(), first);
    let shown: String = block
        .by_ref()
        .take(MOST_LINES)
        .enumerate()
        .map(|(at, line)| numbered(first + at, line, at == 0, look))
        .collect();
    match block.count() {
        0 => shown,
        more => shown + &numbered_text("", &format!("... {}", super::counted(more, "more line", "more lines")), false, look),
    }
}

/// A line and the lines under it that are indented further, as YAML nests them.
fn block(text: &str, first: usize) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().skip(first.saturating_sub(1)).peekable();
    let own = lines.peek().map_or(0, |line| indent(line));
    let inner = move |(at, line): &(usize, &str)| *at == 0 || (!line.trim().is_empty() && indent(line) > own);
    lines.enumerate().take_while(inner).map(|(_, line)| line)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
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
    fn what_is_indented_under_the_line_is_shown_and_no_more() {
        let text = "a:\n  b: 1\n  c:\n    - d\n  e: 2\n";
        assert_eq!(excerpt(text, 3, 4), "  >     2 |   b: 1\n");
        assert_eq!(excerpt(text, 12, 13), "  >     3 |   c:\n        4 |     - d\n");
    }

    #[test]
    fn a_long_block_is_cut() {
        let text = format!("a:\n{}", " x\n".repeat(20));
        let shown = excerpt(&text, 0, 1);
        assert_eq!(shown.lines().count(), MOST_LINES + 1);
        assert!(shown.ends_with("... 13 more lines\n"), "{shown}");
    }

    #[test]
    fn control_characters_are_escaped_and_long_lines_cut() {
        assert_eq!(excerpt("\u{1b}[0m\n", 0, 1), "  >     1 | \\u{1b}[0m\n");
        assert_eq!(excerpt(&"y".repeat(99), 0, 1).trim_end().chars().count(), LOOK.width);
    }
}
