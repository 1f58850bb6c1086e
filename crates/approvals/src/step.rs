//! The life of a request as one total function: every action in every state either makes the next request or is refused
//! with the reason. Stores call it inside the transaction that writes its result.

use std::fmt;

use jiff::Timestamp;

use crate::account::Supervisor;
use crate::audit::{Draft, Entry, Event, Outcome};
use crate::call::JsonText;
use crate::request::{Execution, Request, State, Verdict, Vote};

/// What somebody wants to happen to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A supervisor approves.
    Approve {
        /// Who.
        by: Supervisor,
        /// Why.
        reason: Option<String>,
    },
    /// A supervisor rejects. One is enough, whatever the quorum.
    Reject {
        /// Who.
        by: Supervisor,
        /// Why.
        reason: Option<String>,
    },
    /// Its agent takes it back.
    Cancel,
    /// Its time has run out.
    Expire,
    /// An executor takes it up. Whoever succeeds in this carries it out, nobody else.
    Begin,
    /// It was carried out.
    Succeed {
        /// What it gave.
        data: JsonText,
        /// What the audit trail keeps of that.
        summary: String,
    },
    /// It could not be carried out, or was not allowed any more.
    Fail {
        /// Why.
        reason: String,
    },
    /// The gateway stopped while it was being carried out.
    Interrupt {
        /// What is known.
        reason: String,
    },
}

/// Why an action is refused. The request is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The waiting is over: somebody was first.
    Decided {
        /// Where the request is.
        state: State,
        /// Who ended the waiting, when and why.
        winner: Verdict,
    },
    /// Its time ran out before this; it lapses.
    Lapsed {
        /// When.
        expires_at: Timestamp,
    },
    /// Its time has not run out.
    NotDue,
    /// The policy names others.
    NotAnApprover {
        /// Who may decide.
        approvers: Vec<String>,
    },
    /// This supervisor has approved already; the quorum counts distinct ones.
    AlreadyVoted {
        /// When.
        at: Timestamp,
        /// How many approved.
        votes: usize,
        /// How many must.
        quorum: u32,
    },
    /// Nobody has approved it, so nothing may be carried out.
    NotApproved,
    /// It is not being carried out, so nothing can have come of it.
    NotExecuting {
        /// Where the request is.
        state: State,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided { winner, .. } => decided(f, winner),
            Self::Lapsed { expires_at } => write!(f, "the request expired at {expires_at}"),
            Self::NotDue => f.write_str("the request has not expired"),
            Self::NotAnApprover { approvers } => {
                write!(f, "the policy lets only {} decide this request", approvers.join(", "))
            }
            Self::AlreadyVoted { at, votes, quorum } => {
                write!(f, "you approved at {at}; {votes} of {quorum} supervisors have")
            }
            Self::NotApproved => f.write_str("nobody has approved the request"),
            Self::NotExecuting { state } => write!(f, "the request is {state}, not executing"),
        }
    }
}

impl std::error::Error for Refusal {}

fn decided(f: &mut fmt::Formatter<'_>, winner: &Verdict) -> fmt::Result {
    write!(f, "already {}", winner.state)?;
    if let Some(by) = &winner.by {
        write!(f, " by {by}")?;
    }
    write!(f, " at {}", winner.at)?;
    winner.reason.as_ref().map_or(Ok(()), |reason| write!(f, ": {reason}"))
}

/// What an action makes of a request: the request, and what the audit trail says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stepped {
    /// The request afterwards.
    pub request: Request,
    /// The record to append in the same transaction.
    pub draft: Draft,
}

/// Applies an action at a time of the host's.
///
/// # Errors
/// Every action that the request's state does not allow, with the reason.
pub fn step(request: &Request, action: Action, at: Timestamp) -> Result<Stepped, Refusal> {
    match action {
        Action::Approve { by, reason } => approve(request, &by, reason, at),
        Action::Reject { by, reason } => {
            open_to(request, &by, at)?;
            Ok(close(request, State::Rejected, Some(by.name), reason, at))
        }
        Action::Cancel => {
            pending(request)?;
            let reason = Some("its agent took it back".to_owned());
            Ok(close(request, State::Cancelled, Some(request.agent.clone()), reason, at))
        }
        Action::Expire => {
            pending(request)?;
            if !request.is_due(at) {
                return Err(Refusal::NotDue);
            }
            Ok(close(request, State::Expired, None, Some("nobody decided in time".to_owned()), at))
        }
        Action::Begin => begin(request, at),
        Action::Succeed { data, summary } => succeed(request, data, summary, at),
        Action::Fail { reason } => fail(request, reason, at),
        Action::Interrupt { reason } => interrupt(request, reason, at),
    }
}

fn approve(request: &Request, by: &Supervisor, reason: Option<String>, at: Timestamp) -> Result<Stepped, Refusal> {
    open_to(request, by, at)?;
    if let Some(vote) = request.votes.iter().find(|vote| vote.by == by.name) {
        return Err(Refusal::AlreadyVoted { at: vote.at, votes: request.votes.len(), quorum: request.quorum });
    }
    let mut voted = request.clone();
    voted.votes.push(Vote { by: by.name.clone(), at, reason: reason.clone() });
    if voted.votes.len() < request.quorum as usize {
        let entry = Entry { by: Some(by.name.clone()), reason, ..entry(&voted, Event::Vote) };
        return Ok(Stepped { draft: Draft { at, entry }, request: voted });
    }
    Ok(close(&voted, State::Approved, Some(by.name.clone()), reason, at))
}

