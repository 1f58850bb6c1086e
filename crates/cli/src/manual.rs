//! `kruxos man`: the manual pages, for packagers.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::Arguments;
use crate::exit::{Exit, Failure};
use crate::output::Streams;

/// Write the manual pages.
///
/// One page for each verb: `kruxos.1`, `kruxos-approve-list.1`, …
#[derive(Args)]
pub(crate) struct Manual {
    /// The directory, which has to be there.
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

impl Manual {
    /// Writes the pages.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        clap_mangen::generate_to(Arguments::command(), &self.to)
            .map_err(|error| Failure::unreadable(&self.to, error))?;
        streams.out.text(&format!("The manual pages are in {}.\n", self.to.display()))?;
        Ok(Exit::Clean)
    }
}
