//! `kruxos watch`: what happens, as it happens.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::client::{Client, Connection, Kind, Problem, Remote};
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::record::activity;

/// Show what agents and supervisors do, as it happens.
///
/// One line for each record of the audit trail, from now on. `!` marks calls that supervisors are to be told of, `?` those
/// that wait for one. Ctrl-C ends it.
#[derive(Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    connection: Connection,
    /// Begin behind this record; 0 shows everything there ever was.
    #[arg(long, value_name = "SEQUENCE")]
    after: Option<u64>,
    /// How records are shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people, a line each.
    #[default]
    Text,
    /// JSON Lines: the gateway's own documents.
    Json,
}

/// Between attempts to reach a gateway that went away.
const PAUSE: Duration = Duration::from_secs(1);

impl Watch {
    /// Follows until nobody reads any more.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let client = Client::open(&self.connection)?;
        client.wait(self.follow(client.remote(), streams))
    }

    async fn follow(&self, remote: &Remote, streams: &mut Streams) -> Result<Exit, Failure> {
        let mut after = self.after;
        // The first connection has to work; later ones are tried until they do.
        let mut events = remote.activity(after).await?;
        loop {
            match events.next().await {
                Ok(document) => {
                    after = Some(document.record.sequence);
                    match self.format {
                        Format::Json => streams.out.json_line(&document)?,
                        Format::Text => {
                            let (room, look) = (streams.out.columns(), streams.out.look());
                            let line = activity(&document.record, remote.zone(), room, look);
                            streams.out.text(&(line + "\n"))?;
                            streams.out.finish()?;
                        }
                    }
                    if streams.out.is_closed() {
                        return Ok(Exit::Clean);
                    }
                }
                Err(problem) => events = again(remote, after, &problem, streams).await?,
            }
        }
    }
}

/// Reaches the gateway again, however long that takes, and says so.
async fn again(
    remote: &Remote,
    after: Option<u64>,
    problem: &Problem,
    streams: &mut Streams,
) -> Result<crate::client::Events, Failure> {
    let mut said = false;
    loop {
        match remote.activity(after).await {
            Ok(events) => {
                if said {
                    streams.err.text("connected again\n")?;
                    streams.err.finish()?;
                }
                return Ok(events);
            }
            Err(next) if next.kind == Kind::Away => {
                if !said {
                    streams.err.text(&format!("disconnected: {}; trying again\n", problem.message))?;
                    streams.err.finish()?;
                    said = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(other) => return Err(other.into()),
        }
    }
}
