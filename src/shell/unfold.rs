//! A text or a list of arguments to a script: what was read, and every command inside a command.
//!
//! Here what the reader found meets what is known of programs. A command inside a wrapper stands behind its wrapper and has
//! its input, its variables and its place.

use std::ops::Range;
use std::sync::Arc;

use super::programs::Programs;
use super::read::{Arg, Opened, Reading, Simple};
use super::script::{Assignment, Command, Doubt, Input, Inside, Moved, Script, Source, Word};
use super::{MAX_BYTES, MAX_COMMANDS, MAX_DEPTH, builtins, programs};

impl Script {
    /// Everything that a shell would run for this text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of_text_with(text, &Programs::default())
    }

    /// The same, by what is known of programs.
    pub(super) fn of_text_with(text: &str, programs: &Programs) -> Self {
        let mut unfolding = Unfolding::new(Source::Text(Arc::from(text)), programs);
        unfolding.text(text, &Around::default());
        unfolding.script
    }

    /// Everything that running a program with these arguments would run, without a shell between.
    #[must_use]
    pub fn of_argv(argv: &[&str]) -> Self {
        Self::of_argv_with(argv, &Programs::default())
    }

    /// The same, by what is known of programs.
    pub(super) fn of_argv_with(argv: &[&str], programs: &Programs) -> Self {
        let source = Source::Argv(argv.iter().map(|word| Arc::from(*word)).collect());
        let mut unfolding = Unfolding::new(source, programs);
        let bytes: usize = argv.iter().map(|word| word.len() + 1).sum();
        if bytes > MAX_BYTES {
            unfolding.script.doubt("a command of more than 64 KiB", &(0..bytes));
        } else if argv.iter().any(|word| word.contains('\0')) {
            unfolding.script.doubt("a control character", &(0..bytes));
        } else {
            let words = argv.iter().map(|word| Arg::from(Word::literal(*word))).collect();
            let command =
                Simple { words, environment: Vec::new(), input: Input::default(), moved: Moved::No, span: 0..bytes };
            unfolding.command(command, &Around::default(), &|_| false);
        }
        unfolding.script
    }
}

/// What stands around a text or command.
#[derive(Clone, Default)]
struct Around {
    /// The place in the outermost text, for what is inside a word of it.
    span: Option<Range<usize>>,
    inside: Option<Inside>,
    environment: Vec<Assignment>,
    input: Input,
    moved: Moved,
    depth: usize,
}

struct Unfolding {
    script: Script,
    /// Bytes of texts read so far.
    bytes: usize,
}

impl Unfolding {
    fn new(source: Source, programs: &Programs) -> Self {
        Self { script: Script { source, programs: programs.clone(), ..Script::default() }, bytes: 0 }
    }

    /// Reads a text as a shell would.
    fn text(&mut self, text: &str, around: &Around) {
        let whole = around.span.clone().unwrap_or(0..text.len());
        self.bytes += text.len();
        if around.depth > MAX_DEPTH {
            return self.script.doubt("more than 8 levels of commands within commands", &whole);
        }
        if self.bytes > 4 * MAX_BYTES {
            return self.script.doubt("more than 256 KiB of nested commands", &whole);
        }
        if let Some(why) = unreadable(text) {
            return self.script.not_read(why, &whole);
        }
        let mut reading = Reading::of(text, around.depth);
        for Opened { file, moved, reads, writes } in std::mem::take(&mut reading.opened) {
            let file = opened_at(&around.moved.then(&moved), file);
            self.script.reads.extend(reads.then(|| file.clone()));
            self.script.writes.extend(writes.then_some(file));
        }
        for Doubt { why, span } in std::mem::take(&mut reading.doubts) {
            self.script.doubt(why, around.span.as_ref().unwrap_or(&span));
        }
        self.numbers(&reading, around);
        self.commands(&mut reading, around);
        if let Some((why, at)) = reading.refused {
            self.script.not_read(why, around.span.as_ref().unwrap_or(&(at..text.len())));
        }
    }

