//! Programs that run another program, and the command inside them, as a table.
//!
//! An option that a row does not name leaves the inner command unknown, so a row need not be complete to be safe.
//! Sources: POSIX.1-2017 (env, nice, nohup, time, xargs, sh), the manuals of GNU coreutils 9, findutils 4.9, util-linux
//! 2.39, procps 4, sudo 1.9, doas(1), busybox 1.36, bash 5.2, dash 0.5, zsh 5.9, strace 6.

use super::options::Options;
use super::script::Word;

/// A program that runs the rest of its arguments.
struct Wrapper {
    names: &'static [&'static str],
    options: Options,
    /// Arguments of its own before the command.
    operands: usize,
    /// Whether `NAME=value` may stand before the command.
    assigns: bool,
    /// Whether it grants the command nothing, so that a list need not name it.
    transparent: bool,
    /// What it adds to the command's arguments.
    adds: Adds,
}

#[derive(Clone, Copy, PartialEq)]
enum Adds {
    Nothing,
    /// Words that are read from its input, at the end or in the place of a mark.
    Input,
}

const PLAIN: Wrapper = Wrapper {
    names: &[],
    options: Options { flags: "", values: "" },
    operands: 0,
    assigns: false,
    transparent: false,
    adds: Adds::Nothing,
};

const WRAPPERS: &[Wrapper] = &[
    Wrapper {
        names: &["env"],
        options: Options { flags: "-i -0 -v --ignore-environment --null --debug", values: "-u --unset" },
        assigns: true,
        transparent: true,
        ..PLAIN
    },
    Wrapper {
        names: &["sudo"],
        options: Options {
            flags: "-A -b -E -H -i -K -k -n -P -S -s --background --non-interactive --preserve-env --set-home --stdin --login --shell",
            values: "-C -g -p -r -t -T -U -u --group --user --prompt",
        },
        assigns: true,
        ..PLAIN
    },
    Wrapper { names: &["doas"], options: Options { flags: "-n -s -L", values: "-u -C" }, ..PLAIN },
    Wrapper {
        names: &["timeout", "gtimeout"],
        options: Options {
            flags: "-v --foreground --preserve-status --verbose",
            values: "-k -s --kill-after --signal",
        },
        operands: 1,
        transparent: true,
        ..PLAIN
    },
    Wrapper {
        names: &["nice"],
        options: Options { flags: "-0 -1 -2 -3 -4 -5 -6 -7 -8 -9", values: "-n --adjustment" },
        transparent: true,
        ..PLAIN
    },
    Wrapper {
        names: &["ionice"],
        options: Options { flags: "-t --ignore", values: "-c -n --class --classdata" },
        transparent: true,
        ..PLAIN
    },
    Wrapper { names: &["nohup"], ..PLAIN },
    Wrapper { names: &["setsid"], options: Options { flags: "-c -f -w --ctty --fork --wait", values: "" }, ..PLAIN },
    Wrapper {
        names: &["stdbuf"],
        options: Options { flags: "", values: "-i -o -e --input --output --error" },
        transparent: true,
        ..PLAIN
    },
    Wrapper {
        names: &["time", "gtime"],
        options: Options { flags: "-p -v --portability --verbose", values: "-f --format" },
        transparent: true,
        ..PLAIN
    },
    Wrapper {
        names: &["xargs", "gxargs"],
        options: Options {
            flags: "-0 -r -t -x -o --null --no-run-if-empty --verbose --exit --open-tty",
            values: "-a -d -E -I -L -n -P -s -R -S --arg-file --delimiter --eof --replace --max-lines --max-args --max-procs --max-chars",
        },
        transparent: true,
        adds: Adds::Input,
        ..PLAIN
    },
    Wrapper {
        names: &["flock"],
        options: Options { flags: "-s -x -e -n -u -o -F", values: "-w -E" },
        operands: 1,
        ..PLAIN
    },
    Wrapper {
        names: &["command", "builtin", "nocorrect"],
        options: Options { flags: "-p", values: "" },
        transparent: true,
        ..PLAIN
    },
    Wrapper { names: &["exec"], options: Options { flags: "-c -l", values: "-a" }, transparent: true, ..PLAIN },
    Wrapper { names: &["busybox", "toybox"], ..PLAIN },
    Wrapper { names: &["chroot"], options: Options { flags: "", values: "--userspec --groups" }, operands: 1, ..PLAIN },
    Wrapper {
        names: &["strace", "ltrace"],
        options: Options {
            flags: "-f -ff -c -C -d -i -k -q -r -t -tt -ttt -T -v -x -xx -y -yy",
            values: "-e -s -a -p -S -u -O",
        },
        ..PLAIN
    },
    Wrapper {
        names: &["caffeinate"],
        options: Options { flags: "-d -i -m -s -u", values: "-t" },
        transparent: true,
        ..PLAIN
    },
    Wrapper { names: &["torsocks", "torify", "proxychains", "proxychains4", "dumb-init", "tini"], ..PLAIN },
    Wrapper { names: &["gosu", "su-exec", "setuidgid", "chrt"], operands: 1, ..PLAIN },
    Wrapper { names: &["cross-env"], assigns: true, ..PLAIN },
    Wrapper { names: &["unbuffer", "chronic", "proot", "fakeroot"], ..PLAIN },
    Wrapper {
        names: &["taskset"],
        options: Options { flags: "-c -a", values: "" },
        operands: 1,
        transparent: true,
        ..PLAIN
    },
    Wrapper { names: &["setarch", "linux64", "linux32"], options: Options { flags: "-R", values: "" }, ..PLAIN },
    Wrapper { names: &["runuser"], options: Options { flags: "", values: "-u -g" }, ..PLAIN },
];

