//! What tests of commands, hosts and networks hold for, and which of them hold wherever others do.

use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
#[cfg(feature = "shell")]
pub(super) use crate::shell::Programs;
#[cfg(feature = "shell")]
use crate::shell::{Form, Invocation, List, Script, Verdict};

/// What is known of programs, where no command is read.
#[cfg(not(feature = "shell"))]
#[derive(Clone, Debug, Default)]
pub(super) struct Programs;

/// What a test of a typed value asks.
#[derive(Clone, Debug)]
pub(super) enum Typed {
    /// A command's programs are of a list.
    #[cfg(feature = "shell")]
    Commands {
        /// What is asked.
        asks: Asks,
        /// The commands listed.
        list: List,
        /// What is known of programs.
        programs: Programs,
    },
    /// A URL's host is this one, or below it.
    Host { host: String, below: bool },
    /// An address is of a network; the function's name tells how it is read.
    Network(&'static str, ipnet::IpNet),
}

/// What is asked of a command.
#[cfg(feature = "shell")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// Whether all it runs is of the list, and writes nothing.
    Only,
    /// Whether all it runs is of the list.
    Bounded,
    /// Whether some of it is of the list.
    Any,
    /// Whether all of it is of the list, word by word.
    Exactly,
}

impl Typed {
    /// The subject of a test and what is asked of it.
    #[cfg_attr(not(feature = "shell"), expect(unused_variables, reason = "only commands ask of programs"))]
    pub(super) fn of<'e>(expr: &'e Expr, programs: &Programs) -> Option<(&'e Expr, Self)> {
        let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
        let [left, right] = args.as_slice() else { return None };
        match (function.name, left.constant(), right.constant()) {
            (name @ ("containsIP" | "contains_ip"), Some(Value::Cidr(network)), None) => {
                Some((right, Self::Network(name, *network)))
            }
            (name @ ("host_in" | "host_within"), None, Some(Value::Text(host))) => {
                let host = host.as_str().trim_end_matches('.').to_ascii_lowercase();
                Some((left, Self::Host { host, below: name == "host_within" }))
            }
            #[cfg(feature = "shell")]
            (name, None, Some(Value::List(list))) => {
                let asks = Asks::named(name)?;
                let entries: Vec<Value<'_>> = list.iter().collect();
                let text = |value: &Value<'static>| match value {
                    Value::Text(text) => Some(text.as_str().to_owned()),
                    _ => None,
                };
                let entries: Vec<String> = entries.iter().map(text).collect::<Option<_>>()?;
                let list = List::read(entries.iter().map(String::as_str)).ok()?;
                Some((left, Self::Commands { asks, list, programs: programs.clone() }))
            }
            _ => None,
        }
    }

    /// Whether it says that all commands are of a list.
    pub(super) fn bounds_a_command(&self) -> bool {
        match self {
            #[cfg(feature = "shell")]
            Self::Commands { asks, .. } => *asks != Asks::Any,
            Self::Host { .. } | Self::Network(..) => false,
        }
    }

    /// Whether it says that some command is of a list.
    pub(super) fn names_a_command(&self) -> bool {
        match self {
            #[cfg(feature = "shell")]
            Self::Commands { asks, .. } => *asks == Asks::Any,
            Self::Host { .. } | Self::Network(..) => false,
        }
    }

    /// Whether this holds wherever the narrower does, as far as that is proved.
    pub(super) fn contains(&self, narrow: &Self) -> bool {
        match (self, narrow) {
            (Self::Host { host: wide, below: true }, Self::Host { host, .. }) => {
                host == wide || host.strip_suffix(wide.as_str()).is_some_and(|rest| rest.ends_with('.'))
            }
            (Self::Host { host: wide, below: false }, Self::Host { host, below: false }) => wide == host,
            (Self::Network(one, wide), Self::Network(other, narrow)) => one == other && wide.contains(narrow),
            #[cfg(feature = "shell")]
            (Self::Commands { asks: wider, list: wide, programs }, Self::Commands { asks, list: narrow, .. }) => {
                match (wider, asks) {
                    (Asks::Only, Asks::Only) | (Asks::Bounded, Asks::Only | Asks::Bounded) => {
                        narrow.is_within(wide, programs)
                    }
                    (Asks::Any, Asks::Any) => narrow.is_named_by(wide, programs),
                    (Asks::Exactly, Asks::Exactly) => {
                        narrow.entries().all(|entry| wide.entries().any(|own| own == entry))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

#[cfg(feature = "shell")]
impl Asks {
    /// What the function of this name asks.
    pub(super) fn named(function: &str) -> Option<Self> {
        match function {
            "runs_only" => Some(Self::Only),
            crate::cel::functions::beside::BOUNDED => Some(Self::Bounded),
            "runs_any" => Some(Self::Any),
            "runs_exactly" => Some(Self::Exactly),
            _ => None,
        }
    }

    /// The answer for a list and the text of a command.
    pub(super) fn of(self, list: &List, text: &str, programs: &Programs) -> Verdict {
        let invocation =
            Invocation { command: Form::Text(text), environment: Vec::new(), directory: None, input: None };
        let script = Script::of_invocation(&invocation, programs);
        match self {
            Self::Only => list.runs_only(&script),
            Self::Bounded => list.runs_only_bounded(&script),
            Self::Any => list.runs_any(&script),
            Self::Exactly => list.runs_exactly(&script),
        }
    }
}
