//! Bodies, read no further than they may go.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};
use kruxos_policy::json::MAX_BYTES;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::supervisor::only;

/// How long a client may take to send a body.
const SLOWEST: Duration = Duration::from_secs(30);
/// What a body is counted in.
const BLOCK: usize = 4096;
/// How many bytes of bodies one door holds at once.
const MOST_HELD: usize = 256 * 1024 * 1024;

/// The bodies that one door holds.
#[derive(Clone, Debug)]
pub(crate) struct Bodies(Arc<Semaphore>);

/// A body, counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    /// The bytes.
    pub(crate) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoBody {
    /// It has too many bytes.
    TooLarge,
    /// It did not arrive in time, or the gateway had no room for it.
    TooSlow,
    /// The connection broke.
    Broken,
}

impl NoBody {
    /// A sentence for people.
    pub(crate) fn message(self) -> String {
        match self {
            Self::TooLarge => format!("the body has more than {MAX_BYTES} bytes, the most that are allowed"),
            Self::TooSlow => format!("the body was not read within {} seconds; send it again", SLOWEST.as_secs()),
            Self::Broken => "the body ended before it was complete; send it again".to_owned(),
        }
    }
}

impl Default for Bodies {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_HELD / BLOCK)))
    }
}

impl Bodies {
    /// Reads a body.
    pub(crate) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Held, NoBody> {
        let announced = only(headers, header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
        let expected = announced.unwrap_or(MAX_BYTES);
        if expected > MAX_BYTES {
            return Err(NoBody::TooLarge);
        }
        tokio::time::timeout(SLOWEST, self.receive(expected, body)).await.unwrap_or(Err(NoBody::TooSlow))
    }

    async fn receive(&self, expected: usize, body: Body) -> Result<Held, NoBody> {
        let room = Arc::clone(&self.0).acquire_many_owned(blocks(expected)).await;
        let mut room = room.map_err(|_| NoBody::TooSlow)?;
        let bytes = to_bytes(body, MAX_BYTES).await.map_err(|error| why(&error))?;
        // A body without an announced length took the most; what it did not need is for others.
        let kept = room.split(blocks(bytes.len()) as usize);
        Ok(Held { bytes, _room: kept })
    }
}

fn blocks(bytes: usize) -> u32 {
    u32::try_from(bytes / BLOCK + 1).unwrap_or(u32::MAX)
}

fn why(error: &axum::Error) -> NoBody {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(own) = cause {
        if own.is::<http_body_util::LengthLimitError>() {
            return NoBody::TooLarge;
        }
        cause = own.source();
    }
    NoBody::Broken
}

/// Whether a body says that it is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let essence = only(headers, header::CONTENT_TYPE).and_then(|own| own.split(';').next());
    essence.is_some_and(|own| own.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn chunked(count: usize) -> Body {
        let chunk = Bytes::from(vec![b' '; 1024 * 1024]);
        Body::from_stream(stream::iter((0..count).map(move |_| Ok::<_, std::io::Error>(chunk.clone()))))
    }

    #[tokio::test]
    async fn a_body_is_bounded_whether_it_says_how_long_it_is_or_not() {
        let bodies = Bodies::default();
        let announced = HeaderMap::from_iter([(header::CONTENT_LENGTH, (MAX_BYTES + 1).into())]);
        assert_eq!(bodies.read(&announced, Body::empty()).await.unwrap_err(), NoBody::TooLarge);
        assert_eq!(bodies.read(&HeaderMap::new(), chunked(17)).await.unwrap_err(), NoBody::TooLarge);
        assert_eq!(bodies.read(&HeaderMap::new(), chunked(16)).await.unwrap().bytes.len(), MAX_BYTES);
    }

    #[tokio::test]
    async fn a_body_gives_its_room_back() {
        let bodies = Bodies::default();
        let held = bodies.read(&HeaderMap::new(), chunked(1)).await.unwrap();
        assert_eq!(bodies.0.available_permits(), (MOST_HELD - 1024 * 1024) / BLOCK - 1);
        drop(held);
        assert_eq!(bodies.0.available_permits(), MOST_HELD / BLOCK);
    }
}
