//! Sizes and durations as policies write them: `10KiB`, `30s`. A whole number and a unit, nothing else.
//!
//! A unit that people read in two ways (`5M`) is refused with both readings.

use std::fmt;

/// A unit with what it stands for in the base unit.
type Unit = (&'static str, u64);

/// Durations, in milliseconds.
const DURATIONS: &[Unit] = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Sizes, in bytes.
const SIZES: &[Unit] = &[
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// What a duration looks like, as a regex that JSON Schema and editors understand.
pub const DURATION_PATTERN: &str = "^[0-9]+(ms|s|m|h|d)$";
/// What a size looks like, as a regex that JSON Schema and editors understand.
pub const SIZE_PATTERN: &str = "^[0-9]+(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$";

/// Why a text is not a literal, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The text that was certainly meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for LiteralError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for LiteralError {}

/// One of the two kinds of literal.
struct Kind {
    name: &'static str,
    units: &'static [Unit],
    example: &'static str,
    /// What an ambiguous unit may mean.
    readings: fn(&str) -> Option<(&'static str, &'static str)>,
}

const DURATION: Kind = Kind { name: "duration", units: DURATIONS, example: "30s", readings: duration_readings };
const SIZE: Kind = Kind { name: "size", units: SIZES, example: "10KiB", readings: size_readings };

/// A duration in milliseconds: `500ms`, `30s`, `15m`, `1h`, `7d`.
///
/// # Errors
/// Says what is wrong and what to write.
pub fn duration(text: &str) -> Result<u64, LiteralError> {
    read(&DURATION, text)
}

/// A size in bytes: `512B`, `10KiB` (1,024 each), `1MB` (1,000,000), `10GiB`.
///
/// # Errors
/// Says what is wrong and what to write.
pub fn size(text: &str) -> Result<u64, LiteralError> {
    read(&SIZE, text)
}

fn read(kind: &Kind, text: &str) -> Result<u64, LiteralError> {
    let border = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, unit) = text.split_at_checked(border).unwrap_or((text, ""));
    if digits.is_empty() {
        return Err(shapeless(kind, text));
    }
    let Some((_, factor)) = kind.units.iter().find(|(name, _)| *name == unit) else {
        return Err(unknown_unit(kind, text, digits, unit));
    };
    digits.parse::<u64>().ok().and_then(|number| number.checked_mul(*factor)).ok_or_else(|| LiteralError {
        message: format!("the {} `{text}` is too large", kind.name),
        help: "write a smaller number".to_owned(),
        suggestion: None,
    })
}

fn shapeless(kind: &Kind, text: &str) -> LiteralError {
    let message = format!("`{}` is not a {}", text.escape_debug(), kind.name);
    LiteralError { message, help: form(kind), suggestion: None }
}

fn form(kind: &Kind) -> String {
    let units: Vec<&str> = kind.units.iter().map(|(name, _)| *name).collect();
    format!("write a whole number and a unit without a space, like `{}`; units are {}", kind.example, units.join(", "))
}

fn unknown_unit(kind: &Kind, text: &str, digits: &str, unit: &str) -> LiteralError {
    if unit.is_empty() {
        let message = format!("the {} `{text}` has no unit", kind.name);
        return LiteralError { message, help: form(kind), suggestion: None };
    }
    let trimmed = unit.trim();
    if let Some((one, other)) = (kind.readings)(trimmed) {
        let message =
            format!("the {} `{text}` can be read in two ways: {digits} {one} and {digits} {other}", kind.name);
        let help = match unit_of(kind, one).zip(unit_of(kind, other)) {
            Some((one, other)) => format!("write `{digits}{one}` or `{digits}{other}`"),
            None => format!("write `{digits}m` for minutes; months are written in days"),
        };
        return LiteralError { message, help, suggestion: None };
    }
    if let Some((name, _)) = kind.units.iter().find(|(name, _)| same_unit(name, trimmed)) {
        let meant = format!("{digits}{name}");
        let message = format!("`{}` is not a {}", text.escape_debug(), kind.name);
        return LiteralError { message, help: format!("write `{meant}`"), suggestion: Some(meant) };
    }
    shapeless(kind, text)
}

fn unit_of(kind: &Kind, name: &str) -> Option<&'static str> {
    kind.units.iter().map(|(unit, _)| *unit).find(|unit| *unit == name)
}

