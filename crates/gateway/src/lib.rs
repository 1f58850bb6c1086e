//! The gateway: authenticates agents, has the engine decide their calls, carries out or queues them, and writes down what
//! happened before anything happens.
//!
//! [`Gateway`] is the service; [`run`] opens both ports in front of it. Nothing here prints or exits.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

mod accounts;
mod approvals;
mod calls;
pub mod dashboard;
mod demo;
pub mod error;
pub mod executor;
pub mod executors;
mod feed;
mod gateway;
pub mod http;
pub mod metrics;
mod options;
mod policies;
mod policy_files;
mod reload;
mod serve;
mod trail;
pub mod webhooks;
pub mod wire;

pub use accounts::OPERATOR;
pub use approvals::{LONGEST_REASON, Waited};
pub use calls::{Caller, Response};
pub use error::{AccountError, AuditError, CallError, StartError, VerdictError};
pub use gateway::{Addresses, Gateway};
pub use options::{AGENTS_ADDRESS, Config, MOST_PENDING, Options, SUPERVISORS_ADDRESS, Webhook};
pub use serve::{Notice, run};
pub use trail::AuditFilter;
