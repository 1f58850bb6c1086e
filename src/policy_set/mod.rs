//! The policies that are in force together: resolved, layered, typed.
//!
//! A [`PolicySet`] cannot hold an unresolved name: bases are merged in, patterns and conditions are compiled, every
//! answer knows where it is written. It decides nothing; [`crate::tree`] compiles it and [`crate::Engine`] answers.

mod digest;
mod inherit;
mod limits;
mod load;
mod resolve;

use std::sync::Arc;

pub use load::{Loaded, Loader};

use crate::catalog::Catalog;
use crate::cel::expr::Expr;
use crate::outcome::Outcome;
use crate::pattern::NamePattern;
use crate::rate_limit::RateLimit;
use crate::source::{Sources, Span};
use crate::tier::Layer;

/// All policies that were loaded, by layer and name.
#[derive(Debug)]
pub struct PolicySet {
    pub(crate) sources: Arc<Sources>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) catalog: Option<Catalog>,
    pub(crate) digest: String,
}

/// One policy, its base merged in.
#[derive(Debug)]
pub struct Policy {
    /// Its name.
    pub name: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
    /// What it is for.
    pub description: Option<Arc<str>>,
    /// Whose word it is.
    pub layer: Layer,
    /// The agents it applies to; `None`: all.
    pub agent: Option<NamePattern>,
    /// Its entries, its own first, then those of its bases that it does not replace; each in order of the text.
    pub entries: Vec<Entry>,
    /// The answer for what no entry answers.
    pub defaults: Option<Arc<Outcome>>,
    /// What it extends, and what that extends, as far as they block something. Where the entries of one of them, by
    /// themselves, answer a call with `blocked`, that answer counts beside the policy's own.
    pub bases: Vec<Base>,
    /// Where its name is written.
    pub span: Span,
}

/// A policy that another one extends, as it is by itself: its entries and those of its own bases, without `defaults`.
#[derive(Debug)]
pub struct Base {
    /// Its name.
    pub name: Arc<str>,
    /// Its entries; their limits count nothing here.
    pub entries: Vec<Entry>,
}

/// What one pattern says.
#[derive(Debug)]
pub struct Entry {
    /// The capabilities it is about.
    pub pattern: NamePattern,
    /// Where the pattern is written.
    pub span: Span,
    /// First rule whose condition holds answers.
    pub rules: Vec<Rule>,
    /// The answer when no rule answers.
    pub outcome: Option<Arc<Outcome>>,
    /// Limits on all calls that this entry answers.
    pub rate_limits: Vec<RateLimit>,
    /// Whether it was taken over from a base.
    pub inherited: bool,
}

/// One rule of an entry.
#[derive(Debug)]
pub struct Rule {
    /// When it answers.
    pub condition: Expr,
    /// The answer.
    pub outcome: Arc<Outcome>,
    /// Limits on the calls that this rule answers.
    pub rate_limits: Vec<RateLimit>,
    /// The whole rule.
    pub span: Span,
}

impl PolicySet {
    /// The policies, by layer (the highest authority first) and name.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The texts the policies were read from.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The catalog the policies were checked against.
    #[must_use]
    pub const fn catalog(&self) -> Option<&Catalog> {
        self.catalog.as_ref()
    }

    /// `sha256:` and 64 hexadecimal digits over the names and texts of everything that was loaded.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
