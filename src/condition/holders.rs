//! The objects of a call that enclose what a command is made of: what stands in them is judged with it.
//!
//! Every part of the call that an expression reads is followed to the objects it stands in, through loops over lists and maps
//! too. Where a part cannot be followed, the command is unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cel::functions::beside;
use crate::cel::value::Text;
use crate::cel::{Comprehension, Expr, ExprKind, PARAMS, Step, Type, Value};
use crate::source::Span;

use super::build::{self, constant};

/// A loop around an expression: the slots of its variables, and what it goes over.
pub(super) struct Loop {
    pub(super) slots: (usize, Option<usize>),
    pub(super) range: Expr,
}

/// A part of the call that cannot be followed.
struct Untraced;

/// An object, with the names in it that matter.
struct Holder {
    object: Expr,
    consumed: Vec<Arc<str>>,
    leading: Vec<Arc<str>>,
    read: Vec<Arc<str>>,
    place: Option<Vec<Step<'static>>>,
}

/// The holders of what these expressions are made of, as an argument of the row that reads an invocation; `None` where nothing
/// of the call's parameters is in them.
pub(super) fn of(made_of: &[Expr], loops: &[Loop], span: Span) -> Option<Expr> {
    let mut tracer = Tracer { loops, inner: Vec::new(), found: BTreeMap::new() };
    for expr in made_of {
        if tracer.follow(expr, Use::Whole).is_err() {
            return Some(constant(Value::Null, span));
        }
    }
    if tracer.found.is_empty() {
        return None;
    }
    let described = tracer.found.into_values().map(|holder| holder.described(span)).collect();
    Some(Expr { kind: ExprKind::List(described), ty: Type::List(None), span })
}

impl Holder {
    fn described(self, span: Span) -> Expr {
        let texts = |names: Vec<Arc<str>>| names.into_iter().map(Text::Shared).collect();
        let parts = beside::holder(texts(self.consumed), texts(self.leading), self.place, texts(self.read));
        let parts = parts.map(|part| constant(part, span));
        let items = std::iter::once(if_present(self.object)).chain(parts).collect();
        Expr { kind: ExprKind::List(items), ty: Type::List(None), span }
    }
}

/// An object that is null where it is not there: another part of the expression may be.
fn if_present(object: Expr) -> Expr {
    let mut keys = Vec::new();
    let mut at = &object;
    while let ExprKind::Select { operand, field } = &at.kind {
        keys.push(build::has(operand.as_ref().clone(), field, object.span));
        at = operand;
    }
    if keys.is_empty() {
        return object;
    }
    keys.reverse();
    let span = object.span;
    let parts = Box::new([build::all(keys, span), object, constant(Value::Null, span)]);
    Expr { kind: ExprKind::Conditional(parts), ty: Type::Dyn, span }
}

/// How much of a part becomes the command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// All of it, so that it is no part beside the command.
    Whole,
    /// What is left open.
    Partly,
    /// Something within it.
    Leading,
}

struct Tracer<'l> {
    loops: &'l [Loop],
    /// Slots of loops inside the expression.
    inner: Vec<usize>,
    found: BTreeMap<String, Holder>,
}

