//! Values that several tests are about, each computed once for a decision.
//!
//! `path(params.path)` stands in twenty tests: in each it is replaced by a variable, whose value the walk looks up when
//! it is first asked for ([`super::values`]). What a test means does not change, only how often its parts are computed.

use rustc_hash::FxHashMap;

use super::test_table::TestTable;
use crate::cel::expr::{Comprehension, Expr, ExprKind};

/// The first variable that stands for a shared value; the language's own variables are below.
pub(crate) const FIRST: usize = 64;

/// The shared values of a policy set.
#[derive(Debug, Default)]
pub(crate) struct SharedValues {
    by_text: FxHashMap<String, usize>,
    /// What each is, by its number: its variable's index less [`FIRST`].
    pub(crate) exprs: Vec<Expr>,
}

impl SharedValues {
    /// The values that at least two tests have in common.
    pub(crate) fn of(tests: &TestTable) -> Self {
        let mut counts: FxHashMap<String, (usize, &Expr)> = FxHashMap::default();
        let mut order: Vec<String> = Vec::new();
        for test in tests.iter() {
            parts(&test.expr, &mut |part| count(part, &mut counts, &mut order));
        }
        let mut shared = Self::default();
        for text in order {
            if let Some((_, expr)) = counts.get(&text).filter(|(count, _)| *count > 1) {
                let number = shared.exprs.len();
                shared.exprs.push((*expr).clone());
                shared.by_text.insert(text, number);
            }
        }
        let inner: Vec<Option<Expr>> = shared.exprs.iter().map(|expr| shared.rewrite_parts(expr)).collect();
        for (expr, inner) in shared.exprs.iter_mut().zip(inner) {
            if let Some(inner) = inner {
                *expr = inner;
            }
        }
        shared
    }

    /// The expression with its shared values as variables, if it is or has one.
    pub(crate) fn rewrite(&self, expr: &Expr) -> Option<Expr> {
        if !self.exprs.is_empty()
            && is_computed(expr)
            && let Some(number) = self.by_text.get(&expr.canonical())
        {
            return Some(Expr { kind: ExprKind::Variable(FIRST + number), ty: expr.ty.clone(), span: expr.span });
        }
        self.rewrite_parts(expr)
    }

    /// The expression with the shared values in it as variables, if it has one.
    pub(crate) fn rewrite_parts(&self, expr: &Expr) -> Option<Expr> {
        if self.exprs.is_empty() {
            return None;
        }
        let mut changed = false;
        let mut copy = expr.clone();
        each_part_mut(&mut copy, &mut |part| {
            if let Some(rewritten) = self.rewrite(part) {
                *part = rewritten;
                changed = true;
            }
        });
        changed.then_some(copy)
    }
}

fn count<'t>(part: &'t Expr, counts: &mut FxHashMap<String, (usize, &'t Expr)>, order: &mut Vec<String>) {
    if !is_computed(part) || has_local(part) {
        return;
    }
    let text = part.canonical();
    match counts.get_mut(&text) {
        Some((count, _)) => *count += 1,
        None => {
            counts.insert(text.clone(), (1, part));
            order.push(text);
        }
    }
}

/// Whether it is more than a place in the call: what stands at a place is read at once, and the place itself tells what
/// relative paths mean.
fn is_computed(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { function, .. } if function.name != "_[_]")
}

/// All parts of an expression, itself not among them.
fn parts<'t>(expr: &'t Expr, see: &mut dyn FnMut(&'t Expr)) {
    each_part(expr, &mut |part| {
        see(part);
        parts(part, see);
    });
}

/// Whether a loop's variable is read anywhere in it.
fn has_local(expr: &Expr) -> bool {
    let mut found = matches!(expr.kind, ExprKind::Local(_));
    each_part(expr, &mut |part| found |= has_local(part));
    found
}

fn each_part<'t>(expr: &'t Expr, see: &mut dyn FnMut(&'t Expr)) {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_) => {}
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } | ExprKind::Not(operand) => see(operand),
        ExprKind::Call { args: operands, .. }
        | ExprKind::And(operands)
        | ExprKind::Or(operands)
        | ExprKind::List(operands) => operands.iter().for_each(see),
        ExprKind::Conditional(operands) => operands.iter().for_each(see),
        ExprKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            see(key);
            see(value);
        }),
        ExprKind::Comprehension(all) => {
            let Comprehension { range, filter, yields, .. } = all.as_ref();
            let yields = yields.iter().flat_map(|(first, second)| std::iter::once(first).chain(second));
            std::iter::once(range).chain(filter).chain(yields).for_each(see);
        }
    }
}

fn each_part_mut(expr: &mut Expr, see: &mut dyn FnMut(&mut Expr)) {
    match &mut expr.kind {
        ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_) => {}
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } | ExprKind::Not(operand) => see(operand),
        ExprKind::Call { args: operands, .. }
        | ExprKind::And(operands)
        | ExprKind::Or(operands)
        | ExprKind::List(operands) => operands.iter_mut().for_each(see),
        ExprKind::Conditional(operands) => operands.iter_mut().for_each(see),
        ExprKind::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
            see(key);
            see(value);
        }),
        ExprKind::Comprehension(all) => {
            let Comprehension { range, filter, yields, .. } = all.as_mut();
            see(range);
            filter.iter_mut().for_each(&mut *see);
            if let Some((first, second)) = yields {
                see(first);
                second.iter_mut().for_each(see);
            }
        }
    }
}
