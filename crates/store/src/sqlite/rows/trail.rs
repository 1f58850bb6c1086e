//! The audit trail in SQLite.

use kruxos_approvals::audit::{Broken, Head, Record};
use kruxos_approvals::store::AuditQuery;
use kruxos_approvals::{SealedRecord, StoreError};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Rows;
use super::filter::Filter;
use crate::sqlite::columns::{count, digest, number, read, texts, time};
use crate::sqlite::failure::{Told, failed, unreadable};
use crate::sqlite::verify;
use crate::tables::{Kept, ReadTrail, Tail, WriteTrail};

/// The columns of a [`Found`].
const FOUND: &str = "sequence, at, event, agent, capability, outcome, request, body, hash";

/// What limits count. The value stands for the question itself.
const ADMITTED: &str = "(? AND event = 'decision' AND (outcome IS NULL OR outcome = 'approval_requested'))";

/// Times do not decrease along the trail, so a time is a place in it: the newest first are read from there, without
/// sorting all that happened since.
const SINCE: &str = "sequence >= ifnull((SELECT sequence FROM records WHERE at >= ? ORDER BY at, sequence LIMIT 1), 9223372036854775807)";
const UNTIL: &str =
    "sequence <= ifnull((SELECT sequence FROM records WHERE at < ? ORDER BY at DESC, sequence DESC LIMIT 1), 0)";

/// A row as it is kept.
pub(in crate::sqlite) struct Found {
    pub(in crate::sqlite) sequence: i64,
    columns: [Value; 6],
    pub(in crate::sqlite) body: String,
    pub(in crate::sqlite) hash: String,
}

impl Found {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let columns = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
        Ok(Self { sequence: row.get(0)?, columns, body: row.get(7)?, hash: row.get(8)? })
    }

    /// Whether the columns by which records are found say what the record says.
    pub(in crate::sqlite) fn agrees_with(&self, record: &Record) -> bool {
        self.columns == columns(record)
    }

    /// The record, read from its text.
    fn record(self) -> Kept<SealedRecord> {
        let name = format!("record {}", self.sequence);
        let record = Record::parse(&self.body).map_err(|error| unreadable(&name, error))?;
        if number(record.sequence) != self.sequence || !self.agrees_with(&record) {
            return Err(StoreError::Corrupt(format!("the columns of {name} say something else than its text")));
        }
        let hash = read(&name, &self.hash)?;
        Ok(SealedRecord { record, body: self.body, hash })
    }
}

/// What stands in the columns between `sequence` and `body`.
fn columns(record: &Record) -> [Value; 6] {
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    let entry = &record.entry;
    [
        Value::Text(time(record.at)),
        text(Some(entry.event.as_str())),
        text(entry.agent.as_deref()),
        text(entry.capability.as_deref()),
        text(entry.outcome.map(|outcome| outcome.as_str())),
        entry.request.map_or(Value::Null, |id| Value::Integer(number(id.0))),
    ]
}

