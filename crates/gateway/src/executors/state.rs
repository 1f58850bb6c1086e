//! `state.*`: what agents remember. A session's values are forgotten with it; an agent's stay; shared ones are everybody's.

use std::sync::Arc;

use kruxos_approvals::state_entry::Scope;
use kruxos_approvals::{JsonText, Store, StoreError};
use serde_json::json;

use super::arguments::Arguments;
use super::{bytes, counted, output};
use crate::executor::{Executing, ExecutionError, Executor, Output, Work};

/// Most bytes of a key.
pub(super) const MAX_KEY: usize = 256;
/// Most bytes of a value as canonical JSON.
pub(super) const MAX_VALUE: usize = 256 * 1024;
/// Most keys of one scope, and so of one list.
pub(super) const MAX_KEYS: u32 = 10_000;

/// Remembers for agents.
pub(super) struct State {
    store: Arc<dyn Store>,
}

impl State {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    async fn carry_out(&self, work: &Work) -> Result<Output, ExecutionError> {
        let (kind, verb) = parts(&work.capability);
        let scope = self.scope(work, kind).await?;
        match verb {
            "get" => self.get(work, scope, kind).await,
            "set" => self.set(work, scope, kind).await,
            "delete" => self.delete(work, scope).await,
            "list" => self.list(work, scope).await,
            "clear" => self.clear(work, scope).await,
            _ => Err(ExecutionError::new(format!("`{}` is not carried out here", work.capability))),
        }
    }

    async fn scope(&self, work: &Work, kind: &str) -> Result<Scope, ExecutionError> {
        match kind {
            "persistent" => Ok(Scope::Persistent { agent: work.agent.clone() }),
            "shared" => Ok(Scope::Shared),
            _ => self.session(work).await,
        }
    }

    async fn session(&self, work: &Work) -> Result<Scope, ExecutionError> {
        let Some(id) = &work.session else {
            let text = "the call belongs to no session; open one with `session.open` and name it in the header \
                        `KruxOS-Session`, or use `state.persistent`";
            return Err(ExecutionError::new(text));
        };
        let open = self.store.session(id).await.map_err(|error| unavailable(&error))?;
        if open.is_some_and(|session| session.agent == work.agent) {
            return Ok(Scope::Session { session: id.clone() });
        }
        Err(ExecutionError::new("the session is not open; open one with `session.open`"))
    }

    async fn get(&self, work: &Work, scope: Scope, kind: &str) -> Result<Output, ExecutionError> {
        let known: &[&str] = if kind == "persistent" { &["key", "version"] } else { &["key"] };
        let arguments = Arguments::of(work, known)?;
        let key = key(&arguments)?;
        let entry = self.store.state(scope, key).await.map_err(|error| unavailable(&error))?;
        let version = entry.as_ref().map_or(0, |entry| entry.version);
        if let Some(wanted) = arguments.number("version")?
            && wanted != version
        {
            let text = format!("version {wanted} is not kept; the value has version {version}, and only that is there");
            return Err(ExecutionError::new(text));
        }
        let value = entry.as_ref().map(|entry| &entry.value);
        let size = value.map_or(0, |value| value.as_str().len());
        let data = json!({ "key": key, "value": value, "found": entry.is_some(), "version": version });
        output(&data, format!("got {}", bytes(size)))
    }

    async fn set(&self, work: &Work, scope: Scope, kind: &str) -> Result<Output, ExecutionError> {
        let known: &[&str] = if kind == "shared" { &["key", "value", "expected_version"] } else { &["key", "value"] };
        let arguments = Arguments::of(work, known)?;
        let key = key(&arguments)?;
        let value = JsonText::of(arguments.value("value")?);
        let size = value.as_str().len();
        allowed("`value`", size, MAX_VALUE)?;
        let expected = arguments.number("expected_version")?;
        if kind == "shared" && expected.is_none() {
            return Err(ExecutionError::new("`expected_version` is missing; 0 says that the value is not there yet"));
        }
        let set = self.store.set_state(scope, key, value, expected, MAX_KEYS, work.at).await;
        let entry = set.map_err(|error| not_set(&error))?;
        output(&json!({ "key": key, "version": entry.version }), format!("set {}", bytes(size)))
    }

