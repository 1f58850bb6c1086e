//! The documents people write, as written: policies, policy tests, catalogs.
//!
//! One struct for each kind of mapping, with spans. The same structs give the loader its keys and the JSON Schemas their
//! descriptions. Nothing is resolved here: patterns, conditions and names are still text.

mod catalog;
mod condition;
mod policy;
mod read;
mod shape;
mod shapes;
mod suite;
#[cfg(test)]
mod tests;
mod words;

pub use catalog::{CatalogDocument, ToolDocument};
pub use condition::ConditionDocument;
pub use policy::{
    Annotations, ApprovalDocument, DefaultsDocument, EntryDocument, PolicyDocument, RateLimitDocument, RuleDocument,
};
pub use read::{load_catalog, load_policy, load_suite, read_catalog, read_policy, read_suite};
pub use suite::{ExpectDocument, ExpectedDecider, ExpectedRule, ExpectedUnknowns, SuiteDocument, TestDocument};
