//! The dialects by name, and the way from text to [`Sql`].

use sqlparser::dialect::{AnsiDialect, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::{Parser, ParserError};

use super::tokens;
use super::walk::Walk;
use super::{MAX_BYTES, MAX_DEPTH, MAX_STATEMENTS, Sql};
use crate::path::Unexplained;
use crate::suggest;

/// One way to write SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// What all servers read alike; what they do not is unknown.
    Generic,
    /// The standard.
    Ansi,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// Microsoft SQL Server.
    MsSql,
}

const NAMES: [(&str, Dialect); 9] = [
    ("generic", Dialect::Generic),
    ("ansi", Dialect::Ansi),
    ("postgres", Dialect::Postgres),
    ("mysql", Dialect::MySql),
    ("sqlite", Dialect::Sqlite),
    ("mssql", Dialect::MsSql),
    ("postgresql", Dialect::Postgres),
    ("mariadb", Dialect::MySql),
    ("sqlserver", Dialect::MsSql),
];

impl Dialect {
    /// The dialect of a name.
    ///
    /// # Errors
    /// Which names there are.
    pub fn named(name: &str) -> Result<Self, String> {
        if let Some((_, dialect)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Ok(*dialect);
        }
        let names = || NAMES.iter().map(|(known, _)| *known);
        Err(match suggest::nearest(name, names()) {
            Some(near) => format!("there is no SQL dialect `{}`; did you mean `{near}`?", name.escape_debug()),
            None => {
                let known: Vec<&str> = names().collect();
                format!("there is no SQL dialect `{}`; there are {}", name.escape_debug(), known.join(", "))
            }
        })
    }

    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, dialect)| *dialect == self).map_or("generic", |(name, _)| name)
    }

    fn parser(self) -> &'static dyn sqlparser::dialect::Dialect {
        match self {
            Self::Generic => &GenericDialect {},
            Self::Ansi => &AnsiDialect {},
            Self::Postgres => &PostgreSqlDialect {},
            Self::MySql => &MySqlDialect {},
            Self::Sqlite => &SQLiteDialect {},
            Self::MsSql => &MsSqlDialect {},
        }
    }
}

/// Reads SQL.
///
/// # Errors
/// Why servers could read the text differently, or why it is no SQL.
pub fn parse(text: &str, dialect: Dialect) -> Result<Sql, Unexplained> {
    if text.len() > MAX_BYTES {
        return Err(Unexplained("SQL of more than 65536 bytes"));
    }
    let parser = dialect.parser();
    let tokens = tokens::of(text, dialect, parser)?;
    let parsed = Parser::new(parser).with_recursion_limit(MAX_DEPTH).with_tokens(tokens).parse_statements();
    let statements = parsed.map_err(|error| match error {
        ParserError::RecursionLimitExceeded => Unexplained("SQL of more than 40 levels"),
        _ => Unexplained("text that is no SQL, or SQL that the parser does not know"),
    })?;
    if statements.is_empty() {
        return Err(Unexplained("SQL without a statement"));
    }
    let walk = Walk::of(&statements, dialect);
    if walk.statements() > MAX_STATEMENTS {
        return Err(Unexplained("SQL of more than 64 statements"));
    }
    Ok(Sql {
        text: text.into(),
        dialect: dialect.name(),
        reads_only: walk.reads_only(),
        statements: walk.kinds(),
        tables: walk.tables(),
    })
}
