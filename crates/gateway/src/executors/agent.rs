//! `agent.whoami`: who the caller is, as the gateway authenticated it.

use serde_json::json;

use super::arguments::Arguments;
use super::output;
use crate::executor::{Executing, ExecutionError, Executor, Output, Work};

/// Tells agents about themselves.
pub(super) struct Agent;

impl Executor for Agent {
    fn capabilities(&self) -> &'static [&'static str] {
        &["agent.whoami"]
    }

    fn execute(&self, work: Work) -> Executing<'_> {
        Box::pin(async move { whoami(&work) })
    }
}

fn whoami(work: &Work) -> Result<Output, ExecutionError> {
    Arguments::of(work, &[])?;
    output(&json!({ "agent": work.agent, "session": work.session }), "told the agent who it is")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executors::testing::{data, work};

    #[tokio::test]
    async fn an_agent_learns_its_name_and_session() {
        let mut work = work("agent.whoami", json!({}));
        work.session = Some("s_1".to_owned());
        let output = Agent.execute(work).await.unwrap();
        assert_eq!(data(&output), json!({ "agent": "my-agent", "session": "s_1" }));
    }

    #[tokio::test]
    async fn whoami_takes_no_params() {
        let error = Agent.execute(work("agent.whoami", json!({ "x": 1 }))).await.unwrap_err();
        assert_eq!(error.reason, "`x` is not known; `agent.whoami` takes no params");
    }
}
