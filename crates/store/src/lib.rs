//! Where requests, the audit trail, accounts and agents' memory are kept, behind the traits of [`kruxos_approvals::store`].
//!
//! [`SqliteStore`] is one file, owned by one gateway. [`MemoryStore`] is gone with its process; tests use it. Both run the
//! same verbs (`verbs`) over rows (`tables`), and pass the same [`conformance`] suite. What a request may become is decided
//! in `kruxos-approvals` alone.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

pub mod conformance;
mod memory;
mod sqlite;
mod tables;
mod verbs;

pub use memory::MemoryStore;
pub use sqlite::{OpenError, OpenProblem, SqliteStore, verify_file};
pub use verbs::StoreOf;
