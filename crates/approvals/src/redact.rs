//! Taking declared secrets out of params before they are shown or kept in the audit trail.
//!
//! A secret is declared in the catalog: a schema with `format: password`, wherever in the input schema it stands. Where
//! several schemas may hold for a value, one that declares it a secret is enough.

use std::borrow::Cow;

use kruxos_policy::catalog::CapabilityFacts;
use kruxos_policy::json::{Json, Object};

use crate::call::{JsonText, Params};
use crate::digest::Digest;

/// How a value that was taken out begins; its digest follows, so that equal values can be told to be equal.
pub const MARK: &str = "[redacted ";

/// The params without the values of declared secrets.
#[must_use]
pub fn redact(params: &Params, facts: Option<&CapabilityFacts>) -> Params {
    let Some(schema) = facts.map(|facts| &facts.input_schema).filter(|schema| declares_secret(schema)) else {
        return params.clone();
    };
    let json = params.json();
    let shown = match (Schemas { root: schema }.without_secrets(&json, &[schema]), &json) {
        // All of it is a secret, and it has to stay an object.
        (Json::Text(_), Json::Object(fields)) => with_each(fields, |_, value| hidden(value)),
        (shown, _) => shown,
    };
    Params::of(&shown).unwrap_or_else(|_| params.clone())
}

/// The same fields with other values.
fn with_each<'j>(fields: &Object<'j>, change: impl Fn(&str, &Json<'j>) -> Json<'j>) -> Json<'j> {
    let entries = fields.entries().iter().map(|(key, value)| (key.clone(), change(key, value)));
    // The keys were distinct and are the same.
    Json::Object(Object::new(entries.collect()).unwrap_or_default())
}

fn declares_secret(schema: &Json<'_>) -> bool {
    match schema {
        Json::Object(fields) => is_secret(schema) || fields.entries().iter().any(|(_, value)| declares_secret(value)),
        Json::List(items) => items.iter().any(declares_secret),
        _ => false,
    }
}

fn is_secret(schema: &Json<'_>) -> bool {
    word(schema, "format") == Some("password")
}

fn word<'j>(schema: &'j Json<'_>, keyword: &str) -> Option<&'j str> {
    schema.as_object()?.get(keyword)?.as_text()
}

/// A place in a JSON Schema, which lives as long as the catalog.
type Place<'s> = &'s Json<'static>;

/// The schemas of a capability's params.
#[derive(Clone, Copy)]
struct Schemas<'s> {
    root: Place<'s>,
}

impl<'s> Schemas<'s> {
    /// A value for which these schemas may hold, without its secrets.
    fn without_secrets<'j>(self, value: &Json<'j>, schemas: &[Place<'s>]) -> Json<'j> {
        let mut all = Vec::new();
        schemas.iter().for_each(|schema| self.follow(schema, &mut all));
        if all.iter().any(|schema| is_secret(schema)) {
            return hidden(value);
        }
        match value {
            Json::Object(fields) => with_each(fields, |key, value| self.without_secrets(value, &of_field(&all, key))),
            Json::List(items) => {
                let schemas = of_items(&all);
                Json::List(items.iter().map(|item| self.without_secrets(item, &schemas)).collect())
            }
            other => other.clone(),
        }
    }

    /// The schema and all that may hold beside it, each once: references may lead back.
    fn follow(self, schema: Place<'s>, all: &mut Vec<Place<'s>>) {
        let is_known = all.iter().any(|known| std::ptr::eq(*known, schema));
        let Some(fields) = schema.as_object().filter(|_| !is_known) else { return };
        all.push(schema);
        for keyword in ["allOf", "anyOf", "oneOf"] {
            if let Some(Json::List(parts)) = fields.get(keyword) {
                parts.iter().for_each(|part| self.follow(part, all));
            }
        }
        for keyword in ["if", "then", "else"] {
            fields.get(keyword).into_iter().for_each(|part| self.follow(part, all));
        }
        if let Some(target) = word(schema, "$ref").and_then(|pointer| self.at(pointer)) {
            self.follow(target, all);
        }
    }

    /// The schema at `#/…`.
    fn at(self, pointer: &str) -> Option<Place<'s>> {
        let steps = pointer.strip_prefix('#')?.split('/').skip(1);
        steps.map(|step| step.replace("~1", "/").replace("~0", "~")).try_fold(self.root, |place, step| match place {
            Json::Object(fields) => fields.get(&step),
            Json::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

/// The schemas that may hold for a field. Patterns are not matched: each may.
fn of_field<'s>(schemas: &[Place<'s>], key: &str) -> Vec<Place<'s>> {
    let fields = schemas.iter().filter_map(|schema| schema.as_object());
    let of_one = |fields: &'s Object<'static>| {
        let named = |keyword: &str| fields.get(keyword).and_then(Json::as_object);
        let patterns = named("patternProperties").map_or(&[][..], Object::entries).iter().map(|(_, schema)| schema);
        let property = named("properties").and_then(|all| all.get(key));
        let others = fields.get("additionalProperties").filter(|_| property.is_none());
        property.into_iter().chain(others).chain(patterns).collect::<Vec<_>>()
    };
    fields.flat_map(of_one).collect()
}

/// The schemas that may hold for an item of a list, whatever its place.
fn of_items<'s>(schemas: &[Place<'s>]) -> Vec<Place<'s>> {
    let fields = schemas.iter().filter_map(|schema| schema.as_object());
    let keywords = ["items", "prefixItems", "additionalItems", "contains", "unevaluatedItems"];
    let found = fields.flat_map(|fields| keywords.into_iter().filter_map(|keyword| fields.get(keyword)));
    found
        .flat_map(|found| if let Json::List(several) = found { several.iter().collect() } else { vec![found] })
        .collect()
}

