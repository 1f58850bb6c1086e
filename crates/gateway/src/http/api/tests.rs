//! What supervisors get, as `docs/protocol.md` has it.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use kruxos_approvals::Role;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::route::Verb;
use super::{openapi, routes};
use crate::OPERATOR;
use crate::http::session;
use crate::http::testing::{Answer, Stage, ask};
use crate::wire::NewAccount;

const JSON: &str = "application/json";

fn kind(answer: &Answer) -> &str {
    let error = &answer.body["error"];
    assert!(error["message"].as_str().is_some_and(|message| message.len() > 8), "{}", answer.text);
    error["kind"].as_str().unwrap()
}

async fn supervisor(stage: &Stage, name: &str) -> String {
    let new = NewAccount { name: name.to_owned(), purpose: None, groups: Vec::new() };
    stage.gateway.accounts.create_account(OPERATOR, Role::Supervisor, &new).await.unwrap().1
}

fn with_token(request: axum::http::request::Builder, token: &str) -> axum::http::request::Builder {
    request.header("host", "localhost:7800").header("authorization", format!("Bearer {token}"))
}

/// A path of the table with something in its braces.
fn filled(path: &str) -> String {
    path.replace("{id}", "ap_001").replace("{name}", "somebody")
}

#[tokio::test]
async fn every_route_is_described_needs_a_token_and_knows_its_query() {
    let (stage, document) = (Stage::new().await, openapi::document());
    let described: usize =
        document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(described, routes::table().len());
    for route in routes::table() {
        let operation = &document["paths"][route.path][route.verb.as_str()];
        assert_eq!(operation["operationId"], route.name, "{}", route.path);
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(!parameter["schema"].to_string().contains("null"), "{parameter}");
        }
        let request = |path: &str| match route.verb {
            Verb::Get => Request::get(path),
            Verb::Post => Request::post(path).header("content-type", JSON),
        };
        let path = filled(route.path);
        let anonymous = request(&path).header("host", "localhost").body(Body::from("{}")).unwrap();
        let anonymous = ask(&stage.supervisors, anonymous).await.status;
        assert_eq!(anonymous, if route.closed { StatusCode::UNAUTHORIZED } else { StatusCode::OK }, "{path}");
        if route.closed {
            let odd = request(&format!("{path}?no-such=1"));
            let odd = ask(&stage.supervisors, stage.operator(odd).body(Body::from("{}")).unwrap()).await;
            assert_eq!((odd.status, kind(&odd)), (StatusCode::BAD_REQUEST, "bad_request"), "{path}");
            assert!(odd.text.contains("no-such"), "{}", odd.text);
        }
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let (document, mut found) = (openapi::document(), Vec::new());
    references(&document, &mut found);
    assert!(found.len() > 10);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn only_a_supervisor_s_token_is_worth_something_here() {
    let stage = Stage::new().await;
    let ada = supervisor(&stage, "ada").await;
    let status = async |request: axum::http::request::Builder| {
        ask(&stage.supervisors, request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(status(with_token(Request::get("/api/status"), &ada)).await.body["supervisor"], "ada");
    let agent = status(with_token(Request::get("/api/status"), &stage.key)).await;
    assert_eq!((agent.status, kind(&agent)), (StatusCode::UNAUTHORIZED, "unauthorized"));
    assert!(agent.body["error"]["help"].as_str().unwrap().contains("supervisors' side"));
    assert!(agent.headers.contains_key(header::WWW_AUTHENTICATE));
    let basic = Request::get("/api/status").header("host", "localhost").header("authorization", format!("Basic {ada}"));
    assert_eq!(status(basic).await.status, StatusCode::UNAUTHORIZED);
    stage.gateway.accounts.revoke_account(OPERATOR, Role::Supervisor, "ada").await.unwrap();
    assert_eq!(status(with_token(Request::get("/api/status"), &ada)).await.status, StatusCode::UNAUTHORIZED);
    for _ in 0..30 {
        status(with_token(Request::get("/api/status"), "wrong")).await;
    }
    let flooded = status(with_token(Request::get("/api/status"), "wrong")).await;
    assert_eq!((flooded.status, kind(&flooded)), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert_eq!(stage.get("/api/status").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_changes_things_for_its_own_pages_alone() {
    let stage = Stage::new().await;
    let cookie = format!("{}={}", session::COOKIE, session::sign(&stage.gateway.accounts, OPERATOR).await.unwrap());
    let request = |path: &str, origin: Option<&str>, site: Option<&str>| {
        let verb = if origin.is_some() || site.is_some() { Request::post(path) } else { Request::get(path) };
        let mut request = verb.header("host", "localhost:7800").header("cookie", &cookie).header("content-type", JSON);
        for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
            request = value.into_iter().fold(request, |request, value| request.header(name, value));
        }
        request.body(Body::from("{}")).unwrap()
    };
    assert_eq!(ask(&stage.supervisors, request("/api/status", None, None)).await.status, StatusCode::OK);
    let id = stage.queued("a").await;
    let path = format!("/api/approvals/{id}/approve");
    let own = Some("http://localhost:7800");
    for (origin, site) in [
        (Some("http://evil.example"), None),
        (Some("http://localhost:9999"), None),
        (Some("null"), None),
        (own, Some("cross-site")),
        (own, Some("same-site")),
        (None, Some("same-origin")),
    ] {
        let refused = ask(&stage.supervisors, request(&path, origin, site)).await;
        assert_eq!((refused.status, kind(&refused)), (StatusCode::FORBIDDEN, "forbidden"), "{origin:?} {site:?}");
    }
    let form = Request::post(&path).header("host", "localhost:7800").header("cookie", &cookie);
    let form = form.header("origin", "http://evil.example").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(ask(&stage.supervisors, form.body("reason=x".into()).unwrap()).await.status, StatusCode::FORBIDDEN);
    let approved = ask(&stage.supervisors, request(&path, own, Some("same-origin"))).await;
    assert_eq!((approved.status, &approved.body["state"]), (StatusCode::OK, &json!("approved")), "{}", approved.text);
    stage.gateway.accounts.rotate_account(OPERATOR, Role::Supervisor, OPERATOR).await.unwrap();
    assert_eq!(ask(&stage.supervisors, request("/api/status", None, None)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_names_are_refused_everywhere_and_answers_are_protected() {
    let stage = Stage::new().await;
    for path in ["/api/health", "/api/status", "/metrics", "/approvals", "/nothing"] {
        let request = Request::get(path).header("host", "evil.example:7800");
        let request = request.header("authorization", format!("Bearer {}", stage.token));
        let refused = ask(&stage.supervisors, request.body(Body::empty()).unwrap()).await;
        assert_eq!((refused.status, kind(&refused)), (StatusCode::FORBIDDEN, "forbidden"), "{path}");
    }
    let answer = stage.get("/api/status").await;
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn the_first_word_stands_and_the_second_is_told_whose_it_was() {
    let stage = Stage::new().await;
    let id = stage.queued("a").await;
    let rejected = stage.post(&format!("/api/approvals/{id}/reject"), json!({ "reason": "keep it" })).await;
    assert_eq!((rejected.status, &rejected.body["state"]), (StatusCode::OK, &json!("rejected")));
    let late = stage.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
    assert_eq!((late.status, kind(&late)), (StatusCode::CONFLICT, "conflict"));
    let winner = &late.body["error"]["winner"];
    assert_eq!((&winner["state"], &winner["by"]), (&json!("rejected"), &json!("operator")));
    assert!(winner["reason"] == "keep it" && winner["at"].is_string());

    let shown = stage.get(&format!("/api/approvals/{id}")).await;
    assert_eq!(shown.body["request"]["verdict"]["reason"], "keep it");
    assert_eq!(shown.body["history"].as_array().unwrap().len(), 2);

    let answer = stage.invoke("state.shared.set", json!({ "key": "a", "value": {}, "expected_version": 0 })).await;
    let id = answer.body["error"]["data"]["request_id"].as_str().expect(&answer.text);
    let other = stage.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
    assert_eq!((other.status, kind(&other)), (StatusCode::FORBIDDEN, "forbidden"));
}

#[tokio::test]
async fn what_is_not_a_verdict_is_refused() {
    let stage = Stage::new().await;
    let id = stage.queued("a").await;
    let path = format!("/api/approvals/{id}/approve");
    let send = async |path: &str, media: &str, body: Body| {
        let request = stage.operator(Request::post(path)).header("content-type", media);
        ask(&stage.supervisors, request.body(body).unwrap()).await
    };
    let long = json!({ "reason": "x".repeat(3000) }).to_string();
    for (path, media, body, status, word) in [
        (path.as_str(), JSON, r#"{"reasons":"x"}"#, StatusCode::BAD_REQUEST, "bad_request"),
        (path.as_str(), JSON, r#"{"reason":"x","reason":"y"}"#, StatusCode::BAD_REQUEST, "bad_request"),
        (path.as_str(), JSON, r#"{"reason":7}"#, StatusCode::BAD_REQUEST, "bad_request"),
        (path.as_str(), JSON, r#"["x"]"#, StatusCode::BAD_REQUEST, "bad_request"),
        (path.as_str(), JSON, "[]", StatusCode::BAD_REQUEST, "bad_request"),
        (path.as_str(), JSON, &long, StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        (path.as_str(), "text/plain", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        ("/api/approvals/1/approve", JSON, "{}", StatusCode::BAD_REQUEST, "bad_request"),
        ("/api/approvals/ap_999/approve", JSON, "{}", StatusCode::NOT_FOUND, "not_found"),
    ] {
        let refused = send(path, media, Body::from(body.to_owned())).await;
        assert_eq!((refused.status, kind(&refused)), (status, word), "{body}");
    }
    let large = stage.operator(Request::post(&path)).header("content-type", JSON).header("content-length", 1 << 25);
    let large = ask(&stage.supervisors, large.body(Body::empty()).unwrap()).await;
    assert_eq!((large.status, kind(&large)), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    let pending = stage.get("/api/approvals").await;
    assert_eq!(pending.body["approvals"][0]["state"], "pending");
    let request = stage.operator(Request::post(&path)).body(Body::empty()).unwrap();
    assert_eq!(ask(&stage.supervisors, request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn requests_are_listed_by_state_and_page() {
    let stage = Stage::new().await;
    let (first, second) = (stage.queued("a").await, stage.queued("b").await);
    stage.post(&format!("/api/approvals/{first}/reject"), json!({})).await;
    let ids = |answer: &Answer| {
        let all = answer.body["approvals"].as_array().expect(&answer.text);
        all.iter().map(|request| request["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&stage.get("/api/approvals").await), std::slice::from_ref(&second));
    assert_eq!(ids(&stage.get("/api/approvals?state=rejected").await), std::slice::from_ref(&first));
    assert_eq!(ids(&stage.get("/api/approvals?state=approved").await), [""; 0]);
    let page = stage.get("/api/approvals?state=all&limit=1").await;
    assert_eq!((ids(&page), &page.body["next"], &page.body["total"]), (vec![first.clone()], &json!(first), &json!(2)));
    assert_eq!(ids(&stage.get(&format!("/api/approvals?state=all&after={first}")).await), [second]);
    assert_eq!(ids(&stage.get("/api/approvals?agent=other").await), [""; 0]);
    for wrong in ["limit=0", "limit=501", "limit=x", "state=no", "after=1", "state=all&state=pending", "agents=x"] {
        let refused = stage.get(&format!("/api/approvals?{wrong}")).await;
        assert_eq!((refused.status, kind(&refused)), (StatusCode::BAD_REQUEST, "bad_request"), "{wrong}");
    }
    let unknown = stage.get("/api/approvals?agents=x").await;
    assert!(unknown.text.contains("`state`, `agent`, `after`, `limit`"), "{}", unknown.text);
}

#[tokio::test]
async fn the_trail_is_read_and_checked() {
    let stage = Stage::new().await;
    stage.queued("a").await;
    stage.invoke("process.run", json!({ "command": "ls" })).await;
    let found = stage.get("/api/audit?capability=filesystem.*&outcome=approval_requested&limit=10").await;
    assert_eq!(found.body["records"].as_array().expect(&found.text).len(), 1);
    let head = &stage.get("/api/status").await.body["head"];
    let (sequence, hash) = (&head["sequence"], head["hash"].as_str().unwrap());
    let intact = stage.get(&format!("/api/audit/verify?sequence={sequence}&hash={hash}")).await;
    assert_eq!(intact.body["intact"], true, "{}", intact.text);
    let cut = stage.get(&format!("/api/audit/verify?sequence=99999&hash={hash}")).await;
    assert_eq!((&cut.body["intact"], cut.body["broken"].is_object()), (&json!(false), true));
    for wrong in ["/api/audit/verify?sequence=1", "/api/audit?capability=[", "/api/audit?since=yesterday"] {
        assert_eq!(stage.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn policies_are_shown_and_tried() {
    let stage = Stage::new().await;
    let policy = stage.get("/api/policy").await;
    let name = |at: usize| policy.body["policies"][at]["name"].clone();
    assert_eq!((name(0), name(1)), (json!("system-baseline"), json!("doors")), "{}", policy.text);
    assert_eq!(policy.body["baseline"], json!(true));
    let call = json!({ "agent": "my-agent", "capability": "process.run", "params": { "command": "ls" } });
    let tried = stage.post("/api/policy/try", call).await;
    assert_eq!(tried.body["decision"]["tier"], "blocked", "{}", tried.text);
    let wrong = stage.post("/api/policy/try", json!({ "agent": "a", "capability": "a.b", "params": [] })).await;
    assert_eq!((wrong.status, kind(&wrong)), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
    assert_eq!(stage.get("/api/audit?outcome=blocked").await.body["records"], json!([]));
}

#[tokio::test]
async fn accounts_are_made_given_keys_and_revoked() {
    let stage = Stage::new().await;
    let made = stage.post("/api/agents", json!({ "name": "new-agent", "purpose": "tests" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let old = made.body["key"].as_str().unwrap();
    let rotated = stage.post("/api/agents/new-agent/rotate", json!({})).await;
    let key = rotated.body["key"].as_str().unwrap();
    assert_eq!(stage.rpc_as("new-agent", old, "capabilities.list", json!({})).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.rpc_as("new-agent", key, "capabilities.list", json!({})).await.status, StatusCode::OK);
    let revoked = stage.post("/api/agents/new-agent/revoke", json!({})).await;
    assert!(revoked.body["revoked_at"].is_string(), "{}", revoked.text);
    assert_eq!(stage.rpc_as("new-agent", key, "capabilities.list", json!({})).await.status, StatusCode::UNAUTHORIZED);
    let listed = stage.get("/api/agents").await;
    assert_eq!(listed.body["agents"].as_array().unwrap().len(), 2);
    assert!(!listed.text.contains("key_digest") && !listed.text.contains("\"key\""));
    for (path, body, status, word) in [
        ("/api/agents", json!({ "name": "new-agent" }), StatusCode::CONFLICT, "conflict"),
        ("/api/agents", json!({ "name": "a b" }), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/agents", json!({ "name": "a", "key": "mine" }), StatusCode::BAD_REQUEST, "bad_request"),
        ("/api/agents/nobody/rotate", json!({}), StatusCode::NOT_FOUND, "not_found"),
        ("/api/supervisors/operator/revoke", json!({}), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
    ] {
        let refused = stage.post(path, body).await;
        assert_eq!((refused.status, kind(&refused)), (status, word), "{path}");
    }
    let made = stage.post("/api/supervisors", json!({ "name": "ada", "groups": ["ops"] })).await;
    let token = made.body["token"].as_str().expect(&made.text);
    let asked = with_token(Request::get("/api/supervisors"), token).body(Body::empty()).unwrap();
    assert_eq!(ask(&stage.supervisors, asked).await.body["supervisors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn other_paths_and_verbs_are_told_where_to_look() {
    let stage = Stage::new().await;
    for path in ["/api", "/api/nothing", "/api/approvals/ap_001/accept"] {
        let absent = stage.get(path).await;
        assert_eq!((absent.status, kind(&absent)), (StatusCode::NOT_FOUND, "not_found"), "{path}");
    }
    let verb =
        ask(&stage.supervisors, stage.operator(Request::delete("/api/agents")).body(Body::empty()).unwrap()).await;
    assert_eq!((verb.status, kind(&verb)), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
    assert_eq!(stage.get("/api/health").await.body, json!({ "status": "ok" }));
    stage.gateway.lifetime.stop();
    let stopping = stage.get("/api/health").await;
    assert_eq!((stopping.status, kind(&stopping)), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
}

async fn activity(stage: &Stage, token: &str, last: Option<&str>) -> Response {
    let request = with_token(Request::get("/api/activity"), token);
    let request = last.into_iter().fold(request, |request, last| request.header("last-event-id", last));
    stage.supervisors.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// The stream up to the first text that holds this, or to its end.
async fn until(response: Response, end: &str) -> String {
    let mut chunks = response.into_body().into_data_stream();
    let mut text = String::new();
    while !text.contains(end) {
        match tokio::time::timeout(Duration::from_secs(20), chunks.next()).await.expect("the stream goes on") {
            Some(chunk) => text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap()),
            None => break,
        }
    }
    text
}

#[tokio::test]
async fn activity_resumes_behind_the_last_event() {
    let stage = Stage::new().await;
    stage.queued("a").await;
    let end = stage.get("/api/status").await.body["head"]["sequence"].as_u64().unwrap();
    let stream = activity(&stage, &stage.token, Some("1")).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let text = until(stream, &format!("id: {end}\n")).await;
    let ids: Vec<u64> = text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
    assert_eq!(ids, (2..=end).collect::<Vec<_>>());
    assert_eq!(text.matches("event: record\n").count(), ids.len());
    let data: Value =
        serde_json::from_str(text.lines().rfind(|line| line.starts_with("data:")).unwrap()[5..].trim()).unwrap();
    assert_eq!((&data["sequence"], data["hash"].is_string()), (&json!(end), true));
    assert_eq!(activity(&stage, &stage.token, Some("x")).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn activity_ends_with_the_gateway_and_with_the_token() {
    let stage = Stage::new().await;
    let ada = supervisor(&stage, "ada").await;
    let end = stage.get("/api/status").await.body["head"]["sequence"].as_u64().unwrap();
    let hers = activity(&stage, &ada, Some(&end.to_string())).await;
    stage.gateway.accounts.revoke_account(OPERATOR, Role::Supervisor, "ada").await.unwrap();
    stage.queued("a").await;
    assert!(!until(hers, "no such text").await.contains("event: record"));
    let own = activity(&stage, &stage.token, Some(&end.to_string())).await;
    stage.gateway.lifetime.stop();
    until(own, "no such text").await;
}

#[tokio::test]
async fn streams_are_bounded_and_come_back() {
    let stage = Stage::new().await;
    let mut open = Vec::new();
    for _ in 0..super::activity::MOST_STREAMS {
        open.push(activity(&stage, &stage.token, None).await);
    }
    assert!(open.iter().all(|stream| stream.status() == StatusCode::OK));
    assert_eq!(activity(&stage, &stage.token, None).await.status(), StatusCode::TOO_MANY_REQUESTS);
    drop(open);
    assert_eq!(activity(&stage, &stage.token, None).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_happens_is_counted_for_each_gateway_by_itself() {
    let (stage, quiet) = (Stage::new().await, Stage::new().await);
    stage.count();
    quiet.count();
    tokio::task::yield_now().await;
    stage.rpc_as("my-agent", "wrong", "capabilities.list", json!({})).await;
    let has_all = |text: &str| {
        [
            "kruxos_decisions_total{tier=\"blocked\"}",
            "kruxos_outcomes_total{outcome=\"notified\"}",
            "kruxos_execution_duration_seconds_count{outcome=\"notified\"}",
            "kruxos_approvals_pending 1",
            "kruxos_policy_current 1",
            "kruxos_authentication_failures_total{side=\"agent\"} 1",
        ]
        .iter()
        .all(|line| text.contains(line))
    };
    let mut text = String::new();
    for round in 0..200 {
        stage.invoke("process.run", json!({ "command": "ls" })).await;
        stage.invoke("filesystem.write", json!({ "path": "/workspace/a", "content": round.to_string() })).await;
        stage.queued("a").await;
        text = stage.get("/metrics").await.text;
        if has_all(&text) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(has_all(&text), "{text}");
    assert!(!quiet.get("/metrics").await.text.contains("kruxos_decisions_total{"));
}
