//! The same policies as an experienced programmer would write them in Rust: a `match` for the first ten entries, hash
//! tables for the generated rest, plain code for the tests of parameters.
//!
//! It does honest work for the same tier, reason, place, layers and unknown test: the names of agent and capability are
//! checked, paths are resolved and refused as the engine does, a parameter that is missing or of another type makes the
//! answer stricter and says so. It leaves out what an engine adds beside: looking for a catalog, every unknown test but
//! the first, the words that say how it could be resolved, rate limits, tags and annotations, the digest of the policies.

use std::borrow::Cow;

use kruxos_policy::json::{Json, Object};
use kruxos_policy::{Call, Tier};
use rustc_hash::FxHashMap;

use super::policies::{Entry, Says};

/// What the code answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) tier: Tier,
    pub(crate) reason: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// What the system's, the organization's and the agent's policies say.
    pub(crate) layers: [Option<Tier>; 3],
    /// The test that could not be computed.
    pub(crate) unknown: Option<&'static str>,
}

/// The entries past the first ten, by name, by first segment and by last segment.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    exact: FxHashMap<Box<str>, (Says, u32)>,
    prefixes: FxHashMap<Box<str>, (Says, u32)>,
    suffixes: FxHashMap<Box<str>, (Says, u32)>,
}

const fn answer(tier: Tier, reason: &'static str, line: u32) -> Answer {
    Answer { tier, reason, file: "0.yaml", line, column: 4, layers: [None, Some(tier), None], unknown: None }
}

/// The answer of an entry's rule.
const fn rule(tier: Tier, reason: &'static str, line: u32) -> Answer {
    Answer { column: 9, ..answer(tier, reason, line) }
}

fn valid_agent(name: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b':' | b'/' | b'+' | b'-');
    !name.is_empty() && name.len() <= 128 && name.bytes().all(allowed)
}

fn valid_capability(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    name.len() <= 128 && name.split('.').all(|segment| !segment.is_empty() && segment.bytes().all(allowed))
}

const fn unknown(test: &'static str, stricter: Answer) -> Answer {
    Answer { unknown: Some(test), ..stricter }
}

impl Tables {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut tables = Self::default();
        for entry in entries.iter().skip(10) {
            let said = (entry.says, entry.line);
            let pattern = entry.pattern.as_str();
            match (pattern.strip_suffix(".*"), pattern.strip_prefix("*.")) {
                (Some(first), _) => tables.prefixes.insert(first.into(), said),
                (_, Some(last)) => tables.suffixes.insert(last.into(), said),
                _ => tables.exact.insert(pattern.into(), said),
            };
        }
        tables
    }

    /// Decides a call of the organization's policy.
    #[inline(never)]
    pub(crate) fn decide(&self, call: &Call<'_>) -> Answer {
        let (Some(params), Some(_), true) =
            (call.params.as_object(), call.context.as_object(), valid_agent(call.agent))
        else {
            return answer(Tier::Blocked, "invalid call", 0);
        };
        match call.capability {
            "filesystem.read" => answer(Tier::Autonomous, "reads run", 6),
            "filesystem.delete" => answer(Tier::ApprovalRequired, "deletion needs review", 7),
            "filesystem.write" => write(params, 8),
            "process.run" => answer(Tier::ApprovalRequired, "commands need review", 15),
            "git.push" => push(params, 16),
            "email.send" => answer(Tier::Notify, "mail is announced", 25),
            name => self.wider(name, params),
        }
    }

    fn wider(&self, name: &str, params: &Object<'_>) -> Answer {
        if let Some((says, line)) = self.exact.get(name) {
            return say(*says, *line, params);
        }
        if !valid_capability(name) {
            return answer(Tier::Blocked, "invalid call", 0);
        }
        let by_first = match name.split_once('.') {
            Some(("filesystem", _)) => Some(answer(Tier::Notify, "the file system is watched", 14)),
            Some(("network", _)) => Some(answer(Tier::ApprovalRequired, "the network needs review", 22)),
            Some(("secrets", _)) => Some(answer(Tier::Blocked, "secrets stay secret", 23)),
            Some((first, _)) => self.prefixes.get(first).map(|(says, line)| say(*says, *line, params)),
            None => None,
        };
        let by_last = match name.rsplit_once('.') {
            Some((_, "list")) => Some(answer(Tier::Autonomous, "lists run", 24)),
            Some((_, last)) => self.suffixes.get(last).map(|(says, line)| say(*says, *line, params)),
            None => None,
        };
        match (by_first, by_last) {
            (Some(first), Some(last)) => {
                if last.tier > first.tier {
                    last
                } else {
                    first
                }
            }
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => answer(Tier::ApprovalRequired, "nothing is said of this capability", 4),
        }
    }
}

