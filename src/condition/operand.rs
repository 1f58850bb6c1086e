//! The values behind the keys of map conditions: literals, checked when a policy is loaded.

use jiff::{SignedDuration, Timestamp};

use super::build::constant;
use super::lower::{Lowering, operand_error};
use crate::cel::{Expr, Value};
use crate::diagnostic::Diagnostic;
use crate::ip;
use crate::literal;
use crate::number::Number;
use crate::yaml::{Node, NodeKind, Scalar, ScalarValue};

/// A reader of one kind of operand.
pub(super) type Read = fn(&Node) -> Result<Value<'static>, Diagnostic>;

/// Reads an operand as a constant.
pub(super) fn read(lowering: &mut Lowering<'_>, read: Read, node: &Node) -> Option<Expr> {
    match read(node) {
        Ok(value) => Some(constant(value, node.span)),
        Err(diagnostic) => lowering.refuse(diagnostic),
    }
}

/// What a parameter is compared with by order.
pub(super) enum Bound {
    /// A number, or a size in bytes.
    Plain(Expr),
    /// A point in time.
    Timestamp(Expr),
    /// A span of time, and the same in seconds.
    Duration { seconds: Expr, duration: Expr },
}

/// Reads the operand of an ordering.
pub(super) fn bound(node: &Node) -> Result<Bound, Diagnostic> {
    let wrong = || {
        let diagnostic = wrong_type(node, "a number, a size, a duration or a timestamp");
        diagnostic.help("write one, such as `100`, `10KiB`, `30s`; to compare with a list, use `_in`")
    };
    let scalar = scalar(node).ok_or_else(wrong)?;
    let constant = |value| constant(value, node.span);
    if let Some(number) = number(scalar) {
        return Ok(Bound::Plain(constant(number)));
    }
    if scalar.value != ScalarValue::Text {
        return Err(wrong());
    }
    if let Ok(time) = scalar.text.parse::<Timestamp>() {
        return Ok(Bound::Timestamp(constant(Value::Timestamp(time))));
    }
    if let Ok(milliseconds) = literal::duration(&scalar.text) {
        let seconds = constant(seconds(milliseconds));
        let duration = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
        return Ok(Bound::Duration { seconds, duration: constant(Value::Duration(duration)) });
    }
    literal::size(&scalar.text).map(|bytes| Bound::Plain(constant(whole(bytes)))).map_err(|_| not_a_bound(node, scalar))
}

fn seconds(milliseconds: u64) -> Value<'static> {
    if milliseconds.is_multiple_of(1000) {
        whole(milliseconds / 1000)
    } else {
        // a u64 has at most 20 digits, so the number always can be kept
        Value::Decimal(Number::new(milliseconds.into(), -3).unwrap_or(Number::ZERO))
    }
}

fn not_a_bound(node: &Node, scalar: &Scalar) -> Diagnostic {
    let text = scalar.text.escape_debug();
    let message = format!("the text `{text}` is no number, size, duration or timestamp");
    let diagnostic = operand_error(node, message);
    let meant = [literal::size(&scalar.text), literal::duration(&scalar.text)];
    let errors: Vec<_> = meant.into_iter().filter_map(Result::err).collect();
    if let Some(meant) = errors.iter().find_map(|error| error.suggestion.clone()) {
        return diagnostic.help(format!("did you mean `{meant}`?")).fix(node.span, meant);
    }
    if scalar.text.starts_with(|c: char| c.is_ascii_digit())
        && let Some(error) = errors.iter().find(|error| error.message.contains("two ways"))
    {
        return diagnostic.help(error.to_string());
    }
    diagnostic.help(
        "write a number, a size (`10KiB`), a duration (`30s`) or a timestamp (`2026-03-29T14:20:00Z`); numbers in \
         quotes are text",
    )
}

