//! Functions by their names, and the ways they can be called.

use super::{Checker, MACROS, names};
use crate::cel::ast::{Ast, Place, Word};
use crate::cel::environment::Semantics;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::function::{Function, Overload};
use crate::cel::functions;
use crate::cel::operators;
use crate::cel::policy_call;
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, kinds};
use crate::source::Span;
use crate::suggest;

/// How a function is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `f(x)`
    Function,
    /// `x.f()`
    Method,
    /// `x + y`
    Operator,
}

impl Checker<'_> {
    pub(super) fn call(&mut self, place: Place, name: &Word, absolute: bool, args: &[Ast]) -> Expr {
        if let Some(expanded) = self.global_macro(place, name, args) {
            return expanded;
        }
        let args = args.iter().map(|arg| self.expr(arg)).collect();
        let dotted = names::Dotted { absolute, words: vec![&name.text] };
        let full = self.function_name(&dotted).unwrap_or_else(|| name.text.clone());
        self.apply(&full, Style::Function, name.place, place, args)
    }

    pub(super) fn method(&mut self, place: Place, receiver: &Ast, name: &Word, args: &[Ast]) -> Expr {
        if let Some(expanded) = self.method_macro(place, receiver, name, args) {
            return expanded;
        }
        if let Some(full) = self.qualified(receiver, name) {
            let args = args.iter().map(|arg| self.expr(arg)).collect();
            return self.apply(&full, Style::Function, name.place, place, args);
        }
        let args = std::iter::once(receiver).chain(args).map(|arg| self.expr(arg)).collect();
        self.apply(&name.text, Style::Method, name.place, place, args)
    }

    /// `strings.quote`: a function whose name has a dot, written like a method.
    fn qualified(&self, receiver: &Ast, name: &Word) -> Option<String> {
        let mut dotted = names::dotted(receiver).filter(|dotted| !self.is_local(dotted))?;
        dotted.words.push(&name.text);
        self.function_name(&dotted)
    }

    fn function_name(&self, name: &names::Dotted<'_>) -> Option<String> {
        self.candidates(name).into_iter().find(|name| functions::named(name).next().is_some())
    }

    pub(super) fn index(&mut self, place: Place, operands: &[Ast; 2]) -> Expr {
        let [operand, index] = operands;
        let (operand, index) = (self.expr(operand), self.expr(index));
        match &index.kind {
            ExprKind::Const(Value::Text(key)) if Type::Map(None).accepts(&operand.ty) => {
                let key = key.to_string();
                self.field(place, operand, &key)
            }
            _ => {
                let element = operand.ty.element();
                let is_list = matches!(operand.ty, Type::List(_));
                let mut expr = self.apply("_[_]", Style::Operator, place, place, vec![operand, index]);
                if is_list && expr.ty == Type::Dyn {
                    expr.ty = element;
                }
                expr
            }
        }
    }

    /// A call of the function of this name; `written` is where the name or operator stands.
    pub(super) fn apply(&mut self, name: &str, style: Style, written: Place, place: Place, args: Vec<Expr>) -> Expr {
        let callable = style == Style::Operator || is_callable(name);
        let rows: Vec<&'static Function> = functions::named(name).filter(|_| callable).collect();
        if rows.is_empty() {
            self.unknown_function(name, written);
            return self.unknown(place);
        }
        let method = style == Style::Method;
        let shaped: Vec<(&'static Function, &'static Overload)> =
            overloads(&rows).filter(|(_, way)| way.method == method && way.params.len() == args.len()).collect();
        if shaped.is_empty() {
            self.wrong_count(name, style, written, &args, &rows);
            return self.unknown(place);
        }
        let fitting: Vec<_> = shaped.iter().filter(|(_, way)| fits(way, &args)).collect();
        let readable: Vec<_> = fitting.iter().filter(|(_, way)| self.unreadable(way, &args).is_none()).collect();
        let Some((function, first)) = readable.first() else {
            match fitting.iter().find_map(|(_, way)| self.unreadable(way, &args)) {
                Some((param, arg)) => self.needs_conversion(name, param, arg),
                None => self.wrong_types(name, style, place, &args, &shaped),
            }
            return self.unknown(place);
        };
        if let Some(diagnostic) = never_equal(function, &args, self.span(place)) {
            self.report(diagnostic);
        }
        self.mixed_list(function, &args);
        let same = readable.iter().all(|(_, way)| way.result == first.result);
        let ty = if same { first.result.clone() } else { Type::Dyn };
        self.prepared(function, args, ty, place)
    }

    fn prepared(&mut self, function: &'static Function, args: Vec<Expr>, ty: Type, place: Place) -> Expr {
        let last = args.last().map_or_else(|| self.span(place), |arg| arg.span);
        match self.call_of(function, args.clone(), place) {
            Ok(call) => self.made(call.kind, ty, place),
            Err(message) => {
                let refused = self.refused_items(function, &args, place);
                let refused = if refused.is_empty() { vec![(last, message)] } else { refused };
                for (span, message) in refused {
                    self.report(Diagnostic::of(&kinds::BAD_ARGUMENT, span, message));
                }
                self.unknown(place)
            }
        }
    }

    fn call_of(&self, function: &'static Function, args: Vec<Expr>, place: Place) -> Result<Expr, String> {
        match self.environment.semantics {
            Semantics::Cel => Expr::call(function, args, self.span(place)),
            Semantics::Policy => policy_call::call(function, args, self.span(place)),
        }
    }

    /// The elements of a constant list that a function cannot take even by themselves, each with why.
    fn refused_items(&self, function: &'static Function, args: &[Expr], place: Place) -> Vec<(Span, String)> {
        let Some((list, others)) = args.split_last() else { return Vec::new() };
        let items = self.items_of(list);
        let refused = |(span, item): &(Span, Value<'static>)| {
            let alone = Expr { kind: ExprKind::Const(Value::list(vec![item.clone()])), ..list.clone() };
            let args = others.iter().cloned().chain([alone]).collect();
            self.call_of(function, args, place).err().map(|message| (*span, message))
        };
        items.iter().filter_map(refused).collect()
    }

    /// The elements of a constant list that is written out, each with its place.
    fn items_of(&self, list: &Expr) -> Vec<(Span, Value<'static>)> {
        let (Some(Value::List(values)), Some(spans)) = (list.constant(), self.items.get(&list.span)) else {
            return Vec::new();
        };
        spans.iter().copied().zip(values.iter()).collect()
    }

    /// A value of the call is of one type, so elements of several in a list it is looked for in are a mistake.
    fn mixed_list(&mut self, function: &Function, args: &[Expr]) {
        let [subject, list] = args else { return };
        if function.name != "_in_" || self.environment.semantics == Semantics::Cel || subject.constant().is_some() {
            return;
        }
        let items = self.items_of(list).into_iter().filter(|(_, item)| !matches!(item, Value::Null));
        let mut items = items.map(|(span, item)| (span, item.ty()));
        let Some((_, first)) = items.next() else { return };
        let alike = |ty: &Type| ty.name() == first.name() || (ty.is_number() && first.is_number());
        for (span, ty) in items.filter(|(_, ty)| !alike(ty)).collect::<Vec<_>>() {
            let message = format!("the values of the list are of different types: `{first}` and `{ty}`");
            let help = "only a value of the parameter's own type can be compared; quote numbers that are meant as text";
            self.report(Diagnostic::of(&kinds::TYPE_MISMATCH, span, message).help(help));
        }
    }

    /// The first argument that is read from JSON, with the type it should be of, where JSON has no value of that type.
    fn unreadable<'x>(&self, way: &'static Overload, args: &'x [Expr]) -> Option<(&'static Type, &'x Expr)> {
        way.params.iter().zip(args).find(|(param, arg)| !param.is_json() && self.is_from_json(arg))
    }

    /// Whether it is a field of a variable whose fields are JSON.
    fn is_from_json(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Select { operand, .. } => match operand.kind {
                ExprKind::Variable(_) => matches!(operand.ty, Type::Map(Some(entry)) if entry.1 == Type::Dyn),
                _ => self.is_from_json(operand),
            },
            ExprKind::Call { function, args, .. } if function.name == "_[_]" => {
                args.first().is_some_and(|operand| self.is_from_json(operand))
            }
            _ => false,
        }
    }

    fn needs_conversion(&mut self, name: &str, param: &Type, arg: &Expr) {
        let message = format!("`{name}` takes `{param}`, which a field of JSON never is");
        let shown = arg.display(self.environment).to_string();
        let diagnostic = Diagnostic::of(&kinds::NEEDS_CONVERSION, arg.span, message);
        self.report(diagnostic.help(format!("write `{}({shown})`", param.word())));
    }

    fn unknown_function(&mut self, name: &str, written: Place) {
        if let Some(feature) = functions::absent_function(name) {
            let message = format!("`{name}` needs the feature `{feature}`, which this build leaves out");
            let help = format!("build `kruxos-policy` with `--features {feature}`");
            self.report(Diagnostic::of(&kinds::UNAVAILABLE_FUNCTION, self.span(written), message).help(help));
            return;
        }
        let known = functions::all().map(|function| function.name).chain(MACROS.iter().map(|known| known.name));
        let callable = known.filter(|known| is_callable(known));
        let message = format!("unknown function `{name}`");
        let diagnostic = Diagnostic::of(&kinds::UNKNOWN_FUNCTION, self.span(written), message);
        let diagnostic = match suggest::nearest(name, callable) {
            _ if name == "not" => diagnostic.help("`not` is written `!`"),
            Some(near) => self.replaced(diagnostic.help(format!("did you mean `{near}`?")), written, near),
            None => diagnostic,
        };
        self.report(diagnostic);
    }

    fn wrong_count(&mut self, name: &str, style: Style, written: Place, args: &[Expr], rows: &[&'static Function]) {
        let given = args.len() - usize::from(style == Style::Method);
        let plural = if given == 1 { "" } else { "s" };
        let message = match style {
            Style::Method => format!("`{name}` is not called as `x.{name}(…)` with {given} argument{plural}"),
            _ => format!("`{name}` is not called as `{name}(…)` with {given} argument{plural}"),
        };
        let diagnostic = Diagnostic::of(&kinds::WRONG_ARGUMENTS, self.span(written), message);
        self.report(diagnostic.help(ways(name, overloads(rows).map(|(_, way)| way))));
    }

    fn wrong_types(
        &mut self,
        name: &str,
        style: Style,
        place: Place,
        args: &[Expr],
        shaped: &[(&'static Function, &'static Overload)],
    ) {
        let given: Vec<String> = args.iter().map(|arg| arg.ty.to_string()).collect();
        let call = call(name, style == Style::Method, &given);
        let diagnostic = Diagnostic::of(&kinds::TYPE_MISMATCH, self.span(place), format!("there is no `{call}`"));
        let near = |way: &&Overload| way.params.iter().zip(args).any(|(param, arg)| *param == arg.ty);
        let ways_near: Vec<&Overload> = shaped.iter().map(|(_, way)| *way).filter(near).collect();
        let all = shaped.iter().map(|(_, way)| *way);
        self.report(diagnostic.help(match ways_near.as_slice() {
            [] => ways(name, all),
            _ => ways(name, ways_near.into_iter()),
        }));
    }
}

