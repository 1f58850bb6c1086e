//! What carrying out a capability takes. One executor a file, in `executors/`; a line in its table makes it known.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use kruxos_approvals::{JsonText, Params, Store};
use kruxos_policy::tier::Tier;

/// A call that may be carried out.
#[derive(Clone)]
pub struct Work {
    /// Who calls.
    pub agent: String,
    /// In which session.
    pub session: Option<String>,
    /// What is called.
    pub capability: String,
    /// With what.
    pub params: Params,
    /// The strictest tier that was granted: `approval_required` for an approved call.
    pub granted: Tier,
    /// The host's time.
    pub at: Timestamp,
    /// Asks the engine about what the executor found behind the params.
    pub judge: Arc<dyn Judge>,
}

/// Asks the engine again.
pub trait Judge: Send + Sync {
    /// Whether the same agent may call the same capability with other params: those in which each path is the real one.
    ///
    /// # Errors
    /// The reason, when the policy is stricter about those than what was granted.
    fn allows(&self, work: &Work, params: &Params) -> Result<(), String>;
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// For the agent.
    pub data: JsonText,
    /// One line for the audit trail, without content: `read 120 bytes`, `exit status 1`.
    pub summary: String,
}

/// Why a call that was allowed did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionError {
    /// What is wrong and what to do, for the agent and the audit trail.
    pub reason: String,
}

impl ExecutionError {
    /// An error that says this.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// What an executor promises.
pub type Executing<'a> = Pin<Box<dyn Future<Output = Result<Output, ExecutionError>> + Send + 'a>>;

/// Carries out some capabilities.
pub trait Executor: Send + Sync {
    /// The names of the capabilities.
    fn capabilities(&self) -> &'static [&'static str];

    /// Carries out one call. Dropping the future stops what can be stopped.
    fn execute(&self, work: Work) -> Executing<'_>;
}

/// What executors are made of.
#[derive(Clone)]
pub struct Surroundings {
    /// The directory that agents know as `/workspace`.
    pub workspace: std::path::PathBuf,
    /// Where state is kept.
    pub store: Arc<dyn Store>,
}
