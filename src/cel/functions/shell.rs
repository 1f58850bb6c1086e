//! Commands: what an invocation would run, read and write. The knowledge is in [`crate::shell`].

use std::borrow::Cow;
use std::sync::Arc;

use super::beside::{BOUNDED, INVOCATION, Parts};
use super::path;
use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{List as Values, Value};
use crate::shell::{Access, Command, Form, Invocation, List, Script, Verdict};

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "shell",
        overloads: &[
            Overload::function(&[Type::Text], Type::Shell),
            Overload::function(&[Type::List(None)], Type::Shell),
            Overload::function(&[Type::Text, Type::List(None)], Type::Shell),
            Overload::function(&[Type::Shell], Type::Shell),
        ],
        doc: "What a command would run: text as a shell reads it, a list of a program and its arguments, or a program and \
              the list of its arguments. With an empty list the text is read as a command. Of a parameter, \
              `shell(params.command)`, it is the whole invocation: arguments, environment, working directory and standard \
              input that stand beside it are judged with it.",
        examples: &[
            ("shell('ls | wc -l').programs()", "['ls', 'wc']"),
            ("shell(['ls', 'a; rm b']).programs()", "['ls']"),
            ("shell('ls', ['-l']).runs_only(['ls -l'])", "true"),
        ],
        prepare: None,
        eval: shell,
    },
    Function {
        name: INVOCATION,
        overloads: &[
            Overload::function(&[Type::Dyn, Type::Dyn], Type::Shell),
            Overload::function(&[Type::Dyn, Type::Dyn, Type::Dyn], Type::Shell),
        ],
        doc: "The invocation whose command is made of parts of the call, with what stands beside those in the objects around.",
        examples: &[],
        prepare: None,
        eval: invocation,
    },
    Function {
        name: "runs_only",
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "Whether every command is one of the list and does no more than its program is known for: no option, input, \
              variable or operand that runs or writes something else, no redirection that writes a file. Beside a test of \
              what is written (`writes_within`, or `writes()` in the same conjunction) files may be written. What cannot be \
              told is unknown.",
        examples: &[
            ("shell('git status -s && ls').runs_only(['git status', 'ls'])", "true"),
            ("shell('git push').runs_only(['git status'])", "false"),
            ("shell('git status; $x').runs_only(['git status'])", "unknown"),
            ("shell('find . -name a').runs_only(['find'])", "true"),
            ("shell('find . -delete').runs_only(['find'])", "unknown"),
            ("shell('find . -delete').runs_only(['find -delete'])", "true"),
        ],
        prepare: Some(prepare),
        eval: |site, args| ask(site, args, List::runs_only),
    },
    Function {
        name: BOUNDED,
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "`runs_only` beside a test of what is written.",
        examples: &[],
        prepare: Some(prepare),
        eval: |site, args| ask(site, args, List::runs_only_bounded),
    },
    Function {
        name: "runs_exactly",
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "Whether every command has exactly the words of an entry, no more and no fewer.",
        examples: &[
            ("shell('git status').runs_exactly(['git status'])", "true"),
            ("shell('git status -s').runs_exactly(['git status'])", "false"),
            ("shell('git $x').runs_exactly(['git status'])", "unknown"),
        ],
        prepare: Some(prepare),
        eval: |site, args| ask(site, args, List::runs_exactly),
    },
    Function {
        name: "runs_any",
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "Whether some command is one of the list, its program in any directory and inside any wrapper, its options in \
              any place and spelling. Where a program may start others, words that mention one of the list are unknown.",
        examples: &[
            ("shell('sudo /bin/rm x').runs_any(['rm'])", "true"),
            ("shell('bash -c \"ls; rm x\"').runs_any(['rm'])", "true"),
            ("shell('echo rm').runs_any(['rm'])", "false"),
            ("shell('eval \"$x\"').runs_any(['rm'])", "unknown"),
            ("shell('git push -uf origin x').runs_any(['git push --force'])", "true"),
            ("shell('git push -u origin x').runs_any(['git push --force'])", "false"),
        ],
        prepare: Some(prepare),
        eval: |site, args| ask(site, args, List::runs_any),
    },
    Function {
        name: "programs",
        overloads: &[Overload::method(&[Type::Shell], Type::List(Some(&Type::Text)))],
        doc: "The programs that a command names, each once, as they are written. What a program starts by its input, its options or \
              its settings is not named: that nothing else runs is told by `runs_only` and `runs_any`.",
        examples: &[
            ("shell('timeout 5 ls; ls -a').programs()", "['timeout', 'ls']"),
            ("shell('$x').programs()", "unknown"),
        ],
        prepare: None,
        eval: programs,
    },
    Function {
        name: "commands",
        overloads: &[Overload::method(&[Type::Shell], Type::List(Some(&Type::List(Some(&Type::Text)))))],
        doc: "The commands that a command names, each a list of its words, those inside wrappers behind them. What a program \
              starts by its input, its options or its settings is not named.",
        examples: &[
            ("shell('timeout 5 ls -a').commands()", "[['timeout', '5', 'ls', '-a'], ['ls', '-a']]"),
            ("shell('ls $x').commands()", "unknown"),
        ],
        prepare: None,
        eval: commands,
    },
    Function {
        name: "writes",
        overloads: &[Overload::method(&[Type::Shell], Type::List(Some(&Type::Text)))],
        doc: "The files that a command would write, create, change or remove: by redirection, and by what is known of its \
              programs' words. `/dev/null` is none. What a program does on its own is not told.",
        examples: &[
            ("shell('ls > a 2>/dev/null').writes()", "['a']"),
            ("shell('cp a /ws/b').writes()", "['/ws/b']"),
            ("shell('ls > /ws/a').writes().all(file, path(file).within('/ws'))", "true"),
            ("shell('ls > $x').writes()", "unknown"),
            ("shell('./x.sh').writes()", "unknown"),
        ],
        prepare: None,
        eval: |site, args| files(site, args, Access::Write),
    },
    Function {
        name: "reads",
        overloads: &[Overload::method(&[Type::Shell], Type::List(Some(&Type::Text)))],
        doc: "The files and folders that a command would read: by redirection, and by what is known of its programs' words.",
        examples: &[("shell('cat a < b').reads()", "['b', 'a']"), ("shell('cat $x').reads()", "unknown")],
        prepare: None,
        eval: |site, args| files(site, args, Access::Read),
    },
    Function {
        name: "writes_within",
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "Whether every file that a command would write is in one of these directories; relative names are meant below \
              its working directory.",
        examples: &[
            ("shell('cp a /ws/b > /ws/log').writes_within(['/ws'])", "true"),
            ("shell('cp a /ws/../etc/b').writes_within(['/ws'])", "false"),
            ("shell('git log').writes_within(['/ws'])", "true"),
            ("shell('ls > a').writes_within(['/ws'])", "unknown"),
        ],
        prepare: None,
        eval: |site, args| within(site, args, Access::Write),
    },
    Function {
        name: "reads_within",
        overloads: &[Overload::method(&[Type::Shell, Type::List(None)], Type::Bool)],
        doc: "Whether every file that a command would read is in one of these directories.",
        examples: &[
            ("shell('cat /ws/a').reads_within(['/ws'])", "true"),
            ("shell('cat /ws/a /etc/passwd').reads_within(['/ws'])", "false"),
            ("shell('cat $x').reads_within(['/ws'])", "unknown"),
        ],
        prepare: None,
        eval: |site, args| within(site, args, Access::Read),
    },
];

