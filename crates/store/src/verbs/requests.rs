//! The life of requests: every change is judged by [`step`] and appends its record in the same transaction.

use jiff::Timestamp;
use kruxos_approvals::call::call_digest;
use kruxos_approvals::step::arrival;
use kruxos_approvals::store::{Answer, Enqueued, Recovered, RequestPage, RequestQuery, RequestStore, Unfinished};
use kruxos_approvals::{Action, NewRequest, Refusal, Request, RequestId, State, StoreError, step};

use super::{Runs, StoreOf, admissions, trail};
use crate::tables::{Kept, Writes};

/// What is known of a call that was being carried out when its gateway stopped.
const CUT_OFF: &str = "the gateway stopped while it was being carried out; how far it came is not known";

fn enqueue(rows: &mut dyn Writes, new: NewRequest, most: u32) -> Kept<Enqueued> {
    let at = rows.tail()?.not_before(new.requested_at);
    let twin = twin(rows, &new)?;
    let lapsed = match twin {
        Some(request) if !request.is_due(at) => return Ok(Enqueued { request, already_pending: true }),
        lapsed => lapsed,
    };
    let pending = rows.pending_of(&new.agent)?.saturating_sub(u32::from(lapsed.is_some()));
    if pending >= most {
        return Err(StoreError::TooManyPending { pending, allowed: most });
    }
    if let Some(lapsed) = lapsed {
        // A second request for one call may wait only once the first does not.
        let _ = advance(rows, &lapsed, Action::Expire, at)?;
    }
    admissions::take(rows, &new.limits, at)?;
    let id = RequestId(rows.last_request()?.saturating_add(1));
    let request = Request::new(id, dated(new, at));
    rows.put_request(&request)?;
    trail::push(rows, arrival(&request))?;
    Ok(Enqueued { request, already_pending: false })
}

/// The pending request of an identical call.
fn twin(rows: &dyn Writes, new: &NewRequest) -> Kept<Option<Request>> {
    let digest = call_digest(&new.agent, &new.capability, &new.params);
    rows.pending_like(digest)?.map_or(Ok(None), |id| rows.request(id))
}

/// The request as of this time. It waits no shorter for a clock that went back.
fn dated(new: NewRequest, at: Timestamp) -> NewRequest {
    let late = new.requested_at.duration_until(at);
    let expires_at = new.expires_at.map(|expires| expires.checked_add(late).unwrap_or(Timestamp::MAX));
    NewRequest { requested_at: at, expires_at, ..new }
}

fn apply(rows: &mut dyn Writes, id: RequestId, action: Action, at: Timestamp) -> Kept<Result<Request, Refusal>> {
    let request = rows.request(id)?.ok_or(StoreError::NotFound)?;
    let at = rows.tail()?.not_before(at);
    let applied = advance(rows, &request, action, at)?;
    if let Err(Refusal::Lapsed { .. }) = applied {
        // Whoever is told that it is too late is told so for good, also if the clock goes back.
        let _ = advance(rows, &request, Action::Expire, at)?;
    }
    Ok(applied)
}

fn advance(rows: &mut dyn Writes, request: &Request, action: Action, at: Timestamp) -> Kept<Result<Request, Refusal>> {
    match step(request, action, at) {
        Ok(stepped) => {
            rows.put_request(&stepped.request)?;
            trail::push(rows, stepped.draft)?;
            Ok(Ok(stepped.request))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn recover(rows: &mut dyn Writes, at: Timestamp) -> Kept<Recovered> {
    let now = rows.tail()?.not_before(at);
    rows.forget_admissions(now.as_millisecond())?;
    let interrupted_requests = rows.requests_in(State::Executing)?;
    for id in &interrupted_requests {
        apply(rows, *id, Action::Interrupt { reason: CUT_OFF.to_owned() }, at)?
            .map_err(|refusal| StoreError::Corrupt(format!("{id} cannot be interrupted: {refusal}")))?;
    }
    let interrupted_calls = trail::interrupt_open_calls(rows, at, CUT_OFF)?;
    Ok(Recovered { interrupted_requests, interrupted_calls, approved: rows.requests_in(State::Approved)? })
}

impl<R: Runs> RequestStore for StoreOf<R> {
    fn enqueue(&self, request: NewRequest, most: u32) -> Answer<'_, Enqueued> {
        self.0.write(move |rows| enqueue(rows, request, most))
    }

    fn apply(&self, id: RequestId, action: Action, at: Timestamp) -> Answer<'_, Result<Request, Refusal>> {
        self.0.write(move |rows| apply(rows, id, action, at))
    }

    fn request(&self, id: RequestId) -> Answer<'_, Option<Request>> {
        self.0.read(move |rows| rows.request(id))
    }

    fn requests(&self, query: RequestQuery) -> Answer<'_, RequestPage> {
        self.0.read(move |rows| rows.requests(&query))
    }

    fn due(&self, at: Timestamp, limit: u32) -> Answer<'_, Vec<RequestId>> {
        self.0.read(move |rows| rows.due(rows.tail()?.not_before(at), limit))
    }

    fn next_due(&self) -> Answer<'_, Option<Timestamp>> {
        self.0.read(|rows| rows.next_due())
    }

    fn unfinished(&self) -> Answer<'_, Unfinished> {
        self.0.read(|rows| {
            Ok(Unfinished {
                approved: rows.requests_in(State::Approved)?,
                executing: rows.requests_in(State::Executing)?,
                open_calls: rows.open_calls()?,
            })
        })
    }

    fn recover(&self, at: Timestamp) -> Answer<'_, Recovered> {
        self.0.write(move |rows| recover(rows, at))
    }
}
