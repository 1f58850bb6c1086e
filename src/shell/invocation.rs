//! A whole invocation: a command, and what a call gives it beside its words.

use std::sync::Arc;

use super::script::{Assignment, Command, Input, Script, Word};
use super::variables::{self, Meaning};
use super::{Programs, builtins};

/// What a call runs, wherever its parts stand.
#[derive(Clone, Debug)]
pub struct Invocation<'i> {
    /// The command.
    pub command: Form<'i>,
    /// Variables that it is given.
    pub environment: Vec<(String, String)>,
    /// The directory it runs in, if the call names one.
    pub directory: Option<&'i str>,
    /// What it reads from its standard input, if the call says so.
    pub input: Option<&'i str>,
}

/// The spellings of a command.
#[derive(Clone, Debug)]
pub enum Form<'i> {
    /// Text for a shell.
    Text(&'i str),
    /// A program and its arguments.
    Argv(Vec<&'i str>),
}

impl Script {
    /// Everything that an invocation would run.
    #[must_use]
    pub fn of_invocation(invocation: &Invocation<'_>, programs: &Programs) -> Self {
        let mut script = match &invocation.command {
            Form::Text(text) => Self::of_text_with(text, programs),
            Form::Argv(argv) => Self::of_argv_with(argv, programs),
        };
        script.directory = invocation.directory.map(Arc::from);
        script.keeps(&invocation.environment);
        for command in &mut script.commands {
            let given = invocation.environment.iter().filter(|(name, _)| {
                let own = command.environment.iter().any(|own| *own.name == **name);
                !own
            });
            let given: Vec<Assignment> = given
                .map(|(name, value)| Assignment { name: name.as_str().into(), value: Word::literal(value.as_str()) })
                .collect();
            command.environment.extend(given);
            if command.input == Input::Inherited {
                command.input = match invocation.input {
                    None => Input::Inherited,
                    Some("") => Input::Empty,
                    Some(text) => Input::Text(text.into()),
                };
            }
        }
        script
    }

    /// A variable that shells keep for themselves, given to a command of their own: as in the text `PATH=/tmp echo`.
    fn keeps(&mut self, environment: &[(String, String)]) {
        let kept = |name: &str, program: &str| {
            variables::meaning(name) == Meaning::Shell && !(name == "IFS" && program == "read")
        };
        let own = |command: &Command| {
            let program = command.words.first().and_then(Word::as_literal).unwrap_or_default();
            builtins::is_builtin(program) && environment.iter().any(|(name, _)| kept(name, program))
        };
        if let Some(span) = self.commands.iter().find(|command| own(command)).map(|command| command.span.clone()) {
            self.doubt(variables::KEPT, &span);
        }
    }
}
