//! Pages that say what does not work.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use kruxos_approvals::StoreError;

use super::assets::{self, Assets};
use crate::error::{AuditError, VerdictError};

/// Why there is no page.
#[derive(Debug)]
pub(crate) struct Trouble {
    status: StatusCode,
    title: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct Page<'a> {
    title: &'a str,
    text: &'a str,
    assets: &'static Assets,
}

/// Trouble of this kind.
pub(crate) fn page(status: StatusCode, title: &'static str, text: impl Into<String>) -> Trouble {
    Trouble { status, title, text: text.into() }
}

/// Trouble with something that is not there.
pub(crate) fn missing(what: &str) -> Trouble {
    page(StatusCode::NOT_FOUND, "Not here", format!("There is no such {what}."))
}

/// Trouble with what somebody sent.
pub(crate) fn wrong(text: impl Into<String>) -> Trouble {
    page(StatusCode::UNPROCESSABLE_ENTITY, "That does not work", text)
}

fn unavailable(why: &str) -> Trouble {
    page(StatusCode::SERVICE_UNAVAILABLE, "The gateway cannot read or write", format!("{why}. Nothing was changed."))
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        unavailable(&error.to_string())
    }
}

impl From<AuditError> for Trouble {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::BadPattern(why) => wrong(why),
            AuditError::Unavailable(why) => unavailable(&why),
        }
    }
}

impl From<VerdictError> for Trouble {
    fn from(error: VerdictError) -> Self {
        match error {
            VerdictError::NotFound => missing("request"),
            VerdictError::Unavailable(why) => unavailable(&why),
            other => wrong(other.to_string()),
        }
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Self {
        page(StatusCode::INTERNAL_SERVER_ERROR, "The page could not be made", error.to_string())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let page = Page { title: self.title, text: &self.text, assets: assets::all() };
        let html = page.render().unwrap_or_else(|_| self.title.to_owned());
        (self.status, Html(html)).into_response()
    }
}
