//! The `kruxos` command: the engine at a terminal and in a pipeline.
//!
//! Never prompts, reads only the files it is given and what a gateway leaves for it. Exits 0 when all is clean, 1 on
//! findings, failing tests, malformed calls and refusals, 2 on misuse, unreadable files and a gateway out of reach. Verbs write to the [`output::Output`]s they are handed; nothing
//! else here prints.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

mod accounts;
mod activity;
mod approve;
mod audit;
mod client;
mod completion;
mod exit;
mod finding;
#[cfg(test)]
mod fixture;
mod gateway;
mod manual;
mod output;
mod policy;
mod render;
mod status;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::{Exit, Failure};
use crate::output::Streams;

/// Decides what AI agents may do, by policies that people write.
#[derive(Parser)]
#[command(name = "kruxos", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    area: Area,
}

#[derive(Subcommand)]
enum Area {
    /// Lint, evaluate, explain and test policies.
    #[command(subcommand, arg_required_else_help = true)]
    Policy(policy::Verb),
    Gateway(gateway::Gateway),
    /// List, show, approve and reject the requests that wait for a person.
    #[command(arg_required_else_help = true)]
    Approve(approve::Approve),
    /// See what happened, and check that the trail is as it was written.
    #[command(arg_required_else_help = true)]
    Audit(audit::Audit),
    /// Register agents and revoke them.
    #[command(arg_required_else_help = true)]
    Agent(accounts::Agents),
    /// Register supervisors and revoke them.
    #[command(arg_required_else_help = true)]
    Supervisor(accounts::Supervisors),
    Watch(activity::Watch),
    Status(status::Status),
    Completions(completion::Completions),
    #[command(name = "man", hide = true)]
    Manual(manual::Manual),
}

impl Area {
    fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        match self {
            Self::Policy(verb) => policy::run(verb, streams),
            Self::Gateway(gateway) => gateway.run(streams),
            Self::Approve(approve) => approve.run(streams),
            Self::Audit(audit) => audit.run(streams),
            Self::Agent(agents) => agents.run(streams),
            Self::Supervisor(supervisors) => supervisors.run(streams),
            Self::Watch(watch) => watch.run(streams),
            Self::Status(status) => status.run(streams),
            Self::Completions(completions) => completions.run(streams),
            Self::Manual(manual) => manual.run(streams),
        }
    }
}

fn main() -> ExitCode {
    completion::answer();
    let area = Arguments::parse().area;
    let mut streams = Streams::of_process();
    let done = area.run(&mut streams).and_then(|exit| Ok(streams.out.finish().map(|()| exit)?));
    let exit = done.unwrap_or_else(|failure| report(&failure, &mut streams));
    exit.into()
}

/// Says on the error stream why nothing more could be done.
fn report(failure: &Failure, streams: &mut Streams) -> Exit {
    let rendered = failure.render(streams.err.look());
    // What was found so far is shown before the reason for stopping; a stream that cannot be written has no use for it.
    let _ = streams.out.finish();
    let _ = streams.err.text(&rendered).and_then(|()| streams.err.finish());
    failure.exit()
}
