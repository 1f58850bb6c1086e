//! Why the gateway did not do what it was asked, said to the person at the terminal.

use std::path::Path;

use jiff::tz::TimeZone;
use kruxos_gateway::wire::ErrorDetail;

use crate::render::time::absolute;

/// What kind of problem it is, as far as the command acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing listens there, or what listens does not answer.
    Away,
    /// A stream ended, or nothing came for so long that it may have died.
    Quiet,
    /// The gateway understood and refused: somebody was first, or it is not this supervisor's to do.
    Refused,
    /// There is nothing of that name.
    NotFound,
    /// Anything else that has to be put right first.
    Wrong,
}

/// Why the gateway did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What kind it is.
    pub(crate) kind: Kind,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Problem {
    fn new(kind: Kind, message: String, help: impl Into<String>) -> Self {
        Self { kind, message, help: Some(help.into()) }
    }

    /// Something to put right first.
    pub(crate) fn wrong(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Kind::Wrong, message.into(), help)
    }

    /// Nothing listens there.
    pub(crate) fn not_running(url: &str) -> Self {
        Self {
            kind: Kind::Away,
            message: format!("the gateway is not running at {url}; start it with `kruxos gateway`"),
            help: None,
        }
    }

    /// It cannot be reached.
    pub(crate) fn unreachable(url: &str, why: &str) -> Self {
        Self::new(
            Kind::Away,
            format!("the gateway at {url} cannot be reached: {why}"),
            "check `--url`, `KRUXOS_URL` and the network",
        )
    }

    /// It takes too long.
    pub(crate) fn silent(url: &str) -> Self {
        Self::new(
            Kind::Away,
            format!("the gateway at {url} does not answer"),
            "it may be stopping or overloaded; try again, and see its log",
        )
    }

    /// A stream ended or fell silent, which may be well.
    pub(crate) fn quiet(url: &str) -> Self {
        Self { kind: Kind::Quiet, ..Self::silent(url) }
    }

    /// What answers there speaks another language.
    pub(crate) fn not_a_gateway(url: &str, what: &str) -> Self {
        Self::new(
            Kind::Wrong,
            format!("what answers at {url} is not a KruxOS gateway of this version: {what}"),
            "another program may have the port, or the gateway is older than this command; check `--url` and \
             `KRUXOS_URL`, and restart the gateway after an upgrade",
        )
    }

    /// The gateway does not know the token.
    pub(crate) fn unknown_token(url: &str, from: &str) -> Self {
        Self::new(
            Kind::Wrong,
            format!("the gateway at {url} does not know the token of {from}"),
            "it was revoked or replaced, or belongs to another gateway: give `--data-dir` of the gateway that runs \
             there, or a supervisor's token in `KRUXOS_TOKEN`",
        )
    }

    /// The token of this machine's gateway cannot be read.
    pub(crate) fn unreadable_token(path: &Path, error: &std::io::Error) -> Self {
        let message = format!("the operator token `{}` cannot be read: {error}", path.display());
        let help = match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                "only the user who started the gateway may read it: become that user, or ask for a token of your own \
                 (`kruxos supervisor create`) and set `KRUXOS_TOKEN`"
            }
            std::io::ErrorKind::NotFound => {
                "start a gateway with `kruxos gateway`, which writes it; or give the gateway's `--data-dir`, or set \
                 `KRUXOS_TOKEN`"
            }
            _ => "give the gateway's `--data-dir`, or set `KRUXOS_TOKEN`",
        };
        Self::new(Kind::Wrong, message, help)
    }

    /// The token would be readable on its way.
    pub(crate) fn plain_http(host: &str) -> Self {
        Self::new(
            Kind::Wrong,
            format!("the token is not sent to `{host}` over plain http: everybody on the way could read it"),
            "use an `https://` address or a tunnel to the machine's loopback; `--insecure` sends it nevertheless",
        )
    }

    /// More came than can be held.
    pub(crate) fn too_large(url: &str, given: u64, allowed: u64) -> Self {
        Self::new(
            Kind::Wrong,
            format!("the answer of {url} has more than {given} bytes; at most {allowed} are taken"),
            "ask for less with `--limit`",
        )
    }

    /// The gateway says no, in its own words; a conflict names who was first in ours, by this machine's clock.
    pub(crate) fn refused(status: u16, detail: ErrorDetail, zone: &TimeZone) -> Self {
        let kind = match status {
            404 => Kind::NotFound,
            403 | 409 => Kind::Refused,
            _ => Kind::Wrong,
        };
        let Some(winner) = detail.winner else { return Self { kind, message: detail.message, help: detail.help } };
        let by = winner.by.map_or_else(String::new, |by| format!(" by {by}"));
        let reason = winner.reason.map_or_else(|| " (no reason was given)".to_owned(), |reason| format!(": {reason}"));
        let message = format!("already {}{by} at {}{reason}", winner.state, absolute(winner.at, zone));
        Self { kind, message, help: None }
    }

    /// The same problem, said of something.
    pub(crate) fn of(mut self, what: &str) -> Self {
        if self.kind == Kind::Refused {
            self.message = format!("{what}: {}", self.message);
        }
        self
    }

    /// The same problem; what is not there is looked for like this.
    pub(crate) fn look_for(mut self, help: &str) -> Self {
        if self.kind == Kind::NotFound {
            self.help = Some(help.to_owned());
        }
        self
    }
}
