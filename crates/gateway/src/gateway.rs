//! The service behind both ports: what it is made of, and how it starts and stops.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use kruxos_approvals::audit::{Draft, Entry, Event, Outcome, Record};
use kruxos_approvals::request::RequestId;
use kruxos_approvals::store::AuditQuery;
use kruxos_approvals::{Store, StoreError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accounts;
use crate::error::StartError;
use crate::executor::Surroundings;
use crate::executors::Executors;
use crate::feed::Feed;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::policies::{InForce, Judged, Policies};
use crate::policy_files::{BASELINE, Files};

/// How long executions may go on when the gateway stops.
const LAST_WORK: Duration = Duration::from_secs(30);
/// Admitted calls that are counted again after a start or a change of policies.
const MOST_RECOUNTED: u32 = 100_000;

/// The gateway's service: what both ports, the dashboard and the demonstration call.
pub struct Gateway {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) policies: Arc<Policies>,
    pub(crate) executors: Executors,
    pub(crate) feed: Feed,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    pub(crate) started_at: Timestamp,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    addresses: OnceLock<Addresses>,
    secret: [u8; 32],
}

/// Where a gateway listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// For agents.
    pub agents: std::net::SocketAddr,
    /// For supervisors.
    pub supervisors: std::net::SocketAddr,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Gateway {
    /// Opens the service over a store: makes the operator's account, loads the policies, puts in order what a gateway
    /// left that stopped without warning, and carries out what was approved and not begun.
    ///
    /// # Errors
    /// When the data directory, the policies or the store cannot be used.
    pub async fn open(options: Options, store: Arc<dyn Store>) -> Result<Arc<Self>, StartError> {
        let started_at = Timestamp::now();
        let workspace = options.workspace_dir();
        make_private_dir(&options.data_dir)?;
        std::fs::create_dir_all(&workspace).map_err(|error| StartError::file(&workspace, &error))?;
        let (policies, catalog) = (options.policies.clone(), options.catalog.clone());
        let files = Files { policies, catalog, baseline: !options.without_baseline };
        let policies = Policies::load(files, started_at).map_err(|findings| StartError::Policies { findings })?;
        let surroundings = Surroundings { workspace: workspace.clone(), store: store.clone() };
        let executors = Executors::standard(&surroundings).map_err(|error| StartError::file(&workspace, &error))?;
        accounts::ensure_operator(&*store, &options.operator_token(), started_at).await?;
        let secret = accounts::secret(&options.data_dir.join("session.secret"))?;
        let gateway = Arc::new(Self {
            store,
            policies: Arc::new(policies),
            executors,
            feed: Feed::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            started_at,
            options,
            metrics: Metrics::default(),
            addresses: OnceLock::new(),
            secret,
        });
        gateway.begin().await?;
        Ok(gateway)
    }

    async fn begin(self: &Arc<Self>) -> Result<(), StoreError> {
        let recovered = self.store.recover(self.started_at).await?;
        self.recount(&self.policies.in_force()).await?;
        let digest = self.policies.document().digest;
        let baseline = if self.options.without_baseline { format!(", without `{BASELINE}`") } else { String::new() };
        self.note(Event::Gateway, format!("started with policies {digest}{baseline}")).await?;
        self.clone().spawn_feed();
        self.clone().spawn_clock();
        self.clone().spawn_policy_watch();
        for id in recovered.approved {
            self.carry_out_request(id);
        }
        Ok(())
    }

    /// Appends a record of something that is no call.
    pub(crate) async fn note(&self, event: Event, what: String) -> Result<(), StoreError> {
        let entry = Entry { reason: Some(what), ..Entry::of(event) };
        self.store.append(vec![Draft { at: Timestamp::now(), entry }]).await.map(|_| ())
    }

    /// Counts again, under new limits, the calls that were admitted lately: a restart or a change of policies forgets
    /// none. Only calls that a limit may count are read. Gives the sequence number of the last record that was looked at.
    pub(crate) async fn recount(&self, new: &InForce) -> Result<u64, StoreError> {
        let head = self.store.head().await?.sequence;
        let mut limited = self.store.audited_capabilities().await?;
        limited.retain(|capability| new.is_limited(capability));
        if limited.is_empty() {
            return Ok(head);
        }
        let window = i64::try_from(new.longest_window_ms()).unwrap_or(i64::MAX);
        let since = Timestamp::now().checked_sub(jiff::SignedDuration::from_millis(window)).ok();
        let query = AuditQuery { since, capabilities: Some(limited), limit: MOST_RECOUNTED, ..AuditQuery::default() };
        let records = self.store.records(query).await?;
        records.iter().rev().for_each(|sealed| count_again(new, &sealed.record));
        Ok(head.max(records.first().map_or(0, |newest| newest.record.sequence)))
    }

    /// Counts, under limits that are in force by now, the calls behind a record that others than these have admitted.
    pub(crate) async fn recount_others(&self, new: &InForce, after: u64) -> Result<(), StoreError> {
        let digest = new.engine.policy_set().digest();
        for sealed in self.store.records_after(after, MOST_RECOUNTED).await? {
            let decision = sealed.record.entry.decision.as_ref();
            if decision.is_some_and(|decision| decision.policy_digest != digest) {
                count_again(new, &sealed.record);
            }
        }
        Ok(())
    }

    /// Every second: requests whose time has run out lapse.
    fn spawn_clock(self: Arc<Self>) {
        let tasks = self.tasks.clone();
        tasks.spawn(async move {
            let mut seconds = tokio::time::interval(Duration::from_secs(1));
            while self.unless_stopped(seconds.tick()).await.is_some() {
                if let Err(error) = self.expire().await {
                    tracing::error!(%error, "requests could not be expired");
                }
            }
        });
    }

    /// Waits for something, or until the gateway stops.
    pub(crate) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.stop.run_until_cancelled(work).await
    }

    /// Whether the gateway is stopping: nothing new is carried out.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Stops: takes nothing new, lets executions end for half a minute, and says so in the audit trail. What was not
    /// begun is carried out after the next start; what did not end is interrupted then.
    pub async fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
        let all_done = tokio::time::timeout(LAST_WORK, self.tasks.wait()).await.is_ok();
        let how = if all_done { "stopped" } else { "stopped while executions were going on" };
        if let Err(error) = self.note(Event::Gateway, how.to_owned()).await {
            tracing::error!(%error, "the audit trail does not say that the gateway stopped");
        }
    }

    /// What the gateway was started with.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Where the gateway listens; `None` before it does.
    #[must_use]
    pub fn addresses(&self) -> Option<Addresses> {
        self.addresses.get().copied()
    }

    /// Tells the service where it is listening. Only the first word counts.
    pub fn listens_at(&self, addresses: Addresses) {
        let _ = self.addresses.set(addresses);
    }

    /// What sessions are signed with: random, and as old as the data directory.
    #[must_use]
    pub const fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// When a supervisor's word made a request ready, it is carried out in the background.
    pub(crate) fn carry_out_request(self: &Arc<Self>, id: RequestId) {
        let gateway = self.clone();
        self.tasks.spawn(async move {
            if let Err(error) = gateway.execute_request(id).await {
                tracing::error!(%id, %error, "an approved request could not be carried out");
            }
        });
    }
}

/// Counts a call that was admitted once.
fn count_again(new: &InForce, record: &Record) {
    let entry = &record.entry;
    let admitted = entry.event == Event::Decision
        && matches!(entry.outcome, None | Some(Outcome::ApprovalRequested | Outcome::Failed));
    let (true, Some(agent), Some(capability), Some(params)) =
        (admitted, &entry.agent, &entry.capability, &entry.params)
    else {
        return;
    };
    new.admit(Judged { agent, session: entry.session.as_deref(), capability, params, at: record.at });
}

/// Makes a directory that only its owner may enter.
pub(crate) fn make_private_dir(path: &PathBuf) -> Result<(), StartError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let fails = |error: std::io::Error| StartError::file(path, &error);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fails)?;
    let permissions = std::fs::metadata(path).map_err(fails)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o700)).map_err(fails)?;
    }
    Ok(())
}
