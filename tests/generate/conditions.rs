//! Conditions in both spellings over a handful of parameters: `s` text, `n` number, `p` path, `l` list, `o.d` a number
//! within.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Which tests conditions may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tests {
    /// Every kind.
    All,
    /// Those that speak of values of the parameters' own types. None asks whether a parameter is there or of which type it
    /// is: such a test says on purpose what the absence means.
    Typed,
    /// Of these, those that have an outcome for one type alone; sizes are of texts and of lists.
    OneType,
}

impl Tests {
    fn allow(self, test: &str) -> bool {
        let several = ["size", "double(", "in params.l"].iter().any(|part| test.contains(part));
        self != Self::OneType || !several
    }

    const fn without_presence(self) -> Self {
        match self {
            Self::All => Self::Typed,
            other => other,
        }
    }

    /// The rows of a table with the keys that are allowed.
    fn rows(self, table: &'static [Row]) -> Vec<(Vec<&'static str>, &'static [&'static str])> {
        let allowed = |row: &'static Row| row.keys.iter().copied().filter(|key| self.allow(key)).collect::<Vec<_>>();
        table.iter().map(|row| (allowed(row), row.operands)).filter(|(keys, _)| !keys.is_empty()).collect()
    }

    /// The rows of two tables, the second where every kind is allowed.
    fn rows_of(
        self,
        typed: &'static [Row],
        others: &'static [Row],
    ) -> Vec<(Vec<&'static str>, &'static [&'static str])> {
        let others = if self == Self::All { self.rows(others) } else { Vec::new() };
        self.rows(typed).into_iter().chain(others).collect()
    }
}

/// A condition as it stands in a policy.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// Keys and operands, both as YAML.
    Map(BTreeMap<String, String>),
    /// Expression text.
    Expression(String),
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(tests) => f.write_str(&flow(tests)),
            Self::Expression(text) => write!(f, "\"{text}\""),
        }
    }
}

fn flow(tests: &BTreeMap<String, String>) -> String {
    let tests: Vec<String> = tests.iter().map(|(key, operand)| format!("{key}: {operand}")).collect();
    format!("{{ {} }}", tests.join(", "))
}

/// Operators of one subject with the operands they may have, as YAML.
#[derive(Debug)]
struct Row {
    keys: &'static [&'static str],
    operands: &'static [&'static str],
}

const fn row(keys: &'static [&'static str], operands: &'static [&'static str]) -> Row {
    Row { keys, operands }
}

const NUMBERS: &[&str] = &["0", "1", "2", "3", "1.0", "2.5", "-1", "9007199254740992", "9007199254740993"];

/// What a map condition may hold.
const ROWS: &[Row] = &[
    row(&["s_eq", "s_ne"], &["'a'", "'b'", "'ab'", "''", "'abc'", "'é'"]),
    row(&["s_in", "s_not_in"], &["['a']", "['a', 'b']", "['b', 'ab', 'abc']", "['']", "['a', 'b', 'ab', 'abc', 'é']"]),
    row(&["s_prefix", "s_suffix", "s_contains"], &["'a'", "'b'", "'ab'", "'abc'", "'c'"]),
    row(&["s_glob"], &["'a*'", "'*b'", "'?'", "'[ab]'", "'{a,b}c*'", "'*'", "'ab'"]),
    row(&["s_matches"], &["'^a'", "'b$'", "'a|b'", "'^(a|ab)$'", "'c'"]),
    row(
        &["s_size_eq", "s_size_lt", "s_size_gte", "s_size_ne", "l_size_lte", "l_size_gt"],
        &["0", "1", "2", "3", "1KiB"],
    ),
    row(&["n_eq", "n_ne", "n_lt", "n_lte", "n_gt", "n_gte", "o.d_lt", "o.d_gte", "o.d_eq"], NUMBERS),
    row(&["n_in", "n_not_in"], &["[1]", "[1, 2]", "[1.0, 3]", "[0, 1, 2, 3]", "[9007199254740993]"]),
    row(&["p_within", "p_prefix"], &["/w", "/w/a", "/w/b", "/etc", "/w/a/c", "/"]),
    row(&["p_eq", "p_suffix"], &["/w", "/w/a", "/w/a/c"]),
    row(&["p_within"], &["[/w/a, /etc]"]),
    row(&["p_glob"], &["'/w/*'", "'*/a'", "'/etc/*'"]),
];

/// Tests that ask whether a parameter is there, or of which type it is.
const EXISTENCE: &[Row] = &[
    row(&["s_exists", "n_exists", "p_exists", "o.d_exists"], &["true", "false"]),
    row(&["s_eq", "s_ne", "n_eq", "p_ne"], &["1", "true", "null", "'a'"]),
];

