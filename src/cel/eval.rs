//! The value of an expression for a call.
//!
//! Total: every expression has a value or a cause why it has none, within a bounded number of steps. Reading, comparing
//! and testing borrow from the call and the policy and allocate nothing.

use super::budget::Budget;
use super::expr::{Comprehension, Expr, ExprKind, Fold};
use super::function::{Base, Cause, Declared, Function, Site};
use super::key::Entries;
use super::place::{self, Step, Within};
use super::value::{List, Map, Text, Value};
use crate::path;
#[cfg(feature = "shell")]
use crate::shell::Programs;
use crate::source::Span;

/// Where an expression's variables come from.
pub trait Variables<'a> {
    /// The value of a variable, by its index in the environment.
    ///
    /// # Errors
    /// Why it has none.
    fn value(&self, index: usize) -> Result<Value<'a>, Cause>;

    /// The absolute directory below which a relative path that stands at this place of `params` is meant.
    ///
    /// # Errors
    /// Why there is none.
    fn base(&self, _place: &[Step<'_>]) -> Result<Text<'a>, Cause> {
        Err(path::RELATIVE.into())
    }

    /// The absolute directory that the host says a call's commands run in.
    ///
    /// # Errors
    /// Why there is none.
    fn working_directory(&self) -> Result<Text<'a>, Cause> {
        Err(path::RELATIVE.into())
    }

    /// What a catalog says of the parameter at a place: which part of an invocation it is.
    fn declared(&self, _place: &[Step<'_>]) -> Declared {
        Declared::Nothing
    }

    /// What is known of programs beside what ships.
    #[cfg(feature = "shell")]
    fn programs(&self) -> Programs {
        Programs::default()
    }
}

/// An expression without a value: why, and which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Why.
    pub cause: Cause,
    /// The part that could not be computed.
    pub span: Span,
}

/// The value of an expression.
///
/// # Errors
/// Why it has none.
pub fn eval<'a>(expr: &'a Expr, variables: &dyn Variables<'a>) -> Result<Value<'a>, Unknown> {
    within(expr, variables, &Budget::default())
}

/// The value of an expression, on a budget that several may share.
///
/// # Errors
/// Why it has none.
pub fn within<'a>(expr: &'a Expr, variables: &dyn Variables<'a>, budget: &Budget) -> Result<Value<'a>, Unknown> {
    Evaluator { variables, budget }.value(expr, None)
}

struct Evaluator<'a, 'e> {
    variables: &'e dyn Variables<'a>,
    budget: &'e Budget,
}

/// A variable of an enclosing comprehension; the chain lives on the stack.
#[derive(Clone, Copy)]
struct Local<'l, 'a> {
    slot: usize,
    value: &'l Value<'a>,
    within: Within<'l, 'a>,
    outer: Option<&'l Local<'l, 'a>>,
}

type Scope<'l, 'a> = Option<&'l Local<'l, 'a>>;

