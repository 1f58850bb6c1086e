//! `kruxos approve show`: everything there is to know before deciding.

use clap::Args;
use kruxos_gateway::wire::RequestDocument;

use super::{Format, LOOK_FOR, Which, path};
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::request::{Detail, Page};

/// Show one request: the call, and why it waits.
///
/// Characters that a terminal acts on or does not show are written as escapes. Times are local.
#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    which: Which,
    /// Every value whole; the session, the line of the policy, digests and history as well.
    #[arg(long)]
    full: bool,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl Show {
    /// Asks and shows.
    pub(crate) fn run(&self, client: &Client, streams: &mut Streams) -> Result<Exit, Failure> {
        let found: RequestDocument =
            client.get(&path(self.which.id), &[]).map_err(|problem| problem.look_for(LOOK_FOR))?;
        match self.format {
            Format::Json => streams.out.json(&found)?,
            Format::Table => {
                let detail = if self.full { Detail::Everything } else { Detail::Usual };
                let zone = client.remote().zone();
                let page = Page { request: &found.request, history: &found.history, detail, zone };
                streams.out.text(&page.text())?;
            }
        }
        Ok(Exit::Clean)
    }
}
