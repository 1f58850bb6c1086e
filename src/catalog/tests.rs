use super::*;
use crate::cel::Step;
use crate::cel::value::Text;
use crate::diagnostic::Severity;
use crate::document::load_catalog;
use crate::source::Sources;
use crate::yaml::{self, Limits, Node};

fn node(text: &str) -> Node {
    let source = Sources::default().add("schema", text);
    let parsed = yaml::parse(source, text);
    assert!(!parsed.has_errors(), "{text}: {:?}", parsed.diagnostics);
    parsed.value.unwrap()
}

fn compiled(schema: &str) -> Parsed<Schema> {
    Schema::compile(&node(schema))
}

/// What the schema says of a value: `ok`, or the pointer and the message.
fn verdict(schema: &str, value: &str) -> String {
    let schema = compiled(schema).value;
    match schema.validate(&Json::parse(value.as_bytes()).unwrap()) {
        Ok(()) => "ok".to_owned(),
        Err(violation) => format!("{}: {}", violation.pointer, violation.message),
    }
}

/// Schemas with values that satisfy them and values that do not, one line for each keyword and its borders.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("true", &["1", "null"], &[]),
    ("false", &[], &["1", "null"]),
    ("{}", &["1", "[]"], &[]),
    ("{type: string}", &["\"a\""], &["1", "null", "[\"a\"]"]),
    ("{type: integer}", &["1", "1.0", "-0.0", "18446744073709551615"], &["1.5", "\"1\"", "true"]),
    ("{type: number}", &["1", "1.5"], &["\"1\""]),
    ("{type: [string, 'null']}", &["\"a\"", "null"], &["1"]),
    ("{type: boolean}", &["false"], &["0", "\"false\""]),
    ("{enum: [a, 1, null, [1]]}", &["\"a\"", "1.0", "null", "[1.0]"], &["\"b\"", "true", "[]"]),
    ("{const: {a: 1, b: 2}}", &[r#"{"b":2,"a":1.0}"#], &[r#"{"a":1}"#]),
    ("{minimum: 1}", &["1", "\"text\""], &["0.999", "-1"]),
    ("{exclusiveMinimum: 1}", &["1.001"], &["1"]),
    ("{minimum: 1, exclusiveMinimum: true}", &["2"], &["1"]),
    ("{minimum: 1, exclusiveMinimum: false}", &["1"], &["0"]),
    ("{maximum: 9007199254740992}", &["9007199254740992"], &["9007199254740993"]),
    ("{exclusiveMaximum: 3}", &["2.9"], &["3"]),
    ("{multipleOf: 0.1}", &["0.3", "7"], &["0.35"]),
    ("{minLength: 2}", &["\"ab\"", "7"], &["\"a\"", "\"\""]),
    ("{maxLength: 2}", &["\"éé\"", "\"🔑🔑\""], &["\"abc\""]),
    ("{maxLength: 2.0}", &["\"ab\""], &["\"abc\""]),
    ("{pattern: '^a+$'}", &["\"aa\"", "7"], &["\"ab\"", "\"a\\n\""]),
    ("{minItems: 1, maxItems: 2}", &["[1]", "[1,2]", "\"\""], &["[]", "[1,2,3]"]),
    ("{uniqueItems: true}", &["[1,2]", "[1,true]"], &["[1,1.0]", r#"[{"a":1,"b":2},{"b":2,"a":1}]"#]),
    ("{uniqueItems: false}", &["[1,1]"], &[]),
    ("{items: {type: integer}}", &["[]", "[1,2]", "{}"], &["[1,\"2\"]"]),
    ("{prefixItems: [{type: string}], items: false}", &["[]", "[\"a\"]"], &["[1]", "[\"a\",1]"]),
    ("{items: [{type: string}], additionalItems: {type: integer}}", &["[\"a\",1]"], &["[1]", "[\"a\",\"b\"]"]),
    ("{contains: {const: 7}}", &["[1,7]"], &["[1]", "[]"]),
    ("{contains: {const: 7}, minContains: 2, maxContains: 2}", &["[7,7]"], &["[7]", "[7,7,7]"]),
    ("{contains: {const: 7}, minContains: 0}", &["[]"], &[]),
    ("{minProperties: 1, maxProperties: 1}", &["{\"a\":1}", "[]"], &["{}", "{\"a\":1,\"b\":2}"]),
    ("{required: [a]}", &["{\"a\":null}", "[]"], &["{}", "{\"b\":1}"]),
    ("{properties: {a: {type: string}}}", &["{}", "{\"a\":\"x\",\"b\":1}"], &["{\"a\":1}"]),
    ("{properties: {a: true}, additionalProperties: false}", &["{\"a\":1}"], &["{\"b\":1}"]),
    ("{additionalProperties: {type: integer}}", &["{\"b\":1}"], &["{\"b\":\"x\"}"]),
    (
        "{patternProperties: {'^x-': {type: string}}, additionalProperties: false}",
        &["{\"x-a\":\"\"}"],
        &["{\"x-a\":1}", "{\"y\":1}"],
    ),
    (
        "{properties: {x: {minimum: 1}}, patternProperties: {x: {maximum: 2}}}",
        &["{\"x\":1}"],
        &["{\"x\":0}", "{\"x\":3}"],
    ),
    ("{propertyNames: {maxLength: 1}}", &["{\"a\":1}"], &["{\"ab\":1}"]),
    ("{dependentRequired: {a: [b]}}", &["{}", "{\"a\":1,\"b\":1}"], &["{\"a\":1}"]),
    ("{dependentSchemas: {a: {required: [b]}}}", &["{}", "{\"a\":1,\"b\":1}"], &["{\"a\":1}"]),
    ("{dependencies: {a: [b], c: {required: [d]}}}", &["{\"c\":1,\"d\":1}"], &["{\"a\":1}", "{\"c\":1}"]),
    ("{allOf: [{minimum: 1}, {maximum: 2}]}", &["1"], &["0", "3"]),
    ("{anyOf: [{type: string}, {minimum: 5}]}", &["\"a\"", "5"], &["4"]),
    ("{oneOf: [{minimum: 1}, {maximum: 3}]}", &["0", "4"], &["2"]),
    ("{not: {type: string}}", &["1"], &["\"a\""]),
    ("{if: {type: string}, then: {minLength: 1}, else: {minimum: 1}}", &["\"a\"", "1"], &["\"\"", "0"]),
    ("{if: {type: string}}", &["1", "\"\""], &[]),
    ("{$ref: '#/$defs/a', $defs: {a: {type: string}}}", &["\"a\""], &["1"]),
    ("{$ref: '#/definitions/a~1b', definitions: {a/b: {type: string}}}", &["\"a\""], &["1"]),
    (
        "{properties: {child: {$ref: '#'}}, additionalProperties: false}",
        &[r#"{"child":{"child":{}}}"#],
        &[r#"{"child":{"x":1}}"#],
    ),
];

#[test]
fn every_keyword_holds_for_what_it_allows_and_for_nothing_else() {
    for (schema, valid, invalid) in CASES {
        let parsed = compiled(schema);
        assert!(parsed.diagnostics.is_empty(), "{schema}: {:?}", parsed.diagnostics);
        for value in *valid {
            assert_eq!(verdict(schema, value), "ok", "{schema} {value}");
        }
        for value in *invalid {
            assert_ne!(verdict(schema, value), "ok", "{schema} {value}");
        }
    }
}

#[test]
fn a_violation_names_its_place_and_what_is_wrong() {
    let schema = "{properties: {options: {properties: {depth: {type: integer, maximum: 3}}, required: [depth]}, \
                  'a/b': {items: {type: string}}, mode: {enum: [fast, slow]}}, additionalProperties: false}";
    for (value, said) in [
        (r#"{"options":{"depth":4}}"#, "/options/depth: must be at most 3"),
        (r#"{"options":{"depth":"4"}}"#, "/options/depth: must be integer, not string"),
        (r#"{"options":{}}"#, "/options: `depth` is required"),
        (r#"{"a/b":["x",1]}"#, "/a~1b/1: must be string, not number"),
        (r#"{"mode":"fats"}"#, "/mode: must be one of `\"fast\"`, `\"slow\"`"),
        (r#"{"optoins":{}}"#, "/optoins: `optoins` is not a known key; did you mean `options`?"),
    ] {
        assert_eq!(verdict(schema, value), said);
    }
}

/// Schemas with a part that cannot be checked: a value that only this part could judge is refused, one that another
/// part settles is not.
#[test]
fn what_cannot_be_checked_never_makes_a_value_valid() {
    for (schema, value, holds) in [
        ("{unevaluatedProperties: false}", "{}", false),
        ("{$ref: 'https://example.com/schema'}", "1", false),
        ("{pattern: '^(?!x)'}", "\"a\"", false),
        ("{not: {unevaluatedItems: false}}", "[]", false),
        ("{not: {not: {unevaluatedItems: false}}}", "[]", false),
        ("{anyOf: [{unevaluatedItems: false}, {type: string}]}", "\"a\"", true),
        ("{anyOf: [{unevaluatedItems: false}, {type: string}]}", "1", false),
        ("{oneOf: [{unevaluatedItems: false}, {type: string}]}", "\"a\"", false),
        ("{if: {unevaluatedItems: false}, then: true}", "1", false),
        ("{properties: {a: {unevaluatedItems: false}}}", r#"{"b":1}"#, true),
        ("{contains: {unevaluatedItems: false}}", "[1]", false),
        ("{contains: {unevaluatedItems: false}}", "[]", false),
    ] {
        let parsed = compiled(schema);
        assert!(!parsed.has_errors() && parsed.diagnostics[0].code == "unchecked-schema", "{schema}");
        assert_eq!(verdict(schema, value) == "ok", holds, "{schema} {value}");
    }
}

#[test]
fn malformed_schemas_are_errors_at_their_place() {
    for (schema, said) in [
        ("{type: strin}", "`type` does not know the type `strin`; did you mean `string`?"),
        ("{required: path}", "`required` takes a list"),
        ("{minimum: '3'}", "`minimum` takes a number"),
        ("{maxLength: -1}", "`maxLength` takes a whole number that is not negative"),
        ("{multipleOf: 0}", "`multipleOf` takes a number above zero"),
        ("{anyOf: []}", "`anyOf` takes at least one schema"),
        ("{properties: [a]}", "`properties` takes an object"),
        ("{items: 7}", "a schema is an object, `true` or `false`"),
    ] {
        let parsed = compiled(schema);
        assert_eq!(parsed.diagnostics[0].message, said);
        assert!(parsed.has_errors() && parsed.diagnostics[0].span().unwrap().start > 0, "{schema}");
    }
}

#[test]
fn a_misspelt_keyword_is_named_and_checks_nothing() {
    let parsed = compiled("{minimun: 3}");
    assert_eq!(parsed.diagnostics[0].code, "unknown-schema-keyword");
    assert_eq!(parsed.diagnostics[0].help.as_deref(), Some("did you mean `minimum`?"));
    assert_eq!(verdict("{minimun: 3}", "1"), "ok");
}

#[test]
fn schemas_that_refer_to_themselves_end() {
    for schema in [
        "{$ref: '#'}",
        "{allOf: [{$ref: '#'}]}",
        "{$ref: '#/$defs/a', $defs: {a: {$ref: '#/$defs/b'}, b: {$ref: '#/$defs/a'}}}",
    ] {
        assert!(verdict(schema, "1").contains("more than 256 schemas"), "{schema}");
    }
    assert!(verdict("{anyOf: [{$ref: '#'}, {$ref: '#'}]}", "1") != "ok");
}

#[test]
fn a_long_chain_of_references_does_not_exhaust_the_stack() {
    let links: Vec<String> = (0..1500).map(|n| format!("d{n}: {{$ref: '#/$defs/d{}'}}", n + 1)).collect();
    let schema = format!("{{$ref: '#/$defs/d0', $defs: {{{}, d1500: {{type: string}}}}}}", links.join(", "));
    assert!(verdict(&schema, "1").contains("more than 256 schemas"));
}

#[test]
fn work_is_bounded() {
    let doubled = "{items: {anyOf: [{$ref: '#/$defs/a'}, {$ref: '#/$defs/a'}]}, $defs: {a: {anyOf: [{allOf: [false]}, {allOf: [false]}, false]}}}";
    let value = format!("[{}]", vec!["{\"a\":1}"; 200_000].join(","));
    assert!(verdict(doubled, &value) != "ok");
    let many = format!("[{}]", vec!["1"; 600_000].join(","));
    assert!(verdict("{items: {type: integer}}", &many).contains("more than 1000000 checks"));
}

fn catalog(text: &str) -> Parsed<Catalog> {
    let source = Sources::default().add("catalog", text);
    let parsed = load_catalog(source, text, Limits::CATALOG);
    assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
    Catalog::compile(&parsed.value)
}

const SHIPPED: &str = include_str!("../../policies/kruxos.catalog.yaml");

#[test]
fn the_shipped_catalog_compiles_without_a_finding() {
    let parsed = catalog(SHIPPED);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    assert_eq!(parsed.value.len(), 88);
    let names: Vec<&str> = parsed.value.iter().map(|facts| facts.name.as_str()).collect();
    assert!(names.is_sorted());
    for facts in parsed.value.iter() {
        assert!(facts.description.is_some() && facts.read_only().is_some(), "{}", facts.name);
        assert!(facts.params.iter().all(|(_, parameter)| parameter.description.is_some()), "{}", facts.name);
    }
}

#[test]
fn facts_tell_of_parameters() {
    let catalog = catalog(SHIPPED).value;
    let write = catalog.get("filesystem.write").unwrap();
    assert!(write.params.closed && write.params.get("path").unwrap().is_path());
    assert!(write.params.get("path").unwrap().required && !write.params.get("encoding").unwrap().required);
    assert_eq!(write.destructive(), Some(true));
    assert!(catalog.get("network.http_request").unwrap().params.get("url").unwrap().is_url());
    let port = catalog.get("network.port_check").unwrap().params.get("port").unwrap();
    assert_eq!(port.minimum, Some((Number::from(1_i64), false)));
    assert!(!catalog.get("filesystem.edit").unwrap().params.closed);
}

#[test]
fn calls_of_the_shipped_catalog_are_checked() {
    let catalog = catalog(SHIPPED).value;
    let check = |name: &str, params: &str| {
        catalog.get(name).unwrap().validate(&Json::parse(params.as_bytes()).unwrap()).map_err(|error| error.message)
    };
    assert_eq!(check("filesystem.read", r#"{"path":"/workspace/a"}"#), Ok(()));
    assert_eq!(check("filesystem.read", "{}"), Err("`path` is required".to_owned()));
    assert_eq!(check("filesystem.read", r#"{"path":["/a"]}"#), Err("must be string, not list".to_owned()));
    assert!(check("filesystem.read", r#"{"path":"/a","pth":1}"#).is_err());
    assert!(check("network.port_check", r#"{"host":"a","port":0}"#).is_err());
    assert_eq!(check("filesystem.edit", r#"{"anything":1}"#), Ok(()));
}

#[test]
fn the_answer_of_an_mcp_server_is_a_catalog() {
    let parsed = catalog(
        r##"{"tools":[{"name":"web.fetch","title":"Fetch","inputSchema":{"$schema":"http://json-schema.org/draft-07/schema#",
        "type":"object","properties":{"url":{"type":"string","format":"uri"},"max_length":{"type":"integer","default":5000,
        "exclusiveMinimum":0,"exclusiveMaximum":1000000},"options":{"$ref":"#/$defs/o"}},"required":["url"],
        "$defs":{"o":{"type":"object","properties":{"depth":{"type":["integer","null"]}}}}},"annotations":{"readOnlyHint":true}}],
        "nextCursor":"x"}"##,
    );
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let facts = parsed.value.get("web.fetch").unwrap();
    assert_eq!(facts.default("max_length"), Some(&Json::Int(5000)));
    assert_eq!(facts.default("url"), None);
    assert_eq!(facts.params.get("options.depth").unwrap().types.to_string(), "null or integer");
    assert_eq!(facts.params.get("max_length").unwrap().maximum, Some((Number::from(1_000_000_i64), true)));
    assert!(facts.params.get("options.dept").is_none() && !facts.params.closed);
}

#[test]
fn a_default_that_breaks_its_schema_is_not_used() {
    let parsed = catalog("{tools: [{name: a, inputSchema: {properties: {n: {type: integer, default: many}}}}]}");
    assert_eq!(parsed.diagnostics[0].code, "bad-default");
    assert_eq!(parsed.value.get("a").unwrap().default("n"), None);
}

#[test]
fn a_required_parameter_has_no_default() {
    let parsed = catalog("{tools: [{name: a, inputSchema: {properties: {n: {default: 1}}, required: [n]}}]}");
    assert_eq!(parsed.value.get("a").unwrap().default("n"), None);
}

#[test]
fn a_name_twice_is_an_error_and_a_name_no_call_can_have_is_left_out() {
    let parsed = catalog(
        "{tools: [{name: a.b, inputSchema: {}}, {name: a.b, inputSchema: {}}, {name: 'a b', inputSchema: {}}]}",
    );
    let codes: Vec<&str> = parsed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["duplicate-capability", "unnameable-capability"]);
    assert_eq!(parsed.value.len(), 1);
}

#[test]
fn roles_and_bases_are_read_where_the_parameter_is() {
    let shipped = catalog(SHIPPED).value;
    let run = &shipped.get("process.run").unwrap().params;
    for role in Role::ALL {
        let (name, parameter) = run.of_role(role).unwrap();
        assert_eq!((name, parameter.role()), (role.as_str(), Some(role)));
    }
    assert_eq!(run.get("working_directory").unwrap().base(), Some(&PathBase::Cwd));
    let parsed = catalog(
        "{tools: [{name: a, inputSchema: {properties: {
            one: {x-kruxos-base: /srv/./data/, type: string},
            many: {type: array, x-kruxos-base: context.workspace, items: {type: string}},
            files: {type: array, items: {$ref: '#/$defs/file'}},
        }, $defs: {file: {properties: {path: {x-kruxos-base: context.cwd}}}}}}]}",
    );
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let params = &parsed.value.get("a").unwrap().params;
    let field = |name: &'static str| Step::Field(Text::Borrowed(name));
    let base = |steps: &[Step<'_>]| params.at(steps).and_then(Parameter::base);
    assert_eq!(base(&[field("one")]), Some(&PathBase::Directory("/srv/data".to_owned())));
    assert_eq!(base(&[field("many"), Step::Element]), Some(&PathBase::Workspace));
    assert_eq!(base(&[field("files"), Step::Element, field("path")]), Some(&PathBase::Cwd));
    assert_eq!(base(&[field("files"), field("path")]), None);
    assert_eq!(base(&[]), None);
}

#[test]
fn a_role_or_base_that_is_not_understood_is_an_error_that_names_what_is() {
    for (parameter, message) in [
        ("{x-kruxos-role: comand}", "`x-kruxos-role` does not know `comand`; did you mean `command`?"),
        (
            "{x-kruxos-role: program}",
            "`x-kruxos-role` does not know `program`; it takes `command`, `args`, `environment`, `working_directory`, `stdin`",
        ),
        ("{x-kruxos-base: context.cdw}", "`x-kruxos-base` does not know `context.cdw`; did you mean `context.cwd`?"),
        (
            "{x-kruxos-base: /a/$x}",
            "`x-kruxos-base` takes an absolute directory; this is a path with `$`, which a shell would expand",
        ),
        (
            "{x-kruxos-base: [context.cwd]}",
            "`x-kruxos-base` takes a string: `context.cwd`, `context.workspace` or an absolute directory",
        ),
    ] {
        let parsed = catalog(&format!("{{tools: [{{name: a, inputSchema: {{properties: {{n: {parameter}}}}}}}]}}"));
        let found: Vec<&str> = parsed.diagnostics.iter().map(|found| found.message.as_str()).collect();
        assert_eq!((found, parsed.diagnostics[0].severity), (vec![message], Severity::Error));
    }
    let misspelt = compiled("{x-kruxos-bas: context.cwd}");
    assert_eq!(misspelt.diagnostics[0].help.as_deref(), Some("did you mean `x-kruxos-base`?"));
    let twice = catalog(
        "{tools: [{name: a, inputSchema: {properties: {b: {x-kruxos-role: stdin}, c: {x-kruxos-role: stdin}}}}]}",
    );
    assert_eq!(twice.diagnostics[0].code, "repeated-role");
}

#[test]
fn misspelt_names_have_a_suggestion() {
    let catalog = catalog(SHIPPED).value;
    assert_eq!(catalog.nearest("filesystem.wirte"), Some("filesystem.write"));
    assert_eq!(catalog.differing_in_case("FileSystem.Read"), Some("filesystem.read"));
    assert_eq!(catalog.differing_in_case("filesystem.read"), None);
    assert_eq!(catalog.nearest("zzz"), None);
}

#[test]
fn a_role_in_any_branch_of_a_schema_counts() {
    let role = "{ type: string, x-kruxos-role: command, format: uri }";
    for schema in [
        format!(
            "{{ oneOf: [{{ properties: {{ run: {role} }}, required: [run] }}, {{ properties: {{ id: {{ type: integer }} }} }}] }}"
        ),
        format!("{{ anyOf: [{{ allOf: [{{ properties: {{ run: {role} }} }}] }}, {{ type: object }}] }}"),
        format!("{{ anyOf: [{{ oneOf: [{{ properties: {{ run: {role} }} }}] }}] }}"),
        format!("{{ if: {{ required: [a] }}, then: {{ properties: {{ run: {role} }} }} }}"),
        format!(
            "{{ if: {{ required: [a] }}, else: {{ $ref: '#/$defs/x' }}, $defs: {{ x: {{ properties: {{ run: {role} }} }} }} }}"
        ),
        format!("{{ properties: {{ run: {{ anyOf: [{role}, {{ type: array, items: {{ type: string }} }}] }} }} }}"),
        format!("{{ properties: {{ run: {{ type: string }} }}, oneOf: [{{ properties: {{ run: {role} }} }}] }}"),
    ] {
        let parsed = catalog(&format!("{{ tools: [{{ name: a, inputSchema: {schema} }}] }}"));
        let facts = parsed.value.get("a").unwrap();
        let (name, parameter) = facts.params.of_role(Role::Command).unwrap_or_else(|| panic!("{schema}"));
        assert!(name == "run" && parameter.is_url() && !parameter.required && facts.params.declare_roles(), "{schema}");
    }
}