    async fn delete(&self, work: &Work, scope: Scope) -> Result<Output, ExecutionError> {
        let arguments = Arguments::of(work, &["key"])?;
        let key = key(&arguments)?;
        let deleted = self.store.delete_state(scope, key).await.map_err(|error| unavailable(&error))?;
        let summary = if deleted { "deleted a value" } else { "there was no value to delete" };
        output(&json!({ "key": key, "deleted": deleted }), summary)
    }

    async fn list(&self, work: &Work, scope: Scope) -> Result<Output, ExecutionError> {
        let arguments = Arguments::of(work, &["prefix"])?;
        let prefix = arguments.optional_text("prefix")?.unwrap_or_default();
        allowed("`prefix`", prefix.len(), MAX_KEY)?;
        let entries = self.store.list_state(scope, prefix, MAX_KEYS).await.map_err(|error| unavailable(&error))?;
        let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
        output(&json!({ "keys": keys }), format!("listed {}", counted(keys.len() as u64, "key", "keys")))
    }

    async fn clear(&self, work: &Work, scope: Scope) -> Result<Output, ExecutionError> {
        Arguments::of(work, &[])?;
        let entries = self.store.list_state(scope.clone(), "", MAX_KEYS).await.map_err(|error| unavailable(&error))?;
        let mut deleted = 0;
        for entry in entries {
            let gone = self.store.delete_state(scope.clone(), &entry.key).await;
            deleted += u64::from(gone.map_err(|error| unavailable(&error))?);
        }
        output(&json!({ "deleted": deleted }), format!("deleted {}", counted(deleted, "value", "values")))
    }
}

impl Executor for State {
    fn capabilities(&self) -> &'static [&'static str] {
        &[
            "state.persistent.delete",
            "state.persistent.get",
            "state.persistent.list",
            "state.persistent.set",
            "state.session.clear",
            "state.session.delete",
            "state.session.get",
            "state.session.list",
            "state.session.set",
            "state.shared.delete",
            "state.shared.get",
            "state.shared.list",
            "state.shared.set",
        ]
    }

    fn execute(&self, work: Work) -> Executing<'_> {
        Box::pin(async move { self.carry_out(&work).await })
    }
}

/// `state.shared.get` is `shared` and `get`.
fn parts(capability: &str) -> (&str, &str) {
    capability.strip_prefix("state.").and_then(|rest| rest.split_once('.')).unwrap_or_default()
}

fn key<'a>(arguments: &'a Arguments<'_>) -> Result<&'a str, ExecutionError> {
    let key = arguments.text("key")?;
    if key.is_empty() {
        return Err(ExecutionError::new("`key` is empty"));
    }
    allowed("`key`", key.len(), MAX_KEY)?;
    Ok(key)
}

fn allowed(what: &str, given: usize, allowed: usize) -> Result<(), ExecutionError> {
    if given <= allowed {
        return Ok(());
    }
    Err(ExecutionError::new(format!("{what} has {given} bytes; at most {allowed} are allowed")))
}

fn not_set(error: &StoreError) -> ExecutionError {
    match error {
        StoreError::VersionConflict { version } => {
            let text = format!("the value was changed meanwhile: it has version {version}; read it again, then set it");
            ExecutionError::new(text)
        }
        StoreError::TooManyKeys { allowed } => {
            let text = format!("{allowed} values are there, and at most {allowed} are allowed; delete some");
            ExecutionError::new(text)
        }
        other => unavailable(other),
    }
}

fn unavailable(error: &StoreError) -> ExecutionError {
    ExecutionError::new(error.to_string())
}

#[cfg(test)]
mod tests;
