//! What agents remember between calls.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::JsonText;

/// Whose memory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One agent's, for as long as the database lives.
    Persistent {
        /// The agent.
        agent: String,
    },
    /// One session's.
    Session {
        /// The session.
        session: String,
    },
    /// Everybody's.
    Shared,
}

/// One remembered value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateEntry {
    /// Its name.
    pub key: String,
    /// The value.
    pub value: JsonText,
    /// From 1, one more with each change.
    pub version: u64,
    /// When it was set last.
    pub updated_at: Timestamp,
}

/// An agent's session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// Its id.
    pub session_id: String,
    /// Whose it is.
    pub agent: String,
    /// Since when.
    pub opened_at: Timestamp,
}