/// Whether text can call it by its name: operators and the tests of map conditions have names that it cannot.
fn is_callable(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_alphabetic())
}

fn overloads(rows: &[&'static Function]) -> impl Iterator<Item = (&'static Function, &'static Overload)> {
    rows.iter().flat_map(|row| row.overloads.iter().map(|way| (*row, way)))
}

fn fits(way: &Overload, args: &[Expr]) -> bool {
    way.params.iter().zip(args).all(|(param, arg)| param.accepts(&arg.ty))
}

/// A comparison of two known types that can never be equal is a mistake.
fn never_equal(function: &Function, args: &[Expr], span: Span) -> Option<Diagnostic> {
    let [left, right] = args else { return None };
    let (element, within) = match (function.name, &right.ty) {
        ("_==_" | "_!=_", ty) => (ty.clone(), ""),
        ("_in_", Type::List(Some(_))) => (right.ty.element(), " in the list"),
        _ => return None,
    };
    let related = Type::Dyn == left.ty || Type::Dyn == element || left.ty.name() == element.name();
    let numbers = left.ty.is_number() && element.is_number();
    let null = left.ty == Type::Null || element == Type::Null;
    if related || numbers || null {
        return None;
    }
    let message = format!("`{}` never equals `{element}`{within}", left.ty);
    Some(Diagnostic::of(&kinds::TYPE_MISMATCH, span, message).help("compare values of one type"))
}

/// The ways to call a function, for people.
fn ways<'w>(name: &str, overloads: impl Iterator<Item = &'w Overload>) -> String {
    let mut ways: Vec<String> = Vec::new();
    for way in overloads {
        let params: Vec<String> = way.params.iter().map(Type::to_string).collect();
        let way = format!("`{}`", call(name, way.method, &params));
        if !ways.contains(&way) && ways.len() < 6 {
            ways.push(way);
        }
    }
    format!("it is called as {}", ways.join(", "))
}

fn call(name: &str, method: bool, params: &[String]) -> String {
    if let (Some(operator), [left, right]) = (operators::of_function(name), params) {
        return format!("{left} {} {right}", operator.symbol);
    }
    match (name, method, params) {
        ("-_", _, [only]) => format!("-{only}"),
        ("_[_]", _, [operand, index]) => format!("{operand}[{index}]"),
        (_, true, [receiver, rest @ ..]) => format!("{receiver}.{name}({})", rest.join(", ")),
        _ => format!("{name}({})", params.join(", ")),
    }
}
