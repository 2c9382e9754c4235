//! Bytes in chunks, and installed programs.
use osn_core::canonical;
use osn_core::id::PersonId;
use osn_core::program_use::{ProgramEvent, ProgramUse};
use osn_core::state::Machine as _;
use osn_store::{Actor, NewProgram, Readable, SealFault, StoreError};
use serde_json::json;

use crate::ground::{Ground, at, both, id};
use crate::sample::{application, open_call, submit_many};

both!(
    bytes_of_every_length_come_back,
    a_persons_bytes_are_sealed_under_their_key,
    a_changed_chunk_is_found,
    programs_are_installed_once_and_found_by_either_digest,
);

fn bytes(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from((at * 31 + at / 251) % 256).unwrap())
        .collect()
}

async fn bytes_of_every_length_come_back(ground: &Ground) {
    for length in [0, 1, 262_143, 262_144, 262_145, 1_500_000] {
        let mut digests = Vec::new();
        for _ in 0..2 {
            let mut tx = ground.city.begin(Actor::nobody("file.put"), at(1)).await.unwrap();
            digests.push(tx.put_blob(&bytes(length)).await.unwrap());
            tx.commit().await.unwrap();
        }
        assert_eq!(digests[0], digests[1]);
        let read = ground.city.blob(&digests[0]).await.unwrap().unwrap();
        assert!(read == Readable::Data(bytes(length)), "{length}");
    }
    let nothing = canonical::digest("blob/1", b"never stored");
    assert_eq!(ground.city.blob(&nothing).await.unwrap(), None);
}

async fn a_persons_bytes_are_sealed_under_their_key(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 2).await;
    let (one, two) = (
        application(0, "").application.person_id,
        application(1, "").application.person_id,
    );
    let mut tx = ground.city.begin(Actor::nobody("file.put"), at(1)).await.unwrap();
    let first = tx.put_personal_blob(one, &bytes(600_000)).await.unwrap();
    let second = tx.put_personal_blob(two, &bytes(600_000)).await.unwrap();
    assert_eq!(
        tx.put_personal_blob(one, &bytes(600_000)).await.unwrap(),
        first,
        "once for each person"
    );
    tx.commit().await.unwrap();
    assert_ne!(first, second);
    assert_ne!(first, canonical::digest("blob/1", &bytes(600_000)));
    assert!(ground.city.blob(&first).await.unwrap() == Some(Readable::Data(bytes(600_000))));
    ground.city.erase_person(one, "asked", at(2)).await.unwrap();
    assert_eq!(ground.city.blob(&first).await.unwrap(), None);
    assert!(ground.city.blob(&second).await.unwrap() == Some(Readable::Data(bytes(600_000))));
    let mut tx = ground.city.begin(Actor::nobody("file.put"), at(3)).await.unwrap();
    for (person, fault) in [(one, SealFault::Erased), (PersonId::new(id(9)), SealFault::KeyMissing)] {
        let refused = tx.put_personal_blob(person, b"x").await;
        assert!(
            matches!(refused, Err(StoreError::Sealed(found)) if found == fault),
            "{refused:?}"
        );
    }
    tx.rollback().await.unwrap();
}

async fn a_changed_chunk_is_found(ground: &Ground) {
    let mut tx = ground.city.begin(Actor::nobody("file.put"), at(1)).await.unwrap();
    let digest = tx.put_blob(&bytes(300_000)).await.unwrap();
    tx.commit().await.unwrap();
    ground
        .raw_either(
            "update blob_chunk set bytes = x'00' where number = 1",
            "update blob_chunk set bytes = '\\x00' where number = 1",
        )
        .await
        .unwrap();
    let read = ground.city.blob(&digest).await;
    assert!(
        matches!(
            read,
            Err(StoreError::Inconsistent {
                table: "blob",
                column: "size",
                ..
            })
        ),
        "{read:?}"
    );
}

async fn programs_are_installed_once_and_found_by_either_digest(ground: &Ground) {
    let program = |package: &str, version: &str| NewProgram {
        name: "example".to_owned(),
        version: version.to_owned(),
        code_digest: "code-1".to_owned(),
        package_digest: package.to_owned(),
        contract: "0.1".to_owned(),
        details: json!({"cases": 12}),
    };
    for (seconds, package, version, content, is_new) in [
        (1, "package-1", "1.0.0", "first", true),
        (2, "package-1", "1.0.0", "first", false),
        (3, "package-2", "1.0.1", "second", true),
    ] {
        let mut tx = ground
            .city
            .begin(Actor::account(crate::sample::account(), "program.install"), at(seconds))
            .await
            .unwrap();
        assert_eq!(
            tx.install_program(&program(package, version), content.as_bytes())
                .await
                .unwrap(),
            is_new
        );
        tx.commit().await.unwrap();
    }
    let all = ground.city.programs().await.unwrap();
    let short: Vec<_> = all
        .iter()
        .map(|each| (each.version.as_str(), each.installed_at))
        .collect();
    assert_eq!(short, [("1.0.0", at(1)), ("1.0.1", at(3))]);
    assert_eq!(
        (all[0].installed_by, &all[0].details),
        (Some(crate::sample::account()), &json!({"cases": 12}))
    );
    for (digest, wanted) in [
        ("package-1", Some("first")),
        ("package-2", Some("second")),
        ("code-1", Some("second")),
        ("code-2", None),
    ] {
        let found = ground.city.program_package(digest).await.unwrap();
        assert_eq!(found.as_deref(), wanted.map(str::as_bytes), "{digest}");
    }
    used_in_versions(ground).await;
}

/// What became of the program is written down once for each name, under an optimistic lock.
async fn used_in_versions(ground: &Ground) {
    let enable = |package: &str, seconds: i64| ProgramEvent::Enable {
        package: package.to_owned(),
        at: at(seconds),
    };
    let first = ProgramUse::installed("example").apply(&enable("package-1", 4)).unwrap();
    let mut tx = ground.city.begin(Actor::nobody("program.enable"), at(4)).await.unwrap();
    tx.insert_program_use(&first).await.unwrap();
    tx.commit().await.unwrap();
    let second = first.apply(&enable("package-2", 5)).unwrap();
    let mut tx = ground.city.begin(Actor::nobody("program.enable"), at(5)).await.unwrap();
    tx.update_program_use(&second, 1).await.unwrap();
    assert!(matches!(
        tx.update_program_use(&first, 1).await,
        Err(StoreError::Stale { expected: 1 })
    ));
    tx.commit().await.unwrap();
    let read = ground.city.program_use("example").await.unwrap().unwrap();
    assert_eq!((&read.value, read.version, read.updated_at), (&second, 2, at(5)));
    assert_eq!(ground.city.program_uses().await.unwrap(), [read]);
    assert_eq!(ground.city.program_use("other").await.unwrap(), None);
    let unknown = second.apply(&enable("package-9", 6)).unwrap();
    let mut tx = ground.city.begin(Actor::nobody("program.enable"), at(6)).await.unwrap();
    assert!(tx.update_program_use(&unknown, 2).await.is_err(), "no such package");
    drop(tx);
    let history = ground.city.program_history("example", 10).await.unwrap();
    assert!(history.actions.is_empty() && history.calls.is_empty() && history.runs.is_empty());
}
