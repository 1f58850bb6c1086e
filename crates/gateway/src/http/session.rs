//! The dashboard's session: a cookie that the gateway signs and nobody else can make.
//!
//! Nothing is kept for it. The signature covers who, since when, and which key the supervisor had then: a key that is
//! replaced or revoked ends every session that was opened with it.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use kruxos_approvals::account::{Account, Supervisor};
use sha2::Sha256;

use crate::Accounts;

/// The cookie's name.
pub const COOKIE: &str = "kruxos_session";
/// How long a session lasts.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(12);
/// What the signature begins with, so that no other use of the secret can be taken for a session.
const PURPOSE: &[u8] = b"kruxos session 1";
/// How far ahead of this machine's clock a session may have been opened, by a clock that was set back since.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

/// A value of the cookie that opens a session for this supervisor now; `None` when there is no such supervisor, when it
/// was revoked, or when the store cannot be read.
pub async fn sign(accounts: &Accounts, supervisor: &str) -> Option<String> {
    let account = standing(accounts, supervisor).await?;
    Some(value(accounts.secret(), &account, Timestamp::now()))
}

/// Whose session these headers carry; `None` when they carry none that is in force.
pub async fn verify(accounts: &Accounts, headers: &HeaderMap) -> Option<Supervisor> {
    let claim = Claim::read(cookie(headers)?)?;
    let account = standing(accounts, &claim.supervisor).await?;
    let in_force = claim.is_signed_for(accounts.secret(), &account) && claim.is_current(Timestamp::now());
    in_force.then(|| Supervisor::from(&account))
}

/// The `Set-Cookie` header that opens a session. `None` is for values that [`sign`] does not make.
///
/// Without `Secure`: the gateway speaks plain HTTP on loopback; whoever puts TLS in front of it adds that there.
#[must_use]
pub fn set_cookie(value: &str) -> Option<HeaderValue> {
    let lifetime = LIFETIME.as_secs();
    HeaderValue::from_str(&format!("{COOKIE}={value}; Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Strict")).ok()
}

/// The `Set-Cookie` header that ends a session in this browser.
#[must_use]
pub const fn clear_cookie() -> HeaderValue {
    HeaderValue::from_static("kruxos_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
}

/// The account, as long as its key opens it.
async fn standing(accounts: &Accounts, supervisor: &str) -> Option<Account> {
    let account = accounts.supervisor_named(supervisor).await.ok()??;
    account.revoked_at.is_none().then_some(account)
}

/// The one cookie of that name; of two, one was planted.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut own = pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value);
    let first = own.next();
    if own.next().is_some() { None } else { first }
}

/// What a cookie says, true or not.
struct Claim {
    supervisor: String,
    issued: i64,
    signature: Vec<u8>,
}

impl Claim {
    fn read(value: &str) -> Option<Self> {
        let mut parts = value.split('.');
        let supervisor = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok()?;
        let issued = parts.next()?.parse().ok()?;
        let signature = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        parts.next().is_none().then_some(Self { supervisor, issued, signature })
    }

    fn is_signed_for(&self, secret: &[u8; 32], account: &Account) -> bool {
        signing(secret, account, self.issued).is_some_and(|mac| mac.verify_slice(&self.signature).is_ok())
    }

    fn is_current(&self, now: Timestamp) -> bool {
        let Ok(issued) = Timestamp::from_second(self.issued) else { return false };
        let age = now.duration_since(issued);
        -LEEWAY <= age && age < LIFETIME
    }
}

fn value(secret: &[u8; 32], account: &Account, now: Timestamp) -> String {
    let signature = signing(secret, account, now.as_second()).map(|mac| mac.finalize().into_bytes());
    let name = URL_SAFE_NO_PAD.encode(&account.name);
    format!("{name}.{}.{}", now.as_second(), URL_SAFE_NO_PAD.encode(signature.unwrap_or_default()))
}

/// HMAC takes a key of any length, so there always is one.
fn signing(secret: &[u8; 32], account: &Account, issued: i64) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    let key_since = account.rotated_at.unwrap_or(account.created_at).as_nanosecond();
    for part in [PURPOSE, account.name.as_bytes(), &issued.to_be_bytes(), &key_since.to_be_bytes()] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use kruxos_approvals::Role;

    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    fn account(name: &str) -> Account {
        Account {
            role: Role::Supervisor,
            name: name.to_owned(),
            purpose: None,
            groups: Vec::new(),
            created_at: Timestamp::UNIX_EPOCH,
            rotated_at: None,
            revoked_at: None,
            key_digest: None,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_session_lasts_twelve_hours() {
        let claim = Claim::read(&value(&SECRET, &account("ada"), at(1_000))).unwrap();
        assert!(claim.is_signed_for(&SECRET, &account("ada")));
        assert!(claim.is_current(at(1_000)) && claim.is_current(at(1_000 + 12 * 3600 - 1)));
        assert!(!claim.is_current(at(1_000 + 12 * 3600)) && !claim.is_current(at(900)));
    }

    #[test]
    fn a_session_is_its_supervisor_s_and_ends_with_the_key() {
        let claim = Claim::read(&value(&SECRET, &account("ada"), at(1_000))).unwrap();
        let rotated = Account { rotated_at: Some(at(2_000)), ..account("ada") };
        assert!(!claim.is_signed_for(&SECRET, &rotated));
        assert!(!claim.is_signed_for(&SECRET, &account("eve")));
        assert!(!claim.is_signed_for(&[8; 32], &account("ada")));
    }

    #[test]
    fn what_the_gateway_did_not_sign_is_no_session() {
        let good = value(&SECRET, &account("ada"), at(1_000));
        let (rest, _) = good.rsplit_once('.').unwrap();
        let unsigned = Claim::read(&format!("{rest}.")).unwrap();
        assert!(!unsigned.is_signed_for(&SECRET, &account("ada")));
        let later = Claim::read(&good.replacen(".1000.", ".9000.", 1)).unwrap();
        assert!(!later.is_signed_for(&SECRET, &account("ada")));
        for malformed in ["", "a", "a.b", "a.1.c.d", "!.1.c", "YWRh.1e3.c"] {
            assert!(Claim::read(malformed).is_none(), "{malformed}");
        }
    }

    #[test]
    fn two_cookies_of_the_name_are_none() {
        let headers = |lines: &[&'static str]| {
            lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect::<HeaderMap>()
        };
        assert_eq!(cookie(&headers(&["a=b; kruxos_session=x"])), Some("x"));
        assert_eq!(cookie(&headers(&["kruxos_session=x; kruxos_session=y"])), None);
        assert_eq!(cookie(&headers(&["kruxos_session=x", "kruxos_session=y"])), None);
        assert_eq!(cookie(&headers(&["akruxos_session=x"])), None);
    }
}
