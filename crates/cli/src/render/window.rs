//! The lines of a text around what is labelled in it, each cut to the width of the terminal around its labels.
//!
//! What draws the excerpt wraps nothing in it: a line that is too long, or a label's words that begin too far right, would
//! leave the terminal to break them. Lines that are not shown are empty here, so that the others keep their numbers.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::shown::Shown;
use crate::output::Look;

/// Lines shown before and after a labelled one.
const AROUND: usize = 1;
/// What stands between the number of a line and its text, and before the number.
const GUTTER: usize = 4;
/// What stands before the words of a label.
const HOOK: usize = 4;
/// Columns that the words of a label get before they are broken into more lines.
const WORDS: usize = 40;
/// Least columns for the words of a label.
const LEAST: usize = 16;

/// A text with the lines that are shown of it.
#[derive(Debug)]
pub(crate) struct Window {
    name: String,
    text: String,
    line_starts: Vec<usize>,
    /// For each line the characters that are missing at its start, counting the mark that stands for them.
    missing: Vec<usize>,
}

/// A label on a text as shown: its span, its words.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) span: SourceSpan,
    pub(crate) words: Option<String>,
}

impl Window {
    /// The window on a text for these labels, the primary one first; the labels in it; and the places of those that it has no
    /// room for, beside others on one line.
    pub(crate) fn new(shown: &Shown, labels: &[Label], look: Look) -> (Self, Vec<LabeledSpan>, Vec<usize>) {
        let (mut kept, mut left_out): (Vec<usize>, Vec<usize>) = ((0..labels.len()).collect(), Vec::new());
        loop {
            let chosen: Vec<&Label> = kept.iter().filter_map(|at| labels.get(*at)).collect();
            let (window, placed) = Self::of(shown, &chosen, look);
            let unfit = |at: &usize| placed.get(*at).is_some_and(|label| label.is_none() || meets(&chosen, *at));
            let unfit = (1..placed.len()).rev().find(unfit);
            let Some(unfit) = unfit else {
                left_out.sort_unstable();
                let mut placed: Vec<LabeledSpan> = placed.into_iter().flatten().collect();
                // What draws them goes from left to right.
                placed.sort_by_key(LabeledSpan::offset);
                return (window, placed, left_out);
            };
            left_out.push(kept.remove(unfit));
        }
    }

    /// The window for these labels, and each of them that it has room for.
    fn of(shown: &Shown, labels: &[&Label], look: Look) -> (Self, Vec<Option<LabeledSpan>>) {
        let lines: Vec<usize> = labels.iter().map(|label| shown.line_of(label.span.offset())).collect();
        let last = lines.iter().max().map_or(0, |line| line + AROUND);
        let digits = (last + 1).to_string().len();
        let room = look.width.saturating_sub(digits + GUTTER).max(LEAST * 2);
        let mut window =
            Self { name: shown.name().to_owned(), text: String::new(), line_starts: Vec::new(), missing: Vec::new() };
        let mut placed: Vec<Option<LabeledSpan>> = vec![None; labels.len()];
        for line in 0..=last.min(shown.last_line()) {
            window.line_starts.push(window.text.len());
            let near = lines.iter().any(|own| own.abs_diff(line) <= AROUND);
            let on_line = lines.iter().zip(labels.iter().zip(&mut placed)).enumerate();
            let on_line = on_line.filter(|(_, (own, _))| **own == line);
            let mut on_line: Vec<_> = on_line.map(|(at, (_, (label, place)))| (at, *label, place)).collect();
            let own: Vec<Part<'_>> =
                on_line.iter().map(|(at, label, _)| Part::of(label, shown, line, *at == 0)).collect();
            let cut = if near { Cut::of(shown.line(line), &own, room, look) } else { Cut::default() };
            for (part, (.., place)) in own.iter().zip(&mut on_line) {
                **place = cut.label(part, window.text.len(), room);
            }
            window.text.push_str(&cut.text);
            window.text.push('\n');
            window.missing.push(cut.missing);
        }
        window.line_starts.push(window.text.len());
        if let Some(Some(primary)) = placed.first_mut() {
            *primary = LabeledSpan::new_primary_with_span(primary.label().map(str::to_owned), *primary.inner());
        }
        (window, placed)
    }