impl<'a> Evaluator<'a, '_> {
    fn value(&self, expr: &'a Expr, scope: Scope<'_, 'a>) -> Result<Value<'a>, Unknown> {
        let at = |cause| Unknown { cause, span: expr.span };
        self.budget.step().map_err(at)?;
        match &expr.kind {
            ExprKind::Const(value) => Ok(borrowed(value)),
            ExprKind::Variable(index) => self.variables.value(*index).map_err(at),
            ExprKind::Local(slot) => local(scope, *slot).ok_or(at(Cause::Missing)),
            ExprKind::Select { operand, field } => match self.value(operand, scope)? {
                Value::Map(Map::Json(object)) => object.get(field).map(Value::from).ok_or(at(Cause::Missing)),
                operand => self.select(&operand, field).and_then(|found| found.ok_or(Cause::Missing)).map_err(at),
            },
            ExprKind::Has { operand, field } => {
                let found = self.select(&self.value(operand, scope)?, field);
                found.map(|found| Value::Bool(found.is_some())).map_err(at)
            }
            ExprKind::Call { function, args, prepared } => {
                let argument = Argument { evaluator: self, expr: args.first(), scope };
                let site = Site { base: &argument, ..Site::new(prepared.as_ref(), self.budget) };
                self.call(function, site, args, scope, expr.span)
            }
            ExprKind::And(operands) => self.junction(operands, scope, false).map(Value::Bool),
            ExprKind::Or(operands) => self.junction(operands, scope, true).map(Value::Bool),
            ExprKind::Not(operand) => Ok(Value::Bool(!self.truth(operand, scope)?)),
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                self.value(if self.truth(condition, scope)? { then } else { otherwise }, scope)
            }
            ExprKind::List(items) => self.list(items, scope, expr.span),
            ExprKind::Map(entries) => self.map(entries, scope, expr.span),
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, scope, expr.span),
        }
    }

    fn select(&self, operand: &Value<'a>, field: &str) -> Result<Option<Value<'a>>, Cause> {
        match operand {
            Value::Map(map) => {
                if let Map::Shared(entries) = map {
                    self.budget.visit(entries.len())?;
                }
                Ok(map.get(field))
            }
            other => Err(Cause::wrong_type("map", other)),
        }
    }

    fn truth(&self, expr: &'a Expr, scope: Scope<'_, 'a>) -> Result<bool, Unknown> {
        match self.value(expr, scope)? {
            Value::Bool(value) => Ok(value),
            other => Err(Unknown { cause: Cause::wrong_type("bool", &other), span: expr.span }),
        }
    }

    /// `&&` (decided by false) and `||` (decided by true): the deciding value absorbs what is unknown.
    fn junction(&self, operands: &'a [Expr], scope: Scope<'_, 'a>, deciding: bool) -> Result<bool, Unknown> {
        let mut unknown = None;
        for operand in operands {
            match self.truth(operand, scope) {
                Ok(value) if value == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(cause) => unknown = unknown.or(Some(cause)),
            }
        }
        unknown.map_or(Ok(!deciding), Err)
    }

    /// One and two arguments, which is nearly all, need no list.
    fn call(
        &self,
        function: &Function,
        site: Site<'_>,
        args: &'a [Expr],
        scope: Scope<'_, 'a>,
        span: Span,
    ) -> Result<Value<'a>, Unknown> {
        let value = match args {
            [only] => (function.eval)(site, std::slice::from_ref(&self.value(only, scope)?)),
            [first, second] => (function.eval)(site, &[self.value(first, scope)?, self.value(second, scope)?]),
            _ => {
                let args = args.iter().map(|arg| self.value(arg, scope)).collect::<Result<Vec<_>, _>>()?;
                (function.eval)(site, &args)
            }
        };
        value.map_err(|cause| Unknown { cause, span })
    }

    fn list(&self, items: &'a [Expr], scope: Scope<'_, 'a>, span: Span) -> Result<Value<'a>, Unknown> {
        let items = items.iter().map(|item| self.value(item, scope)).collect::<Result<Vec<_>, _>>()?;
        self.built_list(items).map_err(|cause| Unknown { cause, span })
    }

    fn built_list(&self, items: Vec<Value<'a>>) -> Result<Value<'a>, Cause> {
        Site::new(None, self.budget).list(items)
    }

    fn map(&self, entries: &'a [(Expr, Expr)], scope: Scope<'_, 'a>, span: Span) -> Result<Value<'a>, Unknown> {
        let mut built = Entries::new(self.budget);
        for (key, value) in entries {
            let entry = (self.value(key, scope)?, self.value(value, scope)?);
            built.push(entry).map_err(|cause| Unknown { cause, span })?;
        }
        Ok(built.finish())
    }

    fn comprehension(&self, all: &'a Comprehension, scope: Scope<'_, 'a>, span: Span) -> Result<Value<'a>, Unknown> {
        let range = self.value(&all.range, scope)?;
        let range = Range::of(range).map_err(|cause| Unknown { cause, span: all.range.span })?;
        match all.fold {
            Fold::All => self.any(all, &range, scope, false).map(Value::Bool),
            Fold::Exists => self.any(all, &range, scope, true).map(Value::Bool),
            Fold::ExistsOne => self.exists_one(all, &range, scope),
            Fold::List => self.fold_list(all, &range, scope, span),
            Fold::Map => self.fold_map(all, &range, scope, span),
        }
    }

    /// Computes with the loop's variables bound to one element.
    fn bound<T>(
        &self,
        all: &'a Comprehension,
        range: &Range<'a>,
        element: &(Value<'a>, Value<'a>),
        scope: Scope<'_, 'a>,
        then: impl FnOnce(&Self, Scope<'_, 'a>) -> T,
    ) -> T {
        let (key, value) = element;
        let within = match range {
            Range::List(_) => Within::Element(&all.range),
            Range::Map(_) => Within::Value(&all.range, key),
        };
        let alone = matches!((all.slots.1, range), (None, Range::List(_)));
        let first = if alone { within } else { Within::Nothing };
        let first = Local { slot: all.slots.0, value: key, within: first, outer: scope };
        match all.slots.1 {
            None => then(self, Some(&first)),
            Some(slot) => then(self, Some(&Local { slot, value, within, outer: Some(&first) })),
        }
    }

    fn holds(
        &self,
        all: &'a Comprehension,
        range: &Range<'a>,
        element: &(Value<'a>, Value<'a>),
        scope: Scope<'_, 'a>,
    ) -> Result<bool, Unknown> {
        let Some(filter) = &all.filter else { return Ok(true) };
        self.bound(all, range, element, scope, |this, scope| this.truth(filter, scope))
    }

    /// `exists` (decided by true) and `all` (decided by false): the deciding value absorbs what is unknown.
    fn any(
        &self,
        all: &'a Comprehension,
        range: &Range<'a>,
        scope: Scope<'_, 'a>,
        deciding: bool,
    ) -> Result<bool, Unknown> {
        let mut unknown = None;
        for element in range.elements(all.slots.1.is_some()) {
            match self.holds(all, range, &element, scope) {
                Ok(value) if value == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(cause @ Unknown { cause: Cause::Limit(_), .. }) => return Err(cause),
                Err(cause) => unknown = unknown.or(Some(cause)),
            }
        }
        unknown.map_or(Ok(!deciding), Err)
    }

    fn exists_one(
        &self,
        all: &'a Comprehension,
        range: &Range<'a>,
        scope: Scope<'_, 'a>,
    ) -> Result<Value<'a>, Unknown> {
        let mut count = 0_usize;
        for element in range.elements(all.slots.1.is_some()) {
            count += usize::from(self.holds(all, range, &element, scope)?);
        }
        Ok(Value::Bool(count == 1))
    }

    fn fold_list(
        &self,
        all: &'a Comprehension,
        range: &Range<'a>,
        scope: Scope<'_, 'a>,
        span: Span,
    ) -> Result<Value<'a>, Unknown> {
        let mut items = Vec::new();
        for element in range.elements(all.slots.1.is_some()) {
            if self.holds(all, range, &element, scope)?
                && let Some((value, _)) = &all.yields
            {
                items.push(self.bound(all, range, &element, scope, |this, scope| this.value(value, scope))?);
            }
        }
        self.built_list(items).map_err(|cause| Unknown { cause, span })
    }

    fn fold_map(
        &self,
        all: &'a Comprehension,
        range: &Range<'a>,
        scope: Scope<'_, 'a>,
        span: Span,
    ) -> Result<Value<'a>, Unknown> {
        let mut built = Entries::new(self.budget);
        for element in range.elements(all.slots.1.is_some()) {
            if self.holds(all, range, &element, scope)?
                && let Some((key, Some(value))) = &all.yields
            {
                let entry = self.bound(all, range, &element, scope, |this, scope| {
                    Ok((this.value(key, scope)?, this.value(value, scope)?))
                })?;
                built.push(entry).map_err(|cause| Unknown { cause, span })?;
            }
        }
        Ok(built.finish())
    }
}

