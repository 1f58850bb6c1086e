//! What functions give, and what they never do: the values that a policy compares them with.
//!
//! A comparison is of what a function gives, of an element of a list that it gives, or of a loop's variable over such a list.

use std::ops::RangeInclusive;

use crate::cel::expr::{Comprehension, Expr, ExprKind};
use crate::cel::function::Function;
use crate::cel::types::Type;
use crate::cel::value::Value;
#[cfg(feature = "sql")]
use crate::sql;

/// A comparison of what a function gives with a constant.
pub(super) struct Comparison<'e> {
    /// The whole test.
    pub(super) test: &'e Expr,
    /// The function that gives the one side.
    pub(super) giver: &'static Function,
    args: &'e [Expr],
    constant: &'e Value<'static>,
    /// The comparison: an operator or a function of texts.
    by: &'static str,
}

/// A text that a function never gives, and as it would give it, if it would.
pub(super) struct Never {
    pub(super) text: String,
    pub(super) given: Option<String>,
}

/// What a number out of a range makes of a comparison.
pub(super) enum Out {
    /// The function never gives it.
    Never(i128),
    /// The comparison always holds, or never.
    Always(bool),
}

/// The loops around an expression: a variable's slot, and the function whose list it goes through.
type Loops<'e> = Vec<(usize, (&'static Function, &'e [Expr]))>;

/// Gives every such comparison of a condition.
pub(super) fn comparisons<'e>(condition: &'e Expr, give: &mut dyn FnMut(&Comparison<'e>)) {
    look(condition, &mut Vec::new(), give);
}

fn look<'e>(expr: &'e Expr, loops: &mut Loops<'e>, give: &mut dyn FnMut(&Comparison<'e>)) {
    if let Some(comparison) = comparison(expr, loops) {
        give(&comparison);
    }
    let mut inner = |expr: &'e Expr, loops: &mut Loops<'e>| look(expr, loops, give);
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_) => {}
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } | ExprKind::Not(operand) => {
            inner(operand, loops)
        }
        ExprKind::Call { args: operands, .. }
        | ExprKind::And(operands)
        | ExprKind::Or(operands)
        | ExprKind::List(operands) => operands.iter().for_each(|operand| inner(operand, loops)),
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| inner(part, loops)),
        ExprKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            inner(key, loops);
            inner(value, loops);
        }),
        ExprKind::Comprehension(comprehension) => {
            let Comprehension { range, slots, filter, yields, .. } = comprehension.as_ref();
            inner(range, loops);
            let before = loops.len();
            if let (Some(giver), None) = (call(range), slots.1) {
                loops.push((slots.0, giver));
            }
            filter.iter().for_each(|filter| inner(filter, loops));
            if let Some((key, value)) = yields {
                inner(key, loops);
                value.iter().for_each(|value| inner(value, loops));
            }
            loops.truncate(before);
        }
    }
}

fn call(expr: &Expr) -> Option<(&'static Function, &[Expr])> {
    match &expr.kind {
        ExprKind::Call { function, args, .. } => Some((function, args)),
        _ => None,
    }
}

fn comparison<'e>(expr: &'e Expr, loops: &Loops<'e>) -> Option<Comparison<'e>> {
    let (function, args) = call(expr)?;
    let [left, right] = args else { return None };
    let by = match function.name {
        "@eq" | "_==_" => "==",
        "@ne" | "_!=_" => "!=",
        "@in" | "_in_" => "in",
        "@lt" | "_<_" => "<",
        "@lte" | "_<=_" => "<=",
        "@gt" | "_>_" => ">",
        "@gte" | "_>=_" => ">=",
        name @ ("startsWith" | "endsWith" | "contains") => name,
        _ => return None,
    };
    let subject = |expr: &'e Expr| match &expr.kind {
        ExprKind::Local(slot) => loops.iter().rev().find(|(own, _)| own == slot).map(|(_, giver)| *giver),
        _ => call(expr),
    };
    let ((giver, args), constant) = match (left.constant(), right.constant()) {
        (None, Some(constant)) => (subject(left)?, constant),
        // `'rm' in shell(c).programs()`; other comparisons have their constant on the right.
        (Some(constant), None) if by == "in" => (subject(right)?, constant),
        _ => return None,
    };
    Some(Comparison { test: expr, giver, args, constant, by })
}

impl Comparison<'_> {
    /// The texts that are compared with.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut found = Vec::new();
        texts(self.constant, &mut found);
        found
    }

    fn is_whole(&self) -> bool {
        matches!(self.by, "==" | "!=" | "in")
    }
}

fn texts(value: &Value<'_>, found: &mut Vec<String>) {
    match value {
        Value::Text(text) => found.push(text.as_str().to_owned()),
        Value::List(list) => list.iter().for_each(|item| texts(&item, found)),
        _ => {}
    }
}

