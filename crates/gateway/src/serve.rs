//! Both ports: bound, served until told to stop, and given up gracefully.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use kruxos_store::SqliteStore;
use tokio::net::TcpListener;

use crate::accounts::write_private;
use crate::dashboard;
use crate::demo::demonstrate;
use crate::error::StartError;
use crate::gateway::{Addresses, Gateway};
use crate::http;
use crate::metrics;
use crate::options::Options;
use crate::webhooks;
use crate::wire::Whereabouts;

/// How long answers that were begun may take when the gateway stops.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// What people should know while the gateway runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Both ports are open.
    Listening {
        /// Where.
        addresses: Addresses,
        /// The file with the operator's token.
        operator_token: PathBuf,
        /// The directory that agents know as `/workspace`.
        workspace: PathBuf,
        /// The policies in force, by name.
        policies: Vec<String>,
        /// How many requests are pending.
        pending: u64,
    },
    /// A port can be reached from other machines.
    Exposed {
        /// Which.
        address: SocketAddr,
    },
    /// The gateway's own `system-baseline` is not in force.
    WithoutBaseline,
    /// The gateway begins to stop.
    Stopping,
    /// The gateway has stopped.
    Stopped,
}

/// Runs a gateway until `stop` is done.
///
/// # Errors
/// When it cannot start.
pub async fn run(options: Options, stop: impl Future<Output = ()>, notices: impl Fn(Notice)) -> Result<(), StartError> {
    webhooks::check(&options.webhooks).map_err(|why| StartError::Options { why })?;
    let store = open_store(&options)?;
    let agents = bind(&options.agents).await?;
    let supervisors = bind(&options.supervisors).await?;
    let gateway = Gateway::open(options, Arc::new(store.clone())).await?;
    let addresses = Addresses { agents: address(&agents)?, supervisors: address(&supervisors)? };
    gateway.listens_at(addresses);
    let (trail, counts, lifetime) = (&gateway.trail, &gateway.metrics, &gateway.lifetime);
    let places = gateway.options().data_dir.join("webhooks");
    webhooks::spawn(&gateway.options().webhooks, &places, trail, counts, lifetime);
    metrics::spawn(counts, trail, &gateway.policies, lifetime);
    if gateway.options().demo {
        demonstrate(&gateway).await?;
    }
    let stopped = gateway.lifetime.stopped();
    let agents = spawn(agents, http::agents_router(&gateway), &gateway);
    let pages = dashboard::router(gateway.clone());
    let supervisors = spawn(supervisors, http::supervisors_router(gateway.clone(), pages), &gateway);
    tell_whereabouts(&gateway, addresses)?;
    announce(&gateway, addresses, &notices).await?;
    tokio::select! { () = stop => {}, () = stopped => {} }
    notices(Notice::Stopping);
    let _ = std::fs::remove_file(gateway.options().whereabouts());
    gateway.lifetime.stop();
    let answers = async { tokio::join!(agents, supervisors) };
    let _ = tokio::time::timeout(LAST_ANSWERS, answers).await;
    gateway.close().await;
    store.close().await;
    notices(Notice::Stopped);
    Ok(())
}

fn open_store(options: &Options) -> Result<SqliteStore, StartError> {
    crate::gateway::make_private_dir(&options.data_dir)?;
    SqliteStore::open(options.database()).map_err(|error| StartError::Store(error.to_string()))
}

async fn bind(address: &str) -> Result<TcpListener, StartError> {
    let fails = |error: std::io::Error| StartError::Address { address: address.to_owned(), why: unheard(&error) };
    TcpListener::bind(address).await.map_err(fails)
}

/// Why an address is not listened on, and what to do about it.
fn unheard(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => {
            "something listens there already; stop that, or give another address (`--agents`, `--supervisors`)"
                .to_owned()
        }
        ErrorKind::PermissionDenied => "the system does not let this user; ports below 1024 are root's".to_owned(),
        ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        ErrorKind::InvalidInput => "an address is a host and a port, such as `127.0.0.1:7700`".to_owned(),
        _ => error.to_string(),
    }
}

fn address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    let fails = |error: std::io::Error| StartError::Address { address: String::new(), why: error.to_string() };
    listener.local_addr().map_err(fails)
}

fn spawn(listener: TcpListener, router: Router, gateway: &Arc<Gateway>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(http::listen::listen(listener, router, gateway.lifetime.stopped()))
}

fn tell_whereabouts(gateway: &Gateway, addresses: Addresses) -> Result<(), StartError> {
    let whereabouts = Whereabouts {
        agents: addresses.agents.to_string(),
        supervisors: addresses.supervisors.to_string(),
        pid: std::process::id(),
    };
    let file = gateway.options().whereabouts();
    let text = serde_json::to_vec_pretty(&whereabouts)
        .map_err(|error| StartError::File { path: file.clone(), why: error.to_string() })?;
    write_private(&file, &text)
}

async fn announce(gateway: &Gateway, addresses: Addresses, notices: &impl Fn(Notice)) -> Result<(), StartError> {
    let status = gateway.status(crate::accounts::OPERATOR).await?;
    for address in [addresses.agents, addresses.supervisors] {
        if !address.ip().is_loopback() {
            notices(Notice::Exposed { address });
        }
    }
    if !status.policy.baseline {
        notices(Notice::WithoutBaseline);
    }
    notices(Notice::Listening {
        addresses,
        operator_token: gateway.options().operator_token(),
        workspace: gateway.options().workspace_dir(),
        policies: status.policy.policies.into_iter().map(|policy| policy.name).collect(),
        pending: status.pending,
    });
    Ok(())
}
