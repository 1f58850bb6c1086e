//! What of a command is in doubt, named for people: the word, the variable, the file, or the parameter beside the command.
//!
//! Looks at a test that is unknown a second time, by parts, so it is asked only where a decision explains itself. Values that
//! words hold are left out: they may be secrets.

use std::sync::Arc;

use super::eval::{Variables, eval};
use super::expr::{Expr, ExprKind};
use super::function::{Cause, Declared, Function};
use super::functions::beside::{BOUNDED, INVOCATION, OTHER_PROGRAM};
use super::place::Step;
use super::types::Type;
use super::value::{Map, Text, Value};
use crate::shell::{Access, Finding, List, Programs, Script, Source, Verdict, Word};

/// Most characters of a word that is named.
const MOST_CHARS: usize = 60;
/// A word of which nothing is known, as commands are shown.
const DYNAMIC: &str = "…";
/// Most parameters beside a command that are looked at.
const MOST_BESIDE: usize = 64;
/// Most words of a command that are looked at one by one.
const MOST_WORDS: usize = 64;

/// A file that a command would read or write, as a test saw it.
pub(crate) struct File {
    /// The file as the command names it, or the command whose files are not told.
    pub(crate) name: String,
    /// What is done to it.
    pub(crate) access: Access,
    /// Whether the test allows it.
    pub(crate) allowed: Result<bool, Cause>,
}

/// What of a command makes a test unknown for this cause, as words that stand before "is in doubt".
pub(crate) fn doubtful<'a>(expr: &'a Expr, variables: &dyn Variables<'a>, cause: Cause) -> Option<String> {
    let (Cause::Unexplained(why) | Cause::File(why)) = cause else { return None };
    if cause == OTHER_PROGRAM {
        return beside(expr, variables);
    }
    let ExprKind::Call { function, prepared, .. } = &expr.kind else { return None };
    let script = script(expr, variables)?;
    if access_of(function).is_some() {
        let files = files(expr, variables);
        let file =
            files.iter().find(|file| file.allowed == Err(cause)).or(files.iter().find(|file| file.allowed.is_err()));
        return file.map(|file| quoted(&file.name)).or_else(|| doubt_of(&script, why));
    }
    let list = prepared.as_ref().and_then(|prepared| prepared.downcast_ref::<List>());
    list.and_then(|list| word_of(list, function, &script, why)).or_else(|| doubt_of(&script, why))
}

/// The script that a test is about.
fn script<'a>(expr: &'a Expr, variables: &dyn Variables<'a>) -> Option<Arc<Script>> {
    let ExprKind::Call { args, .. } = &expr.kind else { return None };
    let receiver = args.first()?;
    match (&receiver.ty, eval(receiver, variables)) {
        (Type::Shell, Ok(Value::Shell(script))) => Some(script),
        (Type::Shell, _) => None,
        _ => args.iter().find_map(|inner| script(inner, variables)),
    }
}

/// The same variables for expressions that are made here.
struct Here<'h, 'a>(&'h dyn Variables<'a>);

