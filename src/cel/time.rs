//! Points and spans of time as text: RFC 3339 and CEL's durations.

use jiff::{SignedDuration, Timestamp};

/// A point in time from RFC 3339 text, `2026-03-29T14:20:00Z`: strictly that shape, no leap second.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    let shape = text.get(..19)?;
    let fits = |(byte, form): (u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { byte == form };
    let rest = text.get(19..)?;
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let after = fraction.trim_start_matches(|char: char| char.is_ascii_digit());
            (1..=9).contains(&(fraction.len() - after.len())).then_some(after)?
        }
        None => rest,
    };
    let leap = text.get(17..19)? == "60";
    let formed = shape.bytes().zip(*b"0000-00-00T00:00:00").all(fits) && !leap && is_offset(rest);
    let time: Timestamp = text.parse().ok().filter(|_| formed)?;
    in_range(time)
}

/// CEL's timestamps begin with year 1.
pub(super) fn in_range(time: Timestamp) -> Option<Timestamp> {
    (time.as_nanosecond() >= -62_135_596_800_000_000_000).then_some(time)
}

fn is_offset(text: &str) -> bool {
    let sign = text.strip_prefix(['+', '-']);
    let digits = |text: Option<&str>| text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    text == "Z"
        || sign.is_some_and(|offset| {
            offset.len() == 5 && digits(offset.get(..2)) && offset.get(2..3) == Some(":") && digits(offset.get(3..))
        })
}

/// The units of a duration, with their nanoseconds; longer names before their prefixes.
const UNITS: [(&str, i128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A span of time from text: a sign, then numbers with units, `1h30m`, `1.5s`, `-200ms`.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut total = (!rest.is_empty()).then_some(0_i128)?;
    while !rest.is_empty() {
        let (part, after) = duration_part(rest)?;
        total = total.checked_add(part)?;
        rest = after;
    }
    nanoseconds(if negative { -total } else { total })
}

/// One number with its unit, in nanoseconds; what is finer is cut off.
fn duration_part(text: &str) -> Option<(i128, &str)> {
    let (whole, rest) = text.split_at(text.find(|char: char| !char.is_ascii_digit())?);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|char: char| !char.is_ascii_digit())?),
        None => ("", rest),
    };
    let (unit, scale) = UNITS.iter().filter(|(unit, _)| rest.starts_with(unit)).max_by_key(|(unit, _)| unit.len())?;
    let digits: String = fraction.chars().take(18).collect();
    if (whole.len() + fraction.len()) == 0 || whole.len() > 18 {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let below = part.checked_mul(*scale)? / 10_i128.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let total = whole.checked_mul(*scale)?.checked_add(below)?;
    Some((total, rest.get(unit.len()..)?))
}

/// A duration of so many nanoseconds: CEL's range is what an `int` of nanoseconds holds, about 292 years.
pub(super) fn nanoseconds(total: i128) -> Option<SignedDuration> {
    i64::try_from(total).ok().map(SignedDuration::from_nanos)
}

/// The text of a duration: seconds with as much of a fraction as there is, `90s`, `0.25s`.
pub(super) fn duration_text(duration: SignedDuration) -> String {
    let nanos = duration.as_nanos();
    let sign = if nanos < 0 { "-" } else { "" };
    let (seconds, fraction) = (nanos.unsigned_abs() / 1_000_000_000, nanos.unsigned_abs() % 1_000_000_000);
    match fraction {
        0 => format!("{sign}{seconds}s"),
        _ => format!("{sign}{seconds}.{}s", format!("{fraction:09}").trim_end_matches('0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_back_as_they_are_written() {
        for text in ["90s", "0.25s", "-1.000000001s", "0s", "9223372036.854775807s"] {
            assert_eq!(duration(text).map(duration_text).as_deref(), Some(text));
        }
        assert_eq!(duration("1h45m47s").map(duration_text).as_deref(), Some("6347s"));
        assert_eq!(duration("1.5ms").map(duration_text).as_deref(), Some("0.0015s"));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "-", "5", "s", "1d", "1 s", "1.s.", ".s", "9223372037s", "1s2", "999999999999999999999s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn timestamps_are_strictly_rfc_3339() {
        for text in ["2026-03-29T14:20:00Z", "2026-03-29T14:20:00.5+02:00", "0001-01-01T00:00:00Z"] {
            assert!(timestamp(text).is_some(), "{text}");
        }
        let refused = [
            "2026-03-29",
            "2026-03-29 14:20:00Z",
            "2026-03-29t14:20:00z",
            "2026-03-29T14:20:60Z",
            "2026-03-29T14:20Z",
            "2026-03-29T14:20:00",
            "2026-03-29T14:20:00+02",
            "2026-03-29T14:20:00.Z",
            "0000-01-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-03-29T14:20:00Z[UTC]",
            "10000-01-01T00:00:00Z",
        ];
        for text in refused {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }
}
