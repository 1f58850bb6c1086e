//! The types of the expression language.

use std::fmt;

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
    /// `url`
    Url,
    /// `sql`
    Sql,
    /// `shell`
    Shell,
}

impl Type {
    /// Every type that has a name of its own, lists and maps without their elements.
    pub const ALL: [Self; 19] = [
        Self::Dyn,
        Self::Null,
        Self::Bool,
        Self::Int,
        Self::UInt,
        Self::Double,
        Self::Text,
        Self::Bytes,
        Self::List(None),
        Self::Map(None),
        Self::Timestamp,
        Self::Duration,
        Self::Type,
        Self::Ip,
        Self::Cidr,
        Self::Path,
        Self::Url,
        Self::Sql,
        Self::Shell,
    ];

    /// The name that expressions use for it: `type('a') == string`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Dyn => "dyn",
            Self::Null => "null_type",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::UInt => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::Duration => "google.protobuf.Duration",
            Self::Type => "type",
            Self::Ip => "net.IP",
            Self::Cidr => "net.CIDR",
            Self::Path => "path",
            Self::Url => "url",
            Self::Sql => "sql",
            Self::Shell => "shell",
        }
    }

    /// The word that messages use for it: its name, or the function that makes it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
            Self::Ip => "ip",
            Self::Cidr => "cidr",
            other => other.name(),
        }
    }

    /// The type of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.name() == name)
    }

    /// Whether it is one of the three kinds of number.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::UInt | Self::Double)
    }

    /// Whether a value of JSON can be of this type.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        !matches!(
            self,
            Self::Bytes
                | Self::Timestamp
                | Self::Duration
                | Self::Type
                | Self::Ip
                | Self::Cidr
                | Self::Path
                | Self::Url
                | Self::Sql
                | Self::Shell
        )
    }

    /// Whether a value of type `given` can turn out to be of this type; what is not known yet can.
    #[must_use]
    pub fn accepts(&self, given: &Self) -> bool {
        match (self, given) {
            (Self::Dyn, _) | (_, Self::Dyn) => true,
            (Self::List(Some(wanted)), Self::List(Some(given))) => wanted.accepts(given),
            (Self::Map(Some(wanted)), Self::Map(Some(given))) => {
                wanted.0.accepts(&given.0) && wanted.1.accepts(&given.1)
            }
            (Self::List(_), Self::List(_)) | (Self::Map(_), Self::Map(_)) => true,
            _ => self == given,
        }
    }

    /// The type of both, `Dyn` where they differ.
    #[must_use]
    pub fn join(self, other: &Self) -> Self {
        match (&self, other) {
            (Self::List(_), Self::List(_)) if self != *other => Self::List(None),
            (Self::Map(_), Self::Map(_)) if self != *other => Self::Map(None),
            _ if self == *other => self,
            _ => Self::Dyn,
        }
    }

    /// A list of elements of this type, where that is one of the types that stand in a table; else a list of anything.
    #[must_use]
    pub fn list_of(&self) -> Self {
        static PLAIN: [Type; 19] = Type::ALL;
        let plain = !matches!(self, Self::Dyn | Self::List(_) | Self::Map(_));
        Self::List(PLAIN.iter().find(|ty| plain && *ty == self))
    }

    /// The type of an element, a map's keys being its elements in a loop.
    #[must_use]
    pub fn element(&self) -> Self {
        match self {
            Self::List(Some(element)) => (*element).clone(),
            Self::Map(Some(entry)) => entry.0.clone(),
            _ => Self::Dyn,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(Some(element)) => write!(f, "list({element})"),
            Self::Map(Some(entry)) => write!(f, "map({}, {})", entry.0, entry.1),
            _ => f.write_str(self.word()),
        }
    }
}
