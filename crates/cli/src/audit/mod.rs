//! `kruxos audit …`: what happened, and whether the trail is as it was written.

mod query;
mod verify;

use clap::{Args, Subcommand};

use crate::client::{Client, Connection};
use crate::exit::{Exit, Failure};
use crate::output::Streams;

/// What `kruxos audit` takes.
#[derive(Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Query(query::Query),
    Verify(verify::Verify),
}

impl Audit {
    /// Carries out the verb.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        match &self.verb {
            Verb::Query(query) => query.run(&Client::open(&self.connection)?, streams),
            Verb::Verify(verify) => verify.run(&self.connection, streams),
        }
    }
}
