//! Connections that read. Each read sees one state of the database, everything acknowledged before it included.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use kruxos_approvals::StoreError;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::failure::Told;
use super::open::{OpenProblem, reader};
use super::rows::Rows;
use crate::tables::{Kept, Reads};

/// Connections that read one database.
#[derive(Clone)]
pub(super) struct Readers(Arc<Pool>);

struct Pool {
    path: PathBuf,
    /// How many read at once; more wait for their turn.
    most: u32,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    /// Readers of a database that somebody owns.
    pub(super) fn of(path: PathBuf, most: u32) -> Self {
        let turns = Arc::new(Semaphore::new(most as usize));
        Self(Arc::new(Pool { path, most, idle: Mutex::default(), turns }))
    }

    /// Reads on a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        verb: impl FnOnce(&dyn Reads) -> Kept<T> + Send + 'static,
    ) -> Kept<T> {
        let closed = |_| StoreError::Unavailable("the store is closed".to_owned());
        let turn = Arc::clone(&self.0.turns).acquire_owned().await.map_err(closed)?;
        let pool = Arc::clone(&self.0);
        let reading = tokio::task::spawn_blocking(move || {
            let given = pool.read(verb);
            drop(turn);
            given
        });
        reading.await.map_err(|error| StoreError::Unavailable(format!("a read was cut off: {error}")))?
    }

    /// Lets those who read finish, and nobody begin.
    pub(super) async fn close(&self) {
        let last = self.0.turns.acquire_many(self.0.most).await;
        self.0.turns.close();
        drop(last);
        self.0.take_all();
    }
}

impl Pool {
    fn read<T>(&self, verb: impl FnOnce(&dyn Reads) -> Kept<T>) -> Kept<T> {
        let connection = match self.take() {
            Some(connection) => connection,
            None => reader(&self.path).map_err(|problem| self.unreachable(problem))?,
        };
        let given = in_one_state(&connection, verb);
        // A connection that could not be brought back is closed.
        if connection.is_autocommit() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        given
    }

    fn take(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn unreachable(&self, problem: OpenProblem) -> StoreError {
        match problem {
            OpenProblem::Store(error) => error,
            other => StoreError::Unavailable(other.of(&self.path).to_string()),
        }
    }

    fn take_all(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Runs a verb in a transaction, which sees one state of the database from its first statement to its last.
pub(super) fn in_one_state<T>(connection: &Connection, verb: impl FnOnce(&dyn Reads) -> Kept<T>) -> Kept<T> {
    let transaction = connection.unchecked_transaction().told()?;
    verb(&Rows::of_reader(&transaction))
}
