//! Shell commands: what they would run. The knowledge is in [`crate::shell`].

use std::sync::Arc;

use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{List as Values, Value};
use crate::shell::{List, Script, Verdict};

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "shell",
        overloads: &[
            Overload::function(&[Type::Text], Type::Shell),
            Overload::function(&[Type::List(None)], Type::Shell),
            Overload::function(&[Type::Text, Type::List(None)], Type::Shell),
            Overload::function(&[Type::Shell], Type::Shell),
        ],
        doc: "What a shell command would run: text as `sh -c` or `bash -c` reads it, a list of a program and its \
              arguments, or a program and the list of its arguments. With an empty list the text is read as a command.",
        examples: &[
            ("shell('ls | wc -l').programs()", "['ls', 'wc']"),
            ("shell(['ls', 'a; rm b']).programs()", "['ls']"),
            ("shell('ls', ['-l']).runs_only(['ls -l'])", "true"),
        ],
        prepare: None,
        eval: shell,
    },
    Function {
        name: "runs_only",
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "Whether every command begins with the words of an entry, without options that run or write, and no \
              redirection writes a file. What the text does not tell is unknown.",
        examples: &[
            ("shell('git status -s && ls').runs_only(['git status', 'ls'])", "true"),
            ("shell('git push').runs_only(['git status'])", "false"),
            ("shell('git status; $x').runs_only(['git status'])", "unknown"),
            ("shell('find . -name a').runs_only(['find'])", "true"),
            ("shell('find . -delete').runs_only(['find'])", "unknown"),
        ],
        prepare: Some(prepare),
        eval: |site, args| ask(site, args, List::runs_only),
    },
    Function {
        name: "runs_any",
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "Whether some command begins with the words of an entry, its program in any directory and inside any \
              wrapper.",
        examples: &[
            ("shell('sudo /bin/rm x').runs_any(['rm'])", "true"),
            ("shell('bash -c \"ls; rm x\"').runs_any(['rm'])", "true"),
            ("shell('echo rm').runs_any(['rm'])", "false"),
            ("shell('eval \"$x\"').runs_any(['rm'])", "unknown"),
        ],
        prepare: Some(prepare),
        eval: |site, args| ask(site, args, List::runs_any),
    },
    Function {
        name: "programs",
        overloads: &[Overload::method(&[Type::Shell], Type::List(Some(&Type::Text)))],
        doc: "The programs that a command would run, each once, as they are written.",
        examples: &[
            ("shell('timeout 5 ls; ls -a').programs()", "['timeout', 'ls']"),
            ("shell('$x').programs()", "unknown"),
        ],
        prepare: None,
        eval: programs,
    },
    Function {
        name: "writes",
        overloads: &[Overload::method(&[Type::Shell], Type::List(Some(&Type::Text)))],
        doc: "The files that redirections would write, as they are written; `/dev/null` is none.",
        examples: &[
            ("shell('ls > a 2>/dev/null').writes()", "['a']"),
            ("shell('ls > /ws/a').writes().all(file, path(file).within('/ws'))", "true"),
            ("shell('ls > $x').writes()", "unknown"),
        ],
        prepare: None,
        eval: writes,
    },
];

/// What reading a command costs beside its length, in steps.
const STEPS: usize = 50;

fn shell<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let script = match args {
        [Value::Shell(script)] => return Ok(Value::Shell(Arc::clone(script))),
        [Value::Text(text)] => of_text(site, text)?,
        [Value::List(list)] => of_argv(site, None, list)?,
        [Value::Text(text), Value::List(list)] if list.is_empty() => of_text(site, text)?,
        [Value::Text(program), Value::List(list)] => of_argv(site, Some(program), list)?,
        [Value::Text(_), other] => return Err(Cause::wrong_type("list", other)),
        [other, ..] => return Err(Cause::wrong_type("string or list", other)),
        [] => return Err(Cause::Missing),
    };
    Ok(Value::Shell(Arc::new(script)))
}

