//! Webhooks against a receiver on this machine.

use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{any, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::http::testing::Stage;

const SECRET: &str = "a secret of the receiver's";
const QUICK: Patience = Patience {
    attempts: 4,
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(4),
    oldest: SignedDuration::from_hours(24),
};

/// Who is told, and what it answers first.
struct Receiver {
    answers: Mutex<Vec<StatusCode>>,
    received: mpsc::UnboundedSender<(HeaderMap, String)>,
}

type Received = mpsc::UnboundedReceiver<(HeaderMap, String)>;

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: String) -> (StatusCode, HeaderMap) {
    receiver.received.send((headers, body)).unwrap();
    let status = receiver.answers.lock().unwrap().pop().unwrap_or(StatusCode::OK);
    let elsewhere = HeaderMap::from_iter([("location".parse().unwrap(), "/elsewhere".parse().unwrap())]);
    (status, elsewhere)
}

async fn receiver(answers: Vec<StatusCode>) -> (Webhook, Received) {
    let (received, all) = mpsc::unbounded_channel();
    let state = Arc::new(Receiver { answers: Mutex::new(answers), received });
    // Whoever follows a redirect sends something that is no delivery, and is found.
    let router = Router::new().route("/hook", post(receive)).route("/elsewhere", any(receive)).with_state(state);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Webhook { url, secret: SECRET.to_owned(), outcomes: Vec::new() }, all)
}

async fn next(received: &mut Received) -> (HeaderMap, Value) {
    let (headers, body) = tokio::time::timeout(Duration::from_secs(20), received.recv()).await.unwrap().unwrap();
    (headers, serde_json::from_str(&body).unwrap())
}

fn courier(stage: &Stage, webhook: &Webhook) -> Courier {
    let (gateway, places) = (&stage.gateway, stage.gateway.options().data_dir.join("webhooks"));
    Courier::new(webhook, &places, gateway.trail.clone(), gateway.metrics.clone(), QUICK).unwrap()
}

/// Starts telling from what is in the trail now.
async fn start(stage: &Stage, webhook: &Webhook) -> tokio::task::JoinHandle<()> {
    let courier = courier(stage, webhook);
    courier.keep_place(courier.place().await.unwrap()).await;
    tokio::spawn(courier.run())
}

#[tokio::test]
async fn new_requests_and_notify_calls_are_told_with_a_signature_that_holds() {
    let (stage, (webhook, mut received)) = (Stage::new().await, receiver(Vec::new()).await);
    let _running = start(&stage, &webhook).await;
    stage.invoke("filesystem.list", json!({ "path": "/workspace" })).await;
    let id = stage.queued("a").await;
    stage.invoke("filesystem.write", json!({ "path": "/workspace/b", "content": "x" })).await;
    let (headers, body) = tokio::time::timeout(Duration::from_secs(20), received.recv()).await.unwrap().unwrap();
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&told["outcome"], &told["record"]["request"]), (&json!("approval_requested"), &json!(id)));
    assert_eq!(headers["kruxos-delivery"].to_str().unwrap(), told["delivery"]);
    let text = headers["kruxos-signature"].to_str().unwrap();
    let (time, tag) = text.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&tag[at * 2..at * 2 + 2], 16).unwrap()).collect();
    mac.verify_slice(&bytes).unwrap();
    let (_, told) = next(&mut received).await;
    assert_eq!((&told["outcome"], &told["record"]["capability"]), (&json!("notified"), &json!("filesystem.write")));
}

#[test]
fn a_signature_is_the_one_that_others_compute() {
    // hmac.new(SECRET, b"1700000000.{}", "sha256").hexdigest() in Python
    let at = Timestamp::from_second(1_700_000_000).unwrap();
    let expected = "t=1700000000,v1=87c0971e0cf1e2a6d27478b47c590fb5625dda0cd9e5fea558154ff1ade7d1bd";
    assert_eq!(signature(SECRET, at, "{}"), expected);
}

