//! The gateway: authenticates agents, has the engine decide their calls, carries out or queues them, and writes down what
//! happened before anything happens.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

pub mod executor;
pub mod wire;
