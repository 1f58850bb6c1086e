//! The two doors: agents speak JSON-RPC at one, supervisors HTTP at the other. What is said there is decided in the
//! gateway; here is only who may say it, in which form, and how much of it at once.

pub mod refusal;
pub mod session;
pub mod supervisor;

pub use refusal::Refused;
pub use supervisor::AuthenticatedSupervisor;
