//! Whatever is done to a trail is found, and where.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::audit::{Draft, Entry, Event, SealedRecord};

/// A row as a store keeps it: the number, the text, the hash.
type Row = (u64, String, Digest);

fn row(own: &SealedRecord) -> Row {
    (own.record.sequence, own.body.clone(), own.hash)
}

/// A trail of eight records.
fn trail() -> Vec<Row> {
    let mut head = Head::EMPTY;
    (0..8)
        .map(|number| {
            let entry = Entry { agent: Some(format!("agent-{number}")), ..Entry::of(Event::Decision) };
            let sealed = SealedRecord::following(head, None, Draft { at: Timestamp::UNIX_EPOCH, entry });
            head = sealed.head();
            row(&sealed)
        })
        .collect()
}

fn head_of(trail: &[Row]) -> Head {
    trail.last().map_or(Head::EMPTY, |(sequence, _, hash)| Head { sequence: *sequence, hash: *hash })
}

fn check(trail: &[Row], expected: Option<Head>, stored: Option<Head>) -> Result<Head, Broken> {
    let mut verifier = Verifier::new(expected);
    for (sequence, body, hash) in trail {
        verifier.check(*sequence, body, *hash)?;
    }
    verifier.finish(stored)
}

/// Where a change is found, if nothing but the trail is known.
fn found(change: impl FnOnce(&mut Vec<Row>)) -> Option<u64> {
    let mut trail = trail();
    change(&mut trail);
    check(&trail, None, None).err().map(|broken| broken.sequence)
}

/// The same records one after the other, with hashes that fit.
fn sealed_anew(records: impl IntoIterator<Item = Record>) -> Vec<Row> {
    let mut head = Head::EMPTY;
    let seal = |record: Record| {
        let sealed = Record { sequence: head.sequence + 1, previous: head.hash, ..record }.seal();
        head = sealed.head();
        row(&sealed)
    };
    records.into_iter().map(seal).collect()
}

fn records(trail: &[Row]) -> Vec<Record> {
    trail.iter().map(|(_, body, _)| Record::parse(body).unwrap()).collect()
}

#[test]
fn a_whole_trail_gives_its_head() {
    let trail = trail();
    let head = head_of(&trail);
    assert_eq!(check(&trail, None, None), Ok(head));
    assert_eq!(check(&trail, Some(head), Some(head)), Ok(head));
    for end in 0..=8 {
        assert_eq!(check(&trail, Some(head_of(&trail[..end])), Some(head)), Ok(head), "remembered at {end}");
    }
    assert_eq!(check(&[], None, Some(Head::EMPTY)), Ok(Head::EMPTY));
}

#[test]
fn a_changed_record_is_found() {
    assert_eq!(found(|trail| trail[4].1 = trail[4].1.replace("agent-4", "agent-5")), Some(5));
    assert_eq!(found(|trail| trail[4].1.push(' ')), Some(5));
    assert_eq!(found(|trail| trail[4].2 = trail[3].2), Some(5));
    assert_eq!(found(|trail| trail[4].0 = 50), Some(5));
}

#[test]
fn a_record_changed_together_with_its_hash_is_found_behind_it() {
    let forge = |trail: &mut Vec<Row>, place: usize| {
        trail[place].1 = trail[place].1.replace("agent", "other");
        trail[place].2 = Digest::of(trail[place].1.as_bytes());
    };
    assert_eq!(found(|trail| forge(trail, 4)), Some(6), "the next one does not follow it");
    let (mut last, head) = (trail(), head_of(&trail()));
    forge(&mut last, 7);
    assert_eq!(check(&last, None, None).unwrap().sequence, 8, "nothing follows the last");
    assert_eq!(check(&last, Some(head), None).unwrap_err().sequence, 8);
    assert_eq!(check(&last, None, Some(head)).unwrap_err().sequence, 8);
}

#[test]
fn a_record_that_is_gone_is_found() {
    for place in 0..7 {
        assert_eq!(found(|trail| drop(trail.remove(place))), Some(place as u64 + 1));
    }
    let renumber = |trail: &mut Vec<Row>| {
        trail.remove(3);
        for (number, row) in (1..).zip(trail) {
            row.0 = number;
        }
    };
    assert_eq!(found(renumber), Some(4));
}

