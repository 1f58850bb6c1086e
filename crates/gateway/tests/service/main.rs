//! The service behind both ports, over a real store: what a call meets, and what becomes of requests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

mod baseline;
mod bench;
mod calls;
mod careless;
mod policies;
mod requests;
