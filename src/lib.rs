//! The policy engine between AI agents and the world.
//!
//! Policy YAML is parsed, validated and compiled into a decision tree that answers each call of an agent with a tier:
//! `autonomous`, `notify`, `approval_required` or `blocked`. No async, no clock, no environment, no network, no
//! threads, no global state; deciding is total.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

pub mod catalog;
pub mod cel;
pub mod condition;
pub mod diagnostic;
pub mod document;
pub mod json;
pub mod literal;
pub mod path;
pub mod pattern;
pub mod schema;
pub mod source;
pub mod suggest;
pub mod tier;
pub mod yaml;
