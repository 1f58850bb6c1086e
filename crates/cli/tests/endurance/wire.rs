//! Agents and supervisors as clients of the two doors, as `docs/protocol.md` has them.

use std::fmt;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent as Http, Body};

/// The longest that anything here waits for an answer.
const PATIENCE: Duration = Duration::from_secs(90);
const LONGEST_ANSWER: u64 = 256 * 1024 * 1024;

/// The connection ended before the answer did: whether the call was taken is not known.
#[derive(Debug)]
pub(crate) struct Lost(String);

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the connection was lost: {}", self.0)
    }
}

fn http() -> Http {
    Http::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().new_agent()
}

fn read(answer: Result<Response<Body>, ureq::Error>) -> Result<(u16, String), Lost> {
    let mut answer = answer.map_err(|error| Lost(error.to_string()))?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string();
    Ok((status, body.map_err(|error| Lost(error.to_string()))?))
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| panic!("an answer that is no JSON: {body}"))
}

/// Sends a request, and resets the connection a moment later, whatever became of it.
fn reset(url: &str, headers: &[(&str, &str)], body: &Value, moment: Duration) {
    let address = url.strip_prefix("http://").unwrap();
    let (host, path) = address.split_once('/').unwrap();
    let body = body.to_string();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{headers}");
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
    std::thread::sleep(moment);
    set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
}

/// An agent with its key.
#[derive(Clone)]
pub(crate) struct Agent {
    pub(crate) name: String,
    http: Http,
    url: String,
    key: String,
}

/// What an agent is answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Result(Value),
    Error { code: i64, message: String, data: Value },
}

impl Agent {
    pub(crate) fn new(name: &str, door: &str, key: &str) -> Self {
        Self { name: name.to_owned(), http: http(), url: format!("{door}/rpc"), key: key.to_owned() }
    }

    pub(crate) fn moved_to(&self, door: &str) -> Self {
        Self::new(&self.name, door, &self.key)
    }

    /// Calls a method; the gateway may go away meanwhile.
    pub(crate) fn try_call(&self, method: &str, params: &Value) -> Result<Answer, Lost> {
        let call = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let request = self.http.post(&self.url).header("authorization", format!("Bearer {}", self.key));
        let (status, body) = read(request.header("kruxos-agent", &self.name).send_json(&call))?;
        let body = parsed(&body);
        assert_eq!((&body["jsonrpc"], &body["id"]), (&json!("2.0"), &json!(7)), "{status} {body}");
        let error = &body["error"];
        Ok(match error["code"].as_i64() {
            None => Answer::Result(body["result"].clone()),
            Some(code) => Answer::Error {
                code,
                message: error["message"].as_str().unwrap().to_owned(),
                data: error["data"].clone(),
            },
        })
    }

    /// Calls a method and hangs up a moment later.
    pub(crate) fn reset(&self, method: &str, params: &Value, moment: Duration) {
        let call = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let key = format!("Bearer {}", self.key);
        reset(&self.url, &[("authorization", &key), ("kruxos-agent", &self.name)], &call, moment);
    }

    pub(crate) fn call(&self, method: &str, params: &Value) -> Answer {
        self.try_call(method, params).unwrap_or_else(|lost| panic!("{method}: {lost}"))
    }

    pub(crate) fn try_invoke(&self, capability: &str, params: &Value) -> Result<Answer, Lost> {
        self.try_call("capabilities.invoke", &json!({ "capability": capability, "params": params }))
    }

    pub(crate) fn invoke(&self, capability: &str, params: &Value) -> Answer {
        self.call("capabilities.invoke", &json!({ "capability": capability, "params": params }))
    }

    /// Makes a call that has to wait for approval.
    pub(crate) fn queue(&self, capability: &str, params: &Value) -> String {
        self.invoke(capability, params).error(-32002)["request_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn wait(&self, id: &str, timeout_ms: u64) -> Answer {
        self.call("approvals.wait", &json!({ "request_id": id, "timeout_ms": timeout_ms }))
    }
}

impl Answer {
    /// The result of a call that must not fail.
    pub(crate) fn result(self) -> Value {
        match self {
            Self::Result(result) => result,
            Self::Error { code, message, data } => panic!("{code} {message}: {data}"),
        }
    }

