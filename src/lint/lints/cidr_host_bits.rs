//! A network whose address has bits set beyond its prefix.
//!
//! `10.1.2.3/8` is the network `10.0.0.0/8`: the last 24 bits say nothing. Whoever wrote them may have meant one address,
//! or another prefix.
//!
//! Write the network's own address, or `/32` (IPv6: `/128`) for a single one.

use super::super::view::{View, walk};
use super::super::{Example, Lint};
use crate::cel::value::Value;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const LINT: Lint = Lint {
    code: "cidr-host-bits",
    severity: Severity::Warning,
    examples: &[Example::new(
        r#"name: checks
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.port_check:
    rules:
      - { condition: "cidr('10.1.2.3/8').containsIP(ip(params.host))", tier: autonomous }
"#,
        7,
        r#"name: checks
version: "1.0"
defaults: { tier: blocked }
capabilities:
  network.port_check:
    rules:
      - { condition: "cidr('10.0.0.0/8').containsIP(ip(params.host))", tier: autonomous }
"#,
    )],
    source: include_str!("cidr_host_bits.rs"),
    check,
};

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for rule in view.own_entries().flat_map(|(_, entry)| &entry.rules) {
        walk(&rule.rule.condition, &mut |expr| {
            if let Some(Value::Cidr(network)) = expr.constant()
                && network.trunc() != *network
            {
                let message = format!("`{network}` has bits set beyond its prefix");
                let single = if network.addr().is_ipv4() { 32 } else { 128 };
                let help = format!(
                    "write `{}` for the network, `{}/{single}` for the address",
                    network.trunc(),
                    network.addr()
                );
                findings.push(LINT.finding(expr.span, message).help(help));
            }
        });
    }
}
