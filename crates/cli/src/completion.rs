//! Completion in the shell: the verbs and options, and the ids of the requests that are pending.
//!
//! A shell that completes waits for nothing and shows nothing: whatever goes wrong means no candidates.

use std::ffi::OsStr;
use std::time::Duration;

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::CompletionCandidate;
use clap_complete::env::{Bash, CompleteEnv, EnvCompleter, Fish, Zsh};
use kruxos_gateway::wire::RequestsDocument;

use crate::Arguments;
use crate::client::{Client, Connection, environment};
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::request::in_short;
use crate::render::visible;

/// How long a shell waits for candidates.
const PATIENCE: Duration = Duration::from_millis(700);
/// Most candidates.
const MOST: &str = "200";
/// The variable by which a shell asks.
const VARIABLE: &str = "COMPLETE";

/// Answers the shell when it is the shell that asks, and ends the process then.
pub(crate) fn answer() {
    CompleteEnv::with_factory(Arguments::command).var(VARIABLE).complete();
}

/// The pending requests whose ids begin like this.
pub(crate) fn pending(current: &OsStr) -> Vec<CompletionCandidate> {
    let beginning = current.to_string_lossy();
    let Some(found) = ask() else { return Vec::new() };
    let fitting = found.approvals.iter().filter(|request| request.id.to_string().starts_with(&*beginning));
    fitting
        .map(|request| {
            let (agent, capability) = (visible(&request.agent), visible(&request.capability));
            let about = format!("{agent}: {capability} {}", in_short(request).text);
            CompletionCandidate::new(request.id.to_string()).help(Some(about.into()))
        })
        .collect()
}

fn ask() -> Option<RequestsDocument> {
    let connection = Connection {
        url: environment("KRUXOS_URL"),
        data_dir: environment("KRUXOS_DATA_DIR").map(Into::into),
        insecure: false,
    };
    let client = Client::open(&connection).ok()?;
    let remote = client.remote().patient(PATIENCE);
    client.wait(remote.get("/api/approvals", &[("limit", MOST.to_owned())])).ok()
}

/// Print what makes a shell complete this command.
///
/// bash: `source <(kruxos completions bash)` in `~/.bashrc`. zsh: `source <(kruxos completions zsh)` in `~/.zshrc`. fish:
/// `kruxos completions fish | source` in `~/.config/fish/config.fish`. Ids of pending requests complete when
/// `KRUXOS_URL`, `KRUXOS_DATA_DIR` or the defaults lead to a gateway that runs.
#[derive(Args)]
pub(crate) struct Completions {
    /// Which shell.
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        let write = |shell: &dyn EnvCompleter, script: &mut Vec<u8>| {
            shell.write_registration(VARIABLE, "kruxos", "kruxos", "kruxos", script)
        };
        match self.shell {
            Shell::Bash => write(&Bash, &mut script),
            Shell::Zsh => write(&Zsh, &mut script),
            Shell::Fish => write(&Fish, &mut script),
        }?;
        streams.out.bytes(&script)?;
        Ok(Exit::Clean)
    }
}