    fn line_of(&self, offset: usize) -> usize {
        let lines = self.line_starts.len().saturating_sub(2);
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1).min(lines)
    }

    fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line).copied().unwrap_or(self.text.len())
    }
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let first = self.line_of(span.offset());
        let last = self.line_of(span.offset() + span.len().saturating_sub(1));
        let line = first.saturating_sub(before);
        let start = if before == 0 { span.offset() } else { self.line_start(line) };
        let end = self.line_start(last + after + 1);
        let data = self.text.get(start..end).ok_or(MietteError::OutOfBounds)?;
        let column = match self.text.get(self.line_start(line)..start).map_or(0, |text| text.chars().count()) {
            0 => 0,
            column => column + self.missing.get(line).copied().unwrap_or(0),
        };
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            (start, end - start).into(),
            line,
            column,
            data.lines().count(),
        );
        Ok(Box::new(contents))
    }
}

/// Whether a label has text in common with an earlier one.
fn meets(labels: &[&Label], at: usize) -> bool {
    let range = |label: &&Label| label.span.offset()..label.span.offset() + label.span.len().max(1);
    let own = labels.get(at).map(range);
    let common =
        |other: std::ops::Range<usize>| own.as_ref().is_some_and(|own| other.start < own.end && own.start < other.end);
    labels.iter().take(at).map(range).any(common)
}

/// A label by bytes of its line.
struct Part<'l> {
    start: usize,
    end: usize,
    words: Option<&'l str>,
    primary: bool,
}

impl<'l> Part<'l> {
    fn of(label: &'l Label, shown: &Shown, line: usize, primary: bool) -> Self {
        let start = label.span.offset().saturating_sub(shown.line_start(line));
        Self { start, end: start + label.span.len(), words: label.words.as_deref(), primary }
    }
}

/// What is shown of a line.
#[derive(Debug, Default)]
struct Cut {
    text: String,
    /// The bytes of the line that are left, and where they begin in the text.
    kept: std::ops::Range<usize>,
    mark: usize,
    missing: usize,
}

impl Cut {
    fn of(line: &str, labels: &[Part<'_>], room: usize, look: Look) -> Self {
        let mark = if look.unicode { "…" } else { "..." };
        let from = anchor(line, labels, room).map_or(0, |anchor| anchor.first(line, room, mark.width()));
        let left = if from == 0 { "" } else { mark };
        let rest = line.get(from..).unwrap_or_default();
        let length = fitting(rest, room.saturating_sub(left.width()), mark.width());
        let kept = rest.get(..length).unwrap_or_default();
        let right = if length < rest.len() { mark } else { "" };
        let before = line.get(..from).map_or(0, |text| text.chars().count());
        Self {
            text: format!("{left}{kept}{right}"),
            kept: from..from + length,
            mark: left.len(),
            missing: before.saturating_sub(left.chars().count()),
        }
    }

    /// A label of the line, up to where the line is cut; `None` where the line has no room for it. A primary one has room.
    fn label(&self, part: &Part<'_>, line: usize, room: usize) -> Option<LabeledSpan> {
        let place = |at: usize| self.mark + at.clamp(self.kept.start, self.kept.end) - self.kept.start;
        let (start, end) = (place(part.start), place(part.end));
        let middle = (columns(&self.text, start) + columns(&self.text, end)) / 2;
        let left = room.saturating_sub(middle + HOOK);
        let least = part.words.map_or(0, |words| words.width().min(LEAST));
        let hidden = part.start >= self.kept.end && part.end > part.start;
        if !part.primary && (hidden || left < least) {
            return None;
        }
        let words = part.words.map(|words| broken(words, left.max(LEAST)));
        Some(LabeledSpan::new_with_span(words, (line + start, end - start)))
    }
}

/// What has to be seen of a line that does not fit: by columns, a label and its words.
struct Anchor {
    start: usize,
    /// Where the words hang.
    middle: usize,
    end: usize,
    words: usize,
}

/// What a line that is too long, or whose label would be, is cut around.
/// All labels of the line if there is room for them, or the primary one.
fn anchor(line: &str, labels: &[Part<'_>], room: usize) -> Option<Anchor> {
    let primary = labels.first()?;
    let words = labels.iter().filter_map(|label| label.words).map(UnicodeWidthStr::width).max();
    let words = words.map_or(0, |words| words.min(WORDS) + HOOK);
    let place = |label: &Part<'_>| {
        let (start, end) = (columns(line, label.start), columns(line, label.end));
        Anchor { start, middle: start.midpoint(end), end, words }
    };
    let all = labels.iter().map(place).reduce(|one, other| Anchor {
        start: one.start.min(other.start),
        middle: one.middle.max(other.middle),
        end: one.end.max(other.end),
        words,
    })?;
    let together = (all.middle + words).max(all.end).saturating_sub(all.start);
    Some(if together + LEAST <= room { all } else { place(primary) })
}

impl Anchor {
    /// The first byte of the line that is shown.
    fn first(&self, line: &str, room: usize, mark: usize) -> usize {
        let fits = columns(line, line.len()) <= room || self.end + mark <= room;
        if fits && self.middle + self.words <= room {
            return 0;
        }
        let hangs = self.middle - self.start + self.words;
        let wanted = self.start.min(room / 4).min(room.saturating_sub(hangs));
        let skipped = self.start.saturating_sub(wanted.saturating_sub(mark));
        if skipped <= mark { 0 } else { fitting(line, skipped, 0) }
    }
}

/// The columns of a line up to a byte.
fn columns(line: &str, at: usize) -> usize {
    line.get(..at).unwrap_or(line).chars().map(width).sum()
}

/// How many bytes of a text fit into some columns; where not all do, the mark has to fit behind them.
fn fitting(text: &str, room: usize, mark: usize) -> usize {
    if mark > 0 && columns(text, text.len()) <= room {
        return text.len();
    }
    let mut left = room.saturating_sub(mark);
    let cut = text.char_indices().find(|(_, letter)| match left.checked_sub(width(*letter)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    });
    cut.map_or(text.len(), |(at, _)| at)
}

/// A tab is drawn as up to four columns.
fn width(letter: char) -> usize {
    if letter == '\t' { 4 } else { letter.width().unwrap_or(0) }
}

fn broken(words: &str, room: usize) -> String {
    let options = textwrap::Options::new(room)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(words, options)
}

#[cfg(test)]
mod unit {
    use kruxos_policy::source::{Sources, Span};

