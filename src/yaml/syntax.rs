//! Words for what keeps a text from being YAML, with the likely cause.

use granit_parser::ErrorKind;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};

const CODE: &str = "yaml-syntax";

/// More levels of lists and maps than are allowed.
pub(super) fn too_deep(span: Span, levels: usize) -> Diagnostic {
    let message = format!("lists and maps are nested more than {levels} levels deep");
    Diagnostic::error("yaml-limit", span, message).help("flatten the structure")
}

/// What a syntax error at byte `at` says to a person.
pub(super) fn explain(kind: &ErrorKind, source: SourceId, text: &str, at: usize) -> Diagnostic {
    use ErrorKind as K;
    let point = Span::new(source, at, next_boundary(text, at));
    let error = |message: &str, help: &str| Diagnostic::error(CODE, point, message).help(help);
    match kind {
        K::TabNotAllowed
        | K::TabInBlockIndentation
        | K::TabInIndentation
        | K::TabAtBlockScalarStart
        | K::TabInPlainScalar => tab(source, text, at),
        K::UnclosedQuotedScalar => error("this quote is never closed", "end the text with the same quote"),
        K::UnclosedFlowCollection { open } => {
            error(&format!("this `{open}` is never closed"), &format!("write the closing `{}`", closing(*open)))
        }
        K::MismatchedFlowCollectionEnd { open, close } => error(
            &format!("this `{open}` is closed by `{close}`"),
            &format!("write `{}` instead of `{close}`", closing(*open)),
        ),
        K::MappingValueNotAllowed => colon(source, text, at),
        K::UnexpectedCharacter { character } if matches!(character, '@' | '`' | '%') => {
            error(&format!("an unquoted text cannot begin with `{character}`"), "quote the text: `\"…\"`")
        }
        K::UnexpectedCharacter { character } => error(
            &format!("the character `{}` cannot stand here", character.escape_debug()),
            "remove it, or write it as an escape inside double quotes",
        ),
        K::MissingAnchorOrAliasName => error(
            "`*` and `&` begin aliases and anchors, which are not allowed",
            "quote a text that begins with `*` or `&`: `\"*\"`",
        ),
        K::InvalidTrailingSingleQuotedScalar => {
            error("text goes on after the closing quote", "inside single quotes write `''` for one quote")
        }
        K::InvalidTrailingDoubleQuotedScalar => {
            error("text goes on after the closing quote", "inside double quotes write `\\\"` for a quote")
        }
        K::UnknownQuotedScalarEscape => error(
            "this is not an escape that double quotes know",
            "write `\\\\` for a backslash, or use single quotes, where a backslash is a backslash",
        ),
        K::InvalidColonPlacement | K::ExpectedFlowMappingSeparator | K::ExpectedFlowSequenceSeparator => error(
            "inside brackets a `,` or the closing bracket is missing before this",
            "separate items by `,` and close the bracket",
        ),
        K::ExpectedBlockMappingKey | K::SimpleKeyExpected | K::InvalidSimpleKey => error(
            "a `key: value` is expected here",
            "write `key: value`, indented like the keys above; quote a key that holds `: ` or spans lines",
        ),
        K::ExpectedBlockSequenceEntry | K::BlockSequenceEntryNotAllowed => error(
            "a list and a map are mixed at one level",
            "begin every item of a list with `- `; indent a list deeper than the key it belongs to",
        ),
        K::InvalidIndentation
        | K::InvalidBlockScalarIndent
        | K::InvalidQuotedScalarIndent
        | K::MappingKeyNotAllowed => {
            error("this line's indentation fits nothing above it", "indent it like the lines it belongs to")
        }
        K::RecursionLimitExceeded => error("lists and maps are nested too deep", "flatten the structure"),
        K::UnexpectedEof | K::UnexpectedEofFlowMapping | K::UnexpectedEofFlowSequence => {
            error("the file ends in the middle of a value", "close what is open")
        }
        other => error(&other.to_string(), "see the YAML 1.2 specification at https://yaml.org/spec/1.2.2"),
    }
}

const fn closing(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

fn next_boundary(text: &str, at: usize) -> usize {
    let width =
        text.get(at..).and_then(|rest| rest.chars().next()).filter(|next| *next != '\n').map_or(0, char::len_utf8);
    at.saturating_add(width)
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

fn tab(source: SourceId, text: &str, at: usize) -> Diagnostic {
    let start = line_start(text, at);
    let indent = text
        .get(start..)
        .map_or("", |line| line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default());
    let first = indent.find('\t').unwrap_or_default();
    let tabs = indent.get(first..).unwrap_or_default();
    if !tabs.starts_with('\t') {
        let point = Span::new(source, at, next_boundary(text, at));
        return Diagnostic::error(CODE, point, "a tab cannot stand here").help("use spaces");
    }
    let span = Span::new(source, start + first, start + indent.len());
    Diagnostic::error(CODE, span, "tabs cannot indent").help("indent with spaces").fix(span, tabs.replace('\t', "  "))
}

/// A `:` that YAML cannot place: a space is missing after an earlier one, a text holds `: `, or a line is indented
/// below a value.
fn colon(source: SourceId, text: &str, at: usize) -> Diagnostic {
    let point = Span::new(source, at, at + 1);
    let start = line_start(text, at);
    let line = text.get(start..at).unwrap_or_default();
    if line.contains(": ") {
        return Diagnostic::error(CODE, point, "a second `: ` on one line")
            .help("quote the text that holds it: `key: \"a: b\"`, or put the inner key on a line of its own");
    }
    let before = text.get(..start).unwrap_or_default().trim_end();
    let above = line_start(text, before.len());
    if let Some(missing) = before.get(above..).and_then(missing_space) {
        let span = Span::new(source, above + missing, above + missing + 1);
        return Diagnostic::error(CODE, span, "a space is missing after this `:`")
            .help("write `key: value`")
            .fix(span, ": ");
    }
    Diagnostic::error(CODE, point, "a key cannot stand here: the line above has a value already")
        .help("indent this line like the line above, or remove the value above to nest this below its key")
}

/// Where `key:value` lacks its space.
fn missing_space(line: &str) -> Option<usize> {
    let colon = line.find(':')?;
    let after = line.get(colon + 1..)?.chars().next()?;
    (!after.is_whitespace() && !line.contains(": ")).then_some(colon)
}
