//! What a call meets: it is judged, written down, and then carried out, queued or refused, in this order.

use std::sync::Arc;

use jiff::Timestamp;
use kruxos_approvals::audit::{Draft, Entry, Event, Outcome};
use kruxos_approvals::redact::redact;
use kruxos_approvals::request::{NewRequest, RequestId};
use kruxos_approvals::{JsonText, Params};
use kruxos_policy::json::Json;
use kruxos_policy::outcome::Approval;
use kruxos_policy::tier::Tier;

use crate::error::CallError;
use crate::executor::{ExecutionError, Executor, Judge, Output, Work};
use crate::gateway::Gateway;
use crate::policies::{self, Judged, Judgement, Policies};
use crate::wire::{CapabilityDocument, DescribedCapability};

/// The longest name of a capability that is written down, in bytes.
const LONGEST_NAME: usize = 256;
/// Params of more bytes are judged on a thread that may block.
const LARGE_PARAMS: usize = 16 * 1024;

/// An agent that was authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its name.
    pub agent: String,
    /// The session it calls in.
    pub session: Option<String>,
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The tier under which it was carried out.
    pub tier: Tier,
    /// What the capability gave.
    pub data: JsonText,
    /// The sequence number of the decision in the audit trail.
    pub record: u64,
    /// The request, if it was approved.
    pub request_id: Option<RequestId>,
}

/// A call on its way.
#[derive(Clone)]
struct Asked {
    caller: Caller,
    capability: String,
    params: Params,
    audited_params: Params,
    at: Timestamp,
}

impl Asked {
    fn entry(&self, judgement: &Judgement, outcome: Option<Outcome>) -> Entry {
        Entry { decision: Some(judgement.facts.clone()), outcome, ..self.bare_entry(Event::Decision) }
    }

    fn bare_entry(&self, event: Event) -> Entry {
        Entry {
            agent: Some(self.caller.agent.clone()),
            session: self.caller.session.clone(),
            capability: Some(self.capability.clone()),
            params: Some(self.audited_params.clone()),
            params_digest: Some(self.params.digest()),
            ..Entry::of(event)
        }
    }

    fn draft(&self, entry: Entry) -> Draft {
        Draft { at: self.at, entry }
    }
}

impl Gateway {
    /// Makes a call.
    ///
    /// # Errors
    /// Every way in which it does not give a response now.
    pub async fn invoke(
        self: &Arc<Self>,
        caller: &Caller,
        capability: &str,
        params: &Json<'_>,
    ) -> Result<Response, CallError> {
        if self.is_stopping() {
            return Err(CallError::Unavailable { why: "the gateway is stopping".to_owned() });
        }
        if capability.len() > LONGEST_NAME {
            let why = format!("a capability's name has at most {LONGEST_NAME} bytes, this one {}", capability.len());
            return Err(CallError::InvalidParams { why });
        }
        let params = Params::of(params).map_err(|error| CallError::InvalidParams { why: error.to_string() })?;
        let (asked, judgement) = self.judge(caller.clone(), capability.to_owned(), params).await?;
        if judgement.facts.tier == Tier::Blocked {
            return Err(self.refuse(&asked, judgement).await);
        }
        let Some(executor) = self.executors.find(capability).cloned() else {
            return Err(self.cannot(&asked, &judgement).await);
        };
        match judgement.facts.tier {
            Tier::Autonomous | Tier::Notify => self.carry_out(asked, judgement, executor).await,
            _ => Err(self.queue(asked, judgement).await),
        }
    }

    async fn judge(&self, caller: Caller, capability: String, params: Params) -> Result<(Asked, Judgement), CallError> {
        let (policies, at) = (self.policies.clone(), Timestamp::now());
        let is_large = params.as_str().len() > LARGE_PARAMS;
        let work = move || {
            let in_force = policies.in_force();
            let call = Judged {
                agent: &caller.agent,
                session: caller.session.as_deref(),
                capability: &capability,
                params: &params,
                at,
            };
            let judgement = in_force.admit(call);
            let audited_params = redact(&params, in_force.facts(&capability));
            (Asked { caller, capability, params, audited_params, at }, judgement)
        };
        if !is_large {
            return Ok(work());
        }
        let failed = |_| CallError::Unavailable { why: "the call could not be judged".to_owned() };
        tokio::task::spawn_blocking(work).await.map_err(failed)
    }

    /// A blocked call is written down.
    async fn refuse(&self, asked: &Asked, judgement: Judgement) -> CallError {
        let outcome = if judgement.spent.is_some() { Outcome::RateLimited } else { Outcome::Blocked };
        let draft = asked.draft(asked.entry(&judgement, Some(outcome)));
        if let Err(error) = self.store.append(vec![draft]).await {
            return error.into();
        }
        let facts = Box::new(judgement.facts);
        match judgement.spent {
            Some(retry_after_ms) => CallError::RateLimited { retry_after_ms, facts },
            None => CallError::Denied { facts },
        }
    }

