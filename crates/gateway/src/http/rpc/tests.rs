//! What agents get, as `docs/protocol.md` has it.

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream;
use serde_json::{Value, json};

use crate::http::testing::{Answer, Stage, ask, register};
use crate::{Gateway, OPERATOR};
use kruxos_approvals::{Role, Supervisor};

fn operator() -> Supervisor {
    Supervisor { name: OPERATOR.to_owned(), groups: Vec::new() }
}

async fn approve(gateway: &std::sync::Arc<Gateway>, id: &str) {
    gateway.requests.approve(&operator(), id.parse().unwrap(), Some("fine".to_owned())).await.unwrap();
}

fn error(answer: &Answer) -> (i64, &str) {
    let error = &answer.body["error"];
    assert_eq!(answer.body["jsonrpc"], "2.0", "{}", answer.text);
    assert!(error["message"].as_str().unwrap().len() > 10, "{}", answer.text);
    (error["code"].as_i64().unwrap(), error["data"]["kind"].as_str().unwrap())
}

fn result(answer: &Answer) -> &Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.body["id"], 7);
    answer.body.get("result").expect(&answer.text)
}

#[tokio::test]
async fn a_call_that_is_allowed_gives_a_response() {
    let stage = Stage::new().await;
    let set = stage.rpc("state.set", json!({ "key": "a", "value": { "b": [1, 2.5, null] } })).await;
    let set = result(&set);
    assert_eq!(
        (&set["status"], &set["tier"], &set["data"]["key"]),
        (&json!("executed"), &json!("autonomous"), &json!("a"))
    );
    assert!(set["record"].as_u64().unwrap() > 0 && set["request_id"].is_null());
    let get = stage.rpc("state.get", json!({ "key": "a" })).await;
    assert_eq!(result(&get)["data"]["value"], json!({ "b": [1, 2.5, null] }));
    let list = stage.rpc("state.list", json!({ "prefix": "a" })).await;
    assert!(result(&list)["data"]["keys"].is_array(), "{}", list.text);
    let list = stage.rpc("state.list", json!({})).await;
    assert!(result(&list)["data"]["keys"].is_array(), "{}", list.text);
    let delete = stage.rpc("state.delete", json!({ "key": "a" })).await;
    assert_eq!(result(&delete)["data"], json!({ "key": "a", "deleted": true }));
    let write = stage.invoke("filesystem.write", json!({ "path": "/workspace/a", "content": "x" })).await;
    assert_eq!(result(&write)["tier"], "notify");
}

