//! Events of the YAML parser to one tree, with every finding of the text.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StructureStyle, options};

use super::core_schema::{NumberError, resolve};
use super::frame::Frame;
use super::limits::Limits;
use super::node::{Key, Node, NodeKind, Scalar, ScalarValue};
use super::parse::{Comment, Document};
use super::recover::{self, Mask};
use super::syntax;
use crate::diagnostic::{Diagnostic, Kind, Parsed, kinds};
use crate::number;
use crate::source::{SourceId, Span};

/// One reading of a text.
pub(super) struct Builder<'t> {
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
            nodes: 0,
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
        self.findings.extend(syntax);
        self.findings.sort_by_key(Diagnostic::span);
        let value = Document { root: self.root, comments: self.comments, unread };
        Parsed { value, diagnostics: self.findings }
    }

    fn error(&mut self, kind: &Kind, span: Span, message: impl Into<String>, help: impl Into<String>) {
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
            self.complete(frame.close(None));
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
            Event::Anchor(..) => {
                let help = "anchors are not read: write the value out where it is needed";
                self.error(&kinds::YAML_ANCHOR, span, "anchors are not allowed", help);
            }
            Event::Alias(_) => self.alias(span, true)?,
            Event::UnresolvedAlias(_) => self.alias(span, false)?,
            Event::Scalar(text, style, _, _) => self.scalar(&text, style, span)?,
            Event::SequenceStart(StructureStyle::Flow, ..) => self.start(Frame::list(span, true))?,
            Event::SequenceStart(StructureStyle::Block, ..) => self.start(Frame::list(self.dash(span), false))?,
            Event::MappingStart(style, ..) => self.start(Frame::map(span, style == StructureStyle::Flow))?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.open.pop() {
                    self.complete(frame.close(Some(span)));
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
        if self.nodes > self.limits.nodes {
            let message = format!("the file holds more than {} values and keys", self.limits.nodes);
            self.error(&kinds::YAML_LIMIT, span, message, "split it into several files");
            self.root = None;
            self.open.clear();
            return Err(Stop);
        }
        Ok(())
    }

    fn start(&mut self, frame: Frame) -> Result<(), Stop> {
        self.count(frame.start)?;
        if self.open.len() >= self.levels() {
            self.findings.push(syntax::too_deep(frame.start, self.levels()));
            self.open.clear();
            return Err(Stop);
        }
        self.open.push(frame);
        Ok(())
    }

    /// The `-` a block list begins with; the parser puts a list that is not indented at its first item.
    fn dash(&self, span: Span) -> Span {
        let before = self.text.get(..span.start as usize).unwrap_or_default().trim_end_matches(' ');
        before.strip_suffix('-').map_or(span, |rest| Span::new(self.source, rest.len(), rest.len()))
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
        let scalar = Scalar { text: name.to_owned(), value: ScalarValue::Text, content: span, exact: true };
        self.findings.push(finding);
        self.complete(Node { kind: NodeKind::Scalar(scalar), span });
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Result<(), Stop> {
        self.count(span)?;
        let plain = style == ScalarStyle::Plain;
        if plain && span.start == span.end {
            let scalar = Scalar { text: String::new(), value: ScalarValue::Null, content: span, exact: true };
            self.complete(Node { kind: NodeKind::Scalar(scalar), span });
            return Ok(());
        }
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
        let scalar = self.placed(text, value, span);
        self.complete(Node { kind: NodeKind::Scalar(scalar), span });
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
        let content = found.map_or(span, |start| span.within(start, start + text.len()));
        let written = self.original.get(content.start as usize..content.end as usize).filter(|_| found.is_some());
        Scalar { text: written.unwrap_or(text).to_owned(), value, content, exact: found.is_some() }
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

    /// Refuses a plain key that YAML reads as something else than text, and the merge key with its value; whether the
    /// key is read.
    fn is_plain_key(&mut self, text: &str, span: Span) -> bool {
        if text == "<<" {
            let help = "merge keys are not read: write the entries out, or quote the key if it is meant as text";
            self.error(&kinds::YAML_MERGE_KEY, span, "merge keys are not allowed", help);
            self.put_key(None);
            return false;
        }
        if resolve(text) != Ok(ScalarValue::Text) {
            let finding = Diagnostic::of(&kinds::YAML_KEY, span, format!("the key `{text}` is not text"));
            let quoted = format!("\"{text}\"");
            self.findings.push(finding.help(format!("quote it: `{quoted}`")).fix(span, quoted));
        }
        true
    }

    /// Puts a finished node where it belongs.
    fn complete(&mut self, node: Node) {
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.reach(node.span);
        if frame.awaits_key() {
            let key = self.key(node);
            self.put_key(key);
        } else {
            frame.put_value(node);
        }
    }

    fn put_key(&mut self, key: Option<Key>) {
        if let Some(frame) = self.open.last_mut() {
            frame.put_key(key);
        }
    }

    /// A node as the key of the innermost map.
    fn key(&mut self, node: Node) -> Option<Key> {
        let NodeKind::Scalar(scalar) = node.kind else {
            self.error(&kinds::YAML_KEY, node.span, "a list or map cannot be a key", "keys are text");
            return None;
        };
        if node.span.start == node.span.end {
            self.error(&kinds::YAML_KEY, node.span, "a key is missing before the `:`", "write the key");
            return None;
        }
        let span = if scalar.exact { scalar.content } else { node.span };
        let name = Key { text: scalar.text, span };
        let Some(first) = self.open.last().and_then(|frame| frame.first_of(&name)) else { return Some(name) };
        let message = format!("the key `{}` is there twice", name.text.escape_debug());
        let finding = Diagnostic::of(&kinds::DUPLICATE_KEY, name.span, message).labelled("again here");
        self.findings.push(finding.also(first, "first here").help("keep one of them: neither takes precedence"));
        None
    }
}
