//! Times for people: how long ago in tables, the local date and time where it matters.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `2026-03-29 14:20:00`, by the clock of whoever reads.
pub(crate) fn absolute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `14:20:00`.
pub(crate) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// `just now`, `2m ago`, `3h ago`, `5d ago`; what is to come by a clock that runs ahead is `just now`.
pub(crate) fn age(at: Timestamp, now: Timestamp) -> String {
    match span(now.duration_since(at).as_secs()) {
        Some(span) => format!("{span} ago"),
        None => "just now".to_owned(),
    }
}

/// Whole minutes, hours or days; none below a minute.
fn span(seconds: i64) -> Option<String> {
    match seconds {
        ..60 => None,
        60..3600 => Some(format!("{}m", seconds / 60)),
        3600..86400 => Some(format!("{}h", seconds / 3600)),
        86400.. => Some(format!("{}d", seconds / 86400)),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn ages_are_whole_minutes_hours_and_days() {
        let now = at("2026-03-29T14:22:00Z");
        for (then, age_then) in [
            ("2026-03-29T14:22:00Z", "just now"),
            ("2026-03-29T14:21:01Z", "just now"),
            ("2026-03-29T14:25:00Z", "just now"),
            ("2026-03-29T14:21:00Z", "1m ago"),
            ("2026-03-29T14:20:00Z", "2m ago"),
            ("2026-03-29T13:22:01Z", "59m ago"),
            ("2026-03-29T11:00:00Z", "3h ago"),
            ("2026-03-24T14:00:00Z", "5d ago"),
            ("2024-03-29T14:22:00Z", "730d ago"),
        ] {
            assert_eq!(age(at(then), now), age_then, "{then}");
        }
    }

    #[test]
    fn times_are_those_of_the_reader_s_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(absolute(at("2026-03-29T14:20:00.7Z"), &zone), "2026-03-29 16:20:00");
        assert_eq!(absolute(at("2026-03-29T23:20:00Z"), &zone), "2026-03-30 01:20:00");
        assert_eq!(clock(at("2026-03-29T23:20:00Z"), &zone), "01:20:00");
    }
}
