//! The directory that agents know as `/workspace`, and how a path in it becomes a handle.
//!
//! A path is resolved once, links included; where it leads is judged where that is not the path that was judged before.
//! Then the resolved path is walked from the top, one component at a time, each without following a link: what was
//! judged is what is touched, whatever is swapped meanwhile, and nothing outside the directory is ever reached.

use std::borrow::Cow;
use std::fmt::Display;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use cap_std::fs::Dir;
use kruxos_approvals::Params;
use kruxos_approvals::visible::visible;
use kruxos_policy::json::{Json, Object};
use kruxos_policy::path;
use rustix::fs::{Mode, OFlags, openat};

use crate::executor::{ExecutionError, Work};

/// What agents call the directory.
pub(crate) const ROOT: &str = "/workspace";

/// The directory.
pub(super) struct Workspace {
    dir: Dir,
    host: PathBuf,
}

/// A path in the workspace that leads over no link, and what of it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolved {
    components: Vec<String>,
    existing: usize,
}

/// What stands at the end of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// What a link there leads to.
    Followed,
    /// The link itself.
    Itself,
}

impl Resolved {
    /// As agents write it.
    pub(super) fn path(&self) -> String {
        self.components.iter().fold(ROOT.to_owned(), |path, component| path + "/" + component)
    }

    /// Whether all of it is there.
    pub(super) fn exists(&self) -> bool {
        self.existing == self.components.len()
    }

    /// Whether it is the workspace itself.
    pub(super) fn is_root(&self) -> bool {
        self.components.is_empty()
    }

    /// The directory it is in, and the last component; none of the workspace itself.
    pub(super) fn split(&self) -> Option<(Self, &str)> {
        let (name, parents) = self.components.split_last()?;
        let existing = self.existing.min(parents.len());
        Some((Self { components: parents.to_vec(), existing }, name))
    }
}

impl Workspace {
    /// Opens the directory.
    pub(super) fn open(host: &Path) -> io::Result<Self> {
        let named = |error: io::Error| {
            let message = format!("the workspace `{}` cannot be opened: {error}", host.display());
            io::Error::new(error.kind(), message)
        };
        let host = host.canonicalize().map_err(named)?;
        let dir = Dir::open_ambient_dir(&host, cap_std::ambient_authority()).map_err(named)?;
        Ok(Self { dir, host })
    }

    /// Where the directory is for everybody else.
    pub(super) fn host(&self) -> &Path {
        &self.host
    }

    /// Where a path is for everybody else.
    pub(super) fn host_path(&self, resolved: &Resolved) -> PathBuf {
        resolved.components.iter().fold(self.host.clone(), |path, component| path.join(component))
    }

    /// Resolves the path in the param of this name, and asks about where it leads if that is elsewhere.
    pub(super) fn resolve_judged(
        &self,
        work: &Work,
        param: &str,
        text: &str,
        last: Last,
    ) -> Result<Resolved, ExecutionError> {
        let normal = inside(text)?;
        let resolved = self.resolve(&normal, last)?;
        // a catalog may read a relative path below another directory than this one
        if resolved.path() != normal || !text.starts_with('/') {
            judge(work, param, &normal, &resolved.path())?;
        }
        Ok(resolved)
    }

    /// Where a normal path in the workspace leads.
    pub(super) fn resolve(&self, normal: &str, last: Last) -> Result<Resolved, ExecutionError> {
        let wanted: Vec<&str> = relative(normal).collect();
        match (last, wanted.split_last()) {
            (Last::Itself, Some((name, parents))) => {
                let mut resolved = self.canonical(parents, normal)?;
                let there = resolved.exists() && self.holds(&resolved, name)?;
                resolved.components.push((*name).to_owned());
                resolved.existing += usize::from(there);
                Ok(resolved)
            }
            _ => self.canonical(&wanted, normal),
        }
    }

    /// The longest beginning that is there, with every link resolved, and the rest as it is.
    fn canonical(&self, wanted: &[&str], normal: &str) -> Result<Resolved, ExecutionError> {
        for length in (0..=wanted.len()).rev() {
            let (there, missing) = wanted.split_at_checked(length).unwrap_or((wanted, &[]));
            let relative: PathBuf =
                [Component::CurDir.as_os_str()].into_iter().chain(there.iter().map(AsRef::as_ref)).collect();
            match self.dir.canonicalize(&relative) {
                Ok(real) => {
                    let mut components = utf8_components(&real, normal)?;
                    let existing = components.len();
                    components.extend(missing.iter().map(|name| (*name).to_owned()));
                    return Ok(Resolved { components, existing });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.refuse_dangling(&relative, normal)?,
                Err(error) => return Err(unresolved(normal, &error)),
            }
        }
        Err(ExecutionError::new(format!("`{ROOT}` itself is gone; start the gateway again once it is back")))
    }

    /// A link whose target is missing: creating the target through it would create what nobody named.
    fn refuse_dangling(&self, relative: &Path, normal: &str) -> Result<(), ExecutionError> {
        match self.dir.symlink_metadata(relative) {
            Ok(_) => Err(ExecutionError::new(format!("`{normal}` leads over a symbolic link to where nothing is"))),
            Err(_) => Ok(()),
        }
    }

    fn holds(&self, parent: &Resolved, name: &str) -> Result<bool, ExecutionError> {
        match self.directory(parent)?.symlink_metadata(name) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed("look at", &parent.path(), error)),
        }
    }

    /// Opens a directory, walking to it over no link.
    pub(super) fn directory(&self, resolved: &Resolved) -> Result<Dir, ExecutionError> {
        let opened = resolved.components.iter().try_fold(self.root()?, |dir, name| enter(&dir, name));
        opened.map_err(|error| failed("open", &resolved.path(), error))
    }

    /// Opens a directory, making what is missing of it.
    pub(super) fn directory_made(&self, resolved: &Resolved) -> Result<Dir, ExecutionError> {
        let step = |dir: Dir, name: &String| match enter(&dir, name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match dir.create_dir(name) {
                // Somebody else may have made it meanwhile.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => enter(&dir, name),
            },
            entered => entered,
        };
        let made = resolved.components.iter().try_fold(self.root()?, step);
        made.map_err(|error| failed("make", &resolved.path(), error))
    }

    fn root(&self) -> Result<Dir, ExecutionError> {
        self.dir.try_clone().map_err(|error| failed("open", ROOT, error))
    }
}

