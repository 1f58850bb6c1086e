//! The macros: calls whose arguments are not values but expressions over variables they introduce.

use super::{Checker, Local};
use crate::cel::ast::{Ast, AstKind, Place, Word};
use crate::cel::environment::Semantics;
use crate::cel::expr::{Comprehension, Expr, ExprKind, Fold};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, kinds};

/// Most copies of a test that loops over constant lists are written out to, one within the other counted.
const MOST_COPIES: usize = 64;

/// What a macro makes of its last arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `has(x.y)`
    Has,
    /// `(predicate)` giving true or false.
    Test(Fold),
    /// `(predicate)`, the elements for which it holds.
    Filter,
    /// `(value)` or `(predicate, value)`, a list.
    List,
    /// `(value)` or `(predicate, value)`, a map under the same keys.
    Map,
    /// `(entry)` or `(predicate, entry)`, a map of new entries.
    Entry,
}

/// What each element contributes: a value, or a key and a value.
type Yields = Option<(Expr, Option<Expr>)>;

/// A row of the table of macros.
#[derive(Debug)]
pub struct Macro {
    /// The name as written.
    pub name: &'static str,
    /// How many variables it introduces.
    variables: usize,
    shape: Shape,
    /// How it is written.
    pub usage: &'static str,
}

const fn row(name: &'static str, variables: usize, shape: Shape, usage: &'static str) -> Macro {
    Macro { name, variables, shape, usage }
}

/// Every macro, once for each number of variables.
pub static MACROS: [Macro; 14] = [
    row("has", 0, Shape::Has, "has(x.field)"),
    row("all", 1, Shape::Test(Fold::All), "list.all(x, test)"),
    row("all", 2, Shape::Test(Fold::All), "list.all(index, x, test)"),
    row("exists", 1, Shape::Test(Fold::Exists), "list.exists(x, test)"),
    row("exists", 2, Shape::Test(Fold::Exists), "list.exists(index, x, test)"),
    row("exists_one", 1, Shape::Test(Fold::ExistsOne), "list.exists_one(x, test)"),
    row("exists_one", 2, Shape::Test(Fold::ExistsOne), "list.exists_one(index, x, test)"),
    row("existsOne", 1, Shape::Test(Fold::ExistsOne), "list.existsOne(x, test)"),
    row("existsOne", 2, Shape::Test(Fold::ExistsOne), "list.existsOne(index, x, test)"),
    row("filter", 1, Shape::Filter, "list.filter(x, test)"),
    row("map", 1, Shape::List, "list.map(x, value) or list.map(x, test, value)"),
    row("transformList", 2, Shape::List, "list.transformList(index, x, value) or with a test before the value"),
    row("transformMap", 2, Shape::Map, "map.transformMap(key, x, value) or with a test before the value"),
    row("transformMapEntry", 2, Shape::Entry, "map.transformMapEntry(key, x, {newKey: value}) or with a test before"),
];

impl Macro {
    /// Whether it takes this many arguments.
    const fn takes(&self, arguments: usize) -> bool {
        match self.shape {
            Shape::Has => arguments == 1,
            Shape::Test(_) | Shape::Filter => arguments == self.variables + 1,
            Shape::List | Shape::Map | Shape::Entry => {
                arguments == self.variables + 1 || arguments == self.variables + 2
            }
        }
    }
}

