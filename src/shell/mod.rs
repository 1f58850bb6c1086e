//! Shell commands: which simple commands a text would run, and whether they are all of a list, or one of a list.
//!
//! A text is read inside the grammar that every shell reads alike, every substitution and every wrapper is followed to
//! the command inside, and words are unquoted as the shell would. What the text alone does not tell is a [`Doubt`]:
//! with a doubt, "runs only" is never true and "runs any" is never false. Knows nothing of policies, files or the
//! environment; what is seen through, what is not, and where the tables come from stands in `docs/shell.md`.

mod alike;
mod builtins;
mod cases;
mod compound;
mod configured;
mod coverage;
mod cursor;
mod expand;
mod files;
mod hidden;
mod invocation;
mod judge;
mod known;
mod list;
mod located;
mod places;
pub mod programs;
mod read;
mod script;
mod simple;
mod spelt;
mod test;
mod undo;
mod unfold;
mod unknown_words;
mod variables;
mod word;
mod written;

pub use cases::wrong_cases;
pub use coverage::Opening;
pub use files::{Access, Untold};
pub use invocation::{Form, Invocation};
pub use judge::{Finding, PartFinding, Verdict, describe};
pub use list::List;
pub use places::Touched;
pub use programs::Programs;
pub use script::{Assignment, Command, Doubt, Input, Inside, Moved, Script, Source, Word};
pub use unknown_words::{UnknownIs, UnknownWord};

/// Most bytes of a text.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most commands of a text, those inside wrappers and substitutions counted.
pub const MAX_COMMANDS: usize = 256;
/// Most levels of substitutions, subshells and wrappers within each other.
pub const MAX_DEPTH: usize = 8;
