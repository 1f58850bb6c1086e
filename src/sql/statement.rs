//! The kinds of statements: the word for each, and whether it only reads.

use sqlparser::ast::{CopyTarget, SetExpr, Statement};

/// What a statement does beside what its parts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// It changes data, definitions, rights or files.
    Writes,
    /// That is not known.
    Unknown,
}

/// The words of all kinds of statements.
pub(crate) const KINDS: &[&str] = &[
    "alter",
    "analyze",
    "attach",
    "begin",
    "call",
    "comment",
    "commit",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "deny",
    "describe",
    "drop",
    "execute",
    "explain",
    "flush",
    "grant",
    "insert",
    "kill",
    "load",
    "lock",
    "merge",
    "notify",
    "optimize",
    "pragma",
    "prepare",
    "release",
    "replace",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "select",
    "set",
    "show",
    "truncate",
    "update",
    "use",
    "vacuum",
    "values",
];

/// The word and the effect of a statement; no word where it is only the frame of another.
pub(super) fn kind(statement: &Statement) -> Option<(&'static str, Effect)> {
    let kind = match statement {
        Statement::Query(query) => return body(&query.body).map(|word| (word, Effect::Reads)),
        Statement::Explain { .. } => ("explain", Effect::Reads),
        Statement::ExplainTable { .. } => ("describe", Effect::Reads),
        Statement::Copy { to: true, target: CopyTarget::Stdout, .. } => ("copy", Effect::Reads),
        Statement::Pragma { name, value, is_eq: false } if is_reading_pragma(&name.to_string(), value.is_some()) => {
            ("pragma", Effect::Reads)
        }
        other => shown(other).or_else(|| written(other)).or_else(|| defined(other)).or_else(|| ran(other))?,
    };
    Some(kind)
}

fn body(body: &SetExpr) -> Option<&'static str> {
    match body {
        SetExpr::Select(_) | SetExpr::SetOperation { .. } | SetExpr::Table(_) => Some("select"),
        SetExpr::Values(_) => Some("values"),
        SetExpr::Query(query) => self::body(&query.body),
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => None,
    }
}

fn shown(statement: &Statement) -> Option<(&'static str, Effect)> {
    match statement {
        Statement::ShowFunctions { .. }
        | Statement::ShowVariable { .. }
        | Statement::ShowStatus { .. }
        | Statement::ShowVariables { .. }
        | Statement::ShowCreate { .. }
        | Statement::ShowColumns { .. }
        | Statement::ShowDatabases { .. }
        | Statement::ShowProcessList { .. }
        | Statement::ShowSchemas { .. }
        | Statement::ShowCharset(_)
        | Statement::ShowTables { .. }
        | Statement::ShowViews { .. }
        | Statement::ShowCollation { .. } => Some(("show", Effect::Reads)),
        _ => None,
    }
}

fn written(statement: &Statement) -> Option<(&'static str, Effect)> {
    let word = match statement {
        Statement::Insert(insert) if insert.replace_into => "replace",
        Statement::Insert(_) => "insert",
        Statement::Update(_) => "update",
        Statement::Delete(_) => "delete",
        Statement::Merge(_) => "merge",
        Statement::Truncate(_) => "truncate",
        Statement::Copy { .. } | Statement::CopyIntoSnowflake { .. } => "copy",
        Statement::LoadData { .. } => "load",
        Statement::Lock(_) | Statement::LockTables { .. } | Statement::UnlockTables => "lock",
        Statement::Vacuum(_) => "vacuum",
        Statement::Analyze(_) => "analyze",
        Statement::NOTIFY { .. } => "notify",
        Statement::Kill { .. } => "kill",
        Statement::Flush { .. } => "flush",
        Statement::OptimizeTable { .. } => "optimize",
        _ => return None,
    };
    Some((word, Effect::Writes))
}

