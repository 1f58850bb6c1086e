//! What becomes of requests: supervisors decide, agents wait. What is approved is carried out by
//! [`crate::carrying`], which follows the same trail.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kruxos_approvals::audit::Record;
use kruxos_approvals::request::{Request, RequestId, State};
use kruxos_approvals::step::Action;
use kruxos_approvals::store::{AuditQuery, RequestQuery};
use kruxos_approvals::{Refusal, Store, StoreError, Supervisor};
use kruxos_policy::tier::Tier;

use crate::asked::{Caller, Response};
use crate::error::{CallError, VerdictError};
use crate::feed::Feed;
use crate::lifetime::Lifetime;
use crate::wire::{RequestDocument, RequestsDocument};

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 2_000;
/// Requests that lapse in one go.
const MOST_LAPSES: u32 = 1_000;
/// Records of one request's history.
const LONGEST_HISTORY: u32 = 1_000;
/// How often to look for requests whose time has run out.
const TICK: Duration = Duration::from_secs(1);

/// What waiting came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The approved call was carried out.
    Answered(Response),
    /// The time is up; the request stays where it is.
    Still(Box<Request>),
}

/// The requests that wait, and those that waited.
pub struct Requests {
    store: Arc<dyn Store>,
    feed: Feed,
    lifetime: Lifetime,
}

impl Requests {
    pub(crate) fn new(store: Arc<dyn Store>, feed: Feed, lifetime: Lifetime) -> Self {
        Self { store, feed, lifetime }
    }

    /// A supervisor approves. The last approval that is needed is a wish: the call is carried out by who follows the
    /// trail, whether or not anybody waits for the answer to this.
    ///
    /// # Errors
    /// When there is no such request, somebody decided before, or this supervisor may not.
    pub async fn approve(
        &self,
        by: &Supervisor,
        id: RequestId,
        reason: Option<String>,
    ) -> Result<Request, VerdictError> {
        self.decide(id, Action::Approve { by: by.clone(), reason: checked(reason)? }).await
    }

    /// A supervisor rejects.
    ///
    /// # Errors
    /// As [`Requests::approve`].
    pub async fn reject(
        &self,
        by: &Supervisor,
        id: RequestId,
        reason: Option<String>,
    ) -> Result<Request, VerdictError> {
        self.decide(id, Action::Reject { by: by.clone(), reason: checked(reason)? }).await
    }

    async fn decide(&self, id: RequestId, action: Action) -> Result<Request, VerdictError> {
        match self.store.apply(id, action, Timestamp::now()).await? {
            Ok(request) => Ok(redacted(request)),
            Err(refusal) => Err(VerdictError::Refused(refusal)),
        }
    }

    /// A request, for the agent that made it. For every other agent it does not exist.
    ///
    /// # Errors
    /// When there is none of this agent.
    pub async fn own_request(&self, caller: &Caller, id: RequestId) -> Result<Request, CallError> {
        let request = self.store.request(id).await?;
        request.filter(|request| request.agent == caller.agent).ok_or(CallError::NotFound { what: "request" })
    }

    /// An agent takes its request back.
    ///
    /// # Errors
    /// When it is not its own, or was decided already.
    pub async fn cancel(&self, caller: &Caller, id: RequestId) -> Result<Request, CallError> {
        self.own_request(caller, id).await?;
        match self.store.apply(id, Action::Cancel, Timestamp::now()).await? {
            Ok(request) => Ok(request),
            Err(refusal) => Err(CallError::InvalidParams { why: format!("it cannot be cancelled: {refusal}") }),
        }
    }

    /// Waits until a request is decided and carried out, or the time is up.
    ///
    /// # Errors
    /// When it is not this agent's, or ended in any other way than by being carried out.
    pub async fn wait(&self, caller: &Caller, id: RequestId, timeout: Duration) -> Result<Waited, CallError> {
        let deadline = tokio::time::Instant::now() + timeout;
        let waiter = self.feed.waiter(id);
        loop {
            // Whoever listens before looking misses nothing that happens in between.
            let mut news = std::pin::pin!(waiter.news());
            news.as_mut().enable();
            let request = self.own_request(caller, id).await?;
            if request.state.is_final() {
                return self.answer(request).await.map(Waited::Answered);
            }
            let news = tokio::time::timeout_at(deadline, news);
            match self.lifetime.unless_stopped(news).await {
                None => return Err(CallError::Unavailable { why: "the gateway is stopping; ask again".to_owned() }),
                Some(Err(_)) => return Ok(Waited::Still(Box::new(request))),
                Some(Ok(())) => {}
            }
        }
    }

