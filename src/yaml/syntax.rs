//! Words for what keeps a text from being YAML, with the likely cause.

use granit_parser::ErrorKind;

use super::recover::{line, line_above, line_end, line_start};
use crate::diagnostic::{Diagnostic, kinds};
use crate::source::{SourceId, Span};

/// More levels of lists and maps than are allowed.
pub(super) fn too_deep(span: Span, levels: usize) -> Diagnostic {
    let message = format!("lists and maps are nested more than {levels} levels deep");
    Diagnostic::of(&kinds::YAML_LIMIT, span, message).help("flatten the structure")
}

/// An alias without an anchor, most likely a text that begins with `*` and so was read as one.
pub(super) fn alias(span: Span, name: &str) -> Diagnostic {
    let quoted = format!("\"{name}\"");
    Diagnostic::of(&kinds::YAML_ALIAS, span, format!("`{name}` is read as an alias, and no anchor has its name"))
        .help(format!("to write a text that begins with `*`, quote it: `{quoted}`"))
        .fix(span, quoted)
}

/// What a syntax error at byte `at` says to a person; `bracket` is the innermost that is still open.
pub(super) fn explain(kind: &ErrorKind, text: &str, at: Span, bracket: Option<Span>) -> Diagnostic {
    use ErrorKind as K;
    let offset = at.start as usize;
    match kind {
        K::TabNotAllowed
        | K::TabInBlockIndentation
        | K::TabInIndentation
        | K::TabAtBlockScalarStart
        | K::TabInPlainScalar => tab(at.source, text, offset),
        K::UnclosedFlowCollection { open } => error(at, format!("this `{open}` is never closed"), closing(*open)),
        K::MismatchedFlowCollectionEnd { open, close } => {
            error(at, format!("this `{open}` is closed by `{close}`"), closing(*open))
        }
        K::MappingValueNotAllowed => colon(at, text),
        K::InvalidColonPlacement | K::ExpectedFlowMappingSeparator | K::ExpectedFlowSequenceSeparator => {
            separator(at, text, bracket)
        }
        K::MissingAnchorOrAliasName if text.get(offset..).is_some_and(|rest| rest.starts_with('*')) => alias(at, "*"),
        K::UnknownQuotedScalarEscape => {
            let (message, help) = words(kind);
            error(
                unknown_escape(text, offset).map_or(at, |found| Span::new(at.source, found, found + 1)),
                message,
                help,
            )
        }
        K::UnexpectedCharacter { character } if !matches!(character, '@' | '`' | '%') => {
            let message = format!("the character `{}` cannot stand here", character.escape_debug());
            error(at, message, "remove it, or write it as an escape inside double quotes")
        }
        K::ExpectedBlockMappingKey
        | K::SimpleKeyExpected
        | K::InvalidSimpleKey
        | K::ExpectedBlockSequenceEntry
        | K::BlockSequenceEntryNotAllowed
        | K::InvalidIndentation
        | K::InvalidBlockScalarIndent
        | K::InvalidQuotedScalarIndent
        | K::MappingKeyNotAllowed => misplaced(kind, at, text),
        other => {
            let (message, help) = words(other);
            error(at, if message.is_empty() { other.to_string() } else { message.to_owned() }, help)
        }
    }
}

fn error(at: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::of(&kinds::YAML_SYNTAX, at, message).help(help)
}

const fn closing(open: char) -> &'static str {
    if open == '[' { "close it by `]`" } else { "close it by `}`" }
}

/// Errors whose words need nothing of the text.
const fn words(kind: &ErrorKind) -> (&'static str, &'static str) {
    use ErrorKind as K;
    match kind {
        K::UnclosedQuotedScalar => ("this quote is never closed", "end the text with the same quote"),
        K::UnexpectedCharacter { .. } => {
            ("an unquoted text cannot begin with this character", "quote the text: `\"…\"`")
        }
        K::MissingAnchorOrAliasName => {
            ("`&` begins an anchor, and its name is missing", "quote a text that begins with `&`: `\"&\"`")
        }
        K::InvalidTrailingSingleQuotedScalar => (
            "text goes on after the closing quote",
            "inside single quotes write `''` for one quote; or a quote above was never closed",
        ),
        K::InvalidTrailingDoubleQuotedScalar => (
            "text goes on after the closing quote",
            "inside double quotes write `\\\"` for a quote; or a quote above was never closed",
        ),
        K::UnknownQuotedScalarEscape => (
            "this is not an escape that double quotes know",
            "write `\\\\` for a backslash, or use single quotes, where a backslash is a backslash",
        ),
        K::MisplacedFlowCollectionEnd => ("this bracket closes nothing", "remove it, or quote the text"),
        K::InvalidBlockScalarHeader => {
            ("a text cannot begin on the line of `|` or `>`", "begin it on the next line, indented; or quote it")
        }
        K::UnexpectedEof | K::UnexpectedEofFlowMapping | K::UnexpectedEofFlowSequence => {
            ("the file ends in the middle of a value", "close what is open")
        }
        K::ExpectedDocumentStart => ("the document ended before this", "indent it like the lines it belongs to"),
        K::BomInsideDocument => ("a byte-order mark stands here", "remove it"),
        K::MissingLowSurrogate
        | K::UnpairedLowSurrogate
        | K::InvalidLowSurrogate
        | K::InvalidUnicodeEscape
        | K::InvalidLowSurrogateHexEscape
        | K::InvalidQuotedScalarHexEscape => ("this escape is no character", "write the character itself"),
        _ => ("", "quote the text if it is meant as text"),
    }
}

