//! Findings for people: the text with the place underlined, what is wrong and what to do, drawn by miette.

use std::fmt;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

use kruxos_policy::diagnostic::{Diagnostic, Label, Severity};
use kruxos_policy::source::{SourceId, Sources};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles};

use super::shown::Shown;
use super::window::{self, Window};
use super::{counted, visible};
use crate::finding::{Counts, Finding, severity_name};
use crate::output::Look;

/// All findings, one after the other.
pub(crate) fn findings(findings: &[Finding], look: Look) -> String {
    let handler = handler(look);
    let mut gallery = Gallery { hung: Vec::new(), look };
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
    let mut pictures = Vec::new();
    hang(Picture::of(finding, gallery), finding, gallery, &mut pictures);
    for label in elsewhere(&finding.diagnostic) {
        pictures.push(Picture::aside(label, &finding.sources, gallery));
    }
    for related in &finding.related {
        hang(Picture::related(related, gallery), related, gallery, &mut pictures);
    }
    pictures
}

/// A picture of a finding, and one for each of its labels that had no room in it.
fn hang(picture: Picture, finding: &Finding, gallery: &mut Gallery, pictures: &mut Vec<Picture>) {
    let left_out = picture.frame.left_out.clone();
    pictures.push(picture);
    for label in left_out.into_iter().filter_map(|at| at_home(&finding.diagnostic).nth(at)) {
        pictures.push(Picture::aside(label, &finding.sources, gallery));
    }
}

/// The labels in the text of the primary one.
fn at_home(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let home = diagnostic.span().map(|span| span.source);
    diagnostic.labels.iter().filter(move |label| Some(label.span.source) == home)
}

/// The labels in other texts than the primary one's.
fn elsewhere(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let home = diagnostic.span().map(|span| span.source);
    diagnostic.labels.iter().filter(move |label| Some(label.span.source) != home)
}

/// The texts that were shown already.
struct Gallery {
    look: Look,
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

    /// What is shown of a text, and its labels there.
    fn frame<'l>(&self, shown: Option<&Shown>, labels: impl Iterator<Item = &'l Label>) -> Frame {
        let Some(shown) = shown else { return Frame::default() };
        let words = |text: &str| (!text.is_empty()).then(|| visible(text).into_owned());
        let label = |label: &Label| window::Label { span: shown.span(label.span), words: words(&label.text) };
        let labels: Vec<window::Label> = labels.map(label).collect();
        let (window, labels, left_out) = Window::new(shown, &labels, self.look);
        Frame { window: Some(window), labels, left_out }
    }
}

/// The part of a text that is shown, with its labels.
#[derive(Debug, Default)]
struct Frame {
    window: Option<Window>,
    labels: Vec<LabeledSpan>,
    /// Which labels it has no room for.
    left_out: Vec<usize>,
}

/// What miette draws.
#[derive(Debug)]
struct Picture {
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    frame: Frame,
}

impl Picture {
    fn of(finding: &Finding, gallery: &mut Gallery) -> Self {
        let diagnostic = &finding.diagnostic;
        let home = diagnostic.span().map(|span| span.source);
        let shown = home.and_then(|home| gallery.get(&finding.sources, home));
        let word = severity_name(diagnostic.severity);
        let frame = gallery.frame(shown.as_deref(), at_home(diagnostic));
        Self {
            severity: severity(diagnostic.severity),
            message: format!("{word}[{}]: {}", diagnostic.code, visible(&diagnostic.message)),
            help: diagnostic.help.as_deref().map(lines),
            frame,
        }
    }

    /// What belongs to a finding, said without code.
    fn related(finding: &Finding, gallery: &mut Gallery) -> Self {
        Self { message: visible(&finding.diagnostic.message).into_owned(), ..Self::of(finding, gallery) }
    }

    fn aside(label: &Label, sources: &Arc<Sources>, gallery: &mut Gallery) -> Self {
        let shown = gallery.get(sources, label.span.source);
        let bare = Label { span: label.span, text: String::new() };
        let frame = gallery.frame(shown.as_deref(), std::iter::once(&bare));
        Self { severity: miette::Severity::Advice, message: visible(&label.text).into_owned(), help: None, frame }
    }
}

/// Each line by itself made visible.
fn lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
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
        self.frame.window.as_ref().map(|window| window as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.frame.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod unit {
    use kruxos_policy::Loader;
    use kruxos_policy::lint::{self, LINTS};
    use unicode_width::UnicodeWidthStr;

    use super::*;

    /// The findings on every bad example of a lint, with its policy also on few, long lines.
    fn all() -> Vec<Finding> {
        let examples = LINTS.iter().flat_map(|lint| lint.examples);
        let texts = examples.flat_map(|example| [example.bad.to_owned(), on_long_lines(example.bad)]);
        texts
            .flat_map(|text| {
                let loaded = Loader::new().policy("policy.yaml", text).load();
                let mut diagnostics = loaded.diagnostics;
                diagnostics.extend(loaded.set.iter().flat_map(lint::check));
                Finding::all(diagnostics, &loaded.sources)
            })
            .collect()
    }

    /// The same policy with a long comment behind every line, and one before what stands in brackets.
    fn on_long_lines(text: &str) -> String {
        let long = |line: &str| format!("{line}{}# and that is how it was meant by those who wrote it", " ".repeat(60));
        text.lines().map(|line| long(&line.replacen("- {", &format!("-{}{{", " ".repeat(50)), 1)) + "\n").collect()
    }

    #[test]
    fn no_finding_is_wider_than_the_terminal() {
        let all = all();
        assert!(all.len() > 50, "{}", all.len());
        for (width, unicode) in [(80, true), (80, false), (60, true)] {
            let text = findings(&all, Look { color: false, unicode, width });
            let wide: Vec<&str> = text.lines().filter(|line| line.width() > width).collect();
            assert!(wide.is_empty(), "{width}: {}", wide.join("\n"));
        }
    }
}
