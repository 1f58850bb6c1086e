//! What stands beside a command in a call, and which part of the invocation it is: what a catalog says, or its name.
//!
//! The objects that enclose the command are looked through, and those within them. What may be a part and is not told
//! apart is a doubt; nothing of it is left out without a word.
#![cfg_attr(not(feature = "shell"), allow(dead_code, reason = "without commands only their names in causes are read"))]

use crate::cel::function::{Cause, Declared, Site};
use crate::cel::place::Step;
use crate::cel::value::{Map, Text, Value};

/// The row that reads the whole invocation around what of a call is a command; no text can call it.
pub(crate) const INVOCATION: &str = "@invocation";
/// The row of `runs_only` beside a test of what is written; no text can call it.
pub(crate) const BOUNDED: &str = "@runs_only";

/// The names under which the parts of an invocation usually stand, by role; without case and signs.
const USUAL: &[(&str, &[&str])] = &[
    (
        "args",
        &[
            "args",
            "argv",
            "argument",
            "arguments",
            "argslist",
            "arglist",
            "argumentlist",
            "cmdargs",
            "commandargs",
            "commandarguments",
            "cliargs",
            "extraargs",
            "extraarguments",
            "additionalargs",
            "additionalarguments",
            "execargs",
            "flags",
            "parameters",
            "params",
            "switches",
        ],
    ),
    (
        "environment",
        &[
            "env",
            "envs",
            "environ",
            "environment",
            "environments",
            "envvar",
            "envvars",
            "envmap",
            "envlist",
            "environmentvars",
            "environmentvariables",
            "envvariables",
            "variables",
            "vars",
            "extraenv",
            "additionalenv",
            "setenv",
        ],
    ),
    (
        "working_directory",
        &[
            "cwd",
            "pwd",
            "workdir",
            "workingdir",
            "workingdirectory",
            "workdirectory",
            "workpath",
            "workingpath",
            "chdir",
            "dir",
            "directory",
            "currentdir",
            "currentdirectory",
            "currentworkingdirectory",
            "folder",
            "workfolder",
            "workingfolder",
            "rundir",
            "execdir",
            "startdir",
            "startin",
            "basedir",
            "rootdir",
            "projectdir",
            "projectroot",
        ],
    ),
    (
        "stdin",
        &[
            "stdin",
            "input",
            "stdininput",
            "stdindata",
            "stdintext",
            "stdincontent",
            "standardinput",
            "inputdata",
            "inputtext",
        ],
    ),
    ("shell", &["shell", "useshell", "viashell", "runinshell"]),
];
/// What ends a name, and the role of a value of a fitting type under it.
const ENDINGS: &[(&str, &[&str])] = &[
    ("environment", &["env", "envs", "environ", "environment", "envvars", "environmentvars", "environmentvariables"]),
    ("args", &["args", "argv", "arguments", "flags"]),
    ("stdin", &["stdin"]),
    ("working_directory", &["cwd", "workdir", "workingdir", "workingdirectory"]),
];
/// Names beside a command by which another program, or more than is read, may be meant.
const OTHER: &[&str] = &["executable", "argv0", "preexecfn", "execpath", "interpreter", "shellpath", "entrypoint"];
/// Names of objects beside a command that may hold parts of the invocation, in whatever form.
const OPTIONS: &[&str] = &[
    "options",
    "opts",
    "option",
    "kwargs",
    "spawn",
    "spawnoptions",
    "spawnopts",
    "execoptions",
    "execopts",
    "processoptions",
    "runoptions",
    "config",
    "configuration",
    "settings",
    "context",
    "extra",
    "exec",
    "process",
    "params",
    "parameters",
    "arguments",
    "args",
];
/// Names of a command, which make the object around it an invocation of its own.
const COMMANDS: &[&str] =
    &["command", "cmd", "commandline", "cmdline", "shellcommand", "program", "script", "run", "commands"];
/// Most levels of objects within objects that are looked through.
const MAX_DEPTH: usize = 4;

const OTHER_PROGRAM: Cause =
    Cause::Unexplained("a parameter beside the command that may name another program or environment");
const TWO: Cause = Cause::Unexplained("two parameters that play one part of an invocation");
const UNTRACED: Cause = Cause::Unexplained("a command made of parts of the call that cannot be traced");

