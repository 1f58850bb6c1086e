//! The documents people write, as written: policies, policy tests, catalogs.
//!
//! One struct for each kind of mapping, with spans. The same structs give the loader its keys and the JSON Schemas their
//! descriptions. Nothing is resolved here: patterns, conditions and names are still text.

mod policy;

pub use policy::{
    Annotations, ApprovalDocument, ConditionDocument, DefaultsDocument, EntryDocument, PolicyDocument,
    RateLimitDocument, RuleDocument,
};
