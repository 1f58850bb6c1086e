//! A walk over every statement, query, table and expression of parsed SQL.

use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArguments, Ident, ObjectName, ObjectNamePart, Query, Select, Statement,
    TableFactor, Visit, Visitor,
};

use super::functions::is_harmless;
use super::statement::{Effect, kind};
use super::{Dialect, MAX_STATEMENTS, MAX_TABLES};
use crate::path::Unexplained;

/// What was found.
pub(super) struct Walk {
    dialect: Dialect,
    kinds: Vec<&'static str>,
    writes: bool,
    /// Why the effect is not known.
    hidden: Option<&'static str>,
    /// Why a statement has no kind.
    unnamed: Option<&'static str>,
    /// Why there may be tables that are not named.
    unlisted: Option<&'static str>,
    tables: Vec<Box<str>>,
    scopes: Vec<Scope>,
}

/// The named queries of one `WITH`.
struct Scope {
    /// Those that may be named by now.
    visible: Vec<Ident>,
    /// Those that are still to come, by where they stand.
    coming: Vec<(*const Query, Ident)>,
}

impl Walk {
    pub(super) fn of(statements: &[Statement], dialect: Dialect) -> Self {
        let mut walk = Self {
            dialect,
            kinds: Vec::new(),
            writes: false,
            hidden: None,
            unnamed: None,
            unlisted: None,
            tables: Vec::new(),
            scopes: Vec::new(),
        };
        for statement in statements.iter().take(MAX_STATEMENTS + 1) {
            _ = statement.visit(&mut walk);
        }
        walk
    }

