//! The expression language: text to a typed tree, and the tree's value for a call.
//!
//! CEL without protobuf messages and enums. Text is parsed by `grammar/expression.pest` (shapes only), names are looked
//! up in tables, and what remains is an [`Expr`] in which nothing can be unresolved. Knows nothing of policies.

pub mod expr;
pub mod function;
pub(crate) mod print;
pub mod types;
pub mod value;
