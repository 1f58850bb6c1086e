//! Conditions in both spellings to one tree.
//!
//! Expression text goes to [`crate::cel`]; a map goes through the table of [`operators`]: a key is a parameter and an
//! operator, and all keys must hold. What comes out does not tell which spelling went in. Knows conditions alone, not
//! the policies they stand in.

mod build;
#[cfg(feature = "shell")]
mod commands;
#[cfg(feature = "shell")]
mod holders;
mod key;
mod lower;
mod operand;
pub mod operators;
mod place;

pub use place::unknown_place;

use crate::catalog::CapabilityFacts;
use crate::cel::{self, Environment, Expr};
use crate::diagnostic::Parsed;
use crate::document::ConditionDocument;

/// Makes the tree of a condition. `catalog` is what is known of the capability that it stands under, where the pattern
/// names exactly one; it settles how a key is read. The value is `None` where an error is among the diagnostics.
#[must_use]
pub fn lower(
    document: &ConditionDocument,
    environment: &Environment,
    catalog: Option<&CapabilityFacts>,
) -> Parsed<Option<Expr>> {
    let parsed = match document {
        ConditionDocument::Expression(scalar) => {
            cel::compile_condition(&scalar.text, &|start, end| scalar.at(start, end), environment)
        }
        ConditionDocument::Map(node) => lower::map(node, environment, catalog),
    };
    #[cfg(feature = "shell")]
    let parsed = Parsed { value: parsed.value.map(commands::whole), ..parsed };
    parsed
}

#[cfg(test)]
mod tests;
