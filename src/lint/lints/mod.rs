//! The lints, one file each.
//!
//! A file's opening comment is the lint's public page, so it is Markdown for policy authors. A new lint is a file, its
//! `mod` line and its line in [`LINTS`].

mod ambiguous_key;
mod answered_before;
mod blocked_by_base;
mod blocks_one_spelling;
mod cidr_host_bits;
#[cfg(feature = "shell")]
mod dead_command;
mod dead_path_value;
mod differs_in_case;
mod entry_without_effect;
mod equivalent_patterns;
mod impossible_condition;
mod joined_key;
mod limit_without_effect;
mod missing_defaults;
mod misspelt_context;
mod needless_regex;
mod needless_relaxable;
mod no_catalog;
mod not_a_parameter;
#[cfg(feature = "shell")]
mod open_command;
mod overlapping_entries;
mod permits_by_example;
mod permits_by_exclusion;
#[cfg(feature = "shell")]
mod permits_by_names;
#[cfg(feature = "shell")]
mod quoted_wildcard;
mod scanned_rules;
mod text_test_on_command;
mod text_test_on_path;
mod text_test_on_url;
mod unchecked;
mod uncovered_capability;
mod unknown_capability;
#[cfg(feature = "shell")]
mod unknown_command_word;
#[cfg(feature = "url")]
mod unknown_of_names;
mod unknown_parameter;
mod unreachable_entry;
mod unreachable_rule;
mod value_never_given;
mod value_outside_schema;
mod wide_host;

use super::Lint;

/// Every lint, in order of its page; the last one reports what the others left out.
pub const LINTS: &[Lint] = &[
    unreachable_entry::LINT,
    unreachable_rule::LINT,
    answered_before::LINT,
    impossible_condition::LINT,
    entry_without_effect::LINT,
    blocked_by_base::LINT,
    overlapping_entries::LINT,
    equivalent_patterns::LINT,
    missing_defaults::LINT,
    needless_relaxable::LINT,
    ambiguous_key::LINT,
    not_a_parameter::LINT,
    misspelt_context::LINT,
    needless_regex::LINT,
    text_test_on_command::LINT,
    text_test_on_path::LINT,
    text_test_on_url::LINT,
    dead_path_value::LINT,
    value_never_given::LINT,
    #[cfg(feature = "url")]
    unknown_of_names::LINT,
    #[cfg(feature = "shell")]
    dead_command::LINT,
    #[cfg(feature = "shell")]
    unknown_command_word::LINT,
    #[cfg(feature = "shell")]
    open_command::LINT,
    #[cfg(feature = "shell")]
    quoted_wildcard::LINT,
    permits_by_example::LINT,
    permits_by_exclusion::LINT,
    #[cfg(feature = "shell")]
    permits_by_names::LINT,
    wide_host::LINT,
    blocks_one_spelling::LINT,
    differs_in_case::LINT,
    joined_key::LINT,
    limit_without_effect::LINT,
    cidr_host_bits::LINT,
    unknown_capability::LINT,
    uncovered_capability::LINT,
    unknown_parameter::LINT,
    value_outside_schema::LINT,
    scanned_rules::LINT,
    no_catalog::LINT,
    unchecked::LINT,
];
