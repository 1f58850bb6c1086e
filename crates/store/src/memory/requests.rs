//! Requests in memory.

use jiff::Timestamp;
use kruxos_approvals::request::Execution;
use kruxos_approvals::store::{RequestPage, RequestQuery};
use kruxos_approvals::{Digest, Request, RequestId, State};

use super::{Rows, count};
use crate::tables::{Kept, ReadRequests, WriteRequests};

impl ReadRequests for Rows {
    fn request(&self, id: RequestId) -> Kept<Option<Request>> {
        Ok(self.requests.get(&id).cloned())
    }

    fn requests(&self, query: &RequestQuery) -> Kept<RequestPage> {
        let found = || self.requests.values().filter(|request| is_asked_for(request, query));
        let page = found().filter(|request| query.after.is_none_or(|after| request.id > after));
        let requests = page.take(count(query.limit)).map(listed).collect();
        Ok(RequestPage { requests, total: found().count() as u64 })
    }

    fn pending_like(&self, call: Digest) -> Kept<Option<RequestId>> {
        Ok(self.pending_calls.get(&call).copied())
    }

    fn pending_of(&self, agent: &str) -> Kept<u32> {
        let pending = self.pending_calls.values().filter_map(|id| self.requests.get(id));
        Ok(pending.filter(|request| request.agent == agent).count().try_into().unwrap_or(u32::MAX))
    }

    fn last_request(&self) -> Kept<u64> {
        Ok(self.requests.last_key_value().map_or(0, |(id, _)| id.0))
    }

    fn requests_in(&self, state: State) -> Kept<Vec<RequestId>> {
        Ok(self.requests.values().filter(|request| request.state == state).map(|request| request.id).collect())
    }

    fn due(&self, at: Timestamp, limit: u32) -> Kept<Vec<RequestId>> {
        let due = self.lapsing().take_while(|(expires_at, _)| *expires_at <= at);
        Ok(due.take(count(limit)).map(|(_, id)| id).collect())
    }

    fn next_due(&self) -> Kept<Option<Timestamp>> {
        Ok(self.lapsing().next().map(|(expires_at, _)| expires_at))
    }
}

impl Rows {
    /// The pending requests that will lapse, the first to do so first.
    fn lapsing(&self) -> impl Iterator<Item = (Timestamp, RequestId)> {
        self.pending_until.iter().filter_map(|(expires_at, id)| expires_at.map(|expires_at| (expires_at, *id)))
    }
}

impl WriteRequests for Rows {
    fn put_request(&mut self, request: &Request) -> Kept<()> {
        let (call, until) = (request.call_digest(), (request.expires_at, request.id));
        if request.state == State::Pending {
            self.pending_calls.insert(call, request.id);
            self.pending_until.insert(until);
        } else if self.pending_until.remove(&until) {
            self.pending_calls.remove(&call);
        }
        self.requests.insert(request.id, request.clone());
        Ok(())
    }
}

fn is_asked_for(request: &Request, query: &RequestQuery) -> bool {
    (query.states.is_empty() || query.states.contains(&request.state))
        && query.agent.as_ref().is_none_or(|agent| *agent == request.agent)
}

/// A request as lists show it.
fn listed(request: &Request) -> Request {
    let execution = request.execution.as_ref().map(|execution| Execution { data: None, ..execution.clone() });
    Request { execution, ..request.clone() }
}
