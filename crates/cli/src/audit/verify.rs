//! `kruxos audit verify`: whether the trail is as it was written, and how long it is.

use std::path::{Path, PathBuf};

use clap::Args;
use kruxos_approvals::Head;
use kruxos_gateway::wire::VerifyDocument;

use crate::client::{Client, Connection, LONG_ANSWER};
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::{counted, visible};

/// Check the audit trail.
///
/// Every record holds the hash of the one before it; the first that is not as it was written is named, and the exit code
/// is 1. The head that is printed belongs somewhere safe: given again with `--head`, it shows that nothing was cut off or
/// rewritten since.
#[derive(Args)]
pub(crate) struct Verify {
    /// A head that the trail once had, as this command printed it: `SEQUENCE@sha256:…`.
    #[arg(long, value_name = "HEAD")]
    head: Option<Head>,
    /// Check a copy of the database instead of asking the gateway.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
}

impl Verify {
    /// Checks and says what was found.
    pub(crate) fn run(&self, connection: &Connection, streams: &mut Streams) -> Result<Exit, Failure> {
        let found = match &self.database {
            Some(file) => self.read(file)?,
            None => self.ask(connection)?,
        };
        streams.out.text(&text(&found))?;
        Ok(if found.intact { Exit::Clean } else { Exit::Findings })
    }

    fn read(&self, file: &Path) -> Result<VerifyDocument, Failure> {
        let checked = kruxos_store::verify_file(file, self.head);
        let checked = checked.map_err(|error| {
            Failure::misuse(error.to_string(), "give a copy of `kruxos.db`, with its `-wal` beside it if there is one")
        })?;
        Ok(match checked {
            Ok(head) => VerifyDocument { intact: true, head: Some(head), broken: None },
            Err(broken) => VerifyDocument { intact: false, head: None, broken: Some(broken) },
        })
    }

    fn ask(&self, connection: &Connection) -> Result<VerifyDocument, Failure> {
        let client = Client::open(connection)?;
        let query: Vec<(&str, String)> = self
            .head
            .iter()
            .flat_map(|head| [("sequence", head.sequence.to_string()), ("hash", head.hash.to_string())])
            .collect();
        Ok(client.wait(client.remote().patient(LONG_ANSWER).get("/api/audit/verify", &query))?)
    }
}

fn text(found: &VerifyDocument) -> String {
    if let Some(broken) = &found.broken {
        return format!(
            "The audit trail is not as it was written, from record {} on: {}.\n",
            broken.sequence,
            visible(&broken.problem)
        );
    }
    match found.head {
        Some(head) if found.intact => format!(
            "The audit trail is intact: {}. This is its head; kept somewhere else and given again with `--head`, it shows \
             whether the trail was cut or rewritten:\n{head}\n",
            counted(usize::try_from(head.sequence).unwrap_or(usize::MAX), "record", "records"),
        ),
        _ => "The audit trail is not as it was written.\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use kruxos_approvals::Digest;
    use kruxos_approvals::audit::Broken;

    use super::*;

    #[test]
    fn an_intact_trail_gives_the_head_to_remember() {
        let head = Head { sequence: 1, hash: Digest::of(b"a") };
        let found = VerifyDocument { intact: true, head: Some(head), broken: None };
        let text = text(&found);
        assert!(text.starts_with("The audit trail is intact: 1 record. "), "{text}");
        assert_eq!(text.lines().last().unwrap().parse(), Ok(head));
    }

    #[test]
    fn the_first_bad_record_is_named() {
        let broken = Broken { sequence: 7, problem: "it is missing\u{1b}".to_owned() };
        let text = text(&VerifyDocument { intact: false, head: None, broken: Some(broken) });
        assert_eq!(text, "The audit trail is not as it was written, from record 7 on: it is missing\\u{1b}.\n");
    }
}