/// Programs that put their arguments together to a text, or read one, in ways that no row tells.
const OPAQUE: &[(&str, &str)] = &[
    ("perf", "`perf`, whose command is not told apart"),
    ("valgrind", "`valgrind`, whose command is not told apart"),
    ("numactl", "`numactl`, whose command is not told apart"),
    ("prlimit", "`prlimit`, whose command is not told apart"),
    ("cgexec", "`cgexec`, whose command is not told apart"),
    ("chpst", "`chpst`, whose command is not told apart"),
    ("faketime", "`faketime`, whose command is not told apart"),
    ("start-stop-daemon", "`start-stop-daemon`, whose command is not told apart"),
    ("run-parts", "`run-parts`, which runs a folder"),
    ("sg", "`sg`, which hands text to a shell"),
    ("hyperfine", "`hyperfine`, which hands text to a shell"),
    ("nodemon", "`nodemon`, which hands text to a shell"),
    ("concurrently", "`concurrently`, which hands text to a shell"),
    ("nix-shell", "`nix-shell`, which hands text to a shell"),
    ("watch", "`watch` with an option that is not in the table"),
    ("su", "`su`, which hands text to another user's shell"),
    ("parallel", "`parallel`, which puts commands together from its input"),
    ("script", "`script`, which hands text to a shell"),
    ("expect", "`expect`, which runs a program of its own"),
    ("unshare", "`unshare`, whose command is not told apart"),
    ("nsenter", "`nsenter`, whose command is not told apart"),
    ("setpriv", "`setpriv`, whose command is not told apart"),
    ("capsh", "`capsh`, whose command is not told apart"),
    ("systemd-run", "`systemd-run`, whose command is not told apart"),
    ("pkexec", "`pkexec`, whose command is not told apart"),
    ("firejail", "`firejail`, whose command is not told apart"),
    ("bwrap", "`bwrap`, whose command is not told apart"),
    ("dbus-run-session", "`dbus-run-session`, whose command is not told apart"),
    ("entr", "`entr`, whose command is not told apart"),
    ("at", "`at`, which runs its input later"),
    ("batch", "`batch`, which runs its input later"),
    ("crontab", "`crontab`, which runs its input later"),
    ("ld.so", "a loader, which runs a program it is given"),
    ("gdb", "`gdb`, which runs what it debugs"),
    ("lldb", "`lldb`, which runs what it debugs"),
    ("rlwrap", "`rlwrap`, whose command is not told apart"),
    ("screen", "`screen`, which runs commands on its own"),
    ("tmux", "`tmux`, which runs commands on its own"),
    ("osascript", "`osascript`, which runs a program of its own"),
];

