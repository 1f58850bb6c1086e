//! The one thread that writes: it takes what is asked meanwhile into one transaction, each in a savepoint of its own, and
//! answers once the transaction is on the disk.

use std::fs::File;
use std::thread::JoinHandle;

use kruxos_approvals::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::failure::{Told, failed};
use super::open::Owned;
use super::rows::{Rows, stored_tail};
use super::steps::passed;
use crate::tables::{Kept, Tail, Writes};

/// The most verbs in one transaction.
const BATCH: usize = 256;

/// The most verbs that wait for the writer; who asks beyond that waits to ask.
const WAITING: usize = 1024;

/// Something to write.
pub(super) trait Job: Send {
    /// Runs the verb; whether what it wrote is to be kept.
    fn run(&mut self, rows: &mut Rows<'_>) -> bool;
    /// Tells who asked: what the verb gave, or why nothing of it was kept.
    fn answer(self: Box<Self>, kept: Kept<()>);
}

/// A verb, later what it gave, and who waits for that.
pub(super) struct Asked<T, F> {
    verb: Option<F>,
    given: Option<Kept<T>>,
    asker: oneshot::Sender<Kept<T>>,
}

impl<T, F> Asked<T, F> {
    pub(super) const fn new(verb: F, asker: oneshot::Sender<Kept<T>>) -> Self {
        Self { verb: Some(verb), given: None, asker }
    }
}

impl<T: Send, F: FnOnce(&mut dyn Writes) -> Kept<T> + Send> Job for Asked<T, F> {
    fn run(&mut self, rows: &mut Rows<'_>) -> bool {
        let Some(verb) = self.verb.take() else { return false };
        let given = verb(rows);
        let keep = given.is_ok();
        self.given = Some(given);
        keep
    }

    fn answer(self: Box<Self>, kept: Kept<()>) {
        let given = match (kept, self.given) {
            (Ok(()), Some(given)) => given,
            // What a verb refused stays refused; nothing of it was to be kept.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(lost), _) => Err(lost),
            (Ok(()), None) => Err(StoreError::Unavailable("it was not run".to_owned())),
        };
        // Who does not listen any more needs no answer.
        let _ = self.asker.send(given);
    }
}

/// What reaches the writer.
pub(super) enum Message {
    /// Something to write.
    Write(Box<dyn Job>),
    /// Settle something of the connection.
    #[cfg(test)]
    Set(String),
    /// Write what was asked so far, then stop and say so.
    Close(oneshot::Sender<()>),
}

/// The writer as others see it.
pub(super) struct Writer {
    pub(super) jobs: mpsc::Sender<Message>,
    pub(super) thread: JoinHandle<()>,
}

/// The writer's own.
struct Loop {
    connection: Connection,
    /// The tail on the disk.
    tail: Tail,
    jobs: mpsc::Receiver<Message>,
    end: watch::Sender<u64>,
    /// Released when nothing is written any more.
    lock: File,
}

/// Starts writing.
pub(super) fn start(owned: Owned, tail: Tail, end: watch::Sender<u64>) -> std::io::Result<Writer> {
    let (sender, jobs) = mpsc::channel(WAITING);
    let mut own = Loop { connection: owned.connection, tail, jobs, end, lock: owned.lock };
    let thread = std::thread::Builder::new().name("kruxos-store".to_owned()).spawn(move || {
        let closers = own.run();
        let Loop { connection, lock, .. } = own;
        // The last connection to close empties the log into the database; if it cannot, the next to open does.
        drop(connection);
        drop(lock);
        for closer in closers {
            // Who does not wait any more need not know.
            let _ = closer.send(());
        }
    })?;
    Ok(Writer { jobs: sender, thread })
}

impl Loop {
    /// Writes until it is told to stop, or nobody is left to ask; gives those who wait for the end.
    fn run(&mut self) -> Vec<oneshot::Sender<()>> {
        let mut closers = Vec::new();
        while let Some(first) = self.jobs.blocking_recv() {
            let mut batch = Vec::new();
            self.sort(first, &mut batch, &mut closers);
            while batch.len() < BATCH
                && let Ok(next) = self.jobs.try_recv()
            {
                self.sort(next, &mut batch, &mut closers);
            }
            self.write(batch);
        }
        closers
    }

    fn sort(&mut self, message: Message, batch: &mut Vec<Box<dyn Job>>, closers: &mut Vec<oneshot::Sender<()>>) {
        match message {
            Message::Write(job) => batch.push(job),
            #[cfg(test)]
            Message::Set(pragma) => self.connection.execute_batch(&pragma).unwrap(),
            Message::Close(closer) => {
                // Those already in the line are still served.
                self.jobs.close();
                closers.push(closer);
            }
        }
    }

    /// Writes everything of a batch that can be written. A verb after which SQLite itself has undone the transaction takes
    /// those before it with it; those behind it get a new one.
    fn write(&mut self, batch: Vec<Box<dyn Job>>) {
        let mut rest = batch.into_iter();
        while rest.len() > 0 {
            let mut done = Vec::new();
            let kept = self.transaction(&mut rest, &mut done);
            if kept.is_err() {
                self.undo();
            }
            passed("committed");
            for job in done {
                job.answer(kept.clone());
                passed("answered");
            }
        }
    }

    /// Runs verbs in one transaction until none is left or the transaction is lost.
    fn transaction(&mut self, rest: &mut std::vec::IntoIter<Box<dyn Job>>, done: &mut Vec<Box<dyn Job>>) -> Kept<()> {
        passed("idle");
        if let Err(error) = self.connection.execute_batch("BEGIN IMMEDIATE") {
            done.extend(rest);
            return Err(failed(&error));
        }
        let mut rows = Rows::of_writer(&self.connection, self.tail);
        for mut job in rest.by_ref() {
            let saved = savepoint(&mut rows, &mut *job);
            done.push(job);
            saved?;
        }
        let tail = rows.written()?;
        passed("before commit");
        self.connection.execute_batch("COMMIT").told()?;
        self.tail = tail;
        self.end.send_if_modified(|end| std::mem::replace(end, tail.head.sequence) != tail.head.sequence);
        Ok(())
    }

    /// Brings connection and tail back to what is on the disk.
    fn undo(&mut self) {
        if !self.connection.is_autocommit() {
            // A transaction that cannot be undone makes the next `BEGIN` fail, which is told to whoever asks for it.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        // The old tail is right unless a failed commit reached the disk nevertheless.
        if let Ok(tail) = stored_tail(&self.connection) {
            self.tail = tail;
        }
    }
}

/// Runs a verb so that it is undone alone. An error means that the whole transaction is lost.
fn savepoint(rows: &mut Rows<'_>, job: &mut dyn Job) -> Kept<()> {
    let before = rows.mark()?;
    passed("verb");
    if job.run(rows) {
        return rows.release();
    }
    rows.back_to(before)
}
