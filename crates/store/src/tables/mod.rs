//! Rows, as verbs see them: small reads and writes without any rule. One transaction stands behind each value of these
//! traits, so what a verb reads stays true until its writes are kept or undone together.

mod accounts;
mod admissions;
mod requests;
mod state;
mod trail;

use kruxos_approvals::StoreError;

pub(crate) use accounts::{ReadAccounts, WriteAccounts};
pub(crate) use admissions::{Counted, ReadAdmissions, WriteAdmissions};
pub(crate) use requests::{ReadRequests, WriteRequests};
pub(crate) use state::{ReadState, WriteState, words};
pub(crate) use trail::{ReadTrail, Tail, WriteTrail};

/// What a row operation or a verb comes to.
pub(crate) type Kept<T> = Result<T, StoreError>;

/// Everything that can be read.
pub(crate) trait Reads: ReadRequests + ReadTrail + ReadAccounts + ReadState + ReadAdmissions {}

impl<T: ReadRequests + ReadTrail + ReadAccounts + ReadState + ReadAdmissions> Reads for T {}

/// Everything that can be read and written.
pub(crate) trait Writes:
    Reads + WriteRequests + WriteTrail + WriteAccounts + WriteState + WriteAdmissions
{
}

impl<T: Reads + WriteRequests + WriteTrail + WriteAccounts + WriteState + WriteAdmissions> Writes for T {}
