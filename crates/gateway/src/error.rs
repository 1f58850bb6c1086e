//! Why the gateway does not do what it was asked, as each side is told.

use std::fmt;
use std::path::PathBuf;

use kruxos_approvals::request::{Request, RequestId};
use kruxos_approvals::{DecisionFacts, Refusal, StoreError};

/// Why an agent does not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// A limit is spent.
    RateLimited {
        /// Milliseconds until there is room; `None`: waiting does not help.
        retry_after_ms: Option<u64>,
        /// The decision.
        facts: Box<DecisionFacts>,
    },
    /// The policy blocks the call.
    Denied {
        /// The decision.
        facts: Box<DecisionFacts>,
    },
    /// The call waits for a person.
    ApprovalRequired {
        /// The request it became.
        request: Box<Request>,
        /// Whether an identical call was pending already.
        already_pending: bool,
    },
    /// No key, a wrong one, a revoked one.
    NotAuthenticated,
    /// It was allowed and did not work.
    ExecutionFailed {
        /// What went wrong.
        reason: String,
        /// The request, if it was approved.
        request_id: Option<RequestId>,
    },
    /// A supervisor rejected it.
    Rejected {
        /// The request, with the verdict.
        request: Box<Request>,
    },
    /// The request expired, was cancelled, or its execution was interrupted.
    Closed {
        /// The request.
        request: Box<Request>,
    },
    /// There is no such thing for this agent.
    NotFound {
        /// What: `request`, `capability`, `session`.
        what: &'static str,
    },
    /// The agent has too many requests pending.
    TooManyPending {
        /// How many.
        pending: u32,
        /// How many may be.
        allowed: u32,
    },
    /// The audit trail or queue cannot be written, or the gateway is stopping. Nothing was executed.
    Unavailable {
        /// Why.
        why: String,
    },
    /// Not blocked, but nothing here carries it out.
    NotExecutable {
        /// The capability.
        capability: String,
        /// Whether the catalog knows it.
        is_known: bool,
        /// What may have been meant, where it does not.
        nearest: Option<String>,
    },
    /// The params are none.
    InvalidParams {
        /// What is wrong.
        why: String,
    },
}

impl From<StoreError> for CallError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooManyPending { pending, allowed } => Self::TooManyPending { pending, allowed },
            other => Self::Unavailable { why: other.to_string() },
        }
    }
}

/// Why a supervisor's word does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerdictError {
    /// There is no such request.
    NotFound,
    /// The request's state, or its policy, does not allow it.
    Refused(Refusal),
    /// It could not be written down, so it was not done.
    Unavailable(String),
    /// The reason is too long.
    ReasonTooLong {
        /// Characters given.
        given: usize,
        /// Characters allowed.
        allowed: usize,
    },
}

impl fmt::Display for VerdictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no such request"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Unavailable(why) => f.write_str(why),
            Self::ReasonTooLong { given, allowed } => {
                write!(f, "the reason has {given} characters; at most {allowed} are allowed")
            }
        }
    }
}

impl std::error::Error for VerdictError {}

impl From<StoreError> for VerdictError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Why an account is not made or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountError {
    /// A name or purpose that is not allowed.
    Invalid(String),
    /// There is one of that name.
    Exists,
    /// There is none of that name.
    NotFound,
    /// It could not be written down.
    Unavailable(String),
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(why) | Self::Unavailable(why) => f.write_str(why),
            Self::Exists => f.write_str("that name is taken; `rotate` gives it a new key"),
            Self::NotFound => f.write_str("there is nobody of that name"),
        }
    }
}

impl std::error::Error for AccountError {}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Exists => Self::Exists,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Why the audit trail is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditError {
    /// The pattern of capabilities is none.
    BadPattern(String),
    /// The trail cannot be read.
    Unavailable(String),
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::BadPattern(why) | Self::Unavailable(why)) = self;
        f.write_str(why)
    }
}

impl std::error::Error for AuditError {}

impl From<StoreError> for AuditError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Why the gateway does not start.
#[derive(Debug)]
pub enum StartError {
    /// A file or directory cannot be read or made.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The configuration file is wrong.
    Config {
        /// Which.
        path: PathBuf,
        /// What is wrong, with its place.
        why: String,
    },
    /// An option means nothing.
    Options {
        /// What is wrong with it.
        why: String,
    },
    /// The policies do not load.
    Policies {
        /// What is wrong, each finding with its place.
        findings: Vec<String>,
    },
    /// An address cannot be listened on.
    Address {
        /// Which.
        address: String,
        /// Why.
        why: String,
    },
    /// The store cannot be opened or read.
    Store(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, why } | Self::Config { path, why } => {
                write!(f, "cannot use `{}`: {why}", path.to_string_lossy().escape_debug())
            }
            Self::Policies { findings } => write!(f, "the policies do not load:\n  {}", findings.join("\n  ")),
            Self::Address { address, why } => write!(f, "cannot listen on {address}: {why}"),
            Self::Options { why } | Self::Store(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for StartError {}

impl StartError {
    /// The system's refusal of a path.
    pub(crate) fn file(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        Self::File { path: path.into(), why: error.to_string() }
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}
