//! Appending to the audit trail and reading it.

use jiff::Timestamp;
use kruxos_approvals::audit::Broken;
use kruxos_approvals::store::{Answer, AuditQuery, AuditStore};
use kruxos_approvals::{Admission, Draft, Entry, Event, Head, Outcome, SealedRecord, StoreError};

use super::{Runs, StoreOf, admissions};
use crate::tables::{Kept, Tail, Writes};

/// Appends a record behind the trail's end.
pub(super) fn push(rows: &mut dyn Writes, draft: Draft) -> Kept<SealedRecord> {
    let Tail { head, last_at } = rows.tail()?;
    let record = SealedRecord::following(head, last_at, draft);
    rows.push_record(&record)?;
    Ok(record)
}

fn begin(rows: &mut dyn Writes, draft: Draft, limits: &[Admission]) -> Kept<SealedRecord> {
    let at = rows.tail()?.not_before(draft.at);
    admissions::take(rows, limits, at)?;
    let record = push(rows, draft)?;
    rows.open_call(record.record.sequence)?;
    Ok(record)
}

/// The record names its decision, whatever the draft says.
fn finish(rows: &mut dyn Writes, decision: u64, draft: Draft) -> Kept<SealedRecord> {
    if !rows.is_open(decision)? {
        return Err(StoreError::NotFound);
    }
    let entry = Entry { of: Some(decision), ..draft.entry };
    let record = push(rows, Draft { entry, ..draft })?;
    rows.close_call(decision)?;
    Ok(record)
}

/// Ends every execution that was left open, as interrupted.
pub(super) fn interrupt_open_calls(rows: &mut dyn Writes, at: Timestamp, reason: &str) -> Kept<Vec<u64>> {
    let open = rows.open_calls()?;
    for decision in &open {
        interrupt(rows, *decision, at, reason)?;
    }
    Ok(open)
}

/// Ends an execution that is open, as interrupted.
fn interrupt(rows: &mut dyn Writes, decision: u64, at: Timestamp, reason: &str) -> Kept<SealedRecord> {
    if !rows.is_open(decision)? {
        return Err(StoreError::NotFound);
    }
    let Some(decided) = rows.record(decision)? else {
        return Err(StoreError::Corrupt(format!("record {decision} is missing, and its call has not ended")));
    };
    finish(rows, decision, Draft { at, entry: interrupted(decided.record.entry, reason) })
}

/// What is recorded of a call that was cut off: who called what, as its decision says, and that nobody knows the end.
fn interrupted(decided: Entry, reason: &str) -> Entry {
    Entry {
        event: Event::Execution,
        outcome: Some(Outcome::Interrupted),
        reason: Some(reason.to_owned()),
        by: None,
        result: None,
        ..decided
    }
}

impl<R: Runs> AuditStore for StoreOf<R> {
    fn append(&self, drafts: Vec<Draft>) -> Answer<'_, Vec<SealedRecord>> {
        self.0.write(|rows| drafts.into_iter().map(|draft| push(rows, draft)).collect())
    }

    fn begin(&self, draft: Draft, limits: Vec<Admission>) -> Answer<'_, SealedRecord> {
        self.0.write(move |rows| begin(rows, draft, &limits))
    }

    fn counted_limits(&self) -> Answer<'_, Vec<String>> {
        self.0.read(|rows| admissions::limits(rows))
    }

    fn count_again(&self, afresh: Vec<String>, admitted: Vec<(Admission, Timestamp)>) -> Answer<'_, ()> {
        self.0.write(move |rows| admissions::count_again(rows, &afresh, &admitted))
    }

    fn finish(&self, decision: u64, draft: Draft) -> Answer<'_, SealedRecord> {
        self.0.write(move |rows| finish(rows, decision, draft))
    }

    fn interrupt(&self, decision: u64, reason: String, at: Timestamp) -> Answer<'_, SealedRecord> {
        self.0.write(move |rows| interrupt(rows, decision, at, &reason))
    }

    fn records(&self, query: AuditQuery) -> Answer<'_, Vec<SealedRecord>> {
        self.0.read(move |rows| rows.records(&query))
    }

    fn records_after(&self, sequence: u64, limit: u32) -> Answer<'_, Vec<SealedRecord>> {
        self.0.read(move |rows| rows.records_after(sequence, limit))
    }

    fn audited_capabilities(&self) -> Answer<'_, Vec<String>> {
        self.0.read(|rows| rows.audited_capabilities())
    }

    fn head(&self) -> Answer<'_, Head> {
        self.0.read(|rows| rows.tail().map(|tail| tail.head))
    }

    fn changed(&self, after: u64) -> Answer<'_, u64> {
        let mut ends = self.0.ends();
        Box::pin(async move {
            let longer = ends.wait_for(|end| *end > after).await.map(|end| *end);
            longer.map_err(|_| StoreError::Unavailable("the store is closed".to_owned()))
        })
    }

    fn verify(&self, expected: Option<Head>) -> Answer<'_, Result<Head, Broken>> {
        self.0.read_at_length(move |rows| rows.verify(expected))
    }
}
