//! `kruxos status`: how the gateway is, and whether the policies are in force as they are written.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kruxos_gateway::wire::StatusDocument;

use crate::client::{Client, Connection};
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::time::{absolute, age};
use crate::render::{counted, policy, visible};

/// Show how the gateway is and which policies decide.
///
/// The exit code is 1 when the policy files as they are now do not load.
#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    connection: Connection,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// The gateway's own document.
    Json,
}

impl Status {
    /// Asks and shows.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let client = Client::open(&self.connection)?;
        let status: StatusDocument = client.get("/api/status", &[])?;
        match self.format {
            Format::Json => streams.out.json(&status)?,
            Format::Text => streams.out.text(&text(&status, Timestamp::now(), client.remote().zone()))?,
        }
        Ok(if status.policy.problem.is_some() { Exit::Findings } else { Exit::Clean })
    }
}

fn text(status: &StatusDocument, now: Timestamp, zone: &TimeZone) -> String {
    let policies = &status.policy;
    let since = |at: Timestamp| format!("since {} ({})", absolute(at, zone), age(at, now));
    let lines = [
        ("Gateway", format!("kruxos {}, {}", visible(&status.version), since(status.started_at))),
        ("Agents", visible(&status.agents_address).into_owned()),
        ("Supervisors", visible(&status.supervisors_address).into_owned()),
        ("You", visible(&status.supervisor).into_owned()),
        ("Pending", counted(usize::try_from(status.pending).unwrap_or(usize::MAX), "request", "requests")),
        ("Audit head", status.head.to_string()),
        ("Policies", format!("{}, {}", policy::names(policies), since(policies.loaded_at))),
        ("Policy set", visible(&policies.digest).into_owned()),
    ];
    let baseline = (!policies.baseline).then(|| ("Baseline", policy::WITHOUT_BASELINE.to_owned()));
    let lines = lines.into_iter().chain(baseline);
    let mut text: String = lines.map(|(label, value)| format!("{:<13}{value}\n", format!("{label}:"))).collect();
    if let Some(problem) = &policies.problem {
        text.push_str(&policy::problem(problem, now, zone));
    }
    text
}
