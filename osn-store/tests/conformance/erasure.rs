//! Personal data: sealed on disk, opened with a reason, gone with their key, in backups too.
use std::path::{Path, PathBuf};

use osn_core::id::{ApplicationId, PersonId};
use osn_store::{Access, Kek, OpenOptions, Place, Readable, SealFault, Store, StoreError};

use crate::ground::{Ground, at, both, city, id, options};
use crate::sample::{self, AMKA, FAMILY_NAME, account, application, data, open_call};

both!(
    a_persons_reading_is_in_the_journal,
    an_erased_person_is_nobody,
    another_server_sees_the_erasure_at_once,
    a_restored_database_forgets_again,
    changed_or_moved_data_are_refused,
    a_lost_key_is_told_from_an_erasure,
    another_kek_is_refused_at_the_door,
    keys_are_wrapped_anew_and_the_old_one_opens_nothing,
);

fn one() -> ApplicationId {
    application(1, AMKA).application.id
}

fn person(number: u128) -> PersonId {
    application(number, "").application.person_id
}

fn access() -> Access {
    Access {
        actor: account(),
        reason: "έλεγχος δικαιολογητικών".to_owned(),
    }
}

async fn ready(ground: &Ground) {
    open_call(&ground.city).await;
    for number in 1..=3 {
        let mut new = application(number, &format!("amka-{number}"));
        new.data = data(AMKA);
        ground.city.submit_application(new, at(2)).await.unwrap();
    }
}

async fn a_persons_reading_is_in_the_journal(ground: &Ground) {
    ready(ground).await;
    let read = ground
        .city
        .application_data(one(), access(), at(9))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read, Readable::Data(data(AMKA)));
    let entries = ground.city.journal_of(one().uuid()).await.unwrap();
    let opened = entries.iter().find(|entry| entry.act == "application.open").unwrap();
    assert_eq!((opened.account, opened.at), (Some(account()), at(9)));
    assert_eq!(opened.details["reason"], "έλεγχος δικαιολογητικών");
    assert_eq!(
        ground.city.application_for_machine(one()).await.unwrap(),
        Some(Readable::Data(data(AMKA)))
    );
    assert_eq!(
        ground.city.journal_of(one().uuid()).await.unwrap().len(),
        entries.len(),
        "a machine's is not"
    );
    let nobody = ApplicationId::new(id(999));
    assert_eq!(
        ground.city.application_data(nobody, access(), at(9)).await.unwrap(),
        None
    );
}

async fn an_erased_person_is_nobody(ground: &Ground) {
    ready(ground).await;
    let mut tx = ground
        .city
        .begin(osn_store::Actor::nobody("file.put"), at(3))
        .await
        .unwrap();
    let file = tx.put_personal_blob(person(1), b"a certificate").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        ground.city.blob(&file).await.unwrap(),
        Some(Readable::Data(b"a certificate".to_vec()))
    );
    for seconds in [10, 11] {
        ground
            .city
            .erase_person(person(1), "retention.ended", at(seconds))
            .await
            .unwrap();
    }
    assert!(ground.city.is_erased(person(1)).await.unwrap());
    assert_eq!(
        ground.city.application_data(one(), access(), at(12)).await.unwrap(),
        Some(Readable::Erased)
    );
    assert_eq!(
        ground.city.application_for_machine(one()).await.unwrap(),
        Some(Readable::Erased)
    );
    assert_eq!(ground.city.application_code_hash(one()).await.unwrap(), None);
    assert_eq!(
        ground
            .city
            .applications_with(sample::call_id(), "amka", "amka-1")
            .await
            .unwrap(),
        []
    );
    assert_eq!(ground.city.blob(&file).await.unwrap(), None);
    let left = ground
        .city
        .applications_for_machine(sample::call_id(), osn_store::ForMachine::Waiting, None, 100)
        .await
        .unwrap();
    assert_eq!(left.len(), 2, "the others stay");
    // The bare fact of an application stays for counts and chains.
    assert!(ground.city.application(one()).await.unwrap().is_some());
    let mut tx = ground
        .city
        .begin(osn_store::Actor::nobody("data.put"), at(13))
        .await
        .unwrap();
    let refused = tx.update_application_data(one(), &data(AMKA)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Sealed(SealFault::Erased)), "{refused}");
    tx.rollback().await.unwrap();
    assert!(ground.city.journal_has(person(1).uuid(), "person.erase").await.unwrap());
}

async fn another_server_sees_the_erasure_at_once(ground: &Ground) {
    ready(ground).await;
    let second = ground.again().await.unwrap();
    let other = second.for_municipality(city());
    // The second server has the key in memory.
    assert_eq!(
        other.application_for_machine(one()).await.unwrap(),
        Some(Readable::Data(data(AMKA)))
    );
    ground.city.erase_person(person(1), "asked", at(10)).await.unwrap();
    assert_eq!(
        other.application_for_machine(one()).await.unwrap(),
        Some(Readable::Erased)
    );
    second.close().await;
}