fn of_text(site: Site<'_>, text: &str) -> Result<Script, Cause> {
    site.budget.steps(STEPS + text.len() / 16)?;
    Ok(Script::of_text(text))
}

fn of_argv(site: Site<'_>, program: Option<&str>, list: &Values<'_>) -> Result<Script, Cause> {
    site.budget.visit(list.len())?;
    if program.is_some_and(|program| !names_a_program(program)) {
        return Err(Cause::Unexplained("a program's name with blanks or a shell's signs, beside arguments"));
    }
    let values: Vec<Value<'_>> = list.iter().collect();
    let mut argv: Vec<&str> = program.into_iter().collect();
    for value in &values {
        match value {
            Value::Text(text) => argv.push(text),
            other => return Err(Cause::wrong_type("list of strings", other)),
        }
    }
    let bytes: usize = argv.iter().map(|word| word.len()).sum();
    site.budget.steps(STEPS + bytes / 16)?;
    if argv.is_empty() {
        return Err(Cause::Unexplained("a list without a program"));
    }
    Ok(Script::of_argv(&argv))
}

/// Whether a program's name is one word to a shell too, so that it does not matter who runs it.
fn names_a_program(program: &str) -> bool {
    !program.is_empty() && program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./+@:,".contains(&byte))
}

fn prepare(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::List(list))] = args else { return Ok(None) };
    Ok(Some(Arc::new(read_list(list)?)))
}

fn read_list(list: &Values<'_>) -> Result<List, String> {
    let values: Vec<Value<'_>> = list.iter().collect();
    let texts = values.iter().map(|value| match value {
        Value::Text(text) => Ok(text.as_str()),
        other => Err(format!("the list holds a value of type {}; commands are text", other.ty().word())),
    });
    List::read(texts.collect::<Result<Vec<_>, _>>()?)
}

fn ask<'a>(site: Site<'_>, args: &[Value<'a>], question: fn(&List, &Script) -> Verdict) -> Result<Value<'a>, Cause> {
    let (script, list) = match args {
        [Value::Shell(script), list] => (script, list),
        [other, ..] => return Err(Cause::wrong_type("shell", other)),
        [] => return Err(Cause::Missing),
    };
    let verdict = match (site.prepared::<List>(), list) {
        (Some(list), _) => question(list, script),
        (None, Value::List(list)) => {
            site.budget.steps(STEPS.saturating_mul(list.len() + 1))?;
            let list = read_list(list).map_err(|_| Cause::Unexplained("a list that is none of commands"))?;
            question(&list, script)
        }
        (None, other) => return Err(Cause::wrong_type("list", other)),
    };
    site.budget.visit(script.commands.len())?;
    match verdict {
        Verdict::Yes => Ok(Value::Bool(true)),
        Verdict::No => Ok(Value::Bool(false)),
        Verdict::Unknown(why) => Err(Cause::Unexplained(why)),
    }
}

/// A script about which there is no doubt.
fn explained<'v, 'a>(args: &'v [Value<'a>]) -> Result<&'v Script, Cause> {
    match args {
        [Value::Shell(script)] => script.why().map_or(Ok(script.as_ref()), |why| Err(Cause::Unexplained(why))),
        [other, ..] => Err(Cause::wrong_type("shell", other)),
        [] => Err(Cause::Missing),
    }
}

fn programs<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let mut names: Vec<&str> = Vec::new();
    for command in &explained(args)?.commands {
        let name = command.words.first().and_then(|word| word.as_literal());
        let name = name.ok_or(Cause::Unexplained("the name of a program is dynamic"))?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    site.list(names.into_iter().map(Value::text).collect())
}

fn writes<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let targets = explained(args)?.writes.iter().map(|target| match target.as_literal() {
        Some(path) => Ok(Value::text(path)),
        None => Err(Cause::Unexplained("a redirection to a file that is dynamic")),
    });
    let targets = targets.collect::<Result<Vec<_>, _>>()?;
    site.list(targets)
}
