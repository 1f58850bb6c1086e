//! Agents' memory in SQLite.

use kruxos_approvals::call::JsonText;
use kruxos_approvals::state_entry::{Scope, Session, StateEntry};
use rusqlite::{Row, params};

use super::{Rows, counted};
use crate::sqlite::columns::{count, number, read, time};
use crate::sqlite::failure::{failed, unreadable};
use crate::tables::{Kept, ReadState, WriteState, words};

/// Key, value, version and time.
type Found = (String, String, i64, String);

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn entry((key, value, version, updated_at): Found) -> Kept<StateEntry> {
    let value = JsonText::parse(&value).map_err(|error| unreadable("a value", error))?;
    Ok(StateEntry { key, value, version: count(version)?, updated_at: read("a value's time", &updated_at)? })
}

impl ReadState for Rows<'_> {
    fn entry(&self, scope: &Scope, key: &str) -> Kept<Option<StateEntry>> {
        let (kind, owner) = words(scope);
        let sql = "SELECT key, value, version, updated_at FROM entries WHERE scope = ?1 AND owner = ?2 AND key = ?3";
        self.one(sql, [kind, owner, key], found)?.map(entry).transpose()
    }

    fn entry_count(&self, scope: &Scope) -> Kept<u64> {
        let (kind, owner) = words(scope);
        let sql = "SELECT count(*) FROM entries WHERE scope = ?1 AND owner = ?2";
        counted(self.one(sql, [kind, owner], |row| row.get(0))?)
    }

    /// Keys are ordered byte by byte, so all that begin like this stand together, the shortest first.
    fn entries(&self, scope: &Scope, prefix: &str, limit: u32) -> Kept<Vec<StateEntry>> {
        let (kind, owner) = words(scope);
        let sql = "SELECT key, value, version, updated_at FROM entries
                   WHERE scope = ?1 AND owner = ?2 AND key >= ?3 ORDER BY key LIMIT ?4";
        let mut statement = self.statement(sql)?;
        let rows = statement.query_map(params![kind, owner, prefix, limit], found).map_err(|error| failed(&error))?;
        let is_named = |row: &rusqlite::Result<Found>| row.as_ref().map_or(true, |(key, ..)| key.starts_with(prefix));
        rows.take_while(is_named).map(|row| row.map_err(|error| failed(&error)).and_then(entry)).collect()
    }

    fn session(&self, id: &str) -> Kept<Option<Session>> {
        let sql = "SELECT agent, opened_at FROM sessions WHERE id = ?1";
        let found: Option<(String, String)> = self.one(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((agent, opened_at)) = found else { return Ok(None) };
        let opened_at = read("a session's time", &opened_at)?;
        Ok(Some(Session { session_id: id.to_owned(), agent, opened_at }))
    }
}

impl WriteState for Rows<'_> {
    fn put_entry(&mut self, scope: &Scope, entry: &StateEntry) -> Kept<()> {
        let (kind, owner) = words(scope);
        let sql = "INSERT INTO entries (scope, owner, key, value, version, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (scope, owner, key) DO UPDATE SET value = ?4, version = ?5, updated_at = ?6";
        let values =
            params![kind, owner, entry.key, entry.value.as_str(), number(entry.version), time(entry.updated_at)];
        self.write(sql, values).map(drop)
    }

    fn drop_entry(&mut self, scope: &Scope, key: &str) -> Kept<bool> {
        let (kind, owner) = words(scope);
        let sql = "DELETE FROM entries WHERE scope = ?1 AND owner = ?2 AND key = ?3";
        self.write(sql, [kind, owner, key]).map(|dropped| dropped > 0)
    }

    fn put_session(&mut self, session: &Session) -> Kept<()> {
        let sql = "INSERT INTO sessions (id, agent, opened_at) VALUES (?1, ?2, ?3)";
        self.write(sql, params![session.session_id, session.agent, time(session.opened_at)]).map(drop)
    }

    fn drop_session(&mut self, id: &str) -> Kept<()> {
        self.write("DELETE FROM entries WHERE scope = 'session' AND owner = ?1", [id])?;
        self.write("DELETE FROM sessions WHERE id = ?1", [id]).map(drop)
    }
}
