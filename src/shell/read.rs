//! A text to its commands, inside the grammar that every shell reads alike; all else refuses the text.
//!
//! A reader by recursive descent: lists, pipelines and compound commands here, simple commands, words, expansions and tests in
//! the files beside. Every way on is named, so what no line names is refused, shells' future syntax with it. One example for
//! each production stands in `grammar/shell.examples.txt`. What is read is flat: commands in the order of writing, each with its
//! input. Knows nothing of programs or lists.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::cursor::{Cursor, Step};
use super::known::{Known, Room};
use super::script::{Assignment, Doubt, Input, Moved, Word};
use super::variables::{self, Meaning};
use super::{MAX_COMMANDS, MAX_DEPTH};

/// A simple command as written, before what is inside it is looked for.
#[derive(Debug)]
pub(super) struct Simple {
    pub(super) words: Vec<Arg>,
    pub(super) environment: Vec<Assignment>,
    /// `Inherited` until the command's own redirection or something around it says otherwise.
    pub(super) input: Input,
    pub(super) moved: Moved,
    pub(super) span: Range<usize>,
}

/// A word, and whether what it becomes is a number.
#[derive(Clone, Debug)]
pub(super) struct Arg {
    pub(super) word: Word,
    pub(super) number: Number,
}

/// Whether a word becomes a number. Numbers matter because some shells evaluate whatever stands where one belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Number {
    No,
    Yes,
    /// None, one or several, if the program that prints them is the one of that name.
    Printed,
    /// None or one, the same way.
    Single,
    /// If the variable holds one.
    Variable(Arc<str>),
}

impl From<Word> for Arg {
    fn from(word: Word) -> Self {
        Self { word, number: Number::No }
    }
}

/// What a text sets a variable to, as far as numbers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Numbers {
    Certain,
    Printed,
    Other,
}

/// A file that a redirection opens.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: Word,
    /// What a relative name of it means.
    pub(super) moved: Moved,
    pub(super) reads: bool,
    pub(super) writes: bool,
}

/// What a text was read as.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) commands: Vec<Simple>,
    /// Files that redirections open.
    pub(super) opened: Vec<Opened>,
    pub(super) doubts: Vec<Doubt>,
    /// Why and where the text left the grammar.
    pub(super) refused: Option<(&'static str, usize)>,
    /// Every variable that the text sets, and whether only to numbers; nothing where a program says so.
    numbers: FxHashMap<Arc<str>, Numbers>,
    /// Variables that must hold numbers, lest a shell evaluates what they hold.
    pub(super) arithmetic: Vec<(Number, Range<usize>)>,
    /// Functions that the text defines.
    pub(super) functions: Vec<Arc<str>>,
    /// The commands of functions' bodies, which run later than they stand.
    pub(super) bodies: Vec<Range<usize>>,
    /// Every variable that the text sets, in order, those of loops that were read again more than once.
    pub(super) set: Vec<Arc<str>>,
    /// Whether a command may have set any variable: one of the shell's own, or one whose name is not known.
    pub(super) opaque: bool,
    /// Whether one did whose name is known.
    pub(super) evaluates: bool,
    /// Whether a `cd` stands anywhere.
    moves: bool,
}

/// What earlier commands of a text change for later ones.
#[derive(Clone, Default)]
pub(super) struct Carried {
    /// What relative names mean.
    pub(super) moved: Moved,
    /// How many commands went elsewhere.
    pub(super) moves: usize,
    /// Variables that later commands may be given.
    pub(super) given: Vec<Assignment>,
    /// Variables whose value is known.
    pub(super) known: Known,
}

/// What stands around the place that is read.
pub(super) struct Reader<'t> {
    pub(super) cursor: Cursor<'t>,
    pub(super) reading: Reading,
    pub(super) carried: Carried,
    /// What loops may still cost.
    pub(super) room: Room,
    /// Levels of compound commands and substitutions, those of texts around this one counted.
    depth: usize,
    /// Whether a substitution is being read, where fewer things are read alike.
    pub(super) substituting: bool,
    /// Whether backquotes are being read.
    pub(super) backquoted: bool,
    /// Whether the pipeline that is being read is negated.
    pub(super) negated: bool,
}

/// What ends a list.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum End {
    /// The text's own end.
    Text,
    /// `)`
    Parenthesis,
    /// A word that closes a compound command or its part: `then`, `done`, `}`.
    Word,
    /// `;;` or `esac`
    Branch,
}

