//! Timestamps and durations: reading them, and their fields in a time zone.

use std::sync::Arc;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Eval, Function, Overload, Site};
use crate::cel::time;
use crate::cel::types::Type;
use crate::cel::value::Value;

/// What looking up a time zone at a call costs, in steps.
const ZONE_STEPS: usize = 1000;

const FIELD: &[Overload] =
    &[Overload::method(&[Type::Timestamp], Type::Int), Overload::method(&[Type::Timestamp, Type::Text], Type::Int)];
const FIELD_OR_LENGTH: &[Overload] = &[
    Overload::method(&[Type::Timestamp], Type::Int),
    Overload::method(&[Type::Timestamp, Type::Text], Type::Int),
    Overload::method(&[Type::Duration], Type::Int),
];

type Examples = &'static [(&'static str, &'static str)];

const fn field(name: &'static str, doc: &'static str, examples: Examples, eval: Eval) -> Function {
    Function { name, overloads: FIELD, doc, examples, prepare: Some(prepare_zone), eval }
}

const fn length(name: &'static str, doc: &'static str, examples: Examples, eval: Eval) -> Function {
    Function { overloads: FIELD_OR_LENGTH, ..field(name, doc, examples, eval) }
}

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "timestamp",
        overloads: &[
            Overload::function(&[Type::Timestamp], Type::Timestamp),
            Overload::function(&[Type::Text], Type::Timestamp),
            Overload::function(&[Type::Int], Type::Timestamp),
        ],
        doc: "A point in time from RFC 3339 text or from seconds since 1970.",
        examples: &[
            ("timestamp('1970-01-01T00:01:00Z') == timestamp(60)", "true"),
            ("timestamp('2026-03-29')", "unknown"),
        ],
        prepare: None,
        eval: timestamp,
    },
    Function {
        name: "duration",
        overloads: &[
            Overload::function(&[Type::Duration], Type::Duration),
            Overload::function(&[Type::Text], Type::Duration),
        ],
        doc: "A span of time from text with the units `h`, `m`, `s`, `ms`, `us`, `ns`.",
        examples: &[("duration('1h30m') == duration('5400s')", "true"), ("duration('1d')", "unknown")],
        prepare: None,
        eval: duration,
    },
    field("getFullYear", "The year.", &[("timestamp('2026-03-29T14:20:00Z').getFullYear()", "2026")], |site, args| {
        of(site, args, |time| time.year().into())
    }),
    field("getMonth", "The month, from 0 for January.", &[("timestamp(0).getMonth()", "0")], |site, args| {
        of(site, args, |time| i64::from(time.month()) - 1)
    }),
    field("getDate", "The day of the month, from 1.", &[("timestamp(0).getDate()", "1")], |site, args| {
        of(site, args, |time| time.day().into())
    }),
    field(
        "getDayOfMonth",
        "The day of the month, from 0.",
        &[("timestamp(0).getDayOfMonth('-01:00')", "30")],
        |site, args| of(site, args, |time| i64::from(time.day()) - 1),
    ),
    field(
        "getDayOfWeek",
        "The day of the week, from 0 for Sunday.",
        &[("timestamp(0).getDayOfWeek()", "4")],
        |site, args| of(site, args, |time| time.weekday().to_sunday_zero_offset().into()),
    ),
    field("getDayOfYear", "The day of the year, from 0.", &[("timestamp(86400).getDayOfYear()", "1")], |site, args| {
        of(site, args, |time| i64::from(time.day_of_year()) - 1)
    }),
    length(
        "getHours",
        "The hour of the day, or a duration's whole hours.",
        &[("timestamp(0).getHours('Asia/Tokyo')", "9"), ("duration('90m').getHours()", "1")],
        |site, args| of_either(site, args, 3_600_000_000_000, |time| time.hour().into()),
    ),
    length(
        "getMinutes",
        "The minute of the hour, or a duration's whole minutes.",
        &[("timestamp(90).getMinutes()", "1"), ("duration('90m').getMinutes()", "90")],
        |site, args| of_either(site, args, 60_000_000_000, |time| time.minute().into()),
    ),
    length(
        "getSeconds",
        "The second of the minute, or a duration's whole seconds.",
        &[("timestamp(90).getSeconds()", "30"), ("duration('90m').getSeconds()", "5400")],
        |site, args| of_either(site, args, 1_000_000_000, |time| time.second().into()),
    ),
    Function {
        name: "getMilliseconds",
        overloads: FIELD_OR_LENGTH,
        doc: "The milliseconds of the second, of a point or a span of time.",
        examples: &[("duration('1.25s').getMilliseconds()", "250")],
        prepare: Some(prepare_zone),
        eval: milliseconds,
    },
];

