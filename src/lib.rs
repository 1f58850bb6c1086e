//! The policy engine between AI agents and the world.
//!
//! Policy YAML is parsed, validated and compiled into a decision tree that answers each call of an agent with a tier:
//! `autonomous`, `notify`, `approval_required` or `blocked`. No async, no clock, no environment, no network, no
//! threads, no global state; deciding is total.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

// the naive evaluator of the tests names the crate as its users do
#[cfg(test)]
extern crate self as kruxos_policy;

pub mod call;
pub mod catalog;
pub mod cel;
pub mod condition;
pub mod counters;
pub mod decision;
pub mod diagnostic;
pub mod document;
pub mod engine;
pub mod explain;
pub mod files;
pub mod ip;
pub mod json;
pub mod lint;
pub mod literal;
pub mod number;
pub mod outcome;
pub mod path;
pub mod pattern;
pub mod policy_set;
pub mod rate_limit;
pub mod schema;
#[cfg(feature = "shell")]
pub mod shell;
pub mod shipped;
pub mod source;
pub mod sql;
pub mod suggest;
pub mod suite;
pub mod tier;
mod tree;
pub mod url;
pub mod wire;
pub mod yaml;

pub use call::{Call, CallDocument, CallError};
pub use decision::Decision;
pub use engine::{Engine, Scratch};
pub use policy_set::{Loaded, Loader, PolicySet};
pub use tier::{Layer, Tier};

/// The README's samples, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