/// What reading a command costs beside its length, in steps.
const STEPS: usize = 50;

fn shell<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let script = match args {
        [Value::Shell(script)] => return Ok(Value::Shell(Arc::clone(script))),
        [command] => read(site, command, None, &Beside::default())?,
        [command, arguments] => read(site, command, Some(arguments), &Beside::default())?,
        [] => return Err(Cause::Missing),
        _ => return Err(Cause::wrong_type("string or list", &Value::Null)),
    };
    Ok(Value::Shell(Arc::new(script)))
}

/// What stands beside a command.
#[derive(Default)]
struct Beside<'a> {
    environment: Vec<(String, String)>,
    directory: Option<Value<'a>>,
    input: Option<Value<'a>>,
    /// Whether a shell reads the text, if the call says so.
    by_shell: Option<bool>,
}

/// Reads a command with its arguments and all that stands beside it.
fn read(site: Site<'_>, command: &Value<'_>, args: Option<&Value<'_>>, beside: &Beside<'_>) -> Result<Script, Cause> {
    let arguments: Vec<Value<'_>> = match args {
        None => Vec::new(),
        Some(Value::List(list)) => {
            site.budget.visit(list.len())?;
            list.iter().collect()
        }
        Some(other) => return Err(Cause::wrong_type("list", other).beside("args")),
    };
    let own: Vec<Value<'_>> = match command {
        Value::List(list) => {
            site.budget.visit(list.len())?;
            list.iter().collect()
        }
        _ => Vec::new(),
    };
    let form = match command {
        Value::Text(text) if arguments.is_empty() && beside.by_shell != Some(false) => Form::Text(text.as_str()),
        Value::Text(_) if beside.by_shell == Some(true) && !arguments.iter().all(is_plain_word) => {
            return Err(Cause::Unexplained("arguments that a shell reads again, because `shell` stands beside them"));
        }
        Value::Text(text) if !names_a_program(text) => {
            return Err(Cause::Unexplained("a program's name with blanks or a shell's signs, beside arguments"));
        }
        Value::Text(text) => Form::Argv(
            std::iter::once(Ok(text.as_str())).chain(arguments.iter().map(argument)).collect::<Result<_, _>>()?,
        ),
        Value::List(_) if beside.by_shell == Some(true) => {
            return Err(Cause::Unexplained("a list of words that a shell puts together"));
        }
        Value::List(_) => {
            Form::Argv(own.iter().map(word).chain(arguments.iter().map(argument)).collect::<Result<_, _>>()?)
        }
        other => return Err(Cause::wrong_type("string or list", other)),
    };
    let bytes = match &form {
        Form::Text(text) => text.len(),
        Form::Argv(argv) if argv.is_empty() => return Err(Cause::Unexplained("a list without a program")),
        Form::Argv(argv) => argv.iter().map(|word| word.len() + 1).sum(),
    };
    site.budget.steps(STEPS + bytes / 16)?;
    let invocation = Invocation {
        command: form,
        environment: beside.environment.clone(),
        directory: text(beside.directory.as_ref(), "working_directory")?,
        input: text(beside.input.as_ref(), "stdin")?,
    };
    let script = located(site, &invocation);
    let Value::Text(text) = command else { return Ok(script) };
    if beside.by_shell != Some(true) || arguments.is_empty() {
        return Ok(script);
    }
    let alone = Invocation { command: Form::Text(text.as_str()), ..invocation };
    let otherwise = located(site, &alone);
    Ok(Script { otherwise: Some(Arc::new(otherwise)), ..script })
}

