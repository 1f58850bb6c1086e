//! What methods answer with, as `docs/protocol.md` has it.

use jiff::Timestamp;
use kruxos_approvals::request::{Request, RequestId, State};
use kruxos_approvals::{JsonText, Params};
use kruxos_policy::tier::Tier;
use serde::Serialize;

use crate::wire::CapabilityDocument;
use crate::{Response, Waited};

/// A call that was carried out.
#[derive(Serialize)]
pub(super) struct Executed {
    status: &'static str,
    tier: Tier,
    data: JsonText,
    record: u64,
    request_id: Option<RequestId>,
}

impl From<Response> for Executed {
    fn from(response: Response) -> Self {
        let Response { tier, data, record, request_id } = response;
        Self { status: "executed", tier, data, record, request_id }
    }
}

/// A request as its agent sees it.
#[derive(Serialize)]
pub(super) struct OwnRequest {
    request_id: RequestId,
    state: State,
    capability: String,
    params: Params,
    requested_at: Timestamp,
    expires_at: Option<Timestamp>,
    decided_by: Option<String>,
    decided_at: Option<Timestamp>,
    reason: Option<String>,
}

impl From<Request> for OwnRequest {
    fn from(request: Request) -> Self {
        let reason = reason(&request);
        let (decided_by, decided_at) = request.verdict.map_or((None, None), |verdict| (verdict.by, Some(verdict.at)));
        Self {
            request_id: request.id,
            state: request.state,
            capability: request.capability,
            params: request.params,
            requested_at: request.requested_at,
            expires_at: request.expires_at,
            decided_by,
            decided_at,
            reason,
        }
    }
}

/// Why a request is where it is: what went wrong with its execution, or else what was said with the verdict.
pub(super) fn reason(request: &Request) -> Option<String> {
    let failed = request.execution.as_ref().and_then(|execution| execution.reason.clone());
    failed.or_else(|| request.verdict.as_ref().and_then(|verdict| verdict.reason.clone()))
}

/// What waiting came to.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum WaitedFor {
    /// The approved call was carried out.
    Executed(Executed),
    /// The time is up.
    Still(OwnRequest),
}

impl From<Waited> for WaitedFor {
    fn from(waited: Waited) -> Self {
        match waited {
            Waited::Answered(response) => Self::Executed(response.into()),
            Waited::Still(request) => Self::Still((*request).into()),
        }
    }
}

/// What there is to call.
#[derive(Serialize)]
pub(super) struct Capabilities {
    pub(super) capabilities: Vec<CapabilityDocument>,
}
