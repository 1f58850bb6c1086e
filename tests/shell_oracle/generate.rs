//! Texts: put together from the shapes that people write, then changed here and there by parts that shells read specially.

/// A generator of numbers; the same seed gives the same texts.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % most
    }

    pub(crate) fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// Shapes of a command; `W` stands for a word, `C` for a command, `L` for a list, `N` for a variable.
const COMMANDS: &[&str] = &[
    "ls W",
    "ls W W",
    "rm W",
    "rm x",
    "rm -rf W",
    "cat W",
    "a W W",
    "f W",
    "echo W",
    "git W W",
    "ls W >o",
    "ls W 2>&1",
    "ls W >/dev/null 2>&1",
    "rm W <x.txt",
    "ls W &>o",
    "cat <<<W",
    "cat < W",
    "cat <(C)",
    "cat < <(C)",
    "ls >(C)",
    "N=W",
    "N=W rm W",
    "A=W ls W",
    "export A=W",
    "local N=W",
    "readonly N=\"W\"",
    "unset N",
    "N+=W",
    "N=(W W)",
    "read -r N",
    "read -p 'ok? ' N",
    "IFS= read -r N <x.txt",
    "printf '%s\\n' W",
    "printf \"%d\" W",
    "test -f W",
    "[ -n W ]",
    "[ W = W ]",
    "[ \"$#\" -eq 0 ]",
    "[ W -lt W ]",
    "[[ -f W ]]",
    "[[ -f W && -d W ]]",
    "[[ -f W || -d W ]]",
    "[[ W == W ]]",
    "[[ W =~ W ]]",
    "[[ $# -eq 1 ]]",
    "! C",
    "time ls W",
    "command ls W",
    "exec ls W",
    "set -e",
    "set -- W W",
    "cd x",
    "exit 0",
    "return 1",
    "shift",
    "wait",
    "true",
    ": W",
    "umask 022",
    "trap 'C' EXIT",
    "eval W",
    "(C)",
    "( L )",
    "{ L; }",
    "{ C; } >o",
    "(C) <x.txt",
    "if C; then L; fi",
    "if C; then L; else L; fi",
    "if C; then C; elif C; then L; fi",
    "while f; do L; done",
    "until ls; do L; done",
    "while read -r N; do L; done < x.txt",
    "for N in W W; do L; done",
    "for N in W; do C; break; done",
    "case W in a) L;; *) C;; esac",
    "case W in x|W) C ;; esac",
    "case W in\n  y) L\n  ;;\nesac",
    "f() { L; }",
    "g() { C; }; g W",
    "h () ( C )",
    "cat <<E\nW\nE",
    "cat <<'E'\nW $(rm x)\nE",
    "cat <<-E\n\tW\n\tE",
    "rm x <<E && ls\nW\nE",
];

/// Shapes of a word.
const WORDS: &[&str] = &[
    "x",
    "x",
    "rm",
    "-rf",
    "a.b",
    "./x",
    "/x/y",
    "--opt=W",
    "'a b'",
    "'$(rm x)'",
    "'`rm x`'",
    "\"a b\"",
    "\"\"",
    "''",
    "\\$x",
    "\\(x",
    "a\\ b",
    "\"$N\"",
    "$N",
    "${N}",
    "\"${N}\"",
    "${N:-W}",
    "\"${N:-x}\"",
    "${N:+W}",
    "${N-rm x}",
    "${N:=W}",
    "\"${N%.txt}.md\"",
    "${N##*/}",
    "${N#x}",
    "${N/a/b}",
    "\"${N//x/y}\"",
    "${N:1:2}",
    "${N^^}",
    "${#N}",
    "\"${N[@]}\"",
    "${N[1]}",
    "\"$@\"",
    "$*",
    "$#",
    "$?",
    "$1",
    "$$",
    "$!",
    "$(C)",
    "\"$(C)\"",
    "`C`",
    "\"`C`\"",
    "x$(C)y",
    "\"a $(C) b\"",
    "$(<x.txt)",
    "$((1 + 2))",
    "$((N+1))",
    "$(( (1+2)*3 ))",
    "*",
    "*.txt",
    "x?",
    "[a-z]*",
    "~",
    "~/x",
    "HEAD~1",
    "HEAD^",
    "a:~",
    "{a,b}",
    "x{1..3}",
    "{}",
    "@{u}",
    "=x",
    "a=b",
    "a#b",
    "%1",
    "!",
    "a!b",
    "é",
    "\"é$N\"",
    "1",
    "22",
    "-",
    "--",
    "$'a'",
    "$\"a\"",
    "${ rm x; }",
    "${|rm x; }",
    "${x:-<(rm x)}",
    "\"a\\\nb\"",
    "a\\\nb",
    "<(C)",
];

