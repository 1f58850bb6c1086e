//! Calls that supervisors are told of, and webhooks that tell them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::process::Home;

const SECRET: &str = "a secret of both sides";

/// A post that somebody received: its headers in small letters, and its body.
struct Post {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Listens, and hands on every post. The first is answered with a failure.
fn listen() -> (String, Receiver<Post>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (send, posts) = channel();
    thread::spawn(move || {
        let mut status = "503 Service Unavailable";
        for stream in listener.incoming() {
            let post = receive(stream.unwrap(), status);
            status = "200 OK";
            if send.send(post).is_err() {
                return;
            }
        }
    });
    (url, posts)
}

fn receive(stream: TcpStream, status: &str) -> Post {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    reader.get_mut().write_all(answer.as_bytes()).unwrap();
    Post { headers, body }
}

fn header<'p>(post: &'p Post, wanted: &str) -> &'p str {
    let found = post.headers.iter().find(|(name, _)| name == wanted);
    found.map_or_else(|| panic!("no header `{wanted}`: {:?}", post.headers), |(_, value)| value.as_str())
}

/// The receiver knows by the shared secret who wrote it, and when: `t=SECONDS,v1=HEX`.
fn is_signed(post: &Post) -> bool {
    let (at, signature) = header(post, "kruxos-signature").split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{}.", at.strip_prefix("t=").unwrap()).as_bytes());
    mac.update(&post.body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    signature == hex
}

#[test]
fn a_call_that_supervisors_are_told_of_is_carried_out_marked_and_told() {
    let (url, posts) = listen();
    let home = Home::new().configured(&format!("[[webhooks]]\nurl = \"{url}\"\nsecret = \"{SECRET}\"\n"));
    let gateway = home.start();
    let agent = gateway.agent("my-agent");
    let params = json!({ "path": "/workspace/note", "content": "hello" });
    let response = agent.invoke("filesystem.write", &params).result();
    assert_eq!((&response["status"], &response["tier"]), (&json!("executed"), &json!("notify")), "{response}");
    let audit = gateway.operator.get("/api/audit?outcome=notified");
    assert_eq!(audit["records"][0]["of"], response["record"], "{audit}");
    agent.queue("process.run", &json!({ "command": "true" }));

    let mut outcomes = Vec::new();
    // The first post was answered with a failure, so it comes again.
    while outcomes.len() < 3 {
        let post = posts.recv_timeout(Duration::from_secs(60)).expect("a post comes");
        assert!(is_signed(&post), "{:?}", post.headers);
        let body: Value = serde_json::from_slice(&post.body).unwrap();
        assert!(body.to_string().contains("my-agent"), "{body}");
        outcomes.push(told(&body).to_owned());
    }
    outcomes.sort();
    assert_eq!(outcomes, ["approval_requested", "notified", "notified"]);
}

/// The outcome that a post tells of.
fn told(body: &Value) -> &str {
    let record = body.get("record").unwrap_or(body);
    record["outcome"].as_str().unwrap_or_else(|| panic!("no outcome in {body}"))
}