/// One scalar of any type.
pub(super) fn value(node: &Node) -> Result<Value<'static>, Diagnostic> {
    match &node.kind {
        NodeKind::Scalar(scalar) => Ok(scalar_value(scalar)),
        NodeKind::List(_) => {
            Err(wrong_type(node, "one value").help("to compare with each value of a list, use `_in` or `_not_in`"))
        }
        NodeKind::Map(_) => {
            Err(wrong_type(node, "one value").help("to compare a field, write a dotted key: `options.depth_eq: 3`"))
        }
    }
}

/// Reads a list of scalars of one type, at least one. What is wrong with each is said at its own place.
pub(super) fn values(lowering: &mut Lowering<'_>, node: &Node) -> Option<Expr> {
    let NodeKind::List(items) = &node.kind else {
        let wrong = wrong_type(node, "a list").help("to compare with one value, use `_eq` or `_ne`");
        return lowering.refuse(wrong);
    };
    if items.is_empty() {
        let diagnostic = operand_error(node, "the list is empty, so the test never depends on the call");
        return lowering.refuse(diagnostic.help("list what the parameter is compared with, or remove the test"));
    }
    let values: Vec<(&Node, Option<Value<'static>>)> = items.iter().map(|item| (item, one(lowering, item))).collect();
    let first = values.iter().find_map(|(_, value)| value.clone())?;
    let alike: Vec<Option<Value<'static>>> =
        values.into_iter().map(|(item, value)| of_the_type(lowering, &first, item, value?)).collect();
    Some(constant(Value::list(alike.into_iter().collect::<Option<Vec<_>>>()?), node.span))
}

fn one(lowering: &mut Lowering<'_>, node: &Node) -> Option<Value<'static>> {
    value(node).map_or_else(|diagnostic| lowering.refuse(diagnostic), Some)
}

/// A value of a list, where it is of the first one's type.
fn of_the_type(
    lowering: &mut Lowering<'_>,
    first: &Value<'static>,
    item: &Node,
    value: Value<'static>,
) -> Option<Value<'static>> {
    if alike(first, &value) {
        return Some(value);
    }
    let message = "the values of the list are of different types";
    let help = "only a value of the parameter's own type can be compared; quote numbers that are meant as text";
    lowering.refuse(operand_error(item, message).help(help))
}

fn alike(left: &Value<'_>, right: &Value<'_>) -> bool {
    let (left, right) = (left.ty(), right.ty());
    left == right || (left.is_number() && right.is_number())
}

/// A count: a whole number or a size in bytes.
pub(super) fn size(node: &Node) -> Result<Value<'static>, Diagnostic> {
    let scalar = scalar(node).ok_or_else(|| sized(node))?;
    match &scalar.value {
        ScalarValue::Int(value) if *value >= 0 => Ok(Value::Int(*value)),
        ScalarValue::UInt(value) => Ok(Value::UInt(*value)),
        ScalarValue::Text => literal::size(&scalar.text).map(whole).map_err(|error| {
            let diagnostic = operand_error(node, error.message).help(error.help);
            match error.suggestion {
                Some(meant) => diagnostic.fix(node.span, meant),
                None => diagnostic,
            }
        }),
        _ => Err(sized(node)),
    }
}

fn sized(node: &Node) -> Diagnostic {
    let wrong = wrong_type(node, "a whole number or a size such as `10KiB`");
    match alone(node) {
        Some(item) => wrong.help(format!("write the one value without brackets: `{}`", item.text.escape_debug())),
        None => wrong.help("write one value: `10KiB`, or a count, `3`"),
    }
}

/// The scalar in a list that holds nothing else.
fn alone(node: &Node) -> Option<&Scalar> {
    match node.as_list()? {
        [item] => scalar(item),
        _ => None,
    }
}