/// What an invocation would run, and where the host says that it does.
fn located(site: Site<'_>, invocation: &Invocation<'_>) -> Script {
    let script = Script::of_invocation(invocation, &site.base.programs());
    let base = site.base.working_directory().ok();
    Script { base: base.as_deref().map(Arc::from), ..script }
}

/// What hosts run differently.
const HOSTS: Cause = Cause::Unexplained("arguments beside `shell`, which some hosts leave out");

/// What is true of a script, as every host runs it.
fn agreed<T: PartialEq>(script: &Script, of: impl Fn(&Script) -> Result<T, Cause>) -> Result<T, Cause> {
    let found = of(script)?;
    match &script.otherwise {
        Some(otherwise) if of(otherwise)? != found => Err(HOSTS),
        _ => Ok(found),
    }
}

fn word<'v>(value: &'v Value<'_>) -> Result<&'v str, Cause> {
    match value {
        Value::Text(text) => Ok(text.as_str()),
        other => Err(Cause::wrong_element("string", other)),
    }
}

fn argument<'v>(value: &'v Value<'_>) -> Result<&'v str, Cause> {
    word(value).map_err(|cause| cause.beside("args"))
}

fn text<'v>(value: Option<&'v Value<'_>>, role: &'static str) -> Result<Option<&'v str>, Cause> {
    match value {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.as_str())),
        Some(other) => Err(Cause::wrong_type("string", other).beside(role)),
    }
}

