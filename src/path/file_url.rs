//! `file:` URLs as paths, where every reader takes them for the same path.

use std::borrow::Cow;

use super::Unexplained;

/// The path that a `file:` URL names; another text is left as it is.
///
/// # Errors
/// Why readers could take the URL for different paths.
pub(super) fn path_of(text: &str) -> Result<Cow<'_, str>, Unexplained> {
    match text.split_at_checked("file:".len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file:") => decoded(local(rest)?),
        _ => Ok(Cow::Borrowed(text)),
    }
}

/// The path of a URL of this machine: `/a`, `///a` or `//localhost/a`.
fn local(rest: &str) -> Result<&str, Unexplained> {
    if rest.contains(['?', '#']) {
        return Err(Unexplained("a `file:` URL with `?` or `#`, which may be part of a name or not"));
    }
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => match rest.split_at_checked("localhost".len()) {
            Some((host, path)) if host.eq_ignore_ascii_case("localhost") => path,
            _ => rest,
        },
    };
    if path.starts_with("//") || !path.starts_with('/') {
        return Err(Unexplained("a `file:` URL of another machine, or without an absolute path"));
    }
    Ok(path)
}

/// The path with its `%XX` escapes decoded, where the escapes hide nothing that has a meaning of its own.
fn decoded(path: &str) -> Result<Cow<'_, str>, Unexplained> {
    if !path.contains('%') {
        return Ok(Cow::Borrowed(path));
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => bytes.push(escaped(rest.next(), rest.next())?),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| Unexplained("a `file:` URL whose escapes are no UTF-8"))
}

fn escaped(high: Option<u8>, low: Option<u8>) -> Result<u8, Unexplained> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    let byte = digit(high).zip(digit(low)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
    match byte {
        None => Err(Unexplained("a `file:` URL with a `%` that begins no escape")),
        Some(b'/' | b'\\' | b'.' | b'%' | b'~' | b':' | b'|' | 0..=0x1f | 0x7f) => {
            Err(Unexplained("a `file:` URL with an escaped `/`, `\\`, `.`, `%`, `~`, `:` or control character"))
        }
        Some(byte) => Ok(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_url_of_this_machine_is_its_path() {
        for (url, path) in [
            ("file:///etc/passwd", "/etc/passwd"),
            ("file:/etc/passwd", "/etc/passwd"),
            ("FILE://LocalHost/etc/passwd", "/etc/passwd"),
            ("file:///a%20b/%C3%A9", "/a b/é"),
            ("/file:/a", "/file:/a"),
            ("a", "a"),
        ] {
            assert_eq!(path_of(url).as_deref(), Ok(path), "{url}");
        }
    }

    #[test]
    fn a_file_url_that_readers_take_for_different_paths_is_unexplained() {
        for url in [
            "file:",
            "file:a",
            "file://",
            "file://a",
            "file://host/a",
            "file://localhost",
            "file://localhost.evil/a",
            "file:////host/a",
            "file://localhost//host/a",
            "file:///a?b",
            "file:///a#b",
            "file:///%2e%2e/a",
            "file:///a%2fb",
            "file:///a%5cb",
            "file:///a%00",
            "file:///a%252e",
            "file:///a%",
            "file:///a%2",
            "file:///a%zz",
            "file:///%ff",
            "file://%6cocalhost/a",
        ] {
            assert!(path_of(url).is_err(), "{url}");
        }
    }
}
