//! Every small damage to a good document, for holding loader and schema to one opinion.

use std::path::Path;

use kruxos_policy::document::{load_catalog, load_policy, load_suite};
use kruxos_policy::json::Json;
use kruxos_policy::schema::SchemaKind;
use kruxos_policy::source::Sources;
use kruxos_policy::yaml::{self, Limits};
use serde_json::{Value, json};

/// What the loader refuses and a JSON Schema cannot say.
const BEYOND_SCHEMA: &[&str] = &["out-of-range", "unreachable-quorum", "duplicate-approver"];

/// What the loader thinks of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opinion {
    /// It loads.
    Good,
    /// It does not, for a reason that a schema can say.
    Bad,
    /// It does not, only for reasons that a schema cannot say.
    BadBeyondSchema,
}

/// The loader's opinion of a text.
pub(crate) fn opinion(kind: SchemaKind, text: &str) -> Opinion {
    let source = Sources::default().add("variant", text);
    let diagnostics = match kind {
        SchemaKind::Policy => load_policy(source, text, Limits::CATALOG).diagnostics,
        SchemaKind::Test => load_suite(source, text, Limits::CATALOG).diagnostics,
        SchemaKind::Catalog => load_catalog(source, text, Limits::CATALOG).diagnostics,
        SchemaKind::Decision => return Opinion::BadBeyondSchema,
    };
    match diagnostics.as_slice() {
        [] => Opinion::Good,
        all if all.iter().all(|finding| BEYOND_SCHEMA.contains(&finding.code)) => Opinion::BadBeyondSchema,
        _ => Opinion::Bad,
    }
}

/// The document of a file, and that document with one value replaced, one key dropped or one key added, for every
/// place in it.
pub(crate) fn of(path: &Path) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    let source = Sources::default().add("good", text.as_str());
    let root = yaml::parse(source, &text).value.ok_or_else(|| format!("`{}` holds nothing", path.display()))?;
    let good = value(&root.to_json());
    let mut variants = damaged(&good);
    variants.push(good);
    Ok(variants.iter().map(Value::to_string).collect())
}

fn value(json: &Json<'_>) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => json!(value),
        Json::Int(value) => json!(value),
        Json::UInt(value) => json!(value),
        Json::Decimal(value) => json!(value.to_f64()),
        Json::Text(text) => json!(text),
        Json::List(items) => items.iter().map(value).collect(),
        Json::Object(object) => object
            .entries()
            .iter()
            .map(|(key, item)| (key.to_string(), value(item)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// Every value that differs from `good` in one place.
fn damaged(good: &Value) -> Vec<Value> {
    let mut variants = replacements();
    match good {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let with =
                    |item| items.iter().take(at).cloned().chain([item]).chain(items.iter().skip(at + 1).cloned());
                variants.extend(damaged(item).into_iter().map(|item| with(item).collect()));
            }
        }
        Value::Object(map) => {
            let with = |key: &str, value: Option<Value>| {
                let mut map = map.clone();
                map.remove(key);
                map.extend(value.map(|value| (key.to_owned(), value)));
                Value::Object(map)
            };
            variants.push(with("x-other", Some(json!(1))));
            variants.push(with("", Some(json!({ "tier": "notify" }))));
            for (key, item) in map {
                variants.push(with(key, None));
                if key == "condition" {
                    // What stands in a map of tests is read by a later stage than documents are.
                    variants.extend(
                        replacements().into_iter().filter(|item| !item.is_object()).map(|item| with(key, Some(item))),
                    );
                    continue;
                }
                variants.extend(damaged(item).into_iter().map(|item| with(key, Some(item))));
            }
        }
        _ => {}
    }
    variants
}

fn replacements() -> Vec<Value> {
    let texts =
        ["", " ", "\u{feff}", "text", "Upper Case", "notify", "agent", "10", "5m", "1KiB", "2026-03-29T14:20:00Z"];
    let others =
        [json!(null), json!(true), json!(0), json!(7), json!(-1), json!(1.5), json!(2_000_000), json!([]), json!({})];
    let nested =
        [json!(["text"]), json!([null]), json!([["a"]]), json!({ "text": "text" }), json!({ "tier": "notify" })];
    texts.into_iter().map(Value::from).chain(others).chain(nested).collect()
}
