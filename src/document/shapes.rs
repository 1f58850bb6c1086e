//! The kinds of value that documents hold: text, words, numbers, literals, lists.

use std::marker::PhantomData;

use schemars::json_schema;

use super::shape::{At, Required, Shape};
use crate::diagnostic::{Diagnostic, kinds};
use crate::json::Json;
use crate::literal;
use crate::source::{Span, Spanned};
use crate::yaml::{Node, NodeKind, Scalar, ScalarValue};

/// Gives a shape its schema, written in place.
macro_rules! inline_schema {
    ([$($generics:tt)*] $name:ty, $title:literal, |$generator:pat_param| $schema:expr) => {
        impl<$($generics)*> schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $title.into()
            }

            fn json_schema($generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $schema
            }
        }
    };
}

pub(super) use inline_schema;

/// The scalar that means text; a number or truth value is refused with the quoting that makes it one.
fn text_scalar<'n>(at: &At<'n>, findings: &mut Vec<Diagnostic>) -> Option<&'n Scalar> {
    let found = at.node.as_scalar();
    if let Some(scalar) = found.filter(|scalar| scalar.value == ScalarValue::Text) {
        return Some(scalar);
    }
    findings.push(match found.filter(|scalar| scalar.value != ScalarValue::Null) {
        Some(scalar) => {
            let quoted = format!("\"{}\"", scalar.text);
            at.wrong_type("text", format!("quote it: `{quoted}`")).fix(at.node.span, quoted)
        }
        None => at.wrong_type("text", "write a text, or remove the key"),
    });
    None
}

/// Text that holds something.
fn filled_scalar<'n>(at: &At<'n>, findings: &mut Vec<Diagnostic>) -> Option<&'n Scalar> {
    let scalar = text_scalar(at, findings)?;
    if is_blank(&scalar.text) {
        let message = format!("{} is empty", at.name);
        findings.push(Diagnostic::of(&kinds::EMPTY_TEXT, at.place(), message).help("write a text, or remove the key"));
        return None;
    }
    Some(scalar)
}

/// Whether there is nothing to see; the same characters that `\s` of the schemas' regexes holds, and some more.
fn is_blank(text: &str) -> bool {
    text.chars().all(|each| each.is_whitespace() || each == '\u{feff}')
}

fn spanned(scalar: &Scalar) -> Spanned<String> {
    Spanned::new(scalar.text.clone(), scalar.content)
}

/// Any text, also an empty one.
pub(super) struct Text;
inline_schema!([] Text, "text", |_| json_schema!({ "type": "string" }));

impl Shape for Text {
    type Value = Spanned<String>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        text_scalar(at, findings).map(spanned)
    }
}

/// Text that is not blank.
pub(super) struct Filled;
inline_schema!([] Filled, "filled", |_| json_schema!({ "type": "string", "pattern": "\\S" }));

impl Shape for Filled {
    type Value = Spanned<String>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        filled_scalar(at, findings).map(spanned)
    }
}

impl Required for Filled {
    fn stand_in(span: Span) -> Self::Value {
        Spanned::new(String::new(), span)
    }
}

/// A version: text, because `1.10` as a number is `1.1`.
pub(super) struct Version;
inline_schema!([] Version, "version", |_| json_schema!({
    "type": "string",
    "pattern": "\\S",
    "examples": ["1.0"],
}));

impl Shape for Version {
    type Value = Spanned<String>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        filled_scalar(at, findings).map(spanned)
    }
}

impl Required for Version {
    fn stand_in(span: Span) -> Self::Value {
        Spanned::new(String::new(), span)
    }
}

/// Most bytes of a policy's name.
const NAME_BYTES: usize = 128;

/// The name of a policy.
pub(super) struct Name;
inline_schema!([] Name, "name", |_| json_schema!({
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9-]*$",
    "maxLength": NAME_BYTES,
    "examples": ["team-moderate"],
}));

impl Shape for Name {
    type Value = Spanned<String>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let scalar = text_scalar(at, findings)?;
        if !is_name(&scalar.text) {
            findings.push(invalid_name(at, scalar));
        }
        Some(spanned(scalar))
    }
}

