//! What a call meets: it is judged, written down, and then carried out, queued or refused, in this order.

use std::sync::Arc;

use jiff::Timestamp;
use kruxos_approvals::audit::{Entry, Outcome};
use kruxos_approvals::redact::redact;
use kruxos_approvals::request::NewRequest;
use kruxos_approvals::{Params, Store};
use kruxos_policy::json::Json;
use kruxos_policy::outcome::Approval;
use kruxos_policy::suggest;
use kruxos_policy::tier::Tier;

use crate::asked::{Asked, Caller, NotDone, Response};
use crate::carrying::{Carrier, NO_EXECUTOR};
use crate::error::CallError;
use crate::lifetime::Lifetime;
use crate::policies::{self, Judged, Judgement, Policies};
use crate::wire::{CapabilityDocument, DescribedCapability};

/// The longest name of a capability that is written down, in bytes.
const LONGEST_NAME: usize = 256;
/// Params of more bytes are judged on a thread that may block.
const LARGE_PARAMS: usize = 16 * 1024;

/// The calls of agents.
pub struct Calls {
    store: Arc<dyn Store>,
    policies: Arc<Policies>,
    carrier: Arc<Carrier>,
    lifetime: Lifetime,
    most_pending: u32,
}

impl Calls {
    /// `most_pending` requests of one agent may wait.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        policies: Arc<Policies>,
        carrier: Arc<Carrier>,
        lifetime: Lifetime,
        most_pending: u32,
    ) -> Self {
        Self { store, policies, carrier, lifetime, most_pending }
    }

    /// Makes a call.
    ///
    /// # Errors
    /// Every way in which it does not give a response now.
    pub async fn invoke(&self, caller: &Caller, capability: &str, params: &Json<'_>) -> Result<Response, CallError> {
        if self.lifetime.is_stopping() {
            return Err(CallError::Unavailable { why: "the gateway is stopping".to_owned() });
        }
        if capability.len() > LONGEST_NAME {
            let why = format!("a capability's name has at most {LONGEST_NAME} bytes, this one {}", capability.len());
            return Err(CallError::InvalidParams { why });
        }
        let params = Params::of(params).map_err(|error| CallError::InvalidParams { why: error.to_string() })?;
        let (asked, judgement) = self.judge(caller.clone(), capability.to_owned(), params).await?;
        match self.follow(&asked, &judgement).await {
            // Over a limit the call gets that limit's word, which may let it go on, and is counted nowhere.
            Err(NotDone::Spent(spent)) => {
                let answer = self.follow(&asked, &judgement.over(&spent)).await;
                answer.map_err(|not| match not {
                    NotDone::Spent(spent) => CallError::Unavailable { why: spent.to_string() },
                    NotDone::Said(error) => error,
                })
            }
            Err(NotDone::Said(error)) => Err(error),
            Ok(response) => Ok(response),
        }
    }

    /// Does what the policies say of a call.
    async fn follow(&self, asked: &Asked, judgement: &Judgement) -> Result<Response, NotDone> {
        if judgement.facts.tier == Tier::Blocked {
            return Err(self.refuse(asked, judgement).await.into());
        }
        let Some(executor) = self.carrier.executor(&asked.capability).cloned() else {
            return Err(self.cannot(asked, judgement).await.into());
        };
        match judgement.facts.tier {
            Tier::Autonomous | Tier::Notify => self.carrier.call(asked.clone(), judgement.clone(), executor).await,
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
            let judgement = in_force.decide(call);
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
    async fn refuse(&self, asked: &Asked, judgement: &Judgement) -> CallError {
        let outcome = if judgement.spent.is_some() { Outcome::RateLimited } else { Outcome::Blocked };
        let draft = asked.draft(asked.decided(judgement, Some(outcome)));
        if let Err(error) = self.store.append(vec![draft]).await {
            return error.into();
        }
        let facts = Box::new(judgement.facts.clone());
        match judgement.spent {
            Some(retry_after_ms) => CallError::RateLimited { retry_after_ms, facts },
            None => CallError::Denied { facts },
        }
    }

    /// A call that nothing here can carry out is written down, whatever a person would say of it.
    async fn cannot(&self, asked: &Asked, judgement: &Judgement) -> CallError {
        let reason = Some(NO_EXECUTOR.to_owned());
        let entry = Entry { reason, ..asked.decided(judgement, Some(Outcome::Failed)) };
        match self.store.append(vec![asked.draft(entry)]).await {
            Ok(_) => self.unknown(&asked.capability),
            Err(error) => error.into(),
        }
    }

    /// What an agent is told of a capability that nothing here carries out.
    fn unknown(&self, capability: &str) -> CallError {
        let in_force = self.policies.in_force();
        let is_known = in_force.facts(capability).is_some();
        let known = in_force.engine.policy_set().catalog().into_iter().flat_map(|catalog| catalog.iter());
        let nearest = suggest::nearest(capability, known.map(|facts| facts.name.as_str())).filter(|_| !is_known);
        CallError::NotExecutable { capability: capability.to_owned(), is_known, nearest: nearest.map(str::to_owned) }
    }

    async fn queue(&self, asked: &Asked, judgement: &Judgement) -> NotDone {
        let usual = Approval { expires: None, approvers: Vec::new(), quorum: 1 };
        let approval = judgement.approval.clone().unwrap_or(usual);
        let expires = approval.expires.and_then(|ms| i64::try_from(ms).ok()).map(jiff::SignedDuration::from_millis);
        let request = NewRequest {
            agent: asked.caller.agent.clone(),
            session: asked.caller.session.clone(),
            capability: asked.capability.clone(),
            params: asked.params.clone(),
            audited_params: asked.audited_params.clone(),
            decision: judgement.facts.clone(),
            requested_at: asked.at,
            expires_at: expires.and_then(|expires| asked.at.checked_add(expires).ok()),
            approvers: approval.approvers,
            quorum: approval.quorum,
            limits: judgement.limits.clone(),
        };
        match self.store.enqueue(request, self.most_pending).await {
            Ok(queued) => NotDone::Said(CallError::ApprovalRequired {
                request: Box::new(queued.request),
                already_pending: queued.already_pending,
            }),
            Err(error) => error.into(),
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
        let executable = self.carrier.executor(name).is_some();
        CapabilityDocument { name: name.to_owned(), description: description.clone(), executable }
    }
}
