//! Findings for people: the text with the place underlined, what is wrong and what to do, drawn by miette.

use std::fmt;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

use kruxos_policy::diagnostic::{Diagnostic, Label, Severity};
use kruxos_policy::source::{SourceId, Sources};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles};

use super::shown::Shown;
use super::{counted, visible};
use crate::finding::{Counts, Finding, severity_name};
use crate::output::Look;

/// All findings, one after the other.
pub(crate) fn findings(findings: &[Finding], look: Look) -> String {
    let handler = handler(look);
    let mut gallery = Gallery::default();
    findings.iter().map(|finding| finding_text(finding, &handler, &mut gallery)).collect()
}

/// The last line: how many findings of which severity.
pub(crate) fn summary(findings: &[Finding], files: usize) -> String {
    let files = counted(files, "file", "files");
    let counts = Counts::of(findings);
    let parts = [
        (counts.errors, counted(counts.errors, "error", "errors")),
        (counts.warnings, counted(counts.warnings, "warning", "warnings")),
        (counts.advice, format!("{} of advice", counted(counts.advice, "piece", "pieces"))),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    if parts.is_empty() { format!("{files}: no findings\n") } else { format!("{files}: {}\n", parts.join(", ")) }
}

fn handler(look: Look) -> GraphicalReportHandler {
    GraphicalReportHandler::new_themed(theme(look))
        .with_width(look.width)
        .with_links(false)
        .with_break_words(false)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .without_syntax_highlighting()
}

fn theme(look: Look) -> GraphicalTheme {
    GraphicalTheme {
        characters: if look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if look.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    }
}

fn finding_text(finding: &Finding, handler: &GraphicalReportHandler, gallery: &mut Gallery) -> String {
    let mut text = String::new();
    for picture in pictures(finding, gallery) {
        // Writing to a string fails only where a text cannot be read at a span, and the message is written before.
        let _ = handler.render_report(&mut text, &picture);
    }
    text.push('\n');
    text
}

/// A finding as pictures: one for each text it has labels in, its help under the first, what is related after it.
fn pictures(finding: &Finding, gallery: &mut Gallery) -> Vec<Picture> {
    let mut pictures = vec![Picture::of(finding, gallery)];
    for label in elsewhere(&finding.diagnostic) {
        pictures.push(Picture::aside(label, &finding.sources, gallery));
    }
    pictures.extend(finding.related.iter().map(|related| Picture::related(related, gallery)));
    pictures
}

/// The labels in other texts than the primary one's.
fn elsewhere(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let home = diagnostic.span().map(|span| span.source);
    diagnostic.labels.iter().filter(move |label| Some(label.span.source) != home)
}

/// The texts that were shown already.
#[derive(Default)]
struct Gallery {
    hung: Vec<(Arc<Sources>, SourceId, Rc<Shown>)>,
}

impl Gallery {
    fn get(&mut self, sources: &Arc<Sources>, id: SourceId) -> Option<Rc<Shown>> {
        let same = |(own, own_id, _): &&(Arc<Sources>, SourceId, _)| ptr::eq(&**own, &**sources) && *own_id == id;
        if let Some((.., shown)) = self.hung.iter().rev().find(same) {
            return Some(shown.clone());
        }
        let shown = Rc::new(Shown::new(sources.get(id)?));
        self.hung.push((sources.clone(), id, shown.clone()));
        Some(shown)
    }
}

/// What miette draws.
#[derive(Debug)]
struct Picture {
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    shown: Option<Rc<Shown>>,
    labels: Vec<LabeledSpan>,
}

impl Picture {
    fn of(finding: &Finding, gallery: &mut Gallery) -> Self {
        let diagnostic = &finding.diagnostic;
        let home = diagnostic.span().map(|span| span.source);
        let shown = home.and_then(|home| gallery.get(&finding.sources, home));
        let word = severity_name(diagnostic.severity);
        let own = diagnostic.labels.iter().filter(|label| Some(label.span.source) == home);
        Self {
            severity: severity(diagnostic.severity),
            message: format!("{word}[{}]: {}", diagnostic.code, visible(&diagnostic.message)),
            help: diagnostic.help.as_deref().map(lines),
            labels: shown.iter().flat_map(|shown| labels(own.clone(), shown)).collect(),
            shown,
        }
    }

    /// What belongs to a finding, said without code.
    fn related(finding: &Finding, gallery: &mut Gallery) -> Self {
        Self { message: visible(&finding.diagnostic.message).into_owned(), ..Self::of(finding, gallery) }
    }

    fn aside(label: &Label, sources: &Arc<Sources>, gallery: &mut Gallery) -> Self {
        let shown = gallery.get(sources, label.span.source);
        Self {
            severity: miette::Severity::Advice,
            message: visible(&label.text).into_owned(),
            help: None,
            labels: shown
                .iter()
                .map(|shown| LabeledSpan::new_primary_with_span(None, shown.span(label.span)))
                .collect(),
            shown,
        }
    }
}

/// Each line by itself made visible.
fn lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

fn labels<'l>(labels: impl Iterator<Item = &'l Label>, shown: &Shown) -> Vec<LabeledSpan> {
    let labelled = |(at, label): (usize, &Label)| {
        let text = (!label.text.is_empty()).then(|| visible(&label.text).into_owned());
        let span = shown.span(label.span);
        if at == 0 { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
    };
    labels.enumerate().map(labelled).collect()
}

const fn severity(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Advice => miette::Severity::Advice,
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Picture {}

impl miette::Diagnostic for Picture {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.shown.as_deref().map(|shown| shown as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
