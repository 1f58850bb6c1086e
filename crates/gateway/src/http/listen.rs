//! Connections: how many at once, and how long one may say nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

/// Connections of one door at once; the next one waits in the system's queue.
const MOST_CONNECTIONS: usize = 16_384;
/// How long a connection may be idle, or take to send the head of a request.
const SILENCE: Duration = Duration::from_secs(75);
/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// How long to wait when the system has no connection to give.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves a door until told to stop, and then until the requests that were begun are answered.
pub(crate) async fn listen(listener: TcpListener, door: Router, stop: impl Future<Output = ()>) {
    let (room, graceful) = (Arc::new(Semaphore::new(MOST_CONNECTIONS)), GracefulShutdown::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer, permit) = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut stop => break,
        };
        tokio::spawn(serve(stream, peer, door.clone(), permit, graceful.watcher()));
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // Nobody closes this semaphore, so there always is a permit in the end.
    let permit = room.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, permit),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    door: Router,
    permit: Option<OwnedSemaphorePermit>,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let service = door.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SILENCE)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended");
    }
    drop(permit);
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    async fn asked(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    #[tokio::test]
    async fn requests_that_were_begun_are_answered_when_the_door_closes() {
        let (begun, mut is_begun) = tokio::sync::mpsc::channel(1);
        let (stop, stopped) = oneshot::channel::<()>();
        let answering = Arc::new(tokio::sync::Notify::new());
        let waiting = answering.clone();
        let slow = move |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
            begun.send(()).await.unwrap();
            waiting.notified().await;
            format!("to {}", peer.ip())
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let door = Router::new().route("/", get(slow));
        let served = tokio::spawn(listen(listener, door, async { stopped.await.unwrap_or(()) }));
        let mut stream = asked(address, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        is_begun.recv().await.unwrap();
        stop.send(()).unwrap();
        answering.notify_one();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("to 127.0.0.1"), "{answer}");
        served.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_frees_what_was_held_for_it() {
        struct Held(tokio::sync::mpsc::UnboundedSender<()>);
        impl Drop for Held {
            fn drop(&mut self) {
                let _ = self.0.send(());
            }
        }
        let (freed, mut is_freed) = tokio::sync::mpsc::unbounded_channel();
        let (begun, mut is_begun) = tokio::sync::mpsc::channel(1);
        let forever = move || async move {
            let _held = Held(freed);
            begun.send(()).await.unwrap();
            std::future::pending::<&str>().await
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(listen(listener, Router::new().route("/", get(forever)), std::future::pending()));
        let stream = asked(address, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        is_begun.recv().await.unwrap();
        drop(stream);
        is_freed.recv().await.unwrap();
        served.abort();
    }
}
