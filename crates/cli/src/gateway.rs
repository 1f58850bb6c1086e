//! `kruxos gateway`: starts one, says where it is and what to type next.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use kruxos_gateway::{Config, Notice, Options, StartError};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

use crate::client::{Connection, environment};
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::tree::bold;
use crate::render::visible;

/// Run a gateway: agents call it on port 7700, supervisors on port 7800.
///
/// Works without any flag: makes its data directory, loads the shipped policies, listens on this machine only. Flags come
/// on top of `--config`. Ctrl-C stops it: what is being carried out may end, nothing new begins; a second Ctrl-C does not
/// wait. `KRUXOS_LOG` says what is logged to the error stream: `warn`, `info`, `debug`.
#[derive(Args)]
pub(crate) struct Gateway {
    /// Where everything is kept that outlives the process.
    ///
    /// Default: `$XDG_DATA_HOME/kruxos`, or `~/.local/share/kruxos`.
    #[arg(long, value_name = "DIR", env = "KRUXOS_DATA_DIR", hide_env_values = true)]
    data_dir: Option<PathBuf>,
    /// Where agents call [default: 127.0.0.1:7700].
    #[arg(long, value_name = "ADDR")]
    agents: Option<String>,
    /// Where supervisors call, and the dashboard [default: 127.0.0.1:7800].
    #[arg(long, value_name = "ADDR")]
    supervisors: Option<String>,
    /// A policy file, or a directory of them; may be given several times. Without it the shipped policies decide.
    /// `system-baseline` is in force beside them.
    #[arg(long = "policies", value_name = "PATH")]
    policies: Vec<PathBuf>,
    /// Leave out `system-baseline`, which closes credentials and the system's own files whatever other policies say.
    #[arg(long)]
    without_baseline: bool,
    /// The known capabilities. Without it the catalog that comes with this command.
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// The directory that agents know as `/workspace`. Without it, `workspace` in the data directory.
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// A configuration file, `kruxos.toml`, with the same names.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Register two agents and make their calls, so that there is something to decide.
    #[arg(long)]
    demo: bool,
}

/// What is logged without `KRUXOS_LOG`.
const USUAL_LOG: &str = "warn,kruxos_gateway=info,kruxos_store=info";

impl Gateway {
    /// Runs until it is told to stop.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let options = self.options()?;
        let command = command(&options.data_dir);
        log(streams.err.look().color)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let streams = RefCell::new(streams);
        let announce = |notice: Notice| {
            let mut streams = streams.borrow_mut();
            // Nobody has to read it.
            let _ = say(&notice, self.demo, &command, &mut streams);
        };
        let done = runtime.block_on(until_told(options, announce));
        // A call that is still being carried out is not waited for any more: what may end has ended.
        runtime.shutdown_background();
        done.map(|()| Exit::Clean)
    }

    fn options(&self) -> Result<Options, Failure> {
        let config = self.config.as_deref().map(Config::read).transpose().map_err(start_failure)?;
        let mut config = config.unwrap_or_default();
        let given = |over: &Option<PathBuf>, under: Option<PathBuf>| over.clone().or(under);
        config.data_dir = given(&self.data_dir, config.data_dir);
        config.agents = self.agents.clone().or(config.agents);
        config.supervisors = self.supervisors.clone().or(config.supervisors);
        config.catalog = given(&self.catalog, config.catalog);
        config.workspace = given(&self.workspace, config.workspace);
        if !self.policies.is_empty() {
            config.policies.clone_from(&self.policies);
        }
        config.without_baseline |= self.without_baseline;
        let data_dir = match &config.data_dir {
            Some(data_dir) => data_dir.clone(),
            None => Connection::default().data_dir(&environment)?,
        };
        Ok(Options { demo: self.demo, ..config.options(data_dir) })
    }
}

/// What is said where agents are only held by the policies that were given.
const WITHOUT_BASELINE: &str = "warning: `system-baseline` is not in force (`--without-baseline`): what it closes to agents, credentials \
     first, is closed only where your policies close it\n  help: leave the flag out; your policies are in force beside \
     the baseline\n";

fn start_failure(error: StartError) -> Failure {
    Failure::Misuse { message: error.to_string(), help: None }
}

fn log(color: bool) -> Result<(), Failure> {
    let wanted = environment("KRUXOS_LOG").unwrap_or_else(|| USUAL_LOG.to_owned());
    let filter = EnvFilter::try_new(&wanted).map_err(|error| {
        Failure::misuse(format!("`KRUXOS_LOG` is `{wanted}`: {error}"), "it is `warn`, `info` or `debug`")
    })?;
    let logging = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(color).with_writer(std::io::stderr);
    logging.try_init().map_err(|error| Failure::Stream(std::io::Error::other(error)))
}

/// Runs the gateway until the first signal; a second one does not wait for what the first has begun.
async fn until_told(options: Options, announce: impl Fn(Notice)) -> Result<(), Failure> {
    let (stop, stopped) = oneshot::channel();
    let stopped = async {
        let _ = stopped.await;
    };
    tokio::select! {
        done = kruxos_gateway::run(options, stopped, announce) => done.map_err(start_failure),
        told = told_twice(stop) => told.map_err(Failure::from),
    }
}

