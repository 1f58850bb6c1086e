//! The gateway: authenticates agents, has the engine decide their calls, carries out or queues them, and writes down what
//! happened before anything happens.
//!
//! [`Gateway`] is the service; [`run`] opens both ports in front of it. Nothing here prints or exits.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

mod accounts;
mod asked;
mod calls;
mod carrying;
pub mod dashboard;
mod demo;
pub mod error;
pub mod executor;
pub mod executors;
mod feed;
mod gateway;
pub mod http;
mod lifetime;
pub mod metrics;
mod options;
mod policies;
mod policy_files;
mod recount;
mod reload;
mod requests;
mod serve;
mod trail;
mod trying;
pub mod webhooks;
pub mod wire;

pub use accounts::{Accounts, OPERATOR};
pub use asked::{Caller, Response};
pub use calls::Calls;
pub use error::{AccountError, AuditError, CallError, StartError, VerdictError};
pub use gateway::{Addresses, Gateway};
pub use lifetime::Lifetime;
pub use options::{AGENTS_ADDRESS, Config, MOST_PENDING, Options, SUPERVISORS_ADDRESS};
pub use policies::Policies;
pub use requests::{LONGEST_REASON, Requests, Waited};
pub use serve::{Notice, run};
pub use trail::{AuditFilter, Trail};
pub use webhooks::Webhook;
