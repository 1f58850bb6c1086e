//! `kruxos approve …`: the requests that wait for a person, one module for each verb.

mod decide;
mod list;
mod show;
mod watch;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use kruxos_approvals::RequestId;

use crate::client::{Client, Connection};
use crate::completion;
use crate::exit::{Exit, Failure};
use crate::output::Streams;

/// What `kruxos approve` takes.
#[derive(Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    List(list::List),
    Show(show::Show),
    Accept(decide::Accept),
    Reject(decide::Reject),
    Watch(watch::Watch),
}

impl Approve {
    /// Carries out the verb.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        if let Verb::Watch(watch) = &self.verb {
            watch.check(streams)?;
        }
        let client = Client::open(&self.connection)?;
        match &self.verb {
            Verb::List(list) => list.run(&client, streams),
            Verb::Show(show) => show.run(&client, streams),
            Verb::Accept(accept) => accept.run(&client, streams),
            Verb::Reject(reject) => reject.run(&client, streams),
            Verb::Watch(watch) => watch.run(&client, streams),
        }
    }
}

/// Which request is meant.
#[derive(Args)]
struct Which {
    /// The request's id: `ap_001`.
    #[arg(value_name = "ID", value_parser = id, add = ArgValueCompleter::new(completion::pending))]
    id: RequestId,
}

fn id(text: &str) -> Result<RequestId, String> {
    text.parse().map_err(|error: kruxos_approvals::request::NotARequestId| error.to_string())
}

/// How answers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Table,
    /// The gateway's own document.
    Json,
}

/// How ids are found that are there.
const LOOK_FOR: &str = "`kruxos approve list --state all` lists the requests that are there";

/// Where the API has a request.
fn path(id: RequestId) -> String {
    format!("/api/approvals/{id}")
}
