//! The `kruxos` command: the engine at a terminal and in a pipeline.
//!
//! Never prompts, reads only the files it is given. Exits 0 when all is clean, 1 on findings, failing tests and
//! malformed calls, 2 on misuse and unreadable files. Verbs write to the [`output::Output`]s they are handed; nothing
//! else here prints.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

mod exit;
mod finding;
mod output;
mod policy;
mod render;

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
}

fn main() -> ExitCode {
    let Area::Policy(verb) = Arguments::parse().area;
    let mut streams = Streams::of_process();
    let done = policy::run(&verb, &mut streams).and_then(|exit| Ok(streams.out.finish().map(|()| exit)?));
    let exit = done.unwrap_or_else(|failure| report(&failure, &mut streams));
    exit.into()
}

/// Says on the error stream why nothing more could be done.
fn report(failure: &Failure, streams: &mut Streams) -> Exit {
    let rendered = failure.render(streams.err.look());
    // What was found so far is shown before the reason for stopping; a stream that cannot be written has no use for it.
    let _ = streams.out.finish();
    let _ = streams.err.text(&rendered).and_then(|()| streams.err.finish());
    Exit::Misuse
}
