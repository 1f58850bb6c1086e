//! Server-sent events, as far as a gateway sends them: `id`, `event`, `data` and comments.

use std::time::Duration;

use kruxos_gateway::wire::RecordDocument;
use reqwest::Response;

use super::Problem;

/// The longest silence. A gateway sends a comment now and then; a connection that died unseen says nothing at all.
const SILENCE: Duration = Duration::from_secs(60);
/// Bytes of one event.
const LARGEST_EVENT: usize = 64 * 1024 * 1024;

/// The records that a gateway sends as they are made.
pub(crate) struct Events {
    response: Response,
    address: String,
    reader: Reader,
}

impl Events {
    /// The events of an answer.
    pub(crate) fn new(response: Response, address: String) -> Self {
        Self { response, address, reader: Reader::default() }
    }

    /// The next record. An error says why there are no more of this connection.
    pub(crate) async fn next(&mut self) -> Result<RecordDocument, Problem> {
        loop {
            if let Some(event) = self.reader.next() {
                match self.record(&event)? {
                    Some(record) => return Ok(record),
                    None => continue,
                }
            }
            if self.reader.waiting.len() + self.reader.event.data.len() > LARGEST_EVENT {
                return Err(Problem::too_large(&self.address, LARGEST_EVENT as u64, LARGEST_EVENT as u64));
            }
            let chunk = tokio::time::timeout(SILENCE, self.response.chunk()).await;
            match chunk {
                Ok(Ok(Some(chunk))) => self.reader.waiting.extend_from_slice(&chunk),
                // A gateway ends a stream that has lasted long, and when it stops: whoever asks again learns which.
                Ok(Ok(None)) => return Err(Problem::quiet(&self.address)),
                Ok(Err(error)) => return Err(Problem::unreachable(&self.address, &super::innermost(&error))),
                Err(_) => return Err(Problem::quiet(&self.address)),
            }
        }
    }

    fn record(&self, event: &Event) -> Result<Option<RecordDocument>, Problem> {
        if event.name != "record" {
            return Ok(None);
        }
        let parsed = serde_json::from_str(&event.data);
        parsed.map(Some).map_err(|error| {
            Problem::not_a_gateway(&self.address, &format!("an event is not the record that belongs there ({error})"))
        })
    }
}

/// One event.
#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    name: String,
    data: String,
}

/// Bytes as they come, cut into events.
#[derive(Debug, Default)]
struct Reader {
    waiting: Vec<u8>,
    /// The event whose lines are coming.
    event: Event,
}

impl Reader {
    /// The next whole event of what has come.
    fn next(&mut self) -> Option<Event> {
        while let Some(end) = memchr::memchr(b'\n', &self.waiting) {
            let line: Vec<u8> = self.waiting.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if !event.data.is_empty() {
                    return Some(event);
                }
                continue;
            }
            self.field(line);
        }
        None
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            // Comments have an empty name; `id` is in the record as well.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(chunks: &[&str]) -> Vec<(String, String)> {
        let mut reader = Reader::default();
        let mut found = Vec::new();
        for chunk in chunks {
            reader.waiting.extend_from_slice(chunk.as_bytes());
            found.extend(std::iter::from_fn(|| reader.next()).map(|event| (event.name, event.data)));
        }
        found
    }

    #[test]
    fn events_are_read_however_they_are_cut() {
        let text =
            ": hello\n\nid: 1\nevent: record\ndata: {\"a\":\ndata: 1}\n\nevent:record\r\ndata:x\r\n\r\ndata: half\n";
        let whole = vec![("record".to_owned(), "{\"a\":\n1}".to_owned()), ("record".to_owned(), "x".to_owned())];
        assert_eq!(events(&[text]), whole);
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        assert_eq!(events(&letters), whole);
    }

    #[test]
    fn comments_keep_a_connection_alive_and_say_nothing() {
        assert_eq!(events(&[":\n\n", ": keep-alive\n\n"]), []);
    }
}