/// Expressions that are one test, the third of them over and over, as authors repeat themselves.
const EXPRESSIONS: &[&str] = &[
    "params.s == 'a'",
    "params.s != 'a'",
    "params.n < 3",
    "params.s == 'b'",
    "'ab' == params.s",
    "params.s in ['a', 'b']",
    "!(params.s in ['ab'])",
    "params.s.startsWith('a')",
    "params.s.endsWith('b')",
    "params.s.contains('b')",
    "params.s.glob('a*')",
    "params.s.matches('^a+$')",
    "size(params.s) < 2",
    "size(params.s) >= 2",
    "params.n >= 3",
    "3 > params.n",
    "2 <= params.n",
    "params.n == 1",
    "params.n == 1.0",
    "params.n != 2",
    "params.n in [1, 2]",
    "params.n + 1 < 3",
    "params.o.d > 1",
    "params['s'] == 'a'",
    "path(params.p).within('/w')",
    "path(params.p).within('/w/a')",
    "path(params.p).matches('/w/**')",
    "params.l.exists(x, x == 'a')",
    "params.l.all(x, x != 'b')",
    "'a' in params.l",
    "agent == 'bot-1'",
    "agent != 'human'",
    "agent.startsWith('bot')",
    "capability.startsWith('a.')",
    "capability == 'a.b'",
    "context.k == 'v'",
    "now < timestamp('2026-01-01T00:00:00Z')",
    "true",
    "false",
];

const EXISTENCE_EXPRESSIONS: &[&str] = &[
    "has(params.s)",
    "!has(params.n)",
    "has(params.o.d)",
    "'s' in params",
    "params.s == null",
    "params.s == params.p",
    "params.o.d == params.n",
    "type(params.s) == string",
];

/// Runs of rules over one subject and operator family, enough of them to be looked up rather than tried in turn.
const BURSTS: &[Row] = &[
    row(&["s_eq", "s_ne", "s_in"], &["'a'", "'b'", "'ab'", "'abc'", "''", "'é'", "'c'"]),
    row(&["s_prefix", "s_eq", "s_suffix"], &["'a'", "'b'", "'ab'", "'abc'", "'c'", "'bc'"]),
    row(&["s_glob"], &["'a*'", "'*b'", "'?'", "'[ab]'", "'ab*'", "'b*'", "'*c'"]),
    row(&["s_glob", "s_matches"], &["'a'", "'b'", "'ab'", "'abc'", "'c'"]),
    row(&["n_lt", "n_gte"], NUMBERS),
    row(&["n_lte", "n_gt", "n_eq"], NUMBERS),
    row(&["n_eq", "n_ne"], NUMBERS),
    row(&["s_size_lt", "s_size_gte", "s_size_eq"], &["0", "1", "2", "3", "4", "5"]),
    row(&["p_within", "p_prefix"], &["/w", "/w/a", "/w/b", "/etc", "/w/a/c", "/", "/tmp"]),
    row(&["p_glob", "p_eq"], &["'/w/*'", "'*/a'", "'/etc/*'", "'/w'", "'/w/a'"]),
    row(&["o.d_lt", "o.d_gte", "o.d_ne"], NUMBERS),
];

fn test(tests: Tests) -> impl Strategy<Value = (String, String)> {
    let rows = tests.rows_of(ROWS, EXISTENCE);
    select(rows).prop_flat_map(|(keys, operands)| (select(keys), select(operands))).prop_map(owned)
}

fn owned((key, operand): (&str, &str)) -> (String, String) {
    (key.to_owned(), operand.to_owned())
}

/// A map of tests with combinators.
fn map(tests: Tests) -> impl Strategy<Value = BTreeMap<String, String>> {
    let leaf = vec(test(tests), 1..3).prop_map(BTreeMap::from_iter);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = vec(inner.clone(), 1..4).prop_map(|maps| {
            let maps: Vec<String> = maps.iter().map(flow).collect();
            format!("[{}]", maps.join(", "))
        });
        let negation = inner.clone().prop_map(|map| flow(&map));
        let pair = |key: &'static str| move |operand: String| BTreeMap::from([(key.to_owned(), operand)]);
        let joined = (inner.clone(), inner).prop_map(|(mut one, other)| {
            one.extend(other);
            one
        });
        prop_oneof![
            list.clone().prop_map(pair("any")),
            list.prop_map(pair("all")),
            negation.prop_map(pair("not")),
            joined,
        ]
    })
}

fn single(tests: Tests) -> impl Strategy<Value = &'static str> {
    let others = if tests == Tests::All { EXISTENCE_EXPRESSIONS } else { &[] };
    select(EXPRESSIONS.iter().chain(others).copied().filter(|text| tests.allow(text)).collect::<Vec<_>>())
}

fn expression(tests: Tests) -> impl Strategy<Value = String> {
    let texts = single(tests);
    let leaf = texts.prop_map(str::to_owned);
    leaf.prop_recursive(3, 8, 2, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            3 => two.clone().prop_map(|(left, right)| format!("({left}) && ({right})")),
            3 => two.clone().prop_map(|(left, right)| format!("({left}) || ({right})")),
            2 => inner.clone().prop_map(|operand| format!("!({operand})")),
            1 => (inner, two).prop_map(|(test, (then, or))| format!("({test}) ? ({then}) : ({or})")),
        ]
    })
}