/// Where the first backslash stands, from a quote on, that begins no escape.
fn unknown_escape(text: &str, quote: usize) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().skip(quote);
    while let Some((at, byte)) = bytes.next() {
        let known = |next: u8| b"0abt\tnvfre \"/\\N_LPxuU\r\n".contains(&next);
        if byte == b'\\' && bytes.next().is_none_or(|(_, next)| !known(next)) {
            return Some(at);
        }
    }
    None
}

/// The tabs of the first line that one indents, at or after the error.
fn tab(source: SourceId, text: &str, at: usize) -> Diagnostic {
    let mut start = line_start(text, at);
    loop {
        let line = line(text, start);
        let indent = line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default();
        if let Some(first) = indent.find('\t') {
            let span = Span::new(source, start + first, start + indent.len());
            let spaces = indent.get(first..).unwrap_or_default().replace('\t', "  ");
            return error(span, "tabs cannot indent", "indent with spaces, in this line and all others")
                .fix(span, spaces);
        }
        start = line_end(text, start) + 1;
        if start > at + 1 && start >= text.len() {
            return error(Span::new(source, at, at + 1), "a tab cannot stand here", "use spaces");
        }
    }
}

/// A `:` that YAML cannot place: a space is missing after an earlier one, a text holds `: `, or a line is indented
/// below a value.
fn colon(at: Span, text: &str) -> Diagnostic {
    let offset = at.start as usize;
    let before = text.get(line_start(text, offset)..offset).unwrap_or_default();
    if before.contains(": ") {
        let help = "quote the text that holds it: `key: \"a: b\"`, or put the inner key on a line of its own";
        return error(at, "a second `: ` on one line", help);
    }
    let range = line_above(text, offset);
    let above = text.get(range.clone()).unwrap_or_default();
    if let Some(missing) = missing_space(above) {
        let span = Span::new(at.source, range.start + missing, range.start + missing + 1);
        return error(span, "a space is missing after this `:`", "write `key: value`").fix(span, ": ");
    }
    if !above.is_empty() && !above.contains(':') {
        let start = range.end - above.trim_start().len();
        let span = Span::new(at.source, start, range.end);
        return error(span, "a `:` is missing after this key", "write `key: value`");
    }
    let help = "indent this line like the line above, or remove the value above to nest this below its key";
    error(at, "a key cannot stand here: the line above has a value already", help)
}

/// Where `key:value` lacks its space.
fn missing_space(line: &str) -> Option<usize> {
    let colon = line.find(':')?;
    let after = line.get(colon + 1..)?.chars().next()?;
    (!after.is_whitespace() && !line.contains(": ")).then_some(colon)
}

/// Something inside brackets that fits only outside of them, or lacks its comma.
fn separator(at: Span, text: &str, bracket: Option<Span>) -> Diagnostic {
    let Some(open) = bracket else {
        return error(at, "a `,` or a closing bracket is missing before this", "separate items by `,`");
    };
    if line_start(text, at.start as usize) > open.start as usize {
        return error(
            open,
            "this bracket is not closed where a new key begins",
            "close it, or indent what belongs to it",
        )
        .also(at, "this key was read as a part of it");
    }
    error(at, "a `,` or a closing bracket is missing before this", "separate items by `,`")
        .also(open, "inside this bracket")
}

/// A line that its indentation puts where it does not fit.
fn misplaced(kind: &ErrorKind, at: Span, text: &str) -> Diagnostic {
    let offset = at.start as usize;
    let line = line(text, offset);
    let start = line_start(text, offset) + (line.len() - line.trim_start().len());
    let span = Span::new(at.source, start, start + line.trim().len());
    if let Some(name) = starred_key(line) {
        return alias(Span::new(at.source, start, start + name.len()), name);
    }
    let mixed = line.trim_start().starts_with("- ")
        || matches!(kind, ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::BlockSequenceEntryNotAllowed);
    if mixed {
        let help = "begin every item of a list with `- ` at one indentation, deeper than or equal to its key's";
        return error(span, "list items and other lines are mixed here", help);
    }
    let help = "indent it like the lines it belongs to; a key is followed by `: `";
    error(span, "this line fits nothing above it", help)
}

/// The key of a line, if it begins with `*`, as patterns do: YAML reads it as an alias, the `:` included.
pub(super) fn starred_key(line: &str) -> Option<&str> {
    let key = line.trim_start().split([':', ' ']).next()?;
    key.starts_with('*').then_some(key)
}
