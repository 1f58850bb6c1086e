//! Requests in SQLite.

use jiff::Timestamp;
use kruxos_approvals::call::JsonText;
use kruxos_approvals::request::Execution;
use kruxos_approvals::store::{RequestPage, RequestQuery};
use kruxos_approvals::{Digest, Request, RequestId, State, StoreError};
use rusqlite::vtab::array::Array;
use rusqlite::{Row, params};

use super::filter::Filter;
use super::{Rows, counted};
use crate::sqlite::columns::{count, digest, number, read, texts, time};
use crate::sqlite::failure::unreadable;
use crate::tables::{Kept, ReadRequests, WriteRequests};

/// The columns of [`Found`], but for the last.
const FOUND: &str = "id, agent, state, call_digest, expires_at, body, audited_params";

/// A row as it is kept.
struct Found {
    id: i64,
    agent: String,
    state: String,
    call_digest: String,
    expires_at: Option<String>,
    body: String,
    audited_params: Option<String>,
    result: Option<String>,
}

impl Found {
    fn listed(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            agent: row.get(1)?,
            state: row.get(2)?,
            call_digest: row.get(3)?,
            expires_at: row.get(4)?,
            body: row.get(5)?,
            audited_params: row.get(6)?,
            result: None,
        })
    }

    fn whole(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { result: row.get(7)?, ..Self::listed(row)? })
    }

    /// The request, which says what the columns say: a state that was changed in its column alone opens nothing.
    fn request(self) -> Kept<Request> {
        let id = RequestId(count(self.id)?);
        let unreadable = |error: serde_json::Error| unreadable(&id.to_string(), error);
        let mut request: Request = serde_json::from_str(&self.body).map_err(unreadable)?;
        request.audited_params =
            self.audited_params.map(|text| serde_json::from_str(&text)).transpose().map_err(unreadable)?;
        let agrees = request.id == id
            && request.agent == self.agent
            && request.state.as_str() == self.state
            && digest(request.call_digest()) == self.call_digest
            && request.expires_at.map(time) == self.expires_at;
        if !agrees {
            return Err(StoreError::Corrupt(format!("the columns of {id} say something else than its text")));
        }
        let data: Option<JsonText> =
            self.result.map(|text| serde_json::from_str(&text)).transpose().map_err(unreadable)?;
        if let Some(execution) = &mut request.execution {
            execution.data = data;
        }
        Ok(request)
    }
}

impl ReadRequests for Rows<'_> {
    fn request(&self, id: RequestId) -> Kept<Option<Request>> {
        let sql = format!("SELECT {FOUND}, result FROM requests WHERE id = ?1");
        self.one(&sql, [number(id.0)], Found::whole)?.map(Found::request).transpose()
    }

    fn requests(&self, query: &RequestQuery) -> Kept<RequestPage> {
        // One state alone is read in order of id, without sorting all that are in it.
        let (one, several) = match &*query.states {
            [one] => (Some(one.as_str()), None),
            several => (None, states(several)),
        };
        let found = Filter::default()
            .and("state = ?", one)
            .and("state IN rarray(?)", several)
            .and("agent = ?", query.agent.clone());
        let total = format!("SELECT count(*) FROM requests WHERE {}", found.test());
        let total = counted(self.one(&total, found.values(), |row| row.get(0))?)?;
        let page = found.and("id > ?", query.after.map(|id| number(id.0)));
        let sql = format!("SELECT {FOUND} FROM requests WHERE {} ORDER BY id LIMIT {}", page.test(), query.limit);
        Ok(RequestPage { requests: self.all(&sql, page.values(), Found::listed, Found::request)?, total })
    }

    fn pending_like(&self, call: Digest) -> Kept<Option<RequestId>> {
        let sql = "SELECT id FROM requests WHERE call_digest = ?1 AND state = 'pending'";
        self.one(sql, [digest(call)], id)?.map(request_id).transpose()
    }

    fn pending_of(&self, agent: &str) -> Kept<u32> {
        let sql = "SELECT count(*) FROM requests WHERE agent = ?1 AND state = 'pending'";
        let pending = counted(self.one(sql, [agent], |row| row.get(0))?)?;
        Ok(pending.try_into().unwrap_or(u32::MAX))
    }

    fn last_request(&self) -> Kept<u64> {
        counted(self.one("SELECT coalesce(max(id), 0) FROM requests", [], |row| row.get(0))?)
    }

    fn requests_in(&self, state: State) -> Kept<Vec<RequestId>> {
        self.all("SELECT id FROM requests WHERE state = ?1 ORDER BY id", [state.as_str()], id, request_id)
    }

    fn due(&self, at: Timestamp, limit: u32) -> Kept<Vec<RequestId>> {
        let sql = "SELECT id FROM requests INDEXED BY requests_due
             WHERE state = 'pending' AND expires_at IS NOT NULL AND expires_at <= ?1 ORDER BY expires_at, id LIMIT ?2";
        self.all(sql, params![time(at), limit], id, request_id)
    }

    fn next_due(&self) -> Kept<Option<Timestamp>> {
        let sql = "SELECT min(expires_at) FROM requests INDEXED BY requests_due
                   WHERE state = 'pending' AND expires_at IS NOT NULL";
        let first: Option<Option<String>> = self.one(sql, [], |row| row.get(0))?;
        first.flatten().map(|text| read("the time at which a request lapses", &text)).transpose()
    }
}

impl WriteRequests for Rows<'_> {
    fn put_request(&mut self, request: &Request) -> Kept<()> {
        let result = request.execution.as_ref().and_then(|execution| execution.data.clone());
        let execution = request.execution.as_ref().map(|execution| Execution { data: None, ..execution.clone() });
        let id = request.id;
        let body = text(id, &Request { execution, ..request.clone() })?;
        let audited = request.audited_params.as_ref().map(|params| text(id, params)).transpose()?;
        let sql = "INSERT INTO requests (id, agent, state, call_digest, expires_at, body, audited_params, result)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                   ON CONFLICT (id) DO UPDATE SET state = ?3, expires_at = ?5, body = ?6, result = ?8";
        let values = params![
            number(id.0),
            request.agent,
            request.state.as_str(),
            digest(request.call_digest()),
            request.expires_at.map(time),
            body,
            audited,
            result.map(|data| data.as_str().to_owned()),
        ];
        self.write(sql, values).map(drop)
    }
}

/// The states to look for; none: any.
fn states(states: &[State]) -> Option<Array> {
    let names: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    (!names.is_empty()).then(|| texts(&names))
}

fn text(id: RequestId, value: &impl serde::Serialize) -> Kept<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Unavailable(format!("{id} cannot be written: {error}")))
}

fn id(row: &Row<'_>) -> rusqlite::Result<i64> {
    row.get(0)
}

fn request_id(number: i64) -> Kept<RequestId> {
    count(number).map(RequestId)
}
