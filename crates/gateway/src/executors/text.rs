//! Text that was cut at a number of bytes.

/// How many bytes at the end begin a character whose rest is missing.
pub(super) fn cut_character(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    if std::str::from_utf8(last).is_err_and(|error| error.error_len().is_none()) { last.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_of_a_character_is_cut() {
        for (bytes, cut) in [
            (&b""[..], 0),
            (b"abc", 0),
            ("a€".as_bytes(), 0),
            (b"a\xe2\x82", 2),
            (b"\xf0\x9f\x98", 3),
            (b"\xff", 0),
            (b"\x82", 0),
            (b"\xff\xe2", 1),
            (b"\xe2\x82a", 0),
        ] {
            assert_eq!(cut_character(bytes), cut, "{bytes:?}");
        }
    }
}
