//! Policies of any size. The first ten entries are the same in all of them; the rest repeats what real ones are made
//! of: names, prefixes, suffixes, and entries that test parameters.

/// What one entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// One tier for every call.
    Tier(&'static str, &'static str),
    /// Writes: by path and size.
    Write,
    /// Pushes: by branch.
    Push,
}

/// One entry of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) pattern: String,
    pub(crate) says: Says,
    /// The line of its pattern, from 1.
    pub(crate) line: u32,
}

pub(crate) const SMALL_WRITE: (&str, &str) = ("autonomous", "small writes in the workspace run");
pub(crate) const LARGE_WRITE: (&str, &str) = ("notify", "large writes in the workspace are announced");
pub(crate) const OTHER_WRITE: (&str, &str) = ("approval_required", "writes outside the workspace need review");
pub(crate) const MAIN_PUSH: (&str, &str) = ("approval_required", "the main branch needs review");
pub(crate) const FREE_PUSH: (&str, &str) = ("autonomous", "these branches are free");
pub(crate) const OTHER_PUSH: (&str, &str) = ("notify", "other branches are announced");

const TEN: [(&str, Says); 10] = [
    ("filesystem.read", Says::Tier("autonomous", "reads run")),
    ("filesystem.delete", Says::Tier("approval_required", "deletion needs review")),
    ("filesystem.write", Says::Write),
    ("filesystem.*", Says::Tier("notify", "the file system is watched")),
    ("process.run", Says::Tier("approval_required", "commands need review")),
    ("git.push", Says::Push),
    ("network.*", Says::Tier("approval_required", "the network needs review")),
    ("secrets.*", Says::Tier("blocked", "secrets stay secret")),
    ("*.list", Says::Tier("autonomous", "lists run")),
    ("email.send", Says::Tier("notify", "mail is announced")),
];

/// The lines before the first entry.
const HEAD: &str = "name: bench\nversion: \"1\"\nlayer: organization\ndefaults: { tier: approval_required, reason: nothing is said of this capability }\ncapabilities:\n";

/// The system's policy of the layered case: commands may be relaxed.
pub(crate) const SYSTEM: &str = "name: system\nversion: \"1\"\nlayer: system\ncapabilities:
  \"process.run\": { tier: approval_required, relaxable_to: autonomous, reason: the system is careful }
  \"secrets.read_raw\": { tier: blocked, reason: nobody reads these }\n";

/// The agents' policy of the layered case: it relaxes what the organization does not let it relax.
pub(crate) const AGENT: &str = "name: agents\nversion: \"1\"\nagent: deploy-*\ncapabilities:
  \"process.run\": { tier: autonomous, reason: deployment runs commands }
  \"filesystem.delete\": { tier: blocked, reason: deployment deletes nothing }\n";

/// This many entries, ten at least.
pub(crate) fn entries(count: usize) -> Vec<Entry> {
    let ten = TEN.iter().map(|(pattern, says)| ((*pattern).to_owned(), *says));
    let mut line = 1 + HEAD.lines().count() as u32;
    let mut place = |(pattern, says)| {
        let entry = Entry { pattern, says, line };
        line += render(&entry).lines().count() as u32;
        entry
    };
    ten.chain((10..count).map(further)).map(&mut place).collect()
}

/// The entry at a place past the first ten: by its last digit.
fn further(at: usize) -> (String, Says) {
    match at % 10 {
        0 | 5 => (format!("team{at}.read"), Says::Tier("autonomous", "reads run")),
        1 | 6 => (format!("team{at}.*"), Says::Tier("notify", "the team is watched")),
        2 | 7 => (format!("team{at}.write"), Says::Write),
        3 | 8 => (format!("team{at}.push"), Says::Push),
        9 => (format!("*.audit{at}"), Says::Tier("notify", "audits are announced")),
        _ => (format!("team{at}.delete"), Says::Tier("approval_required", "deletion needs review")),
    }
}

/// The policy as text.
pub(crate) fn yaml(entries: &[Entry]) -> String {
    std::iter::once(HEAD.to_owned()).chain(entries.iter().map(render)).collect()
}

fn render(Entry { pattern, says, .. }: &Entry) -> String {
    let rules = |first: (&str, (&str, &str)), second: (&str, (&str, &str)), other: (&str, &str)| {
        let rule = |(condition, (tier, reason)): (&str, (&str, &str))| {
            format!("      - {{ condition: {condition}, tier: {tier}, reason: {reason} }}\n")
        };
        let (first, second) = (rule(first), rule(second));
        format!("  \"{pattern}\":\n    rules:\n{first}{second}    tier: {}\n    reason: {}\n", other.0, other.1)
    };
    match says {
        Says::Tier(tier, reason) => format!("  \"{pattern}\": {{ tier: {tier}, reason: {reason} }}\n"),
        Says::Write => rules(
            ("{ path_within: /workspace, content_size_lt: 10KiB }", SMALL_WRITE),
            ("{ path_within: /workspace }", LARGE_WRITE),
            OTHER_WRITE,
        ),
        Says::Push => rules(("{ branch_eq: main }", MAIN_PUSH), ("{ branch_in: [dev, test] }", FREE_PUSH), OTHER_PUSH),
    }
}

/// A policy of one entry with many rules on one parameter, and the condition of each.
pub(crate) fn many_rules(kind: &str, count: usize) -> String {
    let condition = |at: usize| match kind {
        "eq" => format!("{{ x_eq: value{at} }}"),
        "prefix" => format!("{{ x_prefix: value{at}- }}"),
        "glob" => format!("{{ x_glob: \"*-value{at}-*\" }}"),
        _ => format!("{{ x_gte: {}, x_lt: {} }}", at * 10, at * 10 + 5),
    };
    let tier = |at: usize| if at.is_multiple_of(2) { "notify" } else { "approval_required" };
    let rule = |at| format!("      - {{ condition: {}, tier: {}, reason: rule {at} }}\n", condition(at), tier(at));
    let rules: String = (0..count).map(rule).collect();
    format!(
        "name: rules\nversion: \"1\"\ncapabilities:\n  a.b:\n    rules:\n{rules}    tier: blocked\n    reason: none\n"
    )
}
