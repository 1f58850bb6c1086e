//! A client that costs next to nothing beside what it measures: one kept connection, requests written as they are, answers
//! read by their length. It knows what the gateway sends and no more of HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;

/// One kept connection to a door.
pub(crate) struct Client {
    stream: TcpStream,
    headers: String,
    answer: Vec<u8>,
}

/// An answer: its status, what stands before its body, and the body.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: &'a [u8],
}

impl Client {
    /// Connects; these header lines go with every request.
    pub(crate) fn connect(address: &str, headers: &str) -> Result<Self, String> {
        let fails = |error: std::io::Error| format!("{address}: {error}");
        let stream = TcpStream::connect(address).map_err(fails)?;
        stream.set_nodelay(true).map_err(fails)?;
        let headers = format!("Host: {address}\r\n{headers}");
        Ok(Self { stream, headers, answer: Vec::with_capacity(64 * 1024) })
    }

    /// The bytes of a request, to be sent again and again.
    pub(crate) fn request(&self, verb: &str, path: &str, body: &str) -> Vec<u8> {
        format!("{verb} {path} HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n{body}", self.headers, body.len()).into_bytes()
    }

    /// Sends a request and reads the answer.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<Answer<'_>, String> {
        self.stream.write_all(request).map_err(|error| error.to_string())?;
        self.answer.clear();
        let head = loop {
            self.read_more()?;
            if let Some(at) = self.answer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let text = String::from_utf8_lossy(self.answer.get(..head).unwrap_or_default()).into_owned();
        let length = header(&text, "content-length").and_then(|length| length.parse::<usize>().ok());
        let length = length.ok_or_else(|| format!("an answer without a length: {text}"))?;
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        while self.answer.len() < head + length {
            self.read_more()?;
        }
        Ok(Answer { status, head: text, body: self.answer.get(head..head + length).unwrap_or_default() })
    }

    fn read_more(&mut self) -> Result<(), String> {
        let mut piece = [0; 64 * 1024];
        let count = self.stream.read(&mut piece).map_err(|error| error.to_string())?;
        if count == 0 {
            return Err("the gateway closed the connection".to_owned());
        }
        self.answer.extend_from_slice(piece.get(..count).unwrap_or_default());
        Ok(())
    }

    /// Sends a request whose answer has to be this status.
    pub(crate) fn expect(&mut self, status: u16, request: &[u8]) -> Result<serde_json::Value, String> {
        let answer = self.send(request)?;
        let text = String::from_utf8_lossy(answer.body);
        if answer.status != status {
            return Err(format!("the gateway answered {}: {text}", answer.status));
        }
        serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))
    }
}

/// What a header says.
pub(crate) fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

/// The body of a call of an agent's.
pub(crate) fn call(method: &str, params: &serde_json::Value) -> String {
    serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
}