#[test]
fn records_that_changed_places_are_found() {
    assert_eq!(found(|trail| trail.swap(2, 5)), Some(3));
    let exchange = |trail: &mut Vec<Row>| {
        trail.swap(2, 5);
        (trail[2].0, trail[5].0) = (3, 6);
    };
    assert_eq!(found(exchange), Some(3));
}

#[test]
fn a_record_put_in_between_is_found() {
    let copy = |trail: &mut Vec<Row>| trail.insert(4, trail[2].clone());
    assert_eq!(found(copy), Some(5));
    let forged = |trail: &mut Vec<Row>| {
        let head = head_of(&trail[..4]);
        let draft = Draft { at: Timestamp::UNIX_EPOCH, entry: Entry::of(Event::Decision) };
        trail.insert(4, row(&SealedRecord::following(head, None, draft)));
    };
    assert_eq!(found(forged), Some(6), "it follows, and then number 5 is there again");
}

#[test]
fn a_cut_tail_is_found_by_whoever_knows_the_head() {
    let whole = trail();
    let head = head_of(&whole);
    for end in 0..8 {
        let cut = &whole[..end];
        assert_eq!(check(cut, None, None), Ok(head_of(cut)), "who knows nothing cannot know");
        assert_eq!(check(cut, Some(head), None).unwrap_err().sequence, end as u64 + 1);
        assert_eq!(check(cut, None, Some(head)).unwrap_err().sequence, end as u64 + 1);
        assert_eq!(check(cut, Some(head), Some(head_of(cut))).unwrap_err().sequence, end as u64 + 1);
    }
}

#[test]
fn what_was_added_behind_the_stored_head_is_found() {
    let whole = trail();
    assert_eq!(check(&whole, None, Some(head_of(&whole[..5]))).unwrap_err().sequence, 6);
    assert_eq!(check(&whole, None, Some(Head::EMPTY)).unwrap_err().sequence, 1);
}

#[test]
fn a_trail_rewritten_with_new_hashes_is_found_at_a_remembered_head() {
    let whole = trail();
    let mut changed = records(&whole);
    changed[2].entry.agent = Some("nobody".to_owned());
    let rewritten = sealed_anew(changed);
    let head = head_of(&rewritten);
    assert_eq!(check(&rewritten, None, Some(head)), Ok(head), "who knows nothing cannot know");
    for end in 1..=8 {
        let verified = check(&rewritten, Some(head_of(&whole[..end])), Some(head));
        // Before the change nothing is different; behind it every head is.
        let wanted = (end > 2).then_some(end as u64);
        assert_eq!(verified.err().map(|broken| broken.sequence), wanted, "remembered at {end}");
    }
    let shorter = sealed_anew(records(&whole).into_iter().skip(1));
    assert_eq!(check(&shorter, Some(head_of(&whole)), None).unwrap_err().sequence, 8);
}

#[test]
fn what_is_no_record_is_found() {
    for text in ["", "{}", "null", "{\"sequence\":3}", "\u{0}"] {
        let change = |trail: &mut Vec<Row>| {
            trail[2].1 = text.to_owned();
            trail[2].2 = Digest::of(text.as_bytes());
        };
        assert_eq!(found(change), Some(3), "{text}");
    }
}

#[test]
fn a_head_has_one_spelling() {
    let head = head_of(&trail());
    assert_eq!(head.to_string().parse(), Ok(head));
    for wrong in ["", "8", "8@", "@", "8@sha256:00", "-1@sha256:00"] {
        assert!(wrong.parse::<Head>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_byte_changed_anywhere_is_found_in_its_record(place in 0_usize..8, at in any::<prop::sample::Index>(), bits in 1_u8..=255) {
        let mut trail = trail();
        let mut bytes = trail[place].1.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        trail[place].1 = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert_eq!(check(&trail, None, None).unwrap_err().sequence, place as u64 + 1);
    }
}
