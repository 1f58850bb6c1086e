//! Text to URL: the WHATWG parser, between what is refused before it and what it leaves.

use super::host::Host;
use super::{MAX_BYTES, SCHEMES, Url};
use crate::ip;
use crate::path::Unexplained;

/// Reads a URL.
///
/// # Errors
/// Why readers could take the text for different URLs.
pub fn parse(text: &str) -> Result<Url, Unexplained> {
    readable(text)?;
    let (scheme, rest) = text.split_once("://").ok_or(Unexplained("a URL without `://` after its scheme"))?;
    let known = SCHEMES.iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known));
    let (scheme, port) = known.ok_or(Unexplained("a URL of another scheme than http, https, ws, wss or ftp"))?;
    let authority = authority(rest)?;
    let parsed = ::url::Url::parse(text).map_err(|_| Unexplained("text that is no URL"))?;
    Ok(Url {
        text: text.into(),
        scheme,
        host: checked_host(authority, parsed.host())?,
        port: parsed.port().unwrap_or(*port),
        path: parsed.path().into(),
        query: parsed.query().map(Into::into),
    })
}

/// Reads a host as authors write it: `example.com`, `10.0.0.1`, `::1`.
///
/// # Errors
/// What else the text is.
pub fn host(text: &str) -> Result<Host, Unexplained> {
    if let Ok(address) = ip::parse(text) {
        return Ok(Host::Ip(address));
    }
    if text.starts_with('.') || text.contains('*') {
        return Err(Unexplained(
            "a host with a wildcard; a host stands for itself alone, or with `host_within` for all below it",
        ));
    }
    if text.contains(['/', ':', '?', '#', '@', '[', ']', '%']) {
        return Err(Unexplained(
            "more than a host: write the name or the address alone, without scheme, port and path",
        ));
    }
    match parse(&format!("http://{text}/")) {
        Ok(url) => Ok(url.host),
        Err(_) => Err(Unexplained("text that is no host")),
    }
}

/// Refuses what some readers strip, turn or end at.
fn readable(text: &str) -> Result<(), Unexplained> {
    if text.len() > MAX_BYTES {
        return Err(Unexplained("a URL of more than 8192 bytes"));
    }
    let why = text.chars().find_map(|char| match char {
        '\\' => Some("a URL with a backslash, which some programs take for a slash"),
        char if char.is_whitespace() || char.is_control() => {
            Some("a URL with a space or a control character, which some programs strip")
        }
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            Some("a URL with an invisible character")
        }
        _ => None,
    });
    why.map_or(Ok(()), |why| Err(Unexplained(why)))
}

/// What stands between the slashes and the path: host and port, and nothing else.
fn authority(rest: &str) -> Result<&str, Unexplained> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if authority.is_empty() {
        return Err(Unexplained("a URL without a host behind `://`"));
    }
    let hidden = !after.starts_with('/') && after.split('/').next().unwrap_or_default().contains('@');
    if authority.contains('@') || hidden {
        return Err(Unexplained("a URL with user information before its host"));
    }
    if authority.contains('%') {
        return Err(Unexplained("a URL with an escape in its host"));
    }
    Ok(authority)
}

/// The parser's host, where the text leaves no other.
fn checked_host(authority: &str, parsed: Option<::url::Host<&str>>) -> Result<Host, Unexplained> {
    let written = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    };
    match parsed {
        None => Err(Unexplained("a URL without a host")),
        Some(::url::Host::Ipv6(address)) => Ok(Host::Ip(std::net::IpAddr::V6(address).to_canonical())),
        Some(::url::Host::Ipv4(address)) => number(written).map(|()| Host::Ip(address.into())),
        Some(::url::Host::Domain(name)) => self::name(written, name),
    }
}

/// Refuses the numbers that programs read in different ways.
fn number(written: &str) -> Result<(), Unexplained> {
    if !written.is_ascii() {
        return Err(Unexplained("an IPv4 address in characters that are no ASCII digits"));
    }
    let hexadecimal = |part: &str| part.starts_with("0x") || part.starts_with("0X");
    let octal = |part: &str| part.len() > 1 && part.starts_with('0') && !hexadecimal(part);
    if written.split('.').any(octal) {
        return Err(Unexplained(
            "an IPv4 number with a leading zero, which is octal to some programs and not to others",
        ));
    }
    if written.split('.').any(|part| hexadecimal(part) && part.len() == 2) {
        return Err(Unexplained("an IPv4 number without digits"));
    }
    Ok(())
}

