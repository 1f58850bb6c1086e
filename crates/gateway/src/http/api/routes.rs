//! The table of the supervisors' routes, and what each does: it asks the gateway, and no more.

use axum::http::StatusCode;
use kruxos_approvals::request::{Request, RequestId};
use kruxos_approvals::store::RequestQuery;
use kruxos_approvals::{Account, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::AuditFilter;
use crate::http::api::Door;
use crate::http::api::activity;
use crate::http::api::ask::{Ask, Maybe, NoContent, Nothing, Sent};
use crate::http::api::openapi;
use crate::http::api::queries::{ById, ByName, Records, Remembered, Requests};
use crate::http::api::reply::{Created, Document, Exposition};
use crate::http::api::route::{Route, get, open, post};
use crate::http::refusal::Refused;
use crate::wire::{
    AgentsDocument, AuditDocument, IssuedAgent, IssuedSupervisor, NewAccount, PolicyDocument, RequestDocument,
    RequestsDocument, StatusDocument, SupervisorsDocument, TryBody, VerdictBody, VerifyDocument,
};

/// All routes.
pub(super) fn table() -> Vec<Route> {
    [reading(), deciding(), accounts()].into_iter().flatten().collect()
}

fn reading() -> Vec<Route> {
    vec![
        open("/api/health", "health", "Whether the audit trail can be written", health),
        open("/api/openapi.json", "openapi", "This description", description),
        get("/api/status", "status", "How the gateway is, and who is asking", status),
        get("/api/approvals", "listRequests", "Requests, in order of id", requests),
        get("/api/approvals/{id}", "showRequest", "One request with its history", request),
        get("/api/audit", "queryAudit", "Records of the audit trail, the newest first", audit),
        get("/api/audit/verify", "verifyAudit", "Checks the chain of records, up to a head you remember", verify),
        get("/api/activity", "followActivity", "Every new record, as server-sent events", activity::follow),
        get("/api/policy", "showPolicy", "The policies in force, and what is wrong with changed files", policy),
        get("/metrics", "metrics", "What was counted, for Prometheus", metrics),
    ]
}

fn deciding() -> Vec<Route> {
    vec![
        post("/api/approvals/{id}/approve", "approveRequest", "Approves a request", approve),
        post("/api/approvals/{id}/reject", "rejectRequest", "Rejects a request", reject),
        post("/api/policy/try", "tryCall", "What the policies say of a call, without making it", try_call),
    ]
}

fn accounts() -> Vec<Route> {
    vec![
        get("/api/agents", "listAgents", "The agents", agents),
        post("/api/agents", "createAgent", "Registers an agent; its key is in the answer, once", create_agent),
        post("/api/agents/{name}/rotate", "rotateAgent", "Gives an agent a new key", rotate_agent),
        post("/api/agents/{name}/revoke", "revokeAgent", "Makes an agent's key worth nothing", revoke_agent),
        get("/api/supervisors", "listSupervisors", "The supervisors", supervisors),
        post(
            "/api/supervisors",
            "createSupervisor",
            "Registers a supervisor; the token is in the answer, once",
            create_supervisor,
        ),
        post("/api/supervisors/{name}/rotate", "rotateSupervisor", "Gives a supervisor a new token", rotate_supervisor),
        post(
            "/api/supervisors/{name}/revoke",
            "revokeSupervisor",
            "Makes a supervisor's token worth nothing",
            revoke_supervisor,
        ),
    ]
}

/// How the gateway is, for who only has to know whether to call it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Health {
    status: &'static str,
}

/// A body without fields.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoFields {}

type Read<P, Q> = Ask<P, Q, NoContent>;

async fn health(door: Door) -> Result<Document<Health>, Refused> {
    if door.gateway.healthy().await {
        return Ok(Document(Health { status: "ok" }));
    }
    Err(Refused::unavailable("the audit trail cannot be written, or the gateway is stopping"))
}

async fn description(_: Door) -> Result<Document<Value>, Refused> {
    Ok(Document(openapi::document()))
}

async fn status(ask: Read<Nothing, Nothing>) -> Result<Document<StatusDocument>, Refused> {
    Ok(Document(ask.door.gateway.status(&ask.by.name).await?))
}

async fn metrics(ask: Read<Nothing, Nothing>) -> Result<Exposition, Refused> {
    let status = ask.door.gateway.status(&ask.by.name).await?;
    Ok(Exposition(ask.door.gateway.metrics.render(&status)))
}

async fn requests(ask: Read<Nothing, Requests>) -> Result<Document<RequestsDocument>, Refused> {
    let (states, limit) = (ask.query.states(), ask.query.limit());
    let query = RequestQuery { states, agent: ask.query.agent, after: ask.query.after, limit };
    Ok(Document(ask.door.gateway.requests.requests(query).await?))
}