/// A backup of the data from before an erasure holds sealed bytes without their key, and its hashes go at the start.
async fn a_restored_database_forgets_again(ground: &Ground) {
    ready(ground).await;
    ground
        .raw("create table saved_index as select * from blind_index")
        .await
        .unwrap();
    ground.city.erase_person(person(1), "asked", at(10)).await.unwrap();
    // What a restore brings back.
    ground
        .raw("delete from blind_index; insert into blind_index select * from saved_index; delete from erasure;")
        .await
        .unwrap();
    assert_eq!(
        ground
            .city
            .applications_with(sample::call_id(), "amka", "amka-1")
            .await
            .unwrap(),
        [one()]
    );
    let restored = ground.again().await.unwrap();
    let scope = restored.for_municipality(city());
    assert_eq!(
        scope
            .applications_with(sample::call_id(), "amka", "amka-1")
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        scope
            .applications_with(sample::call_id(), "amka", "amka-2")
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(scope.is_erased(person(1)).await.unwrap());
    assert_eq!(
        scope.application_for_machine(one()).await.unwrap(),
        Some(Readable::Erased)
    );
    restored.close().await;
}

async fn changed_or_moved_data_are_refused(ground: &Ground) {
    ready(ground).await;
    ground
        .raw("create table saved as select * from application_data")
        .await
        .unwrap();
    let other = application(2, "").application.id;
    for (sqlite, postgres) in [
        // A bit of the ciphertext.
        (
            "update application_data set sealed = cast(substr(sealed, 1, length(sealed) - 1) || x'00' as blob)",
            "update application_data set sealed = substr(sealed, 1, length(sealed) - 1) || '\\x00'::bytea",
        ),
        // Cut short.
        (
            "update application_data set sealed = x'01'",
            "update application_data set sealed = '\\x01'::bytea",
        ),
        // Another person's row, with its person.
        (
            "update application_data set (sealed, person_id) = (select s.sealed, s.person_id from saved s
               where s.application_id <> application_data.application_id order by s.application_id limit 1)",
            "update application_data set (sealed, person_id) = (select s.sealed, s.person_id from saved s
               where s.application_id <> application_data.application_id order by s.application_id limit 1)",
        ),
    ] {
        ground.raw_either(sqlite, postgres).await.unwrap();
        for application in [one(), other] {
            let read = ground.city.application_for_machine(application).await;
            assert!(
                matches!(read, Err(StoreError::Sealed(SealFault::Tampered))),
                "{sqlite}: {read:?}"
            );
        }
        ground
            .raw("delete from application_data; insert into application_data select * from saved;")
            .await
            .unwrap();
    }
    assert!(ground.city.application_for_machine(one()).await.unwrap().is_some());
}

async fn a_lost_key_is_told_from_an_erasure(ground: &Ground) {
    ready(ground).await;
    ground
        .raw_either(
            "update application_data set person_id = randomblob(16)",
            "update application_data set person_id = gen_random_uuid()",
        )
        .await
        .unwrap();
    let read = ground.city.application_for_machine(one()).await;
    assert!(
        matches!(read, Err(StoreError::Sealed(SealFault::KeyMissing))),
        "{read:?}"
    );
}

async fn another_kek_is_refused_at_the_door(ground: &Ground) {
    let wrong = OpenOptions {
        kek: Kek::new([8; 32]),
        ..options(&ground.place)
    };
    let refused = Store::open(wrong).await.unwrap_err();
    assert!(matches!(refused, StoreError::Sealed(SealFault::WrongKek)), "{refused}");
}

async fn keys_are_wrapped_anew_and_the_old_one_opens_nothing(ground: &Ground) {
    ready(ground).await;
    ground.store.close().await;
    let wrong = OpenOptions {
        kek: Kek::new([9; 32]),
        ..options(&ground.place)
    };
    let refused = Store::rotate_kek(wrong, &Kek::new([8; 32])).await.unwrap_err();
    assert!(matches!(refused, StoreError::Sealed(SealFault::WrongKek)), "{refused}");
    // Three of the municipality, three people's.
    assert_eq!(
        Store::rotate_kek(options(&ground.place), &Kek::new([8; 32]))
            .await
            .unwrap(),
        6
    );
    let refused = ground.again().await.unwrap_err();
    assert!(matches!(refused, StoreError::Sealed(SealFault::WrongKek)), "{refused}");
    let renewed = OpenOptions {
        kek: Kek::new([8; 32]),
        ..options(&ground.place)
    };
    let store = Store::open(renewed).await.unwrap();
    let scope = store.for_municipality(city());
    assert_eq!(
        scope.application_for_machine(one()).await.unwrap(),
        Some(Readable::Data(data(AMKA)))
    );
    store.close().await;
}

