//! Simple commands: assignments, words, redirections, here-documents.

use std::ops::Range;
use std::sync::Arc;

use super::builtins;
use super::cursor::{HereDocument, Step};
use super::known::Value;
use super::read::{Arg, MANY_VARIABLES, MAX_VARIABLES, Number, Opened, Reader, Simple, is_reserved};
use super::script::{Assignment, Input, Moved, Word};

/// A simple command while it is read.
#[derive(Default)]
struct Draft {
    assignments: Vec<(Assignment, Number)>,
    words: Vec<Arg>,
    redirections: Redirections,
    /// Whether a list was assigned, which only stands alone.
    list: bool,
    /// Whether `&>` was read: behind it, some shells begin another command.
    both: bool,
}

/// What redirections make of a command's input.
#[derive(Default)]
struct Redirections {
    input: Option<Input>,
    any: bool,
}

impl Redirections {
    /// Some shells read every file that is named, others the last.
    fn read(&mut self, input: Input) {
        self.input = Some(if self.input.is_some() { Input::Unknown } else { input });
    }
}

impl Reader<'_> {
    /// A simple command, or a function; the command's place.
    pub(super) fn simple(&mut self) -> Step<Option<usize>> {
        let from = self.cursor.at;
        let mut draft = Draft::default();
        let mut to = from;
        loop {
            self.cursor.blanks()?;
            if !self.command_part(&mut draft)? {
                break;
            }
            to = self.cursor.at;
            if self.cursor.peek() == Some(b'(') || self.cursor.rest().starts_with(" (") {
                return self.named_function(&draft, from..to);
            }
        }
        self.finished(draft, from..to)
    }

    /// The next part of a simple command; false where it ends.
    fn command_part(&mut self, draft: &mut Draft) -> Step<bool> {
        match (self.cursor.peek(), self.cursor.peek_at(1)) {
            (None | Some(b'\n' | b';' | b'|' | b')'), _) => return Ok(false),
            (Some(b'#'), _) if self.cursor.at_comment() => return Ok(false),
            (Some(b'&'), next) if next != Some(b'>') => return Ok(false),
            (Some(b'<' | b'>'), Some(b'(')) => {
                let word = self.process_substitution()?;
                self.argument(word, draft)?;
            }
            (Some(b'<' | b'>' | b'&'), _) => self.redirection(None, draft)?,
            (Some(digit), Some(b'<' | b'>')) if digit.is_ascii_digit() => {
                self.cursor.at += 1;
                self.redirection(Some(digit), draft)?;
            }
            _ if draft.words.is_empty() && self.assignment(draft)? => {}
            _ => self.plain_word(draft)?,
        }
        Ok(true)
    }

    fn plain_word(&mut self, draft: &mut Draft) -> Step<()> {
        let from = self.cursor.at;
        let word = self.word()?;
        let raw = self.cursor.slice(from..self.cursor.at);
        let first = draft.words.is_empty();
        if first && (is_reserved(raw) && raw != "time" || raw == "time" && draft.is_begun()) {
            return Err(self.cursor.refusal("a word that is reserved in some shells, where a command belongs"));
        }
        if first && raw.contains("\\\n") {
            return Err(self.cursor.refusal("a continued line inside a command's name"));
        }
        if first && raw.starts_with(['!', '{', '}', '^', '#', ']']) {
            return Err(self.cursor.refusal("a command whose name begins with a sign"));
        }
        if first && raw.contains('[') && raw != "[" {
            return Err(self.cursor.refusal("a subscript, whose end shells find in different ways"));
        }
        let number = matches!(raw.as_bytes(), [first, ..] if first.is_ascii_digit());
        let before_redirection = matches!(self.cursor.peek(), Some(b'<' | b'>'));
        if before_redirection && (raw.ends_with('}') || number && raw.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(self.cursor.refusal("a descriptor that not every shell knows"));
        }
        self.argument(word, draft)
    }

    fn argument(&mut self, word: Arg, draft: &mut Draft) -> Step<()> {
        if draft.both {
            return Err(self.cursor.refusal("words behind `&>`, which some shells read as a command of their own"));
        }
        draft.words.push(word);
        Ok(())
    }

    /// A name that is all of a command up to a parenthesis is a function's.
    fn named_function(&mut self, draft: &Draft, span: Range<usize>) -> Step<Option<usize>> {
        self.cursor.blanks()?;
        let name = self.cursor.slice(span);
        let bare = name
            .bytes()
            .enumerate()
            .all(|(at, byte)| byte == b'_' || byte.is_ascii_alphabetic() || at > 0 && byte.is_ascii_digit());
        if !bare || draft.words.len() != 1 || draft.is_begun() {
            return Err(self.cursor.refusal("a parenthesis in the place of a word"));
        }
        self.function(name)?;
        Ok(None)
    }

    fn finished(&mut self, draft: Draft, span: Range<usize>) -> Step<Option<usize>> {
        if draft.words.is_empty() {
            return self.without_words(draft, span);
        }
        if draft.list {
            return Err(self.cursor.refusal("a list that is assigned in front of a command"));
        }
        let name = draft.words.first().and_then(|arg| arg.word.as_literal()).unwrap_or_default();
        let (is_exec, is_read) = (name == "exec" && draft.words.len() == 1, name == "read");
        let own = builtins::is_builtin(name) || self.reading.functions.iter().any(|function| &**function == name);
        if own {
            // What is assigned in front of some of the shell's own commands stays assigned.
            for (assignment, number) in
                draft.assignments.iter().filter(|(given, _)| !(is_read && &*given.name == "IFS"))
            {
                let value = Arg { word: assignment.value.clone(), number: number.clone() };
                self.sets(&assignment.name.clone(), value, &span);
            }
        }
        let words = draft.words.clone();
        if is_exec && draft.redirections.input.is_some() {
            self.reading.doubt("`exec` that gives later commands another input", span.clone());
        }
        if builtins::doubt(&words, &|_| true).is_some() {
            self.reading.opaque = true;
            self.reading.evaluates |= !name.is_empty();
        }
        let place = self.count();
        self.push(Simple {
            words: draft.words,
            environment: draft.assignments.into_iter().map(|(assignment, _)| assignment).collect(),
            input: draft.redirections.input.unwrap_or_default(),
            moved: Moved::No,
            span: span.clone(),
        })?;
        if own {
            self.changes(&words, &span);
        }
        Ok(Some(place))
    }

    /// What a command of the shell's own changes for later ones.
    fn changes(&mut self, words: &[Arg], span: &Range<usize>) {
        let exports = words.first().and_then(|arg| arg.word.as_literal()) == Some("export");
        for (name, value) in builtins::sets(words) {
            let known = Value::Word(value.word.clone());
            self.sets(&name, value, span);
            if exports {
                self.knows(&name, known);
            }
        }
        for given in builtins::exports(words) {
            self.gives(given, span);
        }
    }

    /// Assignments for the shell itself.
    fn without_words(&mut self, draft: Draft, span: Range<usize>) -> Step<Option<usize>> {
        if draft.assignments.is_empty() && !draft.redirections.any {
            return Err(self.cursor.refusal("a sign in the place of a command"));
        }
        if draft.redirections.any {
            self.reading.doubt("a redirection without a command, for which some shells run a program", span.clone());
        }
        for (assignment, number) in draft.assignments {
            let value = Value::Word(assignment.value.clone());
            self.sets(&assignment.name, Arg { word: assignment.value, number }, &span);
            if !draft.redirections.any {
                self.knows(&assignment.name, value);
            }
        }
        Ok(None)
    }

    /// `name=value`, if one stands here.
    fn assignment(&mut self, draft: &mut Draft) -> Step<bool> {
        let from = self.cursor.at;
        let Some(name) = self.cursor.name() else { return Ok(false) };
        let appends = self.cursor.take("+=");
        if !appends && !self.cursor.take("=") {
            self.cursor.at = from;
            return Ok(false);
        }
        let name: Arc<str> = Arc::from(name);
        let value = if self.cursor.peek() == Some(b'(') {
            draft.list = true;
            self.list_of_words()?;
            Arg { word: Word::anything(), number: Number::No }
        } else if self.cursor.at_delimiter() {
            Arg { word: Word::literal(""), number: Number::No }
        } else {
            self.single_word()?
        };
        // Without `+=`, what begins with a `+` is a program's name.
        draft.list |= appends;
        if draft.assignments.len() >= MAX_VARIABLES {
            return Err(self.cursor.refusal(MANY_VARIABLES));
        }
        self.forgets(&name);
        let number = if appends { Number::No } else { value.number };
        let value = if appends { Word::anything() } else { value.word };
        draft.assignments.push((Assignment { name, value }, number));
        Ok(true)
    }

    /// `(a b)` behind a `=`.
    fn list_of_words(&mut self) -> Step<()> {
        self.cursor.at += 1;
        loop {
            self.cursor.blanks()?;
            while self.cursor.newline()? {
                self.cursor.blanks()?;
            }
            if self.cursor.take(")") {
                break;
            }
            let from = self.cursor.at;
            self.word()?;
            let raw = self.cursor.slice(from..self.cursor.at);
            if raw.starts_with(|first: char| first.is_ascii_alphabetic() || "_[#".contains(first))
                && raw.contains(['=', '['])
            {
                return Err(self.cursor.refusal("a list that is more than words to some shells"));
            }
            if ["typeset", "integer", "float", "enum", "nameref", "compound", "local", "declare", "export", "readonly"]
                .contains(&raw)
            {
                return Err(self.cursor.refusal("a list that is more than words to some shells"));
            }
        }
        if self.cursor.at_delimiter() && self.cursor.peek() != Some(b'(') {
            Ok(())
        } else {
            Err(self.cursor.refusal("something behind a list of words"))
        }
    }

    /// The redirections behind a compound command whose commands begin at a place.
    pub(super) fn redirections(&mut self, from: usize) -> Step<()> {
        let to = self.count();
        let mut draft = Draft::default();
        loop {
            self.cursor.blanks()?;
            match (self.cursor.peek(), self.cursor.peek_at(1)) {
                (Some(b'<' | b'>'), next) if next != Some(b'(') => self.redirection(None, &mut draft)?,
                (Some(b'&'), Some(b'>')) => self.redirection(None, &mut draft)?,
                (Some(digit), Some(b'<' | b'>')) if digit.is_ascii_digit() => {
                    self.cursor.at += 1;
                    self.redirection(Some(digit), &mut draft)?;
                }
                _ => break,
            }
        }
        if let Some(input) = &draft.redirections.input {
            self.reading.feed(from..to, input);
        }
        Ok(())
    }

    /// One redirection; the cursor is behind its descriptor.
    fn redirection(&mut self, descriptor: Option<u8>, draft: &mut Draft) -> Step<()> {
        draft.redirections.any = true;
        let feeds = descriptor.is_none_or(|digit| digit == b'0');
        if self.cursor.take("<<<") {
            let word = self.target()?;
            let text = word.as_literal().map(|text| Arc::from(format!("{text}\n")));
            self.fed(feeds, text.map_or(Input::Unknown, Input::Text), draft);
        } else if self.cursor.take("<<") {
            let input = self.here_document()?;
            self.fed(feeds, input, draft);
        } else if self.cursor.take("<&") {
            self.duplicate()?;
            self.fed(feeds, Input::Unknown, draft);
        } else if self.cursor.take("<>") {
            let file = self.target()?;
            self.opens(&file, true, true);
            self.fed(feeds, source(file), draft);
        } else if self.cursor.take("<") {
            let from = self.count();
            if self.at_process_substitution() {
                self.process_substitution()?;
                self.fed(feeds, Input::Pipe(from..self.count()), draft);
            } else {
                let file = self.target()?;
                self.opens(&file, true, false);
                self.fed(feeds, source(file), draft);
            }
        } else {
            self.written(descriptor, draft)?;
        }
        Ok(())
    }

    fn fed(&mut self, feeds: bool, input: Input, draft: &mut Draft) {
        if feeds {
            draft.redirections.read(input);
        }
    }

    /// A redirection of output.
    fn written(&mut self, descriptor: Option<u8>, draft: &mut Draft) -> Step<()> {
        if descriptor.is_none() && (self.cursor.take("&>>") || self.cursor.take("&>")) {
            draft.both = true;
        } else if self.cursor.take(">&") {
            return self.duplicate();
        } else if !self.cursor.take(">>") && !self.cursor.take(">|") {
            self.cursor.expect(">", "a redirection that not every shell knows")?;
        }
        if self.at_process_substitution() {
            self.process_substitution()?;
        } else {
            let file = self.target()?;
            self.opens(&file, false, true);
        }
        if descriptor == Some(b'0') {
            draft.redirections.read(Input::Unknown);
        }
        Ok(())
    }

    /// Whether a process substitution stands in the place of a redirection's file, blanks before it.
    fn at_process_substitution(&mut self) -> bool {
        let rest = self.cursor.rest();
        let target = rest.trim_start_matches([' ', '\t']);
        let found = target.len() < rest.len() && (target.starts_with("<(") || target.starts_with(">("));
        if found {
            self.cursor.at += rest.len() - target.len();
        }
        found
    }

    /// What stands behind `<&` and `>&`.
    fn duplicate(&mut self) -> Step<()> {
        self.cursor.blanks()?;
        let digit = self.cursor.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'-');
        if !digit {
            return Err(self.cursor.refusal("a descriptor that not every shell knows"));
        }
        self.cursor.at += 1;
        if self.cursor.at_delimiter() && !matches!(self.cursor.peek(), Some(b'<' | b'>' | b'(')) {
            Ok(())
        } else {
            Err(self.cursor.refusal("a descriptor with something behind it"))
        }
    }

    /// The word behind a redirection's sign.
    fn target(&mut self) -> Step<Word> {
        self.cursor.blanks()?;
        let from = self.cursor.at;
        if self.cursor.at_delimiter() || matches!(self.cursor.peek(), Some(b'!' | b'#')) {
            return Err(self.cursor.refusal("a redirection that not every shell knows"));
        }
        let word = self.single_word()?.word;
        let raw = self.cursor.slice(from..self.cursor.at);
        let range = raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && raw.contains('-');
        if self.cursor.peek() == Some(b'(') || range && self.cursor.peek() == Some(b'>') {
            return Err(self.cursor.refusal("a redirection that not every shell knows"));
        }
        Ok(word)
    }

    /// A file that is opened.
    pub(super) fn opens(&mut self, file: &Word, reads: bool, writes: bool) {
        let nowhere = |path: &str| matches!(path, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty");
        if file.as_literal().is_some_and(nowhere) {
            return;
        }
        if may_be_connection(file, writes) {
            self.reading.doubt("a redirection that may open a connection", self.cursor.at..self.cursor.at);
        }
        let moved = self.carried.moved.clone();
        self.reading.opened.push(Opened { file: file.clone(), moved, reads, writes });
    }

    /// The body of a here-document, behind `<<`: it begins behind this line.
    fn here_document(&mut self) -> Step<Input> {
        let strips = self.cursor.take("-");
        self.cursor.take_while(|byte| matches!(byte, b' ' | b'\t'));
        let (tag, quoted) = self.tag()?;
        if self.cursor.here.is_some() || self.backquoted {
            return Err(self.cursor.refusal("a here-document beside another, or inside backquotes"));
        }
        let Some(line) = self.cursor.rest().find('\n') else {
            return Err(self.cursor.refusal("a here-document without its end"));
        };
        let line_end = self.cursor.at + line;
        let Some(body) = body(self.cursor.slice(line_end + 1..self.cursor.end), &tag, strips) else {
            return Err(self.cursor.refusal("a here-document without its end"));
        };
        let from = line_end + 1;
        let text = self.cursor.slice(from..from + body.start_of_end);
        self.cursor.here = Some(HereDocument { line_end, body_end: from + body.end });
        if quoted {
            return Ok(Input::Text(unindented(text, strips)));
        }
        let word = self.expanded(from..from + body.start_of_end)?;
        Ok(word.as_literal().map_or(Input::Unknown, |text| Input::Text(unindented(text, strips))))
    }

    /// The word that ends a here-document, and whether it is quoted.
    fn tag(&mut self) -> Step<(String, bool)> {
        let unusual = "a here-document with an unusual end";
        let quote = self.cursor.peek().filter(|byte| matches!(byte, b'\'' | b'"'));
        if quote.is_some() {
            self.cursor.at += 1;
        }
        let tag = self.cursor.take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)).to_owned();
        if let Some(quote) = quote {
            if self.cursor.peek() != Some(quote) {
                return Err(self.cursor.refusal(unusual));
            }
            self.cursor.at += 1;
        }
        if tag.is_empty() || !self.cursor.at_delimiter() {
            return Err(self.cursor.refusal(unusual));
        }
        Ok((tag, quote.is_some()))
    }
}

