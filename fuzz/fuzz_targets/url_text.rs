//! Any text is a URL or refused with words; what was read says the same when it is written out and read again.
#![no_main]

use std::net::IpAddr;

use kruxos_policy::url::{self, host::Host};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    _ = url::host(text);
    let Ok(url) = url::parse(text) else { return };
    let host = match url.host() {
        Host::Ip(IpAddr::V6(address)) => format!("[{address}]"),
        host => host.to_string(),
    };
    assert!(host.is_ascii() && !host.contains(['/', '@', '\\', '%', ' ']), "{host}");
    let written = format!("{}://{host}:{}/", url.scheme(), url.port());
    let again = url::parse(&written).unwrap_or_else(|why| panic!("{written}: {why}"));
    assert_eq!((again.scheme(), again.host(), again.port()), (url.scheme(), url.host(), url.port()));
    _ = (url.path(), url.host().is_metadata(), url.host().is_loopback(), url.host().is_global());
});
