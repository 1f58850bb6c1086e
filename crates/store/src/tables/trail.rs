//! The rows of the audit trail.

use jiff::Timestamp;
use kruxos_approvals::audit::{Broken, Head, SealedRecord};
use kruxos_approvals::store::AuditQuery;

use super::Kept;

/// Where the trail ends, and when its last record was dated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) head: Head,
    pub(crate) last_at: Option<Timestamp>,
}

impl Tail {
    /// The tail of an empty trail.
    pub(crate) const EMPTY: Self = Self { head: Head::EMPTY, last_at: None };

    /// The tail once this record is the last.
    pub(crate) const fn behind(record: &SealedRecord) -> Self {
        Self { head: record.head(), last_at: Some(record.record.at) }
    }

    /// A time of the host's clock, put off to the last record's where the clock went back.
    pub(crate) fn not_before(&self, at: Timestamp) -> Timestamp {
        self.last_at.map_or(at, |last| last.max(at))
    }
}

/// Records that are kept.
pub(crate) trait ReadTrail {
    /// Where the trail ends.
    fn tail(&self) -> Kept<Tail>;
    /// One record.
    fn record(&self, sequence: u64) -> Kept<Option<SealedRecord>>;
    /// Some records, the newest first.
    fn records(&self, query: &AuditQuery) -> Kept<Vec<SealedRecord>>;
    /// The records behind a sequence number, in order; `Corrupt` where one is missing or cannot be read.
    fn records_after(&self, sequence: u64, limit: u32) -> Kept<Vec<SealedRecord>>;
    /// Every capability that a record names, in order of name.
    fn audited_capabilities(&self) -> Kept<Vec<String>>;
    /// Whether the execution that this decision allowed has not ended.
    fn is_open(&self, decision: u64) -> Kept<bool>;
    /// The decisions whose execution has not ended, in order.
    fn open_calls(&self) -> Kept<Vec<u64>>;
    /// Checks the whole trail.
    fn verify(&self, expected: Option<Head>) -> Kept<Result<Head, Broken>>;
}

/// Records that are to be kept.
pub(crate) trait WriteTrail {
    /// Keeps the record that follows the tail.
    fn push_record(&mut self, record: &SealedRecord) -> Kept<()>;
    /// Notes that a decision's execution is to be ended.
    fn open_call(&mut self, decision: u64) -> Kept<()>;
    /// Notes that it has ended.
    fn close_call(&mut self, decision: u64) -> Kept<()>;
}