/// Whether a program's name is one word to a shell too, so that it does not matter who runs it.
fn names_a_program(program: &str) -> bool {
    !program.is_empty() && program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./+@:,".contains(&byte))
}

/// Whether an argument is one word to a shell too.
fn is_plain_word(argument: &Value<'_>) -> bool {
    matches!(argument, Value::Text(text) if names_a_program(text))
}

/// `@invocation(command, holders)`, perhaps with arguments that are told apart.
fn invocation<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let [command, holders, arguments @ ..] = args else { return Err(Cause::Missing) };
    if let Value::Shell(script) = command {
        return Ok(Value::Shell(Arc::clone(script)));
    }
    let mut parts = Parts::gather(site, holders)?;
    let environment = environment(parts.take("environment")?).map_err(|cause| cause.beside("environment"))?;
    if !environment.iter().all(|(name, value)| is_one_variable(name, value)) {
        return Err(Cause::Unexplained("a variable that a host may read as several, or as another"));
    }
    let beside = Beside {
        environment,
        directory: parts.take("working_directory")?,
        input: parts.take("stdin")?,
        by_shell: by_shell(parts.take("shell")?).map_err(|cause| cause.beside("shell"))?,
    };
    let own = match arguments.first() {
        Some(arguments) => {
            parts.refuse("args")?;
            Some(arguments.clone())
        }
        None => parts.take("args")?,
    };
    let script = read(site, command, own.as_ref(), &beside)?;
    Ok(Value::Shell(Arc::new(script)))
}

/// Variables: a map of names to text, or a list of `NAME=value`.
fn environment(value: Option<Value<'_>>) -> Result<Vec<(String, String)>, Cause> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Map(map)) => {
            let entries = map.iter().map(|(name, value)| match (&name, &value) {
                (Value::Text(name), Value::Text(value)) => Ok((name.to_string(), value.to_string())),
                (Value::Text(name), Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_)) => {
                    Ok((name.to_string(), value.to_string()))
                }
                (_, other) => Err(Cause::wrong_element("string", other)),
            });
            entries.collect()
        }
        Some(Value::List(list)) => {
            let entries = list.iter().map(|entry| match &entry {
                Value::Text(text) => match text.split_once('=') {
                    Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
                    None => Err(Cause::Unexplained("a variable without `=`")),
                },
                other => Err(Cause::wrong_element("string", other)),
            });
            entries.collect()
        }
        Some(other) => Err(Cause::wrong_type("map or list", &other)),
    }
}

/// Whether a name and a value are one variable to every host, also to one that writes them into a text.
fn is_one_variable(name: &str, value: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\n', '\r', '\0']) && !value.contains(['\n', '\r', '\0'])
}

/// Whether a shell reads the text: a truth value, or the shell's name.
fn by_shell(value: Option<Value<'_>>) -> Result<Option<bool>, Cause> {
    const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"];
    match value {
        None => Ok(None),
        Some(Value::Bool(by_shell)) => Ok(Some(by_shell)),
        Some(Value::Text(shell)) => {
            let trusted = |directory: &str| ["/bin", "/usr/bin", "/usr/local/bin"].contains(&directory);
            let name = match shell.rsplit_once('/') {
                Some((directory, name)) if trusted(directory) => Cow::Borrowed(name),
                Some(_) => Cow::Borrowed(""),
                None => Cow::Borrowed(shell.as_str()),
            };
            let known = SHELLS.contains(&&*name);
            known.then_some(Some(true)).ok_or(Cause::Unexplained("a shell that is not known"))
        }
        Some(other) => Err(Cause::wrong_type("bool or string", &other)),
    }
}

fn prepare(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::List(list))] = args else { return Ok(None) };
    Ok(Some(Arc::new(read_list(list)?)))
}

fn read_list(list: &Values<'_>) -> Result<List, String> {
    let values: Vec<Value<'_>> = list.iter().collect();
    let texts: Option<Vec<&str>> = values
        .iter()
        .map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    List::read(texts.ok_or("a list of commands holds text alone")?)
}

