//! A call on its way: who asks for what, as it is judged, and as it is written down.

use jiff::Timestamp;
use kruxos_approvals::audit::{Draft, Entry, Event, Outcome};
use kruxos_approvals::request::RequestId;
use kruxos_approvals::{JsonText, Params, Spent, StoreError};
use kruxos_policy::tier::Tier;

use crate::error::CallError;
use crate::policies::Judgement;

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

/// Why a call was not carried out now.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// A limit has no room; nothing was written down.
    Spent(Spent),
    /// What the agent is told.
    Said(CallError),
}

impl From<CallError> for NotDone {
    fn from(error: CallError) -> Self {
        Self::Said(error)
    }
}

impl From<StoreError> for NotDone {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Spent(spent) => Self::Spent(spent),
            error => Self::Said(error.into()),
        }
    }
}

/// A call on its way.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) caller: Caller,
    pub(crate) capability: String,
    pub(crate) params: Params,
    pub(crate) audited_params: Params,
    pub(crate) at: Timestamp,
}

impl Asked {
    /// What is written down of the decision about it.
    pub(crate) fn decided(&self, judgement: &Judgement, outcome: Option<Outcome>) -> Entry {
        Entry { decision: Some(judgement.facts.clone()), outcome, ..self.entry(Event::Decision) }
    }

    /// What is written down of it whatever happens.
    pub(crate) fn entry(&self, event: Event) -> Entry {
        Entry {
            agent: Some(self.caller.agent.clone()),
            session: self.caller.session.clone(),
            capability: Some(self.capability.clone()),
            params: Some(self.audited_params.clone()),
            params_digest: Some(self.params.digest()),
            ..Entry::of(event)
        }
    }

    /// A record of the moment it was made.
    pub(crate) const fn draft(&self, entry: Entry) -> Draft {
        Draft { at: self.at, entry }
    }
}
