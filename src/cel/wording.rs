//! What a syntax error says: the parser's rules in people's words, with a hint where the mistake is a known one.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::parse::Rule;
use super::scan::Fault;

/// The parser's error in words.
pub(super) fn syntax(text: &str, error: &Error<Rule>) -> Fault {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let found = token(text.get(at..).unwrap_or_default());
    let fault = Fault::syntax(at, at + found.len(), message(found, &expected(error)));
    match hint(text.get(..at).unwrap_or_default(), found) {
        Some(hint) => fault.help(hint),
        None => fault,
    }
}

fn message(found: &str, expected: &str) -> String {
    match (found, expected) {
        ("", "") => "the expression ends too early".to_owned(),
        ("", expected) => format!("the expression ends where {expected} must follow"),
        (found, "") => format!("`{}` cannot stand here", found.escape_debug()),
        (found, expected) => format!("expected {expected}, found `{}`", found.escape_debug()),
    }
}

/// The word or the one character that stands at the error.
fn token(rest: &str) -> &str {
    let word = |char: char| char.is_alphanumeric() || char == '_';
    let length = rest.find(|char| !word(char)).unwrap_or(rest.len());
    let length = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
    rest.get(..length.min(40)).unwrap_or_default()
}

fn expected(error: &Error<Rule>) -> String {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return String::new() };
    let mut words: Vec<&str> = Vec::new();
    for word in positives.iter().filter_map(|rule| in_words(*rule)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

fn in_words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::operator => "an operator",
        Rule::arguments | Rule::selection | Rule::index | Rule::fields | Rule::dot | Rule::not | Rule::minus => {
            return None;
        }
        Rule::otherwise => "`:`",
        Rule::EOI => "the end",
        Rule::identifier | Rule::quoted => "a name",
        _ => "a value",
    })
}

/// Known mistakes, by what stands at the error.
fn hint(before: &str, found: &str) -> Option<String> {
    let hint = match found.to_ascii_lowercase().as_str() {
        "and" => "`and` is written `&&`",
        "or" => "`or` is written `||`",
        "not" => "`not` is written `!`; `!(x in y)`",
        "is" | "eq" | "equals" => "equality is written `==`",
        "contains" | "matches" | "startswith" | "endswith" => "a function of text is called as `text.contains('x')`",
        "?" => "optional fields (`.?`, `[?]`) are no part of the language; ask with `has(x.field)`",
        ";" => "an expression is one condition, without `;`",
        "$" | "@" | "#" => "variables are written without a sign: `params.path`",
        "," => "a list is written `['a', 'b']`",
        number if number.starts_with(|char: char| char.is_ascii_digit()) => number_hint(number)?,
        "" if before.trim_end().ends_with(',') => "something must follow the comma",
        _ if before.trim_end().ends_with("not") => "`not` is written `!`",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What a number with letters may have been meant as.
fn number_hint(number: &str) -> Option<&'static str> {
    if number.contains('_') {
        return Some("digits are written without `_`");
    }
    let unit = number.trim_start_matches(|char: char| char.is_ascii_digit());
    match unit {
        "" => None,
        "s" | "m" | "h" | "d" | "ms" => {
            Some("a duration is written `duration('30s')`, with the units `h`, `m`, `s`, `ms`")
        }
        _ => Some("a number has no unit: `size(x) < 10240`"),
    }
}
