//! A store in one SQLite file, which one gateway owns. What is acknowledged is on the disk.

mod columns;
mod failure;
mod migrations;
mod open;
mod readers;
mod rows;
mod steps;
#[cfg(test)]
mod tests;
mod verify;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use kruxos_approvals::StoreError;
use kruxos_approvals::store::Answer;
use tokio::sync::{oneshot, watch};

pub use self::open::{OpenError, OpenProblem};
use self::readers::Readers;
use self::rows::stored_tail;
pub use self::verify::verify_file;
use self::writer::{Asked, Message, Writer};
use crate::tables::{Kept, Reads, Writes};
use crate::verbs::{Runs, StoreOf};

/// A store in one SQLite file. When the last handle is gone, everything asked for is written and the file is free.
///
/// It is used within a tokio runtime. A verb runs once it was sent, also if nobody waits for its answer any more.
pub type SqliteStore = StoreOf<Sqlite>;

/// The file behind a [`SqliteStore`].
#[derive(Clone)]
pub struct Sqlite(Arc<Shared>);

struct Shared {
    /// There until the last handle goes.
    writer: Option<Writer>,
    readers: Readers,
    /// For what takes long, so that it holds up nobody else.
    auditors: Readers,
    end: watch::Receiver<u64>,
}

impl SqliteStore {
    /// Opens a database, and makes it if it is not there; its folder must be.
    ///
    /// # Errors
    /// When another gateway has it open, a later version wrote it, it is not ours, its trail does not end where it is said
    /// to, or it cannot be reached.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        Sqlite::open(path).map(StoreOf).map_err(|problem| problem.of(path))
    }

    /// Writes everything asked for so far, and lets go of the file. Whatever is asked of any handle afterwards is
    /// `Unavailable`.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl Sqlite {
    fn open(path: &Path) -> Result<Self, OpenProblem> {
        let owned = open::own(path)?;
        let tail = stored_tail(&owned.connection)?;
        let (readers, auditors) = (Readers::of(owned.path.clone(), 4), Readers::of(owned.path.clone(), 1));
        let (sender, end) = watch::channel(tail.head.sequence);
        let writer = writer::start(owned, tail, sender).map_err(|error| OpenProblem::Io(error.to_string()))?;
        Ok(Self(Arc::new(Shared { writer: Some(writer), readers, auditors, end })))
    }

    async fn close(&self) {
        let (closer, closed) = oneshot::channel();
        self.0.readers.close().await;
        self.0.auditors.close().await;
        if self.send(Message::Close(closer)).await.is_ok() {
            // An error means as much as an answer: the writer has ended.
            let _ = closed.await;
        }
    }

    async fn send(&self, message: Message) -> Kept<()> {
        let writer = self.0.writer.as_ref().ok_or_else(closed)?;
        writer.jobs.send(message).await.map_err(|_| closed())
    }
}

impl Runs for Sqlite {
    fn write<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&mut dyn Writes) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(async move {
            let (asker, answer) = oneshot::channel();
            self.send(Message::Write(Box::new(Asked::new(verb, asker)))).await?;
            answer.await.map_err(|_| closed())?
        })
    }

    fn read<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&dyn Reads) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(self.0.readers.read(verb))
    }

    fn read_at_length<'a, T: Send + 'static>(
        &'a self,
        verb: impl FnOnce(&dyn Reads) -> Kept<T> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(self.0.auditors.read(verb))
    }

    fn ends(&self) -> watch::Receiver<u64> {
        self.0.end.clone()
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("end", &*self.0.end.borrow()).finish_non_exhaustive()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(Writer { jobs, thread }) = self.writer.take() {
            drop(jobs);
            // A writer that panicked has ended as well.
            let _ = thread.join();
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}
