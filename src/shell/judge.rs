//! The questions that a policy asks of a script: does it run only commands of a list, exactly them, or any of them; and
//! what it reads and writes.

use std::ops::Range;
use std::sync::Arc;

use super::configured::may_be_configured;
use super::list::{Entry, Fit, Granted, List, Naming, fit};
use super::located::Ground;
use super::programs::{self, Effect, Is, Names, Row, Starts, effect_of, trusted_name};
use super::script::{Assignment, Command, Input, Script, Word};
use super::written::{self, Written, runs_what_it_writes};
use super::{MAX_COMMANDS, builtins};

/// A question's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It cannot be told; the words say why.
    Unknown(&'static str),
}

/// One command of a script, and what a list says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The command, its words quoted where they need it; what is dynamic stands as `…`.
    pub command: String,
    /// Where it stands in the text, in bytes.
    pub span: Range<usize>,
    /// Whether the list has it.
    pub listed: Verdict,
    /// The entry that it begins with; none where no entry is needed, or none has it.
    pub by: Option<Arc<str>>,
    /// The parts of the invocation beside its words, and those words that are in doubt.
    pub parts: Vec<PartFinding>,
}

/// A part of an invocation, and why it is in doubt, if it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFinding {
    /// What: `environment GIT_PAGER=sh`, `working directory /tmp`, `input`, `--output`.
    pub part: String,
    /// Why it is in doubt.
    pub doubt: Option<&'static str>,
}

/// A part of a command that says more than the program's name does.
struct Beyond {
    part: String,
    why: &'static str,
}

/// What is asked of a whole script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Files {
    /// Files that are written beside what programs are for are a doubt.
    Doubted,
    /// Another test says where files may be written.
    Bounded,
}

impl List {
    /// Whether every command of the script is one of the list, and nothing else happens.
    #[must_use]
    pub fn runs_only(&self, script: &Script) -> Verdict {
        self.all(script, Files::Doubted, |index| self.allows(script, index, Files::Doubted).0)
    }

    /// The same where another test bounds what is written.
    #[must_use]
    pub fn runs_only_bounded(&self, script: &Script) -> Verdict {
        self.all(script, Files::Bounded, |index| self.allows(script, index, Files::Bounded).0)
    }

    /// Whether every command of the script has exactly the words of an entry.
    #[must_use]
    pub fn runs_exactly(&self, script: &Script) -> Verdict {
        self.all(script, Files::Doubted, |index| self.is_exactly(script, index))
    }

    fn all(&self, script: &Script, files: Files, one: impl Fn(usize) -> Verdict) -> Verdict {
        let mut verdict = Verdict::Yes;
        for index in 0..script.commands.len() {
            match one(index) {
                Verdict::No if !script.unread => return Verdict::No,
                unknown @ Verdict::Unknown(_) if verdict == Verdict::Yes => verdict = unknown,
                _ => {}
            }
        }
        match (verdict, script.why()) {
            (Verdict::Yes, Some(why)) => Verdict::Unknown(why),
            (Verdict::Yes, None) if files == Files::Doubted && !script.writes.is_empty() => {
                Verdict::Unknown("a redirection that writes a file")
            }
            (Verdict::Yes, None) if script.commands.is_empty() => Verdict::Unknown("a text without a command"),
            (verdict, _) => verdict,
        }
    }

    /// Whether some command of the script is one of the list, its program in any directory.
    #[must_use]
    pub fn runs_any(&self, script: &Script) -> Verdict {
        let mut unknown = script.why();
        for index in 0..script.commands.len() {
            match self.names(script, index).0 {
                Verdict::Yes if script.unread => unknown = unknown.or(Some("a text that is read in part")),
                Verdict::Yes => return Verdict::Yes,
                Verdict::No => {}
                Verdict::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }
        unknown.or_else(|| self.written(script)).map_or(Verdict::No, Verdict::Unknown)
    }

    /// Why a file that a script writes and runs may have a command of the list in it.
    fn written(&self, script: &Script) -> Option<&'static str> {
        let written = runs_what_it_writes(script);
        if written == Written::Nothing {
            return None;
        }
        let text = written::text(script);
        let may = written == Written::Printed && hides(&text) || self.mentioned_in(script, &[&text]).is_some();
        may.then_some("a file that is written and run, in which a command of the list may be")
    }