fn ask<'a>(site: Site<'_>, args: &[Value<'a>], question: fn(&List, &Script) -> Verdict) -> Result<Value<'a>, Cause> {
    let (script, list) = match args {
        [Value::Shell(script), list] => (script, list),
        [other, ..] => return Err(Cause::wrong_type("shell", other)),
        [] => return Err(Cause::Missing),
    };
    site.budget.visit(script.commands.len())?;
    let answer = |list: &List| agreed(script, |script| truth(question(list, script))).map(Value::Bool);
    match (site.prepared::<List>(), list) {
        (Some(list), _) => answer(list),
        (None, Value::List(list)) => {
            site.budget.steps(STEPS.saturating_mul(list.len() + 1))?;
            answer(&read_list(list).map_err(|_| Cause::Unexplained("a list that is none of commands"))?)
        }
        (None, other) => Err(Cause::wrong_type("list", other)),
    }
}

const fn truth(verdict: Verdict) -> Result<bool, Cause> {
    match verdict {
        Verdict::Yes => Ok(true),
        Verdict::No => Ok(false),
        Verdict::Unknown(why) => Err(Cause::Unexplained(why)),
    }
}

/// What is true of a script about which there is no doubt, as every host runs it.
fn explained<T: PartialEq>(args: &[Value<'_>], of: impl Fn(&Script) -> Result<T, Cause>) -> Result<T, Cause> {
    let certain = |script: &Script| match script.why() {
        Some(why) => Err(Cause::Unexplained(why)),
        None => of(script),
    };
    match args {
        [Value::Shell(script), ..] => agreed(script, certain),
        [other, ..] => Err(Cause::wrong_type("shell", other)),
        [] => Err(Cause::Missing),
    }
}

fn programs<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let names = explained(args, |script| {
        let mut names: Vec<String> = Vec::new();
        for command in &script.commands {
            let name = command.words.first().and_then(|word| word.as_literal());
            let name = name.ok_or(Cause::Unexplained("the name of a program is dynamic"))?;
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    })?;
    site.list(names.into_iter().map(Value::text).collect())
}

fn commands<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let commands = explained(args, |script| {
        let words = |command: &Command| command.words.iter().map(|word| word.as_literal().map(str::to_owned)).collect();
        let commands: Option<Vec<Vec<String>>> = script.commands.iter().map(words).collect();
        commands.ok_or(Cause::Unexplained("a command with dynamic words"))
    })?;
    let lists = commands.into_iter().map(|words| site.list(words.into_iter().map(Value::text).collect()));
    site.list(lists.collect::<Result<_, _>>()?)
}

fn files<'a>(site: Site<'_>, args: &[Value<'a>], access: Access) -> Result<Value<'a>, Cause> {
    let files = explained(args, |script| script.files(access).map_err(Cause::Unexplained))?;
    site.list(files.into_iter().map(Value::text).collect())
}

/// Whether all files are in one of some directories. A file that is certainly in none settles it.
fn within<'a>(site: Site<'_>, args: &[Value<'a>], access: Access) -> Result<Value<'a>, Cause> {
    let directories: Vec<Value<'_>> = match args {
        [_, Value::List(list)] => list.iter().collect(),
        [_, other] => return Err(Cause::wrong_type("list", other)),
        _ => return Err(Cause::Missing),
    };
    let all_within = |script: &Script| {
        let mut unknown = None;
        for touched in script.touched(access).map_err(Cause::Unexplained)? {
            site.budget.steps(directories.len() + 1)?;
            match path::is_within_any(site, &touched.path, &directories) {
                Ok(true) => {}
                Ok(false) if touched.certain => return Ok(false),
                Ok(false) => {
                    unknown = unknown
                        .or(Some(Cause::Unexplained("a folder in which some file is used, or a file that may be")))
                }
                Err(why) => unknown = unknown.or(Some(of_file(why))),
            }
        }
        unknown.map_or(Ok(true), Err)
    };
    explained(args, all_within).map(Value::Bool)
}

/// What is wrong with a path is wrong with a file that the command names, not with the command.
fn of_file(cause: Cause) -> Cause {
    match cause {
        Cause::Unexplained(why) => Cause::File(why),
        other => other,
    }
}
