//! The order of JSON values, by which equal means equal by value.

use std::cmp::Ordering;

use crate::json::Json;

/// A total order of JSON values in which equal means equal by value: `1` and `1.0` are one value, objects have no order.
pub(super) fn compare(left: &Json<'_>, right: &Json<'_>) -> Ordering {
    if let (Some(left), Some(right)) = (left.as_number(), right.as_number()) {
        return left.cmp(&right);
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
}
