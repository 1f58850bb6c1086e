//! The calls put to a policy, with the tier each must get. Eight of a kind, spread over the whole policy, so that a
//! larger one is not asked about its beginning alone.

/// A kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name that an entry writes out.
    Exact,
    /// A name that a prefix or a suffix matches.
    Glob,
    /// A name whose entry tests parameters.
    Conditional,
    /// The same, with a parameter missing.
    Unknown,
    /// Three layers speak.
    Layered,
}

/// A call and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) capability: String,
    pub(crate) params: &'static str,
    pub(crate) tier: &'static str,
}

/// Who calls.
pub(crate) const AGENT: &str = "deploy-bot";

const PLAIN: &str = r#"{"path":"/workspace/src/main.rs"}"#;
const WRITES: [(&str, &str); 4] = [
    (r#"{"content":"fn main() {}","path":"/workspace/src/main.rs"}"#, "autonomous"),
    (r#"{"content":"fn main() {}","path":"/etc/passwd"}"#, "approval_required"),
    (r#"{"content":"fn main() {}","path":"/workspace/a/../../etc/shadow"}"#, "approval_required"),
    (r#"{"content":"fn main() {}","path":"/workspace/src/./lib.rs"}"#, "autonomous"),
];
const PUSHES: [(&str, &str); 4] = [
    (r#"{"branch":"main"}"#, "approval_required"),
    (r#"{"branch":"dev"}"#, "autonomous"),
    (r#"{"branch":"feature/x"}"#, "notify"),
    (r#"{"branch":"test"}"#, "autonomous"),
];

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Glob => "glob",
            Self::Conditional => "conditional",
            Self::Unknown => "unknown",
            Self::Layered => "layered",
        }
    }

    /// Eight calls of this kind to a policy of `entries`.
    pub(crate) fn questions(self, entries: usize) -> Vec<Question> {
        (0..8).map(|turn| self.question(turn, (entries / 10) * turn / 8)).collect()
    }

    /// One call, to the ten entries that begin at ten times `decade`.
    fn question(self, turn: usize, decade: usize) -> Question {
        let team = |digit: usize, verb: &str| format!("team{}.{verb}", decade * 10 + digit);
        let ours = |first: &str, further: String| if decade == 0 { first.to_owned() } else { further };
        let ask = |capability: String, (params, tier)| Question { capability, params, tier };
        let turned =
            |from: [(&'static str, &'static str); 4]| from.into_iter().cycle().nth(turn / 2).unwrap_or_default();
        match self {
            Self::Exact if turn.is_multiple_of(2) => {
                ask(ours("filesystem.read", team(5, "read")), (PLAIN, "autonomous"))
            }
            Self::Exact => ask(ours("filesystem.delete", team(4, "delete")), (PLAIN, "approval_required")),
            Self::Glob if turn.is_multiple_of(2) => ask(ours("filesystem.stat", team(6, "stat")), (PLAIN, "notify")),
            Self::Glob if decade == 0 => ask("calendar.list".to_owned(), (PLAIN, "autonomous")),
            Self::Glob => ask(format!("calendar.audit{}", decade * 10 + 9), (PLAIN, "notify")),
            Self::Conditional if turn.is_multiple_of(2) => {
                ask(ours("filesystem.write", team(7, "write")), turned(WRITES))
            }
            Self::Conditional => ask(ours("git.push", team(8, "push")), turned(PUSHES)),
            Self::Unknown if turn.is_multiple_of(2) => {
                ask(ours("filesystem.write", team(7, "write")), (r#"{"content":"x"}"#, "approval_required"))
            }
            Self::Unknown => ask(ours("git.push", team(8, "push")), ("{}", "approval_required")),
            Self::Layered => ask("process.run".to_owned(), (r#"{"command":"systemctl"}"#, "approval_required")),
        }
    }
}

/// The parameter that the last but one of an entry's rules takes.
pub(crate) fn of_rule(kind: &str, count: usize) -> String {
    let at = count - 2;
    match kind {
        "eq" => format!(r#"{{"x":"value{at}"}}"#),
        "prefix" => format!(r#"{{"x":"value{at}-rest"}}"#),
        "glob" => format!(r#"{{"x":"a-value{at}-b"}}"#),
        _ => format!(r#"{{"x":{}}}"#, at * 10 + 2),
    }
}