/// Shells, whose `-c` is read like the text itself.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash"];

/// What a command runs beside itself.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) commands: Vec<InnerCommand>,
    /// A text for a shell, and which word holds it.
    pub(super) text: Option<(usize, String)>,
    /// Variables that the inner command is given.
    pub(super) exports: Vec<String>,
    pub(super) doubt: Option<&'static str>,
}

/// A command inside a wrapper.
pub(super) struct InnerCommand {
    /// Which of the wrapper's words is its program.
    pub(super) at: usize,
    pub(super) words: Vec<Word>,
}

impl Inner {
    fn unknown(why: &'static str) -> Self {
        Self { doubt: Some(why), ..Self::default() }
    }

    fn one(at: usize, words: Vec<Word>) -> Self {
        Self { commands: vec![InnerCommand { at, words }], ..Self::default() }
    }
}

/// The last component of a program's path.
pub(super) fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Directories whose programs are the system's own.
const SYSTEM: &[&str] = &["/bin", "/usr/bin", "/sbin", "/usr/sbin"];

/// The name of a program that is found by its name, or stands in a directory of the system.
pub(super) fn trusted_name(program: &str) -> Option<&str> {
    match program.rsplit_once('/') {
        None => Some(program),
        Some((directory, name)) => SYSTEM.contains(&directory).then_some(name),
    }
}

/// Whether a list need not name this command: it is a wrapper that grants nothing, around a command.
pub(super) fn is_transparent(words: &[Word]) -> bool {
    let Some(name) = words.first().and_then(Word::as_literal).and_then(trusted_name) else { return false };
    let row = WRAPPERS.iter().find(|row| row.names.contains(&name));
    if SHELLS.contains(&name) {
        return inside(words).text.is_some();
    }
    if name == "command" && looks_up(words) {
        return true;
    }
    row.is_some_and(|row| row.transparent) && !inside(words).commands.is_empty()
}

/// The commands inside a command.
pub(super) fn inside(words: &[Word]) -> Inner {
    let Some(name) = words.first().and_then(Word::as_literal).map(base_name) else { return Inner::default() };
    if let Some(row) = WRAPPERS.iter().find(|row| row.names.contains(&name)) {
        return wrapped(row, words);
    }
    if SHELLS.contains(&name) {
        return shell(words);
    }
    match name {
        "find" | "gfind" => found(words),
        "fd" | "fdfind" => executed(words),
        "watch" => watched(words),
        name => match OPAQUE.iter().find(|(known, _)| *known == name) {
            Some((_, why)) if words.len() > 1 => Inner::unknown(why),
            _ => Inner::default(),
        },
    }
}

/// `command -v name` looks a name up and runs nothing.
fn looks_up(words: &[Word]) -> bool {
    matches!(words.get(1).and_then(Word::as_literal), Some("-v" | "-V"))
}

const UNTOLD: &str = "a wrapper's option that is not in the table, or not known";

