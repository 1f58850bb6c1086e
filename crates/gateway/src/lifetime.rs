//! How long a gateway lives: the work that goes on whoever hangs up, and the word that ends it.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The gateway's own work. A clone is another handle to the same life.
#[derive(Clone, Debug, Default)]
pub struct Lifetime {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Lifetime {
    /// Does something on a task of the gateway's own. It goes on when nobody waits for it any more.
    pub(crate) fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.tasks.spawn(work)
    }

    /// Waits for something, or until the gateway stops.
    pub(crate) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.stop.run_until_cancelled(work).await
    }

    /// Whether the gateway is stopping: nothing new is carried out.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Says that nothing new is to be begun.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Done once the gateway is told to stop.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        self.stop.clone().cancelled_owned()
    }

    /// Stops, and gives what is going on so long to end; whether all of it did.
    pub(crate) async fn end(&self, patience: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(patience, self.tasks.wait()).await.is_ok()
    }
}
