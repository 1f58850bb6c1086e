//! What a text would run: commands, the files it opens for writing, and the doubts that remain.

use std::ops::Range;
use std::sync::Arc;

use super::programs::Programs;

/// Everything that a text, or a list of arguments, would run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// What was read.
    pub source: Source,
    /// What is known of programs.
    pub programs: Programs,
    /// The directory that the whole runs in, where the call names one.
    pub directory: Option<Arc<str>>,
    /// The absolute directory in which the host runs commands, where it is told.
    pub base: Option<Arc<str>>,
    /// The simple commands in the order of writing; a command inside a wrapper stands behind its wrapper.
    pub commands: Vec<Command>,
    /// The files that redirections read, `/dev/null` left out.
    pub reads: Vec<Word>,
    /// The targets of redirections that write, `/dev/null` and its like left out.
    pub writes: Vec<Word>,
    /// What could not be told. None means that `commands`, `reads` and `writes` are all there is.
    pub doubts: Vec<Doubt>,
    /// Whether a part could not be read at all, so that not even `commands` is certain.
    pub unread: bool,
    /// What other hosts run for the same invocation: `shell: true` beside arguments makes some put the words together to
    /// a text, and others run the command's text alone, with the arguments for its `$0`, `$1`.
    pub otherwise: Option<Arc<Script>>,
}

/// What a script is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Text for a shell.
    Text(Arc<str>),
    /// A program and its arguments.
    Argv(Arc<[Arc<str>]>),
}

impl Default for Source {
    fn default() -> Self {
        Self::Text(Arc::from(""))
    }
}

/// One simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments, unquoted; never empty.
    pub words: Vec<Word>,
    /// The variables that it alone is given: `A=b cmd`.
    pub environment: Vec<Assignment>,
    /// What its standard input is.
    pub input: Input,
    /// Where it works: a `cd`, `pushd` or `popd` earlier in the text makes relative names mean another place.
    pub moved: Moved,
    /// The wrapper that runs it, where one does.
    pub inside: Option<Inside>,
    /// Where it stands in the text, in bytes.
    pub span: Range<usize>,
}

/// A variable that a command is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: Arc<str>,
    /// What it is set to.
    pub value: Word,
}

/// Where a command works, as what stands before it in the text has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Moved {
    /// Where the text as a whole does.
    #[default]
    No,
    /// In this directory, from where the text as a whole does: `cd sub && command`.
    To(Arc<str>),
    /// Somewhere else, or perhaps there.
    Somewhere,
}

impl Moved {
    /// Whether relative names may mean another place.
    #[must_use]
    pub const fn is_moved(&self) -> bool {
        !matches!(self, Self::No)
    }

    /// The place from this one on.
    pub(super) fn then(&self, next: &Self) -> Self {
        match (self, next) {
            (place, Self::No) => place.clone(),
            (_, Self::To(path)) if path.starts_with('/') => next.clone(),
            (Self::No, next) => next.clone(),
            (Self::To(before), Self::To(path)) => Self::To(format!("{before}/{path}").into()),
            (Self::Somewhere, _) | (_, Self::Somewhere) => Self::Somewhere,
        }
    }

    /// Takes note that it may be anywhere from here on.
    pub(super) fn lose(&mut self, moves: bool) {
        if moves {
            *self = Self::Somewhere;
        }
    }
}

/// What a command's standard input is. The redirection or pipe of a compound command is the input of the commands in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// What the text as a whole is given.
    #[default]
    Inherited,
    /// Nothing: `< /dev/null`.
    Empty,
    /// A here-string or here-document that is known.
    Text(Arc<str>),
    /// A file.
    File(Word),
    /// What these of [`Script::commands`] write.
    Pipe(Range<usize>),
    /// Something that the text does not tell.
    Unknown,
}

/// The place of a command inside a wrapper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The wrapper, an index of [`Script::commands`].
    pub wrapper: usize,
    /// Which of the wrapper's words is the program, or holds the text that is run.
    pub at: usize,
    /// Whether the wrapper's words from there on are the command's own words.
    pub argv: bool,
}

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// Exactly this text.
    Literal(Arc<str>),
    /// Something that is known only when the shell runs.
    Dynamic {
        /// What it begins with in any case.
        prefix: Arc<str>,
        /// Whether it may become several words, or none.
        splits: bool,
        /// The folder that it is in any case, or is below: what a pattern stands for, what `find` finds.
        below: Option<Arc<str>>,
    },
}

impl Word {
    /// A literal word.
    pub(super) fn literal(text: impl Into<Arc<str>>) -> Self {
        Self::Literal(text.into())
    }

    /// A word of which nothing is known.
    pub(super) fn anything() -> Self {
        Self::Dynamic { prefix: Arc::from(""), splits: true, below: None }
    }

    /// The text, if it is known.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Dynamic { .. } => None,
        }
    }

    /// Whether it may turn out to begin with a `-`, which programs take for an option.
    pub(super) fn may_be_option(&self) -> bool {
        match self {
            Self::Literal(text) => text.starts_with('-') && text.len() > 1,
            Self::Dynamic { below: Some(_), .. } => false,
            Self::Dynamic { prefix, splits, .. } => *splits || prefix.is_empty() || prefix.starts_with('-'),
        }
    }
}

/// Something that the text does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What: "the name of a program is dynamic".
    pub why: &'static str,
    /// Where, in bytes of the text.
    pub span: Range<usize>,
}

impl Script {
    /// Takes note of a doubt.
    pub(super) fn doubt(&mut self, why: &'static str, span: &Range<usize>) {
        if !self.doubts.iter().any(|doubt| doubt.why == why && doubt.span == *span) {
            self.doubts.push(Doubt { why, span: span.clone() });
        }
    }

    /// Takes note of a part that could not be read.
    pub(super) fn not_read(&mut self, why: &'static str, span: &Range<usize>) {
        self.doubt(why, span);
        self.unread = true;
    }

    /// The first doubt's words.
    #[must_use]
    pub fn why(&self) -> Option<&'static str> {
        self.doubts.first().map(|doubt| doubt.why)
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, word) in self.words.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{word}")?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(text) if is_plain(text) => f.write_str(text),
            Self::Literal(text) => write!(f, "'{}'", text.replace('\'', "'\\''")),
            Self::Dynamic { prefix, .. } => write!(f, "{prefix}…"),
        }
    }
}

/// Whether a shell reads a word as it stands; zsh puts a program's path in the place of `=name`.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('=')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:,@%+=".contains(&byte))
}
