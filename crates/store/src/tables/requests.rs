//! The rows of requests.

use jiff::Timestamp;
use kruxos_approvals::store::{RequestPage, RequestQuery};
use kruxos_approvals::{Digest, Request, RequestId, State};

use super::Kept;

/// Requests that are kept.
pub(crate) trait ReadRequests {
    /// A request, with what its execution gave.
    fn request(&self, id: RequestId) -> Kept<Option<Request>>;
    /// Some requests in order of id, without what their execution gave.
    fn requests(&self, query: &RequestQuery) -> Kept<RequestPage>;
    /// The pending request of this call.
    fn pending_like(&self, call: Digest) -> Kept<Option<RequestId>>;
    /// How many requests of an agent are pending.
    fn pending_of(&self, agent: &str) -> Kept<u32>;
    /// The highest id given so far; 0 before the first.
    fn last_request(&self) -> Kept<u64>;
    /// The requests in a state, in order of id.
    fn requests_in(&self, state: State) -> Kept<Vec<RequestId>>;
    /// The pending requests whose time has run out by then, the longest overdue first.
    fn due(&self, at: Timestamp, limit: u32) -> Kept<Vec<RequestId>>;
    /// When the next pending request lapses.
    fn next_due(&self) -> Kept<Option<Timestamp>>;
}

/// Requests that are to be kept.
pub(crate) trait WriteRequests {
    /// Keeps a request as it is now.
    fn put_request(&mut self, request: &Request) -> Kept<()>;
}
