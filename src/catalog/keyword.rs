//! The keywords of JSON Schema: one row each, with what it compiles to.

use std::collections::BTreeMap;

use super::ecma;
use super::role::{PathBase, Role};
use super::schema::{Bound, Check, Compiler, Count, Counted, Place, Types};
use crate::diagnostic::{Diagnostic, kinds};
use crate::json::Json;
use crate::number::Number;
use crate::suggest::nearest;
use crate::yaml::{Key, Node, NodeKind};

/// What a keyword's value gave.
pub(super) enum Read {
    /// What must hold.
    Checks(Vec<Check>),
    /// Not what the standard allows; the words follow the keyword's name.
    Malformed(String),
    /// Beyond what can be checked; the words say why.
    Unclear(String),
}

/// The mapping a keyword stands in.
type Entries = [(Key, Node)];

/// One keyword.
struct Keyword {
    name: &'static str,
    read: for<'n> fn(&mut Compiler<'n>, &'n Node, &'n Entries) -> Read,
}

/// Keywords that say something to people and check nothing.
const ANNOTATIONS: &[&str] = &[
    "title",
    "description",
    "default",
    "examples",
    "example",
    "format",
    "deprecated",
    "readOnly",
    "writeOnly",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "$schema",
    "$id",
    "$comment",
    "$anchor",
    "$vocabulary",
    "$defs",
    "definitions",
];

/// Keywords that check something.
const KEYWORDS: &[Keyword] = &[
    Keyword { name: "type", read: |_, node, _| types(node) },
    Keyword { name: "enum", read: |_, node, _| among(node) },
    Keyword { name: "const", read: |_, node, _| one(Check::Among(vec![node.to_json()])) },
    Keyword { name: "minimum", read: |_, node, _| bound(node, true, false) },
    Keyword { name: "maximum", read: |_, node, _| bound(node, false, false) },
    Keyword { name: "exclusiveMinimum", read: |_, node, all| exclusive(node, all, "minimum", true) },
    Keyword { name: "exclusiveMaximum", read: |_, node, all| exclusive(node, all, "maximum", false) },
    Keyword { name: "multipleOf", read: |_, node, _| multiple_of(node) },
    Keyword { name: "minLength", read: |_, node, _| count(node, Counted::Characters, true) },
    Keyword { name: "maxLength", read: |_, node, _| count(node, Counted::Characters, false) },
    Keyword { name: "pattern", read: |_, node, _| pattern(node) },
    Keyword { name: "minItems", read: |_, node, _| count(node, Counted::Elements, true) },
    Keyword { name: "maxItems", read: |_, node, _| count(node, Counted::Elements, false) },
    Keyword { name: "uniqueItems", read: |_, node, _| unique(node) },
    Keyword { name: "items", read: items },
    Keyword { name: "prefixItems", read: prefix_items },
    Keyword { name: "additionalItems", read: |_, _, _| none() },
    Keyword { name: "contains", read: contains },
    Keyword { name: "minContains", read: |_, node, _| whole(node).map_or_else(|read| read, |_| none()) },
    Keyword { name: "maxContains", read: |_, node, _| whole(node).map_or_else(|read| read, |_| none()) },
    Keyword { name: "minProperties", read: |_, node, _| count(node, Counted::Keys, true) },
    Keyword { name: "maxProperties", read: |_, node, _| count(node, Counted::Keys, false) },
    Keyword { name: "required", read: |_, node, _| texts(node).map_or_else(|r| r, |keys| one(Check::Required(keys))) },
    Keyword { name: "properties", read: |compiler, _, all| properties(compiler, all, "properties") },
    Keyword { name: "patternProperties", read: |compiler, _, all| properties(compiler, all, "patternProperties") },
    Keyword {
        name: "additionalProperties",
        read: |compiler, _, all| properties(compiler, all, "additionalProperties"),
    },
    Keyword { name: "propertyNames", read: |compiler, node, _| one(Check::PropertyNames(compiler.place(node))) },
    Keyword { name: "dependentRequired", read: dependencies },
    Keyword { name: "dependentSchemas", read: dependencies },
    Keyword { name: "dependencies", read: dependencies },
    Keyword { name: "allOf", read: |compiler, node, _| several(compiler, node, Check::AllOf) },
    Keyword { name: "anyOf", read: |compiler, node, _| several(compiler, node, Check::AnyOf) },
    Keyword { name: "oneOf", read: |compiler, node, _| several(compiler, node, Check::OneOf) },
    Keyword { name: "not", read: |compiler, node, _| one(Check::Not(compiler.place(node))) },
    Keyword { name: "if", read: conditional },
    Keyword { name: "then", read: |_, _, _| none() },
    Keyword { name: "else", read: |_, _, _| none() },
    Keyword { name: "$ref", read: reference },
    Keyword { name: "$dynamicRef", read: |_, _, _| unclear("dynamic references are not followed") },
    Keyword { name: "$recursiveRef", read: |_, _, _| unclear("dynamic references are not followed") },
    Keyword { name: "unevaluatedProperties", read: |_, _, _| unclear("what other keywords looked at is not kept") },
    Keyword { name: "unevaluatedItems", read: |_, _, _| unclear("what other keywords looked at is not kept") },
    Keyword { name: "x-kruxos-role", read: |_, node, _| named(Role::read(node)) },
    Keyword { name: "x-kruxos-base", read: |_, node, _| named(PathBase::read(node)) },
];

