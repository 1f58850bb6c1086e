//! What a schema says of each parameter, for lint and for reading the keys of map conditions.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::role::{PathBase, Role};
use super::schema::{Schema, Types, child};
use crate::cel::Step;
use crate::diagnostic::{Diagnostic, kinds};
use crate::json::{Json, Object};
use crate::number::Number;
use crate::source::Span;
use crate::yaml::{Key, Node, NodeKind};

/// Most levels of parameters within parameters, and of references followed to find them.
const MAX_DEPTH: usize = 8;

/// The parameters an object schema names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    list: BTreeMap<String, Parameter>,
    /// Whether no others are allowed.
    pub closed: bool,
}

/// What is known of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The types its values may have.
    pub types: Types,
    /// What kind of text it is, in JSON Schema's words and ours: `file-path`, `uri`, `date-time`, `glob`.
    pub format: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Whether every call must have it.
    pub required: bool,
    /// What a call that leaves it out is taken to say.
    pub default: Option<Json<'static>>,
    /// The only values it may have.
    pub values: Option<Vec<Json<'static>>>,
    /// The least value, if it must be a number, and whether that value itself is excluded.
    pub minimum: Option<(Number, bool)>,
    /// The greatest value, if it must be a number, and whether that value itself is excluded.
    pub maximum: Option<(Number, bool)>,
    /// What stands within it, if it is an object.
    pub fields: Parameters,
    /// What its elements are, if it is a list.
    pub items: Option<Box<Parameter>>,
    role: Option<Role>,
    base: Option<PathBase>,
}

impl Parameter {
    /// Whether the catalog says that this is a path of the file system.
    #[must_use]
    pub fn is_path(&self) -> bool {
        matches!(self.format.as_deref(), Some("file-path" | "path" | "filesystem-path" | "directory-path"))
    }

    /// Whether the catalog says that this is a secret, which nobody is to be shown and no trail is to keep.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.format.as_deref() == Some("password")
    }

    /// Whether the catalog says that this is a URL.
    #[must_use]
    pub fn is_url(&self) -> bool {
        matches!(self.format.as_deref(), Some("uri" | "url" | "iri"))
    }

    /// The part of an invocation that it carries, as the catalog says by `x-kruxos-role`.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        self.role
    }

    /// The directory below which its relative paths are meant, as the catalog says by `x-kruxos-base`.
    #[must_use]
    pub const fn base(&self) -> Option<&PathBase> {
        self.base.as_ref()
    }

    fn declares_roles(&self) -> bool {
        self.role.is_some() || self.fields.declare_roles() || self.items.as_deref().is_some_and(Self::declares_roles)
    }

    /// What is known where its schema is one of several that may hold: what it is for, not which values it has.
    fn possible(self) -> Self {
        let (types, values) = (Types::ANY, None);
        Self { types, values, required: false, default: None, minimum: None, maximum: None, base: None, ..self }
    }

    /// Takes from another schema that may hold what it is for there.
    fn may_be(&mut self, other: Self) {
        self.role = self.role.or(other.role);
        self.format = self.format.take().or(other.format);
        self.items = self.items.take().or(other.items);
        for (name, field) in other.fields.list {
            match self.fields.list.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(field);
                }
                Entry::Occupied(mut known) => known.get_mut().may_be(field),
            }
        }
    }

    /// What stands some steps further in.
    #[must_use]
    pub fn at(&self, steps: &[Step<'_>]) -> Option<&Self> {
        match steps.split_first() {
            None => Some(self),
            Some((Step::Element, rest)) => self.items.as_deref()?.at(rest),
            Some((Step::Field(_), _)) => self.fields.at(steps),
        }
    }
}