fn wrapped(row: &Wrapper, words: &[Word]) -> Inner {
    if row.names.contains(&"command") && looks_up(words) {
        return Inner::default();
    }
    let mut at = 1;
    let mut exports = Vec::new();
    let mut operands = row.operands;
    let mut options = true;
    let mut marked = false;
    while let Some(word) = words.get(at) {
        let Some(text) = word.as_literal() else {
            let assigns =
                row.assigns && matches!(word, Word::Dynamic { prefix, splits: false } if prefix.contains('='));
            if assigns && let Word::Dynamic { prefix, .. } = word {
                exports.extend(prefix.split_once('=').map(|(name, _)| name.to_owned()));
                at += 1;
                continue;
            }
            return Inner { exports, ..Inner::unknown(UNTOLD) };
        };
        if options && text == "--" {
            options = false;
            at += 1;
        } else if options && text.len() > 1 && text.starts_with('-') {
            marked |= text.starts_with("-I") || text.starts_with("--replace");
            match row.options.length(text) {
                Some(length) => at += length,
                None => return Inner { exports, ..Inner::unknown(UNTOLD) },
            }
        } else if let Some((name, _)) = text.split_once('=').filter(|_| row.assigns) {
            exports.push(name.to_owned());
            options = false;
            at += 1;
        } else if operands > 0 {
            operands -= 1;
            options = options && operands > 0;
            at += 1;
        } else {
            break;
        }
    }
    let mut inner: Vec<Word> = words.get(at..).unwrap_or_default().to_vec();
    if inner.is_empty() {
        return Inner { exports, doubt: no_command(row, words), ..Inner::default() };
    }
    if row.names.contains(&"flock") && matches!(inner.first().and_then(Word::as_literal), Some("-c" | "--command")) {
        return Inner::unknown(UNTOLD);
    }
    if row.adds == Adds::Input {
        add_input(&mut inner, words, marked);
    }
    Inner { exports, ..Inner::one(at, inner) }
}

/// `sudo -s`, `sudo -i` start a shell that reads its input.
fn no_command(row: &Wrapper, words: &[Word]) -> Option<&'static str> {
    (row.names.contains(&"sudo") || row.names.contains(&"doas")).then_some(())?;
    (words.len() > 1).then_some("a shell that reads its input")
}

/// The words that `xargs` reads: in the place of its mark, else at the end.
fn add_input(inner: &mut Vec<Word>, words: &[Word], marked: bool) {
    if !marked {
        inner.push(Word::anything());
        return;
    }
    let mark = words.windows(2).find_map(|pair| match pair {
        [Word::Literal(option), Word::Literal(mark)] if &**option == "-I" => Some(mark.to_string()),
        _ => None,
    });
    let glued = words.iter().filter_map(Word::as_literal);
    let glued = glued
        .filter_map(|text| text.strip_prefix("-I").or(text.strip_prefix("--replace=")))
        .find(|mark| !mark.is_empty());
    let mark = glued.map(str::to_owned).or(mark).unwrap_or_else(|| "{}".to_owned());
    replace_mark(inner, &mark, "");
}

/// Makes every word with the mark in it dynamic; what stands there begins with `first`.
fn replace_mark(words: &mut [Word], mark: &str, first: &str) {
    for word in words {
        let Word::Literal(text) = word else { continue };
        if let Some((prefix, _)) = text.split_once(mark) {
            *word = Word::Dynamic { prefix: format!("{prefix}{first}").into(), splits: false };
        }
    }
}

