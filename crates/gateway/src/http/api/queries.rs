//! What may stand in the address of a route: the doc comments are the descriptions that the gateway serves.

use jiff::Timestamp;
use kruxos_approvals::request::RequestId;
use kruxos_approvals::{Digest, Outcome, State};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::refusal::Refused;

/// Most entries of one page.
const LONGEST_PAGE: u32 = 500;
/// Entries of a page that does not say how many.
const USUAL_PAGE: u32 = 100;

/// The id of a request.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ById {
    /// The request, as `ap_001`.
    pub(super) id: RequestId,
}

/// The name of an account.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ByName {
    /// The agent's or supervisor's name.
    pub(super) name: String,
}

/// Which requests.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Requests {
    /// In which state: a state; `approved` stands for all states of a request that was approved, `all` for all. Without it, `pending`.
    #[serde(default)]
    state: Option<StateWord>,
    /// Of this agent.
    #[serde(default)]
    pub(super) agent: Option<String>,
    /// Behind this id.
    #[serde(default)]
    pub(super) after: Option<RequestId>,
    /// How many at most.
    #[serde(default)]
    limit: Option<Limit>,
}

/// A state, or all of them.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    All,
    Pending,
    Approved,
    Executing,
    Succeeded,
    Failed,
    Interrupted,
    Rejected,
    Expired,
    Cancelled,
}

impl StateWord {
    fn states(self) -> Vec<State> {
        match self {
            Self::All => Vec::new(),
            Self::Pending => vec![State::Pending],
            Self::Approved => State::OF_APPROVED.to_vec(),
            Self::Executing => vec![State::Executing],
            Self::Succeeded => vec![State::Succeeded],
            Self::Failed => vec![State::Failed],
            Self::Interrupted => vec![State::Interrupted],
            Self::Rejected => vec![State::Rejected],
            Self::Expired => vec![State::Expired],
            Self::Cancelled => vec![State::Cancelled],
        }
    }
}

impl Requests {
    /// The states that are asked for; none: all.
    pub(super) fn states(&self) -> Vec<State> {
        self.state.unwrap_or(StateWord::Pending).states()
    }

    /// How many are asked for.
    pub(super) fn limit(&self) -> u32 {
        Limit::of(self.limit)
    }
}

/// How many entries a page has.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
struct Limit(#[schemars(range(min = 1, max = 500))] u32);

impl Limit {
    fn of(limit: Option<Self>) -> u32 {
        limit.map_or(USUAL_PAGE, |limit| limit.0)
    }
}

impl TryFrom<u32> for Limit {
    type Error = String;

    fn try_from(given: u32) -> Result<Self, String> {
        if (1..=LONGEST_PAGE).contains(&given) {
            return Ok(Self(given));
        }
        Err(format!("{given} was given; from 1 to {LONGEST_PAGE} are allowed"))
    }
}

/// Which records.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Records {
    /// Of this agent.
    #[serde(default)]
    pub(super) agent: Option<String>,
    /// Of capabilities that match this pattern, like `filesystem.*`.
    #[serde(default)]
    pub(super) capability: Option<String>,
    /// With this outcome.
    #[serde(default)]
    pub(super) outcome: Option<Outcome>,
    /// Of this request.
    #[serde(default)]
    pub(super) request: Option<RequestId>,
    /// At or after this time, RFC 3339.
    #[serde(default)]
    pub(super) since: Option<Timestamp>,
    /// Before this time, RFC 3339.
    #[serde(default)]
    pub(super) until: Option<Timestamp>,
    /// With a sequence number below this one.
    #[serde(default)]
    pub(super) before: Option<u64>,
    /// How many at most.
    #[serde(default)]
    limit: Option<Limit>,
}

impl Records {
    /// How many are asked for.
    pub(super) fn limit(&self) -> u32 {
        Limit::of(self.limit)
    }
}

/// A head of the trail that somebody remembers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Remembered {
    /// The sequence number of the last record then; with `hash`.
    #[serde(default)]
    sequence: Option<u64>,
    /// Its hash; with `sequence`.
    #[serde(default)]
    hash: Option<Digest>,
}

impl Remembered {
    /// The head, if one was given.
    pub(super) fn head(self) -> Result<Option<kruxos_approvals::Head>, Refused> {
        match (self.sequence, self.hash) {
            (Some(sequence), Some(hash)) => Ok(Some(kruxos_approvals::Head { sequence, hash })),
            (None, None) => Ok(None),
            _ => Err(Refused::bad_request("`sequence` and `hash` belong together; give both or neither")),
        }
    }
}