#[tokio::test]
async fn every_row_of_the_error_table_is_answered_as_written() {
    let stage = Stage::new().await;
    let blocked = stage.invoke("process.run", json!({ "command": "ls" })).await;
    assert_eq!(error(&blocked), (-32001, "policy_denied"));
    let data = &blocked.body["error"]["data"];
    assert_eq!((&data["reason"], &data["rule"]["policy"]), (&json!("No programs here"), &json!("doors")));
    assert!(data["unknowns"].is_array() && data["rule"]["line"].is_u64());

    stage.invoke("filesystem.stat", json!({ "path": "/workspace" })).await;
    let limited = stage.invoke("filesystem.stat", json!({ "path": "/workspace" })).await;
    assert_eq!(error(&limited), (-32000, "rate_limited"));
    assert!(limited.body["error"]["data"].as_object().unwrap().contains_key("retry_after_ms"));

    let queued = stage.invoke("filesystem.delete", json!({ "path": "/workspace/a" })).await;
    assert_eq!(error(&queued), (-32002, "approval_required"));
    let data = &queued.body["error"]["data"];
    assert_eq!((&data["request_id"], &data["already_pending"]), (&json!("ap_001"), &json!(false)));
    assert_eq!((&data["reason"], &data["expires_at"]), (&json!("Deleting needs a word"), &Value::Null));
    let again = stage.invoke("filesystem.delete", json!({ "path": "/workspace/a" })).await;
    let data = &again.body["error"]["data"];
    assert_eq!((&data["request_id"], &data["already_pending"]), (&json!("ap_001"), &json!(true)));

    let absent = stage.invoke("filesystem.read", json!({ "path": "/workspace/absent" })).await;
    assert_eq!(error(&absent), (-32004, "execution_failed"));
    assert!(absent.body["error"]["data"]["reason"].is_string());

    let unable = stage.invoke("system.health", json!({})).await;
    assert_eq!(error(&unable), (-32010, "not_executable"));
    assert_eq!(unable.body["error"]["data"]["capability"], "system.health");

    let unknown = stage.rpc("approvals.get", json!({ "request_id": "ap_999" })).await;
    assert_eq!(error(&unknown), (-32007, "not_found"));

    for name in ["b", "c"] {
        stage.queued(name).await;
    }
    let flooded = stage.invoke("filesystem.delete", json!({ "path": "/workspace/d" })).await;
    assert_eq!(error(&flooded), (-32008, "too_many_pending"));
    assert_eq!(flooded.body["error"]["data"]["allowed"], 3);

    stage.gateway.lifetime.stop();
    let stopping = stage.invoke("filesystem.list", json!({ "path": "/workspace" })).await;
    assert_eq!((error(&stopping), stopping.status), ((-32009, "unavailable"), StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn waiting_tells_what_became_of_the_request() {
    let stage = Stage::new().await;
    std::fs::write(stage.gateway.options().workspace_dir().join("a"), "x").unwrap();
    let id = stage.queued("a").await;
    let still = stage.rpc("approvals.wait", json!({ "request_id": id, "timeout_ms": 0 })).await;
    assert_eq!(
        (&result(&still)["state"], &result(&still)["params"]),
        (&json!("pending"), &json!({ "path": "/workspace/a" }))
    );
    assert!(result(&still)["decided_by"].is_null());

    let waiting = stage.rpc("approvals.wait", json!({ "request_id": id, "timeout_ms": 60_000 }));
    let ((), executed) = tokio::join!(approve(&stage.gateway, &id), waiting);
    let executed = result(&executed);
    assert_eq!((&executed["status"], &executed["tier"]), (&json!("executed"), &json!("approval_required")));
    assert_eq!(executed["request_id"], id);

    let id = stage.queued("b").await;
    stage.gateway.requests.reject(&operator(), id.parse().unwrap(), Some("keep it".to_owned())).await.unwrap();
    let rejected = stage.rpc("approvals.wait", json!({ "request_id": id })).await;
    assert_eq!(error(&rejected), (-32005, "approval_rejected"));
    let data = &rejected.body["error"]["data"];
    assert_eq!((&data["reason"], &data["decided_by"]), (&json!("keep it"), &json!("operator")));
    assert!(data["decided_at"].is_string() && data["request_id"] == id);

    let id = stage.queued("c").await;
    let cancelled = stage.rpc("approvals.cancel", json!({ "request_id": id })).await;
    assert_eq!(result(&cancelled)["state"], "cancelled");
    let closed = stage.rpc("approvals.wait", json!({ "request_id": id })).await;
    assert_eq!(error(&closed), (-32006, "approval_closed"));
    assert_eq!(closed.body["error"]["data"]["state"], "cancelled");

    let id = stage.queued("absent").await;
    approve(&stage.gateway, &id).await;
    let failed = stage.rpc("approvals.wait", json!({ "request_id": id })).await;
    assert_eq!(error(&failed), (-32004, "execution_failed"));
    assert_eq!(failed.body["error"]["data"]["request_id"], id);
    let seen = stage.rpc("approvals.get", json!({ "request_id": id })).await;
    assert_eq!(result(&seen)["state"], "failed");
    assert!(result(&seen)["reason"].is_string() && result(&seen)["decided_by"] == "operator");
}

#[tokio::test]
async fn another_agent_s_request_and_no_request_are_the_same_answer() {
    let stage = Stage::new().await;
    let other = register(&stage.gateway, "other").await;
    let id = stage.queued("a").await;
    for method in ["approvals.get", "approvals.wait", "approvals.cancel"] {
        let foreign = stage.rpc_as("other", &other, method, json!({ "request_id": id })).await;
        let absent = stage.rpc_as("other", &other, method, json!({ "request_id": "ap_777" })).await;
        assert_eq!((foreign.status, &foreign.text), (absent.status, &absent.text));
        assert_eq!(error(&foreign), (-32007, "not_found"));
    }
}

#[tokio::test]
async fn sessions_belong_to_their_agent() {
    let stage = Stage::new().await;
    let other = register(&stage.gateway, "other").await;
    let opened = stage.rpc("session.open", json!({})).await;
    let session = result(&opened)["session_id"].as_str().unwrap().to_owned();
    let with = async |agent: &str, key: &str, method: &str| {
        let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method }).to_string();
        let request = stage.headers(agent, key).header("kruxos-session", &session).body(body.into()).unwrap();
        ask(&stage.agents, request).await
    };
    assert_eq!(result(&with("my-agent", &stage.key, "session.get").await)["session_id"], session);
    assert_eq!(error(&with("other", &other, "capabilities.list").await), (-32007, "not_found"));
    assert_eq!(error(&stage.rpc("session.get", json!({})).await), (-32602, "invalid_params"));
    assert_eq!(result(&with("my-agent", &stage.key, "session.close").await)["agent"], "my-agent");
    assert_eq!(error(&with("my-agent", &stage.key, "session.get").await), (-32007, "not_found"));
}

#[tokio::test]
async fn capabilities_are_listed_and_described() {
    let stage = Stage::new().await;
    let listed = stage.rpc("capabilities.list", json!({})).await;
    let listed = result(&listed)["capabilities"].as_array().unwrap();
    assert!(listed.iter().any(|one| one["name"] == "filesystem.read" && one["executable"] == true));
    let described = stage.rpc("capabilities.describe", json!({ "capability": "filesystem.read" })).await;
    assert!(result(&described)["input_schema"]["properties"]["path"].is_object(), "{}", described.text);
    let unknown = stage.rpc("capabilities.describe", json!({ "capability": "no.such" })).await;
    assert_eq!(error(&unknown), (-32007, "not_found"));
}

#[tokio::test]
async fn whoever_does_not_prove_who_they_are_is_not_heard() {
    let stage = Stage::new().await;
    let call = || json!({ "jsonrpc": "2.0", "id": 1, "method": "capabilities.list" }).to_string();
    let post = || Request::post("/rpc").header("host", "localhost").header("content-type", "application/json");
    let bearer = format!("Bearer {}", stage.key);
    let attempts = [
        post(),
        post().header("authorization", &bearer),
        post().header("kruxos-agent", "my-agent"),
        post().header("kruxos-agent", "my-agent").header("authorization", "Bearer wrong"),
        post().header("kruxos-agent", "other").header("authorization", &bearer),
        post().header("kruxos-agent", "my-agent").header("authorization", format!("Basic {}", stage.key)),
        post().header("kruxos-agent", "my-agent").header("kruxos-agent", "my-agent").header("authorization", &bearer),
        post().header("kruxos-agent", "operator").header("authorization", format!("Bearer {}", stage.token)),
        post().header("kruxos-agent", "my-agent").header("authorization", format!("Bearer {}", stage.token)),
    ];
    for (number, attempt) in attempts.into_iter().enumerate() {
        let answer = ask(&stage.agents, attempt.body(call().into()).unwrap()).await;
        assert_eq!((number, answer.status), (number, StatusCode::UNAUTHORIZED));
        assert_eq!((error(&answer), &answer.body["id"]), ((-32003, "not_authenticated"), &Value::Null));
    }
    stage.gateway.accounts.revoke_account(OPERATOR, Role::Agent, "my-agent").await.unwrap();
    assert_eq!(stage.raw(call()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_flood_of_wrong_keys_is_told_to_wait_and_a_right_one_is_heard() {
    let stage = Stage::new().await;
    for _ in 0..20 {
        let wrong = stage.rpc_as("my-agent", "wrong", "capabilities.list", json!({})).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    let flooded = stage.rpc_as("my-agent", "wrong", "capabilities.list", json!({})).await;
    assert_eq!((flooded.status, error(&flooded)), (StatusCode::TOO_MANY_REQUESTS, (-32003, "not_authenticated")));
    assert!(flooded.headers.contains_key("retry-after"));
    assert_eq!(stage.rpc("capabilities.list", json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_is_not_read_for_who_is_not_authenticated() {
    let stage = Stage::new().await;
    let unread = Body::from_stream(stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, std::io::Error>>> {
        panic!("the body was read")
    }));
    let answer = ask(&stage.agents, stage.headers("my-agent", "wrong").body(unread).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn pages_and_other_names_are_refused() {
    let stage = Stage::new().await;
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "capabilities.list" }).to_string();
    let paged = stage.headers("my-agent", &stage.key).header("origin", "http://127.0.0.1:7700");
    let paged = ask(&stage.agents, paged.body(call.clone().into()).unwrap()).await;
    assert_eq!((paged.status, error(&paged)), (StatusCode::FORBIDDEN, (-32600, "invalid_request")));
    let named = Request::post("/rpc").header("host", "evil.example:7700");
    let named = ask(&stage.agents, named.body(call.into()).unwrap()).await;
    assert_eq!((named.status, error(&named)), (StatusCode::FORBIDDEN, (-32600, "invalid_request")));
}

#[tokio::test]
async fn a_body_that_is_no_call_is_refused() {
    let stage = Stage::new().await;
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        (r#"{"jsonrpc":"2.0","id":1,"id":1,"method":"capabilities.list"}"#, -32700),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.invoke","params":{"capability":"a.b","params":{"x":1,"x":2}}}"#,
            -32700,
        ),
        (r#"{"jsonrpc":"2.0","id":"\ud800","method":"capabilities.list"}"#, -32700),
        (deep.as_str(), -32700),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"capabilities.list"}]"#, -32600),
        ("7", -32600),
        (r#"{"jsonrpc":"2.0","method":"capabilities.list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"capabilities.list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"capabilities.list"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"capabilities.list"}"#, -32600),
        (r#"{"id":1,"method":"capabilities.list"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.list","meta":{}}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.lists"}"#, -32601),
        (r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.list","params":[]}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.list","params":null}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.list","params":{"all":true}}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.invoke","params":{}}"#, -32602),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.invoke","params":{"capability":"a.b","params":[]}}"#,
            -32602,
        ),
        (r#"{"jsonrpc":"2.0","id":1,"method":"capabilities.invoke","params":{"capability":"a.b","dry":true}}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"approvals.wait","params":{"request_id":"1"}}"#, -32602),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"approvals.wait","params":{"request_id":"ap_001","timeout_ms":-1}}"#,
            -32602,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"approvals.wait","params":{"request_id":"ap_001","timeout_ms":1.5}}"#,
            -32602,
        ),
        (r#"{"jsonrpc":"2.0","id":1,"method":"state.set","params":{"key":"a"}}"#, -32602),
    ] {
        let answer = stage.raw(body.to_owned()).await;
        assert_eq!((error(&answer).0, answer.status), (code, StatusCode::OK), "{body}");
    }
}

#[tokio::test]
async fn an_id_comes_back_as_it_came() {
    let stage = Stage::new().await;
    for id in [json!("a\n\"\u{202e}"), json!(-3), json!(u64::MAX), json!("")] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "session.open" }).to_string();
        assert_eq!(stage.raw(body).await.body["id"], id);
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "nothing" }).to_string();
        assert_eq!(stage.raw(body).await.body["id"], id);
    }
    let long = json!({ "jsonrpc": "2.0", "id": "x".repeat(257), "method": "session.open" }).to_string();
    assert_eq!(error(&stage.raw(long).await), (-32600, "invalid_request"));
}