    /// Whether a command is one of the list, its program in any directory, and the entry that it is.
    fn names(&self, script: &Script, index: usize) -> (Verdict, Option<&Entry>) {
        let Some(command) = script.commands.get(index) else { return (Verdict::No, None) };
        let row = script.programs.row_of(&command.words);
        let mut possible = None;
        for entry in &self.entries {
            match outermost(entry, script, index, row) {
                Fit::Full(_) => return (Verdict::Yes, Some(entry)),
                Fit::Possible => possible = Some("a command that may be one of the list"),
                Fit::No => {}
            }
        }
        if possible.is_none() && may_be_configured(&self.entries, script, index, row) {
            possible = Some("settings or variables that may make it a command of the list");
        }
        if possible.is_none() && self.is_said_otherwise(script, command, row) {
            possible = Some("another way to say a command of the list");
        }
        let unknown = possible.or_else(|| self.may_start(script, command));
        (unknown.map_or(Verdict::No, Verdict::Unknown), None)
    }

    /// Whether a command says what one of the list does by another program: `docker-compose up` for `docker compose up`.
    fn is_said_otherwise(&self, script: &Script, command: &Command, row: Option<Row<'_>>) -> bool {
        let (programs, words) = (&script.programs, &command.words);
        let naming = Naming::Anywhere(Ground::of(script, command));
        let fits = |own: &[Word], words: &[Word]| {
            !matches!(fit(own, words, programs, programs.row_of(words), naming), Fit::No)
        };
        let said_by = |words: &[Word], row: Option<Row<'_>>| {
            let said = programs::said_otherwise(programs, row, words).into_iter().map(|said| (said, false));
            let script = row.and_then(|row| programs::of_script(row, words)).map(|script| (script, true));
            said.chain(script).collect::<Vec<_>>()
        };
        // A bare name is a program of the path, never the script of that name: `rm` is not what `python rm` runs.
        let may_be = |script: bool, words: &[Word]| {
            !script || words.first().and_then(Word::as_literal).is_none_or(|name| name.contains('/'))
        };
        let said = said_by(words, row);
        self.entries.iter().any(|entry| {
            // Which of the two is the other's way to say it makes no difference.
            let own = said_by(&entry.words, programs.row_of(&entry.words));
            said.iter().any(|(said, script)| may_be(*script, &entry.words) && fits(&entry.words, said))
                || own.iter().any(|(own, script)| {
                    may_be(*script, words) && fits(own, words) || said.iter().any(|(said, _)| fits(own, said))
                })
        })
    }

    /// Why a command may run one of the list without naming it as a command.
    fn may_start(&self, script: &Script, command: &Command) -> Option<&'static str> {
        let environment = || {
            let given = command.environment.iter().filter(|given| !is_harmless(script, command, given));
            given.into_iter().find_map(|given| self.mentioned(script, std::slice::from_ref(&given.value)))
        };
        self.may_start_by_words(script, command).or_else(environment)
    }

    fn may_start_by_words(&self, script: &Script, command: &Command) -> Option<&'static str> {
        if builtins::is_control(&command.words) {
            return None;
        }
        let Some(row) = script.programs.row_of(&command.words) else {
            // What is no name may be a text after all: `yarn exec 'rm x'`, `hatch run env:rm`.
            let name = command.words.first().and_then(Word::as_literal).map(programs::base_name);
            let named = name.is_none_or(|name| name.chars().all(is_of_name));
            let words = command.words.get(usize::from(named)..).unwrap_or_default();
            return self.mentioned(script, words).or_else(|| self.mentioned_by_input(script, &command.input));
        };
        let reading = programs::read(row, &command.words);
        for (_, meaning) in programs::meanings(&reading, &command.words) {
            match meaning.starts {
                Starts::Nothing => {}
                Starts::Anything(why) => return Some(why),
                Starts::Mentioned(at) => {
                    let doubt = self.mentioned(script, command.words.get(at..).unwrap_or_default());
                    if doubt.is_some() {
                        return doubt;
                    }
                }
            }
        }
        if programs::only_informs(&reading) {
            return None;
        }
        let around = match reading.stdin {
            None | Some(programs::Stdin::Untold) => {
                let told = self.mentioned_by_input(script, &command.input);
                return told.or(anything(programs::absence(&reading)));
            }
            _ => programs::around(&reading, command),
        };
        anything(around)
    }

    /// Why words may have a program run one of the list: they mention it, or do not tell.
    fn mentioned(&self, script: &Script, words: &[Word]) -> Option<&'static str> {
        let mut texts = Vec::new();
        for word in words {
            match word {
                Word::Dynamic { .. } => return Some("a dynamic word for a program that may run it"),
                Word::Literal(text) if hides(text) => return Some("a word that may hide a command"),
                Word::Literal(text) if self.glued(text) => {
                    return Some("an option that may hold a command of the list");
                }
                Word::Literal(text) => texts.push(&**text),
            }
        }
        self.mentioned_in(script, &texts)
    }

    /// Whether letters behind one dash end in a listed program's name: `-xrm`, `-Srm x`.
    fn glued(&self, text: &str) -> bool {
        let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else { return false };
        let first = letters.split(|char: char| !is_of_name(char)).next().unwrap_or_default();
        let mut names = self.entries.iter().filter_map(|entry| entry.words.first()?.as_literal());
        names.any(|name| first.ends_with(programs::base_name(name)))
    }

    fn mentioned_in(&self, script: &Script, texts: &[&str]) -> Option<&'static str> {
        let mentions = self.entries.iter().any(|entry| {
            let mut words = entry.words.iter().filter_map(Word::as_literal);
            let names = Names::of(&script.programs, words.next().unwrap_or_default());
            let words = words.filter(|word| !word.starts_with('-')).map(programs::base_name);
            let program = texts.iter().any(|text| mentions(text, &|word| names.has(word)));
            let mut words = words.filter(|word| !word.is_empty());
            program && words.all(|own| texts.iter().any(|text| mentions(text, &|word| word.eq_ignore_ascii_case(own))))
        });
        mentions.then_some("words that mention a command of the list, for a program that may run it")
    }

    /// Why a program's input may have it run one of the list.
    fn mentioned_by_input(&self, script: &Script, input: &Input) -> Option<&'static str> {
        match input {
            Input::Inherited | Input::Empty => None,
            Input::Text(text) if hides(text) => Some("input that may hide a command"),
            Input::Text(text) => self.mentioned_in(script, &[text]),
            Input::Pipe(range) => {
                let commands = script.commands.get(range.clone()).unwrap_or_default();
                let prints = |command: &Command| {
                    matches!(command.words.first().and_then(Word::as_literal), Some("echo" | "printf"))
                };
                if commands.is_empty() || !commands.iter().all(prints) {
                    return Some("input that is not told, for a program that may run it");
                }
                commands.iter().find_map(|command| self.mentioned(script, &command.words))
            }
            Input::File(_) | Input::Unknown => Some("input that is not told, for a program that may run it"),
        }
    }

    /// Whether the list allows one command of a script, and the entry that does.
    fn allows(&self, script: &Script, index: usize, files: Files) -> (Verdict, Option<&Entry>) {
        let Some(command) = script.commands.get(index) else { return (Verdict::Yes, None) };
        let row = script.programs.row_of(&command.words);
        let mut verdict = Verdict::No;
        for entry in &self.entries {
            match by_entry(entry, script, (index, row), files) {
                Verdict::Yes => return (Verdict::Yes, Some(entry)),
                Verdict::Unknown(why) if verdict == Verdict::No => verdict = Verdict::Unknown(why),
                _ => {}
            }
        }
        if needs_no_entry(script, index) {
            let beyond = beyond(script, command, &Granted::default(), files).into_iter().next();
            return (beyond.map_or(Verdict::Yes, |beyond| Verdict::Unknown(beyond.why)), None);
        }
        if verdict == Verdict::No
            && let Some(why) = untold_wrapper(script, command)
        {
            return (Verdict::Unknown(why), None);
        }
        (verdict, None)
    }

    fn is_exactly(&self, script: &Script, index: usize) -> Verdict {
        let Some(command) = script.commands.get(index) else { return Verdict::Yes };
        if command.inside.is_some() || self.entries.iter().any(|entry| entry.is_exactly(&command.words)) {
            let beyond = beyond(script, command, &Granted::everything(), Files::Doubted).into_iter().next();
            return beyond.map_or(Verdict::Yes, |beyond| Verdict::Unknown(beyond.why));
        }
        let dynamic = command.words.iter().any(|word| word.as_literal().is_none());
        if dynamic { Verdict::Unknown("a command with dynamic words") } else { Verdict::No }
    }
}

