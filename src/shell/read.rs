//! Text to script: the shell grammar's tree, walked to every command in it.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use brush_parser::ast::{self, CommandPrefixOrSuffixItem as Item, CompoundCommand, ExtendedTestExpr, IoRedirect};
use brush_parser::{ParserImpl, ParserOptions, SourceSpan};

use super::programs::Programs;
use super::script::{Command, Input, Inside, Script, Source, Word};
use super::word::{self, Read};
use super::{MAX_BYTES, MAX_COMMANDS, MAX_DEPTH, builtins, gate, programs};

/// How the parser is asked to read: as `bash -c` does, `~` being read here.
pub(super) fn options() -> ParserOptions {
    ParserOptions {
        enable_extended_globbing: false,
        posix_mode: false,
        sh_mode: false,
        tilde_expansion_at_word_start: false,
        tilde_expansion_after_colon: false,
        parser_impl: ParserImpl::Peg,
    }
}

impl Script {
    /// Everything that a shell would run for this text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of_text_with(text, &Programs::default())
    }

    /// The same, by what is known of programs.
    pub(super) fn of_text_with(text: &str, programs: &Programs) -> Self {
        let programs = programs.clone();
        let source = Source::Text(Arc::from(text));
        let mut reader = Reader {
            script: Self { source, programs, ..Self::default() },
            bytes: 0,
            environment: Vec::new(),
            input: None,
        };
        let context = Context { span: 0..text.len(), within: None, inside: None, depth: 0 };
        reader.text(text, &context);
        reader.script
    }

    /// Everything that running a program with these arguments would run, without a shell between.
    #[must_use]
    pub fn of_argv(argv: &[&str]) -> Self {
        Self::of_argv_with(argv, &Programs::default())
    }

    /// The same, by what is known of programs.
    pub(super) fn of_argv_with(argv: &[&str], programs: &Programs) -> Self {
        let source = Source::Argv(argv.iter().map(|word| Arc::from(*word)).collect());
        let programs = programs.clone();
        let mut reader = Reader {
            script: Self { source, programs, ..Self::default() },
            bytes: 0,
            environment: Vec::new(),
            input: None,
        };
        let bytes: usize = argv.iter().map(|word| word.len() + 1).sum();
        let context = Context { span: 0..bytes, within: None, inside: None, depth: 0 };
        if bytes > MAX_BYTES {
            reader.script.doubt("a command of more than 64 KiB", &context.span);
        } else if argv.iter().any(|word| word.contains('\0')) {
            reader.script.doubt("a control character", &context.span);
        } else {
            let words = argv.iter().map(|word| Word::literal(*word)).collect();
            let span = context.span.clone();
            let command =
                Command { words, environment: Vec::new(), input: Input::default(), moved: false, inside: None, span };
            reader.command(command, &context);
        }
        reader.script
    }
}

/// Where a text stands that is being read.
#[derive(Clone)]
struct Context {
    /// The place in the outermost text.
    span: Range<usize>,
    /// The byte at which each of this text's characters begins, where the text is the outermost one.
    within: Option<Rc<[usize]>>,
    inside: Option<Inside>,
    depth: usize,
}

impl Context {
    /// The same text's commands at a narrower place, where that is known.
    fn at(&self, place: Option<SourceSpan>) -> Self {
        let narrower = self.within.as_ref().zip(place).and_then(|(bytes, place)| {
            let (from, to) = (bytes.get(place.start.index)?, bytes.get(place.end.index)?);
            (from < to).then_some(*from..*to)
        });
        Self { span: narrower.unwrap_or_else(|| self.span.clone()), ..self.clone() }
    }

    /// The context of a text inside a word of this one.
    fn deeper(&self) -> Self {
        Self { within: None, depth: self.depth + 1, ..self.clone() }
    }
}

struct Reader {
    script: Script,
    /// Bytes of nested texts read so far.
    bytes: usize,
    environment: Vec<super::script::Assignment>,
    input: Option<Input>,
}

impl Reader {
    /// Reads a text as a shell would.
    fn text(&mut self, text: &str, context: &Context) {
        self.bytes += text.len();
        if context.depth > MAX_DEPTH {
            return self.script.doubt("more than 8 levels of commands within commands", &context.span);
        }
        if self.bytes > 4 * MAX_BYTES {
            return self.script.doubt("more than 256 KiB of nested commands", &context.span);
        }
        match guarded(text) {
            Ok(program) => {
                let within = (context.depth == 0).then(|| boundaries(text));
                let context = Context { within, ..context.clone() };
                program.complete_commands.iter().for_each(|list| self.list(list, &context));
            }
            Err(why) => self.script.not_read(why, &context.span),
        }
    }

