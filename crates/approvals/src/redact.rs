//! Taking declared secrets out of params before they are shown or kept in the audit trail.
//!
//! A secret is declared in the catalog: a parameter with `format: password`.

use std::borrow::Cow;

use kruxos_policy::catalog::{CapabilityFacts, Parameters};
use kruxos_policy::json::{Json, Object};

use crate::call::Params;
use crate::digest::Digest;

/// How a value that was taken out begins; its digest follows, so that equal values can be told to be equal.
pub const MARK: &str = "[redacted ";

/// The params without the values of declared secrets.
#[must_use]
pub fn redact(params: &Params, facts: Option<&CapabilityFacts>) -> Params {
    let Some(facts) = facts.filter(|facts| has_secret(&facts.params)) else { return params.clone() };
    Params::of(&object(&params.json(), &facts.params)).unwrap_or_else(|_| params.clone())
}

fn has_secret(parameters: &Parameters) -> bool {
    parameters.iter().any(|(_, parameter)| parameter.is_secret() || has_secret(&parameter.fields))
}

fn object<'a>(json: &Json<'a>, parameters: &Parameters) -> Json<'a> {
    let Json::Object(fields) = json else { return json.clone() };
    let entries = fields.entries().iter().map(|(key, value)| {
        let value = match parameters.get(key) {
            Some(parameter) if parameter.is_secret() => hidden(value),
            Some(parameter) => object(value, &parameter.fields),
            None => value.clone(),
        };
        (key.clone(), value)
    });
    Object::new(entries.collect()).map_or_else(|_| json.clone(), Json::Object)
}

fn hidden<'a>(value: &Json<'_>) -> Json<'a> {
    let digest = Digest::of(crate::call::JsonText::of(value).as_str().as_bytes()).to_string();
    Json::Text(Cow::Owned(format!("{MARK}{digest}]")))
}
