//! Lines of a stream, one after the other, in memory that does not grow with the stream.

use std::io::{self, Read};
use std::ops::Range;

use memchr::memchr;

/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'b> {
    /// All of it.
    Whole(&'b [u8]),
    /// More bytes than are allowed; it was passed over.
    TooLong,
}

enum Found {
    Whole(Range<usize>),
    TooLong,
}

/// The lines of a stream. A line end at the very end of the stream begins no further line.
pub(crate) struct Lines<R> {
    input: R,
    most: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl<R: Read> Lines<R> {
    /// The lines of `input`, of at most `most` bytes each.
    pub(crate) fn new(input: R, most: usize) -> Self {
        Self { input, most, buffer: Vec::new(), start: 0, end: 0, ended: false }
    }

    /// The next line; `before_read` is called whenever the stream has to be asked for more, which may take long.
    pub(crate) fn next(&mut self, mut before_read: impl FnMut() -> io::Result<()>) -> io::Result<Option<Line<'_>>> {
        let found = self.find(&mut before_read)?;
        Ok(found.map(|found| match found {
            Found::Whole(range) => Line::Whole(self.buffer.get(range).unwrap_or_default()),
            Found::TooLong => Line::TooLong,
        }))
    }

    fn find(&mut self, before_read: &mut dyn FnMut() -> io::Result<()>) -> io::Result<Option<Found>> {
        let mut searched = 0;
        loop {
            if let Some(at) = memchr(b'\n', self.held(searched)) {
                return Ok(Some(self.take(searched + at, 1)));
            }
            searched = self.end - self.start;
            if searched > self.most {
                self.skip(before_read)?;
                return Ok(Some(Found::TooLong));
            }
            if self.ended {
                return Ok((searched > 0).then(|| self.take(searched, 0)));
            }
            self.fill(before_read)?;
        }
    }

    /// What is read and not handed out, from an offset on.
    fn held(&self, from: usize) -> &[u8] {
        self.buffer.get(self.start + from..self.end).unwrap_or_default()
    }

    /// Hands out `length` bytes and passes over the line end after them.
    fn take(&mut self, length: usize, line_end: usize) -> Found {
        let range = self.start..self.start + length;
        self.start = range.end + line_end;
        if length > self.most { Found::TooLong } else { Found::Whole(range) }
    }

    /// Passes over the rest of a line that is too long.
    fn skip(&mut self, before_read: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        loop {
            if let Some(at) = memchr(b'\n', self.held(0)) {
                self.start += at + 1;
                return Ok(());
            }
            self.start = self.end;
            if self.ended {
                return Ok(());
            }
            self.fill(before_read)?;
        }
    }

    /// Reads once more, behind what is held.
    fn fill(&mut self, before_read: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < self.end + CHUNK {
            self.buffer.resize(self.end + CHUNK, 0);
        }
        before_read()?;
        let read = self.read()?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }

    fn read(&mut self) -> io::Result<usize> {
        loop {
            match self.input.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives so many bytes at each read.
    struct Drip<'t>(&'t [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            let (now, later) = self.0.split_at(count);
            into[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn lines(text: &str, at_a_time: usize, most: usize) -> Vec<String> {
        let mut lines = Lines::new(Drip(text.as_bytes(), at_a_time), most);
        let mut all = Vec::new();
        while let Some(line) = lines.next(|| Ok(())).unwrap() {
            all.push(match line {
                Line::Whole(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
                Line::TooLong => "too long".to_owned(),
            });
        }
        all
    }

    #[test]
    fn lines_are_the_same_however_the_stream_comes() {
        for at_a_time in [1, 2, 3, 100] {
            assert_eq!(lines("a\n\nbc\n", at_a_time, 9), ["a", "", "bc"], "{at_a_time}");
            assert_eq!(lines("a\nbc", at_a_time, 9), ["a", "bc"], "{at_a_time}");
            assert_eq!(lines("\n", at_a_time, 9), [""], "{at_a_time}");
            assert!(lines("", at_a_time, 9).is_empty(), "{at_a_time}");
        }
    }

    #[test]
    fn a_line_over_the_limit_is_passed_over_alone() {
        for at_a_time in [1, 2, 100] {
            assert_eq!(lines("abc\nabcd\nx\n", at_a_time, 3), ["abc", "too long", "x"], "{at_a_time}");
            assert_eq!(lines("x\nabcdefgh", at_a_time, 3), ["x", "too long"], "{at_a_time}");
        }
    }

    #[test]
    fn a_line_over_the_limit_is_not_held() {
        let text = vec![b'x'; 64 * CHUNK];
        let mut lines = Lines::new(text.as_slice(), CHUNK);
        assert_eq!(lines.next(|| Ok(())).unwrap(), Some(Line::TooLong));
        assert!(lines.buffer.len() <= 4 * CHUNK, "{}", lines.buffer.len());
    }

    #[test]
    fn the_caller_is_told_before_each_read() {
        let mut lines = Lines::new(Drip(b"a\nb\n", 2), 9);
        let mut reads = 0;
        while lines
            .next(|| {
                reads += 1;
                Ok(())
            })
            .unwrap()
            .is_some()
        {}
        assert_eq!(reads, 3);
    }
}
