//! How a key of a map condition is read: a parameter, `_`, an operator.

use super::operators::{OPERATORS, Operator};
use crate::catalog::CapabilityFacts;
use crate::cel::functions;
use crate::diagnostic::{Diagnostic, kinds};
use crate::suggest::nearest;
use crate::yaml::Key;

/// The keys that combine maps and name no parameter.
pub(super) const COMBINATORS: [&str; 3] = ["any", "all", "not"];

/// What other languages call them.
const OTHER_WORDS: [(&str, &str); 7] = [
    ("or", "any"),
    ("any_of", "any"),
    ("anyof", "any"),
    ("and", "all"),
    ("all_of", "all"),
    ("allof", "all"),
    ("none", "not"),
];

/// Ends of keys by which other languages call operators.
const OTHER_ENDS: [(&str, &str); 12] = [
    ("startswith", "prefix"),
    ("starts_with", "prefix"),
    ("begins_with", "prefix"),
    ("endswith", "suffix"),
    ("ends_with", "suffix"),
    ("equals", "eq"),
    ("not_equals", "ne"),
    ("is", "eq"),
    ("regex", "matches"),
    ("like", "glob"),
    ("includes", "contains"),
    ("below", "within"),
];

/// What names of parameters do not hold and expressions do.
const EXPRESSION: [char; 9] = ['(', ')', '=', '?', '{', '<', '>', '&', '|'];

/// One way to read a key.
#[derive(Clone, Copy)]
struct Reading<'k> {
    parameter: &'k str,
    operator: Named,
}

/// An operator's name, and its row where this build has one.
#[derive(Clone, Copy)]
struct Named {
    name: &'static str,
    row: Option<&'static Operator>,
}

/// Reads a key. The longest operator name that the key ends with binds, unless the catalog knows only the parameter of
/// another reading; where it knows the parameters of two readings, the key is refused.
pub(super) fn read<'k>(
    key: &'k Key,
    catalog: Option<&CapabilityFacts>,
) -> Result<(&'k str, &'static Operator), Diagnostic> {
    let readings = readings(&key.text);
    let known = |reading: &&Reading<'_>| catalog.is_some_and(|facts| facts.params.get(reading.parameter).is_some());
    let mut known = readings.iter().filter(known);
    let reading = match (known.next(), known.next()) {
        (Some(one), Some(other)) => return Err(ambiguous(key, *one, *other)),
        (Some(one), None) => one,
        _ => readings.first().ok_or_else(|| unreadable(key))?,
    };
    match reading.operator.row {
        Some(row) => Ok((reading.parameter, row)),
        None => Err(unavailable(key, reading.operator.name)),
    }
}

/// All readings, the longest operator first.
fn readings(key: &str) -> Vec<Reading<'_>> {
    let mut readings: Vec<Reading<'_>> = names()
        .filter_map(|operator| {
            let parameter = key.strip_suffix(operator.name)?.strip_suffix('_')?;
            (!parameter.is_empty()).then_some(Reading { parameter, operator })
        })
        .collect();
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.operator.name.len()));
    readings
}

fn names() -> impl Iterator<Item = Named> {
    let rows = OPERATORS.iter().map(|row| Named { name: row.name, row: Some(row) });
    rows.chain(functions::absent_operators().map(|name| Named { name, row: None }))
}

fn ambiguous(key: &Key, one: Reading<'_>, other: Reading<'_>) -> Diagnostic {
    let describe = |reading: Reading<'_>| format!("`{}` of `{}`", reading.operator.name, reading.parameter);
    let message = format!("`{}` can be read as {} and as {}", key.text, describe(one), describe(other));
    Diagnostic::of(&kinds::AMBIGUOUS_CONDITION_KEY, key.span, message)
        .labelled("the catalog knows both parameters")
        .help(format!(
            "write the condition as an expression: `size(params.{}) < …` or `params.{} < …`",
            one.parameter, other.parameter
        ))
}

fn unavailable(key: &Key, operator: &str) -> Diagnostic {
    let feature = functions::absent_operator(operator).unwrap_or(operator);
    let message = format!("the operator `{operator}` needs the feature `{feature}`, which this build leaves out");
    Diagnostic::of(&kinds::UNAVAILABLE_OPERATOR, key.span, message)
        .help("leave the rule out; without it the call is judged by what stands around it")
}

fn unreadable(key: &Key) -> Diagnostic {
    let text = &key.text;
    if let Some(operator) = names().find(|operator| text.trim_start_matches('_') == operator.name) {
        let message = format!("the operator `{}` has no parameter before it", operator.name);
        let help = format!("put the parameter's name in front: `path_{}`", operator.name);
        return Diagnostic::of(&kinds::UNKNOWN_OPERATOR, key.span, message).help(help);
    }
    if text.contains(EXPRESSION) {
        let message = format!("`{}` is a part of an expression, which YAML cuts at `: `", text.escape_debug());
        let help = "put the whole expression in quotes";
        return Diagnostic::of(&kinds::UNKNOWN_OPERATOR, key.span, message).help(help);
    }
    let message = format!("`{}` does not end with an operator", text.escape_debug());
    if let Some((_, meant)) = OTHER_WORDS.iter().find(|(word, _)| *word == text.to_ascii_lowercase()) {
        let diagnostic = Diagnostic::of(&kinds::UNKNOWN_OPERATOR, key.span, message);
        return diagnostic.help(format!("`{meant}` is the word: `{meant}: …`")).fix(key.span, *meant);
    }
    let diagnostic = Diagnostic::of(&kinds::UNKNOWN_OPERATOR, key.span, message);
    if let Some((parameter, operator)) = other_end(text) {
        let meant = format!("{parameter}_{operator}");
        let paths = if operator == "prefix" {
            format!(", or `{parameter}_within` for a path below a directory")
        } else {
            String::new()
        };
        return diagnostic.help(format!("`{meant}` is the word here{paths}")).fix(key.span, meant);
    }
    match meant(text) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).fix(key.span, meant),
        None => diagnostic.help(format!(
            "a key is a parameter, `_` and an operator: `{}_eq` compares for equality; operators are {}",
            text.trim_end_matches('_').escape_debug(),
            OPERATORS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
        )),
    }
}

/// The parameter and the operator that a key of another language means.
fn other_end(key: &str) -> Option<(&str, &'static str)> {
    OTHER_ENDS.iter().find_map(|(end, operator)| {
        let parameter = key.strip_suffix(end)?.strip_suffix('_').filter(|parameter| !parameter.is_empty())?;
        Some((parameter, *operator))
    })
}

/// The key with its misspelt end replaced by the operator, or the whole by the combinator, that was probably meant.
fn meant(key: &str) -> Option<String> {
    /// A longer end of a key is no misspelt operator.
    const LONGEST: usize = 16;
    let borders = key.match_indices('_').filter(|(at, _)| *at > 0 && key.len() - at <= LONGEST);
    let with_operator = borders.filter_map(|(at, _)| {
        let (parameter, end) = key.split_at_checked(at)?;
        let operator = nearest(end.trim_start_matches('_'), names().map(|operator| operator.name))?;
        Some(format!("{parameter}_{operator}"))
    });
    with_operator.into_iter().next().or_else(|| nearest(key, COMBINATORS).map(str::to_owned))
}
