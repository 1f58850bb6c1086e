//! SQL: values that were parsed and walked. The knowledge is in [`crate::sql`].

use std::sync::Arc;

use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::sql::{self, Dialect, Sql};

const TEXT: Type = Type::Text;

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "sql",
        overloads: &[
            Overload::function(&[Type::Text], Type::Sql),
            Overload::function(&[Type::Sql], Type::Sql),
            Overload::function(&[Type::Text, Type::Text], Type::Sql),
        ],
        doc: "Parsed SQL, in a dialect where one is named: `postgres`, `mysql`, `sqlite`, `mssql`, `ansi`. Without one, what \
              servers read differently is unknown, as is what cannot be parsed.",
        examples: &[
            ("sql('SELECT 1').reads_only()", "true"),
            ("sql('SELECT a::int FROM t', 'postgres').reads_only()", "true"),
            ("sql('SELECT $$;$$')", "unknown"),
            ("sql('SELEC 1')", "unknown"),
        ],
        prepare: Some(prepare_dialect),
        eval: to_sql,
    },
    Function {
        name: "reads_only",
        overloads: &[Overload::method(&[Type::Sql], Type::Bool)],
        doc: "Whether every statement, with all that stands within it, only reads. Functions outside a list of harmless ones, \
              procedures and what changes the session are unknown.",
        examples: &[
            ("sql('SELECT name FROM users WHERE id = 1').reads_only()", "true"),
            ("sql('SELECT 1; DROP TABLE users').reads_only()", "false"),
            ("sql('WITH gone AS (DELETE FROM users RETURNING id) SELECT id FROM gone').reads_only()", "false"),
            ("sql('SELECT name INTO copy FROM users').reads_only()", "false"),
            ("sql('EXPLAIN ANALYZE DELETE FROM users').reads_only()", "false"),
            ("sql('SELECT pg_sleep(10)').reads_only()", "unknown"),
        ],
        prepare: None,
        eval: |_, args| Ok(Value::Bool(receiver(args)?.reads_only()?)),
    },
    Function {
        name: "statements",
        overloads: &[Overload::method(&[Type::Sql], Type::List(Some(&TEXT)))],
        doc: "The kind of each statement in order, those within others too: `select`, `insert`, `create`, `explain`.",
        examples: &[
            ("sql('SELECT 1; SELECT 2').statements()", "['select', 'select']"),
            ("sql('EXPLAIN DELETE FROM a').statements()", "['explain', 'delete']"),
        ],
        prepare: None,
        eval: |site, args| {
            let statements = receiver(args)?.statements()?;
            site.list(statements.iter().map(|word| Value::text(*word)).collect())
        },
    },
    Function {
        name: "tables",
        overloads: &[Overload::method(&[Type::Sql], Type::List(Some(&TEXT)))],
        doc: "The tables and views that are named, each once, in lower case and with their schema where it is written: what \
              is read and what is written to, in subqueries too. An alias is no table, nor is a named query of `WITH` where \
              it is certainly meant; a function that makes rows is listed by its name.",
        examples: &[
            ("sql('SELECT 1 FROM Users JOIN shop.orders ON true').tables()", "['users', 'shop.orders']"),
            ("sql('WITH u AS (SELECT 1 FROM users) SELECT 1 FROM u').tables()", "['users']"),
            ("sql('SELECT o.id FROM orders AS o WHERE o.id IN (SELECT id FROM gone)').tables()", "['orders', 'gone']"),
            ("sql('INSERT INTO log SELECT 1 FROM users').tables()", "['log', 'users']"),
            ("sql('WITH u AS (SELECT 1) SELECT 1 FROM public.u').tables()", "['public.u']"),
            ("sql('WITH u AS (SELECT 1) DELETE FROM u').tables()", "['u']"),
            ("sql('SELECT 1 FROM \"Users\", Users', 'postgres').tables()", "['Users', 'users']"),
            ("sql('WITH u AS (SELECT 1) SELECT 1 FROM \"U\"', 'postgres').tables()", "['U']"),
            ("sql('SELECT 1 FROM \"Users\"').tables()", "unknown"),
            ("sql('SELECT 1 FROM ONLY users', 'postgres').tables()", "unknown"),
            ("sql('SELECT a INTO x FROM y').tables()", "unknown"),
            ("sql('DROP TABLE users').tables()", "unknown"),
            ("sql('SELECT dblink(x) FROM t').tables()", "unknown"),
        ],
        prepare: None,
        eval: |site, args| {
            let tables = receiver(args)?.tables()?;
            site.list(tables.iter().map(|table| Value::text(table.as_ref())).collect())
        },
    },
];

fn prepare_dialect(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    match args {
        [_, Some(Value::Text(name))] => Dialect::named(name).map(|dialect| Some(Arc::new(dialect) as Prepared)),
        _ => Ok(None),
    }
}

/// What parsing costs, in steps: some, and more for each kibibyte.
const PARSE_STEPS: usize = 100;
const KIBIBYTE_STEPS: usize = 100;

fn to_sql<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, dialect) = match (args, site.prepared::<Dialect>()) {
        ([Value::Sql(sql)], _) => return Ok(Value::Sql(Arc::clone(sql))),
        ([Value::Text(text)], _) => (text, Dialect::Generic),
        ([Value::Text(text), _], Some(dialect)) => (text, *dialect),
        ([Value::Text(text), Value::Text(name)], None) => {
            (text, Dialect::named(name).map_err(|_| Cause::Unexplained("a SQL dialect that is not known"))?)
        }
        ([Value::Text(_), other] | [other, ..], _) => return Err(Cause::wrong_type("string", other)),
        ([], _) => return Err(Cause::Missing),
    };
    site.budget.steps(PARSE_STEPS + text.len() / 1024 * KIBIBYTE_STEPS)?;
    Ok(Value::Sql(Arc::new(sql::parse(text, dialect)?)))
}

fn receiver<'v>(args: &'v [Value<'_>]) -> Result<&'v Sql, Cause> {
    match args {
        [Value::Sql(sql), ..] => Ok(sql),
        [other, ..] => Err(Cause::wrong_type("sql", other)),
        [] => Err(Cause::Missing),
    }
}
