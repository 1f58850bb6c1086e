//! `kruxos approve watch`.

use clap::Args;

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::output::Streams;

/// Watch requests arrive, and decide them.
#[derive(Args)]
pub(crate) struct Watch {}

impl Watch {
    pub(crate) fn check(&self, _: &Streams) -> Result<(), Failure> {
        Ok(())
    }

    pub(crate) fn run(&self, _: &Client, _: &mut Streams) -> Result<Exit, Failure> {
        Ok(Exit::Clean)
    }
}