/// Reads every keyword of one schema.
pub(super) fn read_all<'n>(compiler: &mut Compiler<'n>, entries: &'n Entries) -> Vec<Check> {
    let mut checks = Vec::new();
    for (key, node) in entries {
        let name = key.text.as_str();
        if let Some(keyword) = KEYWORDS.iter().find(|keyword| keyword.name == name) {
            let read = (keyword.read)(compiler, node, entries);
            compiler.note(name, node, read, &mut checks);
        } else if !ANNOTATIONS.contains(&name) && (!name.starts_with("x-") || name.starts_with("x-kruxos-")) {
            compiler.diagnostics.push(unknown(key));
        }
    }
    checks
}

/// A keyword of ours: it checks no value, but says something that must be understood.
fn named<T>(read: Result<T, String>) -> Read {
    read.map_or_else(Read::Malformed, |_| none())
}

fn unknown(key: &Key) -> Diagnostic {
    let message = format!("`{}` is no keyword of JSON Schema and checks nothing", key.text);
    let diagnostic = Diagnostic::of(&kinds::UNKNOWN_SCHEMA_KEYWORD, key.span, message);
    let known = KEYWORDS.iter().map(|keyword| keyword.name).chain(ANNOTATIONS.iter().copied());
    match nearest(&key.text, known) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")).fix(key.span, name),
        None => diagnostic,
    }
}

fn one(check: Check) -> Read {
    Read::Checks(vec![check])
}

fn none() -> Read {
    Read::Checks(Vec::new())
}

fn unclear(why: &str) -> Read {
    Read::Unclear(why.to_owned())
}

fn malformed(message: &str) -> Read {
    Read::Malformed(message.to_owned())
}

fn sibling<'n>(entries: &'n Entries, name: &str) -> Option<&'n Node> {
    entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node)
}

fn list(node: &Node) -> Result<&[Node], Read> {
    node.as_list().ok_or_else(|| malformed("takes a list"))
}

fn map(node: &Node) -> Result<&Entries, Read> {
    node.as_map().ok_or_else(|| malformed("takes an object"))
}

fn texts(node: &Node) -> Result<Vec<String>, Read> {
    let items = list(node)?.iter().map(|item| item.as_text().map(str::to_owned));
    items.collect::<Option<_>>().ok_or_else(|| malformed("takes a list of strings"))
}

fn number(node: &Node) -> Result<Number, Read> {
    node.to_json().as_number().ok_or_else(|| malformed("takes a number"))
}

fn whole(node: &Node) -> Result<u64, Read> {
    let value = match node.to_json() {
        Json::Int(value) => u64::try_from(value).ok(),
        Json::UInt(value) => Some(value),
        Json::Decimal(value) => {
            value.as_whole().filter(|_| value.is_whole()).and_then(|value| u64::try_from(value).ok())
        }
        _ => None,
    };
    value.ok_or_else(|| malformed("takes a whole number that is not negative"))
}

fn types(node: &Node) -> Read {
    let named = |node: &Node| match node.as_text() {
        Some(name) => Types::named(name).ok_or_else(|| {
            let hint =
                nearest(name, Types::known()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Read::Malformed(format!("does not know the type `{name}`{hint}"))
        }),
        None if node.to_json() == Json::Null => Ok(Types::named("null").unwrap_or(Types::NONE)),
        None => Err(malformed("takes the name of a type, or a list of them")),
    };
    let all = match &node.kind {
        NodeKind::List(items) => items.iter().try_fold(Types::NONE, |types, item| Ok(types.with(named(item)?))),
        _ => named(node),
    };
    all.map_or_else(|read| read, |types| one(Check::Types(types)))
}

fn among(node: &Node) -> Read {
    list(node).map_or_else(|read| read, |items| one(Check::Among(items.iter().map(Node::to_json).collect())))
}

fn bound(node: &Node, lower: bool, exclusive: bool) -> Read {
    number(node).map_or_else(|read| read, |limit| one(Check::Bound(Bound { limit, lower, exclusive })))
}

/// The exclusive bounds; `true` beside the plain bound is the spelling of draft 4.
fn exclusive(node: &Node, entries: &Entries, plain: &str, lower: bool) -> Read {
    match (node.to_json(), sibling(entries, plain)) {
        (Json::Bool(true), Some(limit)) => bound(limit, lower, true),
        (Json::Bool(_), _) => none(),
        _ => bound(node, lower, true),
    }
}

fn multiple_of(node: &Node) -> Read {
    match number(node) {
        Ok(unit) if unit > Number::ZERO => one(Check::MultipleOf(unit)),
        _ => malformed("takes a number above zero"),
    }
}

fn count(node: &Node, of: Counted, lower: bool) -> Read {
    whole(node).map_or_else(|read| read, |limit| one(Check::Count(Count { of, limit, lower })))
}

fn pattern(node: &Node) -> Read {
    match node.as_text().map(ecma::compile) {
        None => malformed("takes a string"),
        Some(Ok(regex)) => one(Check::Pattern(regex)),
        Some(Err(why)) => Read::Unclear(why),
    }
}

fn unique(node: &Node) -> Read {
    match node.to_json() {
        Json::Bool(true) => one(Check::Unique),
        Json::Bool(false) => none(),
        _ => malformed("takes `true` or `false`"),
    }
}

/// `items`: one schema for all elements that `prefixItems` does not name; a list of schemas is the older spelling of
/// `prefixItems`.
fn items<'n>(compiler: &mut Compiler<'n>, node: &'n Node, entries: &'n Entries) -> Read {
    if let NodeKind::List(first) = &node.kind {
        let first = first.iter().map(|item| compiler.place(item)).collect();
        let rest = sibling(entries, "additionalItems").map(|rest| compiler.place(rest));
        return one(Check::Items { first, rest });
    }
    if sibling(entries, "prefixItems").is_some() {
        return none();
    }
    let rest = Some(compiler.place(node));
    one(Check::Items { first: Vec::new(), rest })
}

