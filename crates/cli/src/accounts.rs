//! `kruxos agent …` and `kruxos supervisor …`: who may speak to the gateway. A key is shown once, when it is made.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use kruxos_approvals::Account;
use kruxos_gateway::wire::{AgentsDocument, IssuedAgent, IssuedSupervisor, NewAccount, SupervisorsDocument};
use serde_json::json;

use crate::client::{Client, Connection, path};
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::table::{Column, cut, table, whole};
use crate::render::time::age;
use crate::render::visible;

/// What `kruxos agent` takes.
#[derive(Args)]
pub(crate) struct Agents {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: AgentVerb,
}

#[derive(Subcommand)]
enum AgentVerb {
    /// Register an agent and print its key, this once.
    Create(New),
    /// List the agents.
    List(List),
    /// Give an agent a new key, printed this once; the old one is worth nothing from now on.
    Rotate(Named),
    /// Make an agent's key worth nothing.
    Revoke(Revoke),
}

/// What `kruxos supervisor` takes.
#[derive(Args)]
pub(crate) struct Supervisors {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: SupervisorVerb,
}

#[derive(Subcommand)]
enum SupervisorVerb {
    /// Register a supervisor and print the token, this once.
    Create(NewSupervisor),
    /// List the supervisors.
    List(List),
    /// Give a supervisor a new token, printed this once; the old one is worth nothing from now on.
    Rotate(Named),
    /// Make a supervisor's token worth nothing.
    Revoke(Revoke),
}

#[derive(Args)]
struct New {
    /// Its name.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// How the answer is shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Args)]
struct NewSupervisor {
    #[command(flatten)]
    new: New,
    /// A group the supervisor belongs to, as `approvers` of a policy name it; may be given several times.
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
}

#[derive(Args)]
struct Named {
    /// The name.
    #[arg(value_name = "NAME")]
    name: String,
    /// How the answer is shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Args)]
struct Revoke {
    /// The name.
    #[arg(value_name = "NAME")]
    name: String,
}

#[derive(Args)]
struct List {
    /// How the answer is shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// The gateway's own document.
    Json,
}

const AGENTS: &str = "/api/agents";
const SUPERVISORS: &str = "/api/supervisors";

impl Agents {
    /// Carries out the verb.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let client = Client::open(&self.connection)?;
        match &self.verb {
            AgentVerb::Create(new) => {
                let issued: IssuedAgent = client.post(AGENTS, &new.account(&[]))?;
                issued_agent(&issued, "is registered", new.format, streams)?;
            }
            AgentVerb::List(list) => {
                let found: AgentsDocument = client.get(AGENTS, &[])?;
                match list.format {
                    Format::Json => streams.out.json(&found)?,
                    Format::Text => show_all(&found.agents, "No agents are registered.", streams)?,
                }
            }
            AgentVerb::Rotate(named) => {
                let issued: IssuedAgent = client.post(&path(&["api", "agents", &named.name, "rotate"]), &json!({}))?;
                issued_agent(&issued, "has a new key", named.format, streams)?;
            }
            AgentVerb::Revoke(revoke) => {
                let account: Account = client.post(&path(&["api", "agents", &revoke.name, "revoke"]), &json!({}))?;
                streams
                    .out
                    .text(&format!("The key of agent {} is worth nothing any more.\n", visible(&account.name)))?;
            }
        }
        Ok(Exit::Clean)
    }
}

impl Supervisors {
    /// Carries out the verb.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let client = Client::open(&self.connection)?;
        match &self.verb {
            SupervisorVerb::Create(new) => {
                let issued: IssuedSupervisor = client.post(SUPERVISORS, &new.new.account(&new.groups))?;
                issued_supervisor(&issued, "is registered", new.new.format, streams)?;
            }
            SupervisorVerb::List(list) => {
                let found: SupervisorsDocument = client.get(SUPERVISORS, &[])?;
                match list.format {
                    Format::Json => streams.out.json(&found)?,
                    Format::Text => show_all(&found.supervisors, "No supervisors are registered.", streams)?,
                }
            }
            SupervisorVerb::Rotate(named) => {
                let rotate = path(&["api", "supervisors", &named.name, "rotate"]);
                let issued: IssuedSupervisor = client.post(&rotate, &json!({}))?;
                issued_supervisor(&issued, "has a new token", named.format, streams)?;
            }
            SupervisorVerb::Revoke(revoke) => {
                let account: Account =
                    client.post(&path(&["api", "supervisors", &revoke.name, "revoke"]), &json!({}))?;
                let name = visible(&account.name);
                streams.out.text(&format!("The token of supervisor {name} is worth nothing any more.\n"))?;
            }
        }
        Ok(Exit::Clean)
    }
}

impl New {
    fn account(&self, groups: &[String]) -> NewAccount {
        NewAccount { name: self.name.clone(), purpose: self.purpose.clone(), groups: groups.to_vec() }
    }
}

fn issued_agent(issued: &IssuedAgent, done: &str, format: Format, streams: &mut Streams) -> Result<(), Failure> {
    if format == Format::Json {
        return Ok(streams.out.json(issued)?);
    }
    let name = visible(&issued.agent.name);
    let how = format!("Give it to the agent as `KRUXOS_API_KEY`, with `KRUXOS_AGENT_NAME={name}`.");
    show_key(&format!("Agent {name} {done}."), "key", &issued.key, &how, streams)
}

fn issued_supervisor(
    issued: &IssuedSupervisor,
    done: &str,
    format: Format,
    streams: &mut Streams,
) -> Result<(), Failure> {
    if format == Format::Json {
        return Ok(streams.out.json(issued)?);
    }
    let how = "Give it to the supervisor: `KRUXOS_TOKEN` for this command, or typed into the dashboard.";
    show_key(&format!("Supervisor {} {done}.", visible(&issued.supervisor.name)), "token", &issued.token, how, streams)
}

/// The key on a line of its own, to be copied.
fn show_key(done: &str, word: &str, key: &str, how: &str, streams: &mut Streams) -> Result<(), Failure> {
    let text = format!("{done} The {word} is shown this once:\n\n  {}\n\n{how}\n", visible(key));
    Ok(streams.out.text(&text)?)
}

const COLUMNS: [Column; 5] =
    [whole("Name", 12), cut("Groups", 10, 8), cut("Purpose", 30, 10), whole("Created", 10), whole("Key", 0)];

fn show_all(accounts: &[Account], nobody: &str, streams: &mut Streams) -> Result<(), Failure> {
    if accounts.is_empty() {
        return Ok(streams.out.text(&format!("{nobody}\n"))?);
    }
    let now = Timestamp::now();
    let rows: Vec<_> = accounts.iter().map(|account| row(account, now)).collect();
    let text = table(&COLUMNS, &rows, streams.out.columns(), streams.out.look());
    Ok(streams.out.text(&text)?)
}

fn row(account: &Account, now: Timestamp) -> [String; 5] {
    let key = match (account.revoked_at, account.rotated_at) {
        (Some(at), _) => format!("revoked {}", age(at, now)),
        (None, Some(at)) => format!("replaced {}", age(at, now)),
        (None, None) => "as created".to_owned(),
    };
    [
        visible(&account.name).into_owned(),
        visible(&account.groups.join(", ")).into_owned(),
        visible(account.purpose.as_deref().unwrap_or_default()).into_owned(),
        age(account.created_at, now),
        key,
    ]
}
