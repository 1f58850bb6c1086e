//! A source text made safe to show, with the way from its own offsets to those of what is shown.

use kruxos_policy::source::{Source, Span};
use miette::SourceSpan;

use super::acts;

/// A text as a terminal can show it.
#[derive(Debug)]
pub(crate) struct Shown {
    name: String,
    text: String,
    line_starts: Vec<usize>,
    /// For each character that was replaced: the offset after it, as it was and as it is shown.
    shifts: Vec<(usize, usize)>,
}

impl Shown {
    /// Replaces every character that a terminal would act on.
    pub(crate) fn new(source: &Source) -> Self {
        let name = super::visible(source.name()).into_owned();
        let mut shown = Self { name, text: String::new(), line_starts: vec![0], shifts: Vec::new() };
        shown.text.reserve(source.text().len());
        for (at, letter) in source.text().char_indices() {
            shown.push(at, letter);
        }
        shown
    }

    fn push(&mut self, at: usize, letter: char) {
        match letter {
            '\n' => {
                self.text.push('\n');
                self.line_starts.push(self.text.len());
            }
            '\t' => self.text.push('\t'),
            letter if acts(letter) => {
                self.text.extend(picture(letter));
                self.shifts.push((at + letter.len_utf8(), self.text.len()));
            }
            letter => self.text.push(letter),
        }
    }

    /// Where an offset of the source is in what is shown.
    fn offset(&self, offset: usize) -> usize {
        let before = self.shifts.partition_point(|(own, _)| *own <= offset);
        let (own, shown) = before.checked_sub(1).and_then(|at| self.shifts.get(at)).copied().unwrap_or((0, 0));
        (shown + offset - own).min(self.text.len())
    }

    /// What to underline for a span: what is on its first line.
    pub(crate) fn span(&self, span: Span) -> SourceSpan {
        let start = self.offset(span.start as usize);
        let end = self.offset(span.end as usize).clamp(start, self.content_end(self.line_of(start)).max(start));
        (start, end - start).into()
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The number of its last line, from 0.
    pub(crate) fn last_line(&self) -> usize {
        let lines = self.line_starts.len() - usize::from(self.text.ends_with('\n'));
        lines.saturating_sub(1)
    }

    /// A line without its end.
    pub(crate) fn line(&self, line: usize) -> &str {
        self.text.get(self.line_start(line)..self.content_end(line)).unwrap_or_default()
    }

    /// The line that an offset is on, from 0.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Where a line begins.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// Where the text of a line ends, before its line end.
    fn content_end(&self, line: usize) -> usize {
        let line = self.text.get(self.line_start(line)..self.line_start(line + 1)).map(|text| (line, text));
        line.map_or(self.text.len(), |(at, text)| self.line_start(at) + text.trim_end_matches('\n').len())
    }
}

/// What stands for a character that cannot be shown; nothing for the return in front of a line end.
fn picture(letter: char) -> Option<char> {
    match u32::from(letter) {
        0x0d => None,
        code @ 0..=0x1f => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => Some('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use kruxos_policy::source::{SourceId, Sources};

    use super::*;

    fn shown(text: &str) -> (Shown, SourceId) {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", text);
        (Shown::new(sources.get(id).unwrap()), id)
    }

    fn underlined(text: &str, start: usize, end: usize) -> String {
        let (shown, id) = shown(text);
        let span = shown.span(Span::new(id, start, end));
        shown.text[span.offset()..span.offset() + span.len()].to_owned()
    }

    #[test]
    fn spans_follow_what_is_replaced() {
        assert_eq!(underlined("a\u{1b}bc\u{202e}d", 2, 4), "bc");
        assert_eq!(underlined("a\u{1b}bc\u{202e}d", 7, 8), "d");
        assert_eq!(underlined("x: 1\r\ny: 2\r\n", 6, 7), "y");
    }

    #[test]
    fn only_the_first_line_of_a_span_is_underlined() {
        assert_eq!(underlined("a: {\n  b\n}\n", 3, 10), "{");
        assert_eq!(underlined("ab", 1, 99), "b");
    }
}