fn defined(statement: &Statement) -> Option<(&'static str, Effect)> {
    let word = match statement {
        Statement::CreateView(_)
        | Statement::CreateTable(_)
        | Statement::CreateVirtualTable { .. }
        | Statement::CreateIndex(_)
        | Statement::CreateRole(_)
        | Statement::CreateSchema { .. }
        | Statement::CreateDatabase { .. }
        | Statement::CreateFunction(_)
        | Statement::CreateTrigger(_)
        | Statement::CreateProcedure { .. }
        | Statement::CreateSequence { .. }
        | Statement::CreateDomain(_)
        | Statement::CreateType { .. }
        | Statement::CreateExtension(_)
        | Statement::CreatePolicy(_)
        | Statement::CreateServer(_)
        | Statement::CreateOperator(_)
        | Statement::CreateMacro { .. }
        | Statement::CreateUser(_) => "create",
        Statement::AlterTable(_)
        | Statement::AlterSchema(_)
        | Statement::AlterIndex { .. }
        | Statement::AlterView { .. }
        | Statement::AlterFunction(_)
        | Statement::AlterType(_)
        | Statement::AlterRole { .. }
        | Statement::AlterPolicy(_)
        | Statement::AlterUser(_)
        | Statement::RenameTable(_) => "alter",
        Statement::Drop { .. }
        | Statement::DropFunction(_)
        | Statement::DropDomain(_)
        | Statement::DropProcedure { .. }
        | Statement::DropPolicy(_)
        | Statement::DropExtension(_)
        | Statement::DropTrigger(_) => "drop",
        Statement::Comment { .. } => "comment",
        Statement::Grant(_) => "grant",
        Statement::Revoke(_) => "revoke",
        Statement::Deny(_) => "deny",
        Statement::AttachDatabase { .. } => "attach",
        _ => return None,
    };
    Some((word, Effect::Writes))
}

/// What runs other statements, or changes how the next ones are read.
fn ran(statement: &Statement) -> Option<(&'static str, Effect)> {
    let word = match statement {
        Statement::Call(_) => "call",
        Statement::Execute { .. } => "execute",
        Statement::Prepare { .. } => "prepare",
        Statement::Deallocate { .. } => "deallocate",
        Statement::Declare { .. } => "declare",
        Statement::Set(_) => "set",
        Statement::Reset(_) => "reset",
        Statement::Use(_) => "use",
        Statement::Pragma { .. } => "pragma",
        Statement::StartTransaction { .. } => "begin",
        Statement::Commit { .. } => "commit",
        Statement::Rollback { .. } => "rollback",
        Statement::Savepoint { .. } => "savepoint",
        Statement::ReleaseSavepoint { .. } => "release",
        _ => return None,
    };
    Some((word, Effect::Unknown))
}

/// Pragmas that only show something: of the database, or of the table or index they are given.
fn is_reading_pragma(name: &str, has_value: bool) -> bool {
    const OF_THE_DATABASE: [&str; 13] = [
        "collation_list",
        "compile_options",
        "database_list",
        "encoding",
        "foreign_keys",
        "freelist_count",
        "function_list",
        "journal_mode",
        "page_count",
        "page_size",
        "schema_version",
        "table_list",
        "user_version",
    ];
    const OF_A_TABLE: [&str; 6] =
        ["foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_xinfo"];
    let known: &[&str] = if has_value { &OF_A_TABLE } else { &OF_THE_DATABASE };
    known.iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::KINDS;

    /// The words that this file gives are those of the list, so that nothing else is called no kind of statement.
    #[test]
    fn every_word_of_a_kind_is_listed() {
        let source = include_str!("statement.rs").split_once("mod tests").unwrap().0;
        let code = source.split_once("/// The word and the effect").unwrap().1;
        let code = code.split_once("/// Pragmas that only show").unwrap().0;
        let mut words: Vec<&str> = code.split('"').skip(1).step_by(2).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words, KINDS);
    }
}