    /// What a request that ended means for its agent.
    async fn answer(&self, request: Request) -> Result<Response, CallError> {
        let execution = request.execution.as_ref();
        match request.state {
            State::Succeeded => {
                let data = execution.and_then(|execution| execution.data.clone());
                let lost = || CallError::ExecutionFailed {
                    reason: "it was carried out, and what it gave is not kept".to_owned(),
                    request_id: Some(request.id),
                };
                let data = data.ok_or_else(lost)?;
                let record = self.first_record(request.id).await?;
                Ok(Response { tier: Tier::ApprovalRequired, data, record, request_id: Some(request.id) })
            }
            State::Failed => {
                let reason = execution.and_then(|execution| execution.reason.clone()).unwrap_or_default();
                Err(CallError::ExecutionFailed { reason, request_id: Some(request.id) })
            }
            State::Rejected => Err(CallError::Rejected { request: Box::new(request) }),
            _ => Err(CallError::Closed { request: Box::new(request) }),
        }
    }

    async fn first_record(&self, id: RequestId) -> Result<u64, StoreError> {
        Ok(self.history(id).await?.first().map_or(0, |record| record.sequence))
    }

    async fn history(&self, id: RequestId) -> Result<Vec<Record>, StoreError> {
        let query = AuditQuery { request: Some(id), limit: LONGEST_HISTORY, ..AuditQuery::default() };
        Ok(self.store.records(query).await?.into_iter().rev().map(|sealed| sealed.record).collect())
    }

    /// Some requests, for supervisors: declared secrets are redacted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn requests(&self, query: RequestQuery) -> Result<RequestsDocument, StoreError> {
        let limit = query.limit as usize;
        let page = self.store.requests(query).await?;
        let next = page.requests.last().filter(|_| page.requests.len() >= limit).map(|request| request.id);
        let approvals = page.requests.into_iter().map(redacted).collect();
        Ok(RequestsDocument { approvals, total: page.total, next })
    }

    /// A request and everything that happened to it, for supervisors: declared secrets are redacted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn request(&self, id: RequestId) -> Result<Option<RequestDocument>, StoreError> {
        let Some(request) = self.store.request(id).await? else { return Ok(None) };
        let history = self.history(id).await?;
        Ok(Some(RequestDocument { request: redacted(request), history }))
    }

    /// Every second: requests whose time has run out lapse, until the gateway stops.
    pub(crate) fn spawn_clock(self: &Arc<Self>) {
        let own = self.clone();
        self.lifetime.spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            while own.lifetime.unless_stopped(ticks.tick()).await.is_some() {
                if let Err(error) = own.expire().await {
                    tracing::error!(%error, "requests could not be expired");
                }
            }
        });
    }

    /// Requests whose time has run out lapse.
    async fn expire(&self) -> Result<(), StoreError> {
        let now = Timestamp::now();
        for id in self.store.due(now, MOST_LAPSES).await? {
            // Somebody who decides at the same moment is first or second; either is an answer.
            let _: Result<Request, Refusal> = self.store.apply(id, Action::Expire, now).await?;
        }
        Ok(())
    }
}

fn checked(reason: Option<String>) -> Result<Option<String>, VerdictError> {
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    match reason.as_ref().map(|reason| reason.chars().count()) {
        Some(given) if given > LONGEST_REASON => Err(VerdictError::ReasonTooLong { given, allowed: LONGEST_REASON }),
        _ => Ok(reason),
    }
}

/// The request as supervisors see it.
fn redacted(mut request: Request) -> Request {
    if let Some(audited) = request.audited_params.take() {
        request.params = audited;
    }
    request
}
