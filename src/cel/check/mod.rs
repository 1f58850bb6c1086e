//! The tree as written to the tree that can be evaluated: names looked up, macros expanded, types checked, constants
//! folded.
//!
//! Checking goes on after an error with a value of unknown type, so that one run reports everything. Types are gradual:
//! what only a call can tell is `Dyn` and is checked when it comes.

mod calls;
mod fold;
mod macros;
mod names;

use std::collections::BTreeMap;

use super::ast::{Ast, AstKind, Place};
use super::environment::{Environment, Semantics};
use super::expr::{Expr, ExprKind};
use super::key::Key;
use super::literal::Real;
use super::types::Type;
use super::value::Value;
use crate::diagnostic::{Diagnostic, Parsed, kinds};
use crate::source::Span;

pub use macros::{MACROS, Macro};

/// Checks a tree; the value is the best reading.
pub(super) fn check(ast: &Ast, locate: &dyn Fn(usize, usize) -> Span, environment: &Environment) -> Parsed<Expr> {
    let mut checker =
        Checker { environment, locate, diagnostics: Vec::new(), locals: Vec::new(), copies: 1, items: BTreeMap::new() };
    let value = checker.expr(ast);
    Parsed { value, diagnostics: checker.diagnostics }
}

struct Checker<'e> {
    environment: &'e Environment,
    locate: &'e dyn Fn(usize, usize) -> Span,
    diagnostics: Vec<Diagnostic>,
    /// Variables of the enclosing macros; the index is the slot.
    locals: Vec<Local>,
    /// How often what is being checked is written out, for the elements of enclosing loops.
    copies: usize,
    /// Where the elements of each list stand that was met, by the list's place.
    items: BTreeMap<Span, Vec<Span>>,
}

/// A variable of a macro.
struct Local {
    name: String,
    ty: Type,
    /// Its value, while the loop is written out for one element of a constant list.
    known: Option<Value<'static>>,
}

