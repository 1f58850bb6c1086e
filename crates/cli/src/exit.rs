//! How the command ends: the three exit codes, and the failures behind the last of them.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use kruxos_policy::files::{FileError, FileProblem};

use crate::client::{Kind, Problem};
use crate::finding::Finding;
use crate::output::Look;
use crate::render::{human, visible};

/// The exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Nothing to complain about.
    Clean,
    /// Findings, failing tests, malformed calls.
    Findings,
    /// Misuse, unreadable files, policies that do not load.
    Misuse,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a verb could not do its work at all.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments do not make sense together.
    Misuse {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// A file cannot be read.
    File(FileError),
    /// The policies do not load, so nothing can be decided.
    Policies(Vec<Finding>),
    /// A stream cannot be read or written.
    Stream(io::Error),
    /// The gateway did not do what it was asked.
    Gateway(Problem),
}

impl Failure {
    /// Misuse, with a way out.
    pub(crate) fn misuse(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Misuse { message: message.into(), help: Some(help.into()) }
    }

    /// A file that the system does not let us read.
    pub(crate) fn unreadable(path: &Path, error: io::Error) -> Self {
        Self::File(FileError { path: path.to_owned(), problem: FileProblem::Io(error) })
    }

    /// The exit code: a refusal is an answer, everything else keeps from having one.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Gateway(Problem { kind: Kind::Refused | Kind::NotFound, .. }) => Exit::Findings,
            _ => Exit::Misuse,
        }
    }

    /// The text for the error stream.
    pub(crate) fn render(&self, look: Look) -> String {
        match self {
            Self::Misuse { message, help } | Self::Gateway(Problem { message, help, .. }) => {
                let help = help.as_ref().map_or_else(String::new, |help| format!("  help: {}\n", visible(help)));
                format!("error: {}\n{help}", visible(message))
            }
            Self::File(error) => format!("error: {}\n", visible(&error.to_string())),
            Self::Policies(findings) => {
                format!("{}error: the policies do not load, so nothing was decided\n", human::findings(findings, look))
            }
            Self::Stream(error) => format!("error: {}\n", visible(&error.to_string())),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Gateway(problem)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}