    fn list(&mut self, list: &ast::CompoundList, context: &Context) {
        for ast::CompoundListItem(and_or, _) in &list.0 {
            for (_, pipeline) in and_or {
                pipeline.seq.iter().for_each(|command| self.any_command(command, context));
            }
        }
    }

    fn any_command(&mut self, command: &ast::Command, context: &Context) {
        match command {
            ast::Command::Simple(simple) => self.simple(simple, context),
            ast::Command::Compound(compound, redirects) => {
                self.compound(compound, context);
                self.redirects(redirects.as_ref(), context);
            }
            ast::Command::Function(function) => {
                self.compound(&function.body.0, context);
                self.redirects(function.body.1.as_ref(), context);
                if self.word(&function.fname.value, context).as_literal().is_none_or(builtins::is_reserved_for_shell) {
                    self.script.doubt("a function in the place of a shell's own command", &context.span);
                }
            }
            ast::Command::ExtendedTest(test, redirects) => {
                self.test(&test.expr, context);
                self.redirects(redirects.as_ref(), context);
            }
        }
    }

    fn compound(&mut self, compound: &CompoundCommand, context: &Context) {
        match compound {
            CompoundCommand::Arithmetic(_) | CompoundCommand::ArithmeticForClause(_) => {
                self.script.doubt("an arithmetic command, which some shells read as a subshell", &context.span);
            }
            CompoundCommand::BraceGroup(group) => self.list(&group.list, context),
            CompoundCommand::Subshell(subshell) => self.list(&subshell.list, context),
            CompoundCommand::ForClause(clause) => {
                self.sets(&clause.variable_name, context);
                self.words(clause.values.iter().flatten(), context);
                self.list(&clause.body.list, context);
            }
            CompoundCommand::CaseClause(clause) => {
                self.words([&clause.value], context);
                for case in &clause.cases {
                    self.words(&case.patterns, context);
                    case.cmd.iter().for_each(|list| self.list(list, context));
                }
            }
            CompoundCommand::IfClause(clause) => {
                self.list(&clause.condition, context);
                self.list(&clause.then, context);
                for otherwise in clause.elses.iter().flatten() {
                    otherwise.condition.iter().for_each(|list| self.list(list, context));
                    self.list(&otherwise.body, context);
                }
            }
            CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
                self.list(&clause.0, context);
                self.list(&clause.1.list, context);
            }
            CompoundCommand::Coprocess(coprocess) => self.any_command(&coprocess.body, context),
        }
    }

    /// `[[ … ]]`: what shells without it would read otherwise, and what evaluates variables, is a doubt.
    fn test(&mut self, test: &ExtendedTestExpr, context: &Context) {
        use ast::{BinaryPredicate as Binary, UnaryPredicate as Unary};
        match test {
            ExtendedTestExpr::And(..) | ExtendedTestExpr::Or(..) | ExtendedTestExpr::Parenthesized(_) => {
                self.script
                    .doubt("`[[` with `&&`, `||` or parentheses, which some shells read as commands", &context.span);
            }
            ExtendedTestExpr::Not(inner) => self.test(inner, context),
            ExtendedTestExpr::UnaryTest(predicate, operand) => {
                self.words([operand], context);
                if matches!(predicate, Unary::ShellVariableIsSetAndAssigned | Unary::ShellVariableIsSetAndNameRef) {
                    self.script.doubt("a test that evaluates a subscript", &context.span);
                }
            }
            ExtendedTestExpr::BinaryTest(predicate, left, right) => {
                self.words([left], context);
                match predicate {
                    Binary::StringMatchesRegex | Binary::StringContainsSubstring => {
                        if right.value.contains(['$', '`', '(', '|', '<', '>', '&', ';']) {
                            self.script.doubt("a regular expression with a shell's signs", &context.span);
                        }
                    }
                    Binary::StringExactlyMatchesPattern
                    | Binary::StringDoesNotExactlyMatchPattern
                    | Binary::StringExactlyMatchesString
                    | Binary::StringDoesNotExactlyMatchString
                    | Binary::FilesReferToSameDeviceAndInodeNumbers
                    | Binary::LeftFileIsNewerOrExistsWhenRightDoesNot
                    | Binary::LeftFileIsOlderOrDoesNotExistWhenRightDoes => self.words([right], context),
                    _ => self.script.doubt("a test that evaluates arithmetic or redirects", &context.span),
                }
            }
        }
    }

    fn simple(&mut self, simple: &ast::SimpleCommand, context: &Context) {
        use ast::SourceLocation as _;
        let context = &context.at(simple.location());
        let mut words: Vec<Word> = Vec::new();
        for item in simple.prefix.iter().flat_map(|prefix| &prefix.0) {
            self.item(item, simple.word_or_name.is_some(), context);
        }
        if let Some(name) = &simple.word_or_name {
            words.push(self.word(&name.value, context));
        }
        let mut both = false;
        for item in simple.suffix.iter().flat_map(|suffix| &suffix.0) {
            if both && !matches!(item, Item::IoRedirect(_)) {
                self.script
                    .not_read("words behind `&>`, which some shells read as a command of their own", &context.span);
            }
            both |= matches!(item, Item::IoRedirect(IoRedirect::OutputAndError(..)));
            match item {
                Item::Word(word) | Item::AssignmentWord(_, word) => {
                    words.push(self.word(&word.value, context));
                }
                Item::ProcessSubstitution(_, subshell) => {
                    self.list(&subshell.list, &context.deeper());
                    words.push(Word::Dynamic { prefix: "/dev/fd/".into(), splits: false });
                }
                Item::IoRedirect(redirect) => self.redirect(redirect, context),
            }
        }
        if !words.is_empty() {
            let inside = context.inside;
            let span = context.span.clone();
            let environment = std::mem::take(&mut self.environment);
            let input = self.input.take().unwrap_or_default();
            self.command(Command { words, environment, input, moved: false, inside, span }, context);
        }
    }

    /// What stands before a command's name.
    fn item(&mut self, item: &Item, exported: bool, context: &Context) {
        match item {
            Item::IoRedirect(redirect) => self.redirect(redirect, context),
            Item::AssignmentWord(assignment, _) => self.assignment(assignment, exported, context),
            Item::ProcessSubstitution(_, subshell) => self.list(&subshell.list, &context.deeper()),
            Item::Word(word) => drop(self.word(&word.value, context)),
        }
    }

    fn assignment(&mut self, assignment: &ast::Assignment, exported: bool, context: &Context) {
        match &assignment.name {
            ast::AssignmentName::VariableName(name) if exported => {
                let value = match &assignment.value {
                    ast::AssignmentValue::Scalar(word) => self.word(&word.value, context),
                    ast::AssignmentValue::Array(_) => Word::anything(),
                };
                self.environment.push(super::script::Assignment { name: name.as_str().into(), value });
            }
            ast::AssignmentName::VariableName(name) => self.sets(name, context),
            ast::AssignmentName::ArrayElementName(name, index) => {
                self.sets(name, context);
                if index.bytes().any(|byte| !byte.is_ascii_digit()) {
                    self.script.doubt("a subscript that is no number", &context.span);
                }
            }
        }
        match &assignment.value {
            ast::AssignmentValue::Scalar(word) => self.words([word], context),
            ast::AssignmentValue::Array(elements) => {
                for (key, value) in elements {
                    self.words(key.iter().chain([value]), context);
                    if key.as_ref().is_some_and(|key| key.value.bytes().any(|byte| !byte.is_ascii_digit())) {
                        self.script.doubt("a subscript that is no number", &context.span);
                    }
                }
            }
        }
    }

    /// A variable that the shell itself sets.
    fn sets(&mut self, name: &str, context: &Context) {
        if !builtins::is_plain_variable(name) {
            self.script.doubt("a variable is set that may change what programs run", &context.span);
        }
    }

    fn redirects(&mut self, redirects: Option<&ast::RedirectList>, context: &Context) {
        redirects.iter().flat_map(|list| &list.0).for_each(|redirect| self.redirect(redirect, context));
    }

    fn redirect(&mut self, redirect: &IoRedirect, context: &Context) {
        use ast::{IoFileRedirectKind as Kind, IoFileRedirectTarget as Target};
        match redirect {
            IoRedirect::File(_, kind, Target::Filename(word)) => {
                let target = self.word(&word.value, context);
                if matches!(kind, Kind::Read) {
                    self.input = Some(Input::File(target.clone()));
                }
                self.opened(target, !matches!(kind, Kind::Read), context);
            }
            IoRedirect::File(_, _, Target::Fd(_)) => {}
            IoRedirect::File(_, kind, Target::Duplicate(word)) => {
                let target = self.word(&word.value, context);
                let descriptor = target.as_literal().is_some_and(|text| {
                    text == "-" || text.strip_suffix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit())
                });
                if !descriptor && word.value.starts_with(|char: char| char == '-' || char.is_ascii_digit()) {
                    self.script.not_read("a descriptor with something behind it", &context.span);
                } else if !descriptor {
                    self.opened(target, matches!(kind, Kind::DuplicateOutput), context);
                }
            }
            IoRedirect::File(_, _, Target::ProcessSubstitution(_, subshell)) => {
                self.list(&subshell.list, &context.deeper());
            }
            IoRedirect::OutputAndError(word, _) => {
                let target = self.word(&word.value, context);
                self.opened(target, true, context);
            }
            IoRedirect::HereString(_, word) => {
                let text = self.word(&word.value, context);
                self.input = Some(text.as_literal().map_or(Input::Unknown, |text| Input::Text(text.into())));
            }
            IoRedirect::HereDocument(_, document) => self.here_document(document, context),
        }
    }

    fn here_document(&mut self, document: &ast::IoHereDocument, context: &Context) {
        if !plain_tag(&document.here_end.value) {
            self.script.not_read("a here-document with an unusual end", &context.span);
        }
        self.input = Some(Input::Unknown);
        if document.requires_expansion {
            let read = word::read_here_document(&document.doc.value);
            self.inner(read, context);
        }
    }

    /// A file that a redirection opens.
    fn opened(&mut self, target: Word, writes: bool, context: &Context) {
        if target
            .as_literal()
            .is_some_and(|path| matches!(path, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty"))
        {
            return;
        }
        let network = |path: &str| path.starts_with("/dev/tcp") || path.starts_with("/dev/udp");
        let known = match &target {
            Word::Literal(path) => !network(path),
            Word::Dynamic { prefix, .. } => {
                writes || !prefix.is_empty() && !"/dev/tcp".starts_with(&**prefix) && !network(prefix)
            }
        };
        if !known {
            self.script.doubt("a redirection that may open a connection", &context.span);
        }
        if writes {
            self.script.writes.push(target);
        }
    }

    fn words<'w>(&mut self, words: impl IntoIterator<Item = &'w ast::Word>, context: &Context) {
        words.into_iter().for_each(|word| drop(self.word(&word.value, context)));
    }

    /// A word, and what it runs on the way.
    fn word(&mut self, raw: &str, context: &Context) -> Word {
        let read = word::read(raw);
        let word = read.word();
        self.inner(read, context);
        word
    }

    fn inner(&mut self, read: Read, context: &Context) {
        match read.doubt {
            Some(why) if read.refused => self.script.not_read(why, &context.span),
            Some(why) => self.script.doubt(why, &context.span),
            None => {}
        }
        for name in &read.sets {
            self.sets(name.trim_start_matches("${").trim_end_matches('}'), context);
        }
        let deeper = Context { inside: None, ..context.deeper() };
        read.runs.iter().for_each(|text| self.text(text, &deeper));
    }

    /// A simple command, and the commands inside it where it is a wrapper.
    fn command(&mut self, command: Command, context: &Context) {
        let index = self.script.commands.len();
        if index >= MAX_COMMANDS {
            return self.script.doubt("more than 256 commands", &context.span);
        }
        if context.depth > MAX_DEPTH {
            return self.script.doubt("more than 8 levels of commands within commands", &context.span);
        }
        if let Some(why) = builtins::doubt(&command.words) {
            self.script.doubt(why, &context.span);
        }
        let found = programs::inside(&self.script.programs, &command);
        let (input, moved) = (command.input.clone(), command.moved);
        self.script.commands.push(command);
        for inner in found.commands {
            let inside = Inside { wrapper: index, at: inner.at, argv: true };
            let command = Command {
                words: inner.words,
                environment: inner.environment,
                input: inner.input.unwrap_or_else(|| input.clone()),
                moved: inner.moved || moved,
                inside: Some(inside),
                span: context.span.clone(),
            };
            self.command(command, &Context { inside: Some(inside), ..context.deeper() });
        }
        for (at, text) in found.texts {
            let inside = Inside { wrapper: index, at, argv: false };
            self.text(&text, &Context { inside: Some(inside), ..context.deeper() });
        }
    }
}

