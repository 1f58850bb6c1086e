//! Numbers of JSON, compared and divided exactly.

use std::cmp::Ordering;
use std::fmt;

use crate::json::Json;

/// A JSON number that keeps every digit it was read with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i128),
    /// A finite double.
    Double(f64),
}

impl Number {
    /// The number, if the value is one.
    #[must_use]
    pub fn of(json: &Json<'_>) -> Option<Self> {
        match json {
            Json::Int(value) => Some(Self::Whole(i128::from(*value))),
            Json::UInt(value) => Some(Self::Whole(i128::from(*value))),
            Json::Double(value) => Some(Self::Double(*value)),
            _ => None,
        }
    }

    /// Whether there is no fraction: `1.0` is whole.
    #[must_use]
    pub fn is_whole(self) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::Double(value) => value.fract() == 0.0,
        }
    }

    /// Compares by value, without rounding: `1` and `1.0` are equal.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(left), Self::Whole(right)) => left.cmp(&right),
            (Self::Whole(left), Self::Double(right)) => against_double(left, right),
            (Self::Double(left), Self::Whole(right)) => against_double(right, left).reverse(),
            (Self::Double(left), Self::Double(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        }
    }

    /// Whether this is a whole multiple of `unit`, both read as the decimals they are written as; `None` where they have
    /// too many digits to tell.
    #[must_use]
    pub fn is_multiple_of(self, unit: Self) -> Option<bool> {
        let ((value, value_scale), (unit, unit_scale)) = (self.decimal()?, unit.decimal()?);
        let scale = value_scale.max(unit_scale);
        let value = value.checked_mul(10_i128.checked_pow(scale - value_scale)?)?;
        let unit = unit.checked_mul(10_i128.checked_pow(scale - unit_scale)?)?;
        value.checked_rem(unit).map(|rest| rest == 0)
    }

    /// Digits and how many of them stand after the point.
    fn decimal(self) -> Option<(i128, u32)> {
        match self {
            Self::Whole(value) => Some((value, 0)),
            Self::Double(value) => {
                let text = value.to_string();
                let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
                Some((format!("{whole}{fraction}").parse().ok()?, u32::try_from(fraction.len()).ok()?))
            }
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
        }
    }
}

fn against_double(whole: i128, double: f64) -> Ordering {
    const BEYOND: f64 = 1.7e38;
    let floor = double.floor();
    if floor >= BEYOND {
        return Ordering::Less;
    }
    if floor <= -BEYOND {
        return Ordering::Greater;
    }
    whole.cmp(&(floor as i128)).then(if double > floor { Ordering::Less } else { Ordering::Equal })
}

/// A total order of JSON values in which equal means equal by value: `1` and `1.0` are one value, objects have no order.
pub(super) fn compare(left: &Json<'_>, right: &Json<'_>) -> Ordering {
    if let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) {
        return left.compare(right);
    }
    match (left, right) {
        (Json::Bool(left), Json::Bool(right)) => left.cmp(right),
        (Json::Text(left), Json::Text(right)) => left.cmp(right),
        (Json::List(left), Json::List(right)) => lexicographic(left, right, compare),
        (Json::Object(left), Json::Object(right)) => {
            lexicographic(left.entries(), right.entries(), |(left_key, left), (right_key, right)| {
                left_key.cmp(right_key).then_with(|| compare(left, right))
            })
        }
        _ => left.kind().cmp(right.kind()),
    }
}

fn lexicographic<T>(left: &[T], right: &[T], each: impl Fn(&T, &T) -> Ordering) -> Ordering {
    let mut pairs = left.iter().zip(right).map(|(left, right)| each(left, right));
    pairs.find(|order| order.is_ne()).unwrap_or_else(|| left.len().cmp(&right.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json<'_> {
        Json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_of_different_kinds_compare_by_value() {
        for (left, right, order) in [
            ("1", "1.0", Ordering::Equal),
            ("9007199254740993", "9007199254740992.0", Ordering::Greater),
            ("18446744073709551615", "18446744073709551616.0", Ordering::Less),
            ("-1", "-0.5", Ordering::Less),
            ("1", "1e300", Ordering::Less),
            ("1", "-1e300", Ordering::Greater),
            ("-0.0", "0", Ordering::Equal),
        ] {
            assert_eq!(compare(&json(left), &json(right)), order, "{left} {right}");
            assert_eq!(compare(&json(right), &json(left)), order.reverse(), "{right} {left}");
        }
    }

    #[test]
    fn objects_are_equal_in_any_order_and_lists_are_not() {
        assert!(compare(&json(r#"{"a":1,"b":[1.0]}"#), &json(r#"{"b":[1],"a":1}"#)).is_eq());
        assert!(compare(&json("[1,2]"), &json("[2,1]")).is_ne());
        assert!(compare(&json("[1]"), &json("[1,null]")).is_ne());
        assert!(compare(&json("null"), &json("false")).is_ne());
    }

    #[test]
    fn multiples_are_those_of_the_decimals_as_written() {
        let multiple = |value: &str, unit: &str| {
            Number::of(&json(value)).unwrap().is_multiple_of(Number::of(&json(unit)).unwrap())
        };
        assert_eq!(multiple("0.3", "0.1"), Some(true));
        assert_eq!(multiple("0.35", "0.1"), Some(false));
        assert_eq!(multiple("9007199254740993", "3"), Some(true));
        assert_eq!(multiple("10", "2.5"), Some(true));
        assert_eq!(multiple("1e300", "0.1"), None);
    }
}
