//! The files that a script reads and writes: those of redirections, and those that the rows of programs know.

use super::Verdict;
use super::builtins;
use super::hidden::{hides_a_path, leads_out};
use super::judge::is_harmless;
use super::programs::{self, Effect, Is, Part, Role, Row, flag};
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

/// A file that is read or written, or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The path.
    pub path: String,
    /// Whether this very path is read or written; else it is a folder in which something is, or a file that may be.
    pub certain: bool,
}

const UNTOLD_WORDS: Untold = "words of which it is not known whether they are read or written";
const HIDDEN: Untold =
    "words that may name a file elsewhere, of which the program's row does not say whether it is read or written";
const DYNAMIC: Untold = "a file whose name is dynamic";
const VARIABLE: Untold = "a program is given a variable that may change which files it reads or writes";
const ELSEWHERE: Untold = "a relative file of a command that works elsewhere";

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
        !builtins::is_harmless_environment(&given.name) && !means_nothing && (leads_elsewhere || !harmless)
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
        if reading.parts.iter().any(|part| hides_a_path(part, &command.words)) {
            return Err(HIDDEN);
        }
        let takes = |effects: &[Effect]| reading.parts.iter().any(|part| part.is_operand_of(effects));
        let (read, written) = (
            takes(&[Effect::Reads, Effect::Script, Effect::Moves]),
            takes(&[Effect::Target, Effect::Writes, Effect::Moves]),
        );
        let packs_anew = row.has(programs::flag::TAR) && reading.parts.iter().any(Part::is_create);
        let as_packed =
            |(effect, value)| (if packs_anew && effect == Effect::Moves { Effect::Target } else { effect }, value);
        let working = self.directory.as_deref();
        let mut place = Place { directory: None, working, moved: &command.moved, apart: false };
        // Only what packs goes from directory to directory among its operands.
        let told = |part: &&Part<'_>| !is_vague(part) && !row.has(programs::flag::TAR);
        for part in reading.parts.iter().filter(told) {
            place.go(said(part, command.words.get(part.at), (row, access))?)?;
        }
        // Behind a pattern, which word plays which role is not known, and no word is an option for that.
        let only_patterns = !reading.parts.iter().any(|part| matches!(part.is, Is::Unsure { .. }));
        for part in &reading.parts {
            let word = command.words.get(part.at);
            if matches!(part.is, Is::Operand(Role::Any(_))) && only_patterns && part.row.is(row) && touches(row, access)
            {
                place.perhaps(files, word, (row, access))?;
                continue;
            }
            let Some((effect, value)) = said(part, word, (row, access))?.map(as_packed) else { continue };
            if effect == Effect::Runs && level == 0 && says_another(part) {
                // `python -m pytest` reads and writes what `pytest` does.
                for words in programs::said_otherwise(&self.programs, Some(row), &command.words) {
                    self.of_command(&Command { words, ..command.clone() }, access, files, level + 1)?;
                }
                continue;
            }
            if let Some(why) = untold(part, effect, value.as_ref()) {
                return Err(why);
            }
            let packs = part.row.has(programs::flag::TAR);
            place.apart = packs && matches!(part.is, Is::Option { .. });
            match (effect, &value) {
                (Effect::Directory, _) if packs => place.go(Some((effect, value)))?,
                (Effect::Directory, _) => {}
                (Effect::Reads, None) if access == Access::Read && !read => return Err("an option that reads a file"),
                (Effect::Reads | Effect::Script | Effect::Moves, Some(word))
                    if access == Access::Read && word.as_literal() != Some("-") =>
                {
                    place.add(files, word)?;
                }
                (Effect::Target | Effect::Writes | Effect::Moves, Some(word)) if access == Access::Write => {
                    place.add(files, &mounted(&part.is, word)?)?;
                }
                (Effect::Writes, None) if access == Access::Write && !written => {
                    return Err("an option that writes a file");
                }
                _ => {}
            }
        }
        let implicit = match access {
            Access::Read => reading.implicit.reads.filter(|_| !read),
            Access::Write => reading.implicit.target.filter(|_| !written),
        };
        place.apart = false;
        implicit.map_or(Ok(()), |path| place.add(files, &Word::literal(path)))
    }
}

