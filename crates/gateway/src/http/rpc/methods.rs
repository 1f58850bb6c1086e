//! The methods that agents call: one row for each.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use kruxos_approvals::state_entry::Session;
use kruxos_policy::json::{Json, Object};
use serde::Serialize;

use crate::Caller;
use crate::error::CallError;
use crate::http::rpc::Door;
use crate::http::rpc::answers::{Capabilities, Executed, OwnRequest, WaitedFor};
use crate::http::rpc::params::{self, Invoke, Key, KeyAndValue, Named, Nothing, OneRequest, Prefix, ReadParams, Wait};
use crate::wire::DescribedCapability;

/// How long a wait lasts that does not say how long.
const USUAL_WAIT: Duration = Duration::from_secs(30);
/// How long a wait lasts at most.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// All methods, in order of name.
pub(super) fn table() -> Vec<Method> {
    vec![
        method("approvals.cancel", cancel),
        method("approvals.get", get),
        method("approvals.wait", wait),
        method("capabilities.describe", describe),
        method("capabilities.invoke", invoke),
        method("capabilities.list", list),
        method("session.close", close_session),
        method("session.get", get_session),
        method("session.open", open_session),
        method("state.delete", delete_state),
        method("state.get", get_state),
        method("state.list", list_state),
        method("state.set", set_state),
    ]
}

/// A call of an agent that is who it says it is.
pub(super) struct Call {
    pub(super) door: Arc<Door>,
    pub(super) caller: Caller,
}

/// What a method promises: its result as JSON text.
type Running = Pin<Box<dyn Future<Output = Result<String, CallError>> + Send>>;
type Run = Box<dyn Fn(Call, Option<Json<'static>>) -> Running + Send + Sync>;

/// A method.
pub(super) struct Method {
    pub(super) name: &'static str,
    run: Run,
}

impl Method {
    pub(super) fn run(&self, call: Call, params: Option<Json<'static>>) -> Running {
        (self.run)(call, params)
    }
}

fn method<P, A, F, W>(name: &'static str, handler: F) -> Method
where
    P: ReadParams,
    A: Serialize,
    F: Fn(Call, P) -> W + Copy + Send + Sync + 'static,
    W: Future<Output = Result<A, CallError>> + Send + 'static,
{
    let run = move |call, params| -> Running {
        Box::pin(async move {
            let params = params::read(params).map_err(|why| CallError::InvalidParams { why })?;
            let answer = handler(call, params).await?;
            let unwritable = |_| CallError::ExecutionFailed {
                reason: "it was done, and the answer could not be written".to_owned(),
                request_id: None,
            };
            serde_json::to_string(&answer).map_err(unwritable)
        })
    };
    Method { name, run: Box::new(run) }
}

async fn list(call: Call, _: Nothing) -> Result<Capabilities, CallError> {
    Ok(Capabilities { capabilities: call.door.calls.capabilities() })
}

async fn describe(call: Call, params: Named) -> Result<DescribedCapability, CallError> {
    call.door.calls.capability(&params.capability).ok_or(CallError::NotFound { what: "capability" })
}

async fn invoke(call: Call, params: Invoke) -> Result<Executed, CallError> {
    let response = call.door.calls.invoke(&call.caller, &params.capability, &params.params).await?;
    Ok(response.into())
}

async fn get(call: Call, params: OneRequest) -> Result<OwnRequest, CallError> {
    call.door.requests.own_request(&call.caller, params.id).await.map(OwnRequest::from)
}

async fn wait(call: Call, params: Wait) -> Result<WaitedFor, CallError> {
    let _waiting = call.door.waits.begin(&call.caller.agent).map_err(|why| CallError::Unavailable { why })?;
    let timeout = params.timeout_ms.map_or(USUAL_WAIT, Duration::from_millis).min(LONGEST_WAIT);
    call.door.requests.wait(&call.caller, params.id, timeout).await.map(WaitedFor::from)
}

async fn cancel(call: Call, params: OneRequest) -> Result<OwnRequest, CallError> {
    call.door.requests.cancel(&call.caller, params.id).await.map(OwnRequest::from)
}

async fn open_session(call: Call, _: Nothing) -> Result<Session, CallError> {
    call.door.accounts.open_session(&call.caller.agent).await
}

async fn get_session(call: Call, _: Nothing) -> Result<Session, CallError> {
    call.door.accounts.session(&call.caller.agent, named_session(&call.caller)?).await
}

async fn close_session(call: Call, _: Nothing) -> Result<Session, CallError> {
    call.door.accounts.close_session(&call.caller.agent, named_session(&call.caller)?).await
}

fn named_session(caller: &Caller) -> Result<&str, CallError> {
    let why = || CallError::InvalidParams { why: "name the session in the header `KruxOS-Session`".to_owned() };
    caller.session.as_deref().ok_or_else(why)
}

async fn get_state(call: Call, params: Key) -> Result<Executed, CallError> {
    remembered(call, "state.persistent.get", vec![("key", Json::Text(params.key.into()))]).await
}

async fn set_state(call: Call, params: KeyAndValue) -> Result<Executed, CallError> {
    let entries = vec![("key", Json::Text(params.key.into())), ("value", params.value)];
    remembered(call, "state.persistent.set", entries).await
}

async fn delete_state(call: Call, params: Key) -> Result<Executed, CallError> {
    remembered(call, "state.persistent.delete", vec![("key", Json::Text(params.key.into()))]).await
}

async fn list_state(call: Call, params: Prefix) -> Result<Executed, CallError> {
    let entries = params.prefix.map(|prefix| ("prefix", Json::Text(prefix.into())));
    remembered(call, "state.persistent.list", entries.into_iter().collect()).await
}

/// What agents remember is a capability like any other: judged, written down, carried out.
async fn remembered(
    call: Call,
    capability: &str,
    entries: Vec<(&'static str, Json<'static>)>,
) -> Result<Executed, CallError> {
    let entries = entries.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect();
    let params =
        Object::new(entries).map_err(|key| CallError::InvalidParams { why: format!("`{key}` is there twice") })?;
    let response = call.door.calls.invoke(&call.caller, capability, &Json::Object(params)).await?;
    Ok(response.into())
}
