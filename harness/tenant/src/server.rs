//! From the listener to the router: connections, their number, their sizes and their times.

mod patience;
pub mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use patience::Patience;

/// Who is at the other end, as an extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Answers on a listener until `stop` is done, then finishes what has begun.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let face = Face { router, tls };
    let accepting = tokio::spawn(accept(listener, face, Arc::clone(&graceful)));
    stop.await;
    accepting.abort();
    let _ = accepting.await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        // Who is still not done after that has to ask again.
        let _ = timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await;
    }
}

/// What each connection gets.
#[derive(Clone)]
struct Face {
    router: Router,
    tls: Option<TlsAcceptor>,
}

/// Who comes when all slots are taken waits in the queue of the operating system.
async fn accept(listener: TcpListener, face: Face, graceful: Arc<GracefulShutdown>) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        let Ok((stream, address)) = listener.accept().await else {
            // Out of file descriptors, or the peer is gone already: others may end meanwhile.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (face, watcher) = (face.clone(), graceful.watcher());
        tokio::spawn(async move {
            face.answer(stream, Peer(address), watcher).await;
            drop(slot);
        });
    }
}

impl Face {
    async fn answer(self, stream: TcpStream, peer: Peer, watcher: Watcher) {
        // An answer is one segment or two; nothing is gained by waiting.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.converse(stream, peer, watcher).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout(HEADER_TIMEOUT, tls.accept(stream)).await {
                    self.converse(stream, peer, watcher).await;
                }
            }
        }
    }

    async fn converse<S>(self, stream: S, peer: Peer, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = self.router;
        let service = service_fn(move |request: axum::http::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Also how long a connection may be idle.
            .header_read_timeout(HEADER_TIMEOUT)
            .max_header_size(MAX_HEADER_OCTETS)
            .max_headers(MAX_HEADERS)
            .serve_connection(TokioIo::new(Patience::new(stream, WRITE_TIMEOUT)), service);
        // What ends a connection early, such as a malformed request, hyper has answered.
        let _ = watcher.watch(connection).await;
    }
}

/// Connections at a time.
pub const MAX_CONNECTIONS: usize = 256;
/// Octets of a request's line and headers; more are 431.
pub const MAX_HEADER_OCTETS: usize = 16 << 10;
/// Headers of a request; more are 431.
const MAX_HEADERS: usize = 64;
/// How long a TLS handshake, the headers, or the next request may take.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a peer may take to read some of what it asked for.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the end waits for answers that are being made.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two attempts when nobody can be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
