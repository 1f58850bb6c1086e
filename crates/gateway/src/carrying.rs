//! Carrying out: the one place where what was decided happens.
//!
//! It follows the store, not the connections: a call goes on when its agent hangs up, a request that is approved is carried
//! out whoever approved it and whatever became of that connection. It begins, runs and ends direct calls and requests
//! alike, and what the store says is going on without anybody at it here is ended as interrupted. All of a gateway's
//! executions are its own: one gateway carries out what is on a store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use kruxos_approvals::audit::{Draft, Entry, Event, Outcome};
use kruxos_approvals::request::{Request, RequestId, State};
use kruxos_approvals::step::Action;
use kruxos_approvals::store::{Answer, Unfinished};
use kruxos_approvals::{Admission, Params, Store, StoreError};
use kruxos_policy::tier::Tier;

use crate::asked::{Asked, Caller, NotDone, Response};
use crate::error::CallError;
use crate::executor::{ExecutionError, Executor, Judge, Output, Work};
use crate::executors::Executors;
use crate::feed::Feed;
use crate::lifetime::Lifetime;
use crate::policies::{Judged, Judgement, Policies};

/// Pauses before the end of an execution is written down again, when it could not be: it cannot be undone.
const PAUSES_MS: [u64; 5] = [50, 200, 1_000, 5_000, 15_000];
/// The pauses after those.
const LONG_PAUSE: Duration = Duration::from_secs(15);
/// How often to look for what no news told of.
const LOOKING: Duration = Duration::from_millis(500);
/// What is said of an execution that the store knows of and nobody is at.
const NOBODY: &str = "the store lost its beginning: nobody carries it out, and whether it was begun is not known";
/// What is said where no executor is.
pub(crate) const NO_EXECUTOR: &str = "this gateway has no executor for it";

/// Carries out calls and approved requests.
pub(crate) struct Carrier {
    store: Arc<dyn Store>,
    policies: Arc<Policies>,
    executors: Executors,
    lifetime: Lifetime,
    at_work: Mutex<AtWork>,
}

/// What is being carried out here.
#[derive(Debug, Default)]
struct AtWork {
    /// Requests that are begun, run or ended at this moment.
    requests: BTreeSet<RequestId>,
    /// Direct calls, by the sequence number of their decision.
    calls: BTreeSet<u64>,
    /// Direct calls whose beginning is being written down, by number.
    beginning: BTreeSet<u64>,
    /// How many direct calls were begun.
    begun: u64,
    /// Open calls that nobody here is at, with the number of beginnings when that was seen first.
    strays: BTreeMap<u64, u64>,
}

