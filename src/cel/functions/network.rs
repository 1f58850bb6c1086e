//! The network extension: IP addresses and CIDR blocks. The knowledge is in [`crate::ip`].

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use crate::cel::function::{Cause, Eval, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::ip;

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
        eval: to_ip,
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
            Ok(Value::Bool(ip::parse_as_written(text)?.to_string() == text))
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
        name: "contains_ip",
        overloads: &[
            Overload::method(&[Type::Cidr, Type::Ip], Type::Bool),
            Overload::method(&[Type::Cidr, Type::Text], Type::Bool),
        ],
        doc: "Whether an address lies in a CIDR block, by any spelling: IPv4-mapped, IPv4-compatible, translated and NAT64 \
              addresses are the IPv4 address too. Where only the IPv4 end of a 6to4, Teredo or ISATAP tunnel lies in the \
              block it is unknown.",
        examples: &[
            ("cidr('10.0.0.0/8').contains_ip('10.1.2.3')", "true"),
            ("cidr('10.0.0.0/8').contains_ip('64:ff9b::a01:203')", "true"),
            ("cidr('10.0.0.0/8').contains_ip('2002:a01:203::1')", "unknown"),
            ("cidr('10.0.0.0/8').contains_ip('11.0.0.1')", "false"),
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
        "is_private",
        "Whether a packet to it can end in a private network: 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7, fec0::/10, \
         or an IPv6 address with one of them inside.",
        &[
            ("ip('192.168.0.1').is_private()", "true"),
            ("ip('64:ff9b::c0a8:1').is_private()", "true"),
            ("ip('8.8.8.8').is_private()", "false"),
        ],
        |_, args| is(args, ip::is_private),
    ),
    test(
        "is_loopback",
        "Whether a packet to it can end at this machine: 127/8, ::1, and 0/8 and ::, which reach it too.",
        &[("ip('127.9.9.9').is_loopback()", "true"), ("ip('0.0.0.0').is_loopback()", "true")],
        |_, args| is(args, ip::is_loopback),
    ),
    test(
        "is_link_local",
        "Whether a packet to it can end on the local link: 169.254/16 and fe80::/10.",
        &[("ip('169.254.1.1').is_link_local()", "true"), ("ip('fe80::1').is_link_local()", "true")],
        |_, args| is(args, ip::is_link_local),
    ),
    test(
        "is_metadata",
        "Whether a packet to it can end at the metadata service of a cloud, which hands out credentials: the addresses \
         that AWS, Google, Azure, Alibaba, Oracle, Tencent, Scaleway and others document.",
        &[
            ("ip('169.254.169.254').is_metadata()", "true"),
            ("ip('2002:a9fe:a9fe::').is_metadata()", "true"),
            ("ip('169.254.1.1').is_metadata()", "false"),
        ],
        |_, args| is(args, ip::is_metadata),
    ),
    test(
        "is_global",
        "Whether it is one host's address on the public internet, as are all addresses inside it.",
        &[("ip('8.8.8.8').is_global()", "true"), ("ip('10.0.0.1').is_global()", "false")],
        |_, args| is(args, ip::is_global),
    ),
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

fn address(text: &str) -> Result<IpAddr, Cause> {
    Ok(ip::parse(text)?)
}

fn block(text: &str) -> Result<IpNet, Cause> {
    Ok(ip::parse_network(text)?)
}

fn to_ip<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
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
    Ok(Value::Bool(ip::contains(&net, address)?))
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