fn say(says: Says, line: u32, params: &Object<'_>) -> Answer {
    match says {
        Says::Tier("autonomous", reason) => answer(Tier::Autonomous, reason, line),
        Says::Tier("notify", reason) => answer(Tier::Notify, reason, line),
        Says::Tier("approval_required", reason) => answer(Tier::ApprovalRequired, reason, line),
        Says::Tier(_, reason) => answer(Tier::Blocked, reason, line),
        Says::Write => write(params, line),
        Says::Push => push(params, line),
    }
}

fn write(params: &Object<'_>, line: u32) -> Answer {
    let small = rule(Tier::Autonomous, "small writes in the workspace run", line + 2);
    let large = rule(Tier::Notify, "large writes in the workspace are announced", line + 3);
    let other = answer(Tier::ApprovalRequired, "writes outside the workspace need review", line);
    match in_workspace(params.get("path")) {
        None => unknown("path(params.path).within('/workspace')", other),
        Some(false) => other,
        Some(true) => match size(params.get("content")) {
            None => unknown("size(params.content) < 10240", large),
            Some(size) if size < 10_240 => small,
            Some(_) => large,
        },
    }
}

fn push(params: &Object<'_>, line: u32) -> Answer {
    match params.get("branch") {
        Some(Json::Text(branch)) => match branch.as_ref() {
            "main" => rule(Tier::ApprovalRequired, "the main branch needs review", line + 2),
            "dev" | "test" => rule(Tier::Autonomous, "these branches are free", line + 3),
            _ => answer(Tier::Notify, "other branches are announced", line),
        },
        _ => {
            let main = rule(Tier::ApprovalRequired, "the main branch needs review", line + 2);
            unknown("params.branch == 'main'", main)
        }
    }
}

fn size(value: Option<&Json<'_>>) -> Option<usize> {
    match value? {
        Json::Text(text) => Some(text.len()),
        Json::List(items) => Some(items.len()),
        Json::Object(entries) => Some(entries.len()),
        _ => None,
    }
}

/// Whether a parameter is a path in `/workspace`; `None` where its text does not say which path it is.
fn in_workspace(value: Option<&Json<'_>>) -> Option<bool> {
    let path = resolved(value?.as_text()?)?;
    let rest = path.strip_prefix("/workspace");
    Some(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn resolved(path: &str) -> Option<Cow<'_, str>> {
    if path.len() > 4096 || !path.starts_with('/') || path.split('/').count() > 257 {
        return None;
    }
    let strange = |byte: u8| byte.is_ascii_control() || matches!(byte, b'\\' | b'$' | b'`') || !byte.is_ascii();
    if path.bytes().any(strange) && path.chars().any(refused) {
        return None;
    }
    let escape = |three: &[u8]| three[0] == b'%' && three[1].is_ascii_hexdigit() && three[2].is_ascii_hexdigit();
    if path.contains('%') && path.as_bytes().windows(3).any(escape) {
        return None;
    }
    if path == "/" || path.split('/').skip(1).all(|component| !matches!(component, "" | "." | "..")) {
        return Some(Cow::Borrowed(path));
    }
    let mut components = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => drop(components.pop()),
            component => components.push(component),
        }
    }
    Some(Cow::Owned(format!("/{}", components.join("/"))))
}

