//! `kruxos approve accept` and `reject`: a supervisor's word.

use clap::Args;
use kruxos_approvals::request::{Request, State};
use kruxos_gateway::wire::VerdictBody;

use super::{LOOK_FOR, Which, path};
use crate::client::{Client, Problem};
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::request::in_short;
use crate::render::visible;

/// Approve a request: its call is executed, once, exactly as it was shown.
#[derive(Args)]
pub(crate) struct Accept {
    #[command(flatten)]
    word: Word,
}

/// Reject a request: its call is not executed, and its agent is told why.
#[derive(Args)]
pub(crate) struct Reject {
    #[command(flatten)]
    word: Word,
}

/// What a supervisor says of a request.
#[derive(Args)]
struct Word {
    #[command(flatten)]
    which: Which,
    /// Why, for the agent and the audit trail.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Word {
    fn say(&self, verb: &str, client: &Client) -> Result<Request, Problem> {
        let id = self.which.id;
        let body = VerdictBody { reason: self.reason.clone() };
        let said = client.post(&format!("{}/{verb}", path(id)), &body);
        said.map_err(|problem| problem.of(&id.to_string()).look_for(LOOK_FOR))
    }
}

impl Accept {
    /// Approves and confirms.
    pub(crate) fn run(&self, client: &Client, streams: &mut Streams) -> Result<Exit, Failure> {
        let request = self.word.say("approve", client)?;
        streams.out.text(&approved(&request))?;
        Ok(Exit::Clean)
    }
}

impl Reject {
    /// Rejects and confirms.
    pub(crate) fn run(&self, client: &Client, streams: &mut Streams) -> Result<Exit, Failure> {
        let request = self.word.say("reject", client)?;
        streams.out.text(&format!("Rejected {}: {}.\n", request.id, call(&request)))?;
        Ok(Exit::Clean)
    }
}

/// What an approval came to, on one line.
pub(super) fn approved(request: &Request) -> String {
    let (id, call) = (request.id, call(request));
    if request.state != State::Pending {
        return format!("Approved {id}: {call}.\n");
    }
    let (votes, quorum) = (request.votes.len(), request.quorum as usize);
    let left = crate::render::counted(quorum.saturating_sub(votes), "more supervisor has", "more supervisors have");
    format!("Your approval of {id} counts, {votes} of {quorum}: {left} to approve {call}.\n")
}

/// `process.run for my-agent (command=systemctl restart)`.
fn call(request: &Request) -> String {
    let summary = in_short(request);
    let (capability, agent) = (visible(&request.capability), visible(&request.agent));
    if summary.text.is_empty() {
        return format!("{capability} for {agent}");
    }
    format!("{capability} for {agent} ({})", summary.text)
}
