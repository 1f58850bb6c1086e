//! One request as supervisors decide it, and as it looks once decided.

use askama::Template;
use jiff::Timestamp;
use kruxos_approvals::Supervisor;
use kruxos_approvals::audit::Record;
use kruxos_approvals::request::{Request, State, Verdict, Vote};

use super::age::Age;
use super::params::{self, ParamsView, Room};
use super::text::{Markup, shown};

/// One request.
#[derive(Template)]
#[template(path = "card.html")]
pub(crate) struct Card {
    pub(crate) id: String,
    state: &'static str,
    version: String,
    capability: Markup,
    agent: Markup,
    params: ParamsView,
    requested: Age,
    reason: Markup,
    policy: Markup,
    rule: Markup,
    unknowns: usize,
    pub(crate) quorum: u32,
    pub(crate) votes: Vec<VoteView>,
    pub(crate) approvers: Option<Markup>,
    pub(crate) expires: Option<Age>,
    standing: Standing,
}

impl askama::filters::HtmlSafe for Card {}

/// An approval that counts.
pub(crate) struct VoteView {
    pub(crate) by: Markup,
    pub(crate) at: Age,
    pub(crate) reason: Option<Markup>,
}

/// Whether this supervisor can decide, and if not, why not.
enum Standing {
    /// Yes; where to go afterwards.
    Open(String),
    /// No, because of who they are or what they said already.
    Barred(Markup),
    /// No: the waiting is over.
    Decided(VerdictView),
}

struct VerdictView {
    /// `yes`, `no` or `over`.
    kind: &'static str,
    sign: &'static str,
    word: &'static str,
    by: Option<Markup>,
    at: Age,
    reason: Option<Markup>,
    /// What came of it.
    came: Option<Markup>,
}

/// For whom, when and where a card is shown.
#[derive(Clone, Copy)]
pub(crate) struct Viewing<'a> {
    /// Who looks at it.
    pub(crate) by: &'a Supervisor,
    /// When.
    pub(crate) now: Timestamp,
    /// How much of its params there is room for.
    pub(crate) room: Room,
    /// The page it is on.
    pub(crate) back: &'a str,
}

impl Card {
    /// The card of a request; `history` tells what came of it, and may be empty while nothing has.
    pub(crate) fn of(request: &Request, history: &[Record], viewing: Viewing<'_>) -> Self {
        let Viewing { now, room, .. } = viewing;
        let file = format!("/approvals/{}/params.json", request.id);
        Self {
            id: request.id.to_string(),
            state: request.state.as_str(),
            version: format!("{}-{}", request.state, request.votes.len()),
            capability: shown(&request.capability),
            agent: shown(&request.agent),
            params: params::view(&request.params, room, file),
            requested: Age::of(request.requested_at, now),
            reason: shown(&request.decision.reason),
            policy: shown(request.decision.policy_text()),
            rule: shown(&request.decision.rule_text()),
            unknowns: request.decision.unknowns.len(),
            quorum: request.quorum,
            votes: request.votes.iter().map(|vote| VoteView::of(vote, now)).collect(),
            approvers: (!request.approvers.is_empty()).then(|| shown(&request.approvers.join(", "))),
            expires: request.expires_at.map(|at| Age::of(at, now)),
            standing: standing(request, history, viewing),
        }
    }
}

impl VoteView {
    fn of(vote: &Vote, now: Timestamp) -> Self {
        Self { by: shown(&vote.by), at: Age::of(vote.at, now), reason: vote.reason.as_deref().map(shown) }
    }
}

fn standing(request: &Request, history: &[Record], viewing: Viewing<'_>) -> Standing {
    let Viewing { by, now, back, .. } = viewing;
    if let Some(verdict) = &request.verdict {
        return Standing::Decided(verdict_view(request, verdict, history, now));
    }
    let missing = u64::from(request.quorum).saturating_sub(request.votes.len() as u64);
    if request.votes.iter().any(|vote| vote.by == by.name) {
        let others = if missing == 1 { "one more supervisor" } else { "more supervisors" };
        return Standing::Barred(shown(&format!("You have approved. It waits for {others}.")));
    }
    if !by.is_among(&request.approvers) {
        let who = request.approvers.join(", ");
        return Standing::Barred(shown(&format!("You are signed in as {}; only {who} may decide this.", by.name)));
    }
    Standing::Open(back.to_owned())
}

fn verdict_view(request: &Request, verdict: &Verdict, history: &[Record], now: Timestamp) -> VerdictView {
    let (kind, sign, word) = match verdict.state {
        State::Rejected => ("no", "M4 4l8 8M12 4l-8 8", "Rejected"),
        State::Expired => ("over", "M8 3v5l3 2", "Expired"),
        State::Cancelled => ("over", "M4 8h8", "Taken back"),
        _ => ("yes", "M3 8.5l3.2 3.2L13 4.8", "Approved"),
    };
    VerdictView {
        kind,
        sign,
        word,
        by: verdict.by.as_deref().map(shown),
        at: Age::of(verdict.at, now),
        reason: verdict.reason.as_deref().map(shown),
        came: came(request, history),
    }
}

/// What came of an approved call, in a sentence.
fn came(request: &Request, history: &[Record]) -> Option<Markup> {
    let result = history.iter().rev().find_map(|record| record.entry.result.as_deref());
    let why =
        request.execution.as_ref().and_then(|execution| execution.reason.as_deref()).unwrap_or("no reason is kept");
    let text = match request.state {
        State::Approved => "It is about to be carried out.".to_owned(),
        State::Executing => "It is being carried out.".to_owned(),
        State::Succeeded => {
            result.map_or("It was carried out.".to_owned(), |result| format!("It was carried out: {result}"))
        }
        State::Failed => format!("It did not work: {why}"),
        State::Interrupted => format!("It was interrupted, and how far it came is not known: {why}"),
        _ => return None,
    };
    Some(shown(&text))
}