/// The byte at which each character begins, and the end.
fn boundaries(text: &str) -> Rc<[usize]> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

/// Whether a here-document's end is a plain word, quoted as a whole or not at all.
fn plain_tag(raw: &str) -> bool {
    let quoted = ['\'', '"'].iter().find_map(|quote| raw.strip_prefix(*quote)?.strip_suffix(*quote));
    let tag = quoted.or(raw.strip_prefix('\\')).unwrap_or(raw);
    !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.!".contains(&byte))
}

/// Parses a text; a panic of the parser is a refusal. The gate keeps out what is known to cause one.
fn guarded(text: &str) -> Result<ast::Program, &'static str> {
    std::panic::catch_unwind(|| parse(text)).unwrap_or(Err("a text that the parser fails on"))
}

fn parse(text: &str) -> Result<ast::Program, &'static str> {
    if let Some(why) = gate::text(text) {
        return Err(why);
    }
    let options = options();
    let tokens = brush_parser::uncached_tokenize_str(text, &options.tokenizer_options())
        .map_err(|_| "a text that ends inside a quote, a substitution or a here-document")?;
    if let Some(why) = gate::tokens(&tokens) {
        return Err(why);
    }
    brush_parser::parse_tokens(&tokens, &options).map_err(|_| "a text that is no command of a shell")
}
