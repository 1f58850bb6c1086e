//! What expressions may not say.

use super::{Kind, error, kinds, warning};

kinds! {
    /// A text that is no expression.
    ///
    /// Conditions and keys of limits are CEL. Words of other languages (`and`, `=`, `=~`) are named with ours.
    EXPRESSION_SYNTAX = error("expression-syntax").condition("params.n = 3\n", "params.n == 3\n");

    /// An expression of more than 64 KiB.
    ///
    /// Split it into several rules.
    EXPRESSION_TOO_LONG = error("expression-too-long");

    /// An expression with more than 64 levels of brackets, conditionals and signs.
    ///
    /// Split it into several rules.
    EXPRESSION_TOO_DEEP = error("expression-too-deep");

    /// A number, text or escape that has no value.
    BAD_LITERAL = error("bad-literal").condition("params.name == 'a\\y'\n", "params.name == 'a\\\\y'\n");

    /// A message of protobuf.
    ///
    /// Messages are no part of the language; a map is written `{'key': value}`.
    NO_MESSAGES = error("no-messages").condition("\"params.a == Point{x: 1}\"\n", "\"params.a == {'x': 1}\"\n");

    /// A variable that there is not.
    ///
    /// The variables are `params`, `agent`, `capability`, `context` and `now`, and those of a loop.
    UNKNOWN_VARIABLE = error("unknown-variable").condition("param.n == 3\n", "params.n == 3\n");

    /// A function that there is not.
    ///
    /// [The functions](functions.md) are listed.
    UNKNOWN_FUNCTION = error("unknown-function").condition(
        "params.name.beginsWith('a')\n",
        "params.name.startsWith('a')\n",
    );

    /// A function that this build leaves out.
    ///
    /// URLs, commands and SQL are features of `kruxos-policy`, on by default.
    UNAVAILABLE_FUNCTION = error("unavailable-function");

    /// A function that is called with too many or too few arguments, or a function of a value that is called without one.
    WRONG_ARGUMENTS = error("wrong-arguments").condition("size() < 3\n", "size(params.name) < 3\n");

    /// Values of types that do not go together.
    ///
    /// A test that can never be true is a mistake. Compare values of one type.
    TYPE_MISMATCH = error("type-mismatch").condition("size(params.name) < '3'\n", "size(params.name) < 3\n");

    /// A field of JSON where a path, a URL or another typed value must stand.
    ///
    /// JSON has text alone. Convert it: `path(params.p)`.
    NEEDS_CONVERSION = error("needs-conversion").condition(
        "params.path.within('/workspace')\n",
        "path(params.path).within('/workspace')\n",
    );

    /// An argument with which a function has no value, whatever the call.
    ///
    /// A regular expression, a glob or a network that cannot be read, for instance.
    BAD_ARGUMENT = error("bad-argument").condition("params.name.matches('(a+|b')\n", "params.name.matches('(a+|b)')\n");

    /// A map that has one key twice.
    REPEATED_KEY = error("repeated-key").condition(
        "\"params.a == {'x': 1, 'x': 2}\"\n",
        "\"params.a == {'x': 1, 'y': 2}\"\n",
    );

    /// A loop whose two variables have one name.
    REPEATED_VARIABLE = error("repeated-variable").condition(
        "params.all.all(x, x, x > 3)\n",
        "params.all.all(i, x, x > 3)\n",
    );

    /// A condition that is neither true nor false.
    ///
    /// Compare it with something.
    CONDITION_NOT_BOOL = error("condition-not-bool").condition("size(params.name)\n", "size(params.name) < 3\n");

    /// A part of nothing but constants that has no value.
    ///
    /// What needs it is unknown for every call, and unknown never loosens.
    NEVER_A_VALUE = warning("never-a-value").condition("params.n > 1 / 0\n", "params.n > 1 / 2\n");
}
