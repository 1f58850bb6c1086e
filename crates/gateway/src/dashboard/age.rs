//! Times as people read them: how long ago, and exactly.

use std::fmt;

use jiff::Timestamp;

/// A time, relative to the moment the page was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Age {
    /// `2m ago`, `in 3h`.
    pub(crate) relative: String,
    /// `2026-03-29 14:20:00 UTC`.
    pub(crate) exact: String,
    /// For programs.
    pub(crate) machine: String,
}

impl Age {
    /// A time as seen at `now`.
    #[must_use]
    pub(crate) fn of(at: Timestamp, now: Timestamp) -> Self {
        let seconds = now.as_second().saturating_sub(at.as_second());
        let relative = match seconds {
            ..=-1 => format!("in {}", span(seconds.unsigned_abs())),
            0..5 => "just now".to_owned(),
            _ => format!("{} ago", span(seconds.unsigned_abs())),
        };
        let exact = format!("{} UTC", at.strftime("%Y-%m-%d %H:%M:%S"));
        Self { relative, exact, machine: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() }
    }
}

/// As HTML, which the script keeps true while the page stays open.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { relative, exact, machine } = self;
        write!(f, "<time datetime=\"{machine}\" title=\"{exact}\" data-age>{relative}</time>")
    }
}

impl askama::filters::HtmlSafe for Age {}

/// The largest unit that is full.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_its_largest_unit() {
        let at: Timestamp = "2026-03-29T14:20:00Z".parse().unwrap();
        let seen = |seconds: i64| Age::of(at, Timestamp::from_second(at.as_second() + seconds).unwrap());
        for (seconds, told) in
            [(0, "just now"), (59, "59s ago"), (120, "2m ago"), (7_199, "1h ago"), (200_000, "2d ago"), (-90, "in 1m")]
        {
            assert_eq!(seen(seconds).relative, told);
        }
        assert_eq!(seen(0).exact, "2026-03-29 14:20:00 UTC");
        assert_eq!(seen(0).machine, "2026-03-29T14:20:00Z");
    }
}
