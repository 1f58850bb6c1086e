//! Agents: registered, given new keys, shut out. A key is shown once, on the page that answers the form.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use kruxos_approvals::{Account, Role, Supervisor};
use serde::Deserialize;

use super::age::Age;
use super::door::SignedIn;
use super::frame::{Frame, frame};
use super::text::{Markup, shown};
use super::trouble::Trouble;
use crate::Gateway;
use crate::error::AccountError;
use crate::wire::NewAccount;

#[derive(Template)]
#[template(path = "agents.html")]
struct Page {
    frame: Frame,
    issued: Option<Issued>,
    wrong: Option<Markup>,
    agents: Vec<AgentView>,
}

/// A key to be shown once.
struct Issued {
    name: Markup,
    key: String,
}

struct AgentView {
    name: Markup,
    /// The name as a part of an address.
    path: String,
    purpose: Option<Markup>,
    created: Age,
    rotated: Option<Age>,
    revoked: Option<Age>,
}

impl AgentView {
    fn of(account: &Account, now: Timestamp) -> Self {
        let seen = |at| Age::of(at, now);
        Self {
            name: shown(&account.name),
            path: serde_urlencoded::to_string([("", &account.name)])
                .unwrap_or_default()
                .trim_start_matches('=')
                .to_owned(),
            purpose: account.purpose.as_deref().map(shown),
            created: seen(account.created_at),
            rotated: account.rotated_at.map(seen),
            revoked: account.revoked_at.map(seen),
        }
    }
}

/// `GET /agents`.
pub(crate) async fn page(SignedIn(by): SignedIn, State(gateway): State<Arc<Gateway>>) -> Result<Html<String>, Trouble> {
    show(&gateway, &by, None, None).await
}

async fn show(
    gateway: &Arc<Gateway>,
    by: &Supervisor,
    issued: Option<Issued>,
    wrong: Option<Markup>,
) -> Result<Html<String>, Trouble> {
    let (frame, _) = frame(gateway, by, "agents", "Agents").await?;
    let now = Timestamp::now();
    let agents =
        gateway.accounts.accounts(Role::Agent).await?.iter().map(|account| AgentView::of(account, now)).collect();
    Ok(Html(Page { frame, issued, wrong, agents }.render()?))
}

/// A new agent, as the form writes it.
#[derive(Deserialize)]
pub(crate) struct New {
    name: String,
    #[serde(default)]
    purpose: String,
}

/// `POST /agents`.
pub(crate) async fn create(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Form(new): Form<New>,
) -> Result<Response, Trouble> {
    let purpose = Some(new.purpose.trim().to_owned()).filter(|purpose| !purpose.is_empty());
    let account = NewAccount { name: new.name.trim().to_owned(), purpose, groups: Vec::new() };
    let made = gateway.accounts.create_account(&by.name, Role::Agent, &account).await;
    with_key(&gateway, &by, made).await
}

/// `POST /agents/{name}/rotate`.
pub(crate) async fn rotate(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let made = gateway.accounts.rotate_account(&by.name, Role::Agent, &name).await;
    with_key(&gateway, &by, made).await
}

/// `POST /agents/{name}/revoke`.
pub(crate) async fn revoke(
    SignedIn(by): SignedIn,
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    match gateway.accounts.revoke_account(&by.name, Role::Agent, &name).await {
        Ok(_) => Ok(Redirect::to("/agents").into_response()),
        Err(error) => refused(&gateway, &by, &error).await,
    }
}

async fn with_key(
    gateway: &Arc<Gateway>,
    by: &Supervisor,
    made: Result<(Account, String), AccountError>,
) -> Result<Response, Trouble> {
    match made {
        Ok((account, key)) => {
            let issued = Issued { name: shown(&account.name), key };
            Ok(show(gateway, by, Some(issued), None).await?.into_response())
        }
        Err(error) => refused(gateway, by, &error).await,
    }
}

async fn refused(gateway: &Arc<Gateway>, by: &Supervisor, error: &AccountError) -> Result<Response, Trouble> {
    let page = show(gateway, by, None, Some(shown(&error.to_string()))).await?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
