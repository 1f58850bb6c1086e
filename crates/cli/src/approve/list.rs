//! `kruxos approve list`: what waits for a person.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use kruxos_approvals::request::Request;
use kruxos_gateway::wire::{PolicyDocument, RequestsDocument};

use super::Format;
use crate::client::{Client, Problem};
use crate::exit::{Exit, Failure};
use crate::output::{Look, Streams};
use crate::render::request::{in_short, row};
use crate::render::table::{Column, cut, table, whole};
use crate::render::{policy, visible};

/// List requests for approval.
///
/// Those that are pending, in order of arrival. Parameters are shortened to what tells requests apart; `kruxos approve
/// show ID` shows everything.
#[derive(Args)]
pub(crate) struct List {
    /// Which requests.
    #[arg(long, value_enum, default_value_t, value_name = "STATE")]
    state: Which,
    /// Only those of this agent.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// How they are shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Waiting for a supervisor.
    #[default]
    Pending,
    /// Approved, whatever came of it.
    Approved,
    /// Rejected.
    Rejected,
    /// Every request there ever was.
    All,
}

impl Which {
    const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::All => "all",
        }
    }

    const fn nothing(self) -> &'static str {
        match self {
            Self::Pending => "No requests are pending.\n",
            Self::Approved => "No requests were approved.\n",
            Self::Rejected => "No requests were rejected.\n",
            Self::All => "There are no requests.\n",
        }
    }
}

/// Requests asked for at once.
const PAGE: u64 = 500;

const COLUMNS: [Column; 5] =
    [whole("ID", 9), cut("Agent", 12, 8), cut("Capability", 18, 12), cut("Parameters", 30, 12), whole("Requested", 0)];
/// With requests that are not pending, their state is what tells them apart.
const COLUMNS_WITH_STATE: [Column; 6] = [
    whole("ID", 9),
    cut("Agent", 12, 8),
    cut("Capability", 18, 12),
    cut("Parameters", 30, 12),
    whole("Requested", 11),
    whole("State", 0),
];

impl List {
    /// Asks and shows.
    pub(crate) fn run(&self, client: &Client, streams: &mut Streams) -> Result<Exit, Failure> {
        let found = self.all(client)?;
        match self.format {
            Format::Json => streams.out.json(&found)?,
            Format::Table => {
                let text = self.text(&found, Timestamp::now(), streams.out.columns(), streams.out.look());
                streams.out.text(&text)?;
            }
        }
        // What waits is shown whatever the state of the policies; that they are broken is said beside it.
        if let Ok(policies) = client.get::<PolicyDocument>("/api/policy", &[]) {
            streams.err.text(&policy::warning(&policies))?;
            streams.err.finish()?;
        }
        Ok(Exit::Clean)
    }

    fn all(&self, client: &Client) -> Result<RequestsDocument, Problem> {
        let mut found: RequestsDocument = self.page(client, None, self.limit)?;
        while let Some(after) = found.next.filter(|_| (found.approvals.len() as u64) < self.limit) {
            let more: RequestsDocument = self.page(client, Some(after), self.limit - found.approvals.len() as u64)?;
            if more.approvals.is_empty() {
                found.next = None;
                break;
            }
            found.approvals.extend(more.approvals);
            found.next = more.next;
        }
        Ok(found)
    }

    fn page(
        &self,
        client: &Client,
        after: Option<kruxos_approvals::RequestId>,
        most: u64,
    ) -> Result<RequestsDocument, Problem> {
        let mut query = vec![("state", self.state.word().to_owned()), ("limit", most.min(PAGE).to_string())];
        query.extend(self.agent.clone().map(|agent| ("agent", agent)));
        query.extend(after.map(|after| ("after", after.to_string())));
        client.get("/api/approvals", &query)
    }

    fn text(&self, found: &RequestsDocument, now: Timestamp, room: Option<usize>, look: Look) -> String {
        if found.approvals.is_empty() {
            return match &self.agent {
                Some(agent) => format!("No {} requests of {} are there.\n", self.state.word(), visible(agent)),
                None => self.state.nothing().to_owned(),
            };
        }
        let rows: Vec<_> = found.approvals.iter().map(|request| row(request, now)).collect();
        let mut text = if self.state == Which::Pending {
            table(&COLUMNS, &rows, room, look)
        } else {
            let rows: Vec<_> =
                rows.into_iter().zip(&found.approvals).map(|(row, request)| with_state(row, request)).collect();
            table(&COLUMNS_WITH_STATE, &rows, room, look)
        };
        text.push_str(&notes(found));
        text
    }
}

fn with_state([id, agent, capability, parameters, requested]: [String; 5], request: &Request) -> [String; 6] {
    [id, agent, capability, parameters, requested, request.state.to_string()]
}

/// What the table does not show, said below it.
fn notes(found: &RequestsDocument) -> String {
    let shortened: Vec<String> = found
        .approvals
        .iter()
        .filter(|request| in_short(request).shortened)
        .map(|request| request.id.to_string())
        .collect();
    let mut notes = shortened_note(&shortened);
    let shown = found.approvals.len() as u64;
    if found.total > shown {
        let (more, total) = (found.total - shown, found.total);
        notes.push_str(&format!("{more} more are there; `--limit {total}` shows them all.\n"));
    }
    if notes.is_empty() { notes } else { format!("\n{notes}") }
}

/// Most ids named in a note.
const MOST_NAMED: usize = 3;

fn shortened_note(ids: &[String]) -> String {
    let Some(first) = ids.first() else { return String::new() };
    let named = ids.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = ids.len().saturating_sub(MOST_NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("Parameters are shortened for {named}{more}; `kruxos approve show {first}` shows everything.\n")
}

#[cfg(test)]
mod tests;
