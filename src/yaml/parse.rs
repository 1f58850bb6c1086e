//! Events of the YAML parser to one tree, with every finding of the text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StructureStyle, options};

use super::core_schema::{NumberError, resolve};
use super::limits::Limits;
use super::node::{Key, Node, NodeKind, Scalar, ScalarValue};
use super::recover::{self, Mask};
use super::syntax;
use crate::diagnostic::{Diagnostic, Parsed};
use crate::source::{SourceId, Span};

/// A comment as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What stands after the `#`.
    pub text: String,
    /// The whole of it, the `#` included, the line break not.
    pub span: Span,
}

/// What one YAML text holds.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The value; absent for an empty text, and for one that breaks a limit.
    pub root: Option<Node>,
    /// The comments, in order of the text.
    pub comments: Vec<Comment>,
    /// What syntax errors kept from being read: what is missing from `root` may stand there.
    pub unread: Vec<Span>,
}

impl Document {
    /// Whether a syntax error kept something from being read in the block that begins on the line of `span`.
    #[must_use]
    pub fn is_unread_below(&self, text: &str, span: Span) -> bool {
        if self.unread.is_empty() {
            return false;
        }
        let start = recover::line_start(text, span.start as usize);
        let block = start..recover::block_end(text, span.start as usize);
        self.unread.iter().any(|unread| block.contains(&(unread.start as usize)))
    }
}

/// Reads one YAML text under the limits of a policy file.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed<Option<Node>> {
    let Parsed { value, diagnostics } = parse_with(source, text, Limits::default());
    Parsed { value: value.root, diagnostics }
}

/// Reads one YAML text under limits of the caller's, comments kept.
#[must_use]
pub fn parse_with(source: SourceId, text: &str, limits: Limits) -> Parsed<Document> {
    if text.len() > limits.bytes {
        let message = format!("the file has {} bytes; at most {} are allowed", text.len(), limits.bytes);
        let finding = Diagnostic::error("yaml-limit", Span::new(source, 0, 0), message);
        return Parsed { value: Document::default(), diagnostics: vec![finding.help("split it into several files")] };
    }
    let mut masked = Cow::Borrowed(text);
    let mut syntax = Vec::new();
    let mut unread = Vec::new();
    let mut unspaced = false;
    loop {
        let mut builder = Builder::new(source, text, &masked, limits);
        builder.prologue();
        builder.run();
        let Some((finding, mask)) = builder.broken.take() else {
            return builder.finish(syntax, unread);
        };
        if unspaced {
            // Once tabs were read as single spaces, the indentation may only look wrong.
            return builder.finish(syntax, unread);
        }
        unspaced = mask == Mask::Tabs;
        syntax.push(finding);
        unread.extend(mask.unread().map(|range| Span::new(source, range.start, range.end)));
        let again = mask.apply(&masked);
        if syntax.len() >= recover::MOST_ERRORS || again == *masked {
            return builder.finish(syntax, unread);
        }
        masked = Cow::Owned(again);
    }
}

/// Below this many keys a scan for a duplicate is quicker than an index.
const SCANNED_KEYS: usize = 32;

struct Builder<'t> {
    source: SourceId,
    original: &'t str,
    /// The original with what cannot be read masked.
    text: &'t str,
    limits: Limits,
    findings: Vec<Diagnostic>,
    comments: Vec<Comment>,
    open: Vec<Frame>,
    root: Option<Node>,
    nodes: usize,
    started: bool,
    /// The syntax error that ended the reading, and how to read past it.
    broken: Option<(Diagnostic, Mask)>,
}

/// A list or map whose end has not come yet.
struct Frame {
    start: Span,
    flow: bool,
    /// One past what the collection holds so far.
    end: Span,
    content: Content,
}

impl Frame {
    /// Whether it opened by a bracket that can be pointed at; the map of `[a: b]` has none of its own.
    const fn has_bracket(&self) -> bool {
        self.flow && self.start.start != self.start.end
    }
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, index: BTreeMap<String, usize>, key: PendingKey },
}

enum PendingKey {
    /// The next node is a key.
    None,
    /// The next node is this key's value.
    Key(Key),
    /// The next node belongs to a key that was refused.
    Refused,
}

/// Reading cannot go on.
struct Stop;

