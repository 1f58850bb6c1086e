//! URLs by their text alone: no name is resolved, and what the text does not explain is unknown.
//!
//! Two readers that take one text for two hosts are a way around a policy. So the WHATWG parser's answer is taken only
//! where other parsers have no reason to give another: user information, backslashes, spaces and control characters,
//! escapes in the host, missing slashes, and numbers that some programs read as octal are refused.
//!
//! The parser comes with the feature `url`; what a parsed URL is, and what is known of hosts, needs no feature.

pub mod host;
#[cfg(feature = "url")]
mod parse;

use crate::path::Unexplained;
use host::Host;
#[cfg(feature = "url")]
pub use parse::{host, parse};

/// Most bytes of a URL.
pub const MAX_BYTES: usize = 8192;

/// The schemes that are explained, each with its default port.
pub const SCHEMES: [(&str, u16); 5] = [("http", 80), ("https", 443), ("ws", 80), ("wss", 443), ("ftp", 21)];

/// A URL whose scheme, host and port every reader agrees on.
#[derive(Clone, Debug)]
pub struct Url {
    text: Box<str>,
    scheme: &'static str,
    host: Host,
    port: u16,
    /// As the parser resolved it, escapes left as they are.
    path: Box<str>,
    query: Option<Box<str>>,
}

impl PartialEq for Url {
    /// Two URLs are equal where they ask the same of the same server; fragments are not sent.
    fn eq(&self, other: &Self) -> bool {
        (self.scheme, &self.host, self.port, &self.path, &self.query)
            == (other.scheme, &other.host, other.port, &other.path, &other.query)
    }
}

impl Url {
    /// The text it was read from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// One of [`SCHEMES`].
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The host.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The port, the scheme's own where none is written.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The path with `.` and `..` resolved and its escapes decoded; `/` where none is written.
    ///
    /// # Errors
    /// Where a server may read it as another path: escaped slashes, dots, percent signs and control characters, `;` after
    /// dots, empty components.
    pub fn path(&self) -> Result<String, Unexplained> {
        if self.path.contains("//") {
            return Err(Unexplained("a URL path with `//`, which some servers take for `/`"));
        }
        if self.path.split('/').any(is_dots_with_parameters) {
            return Err(Unexplained("a URL path with parameters after `.` or `..`, which some servers strip"));
        }
        let mut bytes = Vec::with_capacity(self.path.len());
        let mut rest = self.path.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(if byte == b'%' { decoded(rest.next(), rest.next())? } else { byte });
        }
        String::from_utf8(bytes).map_err(|_| Unexplained("a URL path whose escapes are no UTF-8"))
    }
}

fn is_dots_with_parameters(component: &str) -> bool {
    component.split_once(';').is_some_and(|(name, _)| matches!(name, "" | "." | ".."))
}

fn decoded(high: Option<u8>, low: Option<u8>) -> Result<u8, Unexplained> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    let byte = digit(high).zip(digit(low)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
    match byte {
        None => Err(Unexplained("a URL path with a `%` that begins no escape")),
        Some(b'/' | b'\\' | b'%' | b'.' | b';' | b'?' | b'#' | 0..=0x1f | 0x7f) => {
            Err(Unexplained("a URL path with an escaped character that has a meaning of its own"))
        }
        Some(byte) => Ok(byte),
    }
}