fn timestamp<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Timestamp(time)] => Ok(Value::Timestamp(*time)),
        [Value::Text(text)] => {
            let unexplained = Cause::Unexplained("text that is no RFC 3339 timestamp");
            time::timestamp(text).map(Value::Timestamp).ok_or(unexplained)
        }
        [Value::Int(seconds)] => {
            let time = Timestamp::from_second(*seconds).ok().and_then(time::in_range);
            time.map(Value::Timestamp).ok_or(Cause::Arithmetic("range error"))
        }
        [other, ..] => Err(Cause::wrong_type("string or int", other)),
        [] => Err(Cause::Missing),
    }
}

fn duration<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Duration(span)] => Ok(Value::Duration(*span)),
        [Value::Text(text)] => {
            let unexplained = Cause::Unexplained("text that is no duration");
            time::duration(text).map(Value::Duration).ok_or(unexplained)
        }
        [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

/// A time zone by its IANA name, from the data built in, or an offset `+02:00`, `-02:30`, `02:00`.
fn zone(name: &str) -> Option<TimeZone> {
    match offset(name) {
        Some(offset) => Some(TimeZone::fixed(offset)),
        None => TimeZoneDatabase::bundled().get(name).ok(),
    }
}

fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |digits: &str, most: i32| {
        let two = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse().ok().filter(|number: &i32| two && *number <= most)
    };
    Offset::from_seconds(sign * (number(hours, 23)? * 3600 + number(minutes, 59)? * 60)).ok()
}

fn prepare_zone(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::Text(name))] = args else { return Ok(None) };
    match zone(name) {
        Some(zone) => Ok(Some(Arc::new(zone))),
        None => Err(format!("`{}` is no time zone; write `Europe/Berlin` or `+02:00`", name.escape_debug())),
    }
}

/// The timestamp in the zone of the second argument; in UTC without one.
fn zoned(site: Site<'_>, args: &[Value<'_>]) -> Result<Zoned, Cause> {
    let time = match args.first() {
        Some(Value::Timestamp(time)) => *time,
        Some(other) => return Err(Cause::wrong_type("timestamp", other)),
        None => return Err(Cause::Missing),
    };
    match (site.prepared::<TimeZone>(), args.get(1)) {
        (Some(zone), _) => Ok(time.to_zoned(zone.clone())),
        (None, None) => Ok(time.to_zoned(TimeZone::UTC)),
        (None, Some(Value::Text(name))) => {
            site.budget.steps(ZONE_STEPS)?;
            let zone = zone(name).ok_or(Cause::Unexplained("text that is no time zone"))?;
            Ok(time.to_zoned(zone))
        }
        (None, Some(other)) => Err(Cause::wrong_type("string", other)),
    }
}

fn of<'a>(site: Site<'_>, args: &[Value<'a>], field: fn(&Zoned) -> i64) -> Result<Value<'a>, Cause> {
    zoned(site, args).map(|time| Value::Int(field(&time)))
}

fn of_either<'a>(site: Site<'_>, args: &[Value<'a>], unit: i128, field: fn(&Zoned) -> i64) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Duration(span)] => whole(span.as_nanos() / unit),
        _ => of(site, args, field),
    }
}

fn whole<'a>(number: i128) -> Result<Value<'a>, Cause> {
    i64::try_from(number).map(Value::Int).map_err(|_| Cause::Arithmetic("range error"))
}

fn milliseconds<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Duration(span)] => whole(span.as_nanos() / 1_000_000 % 1000),
        _ => of(site, args, |time| time.millisecond().into()),
    }
}
