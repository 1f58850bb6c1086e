//! `kruxos policy eval`: JSON Lines of calls in, JSON Lines of decisions out.
//!
//! One decision a line, in order, whatever the line holds: a line that is no call, a blank one included, is blocked with
//! the reason. Answers are handed on before more is waited for, so that the verb can stand in a pipeline.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use kruxos_policy::json::MAX_BYTES;
use kruxos_policy::wire::DecisionDocument;
use kruxos_policy::{CallError, Decision, Engine, Scratch};

use super::Policies;
use super::lines::{Line, Lines};
use crate::exit::{Exit, Failure};
use crate::output::{Output, Streams};

/// Decide calls: JSON Lines in, JSON Lines out.
///
/// One decision a line, in order. A line that is no call gets a blocked decision that says why, and the exit code is 1.
#[derive(Args)]
pub(crate) struct Eval {
    #[command(flatten)]
    policies: Policies,
    /// The calls, one JSON object a line; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    calls: PathBuf,
}

impl Eval {
    /// Decides every call.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let engine = self.policies.engine()?;
        let input = open(&self.calls)?;
        let counts = decide_all(&engine, input, &mut streams.out)?;
        if counts.malformed == 0 {
            return Ok(Exit::Clean);
        }
        streams.out.finish()?;
        streams.err.text(&format!(
            "{} of {} lines {} no call and got a blocked decision\n",
            counts.malformed,
            counts.lines,
            if counts.malformed == 1 { "is" } else { "are" },
        ))?;
        streams.err.finish()?;
        Ok(Exit::Findings)
    }
}

fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let fails = |error: io::Error| Failure::unreadable(path, error);
    let file = File::open(path).map_err(fails)?;
    if file.metadata().map_err(fails)?.is_dir() {
        return Err(fails(io::ErrorKind::IsADirectory.into()));
    }
    Ok(Box::new(file))
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    lines: usize,
    malformed: usize,
}

/// Bytes of answers gathered before they are handed on.
const GATHER: usize = 256 * 1024;

fn decide_all(engine: &Engine, input: impl Read, out: &mut Output) -> io::Result<Counts> {
    let mut scratch = engine.scratch();
    let mut lines = Lines::new(input, MAX_BYTES);
    let mut answers = Vec::with_capacity(2 * GATHER);
    let mut counts = Counts::default();
    while !out.is_closed() {
        let Some(line) = lines.next(|| hand_on(&mut answers, out))? else { break };
        counts.lines += 1;
        counts.malformed += usize::from(!answer(engine, &mut scratch, &line, counts.lines, &mut answers)?);
        if answers.len() >= GATHER {
            out.bytes(&answers)?;
            answers.clear();
        }
    }
    hand_on(&mut answers, out)?;
    Ok(counts)
}

fn hand_on(answers: &mut Vec<u8>, out: &mut Output) -> io::Result<()> {
    out.bytes(answers)?;
    answers.clear();
    out.finish()
}

/// Writes the decision on one line; whether the line is a call.
fn answer(
    engine: &Engine,
    scratch: &mut Scratch,
    line: &Line<'_>,
    number: usize,
    answers: &mut Vec<u8>,
) -> io::Result<bool> {
    let decided = match line {
        Line::Whole(text) => decide(engine, scratch, text),
        Line::TooLong => Err(too_long()),
    };
    let is_call = decided.is_ok();
    let decision = decided.unwrap_or_else(|error| engine.malformed(&placed(error, number)));
    serde_json::to_writer(&mut *answers, &DecisionDocument::from(&decision))?;
    answers.push(b'\n');
    Ok(is_call)
}

fn decide<'e>(engine: &'e Engine, scratch: &mut Scratch, text: &[u8]) -> Result<Decision<'e>, CallError> {
    if text.trim_ascii().is_empty() {
        return Err(CallError::Shape("it is blank".to_owned()));
    }
    engine.decide_json(scratch, text)
}

fn too_long() -> CallError {
    CallError::Shape(format!("it has more than the {MAX_BYTES} bytes that are allowed"))
}

/// The error with the line it is on: each call is a text of one line to its parser.
fn placed(error: CallError, number: usize) -> CallError {
    match error {
        CallError::Json(error) => {
            CallError::Shape(format!("line {number}, column {}: {}", error.column, error.message))
        }
        CallError::Shape(message) => CallError::Shape(format!("line {number}: {message}")),
    }
}