fn begin(request: &Request, at: Timestamp) -> Result<Stepped, Refusal> {
    match request.state {
        State::Approved if is_backed(request) => {
            let execution = Execution { started_at: Some(at), finished_at: None, data: None, reason: None };
            let next = Request { state: State::Executing, execution: Some(execution), ..request.clone() };
            let entry = entry(&next, Event::Execution);
            Ok(Stepped { draft: Draft { at, entry }, request: next })
        }
        _ => Err(not_to_execute(request)),
    }
}

/// Whether an approved request has the votes and the verdict that approve it. This function makes no other; what stands in
/// a file may be one.
fn is_backed(request: &Request) -> bool {
    let mut voters: Vec<&str> = request.votes.iter().map(|vote| vote.by.as_str()).collect();
    voters.sort_unstable();
    voters.dedup();
    let is_approved = request.verdict.as_ref().is_some_and(|verdict| verdict.state == State::Approved);
    is_approved && voters.len() >= request.quorum.max(1) as usize
}

fn succeed(request: &Request, data: JsonText, summary: String, at: Timestamp) -> Result<Stepped, Refusal> {
    executing(request)?;
    let next = finished(request, State::Succeeded, Some(data), None, at);
    let entry = Entry { outcome: Some(Outcome::Executed), result: Some(summary), ..entry(&next, Event::Execution) };
    Ok(Stepped { draft: Draft { at, entry }, request: next })
}

fn fail(request: &Request, reason: String, at: Timestamp) -> Result<Stepped, Refusal> {
    if request.state != State::Approved {
        executing(request)?;
    }
    Ok(unsuccessful(request, State::Failed, Outcome::Failed, reason, at))
}

fn interrupt(request: &Request, reason: String, at: Timestamp) -> Result<Stepped, Refusal> {
    executing(request)?;
    Ok(unsuccessful(request, State::Interrupted, Outcome::Interrupted, reason, at))
}

fn unsuccessful(request: &Request, state: State, outcome: Outcome, reason: String, at: Timestamp) -> Stepped {
    let next = finished(request, state, None, Some(reason.clone()), at);
    let entry = Entry { outcome: Some(outcome), reason: Some(reason), ..entry(&next, Event::Execution) };
    Stepped { draft: Draft { at, entry }, request: next }
}

fn finished(request: &Request, state: State, data: Option<JsonText>, reason: Option<String>, at: Timestamp) -> Request {
    let started_at = request.execution.as_ref().and_then(|execution| execution.started_at);
    let execution = Execution { started_at, finished_at: Some(at), data, reason };
    Request { state, execution: Some(execution), ..request.clone() }
}

/// Ends the waiting.
fn close(request: &Request, state: State, by: Option<String>, reason: Option<String>, at: Timestamp) -> Stepped {
    let verdict = Verdict { state, by: by.clone(), at, reason: reason.clone() };
    let next = Request { state, verdict: Some(verdict), ..request.clone() };
    let entry = Entry { outcome: Outcome::of_verdict(state), by, reason, ..entry(&next, Event::Verdict) };
    Stepped { draft: Draft { at, entry }, request: next }
}

fn pending(request: &Request) -> Result<(), Refusal> {
    match (&request.verdict, request.state) {
        (None, State::Pending) => Ok(()),
        (Some(winner), state) => Err(Refusal::Decided { state, winner: winner.clone() }),
        // A state without its verdict is no state this function makes; it decides nothing.
        (None, state) => Err(Refusal::NotExecuting { state }),
    }
}

/// Whether this supervisor may decide this request now.
fn open_to(request: &Request, by: &Supervisor, at: Timestamp) -> Result<(), Refusal> {
    pending(request)?;
    match request.expires_at {
        Some(expires_at) if request.is_due(at) => Err(Refusal::Lapsed { expires_at }),
        _ if !by.is_among(&request.approvers) => Err(Refusal::NotAnApprover { approvers: request.approvers.clone() }),
        _ => Ok(()),
    }
}

fn not_to_execute(request: &Request) -> Refusal {
    match (&request.verdict, request.state) {
        // Approved and yet not to be begun: nothing backs it.
        (_, State::Pending | State::Approved) | (None, _) => Refusal::NotApproved,
        (Some(winner), state) => Refusal::Decided { state, winner: winner.clone() },
    }
}

const fn executing(request: &Request) -> Result<(), Refusal> {
    match request.state {
        State::Executing => Ok(()),
        state => Err(Refusal::NotExecuting { state }),
    }
}

/// The record of an event in a request's life: who called what, and why it had to wait, are in each, so that each can be
/// read alone.
fn entry(request: &Request, event: Event) -> Entry {
    Entry {
        agent: Some(request.agent.clone()),
        session: request.session.clone(),
        capability: Some(request.capability.clone()),
        params: request.audited_params.clone(),
        params_digest: Some(request.params.digest()),
        decision: Some(request.decision.clone()),
        request: Some(request.id),
        ..Entry::of(event)
    }
}

/// The record of a request's arrival.
#[must_use]
pub fn arrival(request: &Request) -> Draft {
    let entry = Entry { outcome: Some(Outcome::ApprovalRequested), ..entry(request, Event::Decision) };
    Draft { at: request.requested_at, entry }
}

#[cfg(test)]
mod tests;