impl Required for Name {
    fn stand_in(span: Span) -> Self::Value {
        Spanned::new(String::new(), span)
    }
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.bytes().next().is_some_and(plain)
        && text.bytes().all(|byte| plain(byte) || byte == b'-')
        && text.len() <= NAME_BYTES
}

fn invalid_name(at: &At<'_>, scalar: &Scalar) -> Diagnostic {
    let text = &scalar.text;
    if text.len() > NAME_BYTES {
        let message = format!("{} has {} bytes; at most {NAME_BYTES} are allowed", at.name, text.len());
        return Diagnostic::of(&kinds::INVALID_NAME, at.place(), message).help("write a shorter name");
    }
    let message = format!("{} cannot be `{}`", at.name, text.escape_debug());
    let finding = Diagnostic::of(&kinds::INVALID_NAME, at.place(), message);
    let meant: String = text.trim().to_lowercase().replace(|each: char| !each.is_ascii_alphanumeric(), "-");
    let meant = meant.trim_start_matches('-');
    let rule = "a name holds lower-case letters, digits and `-`, and begins with a letter or digit";
    if is_name(meant) {
        return finding.help(format!("{rule}: `{meant}`")).fix(scalar.content, meant);
    }
    finding.help(rule)
}

/// A whole number within bounds.
pub(super) struct Count<const LEAST: u32, const MOST: u32>;
inline_schema!([const LEAST: u32, const MOST: u32] Count<LEAST, MOST>, "count", |_| json_schema!({
    "type": "integer",
    "minimum": LEAST,
    "maximum": MOST,
}));

impl<const LEAST: u32, const MOST: u32> Shape for Count<LEAST, MOST> {
    type Value = Spanned<u32>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let bounds = format!("write a whole number from {LEAST} to {MOST}");
        let finding = match at.node.as_scalar() {
            None => at.wrong_type("a number", bounds),
            Some(scalar) => match scalar.value {
                ScalarValue::Int(number) => match u32::try_from(number) {
                    Ok(number) if (LEAST..=MOST).contains(&number) => {
                        return Some(Spanned::new(number, scalar.content));
                    }
                    _ => out_of_range(at, scalar, bounds),
                },
                ScalarValue::UInt(_) => out_of_range(at, scalar, bounds),
                ScalarValue::Decimal(_) => at.wrong_type("a whole number", bounds),
                _ => at.wrong_type("a number", number_help(scalar, bounds)),
            },
        };
        findings.push(finding);
        None
    }
}

fn out_of_range(at: &At<'_>, scalar: &Scalar, bounds: String) -> Diagnostic {
    Diagnostic::of(&kinds::OUT_OF_RANGE, at.place(), format!("{} cannot be {}", at.name, scalar.text)).help(bounds)
}

/// A number that was written as text: in quotes, or with separators.
fn number_help(scalar: &Scalar, bounds: String) -> String {
    let digits: String = scalar.text.chars().filter(|each| !matches!(each, '_' | ',' | '\'')).collect();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("write `{digits}`, without quotes or separators");
    }
    bounds
}

impl<const LEAST: u32, const MOST: u32> Required for Count<LEAST, MOST> {
    fn stand_in(span: Span) -> Self::Value {
        Spanned::new(LEAST, span)
    }
}

/// The longest duration a document may name.
const LONGEST_DAYS: u64 = 366;

/// A duration of at least a millisecond, in milliseconds.
pub(super) struct Duration;
inline_schema!([] Duration, "duration", |_| json_schema!({
    "type": "string",
    "pattern": literal::DURATION_PATTERN,
    "examples": ["30s", "15m", "1h", "7d"],
}));

