//! Texts in which variables are set and used: what is known of them must be what every shell makes of them.

use super::generate::Random;

/// Shapes; `S` sets or uses something, `V` stands for a value, `N` for a variable.
const STEPS: &[&str] = &[
    "N=V",
    "N=V",
    "N=V",
    "N=V N=V",
    "N=$N/V",
    "N+=V",
    "export N=V",
    "N=V ls $N",
    "unset N",
    "read -r N <<< V",
    "read -r N < x.txt",
    ": ${N:=V}",
    "N=$((N+1))",
    "eval 'N=V'",
    "$N x",
    "$N x",
    "\"$N\" $N",
    "ls $N",
    "ls \"$N\" y",
    "rm -$N",
    "a \"b$N\"",
    "a b$N$N",
    "git push \"+${N}\"",
    "ls $N:t",
    "ls ${N}:t",
    "ls \"$N:h\"",
    "cat <<< \"$N\"",
    "ls > \"$N\"",
    "sh -c \"ls $N\"",
    "case $N in V) S;; *) S;; esac",
    "[ \"$N\" = V ] && S",
    "true && S",
    "false && S",
    "false || S",
    "true || S",
    "S && S || S",
    "! S",
    "S | S",
    "S & S",
    "(S; S)",
    "{ S; S; }",
    "if true; then S; else S; fi",
    "if false; then S; elif S; then S; fi",
    "if S; then S; fi; S",
    "for N in V V; do S; S; done",
    "for N in V V; do S; done",
    "for N in V V V; do S; break; done",
    "for N in V V; do for N in V V; do S; S; done; S; done",
    "for N in {1..2}; do S; done",
    "for N in $(seq 1 2); do S; done",
    "for N in *.txt ./*; do S; done",
    "for N in $N V; do S; S; done",
    "while true; do S; S; break; done",
    "until false; do S; break; done",
    "ls $(S)",
    "N=$(S)",
    "cd x",
    "f1() { S; }; f1",
    "cat <<E\n$N\nE",
    "echo V | while read -r N; do S; S; done",
];

const VALUES: &[&str] =
    &["ls", "rm", "rm", "x", "a.b", "-rf", "1", "''", "'a b'", "\"$N\"", "$N", "'*'", "a=b", "~", "'[x]'", "cat"];

const NAMES: &[&str] = &["n", "n", "m", "A"];

/// What stands between steps.
const BETWEEN: &[&str] = &["; ", "; ", "\n", " && ", " || ", "; "];

/// One text.
pub(crate) fn text(random: &mut Random) -> String {
    let mut text = String::from("S");
    for _ in 0..1 + random.below(4) {
        text.push_str(random.of(BETWEEN));
        text.push('S');
    }
    for _ in 0..80 {
        let Some(at) = text.find(['S', 'V', 'N']) else { break };
        let part = match text.as_bytes()[at] {
            b'S' if text.len() > 120 => random.of(&["$N", "ls $N", "N=rm", "N=V"]),
            b'S' => random.of(STEPS),
            b'V' => random.of(VALUES),
            _ => random.of(NAMES),
        };
        text.replace_range(at..=at, part);
    }
    text.replace(['S', 'V', 'N'], "n")
}
