//! Opening a database file: whose it is, who may read it, and that one gateway alone writes it.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use kruxos_approvals::StoreError;
use rusqlite::{Connection, OpenFlags};

use super::failure::Told;
use super::migrations::{is_known, migrate};

/// How long a statement waits for somebody else who looks at the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often, and with which pause between, a lock is tried that another holds: for a second.
const LOCK_ATTEMPTS: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Statements that a connection keeps prepared: more than there are.
const STATEMENTS: usize = 64;

/// A database that cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: OpenProblem,
}

/// Why a database cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenProblem {
    /// Another gateway writes it.
    InUse,
    /// A later version wrote it.
    Newer {
        /// The shape it has.
        shape: usize,
        /// The newest shape known here.
        known: usize,
    },
    /// An earlier version wrote it, and it may not be changed now.
    Older {
        /// The shape it has.
        shape: usize,
        /// The shape known here.
        known: usize,
    },
    /// It is no database of ours.
    Foreign,
    /// It cannot be reached.
    Io(String),
    /// It can be opened, and not used.
    Store(StoreError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.path.display())?;
        match &self.problem {
            OpenProblem::InUse => {
                f.write_str("is used by another gateway; stop that one, or give this one another data directory")
            }
            OpenProblem::Newer { shape, known } => write!(
                f,
                "was written by a later version (its shape is {shape}, the newest known here is {known}); use that version"
            ),
            OpenProblem::Older { shape, known } => write!(
                f,
                "was written by an earlier version (its shape is {shape}, {known} is needed); start a gateway on it first"
            ),
            OpenProblem::Foreign => f.write_str("is not a database of this gateway; name another file"),
            OpenProblem::Io(why) => write!(f, "cannot be opened: {why}"),
            OpenProblem::Store(error) => write!(f, "cannot be used: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<StoreError> for OpenProblem {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl OpenProblem {
    /// The problem together with the file that has it.
    pub(super) fn of(self, path: &Path) -> OpenError {
        OpenError { path: path.to_owned(), problem: self }
    }
}

fn io(error: &io::Error) -> OpenProblem {
    OpenProblem::Io(error.to_string())
}

/// What the one writer of a database holds.
pub(super) struct Owned {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    /// Held as long as anything is written.
    pub(super) lock: File,
}

/// Opens a database to write it, and makes it if it is not there. Nothing of a file that is not ours is changed.
pub(super) fn own(path: &Path) -> Result<Owned, OpenProblem> {
    let path = real(path)?;
    let lock = lock(&beside(&path, ".lock"))?;
    make(&path)?;
    let mut connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    is_known(&connection)?;
    make_private(&path)?;
    write_ahead(&connection)?;
    migrate(&mut connection)?;
    Ok(Owned { path, connection, lock })
}

/// Sets how the database is written. `FULL` with a log: a commit is on the disk when it is done, so what is acknowledged
/// survives a loss of power.
fn write_ahead(connection: &Connection) -> Result<(), OpenProblem> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).told()?;
    if mode != "wal" {
        return Err(OpenProblem::Io("its file system does not allow a log beside it (`-wal`)".to_owned()));
    }
    let settings = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA journal_size_limit = 67108864;
                    PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";
    Ok(connection.execute_batch(settings).told()?)
}

/// Opens a database that somebody owns, to read it.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenProblem> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;").told()?;
    Ok(connection)
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, OpenProblem> {
    prepared(Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX))
}

/// A connection with what all statements here need.
pub(super) fn prepared(connection: rusqlite::Result<Connection>) -> Result<Connection, OpenProblem> {
    let connection = connection.told()?;
    connection.busy_timeout(PATIENCE).told()?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    rusqlite::vtab::array::load_module(&connection).told()?;
    Ok(connection)
}

/// The path without links, so that one database has one lock, whatever it is called.
fn real(path: &Path) -> Result<PathBuf, OpenProblem> {
    if let Ok(real) = fs::canonicalize(path) {
        return Ok(real);
    }
    let name = path.file_name().ok_or_else(|| OpenProblem::Io("it names no file".to_owned()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(fs::canonicalize(folder).map_err(|error| io(&error))?.join(name))
}

/// The name of a file that belongs to a database.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Takes the lock. One that is held is waited for a little: a gateway that is just stopping lets go of it, and so does a
/// program that one has just started, which has the gateway's files until it runs.
fn lock(path: &Path) -> Result<File, OpenProblem> {
    let file = private().truncate(false).open(path).map_err(|error| io(&error))?;
    for _ in 0..LOCK_ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(io(&error)),
        }
    }
    Err(OpenProblem::InUse)
}

/// How a file is opened that its owner alone may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the file if it is not there, so that it is still there after a loss of power. One that is there is not opened for
/// this: closing it would release whatever locks this process has on it.
fn make(path: &Path) -> Result<(), OpenProblem> {
    match private().create_new(true).open(path) {
        Ok(_) => keep_name(path).map_err(|error| io(&error)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(io(&error)),
    }
}

/// Writes the name of a new file to the disk: it stands in its folder.
#[cfg(unix)]
fn keep_name(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Folders are written by themselves here.
#[cfg(not(unix))]
const fn keep_name(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Sees to it that only the owner may read the database.
fn make_private(path: &Path) -> Result<(), OpenProblem> {
    #[cfg(unix)]
    for ending in ["", "-wal", "-shm"] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        match fs::set_permissions(beside(path, ending), mode) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(&error)),
            _ => {}
        }
    }
    Ok(())
}
