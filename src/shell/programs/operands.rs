//! Which of a row's roles an operand plays, by its place in the order.

use super::model::{Effect, Many};
use super::table::{OperandData, effect_of};

/// What an operand does.
#[derive(Clone, Copy)]
pub(in crate::shell) enum Role<'r> {
    /// This.
    One(Effect),
    /// One of these: words before it are not told apart.
    Any(&'r [OperandData]),
    /// The row does not say.
    Untold,
}

/// What is expected behind assignments.
pub(super) fn without_assignments(spec: &[OperandData]) -> &[OperandData] {
    match spec {
        [first, rest @ ..] if effect_of(first) == Effect::Assignment => rest,
        _ => spec,
    }
}

/// The role of one of so many operands.
pub(super) fn role_of(spec: &[OperandData], number: usize, count: usize) -> Role<'_> {
    let behind_any = spec.iter().rev().take_while(|(_, many)| *many != Many::Any).count();
    let has_any = behind_any < spec.len();
    let before_any = spec.len() - behind_any - usize::from(has_any);
    if !has_any {
        return spec.get(number).map_or(Role::Untold, |operand| Role::One(effect_of(operand)));
    }
    let place = if number < before_any {
        number
    } else if number + behind_any >= count && count > before_any + behind_any.saturating_sub(1) {
        spec.len() - (count - number)
    } else {
        before_any
    };
    spec.get(place).map_or(Role::Untold, |operand| Role::One(effect_of(operand)))
}