/// What one entry says of a command: for its own words, as a wrapper around others, or as those inside one.
fn by_entry(entry: &Entry, script: &Script, (index, row): (usize, Option<Row<'_>>), files: Files) -> Verdict {
    let Some(command) = script.commands.get(index) else { return Verdict::No };
    let chain = entry.chain(&script.programs);
    let mut possible = false;
    for (level, own) in chain.iter().enumerate() {
        let granted = match fit(own, &command.words, &script.programs, row, Naming::Here) {
            Fit::Full(granted) => granted,
            Fit::Possible => {
                possible = true;
                continue;
            }
            Fit::No => continue,
        };
        let outer = outer_fits(chain.get(..level).unwrap_or_default(), script, index);
        let inner = inner_fits(chain.get(level + 1..).unwrap_or_default(), script, index, Naming::Here);
        match (outer, inner) {
            (Some(true), Some(true)) => {
                let beyond = beyond(script, command, &granted, files).into_iter().next();
                return beyond.map_or(Verdict::Yes, |beyond| Verdict::Unknown(beyond.why));
            }
            (Some(false), _) | (_, Some(false)) => {}
            _ => possible = true,
        }
    }
    if possible { Verdict::Unknown("a command that may be one of the list") } else { Verdict::No }
}

/// How far an entry stands for a command, whose program has this row, and those inside it.
fn outermost<'r>(entry: &Entry, script: &'r Script, index: usize, row: Option<Row<'r>>) -> Fit<'r> {
    let Some(command) = script.commands.get(index) else { return Fit::No };
    let chain = entry.chain(&script.programs);
    let Some((first, rest)) = chain.split_first() else { return Fit::No };
    let naming = Naming::Anywhere(Ground::of(script, command));
    match fit(first, &command.words, &script.programs, row, naming) {
        Fit::Full(_) if !rest.is_empty() => match inner_fits(rest, script, index, naming) {
            Some(true) => Fit::Full(Granted::default()),
            Some(false) => Fit::No,
            None => Fit::Possible,
        },
        found => found,
    }
}

/// Whether the commands inside a command fit the rest of an entry's chain; nothing where they may.
fn inner_fits(chain: &[&[Word]], script: &Script, index: usize, naming: Naming<'_>) -> Option<bool> {
    let Some((own, rest)) = chain.split_first() else { return Some(true) };
    let inner = script.commands.iter().enumerate();
    let inner =
        inner.filter(|(_, command)| command.inside.is_some_and(|inside| inside.argv && inside.wrapper == index));
    let mut answer = Some(false);
    for (at, command) in inner {
        let row = script.programs.row_of(&command.words);
        let naming = match naming {
            Naming::Here => Naming::Here,
            Naming::Anywhere(_) => Naming::Anywhere(Ground::of(script, command)),
        };
        match fit(own, &command.words, &script.programs, row, naming) {
            Fit::Full(_) => match inner_fits(rest, script, at, naming) {
                Some(true) => return Some(true),
                None => answer = None,
                Some(false) => {}
            },
            Fit::Possible => answer = None,
            Fit::No => {}
        }
    }
    answer
}

/// Whether the wrappers around a command fit the beginning of an entry's chain.
fn outer_fits(chain: &[&[Word]], script: &Script, index: usize) -> Option<bool> {
    let Some((own, rest)) = chain.split_last() else { return Some(true) };
    let inside = script.commands.get(index).and_then(|command| command.inside).filter(|inside| inside.argv);
    let Some(inside) = inside else { return Some(false) };
    let wrapper = script.commands.get(inside.wrapper)?;
    let row = script.programs.row_of(&wrapper.words);
    match fit(own, &wrapper.words, &script.programs, row, Naming::Here) {
        Fit::Full(_) => outer_fits(rest, script, inside.wrapper),
        Fit::Possible => None,
        Fit::No => Some(false),
    }
}

/// Whether a list need not name a command: the shell's own that steer the text, and wrappers that grant nothing.
fn needs_no_entry(script: &Script, index: usize) -> bool {
    let Some(command) = script.commands.get(index) else { return true };
    if builtins::is_control(&command.words) {
        return true;
    }
    let named = command.words.first().and_then(Word::as_literal).is_some_and(|name| trusted_name(name).is_some());
    let transparent = script.programs.row_of(&command.words).is_some_and(|row| row.has(programs::flag::TRANSPARENT));
    let around = script.commands.iter().any(|inner| inner.inside.is_some_and(|inside| inside.wrapper == index));
    named && transparent && (around || informs(script, command) || looks_up(script, command))
}

/// Whether a wrapper is told to run nothing: `command -v name`.
fn looks_up(script: &Script, command: &Command) -> bool {
    let Some(row) = script.programs.row_of(&command.words) else { return false };
    let wraps =
        row.operands().is_some_and(|operands| operands.iter().any(|operand| effect_of(operand) == Effect::Command));
    wraps && !programs::read(row, &command.words).expects_command
}

/// Whether a command only tells something: `command -v ls`.
fn informs(script: &Script, command: &Command) -> bool {
    let row = script.programs.row_of(&command.words);
    row.is_some_and(|row| programs::only_informs(&programs::read(row, &command.words)))
}

/// Why a wrapper that a list need not name may run what is not known.
fn untold_wrapper(script: &Script, command: &Command) -> Option<&'static str> {
    let row = script.programs.row_of(&command.words).filter(|row| row.has(programs::flag::TRANSPARENT))?;
    let reading = programs::read(row, &command.words);
    let beyond = programs::meanings(&reading, &command.words).find_map(|(_, meaning)| meaning.beyond);
    beyond.or(programs::around(&reading, command).beyond)
}