/// What is wrong with a text that a function never gives. Nothing where it may give it, or a text with it inside where not the
/// whole is compared.
pub(super) fn text(comparison: &Comparison<'_>, text: &str) -> Option<Never> {
    let whole = comparison.is_whole();
    if !whole && !matches!(comparison.by, "startsWith" | "endsWith" | "contains") {
        return None;
    }
    let given = match comparison.giver.name {
        "lowerAscii" => changed(text, text.to_ascii_lowercase()),
        "upperAscii" => changed(text, text.to_ascii_uppercase()),
        "trim" => changed(text, text.trim().to_owned()).filter(|_| whole),
        #[cfg(feature = "url")]
        "host" if whole => of_url(text, host),
        #[cfg(feature = "url")]
        "scheme" if whole => of_url(text, scheme),
        #[cfg(feature = "url")]
        "host" | "scheme" => changed(text, text.to_ascii_lowercase()),
        #[cfg(feature = "sql")]
        "statements" if whole => statement(text),
        // Where a dialect is named, names in quotes keep their case.
        "tables" if is_without_dialect(comparison.args) => changed(text, text.to_lowercase()),
        "programs" if whole => {
            let name = text.split_whitespace().next().unwrap_or_default();
            (!name.is_empty()).then(|| changed(text, name.to_owned())).flatten()
        }
        _ => None,
    }?;
    Some(Never { text: text.escape_debug().to_string(), given })
}

fn changed(text: &str, given: String) -> Option<Option<String>> {
    (text != given).then_some(Some(given))
}

fn is_without_dialect(args: &[Expr]) -> bool {
    let sql = args.first().and_then(call);
    sql.is_some_and(|(function, args)| function.name == "sql" && args.len() == 1)
}

/// A kind of statement: one of those there are, or one that is near.
#[cfg(feature = "sql")]
fn statement(text: &str) -> Option<Option<String>> {
    if sql::KINDS.contains(&text) {
        return None;
    }
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let near = || crate::suggest::nearest(text, sql::KINDS.iter().copied());
    Some(sql::KINDS.iter().copied().find(|kind| *kind == first).or_else(near).map(str::to_owned))
}

/// A part of a URL, tried by reading a URL that has it.
#[cfg(feature = "url")]
fn of_url(text: &str, part: fn(&str) -> Option<String>) -> Option<Option<String>> {
    match part(text) {
        Some(given) => changed(text, given),
        None => {
            let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
            let bare = bare.split('/').next().unwrap_or(bare).trim_end_matches(':');
            Some(part(bare).filter(|given| given != text))
        }
    }
}

#[cfg(feature = "url")]
fn host(text: &str) -> Option<String> {
    let bare = text.parse::<std::net::Ipv6Addr>().is_ok();
    let url = if bare { format!("https://[{text}]/") } else { format!("https://{text}/") };
    // With more than a host in it, it is no host.
    let plain = bare || !text.contains(['/', '?', '#', ':', '@']) || text.starts_with('[');
    crate::url::parse(&url).ok().filter(|_| plain).map(|url| url.host().to_string())
}

#[cfg(feature = "url")]
fn scheme(text: &str) -> Option<String> {
    crate::url::parse(&format!("{text}://example.com/")).ok().map(|url| url.scheme().to_owned())
}

/// The numbers that a function gives, and what they mean where that surprises.
pub(super) fn range(comparison: &Comparison<'_>) -> Option<(RangeInclusive<i128>, &'static str)> {
    let of_time = comparison.args.first().is_some_and(|receiver| receiver.ty == Type::Timestamp);
    Some(match comparison.giver.name {
        "port" => (0..=65_535, ""),
        _ if !of_time => return None,
        "getMonth" => (0..=11, ", January being 0"),
        "getDate" => (1..=31, ""),
        "getDayOfMonth" => (0..=30, ", the first being 0 (`getDate()` counts from 1)"),
        "getDayOfWeek" => (0..=6, ", Sunday being 0"),
        "getDayOfYear" => (0..=365, ""),
        "getHours" => (0..=23, ""),
        "getMinutes" | "getSeconds" => (0..=59, ""),
        "getMilliseconds" => (0..=999, ""),
        _ => return None,
    })
}

/// What a comparison with numbers comes to where the function gives those of a range alone.
pub(super) fn out_of(comparison: &Comparison<'_>, range: &RangeInclusive<i128>) -> Option<Out> {
    let (least, most) = (*range.start(), *range.end());
    if comparison.is_whole() {
        return integers(comparison.constant).into_iter().find(|number| !range.contains(number)).map(Out::Never);
    }
    let bound = *integers(comparison.constant).first()?;
    let (always, never) = match comparison.by {
        "<" => (most < bound, least >= bound),
        "<=" => (most <= bound, least > bound),
        ">" => (least > bound, most <= bound),
        ">=" => (least >= bound, most < bound),
        _ => return None,
    };
    (always || never).then_some(Out::Always(always))
}

fn integers(value: &Value<'_>) -> Vec<i128> {
    match value {
        Value::Int(number) => vec![(*number).into()],
        Value::UInt(number) => vec![(*number).into()],
        Value::List(list) => list.iter().flat_map(|item| integers(&item)).collect(),
        _ => Vec::new(),
    }
}
