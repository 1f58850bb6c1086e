//! Files as paths from where the whole invocation works, and folders that hold what is not told more exactly.

use super::files::{Access, UNTOLD_WORDS, Untold};
use super::hidden::leads_out;
use super::programs::{self, Effect, Row};
use super::script::{Moved, Word};

pub(super) const DYNAMIC: Untold = "a file whose name is dynamic";
const ELSEWHERE: Untold = "a relative file of a command that works elsewhere";

/// A file that is read or written, or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The path.
    pub path: String,
    /// Whether this very path is read or written; else it is a folder in which something is, or a file that may be.
    pub certain: bool,
}

/// Where a command's relative paths are.
pub(super) struct Place<'s> {
    /// What an option says.
    pub(super) directory: Option<String>,
    /// The directory of the whole invocation.
    pub(super) working: Option<&'s str>,
    /// Where the text goes before.
    pub(super) moved: &'s Moved,
    /// Whether the option's directory does not count for this word.
    pub(super) apart: bool,
}

impl Place<'_> {
    /// Goes where an option says, from where it is.
    pub(super) fn go(&mut self, said: Option<(Effect, Option<Word>)>) -> Result<(), Untold> {
        let Some((Effect::Directory, Some(word))) = said else { return Ok(()) };
        let path = word.as_literal().ok_or(DYNAMIC)?;
        self.directory = Some(match self.directory.take().filter(|_| !path.starts_with('/')) {
            Some(before) => format!("{before}/{path}"),
            None => path.to_owned(),
        });
        Ok(())
    }

    /// Takes note of where the command works, whose configuration may have it read and write there, whatever said so: an option, a
    /// `cd` before it, the call.
    pub(super) fn add_itself(&self, files: &mut Vec<Touched>) -> Result<(), Untold> {
        let below = self.directory.as_deref().is_none_or(|path| programs::is_below(&Word::literal(path)));
        match (&self.moved, self.working) {
            (Moved::No, None) if below => Ok(()),
            _ => self.touch(files, &Word::literal("."), false),
        }
    }

    pub(super) fn add(&self, files: &mut Vec<Touched>, word: &Word) -> Result<(), Untold> {
        self.touch(files, word, true)
    }

    /// A word that plays one of several roles.
    pub(super) fn perhaps(
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
                Effect::Directory | Effect::Subdirectory => return Err(UNTOLD_WORDS),
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