/// How the input is named among the parts of a command.
const ITS_INPUT: &str = "input";

/// Everything about a command that says more than its program's name and the entry do.
fn beyond(script: &Script, command: &Command, granted: &Granted<'_>, files: Files) -> Vec<Beyond> {
    let mut found = Vec::new();
    // What `read` is given says where it splits its line, and nothing else.
    let splitting =
        |given: &Assignment| &*given.name == "IFS" && command.words.first().and_then(Word::as_literal) == Some("read");
    let given = command.environment.iter().filter(|given| !is_harmless(script, command, given));
    for given in given.filter(|given| !splitting(given)) {
        found.push(Beyond { part: format!("{}={}", given.name, given.value), why: programs::ENVIRONMENT });
    }
    let name = command.words.first().and_then(Word::as_literal).unwrap_or_default();
    let elsewhere = command.moved.is_moved() || script.directory.is_some();
    if elsewhere && name.contains('/') && !name.starts_with('/') {
        found.push(Beyond { part: name.to_owned(), why: "a program by a relative path, in another directory" });
    }
    if builtins::is_control(&command.words) {
        return found;
    }
    let Some(row) = script.programs.row_of(&command.words) else { return found };
    let reading = programs::read(row, &command.words);
    let mut operands = 0;
    for (part, meaning) in programs::meanings(&reading, &command.words) {
        let bounded = files == Files::Bounded && meaning.starts == Starts::Nothing;
        if let Some(why) = meaning.beyond.filter(|_| !bounded && !granted.has(part, operands)) {
            found.push(Beyond { part: command.words.get(part.at).map(Word::to_string).unwrap_or_default(), why });
        }
        operands += usize::from(matches!(part.is, Is::Operand(_)));
    }
    if let Some(why) = programs::around(&reading, command).beyond {
        found.push(Beyond { part: ITS_INPUT.to_owned(), why });
    }
    found
}

