//! A value's canonical text: keys in byte order, no space between tokens, numbers with every digit they were sent with.

use super::{Json, Object};

/// Appends the text of a value.
pub(super) fn value(out: &mut String, json: &Json<'_>) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Int(value) => out.push_str(&value.to_string()),
        Json::UInt(value) => out.push_str(&value.to_string()),
        Json::Decimal(value) => out.push_str(&value.text()),
        Json::Text(text) => string(out, text),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                value(out, item);
            }
            out.push(']');
        }
        Json::Object(object) => entries(out, object),
    }
}

fn entries(out: &mut String, object: &Object<'_>) {
    out.push('{');
    for (at, (key, item)) in object.entries().iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        string(out, key);
        out.push(':');
        value(out, item);
    }
    out.push('}');
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control @ '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}
