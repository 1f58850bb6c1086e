//! What is known of a program, as data: its options, what its words do, its subcommands.
//!
//! The same types hold the rows that ship, which `build.rs` compiles from `commands/*.yaml` into statics, and the rows a
//! catalog brings. Knows only the standard library, because `build.rs` includes this file.

use std::borrow::Cow;

/// Text of a row: stored in the program, or brought by a catalog.
pub type Text = Cow<'static, str>;
/// A list of a row.
pub type Items<T> = Cow<'static, [T]>;

/// One program or subcommand, as its file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The names it goes by, the main one first. A name that ends in `#` stands for versions too: `python#`.
    pub names: Items<Text>,
    /// The family of names that stand for one thing, its own among them.
    pub alike: Option<Text>,
    /// How its words are told apart.
    pub style: Style,
    /// Its options.
    pub options: Items<Opt>,
    /// Each spelling of an option with the option's index, sorted by spelling.
    pub spellings: Items<(Text, u16)>,
    /// The subcommand, from the program on, that it is another way to: `docker container rm` is `docker rm`.
    pub also: Option<Text>,
    /// What its operands do, in order; nothing is known where it is `None`.
    pub operands: Option<Items<Operand>>,
    /// Options that take the place of the first operand, by index.
    pub instead: Items<u16>,
    /// Options that make anew what is else read and changed, by index: `tar -c`.
    pub anew: Items<u16>,
    /// Whether the words behind `--` are data for what it runs in any case.
    pub handed: bool,
    /// What its standard input does to it.
    pub stdin: Option<Stdin>,
    /// What changes where some option or operand is there, in order.
    pub with: Items<Patch>,
    /// What it reads and writes though no word says so.
    pub implicit: Implicit,
    /// What happens where a command is expected and none is given.
    pub absent: Absent,
    /// What operands `KEY=VALUE` do, by key (a glob).
    pub pairs: Items<(Text, Effect)>,
    /// Words that say the same as options do: an operand (a glob), or an option and a glob of its value.
    pub means: Items<(Text, Items<u16>)>,
    /// Options that take back what others say: `prettier --write` and `--check`; by index.
    pub undoes: Items<(u16, Items<u16>)>,
    /// Commands that say the same: of the row itself where the first is empty, or where an option is there, perhaps with a
    /// value that fits a glob behind a blank.
    pub stands_for: Items<(Text, Text)>,
    /// Whether a catalog says that it takes the place of a row that ships.
    pub replaces: bool,
    /// Keys of configuration that are harmless to set: globs, `KEY=VALUE` for one value only.
    pub settings: Items<Text>,
    /// Keys of configuration that run nothing, and may say what options and operands do: globs, as in `settings`.
    pub defaults: Items<Text>,
    /// Environment variables that are harmless to give it: globs, `NAME=VALUE` for one value only.
    pub environment: Items<Text>,
    /// Files (globs) that are scripts where a command is expected: `uv run x.py`.
    pub scripts: Items<Text>,
    /// Whether it grants the command inside nothing, so that lists need not name it.
    pub transparent: bool,
    /// Whether every option that is not harmless is named here.
    pub closed: bool,
    /// Whether no word at all can make it run, or write what it is not for: a word that is not known does no harm.
    pub dynamic: bool,
    /// Whether its options may stand behind its subcommands too.
    pub inherits: bool,
    /// Whether a word of it, or of a subcommand, may be a command or a text for a shell.
    pub nests: bool,
    /// Its subcommands; none where it has none.
    pub subcommands: Items<Draft>,
    /// The row of subcommands that are not named: one, or none.
    pub others: Items<Draft>,
}

/// How words are told apart into options and operands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of programs that some have and some have not")]
pub struct Style {
    /// Long options must be spelt out.
    pub exact: bool,
    /// Options end at the first operand.
    pub stop: bool,
    /// One dash begins a word, not letters.
    pub single: bool,
    /// `+x` is an option as well.
    pub plus: bool,
    /// No word is an option.
    pub plain: bool,
    /// The first word may be letters without a dash.
    pub tar: bool,
    /// Paths, then the expression of `find`.
    pub find: bool,
    /// Subcommands and operands may be given by their beginning.
    pub short: bool,
    /// The command inside an option is run for each of what is found, its path behind the words where no `{` marks it.
    pub each: bool,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opt {
    /// Its spellings, the one people know it by last.
    pub spellings: Items<Text>,
    /// What it does, or its value.
    pub effect: Effect,
    /// Whether it takes a value.
    pub arity: Arity,
    /// Options that it says as well, by index.
    pub says: Items<u16>,
}

/// Whether an option takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// It takes none.
    Bare,
    /// It needs one, in its own word or the next.
    Required,
    /// It may have one, in its own word only.
    Attached,
    /// It may have one behind a `=` in its own word: a letter with other letters behind it has none.
    Equals,
    /// It may have digits behind it, in its own word only.
    Digits,
    /// It takes the next two words.
    Two,
}