/// Why a part of a command may start anything, if it may.
fn anything(meaning: programs::Meaning) -> Option<&'static str> {
    match meaning.starts {
        Starts::Anything(why) => Some(why),
        _ => None,
    }
}

/// Whether a variable changes nothing about what a program runs.
pub(super) fn is_harmless(script: &Script, command: &Command, given: &Assignment) -> bool {
    // Programs that expand their variables, and hosts that write them into a text, take these for more.
    if given.value.as_literal().is_some_and(|value| value.contains(['\n', '\r', '\0', '`']) || value.contains("$(")) {
        return false;
    }
    let row = script.programs.row_of(&command.words);
    let known = row.is_some_and(|row| row.is_harmless_variable(&given.name, given.value.as_literal()));
    let simple = row.is_some_and(|row| row.has(programs::flag::DYNAMIC) && !row.has(programs::flag::NESTS));
    builtins::is_harmless_environment(&given.name) || known || simple && builtins::is_own_by_custom(&given.name)
}

/// Whether text holds what an inner shell or program would expand to other text.
fn hides(text: &str) -> bool {
    let mut escaped = false;
    text.bytes().any(|byte| {
        let code = escaped && (byte.is_ascii_digit() || matches!(byte, b'x' | b'u' | b'U'));
        escaped = byte == b'\\' && !escaped;
        code || matches!(byte, b'$' | b'`')
    })
}