fn prefix_items<'n>(compiler: &mut Compiler<'n>, node: &'n Node, entries: &'n Entries) -> Read {
    let first = match list(node) {
        Ok(first) => first.iter().map(|item| compiler.place(item)).collect(),
        Err(read) => return read,
    };
    let rest = sibling(entries, "items").map(|rest| compiler.place(rest));
    one(Check::Items { first, rest })
}

fn contains<'n>(compiler: &mut Compiler<'n>, node: &'n Node, entries: &'n Entries) -> Read {
    let limit = |name| sibling(entries, name).and_then(|node| whole(node).ok());
    let (least, most) = (limit("minContains").unwrap_or(1), limit("maxContains"));
    one(Check::Contains { place: compiler.place(node), least, most })
}

/// The three keywords on an object's keys make one check, by whichever of them comes first in this order.
fn properties<'n>(compiler: &mut Compiler<'n>, entries: &'n Entries, called: &str) -> Read {
    const TOGETHER: [&str; 3] = ["properties", "patternProperties", "additionalProperties"];
    if TOGETHER.into_iter().find(|name| sibling(entries, name).is_some()) != Some(called) {
        return none();
    }
    let mut named = BTreeMap::new();
    let mut patterns = Vec::new();
    if let Some(node) = sibling(entries, "properties") {
        match map(node) {
            Ok(list) => named.extend(list.iter().map(|(key, node)| (key.text.clone(), compiler.place(node)))),
            Err(read) => return read,
        }
    }
    if let Some(node) = sibling(entries, "patternProperties") {
        match map(node).and_then(|list| patterned(compiler, list)) {
            Ok(list) => patterns = list,
            Err(read) => return read,
        }
    }
    let others = sibling(entries, "additionalProperties").map(|node| compiler.place(node));
    one(Check::Properties { named, patterns, others })
}

fn patterned<'n>(compiler: &mut Compiler<'n>, list: &'n Entries) -> Result<Vec<(regex::Regex, Place)>, Read> {
    list.iter()
        .map(|(key, node)| Ok((ecma::compile(&key.text).map_err(Read::Unclear)?, compiler.place(node))))
        .collect()
}

/// `dependentRequired` has lists, `dependentSchemas` schemas, the older `dependencies` either.
fn dependencies<'n>(compiler: &mut Compiler<'n>, node: &'n Node, _: &'n Entries) -> Read {
    let each = |(key, node): &'n (Key, Node)| match node.kind {
        NodeKind::List(_) => Ok(Check::RequiredWith(key.text.clone(), texts(node)?)),
        _ => Ok(Check::SchemaWith(key.text.clone(), compiler.place(node))),
    };
    match map(node).and_then(|list| list.iter().map(each).collect()) {
        Ok(checks) => Read::Checks(checks),
        Err(read) => read,
    }
}

fn several<'n>(compiler: &mut Compiler<'n>, node: &'n Node, check: fn(Vec<Place>) -> Check) -> Read {
    match list(node) {
        Ok([]) => malformed("takes at least one schema"),
        Ok(items) => one(check(items.iter().map(|item| compiler.place(item)).collect())),
        Err(read) => read,
    }
}

fn conditional<'n>(compiler: &mut Compiler<'n>, node: &'n Node, entries: &'n Entries) -> Read {
    let test = compiler.place(node);
    let then = sibling(entries, "then").map(|node| compiler.place(node));
    let otherwise = sibling(entries, "else").map(|node| compiler.place(node));
    one(Check::If { test, then, otherwise })
}

fn reference<'n>(compiler: &mut Compiler<'n>, node: &'n Node, _: &'n Entries) -> Read {
    match node.as_text().map(|pointer| compiler.reference(pointer)) {
        None => malformed("takes a string"),
        Some(Ok(place)) => one(Check::Reference(place)),
        Some(Err(why)) => Read::Unclear(why),
    }
}
