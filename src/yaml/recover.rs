//! How reading goes on after a syntax error: the smallest part that cannot be read is masked, byte for byte, so that
//! every position stays true, and the text is read again.
//!
//! The file does not load either way; this is for telling all its errors in one run.

use std::ops::Range;

use granit_parser::ErrorKind;

use super::syntax::starred_key;

/// Most syntax errors that one run tells.
pub(super) const MOST_ERRORS: usize = 12;

/// What is masked, and what for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// Blanks: what stood there is not read.
    Blank(Range<usize>),
    /// A letter for the one byte that cannot begin a text.
    Letter(usize),
    /// Spaces for every tab that indents.
    Tabs,
}

/// What to mask after an error of this kind at byte `at`; `bracket` is the innermost that is still open.
pub(super) fn mask(kind: &ErrorKind, text: &str, at: usize, bracket: Option<usize>) -> Mask {
    use ErrorKind as K;
    match kind {
        K::TabNotAllowed
        | K::TabInBlockIndentation
        | K::TabInIndentation
        | K::TabAtBlockScalarStart
        | K::TabInPlainScalar
            if has_indenting_tab(text) =>
        {
            Mask::Tabs
        }
        K::UnexpectedCharacter { character: '@' | '`' | '%' } | K::MissingAnchorOrAliasName => Mask::Letter(at),
        _ if text.get(at..).is_some_and(|rest| rest.starts_with(['"', '\''])) => Mask::Blank(at..line_end(text, at)),
        K::MappingValueNotAllowed => match line(text, at).find(": ") {
            Some(first) if line_start(text, at) + first < at => {
                Mask::Blank(line_start(text, at) + first + 2..line_end(text, at))
            }
            _ => Mask::Blank(culprit_above(text, at)),
        },
        _ if bracket.is_none() && starred_key(line(text, at)).is_some() => {
            Mask::Letter(line_start(text, at) + indent(line(text, at)))
        }
        _ => match bracket {
            Some(bracket) => Mask::Blank(bracket..block_end(text, bracket)),
            None => Mask::Blank(line_start(text, at)..block_end(text, at)),
        },
    }
}

impl Mask {
    /// The text with the mask on; as long as before.
    pub(super) fn apply(&self, text: &str) -> String {
        match self {
            Self::Blank(range) => {
                let blank = text.get(range.clone()).unwrap_or_default();
                let blank: String = blank.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
                splice(text, range, &blank)
            }
            Self::Letter(at) => splice(text, &(*at..at + 1), "_"),
            Self::Tabs => text.split_inclusive('\n').map(spaced).collect(),
        }
    }

    /// The part that is not read.
    pub(super) fn unread(&self) -> Option<Range<usize>> {
        match self {
            Self::Blank(range) => Some(range.clone()),
            Self::Letter(at) => Some(*at..at + 1),
            Self::Tabs => None,
        }
    }
}

fn splice(text: &str, range: &Range<usize>, with: &str) -> String {
    let (before, after) = (text.get(..range.start), text.get(range.end..));
    match before.zip(after).filter(|_| with.len() == range.len()) {
        Some((before, after)) => [before, with, after].concat(),
        None => text.to_owned(),
    }
}

fn spaced(line: &str) -> String {
    let rest = line.trim_start_matches([' ', '\t']);
    let indent = line.get(..line.len() - rest.len()).unwrap_or_default();
    indent.replace('\t', " ") + rest
}

fn has_indenting_tab(text: &str) -> bool {
    text.lines().any(|line| line.trim_start_matches(' ').starts_with('\t'))
}

/// Where the line of a byte begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Where the line of a byte ends, its line break not included.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline)
}

/// The line of a byte.
pub(super) fn line(text: &str, at: usize) -> &str {
    text.get(line_start(text, at)..line_end(text, at)).unwrap_or_default()
}

/// The span of the last line above that holds something.
pub(super) fn line_above(text: &str, at: usize) -> Range<usize> {
    let before = text.get(..line_start(text, at)).unwrap_or_default().trim_end();
    line_start(text, before.len())..before.len()
}

/// The line above where it is no `key: value`, so that this line's key was read as its continuation; else this line
/// with all that is nested in it.
fn culprit_above(text: &str, at: usize) -> Range<usize> {
    let above = line_above(text, at);
    let content = text.get(above.clone()).unwrap_or_default();
    if above.is_empty() || content.contains(": ") {
        return line_start(text, at)..block_end(text, at);
    }
    above
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Where the block ends that the line of a byte begins: all deeper lines that follow, and lines of closing brackets.
pub(super) fn block_end(text: &str, at: usize) -> usize {
    let own = indent(line(text, at));
    let mut end = line_end(text, at);
    while let Some(next) = text.get(end + 1..).map(|_| end + 1).filter(|next| *next < text.len()) {
        let line = line(text, next);
        let closes = line.trim_start().starts_with([']', '}']);
        if !line.trim().is_empty() && indent(line) <= own && !closes {
            break;
        }
        end = line_end(text, next);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_keeps_every_position() {
        let text = "a: é\"x\nb:\n\t- 1\n\t- 2\n";
        for mask in [Mask::Blank(3..7), Mask::Blank(0..text.len()), Mask::Letter(5), Mask::Tabs] {
            let masked = mask.apply(text);
            assert_eq!(masked.len(), text.len(), "{mask:?}");
            let breaks = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
            assert_eq!(breaks(&masked), breaks(text), "{mask:?}");
        }
    }

    #[test]
    fn a_block_ends_where_the_indentation_returns() {
        let text = "a:\n  b: [1,\n    2\n  ]\n  c: 3\nd: 4\n";
        assert_eq!(text.get(5..block_end(text, 8)), Some("b: [1,\n    2\n  ]"));
        assert_eq!(text.get(..block_end(text, 0)), Some("a:\n  b: [1,\n    2\n  ]\n  c: 3"));
    }
}