    /// What stands in arithmetic must hold numbers, or a shell may run what it holds.
    fn numbers(&mut self, reading: &Reading, around: &Around) {
        if let Some((_, span)) = reading.arithmetic.iter().find(|(number, _)| !reading.is_number(number)) {
            let span = around.span.as_ref().unwrap_or(span);
            self.script.doubt("arithmetic over what may be no number, which some shells evaluate", span);
        }
    }

    /// Takes the commands over, each followed by those inside it.
    fn commands(&mut self, reading: &mut Reading, around: &Around) {
        let commands = std::mem::take(&mut reading.commands);
        let mut places: Vec<usize> = Vec::with_capacity(commands.len());
        for mut command in commands {
            places.push(self.script.commands.len());
            if let Input::Pipe(range) = &command.input {
                let place = |index: usize| places.get(index).copied().unwrap_or(self.script.commands.len());
                command.input = Input::Pipe(place(range.start)..place(range.end));
            }
            self.command(command, around, &|arg| reading.is_number(&arg.number));
        }
    }

    /// A simple command, and the commands inside it.
    fn command(&mut self, command: Simple, around: &Around, is_number: &dyn Fn(&Arg) -> bool) {
        let span = around.span.clone().unwrap_or(command.span);
        let index = self.script.commands.len();
        if index >= MAX_COMMANDS {
            return self.script.doubt("more than 256 commands", &span);
        }
        if around.depth > MAX_DEPTH {
            return self.script.doubt("more than 8 levels of commands within commands", &span);
        }
        if let Some(why) = builtins::doubt(&command.words, is_number) {
            self.script.doubt(why, &span);
        }
        let mut environment = around.environment.clone();
        environment.extend(command.environment);
        let input = if command.input == Input::Inherited { around.input.clone() } else { command.input };
        let command = Command {
            words: command.words.into_iter().map(|arg| arg.word).collect(),
            environment,
            input,
            moved: around.moved.then(&command.moved),
            inside: around.inside,
            span: span.clone(),
        };
        let found = programs::inside(&self.script.programs, &command);
        let within = Around {
            span: Some(span),
            inside: None,
            environment: command.environment.clone(),
            input: command.input.clone(),
            moved: command.moved.clone(),
            depth: around.depth + 1,
        };
        self.script.commands.push(command);
        for inner in found.commands {
            let inside = Some(Inside { wrapper: index, at: inner.at, argv: true });
            let words = inner.words.into_iter().map(Arg::from).collect();
            let input = inner.input.unwrap_or_default();
            let command = Simple { words, environment: inner.environment, input, moved: inner.moved, span: 0..0 };
            self.command(command, &Around { inside, ..within.clone() }, &|_| false);
        }
        let moved = within.moved.then(&found.moved);
        for (at, text) in found.texts {
            let inside = Some(Inside { wrapper: index, at, argv: false });
            self.text(&text, &Around { inside, moved: moved.clone(), ..within.clone() });
        }
    }
}

/// A file by its name from where the whole works.
fn opened_at(moved: &Moved, file: Word) -> Word {
    match (&file, moved) {
        (_, Moved::No) => file,
        (Word::Literal(path), _) if path.starts_with(['/', '~']) => file,
        (Word::Literal(path), Moved::To(place)) => Word::literal(format!("{place}/{path}")),
        (Word::Dynamic { prefix, .. }, _) if prefix.starts_with('/') => file,
        _ => Word::anything(),
    }
}

/// Why a text is not read at all.
fn unreadable(text: &str) -> Option<&'static str> {
    if text.len() > MAX_BYTES {
        return Some("a command of more than 64 KiB");
    }
    if text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\n' && byte != b'\t') {
        return Some("a control character");
    }
    let odd = !text.is_ascii() && text.chars().any(is_odd);
    odd.then_some("a blank or invisible character that is not ASCII")
}

/// Whether a character looks like another one, or like none.
fn is_odd(char: char) -> bool {
    !char.is_ascii()
        && (char.is_whitespace()
            || char.is_control()
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'))
}