impl Checker<'_> {
    fn span(&self, place: Place) -> Span {
        (self.locate)(place.start, place.end)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Offers a replacement where the span is exactly the place, not a wider text around it.
    fn replaced(&self, diagnostic: Diagnostic, place: Place, with: &str) -> Diagnostic {
        let span = self.span(place);
        if span.end.abs_diff(span.start) as usize == place.end - place.start {
            return diagnostic.fix(span, with);
        }
        diagnostic
    }

    /// A node with its constants folded; one of nothing but constants that has no value is worth a warning.
    fn made(&mut self, kind: ExprKind, ty: Type, place: Place) -> Expr {
        let (expr, cause) = fold::folded(Expr { kind, ty, span: self.span(place) });
        if let Some(cause) = cause {
            let message = format!("`{expr}` never has a value: {cause}");
            self.report(Diagnostic::of(&kinds::NEVER_A_VALUE, expr.span, message).help("what needs it is unknown"));
        }
        expr
    }

    /// Stands for what could not be understood, so that checking goes on: a variable of any type that is none.
    fn unknown(&self, place: Place) -> Expr {
        Expr { kind: ExprKind::Variable(usize::MAX), ty: Type::Dyn, span: self.span(place) }
    }

    fn expr(&mut self, ast: &Ast) -> Expr {
        match &ast.kind {
            AstKind::Literal(value) => self.made(ExprKind::Const(value.clone()), value.ty(), ast.place),
            AstKind::Real(real) => self.real(ast.place, *real),
            AstKind::Name { word, absolute } => self.name(word, *absolute),
            AstKind::Select { operand, field, .. } => self.select(ast, operand, field),
            AstKind::Call { name, absolute, args } => self.call(ast.place, name, *absolute, args),
            AstKind::Method { receiver, name, args } => self.method(ast.place, receiver, name, args),
            AstKind::Index(operands) => self.index(ast.place, operands),
            AstKind::Message => self.message(ast.place),
            AstKind::Binary { operator, operator_place, operands } => {
                let args = operands.iter().map(|operand| self.expr(operand)).collect();
                self.apply(operator.function, calls::Style::Operator, *operator_place, ast.place, args)
            }
            AstKind::And(operands) => {
                let operands = self.truths(operands);
                self.made(ExprKind::And(operands), Type::Bool, ast.place)
            }
            AstKind::Or(operands) => {
                let operands = self.truths(operands);
                self.made(ExprKind::Or(operands), Type::Bool, ast.place)
            }
            AstKind::Not(operand) => {
                let operand = self.truth(operand);
                self.made(ExprKind::Not(Box::new(operand)), Type::Bool, ast.place)
            }
            AstKind::Negate(operand) => {
                let operand = self.expr(operand);
                self.apply("-_", calls::Style::Operator, ast.place, ast.place, vec![operand])
            }
            AstKind::Conditional(parts) => self.conditional(ast.place, parts),
            AstKind::List(items) => self.list(ast.place, items),
            AstKind::Map(entries) => self.map(ast.place, entries),
        }
    }

    /// A policy's number keeps every digit, or is refused.
    fn real(&mut self, place: Place, real: Real) -> Expr {
        let value = match (self.environment.semantics, real.exact) {
            (Semantics::Cel, _) => Value::Double(real.double),
            (Semantics::Policy, Ok(number)) => Value::Decimal(number),
            (Semantics::Policy, Err(error)) => {
                self.report(Diagnostic::of(&kinds::BAD_LITERAL, self.span(place), format!("this is {error}")));
                return self.unknown(place);
            }
        };
        self.made(ExprKind::Const(value), Type::Double, place)
    }

    fn message(&mut self, place: Place) -> Expr {
        let diagnostic =
            Diagnostic::of(&kinds::NO_MESSAGES, self.span(place), "protobuf messages are no part of the language");
        self.report(diagnostic.help("a map is written `{'key': value}`"));
        self.unknown(place)
    }

    fn truths(&mut self, operands: &[Ast]) -> Vec<Expr> {
        operands.iter().map(|operand| self.truth(operand)).collect()
    }

    /// An operand that must be true or false.
    fn truth(&mut self, operand: &Ast) -> Expr {
        let expr = self.expr(operand);
        if !Type::Bool.accepts(&expr.ty) {
            let message = format!("this is of type `{}`, where true or false must stand", expr.ty);
            self.report(Diagnostic::of(&kinds::TYPE_MISMATCH, expr.span, message).help("compare it with something"));
        }
        expr
    }

    fn conditional(&mut self, place: Place, parts: &[Ast; 3]) -> Expr {
        let [condition, then, otherwise] = parts;
        let parts = [self.truth(condition), self.expr(then), self.expr(otherwise)];
        let [_, then, otherwise] = &parts;
        let ty = then.ty.clone().join(&otherwise.ty);
        self.made(ExprKind::Conditional(Box::new(parts)), ty, place)
    }

    fn list(&mut self, place: Place, items: &[Ast]) -> Expr {
        let items: Vec<Expr> = items.iter().map(|item| self.expr(item)).collect();
        self.items.insert(self.span(place), items.iter().map(|item| item.span).collect());
        let element = items.iter().map(|item| item.ty.clone()).reduce(|all, ty| all.join(&ty));
        let ty = element.map_or(Type::List(None), |element| element.list_of());
        self.made(ExprKind::List(items), ty, place)
    }

    fn map(&mut self, place: Place, entries: &[(Ast, Ast)]) -> Expr {
        let entries: Vec<(Expr, Expr)> =
            entries.iter().map(|(key, value)| (self.expr(key), self.expr(value))).collect();
        let mut seen: BTreeMap<Key<'_>, Span> = BTreeMap::new();
        for (key, _) in &entries {
            self.key_type(key);
            let constant = key.constant().and_then(|value| Key::of(value).ok());
            if let Some(first) = constant.and_then(|constant| seen.insert(constant, key.span)) {
                let message = format!("the key `{key}` is there twice");
                self.report(Diagnostic::of(&kinds::REPEATED_KEY, key.span, message).also(first, "first here"));
            }
        }
        if seen.len() < entries.iter().filter(|(key, _)| key.constant().is_some()).count() {
            return self.unknown(place);
        }
        self.made(ExprKind::Map(entries), Type::Map(None), place)
    }

    fn key_type(&mut self, key: &Expr) {
        if !matches!(key.ty, Type::Dyn | Type::Bool | Type::Int | Type::UInt | Type::Text) {
            let message = format!("a map's key is a string, an int, a uint or a bool; this is of type `{}`", key.ty);
            self.report(Diagnostic::of(&kinds::TYPE_MISMATCH, key.span, message));
        }
    }
}
