//! Words with patterns and braces: what they are said to be below, they must be in every shell.

use super::generate::Random;

const PARTS: &[&str] = &[
    "d/", "d/", "./", "a", "a", "*", "*", ".", "?", "{", ",", "}", "{a,b}", "{a,.}", "[a.]", "[!a]", "..", "/", ".h",
    "e", "-", "**", "x.txt", "~", "'*'", "\\*",
];

/// One text.
pub(crate) fn text(random: &mut Random) -> String {
    let mut word = random.of(&["d/", "d/", "./", "d/e/", ".h/", "a", ""]).to_owned();
    for _ in 0..1 + random.below(6) {
        word.push_str(random.of(PARTS));
    }
    match random.below(4) {
        0 => format!("for n in {word}; do ls \"$n\"; rm \"$n.b\" \"a$n\"; done"),
        1 => format!("ls x {word} y"),
        _ => format!("ls {word}"),
    }
}
