//! Variables, types and fields by their names.

use super::Checker;
use crate::cel::ast::{Ast, AstKind, Place, Word};
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, kinds};
use crate::suggest;

/// Names that are no variables, but may be misspelt as one: `True`.
const CONSTANTS: [&str; 3] = ["true", "false", "null"];

/// The words of `a.b.c`, and whether a dot stands before them.
pub(super) struct Dotted<'t> {
    pub(super) absolute: bool,
    pub(super) words: Vec<&'t str>,
}

impl Dotted<'_> {
    pub(super) fn joined(&self) -> String {
        self.words.join(".")
    }
}

/// The tree as a dotted name, if it is nothing but names and dots.
pub(super) fn dotted(ast: &Ast) -> Option<Dotted<'_>> {
    match &ast.kind {
        AstKind::Name { word, absolute } => Some(Dotted { absolute: *absolute, words: vec![&word.text] }),
        AstKind::Select { operand, field, quoted: false } => {
            let mut name = dotted(operand)?;
            name.words.push(&field.text);
            Some(name)
        }
        _ => None,
    }
}

impl Checker<'_> {
    pub(super) fn name(&mut self, word: &Word, absolute: bool) -> Expr {
        let name = Dotted { absolute, words: vec![&word.text] };
        if let Some(found) = self.local(&name, word.place).or_else(|| self.declared(&name, word.place)) {
            return found;
        }
        self.unknown_variable(word);
        self.unknown(word.place)
    }

    pub(super) fn select(&mut self, ast: &Ast, operand: &Ast, field: &Word) -> Expr {
        let qualified = dotted(ast).filter(|name| !self.is_local(name));
        if let Some(found) = qualified.and_then(|name| self.declared(&name, ast.place)) {
            return found;
        }
        let operand = self.expr(operand);
        self.field(ast.place, operand, &field.text)
    }

    /// `operand.field`, a map's key.
    pub(super) fn field(&mut self, place: Place, operand: Expr, field: &str) -> Expr {
        let ty = match &operand.ty {
            Type::Map(Some(entry)) => entry.1.clone(),
            Type::Map(None) | Type::Dyn => Type::Dyn,
            other => {
                let message = format!("`{other}` has no fields; `{field}` is asked of it");
                let help = "only maps have fields; a function is called with brackets, `x.f()`";
                self.report(Diagnostic::of(&kinds::TYPE_MISMATCH, self.span(place), message).help(help));
                Type::Dyn
            }
        };
        self.made(ExprKind::Select { operand: Box::new(operand), field: field.into() }, ty, place)
    }

    pub(super) fn is_local(&self, name: &Dotted<'_>) -> bool {
        let first = name.words.first().copied().unwrap_or_default();
        !name.absolute && self.locals.iter().any(|local| local.name == first)
    }

    fn local(&self, name: &Dotted<'_>, place: Place) -> Option<Expr> {
        let [word] = name.words.as_slice() else { return None };
        let slot = self.locals.iter().rposition(|local| local.name == *word && !name.absolute)?;
        let local = self.locals.get(slot)?;
        let kind = local.known.clone().map_or(ExprKind::Local(slot), ExprKind::Const);
        Some(Expr { kind, ty: local.ty.clone(), span: self.span(place) })
    }

    /// A variable or type of this name, in the innermost container that has one.
    fn declared(&self, name: &Dotted<'_>, place: Place) -> Option<Expr> {
        self.candidates(name).iter().find_map(|candidate| {
            let variables = &self.environment.variables;
            let variable = variables.iter().position(|(variable, _)| variable == candidate);
            if let Some((index, (_, ty))) = variable.and_then(|index| Some((index, variables.get(index)?))) {
                return Some(Expr { kind: ExprKind::Variable(index), ty: ty.clone(), span: self.span(place) });
            }
            let ty = Type::named(candidate)?;
            Some(Expr { kind: ExprKind::Const(Value::Type(ty)), ty: Type::Type, span: self.span(place) })
        })
    }

    /// The full names a name can stand for, the innermost container's first.
    pub(super) fn candidates(&self, name: &Dotted<'_>) -> Vec<String> {
        let joined = name.joined();
        let mut candidates = Vec::new();
        let mut container = if name.absolute { "" } else { self.environment.container.as_str() };
        while !container.is_empty() {
            candidates.push(format!("{container}.{joined}"));
            container = container.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        candidates.push(joined);
        candidates
    }

    fn unknown_variable(&mut self, word: &Word) {
        let locals = self.locals.iter().map(|local| local.name.as_str());
        let names = self.environment.variables.iter().map(|(name, _)| name.as_str()).chain(locals);
        let near = suggest::nearest(&word.text, names.clone().chain(CONSTANTS)).map(str::to_owned);
        let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let message = format!("unknown variable `{}`", word.text);
        let diagnostic = Diagnostic::of(&kinds::UNKNOWN_VARIABLE, self.span(word.place), message);
        let diagnostic = match (near, all.is_empty()) {
            (Some(near), _) => self.replaced(diagnostic.help(format!("did you mean `{near}`?")), word.place, &near),
            (None, false) => diagnostic.help(format!("the variables are {}", all.join(", "))),
            (None, true) => diagnostic,
        };
        self.report(diagnostic);
    }
}
