//! What the benches of the engine and of its peers share: one family of policies, the calls put to them with the
//! answers they must get, and the same policies written by hand.

pub(crate) mod handwritten;
pub(crate) mod policies;
pub(crate) mod questions;