fn every_byte(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect()
}

/// The seeded words in the encodings in which a file could hold them.
fn seeds() -> Vec<Vec<u8>> {
    let words = [
        AMKA,
        FAMILY_NAME,
        "Ελένη",
        "Οδός Δοκιμής",
        "+302101234567",
        "4200.00",
        "secret-code",
    ];
    let plain = words.iter().map(|word| word.as_bytes().to_vec());
    let wide = words
        .iter()
        .map(|word| word.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let digits = words.iter().filter(|word| word.is_ascii());
    let escaped = digits.map(|word| {
        word.bytes()
            .flat_map(|byte| format!("\\u{byte:04x}").into_bytes())
            .collect()
    });
    plain.chain(wide).chain(escaped).collect()
}

/// Everything that could hold a person's data was written; then the bytes of every file are searched.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_ever_holds_a_name() {
    let ground = Ground::sqlite().await;
    ready(&ground).await;
    let mut new = application(7, AMKA);
    new.unique[0].value = AMKA.to_owned();
    new.similar[0].value = "+302101234567".to_owned();
    new.idempotency = Some(osn_store::Idempotency {
        route: "POST /applications".to_owned(),
        key: "k".to_owned(),
        request_digest: osn_core::canonical::digest("request:1", b""),
        status: 201,
        body: b"{\"code\":\"secret-code\"}".to_vec(),
    });
    ground.city.submit_application(new, at(2)).await.unwrap();
    crate::decisions::decide(&ground, 1..=3).await;
    let mut tx = ground
        .city
        .begin(osn_store::Actor::nobody("file.put"), at(3))
        .await
        .unwrap();
    tx.put_personal_blob(person(1), FAMILY_NAME.as_bytes()).await.unwrap();
    tx.update_application_data(one(), &data(AMKA)).await.unwrap();
    tx.commit().await.unwrap();
    ground.city.application_data(one(), access(), at(9)).await.unwrap();
    ground.city.seal(at(10)).await.unwrap();
    let dir = ground.files().unwrap().to_owned();
    let search = |when: &str| {
        for (path, bytes) in every_byte(&dir) {
            for seed in seeds() {
                let found = bytes.windows(seed.len()).any(|window| window == seed);
                assert!(
                    !found,
                    "{when}: {} holds {}",
                    path.display(),
                    String::from_utf8_lossy(&seed)
                );
            }
        }
    };
    search("while it runs");
    ground.store.close().await;
    search("after it ended");
    // The search itself finds what is there.
    std::fs::write(dir.join("control"), format!("...{FAMILY_NAME}...")).unwrap();
    assert!(every_byte(&dir).iter().any(|(_, bytes)| {
        bytes
            .windows(FAMILY_NAME.len())
            .any(|window| window == FAMILY_NAME.as_bytes())
    }));
}

/// A thief's copy of the data, with a key store from after the erasure; and the wrapped key is gone from every file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_from_before_the_erasure_cannot_be_read() {
    let ground = Ground::sqlite().await;
    ready(&ground).await;
    ground.store.close().await;
    let dir = ground.files().unwrap();
    let copied = ground.scratch().join("copied");
    std::fs::create_dir(&copied).unwrap();
    std::fs::copy(dir.join("osn.db"), copied.join("osn.db")).unwrap();
    let wrapped = wrapped_key(dir, person(1)).await;
    let store = ground.again().await.unwrap();
    store
        .for_municipality(city())
        .erase_person(person(1), "asked", at(10))
        .await
        .unwrap();
    store.close().await;
    for (path, bytes) in every_byte(dir) {
        let found = bytes.windows(wrapped.len()).any(|window| window == wrapped);
        assert!(!found, "{} still holds the wrapped key", path.display());
    }
    std::fs::copy(dir.join("keys.db"), copied.join("keys.db")).unwrap();
    let thief = Store::open(options(&Place::Sqlite { dir: copied })).await.unwrap();
    let scope = thief.for_municipality(city());
    assert_eq!(
        scope.application_for_machine(one()).await.unwrap(),
        Some(Readable::Erased)
    );
    let other = application(2, "").application.id;
    assert!(
        scope
            .application_for_machine(other)
            .await
            .unwrap()
            .unwrap()
            .data()
            .is_some()
    );
}

async fn wrapped_key(dir: &Path, person: PersonId) -> Vec<u8> {
    use sqlx::{Connection as _, Row as _};
    let address = format!("sqlite://{}", dir.join("keys.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&address).await.unwrap();
    let row = sqlx::query("select wrapped from person_key where person_id = $1")
        .bind(person.uuid())
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let wrapped = row.get(0);
    connection.close().await.unwrap();
    wrapped
}
