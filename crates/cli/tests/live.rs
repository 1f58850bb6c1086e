//! The command against a gateway of its own, started from the same binary: what people type, and what they see.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "live/completion.rs"]
mod completion;
#[path = "live/decisions.rs"]
mod decisions;
#[path = "live/gateway.rs"]
mod gateway;
#[path = "live/policies.rs"]
mod policies;
#[path = "live/terminal.rs"]
mod terminal;
#[path = "live/watch.rs"]
mod watch;