impl Checker<'_> {
    pub(super) fn global_macro(&mut self, place: Place, name: &Word, args: &[Ast]) -> Option<Expr> {
        MACROS.iter().find(|row| row.name == name.text && row.shape == Shape::Has)?;
        let [Ast { kind: AstKind::Select { operand, field, .. }, .. }] = args else {
            return Some(self.misused(place, "`has` asks for a field of a map", "has(x.field)"));
        };
        let operand = self.expr(operand);
        if !Type::Map(None).accepts(&operand.ty) {
            let message = format!("`{}` has no fields; `{}` is asked of it", operand.ty, field.text);
            self.report(Diagnostic::of(&kinds::TYPE_MISMATCH, self.span(place), message));
        }
        let kind = ExprKind::Has { operand: Box::new(operand), field: field.text.as_str().into() };
        Some(self.made(kind, Type::Bool, place))
    }

    pub(super) fn method_macro(&mut self, place: Place, receiver: &Ast, name: &Word, args: &[Ast]) -> Option<Expr> {
        let mut rows = MACROS.iter().filter(|row| row.name == name.text && row.shape != Shape::Has);
        let usage = rows.clone().map(|row| row.usage).collect::<Vec<_>>().join(" or ");
        let first = rows.clone().next()?;
        let Some(row) = rows.find(|row| row.takes(args.len())) else {
            let message = format!("`{}` takes its variables, then expressions over them", first.name);
            return Some(self.misused(place, &message, &usage));
        };
        let (variables, body) = args.split_at_checked(row.variables)?;
        match variables.iter().map(variable).collect::<Option<Vec<_>>>() {
            Some(variables) => Some(self.comprehension(place, row, receiver, &variables, body)),
            None => Some(self.misused(place, "a macro's variable is a plain name", row.usage)),
        }
    }

    fn misused(&mut self, place: Place, message: &str, usage: &str) -> Expr {
        self.report(Diagnostic::of(&kinds::WRONG_ARGUMENTS, self.span(place), message).help(format!("write {usage}")));
        self.unknown(place)
    }

    fn comprehension(&mut self, place: Place, row: &Macro, receiver: &Ast, names: &[&Word], body: &[Ast]) -> Expr {
        let range = self.expr(receiver);
        if !matches!(range.ty, Type::Dyn | Type::List(_) | Type::Map(_)) {
            let message = format!("`{}` goes over a list or a map; this is of type `{}`", row.name, range.ty);
            self.report(Diagnostic::of(&kinds::TYPE_MISMATCH, range.span, message));
        }
        let slot = self.locals.len();
        self.declare(&range.ty, names);
        let slots = (slot, (names.len() == 2).then_some(slot + 1));
        let said = self.diagnostics.len();
        let elements = self.elements_to_write_out(row, &range);
        if let (Some(elements), Shape::Test(fold @ (Fold::All | Fold::Exists))) = (&elements, row.shape)
            && self.locals.iter().take(slot).all(|local| local.known.is_some())
        {
            let tests = self.for_each(slot, elements, body, said);
            self.locals.truncate(slot);
            let make = if fold == Fold::All { ExprKind::And } else { ExprKind::Or };
            return self.made(make(tests), Type::Bool, place);
        }
        let (filter, yields, ty) = self.body(row, slots, names, &range.ty, body);
        if let Some(elements) = elements {
            // A loop within a loop over the call stays one; what is wrong with its test for some element is said all the same.
            drop(self.for_each(slot, &elements, body, said));
        }
        self.locals.truncate(slot);
        let fold = match row.shape {
            Shape::Test(fold) => fold,
            Shape::Map | Shape::Entry => Fold::Map,
            _ => Fold::List,
        };
        let comprehension = Comprehension { fold, range, slots, filter, yields };
        self.made(ExprKind::Comprehension(Box::new(comprehension)), ty, place)
    }

    fn declare(&mut self, range: &Type, names: &[&Word]) {
        if let [first, second] = names
            && first.text == second.text
        {
            let message = format!("both variables of the macro are named `{}`", second.text);
            self.report(Diagnostic::of(&kinds::REPEATED_VARIABLE, self.span(second.place), message));
        }
        let types = match (range, names.len()) {
            (Type::List(_), 2) => [Type::Int, range.element()],
            (Type::Map(Some(entry)), 2) => [entry.0.clone(), entry.1.clone()],
            _ => [range.element(), Type::Dyn],
        };
        let local = |(name, ty): (&&Word, Type)| Local { name: name.text.clone(), ty, known: None };
        self.locals.extend(names.iter().zip(types).map(local));
    }

    /// The elements of the constant list that a test goes over, few enough for the loop to be written out.
    fn elements_to_write_out(&self, row: &Macro, range: &Expr) -> Option<Vec<Value<'static>>> {
        let (Some(Value::List(list)), Shape::Test(_)) = (range.constant(), row.shape) else { return None };
        let few = (1..=MOST_COPIES).contains(&self.copies.saturating_mul(list.len()));
        (self.environment.semantics == Semantics::Policy && few).then(|| list.iter().collect())
    }

    /// The test of a loop for each element of a constant list, the variables from `slot` on known: so a pattern or regex in
    /// it is compiled here, and one that does not compile is an error here. What was said since `said` is not said again.
    fn for_each(&mut self, slot: usize, elements: &[Value<'static>], body: &[Ast], said: usize) -> Vec<Expr> {
        let copies = self.copies;
        self.copies = copies.saturating_mul(elements.len());
        let mut tests = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            self.know(slot, i64::try_from(index).unwrap_or(i64::MAX), element);
            let before = self.diagnostics.len();
            tests.extend(body.iter().map(|test| self.truth(test)));
            let new = self.diagnostics.split_off(before);
            let known = self.diagnostics.get(said..).unwrap_or_default();
            let is_new =
                |found: &Diagnostic| !known.iter().any(|one| (one.code, one.span()) == (found.code, found.span()));
            let new: Vec<Diagnostic> = new.into_iter().filter(is_new).collect();
            self.diagnostics.extend(new);
        }
        self.locals.iter_mut().skip(slot).for_each(|local| local.known = None);
        self.copies = copies;
        tests
    }

    /// Gives the variables of the innermost loop the values they have for one element.
    fn know(&mut self, slot: usize, index: i64, element: &Value<'static>) {
        match self.locals.get_mut(slot..) {
            Some([only]) => only.known = Some(element.clone()),
            Some([first, second]) => {
                first.known = Some(Value::Int(index));
                second.known = Some(element.clone());
            }
            _ => {}
        }
    }

    /// The predicate, what an element contributes, and the type of the whole.
    fn body(
        &mut self,
        row: &Macro,
        slots: (usize, Option<usize>),
        names: &[&Word],
        range: &Type,
        body: &[Ast],
    ) -> (Option<Expr>, Yields, Type) {
        let (filter, value) = match body {
            [test] if matches!(row.shape, Shape::Test(_) | Shape::Filter) => (Some(self.truth(test)), None),
            [value] => (None, Some(value)),
            [test, value, ..] => (Some(self.truth(test)), Some(value)),
            [] => (None, None),
        };
        let place = names.first().map_or(Place { start: 0, end: 0 }, |name| name.place);
        let first = Expr { kind: ExprKind::Local(slots.0), ty: range.element(), span: self.span(place) };
        match (row.shape, value) {
            (Shape::Filter, _) => (filter, Some((first, None)), range.element().list_of()),
            (Shape::List, Some(value)) => {
                let value = self.expr(value);
                let ty = value.ty.list_of();
                (filter, Some((value, None)), ty)
            }
            (Shape::Map, Some(value)) => (filter, Some((first, Some(self.expr(value)))), Type::Map(None)),
            (Shape::Entry, Some(value)) => (filter, self.entry(value), Type::Map(None)),
            _ => (filter, None, Type::Bool),
        }
    }

    /// `{key: value}` as a key and a value.
    fn entry(&mut self, ast: &Ast) -> Yields {
        if let AstKind::Map(entries) = &ast.kind
            && let [(key, value)] = entries.as_slice()
        {
            let key = self.expr(key);
            return Some((key, Some(self.expr(value))));
        }
        self.misused(ast.place, "the last argument is a map of one entry", "{newKey: value}");
        None
    }
}

fn variable(ast: &Ast) -> Option<&Word> {
    match &ast.kind {
        AstKind::Name { word, absolute: false } => Some(word),
        _ => None,
    }
}
