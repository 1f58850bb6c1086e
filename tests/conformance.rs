//! The expression language against the public conformance data of CEL.
//!
//! The data is not part of this repository: it is read from `KRUXOS_CEL_TESTDATA`, else from `../shared/reference/cel`.
//! Cases that need protobuf messages or enums are outside the profile and counted apart; every other case that does not
//! hold is listed with its reason in `conformance-skips.txt`, and the list is held to be exact.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

#[path = "conformance/textproto.rs"]
mod textproto;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kruxos_policy::cel::value::{List, Map};
use kruxos_policy::cel::{Cause, Environment, Semantics, Type, Value, Variables, compile, eval};
use kruxos_policy::source::{Sources, Span};
use textproto::{Field, Message};

#[test]
fn the_conformance_data_holds_but_for_the_listed_cases() {
    let folder = folder();
    if !folder.is_dir() {
        println!("skipped: the conformance data is not at {}", folder.display());
        return;
    }
    let mut skips = skips();
    let (mut passed, mut listed, mut outside, mut wrong) = (0, 0, 0, Vec::new());
    for (name, case) in cases(&folder) {
        let outcome = case.is_in_profile().then(|| case.run());
        match (outcome, skips.remove(&name)) {
            (None, None) => outside += 1,
            (None, Some(_)) => wrong.push(format!("{name} is listed but outside the profile")),
            (Some(Ok(())), None) => passed += 1,
            (Some(Ok(())), Some(_)) => wrong.push(format!("{name} is listed but holds")),
            (Some(Err(_)), Some(_)) => listed += 1,
            (Some(Err(why)), None) => wrong.push(format!("{name}: {why}")),
        }
    }
    wrong.extend(skips.into_keys().map(|name| format!("{name} is listed but is no case")));
    println!("conformance: {passed} hold, {listed} are listed, {outside} are outside the profile");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(passed * 100 >= (passed + listed) * 95, "fewer than 95 of 100 cases in the profile hold");
}

fn folder() -> PathBuf {
    match std::env::var_os("KRUXOS_CEL_TESTDATA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/cel"),
    }
}

/// Names of cases with the reason why they do not hold: blocks of a `#` line and the names it is the reason of.
fn skips() -> BTreeMap<String, String> {
    let mut reason = String::new();
    let mut skips = BTreeMap::new();
    for line in include_str!("conformance-skips.txt").lines().filter(|line| !line.trim().is_empty()) {
        match line.strip_prefix("# ") {
            Some(words) => words.clone_into(&mut reason),
            None => assert!(skips.insert(line.to_owned(), reason.clone()).is_none(), "{line} is listed twice"),
        }
    }
    assert!(skips.values().all(|reason| !reason.is_empty()), "a skipped case has no reason");
    skips
}

fn cases(folder: &Path) -> Vec<(String, Case)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "textproto"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let data = textproto::read(&std::fs::read_to_string(&file).unwrap());
        for section in data.messages("section") {
            for test in section.messages("test") {
                let names = [data.text("name"), section.text("name"), test.text("name")];
                let name = names.map(Option::unwrap_or_default).join("/");
                cases.push((name, Case(test.clone())));
            }
        }
    }
    assert!(!cases.is_empty(), "there are no cases in {}", folder.display());
    cases
}

struct Case(Message);

impl Case {
    fn text(&self) -> String {
        self.0.text("expr").unwrap_or_default()
    }

    /// Whether nothing in it is a protobuf message or an enum.
    fn is_in_profile(&self) -> bool {
        let container = self.0.text("container").unwrap_or_default();
        let text = self.text();
        let builds = text.contains("TestAllTypes") || (text.contains("google.protobuf.") && text.contains('{'));
        let schema = container.starts_with("cel.expr.conformance") || container.starts_with("google.protobuf");
        let fields = ["object_value", "enum_value", "message_type", "type_url"];
        !builds && !schema && !fields.iter().any(|field| self.0.mentions(field))
    }

    fn environment(&self) -> Environment {
        let mut variables: Vec<(String, Type)> = self
            .0
            .messages("type_env")
            .map(|declaration| {
                let ty = declaration.message("ident").and_then(|ident| ident.message("type")).map_or(Type::Dyn, ty);
                (declaration.text("name").unwrap(), ty)
            })
            .collect();
        for name in self.0.messages("bindings").filter_map(|binding| binding.text("key")) {
            if !variables.iter().any(|(known, _)| *known == name) {
                variables.push((name, Type::Dyn));
            }
        }
        let container = self.0.text("container").unwrap_or_default();
        Environment { variables, container, semantics: Semantics::Cel }
    }

