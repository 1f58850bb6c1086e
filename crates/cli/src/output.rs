//! Where text goes: the two streams of the process, and what they can show.
//!
//! A reader that goes away is no failure: what follows is dropped quietly, and [`Output::is_closed`] tells a verb that
//! it may stop.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use terminal_size::{Width, terminal_size_of};

use crate::render::plain_json;

/// What a stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Whether colours are welcome.
    pub(crate) color: bool,
    /// Whether characters beyond ASCII are.
    pub(crate) unicode: bool,
    /// Characters in a line.
    pub(crate) width: usize,
}

/// The width where none is known.
const USUAL_WIDTH: usize = 80;
/// Longer lines than this are hard to read.
const WIDEST: usize = 120;
/// Narrower than this, nothing fits.
const NARROWEST: usize = 40;
/// Bytes gathered before they are written.
const BUFFER: usize = 256 * 1024;

/// One stream.
pub(crate) struct Output {
    to: BufWriter<Pipe>,
    look: Look,
    columns: Option<usize>,
}

impl Output {
    fn new(stream: Box<dyn Write>, look: Look) -> Self {
        Self { to: BufWriter::with_capacity(BUFFER, Pipe { stream, closed: false }), look, columns: None }
    }

    /// What it can show.
    pub(crate) const fn look(&self) -> Look {
        self.look
    }

    /// The columns of the terminal that this is; none where a table may be as wide as it likes.
    pub(crate) const fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// Whether nobody reads it any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.to.get_ref().closed
    }

    /// Writes text.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.to.write_all(text.as_bytes())
    }

    /// Writes bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
    }

    /// Writes a value as indented JSON and ends the line. What a terminal would act on is written as an escape, which is
    /// the same JSON.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        self.text(&plain_json::indented(value)?)?;
        self.to.write_all(b"\n")
    }

    /// Writes a value as JSON on a line of its own, and hands it on.
    pub(crate) fn json_line(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        self.text(&plain_json::line(value)?)?;
        self.to.write_all(b"\n")?;
        self.finish()
    }

    /// Hands on everything that was written.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Both streams of the process.
pub(crate) struct Streams {
    /// Answers.
    pub(crate) out: Output,
    /// Why there are none.
    pub(crate) err: Output,
}

impl Streams {
    /// The process's own.
    pub(crate) fn of_process() -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let out_look = look(out.is_terminal(), terminal_size_of(&out));
        let err_look = look(err.is_terminal(), terminal_size_of(&err));
        let columns = terminal_size_of(&out).filter(|_| out.is_terminal()).map(|(width, _)| usize::from(width.0));
        // Neither is locked: a gateway's threads log to the error stream while this process lives.
        let out = Output { columns, ..Output::new(Box::new(out), out_look) };
        Self { out, err: Output::new(Box::new(err), err_look) }
    }
}

fn look(is_terminal: bool, size: Option<(Width, terminal_size::Height)>) -> Look {
    let width = size.filter(|_| is_terminal).map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0));
    Look {
        color: is_terminal && wants_color(&variable("NO_COLOR"), &variable("TERM")),
        unicode: shows_unicode(&variable("LC_ALL"), &variable("LC_CTYPE"), &variable("LANG")),
        width: width.clamp(NARROWEST, WIDEST),
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// `NO_COLOR` says no by being there and not empty, <https://no-color.org>.
fn wants_color(no_color: &str, term: &str) -> bool {
    no_color.is_empty() && term != "dumb"
}

/// The first of the variables that is set says which encoding the terminal has, as POSIX orders them.
fn shows_unicode(all: &str, ctype: &str, lang: &str) -> bool {
    let locale = [all, ctype, lang].into_iter().find(|locale| !locale.is_empty()).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// A stream that swallows what nobody reads.
struct Pipe {
    stream: Box<dyn Write>,
    closed: bool,
}

impl Pipe {
    fn unless_closed<T>(&mut self, done: io::Result<T>, instead: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(instead)
            }
            done => done,
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let done = self.stream.write(bytes);
        self.unless_closed(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let done = self.stream.flush();
        self.unless_closed(done, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(ErrorKind::BrokenPipe.into())
        }
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const LOOK: Look = Look { color: false, unicode: true, width: 80 };

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let mut output = Output::new(Box::new(Gone), LOOK);
        output.text("x").unwrap();
        output.finish().unwrap();
        assert!(output.is_closed());
        output.text("y").unwrap();
        output.finish().unwrap();
    }

    #[test]
    fn a_full_disk_is_a_failure() {
        let mut output = Output::new(Box::new(Full), LOOK);
        output.text("x").unwrap();
        assert_eq!(output.finish().unwrap_err().kind(), ErrorKind::StorageFull);
    }

    #[test]
    fn no_color_counts_unless_empty() {
        assert!(wants_color("", "xterm"));
        assert!(!wants_color("1", "xterm"));
        assert!(!wants_color("", "dumb"));
    }

    #[test]
    fn the_first_locale_that_is_set_says_the_encoding() {
        assert!(shows_unicode("", "", "en_GB.UTF-8"));
        assert!(shows_unicode("", "C.utf8", "C"));
        assert!(!shows_unicode("C", "C.UTF-8", "en_GB.UTF-8"));
        assert!(!shows_unicode("", "", ""));
    }
}
