//! Who asks on the supervisors' side: a token in a header, or the dashboard's session.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use kruxos_approvals::account::Supervisor;

use crate::Accounts;
use crate::http::refusal::Refused;
use crate::http::session;

/// By what a supervisor is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A token in `Authorization`.
    Token,
    /// The dashboard's session cookie.
    Session,
}

/// A supervisor, known by a token or a session. A handler that takes this is not run for anybody else; one that takes
/// `Result<AuthenticatedSupervisor, Refused>` is, and sees why.
///
/// A request that only carries a session may change something only if a page of the gateway's own origin sent it.
#[derive(Clone, Debug)]
pub struct AuthenticatedSupervisor {
    /// Who.
    pub supervisor: Supervisor,
    /// By what.
    pub credential: Credential,
}

impl<S> FromRequestParts<S> for AuthenticatedSupervisor
where
    Arc<Accounts>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let own = authenticate(&Arc::<Accounts>::from_ref(state), &parts.headers).await?;
        if own.credential == Credential::Session && is_change(&parts.method) && !is_same_origin(&parts.headers) {
            return Err(foreign_origin());
        }
        Ok(own)
    }
}

/// Who these headers belong to.
///
/// # Errors
/// When they belong to nobody, or that cannot be found out.
pub(crate) async fn authenticate(accounts: &Accounts, headers: &HeaderMap) -> Result<AuthenticatedSupervisor, Refused> {
    if headers.contains_key(header::AUTHORIZATION) {
        return by_token(accounts, headers).await;
    }
    match session::verify(accounts, headers).await {
        Some(supervisor) => Ok(AuthenticatedSupervisor { supervisor, credential: Credential::Session }),
        None => Err(Refused::unauthorized("no token was sent, and no session is open")),
    }
}

async fn by_token(accounts: &Accounts, headers: &HeaderMap) -> Result<AuthenticatedSupervisor, Refused> {
    let Some(token) = bearer(headers) else {
        return Err(Refused::unauthorized("`Authorization` has to be `Bearer` and a token"));
    };
    match accounts.supervisor(token).await? {
        Some(supervisor) => Ok(AuthenticatedSupervisor { supervisor, credential: Credential::Token }),
        None => Err(Refused::unauthorized("no supervisor has this token, or it was revoked or replaced")),
    }
}

/// The credential of the one `Authorization` header, if its scheme is `Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credential) = only(headers, header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim())
}

/// The value of a header that is there once.
pub(crate) fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser says that a page of this very host and port sent the request. Browsers send `Origin` with every
/// request that may change something, so one without it is refused; `Sec-Fetch-Site` must not say otherwise.
///
/// The gateway may stand behind something that adds TLS, so either scheme will do.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin") && is_own_origin(headers)
}

fn is_own_origin(headers: &HeaderMap) -> bool {
    let origin = only(headers, header::ORIGIN).unwrap_or_default();
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let own = authority.zip(only(headers, header::HOST));
    own.is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

/// How a request of another site's page is refused.
#[must_use]
pub fn foreign_origin() -> Refused {
    Refused::forbidden("a session changes things only for the dashboard's own pages")
        .help("open the dashboard itself, or send a supervisor's token in `Authorization`")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let host = [("host", "localhost:7800")];
        is_same_origin(&host.iter().chain(headers).map(pair).collect())
    }

    #[test]
    fn a_form_of_the_dashboard_is_taken() {
        assert!(own(&[("origin", "http://localhost:7800"), ("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "http://localhost:7800")]));
        assert!(own(&[("origin", "https://localhost:7800")]));
    }

    #[test]
    fn a_form_from_elsewhere_or_from_nowhere_is_refused() {
        assert!(!own(&[]));
        assert!(!own(&[("sec-fetch-site", "same-origin")]));
        for origin in
            ["http://evil.test", "null", "http://localhost:7800.evil.test", "localhost:7800", "http://127.0.0.1:7800"]
        {
            assert!(!own(&[("origin", origin)]), "{origin}");
            assert!(!own(&[("origin", origin), ("sec-fetch-site", "same-origin")]), "{origin}");
        }
        for site in ["cross-site", "same-site", "none"] {
            assert!(!own(&[("origin", "http://localhost:7800"), ("sec-fetch-site", site)]), "{site}");
        }
    }
}
