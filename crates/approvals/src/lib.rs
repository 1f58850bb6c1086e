//! The approval workflow as pure rules: what a request may become, who may decide it, how a call is written so that it has
//! one digest, how audit records are chained, and what a store must do.
//!
//! No I/O, no clock, no async runtime: times come in, futures are only promised by the traits in [`store`]. Types that are
//! kept or sent are serialised here, under the names that people and programs read.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

pub mod account;
pub mod admission;
pub mod audit;
pub mod call;
pub mod decision;
pub mod digest;
pub mod redact;
pub mod request;
pub mod state_entry;
pub mod step;
pub mod store;
pub mod summary;
pub mod visible;

pub use account::{Account, Role, Supervisor};
pub use admission::{Admission, Spent};
pub use audit::{Draft, Entry, Event, Head, Outcome, Record, SealedRecord};
pub use call::{JsonText, Params};
pub use decision::{DecisionFacts, RuleFacts, UnknownFacts};
pub use digest::Digest;
pub use kruxos_policy::tier::Tier;
pub use request::{NewRequest, Request, RequestId, State, Verdict, Vote};
pub use step::{Action, Refusal, step};
pub use store::{Answer, Store, StoreError};
