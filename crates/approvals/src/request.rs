//! A request for approval: one call that waits for a person, and everything that became of it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::admission::Admission;
use crate::call::{JsonText, Params, approval_digest, call_digest};
use crate::decision::DecisionFacts;
use crate::digest::Digest;

/// The id of a request: `ap_001`, `ap_002`, … in order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("ap_{:03}", self.0))
    }
}

/// A text that is no id of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARequestId;

impl fmt::Display for NotARequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id of a request looks like `ap_001`")
    }
}

impl std::error::Error for NotARequestId {}

impl FromStr for RequestId {
    type Err = NotARequestId;

    fn from_str(text: &str) -> Result<Self, NotARequestId> {
        let number = text.strip_prefix("ap_").and_then(|digits| digits.parse().ok()).map(Self);
        // One id has one spelling: `ap_1`, `ap_0001` and `ap_+01` name nothing.
        number.filter(|id| id.to_string() == text).ok_or(NotARequestId)
    }
}

impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for RequestId {
    fn schema_name() -> Cow<'static, str> {
        "RequestId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^ap_[0-9]{3,}$" })
    }
}

/// Where a request is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for supervisors.
    Pending,
    /// Approved, not yet begun.
    Approved,
    /// Being carried out.
    Executing,
    /// Carried out.
    Succeeded,
    /// Tried, or not allowed any more when its turn came.
    Failed,
    /// The gateway stopped while it was being carried out; how far it came is not known.
    Interrupted,
    /// A supervisor said no.
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// Its agent took it back.
    Cancelled,
}

impl State {
    /// All states.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Approved,
        Self::Executing,
        Self::Succeeded,
        Self::Failed,
        Self::Interrupted,
        Self::Rejected,
        Self::Expired,
        Self::Cancelled,
    ];
    /// The states of a request that was approved.
    pub const OF_APPROVED: [Self; 5] =
        [Self::Approved, Self::Executing, Self::Succeeded, Self::Failed, Self::Interrupted];

    /// The word people and programs use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Executing => "executing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing can happen to the request any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Approved | Self::Executing)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for State {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// One supervisor's approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vote {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<String>,
}

/// What ended the waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// `approved`, `rejected`, `expired` or `cancelled`.
    pub state: State,
    /// The supervisor, or the agent that cancelled; null when it expired.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<String>,
}

/// What carrying out came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Execution {
    /// When it began; null when it never did.
    pub started_at: Option<Timestamp>,
    /// When it ended; null while it runs.
    pub finished_at: Option<Timestamp>,
    /// What the capability gave; null unless it succeeded.
    pub data: Option<JsonText>,
    /// Why it did not succeed.
    pub reason: Option<String>,
}

/// A request that is to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Who calls.
    pub agent: String,
    /// In which session.
    pub session: Option<String>,
    /// What is called.
    pub capability: String,
    /// With what.
    pub params: Params,
    /// With what, as the audit trail may keep it: declared secrets are taken out.
    pub audited_params: Params,
    /// Why it has to wait.
    pub decision: DecisionFacts,
    /// When it arrived.
    pub requested_at: Timestamp,
    /// When it lapses; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// Who may decide; empty: any supervisor.
    pub approvers: Vec<String>,
    /// How many distinct supervisors must approve.
    pub quorum: u32,
    /// What it is taken from.
    pub limits: Vec<Admission>,
}

/// A request for approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Where it is in its life.
    pub state: State,
    /// Who calls.
    pub agent: String,
    /// In which session.
    pub session: Option<String>,
    /// What is called.
    pub capability: String,
    /// With what, in canonical form.
    pub params: Params,
    /// With what, as the audit trail keeps it. Not sent: what is sent is `params`, redacted.
    #[serde(skip)]
    #[schemars(skip)]
    pub audited_params: Option<Params>,
    /// The digest of what is approved: agent, capability, params, policy set.
    pub digest: Digest,
    /// Why it has to wait.
    pub decision: DecisionFacts,
    /// When it arrived.
    pub requested_at: Timestamp,
    /// When it lapses; null: never.
    pub expires_at: Option<Timestamp>,
    /// Who may decide, names or groups; empty: any supervisor.
    pub approvers: Vec<String>,
    /// How many distinct supervisors must approve.
    pub quorum: u32,
    /// The approvals so far, in order.
    pub votes: Vec<Vote>,
    /// What ended the waiting; null while pending.
    pub verdict: Option<Verdict>,
    /// What carrying out came to; null before it begins.
    pub execution: Option<Execution>,
}

impl Request {
    /// A request as it enters the queue. A quorum of none is a quorum of one.
    #[must_use]
    pub fn new(id: RequestId, new: NewRequest) -> Self {
        let digest = approval_digest(&new.agent, &new.capability, &new.params, &new.decision.policy_digest);
        Self {
            id,
            state: State::Pending,
            agent: new.agent,
            session: new.session,
            capability: new.capability,
            params: new.params,
            audited_params: Some(new.audited_params),
            digest,
            decision: new.decision,
            requested_at: new.requested_at,
            expires_at: new.expires_at,
            approvers: new.approvers,
            quorum: new.quorum.max(1),
            votes: Vec::new(),
            verdict: None,
            execution: None,
        }
    }

    /// What makes another call of this agent identical to this one.
    #[must_use]
    pub fn call_digest(&self) -> Digest {
        call_digest(&self.agent, &self.capability, &self.params)
    }

    /// Whether the stored call is the one that was approved.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        approval_digest(&self.agent, &self.capability, &self.params, &self.decision.policy_digest) == self.digest
    }

    /// Whether its time has run out.
    #[must_use]
    pub fn is_due(&self, at: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires| at >= expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_three_digits_at_least_and_one_spelling() {
        assert_eq!(RequestId(1).to_string(), "ap_001");
        assert_eq!(RequestId(12345).to_string(), "ap_12345");
        assert_eq!("ap_12345".parse(), Ok(RequestId(12345)));
        for wrong in ["ap_1", "ap_0001", "ap_+01", "ap_", "001", "AP_001", "ap_001 ", "ap_99999999999999999999"] {
            assert_eq!(wrong.parse::<RequestId>(), Err(NotARequestId), "{wrong}");
        }
    }
}
