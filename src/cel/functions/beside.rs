//! What stands beside a command in a call, and which part of the invocation it is: what a catalog says, or its name.
//!
//! The objects that enclose the command are looked through, and those within them. What may be a part and is not told
//! apart is a doubt; nothing of it is left out without a word.
#![cfg_attr(not(feature = "shell"), allow(dead_code, reason = "without commands only their names in causes are read"))]

use super::usual::{
    COMMANDS, OPTIONS, OTHER, is_of_variables, is_shaped_as_part, normal, role_of, says_a_command, says_nothing,
};
use crate::cel::function::{Cause, Declared, Site};
use crate::cel::place::Step;
use crate::cel::value::{Map, Text, Value};

/// The row that reads the whole invocation around what of a call is a command; no text can call it.
pub(crate) const INVOCATION: &str = "@invocation";
/// The row of `runs_only` beside a test of what is written; no text can call it.
pub(crate) const BOUNDED: &str = "@runs_only";

/// Most levels of objects within objects that are looked through.
const MAX_DEPTH: usize = 4;

/// Why an invocation is not told apart from what stands beside it.
pub(crate) const OTHER_PROGRAM: Cause = Cause::Unexplained(crate::cel::cause::BESIDE);
const TWO: Cause = Cause::Unexplained("two parameters that play one part of an invocation");
const UNTRACED: Cause = Cause::Unexplained("a command made of parts of the call that cannot be traced");

/// A part of an invocation that was found.
struct Found<'a> {
    role: &'static str,
    declared: Declared,
    value: Value<'a>,
}

/// The names in an object of which it is known what they have to do with the command.
struct Known<'a> {
    consumed: Vec<Text<'a>>,
    leading: Vec<Text<'a>>,
    read: Vec<Text<'a>>,
}

/// The parts of an invocation that stand beside its command.
pub(crate) struct Parts<'a>(Vec<Found<'a>>);

impl<'a> Parts<'a> {
    /// The parts in the objects that [`holder`] describes.
    ///
    /// # Errors
    /// What stands there and is not told apart.
    pub(crate) fn gather(site: Site<'_>, holders: &Value<'a>) -> Result<Self, Cause> {
        let Value::List(holders) = holders else { return Err(UNTRACED) };
        let mut parts = Self(Vec::new());
        for holder in holders.iter() {
            let Value::List(holder) = holder else { return Err(UNTRACED) };
            if let Some(Value::Map(map)) = holder.get(0) {
                let names = |at| texts(holder.get(at));
                let place = steps(holder.get(3));
                let known = Known { consumed: names(1), leading: names(2), read: names(4) };
                parts.look_through(&Look { site, place }, &map, &known)?;
            }
        }
        Ok(parts)
    }

    fn look_through(&mut self, look: &Look<'_, 'a>, map: &Map<'a>, known: &Known<'a>) -> Result<(), Cause> {
        look.site.budget.visit(map.len())?;
        for (name, value) in map.iter() {
            let Value::Text(name) = name else { continue };
            let is_in = |names: &[Text<'a>]| names.iter().any(|known| **known == *name);
            if is_in(&known.consumed) {
                continue;
            }
            let leads = is_in(&known.leading);
            let (declared, plain) = (look.declared(&name), normal(&name));
            let role = match declared {
                Declared::Role(role) => Some(role),
                _ => role_of(&plain, &value),
            };
            // Hosts that do not look at case may take the one for the other.
            if declared == Declared::Nothing && known.consumed.iter().any(|known| normal(known) == plain) {
                return Err(TWO);
            }
            // What leads to the command is no part beside it, but variables of which one is the command still are.
            let role = role.filter(|role| !leads || *role == "environment");
            match role {
                Some("command") => {}
                Some(role) => self.0.push(Found { role, declared, value }),
                None if leads => {}
                None if declared == Declared::Nothing
                    && (may_be_part(&plain, &value, is_in(&known.read))
                        || !is_in(&known.read) && look.says_a_command(&plain, &value)) =>
                {
                    return Err(OTHER_PROGRAM);
                }
                None => look.within(&name).hidden(&value, OPTIONS.contains(&&*plain), 0)?,
            }
        }
        Ok(())
    }

    /// The part that plays a role: what a catalog says is one, or what stands under a usual name. Two of them are not told
    /// apart, nor is what no catalog knows beside what one says.
    ///
    /// # Errors
    /// Which are not told apart.
    pub(crate) fn take(&mut self, role: &str) -> Result<Option<Value<'a>>, Cause> {
        let mut own: Vec<Found<'a>> = Vec::new();
        self.0.retain_mut(|found| {
            let is_own = found.role == role;
            if is_own {
                own.push(Found { role: found.role, declared: found.declared, value: found.value.clone() });
            }
            !is_own
        });
        if own.iter().any(|found| matches!(found.declared, Declared::Role(_))) {
            own.retain(|found| found.declared != Declared::Plain);
        }
        match own.len() {
            0 | 1 => Ok(own.pop().map(|found| found.value)),
            _ => Err(TWO),
        }
    }

    /// An error where a role is played by something.
    pub(crate) fn refuse(&self, role: &str) -> Result<(), Cause> {
        if self.0.iter().any(|found| found.role == role) { Err(TWO) } else { Ok(()) }
    }
}

