//! One record, and the text by which it is kept and hashed.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::Head;
use crate::call::Params;
use crate::decision::DecisionFacts;
use crate::digest::Digest;
use crate::request::{RequestId, State};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The engine decided a call. Without an outcome the call is allowed and its execution follows.
    Decision,
    /// A supervisor approved, and more have to.
    Vote,
    /// A request's waiting ended.
    Verdict,
    /// A call's execution began (no outcome) or ended.
    Execution,
    /// Policies were loaded, or did not load.
    Policy,
    /// An agent or supervisor was made, given another key, or revoked.
    Account,
    /// The gateway started or stopped.
    Gateway,
}

impl Event {
    /// The word people and programs use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Vote => "vote",
            Self::Verdict => "verdict",
            Self::Execution => "execution",
            Self::Policy => "policy",
            Self::Account => "account",
            Self::Gateway => "gateway",
        }
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Carried out.
    Executed,
    /// Carried out, and the supervisors were told.
    Notified,
    /// Waits for a supervisor.
    ApprovalRequested,
    /// Supervisors said yes.
    Approved,
    /// A supervisor said no.
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// Its agent took it back.
    Cancelled,
    /// The policy denied it.
    Blocked,
    /// A limit was spent.
    RateLimited,
    /// Allowed, and did not work.
    Failed,
    /// The gateway stopped while it was being carried out.
    Interrupted,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 11] = [
        Self::Executed,
        Self::Notified,
        Self::ApprovalRequested,
        Self::Approved,
        Self::Rejected,
        Self::Expired,
        Self::Cancelled,
        Self::Blocked,
        Self::RateLimited,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The word people and programs use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Notified => "notified",
            Self::ApprovalRequested => "approval_requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
            Self::RateLimited => "rate_limited",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The outcome of a waiting that ended like this.
    pub(crate) const fn of_verdict(state: State) -> Option<Self> {
        match state {
            State::Approved => Some(Self::Approved),
            State::Rejected => Some(Self::Rejected),
            State::Expired => Some(Self::Expired),
            State::Cancelled => Some(Self::Cancelled),
            _ => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or(())
    }
}

/// What a record says, but for its place in the trail. What does not apply is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// What kind of thing happened.
    pub event: Event,
    /// Who called.
    pub agent: Option<String>,
    /// In which session.
    pub session: Option<String>,
    /// What was called.
    pub capability: Option<String>,
    /// With what; declared secrets are taken out.
    pub params: Option<Params>,
    /// The digest of the params before anything was taken out.
    pub params_digest: Option<Digest>,
    /// What the engine decided.
    pub decision: Option<DecisionFacts>,
    /// What became of the call; null while that is open.
    pub outcome: Option<Outcome>,
    /// The request this belongs to.
    pub request: Option<RequestId>,
    /// The sequence number of the decision whose execution this ends.
    pub of: Option<u64>,
    /// Who decided.
    pub by: Option<String>,
    /// Why; of an event of the gateway's own, what happened.
    pub reason: Option<String>,
    /// What execution gave, in short.
    pub result: Option<String>,
}

impl Entry {
    /// An entry that says nothing more than what kind of thing happened.
    #[must_use]
    pub const fn of(event: Event) -> Self {
        Self {
            event,
            agent: None,
            session: None,
            capability: None,
            params: None,
            params_digest: None,
            decision: None,
            outcome: None,
            request: None,
            of: None,
            by: None,
            reason: None,
            result: None,
        }
    }
}

impl Entry {
    /// One word for what became of it: its outcome, or of a call that has none yet, how far it is.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match (self.outcome, self.event) {
            (Some(outcome), _) => outcome.as_str(),
            (None, Event::Decision) => "allowed",
            (None, Event::Execution) => "executing",
            (None, event) => event.as_str(),
        }
    }
}

/// A record that is to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// When it happened, by the host's clock.
    pub at: Timestamp,
    /// What it says.
    pub entry: Entry,
}

/// A record of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// Its place, from 1, without gaps.
    pub sequence: u64,
    /// When it happened. Never before the record in front of it, whatever the host's clock did.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
    /// The hash of the record before it.
    pub previous: Digest,
}

impl Record {
    /// The text that is kept and hashed.
    #[must_use]
    pub fn body(&self) -> String {
        // Every field serialises; an empty body would break the chain where it stands and be found.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a record's text.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(body: &str) -> Result<Self, String> {
        serde_json::from_str(body).map_err(|error| error.to_string())
    }

    /// The record together with its text and hash.
    #[must_use]
    pub fn seal(self) -> SealedRecord {
        let body = self.body();
        SealedRecord { hash: Digest::of(body.as_bytes()), body, record: self }
    }
}

/// A record with the text by which it is kept and the hash of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRecord {
    /// The record.
    pub record: Record,
    /// Its text.
    pub body: String,
    /// The hash of the text.
    pub hash: Digest,
}

impl SealedRecord {
    /// The record that follows the trail's head: a store calls this under its lock.
    #[must_use]
    pub fn following(head: Head, last_at: Option<Timestamp>, draft: Draft) -> Self {
        let at = last_at.map_or(draft.at, |last| last.max(draft.at));
        Record { sequence: head.sequence + 1, at, entry: draft.entry, previous: head.hash }.seal()
    }

    /// The head of a trail that ends here.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { sequence: self.record.sequence, hash: self.hash }
    }
}
