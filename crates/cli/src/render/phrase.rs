//! Tests as people say them.

/// The canonical text of a test, made easier to read.
pub(crate) fn of(test: &str) -> String {
    without_arguments(test).unwrap_or_else(|| test.to_owned())
}

/// A test of a shell command in the map spelling takes the arguments beside the command where there are any: it is said
/// of the command alone.
fn without_arguments(test: &str) -> Option<String> {
    let (_, rest) = test.strip_prefix("(has(")?.split_once(" : shell(")?;
    let (command, asked) = rest.split_once(")).")?;
    Some(format!("shell({command}).{asked}"))
}

#[cfg(test)]
mod unit {
    use super::of;

    #[test]
    fn a_shell_command_is_said_without_the_choice_of_its_arguments() {
        let test = "(has(params.args) ? shell(params.c, params.args) : shell(params.c)).runs_any([\"rm\"])";
        assert_eq!(of(test), "shell(params.c).runs_any([\"rm\"])");
    }

    #[test]
    fn other_tests_are_left_as_they_are() {
        for text in ["path(params.path).within(\"/ws\")", "params.a < 3", "", "(has(", "size(params.a) < 1"] {
            assert_eq!(of(text), text);
        }
    }
}
