//! The network extension: IP addresses and CIDR blocks.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use ipnet::IpNet;

use crate::cel::function::{Cause, Eval, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::Value;

const TEST: &[Overload] = &[Overload::method(&[Type::Ip], Type::Bool)];

type Examples = &'static [(&'static str, &'static str)];

const fn test(name: &'static str, doc: &'static str, examples: Examples, eval: Eval) -> Function {
    Function { name, overloads: TEST, doc, examples, prepare: None, eval }
}

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "ip",
        overloads: &[
            Overload::function(&[Type::Text], Type::Ip),
            Overload::function(&[Type::Ip], Type::Ip),
            Overload::method(&[Type::Cidr], Type::Ip),
        ],
        doc: "The IP address a text spells, or a CIDR block's address; an IPv4 address inside IPv6 is the IPv4 address.",
        examples: &[
            ("ip('10.0.0.1') == ip('::ffff:a00:1')", "true"),
            ("ip('10.0.0.256')", "unknown"),
            ("ip('010.0.0.1')", "unknown"),
        ],
        prepare: None,
        eval: ip,
    },
    Function {
        name: "isIP",
        overloads: &[Overload::function(&[Type::Text], Type::Bool)],
        doc: "Whether a text spells an IP address.",
        examples: &[("isIP('::1')", "true"), ("isIP('10.0.0')", "false")],
        prepare: None,
        eval: |_, args| text(args).map(|text| Value::Bool(address(text).is_ok())),
    },
    Function {
        name: "ip.isCanonical",
        overloads: &[Overload::function(&[Type::Text], Type::Bool)],
        doc: "Whether a text spells an IP address in its canonical form.",
        examples: &[("ip.isCanonical('::1')", "true"), ("ip.isCanonical('2001:DB8::1')", "false")],
        prepare: None,
        eval: |_, args| {
            let text = text(args)?;
            Ok(Value::Bool(spelled(text)?.to_string() == text))
        },
    },
    Function {
        name: "cidr",
        overloads: &[Overload::function(&[Type::Text], Type::Cidr), Overload::function(&[Type::Cidr], Type::Cidr)],
        doc: "The CIDR block a text spells.",
        examples: &[("cidr('10.0.0.0/8').prefixLength()", "8"), ("cidr('10.0.0.0')", "unknown")],
        prepare: None,
        eval: cidr,
    },
    Function {
        name: "containsIP",
        overloads: &[
            Overload::method(&[Type::Cidr, Type::Ip], Type::Bool),
            Overload::method(&[Type::Cidr, Type::Text], Type::Bool),
        ],
        doc: "Whether an address lies in a CIDR block.",
        examples: &[
            ("cidr('10.0.0.0/8').containsIP('10.1.2.3')", "true"),
            ("cidr('10.0.0.0/8').containsIP(ip('::1'))", "false"),
        ],
        prepare: None,
        eval: contains_ip,
    },
    Function {
        name: "containsCIDR",
        overloads: &[
            Overload::method(&[Type::Cidr, Type::Cidr], Type::Bool),
            Overload::method(&[Type::Cidr, Type::Text], Type::Bool),
        ],
        doc: "Whether a CIDR block lies in another.",
        examples: &[("cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", "true")],
        prepare: None,
        eval: contains_cidr,
    },
    Function {
        name: "masked",
        overloads: &[Overload::method(&[Type::Cidr], Type::Cidr)],
        doc: "The CIDR block with the bits after its prefix set to zero.",
        examples: &[("cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')", "true")],
        prepare: None,
        eval: |_, args| net(args).map(|net| Value::Cidr(net.trunc())),
    },
    Function {
        name: "prefixLength",
        overloads: &[Overload::method(&[Type::Cidr], Type::Int)],
        doc: "How many bits of a CIDR block are fixed.",
        examples: &[("cidr('::/48').prefixLength()", "48")],
        prepare: None,
        eval: |_, args| net(args).map(|net| Value::Int(net.prefix_len().into())),
    },
    Function {
        name: "family",
        overloads: &[Overload::method(&[Type::Ip], Type::Int)],
        doc: "4 or 6.",
        examples: &[("ip('10.0.0.1').family()", "4"), ("ip('::1').family()", "6")],
        prepare: None,
        eval: |_, args| host(args).map(|address| Value::Int(if address.is_ipv4() { 4 } else { 6 })),
    },
    test("isUnspecified", "Whether it is `0.0.0.0` or `::`.", &[("ip('::').isUnspecified()", "true")], |_, args| {
        is(args, |address| address.is_unspecified())
    }),
    test(
        "isLoopback",
        "Whether it is this machine's own address.",
        &[("ip('127.9.9.9').isLoopback()", "true")],
        |_, args| is(args, |address| address.is_loopback()),
    ),
    test(
        "isGlobalUnicast",
        "Whether it is the address of one host beyond the local link; private addresses are.",
        &[("ip('192.168.0.1').isGlobalUnicast()", "true"), ("ip('127.0.0.1').isGlobalUnicast()", "false")],
        |_, args| is(args, is_global_unicast),
    ),
    test(
        "isLinkLocalUnicast",
        "Whether it is the address of one host on the local link; cloud metadata is.",
        &[("ip('169.254.169.254').isLinkLocalUnicast()", "true")],
        |_, args| is(args, is_link_local),
    ),
    test(
        "isLinkLocalMulticast",
        "Whether it is a group's address on the local link.",
        &[("ip('224.0.0.1').isLinkLocalMulticast()", "true")],
        |_, args| is(args, is_link_local_multicast),
    ),
];

