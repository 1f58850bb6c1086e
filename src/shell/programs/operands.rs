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

/// The role of an operand with so many before it, of those and itself perhaps a pattern that stands for several, or for none.
pub(super) fn role_from(spec: &[OperandData], number: usize) -> Role<'_> {
    let any = spec.iter().position(|(_, many)| *many == Many::Any).unwrap_or(spec.len());
    match spec.get(number.min(any)..).unwrap_or_default() {
        [only] if !effect_of(only).takes_the_rest() => Role::One(effect_of(only)),
        [] => Role::Untold,
        several => Role::Any(several),
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

/// Whether all operands are programs to run.
pub(super) fn runs_by_itself(spec: &[OperandData]) -> bool {
    matches!(spec, [only] if effect_of(only) == Effect::Runs && only.1 == Many::Any)
}