impl Draft {
    /// Whether more than words was read.
    fn is_begun(&self) -> bool {
        !self.assignments.is_empty() || self.redirections.any
    }
}

/// What a file gives as input.
fn source(file: Word) -> Input {
    match file.as_literal() {
        Some("/dev/null") => Input::Empty,
        Some(path) if path.starts_with("/dev/") || path.starts_with("/proc/") => Input::Unknown,
        _ => Input::File(file),
    }
}

/// bash and ksh open connections for some names.
fn may_be_connection(file: &Word, writes: bool) -> bool {
    const NETWORK: [&str; 2] = ["/dev/tcp", "/dev/udp"];
    match file {
        Word::Literal(path) => NETWORK.iter().any(|network| path.starts_with(network)),
        Word::Dynamic { prefix, .. } => {
            !writes && NETWORK.iter().any(|network| network.starts_with(&**prefix))
                || NETWORK.iter().any(|network| prefix.starts_with(network))
        }
    }
}

/// A here-document's body, as offsets: where its last line begins, and where that line ends.
struct Body {
    start_of_end: usize,
    end: usize,
}

fn body(text: &str, tag: &str, strips: bool) -> Option<Body> {
    let mut from = 0;
    for line in text.split('\n') {
        let shown = if strips { line.trim_start_matches('\t') } else { line };
        if shown == tag {
            return Some(Body { start_of_end: from, end: from + line.len() });
        }
        from += line.len() + 1;
    }
    None
}

fn unindented(text: &str, strips: bool) -> Arc<str> {
    if !strips {
        return Arc::from(text);
    }
    Arc::from(text.split('\n').map(|line| line.trim_start_matches('\t')).collect::<Vec<_>>().join("\n"))
}