/// A name of plain labels, without the dot at its end.
fn name(written: &str, parsed: &str) -> Result<Host, Unexplained> {
    let name = parsed.strip_suffix('.').unwrap_or(parsed);
    let legal = |label: &str| {
        let plain =
            label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
        plain && (1..=63).contains(&label.len())
    };
    if name.len() > 253 || !name.split('.').all(legal) {
        return Err(Unexplained("a host that is no name of plain labels"));
    }
    if written.is_ascii() {
        return Ok(Host::Name(name.into()));
    }
    if written.contains(['\u{df}', '\u{1e9e}', '\u{3c2}', '\u{200c}', '\u{200d}']) {
        return Err(Unexplained("an international host name that two editions of the standard read differently"));
    }
    let written = written.strip_suffix('.').unwrap_or(written);
    let mapped = |(written, parsed): (&str, &str)| !written.is_ascii() && !parsed.starts_with("xn--");
    if written.split('.').count() != name.split('.').count() || written.split('.').zip(name.split('.')).any(mapped) {
        return Err(Unexplained("a host in characters that only look like ASCII"));
    }
    Ok(Host::Name(name.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, &'static str> {
        match parse(text) {
            Ok(url) => Ok(format!("{} {} {} {}", url.scheme(), url.host(), url.port(), url.path().unwrap_or_default())),
            Err(Unexplained(why)) => Err(why),
        }
    }

    #[test]
    fn a_url_is_its_scheme_host_port_and_path() {
        for (text, expected) in [
            ("https://example.com", "https example.com 443 /"),
            ("HTTPS://Example.COM.:443/a/../b?q#f", "https example.com 443 /b"),
            ("http://example.com:8080/a%20b", "http example.com 8080 /a b"),
            ("http://b\u{fc}cher.example/", "http xn--bcher-kva.example 80 /"),
            ("http://2130706433/", "http 127.0.0.1 80 /"),
            ("http://0x7f.1/", "http 127.0.0.1 80 /"),
            ("http://[::ffff:7f00:1]/", "http 127.0.0.1 80 /"),
            ("ws://[2001:DB8::1]:9/", "ws 2001:db8::1 9 /"),
            ("https://a_b.example/~x", "https a_b.example 443 /~x"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_two_readers_take_for_two_hosts_is_unexplained() {
        for text in [
            "",
            "example.com",
            "//example.com",
            "http:example.com",
            "http:/example.com",
            "http:///example.com",
            "http://",
            "http://@/",
            "http://good.com@evil.com/",
            "http://good.com:x@evil.com/",
            "http://good.com\\@evil.com/",
            "http:\\\\evil.com",
            "http://evil.com#@good.com/",
            "http://evil.com?@good.com/",
            " http://example.com",
            "http://exa\tmple.com",
            "http://example.com\n",
            "http://%65xample.com/",
            "http://example.com%00.evil.com/",
            "http://0177.0.0.1/",
            "http://010.0.0.1/",
            "http://017700000001/",
            "http://256.0.0.1/",
            "http://\u{ff11}27.0.0.1/",
            "http://\u{2460}.example/",
            "http://ex\u{ff41}mple.com/",
            "http://example\u{3002}com/",
            "http://fa\u{df}.example/",
            "http://a..b/",
            "http://.a/",
            "http://a,b/",
            "http://a'b/",
            "file:///etc/passwd",
            "gopher://a/",
            "javascript:alert(1)",
            "data:text/plain,a",
            "http://[::1%25eth0]/",
            "http://[::1",
            "http://a:99999/",
            "http://a\u{200b}b/",
        ] {
            assert!(parse(text).is_err(), "{text:?}: {:?}", read(text));
        }
    }

    #[test]
    fn a_path_that_servers_read_differently_is_unexplained() {
        for path in ["/a%2fb", "/a%5cb", "/a%00", "/%252e", "/a//b", "/..;/a", "/a/.;x/b", "/%3b", "/%ff", "/%"] {
            let url = parse(&format!("http://a{path}")).unwrap();
            assert!(url.path().is_err(), "{path}: {:?}", url.path());
        }
    }

    #[test]
    fn authors_write_hosts_alone() {
        assert_eq!(host("Example.com.").unwrap().to_string(), "example.com");
        assert_eq!(host("::1").unwrap().to_string(), "::1");
        for text in ["", "*.example.com", ".example.com", "http://a", "a:80", "a/b", "a b", "a@b", "[::1]"] {
            assert!(host(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(https?://)?[ -~\u{e9}\u{3002}]{0,24}") {
            if let Ok(url) = parse(&text) {
                let again = parse(&format!("{}://{}:{}/", url.scheme(), bracketed(url.host()), url.port())).unwrap();
                prop_assert_eq!(again.host(), url.host());
                _ = url.path();
            }
        }

        #[test]
        fn case_and_a_dot_at_the_end_change_nothing(name in "[a-z]{1,5}(\\.[a-z]{1,5}){0,3}") {
            let plain = parse(&format!("http://{name}/")).unwrap();
            let other = parse(&format!("HTTP://{}.:80/", name.to_uppercase())).unwrap();
            prop_assert_eq!(plain, other);
        }
    }

    fn bracketed(host: &Host) -> String {
        match host {
            Host::Ip(std::net::IpAddr::V6(address)) => format!("[{address}]"),
            host => host.to_string(),
        }
    }
}
