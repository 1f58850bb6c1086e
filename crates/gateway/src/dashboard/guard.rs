//! What every page says of itself to the browser, and from where forms may come.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::trouble;

/// Only the dashboard's own files; nothing inline, nothing from elsewhere, no frames around it.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// `same-origin` and not `no-referrer`: the latter makes browsers send `Origin: null` with forms.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds what every page says of itself.
pub(crate) async fn headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Refuses whatever changes something and does not come from the dashboard's own pages.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || is_own(request.headers()) {
        return next.run(request).await;
    }
    let text = "This form was not sent by the dashboard's own pages, so nothing was done.";
    trouble::page(StatusCode::FORBIDDEN, "Not from here", text).into_response()
}

/// Whether a browser says that its page is of the origin it is talking to. Both words must agree, and one must be there.
fn is_own(headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site = said("sec-fetch-site").map(|site| site == "same-origin");
    let origin = said("origin").map(|origin| {
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        authority.is_some() && authority == said("host")
    });
    match (site, origin) {
        (None, None) => false,
        (site, origin) => site.unwrap_or(true) && origin.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let host = [("host", "localhost:7800")];
        is_own(&host.iter().chain(headers).map(pair).collect())
    }

    #[test]
    fn a_form_of_the_dashboard_is_taken() {
        assert!(own(&[("origin", "http://localhost:7800"), ("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "http://localhost:7800")]));
        assert!(own(&[("origin", "https://localhost:7800")]));
        assert!(own(&[("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn a_form_from_elsewhere_or_from_nowhere_is_refused() {
        assert!(!own(&[]));
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