    /// What stands in an error that must have this code.
    pub(crate) fn error(self, expected: i64) -> Value {
        match self {
            Self::Error { code, data, .. } if code == expected => data,
            other => panic!("not {expected}: {other:?}"),
        }
    }
}

/// A supervisor with the token.
#[derive(Clone)]
pub(crate) struct Supervisor {
    pub(crate) name: String,
    pub(crate) token: String,
    http: Http,
    door: String,
}

/// What a supervisor is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        parsed(&self.text)
    }
}

impl Supervisor {
    pub(crate) fn new(name: &str, door: &str, token: &str) -> Self {
        Self { name: name.to_owned(), token: token.to_owned(), http: http(), door: door.to_owned() }
    }

    /// Somebody else at the same door.
    pub(crate) fn named(&self, name: &str, token: &str) -> Self {
        Self::new(name, &self.door, token)
    }

    /// Asks for something; the gateway may go away meanwhile.
    pub(crate) fn try_get(&self, path: &str) -> Result<Reply, Lost> {
        let request = self.http.get(format!("{}{path}", self.door));
        let answer = request.header("authorization", format!("Bearer {}", self.token)).call();
        read(answer).map(|(status, text)| Reply { status, text })
    }

    pub(crate) fn try_post(&self, path: &str, body: &Value) -> Result<Reply, Lost> {
        let request = self.http.post(format!("{}{path}", self.door));
        let answer = request.header("authorization", format!("Bearer {}", self.token)).send_json(body);
        read(answer).map(|(status, text)| Reply { status, text })
    }

    /// A page of the dashboard, as whoever signed in is shown it.
    pub(crate) fn page(&self, path: &str) -> Reply {
        let form = [("token", self.token.as_str())];
        let sign_in = self.http.post(format!("{}/sign-in", self.door)).header("origin", &self.door);
        let opened = sign_in.config().max_redirects(0).build().send_form(form).unwrap();
        let cookie = opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let page = self.http.get(format!("{}{path}", self.door)).header("cookie", cookie).call();
        let (status, text) = read(page).unwrap_or_else(|lost| panic!("{path}: {lost}"));
        assert!(!text.contains("id=\"sign-in\""), "{path}: nobody is signed in");
        Reply { status, text }
    }

    /// What is there, as JSON.
    pub(crate) fn get(&self, path: &str) -> Value {
        let reply = self.try_get(path).unwrap_or_else(|lost| panic!("{path}: {lost}"));
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.json()
    }

    /// What comes of something that must be taken.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let reply = self.try_post(path, body).unwrap_or_else(|lost| panic!("{path}: {lost}"));
        assert!(matches!(reply.status, 200 | 201), "{path}: {} {}", reply.status, reply.text);
        reply.json()
    }

    /// Says `approve` or `reject`.
    pub(crate) fn say(&self, verb: &str, id: &str, reason: &str) -> Reply {
        let said = self.try_post(&format!("/api/approvals/{id}/{verb}"), &json!({ "reason": reason }));
        said.unwrap_or_else(|lost| panic!("{verb} {id}: {lost}"))
    }

    /// Says `approve` or `reject`, and hangs up a moment later.
    pub(crate) fn reset(&self, verb: &str, id: &str, moment: Duration) {
        let (url, token) = (format!("{}/api/approvals/{id}/{verb}", self.door), format!("Bearer {}", self.token));
        reset(&url, &[("authorization", &token)], &json!({ "reason": "and gone" }), moment);
    }

    /// Approves what nobody else decides.
    pub(crate) fn approve(&self, id: &str) -> Value {
        let reply = self.say("approve", id, "as agreed");
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }

    /// A request.
    pub(crate) fn request(&self, id: &str) -> Value {
        self.get(&format!("/api/approvals/{id}"))["request"].clone()
    }
}