const NAMES: &[&str] = &["n", "n", "x", "line", "A", "PATH", "i"];

/// What stands between commands.
const BETWEEN: &[&str] = &[
    "; ",
    "; ",
    "\n",
    " && ",
    " || ",
    " | ",
    " & ",
    ";",
    " |& ",
    "&&",
    "|",
    " |\n",
    " && \\\n ",
    "\n# rm x\n",
    " # x\n",
];

/// Parts that are put into texts, in the place of nothing or of something.
const PARTS: &[&str] = &[
    "'",
    "\"",
    "\\",
    "$",
    "$(",
    ")",
    "`",
    "(",
    "{ ",
    ";}",
    "}",
    ";",
    "&&",
    "|",
    "||",
    "&",
    "\n",
    " ",
    "<<E",
    "<<'E'",
    "<<-E",
    "\nE\n",
    "E",
    "#",
    " #",
    "$'",
    "$\"",
    "${x:-",
    "${x",
    "case a in a)",
    ";;",
    " esac",
    "if ls;then ",
    "fi",
    "while f;do ",
    "done",
    "for i in a;do ",
    "[[ ",
    "]]",
    " ]]",
    "((",
    "))",
    "$((",
    "x=",
    "x=(",
    "! ",
    "!",
    "\t",
    ">o ",
    "<<<",
    "2>&1",
    "\\\n",
    "f() {",
    "time ",
    "~",
    "{a,b}",
    "*",
    "=",
    "[",
    "]",
    "\\'",
    "\\\"",
    "$x",
    "$@",
    "\"$(",
    "<(",
    ">(",
    "&>o ",
    "<&",
    "|&",
    "coproc ",
    "function f {",
    "select i in a;do ",
    "until ls;do ",
    "else ",
    "elif ",
    "then ",
    "do ",
    "in ",
    "é",
    "1",
    "0<",
    "3>",
    "-",
    "+",
    "@(",
    "!(",
    "?(",
    "%",
    "${#x",
    "${x#",
    "${x/",
    "${x[",
    "$[",
    "$1",
    "$#",
    "eval ",
    "exec ",
    "command ",
    "<<E\n$(",
    "{x}>o ",
    "rm x",
    ";rm x;",
    "\nrm x\n",
    "$(rm x)",
    "`rm x`",
    "a[",
    "x+=",
    "repeat 2 ",
    "<1-3>",
    ">!",
    ">&",
    "&!",
    "&|",
    "^",
    ",",
    "..",
    "${x}",
    "${x:=",
    "=(",
    "+(",
    "~(",
    ":",
    "@",
    "${!x",
    "${x@P}",
    "x[1]=",
    "{",
];

/// One text.
pub(crate) fn text(random: &mut Random) -> String {
    let commands = 1 + random.below(3);
    let mut text = String::from("L");
    if commands > 1 && random.chance(2) {
        text = format!("C{}C", random.of(BETWEEN));
    }
    for _ in 0..60 {
        let Some(at) = text.find(['L', 'C', 'W', 'N']) else { break };
        let short = text.len() > 60;
        let part = match text.as_bytes()[at] {
            b'L' if short || random.chance(2) => "C".to_owned(),
            b'L' => format!("C{}C", random.of(BETWEEN)),
            b'C' if short => random.of(&["rm x", "ls", "f", "rm n"]).to_owned(),
            b'C' => random.of(COMMANDS).to_owned(),
            b'W' if short => random.of(&["x", "'y z'", "\"$x\"", "-rf"]).to_owned(),
            b'W' => random.of(WORDS).to_owned(),
            _ => random.of(NAMES).to_lowercase().replace("path", "PATH"),
        };
        // What is put in may hold the signs again only as they were meant; capitals of names are written small above.
        text.replace_range(at..=at, &part.replace("PATH", "P\u{1}TH"));
    }
    let mut text = text.replace("P\u{1}TH", "PATH").replace(['L', 'C', 'W', 'N'], "x");
    let changes = [0, 0, 1, 1, 2, 3][random.below(6)];
    for _ in 0..changes {
        change(&mut text, random);
    }
    text
}

/// Puts a part somewhere, takes something out, or doubles it.
fn change(text: &mut String, random: &mut Random) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let from = places[random.below(places.len())];
    let to = places[random.below(places.len())].clamp(from, (from + 4).min(text.len()));
    let to = if text.is_char_boundary(to) { to } else { from };
    match random.below(4) {
        0 => text.replace_range(from..to, ""),
        1 => {
            let copy = text[from..to].to_owned();
            text.insert_str(from, &copy);
        }
        2 => text.replace_range(from..to, random.of(PARTS)),
        _ => text.insert_str(from, random.of(PARTS)),
    }
}