fn hidden<'a>(value: &Json<'_>) -> Json<'a> {
    let digest = Digest::of(JsonText::of(value).as_str().as_bytes()).to_string();
    Json::Text(Cow::Owned(format!("{MARK}{digest}]")))
}

#[cfg(test)]
mod tests {
    use kruxos_policy::catalog::Catalog;
    use kruxos_policy::document::load_catalog;
    use kruxos_policy::source::Sources;
    use kruxos_policy::yaml::Limits;

    use super::*;

    fn redacted(schema: &str, params: &str) -> Params {
        let text = format!(r#"{{"tools": [{{"name": "x.y", "inputSchema": {schema}}}]}}"#);
        let document = load_catalog(Sources::default().add("catalog", text.as_str()), &text, Limits::CATALOG);
        assert!(!document.has_errors(), "{:?}", document.diagnostics);
        let catalog = Catalog::compile(&document.value);
        assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics);
        redact(&serde_json::from_str(params).unwrap(), Some(catalog.value.get("x.y").unwrap()))
    }

    /// What is kept of params under a schema; what was taken out is `*`.
    fn kept(schema: &str, params: &str) -> String {
        let redacted = redacted(schema, params);
        let mut parts = redacted.as_str().split(MARK);
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |text, part| text + "*" + part.split_once(']').unwrap().1)
    }

    /// The schema of an object with one property.
    fn object(name: &str, schema: &str) -> String {
        format!(r#"{{"type": "object", "properties": {{"{name}": {schema}}}}}"#)
    }

    const SECRET: &str = r#"{"type": "string", "format": "password"}"#;

    #[test]
    fn what_the_catalog_calls_a_password_is_taken_out_whatever_stands_there() {
        let schema = object("key", SECRET);
        assert_eq!(kept(&schema, r#"{"user":"a","key":"hunter2"}"#), r#"{"key":"*","user":"a"}"#);
        assert_eq!(kept(&schema, r#"{"key":{"a":["hunter2"]}}"#), r#"{"key":"*"}"#);
        assert_eq!(kept(&schema, r#"{"user":"hunter2","Key":"x"}"#), r#"{"Key":"x","user":"hunter2"}"#);
        assert_eq!(kept(&schema, "{}"), "{}");
    }

    #[test]
    fn equal_secrets_can_be_told_to_be_equal_and_nothing_else() {
        let one = redacted(&object("key", SECRET), r#"{"key":"hunter2"}"#);
        assert_eq!(one, redacted(&object("key", SECRET), r#"{"key":"\u0068unter2"}"#));
        assert_ne!(one, redacted(&object("key", SECRET), r#"{"key":"hunter3"}"#));
        assert_eq!(one.as_str(), format!(r#"{{"key":"{MARK}{}]"}}"#, Digest::of(b"\"hunter2\"")));
    }

    #[test]
    fn secrets_are_found_wherever_a_schema_can_stand() {
        let list = |items: &str| object("keys", &format!(r#"{{"type": "array", {items}}}"#));
        let keys = r#"{"keys":["a","b"]}"#;
        assert_eq!(kept(&list(&format!(r#""items": {SECRET}"#)), keys), r#"{"keys":["*","*"]}"#);
        assert_eq!(kept(&list(&format!(r#""prefixItems": [{SECRET}]"#)), keys), r#"{"keys":["*","*"]}"#);
        let deep = object("login", &object("key", SECRET));
        assert_eq!(kept(&deep, r#"{"login":{"key":"a","user":"b"}}"#), r#"{"login":{"key":"*","user":"b"}}"#);
        let in_list = list(&format!(r#""items": {}"#, object("key", SECRET)));
        assert_eq!(kept(&in_list, r#"{"keys":[{"key":"a"},{"user":"b"}]}"#), r#"{"keys":[{"key":"*"},{"user":"b"}]}"#);
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let part = object("key", &format!(r#"{{"{keyword}": [{{"type": "string"}}, {SECRET}]}}"#));
            assert_eq!(kept(&part, r#"{"key":"a"}"#), r#"{"key":"*"}"#, "{keyword}");
        }
        for keyword in ["additionalProperties", "patternProperties"] {
            let value =
                if keyword == "patternProperties" { format!(r#"{{"^x": {SECRET}}}"#) } else { SECRET.to_owned() };
            let schema = format!(r#"{{"type": "object", "properties": {{"user": {{}}}}, "{keyword}": {value}}}"#);
            assert_eq!(kept(&schema, r#"{"xkey":"a"}"#), r#"{"xkey":"*"}"#, "{keyword}");
        }
    }

    #[test]
    fn references_are_followed_and_may_lead_back() {
        let schema = format!(
            r##"{{"type": "object", "properties": {{"key": {{"$ref": "#/$defs/s"}}, "more": {{"$ref": "#"}}}}, "$defs": {{"s": {SECRET}}}}}"##
        );
        let params = r#"{"key":"a","more":{"more":{"key":"b","user":"c"}}}"#;
        assert_eq!(kept(&schema, params), r#"{"key":"*","more":{"more":{"key":"*","user":"c"}}}"#);
    }

    #[test]
    fn params_that_are_secret_as_a_whole_stay_an_object() {
        assert_eq!(kept(r#"{"type": "object", "format": "password"}"#, r#"{"a":"b","c":1}"#), r#"{"a":"*","c":"*"}"#);
    }

    #[test]
    fn without_a_declaration_nothing_is_taken_out() {
        let params: Params = serde_json::from_str(r#"{"password":"x"}"#).unwrap();
        assert_eq!(redact(&params, None), params);
        assert_eq!(redacted(&object("password", r#"{"type": "string"}"#), params.as_str()), params);
    }
}
