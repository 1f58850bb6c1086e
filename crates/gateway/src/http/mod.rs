//! The two doors: agents speak JSON-RPC at one, supervisors HTTP at the other. What is said there is decided in the
//! gateway; here is only who may say it, in which form, and how much of it at once.

mod api;
mod body;
mod flood;
mod guard;
pub(crate) mod listen;
pub mod refusal;
mod rpc;
pub mod session;
pub mod supervisor;

pub use api::supervisors_router;
pub use refusal::Refused;
pub use rpc::agents_router;
pub use supervisor::AuthenticatedSupervisor;

#[cfg(test)]
pub(crate) mod testing;