#[tokio::test]
async fn other_verbs_types_and_sizes_have_their_status() {
    let stage = Stage::new().await;
    let get = ask(&stage.agents, Request::get("/rpc").header("host", "localhost").body(Body::empty()).unwrap()).await;
    assert_eq!((get.status, get.headers["allow"].to_str().unwrap()), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    let form = stage.headers("my-agent", &stage.key);
    let mut form = form.body(Body::from("a=b")).unwrap();
    form.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    assert_eq!(ask(&stage.agents, form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = stage.headers("my-agent", &stage.key).header("content-length", 16 * 1024 * 1024 + 1);
    let large = ask(&stage.agents, large.body(Body::empty()).unwrap()).await;
    assert_eq!((large.status, error(&large)), (StatusCode::PAYLOAD_TOO_LARGE, (-32600, "invalid_request")));
    let elsewhere = Request::get("/approvals").header("host", "localhost").body(Body::empty()).unwrap();
    assert_eq!(ask(&stage.agents, elsewhere).await.status, StatusCode::NOT_FOUND);
    let health =
        ask(&stage.agents, Request::get("/health").header("host", "localhost").body(Body::empty()).unwrap()).await;
    assert_eq!((health.status, &health.body), (StatusCode::OK, &json!({ "status": "ok" })));
    assert_eq!(health.headers["x-content-type-options"], "nosniff");
    assert_eq!(health.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_large_call_is_read_like_a_small_one() {
    let stage = Stage::new().await;
    let content = "x".repeat(600 * 1024);
    let written = stage.invoke("filesystem.write", json!({ "path": "/workspace/large", "content": content })).await;
    assert_eq!(result(&written)["status"], "executed");
}

#[tokio::test]
async fn a_wait_that_is_given_up_is_not_counted_any_more() {
    let stage = Stage::new().await;
    let id = stage.queued("a").await;
    let params = json!({ "request_id": id, "timeout_ms": 60_000 });
    for _ in 0..300 {
        let waiting = stage.rpc("approvals.wait", params.clone());
        let given_up = tokio::time::timeout(std::time::Duration::from_millis(1), waiting).await;
        assert!(given_up.is_err());
    }
    let still = stage.rpc("approvals.wait", json!({ "request_id": id, "timeout_ms": 0 })).await;
    assert_eq!(result(&still)["state"], "pending");
}