/// A condition in one of its spellings.
pub(crate) fn condition(tests: Tests) -> impl Strategy<Value = Condition> {
    prop_oneof![map(tests).prop_map(Condition::Map), expression(tests).prop_map(Condition::Expression)]
}

/// The same as expressions; `#` stands for the constant.
const EXPRESSION_BURSTS: &[Row] = &[
    row(
        &["params.s == #", "# == params.s", "params['s'] == #", "params.s in [#, 'zz']", "params.s != #"],
        &["'a'", "'b'", "'ab'", "'abc'", "''"],
    ),
    row(&["params.n == #", "# == params.n", "params.n in [#, 7]", "params.n != #"], NUMBERS),
    row(&["params.n < #", "# < params.n", "params.n >= #", "# >= params.n", "!(params.n > #)"], NUMBERS),
    row(&["params.n * 2 > #", "params.n + 0 <= #"], &["0", "1", "2", "3", "4"]),
    row(
        &["double(params.s) < #", "double(params.s) >= #", "double(params.s) == #"],
        &["0.0", "1.0", "2.0", "3.5", "-1.0"],
    ),
    row(
        &["params.s.startsWith(#)", "params.s.endsWith(#)", "agent.startsWith(#)"],
        &["'a'", "'b'", "'ab'", "'c'", "''"],
    ),
    row(&["params.s.glob(#)", "agent.glob(#)"], &["'a*'", "'*b'", "'?'", "'b*'", "'*c'"]),
    row(&["params.s.matches(#)", "params.s.lowerAscii().matches(#)"], &["'a'", "'^b'", "'c$'", "'^$'", "'[ab]+'"]),
    row(
        &["path(params.p).within(#)", "path(params.p).matches(#)"],
        &["'/w'", "'/w/a'", "'/w/b'", "'/etc'", "'/'", "'/w/a/c'"],
    ),
    row(&["size(params.s) < #", "size(params.l) >= #", "# == size(params.s)"], &["0", "1", "2", "3", "4", "5"]),
    row(&["agent == #", "capability == #", "context.k == #"], &["'bot-1'", "'a.b'", "'v'", "'human'", "'b.b'"]),
];

/// The same with constants of several types.
const MIXED_BURSTS: &[Row] = &[
    row(
        &["params.s == #", "# == params.s", "params.s in [#]", "params.s in [#, null]", "params.s != #"],
        &["'a'", "'b'", "'ab'", "null", "1", "true"],
    ),
    row(&["params.n == #", "params.n in [#, 7.5]", "params.n in [#, null]"], NUMBERS),
];

/// Conditions of at least four rules on one subject, in any order; some with a second test beside the first.
pub(crate) fn burst(tests: Tests) -> impl Strategy<Value = Vec<Condition>> {
    prop_oneof![map_burst(tests), expression_burst(tests)]
}

fn expression_burst(tests: Tests) -> impl Strategy<Value = Vec<Condition>> {
    select(tests.rows_of(EXPRESSION_BURSTS, MIXED_BURSTS)).prop_flat_map(move |(keys, operands)| {
        let operands = subsequence(operands, 4..=operands.len()).prop_shuffle();
        (operands, select(keys.clone())).prop_flat_map(move |(operands, main)| {
            let keys = keys.clone();
            let test = move |operand: &'static str| {
                let beside = proptest::option::weighted(0.15, single(tests));
                (mostly(main, keys.clone()), beside).prop_map(move |(template, beside)| {
                    let test = template.replace('#', operand);
                    Condition::Expression(beside.map_or(test.clone(), |beside| format!("{beside} && {test}")))
                })
            };
            operands.into_iter().map(test).collect::<Vec<_>>()
        })
    })
}

fn map_burst(tests: Tests) -> impl Strategy<Value = Vec<Condition>> {
    select(tests.rows(BURSTS)).prop_flat_map(move |(keys, operands)| {
        let operands = subsequence(operands, 4..=operands.len()).prop_shuffle();
        (operands, select(keys.clone())).prop_flat_map(move |(operands, main)| {
            let keys = keys.clone();
            let test = move |operand: &'static str| {
                let beside = proptest::option::weighted(0.15, test(tests.without_presence()));
                (mostly(main, keys.clone()), beside).prop_map(move |(key, beside)| {
                    let operand = if key.ends_with("_in") { format!("[{operand}]") } else { operand.to_owned() };
                    let mut map = BTreeMap::from_iter(beside);
                    map.insert(key.to_owned(), operand);
                    Condition::Map(map)
                })
            };
            operands.into_iter().map(test).collect::<Vec<_>>()
        })
    })
}

/// One key for most rules, so that enough of them ask in the same way.
fn mostly(main: &'static str, keys: Vec<&'static str>) -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just(main), 1 => select(keys)]
}