/// A shell: `-c` holds a text, a script is a program like any other, and without either it reads its input.
fn shell(words: &[Word]) -> Inner {
    let mut at = 1;
    let mut text_follows = false;
    while let Some(word) = words.get(at) {
        let Some(option) = word.as_literal() else { break };
        if option == "--" {
            at += 1;
            break;
        }
        let Some(flags) = option.strip_prefix('-').filter(|flags| !flags.is_empty()) else { break };
        if !matches!(option, "--login" | "--noprofile" | "--norc" | "--posix") {
            let known = flags.bytes().all(|flag| b"celuxo".contains(&flag));
            if !known {
                return Inner::unknown("an option of a shell that is not in the table");
            }
            text_follows |= flags.contains('c');
            if flags.contains('o') {
                at += 1;
                if !matches!(
                    words.get(at).and_then(Word::as_literal),
                    Some("pipefail" | "errexit" | "nounset" | "xtrace")
                ) {
                    return Inner::unknown("an option of a shell that is not in the table");
                }
            }
        }
        at += 1;
    }
    match (words.get(at), text_follows) {
        (Some(Word::Literal(text)), true) => Inner { text: Some((at, text.to_string())), ..Inner::default() },
        (Some(Word::Literal(script)), false)
            if matches!(&**script, "-" | "/dev/stdin")
                || script.starts_with("/dev/fd/")
                || script.starts_with("/proc/") =>
        {
            Inner::unknown("a shell that reads its input")
        }
        (Some(Word::Literal(_)), false) => Inner::default(),
        (Some(Word::Dynamic { .. }), true) => Inner::unknown("a text for a shell that is dynamic"),
        (Some(Word::Dynamic { .. }), false) => Inner::unknown("a script for a shell that is dynamic"),
        (None, false) if words.len() == 2 && is_version(words) => Inner::default(),
        (None, _) => Inner::unknown("a shell that reads its input"),
    }
}

fn is_version(words: &[Word]) -> bool {
    words.get(1).and_then(Word::as_literal) == Some("--version")
}

/// `find`: a command behind each `-exec`, up to `;` or `+`.
fn found(words: &[Word]) -> Inner {
    let mut inner = Inner::default();
    let mut at = 1;
    while let Some(word) = words.get(at) {
        at += 1;
        if !matches!(word.as_literal(), Some("-exec" | "-execdir" | "-ok" | "-okdir")) {
            continue;
        }
        let rest = words.get(at..).unwrap_or_default();
        let Some(length) = rest.iter().position(|word| matches!(word.as_literal(), Some(";" | "+"))) else {
            return Inner::unknown("`find -exec` without its end");
        };
        let mut command = rest.get(..length).unwrap_or_default().to_vec();
        replace_mark(&mut command, "{}", "./");
        if command.is_empty() {
            return Inner::unknown("`find -exec` without a command");
        }
        inner.commands.push(InnerCommand { at, words: command });
        at += length + 1;
    }
    inner
}

/// `fd`: a command behind `-x` or `-X`, up to `;` or the end.
fn executed(words: &[Word]) -> Inner {
    let position =
        words.iter().position(|word| matches!(word.as_literal(), Some("-x" | "-X" | "--exec" | "--exec-batch")));
    let Some(at) = position.map(|position| position + 1) else { return Inner::default() };
    let mut command = words.get(at..).unwrap_or_default().to_vec();
    if command.is_empty() || command.iter().any(|word| word.as_literal() == Some(";")) {
        return Inner::unknown("`fd --exec` whose command is not told apart");
    }
    if !command.iter().any(|word| word.as_literal().is_some_and(|text| text.contains('{'))) {
        command.push(Word::Dynamic { prefix: "./".into(), splits: false });
    }
    replace_mark(&mut command, "{", "./");
    Inner::one(at, command)
}

/// `watch` joins its arguments to a text for `sh -c`.
fn watched(words: &[Word]) -> Inner {
    const OPTIONS: Options = Options {
        flags: "-b -c -d -e -g -t -w --beep --color --differences --errexit --chgexit --no-title --no-wrap",
        values: "-n -q --interval --equexit",
    };
    let mut at = 1;
    while let Some(option) = words.get(at).and_then(Word::as_literal).filter(|text| text.starts_with('-')) {
        match OPTIONS.length(option) {
            Some(length) => at += length,
            None => return Inner::unknown("`watch` with an option that is not in the table"),
        }
    }
    let texts: Option<Vec<&str>> = words.get(at..).unwrap_or_default().iter().map(Word::as_literal).collect();
    match texts {
        Some(texts) if texts.is_empty() => Inner::default(),
        Some(texts) => Inner { text: Some((at, texts.join(" "))), ..Inner::default() },
        None => Inner::unknown("a text for a shell that is dynamic"),
    }
}