impl Carrier {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        policies: Arc<Policies>,
        executors: Executors,
        lifetime: Lifetime,
    ) -> Self {
        Self { store, policies, executors, lifetime, at_work: Mutex::default() }
    }

    /// Who carries out a capability.
    pub(crate) fn executor(&self, capability: &str) -> Option<&Arc<dyn Executor>> {
        self.executors.find(capability)
    }

    fn at_work(&self) -> MutexGuard<'_, AtWork> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out what gets approved, from now on and what is already, until the gateway stops.
    pub(crate) fn spawn(self: &Arc<Self>, feed: &Feed) {
        let (own, news) = (self.clone(), feed.follow(None));
        self.lifetime.spawn(async move {
            let (mut news, mut looks) = (Box::pin(news), tokio::time::interval(LOOKING));
            loop {
                tokio::select! {
                    record = news.next() => match record {
                        Some(record) => own.take_up_approved(&record.record.entry),
                        None => break,
                    },
                    _ = looks.tick() => own.look().await,
                }
            }
        });
    }

    fn take_up_approved(self: &Arc<Self>, entry: &Entry) {
        if let (Event::Verdict, Some(Outcome::Approved), Some(id)) = (entry.event, entry.outcome, entry.request) {
            self.take_up(id);
        }
    }

    /// Looks into the store: what is approved is taken up, what is going on without anybody at it is ended.
    async fn look(self: &Arc<Self>) {
        match self.store.unfinished().await {
            Ok(unfinished) => self.put_in_order(unfinished).await,
            Err(error) => tracing::error!(%error, "what is to be carried out could not be looked up"),
        }
    }

    async fn put_in_order(self: &Arc<Self>, unfinished: Unfinished) {
        unfinished.approved.into_iter().for_each(|id| self.take_up(id));
        let (requests, calls) = self.at_work().strays(&unfinished.executing, &unfinished.open_calls);
        for id in requests {
            let interrupt = Action::Interrupt { reason: NOBODY.to_owned() };
            // Where it ended meanwhile, that is refused, and nothing is lost.
            if let Err(error) = self.store.apply(id, interrupt, Timestamp::now()).await {
                tracing::error!(%id, %error, "a request that nobody carries out could not be ended");
            }
        }
        for decision in calls {
            match self.store.interrupt(decision, NOBODY.to_owned(), Timestamp::now()).await {
                Ok(_) | Err(StoreError::NotFound) => {}
                Err(error) => tracing::error!(decision, %error, "a call that nobody carries out could not be ended"),
            }
        }
    }

    /// Carries out an approved request in the background, if nobody is at it.
    fn take_up(self: &Arc<Self>, id: RequestId) {
        if self.lifetime.is_stopping() || !self.at_work().requests.insert(id) {
            return;
        }
        let own = self.clone();
        self.lifetime.spawn(async move {
            if let Err(error) = own.request(id).await {
                tracing::error!(%id, %error, "an approved request could not be carried out");
            }
            own.at_work().requests.remove(&id);
        });
    }

    async fn request(&self, id: RequestId) -> Result<(), StoreError> {
        let Some(request) = self.store.request(id).await? else { return Ok(()) };
        if request.state != State::Approved || self.lifetime.is_stopping() {
            return Ok(());
        }
        let executor = match self.still_allowed(&request) {
            Ok(()) => self.executor(&request.capability).cloned().ok_or_else(|| NO_EXECUTOR.to_owned()),
            Err(reason) => Err(reason),
        };
        let end = match executor {
            Err(reason) => Action::Fail { reason },
            Ok(executor) => {
                // Whoever succeeds in this carries it out, nobody else.
                if self.store.apply(id, Action::Begin, Timestamp::now()).await?.is_err() {
                    return Ok(());
                }
                let caller = Caller { agent: request.agent, session: request.session };
                let work = self.work(&caller, &request.capability, request.params, Tier::ApprovalRequired);
                match run(executor, work).await {
                    Ok(output) => Action::Succeed { data: output.data, summary: output.summary },
                    Err(error) => Action::Fail { reason: error.reason },
                }
            }
        };
        self.persistently(|| self.store.apply(id, end.clone(), Timestamp::now())).await.map(drop)
    }

    /// Whether the stored call is the approved one, and the policy now in force does not block it.
    fn still_allowed(&self, request: &Request) -> Result<(), String> {
        if !request.is_intact() {
            return Err("the stored call is not the one that was approved: its digest differs".to_owned());
        }
        let call = Judged {
            agent: &request.agent,
            session: request.session.as_deref(),
            capability: &request.capability,
            params: &request.params,
            at: Timestamp::now(),
        };
        let facts = self.policies.in_force().judge(call);
        if facts.tier == Tier::Blocked {
            return Err(format!("the policy changed after the approval and blocks the call now: {}", facts.reason));
        }
        Ok(())
    }

    /// Carries out a call that needs nobody's word, once the decision is in the audit trail.
    pub(crate) async fn call(
        self: &Arc<Self>,
        asked: Asked,
        judgement: Judgement,
        executor: Arc<dyn Executor>,
    ) -> Result<Response, NotDone> {
        let own = self.clone();
        // From here on it is the gateway's: what is begun is ended, whoever waits for it.
        let task = self.lifetime.spawn(async move { own.direct(asked, judgement, executor).await });
        let ended =
            |_| CallError::ExecutionFailed { reason: "the execution ended unexpectedly".to_owned(), request_id: None };
        task.await.map_err(ended)?
    }

    async fn direct(
        &self,
        asked: Asked,
        judgement: Judgement,
        executor: Arc<dyn Executor>,
    ) -> Result<Response, NotDone> {
        let draft = asked.draft(asked.decided(&judgement, None));
        let decision = self.begin(draft, judgement.limits).await?;
        let tier = judgement.facts.tier;
        let work = self.work(&asked.caller, &asked.capability, asked.params.clone(), tier);
        let result = run(executor, work).await;
        let entry = Entry { decision: Some(judgement.facts), of: Some(decision), ..asked.entry(Event::Execution) };
        let entry = match &result {
            Ok(output) => Entry { outcome: Some(success(tier)), result: Some(output.summary.clone()), ..entry },
            Err(error) => Entry { outcome: Some(Outcome::Failed), reason: Some(error.reason.clone()), ..entry },
        };
        let draft = Draft { at: Timestamp::now(), entry };
        let written = self.persistently(|| self.store.finish(decision, draft.clone())).await;
        self.at_work().calls.remove(&decision);
        let output = result.map_err(|error| CallError::ExecutionFailed { reason: error.reason, request_id: None })?;
        if let Err(error) = written {
            let reason = format!("it was carried out, but its end could not be written down: {error}");
            return Err(CallError::ExecutionFailed { reason, request_id: None }.into());
        }
        Ok(Response { tier, data: output.data, record: decision, request_id: None })
    }

    /// Writes down that a call is carried out; the sequence number of its decision.
    async fn begin(&self, draft: Draft, limits: Vec<Admission>) -> Result<u64, StoreError> {
        let number = self.at_work().begins();
        let begun = self.store.begin(draft, limits).await.map(|sealed| sealed.record.sequence);
        self.at_work().has_begun(number, begun.as_ref().ok().copied());
        begun
    }

    /// Writes down how an execution ended, again and again if need be: as long as the gateway goes on, and a while longer.
    async fn persistently<'s, T>(&self, write: impl Fn() -> Answer<'s, T>) -> Result<T, StoreError> {
        let mut pauses = PAUSES_MS.into_iter();
        loop {
            let written = write().await;
            let Err(error @ StoreError::Unavailable(_)) = &written else { return written };
            tracing::warn!(%error, "the end of an execution could not be written down yet");
            let pause = match pauses.next() {
                Some(pause) => Duration::from_millis(pause),
                None if self.lifetime.is_stopping() => return written,
                None => LONG_PAUSE,
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// What an executor is handed.
    fn work(&self, caller: &Caller, capability: &str, params: Params, granted: Tier) -> Work {
        Work {
            agent: caller.agent.clone(),
            session: caller.session.clone(),
            capability: capability.to_owned(),
            params,
            granted,
            at: Timestamp::now(),
            judge: Arc::new(Again(self.policies.clone())),
        }
    }
}

impl AtWork {
    fn begins(&mut self) -> u64 {
        self.begun = self.begun.saturating_add(1);
        self.beginning.insert(self.begun);
        self.begun
    }

    fn has_begun(&mut self, number: u64, decision: Option<u64>) {
        self.beginning.remove(&number);
        self.calls.extend(decision);
    }

    /// Of what the store says is going on, that which nobody is at. A call may be open already while its beginning is
    /// still to be answered: it is nobody's once every beginning that was on its way when it was seen first has ended.
    fn strays(&mut self, executing: &[RequestId], open: &[u64]) -> (Vec<RequestId>, Vec<u64>) {
        let requests = executing.iter().filter(|id| !self.requests.contains(id)).copied().collect();
        let unknown: BTreeSet<u64> = open.iter().filter(|decision| !self.calls.contains(decision)).copied().collect();
        self.strays.retain(|decision, _| unknown.contains(decision));
        for decision in unknown {
            self.strays.entry(decision).or_insert(self.begun);
        }
        let oldest = self.beginning.first().copied().unwrap_or(u64::MAX);
        let calls = self.strays.iter().filter(|(_, begun)| oldest > **begun).map(|(decision, _)| *decision).collect();
        (requests, calls)
    }
}

const fn success(tier: Tier) -> Outcome {
    match tier {
        Tier::Notify => Outcome::Notified,
        _ => Outcome::Executed,
    }
}

/// Runs an executor on a task of its own: one that panics takes nothing with it.
async fn run(executor: Arc<dyn Executor>, work: Work) -> Result<Output, ExecutionError> {
    let task = tokio::spawn(async move { executor.execute(work).await });
    task.await.unwrap_or_else(|_| Err(ExecutionError::new("the executor failed; what it did is not known")))
}

/// The engine, asked again by an executor.
struct Again(Arc<Policies>);

impl Judge for Again {
    fn allows(&self, work: &Work, params: &Params) -> Result<(), String> {
        let call = Judged {
            agent: &work.agent,
            session: work.session.as_deref(),
            capability: &work.capability,
            params,
            at: work.at,
        };
        let facts = self.0.in_force().judge(call);
        if facts.tier <= work.granted {
            return Ok(());
        }
        Err(format!("what the call leads to is {}: {}", facts.tier, facts.reason))
    }
}
