//! A few lines of a text, numbered, with a mark at the one that matters.

use kruxos_policy::source::{Source, Span};

use super::tree::fit;
use super::visible;
use crate::output::Look;

/// Most lines of one excerpt.
const MOST_LINES: usize = 12;

/// The line a span begins on, marked, the lines it covers and what is indented under it, within reason.
pub(crate) fn of(source: &Source, span: Span, look: Look) -> String {
    let first = source.position(span.start as usize).line as usize;
    let last = source.position((span.end as usize).saturating_sub(1)).line as usize;
    let block: Vec<&str> = block(source.text(), first, last).collect();
    let margin = block.first().map_or(0, |line| indent(line));
    let digits = (first + block.len()).to_string().len();
    let gutter = Gutter { digits, look };
    let shown = block.iter().take(MOST_LINES).enumerate();
    let mut text: String =
        shown.map(|(at, line)| gutter.line(first + at, line.get(margin..).unwrap_or(line), at == 0)).collect();
    if let Some(more) = block.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        text.push_str(&gutter.row("", &format!("... {}", super::counted(more, "more line", "more lines")), ' '));
    }
    text
}

/// The lines of a span, and the lines under the first that are indented further, as YAML nests them.
fn block(text: &str, first: usize, last: usize) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().skip(first.saturating_sub(1)).peekable();
    let own = lines.peek().map_or(0, |line| indent(line));
    let inner = move |(at, line): &(usize, &str)| first + at <= last || (!line.trim().is_empty() && indent(line) > own);
    lines.enumerate().take_while(inner).map(|(_, line)| line)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// What stands left of the text.
struct Gutter {
    digits: usize,
    look: Look,
}

/// Characters of one line that are shown at most.
const LONGEST_LINE: usize = 400;

impl Gutter {
    /// A line with its number, broken where it is too long.
    fn line(&self, number: usize, line: &str, marked: bool) -> String {
        let line = line.replace('\t', "    ");
        let line = fit(&visible(line.trim_end_matches('\r')), LONGEST_LINE, self.look);
        let room = self.look.width.saturating_sub(self.digits + 7);
        let inner = " ".repeat(indent(&line) + 4);
        let options =
            textwrap::Options::new(room).subsequent_indent(&inner).word_separator(textwrap::WordSeparator::AsciiSpace);
        let rows = textwrap::wrap(&line, options.word_splitter(textwrap::WordSplitter::NoHyphenation));
        let row = |(at, row): (usize, &std::borrow::Cow<'_, str>)| match at {
            0 => self.row(&number.to_string(), row, self.mark(marked)),
            _ => self.row("", row, ' '),
        };
        rows.iter().enumerate().map(row).collect()
    }

    const fn mark(&self, marked: bool) -> char {
        match (marked, self.look.unicode) {
            (true, true) => '▸',
            (true, false) => '>',
            (false, _) => ' ',
        }
    }

    fn row(&self, number: &str, text: &str, mark: char) -> String {
        let bar = if self.look.unicode { '│' } else { '|' };
        let row = format!("  {mark} {number:>digits$} {bar} {text}", digits = self.digits);
        row.trim_end().to_owned() + "\n"
    }
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
        assert_eq!(excerpt(text, 3, 4), "  > 2 | b: 1\n");
        assert_eq!(excerpt(text, 12, 13), "  > 3 | c:\n    4 |   - d\n");
    }

    #[test]
    fn all_lines_of_a_span_are_shown() {
        let text = "- &a\n  b: 1\n  c: 2\n- d\n";
        assert_eq!(excerpt(text, 7, 18), "  > 2 | b: 1\n    3 | c: 2\n");
    }

    #[test]
    fn a_long_block_is_cut() {
        let text = format!("a:\n{}", " x\n".repeat(20));
        let shown = excerpt(&text, 0, 1);
        assert_eq!(shown.lines().count(), MOST_LINES + 1);
        assert!(shown.ends_with("... 9 more lines\n"), "{shown}");
    }

    #[test]
    fn control_characters_are_escaped_and_long_lines_broken() {
        assert_eq!(excerpt("\u{1b}[0m\n", 0, 1), "  > 1 | \\u{1b}[0m\n");
        let shown = excerpt(&"yyyy ".repeat(20), 0, 1);
        assert!(shown.lines().count() > 1 && shown.lines().all(|line| line.len() <= LOOK.width), "{shown}");
    }
}
