//! Patterns of names, paths and texts, and the indexes that match thousands of them at once.
//!
//! A pattern's text is read once ([`syntax`](self)), becomes an automaton, and answers exactly: what it matches, whether
//! it contains or overlaps another, with a text that proves it. Indexes find all matching patterns of a set at a cost
//! that follows the text and not the number of patterns; what they change while matching lives in a cache the caller
//! owns. Knows nothing of policies, entries or conditions.

#[cfg(test)]
mod differential;
pub mod error;
mod folded;
pub mod index;
pub mod interval_index;
mod language;
mod lazy;
mod machine;
pub mod name;
pub mod overrides;
pub mod path_glob;
pub mod prefix_index;
mod product;
mod shared;
mod syntax;
pub mod text_glob;
pub mod value_index;

pub use error::{LimitError, PatternError};
pub use index::{NameCache, NameIndex};
pub use interval_index::{Bound, Interval, IntervalIndex};
pub use language::{MAX_AGENT_BYTES, MAX_NAME_BYTES};
pub use name::{NamePattern, check_agent, check_name, differ_in_case};
pub use overrides::containers;
pub use path_glob::PathGlob;
pub use prefix_index::PrefixIndex;
pub use text_glob::TextGlob;
pub use value_index::{ValueCache, ValueIndex, ValueIndexError, ValuePattern};