impl Parameters {
    /// The parameter at a dotted path; `options.depth` is the field `depth` of the parameter `options`, unless a
    /// parameter has that very name.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Parameter> {
        self.list.get(path).or_else(|| {
            let (first, rest) = path.split_once('.')?;
            self.list.get(first)?.fields.get(rest)
        })
    }

    /// The parameter that these steps lead to.
    #[must_use]
    pub fn at(&self, steps: &[Step<'_>]) -> Option<&Parameter> {
        match steps.split_first() {
            Some((Step::Field(name), rest)) => self.list.get(name.as_str())?.at(rest),
            _ => None,
        }
    }

    /// The parameter that carries a part of an invocation, by its name.
    #[must_use]
    pub fn of_role(&self, role: Role) -> Option<(&str, &Parameter)> {
        self.iter().find(|(_, parameter)| parameter.role == Some(role))
    }

    /// Whether some parameter, at any depth, is said to be a part of an invocation.
    #[must_use]
    pub fn declare_roles(&self) -> bool {
        self.list.values().any(Parameter::declares_roles)
    }

    /// All parameters, in byte order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Parameter)> {
        self.list.iter().map(|(name, parameter)| (name.as_str(), parameter))
    }

    /// Whether no parameter is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The values that optional parameters have when a call leaves them out.
    pub(super) fn defaults(&self) -> Object<'static> {
        let optional = self.list.iter().filter(|(_, parameter)| !parameter.required);
        let values = optional.filter_map(|(name, parameter)| Some((name.clone().into(), parameter.default.clone()?)));
        Object::new(values.collect()).unwrap_or_default()
    }

    /// Two parameters of one role would leave open which of them is run.
    pub(super) fn refuse_repeated_roles(&self, tool: Span, diagnostics: &mut Vec<Diagnostic>) {
        for role in Role::ALL {
            let mut names = self.iter().filter(|(_, parameter)| parameter.role == Some(role)).map(|(name, _)| name);
            if let (Some(first), Some(second)) = (names.next(), names.next()) {
                let message = format!("`{first}` and `{second}` are both the `{}` of one call", role.as_str());
                diagnostics.push(
                    Diagnostic::of(&kinds::REPEATED_ROLE, tool, message)
                        .help("give `x-kruxos-role` to the one that is run with the call"),
                );
            }
        }
    }

    pub(super) fn read(schema: &Node) -> Self {
        Reader { root: schema }.parameters(schema, 0)
    }

    /// Forgets defaults that their own schema refuses: a call cannot have such a value, so it must not be assumed.
    pub(super) fn drop_bad_defaults(&mut self, node: &Node, schema: &Schema, diagnostics: &mut Vec<Diagnostic>) {
        for (name, parameter) in &mut self.list {
            let (Some(default), Some(place)) = (&parameter.default, schema.property(name)) else { continue };
            let Err(violation) = schema.validate_at(place, default) else { continue };
            let span = child(node, "properties").and_then(|all| child(all, name)).map_or(node.span, |one| one.span);
            let message = format!("the default of `{name}` breaks its own schema: {}", violation.message);
            let help = "it is not used; a call without the parameter has no value for it";
            diagnostics.push(Diagnostic::of(&kinds::BAD_DEFAULT, span, message).help(help));
            parameter.default = None;
        }
    }
}

struct Reader<'n> {
    root: &'n Node,
}

impl<'n> Reader<'n> {
    fn parameters(&self, schema: &'n Node, depth: usize) -> Parameters {
        let mut found = Parameters::default();
        if depth > MAX_DEPTH {
            return found;
        }
        for part in self.parts(schema, depth) {
            found.closed |= child(part, "additionalProperties").map(Node::to_json) == Some(Json::Bool(false));
            for (key, node) in child(part, "properties").map_or(&[][..], entries) {
                found.list.entry(key.text.clone()).or_insert_with(|| self.parameter(node, depth + 1));
            }
        }
        for name in self.parts(schema, depth).iter().flat_map(|part| required(part)) {
            if let Some(parameter) = found.list.get_mut(&name) {
                parameter.required = true;
            }
        }
        for part in self.alternatives(schema, depth) {
            for (key, node) in child(part, "properties").map_or(&[][..], entries) {
                let possible = self.parameter(node, depth + 1).possible();
                match found.list.entry(key.text.clone()) {
                    Entry::Vacant(place) => {
                        place.insert(possible);
                    }
                    Entry::Occupied(mut known) => known.get_mut().may_be(possible),
                }
            }
        }
        found
    }

