//! A gateway to look at: the two agents of the users' page, and their two calls.

use kruxos_approvals::Role;
use kruxos_policy::json::Json;

use crate::asked::Caller;
use crate::error::{AccountError, CallError, StartError};
use crate::gateway::Gateway;
use crate::wire::NewAccount;

/// Agent, purpose, capability, params.
const CALLS: [(&str, &str, &str, &str); 2] = [
    ("my-agent", "Keeps the services running", "process.run", r#"{"command":"systemctl","args":["restart","myapp"]}"#),
    ("deploy-bot", "Deploys and cleans up", "filesystem.delete", r#"{"path":"/workspace/old-build/"}"#),
];

/// Registers the agents of the users' page and makes their calls, which wait for approval then. What is there already
/// stays as it is.
///
/// # Errors
/// When the workspace or the store cannot be written.
pub(crate) async fn demonstrate(gateway: &Gateway) -> Result<(), StartError> {
    let build = gateway.options().workspace_dir().join("old-build");
    std::fs::create_dir_all(&build)
        .and_then(|()| std::fs::write(build.join("app.log"), "built\n"))
        .map_err(|error| StartError::file(&build, &error))?;
    for (agent, purpose, capability, params) in CALLS {
        let new = NewAccount { name: agent.to_owned(), purpose: Some(purpose.to_owned()), groups: Vec::new() };
        match gateway.accounts.create_account("demo", Role::Agent, &new).await {
            Ok(_) | Err(AccountError::Exists) => {}
            Err(error) => return Err(StartError::Store(error.to_string())),
        }
        let params = Json::parse(params.as_bytes()).unwrap_or(Json::Null);
        let caller = Caller { agent: agent.to_owned(), session: None };
        if let Err(CallError::Unavailable { why }) = gateway.calls.invoke(&caller, capability, &params).await {
            return Err(StartError::Store(why));
        }
    }
    Ok(())
}