/// Whether a word can only mean this unit: `10 s`, `10sec`, `10 kib`.
fn same_unit(name: &str, word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let long: &[&str] = match name {
        "ms" => &["msec", "msecs", "millisecond", "milliseconds"],
        "s" => &["sec", "secs", "second", "seconds"],
        "m" => &["min", "mins", "minute", "minutes"],
        "h" => &["hr", "hrs", "hour", "hours"],
        "d" => &["day", "days"],
        "B" => &["byte", "bytes"],
        _ => &[],
    };
    name.to_ascii_lowercase() == word || long.contains(&word.as_str())
}

/// Minutes and months are both `M` somewhere; months are no unit here, so their reading is written in days.
fn duration_readings(unit: &str) -> Option<(&'static str, &'static str)> {
    (unit == "M").then_some(("minutes", "months"))
}

fn size_readings(unit: &str) -> Option<(&'static str, &'static str)> {
    match unit {
        "K" | "k" => Some(("KB", "KiB")),
        "M" | "m" => Some(("MB", "MiB")),
        "G" | "g" => Some(("GB", "GiB")),
        "T" | "t" => Some(("TB", "TiB")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_a_number_and_a_unit() {
        let durations =
            [("500ms", 500), ("30s", 30_000), ("15m", 900_000), ("1h", 3_600_000), ("7d", 604_800_000), ("0s", 0)];
        for (text, milliseconds) in durations {
            assert_eq!(duration(text), Ok(milliseconds), "{text}");
        }
        let sizes = [("512B", 512), ("1KB", 1_000), ("10KiB", 10_240), ("1MB", 1_000_000), ("10GiB", 10_737_418_240)];
        for (text, bytes) in sizes {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn a_unit_of_two_readings_is_refused_with_both() {
        let error = size("5M").unwrap_err();
        assert_eq!(error.message, "the size `5M` can be read in two ways: 5 MB and 5 MiB");
        assert_eq!(error.help, "write `5MB` or `5MiB`");
        assert_eq!(size("5m").unwrap_err().help, "write `5MB` or `5MiB`");
        let error = duration("5M").unwrap_err();
        assert_eq!(error.message, "the duration `5M` can be read in two ways: 5 minutes and 5 months");
        assert_eq!(error.help, "write `5m` for minutes; months are written in days");
    }

    #[test]
    fn a_unit_that_can_only_mean_one_thing_is_suggested() {
        let cases = [("30 s", "30s"), ("5min", "5m"), ("2 hours", "2h"), ("1H", "1h"), ("3 Days", "3d")];
        for (text, meant) in cases {
            assert_eq!(duration(text).unwrap_err().suggestion.as_deref(), Some(meant), "{text}");
        }
        for (text, meant) in [("10kib", "10KiB"), ("10 kb", "10KB"), ("7b", "7B"), ("9 bytes", "9B")] {
            assert_eq!(size(text).unwrap_err().suggestion.as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_form() {
        for text in
            ["", "s", "1.5h", "-1s", "+1s", "1h30m", "1e3s", "1_000s", " 1s", "1s ", "１s", "1w", "1\u{0}s", "5"]
        {
            let error = duration(text).unwrap_err();
            assert!(error.suggestion.is_some() || error.help.contains("like `30s`"), "{text:?}: {error}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(size("18446744073709551615B"), Ok(u64::MAX));
        for text in ["18446744073709551616B", "18014398509481984KiB", "99999999999999999999999999999TiB"] {
            assert!(size(text).unwrap_err().message.ends_with("is too large"), "{text}");
        }
    }

    #[test]
    fn the_patterns_hold_exactly_the_units() {
        for (pattern, units) in [(DURATION_PATTERN, DURATIONS), (SIZE_PATTERN, SIZES)] {
            let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
            assert_eq!(pattern, format!("^[0-9]+({})$", names.join("|")));
        }
    }
}