/// Why a part of a command leaves all files untold: it may read or write any.
fn untold(part: &Part<'_>, effect: Effect, value: Option<&Word>) -> Option<Untold> {
    match effect {
        // What leads out of where the program works is seen beforehand.
        Effect::Setting if value.is_some_and(|word| is_plain_setting(part, word)) => None,
        Effect::Sed | Effect::Awk | Effect::Sql if value.is_some_and(|word| programs::touches_files(effect, word)) => {
            Some("a program of `sed`, `awk` or in SQL that may read or write files")
        }
        Effect::Runs | Effect::Code | Effect::Changes | Effect::Setting => {
            Some("words that may read or write anything")
        }
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
                Effect::Subdirectory if value.as_ref().is_some_and(programs::is_below) => Effect::Directory,
                Effect::Subdirectory => Effect::Changes,
                effect => effect,
            };
            Ok(Some((effect, value)))
        }
        Is::Operand(role) => match (programs::pair(part.row, word), role) {
            (Some((Some(effect), value)), _) => Ok(Some((effect, Some(value)))),
            (None, Role::One(effect)) => Ok(Some((*effect, word.cloned()))),
            _ => Err(UNTOLD_WORDS),
        },
        Is::Subcommand | Is::Nothing { .. } | Is::Maybe { .. } => Ok(None),
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

/// Where a command's relative paths are.
struct Place<'s> {
    /// What an option says.
    directory: Option<String>,
    /// The directory of the whole invocation.
    working: Option<&'s str>,
    /// Where the text goes before.
    moved: &'s Moved,
    /// Whether the option's directory does not count for this word.
    apart: bool,
}

impl Place<'_> {
    /// Goes where an option says, from where it is.
    fn go(&mut self, said: Option<(Effect, Option<Word>)>) -> Result<(), Untold> {
        let Some((Effect::Directory, Some(word))) = said else { return Ok(()) };
        let path = word.as_literal().ok_or(DYNAMIC)?;
        self.directory = Some(match self.directory.take().filter(|_| !path.starts_with('/')) {
            Some(before) => format!("{before}/{path}"),
            None => path.to_owned(),
        });
        Ok(())
    }

    fn add(&self, files: &mut Vec<Touched>, word: &Word) -> Result<(), Untold> {
        self.touch(files, word, true)
    }

    /// A word that plays one of several roles.
    fn perhaps(
        &self,
        files: &mut Vec<Touched>,
        word: Option<&Word>,
        (row, access): (Row<'_>, Access),
    ) -> Result<(), Untold> {
        let patched = row.with().filter_map(|patch| patch.operands);
        let roles = row.operands().into_iter().chain(patched).flatten().map(programs::effect_of);
        let Some(word) = word else { return Ok(()) };
        for effect in roles {
            match effect {
                Effect::Reads | Effect::Moves if access == Access::Read => self.touch(files, word, false)?,
                Effect::Target | Effect::Writes | Effect::Moves if access == Access::Write => {
                    self.touch(files, word, false)?;
                }
                effect if effect.is_path() => {}
                Effect::Informs | Effect::Text | Effect::Mark => {}
                Effect::Harmless | Effect::Handed | Effect::Plain | Effect::Name if !leads_out(word) => {}
                _ => return Err(UNTOLD_WORDS),
            }
        }
        Ok(())
    }

    /// The same of a file of which it is certain, or not, that it is read or written.
    fn touch(&self, files: &mut Vec<Touched>, word: &Word, certain: bool) -> Result<(), Untold> {
        if programs::goes_nowhere(word) {
            return Ok(());
        }
        let (path, certain) = match word {
            Word::Literal(path) => (&**path, certain),
            Word::Dynamic { below: Some(below), .. } => (&**below, false),
            Word::Dynamic { .. } => return Err(DYNAMIC),
        };
        if path.starts_with('~') {
            return Err(DYNAMIC);
        }
        if path.starts_with('/') {
            add(files, path, certain);
            return Ok(());
        }
        let path = match self.directory.as_ref().filter(|_| !self.apart) {
            Some(directory) => format!("{directory}/{path}"),
            None => path.to_owned(),
        };
        let path = match self.moved {
            _ if path.starts_with('/') => path,
            Moved::No => path,
            Moved::To(place) => format!("{place}/{path}"),
            Moved::Somewhere => return Err(ELSEWHERE),
        };
        match self.working.filter(|_| !path.starts_with('/')) {
            Some(working) => add(files, &format!("{working}/{path}"), certain),
            None => add(files, &path, certain),
        }
        Ok(())
    }
}

fn add(files: &mut Vec<Touched>, path: &str, certain: bool) {
    match files.iter_mut().find(|known| known.path == path) {
        Some(known) => known.certain |= certain,
        None => files.push(Touched { path: path.to_owned(), certain }),
    }
}
