//! Calls over the same few names, parameters and constants as the policies.

use std::fmt::{self, Display, Formatter};

use proptest::prelude::*;
use proptest::sample::select;

/// A call; the values are JSON, `None` leaves the parameter out.
#[derive(Clone)]
pub(crate) struct CallModel {
    pub agent: &'static str,
    pub capability: &'static str,
    pub params: Vec<(&'static str, Option<&'static str>)>,
    pub context: &'static str,
    pub now: Option<&'static str>,
}

const CAPABILITIES: &[&str] = &[
    "a.b", "a.a", "b.b", "b.a", "a", "b", "a.b.a", "a.b.b", "a.a.b", "ab", "b.ab", "c.d", "a.c", "a-b.b_1", "a/b",
    "a:b.a",
];

const AGENTS: &[&str] = &["bot-1", "bot-2", "human", "x"];

/// A parameter, values of the type that the policies expect, and others.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub name: &'static str,
    pub values: &'static [&'static str],
    pub retyped: &'static [&'static str],
}

/// The first value of each is one that no policy names.
pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "s",
        values: &[
            r#""zz9""#, r#""a""#, r#""b""#, r#""ab""#, r#""abc""#, r#""""#, r#""c""#, r#""é""#, r#""bcc""#, r#""NaN""#,
            r#""2""#, r#""7""#, r#""A""#,
        ],
        retyped: &["7", "true", r#"["a"]"#, r#"{"a":1}"#, r#"[["ab"]]"#],
    },
    Parameter {
        name: "n",
        values: &[
            "77",
            "0",
            "1",
            "2",
            "3",
            "1.0",
            "2.5",
            "-1",
            "-5",
            "1.5",
            "9007199254740992",
            "9007199254740993",
            "1e300",
            "18446744073709551615",
        ],
        retyped: &[r#""1""#, "false", "[1]", "{}", r#"{"n":1}"#],
    },
    Parameter {
        name: "p",
        values: &[
            r#""/zz/9""#,
            r#""/w""#,
            r#""/w/a""#,
            r#""/w/a/c""#,
            r#""/w/b/x""#,
            r#""/w/../etc""#,
            r#""/w2""#,
            r#""/""#,
            r#""/etc/shadow""#,
            r#""/ETC/shadow""#,
            r#""/W/a""#,
            r#""/w/A/c""#,
            r#""a/b""#,
            r#""/w/./a//c/""#,
            r#""/W/a""#,
            r#""/w/A/c""#,
            r#""/private/etc/x""#,
            r#""~/x""#,
        ],
        retyped: &["7", r#"["/w/a"]"#, "null"],
    },
    Parameter {
        name: "l",
        values: &[r#"["zz9"]"#, "[]", r#"["a"]"#, r#"["b"]"#, r#"["a","b"]"#, r#"["a",1]"#, "[1,2,3]"],
        retyped: &["7", r#""a""#, r#"{"a":1}"#, r#"[["a"]]"#, r#"[{"x":"b"}]"#, "[null]"],
    },
    Parameter {
        name: "o",
        values: &[
            r#"{"d":77}"#,
            r#"{"d":0}"#,
            r#"{"d":1}"#,
            r#"{"d":2}"#,
            r#"{"d":2.5}"#,
            r#"{"d":3}"#,
            "{}",
            r#"{"d":null}"#,
            r#"{"d":"1"}"#,
        ],
        retyped: &["7", r#""d""#, "[]", r#"{"d":[1]}"#, r#"[{"d":1}]"#],
    },
];

fn value(parameter: &'static Parameter) -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![
        8 => select(parameter.values).prop_map(Some),
        1 => Just(None),
        1 => Just(Some("null")),
        1 => select(parameter.retyped).prop_map(Some),
    ]
}

pub(crate) fn call() -> impl Strategy<Value = CallModel> {
    let params: Vec<_> = PARAMETERS.iter().map(|parameter| (Just(parameter.name), value(parameter))).collect();
    let context = select(&["{}", r#"{"k":"v"}"#, r#"{"k":1}"#][..]);
    let now = select(&[Some("2025-06-01T00:00:00Z"), Some("2026-06-01T00:00:00Z"), None][..]);
    (select(AGENTS), select(CAPABILITIES), params, context, now)
        .prop_map(|(agent, capability, params, context, now)| CallModel { agent, capability, params, context, now })
}

pub(crate) fn calls() -> impl Strategy<Value = Vec<CallModel>> {
    proptest::collection::vec(call(), 1..6)
}

impl CallModel {
    /// The same call with another value of one parameter.
    pub(crate) fn with(&self, name: &str, value: Option<&'static str>) -> Self {
        let mut call = self.clone();
        call.params.iter_mut().filter(|(own, _)| *own == name).for_each(|(_, own)| *own = value);
        call
    }
}

impl Display for CallModel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let present = self.params.iter().filter_map(|(name, value)| value.map(|value| format!("\"{name}\":{value}")));
        let params: Vec<String> = present.collect();
        write!(
            f,
            r#"{{"agent":"{}","capability":"{}","params":{{{}}}"#,
            self.agent,
            self.capability,
            params.join(",")
        )?;
        write!(f, r#","context":{}"#, self.context)?;
        if let Some(now) = self.now {
            write!(f, r#","now":"{now}""#)?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for CallModel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
