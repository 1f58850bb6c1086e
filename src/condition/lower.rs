//! A map condition to a tree.

use super::build::{self, all, any, constant, not, select};
use super::key;
use crate::catalog::CapabilityFacts;
use crate::cel::{Environment, Expr, ExprKind, Type, Value};
use crate::diagnostic::{Diagnostic, Parsed, has_errors, kinds};
use crate::json::MAX_DEPTH;
use crate::source::Span;
use crate::yaml::{Key, Node, NodeKind};

/// Makes the tree of a map of tests.
pub(super) fn map(node: &Node, environment: &Environment, catalog: Option<&CapabilityFacts>) -> Parsed<Option<Expr>> {
    let mut lowering = Lowering { environment, catalog, diagnostics: Vec::new() };
    let value = lowering.all_keys(node);
    let diagnostics = lowering.diagnostics;
    let value = value.filter(|_| !has_errors(&diagnostics));
    Parsed { value, diagnostics }
}

/// One key of a map condition, on its way to a tree.
pub(super) struct Test<'n> {
    /// The parameter's value.
    pub(super) subject: Expr,
    /// The keys of the parameter's path, the parameter itself first.
    pub(super) path: Vec<&'n str>,
    /// The key as written.
    pub(super) key: &'n Key,
    /// What stands behind it.
    pub(super) operand: &'n Node,
}

/// One lowering, with what it found.
pub(super) struct Lowering<'e> {
    environment: &'e Environment,
    catalog: Option<&'e CapabilityFacts>,
    diagnostics: Vec<Diagnostic>,
}

impl Lowering<'_> {
    fn all_keys(&mut self, node: &Node) -> Option<Expr> {
        let NodeKind::Map(entries) = &node.kind else {
            return self.refuse(not_a_map(node));
        };
        if entries.is_empty() {
            let help = "write at least one test, or leave the rule out and give the entry a tier";
            return self
                .refuse(Diagnostic::of(&kinds::EMPTY_CONDITION, node.span, "the condition is empty").help(help));
        }
        let tests: Vec<Option<Expr>> = entries.iter().map(|(key, operand)| self.entry(key, operand)).collect();
        Some(all(tests.into_iter().collect::<Option<_>>()?, node.span))
    }

    fn entry(&mut self, key: &Key, operand: &Node) -> Option<Expr> {
        match key.text.as_str() {
            "any" => Some(any(self.each(key, operand)?, key.span)),
            "all" => Some(all(self.each(key, operand)?, key.span)),
            "not" => self.all_keys(operand).map(|expr| not(expr, key.span)),
            _ => self.test(key, operand),
        }
    }

    /// The maps of `any` and `all`.
    fn each(&mut self, key: &Key, operand: &Node) -> Option<Vec<Expr>> {
        let items = match &operand.kind {
            NodeKind::List(items) if items.is_empty() => {
                let message = format!("`{}` needs at least one map of tests", key.text);
                return self.refuse(Diagnostic::of(&kinds::EMPTY_CONDITION, operand.span, message));
            }
            NodeKind::List(items) => items,
            _ => {
                let message = format!("`{}` takes a list of maps of tests", key.text);
                let help = format!("write `{}: [{{ … }}, {{ … }}]`, or `- ` before each map", key.text);
                return self.refuse(operand_error(operand, message).help(help));
            }
        };
        let tests: Vec<Option<Expr>> = items.iter().map(|item| self.all_keys(item)).collect();
        tests.into_iter().collect()
    }

    fn test(&mut self, key: &Key, operand: &Node) -> Option<Expr> {
        let (parameter, operator) = match key::read(key, self.catalog) {
            Ok(read) => read,
            Err(diagnostic) => return self.refuse(diagnostic),
        };
        let path: Vec<&str> = parameter.split('.').collect();
        if path.iter().any(|step| step.is_empty()) {
            let message = format!("`{}` is not a parameter's name", parameter.escape_debug());
            let help = "dots stand between names: `options.depth_eq`";
            return self.refuse(Diagnostic::of(&kinds::BAD_PARAMETER, key.span, message).help(help));
        }
        if path.len() > MAX_DEPTH {
            let message = format!("the parameter stands {} levels deep; at most {MAX_DEPTH} are allowed", path.len());
            return self.refuse(Diagnostic::of(&kinds::BAD_PARAMETER, key.span, message));
        }
        let params = self.params(key.span)?;
        let subject = path.iter().fold(params, |operand, step| select(operand, step, key.span));
        (operator.lower)(self, Test { subject, path, key, operand })
    }

    /// The variable `params`.
    pub(super) fn params(&mut self, span: Span) -> Option<Expr> {
        match build::variable(self.environment, "params", span) {
            Some(params) => Some(params),
            None => self.refuse(Diagnostic::of(&kinds::UNKNOWN_VARIABLE, span, "there are no `params` here")),
        }
    }

    /// A call of a row of the function table; what its preparation refuses is an error at the operand.
    pub(super) fn call(&mut self, name: &'static str, args: Vec<Expr>, test: &Test<'_>) -> Option<Expr> {
        self.call_at(name, args, test, test.operand)
    }

    /// A call within an operand.
    pub(super) fn function(&mut self, name: &'static str, args: Vec<Expr>, operand: &Node) -> Option<Expr> {
        match build::call(name, args, operand.span) {
            Ok(expr) => Some(expr),
            Err(message) => self.refuse(operand_error(operand, message)),
        }
    }

    /// What expressions can name here.
    pub(super) const fn environment(&self) -> &Environment {
        self.environment
    }

    /// The same as [`Self::call`], for one operand of a list.
    pub(super) fn call_at(
        &mut self,
        name: &'static str,
        args: Vec<Expr>,
        test: &Test<'_>,
        operand: &Node,
    ) -> Option<Expr> {
        match build::call(name, args, test.key.span) {
            Ok(expr) => Some(expr),
            Err(message) => self.refuse(operand_error(operand, message)),
        }
    }

    /// One test where the parameter is text, another where it is not.
    pub(super) fn if_text(&mut self, text: Expr, other: Expr, test: &Test<'_>) -> Option<Expr> {
        let span = test.key.span;
        let found = self.call("type", vec![test.subject.clone()], test)?;
        let is_text = self.call("_==_", vec![found, constant(Value::Type(Type::Text), span)], test)?;
        Some(Expr { kind: ExprKind::Conditional(Box::new([is_text, text, other])), ty: Type::Bool, span })
    }

    /// Takes note of an error; the value is always `None`.
    pub(super) fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }
}

/// An error at an operand.
pub(super) fn operand_error(node: &Node, message: impl Into<String>) -> Diagnostic {
    Diagnostic::of(&kinds::BAD_OPERAND, node.span, message)
}

/// What stands where a map of tests must: most often an expression, which is a condition only as a whole.
fn not_a_map(node: &Node) -> Diagnostic {
    let finding = operand_error(node, "a condition here must be a map of tests");
    finding.help(match &node.kind {
        NodeKind::Scalar(_) => {
            "no expression stands within a map; make the whole condition one, where `not` is `!(…)`, `any` is `… || …` and \
             `all` is `… && …`, or write a map of tests, `{ path_within: /workspace }`"
        }
        _ => "write one map, `{ path_within: /workspace }`; for several, `any: [{ … }, { … }]`",
    })
}
