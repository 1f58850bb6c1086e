//! Tells other programs what supervisors should know: new requests, and `notify` calls that were carried out.
//!
//! Each webhook follows the audit trail by itself and keeps its place in a file, so that nothing waits in memory, no call
//! waits for a webhook, and what was not told before a stop is told after the next start. The receiver may get a delivery
//! twice, with the same `KruxOS-Delivery`, and gets them in order.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use kruxos_approvals::audit::{Entry, Event, Outcome};
use kruxos_approvals::{Digest, StoreError};
use kruxos_policy::tier::Tier;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio::io::AsyncWriteExt as _;

use crate::lifetime::Lifetime;
use crate::metrics::Metrics;
use crate::trail::Trail;
use crate::wire::RecordDocument;

/// How long one attempt may take.
const SLOWEST: Duration = Duration::from_secs(10);
/// The longest body, in bytes; a record that is longer is told without its params.
const LONGEST: usize = 256 * 1024;
/// Characters of a secret at least.
const SHORTEST_SECRET: usize = 16;

/// How long to go on with a delivery that fails.
#[derive(Clone, Copy, Debug)]
struct Patience {
    attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
    oldest: SignedDuration,
}

/// Ten attempts in about a quarter of an hour; what is a day old interests nobody.
const USUAL: Patience = Patience {
    attempts: 10,
    first_pause: Duration::from_secs(1),
    longest_pause: Duration::from_secs(300),
    oldest: SignedDuration::from_hours(24),
};

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Where to post.
    pub url: String,
    /// What the posts are signed with.
    pub secret: String,
    /// The outcomes to tell of; none: `approval_requested` and `notified`.
    #[serde(default)]
    pub outcomes: Vec<String>,
}

/// Whether webhooks can be told at all.
///
/// # Errors
/// What is wrong with the first that cannot.
pub fn check(webhooks: &[Webhook]) -> Result<(), String> {
    webhooks.iter().try_for_each(|webhook| Told::of(webhook).map(|_| ()))?;
    let mut places: Vec<String> = webhooks.iter().map(place).collect();
    places.sort();
    match places.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[String]>::first) {
        Some(twice) => {
            let url = twice.lines().next().unwrap_or_default().escape_debug().to_string();
            Err(format!("the webhook `{url}` is there twice with the same outcomes; leave one out"))
        }
        None => Ok(()),
    }
}

/// What tells one webhook from another: two may have one address, and be told of different things.
fn place(webhook: &Webhook) -> String {
    let mut outcomes = webhook.outcomes.clone();
    outcomes.sort();
    std::iter::once(webhook.url.clone()).chain(outcomes).collect::<Vec<String>>().join("\n")
}

/// Tells webhooks of what is written down, until the gateway stops; where each of them is, is kept in this directory.
pub(crate) fn spawn(webhooks: &[Webhook], places: &Path, trail: &Trail, metrics: &Arc<Metrics>, lifetime: &Lifetime) {
    for webhook in webhooks {
        match Courier::new(webhook, places, trail.clone(), metrics.clone(), USUAL) {
            Ok(courier) => {
                let until = lifetime.clone();
                lifetime.spawn(async move { until.unless_stopped(courier.run()).await });
            }
            Err(why) => tracing::error!(%why, "a webhook is not told of anything"),
        }
    }
}

/// Whom to tell of what.
#[derive(Clone, Debug)]
struct Told {
    url: Url,
    secret: String,
    outcomes: Vec<Outcome>,
}

