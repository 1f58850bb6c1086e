//! Events of the YAML parser to one tree, with every finding of the text.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StructureStyle, options};

use super::anchor_words;
use super::anchors::{Anchors, Weight};
use super::core_schema::{NumberError, resolve};
use super::frame::Frame;
use super::limits::Limits;
use super::node::{Node, NodeKind, Scalar, ScalarValue};
use super::parse::{Comment, Document};
use super::recover::{self, Mask};
use super::syntax;
use crate::diagnostic::{Diagnostic, Kind, Parsed, has_errors, kinds};
use crate::number;
use crate::source::{SourceId, Span};

/// One reading of a text.
pub(super) struct Builder<'t> {
    source: SourceId,
    original: &'t str,
    /// The original with what cannot be read masked.
    text: &'t str,
    limits: Limits,
    pub(super) findings: Vec<Diagnostic>,
    comments: Vec<Comment>,
    pub(super) open: Vec<Frame>,
    root: Option<Node>,
    anchors: Anchors,
    nodes: usize,
    /// Bytes of the file and of what its aliases brought.
    bytes: usize,
    started: bool,
    /// The syntax error that ended the reading, and how to read past it.
    pub(super) broken: Option<(Diagnostic, Mask)>,
}

/// Reading cannot go on.
struct Stop;

impl<'t> Builder<'t> {
    /// Reads `text`, which is `original` with masks on.
    pub(super) fn read(source: SourceId, original: &'t str, text: &'t str, limits: Limits) -> Self {
        let mut builder = Self {
            source,
            original,
            text,
            limits,
            findings: Vec::new(),
            comments: Vec::new(),
            open: Vec::new(),
            root: None,
            anchors: Anchors::default(),
            nodes: 0,
            bytes: original.len(),
            started: false,
            broken: None,
        };
        builder.prologue();
        builder.run();
        builder
    }

    /// The tree and all findings; `syntax` and `unread` are those of the syntax errors on the way.
    pub(super) fn finish(mut self, syntax: Vec<Diagnostic>, unread: Vec<Span>) -> Parsed<Document> {
        let nothing = self.root.as_ref().is_none_or(|root| root.span.start == root.span.end);
        if nothing && self.findings.is_empty() && syntax.is_empty() {
            self.root = None;
            let span = Span::new(self.source, 0, 0);
            self.error(&kinds::EMPTY_FILE, span, "the file holds nothing", "write a document, or remove the file");
        }
        let whole = syntax.is_empty() && self.root.is_some();
        self.findings.extend(self.anchors.strays((!whole).then_some(self.original)));
        let sound = whole && !has_errors(&self.findings);
        self.findings.extend(self.anchors.unused().filter(|_| sound));
        self.findings.extend(syntax);
        self.findings.sort_by_key(Diagnostic::span);
        let value = Document { root: self.root, comments: self.comments, unread };
        Parsed { value, diagnostics: self.findings }
    }

