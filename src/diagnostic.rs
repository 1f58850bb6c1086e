//! What is wrong with a text, as data: code, severity, message, labelled spans, a way out.
//!
//! Rendering (for people, for machines) happens elsewhere; nothing here knows of terminals.

pub mod kinds;

use crate::source::Span;
pub use kinds::Kind;

/// How much a diagnostic weighs. An `Error` keeps a policy from loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Advice,
    /// Loads, but probably does not say what its author means.
    Warning,
    /// Does not load.
    Error,
}

/// A span with the words that belong beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What to underline.
    pub span: Span,
    /// Words beside the underline; may be empty.
    pub text: String,
}

/// A replacement of the text under a span that mends the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The text to replace.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

/// One finding. The first label is the primary one: it gives the finding its line and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kebab-case name of the kind of finding, `duplicate-key`.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence: what, lower case, names in backticks.
    pub message: String,
    /// Where; the first is the primary.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// A replacement that would mend it, where one is certain.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of a kind at `span`, without label words, help or fix.
    pub fn of(kind: &Kind, span: Span, message: impl Into<String>) -> Self {
        Self::coded(kind.code, kind.severity, span, message)
    }

    /// A finding of a code that has its page elsewhere: a lint's.
    pub(crate) fn coded(code: &'static str, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        let primary = Label { span, text: String::new() };
        Self { code, severity, message: message.into(), labels: vec![primary], help: None, fix: None }
    }

    /// Puts words beside the primary underline.
    #[must_use]
    pub fn labelled(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = self.labels.first_mut() {
            primary.text = text.into();
        }
        self
    }

    /// Adds a second place that belongs to the finding.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a replacement for the text under `span`.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// The primary span, if the diagnostic has any label.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// A value read from text and everything that was found wrong on the way; `value` is the best reading, for what follows
/// to go on with, and must not be put to use while an error is among the diagnostics.
#[derive(Clone, Debug)]
pub struct Parsed<T> {
    /// The best reading.
    pub value: T,
    /// All findings, in order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Parsed<T> {
    /// Whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

/// Whether any of the findings is an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
