//! Agents' memory, in memory.

use kruxos_approvals::state_entry::{Scope, Session, StateEntry};

use super::{Rows, count};
use crate::tables::{Kept, ReadState, WriteState};

impl ReadState for Rows {
    fn entry(&self, scope: &Scope, key: &str) -> Kept<Option<StateEntry>> {
        Ok(self.entries.get(scope).and_then(|entries| entries.get(key)).cloned())
    }

    fn entry_count(&self, scope: &Scope) -> Kept<u64> {
        Ok(self.entries.get(scope).map_or(0, |entries| entries.len() as u64))
    }

    fn entries(&self, scope: &Scope, prefix: &str, limit: u32) -> Kept<Vec<StateEntry>> {
        let behind = self.entries.get(scope).into_iter().flat_map(|entries| entries.range(prefix.to_owned()..));
        let named = behind.take_while(|(key, _)| key.starts_with(prefix)).map(|(_, entry)| entry.clone());
        Ok(named.take(count(limit)).collect())
    }

    fn session(&self, id: &str) -> Kept<Option<Session>> {
        Ok(self.sessions.get(id).cloned())
    }
}

impl WriteState for Rows {
    fn put_entry(&mut self, scope: &Scope, entry: &StateEntry) -> Kept<()> {
        self.entries.entry(scope.clone()).or_default().insert(entry.key.clone(), entry.clone());
        Ok(())
    }

    fn drop_entry(&mut self, scope: &Scope, key: &str) -> Kept<bool> {
        Ok(self.entries.get_mut(scope).is_some_and(|entries| entries.remove(key).is_some()))
    }

    fn put_session(&mut self, session: &Session) -> Kept<()> {
        self.sessions.insert(session.session_id.clone(), session.clone());
        Ok(())
    }

    fn drop_session(&mut self, id: &str) -> Kept<()> {
        self.sessions.remove(id);
        self.entries.remove(&Scope::Session { session: id.to_owned() });
        Ok(())
    }
}