impl<'t> Builder<'t> {
    const fn new(source: SourceId, original: &'t str, text: &'t str, limits: Limits) -> Self {
        Self {
            source,
            original,
            text,
            limits,
            findings: Vec::new(),
            comments: Vec::new(),
            open: Vec::new(),
            root: None,
            nodes: 0,
            started: false,
            broken: None,
        }
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Diagnostic::error(code, span, message).help(help));
    }

    /// What stands before the document and is not YAML's to say in a policy: a byte-order mark, directives.
    fn prologue(&mut self) {
        if self.text.starts_with('\u{feff}') {
            let span = Span::new(self.source, 0, '\u{feff}'.len_utf8());
            let finding = Diagnostic::error("yaml-bom", span, "the file begins with a byte-order mark");
            self.findings.push(finding.help("save it as UTF-8 without a byte-order mark").fix(span, ""));
        }
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let content = line.trim();
            if content.starts_with('%') {
                let span = Span::new(self.source, at, at + line.trim_end().len());
                self.error("yaml-directive", span, "directives are not allowed", "remove this line");
            } else if !content.is_empty() && !content.starts_with('#') {
                break;
            }
            at += line.len();
        }
    }

    fn run(&mut self) {
        let levels = self.levels();
        let options = options! {
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            max_buffered_comment_events: self.limits.bytes,
            flow_nesting_limit: levels + 2,
            block_nesting_limit: levels + 2,
        };
        for event in Parser::new_from_str_with_options(self.text, options) {
            let step = match event {
                Ok((event, span)) => self.event(event, &span),
                Err(error) => {
                    self.syntax_error(&error);
                    Err(Stop)
                }
            };
            if step.is_err() {
                return;
            }
        }
    }

    fn syntax_error(&mut self, error: &granit_parser::ScanError) {
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            let at = self.point(error);
            self.findings.push(syntax::too_deep(at, self.levels()));
            self.open.clear();
            return;
        }
        let at = self.point(error);
        let bracket = self.open.iter().rev().find(|frame| frame.has_bracket()).map(|frame| frame.start);
        let finding = syntax::explain(error.kind(), self.text, at, bracket);
        let mask = recover::mask(error.kind(), self.text, at.start as usize, bracket.map(|span| span.start as usize));
        self.broken = Some((finding, mask));
        self.close_all();
    }

    /// The character at which the parser gave up.
    fn point(&self, error: &granit_parser::ScanError) -> Span {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let next = self.text.get(at..).and_then(|rest| rest.chars().next()).filter(|next| *next != '\n');
        Span::new(self.source, at, at + next.map_or(0, char::len_utf8))
    }

    const fn levels(&self) -> usize {
        if self.limits.levels < Limits::MOST_LEVELS { self.limits.levels } else { Limits::MOST_LEVELS }
    }

    /// Makes what was read before a syntax error a tree, so that its findings can be told too.
    fn close_all(&mut self) {
        while let Some(frame) = self.open.pop() {
            if self.complete(close(frame, None)).is_err() {
                return;
            }
        }
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        Span::new(self.source, range.start, range.end)
    }

    fn event(&mut self, event: Event<'_>, at: &granit_parser::Span) -> Result<(), Stop> {
        if let Some(tag) = event.tag().and(at.tag_span()) {
            let span = self.span(&tag);
            self.error("yaml-tag", span, "tags are not allowed", "remove the tag; quote the value if it is text");
        }
        let span = self.span(at);
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Comment(text, _) => {
                self.comments.push(Comment { text: text.into_owned(), span });
                Ok(())
            }
            Event::Anchor(..) => {
                let help = "anchors are not read: write the value out where it is needed";
                self.error("yaml-anchor", span, "anchors are not allowed", help);
                Ok(())
            }
            Event::Alias(_) => self.alias(span, true),
            Event::UnresolvedAlias(_) => self.alias(span, false),
            Event::Scalar(text, style, _, _) => self.scalar(&text, style, span),
            Event::SequenceStart(style, ..) => self.start(Content::List(Vec::new()), style, span),
            Event::MappingStart(style, ..) => {
                let content = Content::Map { entries: Vec::new(), index: BTreeMap::new(), key: PendingKey::None };
                self.start(content, style, span)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(frame) => self.complete(close(frame, Some(span))),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn document(&mut self, span: Span) -> Result<(), Stop> {
        if self.started {
            let help = "put each document into a file of its own";
            self.error("yaml-documents", span, "a second document begins here; a file holds one", help);
            return Err(Stop);
        }
        self.started = true;
        Ok(())
    }

    fn count(&mut self, span: Span) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            let message = format!("the file holds more than {} values and keys", self.limits.nodes);
            self.error("yaml-limit", span, message, "split it into several files");
            self.root = None;
            self.open.clear();
            return Err(Stop);
        }
        Ok(())
    }

    fn start(&mut self, content: Content, style: StructureStyle, span: Span) -> Result<(), Stop> {
        self.count(span)?;
        if self.open.len() >= self.levels() {
            self.findings.push(syntax::too_deep(span, self.levels()));
            self.open.clear();
            return Err(Stop);
        }
        let flow = style == StructureStyle::Flow;
        let start = match &content {
            Content::List(_) if !flow => self.dash(span),
            _ => span,
        };
        self.open.push(Frame { start, flow, end: start, content });
        Ok(())
    }

    /// The `-` a block list begins with; the parser puts a list that is not indented at its first item.
    fn dash(&self, span: Span) -> Span {
        let before = self.text.get(..span.start as usize).unwrap_or_default().trim_end_matches(' ');
        match before.strip_suffix('-') {
            Some(rest) => Span::new(self.source, rest.len(), rest.len()),
            None => span,
        }
    }

    /// An alias is refused and read as text; its anchor's value is never copied. A key that begins with `*`, as
    /// patterns do, is an alias to YAML, its `:` included: then the text is read again without the `*`.
    fn alias(&mut self, span: Span, anchored: bool) -> Result<(), Stop> {
        self.count(span)?;
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("*");
        let name = text.trim_end_matches(':');
        let place = span.within(0, name.len());
        let finding = if anchored { syntax::anchored_alias(place) } else { syntax::alias(place, name) };
        if text != name {
            self.broken = Some((finding, Mask::Letter(span.start as usize)));
            return Err(Stop);
        }
        let node = text_node(name.to_owned(), span);
        self.findings.push(finding);
        self.complete(node)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Result<(), Stop> {
        self.count(span)?;
        if style == ScalarStyle::Plain && span.start == span.end {
            return self.complete(Node { kind: NodeKind::Scalar(nothing(span)), span });
        }
        let slice = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let found = if text.is_empty() { empty_content(slice) } else { slice.find(text) };
        let content = found.map_or(span, |start| span.within(start, start + text.len()));
        let value = match style {
            ScalarStyle::Plain if self.is_key() => ScalarValue::Text,
            ScalarStyle::Plain => self.plain(text, span),
            _ => ScalarValue::Text,
        };
        let written = self.original.get(content.start as usize..content.end as usize);
        let text = written.filter(|_| found.is_some()).unwrap_or(text);
        let scalar = Scalar { text: text.to_owned(), value, content, exact: found.is_some() };
        if style == ScalarStyle::Plain && self.is_key() {
            self.check_plain_key(text, span);
            if text == "<<" {
                return self.refuse_key();
            }
        }
        self.complete(Node { kind: NodeKind::Scalar(scalar), span })
    }

    fn plain(&mut self, text: &str, span: Span) -> ScalarValue {
        resolve(text).unwrap_or_else(|error| {
            let (message, help) = match error {
                NumberError::IntegerRange => ("an integer out of range", "integers go from -2^63 to 2^64-1"),
                NumberError::DoubleRange => ("a number out of range", "numbers go up to about 1.8e308"),
                NumberError::NotFinite => ("not a finite number", "write a number; quote it if it is text"),
            };
            self.error("yaml-number", span, format!("`{text}` is {message}"), help);
            ScalarValue::Null
        })
    }

    fn is_key(&self) -> bool {
        let content = self.open.last().map(|frame| &frame.content);
        matches!(content, Some(Content::Map { key: PendingKey::None, .. }))
    }

    /// A plain key that YAML reads as something else than text is refused, and so is the merge key.
    fn check_plain_key(&mut self, text: &str, span: Span) {
        if text == "<<" {
            let help = "merge keys are not read: write the entries out, or quote the key if it is meant as text";
            self.error("yaml-merge-key", span, "merge keys are not allowed", help);
        } else if resolve(text) != Ok(ScalarValue::Text) {
            let finding = Diagnostic::error("yaml-key", span, format!("the key `{text}` is not text"));
            let quoted = format!("\"{text}\"");
            self.findings.push(finding.help(format!("quote it: `{quoted}`")).fix(span, quoted));
        }
    }

    fn refuse_key(&mut self) -> Result<(), Stop> {
        if let Some(Frame { content: Content::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = PendingKey::Refused;
        }
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn complete(&mut self, node: Node) -> Result<(), Stop> {
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.end = frame.end.to(node.span);
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map { entries, index, key } => match std::mem::replace(key, PendingKey::None) {
                PendingKey::None => return self.key(node),
                PendingKey::Refused => {}
                PendingKey::Key(name) => {
                    if entries.len() >= SCANNED_KEYS {
                        if index.is_empty() {
                            index.extend(entries.iter().enumerate().map(|(at, (key, _))| (key.text.clone(), at)));
                        }
                        index.insert(name.text.clone(), entries.len());
                    }
                    entries.push((name, node));
                }
            },
        }
        Ok(())
    }

    /// Takes a node as the key of the innermost map.
    fn key(&mut self, node: Node) -> Result<(), Stop> {
        let NodeKind::Scalar(scalar) = node.kind else {
            self.error("yaml-key", node.span, "a list or map cannot be a key", "keys are text");
            return self.refuse_key();
        };
        if node.span.start == node.span.end {
            self.error("yaml-key", node.span, "a key is missing before the `:`", "write the key");
            return self.refuse_key();
        }
        let span = if scalar.exact { scalar.content } else { node.span };
        let name = Key { text: scalar.text, span };
        if let Some(first) = self.first_of(&name) {
            self.findings.push(duplicate(&name, first));
            return self.refuse_key();
        }
        if let Some(Frame { content: Content::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = PendingKey::Key(name);
        }
        Ok(())
    }

    /// Where the innermost map has this key already.
    fn first_of(&self, name: &Key) -> Option<Span> {
        let Some(Frame { content: Content::Map { entries, index, .. }, .. }) = self.open.last() else {
            return None;
        };
        if index.is_empty() {
            return entries.iter().find(|(key, _)| key.text == name.text).map(|(key, _)| key.span);
        }
        index.get(&name.text).and_then(|at| entries.get(*at)).map(|(key, _)| key.span)
    }

    fn finish(mut self, syntax: Vec<Diagnostic>, unread: Vec<Span>) -> Parsed<Document> {
        let nothing = self.root.as_ref().is_none_or(|root| root.span.start == root.span.end);
        if nothing && self.findings.is_empty() && syntax.is_empty() {
            self.root = None;
            let span = Span::new(self.source, 0, 0);
            self.error("empty-file", span, "the file holds nothing", "write a document, or remove the file");
        }
        self.findings.extend(syntax);
        self.findings.sort_by_key(Diagnostic::span);
        let value = Document { root: self.root, comments: self.comments, unread };
        Parsed { value, diagnostics: self.findings }
    }
}

fn close(frame: Frame, end: Option<Span>) -> Node {
    let end = end.filter(|_| frame.flow).unwrap_or(frame.end);
    let kind = match frame.content {
        Content::List(items) => NodeKind::List(items),
        Content::Map { entries, .. } => NodeKind::Map(entries),
    };
    Node { kind, span: frame.start.to(end) }
}

fn nothing(span: Span) -> Scalar {
    Scalar { text: String::new(), value: ScalarValue::Null, content: span, exact: true }
}

fn text_node(text: String, span: Span) -> Node {
    let scalar = Scalar { text, value: ScalarValue::Text, content: span, exact: true };
    Node { kind: NodeKind::Scalar(scalar), span }
}

/// Where the empty text stands between its quotes; a block scalar without lines has no place of its own.
fn empty_content(slice: &str) -> Option<usize> {
    matches!(slice, "\"\"" | "''").then_some(1)
}

fn duplicate(name: &Key, first: Span) -> Diagnostic {
    let message = format!("the key `{}` is there twice", name.text.escape_debug());
    Diagnostic::error("duplicate-key", name.span, message)
        .labelled("again here")
        .also(first, "first here")
        .help("keep one of them: neither takes precedence")
}
