//! The types of the expression language.

/// A type. `List` and `Map` without a known element type hold `Dyn`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Known only when a call comes.
    Dyn,
    /// `null_type`
    Null,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `uint`
    UInt,
    /// `double`
    Double,
    /// `string`
    Text,
    /// `bytes`
    Bytes,
    /// `list`, with the type of its elements
    List(Option<&'static Type>),
    /// `map`, with the types of its keys and values
    Map(Option<&'static (Type, Type)>),
    /// `google.protobuf.Timestamp`
    Timestamp,
    /// `google.protobuf.Duration`
    Duration,
    /// `type`
    Type,
    /// `net.IP`
    Ip,
    /// `net.CIDR`
    Cidr,
    /// `path`
    Path,
}
