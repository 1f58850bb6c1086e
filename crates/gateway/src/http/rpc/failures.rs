//! The error table of `docs/protocol.md`: what an agent reads when it does not get what it asked for.

use axum::http::StatusCode;
use kruxos_approvals::DecisionFacts;
use kruxos_approvals::request::{Request, State};
use serde_json::{Value, json};

use crate::error::CallError;
use crate::http::rpc::answers::reason;
use crate::http::rpc::envelope::Failure;

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::RateLimited { retry_after_ms, facts } => rate_limited(retry_after_ms, &facts),
            CallError::Denied { facts } => denied(&facts),
            CallError::ApprovalRequired { request, already_pending } => approval_required(&request, already_pending),
            CallError::NotAuthenticated => not_authenticated(),
            CallError::ExecutionFailed { reason, request_id } => {
                let message = format!("the call was allowed and did not work: {reason}");
                failure(-32004, "execution_failed", message, json!({ "reason": reason, "request_id": request_id }))
            }
            CallError::Rejected { request } => rejected(&request),
            CallError::Closed { request } => closed(&request),
            CallError::NotFound { what } => {
                let message = format!("there is no such {what} for this agent; check its name, and whose it is");
                failure(-32007, "not_found", message, json!({}))
            }
            CallError::TooManyPending { pending, allowed } => {
                let message = format!(
                    "{pending} requests of this agent are pending and at most {allowed} may be; wait for supervisors to \
                     decide, or cancel some"
                );
                failure(-32008, "too_many_pending", message, json!({ "pending": pending, "allowed": allowed }))
            }
            CallError::Unavailable { why } => unavailable(&why),
            CallError::NotExecutable { capability, is_known, nearest } => {
                let name = capability.escape_debug();
                let what = match (is_known, &nearest) {
                    (true, _) => format!("this gateway does not carry out `{name}`"),
                    (false, Some(nearest)) => format!("there is no capability `{name}`; did you mean `{nearest}`?"),
                    (false, None) => format!("there is no capability `{name}`; `capabilities.list` says what there is"),
                };
                let message =
                    format!("{what}{} nothing was executed or queued", if what.ends_with('?') { "" } else { ";" });
                failure(-32010, "not_executable", message, json!({ "capability": capability, "nearest": nearest }))
            }
            CallError::InvalidParams { why } => failure(-32602, "invalid_params", why, json!({})),
        }
    }
}

fn failure(code: i32, kind: &'static str, message: String, more: Value) -> Failure {
    Failure { status: StatusCode::OK, code, kind, message, more }
}

fn rate_limited(retry_after_ms: Option<u64>, facts: &DecisionFacts) -> Failure {
    let what_to_do = match retry_after_ms {
        Some(wait) => format!("call again in {}", in_words(wait)),
        None => "calling again does not help".to_owned(),
    };
    let message = format!("a limit is spent: {}; {what_to_do}", facts.reason);
    let more = json!({ "retry_after_ms": retry_after_ms, "reason": facts.reason, "rule": facts.rule });
    failure(-32000, "rate_limited", message, more)
}

/// A wait as people say it, never shorter than it is: "60 minutes".
fn in_words(milliseconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")];
    // ten of a unit or more, so that rounding up is never far off
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| milliseconds >= 10 * unit).unwrap_or((1_000, "second"));
    let count = milliseconds.div_ceil(unit).max(1);
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

fn denied(facts: &DecisionFacts) -> Failure {
    let message = format!("the policy blocks this call: {}; do not try it again as it is", facts.reason);
    let more = json!({ "reason": facts.reason, "rule": facts.rule, "unknowns": facts.unknowns });
    failure(-32001, "policy_denied", message, more)
}

fn approval_required(request: &Request, already_pending: bool) -> Failure {
    let id = request.id;
    let state = if already_pending { "waits already" } else { "waits" };
    let message =
        format!("the call {state} for a supervisor as {id}: {}; wait with `approvals.wait`", request.decision.reason);
    let more = json!({
        "request_id": id,
        "already_pending": already_pending,
        "reason": request.decision.reason,
        "rule": request.decision.rule,
        "expires_at": request.expires_at,
    });
    failure(-32002, "approval_required", message, more)
}

/// Also for what is wrong with the headers: who does not know the key learns nothing.
pub(super) fn not_authenticated() -> Failure {
    let message = "send `Authorization: Bearer KEY` and `KruxOS-Agent: NAME` of a registered agent; `kruxos agent create` \
                   registers one, and a supervisor's token is worth nothing here";
    Failure::new(StatusCode::UNAUTHORIZED, -32003, "not_authenticated", message)
}

fn rejected(request: &Request) -> Failure {
    let verdict = request.verdict.as_ref();
    let (by, at) = (verdict.and_then(|own| own.by.as_deref()), verdict.map(|own| own.at));
    let reason = verdict.and_then(|own| own.reason.as_deref());
    let who = by.unwrap_or("a supervisor");
    let message = match reason {
        Some(reason) => format!("{who} rejected {}: {reason}", request.id),
        None => format!("{who} rejected {} without a reason; ask before you try again", request.id),
    };
    let more = json!({ "request_id": request.id, "reason": reason, "decided_by": by, "decided_at": at });
    failure(-32005, "approval_rejected", message, more)
}

fn closed(request: &Request) -> Failure {
    let id = request.id;
    let message = match request.state {
        State::Expired => format!("nobody decided {id} in time; call again to ask again"),
        State::Cancelled => format!("{id} was cancelled; call again to ask again"),
        State::Interrupted => {
            format!(
                "the gateway stopped while it carried out {id}; how far it came is not known, look before you call again"
            )
        }
        state => format!("{id} is {state}; nothing more comes of it"),
    };
    let more = json!({ "request_id": id, "state": request.state, "reason": reason(request) });
    failure(-32006, "approval_closed", message, more)
}

fn unavailable(why: &str) -> Failure {
    let message = format!("{why}; nothing was executed, call again later");
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, -32009, "unavailable", message)
}

#[cfg(test)]
mod unit {
    use super::in_words;

    #[test]
    fn a_wait_is_said_as_people_say_it_and_never_shorter() {
        for (milliseconds, words) in [
            (0, "1 second"),
            (1, "1 second"),
            (1_000, "1 second"),
            (1_001, "2 seconds"),
            (90_000, "90 seconds"),
            (3_599_842, "60 minutes"),
            (7_200_001, "121 minutes"),
            (86_400_000, "24 hours"),
            (864_000_001, "11 days"),
        ] {
            assert_eq!(in_words(milliseconds), words, "{milliseconds}");
        }
    }
}
