//! What a store must do: verbs of the workflow, each atomic, each durable when its future is done.
//!
//! Embedded SQLite stands behind these traits, and memory; PostgreSQL can, for several gateways on one queue: nothing here
//! supposes one process, one writer or one clock. A store never lets time run backwards: an event is never dated before
//! the last record of the trail.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;

use crate::account::{Account, Role};
use crate::admission::{Admission, Spent};
use crate::audit::{Draft, Head, Outcome, SealedRecord};
use crate::call::JsonText;
use crate::digest::Digest;
use crate::request::{NewRequest, Request, RequestId, State};
use crate::state_entry::{Scope, Session, StateEntry};
use crate::step::{Action, Refusal};

/// What a store promises to answer.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Why a store does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// It cannot be reached, read or written. Nothing of what was asked has happened, or can be told to have happened.
    Unavailable(String),
    /// What it holds is not what it once wrote.
    Corrupt(String),
    /// There is nothing of that name.
    NotFound,
    /// There is something of that name already.
    Exists,
    /// An agent has as many requests pending as it may.
    TooManyPending {
        /// How many are pending.
        pending: u32,
        /// How many may be.
        allowed: u32,
    },
    /// A limit that the call has to be taken from has no room.
    Spent(Spent),
    /// A scope holds as many values as it may.
    TooManyKeys {
        /// How many may be there.
        allowed: u32,
    },
    /// The value was changed meanwhile.
    VersionConflict {
        /// Its version; 0 when it is not there.
        version: u64,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the store is unavailable: {why}"),
            Self::Corrupt(what) => write!(f, "the store is damaged: {what}"),
            Self::NotFound => f.write_str("there is nothing of that name"),
            Self::Exists => f.write_str("there is something of that name already"),
            Self::TooManyPending { pending, allowed } => {
                write!(f, "{pending} requests are pending; at most {allowed} are allowed")
            }
            Self::Spent(spent) => spent.fmt(f),
            Self::TooManyKeys { allowed } => write!(f, "at most {allowed} keys are allowed"),
            Self::VersionConflict { version } => write!(f, "the value has version {version} by now"),
        }
    }
}

impl std::error::Error for StoreError {}

/// What queueing came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enqueued {
    /// The request.
    pub request: Request,
    /// Whether an identical call was pending already, and this is it.
    pub already_pending: bool,
}

/// Which requests to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestQuery {
    /// In one of these states; none: in any.
    pub states: Vec<State>,
    /// Of this agent.
    pub agent: Option<String>,
    /// With an id above this one.
    pub after: Option<RequestId>,
    /// At most so many.
    pub limit: u32,
}

/// Some of the requests that a query asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPage {
    /// In order of id, without what their execution gave.
    pub requests: Vec<Request>,
    /// How many there are in all, `after` and `limit` aside.
    pub total: u64,
}

/// Which records to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this agent.
    pub agent: Option<String>,
    /// Of one of these capabilities; `None`: of any, or of none.
    pub capabilities: Option<Vec<String>>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// Only decisions to carry a call out or to queue it: what limits count.
    pub admitted: bool,
    /// Of this request.
    pub request: Option<RequestId>,
    /// At or after this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// With a sequence number below this one.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

/// What was left by a gateway that stopped without warning, and has been put in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Requests that were executing, and are interrupted now.
    pub interrupted_requests: Vec<RequestId>,
    /// Decisions whose execution had not ended, recorded as interrupted now.
    pub interrupted_calls: Vec<u64>,
    /// Requests that are approved and not begun; they are still to be carried out.
    pub approved: Vec<RequestId>,
}

/// What is to be carried out, or being carried out, as the store has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// Requests that are approved and not begun.
    pub approved: Vec<RequestId>,
    /// Requests that are being carried out.
    pub executing: Vec<RequestId>,
    /// Decisions whose execution has not ended.
    pub open_calls: Vec<u64>,
}

/// The queue of requests. Every change appends its audit record in the same transaction.
pub trait RequestStore: Send + Sync {
    /// Queues a request and takes it from its limits, or finds the identical one that is pending, which is counted already.
    /// `Spent` where a limit has no room. At most `most` of one agent may be pending. Where the
    /// clock went back, the request arrives at the last record's time and lapses as much later.
    fn enqueue(&self, request: NewRequest, most: u32) -> Answer<'_, Enqueued>;

    /// Applies an action by [`crate::step()`]. Of several at once exactly one comes first, and the others are judged by
    /// what it made of the request. `NotFound` when there is no such request. A request that is found to have lapsed
    /// expires with that: who was told that it is too late is told so for good.
    fn apply(&self, id: RequestId, action: Action, at: Timestamp) -> Answer<'_, Result<Request, Refusal>>;

    /// A request, with what its execution gave.
    fn request(&self, id: RequestId) -> Answer<'_, Option<Request>>;

    /// Some requests.
    fn requests(&self, query: RequestQuery) -> Answer<'_, RequestPage>;

    /// The pending requests whose time has run out by then, at most `limit`.
    fn due(&self, at: Timestamp, limit: u32) -> Answer<'_, Vec<RequestId>>;

    /// When the next pending request lapses.
    fn next_due(&self) -> Answer<'_, Option<Timestamp>>;