impl Tracer<'_> {
    fn follow(&mut self, expr: &Expr, how: Use) -> Result<(), Untraced> {
        match &expr.kind {
            ExprKind::Const(_) => Ok(()),
            ExprKind::Variable(PARAMS) => {
                self.hold(expr, None, how);
                Ok(())
            }
            ExprKind::Variable(_) => Ok(()),
            ExprKind::Local(slot) => self.local(*slot),
            ExprKind::Select { operand, field } => self.within(operand, Some(field), how),
            ExprKind::Has { operand, field } => self.within(operand, Some(field), Use::Partly),
            ExprKind::Call { function, args, .. } if function.name == "_[_]" => self.index(args, how),
            ExprKind::Call { function, args, .. } => {
                let keeps = matches!(function.name, "_+_" | "join" | "trim" | "string");
                self.each(args, if keeps { how } else { Use::Partly })
            }
            ExprKind::List(items) => self.each(items, how),
            ExprKind::And(operands) | ExprKind::Or(operands) => self.each(operands, Use::Partly),
            ExprKind::Not(operand) => self.follow(operand, Use::Partly),
            ExprKind::Conditional(parts) => self.each(parts.as_ref(), Use::Partly),
            ExprKind::Map(entries) => entries.iter().try_for_each(|(key, value)| {
                self.follow(key, Use::Partly)?;
                self.follow(value, Use::Partly)
            }),
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
        }
    }

    fn each(&mut self, exprs: &[Expr], how: Use) -> Result<(), Untraced> {
        exprs.iter().try_for_each(|expr| self.follow(expr, how))
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> Result<(), Untraced> {
        self.follow(&comprehension.range, Use::Partly)?;
        let before = self.inner.len();
        self.inner.extend(std::iter::once(comprehension.slots.0).chain(comprehension.slots.1));
        let parts = comprehension.filter.iter();
        let yields = comprehension.yields.iter().flat_map(|(key, value)| std::iter::once(key).chain(value));
        let followed = parts.chain(yields).try_for_each(|part| self.follow(part, Use::Partly));
        self.inner.truncate(before);
        followed
    }

    /// A loop's variable comes from what the loop goes over.
    fn local(&mut self, slot: usize) -> Result<(), Untraced> {
        if self.inner.contains(&slot) {
            return Ok(());
        }
        // What it goes over knows the loops around it alone, which may use the same slots.
        let (range, around) = range(self.loops, slot).ok_or(Untraced)?;
        let (loops, inner) = (std::mem::replace(&mut self.loops, around), std::mem::take(&mut self.inner));
        let followed = self.follow(range, Use::Partly);
        (self.loops, self.inner) = (loops, inner);
        followed
    }

    /// An element of a list, or the value of a key.
    fn index(&mut self, args: &[Expr], how: Use) -> Result<(), Untraced> {
        let [operand, key] = args else { return Err(Untraced) };
        match key.constant() {
            Some(Value::Text(name)) => self.within(operand, Some(&Arc::from(name.as_str())), how),
            _ => {
                self.follow(key, Use::Partly)?;
                self.within(operand, None, Use::Partly)
            }
        }
    }

    /// What stands in an object, or in a list: the object holds it, and all that enclose the object.
    fn within(&mut self, operand: &Expr, key: Option<&Arc<str>>, how: Use) -> Result<(), Untraced> {
        if self.is_of_inner(operand) {
            return Err(Untraced);
        }
        let of_call = matches!(operand.kind, ExprKind::Variable(PARAMS)) || {
            let before = self.found.len();
            self.follow(operand, Use::Leading)?;
            before < self.found.len() || reads_params(self.loops, operand)
        };
        if of_call {
            self.hold(operand, key, how);
        }
        Ok(())
    }

    fn hold(&mut self, object: &Expr, key: Option<&Arc<str>>, how: Use) {
        let place = place(self.loops, object);
        let holder = self.found.entry(object.canonical()).or_insert_with(|| Holder {
            object: object.clone(),
            consumed: Vec::new(),
            leading: Vec::new(),
            read: Vec::new(),
            place,
        });
        let names = match how {
            Use::Whole => &mut holder.consumed,
            Use::Leading => &mut holder.leading,
            Use::Partly => &mut holder.read,
        };
        names.extend(key.filter(|key| !names.contains(*key)).cloned());
    }

    fn is_of_inner(&self, expr: &Expr) -> bool {
        any(expr, &|part| matches!(part, ExprKind::Local(slot) if self.inner.contains(slot)))
    }
}

/// What the loop of a slot goes over, and the loops around it.
fn range(loops: &[Loop], slot: usize) -> Option<(&Expr, &[Loop])> {
    let at = loops.iter().rposition(|around| around.slots.0 == slot || around.slots.1 == Some(slot))?;
    Some((&loops.get(at)?.range, loops.get(..at)?))
}

fn reads_params(loops: &[Loop], expr: &Expr) -> bool {
    any(expr, &|part| match part {
        ExprKind::Variable(PARAMS) => true,
        ExprKind::Local(slot) => range(loops, *slot).is_some_and(|(range, around)| reads_params(around, range)),
        _ => false,
    })
}

/// The steps from `params` to an object.
fn place(loops: &[Loop], expr: &Expr) -> Option<Vec<Step<'static>>> {
    let (operand, step, loops) = match &expr.kind {
        ExprKind::Variable(PARAMS) => return Some(Vec::new()),
        ExprKind::Select { operand, field } => (operand.as_ref(), Step::Field(Text::Shared(Arc::clone(field))), loops),
        ExprKind::Call { function, args, .. } if function.name == "_[_]" => {
            let [operand, key] = args.as_slice() else { return None };
            let step = match key.constant() {
                Some(Value::Text(name)) => Step::Field(name.to_static()),
                Some(Value::Int(_) | Value::UInt(_)) => Step::Element,
                _ => return None,
            };
            (operand, step, loops)
        }
        ExprKind::Local(slot) => {
            let (range, around) = range(loops, *slot)?;
            (range, Step::Element, around)
        }
        _ => return None,
    };
    let mut place = place(loops, operand)?;
    place.push(step);
    Some(place)
}

/// Whether some part of an expression is of a kind.
fn any(expr: &Expr, is: &dyn Fn(&ExprKind) -> bool) -> bool {
    is(&expr.kind) || expr.children().into_iter().any(|part| any(part, is))
}
