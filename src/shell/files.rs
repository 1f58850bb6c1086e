//! The files that a script reads and writes: those of redirections, and those that the rows of programs know.

use super::Verdict;
use super::builtins;
use super::hidden::{hides_a_path, leads_out};
use super::judge::is_harmless;
use super::places::{DYNAMIC, Place, Touched};
use super::programs::{self, Effect, Is, Part, Reading, Role, Row, flag};
use super::script::{Assignment, Command, Moved, Script, Word};

/// Why the files of a script are not told.
pub type Untold = &'static str;

/// Which files are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Files that are read.
    Read,
    /// Files that are written, created, changed or removed.
    Write,
}

pub(super) const UNTOLD_WORDS: Untold = "words of which it is not known whether they are read or written";
const HIDDEN: Untold =
    "words that may name a file elsewhere, of which the program's row does not say whether it is read or written";
const ANYTHING: Untold = "words that may read or write anything";
const PACKAGE: Untold = "a program of a package of which it is not known what it reads and writes";
/// Most packages that run one another.
const DEEPEST: usize = 8;
const VARIABLE: Untold = "a program is given a variable that may change which files it reads or writes";

impl Script {
    /// The files that the script reads or writes, as they are written, each once.
    ///
    /// # Errors
    /// Why they are not all told.
    pub fn files(&self, access: Access) -> Result<Vec<String>, Untold> {
        let touched = self.touched(access)?;
        let certain = |touched: Touched| if touched.certain { Ok(touched.path) } else { Err(DYNAMIC) };
        touched.into_iter().map(certain).collect()
    }

    /// The files that the script reads or writes, and folders with all that it may read or write, each once.
    ///
    /// # Errors
    /// Why not even folders are told.
    pub fn touched(&self, access: Access) -> Result<Vec<Touched>, Untold> {
        if let Some(why) = self.why() {
            return Err(why);
        }
        let redirected = match access {
            Access::Read => &self.reads,
            Access::Write => &self.writes,
        };
        let mut files = Vec::new();
        let whole = Place { directory: None, working: self.directory.as_deref(), moved: &Moved::No, apart: false };
        for word in redirected {
            whole.add(&mut files, word)?;
        }
        for command in &self.commands {
            if !builtins::is_control(&command.words) {
                self.of_command(command, access, &mut files, 0)?;
            }
        }
        Ok(files)
    }

    /// Whether all files that it reads or writes are below where it works, as the cases beside rows ask.
    #[must_use]
    pub fn stays(&self, access: Access) -> Verdict {
        let outside = |file: &Touched| file.path.starts_with('/') || file.path.split('/').any(|part| part == "..");
        let touched = match self.touched(access) {
            Err(why) => return Verdict::Unknown(why),
            Ok(touched) => touched,
        };
        match touched.iter().find(|file| outside(file)) {
            None => Verdict::Yes,
            Some(_) if touched.iter().any(|file| file.certain && outside(file)) => Verdict::No,
            Some(_) => Verdict::Unknown(DYNAMIC),
        }
    }

    /// A script that does nothing but read or write one file.
    pub(crate) fn of_file(file: &str, access: Access) -> Self {
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        match access {
            Access::Read => reads.push(Word::literal(file)),
            Access::Write => writes.push(Word::literal(file)),
        }
        Self { reads, writes, ..Self::default() }
    }

    /// Whether a variable may have a program read or write other files: one that its row does not call harmless, and one that leads
    /// elsewhere, which may be harmless in what it runs alone.
    fn may_move_files(&self, command: &Command, given: &Assignment) -> bool {
        let leads_elsewhere = given.value.as_literal().is_none() || leads_out(&given.value);
        let harmless = is_harmless(self, command, given);
        let means_nothing = harmless && builtins::is_own_by_custom(&given.name);
        // What a path is given for may be read, whatever the variable: `TZ=/etc/passwd`, `LANG=$x`.
        let known = builtins::is_harmless_environment(&given.name);
        (leads_elsewhere || !known) && !means_nothing && (leads_elsewhere || !harmless)
    }