/// Opens a directory by one name in another, unless it is a link.
pub(super) fn enter(dir: &Dir, name: &str) -> io::Result<Dir> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(Dir::from_std_file(open_at(dir, name, flags)?.into()))
}

/// Opens a file by one name in a directory, unless it is a link; never waits for the other end of a pipe.
pub(super) fn open_file(dir: &Dir, name: &str, flags: OFlags) -> io::Result<File> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(open_at(dir, name, flags)?))
}

/// One name is one component: with a separator in it the kernel would walk, and follow links.
fn open_at(dir: &Dir, name: &str, flags: OFlags) -> io::Result<std::os::fd::OwnedFd> {
    if name.is_empty() || name == ".." || name.contains('/') {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of an entry"));
    }
    Ok(openat(dir, name, flags, Mode::from_raw_mode(0o666))?)
}

/// The normal form of a path, as the engine judges it, if it is in the workspace.
pub(super) fn inside(text: &str) -> Result<Cow<'_, str>, ExecutionError> {
    inside_at(text, ROOT)
}

/// The normal form of a path that, where it is relative, is meant below `base`.
pub(super) fn inside_at<'t>(text: &'t str, base: &str) -> Result<Cow<'t, str>, ExecutionError> {
    let normal = path::normalize_at(text, base)
        .map_err(|why| ExecutionError::new(format!("the path cannot be executed: it is {why}")))?;
    confined(normal)
}

fn confined(normal: Cow<'_, str>) -> Result<Cow<'_, str>, ExecutionError> {
    if path::within(&normal, ROOT) {
        return Ok(normal);
    }
    Err(ExecutionError::new(format!("this gateway executes inside `{ROOT}` only; `{}` is outside", visible(&normal))))
}

/// Asks whether the call may be carried out with what a path really leads to.
pub(super) fn judge(work: &Work, param: &str, judged: &str, real: &str) -> Result<(), ExecutionError> {
    let params = with(work, param, real)?;
    let (judged, real) = (visible(judged), visible(real));
    let refused =
        |why: String| ExecutionError::new(format!("`{judged}` leads to `{real}`, which is not allowed: {why}"));
    work.judge.allows(work, &params).map_err(refused)
}

/// The params of a call with another text in one of them.
pub(super) fn with(work: &Work, param: &str, text: &str) -> Result<Params, ExecutionError> {
    let Json::Object(params) = work.params.json() else {
        return Err(ExecutionError::new("`params` is not an object"));
    };
    let others = params.into_entries().into_iter().filter(|(name, _)| name != param);
    let entries = others.chain([(Cow::Borrowed(param), Json::Text(Cow::Borrowed(text)))]).collect();
    let object = Object::new(entries).map_err(|twice| ExecutionError::new(format!("`{twice}` is there twice")))?;
    Params::of(&Json::Object(object)).map_err(|error| ExecutionError::new(error.to_string()))
}

fn relative(normal: &str) -> impl Iterator<Item = &str> {
    normal.strip_prefix(ROOT).unwrap_or_default().split('/').filter(|name| !name.is_empty())
}

fn utf8_components(real: &Path, normal: &str) -> Result<Vec<String>, ExecutionError> {
    let names = real.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_str().map(str::to_owned)),
        _ => None,
    });
    let names: Option<Vec<String>> = names.collect();
    names.ok_or_else(|| {
        ExecutionError::new(format!("`{normal}` leads to a name that is not UTF-8, which cannot be judged"))
    })
}

fn unresolved(normal: &str, error: &io::Error) -> ExecutionError {
    // What cap-std refuses itself has no number of the system's.
    if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
        return ExecutionError::new(format!("`{normal}` leads out of `{ROOT}` over a symbolic link"));
    }
    failed("resolve", normal, error)
}

/// What could not be done to what, and why: as the system says it, without its number.
pub(super) fn failed(what: &str, path: &str, why: impl Display) -> ExecutionError {
    let why = why.to_string();
    let why = why.split(" (os error ").next().unwrap_or_default();
    let mut rest = why.chars();
    let first = rest.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    ExecutionError::new(format!("cannot {what} `{}`: {first}{}", visible(path), rest.as_str()))
}