#[tokio::test]
async fn a_delivery_that_fails_is_tried_again_with_the_same_id_and_given_up_in_the_end() {
    let busy = StatusCode::INTERNAL_SERVER_ERROR;
    let (stage, (webhook, mut received)) = (Stage::new().await, receiver(vec![StatusCode::FOUND, busy]).await);
    let running = start(&stage, &webhook).await;
    stage.queued("a").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(next(&mut received).await.1["delivery"].clone());
    }
    assert!(ids.iter().all(|id| *id == ids[0]));
    running.abort();

    let (webhook, mut received) = receiver(vec![busy; 4]).await;
    let _running = start(&stage, &webhook).await;
    stage.queued("b").await;
    stage.queued("c").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(next(&mut received).await.1["record"]["request"].clone());
    }
    assert_eq!(ids, ["ap_002", "ap_002", "ap_002", "ap_002", "ap_003"]);
}

#[tokio::test]
async fn what_was_not_told_before_a_stop_is_told_afterwards() {
    let (stage, (webhook, mut received)) = (Stage::new().await, receiver(Vec::new()).await);
    stage.queued("before").await;
    let running = start(&stage, &webhook).await;
    running.abort();
    let _ = running.await;
    let id = stage.queued("meanwhile").await;
    let _running = start(&stage, &webhook).await;
    assert_eq!(next(&mut received).await.1["record"]["request"], id);
}

#[tokio::test]
async fn a_long_record_is_told_without_its_params() {
    let (stage, (webhook, mut received)) = (Stage::new().await, receiver(Vec::new()).await);
    let _running = start(&stage, &webhook).await;
    stage.invoke("filesystem.write", json!({ "path": "/workspace/b", "content": "x".repeat(300_000) })).await;
    let (_, told) = next(&mut received).await;
    assert_eq!((&told["shortened"], &told["record"]["params"]), (&json!(true), &Value::Null));
}

#[test]
fn webhooks_that_cannot_be_told_are_refused() {
    let webhook = |url: &str, secret: &str, outcomes: &[&str]| Webhook {
        url: url.to_owned(),
        secret: secret.to_owned(),
        outcomes: outcomes.iter().map(|word| (*word).to_owned()).collect(),
    };
    assert_eq!(check(&[webhook("https://a.example/", SECRET, &["blocked", "failed"])]), Ok(()));
    for (wrong, why) in [
        (webhook("a.example", SECRET, &[]), "is no URL"),
        (webhook("file:///etc/passwd", SECRET, &[]), "has to begin with"),
        (webhook("https://a.example/", "short", &[]), "has 5 characters; give at least 16"),
        (webhook("https://a.example/", SECRET, &["block"]), "known are executed, notified"),
    ] {
        assert!(check(&[wrong]).unwrap_err().contains(why), "{why}");
    }
}

#[test]
fn two_webhooks_of_one_address_are_two_unless_they_say_the_same() {
    let webhook = |outcomes: &[&str]| Webhook {
        url: "https://x.test/hook".to_owned(),
        secret: SECRET.to_owned(),
        outcomes: outcomes.iter().map(|outcome| (*outcome).to_owned()).collect(),
    };
    let (usual, blocked) = (webhook(&[]), webhook(&["blocked", "failed"]));
    assert_ne!(place(&usual), place(&blocked));
    assert_eq!(place(&blocked), place(&webhook(&["failed", "blocked"])));
    assert_eq!(check(&[usual.clone(), blocked.clone()]), Ok(()));
    let error = check(&[blocked.clone(), usual, blocked]).unwrap_err();
    assert_eq!(error, "the webhook `https://x.test/hook` is there twice with the same outcomes; leave one out");
}

#[tokio::test]
async fn where_a_webhook_is_only_its_gateway_may_write() {
    use std::os::unix::fs::PermissionsExt as _;
    let (webhook, _received) = receiver(Vec::new()).await;
    let stage = Stage::new().await;
    let courier = courier(&stage, &webhook);
    courier.keep_place(7).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&courier.cursor), mode(courier.cursor.parent().unwrap())), (0o600, 0o700));
    assert_eq!(std::fs::read_to_string(&courier.cursor).unwrap(), "7\n");
}
