//! How the supervisors' side says no: one document, whatever went wrong.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kruxos_approvals::request::Verdict;
use kruxos_approvals::{Refusal, State, StoreError};

use crate::error::{AccountError, AuditError, VerdictError};
use crate::wire::{ErrorDetail, ErrorDocument};

/// An answer that refuses: a status and an [`ErrorDocument`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status.
    pub status: StatusCode,
    /// What is wrong and what to do.
    pub detail: ErrorDetail,
}

impl Refused {
    /// A refusal that says what is wrong.
    pub fn new(status: StatusCode, kind: &str, message: impl Into<String>) -> Self {
        let detail = ErrorDetail { kind: kind.to_owned(), message: message.into(), help: None, winner: None };
        Self { status, detail }
    }

    /// And what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.detail.help = Some(help.into());
        self
    }

    /// The request is not one this API takes.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// There is no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Who asks may not.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// It cannot be read or written now.
    pub fn unavailable(why: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", why)
            .help("nothing was changed; ask again, and look at the gateway's log if this stays")
    }

    /// The request carries nothing that shows who asks.
    #[must_use]
    pub fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message).help(
            "this is the supervisors' side: send `Authorization: Bearer TOKEN` with a supervisor's token; an agent's key is \
             worth nothing here, agents call `POST /rpc` on their own port",
        )
    }

    fn conflict(message: impl Into<String>, winner: Option<Verdict>) -> Self {
        let mut own = Self::new(StatusCode::CONFLICT, "conflict", message);
        own.detail.winner = winner;
        own
    }

    fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(ErrorDocument { error: self.detail })).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = header::HeaderValue::from_static("Bearer realm=\"kruxos supervisors\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(error.to_string()),
            other => Self::unavailable(other.to_string()),
        }
    }
}

impl From<VerdictError> for Refused {
    fn from(error: VerdictError) -> Self {
        let message = error.to_string();
        match error {
            VerdictError::NotFound => {
                Self::not_found(message).help("`GET /api/approvals?state=all` lists the requests")
            }
            VerdictError::Refused(refusal) => Self::from(refusal),
            VerdictError::Unavailable(_) => Self::unavailable(message),
            VerdictError::ReasonTooLong { .. } => Self::unprocessable(message).help("shorten the reason"),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Decided { winner, .. } => {
                Self::conflict(message, Some(winner)).help("the first word stands; read the request again")
            }
            Refusal::Lapsed { expires_at } => {
                let reason = Some("nobody decided in time".to_owned());
                let winner = Verdict { state: State::Expired, by: None, at: expires_at, reason };
                Self::conflict(message, Some(winner)).help("the agent has to ask again")
            }
            Refusal::NotAnApprover { .. } => Self::forbidden(message).help("ask one of them to decide"),
            Refusal::AlreadyVoted { .. } => {
                Self::conflict(message, None).help("another supervisor has to approve as well")
            }
            Refusal::NotDue | Refusal::NotApproved | Refusal::NotExecuting { .. } => Self::conflict(message, None),
        }
    }
}

impl From<AccountError> for Refused {
    fn from(error: AccountError) -> Self {
        let message = error.to_string();
        match error {
            AccountError::Invalid(_) => Self::unprocessable(message),
            AccountError::Exists => Self::conflict(message, None),
            AccountError::NotFound => Self::not_found(message),
            AccountError::Unavailable(_) => Self::unavailable(message),
        }
    }
}

impl From<AuditError> for Refused {
    fn from(error: AuditError) -> Self {
        let message = error.to_string();
        match error {
            AuditError::BadPattern(_) => Self::bad_request(message).help("patterns look like `filesystem.*`"),
            AuditError::Unavailable(_) => Self::unavailable(message),
        }
    }
}
