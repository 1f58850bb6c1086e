//! `kruxos audit query`: records of the trail, the newest first.

use clap::{Args, ValueEnum};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use kruxos_approvals::Outcome;
use kruxos_approvals::RequestId;
use kruxos_gateway::wire::AuditDocument;

use crate::client::{Client, Problem};
use crate::exit::{Exit, Failure};
use crate::output::{Look, Streams};
use crate::render::record::{CSV_HEADER, csv_row, row};
use crate::render::table::{Column, cut, table, whole};

/// Show what happened, the newest first.
///
/// Times in the table are ages; JSON and CSV have them in UTC. A CSV cell that a spreadsheet would take for a formula
/// begins with an apostrophe.
#[derive(Args)]
pub(crate) struct Query {
    /// Only calls of this agent.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// Only calls of capabilities that match: `process.run`, `filesystem.*`.
    #[arg(long, value_name = "PATTERN")]
    capability: Option<String>,
    /// Only what came to this.
    #[arg(long, value_name = "OUTCOME", value_parser = clap::builder::PossibleValuesParser::new(Outcome::ALL.map(Outcome::as_str)))]
    outcome: Option<String>,
    /// Only the records of this request: `ap_001`.
    #[arg(long, value_name = "ID")]
    request: Option<RequestIdText>,
    /// Only what happened within this time: `7d`, `12h`, `30m`.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["since", "until"], value_parser = last)]
    last: Option<Span>,
    /// Only what happened at this time or later: `2026-03-29`, `2026-03-29 14:20` (local), `2026-03-29T14:20:00Z`.
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,
    /// Only what happened before this time.
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    until: Option<Moment>,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// How they are shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Table,
    /// The gateway's own document.
    Json,
    /// For spreadsheets.
    Csv,
}

/// An id as it was typed, known to be one.
#[derive(Clone, Debug)]
struct RequestIdText(RequestId);

impl std::str::FromStr for RequestIdText {
    type Err = kruxos_approvals::request::NotARequestId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A time as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Exact(Timestamp),
    /// By the clock on the wall.
    Local(DateTime),
}

impl Moment {
    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(exact) = text.parse() {
            return Ok(Self::Exact(exact));
        }
        let local = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)));
        local.map(Self::Local).map_err(|_| {
            "a time is `2026-03-29`, `2026-03-29 14:20` by the local clock, or `2026-03-29T14:20:00Z`".to_owned()
        })
    }

    fn at(self, zone: &TimeZone) -> Result<Timestamp, Problem> {
        match self {
            Self::Exact(exact) => Ok(exact),
            Self::Local(local) => local.to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|error| {
                Problem::wrong(format!("`{local}` is no time here: {error}"), "give it with an offset: `…T14:20:00Z`")
            }),
        }
    }
}

/// `7d`, and nothing that lies ahead.
fn last(text: &str) -> Result<Span, String> {
    let wrong = || "a span of time is `7d`, `12h`, `30m` or `2w`".to_owned();
    let span: Span = text.parse().map_err(|_| wrong())?;
    if span.is_positive() { Ok(span) } else { Err(wrong()) }
}

/// Records asked for at once.
const PAGE: u64 = 500;

const COLUMNS: [Column; 8] = [
    whole("Seq", 5),
    whole("Time", 9),
    cut("Agent", 12, 8),
    cut("Capability", 18, 12),
    cut("Outcome", 10, 8),
    cut("By", 6, 6),
    cut("Parameters", 12, 10),
    cut("Reason", 0, 8),
];

impl Query {
    /// Asks and shows.
    pub(crate) fn run(&self, client: &Client, streams: &mut Streams) -> Result<Exit, Failure> {
        let found = self.all(client)?;
        match self.format {
            Format::Json => streams.out.json(&found)?,
            Format::Csv => streams.out.bytes(&csv(&found)?)?,
            Format::Table => {
                let text = text(&found, Timestamp::now(), streams.out.columns(), streams.out.look());
                streams.out.text(&text)?;
            }
        }
        Ok(Exit::Clean)
    }

    fn all(&self, client: &Client) -> Result<AuditDocument, Problem> {
        let filter = self.filter(&Zoned::now().with_time_zone(client.remote().zone().clone()))?;
        let page = |before: Option<u64>, most: u64| {
            let mut query = filter.clone();
            query.push(("limit", most.min(PAGE).to_string()));
            query.extend(before.map(|before| ("before", before.to_string())));
            client.get::<AuditDocument>("/api/audit", &query)
        };
        let mut found = page(None, self.limit)?;
        while let Some(before) = found.next.filter(|_| (found.records.len() as u64) < self.limit) {
            let more = page(Some(before), self.limit - found.records.len() as u64)?;
            found.records.extend(more.records);
            found.next = more.next.filter(|next| *next < before);
        }
        Ok(found)
    }

    fn filter(&self, now: &Zoned) -> Result<Vec<(&'static str, String)>, Problem> {
        let mut filter = Vec::new();
        filter.extend(self.agent.clone().map(|agent| ("agent", agent)));
        filter.extend(self.capability.clone().map(|pattern| ("capability", pattern)));
        filter.extend(self.outcome.clone().map(|outcome| ("outcome", outcome)));
        filter.extend(self.request.as_ref().map(|id| ("request", id.0.to_string())));
        let since = match (&self.last, self.since) {
            (Some(last), _) => Some(now.checked_sub(*last).map(|then| then.timestamp()).map_err(|error| {
                Problem::wrong(format!("`--last` reaches back too far: {error}"), "leave it out for everything")
            })?),
            (None, since) => since.map(|since| since.at(now.time_zone())).transpose()?,
        };
        filter.extend(since.map(|since| ("since", since.to_string())));
        let until = self.until.map(|until| until.at(now.time_zone())).transpose()?;
        filter.extend(until.map(|until| ("until", until.to_string())));
        Ok(filter)
    }
}

fn text(found: &AuditDocument, now: Timestamp, room: Option<usize>, look: Look) -> String {
    if found.records.is_empty() {
        return "No records match.\n".to_owned();
    }
    let rows: Vec<_> = found.records.iter().map(|document| row(&document.record, now)).collect();
    let mut text = table(&COLUMNS, &rows, room, look);
    if found.next.is_some() {
        text.push_str("\nOlder records match as well; `--limit` shows more, `--format json` everything in them.\n");
    }
    text
}

fn csv(found: &AuditDocument) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::Stream(std::io::Error::other(error));
    writer.write_record(CSV_HEADER).map_err(failed)?;
    for document in &found.records {
        writer.write_record(csv_row(document)).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Failure::Stream(std::io::Error::other(error.to_string())))
}

#[cfg(test)]
mod tests;
