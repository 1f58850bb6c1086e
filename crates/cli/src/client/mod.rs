//! The supervisors' API as the command speaks it: requests in, documents or a [`Problem`] out.
//!
//! Knows nothing of terminals. Verbs that ask once use [`Client`], which waits; live views use the [`Remote`] in it.

mod connection;
mod events;
mod problem;

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use kruxos_gateway::wire::ErrorDocument;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use connection::{Connection, Target, environment};
pub(crate) use events::Events;
pub(crate) use problem::{Kind, Problem};

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(4);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How long an answer may take that reads the whole trail.
pub(crate) const LONG_ANSWER: Duration = Duration::from_secs(15 * 60);
/// Bytes of an answer.
const LARGEST_ANSWER: u64 = 256 * 1024 * 1024;

/// Names and values behind a path's `?`.
pub(crate) type Query<'q> = &'q [(&'q str, String)];

/// The gateway, asked by futures.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    http: reqwest::Client,
    target: Arc<Target>,
    zone: TimeZone,
    patience: Duration,
}

impl Remote {
    /// The gateway at a target; times in its refusals are shown in this zone.
    pub(crate) fn new(target: Target, zone: TimeZone) -> Result<Self, Problem> {
        // A proxy has no business with a gateway's tokens, and a gateway redirects nobody.
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        // Plain http needs no certificates, on a machine that may have none.
        let http = if target.url.scheme() == "http" { http.tls_certs_only([]) } else { http };
        let http = http.connect_timeout(CONNECT).build().map_err(|error| {
            Problem::wrong(format!("no connection can be made: {}", innermost(&error)), "see the system's TLS settings")
        })?;
        Ok(Self { http, target: Arc::new(target), zone, patience: ANSWER })
    }

    /// The same gateway, waited for as long as this.
    pub(crate) fn patient(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// The gateway's address, for people.
    pub(crate) fn address(&self) -> &str {
        self.target.url.as_str().trim_end_matches('/')
    }

    /// The zone that times are shown in.
    pub(crate) const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Asks for a document.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: Query<'_>) -> Result<T, Problem> {
        let request = self.request(Method::GET, path, query).timeout(self.patience);
        self.document(request).await
    }

    /// Tells the gateway something and gives its answer.
    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Problem> {
        let text = serde_json::to_vec(body).map_err(|error| Problem::wrong(error.to_string(), "report this"))?;
        let request = self.request(Method::POST, path, &[]).timeout(self.patience);
        self.document(request.header(CONTENT_TYPE, "application/json").body(text)).await
    }

    /// The activity behind a record, or from now on.
    pub(crate) async fn activity(&self, after: Option<u64>) -> Result<Events, Problem> {
        let mut request = self.request(Method::GET, "/api/activity", &[]).header(ACCEPT, "text/event-stream");
        if let Some(after) = after {
            request = request.header("Last-Event-ID", after);
        }
        let sent = tokio::time::timeout(self.patience, request.send()).await;
        let response = sent.map_err(|_| Problem::silent(self.address()))?.map_err(|error| self.broken(&error))?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if response.status().is_success() && kind.starts_with("text/event-stream") {
            return Ok(Events::new(response, self.address().to_owned()));
        }
        let status = response.status();
        Err(self.refusal(status, &self.body(response).await?))
    }

    fn request(&self, method: Method, path: &str, query: Query<'_>) -> reqwest::RequestBuilder {
        let mut url = self.target.url.clone();
        url.set_path(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query.iter().map(|(name, value)| (name, value)));
        }
        self.http.request(method, url).header(AUTHORIZATION, self.target.authorization.clone())
    }

    async fn document<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, Problem> {
        let response = request.send().await.map_err(|error| self.broken(&error))?;
        let status = response.status();
        let body = self.body(response).await?;
        if !status.is_success() {
            return Err(self.refusal(status, &body));
        }
        serde_json::from_slice(&body).map_err(|error| {
            Problem::not_a_gateway(
                self.address(),
                &format!("its answer is not the document that belongs there ({error})"),
            )
        })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Problem> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() as u64 > LARGEST_ANSWER {
                return Err(Problem::too_large(self.address(), LARGEST_ANSWER, LARGEST_ANSWER));
            }
        }
        Ok(body)
    }

    /// What an answer that is no success says.
    fn refusal(&self, status: StatusCode, body: &[u8]) -> Problem {
        let document = serde_json::from_slice::<ErrorDocument>(body);
        match (status, document) {
            (StatusCode::UNAUTHORIZED, Ok(_)) => Problem::unknown_token(self.address(), &self.target.token_from),
            (_, Ok(document)) => Problem::refused(status.as_u16(), document.error, &self.zone),
            (_, Err(_)) => Problem::not_a_gateway(self.address(), &format!("it answers {status}")),
        }
    }

    fn broken(&self, error: &reqwest::Error) -> Problem {
        let why = innermost(error);
        if error.is_timeout() {
            return Problem::silent(self.address());
        }
        match error.is_connect() {
            true if is_refused(error) => Problem::not_running(self.address()),
            true => Problem::unreachable(self.address(), &why),
            false => Problem::not_a_gateway(self.address(), &why),
        }
    }
}

/// A path whose parts may be any text.
pub(crate) fn path(parts: &[&str]) -> String {
    let Ok(mut url) = Url::parse("http://localhost") else { return String::new() };
    // An address with a host can have a path.
    let _ = url.path_segments_mut().map(|mut segments| {
        segments.extend(parts);
    });
    url.path().to_owned()
}

/// What really went wrong, without the layers around it.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

fn is_refused(error: &(dyn std::error::Error + 'static)) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused) || error.source().is_some_and(is_refused)
}

/// The gateway, asked and waited for.
pub(crate) struct Client {
    runtime: tokio::runtime::Runtime,
    remote: Remote,
}

impl Client {
    /// The gateway that the options, the environment and the data directory lead to.
    pub(crate) fn open(connection: &Connection) -> Result<Self, Problem> {
        Self::at(connection.target(&environment)?, TimeZone::system())
    }

    /// The gateway at a target.
    pub(crate) fn at(target: Target, zone: TimeZone) -> Result<Self, Problem> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Problem::wrong(error.to_string(), "see the limits of this process"))?;
        Ok(Self { remote: Remote::new(target, zone)?, runtime })
    }

    /// The gateway itself.
    pub(crate) const fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Waits for something.
    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Asks for a document.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str, query: Query<'_>) -> Result<T, Problem> {
        self.wait(self.remote.get(path, query))
    }

    /// Tells the gateway something and gives its answer.
    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Problem> {
        self.wait(self.remote.post(path, body))
    }
}

#[cfg(test)]
mod tests;
