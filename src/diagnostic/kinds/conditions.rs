//! What map conditions may not say.

use super::{Kind, error, kinds};

kinds! {
    /// A condition without a test.
    ///
    /// It would always hold. Add a test, or give the tier as the entry's own `tier:`.
    EMPTY_CONDITION = error("empty-condition").condition("{}\n", "{ size_lt: 10 }\n");

    /// A key that ends with no operator.
    ///
    /// A key is a parameter, `_` and an operator; [the operators](operators.md) are listed.
    UNKNOWN_OPERATOR = error("unknown-operator").condition("{ size_less: 10 }\n", "{ size_lt: 10 }\n");

    /// An operator that this build leaves out.
    ///
    /// Operators on URLs, commands and SQL are features of `kruxos-policy`, on by default. Build with the feature, or
    /// leave the rule out.
    UNAVAILABLE_OPERATOR = error("unavailable-operator");

    /// A key that can be read in two ways, and the catalog knows the parameters of both.
    ///
    /// `file_size_lt` is `size_lt` of `file` and `lt` of `file_size`. Write the test as an expression.
    AMBIGUOUS_CONDITION_KEY = error("ambiguous-condition-key");

    /// A key whose parameter is no parameter's name.
    ///
    /// Names stand between single dots: `options.depth_eq`.
    BAD_PARAMETER = error("bad-parameter").condition("{ options..depth_lt: 3 }\n", "{ options.depth_lt: 3 }\n");

    /// A value that the operator cannot compare with.
    ///
    /// The message says which values it takes.
    BAD_OPERAND = error("bad-operand").condition("{ content_size_lt: large }\n", "{ content_size_lt: 10KiB }\n");
}
