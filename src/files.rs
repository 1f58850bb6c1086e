//! Policies, policy tests and catalogs from files: the one part of the engine that touches the file system.
//!
//! It reads what it is given a path to, and of a directory the files directly in it; it follows no path that a file
//! names. Everything read is bounded and is UTF-8.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::policy_set::Loader;
use crate::yaml::Limits;

/// Most files one directory may give.
pub const MAX_FILES: usize = 10_000;

/// What a file holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A policy: `<name>.yaml`, and every name that says nothing else.
    Policy,
    /// Policy tests: `<name>.test.yaml`.
    Suite,
    /// A catalog: `<name>.catalog.yaml`, or `.json`.
    Catalog,
}

impl FileKind {
    /// The kind that a file's name says.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let stem = path.file_stem().map(Path::new);
        match stem.and_then(Path::extension).and_then(OsStr::to_str) {
            Some("test") if is_yaml(path) => Self::Suite,
            Some("catalog") if is_yaml(path) || has_extension(path, "json") => Self::Catalog,
            _ => Self::Policy,
        }
    }
}

/// Why a file or directory could not be read. Names the path.
#[derive(Debug)]
pub struct FileError {
    /// The path as it was given.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: FileProblem,
}

/// What is wrong with a file or directory.
#[derive(Debug)]
pub enum FileProblem {
    /// The system refuses.
    Io(io::Error),
    /// More bytes than are allowed.
    TooLarge {
        /// How many are allowed.
        most: usize,
    },
    /// Not UTF-8.
    NotText {
        /// The offset of the first byte that is wrong.
        offset: usize,
    },
    /// More files in the directory than are allowed.
    TooManyFiles,
    /// A directory without a policy.
    NoPolicy,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.to_string_lossy();
        let path = path.escape_debug();
        match &self.problem {
            FileProblem::Io(error) => write!(f, "cannot read `{path}`: {}", plain(error)),
            FileProblem::TooLarge { most } => {
                write!(f, "cannot read `{path}`: it has more than the {most} bytes that are allowed")
            }
            FileProblem::NotText { offset } => {
                write!(f, "cannot read `{path}`: it is not UTF-8 text; the byte at offset {offset} is wrong")
            }
            FileProblem::TooManyFiles => {
                write!(f, "cannot read `{path}`: it holds more than the {MAX_FILES} files that are allowed")
            }
            FileProblem::NoPolicy => {
                write!(f, "there is no policy in `{path}`: it holds no `*.yaml` beside tests and catalogs")
            }
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            FileProblem::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl FileError {
    fn new(path: &Path, problem: FileProblem) -> Self {
        Self { path: path.to_owned(), problem }
    }
}

/// The system's words, without the number it adds for programmers.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error ").next().unwrap_or_default();
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The files that a path stands for: a file is itself; a directory is its `*.yaml` and `*.yml`, sorted by name, of
/// every kind.
///
/// # Errors
/// When there is no such path, the directory cannot be read, or it holds too many files.
pub fn list(path: &Path) -> Result<Vec<PathBuf>, FileError> {
    let fails = |error| FileError::new(path, FileProblem::Io(error));
    if !fs::metadata(path).map_err(fails)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(path).map_err(fails)? {
        let entry = entry.map_err(fails)?.path();
        if is_yaml(&entry) && !entry.is_dir() {
            found.insert(entry);
        }
        if found.len() > MAX_FILES {
            return Err(FileError::new(path, FileProblem::TooManyFiles));
        }
    }
    Ok(found.into_iter().collect())
}

/// The files that several paths stand for, each file once however often it is named.
///
/// # Errors
/// As [`list`].
pub fn list_all<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<PathBuf>, FileError> {
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    for path in paths {
        for file in list(path.as_ref())? {
            let real = fs::canonicalize(&file).map_err(|error| FileError::new(&file, FileProblem::Io(error)))?;
            if seen.insert(real) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// The policies that several paths stand for; each path has to give one at least.
///
/// # Errors
/// As [`list`], and when a directory holds no policy.
pub fn list_policies<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<PathBuf>, FileError> {
    for path in paths.iter().map(AsRef::as_ref).filter(|path| path.is_dir()) {
        if !list(path)?.iter().any(|file| FileKind::of(file) == FileKind::Policy) {
            return Err(FileError::new(path, FileProblem::NoPolicy));
        }
    }
    let files = list_all(paths)?;
    let named: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
    let wanted = |file: &PathBuf| FileKind::of(file) == FileKind::Policy || named.contains(&file.as_path());
    Ok(files.into_iter().filter(wanted).collect())
}

/// The text of a file of at most `most` bytes.
///
/// # Errors
/// When the system refuses, the file is larger, or it is not UTF-8.
pub fn read(path: &Path, most: usize) -> Result<String, FileError> {
    let fails = |error| FileError::new(path, FileProblem::Io(error));
    let file = File::open(path).map_err(fails)?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(fails)?;
    if bytes.len() > most {
        return Err(FileError::new(path, FileProblem::TooLarge { most }));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        FileError::new(path, FileProblem::NotText { offset })
    })
}

impl Loader {
    /// Adds the policy of a file, or of each policy file of a directory.
    ///
    /// # Errors
    /// As [`list_policies`] and [`read`].
    pub fn policies_at(self, path: impl AsRef<Path>) -> Result<Self, FileError> {
        self.policies_at_all(&[path])
    }

    /// Adds the policies of files and directories, each file once.
    ///
    /// # Errors
    /// As [`list_policies`] and [`read`].
    pub fn policies_at_all<P: AsRef<Path>>(self, paths: &[P]) -> Result<Self, FileError> {
        list_policies(paths)?.into_iter().try_fold(self, |loader, file| {
            let text = read(&file, loader.most_bytes())?;
            Ok(loader.policy(file.to_string_lossy(), text))
        })
    }

    /// Adds the catalog of a file.
    ///
    /// # Errors
    /// As [`read`].
    pub fn catalog_at(self, path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let text = read(path, Limits::CATALOG.bytes)?;
        Ok(self.catalog(path.to_string_lossy(), text))
    }
}

fn is_yaml(path: &Path) -> bool {
    has_extension(path, "yaml") || has_extension(path, "yml")
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().and_then(OsStr::to_str) == Some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of its own for one test, with these files.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str, files: &[(&str, &[u8])]) -> Self {
            let path = std::env::temp_dir().join(format!("kruxos-files-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            for (file, bytes) in files {
                fs::write(path.join(file), bytes).unwrap();
            }
            Self(path)
        }

        fn names(&self, files: Vec<PathBuf>) -> Vec<String> {
            files.iter().map(|file| file.strip_prefix(&self.0).unwrap().to_string_lossy().into_owned()).collect()
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_name_says_what_a_file_holds() {
        let kind = |name: &str| FileKind::of(Path::new(name));
        assert_eq!(kind("a/team.yaml"), FileKind::Policy);
        assert_eq!(kind("a/team.test.yaml"), FileKind::Suite);
        assert_eq!(kind("team.test.yml"), FileKind::Suite);
        assert_eq!(kind("tools.catalog.yaml"), FileKind::Catalog);
        assert_eq!(kind("tools.catalog.json"), FileKind::Catalog);
        assert_eq!(kind("test.yaml"), FileKind::Policy);
        assert_eq!(kind("x.test.json"), FileKind::Policy);
        assert_eq!(kind("-"), FileKind::Policy);
    }

    #[test]
    fn a_directory_gives_its_policies_by_name_without_tests_and_catalogs() {
        let files: &[(&str, &[u8])] =
            &[("b.yml", b""), ("a.yaml", b""), ("a.test.yaml", b""), ("k.catalog.yaml", b""), ("README.md", b"")];
        let directory = Directory::new("kinds", files);
        fs::create_dir(directory.0.join("deeper.yaml")).unwrap();
        assert_eq!(directory.names(list_policies(&[&directory.0]).unwrap()), ["a.yaml", "b.yml"]);
        assert_eq!(directory.names(list(&directory.0).unwrap()), ["a.test.yaml", "a.yaml", "b.yml", "k.catalog.yaml"]);
    }

    #[test]
    fn a_file_named_twice_is_loaded_once() {
        let directory = Directory::new("twice", &[("a.yaml", b"")]);
        let paths = [directory.0.clone(), directory.0.join("a.yaml"), directory.0.join("./a.yaml")];
        assert_eq!(list_policies(&paths).unwrap().len(), 1);
    }

    #[test]
    fn a_directory_without_a_policy_is_refused() {
        let directory = Directory::new("none", &[("a.test.yaml", b"")]);
        let error = list_policies(&[&directory.0]).unwrap_err();
        assert!(error.to_string().starts_with("there is no policy in `"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = list(Path::new("/no/such/file.yaml")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read `/no/such/file.yaml`: no such file or directory");
    }

    #[test]
    fn a_file_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
        let directory = Directory::new("size", &[("a.yaml", b"12345")]);
        let path = directory.0.join("a.yaml");
        assert_eq!(read(&path, 5).unwrap(), "12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("more than the 4 bytes"));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_offset() {
        let directory = Directory::new("utf8", &[("a.yaml", b"name: \xff")]);
        let error = read(&directory.0.join("a.yaml"), 100).unwrap_err();
        assert!(error.to_string().ends_with("the byte at offset 6 is wrong"), "{error}");
    }

    #[test]
    fn a_path_is_shown_without_its_control_characters() {
        let error = list(Path::new("/no/\u{1b}[31m.yaml")).unwrap_err();
        assert!(!error.to_string().contains('\u{1b}'));
    }
}
