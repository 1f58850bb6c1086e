use super::*;
use crate::fixture::at;

fn query() -> Query {
    Query {
        agent: None,
        capability: None,
        outcome: None,
        request: None,
        last: None,
        since: None,
        until: None,
        limit: 50,
        format: Format::Table,
    }
}

fn now() -> Zoned {
    at("2026-03-29T14:20:00Z").to_zoned(TimeZone::fixed(jiff::tz::offset(2)))
}

fn filtered(query: &Query) -> Vec<(&'static str, String)> {
    query.filter(&now()).unwrap()
}

#[test]
fn the_last_days_are_counted_from_now() {
    for (text, since) in [
        ("7d", "2026-03-22T14:20:00Z"),
        ("12h", "2026-03-29T02:20:00Z"),
        ("30m", "2026-03-29T13:50:00Z"),
        ("2w", "2026-03-15T14:20:00Z"),
    ] {
        let query = Query { last: Some(last(text).unwrap()), ..query() };
        assert_eq!(filtered(&query), [("since", since.to_owned())], "{text}");
    }
    for wrong in ["", "7", "-7d", "0s", "yesterday"] {
        assert!(last(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn times_without_an_offset_are_local() {
    for (text, since) in [
        ("2026-03-29", "2026-03-28T22:00:00Z"),
        ("2026-03-29 14:20", "2026-03-29T12:20:00Z"),
        ("2026-03-29T14:20:00Z", "2026-03-29T14:20:00Z"),
        ("2026-03-29T14:20:00+05:00", "2026-03-29T09:20:00Z"),
    ] {
        let query = Query { since: Some(Moment::parse(text).unwrap()), ..query() };
        assert_eq!(filtered(&query), [("since", since.to_owned())], "{text}");
    }
    assert!(Moment::parse("soon").is_err());
}

#[test]
fn everything_that_is_asked_for_is_asked_for() {
    let query = Query {
        agent: Some("my-agent".to_owned()),
        capability: Some("process.*".to_owned()),
        outcome: Some("approved".to_owned()),
        ..query()
    };
    let expected = [("agent", "my-agent"), ("capability", "process.*"), ("outcome", "approved")];
    assert_eq!(filtered(&query), expected.map(|(name, value)| (name, value.to_owned())));
}