    /// A call that nothing here can carry out is written down, whatever a person would say of it.
    async fn cannot(&self, asked: &Asked, judgement: &Judgement) -> CallError {
        let reason = Some("this gateway has no executor for it".to_owned());
        let entry = Entry { reason, ..asked.entry(judgement, Some(Outcome::Failed)) };
        match self.store.append(vec![asked.draft(entry)]).await {
            Ok(_) => CallError::NotExecutable { capability: asked.capability.clone() },
            Err(error) => error.into(),
        }
    }

    async fn queue(&self, asked: Asked, judgement: Judgement) -> CallError {
        let approval = judgement.approval.unwrap_or(Approval { expires: None, approvers: Vec::new(), quorum: 1 });
        let expires = approval.expires.and_then(|ms| i64::try_from(ms).ok()).map(jiff::SignedDuration::from_millis);
        let request = NewRequest {
            agent: asked.caller.agent,
            session: asked.caller.session,
            capability: asked.capability,
            params: asked.params,
            audited_params: asked.audited_params,
            decision: judgement.facts,
            requested_at: asked.at,
            expires_at: expires.and_then(|expires| asked.at.checked_add(expires).ok()),
            approvers: approval.approvers,
            quorum: approval.quorum,
        };
        match self.store.enqueue(request, self.options.most_pending).await {
            Ok(queued) => CallError::ApprovalRequired {
                request: Box::new(queued.request),
                already_pending: queued.already_pending,
            },
            Err(error) => error.into(),
        }
    }

    /// Carries a call out once the decision is in the audit trail. It goes on when the agent hangs up.
    async fn carry_out(
        self: &Arc<Self>,
        asked: Asked,
        judgement: Judgement,
        executor: Arc<dyn Executor>,
    ) -> Result<Response, CallError> {
        let decision = self.store.begin(asked.draft(asked.entry(&judgement, None))).await?.record.sequence;
        let gateway = self.clone();
        let task = self.tasks.spawn(async move { gateway.execute(asked, judgement, executor, decision).await });
        let ended =
            |_| CallError::ExecutionFailed { reason: "the execution ended unexpectedly".to_owned(), request_id: None };
        task.await.map_err(ended)?
    }

    async fn execute(
        &self,
        asked: Asked,
        judgement: Judgement,
        executor: Arc<dyn Executor>,
        decision: u64,
    ) -> Result<Response, CallError> {
        let tier = judgement.facts.tier;
        let work = self.work(&asked.caller, &asked.capability, asked.params.clone(), tier);
        let result = run(executor, work).await;
        let entry = Entry { decision: Some(judgement.facts), of: Some(decision), ..asked.bare_entry(Event::Execution) };
        let entry = match &result {
            Ok(output) => Entry { outcome: Some(success(tier)), result: Some(output.summary.clone()), ..entry },
            Err(error) => Entry { outcome: Some(Outcome::Failed), reason: Some(error.reason.clone()), ..entry },
        };
        let written = self.store.finish(decision, Draft { at: Timestamp::now(), entry }).await;
        let output = result.map_err(|error| CallError::ExecutionFailed { reason: error.reason, request_id: None })?;
        if let Err(error) = written {
            let reason = format!("it was carried out, but its end could not be written down: {error}");
            return Err(CallError::ExecutionFailed { reason, request_id: None });
        }
        Ok(Response { tier, data: output.data, record: decision, request_id: None })
    }

    /// What an executor is handed.
    pub(crate) fn work(&self, caller: &Caller, capability: &str, params: Params, granted: Tier) -> Work {
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

    /// The capabilities that the catalog knows, in order of name.
    #[must_use]
    pub fn capabilities(&self) -> Vec<CapabilityDocument> {
        let in_force = self.policies.in_force();
        let known = in_force.engine.policy_set().catalog().into_iter().flat_map(|catalog| catalog.iter());
        let mut all: Vec<CapabilityDocument> =
            known.map(|facts| self.document(&facts.name, &facts.description)).collect();
        all.sort_by(|left, right| left.name.cmp(&right.name));
        all
    }

    /// A capability and what it takes.
    #[must_use]
    pub fn capability(&self, name: &str) -> Option<DescribedCapability> {
        let in_force = self.policies.in_force();
        let facts = in_force.facts(name)?;
        let capability = self.document(&facts.name, &facts.description);
        Some(DescribedCapability { capability, input_schema: policies::input_schema(facts) })
    }

    fn document(&self, name: &str, description: &Option<String>) -> CapabilityDocument {
        let executable = self.executors.find(name).is_some();
        CapabilityDocument { name: name.to_owned(), description: description.clone(), executable }
    }
}

const fn success(tier: Tier) -> Outcome {
    match tier {
        Tier::Notify => Outcome::Notified,
        _ => Outcome::Executed,
    }
}

/// Runs an executor on a task of its own: one that panics takes nothing with it.
pub(crate) async fn run(executor: Arc<dyn Executor>, work: Work) -> Result<Output, ExecutionError> {
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