/// What an option, its value or an operand does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tells something and does nothing else: `--help`.
    Informs,
    /// Nothing that is asked about.
    Harmless,
    /// Text that is never the name of a file, whatever it looks like.
    Text,
    /// The name of something that may be spelt by a number or an identifier too: a user, a container.
    Name,
    /// The name or number of a signal.
    Signal,
    /// A file is read.
    Reads,
    /// A file is written, as everybody knows the program does.
    Target,
    /// A file is read, and changed or taken away: what `mv` moves, what `sed -i` edits.
    Moves,
    /// A file is written though the program's name does not say so.
    Writes,
    /// An address is reached.
    Connects,
    /// Where it works from there on.
    Directory,
    /// The same, with the configuration that is there: below where it works, what is there is its own anyway.
    Subdirectory,
    /// Configuration, harmless for some keys.
    Setting,
    /// It works elsewhere, or what it or later commands do is changed.
    Changes,
    /// A program or a command line that is run.
    Runs,
    /// Text in a language that can run programs.
    Code,
    /// Text for a shell.
    Shell,
    /// A program of `sed`.
    Sed,
    /// A program of `awk`.
    Awk,
    /// Text in SQL for a client that has commands of its own.
    Sql,
    /// A command, word by word.
    Command,
    /// The mark that stands for input in the command.
    Mark,
    /// `NAME=value` for the environment of the command behind it.
    Assignment,
    /// Text for a shell, put together from the words.
    Line,
    /// A command for another machine, container or package.
    Elsewhere,
    /// A command of a package, which runs here: `npx prettier --check .`.
    Package,
    /// A task of the project, or a program that is found for it, which runs here: `bun run dev`.
    Task,
    /// A file whose code is run; the words behind it are its own.
    Script,
    /// Data for what is run in any case.
    Handed,
    /// A value of plain characters that is harmless.
    Plain,
}

/// An operand's place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// What it does.
    pub effect: Effect,
    /// How many words may stand here.
    pub many: Many,
}

/// How many words stand at an operand's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Many {
    /// One.
    One,
    /// One or none.
    Optional,
    /// Any number.
    Any,
}

/// What standard input does to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdin {
    /// It is not read.
    Ignored,
    /// It is read as data.
    Data,
    /// It is program text, or commands.
    Code,
    /// It becomes words of the command inside.
    Words,
    /// It is commands, if any is given; a person types it else.
    Typed,
    /// The row does not say.
    Untold,
}

/// What happens where a command is expected and none is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// A shell reads its input.
    #[default]
    Shell,
    /// Nothing runs.
    Nothing,
}

/// What a program reads and writes though no word says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Implicit {
    /// A path that is read.
    pub reads: Option<Text>,
    /// A path that is written.
    pub target: Option<Text>,
    /// Where the command inside it works, if that is not where it works itself.
    pub works: Option<Text>,
}

/// What changes where a condition holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// When it applies.
    pub when: When,
    /// The operands, if they change.
    pub operands: Option<Items<Operand>>,
    /// The standard input, if it changes.
    pub stdin: Option<Stdin>,
    /// What is read and written without a word, if that changes.
    pub implicit: Option<Implicit>,
    /// What happens without a command, if that changes.
    pub absent: Option<Absent>,
}

/// When a patch applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// One of these options is there, by index; with a value that fits a glob, if there is one.
    Options(Items<u16>, Option<Text>),
    /// At least so many operands are there.
    Operands(u16),
    /// No operand is there.
    NoOperand,
}