/// The address a text spells: four decimal numbers, or IPv6 without a zone and without a dotted part.
fn spelled(text: &str) -> Result<IpAddr, Cause> {
    if text.contains('%') {
        return Err(Cause::Unexplained("an IP address with a zone"));
    }
    if text.contains(':') && text.contains('.') {
        return Err(Cause::Unexplained("an IPv4 address inside an IPv6 address"));
    }
    text.parse().map_err(|_| Cause::Unexplained("text that is no IP address"))
}

fn address(text: &str) -> Result<IpAddr, Cause> {
    spelled(text).map(|address| address.to_canonical())
}

fn block(text: &str) -> Result<IpNet, Cause> {
    let unexplained = Cause::Unexplained("text that is no CIDR block");
    let (host, length) = text.split_once('/').ok_or(unexplained)?;
    let plain = length.bytes().all(|digit| digit.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
    let length = u8::from_str(length).ok().filter(|_| plain).ok_or(unexplained)?;
    IpNet::new(spelled(host)?, length).map_err(|_| unexplained)
}

fn ip<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Ip(address)] => Ok(Value::Ip(*address)),
        [Value::Text(text)] => address(text).map(Value::Ip),
        [Value::Cidr(net)] => Ok(Value::Ip(net.addr().to_canonical())),
        [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

fn cidr<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Cidr(net)] => Ok(Value::Cidr(*net)),
        [Value::Text(text)] => block(text).map(Value::Cidr),
        [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

fn contains_ip<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let net = net(args)?;
    let address = match args.get(1) {
        Some(Value::Ip(address)) => *address,
        Some(Value::Text(text)) => address(text)?,
        Some(other) => return Err(Cause::wrong_type("IP address or string", other)),
        None => return Err(Cause::Missing),
    };
    Ok(Value::Bool(net.contains(&address)))
}

fn contains_cidr<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let net = net(args)?;
    let inner = match args.get(1) {
        Some(Value::Cidr(inner)) => *inner,
        Some(Value::Text(text)) => block(text)?,
        Some(other) => return Err(Cause::wrong_type("CIDR block or string", other)),
        None => return Err(Cause::Missing),
    };
    Ok(Value::Bool(net.contains(&inner)))
}

fn text<'v>(args: &'v [Value<'_>]) -> Result<&'v str, Cause> {
    match args {
        [Value::Text(text), ..] => Ok(text),
        [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

fn net(args: &[Value<'_>]) -> Result<IpNet, Cause> {
    match args {
        [Value::Cidr(net), ..] => Ok(*net),
        [other, ..] => Err(Cause::wrong_type("CIDR block", other)),
        [] => Err(Cause::Missing),
    }
}

fn host(args: &[Value<'_>]) -> Result<IpAddr, Cause> {
    match args {
        [Value::Ip(address), ..] => Ok(*address),
        [other, ..] => Err(Cause::wrong_type("IP address", other)),
        [] => Err(Cause::Missing),
    }
}

fn is<'a>(args: &[Value<'a>], holds: fn(IpAddr) -> bool) -> Result<Value<'a>, Cause> {
    host(args).map(|address| Value::Bool(holds(address)))
}

fn is_global_unicast(address: IpAddr) -> bool {
    let broadcast = address == IpAddr::V4(Ipv4Addr::BROADCAST);
    let elsewhere = address.is_unspecified() || address.is_loopback() || address.is_multicast();
    !broadcast && !elsewhere && !is_link_local(address)
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

fn is_link_local_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => matches!(address.octets(), [224, 0, 0, _]),
        IpAddr::V6(address) => address.segments().first().is_some_and(|first| first & 0xff0f == 0xff02),
    }
}