    fn of_command(
        &self,
        command: &Command,
        access: Access,
        files: &mut Vec<Touched>,
        level: usize,
    ) -> Result<(), Untold> {
        if command.environment.iter().any(|given| self.may_move_files(command, given)) {
            return Err(VARIABLE);
        }
        let row = self
            .programs
            .row_of(&command.words)
            .ok_or("a program of which it is not known what it reads and writes")?;
        let reading = programs::read(row, &command.words);
        if let Some(why) = hidden(&reading, command) {
            return Err(why);
        }
        let asked = Asked::of(row, access, &reading);
        let working = self.directory.as_deref();
        let mut place = Place { directory: None, working, moved: &command.moved, apart: false };
        // Only what packs goes from directory to directory among its operands.
        let told = |part: &&Part<'_>| !is_vague(part) && !row.has(flag::TAR);
        for part in reading.parts.iter().filter(told) {
            place.go(said(part, command.words.get(part.at), (row, access))?)?;
        }
        if row.options().any(|option| option.effect() == Effect::Subdirectory) {
            place.add_itself(files)?;
        }
        for part in &reading.parts {
            let word = command.words.get(part.at);
            if asked.is_behind_a_pattern(part) {
                place.perhaps(files, word, (row, access))?;
                continue;
            }
            let Some((effect, value)) = said(part, word, (row, access))? else { continue };
            if let Some(said) = self.instead(part, effect, (command, row), level)? {
                for words in said {
                    self.of_command(&Command { words, ..command.clone() }, access, files, level + 1)?;
                }
                continue;
            }
            asked.part(part, (effect, value), &mut place, files)?;
        }
        let implicit = match access {
            Access::Read => reading.implicit.reads.filter(|path| !asked.reads || *path == "~"),
            Access::Write => reading.implicit.target.filter(|_| !asked.writes),
        };
        place.apart = false;
        implicit.map_or(Ok(()), |path| place.add(files, &Word::literal(path)))
    }
}

impl Script {
    /// The commands whose files are meant by a part of a command that names a program: `python -m pytest` reads and writes what
    /// `pytest` does, `npx prettier@3` what `prettier` does.
    fn instead(
        &self,
        part: &Part<'_>,
        effect: Effect,
        (command, row): (&Command, Row<'_>),
        level: usize,
    ) -> Result<Option<Vec<Vec<Word>>>, Untold> {
        match effect {
            Effect::Package => {
                let words = command.words.get(part.at..).unwrap_or_default();
                let said = programs::of_package(&self.programs, words).filter(|_| level < DEEPEST);
                said.map(|words| Some(vec![words])).ok_or(PACKAGE)
            }
            Effect::Runs if level == 0 && says_another(part) => {
                let said = programs::said_otherwise(&self.programs, Some(row), &command.words);
                if said.is_empty() { Err(ANYTHING) } else { Ok(Some(said)) }
            }
            _ => Ok(None),
        }
    }
}

/// What is asked of a command's parts.
struct Asked<'r> {
    row: Row<'r>,
    access: Access,
    /// Whether an operand is read, and whether one is written.
    reads: bool,
    writes: bool,
    /// Whether an archive is made, which is then not read.
    packs_anew: bool,
    /// Whether no word may be an option but those that look like one.
    told: bool,
}

impl<'r> Asked<'r> {
    fn of(row: Row<'r>, access: Access, reading: &Reading<'_>) -> Self {
        let takes = |effects: &[Effect]| reading.parts.iter().any(|part| part.is_operand_of(effects));
        Self {
            row,
            access,
            reads: takes(&[Effect::Reads, Effect::Script, Effect::Moves]),
            writes: takes(&[Effect::Target, Effect::Writes, Effect::Moves]),
            packs_anew: reading.anew,
            told: !reading.parts.iter().any(|part| matches!(part.is, Is::Unsure { .. })),
        }
    }

    /// Whether a pattern of paths leaves open which role a word plays.
    fn is_behind_a_pattern(&self, part: &Part<'_>) -> bool {
        let several = matches!(part.is, Is::Operand(Role::Any(_)));
        several && self.told && part.row.is(self.row) && touches(self.row, self.access)
    }

    /// The file that a part of this effect, with this value, reads or writes.
    fn part(
        &self,
        part: &Part<'_>,
        (effect, value): (Effect, Option<Word>),
        place: &mut Place<'_>,
        files: &mut Vec<Touched>,
    ) -> Result<(), Untold> {
        let effect = if self.packs_anew && effect == Effect::Moves { Effect::Target } else { effect };
        if let Some(why) = untold(part, effect, value.as_ref()) {
            return Err(why);
        }
        let packs = part.row.has(flag::TAR);
        place.apart = packs && matches!(part.is, Is::Option { .. });
        let (read, write) = (self.access == Access::Read, self.access == Access::Write);
        match (effect, &value) {
            (Effect::Directory, _) if packs => place.go(Some((effect, value))),
            (Effect::Reads, None) if read && !self.reads => Err("an option that reads a file"),
            (Effect::Moves, Some(word)) if read && word.as_literal() != Some("-") => {
                place.add(files, &mounted(&part.is, word)?)
            }
            (Effect::Reads | Effect::Script, Some(word)) if read && word.as_literal() != Some("-") => {
                place.add(files, word)
            }
            (Effect::Target | Effect::Writes | Effect::Moves, Some(word)) if write => {
                place.add(files, &mounted(&part.is, word)?)
            }
            (Effect::Writes, None) if write && !self.writes => Err("an option that writes a file"),
            _ => Ok(()),
        }
    }
}

/// Why a command may read and write files that none of its words names: its input is code, or a word may be a path.
fn hidden(reading: &Reading<'_>, command: &Command) -> Option<Untold> {
    let hides = reading.parts.iter().any(|part| hides_a_path(part, &command.words));
    programs::around(reading, command).beyond.or(hides.then_some(HIDDEN))
}