impl Effect {
    /// The words of options and operands, with what they mean.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("informs", Self::Informs),
        ("harmless", Self::Harmless),
        ("data", Self::Harmless),
        ("text", Self::Text),
        ("name", Self::Name),
        ("signal", Self::Signal),
        ("reads", Self::Reads),
        ("target", Self::Target),
        ("moves", Self::Moves),
        ("writes", Self::Writes),
        ("connects", Self::Connects),
        ("directory", Self::Directory),
        ("subdirectory", Self::Subdirectory),
        ("setting", Self::Setting),
        ("changes", Self::Changes),
        ("runs", Self::Runs),
        ("code", Self::Code),
        ("shell", Self::Shell),
        ("sed", Self::Sed),
        ("awk", Self::Awk),
        ("sql", Self::Sql),
        ("command", Self::Command),
        ("mark", Self::Mark),
        ("assignment", Self::Assignment),
        ("line", Self::Line),
        ("elsewhere", Self::Elsewhere),
        ("package", Self::Package),
        ("task", Self::Task),
        ("script", Self::Script),
        ("handed", Self::Handed),
        ("plain", Self::Plain),
    ];

    /// The words alone.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        Self::WORDS.iter().map(|(word, _)| *word).collect()
    }

    /// The effect of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, effect)| *effect)
    }

    /// Whether it is a path of the file system.
    #[must_use]
    pub const fn is_path(self) -> bool {
        matches!(self, Self::Reads | Self::Target | Self::Moves | Self::Writes | Self::Directory | Self::Subdirectory)
    }

    /// Whether it is a command, or text for a shell, that is judged itself.
    #[must_use]
    pub const fn nests(self) -> bool {
        matches!(self, Self::Command | Self::Shell | Self::Line)
    }

    /// Whether all words from there on are its own.
    #[must_use]
    pub const fn takes_the_rest(self) -> bool {
        matches!(self, Self::Command | Self::Line | Self::Script | Self::Handed) || self.hands_on()
    }

    /// Whether it is a command that another program finds or carries elsewhere, and gives the input.
    #[must_use]
    pub const fn hands_on(self) -> bool {
        matches!(self, Self::Elsewhere | Self::Package | Self::Task)
    }
}

/// Whether a glob of keys, perhaps with one of values behind a `=`, fits a key with this value.
#[must_use]
pub fn fits_setting(glob: &str, key: &str, value: Option<&str>) -> bool {
    match glob.split_once('=') {
        Some((glob, wanted)) => {
            fits(glob, key) && value.is_some_and(|value| fits(wanted, value) && one_line(wanted, value))
        }
        None => fits(glob, key),
    }
}

/// Whether what a glob leaves open is one line: the next may be a setting of its own.
#[must_use]
pub fn one_line(glob: &str, text: &str) -> bool {
    !glob.contains('*') || !text.contains(['\n', '\r', '\0'])
}

/// Whether a glob of a row fits a text of which only the beginning is known: certainly, whatever follows, or perhaps.
#[must_use]
pub fn fits_begun(glob: &str, begun: &str) -> Option<bool> {
    if glob.ends_with('*') && fits(glob, begun) {
        return Some(true);
    }
    let (first, rest) = glob.split_once('*').map_or((glob, None), |(first, rest)| (first, Some(rest)));
    match rest {
        Some(_) if begun.starts_with(first) || first.starts_with(begun) => None,
        None if first.starts_with(begun) => None,
        _ => Some(false),
    }
}

/// Which words there must be for a row to stand for another command, where that is no option's matter: an operand, none, or no
/// subcommand, `yarn` being `yarn install` and `vercel --prod` being `vercel deploy --prod`.
pub const WORDS_THERE: [&str; 3] = ["operand", "no operand", "no subcommand"];

/// What `also` says of several subcommands that are another way to those of their own names at the top.
pub const SAME_NAME: &str = "*";

/// The signals that have one number everywhere.
const SIGNALS: &[(&str, &str)] =
    &[("HUP", "1"), ("INT", "2"), ("QUIT", "3"), ("ABRT", "6"), ("KILL", "9"), ("ALRM", "14"), ("TERM", "15")];

/// A signal's number, however it is spelt: ` 9`, `+9`, `kill`, `SIGKILL`; its name in capitals where the number differs between systems.
#[must_use]
pub fn signal(text: &str) -> String {
    let upper = text.trim().trim_start_matches('+').to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let number = name.trim_start_matches('0');
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        // The status that a shell gives for one.
        let above = number
            .parse::<u32>()
            .ok()
            .and_then(|number| number.checked_sub(128))
            .filter(|signal| (1..64).contains(signal));
        return above.map_or_else(|| number.to_owned(), |signal| signal.to_string());
    }
    SIGNALS.iter().find(|(known, _)| *known == name).map_or(name, |(_, number)| *number).to_owned()
}

/// Whether a glob of a row (`*` alone has a meaning) fits a text.
#[must_use]
pub fn fits(glob: &str, text: &str) -> bool {
    let Some((first, rest)) = glob.split_once('*') else { return glob == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        let Some((_, behind)) = text.split_once(part) else { return false };
        text = behind;
    }
    true
}
