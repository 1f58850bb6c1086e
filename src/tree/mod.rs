//! The decision tree that a policy set is compiled into.
//!
//! Its levels, from the root: the capability's name finds a [`plan::Plan`] (which entries can answer, the more specific
//! before the broader ones); each entry's rules are a [`select::Select`], which looks a parameter's value up once for
//! all rules that test it; an arm's remaining tests lead to an outcome, the leaf. A plan in which nothing is left to
//! test is a leaf itself. [`walk`] goes from the root to the leaves for one call.
//!
//! Nothing here reads text or knows of files; nothing here decides how layers combine over agents, which is
//! [`crate::engine`]'s.

pub(crate) mod capability_index;
pub(crate) mod condition;
pub(crate) mod gather;
pub(crate) mod matters;
pub(crate) mod path_index;
pub(crate) mod plan;
pub(crate) mod program;
pub(crate) mod relation;
pub(crate) mod residual;
pub(crate) mod select;
pub(crate) mod shape;
pub(crate) mod shared;
pub(crate) mod subject_index;
pub(crate) mod test_table;
pub(crate) mod values;
pub(crate) mod verdict;
pub(crate) mod walk;
pub(crate) mod ways;