    pub(super) fn statements(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn reads_only(&self) -> Result<bool, Unexplained> {
        match self.hidden {
            Some(why) if !self.writes => Err(Unexplained(why)),
            _ => Ok(!self.writes),
        }
    }

    pub(super) fn kinds(&self) -> Result<Box<[&'static str]>, Unexplained> {
        self.unnamed.map_or_else(|| Ok(self.kinds.as_slice().into()), |why| Err(Unexplained(why)))
    }

    pub(super) fn tables(&self) -> Result<Box<[Box<str>]>, Unexplained> {
        let why = self.unlisted.or(self.hidden);
        why.map_or_else(|| Ok(self.tables.as_slice().into()), |why| Err(Unexplained(why)))
    }

    /// Takes note of a word that changes something on its own: where nothing was found that does, it was read as a name.
    pub(super) fn doubt_names(&mut self) {
        if !self.writes {
            self.hide("SQL with a word such as `INTO` or `DELETE` that was read as a name");
        }
    }

    fn hide(&mut self, why: &'static str) {
        self.hidden.get_or_insert(why);
    }

    /// The tables of other statements are not all where the walk finds them.
    fn note_unlisted(&mut self, word: &str) {
        if !matches!(word, "select" | "values" | "insert" | "replace" | "update" | "delete" | "merge" | "explain") {
            self.unlisted.get_or_insert("SQL with a statement whose tables are not listed");
        }
    }

    fn function(&mut self, function: &Function) {
        if !is_harmless(&function.name) || !matches!(function.parameters, FunctionArguments::None) {
            self.hide("SQL that calls a function which is not known to only compute");
        }
    }

    fn operator(&mut self, operator: &BinaryOperator) {
        if matches!(
            operator,
            BinaryOperator::Custom(_) | BinaryOperator::PGCustomBinaryOperator(_) | BinaryOperator::Assignment
        ) {
            self.hide("SQL with an operator that may do anything");
        }
    }

    fn query(&mut self, query: &Query) {
        self.writes |= !query.locks.is_empty();
        if query.settings.is_some() || query.format_clause.is_some() || !query.pipe_operators.is_empty() {
            self.hide("SQL with a clause that is not known to only read");
        }
    }

    fn table_factor(&mut self, factor: &TableFactor) {
        match factor {
            TableFactor::Table { name, args, with_hints, version, json_path, .. } => {
                if args.is_some() && !is_harmless(name) {
                    self.hide("SQL that reads from a function which is not known to only compute");
                }
                if !with_hints.iter().all(is_harmless_hint) || version.is_some() || json_path.is_some() {
                    self.hide("SQL with a table hint that is not known to only read");
                }
            }
            TableFactor::Function { name, .. } if is_harmless(name) => {}
            TableFactor::Derived { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::JsonTable { .. }
            | TableFactor::OpenJsonTable { .. }
            | TableFactor::NestedJoin { .. }
            | TableFactor::Pivot { .. }
            | TableFactor::Unpivot { .. } => {}
            _ => self.hide("SQL that reads from something else than a table"),
        }
    }

    /// Whether a name is certainly that of a named query. What a statement writes to is a table, whatever else has its name.
    fn is_named_query(&self, name: &Ident) -> bool {
        let visible = self.scopes.iter().flat_map(|scope| &scope.visible);
        !self.writes && visible.into_iter().any(|visible| self.is_same(visible, name))
    }

    /// Whether a server takes two names for one.
    fn is_same(&self, one: &Ident, other: &Ident) -> bool {
        let as_written = one.value == other.value && one.quote_style.is_some() == other.quote_style.is_some();
        match self.dialect {
            Dialect::Sqlite => one.value.eq_ignore_ascii_case(&other.value),
            Dialect::Postgres => self.table_name(one).is_some_and(|name| self.table_name(other) == Some(name)),
            Dialect::MySql | Dialect::MsSql => one.value == other.value,
            Dialect::Generic | Dialect::Ansi => as_written,
        }
    }

    fn relation(&mut self, relation: &ObjectName) {
        let parts: Option<Vec<&Ident>> = relation.0.iter().map(ObjectNamePart::as_ident).collect();
        let Some(parts) = parts.filter(|parts| (1..=3).contains(&parts.len())) else {
            return self.hide("SQL with a table on another server, or one that is computed");
        };
        match parts.as_slice() {
            [only] if only.quote_style.is_none() && only.value.eq_ignore_ascii_case("only") => {
                self.unlisted.get_or_insert("SQL with `ONLY`, behind which the table's name stands");
            }
            [only] if self.is_named_query(only) => {}
            parts => {
                let name: Vec<String> = parts.iter().filter_map(|part| self.table_name(part)).collect();
                if name.len() < parts.len() {
                    self.unlisted.get_or_insert("SQL with a quoted table name that servers read differently");
                    return;
                }
                self.table(name.join(".").into_boxed_str());
            }
        }
    }

    fn table(&mut self, name: Box<str>) {
        if self.tables.contains(&name) {
            return;
        }
        if self.tables.len() == MAX_TABLES {
            self.unlisted.get_or_insert("SQL with more than 256 tables");
            return;
        }
        self.tables.push(name);
    }

    /// A part of a table's name in lower case, but for one that PostgreSQL keeps as it is quoted.
    fn table_name(&self, part: &Ident) -> Option<String> {
        let plain = part.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$');
        let capitals = part.value.bytes().any(|byte| byte.is_ascii_uppercase());
        match (part.quote_style, self.dialect) {
            (Some('\''), _) => None,
            (Some(_), _) if !plain => None,
            (Some(_), Dialect::Postgres) => Some(part.value.clone()),
            (Some(_), Dialect::Generic | Dialect::Ansi) if capitals => None,
            _ => Some(part.value.to_lowercase()),
        }
    }
}

fn is_harmless_hint(hint: &Expr) -> bool {
    matches!(hint, Expr::Identifier(name) if ["nolock", "readuncommitted", "readpast", "noexpand"]
        .iter().any(|known| name.value.eq_ignore_ascii_case(known)))
}

impl Visitor for Walk {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match kind(statement) {
            Some((word, effect)) => {
                self.kinds.push(word);
                self.writes |= effect == Effect::Writes;
                if effect == Effect::Unknown {
                    self.hide("SQL with a statement that is not known to only read");
                }
                self.note_unlisted(word);
            }
            None if matches!(statement, Statement::Query(_)) => {}
            None => {
                self.hide("SQL with a statement that is not known to only read");
                self.unnamed.get_or_insert("SQL with a statement of a kind that is not listed");
            }
        }
        if self.kinds.len() > MAX_STATEMENTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.query(query);
        let mut scope = Scope { visible: Vec::new(), coming: Vec::new() };
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            scope.coming.push((&raw const *table.query, table.alias.name.clone()));
        }
        if query.with.as_ref().is_some_and(|with| with.recursive) {
            scope.visible = scope.coming.drain(..).map(|(_, name)| name).collect();
        }
        self.scopes.push(scope);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.scopes.pop();
        if let Some(scope) = self.scopes.last_mut()
            && let Some(at) = scope.coming.iter().position(|(coming, _)| std::ptr::eq(*coming, query))
        {
            let (_, name) = scope.coming.swap_remove(at);
            scope.visible.push(name);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        if select.into.is_some() {
            self.writes = true;
            self.unlisted.get_or_insert("SQL that selects into a table, which is not listed");
        }
        if !select.optimizer_hints.is_empty() {
            self.hide("SQL with a hint to the server");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        self.relation(relation);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.table_factor(factor);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) => self.function(function),
            Expr::BinaryOp { op, .. } => self.operator(op),
            Expr::AnyOp { compare_op, .. } | Expr::AllOp { compare_op, .. } => self.operator(compare_op),
            expr if only_computes(expr) => {}
            _ => self.hide("SQL with an expression that is not known to only compute"),
        }
        ControlFlow::Continue(())
    }
}

/// The expressions that are no call: each by name, so that a new one is unknown.
const fn only_computes(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Identifier(_)
            | Expr::CompoundIdentifier(_)
            | Expr::CompoundFieldAccess { .. }
            | Expr::JsonAccess { .. }
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::IsJson { .. }
            | Expr::IsNormalized { .. }
            | Expr::InList { .. }
            | Expr::InSubquery { .. }
            | Expr::InUnnest { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::ILike { .. }
            | Expr::SimilarTo { .. }
            | Expr::RLike { .. }
            | Expr::UnaryOp { .. }
            | Expr::Convert { .. }
            | Expr::Cast { .. }
            | Expr::AtTimeZone { .. }
            | Expr::Extract { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Position { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Overlay { .. }
            | Expr::Collate { .. }
            | Expr::Nested(_)
            | Expr::Value(_)
            | Expr::TypedString(_)
            | Expr::Case { .. }
            | Expr::Exists { .. }
            | Expr::Subquery(_)
            | Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Interval(_)
            | Expr::MatchAgainst { .. }
            | Expr::Wildcard(_)
            | Expr::QualifiedWildcard(..)
            | Expr::MemberOf(_)
    )
}
