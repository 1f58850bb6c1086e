//! The audit trail in memory: record n stands at place n − 1.

use kruxos_approvals::audit::{Broken, Head, Verifier};
use kruxos_approvals::store::AuditQuery;
use kruxos_approvals::{Entry, Event, Outcome, SealedRecord};

use super::{Rows, count};
use crate::tables::{Kept, ReadTrail, Tail, WriteTrail};

impl ReadTrail for Rows {
    fn tail(&self) -> Kept<Tail> {
        Ok(self.records.last().map_or(Tail::EMPTY, Tail::behind))
    }

    fn record(&self, sequence: u64) -> Kept<Option<SealedRecord>> {
        Ok(sequence.checked_sub(1).and_then(|before| self.records.get(place(before))).cloned())
    }

    fn records(&self, query: &AuditQuery) -> Kept<Vec<SealedRecord>> {
        let found = self.records.iter().rev().filter(|record| is_asked_for(record, query));
        Ok(found.take(count(query.limit)).cloned().collect())
    }

    fn records_after(&self, sequence: u64, limit: u32) -> Kept<Vec<SealedRecord>> {
        Ok(self.records.iter().skip(place(sequence)).take(count(limit)).cloned().collect())
    }

    fn audited_capabilities(&self) -> Kept<Vec<String>> {
        let mut names: Vec<&String> =
            self.records.iter().filter_map(|own| own.record.entry.capability.as_ref()).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names.into_iter().cloned().collect())
    }

    fn is_open(&self, decision: u64) -> Kept<bool> {
        Ok(self.open_calls.contains(&decision))
    }

    fn open_calls(&self) -> Kept<Vec<u64>> {
        Ok(self.open_calls.iter().copied().collect())
    }

    fn verify(&self, expected: Option<Head>) -> Kept<Result<Head, Broken>> {
        let mut verifier = Verifier::new(expected);
        let checked =
            self.records.iter().try_for_each(|own| verifier.check(own.record.sequence, &own.body, own.hash).map(drop));
        Ok(checked.and_then(|()| verifier.finish(None)))
    }
}

impl WriteTrail for Rows {
    fn push_record(&mut self, record: &SealedRecord) -> Kept<()> {
        self.records.push(record.clone());
        Ok(())
    }

    fn open_call(&mut self, decision: u64) -> Kept<()> {
        self.open_calls.insert(decision);
        Ok(())
    }

    fn close_call(&mut self, decision: u64) -> Kept<()> {
        self.open_calls.remove(&decision);
        Ok(())
    }
}

fn place(sequence: u64) -> usize {
    usize::try_from(sequence).unwrap_or(usize::MAX)
}

fn is_asked_for(own: &SealedRecord, query: &AuditQuery) -> bool {
    let entry = &own.record.entry;
    let at = own.record.at;
    let named = |names: &Vec<String>| entry.capability.as_ref().is_some_and(|name| names.contains(name));
    query.agent.is_none_or_is(entry.agent.as_ref())
        && query.outcome.is_none_or_is(entry.outcome.as_ref())
        && (!query.admitted || is_admitted(entry))
        && query.request.is_none_or_is(entry.request.as_ref())
        && query.capabilities.as_ref().is_none_or(named)
        && query.since.is_none_or(|since| at >= since)
        && query.until.is_none_or(|until| at < until)
        && query.before.is_none_or(|before| own.record.sequence < before)
}

fn is_admitted(entry: &Entry) -> bool {
    entry.event == Event::Decision && matches!(entry.outcome, None | Some(Outcome::ApprovalRequested))
}

/// A filter that may be absent.
trait Filter<T> {
    /// Whether nothing is asked for, or this.
    fn is_none_or_is(&self, own: Option<&T>) -> bool;
}

impl<T: PartialEq> Filter<T> for Option<T> {
    fn is_none_or_is(&self, own: Option<&T>) -> bool {
        self.as_ref().is_none_or(|asked| own == Some(asked))
    }
}
