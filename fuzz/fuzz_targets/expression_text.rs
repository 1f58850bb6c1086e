//! Any text is an expression or a list of findings; an expression has a value or a cause for every call, and its
//! canonical text is an expression of the same canonical text.
#![no_main]

use kruxos_policy::cel::function::Cause;
use kruxos_policy::cel::value::{Text, Value};
use kruxos_policy::cel::{self, Environment, Expr, Variables};
use kruxos_policy::json::Json;
use kruxos_policy::source::{Sources, Span};
use libfuzzer_sys::fuzz_target;

const PARAMS: &[u8] = br#"{"s":"ab","n":2,"d":2.5,"p":"/w/../a","l":[1,"a",null],"o":{"d":1},"t":true}"#;

struct Call<'a>(&'a Json<'a>);

impl<'a> Variables<'a> for Call<'a> {
    fn value(&self, index: usize) -> Result<Value<'a>, Cause> {
        match index {
            cel::PARAMS | cel::CONTEXT => Ok(Value::from(self.0)),
            cel::AGENT | cel::CAPABILITY => Ok(Value::Text(Text::Borrowed("a.b"))),
            _ => Err(Cause::Missing),
        }
    }
}

fn compile(text: &str) -> Option<Expr> {
    let id = Sources::default().add("fuzzed", text);
    let parsed = cel::compile(text, &|start, end| Span::new(id, start, end), &Environment::policy());
    assert!(parsed.value.is_some() || !parsed.diagnostics.is_empty(), "refused without a word");
    parsed.value
}

fuzz_target!(|text: &str| {
    let Some(expr) = compile(text) else { return };
    let params = Json::parse(PARAMS).expect("the params are JSON");
    let _ = cel::eval(&expr, &Call(&params));
    let canonical = expr.canonical();
    // rows that no text can call print as `@eq(a, b)`, and loop variables as `_0`
    if canonical.len() <= cel::MAX_BYTES && !canonical.contains(['@', '_']) {
        let again = compile(&canonical).map(|expr| expr.canonical());
        assert_eq!(again.as_deref(), Some(canonical.as_str()), "canonical text of {text:?}");
    }
});
