//! The condition tree: what expression text and map conditions both become.
//!
//! Names are resolved, macros expanded, functions looked up, constants folded and prepared. An expression that could
//! not be resolved cannot be built, so evaluation never meets a name it does not know.

use std::any::Any;
use std::sync::Arc;

use super::function::Function;
use super::types::Type;
use super::value::Value;
use crate::source::Span;

/// A typed expression with the place it was written at.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type, `Type::Dyn` where only a call can tell.
    pub ty: Type,
    /// Where it was written; for a map condition the key, the operand, or both.
    pub span: Span,
}

impl Expr {
    /// A call of a function's row, prepared; its type is that of the first way to call it with so many arguments.
    ///
    /// # Errors
    /// Why the constant arguments cannot be used.
    pub fn call(function: &'static Function, args: Vec<Self>, span: Span) -> Result<Self, String> {
        let constants: Vec<Option<&Value<'static>>> = args.iter().map(Self::constant).collect();
        let prepared = match function.prepare {
            Some(prepare) => prepare(&constants)?,
            None => None,
        };
        let way = function.overloads.iter().find(|way| way.params.len() == args.len());
        let ty = way.map_or(Type::Dyn, |way| way.result.clone());
        Ok(Self { kind: ExprKind::Call { function, args, prepared }, ty, span })
    }

    /// The constant, if it is one.
    #[must_use]
    pub const fn constant(&self) -> Option<&Value<'static>> {
        match &self.kind {
            ExprKind::Const(value) => Some(value),
            _ => None,
        }
    }
}

impl Expr {
    /// The expressions directly in it, in order of the text.
    #[cfg(feature = "shell")]
    pub(crate) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_) => Vec::new(),
            ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } | ExprKind::Not(operand) => vec![operand],
            ExprKind::Call { args: parts, .. } | ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::List(parts) => {
                parts.iter().collect()
            }
            ExprKind::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
            ExprKind::Conditional(parts) => parts.iter().collect(),
            ExprKind::Comprehension(comprehension) => {
                let Comprehension { range, filter, yields, .. } = comprehension.as_ref();
                let yields = yields.iter().flat_map(|(key, value)| std::iter::once(key).chain(value));
                std::iter::once(range).chain(filter).chain(yields).collect()
            }
        }
    }

    /// The same with each expression directly in it replaced.
    #[cfg(feature = "shell")]
    #[must_use]
    pub(crate) fn map_children(self, each: &mut dyn FnMut(Self) -> Self) -> Self {
        let Self { kind, ty, span } = self;
        let mut boxed = |expr: Box<Self>| Box::new(each(*expr));
        let kind = match kind {
            kind @ (ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_)) => kind,
            ExprKind::Select { operand, field } => ExprKind::Select { operand: boxed(operand), field },
            ExprKind::Has { operand, field } => ExprKind::Has { operand: boxed(operand), field },
            ExprKind::Not(operand) => ExprKind::Not(boxed(operand)),
            ExprKind::Call { function, args, prepared } => {
                ExprKind::Call { function, args: args.into_iter().map(each).collect(), prepared }
            }
            ExprKind::And(operands) => ExprKind::And(operands.into_iter().map(each).collect()),
            ExprKind::Or(operands) => ExprKind::Or(operands.into_iter().map(each).collect()),
            ExprKind::List(items) => ExprKind::List(items.into_iter().map(each).collect()),
            ExprKind::Map(entries) => {
                ExprKind::Map(entries.into_iter().map(|(key, value)| (each(key), each(value))).collect())
            }
            ExprKind::Conditional(parts) => ExprKind::Conditional(Box::new((*parts).map(each))),
            ExprKind::Comprehension(comprehension) => {
                let Comprehension { fold, range, slots, filter, yields } = *comprehension;
                let (range, filter) = (each(range), filter.map(&mut *each));
                let yields = yields.map(|(key, value)| (each(key), value.map(&mut *each)));
                ExprKind::Comprehension(Box::new(Comprehension { fold, range, slots, filter, yields }))
            }
        };
        Self { kind, ty, span }
    }
}

/// What a constant argument was turned into when the policy was loaded: a compiled regex, a glob, a set.
pub type Prepared = Arc<dyn Any + Send + Sync>;

/// The kinds of expression.
#[derive(Clone)]
pub enum ExprKind {
    /// A constant.
    Const(Value<'static>),
    /// A variable of the [`Environment`](super::Environment), by its index.
    Variable(usize),
    /// A variable of an enclosing comprehension, by its slot.
    Local(usize),
    /// `operand.field`
    Select {
        /// What to look in.
        operand: Box<Expr>,
        /// The key.
        field: Arc<str>,
    },
    /// `has(operand.field)`: whether the key is there.
    Has {
        /// What to look in.
        operand: Box<Expr>,
        /// The key.
        field: Arc<str>,
    },
    /// A function or operator with its arguments, the receiver first. `prepared` is what the function's row made of the
    /// constant arguments.
    Call {
        /// The row of the function table.
        function: &'static Function,
        /// Arguments, the receiver first.
        args: Vec<Expr>,
        /// What was computed once, at load.
        prepared: Option<Prepared>,
    },
    /// All of the operands hold; `false` absorbs unknown. Nested conjunctions are flattened.
    And(Vec<Expr>),
    /// Any of the operands holds; `true` absorbs unknown. Nested disjunctions are flattened.
    Or(Vec<Expr>),
    /// The operand does not hold.
    Not(Box<Expr>),
    /// `condition ? then : otherwise`
    Conditional(Box<[Expr; 3]>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{k: v}`
    Map(Vec<(Expr, Expr)>),
    /// A macro over the elements of a list or map.
    Comprehension(Box<Comprehension>),
}

/// A loop over a list's elements or a map's keys, one struct for all macros.
#[derive(Clone, Debug)]
pub struct Comprehension {
    /// What is computed from the elements.
    pub fold: Fold,
    /// The list or map.
    pub range: Expr,
    /// The slots of the loop's variables: index or key, and value for the two-variable forms.
    pub slots: (usize, Option<usize>),
    /// The predicate, or `None` where every element counts.
    pub filter: Option<Expr>,
    /// What each element contributes, `None` for the truth-valued folds; a key and a value for `transformMap`.
    pub yields: Option<(Expr, Option<Expr>)>,
}

/// What a comprehension computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// `all`
    All,
    /// `exists`
    Exists,
    /// `exists_one`, `existsOne`
    ExistsOne,
    /// `map`, `filter`, `transformList`
    List,
    /// `transformMap`, `transformMapEntry`
    Map,
}
