//! `kruxos policy explain`: why one call gets its tier.

use clap::{Args, ValueEnum};
use kruxos_policy::CallDocument;
use kruxos_policy::explain::Explanation;
use kruxos_policy::json::{Json, Object};
use kruxos_policy::wire::DecisionDocument;
use serde::Serialize;

use super::Policies;
use crate::exit::{Exit, Failure};
use crate::output::Streams;
use crate::render::explanation;

/// Show why one call gets its tier.
///
/// The tier, the line that decided, each layer's answer, every test with its outcome, and what would change the tier.
#[derive(Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    policies: Policies,
    /// Who calls.
    #[arg(long, value_name = "NAME")]
    agent: String,
    /// What is called: `filesystem.delete`.
    #[arg(long, value_name = "NAME")]
    capability: String,
    /// The arguments, a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    params: String,
    /// What the host vouches for, a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    context: String,
    /// The time of the call, RFC 3339: `2026-03-29T14:20:00Z`. Tests on time are unknown without it.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// How the explanation is shown.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON document: `decision` and `explanation`.
    Json,
}

#[derive(Serialize)]
struct Explained<'d> {
    decision: DecisionDocument<'d>,
    explanation: &'d Explanation,
}

impl Explain {
    /// Decides the call and shows why.
    pub(crate) fn run(&self, streams: &mut Streams) -> Result<Exit, Failure> {
        let document = self.call()?;
        let engine = self.policies.engine()?;
        let call = document.call();
        let mut scratch = engine.scratch();
        let explanation = engine.explain(&mut scratch, &call);
        let decision = engine.decide(&mut scratch, &call);
        match self.format {
            Format::Human => {
                let shown = explanation::Shown {
                    call: &call,
                    decision: &decision,
                    explanation: &explanation,
                    sources: engine.policy_set().sources(),
                };
                let look = streams.out.look();
                streams.out.text(&shown.render(look))?;
            }
            Format::Json => {
                let decision = DecisionDocument::from(&decision);
                streams.out.json(&Explained { decision, explanation: &explanation })?;
            }
        }
        Ok(Exit::Clean)
    }

    fn call(&self) -> Result<CallDocument<'_>, Failure> {
        let mut fields = vec![
            ("agent".into(), Json::Text(self.agent.as_str().into())),
            ("capability".into(), Json::Text(self.capability.as_str().into())),
            ("params".into(), json("--params", &self.params)?),
            ("context".into(), json("--context", &self.context)?),
        ];
        fields.extend(self.now.as_ref().map(|now| ("now".into(), Json::Text(now.as_str().into()))));
        let object = Object::new(fields).map_err(|key| Failure::misuse(format!("`{key}` twice"), "give it once"))?;
        CallDocument::from_json(Json::Object(object))
            .map_err(|error| Failure::misuse(error.to_string(), "see `kruxos policy explain --help`"))
    }
}

fn json<'t>(option: &str, text: &'t str) -> Result<Json<'t>, Failure> {
    Json::parse(text.as_bytes()).map_err(|error| {
        Failure::misuse(
            format!("`{option}` is not JSON: {error}"),
            format!("quote it for the shell: {option} '{{\"path\": \"/workspace/a\"}}'"),
        )
    })
}
