//! Every kind of finding that is no lint: what keeps a text from loading, and what loading warns of.
//!
//! A kind is stated once, here: its code, how much it weighs, its page as a doc comment, and a text that has it beside one
//! that does not. A finding is made from its kind, so there is no code without a page; the examples are run as tests.
//! Knows nothing of how a finding is found.

mod catalog;
mod conditions;
mod documents;
mod expressions;
mod policies;
mod suites;
mod yaml;

pub use catalog::*;
pub use conditions::*;
pub use documents::*;
pub use expressions::*;
pub use policies::*;
pub use suites::*;
pub use yaml::*;

use super::Severity;

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable kebab-case name, `duplicate-key`.
    pub code: &'static str,
    /// How much its findings weigh.
    pub severity: Severity,
    /// What it is and what to do about it, Markdown; the first sentence is a summary.
    pub doc: &'static str,
    /// A text that has it. Absent where no short text has it, or where the text alone does not.
    pub example: Option<Example>,
}

/// A text with one finding, and the text mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What part of which file the texts are.
    pub part: Part,
    /// Other policies that are there.
    pub beside: &'static [&'static str],
    /// The text with the finding.
    pub bad: &'static str,
    /// The line the finding is on.
    pub line: u32,
    /// The text without it.
    pub good: &'static str,
}

/// What an example shows of a file; what surrounds it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A whole policy.
    Policy,
    /// What stands under `capabilities:`.
    Entries,
    /// What stands behind `condition:`.
    Condition,
    /// A whole test document.
    Suite,
    /// A whole catalog.
    Catalog,
    /// What stands under the `inputSchema:` of a catalog's tool.
    Schema,
}

impl Part {
    /// What stands before the part in a file of its own, and how far the part is indented there.
    #[must_use]
    pub const fn frame(self) -> (&'static str, usize) {
        match self {
            Self::Policy | Self::Suite | Self::Catalog => ("", 0),
            Self::Entries => ("name: example\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities:\n", 2),
            Self::Condition => (
                "name: example\nversion: \"1.0\"\ndefaults: { tier: blocked }\ncapabilities:\n  files.write:\n    \
                 tier: approval_required\n    rules:\n      - tier: notify\n        condition:\n",
                10,
            ),
            Self::Schema => ("tools:\n  - name: files.write\n    inputSchema:\n", 6),
        }
    }

    /// A file that holds the text as this part.
    #[must_use]
    pub fn file(self, text: &str) -> String {
        let (frame, indent) = self.frame();
        let indent = " ".repeat(indent);
        let lines =
            text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") });
        std::iter::once(frame.to_owned()).chain(lines).collect()
    }
}

/// An error, its page still empty.
const fn error(code: &'static str) -> Kind {
    Kind { code, severity: Severity::Error, doc: "", example: None }
}

/// A warning, its page still empty.
const fn warning(code: &'static str) -> Kind {
    Kind { code, severity: Severity::Warning, doc: "", example: None }
}

impl Kind {
    const fn example(self, part: Part, bad: &'static str, line: u32, good: &'static str) -> Self {
        Self { example: Some(Example { part, beside: &[], bad, line, good }), ..self }
    }

    const fn policy(self, bad: &'static str, line: u32, good: &'static str) -> Self {
        self.example(Part::Policy, bad, line, good)
    }

    const fn entries(self, bad: &'static str, line: u32, good: &'static str) -> Self {
        self.example(Part::Entries, bad, line, good)
    }

    const fn condition(self, bad: &'static str, good: &'static str) -> Self {
        self.example(Part::Condition, bad, 1, good)
    }

    const fn suite(self, bad: &'static str, line: u32, good: &'static str) -> Self {
        self.example(Part::Suite, bad, line, good)
    }

    const fn catalog(self, bad: &'static str, line: u32, good: &'static str) -> Self {
        self.example(Part::Catalog, bad, line, good)
    }

    const fn schema(self, bad: &'static str, line: u32, good: &'static str) -> Self {
        self.example(Part::Schema, bad, line, good)
    }

    const fn beside(self, beside: &'static [&'static str]) -> Self {
        match self.example {
            Some(example) => Self { example: Some(Example { beside, ..example }), ..self },
            None => self,
        }
    }

    const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }
}

/// Declares kinds, each with its page as a doc comment, and the list of them.
macro_rules! kinds {
    ($( $(#[doc = $doc:literal])+ $name:ident = $kind:expr; )+) => {
        $( $(#[doc = $doc])+ pub static $name: Kind = $kind.doc(concat!($($doc, "\n"),+)); )+
        pub(super) static KINDS: &[&Kind] = &[$(&$name),+];
    };
}

use kinds;

/// Every kind, in the order in which a file is read.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    let stages = [
        yaml::KINDS,
        documents::KINDS,
        policies::KINDS,
        conditions::KINDS,
        expressions::KINDS,
        catalog::KINDS,
        suites::KINDS,
    ];
    stages.into_iter().flatten().copied()
}