/// Whether what no catalog knows may be a part of the invocation, by its name or its shape. What is read for the command may be
/// the command itself, but no less another user or program.
fn may_be_part(plain: &str, value: &Value<'_>, read: bool) -> bool {
    let command = COMMANDS.contains(&plain) && matches!(value, Value::Text(_) | Value::List(_));
    !says_nothing(value) && (OTHER.contains(&plain) || !read && (command || is_shaped_as_part(plain, value)))
}

/// Where objects are looked through.
struct Look<'s, 'a> {
    site: Site<'s>,
    /// The place in `params`, where it is known.
    place: Option<Vec<Step<'a>>>,
}

impl<'a> Look<'_, 'a> {
    fn declared(&self, name: &Text<'a>) -> Declared {
        let Some(place) = &self.place else { return Declared::Nothing };
        let mut place = place.clone();
        place.push(Step::Field(name.clone()));
        self.site.base.declared(&place)
    }

    /// Whether a value says another command.
    fn says_a_command(&self, plain: &str, value: &Value<'a>) -> bool {
        #[cfg(feature = "shell")]
        let is_program = |name: &str| self.site.base.programs().knows(name);
        #[cfg(not(feature = "shell"))]
        let is_program = |_: &str| true;
        !says_nothing(value) && says_a_command(plain, value, &is_program)
    }

    fn within(&self, name: &Text<'a>) -> Self {
        self.step(Step::Field(name.clone()))
    }

    fn step(&self, step: Step<'a>) -> Self {
        let place = self.place.clone().map(|mut place| {
            place.push(step);
            place
        });
        Look { site: self.site, place }
    }

    /// A value beside the command that is no part of the invocation: a doubt if something within it may be one.
    fn hidden(&self, value: &Value<'a>, holds_parts: bool, depth: usize) -> Result<(), Cause> {
        let (len, is_open) = match value {
            Value::Map(map) => (map.len(), true),
            Value::List(list) => (list.len(), list.iter().any(|item| matches!(item, Value::Map(_) | Value::List(_)))),
            _ => return Ok(()),
        };
        if is_open && depth >= MAX_DEPTH {
            return Err(OTHER_PROGRAM);
        }
        self.site.budget.visit(len)?;
        match value {
            Value::Map(map) => self.nested(map, holds_parts, depth),
            Value::List(list) if is_open => {
                let element = self.step(Step::Element);
                list.iter().try_for_each(|item| element.hidden(&item, holds_parts, depth + 1))
            }
            _ => Ok(()),
        }
    }

    /// An object beside the command: a doubt if something in it may be a part of the invocation. In one whose name says that it
    /// holds such parts any usual name is; in others what has the shape of variables or arguments too.
    fn nested(&self, map: &Map<'a>, holds_parts: bool, depth: usize) -> Result<(), Cause> {
        if !holds_parts && self.is_invocation(map) {
            return Ok(());
        }
        for (name, value) in map.iter() {
            let Value::Text(name) = name else { continue };
            let plain = normal(&name);
            let doubtful = match self.declared(&name) {
                Declared::Role(_) => true,
                Declared::Plain => false,
                Declared::Nothing if says_nothing(&value) => false,
                Declared::Nothing if holds_parts => {
                    may_be_part(&plain, &value, false) || role_of(&plain, &value).is_some()
                }
                Declared::Nothing => {
                    is_of_variables(&value)
                        || matches!(
                            (role_of(&plain, &value), &value),
                            (Some("environment" | "args"), Value::Map(_) | Value::List(_))
                        )
                }
            };
            if doubtful {
                return Err(OTHER_PROGRAM);
            }
            self.within(&name).hidden(&value, holds_parts || OPTIONS.contains(&&*plain), depth + 1)?;
        }
        Ok(())
    }

    /// Whether an object is an invocation of its own, with a command.
    fn is_invocation(&self, map: &Map<'a>) -> bool {
        map.iter().any(|(name, value)| match &name {
            Value::Text(name) => match self.declared(name) {
                Declared::Role(role) => role == "command",
                _ => COMMANDS.contains(&&*normal(name)) && matches!(value, Value::Text(_) | Value::List(_)),
            },
            _ => false,
        })
    }
}

/// The description of an object that encloses a command, as an argument of [`INVOCATION`]: the object, the names in it that the
/// command is made of, those that lead to it, the steps to the object from `params`, where they are known, and the names of
/// which something is read for the command.
pub(crate) fn holder(
    consumed: Vec<Text<'static>>,
    leading: Vec<Text<'static>>,
    place: Option<Vec<Step<'static>>>,
    read: Vec<Text<'static>>,
) -> [Value<'static>; 4] {
    let names = |names: Vec<Text<'static>>| Value::list(names.into_iter().map(Value::Text).collect::<Vec<_>>());
    let step = |step| match step {
        Step::Field(name) => Value::Text(name),
        Step::Element => Value::Null,
    };
    let place = place.map_or(Value::Null, |place| Value::list(place.into_iter().map(step).collect::<Vec<_>>()));
    [names(consumed), names(leading), place, names(read)]
}

fn texts<'a>(value: Option<Value<'a>>) -> Vec<Text<'a>> {
    let Some(Value::List(list)) = value else { return Vec::new() };
    let text = |value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    list.iter().filter_map(text).collect()
}

/// The steps that [`holder`] wrote down.
pub(crate) fn steps<'a>(value: Option<Value<'a>>) -> Option<Vec<Step<'a>>> {
    let Some(Value::List(list)) = value else { return None };
    let step = |value| match value {
        Value::Text(name) => Step::Field(name),
        _ => Step::Element,
    };
    Some(list.iter().map(step).collect())
}
