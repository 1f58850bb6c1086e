//! A gateway behind both doors, for their tests.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use kruxos_approvals::Role;
use kruxos_store::MemoryStore;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::wire::NewAccount;
use crate::{Gateway, OPERATOR, Options};

/// One policy with an answer of each kind.
const POLICY: &str = r#"
name: doors
version: "1.0"
capabilities:
  state.persistent.*: { tier: autonomous }
  filesystem.list: { tier: autonomous }
  filesystem.read: { tier: autonomous }
  filesystem.write: { tier: notify }
  filesystem.delete: { tier: approval_required, reason: Deleting needs a word }
  filesystem.stat: { tier: autonomous, rate_limit: { max: 1, window: 1h, on_exceed: blocked } }
  state.shared.set: { tier: approval_required, approval: { approvers: [ada] } }
  system.health: { tier: autonomous }
  process.run: { tier: blocked, reason: No programs here }
"#;

/// A gateway, one agent's key, and the operator's token.
pub(crate) struct Stage {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) agents: Router,
    pub(crate) supervisors: Router,
    pub(crate) key: String,
    pub(crate) token: String,
    _folder: TempDir,
}

/// An answer, with its body as JSON where it is JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

/// Sends a request to a door.
pub(crate) async fn ask(door: &Router, request: Request<Body>) -> Answer {
    let response = door.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policies = folder.path().join("policies");
        std::fs::create_dir(&policies).unwrap();
        std::fs::write(policies.join("doors.yaml"), POLICY).unwrap();
        let mut options = Options::new(folder.path().join("data"));
        options.policies = vec![policies];
        options.most_pending = 3;
        change(&mut options);
        let gateway = Gateway::open(options, Arc::new(MemoryStore::default())).await.unwrap();
        let token = std::fs::read_to_string(gateway.options().operator_token()).unwrap().trim().to_owned();
        let key = register(&gateway, "my-agent").await;
        let agents = super::agents_router(&gateway);
        let supervisors = super::supervisors_router(gateway.clone(), crate::dashboard::router(gateway.clone()));
        Self { gateway, agents, supervisors, key, token, _folder: folder }
    }

    /// Counts what is written down from now on.
    pub(crate) fn count(&self) {
        let gateway = &self.gateway;
        crate::metrics::spawn(&gateway.metrics, &gateway.trail, &gateway.policies, &gateway.lifetime);
    }

    /// The head of a call.
    pub(crate) fn headers(&self, agent: &str, key: &str) -> axum::http::request::Builder {
        Request::post("/rpc")
            .header("host", "127.0.0.1:7700")
            .header("authorization", format!("Bearer {key}"))
            .header("kruxos-agent", agent)
            .header("content-type", "application/json")
    }

    /// What `my-agent` gets for a body.
    pub(crate) async fn raw(&self, body: impl Into<Body>) -> Answer {
        ask(&self.agents, self.headers("my-agent", &self.key).body(body.into()).unwrap()).await
    }

    /// What an agent gets for a method.
    pub(crate) async fn rpc_as(&self, agent: &str, key: &str, method: &str, params: Value) -> Answer {
        let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string();
        ask(&self.agents, self.headers(agent, key).body(body.into()).unwrap()).await
    }

    /// What `my-agent` gets for a method.
    pub(crate) async fn rpc(&self, method: &str, params: Value) -> Answer {
        self.rpc_as("my-agent", &self.key, method, params).await
    }

    /// What `my-agent` gets for a capability.
    pub(crate) async fn invoke(&self, capability: &str, params: Value) -> Answer {
        self.rpc("capabilities.invoke", json!({ "capability": capability, "params": params })).await
    }

    /// A request for the deletion of `/workspace/NAME`.
    pub(crate) async fn queued(&self, name: &str) -> String {
        let path = format!("/workspace/{name}");
        let answer = self.invoke("filesystem.delete", json!({ "path": path })).await;
        answer.body["error"]["data"]["request_id"].as_str().expect(&answer.text).to_owned()
    }

    /// What the operator gets.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        ask(&self.supervisors, self.operator(Request::get(path)).body(Body::empty()).unwrap()).await
    }

    /// What the operator gets for a document.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.operator(Request::post(path)).header("content-type", "application/json");
        ask(&self.supervisors, request.body(body.to_string().into()).unwrap()).await
    }

    /// A request as the operator sends it.
    pub(crate) fn operator(&self, request: axum::http::request::Builder) -> axum::http::request::Builder {
        request.header("host", "localhost:7800").header("authorization", format!("Bearer {}", self.token))
    }
}

/// Registers an agent.
pub(crate) async fn register(gateway: &Gateway, name: &str) -> String {
    let new = NewAccount { name: name.to_owned(), purpose: None, groups: Vec::new() };
    gateway.accounts.create_account(OPERATOR, Role::Agent, &new).await.unwrap().1
}