async fn request(ask: Read<ById, Nothing>) -> Result<Document<RequestDocument>, Refused> {
    let found = ask.door.gateway.requests.request(ask.path.id).await?;
    found.map(Document).ok_or_else(|| no_request(ask.path.id))
}

fn no_request(id: RequestId) -> Refused {
    Refused::not_found(format!("there is no request `{id}`")).help("`GET /api/approvals?state=all` lists the requests")
}

async fn audit(ask: Read<Nothing, Records>) -> Result<Document<AuditDocument>, Refused> {
    let limit = ask.query.limit();
    let Records { agent, capability, outcome, request, since, until, before, .. } = ask.query;
    let filter = AuditFilter { agent, capability, outcome, request, since, until, before, limit };
    Ok(Document(ask.door.gateway.trail.audit(&filter).await?))
}

async fn verify(ask: Read<Nothing, Remembered>) -> Result<Document<VerifyDocument>, Refused> {
    Ok(Document(ask.door.gateway.trail.verify(ask.query.head()?).await?))
}

async fn policy(ask: Read<Nothing, Nothing>) -> Result<Document<PolicyDocument>, Refused> {
    Ok(Document(ask.door.gateway.policies.document()))
}

async fn approve(ask: Ask<ById, Nothing, Maybe<VerdictBody>>) -> Result<Document<Request>, Refused> {
    Ok(Document(ask.door.gateway.requests.approve(&ask.by, ask.path.id, ask.body.0.reason).await?))
}

async fn reject(ask: Ask<ById, Nothing, Maybe<VerdictBody>>) -> Result<Document<Request>, Refused> {
    Ok(Document(ask.door.gateway.requests.reject(&ask.by, ask.path.id, ask.body.0.reason).await?))
}

async fn try_call(ask: Ask<Nothing, Nothing, Sent<TryBody>>) -> Result<Document<Value>, Refused> {
    let (gateway, call) = (ask.door.gateway.clone(), ask.body.0);
    let judged = tokio::task::spawn_blocking(move || gateway.policies.try_call(&call)).await;
    let judged = judged.map_err(|_| Refused::unavailable("the call could not be judged"))?;
    judged.map(Document).map_err(|why| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", why))
}

async fn agents(ask: Read<Nothing, Nothing>) -> Result<Document<AgentsDocument>, Refused> {
    Ok(Document(AgentsDocument { agents: ask.door.gateway.accounts.accounts(Role::Agent).await? }))
}

async fn create_agent(ask: Ask<Nothing, Nothing, Sent<NewAccount>>) -> Result<Created<IssuedAgent>, Refused> {
    let made = ask.door.gateway.accounts.create_account(&ask.by.name, Role::Agent, &ask.body.0).await;
    made.map(|(agent, key)| Created(IssuedAgent { agent, key })).map_err(Refused::from)
}

async fn rotate_agent(ask: Ask<ByName, Nothing, Maybe<NoFields>>) -> Result<Document<IssuedAgent>, Refused> {
    let rotated = ask.door.gateway.accounts.rotate_account(&ask.by.name, Role::Agent, &ask.path.name).await;
    rotated.map(|(agent, key)| Document(IssuedAgent { agent, key })).map_err(Refused::from)
}

async fn revoke_agent(ask: Ask<ByName, Nothing, Maybe<NoFields>>) -> Result<Document<Account>, Refused> {
    Ok(Document(ask.door.gateway.accounts.revoke_account(&ask.by.name, Role::Agent, &ask.path.name).await?))
}

async fn supervisors(ask: Read<Nothing, Nothing>) -> Result<Document<SupervisorsDocument>, Refused> {
    Ok(Document(SupervisorsDocument { supervisors: ask.door.gateway.accounts.accounts(Role::Supervisor).await? }))
}

async fn create_supervisor(ask: Ask<Nothing, Nothing, Sent<NewAccount>>) -> Result<Created<IssuedSupervisor>, Refused> {
    let made = ask.door.gateway.accounts.create_account(&ask.by.name, Role::Supervisor, &ask.body.0).await;
    made.map(|(supervisor, token)| Created(IssuedSupervisor { supervisor, token })).map_err(Refused::from)
}

async fn rotate_supervisor(ask: Ask<ByName, Nothing, Maybe<NoFields>>) -> Result<Document<IssuedSupervisor>, Refused> {
    let rotated = ask.door.gateway.accounts.rotate_account(&ask.by.name, Role::Supervisor, &ask.path.name).await;
    rotated.map(|(supervisor, token)| Document(IssuedSupervisor { supervisor, token })).map_err(Refused::from)
}

async fn revoke_supervisor(ask: Ask<ByName, Nothing, Maybe<NoFields>>) -> Result<Document<Account>, Refused> {
    Ok(Document(ask.door.gateway.accounts.revoke_account(&ask.by.name, Role::Supervisor, &ask.path.name).await?))
}
