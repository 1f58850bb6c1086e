//! Where in a call a value stands, as an expression tells: `params.files[0].path` is three steps from `params`.
//!
//! What a catalog says of a parameter holds for its values wherever an expression reads them, also as a loop's variable.

use smallvec::SmallVec;

use super::environment::PARAMS;
use super::expr::{Expr, ExprKind};
use super::value::{Text, Value};

/// A step from a value of a call to one within it.
#[derive(Clone, Debug)]
pub enum Step<'a> {
    /// The value of a key.
    Field(Text<'a>),
    /// An element of a list, whichever.
    Element,
}

/// The steps from `params`.
pub(super) type Steps<'a> = SmallVec<[Step<'a>; 4]>;

/// What a loop's variable is of the list or map that the loop goes over.
#[derive(Clone, Copy)]
pub(super) enum Within<'l, 'a> {
    /// An index or a key: nothing of the call.
    Nothing,
    /// An element of a list.
    Element(&'a Expr),
    /// The value of this key of a map.
    Value(&'a Expr, &'l Value<'a>),
}

/// The steps to an expression's value; `None` where it does not stand in `params`, or only the call tells where. `local`
/// says what the variable of a slot is.
pub(super) fn steps<'a, 'l>(expr: &'a Expr, local: &dyn Fn(usize) -> Within<'l, 'a>) -> Option<Steps<'a>>
where
    'a: 'l,
{
    let below = |operand: &'a Expr, step: Step<'a>| {
        let mut found = steps(operand, local)?;
        found.push(step);
        Some(found)
    };
    match &expr.kind {
        ExprKind::Variable(PARAMS) => Some(Steps::new()),
        ExprKind::Select { operand, field } => below(operand, Step::Field(Text::Borrowed(field))),
        ExprKind::Call { function, args, .. } if function.name == "_[_]" => match args.as_slice() {
            [operand, key] => below(operand, index(key.constant()?)?),
            _ => None,
        },
        ExprKind::Local(slot) => match local(*slot) {
            Within::Nothing => None,
            Within::Element(list) => below(list, Step::Element),
            Within::Value(map, key) => below(map, index(key)?),
        },
        _ => None,
    }
}

fn index<'a>(key: &Value<'a>) -> Option<Step<'a>> {
    match key {
        Value::Text(text) => Some(Step::Field(text.clone())),
        Value::Int(_) | Value::UInt(_) => Some(Step::Element),
        _ => None,
    }
}