    use super::*;

    const LOOK: Look = Look { color: false, unicode: true, width: 40 };

    /// The line with the label as it is shown, and what of it is labelled.
    fn shown(line: &str, start: usize, end: usize, words: Option<&str>) -> (String, String, usize) {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", format!("x: 1\n{line}\ny: 2\n"));
        let shown = Shown::new(sources.get(id).unwrap());
        let label = Label { span: shown.span(Span::new(id, start + 5, end + 5)), words: words.map(str::to_owned) };
        let (window, labels, _) = Window::new(&shown, &[label], LOOK);
        let span = labels[0].inner();
        let contents = window.read_span(span, 0, 0).unwrap();
        let text = window.text.lines().nth(1).unwrap().to_owned();
        (text, window.text[span.offset()..span.offset() + span.len()].to_owned(), contents.column())
    }

    #[test]
    fn a_line_that_fits_is_shown_whole() {
        let whole = "abcdefghijklmnopqrstuvwxyz012345678";
        assert_eq!(shown(whole, 3, 6, None), (whole.to_owned(), "def".to_owned(), 3));
        assert_eq!(shown("é🔑: 2", 6, 7, None), ("é🔑: 2".to_owned(), ":".to_owned(), 2));
    }

    #[test]
    fn a_long_line_is_cut_around_its_label() {
        let long = "a".repeat(30) + "LABEL" + &"b".repeat(60);
        let (line, label, column) = shown(&long, 30, 35, None);
        assert_eq!((label.as_str(), column), ("LABEL", 30));
        assert_eq!(line, format!("…aaaaaaaLABEL{}…", "b".repeat(21)));
        let (line, label, _) = shown(&long, 2, 5, None);
        assert_eq!((line.as_str(), label.as_str()), (format!("{}LABE…", "a".repeat(30)).as_str(), "aaa"));
    }

    #[test]
    fn a_label_longer_than_the_line_is_labelled_up_to_the_cut() {
        let (line, label, column) = shown(&"abcde ".repeat(40), 50, 200, None);
        assert!(line.width() <= 35 && line.starts_with('…') && line.ends_with('…'), "{line}");
        assert_eq!(column, 50);
        assert!(label.starts_with("cde ") && line.contains(&label), "{label}");
    }

    #[test]
    fn words_that_begin_too_far_right_move_the_line() {
        let line = "a: { b: c, d: e, f: g, h: i }";
        let (whole, label, _) = shown(line, 23, 27, Some("word"));
        assert_eq!((whole.as_str(), label.as_str()), (line, "h: i"));
        let (cut, label, column) = shown(line, 23, 27, Some("words that go on for a while"));
        assert_eq!((label.as_str(), column), ("h: i", 23));
        assert!(cut.starts_with('…') && cut.width() < line.width(), "{cut}");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_columns_are_those_of_the_text() {
        let lines = ["", "abc", "a\tb é", &"日本語 ".repeat(12), &"{ key: value, other: words }, ".repeat(4)];
        for line in lines {
            let borders: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
            for (at, start) in borders.iter().enumerate() {
                for end in borders.iter().skip(at).step_by(3) {
                    let (text, _, column) = shown(line, *start, *end, Some("some words that are said of it"));
                    assert!(columns(&text, text.len()) <= 35, "{text}");
                    assert_eq!(column, at, "{text}");
                }
            }
        }
    }
}
