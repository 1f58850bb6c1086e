//! Whether a script runs only commands of a list, or any program of one.

use std::ops::Range;
use std::sync::Arc;

use super::programs::{self, Question};
use super::script::{Command, Script, Word};
use super::wrappers::{base_name, is_transparent, trusted_name};
use super::{MAX_COMMANDS, builtins, wrappers};

/// Most entries of a list.
const MAX_ENTRIES: usize = 1024;

/// Commands as a policy lists them: each the leading words of the commands it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    text: Arc<str>,
    words: Vec<Arc<str>>,
}

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
}

/// How far an entry stands for a command.
#[derive(Clone, Copy, PartialEq)]
enum Match {
    /// The command begins with the entry's words; so many words of the command are the entry's.
    Full(usize),
    /// It may, for all that the words tell.
    Possible,
    No,
}

impl List {
    /// Reads a list of commands.
    ///
    /// # Errors
    /// Which entry cannot be used, and why.
    pub fn read<'e>(entries: impl IntoIterator<Item = &'e str>) -> Result<Self, String> {
        let entries = entries.into_iter().map(Entry::read).collect::<Result<Vec<_>, _>>()?;
        match entries.len() {
            0 => Err("the list is empty; list at least one command".to_owned()),
            count if count > MAX_ENTRIES => {
                Err(format!("the list has {count} commands; at most {MAX_ENTRIES} are allowed"))
            }
            _ => Ok(Self { entries }),
        }
    }

    /// Whether every command of the script is one of the list, and nothing else happens.
    #[must_use]
    pub fn runs_only(&self, script: &Script) -> Verdict {
        let mut verdict = Verdict::Yes;
        for index in 0..script.commands.len() {
            match self.allows(script, index).0 {
                Verdict::No if !script.unread => return Verdict::No,
                unknown @ Verdict::Unknown(_) if verdict == Verdict::Yes => verdict = unknown,
                _ => {}
            }
        }
        match (verdict, script.why()) {
            (Verdict::Yes, Some(why)) => Verdict::Unknown(why),
            (Verdict::Yes, None) if !script.writes.is_empty() => Verdict::Unknown("a redirection that writes a file"),
            (Verdict::Yes, None) if script.commands.is_empty() => Verdict::Unknown("a text without a command"),
            (verdict, _) => verdict,
        }
    }

    /// Whether some command of the script is one of the list, its program in any directory.
    #[must_use]
    pub fn runs_any(&self, script: &Script) -> Verdict {
        let mut unknown = script.why();
        for command in &script.commands {
            match self.names(command).0 {
                Verdict::Yes if script.unread => unknown = unknown.or(Some("a text that is read in part")),
                Verdict::Yes => return Verdict::Yes,
                Verdict::No => {}
                Verdict::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }
        unknown.map_or(Verdict::No, Verdict::Unknown)
    }

    /// Whether a command is one of the list, its program in any directory, and the entry that it is.
    fn names(&self, command: &Command) -> (Verdict, Option<&Entry>) {
        let mut possible = None;
        for entry in &self.entries {
            match entry.matches(&command.words, named_anywhere) {
                Match::Full(_) => return (Verdict::Yes, Some(entry)),
                Match::Possible => possible = Some("a command that may be one of the list"),
                Match::No => {}
            }
        }
        let unknown = possible.or_else(|| programs::doubt(&command.words, 1, Question::Any));
        (unknown.map_or(Verdict::No, Verdict::Unknown), None)
    }

    /// Whether the list allows one command of a script, and the entry that does.
    fn allows(&self, script: &Script, index: usize) -> (Verdict, Option<&Entry>) {
        let Some(command) = script.commands.get(index) else { return (Verdict::Yes, None) };
        let mut verdict = Verdict::No;
        for entry in &self.entries {
            match self.by_entry(entry, command, script) {
                Verdict::Yes => return (Verdict::Yes, Some(entry)),
                Verdict::Unknown(why) if verdict == Verdict::No => verdict = Verdict::Unknown(why),
                _ => {}
            }
        }
        if builtins::is_control(&command.words) || is_transparent(&command.words) {
            return (Verdict::Yes, None);
        }
        if verdict == Verdict::No
            && let Some(why) = builtins::doubt(&command.words).or(wrappers::inside(&command.words).doubt)
        {
            return (Verdict::Unknown(why), None);
        }
        (verdict, None)
    }

    /// What one entry says of a command: for the command's own words, or as words of the wrapper around it.
    fn by_entry(&self, entry: &Entry, command: &Command, script: &Script) -> Verdict {
        let own = entry.matches(&command.words, named_here);
        let outer = command.inside.filter(|inside| inside.argv).and_then(|inside| {
            let wrapper = script.commands.get(inside.wrapper)?;
            match entry.matches(&wrapper.words, named_here) {
                Match::Full(words) => words.checked_sub(inside.at).filter(|words| *words > 0),
                _ => None,
            }
        });
        match (own, outer) {
            (Match::Full(words), _) | (_, Some(words)) => {
                programs::doubt(&command.words, words, Question::Only).map_or(Verdict::Yes, Verdict::Unknown)
            }
            (Match::Possible, None) => Verdict::Unknown("a command that may be one of the list"),
            (Match::No, None) => Verdict::No,
        }
    }
}