impl<'h, 'a: 'h> Variables<'h> for Here<'h, 'a> {
    fn value(&self, index: usize) -> Result<Value<'h>, Cause> {
        self.0.value(index)
    }

    fn base(&self, place: &[Step<'_>]) -> Result<Text<'h>, Cause> {
        self.0.base(place)
    }

    fn working_directory(&self) -> Result<Text<'h>, Cause> {
        self.0.working_directory()
    }

    fn declared(&self, place: &[Step<'_>]) -> Declared {
        self.0.declared(place)
    }

    fn programs(&self) -> Programs {
        self.0.programs()
    }
}

/// What a test of a command's files is about.
fn access_of(function: &Function) -> Option<Access> {
    match function.name {
        "writes_within" => Some(Access::Write),
        "reads_within" => Some(Access::Read),
        _ => None,
    }
}

/// The word of a command that a list doubts.
fn word_of(list: &List, function: &Function, script: &Script, why: &str) -> Option<String> {
    let findings = match function.name {
        "runs_only" | "runs_exactly" | BOUNDED => list.describe(script),
        _ => list.describe_any(script),
    };
    let doubted = |finding: &&Finding| matches!(finding.listed, Verdict::Unknown(own) if own == why);
    let finding = findings.iter().find(doubted)?;
    let program = match (finding.command.split(' ').next().unwrap_or_default(), &script.source) {
        (DYNAMIC, Source::Text(text)) => text.get(finding.span.clone()).map_or_else(|| quoted(DYNAMIC), quoted),
        (program, _) => quoted(program),
    };
    let part = finding.parts.iter().find(|part| part.doubt == Some(why));
    Some(match part.map(|part| part.part.as_str()) {
        None => program,
        Some(part) if part.starts_with("input") => format!("the input of {program}"),
        Some(part) => match part.strip_prefix("environment ") {
            Some(given) => format!("the variable {} of {program}", quoted(given)),
            None if part == finding.command => program,
            None if part == DYNAMIC => format!("a dynamic word of {program}"),
            None => format!("{} of {program}", quoted(part)),
        },
    })
}

/// The part of the text that is doubted by itself.
fn doubt_of(script: &Script, why: &str) -> Option<String> {
    if let Some(file) = script.writes.first().filter(|_| why == "a redirection that writes a file") {
        return Some(format!("the redirection to {}", quoted(&file.to_string())));
    }
    let doubt = script.doubts.iter().find(|doubt| doubt.why == why)?;
    match &script.source {
        Source::Text(text) => text.get(doubt.span.clone()).filter(|text| !text.trim().is_empty()).map(quoted),
        Source::Argv(_) => None,
    }
}

/// A word in quotes, without what stands behind a `=` and without what follows a blank.
fn quoted(word: &str) -> String {
    let word = word.trim();
    if word == DYNAMIC {
        return "a word that only a shell puts together".to_owned();
    }
    let end = word.find(|char: char| char.is_whitespace()).unwrap_or(word.len());
    let end = word.find('=').map_or(end, |at| end.min(at));
    let shown: String = word.chars().take(MOST_CHARS.min(word.get(..end).unwrap_or(word).chars().count())).collect();
    let more = if shown.len() < end || word.get(end..).is_some_and(|rest| rest.starts_with('=')) { "…" } else { "" };
    format!("`{}{more}`", shown.escape_debug())
}

/// The files that a test of a command's files looked at, each judged alone; a command whose files are not told is taken apart, so
/// that what is in doubt stands by itself.
pub(crate) fn files<'a>(expr: &'a Expr, variables: &dyn Variables<'a>) -> Vec<File> {
    let ExprKind::Call { function, args, .. } = &expr.kind else { return Vec::new() };
    let ([receiver, operand], Some(access)) = (args.as_slice(), access_of(function)) else { return Vec::new() };
    let Ok(Value::Shell(script)) = eval(receiver, variables) else { return Vec::new() };
    let judge = |path: &str| {
        let alone = Value::Shell(Arc::new(Script::of_file(path, access)));
        let alone = Expr { kind: ExprKind::Const(alone), ty: receiver.ty.clone(), span: receiver.span };
        let test = ExprKind::Call { function, args: vec![alone, operand.clone()], prepared: None };
        decided(&Expr { kind: test, ty: expr.ty.clone(), span: expr.span }, variables)
    };
    let mut found: Vec<File> = Vec::new();
    for part in parts(&script) {
        match part.touched(access) {
            Ok(touched) => found.extend(touched.into_iter().map(|file| {
                let allowed = match judge(&file.path) {
                    Ok(false) if !file.certain => Err(PERHAPS),
                    allowed => allowed,
                };
                File { name: file.path, access, allowed }
            })),
            Err(why) => found.extend(untold(&part, access, Cause::Unexplained(why), &judge)),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|file| seen.insert(file.name.clone()));
    found
}

const PERHAPS: Cause = Cause::Unexplained("a folder in which some file is used, or a file that may be");

fn decided(test: &Expr, variables: &dyn Variables<'_>) -> Result<bool, Cause> {
    match eval(test, &Here(variables)) {
        Ok(Value::Bool(holds)) => Ok(holds),
        Ok(other) => Err(Cause::wrong_type("bool", &other)),
        Err(unknown) => Err(unknown.cause),
    }
}

/// The redirections and the commands of a script, each by itself.
fn parts(script: &Script) -> Vec<Script> {
    let empty =
        || Script { programs: script.programs.clone(), directory: script.directory.clone(), ..Script::default() };
    let reads = script.reads.iter().map(|word| Script { reads: vec![word.clone()], ..empty() });
    let writes = script.writes.iter().map(|word| Script { writes: vec![word.clone()], ..empty() });
    let commands = script.commands.iter().map(|command| Script { commands: vec![command.clone()], ..empty() });
    reads.chain(writes).chain(commands).collect()
}

/// What is not told of one part: its words that only a shell puts together, behind the files that it touches whatever those are;
/// without such words, the whole.
fn untold(part: &Script, access: Access, why: Cause, judge: &dyn Fn(&str) -> Result<bool, Cause>) -> Vec<File> {
    let in_doubt = |name: String| File { name, access, allowed: Err(why) };
    let words = part.reads.iter().chain(&part.writes);
    let words = words.chain(part.commands.iter().flat_map(|command| command.words.iter().skip(1)));
    let dynamic: Vec<&Word> = words.filter(|word| word.as_literal().is_none()).take(MOST_WORDS).collect();
    if dynamic.is_empty() {
        return part.commands.first().map(|command| in_doubt(command.to_string())).into_iter().collect();
    }
    // What a dynamic word becomes decides what the others are: `cp a $x`.
    let readings: Option<Vec<Vec<String>>> = (0..=2).map(|count| touched_with(part, access, count)).collect();
    let readings = readings.unwrap_or_default();
    let mut certain = readings.first().cloned().unwrap_or_default();
    certain.retain(|file| readings.iter().all(|reading| reading.contains(file)));
    let files = certain.into_iter().map(|file| File { allowed: judge(&file), name: file, access });
    files.chain(dynamic.into_iter().map(|word| in_doubt(word.to_string()))).collect()
}

/// The files that a part certainly touches where each of its dynamic words becomes so many.
fn touched_with(part: &Script, access: Access, count: usize) -> Option<Vec<String>> {
    const SOME: &str = "/\u{1}";
    let mut told = part.clone();
    for command in &mut told.commands {
        let words = std::mem::take(&mut command.words).into_iter().flat_map(|word| match word.as_literal() {
            Some(_) => vec![word],
            None => vec![Word::Literal(SOME.into()); count],
        });
        command.words = words.collect();
    }
    let touched = told.touched(access).ok()?.into_iter().filter(|file| file.certain && file.path != SOME);
    Some(touched.map(|file| file.path).collect())
}

/// The parameter beside a command that may be a part of it: the one that is a doubt alone as well.
fn beside<'a>(expr: &'a Expr, variables: &dyn Variables<'a>) -> Option<String> {
    let ExprKind::Call { function, args, .. } = &expr.kind else { return None };
    if function.name != INVOCATION {
        return args.iter().find_map(|inner| beside(inner, variables));
    }
    let [command, holders, ..] = args.as_slice() else { return None };
    let ExprKind::List(holders) = &holders.kind else { return None };
    let with = |kind: ExprKind, like: &Expr| Expr { kind, ty: like.ty.clone(), span: like.span };
    holders.iter().find_map(|holder| {
        let ExprKind::List(parts) = &holder.kind else { return None };
        let (object, rest) = parts.split_first()?;
        let Ok(Value::Map(map)) = eval(object, variables) else { return None };
        map.iter().take(MOST_BESIDE).find_map(|(name, value)| {
            let Value::Text(text) = &name else { return None };
            let text = text.to_string();
            let only = Value::Map(Map::Shared(Arc::from([(name.to_static(), value.to_static())])));
            let alone = std::iter::once(with(ExprKind::Const(only), object)).chain(rest.iter().cloned());
            let alone = with(ExprKind::List(alone.collect()), holder);
            let holders = with(ExprKind::List(vec![alone]), holder);
            let plain = with(ExprKind::Const(Value::text("true")), command);
            let call = ExprKind::Call { function, args: vec![plain, holders], prepared: None };
            let doubted =
                eval(&with(call, expr), &Here(variables)).is_err_and(|unknown| unknown.cause == OTHER_PROGRAM);
            doubted.then(|| quoted(&text))
        })
    })
}