/// Whether text holds a name: as a word of its own, quotes taken away.
fn mentions(text: &str, is: &dyn Fn(&str) -> bool) -> bool {
    let has = |text: &str| text.split(|char: char| !is_of_name(char)).any(is);
    if has(text) || is(text) {
        return true;
    }
    text.contains(['\'', '"', '\\']) && has(&text.replace(['\'', '"', '\\'], ""))
}

/// Whether a character may be part of a program's name.
fn is_of_name(char: char) -> bool {
    char.is_alphanumeric() || "_-.+".contains(char)
}

impl List {
    /// Every command of a script, and whether the list allows it.
    #[must_use]
    pub fn describe(&self, script: &Script) -> Vec<Finding> {
        let commands = script.commands.iter().enumerate().take(MAX_COMMANDS);
        commands
            .map(|(index, command)| {
                let found = self.allows(script, index, Files::Doubted);
                let doubted = matches!(found.0, Verdict::Unknown(_));
                let beyond =
                    if doubted { beyond(script, command, &Granted::default(), Files::Doubted) } else { Vec::new() };
                Finding::of(command, found, parts(script, command, beyond))
            })
            .collect()
    }

    /// Every command of a script, and whether it is one of the list.
    #[must_use]
    pub fn describe_any(&self, script: &Script) -> Vec<Finding> {
        let commands = script.commands.iter().enumerate().take(MAX_COMMANDS);
        let finding =
            |(index, command)| Finding::of(command, self.names(script, index), parts(script, command, Vec::new()));
        commands.map(finding).collect()
    }
}

/// The parts of an invocation beside its words, and the words that are in doubt.
fn parts(script: &Script, command: &Command, beyond: Vec<Beyond>) -> Vec<PartFinding> {
    let mut parts: Vec<PartFinding> = Vec::new();
    let doubt_of = |part: &str| beyond.iter().find(|beyond| beyond.part == part).map(|beyond| beyond.why);
    for given in &command.environment {
        let part = format!("{}={}", given.name, given.value);
        let doubt = doubt_of(&part);
        parts.push(PartFinding { part: format!("environment {part}"), doubt });
    }
    if let Some(directory) = &script.directory {
        parts.push(PartFinding { part: format!("working directory {directory}"), doubt: None });
    }
    let input = match &command.input {
        Input::Inherited => None,
        Input::Empty => Some("input: nothing".to_owned()),
        Input::Text(text) => Some(format!("input: {} bytes of text", text.len())),
        Input::File(word) => Some(format!("input: the file {word}")),
        Input::Pipe(_) => Some("input: what the commands before it write".to_owned()),
        Input::Unknown => Some("input: not told".to_owned()),
    };
    if let Some(part) = input {
        parts.push(PartFinding { part, doubt: doubt_of(ITS_INPUT) });
    } else if let Some(doubt) = doubt_of(ITS_INPUT) {
        parts.push(PartFinding { part: "input: what the host gives it".to_owned(), doubt: Some(doubt) });
    }
    for Beyond { part, why } in beyond {
        let told = part == ITS_INPUT || parts.iter().any(|known| known.part == format!("environment {part}"));
        if !told {
            parts.push(PartFinding { part, doubt: Some(why) });
        }
    }
    parts
}

impl Finding {
    fn of(command: &Command, (listed, by): (Verdict, Option<&Entry>), parts: Vec<PartFinding>) -> Self {
        let by = by.map(|entry| Arc::clone(&entry.text));
        Self { command: command.to_string(), span: command.span.clone(), listed, by, parts }
    }
}

/// The commands that a text would run, and which of them these leading words allow: what the command line shows.
///
/// # Errors
/// Which entry of the list cannot be used, and why.
pub fn describe(text: &str, allowed: &[&str]) -> Result<Vec<Finding>, String> {
    Ok(List::read(allowed.iter().copied())?.describe(&Script::of_text(text)))
}
