//! The client against a server that says what a test tells it to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use kruxos_gateway::wire::{RequestsDocument, StatusDocument, VerdictBody};
use serde_json::{Value, json};

use super::*;
use crate::fixture::{page, record};
use kruxos_approvals::audit::Event;

/// Answers one connection after the other, and tells what it was asked.
fn server(answers: Vec<String>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, asked) = channel();
    thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            tell.send(heard(&stream)).unwrap();
            (&stream).write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

fn heard(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0);
    }
    let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

fn answer(status: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn client(url: &str) -> Client {
    let token = |name: &str| (name == "KRUXOS_TOKEN").then(|| "kst_secret".to_owned());
    let connection = Connection { url: Some(url.to_owned()), ..Connection::default() };
    Client::at(connection.target(&token).unwrap(), TimeZone::UTC).unwrap()
}

#[test]
fn a_document_is_asked_for_with_the_token_in_the_header_alone() {
    let document = RequestsDocument { approvals: page().to_vec(), total: 2, next: None };
    let (url, asked) = server(vec![answer("200 OK", &serde_json::to_value(&document).unwrap())]);
    let found: RequestsDocument = client(&url).get("/api/approvals", &[("agent", "a b&c=d".to_owned())]).unwrap();
    assert_eq!(found.approvals[0].agent, "my-agent");
    let asked = asked.recv().unwrap();
    assert!(asked.starts_with("GET /api/approvals?agent=a+b%26c%3Dd HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("authorization: bearer kst_secret\r\n"), "{asked}");
}

#[test]
fn a_name_cannot_lead_to_another_path() {
    assert_eq!(path(&["api", "agents", "a/../b?c#d", "rotate"]), "/api/agents/a%2F..%2Fb%3Fc%23d/rotate");
}

#[test]
fn a_conflict_says_who_was_first_when_and_why() {
    let winner = json!({"state": "rejected", "by": "ops", "at": "2026-03-29T14:20:00Z", "reason": "Keep it"});
    let error = json!({"error": {"kind": "conflict", "message": "already decided", "winner": winner}});
    let (url, asked) = server(vec![answer("409 Conflict", &error)]);
    let body = VerdictBody { reason: Some("why".to_owned()) };
    let problem = client(&url).post::<Value>("/api/approvals/ap_001/approve", &body).unwrap_err().of("ap_001");
    assert_eq!(problem.kind, Kind::Refused);
    assert_eq!(problem.message, "ap_001: already rejected by ops at 2026-03-29 14:20:00: Keep it");
    assert!(asked.recv().unwrap().ends_with(r#"{"reason":"why"}"#));
}

#[test]
fn a_gateway_that_is_not_there_says_how_to_start_it() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let problem = client(&format!("http://127.0.0.1:{port}")).get::<Value>("/api/status", &[]).unwrap_err();
    let expected = format!("the gateway is not running at http://127.0.0.1:{port}; start it with `kruxos gateway`");
    assert_eq!((problem.kind, problem.message), (Kind::Away, expected));
}

#[test]
fn an_unknown_token_says_where_it_was_found_and_not_what_it_is() {
    let error = json!({"error": {"kind": "unauthorized", "message": "no"}});
    let (url, _asked) = server(vec![answer("401 Unauthorized", &error)]);
    let problem = client(&url).get::<Value>("/api/status", &[]).unwrap_err();
    assert!(problem.message.contains("`KRUXOS_TOKEN`"), "{problem:?}");
    assert!(!format!("{problem:?}").contains("kst_secret"));
}

#[test]
fn the_gateway_s_own_words_are_kept() {
    let error = json!({"error": {"kind": "bad_pattern", "message": "`x` is no pattern", "help": "quote it"}});
    let (url, _asked) = server(vec![answer("422 Unprocessable Content", &error)]);
    let problem = client(&url).get::<Value>("/api/audit", &[]).unwrap_err();
    let expected = ("`x` is no pattern", Some("quote it"));
    assert_eq!((problem.message.as_str(), problem.help.as_deref()), expected);
}

#[test]
fn another_program_on_the_port_is_not_taken_for_a_gateway() {
    let other = "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\nconnection: close\r\n\r\nnope".to_owned();
    for said in [other, "SSH-2.0-OpenSSH_9.2\r\n".to_owned(), answer("200 OK", &json!({"hello": 1}))] {
        let (url, _asked) = server(vec![said.clone()]);
        let problem = client(&url).get::<StatusDocument>("/api/status", &[]).unwrap_err();
        assert!(problem.message.contains("is not a KruxOS gateway of this version"), "{said}: {problem:?}");
    }
}

#[test]
fn a_redirect_is_not_followed_with_the_token() {
    let elsewhere =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (url, _asked) = server(vec![elsewhere.to_owned()]);
    let problem = client(&url).get::<Value>("/api/status", &[]).unwrap_err();
    assert!(problem.message.contains("302"), "{problem:?}");
}

#[test]
fn activity_is_followed_until_it_ends() {
    let document = record(7, Event::Gateway, |entry| entry.reason = Some("started".to_owned()));
    let data = serde_json::to_string(&document).unwrap();
    let stream = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n: hello\n\nid: 7\nevent: \
         record\ndata: {data}\n\n"
    );
    let (url, asked) = server(vec![stream]);
    let client = client(&url);
    let (record, end) = client.wait(async {
        let mut events = client.remote().activity(Some(6)).await.unwrap();
        (events.next().await.unwrap(), events.next().await.unwrap_err())
    });
    assert_eq!(record.record.sequence, 7);
    assert_eq!(end.kind, Kind::Quiet);
    assert!(asked.recv().unwrap().to_lowercase().contains("last-event-id: 6\r\n"));
}
