//! What a cause says to the one who can resolve it: what is wrong, and what to do.
//!
//! The parameters of a call are the caller's to send; `context` and the time are the host's, and no caller is told to send
//! them.

use super::function::{Cause, Part};
use crate::path;

/// A relative path that is meant below the working directory of a call, which is not known.
pub(crate) const NO_CWD: &str = "a relative path, and `context.cwd`, which it is meant below, is no absolute path";

/// A parameter beside a command that is not told apart from it.
pub(super) const BESIDE: &str = "a parameter beside the command that may name another program or environment";

/// What is wrong with a value, in words that end a sentence about it, and what to do. Rows for the causes that people meet
/// most; the rest follows from its own words.
const KNOWN: &[(&str, &str, &str)] = &[
    ("a relative path without a base", "is relative", "give an absolute path"),
    (NO_CWD, "is relative, and the host gives no absolute `context.cwd` for it", "give an absolute path"),
    (
        "a relative path, and `context.workspace`, which it is meant below, is no absolute path",
        "is relative, and the host gives no absolute `context.workspace` for it",
        "give an absolute path",
    ),
    ("an empty path", "is empty", "give an absolute path"),
    (
        "a path that begins with `~`, which a shell would expand",
        "begins with `~`, which a shell would expand",
        "give the path as a whole",
    ),
    (
        "a path with a `%XX` escape, which may be decoded later",
        "has a `%XX` escape, which may be decoded later",
        "give the path without escapes",
    ),
    (
        "a path that differs only in case, Unicode form or by a system's link, which may be the same file",
        "may be a file that the policy names, in another case, another Unicode form or by a system's link",
        "give the path as the file system keeps it",
    ),
    (
        BESIDE,
        "stands beside a parameter that may be an argument, a variable, a user or a program of it",
        "leave out what no catalog knows, or have the catalog say what it is",
    ),
    (
        "settings or variables that may make it a command of the list",
        "has settings or variables that may make it a command of the list",
        "give it without them, every word written out",
    ),
    (
        "words that may name a file elsewhere, of which the program's row does not say whether it is read or written",
        "has words that may name a file elsewhere, which its program may read or write",
        "name files below the working directory only",
    ),
    ("a command with dynamic words", "has words that only a shell puts together", "write every word out"),
    (
        "a host name, and only a resolver knows its address",
        "names a host, and only a resolver knows its address",
        "give the address",
    ),
];

/// What to do, by what the words of a cause begin with.
const BY_KIND: &[(&str, &str)] = &[
    ("a path", "give a plain, absolute path"),
    ("a URL", "give a plain URL"),
    ("a host", "give a plain host name"),
    ("an IP address with a port", "give the address alone, without the port"),
    ("an I", "give a plain address"),
    ("text that is no IP address", "give an IP address as a text, `192.0.2.1` or `2001:db8::1`"),
    ("SQL", "give plain SQL"),
    ("a `file:`", "give a plain, absolute path"),
];

/// What causes begin with that name the value itself; others name a part of it.
const VALUES: &[&str] =
    &["a path", "a relative path", "a URL", "a `file:`", "a host", "an I", "text that", "SQL ", "bytes "];

/// Who can resolve an unknown.
enum Whose {
    /// Who calls.
    Caller,
    /// The host: what it vouches for.
    Context,
    /// The host: what it says of the agent's account. The label's name.
    Label(String),
    /// The host's clock.
    Clock,
}

impl Whose {
    fn of(what: &str) -> Self {
        match what.strip_prefix("context") {
            Some(rest) => match rest.strip_prefix(".labels.") {
                Some(label) => Self::Label(label.to_owned()),
                None if rest.is_empty() || rest.starts_with(['.', '[']) => Self::Context,
                None => Self::Caller,
            },
            None if what == "now" => Self::Clock,
            None => Self::Caller,
        }
    }
}

impl Cause {
    /// What would resolve it, where `what` is the part of the call that is read: `params.path`.
    #[must_use]
    pub fn help(&self, what: &str) -> String {
        match Whose::of(what) {
            Whose::Caller => self.help_for_caller(what),
            Whose::Context => format!("the host has to vouch for {}; a caller cannot send it", self.wanted(what)),
            Whose::Label(label) => format!("the host has to give the agent's account the label `{label}`"),
            Whose::Clock => "the host has to give the time of the call".to_owned(),
        }
    }

    /// What could not be told, and what to do, as one sentence without a full stop.
    #[must_use]
    pub fn sentence(&self, what: &str) -> String {
        self.sentence_on(what, None)
    }

