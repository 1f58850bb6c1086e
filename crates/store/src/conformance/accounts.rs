//! Agents and supervisors.

use kruxos_approvals::{Account, Digest, Draft, Entry, Event, Role, StoreError};

use super::arrivals::HOSTILE;
use super::making::{at, intact};
use super::{Case, Tried, cases};

pub(super) const CASES: &[Case] = cases![
    an_account_is_kept_and_found_by_name_and_key,
    a_name_is_taken_once_in_its_role,
    a_key_opens_one_account,
    another_key_replaces_the_first,
    a_revoked_account_has_no_key_until_it_gets_another,
    an_unknown_account_is_not_found_and_nothing_is_recorded,
    accounts_are_listed_by_name,
    hostile_names_are_kept_as_they_are,
];

fn account(role: Role, name: &str, key: &str) -> Account {
    Account {
        role,
        name: name.to_owned(),
        purpose: Some("deploys".to_owned()),
        groups: vec!["ops".to_owned()],
        created_at: at(0),
        rotated_at: None,
        revoked_at: None,
        key_digest: Some(Digest::of(key.as_bytes())),
    }
}

fn note(seconds: i64) -> Draft {
    Draft { at: at(seconds), entry: Entry::of(Event::Account) }
}

async fn create(store: &Tried, own: &Account) {
    store.create_account(own.clone(), note(0)).await.unwrap();
}

async fn an_account_is_kept_and_found_by_name_and_key(store: Tried) {
    let own = account(Role::Agent, "a", "key");
    create(&store, &own).await;
    assert_eq!(store.account(Role::Agent, "a").await, Ok(Some(own.clone())));
    assert_eq!(store.account_by_key(Role::Agent, Digest::of(b"key")).await, Ok(Some(own)));
    assert_eq!(store.account(Role::Supervisor, "a").await, Ok(None), "an agent is no supervisor");
    assert_eq!(store.account_by_key(Role::Supervisor, Digest::of(b"key")).await, Ok(None), "nor is its key one");
    assert_eq!(store.account_by_key(Role::Agent, Digest::of(b"kez")).await, Ok(None));
    assert_eq!(store.account(Role::Agent, "A").await, Ok(None));
    assert_eq!(intact(&*store).await, 1);
}

async fn a_name_is_taken_once_in_its_role(store: Tried) {
    create(&store, &account(Role::Agent, "a", "1")).await;
    let again = store.create_account(account(Role::Agent, "a", "2"), note(0)).await;
    assert_eq!(again, Err(StoreError::Exists));
    create(&store, &account(Role::Supervisor, "a", "3")).await;
    assert_eq!(store.account_by_key(Role::Agent, Digest::of(b"2")).await, Ok(None));
    assert_eq!(intact(&*store).await, 2);
}

async fn a_key_opens_one_account(store: Tried) {
    create(&store, &account(Role::Agent, "a", "1")).await;
    create(&store, &account(Role::Agent, "b", "2")).await;
    assert_eq!(store.create_account(account(Role::Agent, "c", "1"), note(0)).await, Err(StoreError::Exists));
    let rotated = store.rotate_account(Role::Agent, "b", Digest::of(b"1"), note(0)).await;
    assert_eq!(rotated, Err(StoreError::Exists));
    assert_eq!(intact(&*store).await, 2);
}

async fn another_key_replaces_the_first(store: Tried) {
    create(&store, &account(Role::Agent, "a", "1")).await;
    let rotated = store.rotate_account(Role::Agent, "a", Digest::of(b"2"), note(5)).await.unwrap();
    assert_eq!((rotated.rotated_at, rotated.opens("2"), rotated.opens("1")), (Some(at(5)), true, false));
    assert_eq!(store.account_by_key(Role::Agent, Digest::of(b"1")).await, Ok(None));
    assert_eq!(store.account_by_key(Role::Agent, Digest::of(b"2")).await, Ok(Some(rotated)));
    assert_eq!(intact(&*store).await, 2);
}

async fn a_revoked_account_has_no_key_until_it_gets_another(store: Tried) {
    create(&store, &account(Role::Supervisor, "s", "1")).await;
    let revoked = store.revoke_account(Role::Supervisor, "s", note(5)).await.unwrap();
    assert_eq!((revoked.revoked_at, revoked.opens("1")), (Some(at(5)), false));
    assert_eq!(store.account_by_key(Role::Supervisor, Digest::of(b"1")).await, Ok(None));
    assert_eq!(store.account(Role::Supervisor, "s").await, Ok(Some(revoked)));
    let again = store.revoke_account(Role::Supervisor, "s", note(9)).await.unwrap();
    assert_eq!(again.revoked_at, Some(at(5)), "it is revoked since the first time");
    let opened = store.rotate_account(Role::Supervisor, "s", Digest::of(b"2"), note(10)).await.unwrap();
    assert_eq!((opened.revoked_at, opened.opens("2"), opened.opens("1")), (None, true, false));
    assert_eq!(intact(&*store).await, 4);
}

async fn an_unknown_account_is_not_found_and_nothing_is_recorded(store: Tried) {
    create(&store, &account(Role::Agent, "a", "1")).await;
    let rotated = store.rotate_account(Role::Supervisor, "a", Digest::of(b"2"), note(0)).await;
    assert_eq!(rotated, Err(StoreError::NotFound));
    assert_eq!(store.revoke_account(Role::Agent, "b", note(0)).await, Err(StoreError::NotFound));
    assert_eq!(intact(&*store).await, 1);
}

async fn accounts_are_listed_by_name(store: Tried) {
    for name in ["b", "a", "c"] {
        create(&store, &account(Role::Agent, name, name)).await;
    }
    create(&store, &account(Role::Supervisor, "s", "s")).await;
    let names = async |role| store.accounts(role).await.unwrap().into_iter().map(|own| own.name).collect::<Vec<_>>();
    assert_eq!(names(Role::Agent).await, ["a", "b", "c"]);
    assert_eq!(names(Role::Supervisor).await, ["s"]);
}

async fn hostile_names_are_kept_as_they_are(store: Tried) {
    for text in HOSTILE {
        let own = Account { purpose: Some(text.to_owned()), ..account(Role::Agent, text, text) };
        create(&store, &own).await;
        assert_eq!(store.account(Role::Agent, text).await, Ok(Some(own)));
    }
    assert_eq!(store.accounts(Role::Agent).await.unwrap().len(), HOSTILE.len());
}
