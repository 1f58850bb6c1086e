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
    let changing = tokens::has_changing_word(&tokens);
    let parsed = Parser::new(parser).with_recursion_limit(MAX_DEPTH).with_tokens(tokens).parse_statements();
    let statements = parsed.map_err(|error| match error {
        ParserError::RecursionLimitExceeded => Unexplained("SQL of more than 16 levels"),
        _ => Unexplained("text that is no SQL, or SQL that the parser does not know"),
    })?;
    if statements.is_empty() {
        return Err(Unexplained("SQL without a statement"));
    }
    let mut walk = Walk::of(&statements, dialect);
    if changing {
        walk.doubt_names();
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reads(text: &str) -> Result<bool, &'static str> {
        parse(text, Dialect::Generic).and_then(|sql| sql.reads_only()).map_err(|Unexplained(why)| why)
    }

    #[test]
    fn dialects_are_named() {
        assert_eq!(Dialect::named("postgresql"), Ok(Dialect::Postgres));
        assert_eq!(Dialect::Postgres.name(), "postgres");
        assert_eq!(
            Dialect::named("postgre").unwrap_err(),
            "there is no SQL dialect `postgre`; did you mean `postgres`?"
        );
        assert!(Dialect::named("oracle db").unwrap_err().ends_with("sqlserver"));
    }

    /// Texts whose trees are as deep as the limits let them be.
    const DEEP: [(&str, &str, &str); 30] = [
        ("SELECT 1", "+1", ""),
        ("SELECT 1 WHERE a", " AND a", ""),
        ("SELECT 1", " UNION SELECT 1", ""),
        ("SELECT 1", " INTERSECT (SELECT 1", ""),
        ("SELECT a", " IS NULL", ""),
        ("SELECT a", "::int", ""),
        ("SELECT a", "[1]", ""),
        ("SELECT a", ".b", ""),
        ("SELECT a", " AT TIME ZONE b", ""),
        ("SELECT a", " COLLATE b", ""),
        ("SELECT a", " || 'a'", ""),
        ("SELECT ", "- ", "1"),
        ("SELECT ", "NOT ", "a"),
        ("SELECT ", "(", "1"),
        ("SELECT ", "CASE WHEN 1 THEN ", "1"),
        ("SELECT ", "EXISTS (SELECT ", "1"),
        ("SELECT ", "ARRAY[", "1"),
        ("SELECT f", "(f", ""),
        ("SELECT a BETWEEN ", "b AND c BETWEEN ", "d AND e"),
        ("SELECT CAST(1 AS ", "ARRAY<", "INT"),
        ("SELECT 1 FROM a", " JOIN a ON a", ""),
        ("SELECT 1 FROM a ", "JOIN (b ", ""),
        ("SELECT 1 FROM a", ",a", ""),
        ("SELECT 1 IN (1", ",1", ")"),
        ("SELECT * FROM ", "(SELECT * FROM ", "a"),
        ("WITH a AS (", "WITH a AS (", "SELECT 1"),
        ("EXPLAIN ", "EXPLAIN ", "SELECT 1"),
        ("PREPARE a AS ", "PREPARE a AS ", "SELECT 1"),
        ("SELECT 1", ";SELECT 1", ""),
        ("/*", "/*", ""),
    ];

    /// Without optimisation the parser's frames are large; threads of tests have too small a stack for them.
    #[test]
    fn a_tree_that_grows_with_the_text_stays_within_the_stack() {
        let parse_all = || {
            for (start, part, end) in DEEP {
                for dialect in [Dialect::Generic, Dialect::Postgres, Dialect::MsSql] {
                    for count in [100, 450, 990, 60_000 / part.len()] {
                        _ = parse(&format!("{start}{}{end}", part.repeat(count)), dialect);
                    }
                }
            }
        };
        std::thread::Builder::new().stack_size(8 * 1024 * 1024).spawn(parse_all).unwrap().join().unwrap();
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(SELECT|WITH|DELETE|[a-z'\"\\[\\]();,*/$#-]|--| ){0,24}") {
            for (_, dialect) in NAMES {
                _ = parse(&text, dialect);
            }
        }

        #[test]
        fn case_spaces_and_comments_never_change_an_answer(
            statement in 0..STATEMENTS.len(),
            gaps in prop::collection::vec(0..5_usize, 24),
            upper: bool,
        ) {
            let plain = STATEMENTS[statement];
            let mut other = String::new();
            for (word, gap) in plain.split(' ').zip(gaps.iter().cycle()) {
                other.push_str([" ", "\n", " /* ; DROP TABLE x */ ", " -- ; x\n", "\t\t"][*gap]);
                other.push_str(&if upper { word.to_uppercase() } else { word.to_lowercase() });
            }
            prop_assert_eq!(reads(plain), reads(&other), "{}", other);
        }

        #[test]
        fn a_write_behind_a_query_is_never_read_only(statement in 0..STATEMENTS.len(), gap in "[ \n;]{0,3}") {
            for write in ["DROP TABLE x", "DELETE FROM x", "UPDATE x SET a = 1", "INSERT INTO x VALUES (1)"] {
                prop_assert_ne!(reads(&format!("{};{gap}{write}", STATEMENTS[statement])), Ok(true));
            }
        }
    }

    const STATEMENTS: [&str; 8] = [
        "SELECT 1",
        "SELECT a , b FROM t WHERE c = 1 ORDER BY a LIMIT 3",
        "WITH x AS ( SELECT 1 ) SELECT * FROM x",
        "WITH x AS ( DELETE FROM t RETURNING a ) SELECT * FROM x",
        "SELECT pg_sleep ( 1 )",
        "SELECT lower ( a ) FROM t",
        "DELETE FROM t WHERE a = 1",
        "EXPLAIN SELECT a FROM t",
    ];
}