/// Where the trail ends, as it is kept; `Corrupt` when its last record and what is known of its end differ.
pub(in crate::sqlite) fn stored_tail(connection: &Connection) -> Kept<Tail> {
    let head = stored_head(connection)?;
    let sql = "SELECT sequence, hash, at FROM records ORDER BY sequence DESC LIMIT 1";
    let last = connection.prepare_cached(sql).told()?;
    let last = { last }
        .query_row([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
        .optional()
        .told()?;
    let Some((sequence, hash, at)) = last else {
        return if head == Head::EMPTY { Ok(Tail::EMPTY) } else { Err(elsewhere(head)) };
    };
    let last = Head { sequence: count(sequence)?, hash: read("the last record's hash", &hash)? };
    if last != head {
        return Err(elsewhere(head));
    }
    Ok(Tail { head, last_at: Some(read("the last record's time", &at)?) })
}

fn elsewhere(head: Head) -> StoreError {
    StoreError::Corrupt(format!(
        "the audit trail does not end at record {}, where it was last written; `kruxos audit verify` says more",
        head.sequence
    ))
}

/// Where the trail ends, as it is kept beside it.
fn stored_head(connection: &Connection) -> Kept<Head> {
    kept_head(connection)?.ok_or_else(|| StoreError::Corrupt("where the audit trail ends is not kept".to_owned()))
}

/// The same, or nothing where somebody took it away.
fn kept_head(connection: &Connection) -> Kept<Option<Head>> {
    let mut statement = connection.prepare_cached("SELECT sequence, hash FROM head").told()?;
    let row = statement.query_row([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).optional().told()?;
    let head = |(sequence, hash): (i64, String)| {
        Ok(Head { sequence: count(sequence)?, hash: read("the end of the audit trail", &hash)? })
    };
    row.map(head).transpose()
}

/// Every row of the trail in order of its number, and where the trail is said to end.
pub(in crate::sqlite) fn stored_trail(
    connection: &Connection,
    mut check: impl FnMut(rusqlite::Result<Found>) -> Result<(), Broken>,
) -> Kept<Result<Option<Head>, Broken>> {
    let head = kept_head(connection)?;
    let mut statement = connection.prepare(&format!("SELECT {FOUND} FROM records ORDER BY sequence")).told()?;
    let mut rows = statement.query([]).told()?;
    while let Some(row) = rows.next().told()? {
        if let Err(broken) = check(Found::of(row)) {
            return Ok(Err(broken));
        }
    }
    Ok(Ok(head))
}

impl Rows<'_> {
    /// Keeps where the trail ends now, and gives it.
    pub(in crate::sqlite) fn written(&mut self) -> Kept<Tail> {
        let tail = self.tail()?;
        if self.is_longer {
            let sql = "UPDATE head SET sequence = ?1, hash = ?2";
            if self.write(sql, params![number(tail.head.sequence), digest(tail.head.hash)])? != 1 {
                return Err(StoreError::Corrupt("where the audit trail ends is not kept".to_owned()));
            }
        }
        Ok(tail)
    }
}

impl ReadTrail for Rows<'_> {
    fn tail(&self) -> Kept<Tail> {
        self.tail.map_or_else(|| stored_tail(self.connection), Ok)
    }

    fn record(&self, sequence: u64) -> Kept<Option<SealedRecord>> {
        let sql = format!("SELECT {FOUND} FROM records WHERE sequence = ?1");
        self.one(&sql, [number(sequence)], Found::of)?.map(Found::record).transpose()
    }

    fn records(&self, query: &AuditQuery) -> Kept<Vec<SealedRecord>> {
        let found = Filter::default()
            .and("agent = ?", query.agent.clone())
            .and("capability IN rarray(?)", query.capabilities.as_ref().map(|names| texts(names)))
            .and("outcome = ?", query.outcome.map(|outcome| outcome.as_str()))
            .and(ADMITTED, query.admitted.then_some(true))
            .and("request = ?", query.request.map(|id| number(id.0)))
            .and(SINCE, query.since.map(time))
            .and(UNTIL, query.until.map(time))
            .and("sequence < ?", query.before.map(number));
        let test = found.test();
        let sql = format!("SELECT {FOUND} FROM records WHERE {test} ORDER BY sequence DESC LIMIT {}", query.limit);
        self.all(&sql, found.values(), Found::of, Found::record)
    }

    fn records_after(&self, sequence: u64, limit: u32) -> Kept<Vec<SealedRecord>> {
        let sql = format!("SELECT {FOUND} FROM records WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
        let found = self.all(&sql, params![number(sequence), limit], Found::of, Found::record)?;
        let mut next = sequence.saturating_add(1);
        for own in &found {
            if own.record.sequence != next {
                return Err(missing(next));
            }
            next = next.saturating_add(1);
        }
        let is_the_end = (found.len() as u64) < u64::from(limit);
        if is_the_end && stored_head(self.connection)?.sequence >= next {
            return Err(missing(next));
        }
        Ok(found)
    }

    /// Goes from name to name by the index, not from record to record.
    fn audited_capabilities(&self) -> Kept<Vec<String>> {
        let sql = "WITH RECURSIVE names (name) AS (
                     SELECT min(capability) FROM records WHERE capability IS NOT NULL
                     UNION ALL
                     SELECT (SELECT min(capability) FROM records WHERE capability > name AND capability IS NOT NULL)
                     FROM names WHERE name IS NOT NULL)
                   SELECT name FROM names WHERE name IS NOT NULL";
        self.all(sql, [], |row| row.get(0), Ok)
    }

    fn is_open(&self, decision: u64) -> Kept<bool> {
        let sql = "SELECT 1 FROM open_calls WHERE sequence = ?1";
        Ok(self.one(sql, [number(decision)], |_| Ok(()))?.is_some())
    }

    fn open_calls(&self) -> Kept<Vec<u64>> {
        self.all("SELECT sequence FROM open_calls ORDER BY sequence", [], |row| row.get(0), count)
    }

    fn verify(&self, expected: Option<Head>) -> Kept<Result<Head, Broken>> {
        verify::trail(self.connection, expected)
    }
}

impl WriteTrail for Rows<'_> {
    fn push_record(&mut self, own: &SealedRecord) -> Kept<()> {
        let [at, event, agent, capability, outcome, request] = columns(&own.record);
        let sql = format!("INSERT INTO records ({FOUND}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        let sequence = number(own.record.sequence);
        let values = params![sequence, at, event, agent, capability, outcome, request, own.body, digest(own.hash)];
        self.write(&sql, values)?;
        self.tail = Some(Tail::behind(own));
        self.is_longer = true;
        Ok(())
    }

    fn open_call(&mut self, decision: u64) -> Kept<()> {
        self.write("INSERT INTO open_calls (sequence) VALUES (?1)", [number(decision)]).map(drop)
    }

    fn close_call(&mut self, decision: u64) -> Kept<()> {
        self.write("DELETE FROM open_calls WHERE sequence = ?1", [number(decision)]).map(drop)
    }
}

fn missing(sequence: u64) -> StoreError {
    StoreError::Corrupt(format!("record {sequence} of the audit trail is missing"))
}

/// A failure to read a row, as what is wrong with the record that should stand there.
pub(in crate::sqlite) fn unreadable_row(error: &rusqlite::Error) -> String {
    format!("its row cannot be read: {}", failed(error))
}