impl Entry {
    fn read(text: &str) -> Result<Self, String> {
        let script = Script::of_text(text);
        let described = text.escape_debug();
        if let Some(why) = script.why().filter(|_| script.commands.is_empty()) {
            return Err(format!("`{described}` is not a command's leading words: {why}"));
        }
        let [command, ..] = script.commands.as_slice() else {
            return Err(format!("`{described}` is not a command's leading words"));
        };
        let words: Option<Vec<Arc<str>>> = command.words.iter().map(|word| word.as_literal().map(Arc::from)).collect();
        let words =
            words.ok_or_else(|| format!("`{described}` holds what a shell would expand; quote it or leave it out"))?;
        let more =
            script.commands.iter().filter(|other| other.inside.is_none()).count() > 1 || !script.writes.is_empty();
        if more {
            return Err(format!(
                "`{described}` is more than one command's leading words; list each command on its own"
            ));
        }
        Ok(Self { text: Arc::from(text), words })
    }

    fn matches(&self, words: &[Word], named: fn(&str, &str) -> Match) -> Match {
        let Some((own_name, own)) = self.words.split_first() else { return Match::No };
        let Some((name, _)) = words.split_first() else { return Match::No };
        let Word::Literal(name) = name else { return Match::Possible };
        let certain = match named(name, own_name) {
            Match::No => return Match::No,
            Match::Possible => false,
            Match::Full(_) => true,
        };
        let skipped =
            if own.first().is_some_and(|word| word.starts_with('-')) { 0 } else { programs::skippable(words) };
        let skipped = if own.is_empty() { 0 } else { skipped };
        let from = 1 + skipped;
        match following(own, words.get(from..).unwrap_or_default()) {
            Match::Full(_) if certain => Match::Full(from + own.len()),
            Match::Full(_) => Match::Possible,
            other => other,
        }
    }
}

/// Whether a command's words begin with an entry's.
fn following(own: &[Arc<str>], words: &[Word]) -> Match {
    for (index, wanted) in own.iter().enumerate() {
        match words.get(index) {
            Some(Word::Literal(word)) if word == wanted => {}
            Some(Word::Literal(word)) if word.starts_with('-') => return Match::Possible,
            Some(Word::Literal(_)) if wanted.starts_with('-') => {
                let later = words.iter().skip(index).any(Word::may_be_option);
                return if later { Match::Possible } else { Match::No };
            }
            Some(Word::Literal(_)) => return Match::No,
            Some(Word::Dynamic { prefix, splits }) => {
                let fits = *splits || wanted.starts_with(&**prefix) || prefix.is_empty();
                return if fits { Match::Possible } else { Match::No };
            }
            None => return Match::No,
        }
    }
    Match::Full(own.len())
}

/// A program by its name: the same text, or in a directory of the system.
fn named_here(name: &str, own: &str) -> Match {
    if name == own || trusted_name(name) == Some(own) {
        return Match::Full(1);
    }
    if may_name(name, own) { Match::Possible } else { Match::No }
}

/// A program by its base name, in any directory.
fn named_anywhere(name: &str, own: &str) -> Match {
    if base_name(name) == base_name(own) {
        return Match::Full(1);
    }
    if may_name(name, own) { Match::Possible } else { Match::No }
}

/// Whether a file system that folds case or Unicode may find the program by this name, or a copy of it elsewhere.
fn may_name(name: &str, own: &str) -> bool {
    let (name, own) = (base_name(name), base_name(own));
    let bare = |name: &str| name.to_ascii_lowercase().trim_end_matches(".exe").to_owned();
    !name.is_ascii() || name.eq_ignore_ascii_case(own) || bare(name) == bare(own)
}

impl List {
    /// Every command of a script, and whether the list allows it.
    #[must_use]
    pub fn describe(&self, script: &Script) -> Vec<Finding> {
        let commands = script.commands.iter().enumerate().take(MAX_COMMANDS);
        commands.map(|(index, command)| Finding::of(command, self.allows(script, index))).collect()
    }

    /// Every command of a script, and whether it is one of the list.
    #[must_use]
    pub fn describe_any(&self, script: &Script) -> Vec<Finding> {
        let commands = script.commands.iter().take(MAX_COMMANDS);
        commands.map(|command| Finding::of(command, self.names(command))).collect()
    }
}

impl Finding {
    fn of(command: &Command, (listed, by): (Verdict, Option<&Entry>)) -> Self {
        let by = by.map(|entry| Arc::clone(&entry.text));
        Self { command: command.to_string(), span: command.span.clone(), listed, by }
    }
}

/// The commands that a text would run, and which of them these leading words allow: what the command line shows.
///
/// # Errors
/// Which entry of the list cannot be used, and why.
pub fn describe(text: &str, allowed: &[&str]) -> Result<Vec<Finding>, String> {
    Ok(List::read(allowed.iter().copied())?.describe(&Script::of_text(text)))
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

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:,@%+=".contains(&byte))
}
