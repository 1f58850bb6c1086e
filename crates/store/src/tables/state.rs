//! The rows of what agents remember.

use kruxos_approvals::state_entry::{Scope, Session, StateEntry};

use super::Kept;

/// Values and sessions that are kept.
pub(crate) trait ReadState {
    /// A value.
    fn entry(&self, scope: &Scope, key: &str) -> Kept<Option<StateEntry>>;
    /// How many values a scope holds.
    fn entry_count(&self, scope: &Scope) -> Kept<u64>;
    /// The values whose keys begin like this, in order of key.
    fn entries(&self, scope: &Scope, prefix: &str, limit: u32) -> Kept<Vec<StateEntry>>;
    /// A session that is open.
    fn session(&self, id: &str) -> Kept<Option<Session>>;
}

/// Values and sessions that are to be kept.
pub(crate) trait WriteState {
    /// Keeps a value as it is now.
    fn put_entry(&mut self, scope: &Scope, entry: &StateEntry) -> Kept<()>;
    /// Forgets a value; whether it was there.
    fn drop_entry(&mut self, scope: &Scope, key: &str) -> Kept<bool>;
    /// Keeps a session.
    fn put_session(&mut self, session: &Session) -> Kept<()>;
    /// Forgets a session and all its values.
    fn drop_session(&mut self, id: &str) -> Kept<()>;
}

/// A scope as two words: what kind it is, and whose.
pub(crate) const fn words(scope: &Scope) -> (&'static str, &str) {
    match scope {
        Scope::Persistent { agent } => ("persistent", agent.as_str()),
        Scope::Session { session } => ("session", session.as_str()),
        Scope::Shared => ("shared", ""),
    }
}