async fn told_twice(stop: oneshot::Sender<()>) -> std::io::Result<()> {
    told().await?;
    let _ = stop.send(());
    told().await
}

#[cfg(unix)]
async fn told() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn say(notice: &Notice, demo: bool, command: &str, streams: &mut Streams) -> std::io::Result<()> {
    match notice {
        Notice::Exposed { address } => {
            streams.err.text(&exposed(*address))?;
            return streams.err.finish();
        }
        Notice::WithoutBaseline => {
            streams.err.text(WITHOUT_BASELINE)?;
            return streams.err.finish();
        }
        Notice::Listening { addresses, operator_token, workspace, policies, pending } => {
            let listening = Listening {
                agents: addresses.agents,
                supervisors: addresses.supervisors,
                operator_token,
                workspace,
                policies,
                pending: *pending,
                demo,
                command,
            };
            // The link opens the gateway: it is for the person at the terminal, not for a log.
            let for_person = streams.out.columns().is_some();
            let look = streams.out.look();
            streams.out.text(&listening.text(for_person, &|text| bold(text, look)))?;
        }
        Notice::Stopping => streams.out.text("\nStopping: what is being carried out may end.\n")?,
        Notice::Stopped => streams.out.text("Stopped.\n")?,
    }
    streams.out.finish()
}

/// What to type for this gateway: this program as it was started, and its data directory where that is not the usual one.
fn command(data_dir: &Path) -> String {
    let started = std::env::args().next().filter(|path| path.contains('/') && !path.contains(char::is_whitespace));
    let program = started.unwrap_or_else(|| "kruxos".to_owned());
    match Connection::default().data_dir(&environment) {
        Ok(usual) if usual == data_dir => program,
        _ => format!("{program} --data-dir {}", quoted(data_dir)),
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-+".contains(letter));
    if is_plain { text } else { format!("'{}'", visible(&text).replace('\'', r"'\''")) }
}

fn exposed(address: SocketAddr) -> String {
    format!(
        "warning: {address} can be reached from other machines, and what is said there can be read on the way\n  help: \
         put a proxy that speaks TLS in front, or listen on 127.0.0.1\n"
    )
}

/// What people should know once both ports are open.
struct Listening<'n> {
    agents: SocketAddr,
    supervisors: SocketAddr,
    operator_token: &'n Path,
    workspace: &'n Path,
    policies: &'n [String],
    pending: u64,
    demo: bool,
    /// How this program is started for this gateway's data.
    command: &'n str,
}

impl Listening<'_> {
    fn text(&self, for_person: bool, strong: &dyn Fn(&str) -> String) -> String {
        let dashboard = format!("http://{}", reachable(self.supervisors));
        let file = visible(&self.operator_token.display().to_string()).into_owned();
        let lines = [
            ("Dashboard", strong(&format!("{dashboard}/approvals"))),
            ("Agents", format!("http://{}", reachable(self.agents))),
            ("Token", file),
            ("Workspace", visible(&self.workspace.display().to_string()).into_owned()),
            ("Policies", visible(&self.policies.join(", ")).into_owned()),
        ];
        let mut text = "The gateway is running; Ctrl-C stops it.\n\n".to_owned();
        for (label, value) in lines {
            text.push_str(&format!("  {:<11}{value}\n", format!("{label}:")));
        }
        if let Some(token) = token(self.operator_token).filter(|_| for_person) {
            text.push_str(&format!(
                "\nThis link signs in to the dashboard; keep it to yourself:\n{dashboard}/sign-in#token={token}\n"
            ));
        }
        text.push_str(&format!("\nNext, in another terminal: {}\n", strong(&self.next())));
        text
    }

    /// The command to type now.
    fn next(&self) -> String {
        let waits = self.demo || self.pending > 0;
        let (program, place) = self.command.split_once(' ').unwrap_or((self.command, ""));
        let verb = if waits { "approve list" } else { "agent create --name my-agent" };
        format!("{program} {verb} {place}").trim_end().to_owned()
    }
}

/// A token of letters and digits alone, which an address can hold.
fn token(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let token = text.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!token.is_empty() && token.bytes().all(plain)).then(|| token.to_owned())
}

/// Where a browser on this machine finds it.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(for_person: bool, pending: u64) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("operator.token");
        std::fs::write(&file, "kxs_secret\n").unwrap();
        let listening = Listening {
            agents: "127.0.0.1:7700".parse().unwrap(),
            supervisors: "0.0.0.0:7800".parse().unwrap(),
            operator_token: &file,
            workspace: Path::new("/w"),
            policies: &["system-baseline".to_owned(), "team-moderate".to_owned()],
            pending,
            demo: false,
            command: "kruxos",
        };
        listening.text(for_person, &str::to_owned)
    }

    #[test]
    fn the_link_that_signs_in_is_for_a_person_and_not_for_a_log() {
        let link = "\nhttp://127.0.0.1:7800/sign-in#token=kxs_secret\n";
        assert!(said(true, 0).contains(link));
        assert!(!said(false, 0).contains("kxs_secret"));
    }

    #[test]
    fn the_next_command_fits_what_there_is_to_do() {
        assert!(said(true, 1).ends_with("Next, in another terminal: kruxos approve list\n"));
        assert!(said(true, 0).ends_with("Next, in another terminal: kruxos agent create --name my-agent\n"));
    }
}