    fn run(&self) -> Result<(), String> {
        let environment = self.environment();
        let text = self.text();
        let id = Sources::default().add("case", text.as_str());
        let parsed = compile(&text, &|start, end| Span::new(id, start, end), &environment);
        let wants_error =
            self.0.fields.iter().any(|(name, _)| matches!(name.as_str(), "eval_error" | "any_eval_errors"));
        let Some(expr) = parsed.value else {
            let found = parsed.diagnostics.first().map(|found| found.message.clone());
            return if wants_error { Ok(()) } else { Err(format!("`{text}` does not compile: {found:?}")) };
        };
        let bindings = Bindings::of(&self.0, &environment);
        let found = eval(&expr, &bindings);
        let wanted = self.0.message("value").map(value);
        match (found, wanted) {
            (Err(_), _) if wants_error => Ok(()),
            (Ok(found), _) if wants_error => Err(format!("`{text}` is {found}, not an error")),
            (Ok(found), wanted) => {
                let wanted = wanted.unwrap_or(Value::Bool(true));
                same(&found, &wanted).then_some(()).ok_or_else(|| format!("`{text}` is {found}, not {wanted}"))
            }
            (Err(unknown), wanted) => Err(format!("`{text}` is {:?}, not {wanted:?}", unknown.cause)),
        }
    }
}

/// The values of the variables, by their index in the environment.
struct Bindings(Vec<Option<Value<'static>>>);

impl Bindings {
    fn of(case: &Message, environment: &Environment) -> Self {
        let bound = |name: &str| {
            let binding = case.messages("bindings").find(|binding| binding.text("key").as_deref() == Some(name));
            binding.and_then(|binding| binding.message("value")?.message("value")).map(value)
        };
        Self(environment.variables.iter().map(|(name, _)| bound(name)).collect())
    }
}

impl<'a> Variables<'a> for Bindings {
    fn value(&self, index: usize) -> Result<Value<'a>, Cause> {
        self.0.get(index).cloned().flatten().ok_or(Cause::Missing)
    }
}

fn ty(message: &Message) -> Type {
    if message.message("list_type").is_some() {
        return Type::List(None);
    }
    if message.message("map_type").is_some() {
        return Type::Map(None);
    }
    match message.word("primitive").or(message.word("well_known")) {
        Some("BOOL") => Type::Bool,
        Some("INT64") => Type::Int,
        Some("UINT64") => Type::UInt,
        Some("DOUBLE") => Type::Double,
        Some("STRING") => Type::Text,
        Some("BYTES") => Type::Bytes,
        Some("TIMESTAMP") => Type::Timestamp,
        Some("DURATION") => Type::Duration,
        _ => Type::Dyn,
    }
}

fn value(message: &Message) -> Value<'static> {
    let (name, field) = message.fields.first().expect("a value has a kind");
    let word = || match field {
        Field::Word(word) => word.as_str(),
        other => panic!("{other:?}"),
    };
    let inner = || match field {
        Field::Message(message) => message,
        other => panic!("{other:?}"),
    };
    let bytes = || match field {
        Field::Text(bytes) => bytes.as_slice(),
        other => panic!("{other:?}"),
    };
    match name.as_str() {
        "null_value" => Value::Null,
        "bool_value" => Value::Bool(word() == "true"),
        "int64_value" => Value::Int(word().parse().unwrap()),
        "uint64_value" => Value::UInt(word().parse().unwrap()),
        "double_value" => Value::Double(word().parse().unwrap()),
        "string_value" => Value::text(std::str::from_utf8(bytes()).unwrap()),
        "bytes_value" => Value::Bytes(bytes().into()),
        "type_value" => Value::Type(Type::named(std::str::from_utf8(bytes()).unwrap()).unwrap()),
        "list_value" => Value::list(inner().messages("values").map(value).collect::<Vec<_>>()),
        "map_value" => {
            let entry =
                |entry: &Message| (value(entry.message("key").unwrap()), value(entry.message("value").unwrap()));
            Value::Map(Map::Shared(inner().messages("entries").map(entry).collect::<Vec<_>>().into()))
        }
        other => panic!("a value of kind {other}"),
    }
}

/// Equal in value and in type, maps in any order.
fn same(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Double(left), Value::Double(right)) => left == right || (left.is_nan() && right.is_nan()),
        (Value::List(left), Value::List(right)) => same_lists(left, right),
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.iter().any(|(other, wanted)| same(&key, &other) && same(&value, &wanted)))
        }
        _ => left.to_string() == right.to_string(),
    }
}

fn same_lists(left: &List<'_>, right: &List<'_>) -> bool {
    left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(&left, &right))
}
