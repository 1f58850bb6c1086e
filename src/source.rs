//! Source text with positions: the first stage.
//!
//! A [`Sources`] owns every text that was loaded; a [`Span`] points into one of them by bytes. Spans survive to every
//! diagnostic and into every decision. This module reads no files: texts are handed in by name.

use std::num::NonZeroU32;
use std::sync::Arc;

/// Which text of a [`Sources`] a span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A half-open range of bytes in one source, and the alias that brought what is written there, if one did.
///
/// What an alias stands for is written once and means something at each place that names it: spans of one text that
/// different aliases brought are different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text this span points into.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte; equal to `start` for a point.
    pub end: u32,
    /// Where the outermost alias stands that brought it, in the same text.
    alias: Option<Alias>,
}

/// A range of bytes that holds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Alias {
    start: u32,
    /// The end; never zero, as an alias is not empty.
    end: NonZeroU32,
}

impl Span {
    /// The span of `start..end` in `source`; an offset over 4 GiB is held at that limit.
    #[must_use]
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: clip(start), end: clip(end.max(start)), alias: None }
    }

    /// The smallest span that holds both; `other` must be of the same source, else `self` is returned. What different
    /// aliases brought lies where the aliases stand.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.source != other.source {
            return self;
        }
        if self.alias != other.alias {
            return self.site().to(other.site());
        }
        Self { start: self.start.min(other.start), end: self.end.max(other.end), ..self }
    }

    /// The same text as the alias at `alias` brings it to another place.
    #[must_use]
    pub fn through(self, alias: Self) -> Self {
        let alias = NonZeroU32::new(alias.end).map(|end| Alias { start: alias.start, end });
        Self { alias, ..self }
    }

    /// The alias that brought it.
    #[must_use]
    pub fn alias(self) -> Option<Self> {
        let Alias { start, end } = self.alias?;
        Some(Self { source: self.source, start, end: end.get(), alias: None })
    }

    /// Where it has its effect: at the alias that brought it, else where it is written.
    #[must_use]
    pub fn site(self) -> Self {
        self.alias().unwrap_or(self)
    }

    /// Whether `other` lies in it, by itself or by an alias that does.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        let other = if self.alias == other.alias { other } else { other.site() };
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// Whether both are the same bytes, whatever brought them.
    #[must_use]
    pub fn is_same_text(self, other: Self) -> bool {
        (self.source, self.start, self.end) == (other.source, other.start, other.end)
    }

    /// The span of bytes `start..end` counted from this span's own start.
    #[must_use]
    pub fn within(self, start: usize, end: usize) -> Self {
        let base = self.start as usize;
        Self { alias: self.alias, ..Self::new(self.source, base.saturating_add(start), base.saturating_add(end)) }
    }
}

/// A value with the place it was written at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value and its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Line and column, both counted from 1; columns count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// One named text.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[usize]>,
}

impl Source {
    fn new(name: Arc<str>, text: Arc<str>) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name, text, line_starts }
    }

    /// The name it was loaded by, a path as a rule.
    #[must_use]
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; an offset past the end or inside a character is moved back to a border.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset = offset.saturating_sub(1);
        }
        let line = self.line_starts.partition_point(|&start| start <= offset).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
    }
}

/// Every text that was loaded, in order of loading.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// Takes a text under a name and gives the id its spans carry.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        let id = SourceId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(Source::new(name.into(), text.into()));
        id
    }

    /// The source of an id that this collection gave.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.list.get(id.0 as usize)
    }

    /// All sources, in order of loading.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.list.iter().enumerate().map(|(at, source)| (SourceId(u32::try_from(at).unwrap_or(u32::MAX)), source))
    }

    /// Line and column where a span starts.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.get(span.source).map_or(Position { line: 1, column: 1 }, |source| source.position(span.start as usize))
    }

    /// The text a span covers; empty when the span is not of these sources.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source)
            .and_then(|source| source.text().get(span.start as usize..span.end as usize))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", "x: 1\né🔑: 2\n");
        let span = Span::new(id, 11, 12);
        assert_eq!(sources.position(span), Position { line: 2, column: 3 });
        assert_eq!(sources.text(span), ":");
    }

    #[test]
    fn what_an_alias_brings_lies_in_its_text_and_has_its_effect_at_the_alias() {
        let source = Sources::default().add("a", "");
        let (first, second) = (Span::new(source, 30, 32), Span::new(source, 40, 42));
        let brought = Span::new(source, 5, 15).through(first);
        let part = brought.within(2, 4);
        assert_eq!((part.start, part.end, part.site()), (7, 9, first));
        assert!(part.is_same_text(part.through(second)) && part != part.through(second));
        assert_eq!(brought.to(part), brought);
        assert_eq!(brought.to(part.through(second)), first.to(second));
        assert_eq!(Span::new(source, 1, 2).to(brought), Span::new(source, 1, 32));
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let mut sources = Sources::default();
        let id = sources.add("a", "ab");
        assert_eq!(sources.position(Span::new(id, 99, 99)), Position { line: 1, column: 3 });
    }
}
