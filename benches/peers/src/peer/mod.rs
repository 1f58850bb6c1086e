//! What every engine is asked through.

mod casbin;
mod cedar;
mod cel;
mod kruxos;
mod kvlar;
mod rego;

use crate::policies::Entry;
use crate::questions::{Kind, Question};

/// An engine with a policy loaded.
pub(crate) trait Peer {
    /// Whether it can express such calls at all.
    fn takes(&self, _kind: Kind) -> bool {
        true
    }

    /// Turns calls into what the engine takes; not measured.
    fn prepare(&mut self, questions: &[Question]);

    /// Answers the call at this place.
    fn ask(&self, at: usize) -> &'static str;

    /// Whether an answer is the one that is right, as far as the engine has words for it.
    fn agrees(&self, answer: &str, right: &str) -> bool {
        answer == right
    }
}

/// Loads a policy; `None` when the engine cannot.
pub(crate) type Load = fn(&[Entry]) -> Option<Box<dyn Peer>>;

/// Every engine by name, ours first.
pub(crate) fn loaders() -> [(&'static str, Load); 6] {
    [
        ("kruxos-policy", kruxos::load),
        ("cedar-policy", cedar::load),
        ("regorus", rego::load),
        ("cel", cel::load),
        ("casbin", casbin::load),
        ("kvlar-core", kvlar::load),
    ]
}

/// The tier's static name.
pub(crate) fn tier(name: &str) -> &'static str {
    match name {
        "autonomous" => "autonomous",
        "notify" => "notify",
        "approval_required" => "approval_required",
        _ => "blocked",
    }
}

/// Whether calls of a tier go ahead without a person.
pub(crate) fn goes_ahead(tier: &str) -> bool {
    matches!(tier, "autonomous" | "notify")
}

/// The exact names that a wildcard pattern matches too, which a more specific entry decides.
pub(crate) fn narrower<'e>(pattern: &str, entries: &'e [Entry]) -> Vec<&'e str> {
    let prefix = pattern.strip_suffix('*').unwrap_or("\0");
    let suffix = pattern.strip_prefix('*').unwrap_or("\0");
    let names = entries.iter().map(|entry| entry.pattern.as_str()).filter(|name| !name.contains('*'));
    names.filter(|name| name.starts_with(prefix) || name.ends_with(suffix)).collect()
}

pub(crate) fn params(question: &Question) -> serde_json::Value {
    serde_json::from_str(question.params).expect("params are JSON")
}
