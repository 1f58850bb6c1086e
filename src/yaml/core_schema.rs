//! What a plain scalar means: the core schema of YAML 1.2, chapter 10.3, and no more.

use super::node::ScalarValue;
use crate::number::{self, Number};

/// Why a plain scalar that the core schema calls a number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberError {
    /// An integer outside `i64::MIN..=u64::MAX`.
    IntegerRange,
    /// A number with a fraction or an exponent that is too large, or has too many digits.
    Decimal(number::NumberError),
    /// `.inf` or `.nan`.
    NotFinite,
}

/// The value of a plain scalar.
pub(super) fn resolve(text: &str) -> Result<ScalarValue, NumberError> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(ScalarValue::Null),
        "true" | "True" | "TRUE" => return Ok(ScalarValue::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(ScalarValue::Bool(false)),
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Ok(ScalarValue::Text);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if all(unsigned, |byte| byte.is_ascii_digit()) {
        return decimal(text, unsigned);
    }
    if let Some(digits) = text.strip_prefix("0o").filter(|digits| all(digits, |byte| (b'0'..=b'7').contains(&byte))) {
        return integer(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x").filter(|digits| all(digits, |byte| byte.is_ascii_hexdigit())) {
        return integer(digits, 16);
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(NumberError::NotFinite);
    }
    if is_float(unsigned) { real(text) } else { Ok(ScalarValue::Text) }
}

fn all(text: &str, holds: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(holds)
}

fn decimal(text: &str, unsigned: &str) -> Result<ScalarValue, NumberError> {
    if text.starts_with('-') {
        return text.parse().map(ScalarValue::Int).map_err(|_| NumberError::IntegerRange);
    }
    integer(unsigned, 10)
}

fn integer(digits: &str, radix: u32) -> Result<ScalarValue, NumberError> {
    let value = u64::from_str_radix(digits, radix).map_err(|_| NumberError::IntegerRange)?;
    Ok(i64::try_from(value).map_or(ScalarValue::UInt(value), ScalarValue::Int))
}

fn real(text: &str) -> Result<ScalarValue, NumberError> {
    Number::parse(text).map(ScalarValue::Decimal).map_err(NumberError::Decimal)
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let some = !whole.is_empty() || !fraction.is_empty();
    some && digits(whole)
        && digits(fraction)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ScalarValue::{Bool, Decimal, Int, Null, Text, UInt};

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        let decimal = |text| Decimal(Number::parse(text).unwrap());
        let cases: &[(&str, ScalarValue)] = &[
            ("", Null),
            ("~", Null),
            ("null", Null),
            ("NULL", Null),
            ("nULL", Text),
            ("true", Bool(true)),
            ("FALSE", Bool(false)),
            ("tRUE", Text),
            ("no", Text),
            ("on", Text),
            ("yes", Text),
            ("y", Text),
            ("0", Int(0)),
            ("-0", Int(0)),
            ("+12", Int(12)),
            ("010", Int(10)),
            ("0o17", Int(15)),
            ("0o8", Text),
            ("-0o7", Text),
            ("0x1F", Int(31)),
            ("0x", Text),
            ("0b1", Text),
            ("1_000", Text),
            ("1:30", Text),
            ("9223372036854775807", Int(i64::MAX)),
            ("9223372036854775808", UInt(9_223_372_036_854_775_808)),
            ("-9223372036854775808", Int(i64::MIN)),
            ("1.", decimal("1.0")),
            (".5", decimal("0.5")),
            ("-1.5e3", decimal("-1500")),
            ("1e3", decimal("1000")),
            ("1e", Text),
            (".", Text),
            ("-", Text),
            ("--1", Text),
            ("+", Text),
            ("1.2.3", Text),
            ("e3", Text),
            (".e3", Text),
            ("inf", Text),
            ("-infinity", Text),
            ("nan", Text),
            ("2026-03-29", Text),
            ("10KiB", Text),
        ];
        for (text, value) in cases {
            assert_eq!(resolve(text), Ok(value.clone()), "{text}");
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let cases = [
            ("18446744073709551616", NumberError::IntegerRange),
            ("-9223372036854775809", NumberError::IntegerRange),
            ("0x10000000000000000", NumberError::IntegerRange),
            ("1e999", NumberError::Decimal(number::NumberError::OutOfRange)),
            (".inf", NumberError::NotFinite),
            ("-.INF", NumberError::NotFinite),
            (".NaN", NumberError::NotFinite),
        ];
        for (text, error) in cases {
            assert_eq!(resolve(text), Err(error), "{text}");
        }
    }
}