    /// What is still to end, all of one moment.
    fn unfinished(&self) -> Answer<'_, Unfinished>;

    /// Puts in order what a gateway left that stopped without warning: to be called before anything is executed, by the
    /// one gateway that owns what was executing.
    fn recover(&self, at: Timestamp) -> Answer<'_, Recovered>;
}

/// The audit trail.
pub trait AuditStore: Send + Sync {
    /// Appends records, all or none, in order.
    fn append(&self, drafts: Vec<Draft>) -> Answer<'_, Vec<SealedRecord>>;

    /// Appends the record of a decision to carry a call out, and takes the call from its limits. It stays open until
    /// [`AuditStore::finish`]. `Spent` where a limit has no room; nothing is written then.
    fn begin(&self, draft: Draft, limits: Vec<Admission>) -> Answer<'_, SealedRecord>;

    /// The limits under which calls are counted, by their identities, in order.
    fn counted_limits(&self) -> Answer<'_, Vec<String>>;

    /// Counts calls that were admitted before, in order of time; what was counted under the limits of `afresh` is forgotten
    /// first.
    fn count_again(&self, afresh: Vec<String>, admitted: Vec<(Admission, Timestamp)>) -> Answer<'_, ()>;

    /// Appends the record of how an execution ended, which names the decision with this sequence number, and closes that.
    /// `NotFound` when it is not open.
    fn finish(&self, decision: u64, draft: Draft) -> Answer<'_, SealedRecord>;

    /// Ends a decision's execution that nobody is at, as interrupted, with what is known. `NotFound` when it is not open.
    fn interrupt(&self, decision: u64, reason: String, at: Timestamp) -> Answer<'_, SealedRecord>;

    /// Some records, the newest first.
    fn records(&self, query: AuditQuery) -> Answer<'_, Vec<SealedRecord>>;

    /// The records behind a sequence number, in order, at most `limit`: for following and for verifying. They are as they
    /// are kept; a record whose text cannot be read any more is `Corrupt`.
    fn records_after(&self, sequence: u64, limit: u32) -> Answer<'_, Vec<SealedRecord>>;

    /// Every capability that a record names, in order of name.
    fn audited_capabilities(&self) -> Answer<'_, Vec<String>>;

    /// Where the trail ends.
    fn head(&self) -> Answer<'_, Head>;

    /// Waits until the trail is longer than this, and gives the sequence number of its last record. Cheap to call again
    /// and again: this is how a gateway learns of what others decided.
    fn changed(&self, after: u64) -> Answer<'_, u64>;

    /// Checks the whole trail as it is kept, the indexed columns beside each text included.
    fn verify(&self, expected: Option<Head>) -> Answer<'_, Result<Head, crate::audit::Broken>>;
}

/// Agents and supervisors.
pub trait AccountStore: Send + Sync {
    /// Keeps a new account. `Exists` when there is one of its role and name, or of its role and key.
    fn create_account(&self, account: Account, draft: Draft) -> Answer<'_, ()>;

    /// An account.
    fn account(&self, role: Role, name: &str) -> Answer<'_, Option<Account>>;

    /// The account whose key has this digest.
    fn account_by_key(&self, role: Role, key_digest: Digest) -> Answer<'_, Option<Account>>;

    /// All accounts of a role, in order of name.
    fn accounts(&self, role: Role) -> Answer<'_, Vec<Account>>;

    /// Replaces the key; a revoked account is opened again by it. `NotFound` when there is no such account, `Exists` when
    /// the key is some account's.
    fn rotate_account(&self, role: Role, name: &str, key_digest: Digest, draft: Draft) -> Answer<'_, Account>;

    /// Makes the key worth nothing: no account has its digest any more. `NotFound` when there is no such account.
    fn revoke_account(&self, role: Role, name: &str, draft: Draft) -> Answer<'_, Account>;
}

/// What agents remember, and their sessions.
pub trait StateStore: Send + Sync {
    /// A value.
    fn state(&self, scope: Scope, key: &str) -> Answer<'_, Option<StateEntry>>;

    /// Sets a value, of `expected` version if given (0: not there yet); a scope holds at most `most` keys. `NotFound` in a
    /// session that is not open.
    fn set_state(
        &self,
        scope: Scope,
        key: &str,
        value: JsonText,
        expected: Option<u64>,
        most: u32,
        at: Timestamp,
    ) -> Answer<'_, StateEntry>;

    /// Forgets a value; whether it was there.
    fn delete_state(&self, scope: Scope, key: &str) -> Answer<'_, bool>;

    /// The values whose keys begin like this, in order of key, at most `limit`.
    fn list_state(&self, scope: Scope, prefix: &str, limit: u32) -> Answer<'_, Vec<StateEntry>>;

    /// Keeps a session.
    fn open_session(&self, session: Session) -> Answer<'_, ()>;

    /// A session that is open.
    fn session(&self, id: &str) -> Answer<'_, Option<Session>>;

    /// Closes a session and forgets its values. `NotFound` when it is not open.
    fn close_session(&self, id: &str) -> Answer<'_, Session>;
}

/// Everything a gateway needs to keep.
pub trait Store: RequestStore + AuditStore + AccountStore + StateStore {}

impl<S: RequestStore + AuditStore + AccountStore + StateStore> Store for S {}