/// Text that is not empty.
pub(super) fn text(node: &Node) -> Result<Value<'static>, Diagnostic> {
    match scalar(node) {
        Some(Scalar { value: ScalarValue::Text, text, .. }) if text.is_empty() => {
            Err(operand_error(node, "the text is empty, so the test never depends on the call")
                .help("write what is meant, or remove it"))
        }
        Some(Scalar { value: ScalarValue::Text, text, .. }) => Ok(text_value(text)),
        Some(scalar) if scalar.value != ScalarValue::Null => {
            let help = format!("put it in quotes if text is meant: `\"{}\"`", scalar.text.escape_debug());
            Err(wrong_type(node, "text").help(help))
        }
        _ => Err(wrong_type(node, "text").help("write one text, or a list of them where the operator takes a list")),
    }
}

/// A network in CIDR notation.
pub(super) fn network(node: &Node) -> Result<Value<'static>, Diagnostic> {
    text(node)?;
    let written = scalar_text(node);
    match ip::parse_network(written) {
        Ok(network) if network.trunc() == network => Ok(Value::Cidr(network)),
        Ok(network) => {
            let message = format!("`{written}` has bits set beyond its prefix");
            let meant = network.trunc().to_string();
            Err(operand_error(node, message).help(format!("did you mean `{meant}`?")).fix(node.span, meant))
        }
        Err(_) => {
            let message = format!("`{}` is not a network in CIDR notation", written.escape_debug());
            Err(operand_error(node, message).help("write an address and a prefix length: `10.0.0.0/8`"))
        }
    }
}

/// `true` or `false`.
pub(super) fn truth(node: &Node) -> Result<bool, Diagnostic> {
    match scalar(node).map(|scalar| &scalar.value) {
        Some(ScalarValue::Bool(value)) => Ok(*value),
        _ => Err(unless_meant(node, wrong_type(node, "`true` or `false`"))),
    }
}

/// What a text that is no truth value was probably meant as.
fn unless_meant(node: &Node, diagnostic: Diagnostic) -> Diagnostic {
    let meant = match scalar_text(node).to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" | "y" | "1" => "true",
        "no" | "off" | "false" | "n" | "0" => "false",
        _ => return diagnostic.help("write `true` or `false`, without quotes"),
    };
    diagnostic.help(format!("write `{meant}`, without quotes")).fix(node.span, meant)
}

/// The operand itself, or the elements of a list that is not empty.
pub(super) fn one_or_more(node: &Node) -> Result<&[Node], Diagnostic> {
    match &node.kind {
        NodeKind::List(items) if items.is_empty() => {
            Err(operand_error(node, "the list is empty, so the test never holds")
                .help("list at least one, or remove the test"))
        }
        NodeKind::List(items) => Ok(items),
        _ => Ok(std::slice::from_ref(node)),
    }
}

fn scalar(node: &Node) -> Option<&Scalar> {
    match &node.kind {
        NodeKind::Scalar(scalar) => Some(scalar),
        _ => None,
    }
}

pub(super) fn scalar_text(node: &Node) -> &str {
    scalar(node).map_or("", |scalar| &scalar.text)
}

fn scalar_value(scalar: &Scalar) -> Value<'static> {
    match scalar.value {
        ScalarValue::Null => Value::Null,
        ScalarValue::Bool(value) => Value::Bool(value),
        ScalarValue::Int(value) => Value::Int(value),
        ScalarValue::UInt(value) => Value::UInt(value),
        ScalarValue::Decimal(value) => Value::Decimal(value),
        ScalarValue::Text => text_value(&scalar.text),
    }
}

fn number(scalar: &Scalar) -> Option<Value<'static>> {
    matches!(scalar.value, ScalarValue::Int(_) | ScalarValue::UInt(_) | ScalarValue::Decimal(_))
        .then(|| scalar_value(scalar))
}

fn text_value(text: &str) -> Value<'static> {
    Value::text(text)
}

fn whole(number: u64) -> Value<'static> {
    i64::try_from(number).map_or(Value::UInt(number), Value::Int)
}

fn wrong_type(node: &Node, wanted: &str) -> Diagnostic {
    operand_error(node, format!("the value must be {wanted}, not {}", node.kind_name()))
}
