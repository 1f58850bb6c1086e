//! What agents remember, and their sessions.

use jiff::Timestamp;
use kruxos_approvals::StoreError;
use kruxos_approvals::call::JsonText;
use kruxos_approvals::state_entry::{Scope, Session, StateEntry};
use kruxos_approvals::store::{Answer, StateStore};

use super::{Runs, StoreOf};
use crate::tables::{Kept, Reads, Writes};

/// A value that is to be set.
struct Setting {
    scope: Scope,
    key: String,
    value: JsonText,
    expected: Option<u64>,
    most: u32,
    at: Timestamp,
}

fn set(rows: &mut dyn Writes, setting: Setting) -> Kept<StateEntry> {
    let Setting { scope, key, value, expected, most, at } = setting;
    is_there(rows, &scope)?;
    let version = rows.entry(&scope, &key)?.map_or(0, |entry| entry.version);
    if expected.is_some_and(|expected| expected != version) {
        return Err(StoreError::VersionConflict { version });
    }
    if version == 0 && rows.entry_count(&scope)? >= u64::from(most) {
        return Err(StoreError::TooManyKeys { allowed: most });
    }
    let updated_at = rows.tail()?.not_before(at);
    let entry = StateEntry { key, value, version: version.saturating_add(1), updated_at };
    rows.put_entry(&scope, &entry)?;
    Ok(entry)
}

/// What is set in a session that is closed would never be forgotten.
fn is_there(rows: &dyn Writes, scope: &Scope) -> Kept<()> {
    match scope {
        Scope::Session { session } => rows.session(session)?.map(drop).ok_or(StoreError::NotFound),
        Scope::Persistent { .. } | Scope::Shared => Ok(()),
    }
}

fn open(rows: &mut dyn Writes, session: &Session) -> Kept<()> {
    match rows.session(&session.session_id)? {
        Some(_) => Err(StoreError::Exists),
        None => rows.put_session(session),
    }
}

fn close(rows: &mut dyn Writes, id: &str) -> Kept<Session> {
    let session = rows.session(id)?.ok_or(StoreError::NotFound)?;
    rows.drop_session(id)?;
    Ok(session)
}

impl<R: Runs> StateStore for StoreOf<R> {
    fn state(&self, scope: Scope, key: &str) -> Answer<'_, Option<StateEntry>> {
        let key = key.to_owned();
        self.0.read(move |rows: &dyn Reads| rows.entry(&scope, &key))
    }

    fn set_state(
        &self,
        scope: Scope,
        key: &str,
        value: JsonText,
        expected: Option<u64>,
        most: u32,
        at: Timestamp,
    ) -> Answer<'_, StateEntry> {
        let setting = Setting { scope, key: key.to_owned(), value, expected, most, at };
        self.0.write(move |rows| set(rows, setting))
    }

    fn delete_state(&self, scope: Scope, key: &str) -> Answer<'_, bool> {
        let key = key.to_owned();
        self.0.write(move |rows| rows.drop_entry(&scope, &key))
    }

    fn list_state(&self, scope: Scope, prefix: &str, limit: u32) -> Answer<'_, Vec<StateEntry>> {
        let prefix = prefix.to_owned();
        self.0.read(move |rows| rows.entries(&scope, &prefix, limit))
    }

    fn open_session(&self, session: Session) -> Answer<'_, ()> {
        self.0.write(move |rows| open(rows, &session))
    }

    fn session(&self, id: &str) -> Answer<'_, Option<Session>> {
        let id = id.to_owned();
        self.0.read(move |rows| rows.session(&id))
    }

    fn close_session(&self, id: &str) -> Answer<'_, Session> {
        let id = id.to_owned();
        self.0.write(move |rows| close(rows, &id))
    }
}