    /// The schemas of which some may hold: those of `anyOf`, `oneOf`, `then` and `else`, with what holds beside each.
    fn alternatives(&self, schema: &'n Node, depth: usize) -> Vec<&'n Node> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let branches = |part: &&'n Node| {
            let several = ["anyOf", "oneOf"].into_iter().filter_map(|key| child(part, key)).flat_map(items);
            several.chain(["then", "else"].into_iter().filter_map(|key| child(part, key))).collect::<Vec<_>>()
        };
        let branches: Vec<&'n Node> = self.parts(schema, depth).iter().flat_map(branches).collect();
        let mut found = Vec::new();
        for branch in branches {
            found.extend(self.parts(branch, depth + 1));
            found.extend(self.alternatives(branch, depth + 1));
        }
        found
    }

    /// The schema and those that hold beside it: `$ref` and `allOf`.
    fn parts(&self, schema: &'n Node, depth: usize) -> Vec<&'n Node> {
        let mut parts = vec![schema];
        if depth > MAX_DEPTH {
            return parts;
        }
        let target = word(schema, "$ref").and_then(|pointer| super::schema::resolve(self.root, &pointer).ok());
        for part in target.into_iter().chain(child(schema, "allOf").map_or(&[][..], items)) {
            parts.extend(self.parts(part, depth + 1));
        }
        parts
    }

    fn parameter(&self, schema: &'n Node, depth: usize) -> Parameter {
        let parts = self.parts(schema, depth);
        let first = |key: &str| parts.iter().find_map(|part| child(part, key));
        let types = parts.iter().filter_map(|part| child(part, "type")).map(types);
        let mut parameter = Parameter {
            types: types.fold(Types::ANY, Types::intersection),
            format: parts.iter().find_map(|part| word(part, "format")),
            description: parts.iter().find_map(|part| word(part, "description")),
            required: false,
            default: first("default").map(Node::to_json),
            values: first("const").map(|one| vec![one.to_json()]).or_else(|| first("enum").map(|all| values(all))),
            minimum: bound(&parts, "minimum", "exclusiveMinimum"),
            maximum: bound(&parts, "maximum", "exclusiveMaximum"),
            fields: self.parameters(schema, depth),
            items: self.items(&parts, depth),
            role: first("x-kruxos-role").and_then(|node| Role::read(node).ok()),
            base: first("x-kruxos-base").and_then(|node| PathBase::read(node).ok()),
        };
        // What it is for in some branch it is for wherever that branch may hold; its fields are read with the schema.
        for part in self.alternatives(schema, depth) {
            let role = child(part, "x-kruxos-role").and_then(|node| Role::read(node).ok());
            parameter.role = parameter.role.or(role);
            parameter.format = parameter.format.or_else(|| word(part, "format"));
        }
        parameter
    }

    /// The elements of a list that one schema describes; a base that the list names is that of its elements.
    fn items(&self, parts: &[&'n Node], depth: usize) -> Option<Box<Parameter>> {
        if depth > MAX_DEPTH || parts.iter().any(|part| child(part, "prefixItems").is_some()) {
            return None;
        }
        let items = parts.iter().find_map(|part| child(part, "items")).filter(|items| items.as_map().is_some())?;
        let mut item = self.parameter(items, depth + 1);
        let own = parts.iter().find_map(|part| child(part, "x-kruxos-base"));
        item.base = item.base.or_else(|| own.and_then(|node| PathBase::read(node).ok()));
        Some(Box::new(item))
    }
}

fn types(node: &Node) -> Types {
    let one = |node: &Node| node.to_json().as_text().and_then(Types::named).unwrap_or(Types::ANY).with_whole_numbers();
    match &node.kind {
        NodeKind::List(items) => items.iter().map(one).fold(Types::NONE, Types::with),
        _ => one(node),
    }
}

/// A bound with whether it is exclusive; `true` beside the plain bound is the spelling of draft 4.
fn bound(parts: &[&Node], plain: &str, exclusive: &str) -> Option<(Number, bool)> {
    let number = |key: &str| parts.iter().find_map(|part| child(part, key)).map(Node::to_json);
    match number(exclusive) {
        Some(Json::Bool(flag)) => Some((number(plain)?.as_number()?, flag)),
        Some(limit) if number(plain).is_none() => Some((limit.as_number()?, true)),
        _ => Some((number(plain)?.as_number()?, false)),
    }
}

fn values(node: &Node) -> Vec<Json<'static>> {
    items(node).iter().map(Node::to_json).collect()
}

fn required(schema: &Node) -> Vec<String> {
    let names = child(schema, "required").map_or(&[][..], items).iter().map(Node::to_json);
    names.filter_map(|name| name.as_text().map(str::to_owned)).collect()
}

fn word(schema: &Node, key: &str) -> Option<String> {
    child(schema, key).and_then(Node::as_text).map(str::to_owned)
}

fn items(node: &Node) -> &[Node] {
    node.as_list().unwrap_or_default()
}

fn entries(node: &Node) -> &[(Key, Node)] {
    node.as_map().unwrap_or_default()
}