/// A part of an invocation that was found.
struct Found<'a> {
    role: &'static str,
    declared: Declared,
    value: Value<'a>,
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
                parts.look_through(&Look { site, place }, &map, &names(1), &names(2))?;
            }
        }
        Ok(parts)
    }

    fn look_through(
        &mut self,
        look: &Look<'_, 'a>,
        map: &Map<'a>,
        consumed: &[Text<'a>],
        leading: &[Text<'a>],
    ) -> Result<(), Cause> {
        look.site.budget.visit(map.len())?;
        for (name, value) in map.iter() {
            let Value::Text(name) = name else { continue };
            let is_in = |names: &[Text<'a>]| names.iter().any(|known| **known == *name);
            if is_in(consumed) {
                continue;
            }
            let (declared, plain) = (look.declared(&name), normal(&name));
            let role = match declared {
                Declared::Role(role) => Some(role),
                _ => role_of(&plain, &value),
            };
            // What leads to the command is no part beside it, but variables of which one is the command still are.
            let role = role.filter(|role| !is_in(leading) || *role == "environment");
            match role {
                Some("command") => {}
                Some(role) => self.0.push(Found { role, declared, value }),
                None if is_in(leading) => {}
                None if declared != Declared::Plain && OTHER.contains(&&*plain) => return Err(OTHER_PROGRAM),
                None => {
                    if let Value::Map(inner) = &value {
                        look.within(&name).nested(inner, OPTIONS.contains(&&*plain), 0)?;
                    }
                }
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

    fn within(&self, name: &Text<'a>) -> Self {
        let place = self.place.clone().map(|mut place| {
            place.push(Step::Field(name.clone()));
            place
        });
        Look { site: self.site, place }
    }

    /// An object beside the command: a doubt if something in it may be a part of the invocation. In one whose name says that it
    /// holds such parts any usual name is; in others what has the shape of variables or arguments too.
    fn nested(&self, map: &Map<'a>, holds_parts: bool, depth: usize) -> Result<(), Cause> {
        if depth >= MAX_DEPTH {
            return Err(OTHER_PROGRAM);
        }
        self.site.budget.visit(map.len())?;
        if !holds_parts && self.is_invocation(map) {
            return Ok(());
        }
        for (name, value) in map.iter() {
            let Value::Text(name) = name else { continue };
            let plain = normal(&name);
            let doubtful = match self.declared(&name) {
                Declared::Role(_) => true,
                Declared::Plain => false,
                Declared::Nothing if holds_parts => {
                    [OTHER, COMMANDS].iter().any(|names| names.contains(&&*plain)) || role_of(&plain, &value).is_some()
                }
                Declared::Nothing => matches!(
                    (role_of(&plain, &value), &value),
                    (Some("environment"), Value::Map(_) | Value::List(_)) | (Some("args"), Value::List(_))
                ),
            };
            if doubtful {
                return Err(OTHER_PROGRAM);
            }
            if let Value::Map(inner) = &value {
                self.within(&name).nested(inner, holds_parts || OPTIONS.contains(&&*plain), depth + 1)?;
            }
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

/// The part that a parameter of this [`normal`] name usually is, with a value of this type.
pub(crate) fn role_of(plain: &str, value: &Value<'_>) -> Option<&'static str> {
    let exact = USUAL.iter().find(|(_, names)| names.contains(&plain)).map(|(role, _)| *role);
    let found = exact.or_else(|| {
        let ends = |names: &[&str]| names.iter().any(|end| plain.ends_with(end));
        let ending = ENDINGS.iter().find(|(_, names)| ends(names)).map(|(role, _)| *role);
        let begins = (plain.starts_with("env") && !plain.starts_with("envelope")).then_some("environment");
        ending.or(begins).filter(|role| fits(role, value))
    });
    match (found, value) {
        // An object of such a name may hold anything.
        (Some("args"), Value::Map(_)) => None,
        (None, Value::List(_)) if matches!(plain, "options" | "opts") => Some("args"),
        (found, _) => found,
    }
}

fn fits(role: &str, value: &Value<'_>) -> bool {
    match role {
        "environment" => matches!(value, Value::Map(_) | Value::List(_)),
        "args" => matches!(value, Value::List(_)),
        _ => matches!(value, Value::Text(_)),
    }
}

/// A name without case and signs: `workingDirectory`, `WORKING-DIRECTORY` and `working_directory` are one.
pub(crate) fn normal(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The description of an object that encloses a command, as an argument of [`INVOCATION`]: the object, the names in it that the
/// command is made of, those that lead to it, and the steps to the object from `params`, where they are known.
pub(crate) fn holder(
    consumed: Vec<Text<'static>>,
    leading: Vec<Text<'static>>,
    place: Option<Vec<Step<'static>>>,
) -> [Value<'static>; 3] {
    let names = |names: Vec<Text<'static>>| Value::list(names.into_iter().map(Value::Text).collect::<Vec<_>>());
    let step = |step| match step {
        Step::Field(name) => Value::Text(name),
        Step::Element => Value::Null,
    };
    let place = place.map_or(Value::Null, |place| Value::list(place.into_iter().map(step).collect::<Vec<_>>()));
    [names(consumed), names(leading), place]
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