/// The first argument of a call, as far as it stands in the call that is judged.
struct Argument<'e, 's, 'a> {
    evaluator: &'e Evaluator<'a, 'e>,
    expr: Option<&'a Expr>,
    scope: Scope<'s, 'a>,
}

impl Base for Argument<'_, '_, '_> {
    fn directory(&self) -> Result<Text<'_>, Cause> {
        let within = |slot| find(self.scope, slot).map_or(Within::Nothing, |local| local.within);
        let steps = self.expr.and_then(|expr| place::steps(expr, &within)).ok_or(path::RELATIVE)?;
        self.evaluator.variables.base(&steps)
    }

    fn working_directory(&self) -> Result<Text<'_>, Cause> {
        self.evaluator.variables.working_directory()
    }

    fn is_constant(&self) -> bool {
        self.expr.is_some_and(|expr| expr.constant().is_some())
    }

    fn declared(&self, place: &[Step<'_>]) -> Declared {
        self.evaluator.variables.declared(place)
    }

    #[cfg(feature = "shell")]
    fn programs(&self) -> Programs {
        self.evaluator.variables.programs()
    }
}

/// A constant as a value of the call's lifetime; its text is borrowed, not shared.
fn borrowed<'a>(value: &'a Value<'static>) -> Value<'a> {
    match value {
        Value::Text(Text::Shared(text)) => Value::Text(Text::Borrowed(text)),
        Value::Path(Text::Shared(text)) => Value::Path(Text::Borrowed(text)),
        other => other.clone(),
    }
}

fn local<'a>(scope: Scope<'_, 'a>, slot: usize) -> Option<Value<'a>> {
    find(scope, slot).map(|local| local.value.clone())
}

fn find<'l, 'a>(mut scope: Scope<'l, 'a>, slot: usize) -> Option<&'l Local<'l, 'a>> {
    while let Some(local) = scope {
        if local.slot == slot {
            return Some(local);
        }
        scope = local.outer;
    }
    None
}

/// What a comprehension goes over.
enum Range<'a> {
    List(List<'a>),
    Map(Map<'a>),
}

impl<'a> Range<'a> {
    fn of(value: Value<'a>) -> Result<Self, Cause> {
        match value {
            Value::List(list) => Ok(Self::List(list)),
            Value::Map(map) => Ok(Self::Map(map)),
            other => Err(Cause::wrong_type("list or map", &other)),
        }
    }

    /// The values of the loop's first and second variable, element by element: a list's index and element, the element
    /// alone where there is one variable; a map's key and value.
    fn elements(&self, indexed: bool) -> impl Iterator<Item = (Value<'a>, Value<'a>)> + '_ {
        let length = match self {
            Self::List(list) => list.len(),
            Self::Map(map) => map.len(),
        };
        (0..length).filter_map(move |index| match self {
            Self::List(list) if indexed => Some((Value::Int(i64::try_from(index).ok()?), list.get(index)?)),
            Self::List(list) => Some((list.get(index)?, Value::Null)),
            Self::Map(map) => map.entry(index),
        })
    }
}
