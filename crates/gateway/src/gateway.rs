//! The gateway: its parts, put together; how it starts, how it is, how it stops.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use kruxos_approvals::audit::Event;
use kruxos_approvals::request::State;
use kruxos_approvals::store::RequestQuery;
use kruxos_approvals::{Store, StoreError};

use crate::accounts::Accounts;
use crate::calls::Calls;
use crate::carrying::Carrier;
use crate::error::StartError;
use crate::executor::Surroundings;
use crate::executors::Executors;
use crate::feed::Feed;
use crate::lifetime::Lifetime;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::policies::Policies;
use crate::policy_files::{BASELINE, Files};
use crate::recount::Fresh;
use crate::reload;
use crate::requests::Requests;
use crate::trail::Trail;
use crate::wire::StatusDocument;

/// How long executions may go on when the gateway stops.
const LAST_WORK: Duration = Duration::from_secs(30);

/// A gateway: what both doors stand in front of.
pub struct Gateway {
    /// The calls of agents.
    pub calls: Arc<Calls>,
    /// What waits for supervisors.
    pub requests: Arc<Requests>,
    /// Agents and supervisors.
    pub accounts: Arc<Accounts>,
    /// The audit trail.
    pub trail: Trail,
    /// What decides.
    pub policies: Arc<Policies>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How long all this goes on.
    pub lifetime: Lifetime,
    store: Arc<dyn Store>,
    started_at: Timestamp,
    options: Options,
    addresses: OnceLock<Addresses>,
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
        let (workspace, lifetime) = (options.workspace_dir(), Lifetime::default());
        make_private_dir(&options.data_dir)?;
        std::fs::create_dir_all(&workspace).map_err(|error| StartError::file(&workspace, &error))?;
        let (policies, catalog) = (options.policies.clone(), options.catalog.clone());
        let files = Files { policies, catalog, baseline: !options.without_baseline };
        let policies = Policies::load(files, started_at).map_err(|findings| StartError::Policies { findings })?;
        let policies = Arc::new(policies);
        let surroundings = Surroundings { workspace: workspace.clone(), store: store.clone() };
        let executors = Executors::standard(&surroundings).map_err(|error| StartError::file(&workspace, &error))?;
        let secret = options.data_dir.join("session.secret");
        let accounts = Accounts::open(store.clone(), options.operator_token(), &secret, started_at).await?;
        let feed = Feed::of(store.clone(), lifetime.clone());
        let carrier = Arc::new(Carrier::new(store.clone(), policies.clone(), executors, lifetime.clone()));
        let most_pending = options.most_pending;
        let calls = Calls::new(store.clone(), policies.clone(), carrier.clone(), lifetime.clone(), most_pending);
        let gateway = Arc::new(Self {
            calls: Arc::new(calls),
            requests: Arc::new(Requests::new(store.clone(), feed.clone(), lifetime.clone())),
            accounts: Arc::new(accounts),
            trail: Trail::new(store.clone(), feed.clone()),
            policies,
            metrics: Arc::default(),
            lifetime,
            store,
            started_at,
            options,
            addresses: OnceLock::new(),
        });
        gateway.begin(&feed, &carrier).await?;
        Ok(gateway)
    }

    async fn begin(&self, feed: &Feed, carrier: &Arc<Carrier>) -> Result<(), StoreError> {
        self.store.recover(self.started_at).await?;
        let in_force = self.policies.in_force();
        Fresh::at_start(&*self.store, &in_force).await?.count(&*self.store, &in_force).await?;
        let digest = self.policies.document().digest;
        let baseline = if self.options.without_baseline { format!(", without `{BASELINE}`") } else { String::new() };
        self.trail.note(Event::Gateway, format!("started with policies {digest}{baseline}")).await?;
        feed.spawn().await?;
        carrier.spawn(feed);
        self.requests.spawn_clock();
        reload::spawn(&self.policies, &self.store, &self.trail, &self.lifetime);
        Ok(())
    }

    /// Stops: takes nothing new, lets executions end for half a minute, and says so in the audit trail. What was not
    /// begun is carried out after the next start; what did not end is interrupted then.
    pub async fn close(&self) {
        let all_done = self.lifetime.end(LAST_WORK).await;
        let how = if all_done { "stopped" } else { "stopped while executions were going on" };
        if let Err(error) = self.trail.note(Event::Gateway, how.to_owned()).await {
            tracing::error!(%error, "the audit trail does not say that the gateway stopped");
        }
    }

    /// How the gateway is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn status(&self, supervisor: &str) -> Result<StatusDocument, StoreError> {
        let query = RequestQuery { states: vec![State::Pending], limit: 1, ..RequestQuery::default() };
        let address = |pick: fn(Addresses) -> std::net::SocketAddr, usual: &str| {
            self.addresses().map_or_else(|| usual.to_owned(), |addresses| pick(addresses).to_string())
        };
        Ok(StatusDocument {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            agents_address: address(|addresses| addresses.agents, &self.options.agents),
            supervisors_address: address(|addresses| addresses.supervisors, &self.options.supervisors),
            supervisor: supervisor.to_owned(),
            pending: self.store.requests(query).await?.total,
            head: self.store.head().await?,
            policy: self.policies.document(),
        })
    }

    /// Whether the store answers, and the gateway goes on.
    pub async fn healthy(&self) -> bool {
        !self.lifetime.is_stopping() && self.store.head().await.is_ok()
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
}

/// Makes a directory that only its owner may enter.
pub(crate) fn make_private_dir(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let fails = |error: std::io::Error| StartError::file(path, &error);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fails)?;
    let permissions = std::fs::metadata(path).map_err(fails)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o700)).map_err(fails)?;
    }
    Ok(())
}