impl Told {
    fn of(webhook: &Webhook) -> Result<Self, String> {
        let shown = webhook.url.escape_debug();
        let url: Url = webhook.url.parse().map_err(|error| format!("the webhook `{shown}` is no URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("the webhook `{shown}` has to begin with `https://` or `http://`"));
        }
        let length = webhook.secret.chars().count();
        if length < SHORTEST_SECRET {
            return Err(format!(
                "the secret of the webhook `{shown}` has {length} characters; give at least {SHORTEST_SECRET}"
            ));
        }
        let outcomes = webhook.outcomes.iter().map(|word| outcome(word, &webhook.url)).collect::<Result<_, _>>()?;
        Ok(Self { url, secret: webhook.secret.clone(), outcomes })
    }

    /// Without a list: what waits for supervisors, and every `notify` call once it has ended, however it ended.
    fn concerns(&self, entry: &Entry) -> bool {
        let Some(outcome) = entry.outcome else { return false };
        if !self.outcomes.is_empty() {
            return self.outcomes.contains(&outcome);
        }
        let is_notify = entry.decision.as_ref().is_some_and(|decision| decision.tier == Tier::Notify);
        outcome == Outcome::ApprovalRequested
            || outcome == Outcome::Notified
            || (is_notify && entry.event == Event::Execution)
    }
}

fn outcome(word: &str, url: &str) -> Result<Outcome, String> {
    word.parse().map_err(|()| {
        let known: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
        let (word, url) = (word.escape_debug(), url.escape_debug());
        format!("the webhook `{url}` names the outcome `{word}`; known are {}", known.join(", "))
    })
}

/// Tells one webhook.
struct Courier {
    trail: Trail,
    metrics: Arc<Metrics>,
    told: Told,
    client: Client,
    cursor: PathBuf,
    patience: Patience,
}

impl Courier {
    fn new(
        webhook: &Webhook,
        places: &Path,
        trail: Trail,
        metrics: Arc<Metrics>,
        patience: Patience,
    ) -> Result<Self, String> {
        let told = Told::of(webhook)?;
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(SLOWEST)
            .user_agent(concat!("kruxos/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("no connection can be made: {error}"))?;
        let name = Digest::of(place(webhook).as_bytes()).to_string().replace("sha256:", "");
        Ok(Self { trail, metrics, told, client, cursor: places.join(name), patience })
    }

    async fn run(self) {
        let after = match self.place().await {
            Ok(after) => after,
            Err(error) => return tracing::error!(%error, "a webhook is not told of anything"),
        };
        self.keep_place(after).await;
        let mut records = pin!(self.trail.follow(Some(after)));
        while let Some(sealed) = records.next().await {
            let sequence = sealed.record.sequence;
            if self.told.concerns(&sealed.record.entry) {
                self.deliver(RecordDocument::from(&*sealed)).await;
                self.keep_place(sequence).await;
            }
        }
    }

    /// The last record that was seen to: as kept, or the trail's end for who is told for the first time.
    async fn place(&self) -> Result<u64, StoreError> {
        let head = self.trail.head().await?.sequence;
        let kept = tokio::fs::read_to_string(&self.cursor).await.ok();
        let kept = kept.and_then(|text| text.trim().parse::<u64>().ok());
        Ok(kept.filter(|kept| *kept <= head).unwrap_or(head))
    }

    async fn keep_place(&self, sequence: u64) {
        if let Err(error) = self.write_place(sequence).await {
            tracing::warn!(%error, "a webhook's place is not kept; it may be told twice");
        }
    }

    async fn write_place(&self, sequence: u64) -> std::io::Result<()> {
        if let Some(folder) = self.cursor.parent() {
            tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
        }
        let new = self.cursor.with_extension("new");
        let mut options = tokio::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new).await?;
        file.write_all(format!("{sequence}\n").as_bytes()).await?;
        file.flush().await?;
        tokio::fs::rename(&new, &self.cursor).await
    }

    /// Tells of one record, again and again if need be.
    async fn deliver(&self, document: RecordDocument) {
        let (sequence, at) = (document.record.sequence, document.record.at);
        let Some(delivery) = Delivery::of(document) else { return };
        let mut pause = self.patience.first_pause;
        for attempt in 1..=self.patience.attempts {
            if Timestamp::now().duration_since(at) > self.patience.oldest {
                break;
            }
            match self.attempt(&delivery).await {
                Ok(()) => return self.metrics.delivered("delivered"),
                Err(why) => {
                    self.metrics.delivered("failed");
                    tracing::warn!(host = self.told.url.host_str(), sequence, attempt, %why, "a webhook was not told");
                }
            }
            if attempt < self.patience.attempts {
                tokio::time::sleep(pause).await;
            }
            pause = (pause * 2).min(self.patience.longest_pause);
        }
        self.metrics.delivered("given_up");
        tracing::error!(host = self.told.url.host_str(), sequence, "a webhook is not told of a record any more");
    }

    async fn attempt(&self, delivery: &Delivery) -> Result<(), String> {
        let signature = signature(&self.told.secret, Timestamp::now(), &delivery.body);
        let request = self.client.post(self.told.url.clone()).header("content-type", "application/json");
        let request = request.header("kruxos-delivery", &delivery.id).header("kruxos-signature", signature);
        // An error of the client names the URL, which may hold a secret.
        let response =
            request.body(delivery.body.clone()).send().await.map_err(|error| error.without_url().to_string())?;
        if response.status().is_success() { Ok(()) } else { Err(format!("it answered {}", response.status())) }
    }
}

/// What is sent, the same at every attempt.
struct Delivery {
    id: String,
    body: String,
}

/// The body.
#[derive(Serialize)]
struct Notice<'a> {
    delivery: &'a str,
    outcome: Option<Outcome>,
    record: &'a RecordDocument,
    shortened: bool,
}

impl Delivery {
    fn of(mut document: RecordDocument) -> Option<Self> {
        let hash = document.hash.to_string();
        let hash = hash.strip_prefix("sha256:").and_then(|digits| digits.get(..16)).unwrap_or_default();
        let id = format!("{}-{hash}", document.record.sequence);
        let body = Self::body(&id, &document, false)?;
        if body.len() <= LONGEST {
            return Some(Self { id, body });
        }
        document.record.entry.params = None;
        let body = Self::body(&id, &document, true)?;
        Some(Self { id, body })
    }

    fn body(delivery: &str, record: &RecordDocument, shortened: bool) -> Option<String> {
        serde_json::to_string(&Notice { delivery, outcome: record.record.entry.outcome, record, shortened }).ok()
    }
}

/// `t=UNIX,v1=HEX`: the HMAC-SHA256 of the time, a full stop and the body.
fn signature(secret: &str, at: Timestamp, body: &str) -> String {
    let time = at.as_second().to_string();
    // HMAC takes a key of any length, so there always is one.
    let tag = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body.as_bytes());
        mac.finalize().into_bytes()
    });
    let tag: String = tag.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={tag}")
}

#[cfg(test)]
#[path = "webhooks_tests.rs"]
mod tests;
