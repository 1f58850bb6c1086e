//! A gateway in a directory of its own, and short words for what tests ask of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kruxos_approvals::audit::{Outcome, Record};
use kruxos_approvals::request::{Request, RequestId, State};
use kruxos_approvals::{Store, Supervisor};
use kruxos_gateway::{AuditFilter, CallError, Caller, Gateway, Options, Response};
use kruxos_policy::json::Json;
use kruxos_store::SqliteStore;
use tempfile::TempDir;

/// A gateway to be tested.
pub(crate) struct Bench {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) store: SqliteStore,
    pub(crate) options: Options,
    _dir: Option<TempDir>,
}

impl Bench {
    /// With the shipped policies.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With this policy beside the baseline.
    pub(crate) async fn of_policy(policy: &str) -> Self {
        Self::with(|options| {
            let file = options.data_dir.join("team.yaml");
            std::fs::create_dir_all(&options.data_dir).unwrap();
            std::fs::write(&file, policy).unwrap();
            options.policies = vec![file];
        })
        .await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut options = Options::new(dir.path().join("data"));
        change(&mut options);
        let (gateway, store) = open(&options).await;
        Self { gateway, store, options, _dir: Some(dir) }
    }

    /// The same directory, opened again as after an orderly stop.
    pub(crate) async fn restarted(mut self) -> Self {
        self.gateway.close().await;
        self.store.close().await;
        let (gateway, store) = open(&self.options).await;
        Self { gateway, store, options: self.options.clone(), _dir: self._dir.take() }
    }

    pub(crate) fn workspace(&self, file: &str) -> PathBuf {
        self.options.workspace_dir().join(file)
    }

    pub(crate) async fn call(&self, agent: &str, capability: &str, params: &str) -> Result<Response, CallError> {
        let params = Json::parse(params.as_bytes()).unwrap();
        self.gateway.calls.invoke(&caller(agent), capability, &params).await
    }

    /// Makes a call that has to wait.
    pub(crate) async fn queued(&self, agent: &str, capability: &str, params: &str) -> RequestId {
        match self.call(agent, capability, params).await {
            Err(CallError::ApprovalRequired { request, .. }) => request.id,
            other => panic!("expected a request, got {other:?}"),
        }
    }

    /// The request once it is in a state that nothing follows.
    pub(crate) async fn ended(&self, id: RequestId) -> Request {
        for _ in 0..500 {
            let request = self.gateway.requests.request(id).await.unwrap().unwrap().request;
            if request.state.is_final() {
                return request;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{id} does not end");
    }

    pub(crate) async fn state(&self, id: RequestId) -> State {
        self.gateway.requests.request(id).await.unwrap().unwrap().request.state
    }

    /// All records, oldest first.
    pub(crate) async fn trail(&self) -> Vec<Record> {
        let filter = AuditFilter { limit: 1000, ..AuditFilter::default() };
        let mut records: Vec<Record> = self
            .gateway
            .trail
            .audit(&filter)
            .await
            .unwrap()
            .records
            .into_iter()
            .map(|document| document.record)
            .collect();
        records.reverse();
        records
    }

    /// What became of calls, oldest first.
    pub(crate) async fn outcomes(&self) -> Vec<Option<Outcome>> {
        let of_calls = self.trail().await.into_iter().filter(|record| record.entry.capability.is_some());
        of_calls.map(|record| record.entry.outcome).collect()
    }
}

async fn open(options: &Options) -> (Arc<Gateway>, SqliteStore) {
    std::fs::create_dir_all(&options.data_dir).unwrap();
    let store = SqliteStore::open(options.database()).unwrap();
    let shared: Arc<dyn Store> = Arc::new(store.clone());
    (Gateway::open(options.clone(), shared).await.unwrap(), store)
}

pub(crate) fn caller(agent: &str) -> Caller {
    Caller { agent: agent.to_owned(), session: None }
}

pub(crate) fn supervisor(name: &str) -> Supervisor {
    Supervisor { name: name.to_owned(), groups: Vec::new() }
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} does not happen");
}

/// A policy that says this of everything.
pub(crate) fn policy(capabilities: &str) -> String {
    format!("name: team\nversion: '1.0'\ncapabilities:\n{capabilities}\n")
}
