use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The exact order of two texts of numbers, digit by digit: the long way that no arithmetic can get wrong.
fn by_digits(left: &str, right: &str) -> Ordering {
    let (left, right) = (expanded(left), expanded(right));
    let zero = |(_, whole, fraction): &(bool, String, String)| whole.is_empty() && fraction.is_empty();
    if zero(&left) && zero(&right) {
        return Ordering::Equal;
    }
    match (left.0 && !zero(&left), right.0 && !zero(&right)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (negative, _) => {
            let whole = left.1.len().cmp(&right.1.len()).then_with(|| left.1.cmp(&right.1));
            let order = whole.then_with(|| left.2.cmp(&right.2));
            if negative { order.reverse() } else { order }
        }
    }
}

/// The sign, the digits before the point without zeros in front, those after it without zeros behind.
fn expanded(text: &str) -> (bool, String, String) {
    let unsigned = text.trim_start_matches('-');
    let (mantissa, exponent) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.parse().unwrap();
    let mut digits = format!("{whole}{fraction}");
    let mut point = whole.len() as i64 + exponent;
    while point < 0 {
        digits.insert(0, '0');
        point += 1;
    }
    while (digits.len() as i64) < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point as usize);
    (text.starts_with('-'), whole.trim_start_matches('0').to_owned(), fraction.trim_end_matches('0').to_owned())
}

fn texts() -> impl Strategy<Value = String> {
    let near = prop::sample::select(vec![
        "100",
        "100.0",
        "1e2",
        "100.000000000000000000000000000001",
        "99.999999999999999999999999999999",
        "0.1e3",
        "9007199254740993",
        "9.007199254740993e15",
        "9007199254740992.0",
        "9007199254740993.5",
        "0",
        "-0.0",
        "0e9",
        "1e-300",
        "1e300",
        "18446744073709551616",
        "0.1",
        "0.10",
        "1e-1",
    ]);
    let any = ("-?", "[0-9]{1,12}", prop::option::of("[0-9]{1,24}"), prop::option::of(-60_i64..60)).prop_map(
        |(sign, whole, fraction, exponent)| {
            let fraction = fraction.map_or(String::new(), |fraction| format!(".{fraction}"));
            let exponent = exponent.map_or(String::new(), |exponent| format!("e{exponent}"));
            format!("{sign}{whole}{fraction}{exponent}")
        },
    );
    prop_oneof![near.prop_map(str::to_owned), any]
}

proptest! {
    #[test]
    fn numbers_compare_as_their_digits_do(left in texts(), right in texts()) {
        prop_assert_eq!(number(&left).cmp(&number(&right)), by_digits(&left, &right), "{} {}", left, right);
    }

    #[test]
    fn a_number_is_read_back_as_itself(text in texts()) {
        let read = number(&text);
        prop_assert_eq!(number(&read.to_string()), read);
        prop_assert_eq!(number(&read.text()), read);
    }

    #[test]
    fn doubles_are_written_as_they_are_by_others(double in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
        let written = Number::of_double(double).unwrap();
        prop_assert_eq!(written.to_f64().to_bits(), double.to_bits());
        // Where two texts are equally short, others may take the other one.
        prop_assert_eq!(written.text().len(), serde_json::to_string(&double).unwrap().len());
        prop_assert_eq!(written.text().parse::<f64>().unwrap().to_bits(), double.to_bits());
    }

    #[test]
    fn whole_numbers_of_both_kinds_meet(whole in any::<i64>(), other in any::<u64>()) {
        let expected = i128::from(whole).cmp(&i128::from(other));
        prop_assert_eq!(Number::from(whole).cmp(&Number::from(other)), expected);
        prop_assert_eq!(Number::from(whole).as_whole(), Some(i128::from(whole)));
        prop_assert_eq!(number(&format!("{other}.000")), Number::from(other));
    }

    #[test]
    fn sums_and_products_are_exact_or_none(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000, scale in 0_i64..30) {
        let tenth = |digits: i64| Number::new(digits.into(), -scale).unwrap();
        prop_assert_eq!(tenth(left).sum(tenth(right)), Some(tenth(left + right)));
        prop_assert_eq!(tenth(left).product(tenth(right)), Number::new(i128::from(left) * i128::from(right), -2 * scale));
        if let Some(quotient) = tenth(left).quotient(tenth(right)) {
            prop_assert_eq!(quotient.product(tenth(right)), Some(tenth(left)));
        }
    }
}

#[test]
fn what_cannot_be_kept_is_refused() {
    for (text, error) in [
        ("", NumberError::Malformed),
        ("-", NumberError::Malformed),
        (".", NumberError::Malformed),
        ("1e", NumberError::Malformed),
        ("1x", NumberError::Malformed),
        ("1.2.3", NumberError::Malformed),
        ("NaN", NumberError::Malformed),
        ("inf", NumberError::Malformed),
        ("1e999", NumberError::OutOfRange),
        ("1.8e308", NumberError::OutOfRange),
        ("1e99999999999999999999", NumberError::OutOfRange),
        ("1e-999", NumberError::OutOfRange),
        ("1.000000000000000000000000000000000000001", NumberError::TooManyDigits),
        ("123456789012345678901234567890123456789", NumberError::TooManyDigits),
    ] {
        assert_eq!(Number::parse(text), Err(error), "{text}");
    }
    assert_eq!(number("1.7976931348623157e308").to_f64(), f64::MAX);
    assert_eq!(number("0e999"), Number::ZERO);
    assert_eq!(number(&format!("1{}", "0".repeat(300))), number("1e300"));
}

#[test]
fn a_quotient_is_exact_or_none() {
    assert_eq!(number("7").quotient(number("2")), Some(number("3.5")));
    assert_eq!(number("0.3").quotient(number("0.1")), Some(number("3")));
    assert_eq!(number("1").quotient(number("3")), None);
    assert_eq!(number("1").quotient(number("0")), None);
    assert_eq!(number("1e300").sum(number("1")), None);
}

#[test]
fn multiples_are_those_of_the_decimals_as_written() {
    for (value, unit, multiple) in [
        ("0.3", "0.1", Some(true)),
        ("0.35", "0.1", Some(false)),
        ("9007199254740993", "3", Some(true)),
        ("10", "2.5", Some(true)),
        ("1e300", "0.1", None),
    ] {
        assert_eq!(number(value).is_multiple_of(number(unit)), multiple, "{value} {unit}");
    }
}

#[test]
fn whole_parts_are_cut_towards_zero() {
    for (text, whole, part) in [
        ("1.0", true, Some(1)),
        ("-1.9", false, Some(-1)),
        ("0.5", false, Some(0)),
        ("1e-300", false, Some(0)),
        ("12e2", true, Some(1200)),
        ("1e300", true, None),
        ("0", true, Some(0)),
    ] {
        assert_eq!((number(text).is_whole(), number(text).truncated()), (whole, part), "{text}");
    }
}
