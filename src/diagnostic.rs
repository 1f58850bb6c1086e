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

    /// A finding of a code that has its page elsewhere: a lint's. The alias that brought what stands there has a label.
    pub(crate) fn coded(code: &'static str, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        let primary = Label { span, text: String::new() };
        let alias = span.alias().map(|alias| Label { span: alias, text: BROUGHT.to_owned() });
        let labels = std::iter::once(primary).chain(alias).collect();
        Self { code, severity, message: message.into(), labels, help: None, fix: None }
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

    /// Offers a replacement for the text under `span`; not where an alias brought it, as the text means something at
    /// its anchor and at other aliases too.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        if span.alias().is_none() {
            self.fix = Some(Fix { span, replacement: replacement.into() });
        }
        self
    }

    /// The primary span, if the diagnostic has any label.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Words beside an alias that brought what a finding is about.
const BROUGHT: &str = "brought here by this alias";

/// Most aliases that one finding points at.
const MOST_ALIASES: usize = 3;

/// Puts findings in order of file and place, each once. What is wrong with the text of an anchor is said where it is
/// written, and not again for each alias.
#[must_use]
pub(crate) fn in_order(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    findings.sort_by_key(|finding| finding.span().map(|span| (span.source, span.start, span.end)));
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for finding in findings {
        let Some(span) = finding.span() else {
            kept.push(finding);
            continue;
        };
        let mut near = kept.iter_mut().rev().take_while(|other| other.span().is_some_and(|own| own.is_same_text(span)));
        match near.find(|other| other.says_the_same(&finding)) {
            Some(same) => same.join(finding),
            None => kept.push(finding),
        }
    }
    kept
}

impl Diagnostic {
    /// Whether both say the same of one text, at whatever places that text means something.
    fn says_the_same(&self, other: &Self) -> bool {
        let (brought, also_brought) = (self.is_brought(), other.is_brought());
        if !brought && !also_brought {
            return self == other;
        }
        (self.code, self.severity, &self.message) == (other.code, other.severity, &other.message)
    }

    fn is_brought(&self) -> bool {
        self.span().is_some_and(|span| span.alias().is_some())
    }

    /// Takes the place of both: the text as it is written alone, if it is one of them, else the text with its aliases.
    fn join(&mut self, other: Self) {
        if self.is_brought() && !other.is_brought() {
            *self = other;
        } else if self.is_brought() {
            let aliases = self.labels.iter().filter(|label| label.text == BROUGHT).count();
            let more = other.labels.into_iter().filter(|label| label.text == BROUGHT);
            let new: Vec<Label> = more.filter(|label| !self.labels.contains(label)).collect();
            self.labels.extend(new.into_iter().take(MOST_ALIASES.saturating_sub(aliases)));
        }
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