impl Shape for Duration {
    type Value = Spanned<u64>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let Some(scalar) = at.node.as_scalar().filter(|scalar| scalar.value != ScalarValue::Null) else {
            findings.push(at.wrong_type("a duration", "write one like `30s`, `15m`, `1h`, `7d`"));
            return None;
        };
        match literal::duration(&scalar.text) {
            Ok(milliseconds) if (1..=LONGEST_DAYS * 86_400_000).contains(&milliseconds) => {
                return Some(Spanned::new(milliseconds, scalar.content));
            }
            Ok(_) => {
                findings.push(out_of_range(at, scalar, format!("write a duration from `1ms` to `{LONGEST_DAYS}d`")))
            }
            Err(error) => {
                let finding = Diagnostic::of(&kinds::INVALID_DURATION, at.place(), error.message).help(error.help);
                findings.push(match error.suggestion {
                    Some(meant) => finding.fix(scalar.content, meant),
                    None => finding,
                });
            }
        }
        None
    }
}

impl Required for Duration {
    fn stand_in(span: Span) -> Self::Value {
        Spanned::new(1, span)
    }
}

/// A list of values of one shape; `LEAST` items at least.
pub(super) struct List<S, const LEAST: usize>(PhantomData<S>);
inline_schema!([S: Shape, const LEAST: usize] List<S, LEAST>, "list", |generator| {
    let mut schema = json_schema!({ "type": "array", "items": generator.subschema_for::<S>() });
    if LEAST > 0 {
        schema.insert("minItems".to_owned(), LEAST.into());
    }
    schema
});

impl<S: Shape, const LEAST: usize> Shape for List<S, LEAST> {
    type Value = Vec<S::Value>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let NodeKind::List(items) = &at.node.kind else {
            findings.push(at.wrong_type("a list", "write `[…]`, or each item on a line of its own after `- `"));
            return None;
        };
        if items.len() < LEAST {
            let message = format!("{} holds no item", at.name);
            findings
                .push(Diagnostic::of(&kinds::EMPTY_LIST, at.place(), message).help("add an item, or remove the key"));
        }
        let name = format!("an item of {}", at.name);
        let item = |node| At { node, key: None, name: name.clone() };
        Some(items.iter().filter_map(|node| S::read(&item(node), findings)).collect())
    }
}

impl<S: Shape, const LEAST: usize> Required for List<S, LEAST> {
    fn stand_in(_: Span) -> Self::Value {
        Vec::new()
    }
}

/// One value, or a list of at least one and at most `MOST`.
pub(super) struct OneOrMore<S, const MOST: usize>(PhantomData<S>);
inline_schema!([S: Shape, const MOST: usize] OneOrMore<S, MOST>, "one or more", |generator| {
    let one = generator.subschema_for::<S>();
    json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1, "maxItems": MOST }] })
});

impl<S: Shape, const MOST: usize> Shape for OneOrMore<S, MOST> {
    type Value = Vec<S::Value>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        match &at.node.kind {
            NodeKind::List(items) if items.len() > MOST => {
                let message = format!("{} holds {} items; at most {MOST} are allowed", at.name, items.len());
                findings.push(Diagnostic::of(&kinds::OUT_OF_RANGE, at.place(), message).help("write fewer items"));
                None
            }
            NodeKind::List(_) => List::<S, 1>::read(at, findings),
            _ => S::read(at, findings).map(|one| vec![one]),
        }
    }
}

/// A map of anything, handed on as JSON by key.
pub(super) struct JsonMap;
inline_schema!([] JsonMap, "json map", |_| json_schema!({ "type": "object" }));

impl Shape for JsonMap {
    type Value = Vec<(Spanned<String>, Json<'static>)>;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        let Some(entries) = at.node.as_map() else {
            findings.push(at.wrong_type("a map", "write `key: value` pairs"));
            return None;
        };
        let entry = |key: &crate::yaml::Key, value: &Node| (Spanned::new(key.text.clone(), key.span), value.to_json());
        Some(entries.iter().map(|(key, value)| entry(key, value)).collect())
    }
}

/// Text with the details of its writing, for a language of its own.
pub(super) struct Code;
inline_schema!([] Code, "code", |_| json_schema!({ "type": "string", "pattern": "\\S" }));

impl Shape for Code {
    type Value = Scalar;

    fn read(at: &At<'_>, findings: &mut Vec<Diagnostic>) -> Option<Self::Value> {
        filled_scalar(at, findings).cloned()
    }
}
