//! The values that expressions compute with.
//!
//! A [`Value`] is a view: text, lists and maps of a call are borrowed, what a policy or an evaluation made is shared.
//! Reading a parameter allocates nothing.

use std::net::IpAddr;
use std::sync::Arc;

use crate::json::{Json, Object};

/// A value of the expression language.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// An unsigned 64-bit integer.
    UInt(u64),
    /// An IEEE 754 double.
    Double(f64),
    /// Unicode text.
    Text(Text<'a>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A list.
    List(List<'a>),
    /// A map.
    Map(Map<'a>),
    /// A point in time.
    Timestamp(jiff::Timestamp),
    /// A span of time.
    Duration(jiff::SignedDuration),
    /// A type, as `type(x)` gives it.
    Type(super::types::Type),
    /// An IP address.
    Ip(IpAddr),
    /// An IP address with a prefix length.
    Cidr(ipnet::IpNet),
    /// A file system path that was checked to be explainable; see [`super::functions`] for what that takes.
    Path(Text<'a>),
}

/// Text, borrowed from a call or shared.
#[derive(Clone, Debug)]
pub enum Text<'a> {
    /// From the call or the policy.
    Borrowed(&'a str),
    /// Made by an evaluation, or a constant.
    Shared(Arc<str>),
}

impl Text<'_> {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

/// A list, borrowed from a call or shared.
#[derive(Clone, Debug)]
pub enum List<'a> {
    /// A JSON array of the call.
    Json(&'a [Json<'a>]),
    /// Made by an evaluation, or a constant.
    Shared(Arc<[Value<'a>]>),
}

/// A map, borrowed from a call or shared.
#[derive(Clone, Debug)]
pub enum Map<'a> {
    /// A JSON object of the call.
    Json(&'a Object<'a>),
    /// Made by an evaluation, or a constant; keys are distinct under CEL equality, in order of writing.
    Shared(Arc<[(Value<'a>, Value<'a>)]>),
}

impl<'a> From<&'a Json<'a>> for Value<'a> {
    fn from(json: &'a Json<'a>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Int(value) => Self::Int(*value),
            Json::UInt(value) => Self::UInt(*value),
            Json::Double(value) => Self::Double(*value),
            Json::Text(text) => Self::Text(Text::Borrowed(text)),
            Json::List(items) => Self::List(List::Json(items)),
            Json::Object(object) => Self::Map(Map::Json(object)),
        }
    }
}
