//! Serving: a listener, the background work beside it, and a clean end.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::Limits;
use crate::app::App;
use crate::jobs;

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The listener broke.
    #[error("serving ended: {0}")]
    Serve(#[source] std::io::Error),
}

/// Serves until the process is told to end, with jobs, sealer and outbox beside; `ready` hears the address.
pub async fn serve(
    app: App,
    listen: SocketAddr,
    limits: &Limits,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let listener = TcpListener::bind(listen).await.map_err(|source| ServeError::Listen {
        address: listen,
        source,
    })?;
    let address = listener.local_addr().map_err(ServeError::Serve)?;
    let background = tokio::spawn(jobs::run_for_ever(app.clone()));
    ready(address);
    let service = super::limited_router(app, limits).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(told_to_end())
        .await;
    background.abort();
    served.map_err(ServeError::Serve)
}

async fn told_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