    pub(super) fn error(&mut self, kind: &Kind, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Diagnostic::of(kind, span, message).help(help));
    }

    /// What stands before the document and is not YAML's to say in a policy: a byte-order mark, directives.
    fn prologue(&mut self) {
        if self.text.starts_with('\u{feff}') {
            let span = Span::new(self.source, 0, '\u{feff}'.len_utf8());
            let finding = Diagnostic::of(&kinds::YAML_BOM, span, "the file begins with a byte-order mark");
            self.findings.push(finding.help("save it as UTF-8 without a byte-order mark").fix(span, ""));
        }
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let content = line.trim();
            if content.starts_with('%') {
                let span = Span::new(self.source, at, at + line.trim_end().len());
                self.error(&kinds::YAML_DIRECTIVE, span, "directives are not allowed", "remove this line");
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
        let at = self.point(error);
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            self.findings.push(syntax::too_deep(at, self.levels()));
            self.open.clear();
            return;
        }
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

    fn levels(&self) -> usize {
        self.limits.levels.min(Limits::MOST_LEVELS)
    }

    /// Makes what was read before a syntax error a tree, so that its findings can be told too.
    fn close_all(&mut self) {
        while let Some(frame) = self.open.pop() {
            self.close(frame, None);
        }
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        Span::new(self.source, range.start, range.end)
    }

    fn event(&mut self, event: Event<'_>, at: &granit_parser::Span) -> Result<(), Stop> {
        if let Some(tag) = event.tag().and(at.tag_span()) {
            let span = self.span(&tag);
            self.error(&kinds::YAML_TAG, span, "tags are not allowed", "remove the tag; quote the value if it is text");
        }
        let span = self.span(at);
        match event {
            Event::DocumentStart(..) => self.document(span)?,
            Event::Comment(text, _) => self.comments.push(Comment { text: text.into_owned(), span }),
            Event::Anchor(id, name) => self.findings.extend(self.anchors.name(id, &name, span)),
            Event::Alias(id) => self.alias(span, Some(id))?,
            Event::UnresolvedAlias(_) => self.alias(span, None)?,
            Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, span, anchor)?,
            Event::SequenceStart(StructureStyle::Flow, anchor, _) => self.start(Frame::list(span, true, anchor))?,
            Event::SequenceStart(StructureStyle::Block, anchor, _) => {
                self.start(Frame::list(self.dash(span), false, anchor))?;
            }
            Event::MappingStart(style, anchor, _) => {
                self.start(Frame::map(span, style == StructureStyle::Flow, anchor))?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.open.pop() {
                    self.close(frame, Some(span));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn document(&mut self, span: Span) -> Result<(), Stop> {
        if self.started {
            let help = "put each document into a file of its own";
            self.error(&kinds::YAML_DOCUMENTS, span, "a second document begins here; a file holds one", help);
            return Err(Stop);
        }
        self.started = true;
        Ok(())
    }

    fn count(&mut self, span: Span) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes <= self.limits.nodes {
            return Ok(());
        }
        let message = format!("the file holds more than {} values and keys", self.limits.nodes);
        Err(self.stop(Diagnostic::of(&kinds::YAML_LIMIT, span, message).help("split it into several files")))
    }

    /// Gives up: what was read so far is no document.
    fn stop(&mut self, finding: Diagnostic) -> Stop {
        self.findings.push(finding);
        self.root = None;
        self.open.clear();
        Stop
    }

    fn start(&mut self, frame: Frame) -> Result<(), Stop> {
        self.count(frame.start)?;
        if self.open.len() >= self.levels() {
            return Err(self.stop(syntax::too_deep(frame.start, self.levels())));
        }
        self.open.push(frame);
        Ok(())
    }

    /// The `-` a block list begins with; the parser puts a list that is not indented at its first item.
    fn dash(&self, span: Span) -> Span {
        let before = self.text.get(..span.start as usize).unwrap_or_default().trim_end_matches(' ');
        before.strip_suffix('-').map_or(span, |rest| Span::new(self.source, rest.len(), rest.len()))
    }

    /// An alias becomes what its anchor holds. A key that begins with `*`, as patterns do, is an alias to YAML, its `:`
    /// included: then the text is read again without the `*`.
    fn alias(&mut self, span: Span, id: Option<usize>) -> Result<(), Stop> {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("*");
        let name = text.trim_end_matches(':');
        let place = span.within(0, name.len());
        if text != name {
            let anchored = self.anchors.has(name.trim_start_matches('*'));
            let finding = if anchored { anchor_words::alias_as_key(place, name) } else { syntax::alias(place, name) };
            self.broken = Some((finding, Mask::Letter(span.start as usize)));
            return Err(Stop);
        }
        let (held, anchor) = id.map_or((None, None), |id| self.anchors.resolve(id));
        if let Some((node, weight)) = held {
            self.weigh(span, weight, anchor)?;
            self.complete(node.through(span), weight);
            return Ok(());
        }
        match id {
            Some(id) if self.open.iter().any(|frame| frame.anchor == id) => {
                self.findings.push(anchor_words::alias_within(place, anchor));
            }
            // What the anchor holds was refused, and that was said.
            Some(_) => {}
            None => self.anchors.stray(place, name.trim_start_matches('*')),
        }
        self.count(span)?;
        let scalar = Scalar { text: name.to_owned(), value: ScalarValue::Text, content: span, exact: true };
        self.complete(Node { kind: NodeKind::Scalar(scalar), span }, Weight::scalar(0));
        Ok(())
    }

    /// Counts what an alias brings, as if it were written out.
    fn weigh(&mut self, span: Span, weight: Weight, anchor: Option<Span>) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(weight.nodes);
        self.bytes = self.bytes.saturating_add(weight.bytes);
        let finding = if self.nodes > self.limits.nodes {
            anchor_words::alias_too_many(span, self.limits.nodes, anchor)
        } else if self.bytes > self.limits.bytes {
            anchor_words::alias_too_long(span, self.limits.bytes, anchor)
        } else if self.open.len() + weight.levels > self.levels() {
            syntax::too_deep(span, self.levels())
        } else {
            return Ok(());
        };
        Err(self.stop(finding))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span, anchor: usize) -> Result<(), Stop> {
        self.count(span)?;
        let plain = style == ScalarStyle::Plain;
        let scalar = if plain && span.start == span.end {
            Scalar { text: String::new(), value: ScalarValue::Null, content: span, exact: true }
        } else {
            let value = match plain {
                true if self.open.last().is_some_and(Frame::awaits_key) => {
                    if !self.is_plain_key(text, span) {
                        return Ok(());
                    }
                    ScalarValue::Text
                }
                true => self.plain(text, span),
                false => ScalarValue::Text,
            };
            self.placed(text, value, span)
        };
        let weight = Weight::scalar(scalar.text.len());
        let node = Node { kind: NodeKind::Scalar(scalar), span };
        self.anchors.hold(anchor, &node, weight);
        self.complete(node, weight);
        Ok(())
    }

    /// The scalar with the place of its content.
    fn placed(&self, text: &str, value: ScalarValue, span: Span) -> Scalar {
        let slice = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let found = match text {
            // A block scalar without lines has no place of its own.
            "" => matches!(slice, "\"\"" | "''").then_some(1),
            _ => slice.find(text),
        };
        // What was masked may end within a character of the original.
        let placed = found.map(|start| span.within(start, start + text.len())).and_then(|content| {
            let written = self.original.get(content.start as usize..content.end as usize)?;
            Some((content, written))
        });
        let exact = placed.is_some();
        let (content, text) = placed.unwrap_or((span, text));
        Scalar { text: text.to_owned(), value, content, exact }
    }

    fn plain(&mut self, text: &str, span: Span) -> ScalarValue {
        resolve(text).unwrap_or_else(|error| {
            let (message, help) = match error {
                NumberError::IntegerRange => ("an integer out of range", "integers go from -2^63 to 2^64-1"),
                NumberError::Decimal(number::NumberError::TooManyDigits) => {
                    ("a number with too many digits to keep exactly", "write at most 38 digits; quote it if it is text")
                }
                NumberError::Decimal(_) => ("a number out of range", "numbers go up to about 1.8e308"),
                NumberError::NotFinite => ("not a finite number", "write a number; quote it if it is text"),
            };
            self.error(&kinds::YAML_NUMBER, span, format!("`{text}` is {message}"), help);
            ScalarValue::Null
        })
    }

    /// Ends a list or map; `end` is its closing bracket, if it has one.
    fn close(&mut self, frame: Frame, end: Option<Span>) {
        let (anchor, weight) = (frame.anchor, frame.weight);
        let node = frame.close(end);
        self.anchors.hold(anchor, &node, weight);
        self.complete(node, weight);
    }

    /// Puts a finished node where it belongs.
    fn complete(&mut self, node: Node, weight: Weight) {
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.reach(node.span.site());
        frame.weight.add(weight);
        if frame.awaits_key() {
            let key = self.key(node);
            self.put_key(key);
        } else {
            frame.put_value(node);
        }
    }
}