/// Most doubts that are kept of one text.
const MAX_DOUBTS: usize = 64;
/// Most variables that a command is given.
pub(super) const MAX_VARIABLES: usize = 64;
pub(super) const MANY_VARIABLES: &str = "more than 64 variables that commands are given";

/// Words that close a compound command or a part of one.
const CLOSING: &[&str] = &["then", "do", "done", "fi", "else", "elif", "esac", "}"];

/// Words that are reserved in some shell, in the place of a command's name.
const RESERVED: &[&str] = &[
    "!",
    "[[",
    "]]",
    "{",
    "}",
    "always",
    "case",
    "coproc",
    "do",
    "done",
    "elif",
    "else",
    "end",
    "esac",
    "fi",
    "for",
    "foreach",
    "function",
    "if",
    "in",
    "namespace",
    "nocorrect",
    "noglob",
    "repeat",
    "select",
    "then",
    "time",
    "until",
    "while",
];

/// Whether a word is reserved in some shell.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

impl Reading {
    /// Reads a text that stands within so many levels of others.
    pub(super) fn of(text: &str, depth: usize) -> Self {
        let mut reader = Reader {
            cursor: Cursor::new(text),
            reading: Self::default(),
            carried: Carried::default(),
            room: Room::of(text),
            depth,
            substituting: false,
            backquoted: false,
            negated: false,
        };
        if let Err(refusal) = reader.whole() {
            reader.reading.refused = Some((refusal.why, refusal.at));
        }
        reader.reading.bodies_run_later();
        reader.reading
    }

    /// Takes note of what the text does not tell; the first few say enough.
    pub(super) fn doubt(&mut self, why: &'static str, span: Range<usize>) {
        if self.doubts.len() < MAX_DOUBTS {
            self.doubts.push(Doubt { why, span });
        }
    }

    /// A body is run where its function is called, which may be behind any `cd`, and with another input.
    fn bodies_run_later(&mut self) {
        for body in &self.bodies {
            for command in self.commands.get_mut(body.clone()).unwrap_or_default() {
                command.moved.lose(self.moves);
            }
        }
        let moves = self.moves && !self.bodies.is_empty();
        for opened in &mut self.opened {
            opened.moved.lose(moves);
        }
    }

    /// Gives the commands of a range that have no input of their own the one that stands around them.
    pub(super) fn feed(&mut self, range: Range<usize>, input: &Input) {
        for command in self.commands.get_mut(range).unwrap_or_default() {
            if command.input == Input::Inherited {
                command.input = input.clone();
            }
        }
    }

    /// Whether a word becomes a number, now that the whole text is read.
    pub(super) fn is_number(&self, number: &Number) -> bool {
        let numbers = match number {
            Number::Yes => Numbers::Certain,
            Number::Printed | Number::Single => Numbers::Printed,
            Number::No => Numbers::Other,
            Number::Variable(name) => self.numbers.get(name).copied().unwrap_or(Numbers::Other),
        };
        match numbers {
            Numbers::Certain => true,
            Numbers::Printed => self.functions.is_empty(),
            Numbers::Other => false,
        }
    }
}

