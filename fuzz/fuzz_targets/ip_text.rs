//! Any text is an address or a network or refused with words; an address lies in its own network, and is not global where
//! it is anything else.
#![no_main]

use kruxos_policy::ip;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(address) = ip::parse(text) {
        let own = ip::parse_network(&format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 }));
        assert_eq!(ip::contains(&own.expect("a network"), address), Ok(true));
        assert_eq!(ip::same(address, address), Ok(true));
        let kept = ip::is_private(address) || ip::is_loopback(address) || ip::is_link_local(address);
        assert!(!(kept && ip::is_global(address)), "{address}");
    }
    if let Ok(network) = ip::parse_network(text) {
        assert_eq!(ip::contains(&network, network.network()), Ok(true));
    }
});