fn refused(character: char) -> bool {
    character.is_control()
        || matches!(character, '\\' | '$' | '`' | '\u{ff0f}' | '\u{2024}' | '\u{2025}' | '\u{2026}')
        || matches!(character, '\u{fe52}' | '\u{ff0e}' | '\u{ff3c}' | '\u{fe68}' | '\u{2100}' | '\u{2101}')
        || matches!(character, '\u{2105}' | '\u{2106}' | '\u{1f100}' | '\u{2488}'..='\u{249b}')
}

/// Decides a call of the layered case: each layer's word, then how far it may be relaxed.
#[inline(never)]
pub(crate) fn decide_layered(organization: &Tables, call: &Call<'_>) -> Answer {
    let system = match call.capability {
        "process.run" => Some((answer(Tier::ApprovalRequired, "the system is careful", 5), Tier::Autonomous)),
        "secrets.read_raw" => Some((answer(Tier::Blocked, "nobody reads these", 6), Tier::Blocked)),
        _ => None,
    };
    let organization = organization.decide(call);
    let agents = match call.capability {
        _ if !call.agent.starts_with("deploy-") => None,
        "process.run" => Some((answer(Tier::Autonomous, "deployment runs commands", 5), Tier::Autonomous)),
        "filesystem.delete" => Some((answer(Tier::Blocked, "deployment deletes nothing", 6), Tier::Blocked)),
        _ => None,
    };
    let mut verdict: Option<Answer> = None;
    let mut bound: Option<(Tier, Answer)> = None;
    for (own, relaxable) in [system, Some((organization, organization.tier)), agents].into_iter().flatten() {
        verdict = match bound {
            Some((least, by)) if own.tier < least => Some(Answer { tier: least, ..by }),
            _ if verdict.is_some_and(|so_far| so_far.tier == own.tier) => verdict,
            _ => Some(own),
        };
        if bound.is_none_or(|(least, _)| relaxable > least) {
            bound = Some((relaxable, own));
        }
    }
    let layers = [system.map(|(own, _)| own.tier), Some(organization.tier), agents.map(|(own, _)| own.tier)];
    Answer { layers, ..verdict.unwrap_or(answer(Tier::Blocked, "no policy answers", 0)) }
}

/// One rule of the entry with many rules, ready to be tried.
#[derive(Debug)]
pub(crate) enum Rule {
    Equal(String),
    Prefix(String),
    /// A text that stands somewhere in the value.
    Contains(String),
    Interval(i64, i64),
}

impl Rule {
    pub(crate) fn all(kind: &str, count: usize) -> Vec<Self> {
        let rule = |at: usize| match kind {
            "eq" => Self::Equal(format!("value{at}")),
            "prefix" => Self::Prefix(format!("value{at}-")),
            "glob" => Self::Contains(format!("-value{at}-")),
            _ => Self::Interval(at as i64 * 10, at as i64 * 10 + 5),
        };
        (0..count).map(rule).collect()
    }

    fn holds(&self, value: &Json<'_>) -> Option<bool> {
        match (self, value) {
            (Self::Equal(own), Json::Text(text)) => Some(own == text),
            (Self::Prefix(own), Json::Text(text)) => Some(text.starts_with(own.as_str())),
            (Self::Contains(own), Json::Text(text)) => Some(text.contains(own.as_str())),
            (Self::Interval(from, to), Json::Int(number)) => Some(from <= number && number < to),
            _ => None,
        }
    }
}

/// The tier of the first rule that holds; rules answer in turn as in [`super::policies::many_rules`].
#[inline(never)]
pub(crate) fn first_that_holds(rules: &[Rule], call: &Call<'_>) -> Tier {
    let Some(value) = call.params.as_object().and_then(|params| params.get("x")) else { return Tier::Blocked };
    for (at, rule) in rules.iter().enumerate() {
        match rule.holds(value) {
            None => return Tier::Blocked,
            Some(true) => return if at % 2 == 0 { Tier::Notify } else { Tier::ApprovalRequired },
            Some(false) => {}
        }
    }
    Tier::Blocked
}
