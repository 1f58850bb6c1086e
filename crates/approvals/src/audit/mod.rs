//! The audit trail: what happened, record by record, each holding the digest of the one before it.

mod record;
mod verify;

pub use record::{Draft, Entry, Event, Outcome, Record, SealedRecord};
pub use verify::{Broken, Head, Verifier};
