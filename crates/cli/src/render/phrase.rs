//! Tests as people say them: the operators of map conditions stand between their operands.

/// How an operator of the map spelling is written between its operands.
const INFIX: &[(&str, &str)] = &[
    ("@eq", "=="),
    ("@ne", "!="),
    ("@in", "in"),
    ("@not_in", "not in"),
    ("@lt", "<"),
    ("@lte", "<="),
    ("@gt", ">"),
    ("@gte", ">="),
    ("@prefix", "begins with"),
    ("@suffix", "ends with"),
    ("@contains", "contains"),
];

/// The canonical text of a test, made easier to read.
pub(crate) fn of(test: &str) -> String {
    infix(test).or_else(|| without_arguments(test)).unwrap_or_else(|| without_marks(test))
}

/// A test of a shell command in the map spelling takes the arguments beside the command where there are any: it is said
/// of the command alone.
fn without_arguments(test: &str) -> Option<String> {
    let (_, rest) = test.strip_prefix("(has(")?.split_once(" : shell(")?;
    let (command, asked) = rest.split_once(")).")?;
    Some(without_marks(&format!("shell({command}).{asked}")))
}

fn infix(test: &str) -> Option<String> {
    let (name, rest) = test.split_once('(')?;
    let (_, word) = INFIX.iter().find(|(operator, _)| *operator == name)?;
    let (left, right) = two_operands(rest.strip_suffix(')')?)?;
    Some(format!("{} {word} {}", without_marks(left), without_marks(right)))
}

/// The operands before and after the one comma that is in no bracket and no text.
fn two_operands(text: &str) -> Option<(&str, &str)> {
    let mut commas = outside_texts(text).scan(0_i32, |depth, (at, letter)| {
        match letter {
            '(' | '[' | '{' => *depth += 1,
            ')' | ']' | '}' => *depth -= 1,
            _ => {}
        }
        Some((at, letter, *depth))
    });
    let (comma, ..) = commas.find(|(_, letter, depth)| *letter == ',' && *depth == 0)?;
    Some((text.get(..comma)?.trim(), text.get(comma + 1..)?.trim()))
}

/// `@size(x)` as `size(x)`: the mark only says that no expression can call it.
fn without_marks(text: &str) -> String {
    let marks: Vec<usize> = outside_texts(text).filter(|(_, letter)| *letter == '@').map(|(at, _)| at).collect();
    text.char_indices().filter(|(at, _)| marks.binary_search(at).is_err()).map(|(_, letter)| letter).collect()
}

/// The characters that are not inside a quoted text.
fn outside_texts(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quoted = false;
    let mut escaped = false;
    text.char_indices().filter(move |(_, letter)| {
        let was = quoted;
        if *letter == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = *letter == '\\' && !escaped;
        !was && !quoted
    })
}

#[cfg(test)]
mod unit {
    use super::of;

    #[test]
    fn map_operators_stand_between_their_operands() {
        assert_eq!(of("@lt(@size(params.content), 10240)"), "size(params.content) < 10240");
        assert_eq!(of("@in(params.m, [\"a\", \"b\"])"), "params.m in [\"a\", \"b\"]");
        assert_eq!(of("@prefix(params.p, \"a,\\\" @x\")"), "params.p begins with \"a,\\\" @x\"");
    }

    #[test]
    fn a_shell_command_is_said_without_the_choice_of_its_arguments() {
        let test = "(has(params.args) ? shell(params.c, params.args) : shell(params.c)).runs_any([\"rm\"])";
        assert_eq!(of(test), "shell(params.c).runs_any([\"rm\"])");
    }

    #[test]
    fn other_tests_are_left_as_they_are() {
        for text in ["path(params.path).within(\"/ws\")", "params.a < 3", "", "@", "@lt(", "\"@eq(1, 2)\""] {
            assert_eq!(of(text), text.trim_start_matches('@'));
        }
    }
}