impl Reader<'_> {
    fn whole(&mut self) -> Step<()> {
        self.list(End::Text)?;
        match self.cursor.peek() {
            None => Ok(()),
            Some(_) => Err(self.cursor.refusal("a sign or word that closes what was not opened")),
        }
    }

    /// How many commands were read so far.
    pub(super) fn count(&self) -> usize {
        self.reading.commands.len()
    }

    /// Goes one level deeper.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.cursor.refusal("more than 8 levels of commands within commands"));
        }
        self.depth += 1;
        let negated = std::mem::take(&mut self.negated);
        let result = inner(self);
        self.negated = negated;
        self.depth -= 1;
        result
    }

    /// Reads what runs in a shell of its own: what it changes is over behind it.
    pub(super) fn apart<T>(&mut self, inner: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        let carried = self.carried.clone();
        let result = inner(self);
        self.carried = carried;
        result
    }

    /// Takes note that a variable is set.
    pub(super) fn sets(&mut self, name: &str, value: Arg, span: &Range<usize>) {
        self.forgets(name);
        let name: Arc<str> = Arc::from(name);
        let numbers = match value.number {
            Number::Yes => Numbers::Certain,
            Number::Printed | Number::Single => Numbers::Printed,
            Number::No | Number::Variable(_) => Numbers::Other,
        };
        let known = self.reading.numbers.entry(Arc::clone(&name)).or_insert(numbers);
        *known = numbers.max(*known);
        match variables::meaning(&name) {
            Meaning::Own => {}
            Meaning::Given => self.gives(Assignment { name, value: value.word }, span),
            Meaning::Shell => self.reading.doubt(variables::KEPT, span.clone()),
        }
    }

    /// Takes note that later commands may be given a variable; which of several values is not told.
    pub(super) fn gives(&mut self, given: Assignment, span: &Range<usize>) {
        let known = self.carried.given.iter_mut().find(|known| known.name == given.name);
        if let Some(known) = known {
            known.value = Word::anything();
        } else if self.carried.given.len() < MAX_VARIABLES {
            self.carried.given.push(given);
        } else {
            self.reading.doubt(MANY_VARIABLES, span.clone());
        }
    }

    /// Where a command that goes somewhere leaves later ones, if it does not fail. Variables that send `cd` elsewhere are those
    /// that shells keep, and do not matter where the path begins at a known place.
    fn moved_by(&self, command: &Simple) -> Moved {
        let words: Vec<Option<&str>> = command.words.iter().map(|arg| arg.word.as_literal()).collect();
        match words.as_slice() {
            [Some("cd"), Some(path)] | [Some("cd"), Some("--"), Some(path)]
                if is_plain_path(path) && self.reading.functions.is_empty() =>
            {
                command.moved.then(&Moved::To(Arc::from(*path)))
            }
            _ => Moved::Somewhere,
        }
    }

    /// Takes note of a command.
    pub(super) fn push(&mut self, mut command: Simple) -> Step<()> {
        if self.count() >= MAX_COMMANDS {
            return Err(self.cursor.refusal("more than 256 commands"));
        }
        command.moved = self.carried.moved.clone();
        command.environment.splice(0..0, self.carried.given.iter().cloned());
        if moves(&command.words) {
            self.carried.moved = self.moved_by(&command);
            self.carried.moves += 1;
            self.reading.moves = true;
        }
        self.reading.commands.push(command);
        Ok(())
    }

    /// Blanks, ends of lines, comments.
    pub(super) fn lines(&mut self) -> Step<()> {
        loop {
            self.cursor.blanks()?;
            self.comment()?;
            if !self.cursor.newline()? {
                return Ok(());
            }
        }
    }

    fn comment(&mut self) -> Step<()> {
        if !self.cursor.at_comment() {
            return Ok(());
        }
        if self.substituting {
            return Err(self
                .cursor
                .refusal("a comment inside a substitution, whose end shells find in different ways"));
        }
        let comment = self.cursor.take_while(|byte| byte != b'\n');
        if comment.ends_with('\\') {
            return Err(self.cursor.refusal("a comment that ends in a backslash"));
        }
        Ok(())
    }

    /// Commands up to what ends them; where they are one pipeline that ends in a simple command, which command that is.
    pub(super) fn list(&mut self, end: End) -> Step<Option<usize>> {
        let mut only = None;
        let mut count = 0;
        self.lines()?;
        while !self.at_end(end) {
            let set = self.set_so_far();
            only = self.and_or(&mut count)?;
            let separated = self.separator()?;
            if separated && self.cursor.before() == Some(b'&') {
                self.forget_since(set);
            }
            self.lines()?;
            if !separated && !self.at_end(end) {
                return Err(self.cursor.refusal("something behind a command that is no command"));
            }
            if !separated && end == End::Word {
                return Err(self.cursor.refusal("a closing word that nothing separates from its command"));
            }
        }
        match count {
            0 if end != End::Text => Err(self.cursor.refusal("a list without a command")),
            1 => Ok(only),
            _ => Ok(None),
        }
    }

    fn at_end(&self, end: End) -> bool {
        match self.cursor.peek() {
            None => true,
            Some(b')') => end == End::Parenthesis,
            Some(b';') => end == End::Branch && self.cursor.rest().starts_with(";;"),
            Some(b'}' | b'a'..=b'z') => CLOSING.contains(&self.keyword()),
            Some(_) => false,
        }
    }

    /// `;`, `&` or the end of a line; nothing where the list goes on without or ends.
    fn separator(&mut self) -> Step<bool> {
        self.cursor.blanks()?;
        self.comment()?;
        match (self.cursor.peek(), self.cursor.peek_at(1)) {
            (Some(b';'), Some(b';')) => Ok(false),
            (Some(b';' | b'&'), Some(b';' | b'&' | b'|' | b'!' | b'>')) => {
                Err(self.cursor.refusal("a separator that not every shell knows"))
            }
            (Some(b';' | b'&'), _) => {
                self.cursor.at += 1;
                Ok(true)
            }
            (Some(b'\n'), _) => self.cursor.newline(),
            _ => Ok(false),
        }
    }

    /// Pipelines with `&&` and `||` between.
    fn and_or(&mut self, count: &mut usize) -> Step<Option<usize>> {
        let before = self.carried.moves;
        let (mut first, mut or) = (None, false);
        loop {
            let last = self.pipeline()?;
            let first = *first.get_or_insert(self.set_so_far());
            *count += 1;
            self.cursor.blanks()?;
            let goes_on = self.cursor.take("&&");
            // Behind the list, and where something failed, a `cd` may have gone nowhere, and what stands behind the first
            // pipeline may not have run.
            if !goes_on {
                self.carried.moved.lose(self.carried.moves > before);
            }
            if !goes_on || or {
                self.forget_since(first);
            }
            or |= !goes_on;
            if !goes_on && !self.cursor.take("||") {
                return Ok(last);
            }
            self.lines()?;
        }
    }

    /// Commands with `|` between, each fed by the one before; which is the last, where it is simple.
    fn pipeline(&mut self) -> Step<Option<usize>> {
        self.negated = self.cursor.peek() == Some(b'!') && self.keyword() == "!";
        if self.negated {
            self.cursor.at += 1;
            self.cursor.blanks()?;
            if self.keyword() == "!" {
                return Err(self.cursor.refusal("a negation of a negation"));
            }
        }
        let (negated, before, set) = (self.negated, self.carried.moves, self.set_so_far());
        let mut from = self.count();
        let (mut last, mut piped) = (self.command()?, false);
        loop {
            self.cursor.blanks()?;
            if self.cursor.rest().starts_with("||") || !self.cursor.take("|") {
                self.carried.moved.lose(self.carried.moves > before && (negated || piped));
                if piped {
                    self.forget_since(set);
                }
                return Ok(last);
            }
            // Which parts of a pipeline run in a shell of their own differs.
            piped = true;
            self.carried.moved.lose(self.carried.moves > before);
            self.forget_since(set);
            // To some shells `|&` begins a coprocess, and what follows reads something else.
            let input = if self.cursor.take("&") { Input::Unknown } else { Input::Pipe(from..self.count()) };
            self.lines()?;
            from = self.count();
            last = self.command()?;
            self.reading.feed(from..self.count(), &input);
        }
    }

    /// The word that stands here up to where a word ends, if it is made of small letters or signs only.
    pub(super) fn keyword(&self) -> &str {
        let rest = self.cursor.rest();
        let letters = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'{' | b'}' | b'!' | b'[' | b']');
        let length = rest.bytes().position(|byte| !letters(byte)).unwrap_or(rest.len());
        let ended = rest.as_bytes().get(length).is_none_or(|byte| super::cursor::is_delimiter(*byte));
        rest.get(..length).filter(|_| ended).unwrap_or_default()
    }

    /// One command; its place where it is a simple one.
    fn command(&mut self) -> Step<Option<usize>> {
        let from = self.count();
        match self.cursor.peek() {
            Some(b'(') => self.nested(Self::subshell)?,
            Some(b'{' | b'[' | b'a'..=b'z') => match self.keyword() {
                "{" => self.nested(Self::group)?,
                "if" => self.nested(Self::conditional)?,
                "while" | "until" => self.nested(Self::conditional_loop)?,
                "for" => self.nested(Self::for_loop)?,
                "case" => self.nested(Self::case)?,
                "[[" => self.test()?,
                "time" => return self.simple(),
                word if is_reserved(word) => {
                    return Err(self.cursor.refusal("a word that is reserved in some shells, where a command belongs"));
                }
                _ => return self.simple(),
            },
            _ => return self.simple(),
        }
        self.redirections(from)?;
        Ok(None)
    }
}

/// Whether `cd` goes to a path as it is written.
fn is_plain_path(path: &str) -> bool {
    !path.is_empty() && !path.starts_with(['-', '+', '~', '='])
}

/// Whether a command changes the directory that relative names begin at.
fn moves(words: &[Arg]) -> bool {
    const MOVERS: &[&str] = &["cd", "chdir", "pushd", "popd"];
    let mover = |arg: &Arg| arg.word.as_literal().is_some_and(|word| MOVERS.contains(&word));
    match words.first().and_then(|arg| arg.word.as_literal()) {
        Some("command" | "builtin") => words.iter().any(mover),
        _ => words.first().is_some_and(mover),
    }
}