    /// The same, with the words that name what of the value is in doubt.
    pub(crate) fn sentence_on(&self, what: &str, doubtful: Option<&str>) -> String {
        let name = what.strip_prefix("params.").unwrap_or(what);
        let value = doubtful.map_or_else(|| format!("`{name}`"), |word| format!("{word} in `{name}`"));
        match self {
            Self::Missing => format!("`{name}` is not given; {}", self.help(what)),
            Self::WrongType { expected, found } => {
                format!("`{name}` is of type {found}, not {expected}; {}", self.help(what))
            }
            Self::WrongPart { part: Part::Beside(_), expected, found } => {
                format!("`{name}` is of type {found}, not {expected}; {}", self.help(what))
            }
            Self::WrongPart { expected, found, .. } => {
                format!("`{name}` holds a value of type {found}, not {expected}; {}", self.help(what))
            }
            Self::Unexplained(BESIDE) => {
                let beside = doubtful.unwrap_or("a parameter");
                let what_for = "which may be an argument, a variable, a user or a program of it";
                format!("`{name}` stands beside {beside}, {what_for}; {}", self.help(what))
            }
            Self::Unexplained(why) => format!("{value} {}; {}", predicate(why), self.help(what)),
            Self::File(why) => {
                let help = self.help(what);
                match (doubtful, unplaced(why)) {
                    (Some(file), Some(place)) => format!("which file {file} in `{name}` is depends on {place}; {help}"),
                    (Some(file), None) => format!("the file {file} in `{name}` {}; {help}", predicate(why)),
                    (None, Some(place)) => format!("what `{name}` reads or writes depends on {place}; {help}"),
                    (None, None) => format!("a file that `{name}` reads or writes {}; {help}", predicate(why)),
                }
            }
            Self::Arithmetic(why) => format!("a test of `{name}` has no result ({why}); {}", self.help(what)),
            Self::Limit(limit) => format!("`{name}` takes too much to look at ({limit}); {}", self.help(what)),
        }
    }

    fn help_for_caller(&self, what: &str) -> String {
        match self {
            Self::Missing => format!("send `{what}`"),
            Self::WrongType { expected, found } | Self::WrongPart { part: Part::Beside(_), expected, found } => {
                format!("send `{what}` as {expected}, not {found}")
            }
            Self::WrongPart { expected, found, .. } => format!("send {expected} in `{what}`, not {found}"),
            Self::Unexplained(why) => advice(why, what),
            Self::File(why) if unplaced(why).is_some() => {
                "the host has to give an absolute `context.cwd`, or every file is named by an absolute path".to_owned()
            }
            Self::File(why) => advice(why, what),
            Self::Arithmetic(_) => format!("send a `{what}` for which the test has a result"),
            Self::Limit(_) => format!("send a smaller `{what}`"),
        }
    }

    /// What the host has to give.
    fn wanted(&self, what: &str) -> String {
        match self {
            Self::WrongType { expected, .. } | Self::WrongPart { part: Part::Beside(_), expected, .. } => {
                format!("`{what}` as {expected}")
            }
            Self::WrongPart { expected, .. } => format!("`{what}` with {expected} alone"),
            Self::Missing => format!("`{what}`"),
            Self::Unexplained(_) | Self::File(_) | Self::Arithmetic(_) => format!("a plain `{what}`"),
            Self::Limit(_) => format!("a smaller `{what}`"),
        }
    }
}

/// What places the files of a command, where nothing does.
fn unplaced(why: &str) -> Option<&'static str> {
    (why == NO_CWD || why == path::RELATIVE.0).then_some("its working directory, which the host does not give")
}

/// The words of a cause as something said of a value.
fn predicate(why: &str) -> String {
    if let Some((_, is, _)) = KNOWN.iter().find(|(known, ..)| *known == why) {
        return (*is).to_owned();
    }
    let names_value = VALUES.iter().any(|start| why.starts_with(start));
    if names_value { format!("is {why}") } else { format!("is in doubt: {why}") }
}

fn advice(why: &str, what: &str) -> String {
    if let Some((_, _, advice)) = KNOWN.iter().find(|(known, ..)| *known == why) {
        return (*advice).to_owned();
    }
    match BY_KIND.iter().find(|(start, _)| why.starts_with(start)) {
        Some((_, advice)) => (*advice).to_owned(),
        None => format!("send `{what}` in a form that can be fully explained"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_what_is_wrong_and_what_to_do() {
        let relative = Cause::from(path::RELATIVE);
        assert_eq!(relative.sentence("params.path"), "`path` is relative; give an absolute path");
        assert_eq!(Cause::Missing.sentence("params.a.b"), "`a.b` is not given; send `params.a.b`");
        let typed = Cause::WrongType { expected: "string", found: "int" };
        assert_eq!(typed.sentence("params.s"), "`s` is of type int, not string; send `params.s` as string, not int");
        let drive = Cause::Unexplained("a path with a drive letter");
        assert_eq!(drive.sentence("params.p"), "`p` is a path with a drive letter; give a plain, absolute path");
    }

    #[test]
    fn what_the_host_vouches_for_is_not_asked_of_callers() {
        for (what, help) in [
            ("context.role", "the host has to vouch for `context.role`; a caller cannot send it"),
            ("context.labels.team", "the host has to give the agent's account the label `team`"),
            ("now", "the host has to give the time of the call"),
            ("params.context.role", "send `params.context.role`"),
        ] {
            assert_eq!(Cause::Missing.help(what), help);
        }
    }

    #[test]
    fn rows_are_of_causes_that_there_are() {
        let said = [path::RELATIVE.0, path::OTHER_SPELLING.0];
        assert!(said.iter().all(|words| KNOWN.iter().any(|(known, ..)| known == words)));
        for (start, _) in BY_KIND {
            assert!(KNOWN.iter().all(|(known, ..)| *start != *known), "{start}");
        }
    }
}