/// Why a part of a command leaves all files untold: it may read or write any.
fn untold(part: &Part<'_>, effect: Effect, value: Option<&Word>) -> Option<Untold> {
    match effect {
        // What leads out of where the program works is seen beforehand.
        Effect::Setting if value.is_some_and(|word| is_plain_setting(part, word)) => None,
        Effect::Sed | Effect::Awk | Effect::Sql if value.is_some_and(|word| programs::touches_files(effect, word)) => {
            Some("a program of `sed`, `awk` or in SQL that may read or write files")
        }
        Effect::Runs | Effect::Code | Effect::Changes | Effect::Setting => Some(ANYTHING),
        _ => None,
    }
}

/// Whether an option has the program do what another command does.
fn says_another(part: &Part<'_>) -> bool {
    let Is::Option { option, value: Some(value), .. } = &part.is else { return false };
    value.word.as_literal().is_some_and(|text| part.row.stands_for(Some((*option, Some(text)))).next().is_some())
}

/// Whether configuration is set that is harmless, to a value that is known.
fn is_plain_setting(part: &Part<'_>, word: &Word) -> bool {
    word.as_literal().is_some() && programs::is_harmless_setting(part.row, word)
}

/// What a part of a command does, and with what value; nothing for parts that touch no file.
fn said(
    part: &Part<'_>,
    word: Option<&Word>,
    (row, access): (Row<'_>, Access),
) -> Result<Option<(Effect, Option<Word>)>, Untold> {
    // A subcommand may have its program's options too.
    let touches = !part.row.is(row) || touches(row, access);
    match &part.is {
        Is::Unsure { .. } if !touches => return Ok(None),
        // A word behind such a one: an operand, or an option's value.
        Is::Operand(Role::Any(_)) if !touches => {
            return if word.is_some_and(leads_out) { Err(HIDDEN) } else { Ok(None) };
        }
        Is::Maybe { option, .. } if option.effect().is_path() && may_touch(option.effect(), access) => {
            return Err(UNTOLD_WORDS);
        }
        _ => {}
    }
    match &part.is {
        Is::Option { option, value, .. } => {
            let value = value.as_ref().map(|value| value.word.clone());
            let effect = match option.effect() {
                // The configuration there may do anything; where it is among the files, that is judged with them.
                Effect::Subdirectory => Effect::Directory,
                effect => effect,
            };
            Ok(Some((effect, value)))
        }
        Is::Operand(role) => match (programs::pair(part.row, word), role) {
            (Some((Some(effect), value)), _) => Ok(Some((effect, Some(value)))),
            (None, Role::One(effect)) => Ok(Some((*effect, word.cloned()))),
            _ => Err(UNTOLD_WORDS),
        },
        Is::Subcommand { runs: false } | Is::Nothing { .. } | Is::Maybe { .. } => Ok(None),
        _ => Err(UNTOLD_WORDS),
    }
}

/// Whether a word plays one of several roles.
const fn is_vague(part: &Part<'_>) -> bool {
    matches!(part.is, Is::Unsure { .. } | Is::Operand(Role::Any(_)))
}

/// Whether some word may have a program read or write a file; its row must say that it names all that do.
fn touches(row: Row<'_>, access: Access) -> bool {
    let told = row.has(flag::CLOSED) || row.has(flag::DYNAMIC) && (access == Access::Write || row.has(flag::PLAIN));
    let operands = |operands: Option<&[programs::OperandData]>| {
        operands.is_some_and(|operands| operands.iter().any(|operand| may_touch(programs::effect_of(operand), access)))
    };
    let implied = |implicit: programs::Implicit<'_>| match access {
        Access::Read => implicit.reads.is_some(),
        Access::Write => implicit.target.is_some(),
    };
    !told
        || row.has_subcommands()
        || row.operands().is_none()
        || operands(row.operands())
        || row.options().any(|option| may_touch(option.effect(), access))
        || row.with().any(|patch| operands(patch.operands) || patch.implicit.is_some_and(implied))
}

/// Whether a part of this effect may read or write a file.
fn may_touch(effect: Effect, access: Access) -> bool {
    match effect {
        Effect::Informs
        | Effect::Harmless
        | Effect::Text
        | Effect::Name
        | Effect::Signal
        | Effect::Mark
        | Effect::Handed
        | Effect::Plain => false,
        Effect::Reads | Effect::Script | Effect::Connects => access == Access::Read,
        Effect::Target | Effect::Writes => access == Access::Write,
        _ => true,
    }
}

/// The path of an option's value `SOURCE:PLACE`, as containers take it.
fn mounted(part: &Is<'_>, word: &Word) -> Result<Word, Untold> {
    let text = word.as_literal().filter(|text| matches!(part, Is::Option { .. }) && text.contains(':'));
    match text.and_then(|text| text.split_once(':')) {
        Some(_) if text.is_some_and(|text| text.contains("..")) => Err("a path with `:` and `..` in it"),
        Some((source, _)) => Ok(Word::literal(source)),
        None => Ok(word.clone()),
    }
}
