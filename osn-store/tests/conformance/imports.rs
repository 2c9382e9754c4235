//! Imports: lines in pages, many records in one piece, what was there before, and who comes second.
use osn_core::canonical::digest;
use osn_core::directory::{DirectoryRecord, Organization};
use osn_core::id::{ImportId, OrganizationId};
use osn_core::import::{FileImport, ImportCounts, ImportEvent, ImportOptions, ImportPart, ImportState};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_store::{Actor, DirectoryWrite, PageQuery, Pieces, StoreError, Tx, WrittenRecord};

use crate::ground::{Ground, at, both, id};
use crate::sample::account;

both!(
    an_import_is_read_with_its_lines,
    of_two_who_confirm_one_does,
    many_records_are_written_in_one_piece_and_traced_back,
    pieces_are_recorded_when_the_last_is_written,
    a_mapping_that_moved_on_is_not_written,
    what_was_never_done_is_forgotten,
);

async fn act(ground: &Ground, seconds: i64) -> Tx {
    ground
        .city
        .begin(Actor::account(account(), "import.test"), at(seconds))
        .await
        .unwrap()
}

fn import(number: u128) -> FileImport {
    FileImport {
        id: ImportId::new(id(8000 + number)),
        file: "χάρτης.xlsx".to_owned(),
        size: 10,
        digest: digest("test:1", b"file"),
        options: ImportOptions::default(),
        counts: ImportCounts {
            added: 1,
            ..ImportCounts::default()
        },
        planned_at: 0,
        by: Some(account()),
        at: at(1),
        state: ImportState::Planned,
    }
}

fn body(number: u128, name: &str) -> DirectoryRecord {
    DirectoryRecord::Organization(Organization::new(
        OrganizationId::new(id(9000 + number)),
        LocalText::new(name, name),
        LocalText::new("Περιγραφή", "Description"),
    ))
}

fn write(record: DirectoryRecord) -> DirectoryWrite {
    DirectoryWrite {
        owner: Some(OrganizationId::new(record.uuid())),
        record,
        retired: false,
    }
}

/// Every line of a part of the first import, piece by piece.
async fn all_lines(ground: &Ground, of: ImportPart) -> Vec<serde_json::Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let piece = ground.city.import_lines_after(import(1).id, of, after).await.unwrap();
        let Some((last, _)) = piece.last() else { return all };
        after = *last;
        all.extend(piece.into_iter().map(|(_, line)| line));
    }
}

/// Every record that was written in a range of revisions, piece by piece.
async fn all_written(ground: &Ground, first: i64, last: i64) -> Vec<WrittenRecord> {
    let (mut all, mut next) = (Vec::new(), Some(first));
    while let Some(from) = next {
        let (piece, after) = ground.city.written_between(from, last).await.unwrap();
        all.extend(piece);
        next = after;
    }
    all
}

async fn an_import_is_read_with_its_lines(ground: &Ground) {
    let lines = (1..=7).map(|number| (ImportPart::Added, format!("{{\"n\":{number}}}")));
    let fault = [(ImportPart::Fault, "{\"cell\":\"service!F12\"}".to_owned())];
    let mut tx = act(ground, 1).await;
    let notes = (1..=2_100).map(|number| (ImportPart::Note, format!("{{\"n\":{number}}}")));
    let lines = lines.chain(fault).chain(notes).map(Ok::<_, StoreError>);
    tx.insert_import(&import(1)).await.unwrap();
    tx.insert_import_lines(import(1).id, lines).await.unwrap();
    tx.insert_import(&import(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        ground.city.import(import(1).id).await.unwrap().unwrap().value,
        import(1)
    );
    let all = ground.city.imports(PageQuery { limit: 1, after: None }).await.unwrap();
    assert_eq!((all.total, all.items[0].value.id), (2, import(2).id), "newest first");
    let rest = PageQuery {
        limit: 1,
        after: all.next,
    };
    let rest = ground.city.imports(rest).await.unwrap();
    assert_eq!((rest.items[0].value.id, rest.next), (import(1).id, None));
    let mut query = PageQuery { limit: 3, after: None };
    let mut seen: Vec<i64> = Vec::new();
    loop {
        let page = ground
            .city
            .import_lines::<serde_json::Value>(import(1).id, ImportPart::Added, &query)
            .await
            .unwrap();
        assert_eq!(page.total, 7);
        seen.extend(page.items.iter().filter_map(|line| line["n"].as_i64()));
        match page.next {
            None => break,
            next => query.after = next,
        }
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
    let faults = all_lines(ground, ImportPart::Fault).await;
    assert_eq!(faults, [serde_json::json!({ "cell": "service!F12" })]);
    let notes = all_lines(ground, ImportPart::Note).await;
    let numbers: Vec<i64> = notes.iter().filter_map(|note| note["n"].as_i64()).collect();
    assert_eq!(numbers, (1..=2_100).collect::<Vec<_>>(), "in pieces, in their order");
    let wrong = PageQuery {
        limit: 3,
        after: Some("x".to_owned()),
    };
    let wrong = ground
        .city
        .import_lines::<serde_json::Value>(import(1).id, ImportPart::Added, &wrong)
        .await;
    assert!(matches!(wrong, Err(StoreError::OutOfRange(_))), "{wrong:?}");
}

async fn of_two_who_confirm_one_does(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    tx.insert_import(&import(1)).await.unwrap();
    tx.commit().await.unwrap();
    let read = ground.city.import(import(1).id).await.unwrap().unwrap();
    let event = ImportEvent::Confirm {
        by: None,
        at: at(2),
        first: 1,
        last: 1,
    };
    let done = FileImport {
        state: read.value.state.apply(&event).unwrap(),
        ..read.value
    };
    for first in [true, false] {
        let mut tx = act(ground, 2).await;
        let updated = tx.update_import(&done, read.version).await;
        assert_eq!(updated.is_ok(), first, "{updated:?}");
        tx.commit().await.unwrap();
    }
    assert_eq!(ground.city.import(import(1).id).await.unwrap().unwrap().value, done);
}

async fn many_records_are_written_in_one_piece_and_traced_back(ground: &Ground) {
    let mut tx = act(ground, 50).await;
    tx.put_directory_record(&body(0, "Πρώτος"), None).await.unwrap();
    tx.commit().await.unwrap();
    let revision = ground.city.directory_revision().await.unwrap();
    let many: Vec<DirectoryWrite> = (1..1500_u128)
        .map(|number| write(body(number, "Νέος")))
        .chain([write(body(0, "Άλλος"))])
        .collect();
    let mut tx = act(ground, 20).await;
    tx.hold_directory(revision).await.unwrap();
    let (first, last) = tx.write_directory(&many).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((first, last), (revision + 1, revision + 1500));
    let history = ground.city.directory_history("organization", id(9000)).await.unwrap();
    let (old, new) = (&history[0], &history[1]);
    assert_eq!(old.superseded_at, Some(new.recorded_at));
    assert_eq!(
        new.recorded_at,
        at(50),
        "a clock that runs behind moves nothing backwards"
    );
    assert_eq!(ground.city.directory(None).await.unwrap().organizations().len(), 1500);
    let gone = DirectoryWrite {
        retired: true,
        ..write(body(1, "Νέος"))
    };
    let mut tx = act(ground, 60).await;
    tx.write_directory(&[gone, write(body(2, "Αλλιώς"))]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ground.city.directory(None).await.unwrap().organizations().len(), 1499);
    let written = all_written(ground, first, last).await;
    assert_eq!(written.len(), 1500);
    let moved = written.iter().filter(|written| !written.in_force).count();
    assert_eq!(moved, 2, "two were written again since");
    let (count, first_moved) = ground.city.moved_between(first, last, 1).await.unwrap();
    assert_eq!((count, first_moved), (2, vec![body(1, "Νέος")]));
    let before: Vec<_> = written.iter().filter_map(|written| written.before.clone()).collect();
    assert_eq!(before, [body(0, "Πρώτος")]);
    let later = all_written(ground, last + 1, last + 2).await;
    let shown: Vec<_> = later
        .iter()
        .map(|written| (written.retired, written.in_force, written.before.is_some()))
        .collect();
    assert_eq!(shown, [(true, true, true), (false, true, true)]);
    let mut tx = act(ground, 70).await;
    tx.write_directory(&[write(body(1, "Πάλι"))]).await.unwrap();
    tx.commit().await.unwrap();
    let again = all_written(ground, last + 3, last + 3).await;
    assert_eq!(again[0].before, None, "what was gone is not what was there");
}

/// Writing takes a while, and all of it is of the moment at which it was done.
async fn pieces_are_recorded_when_the_last_is_written(ground: &Ground) {
    let mut tx = act(ground, 10).await;
    tx.put_directory_record(&body(1, "Πρώτος"), None).await.unwrap();
    tx.put_directory_record(&body(2, "Δεύτερος"), None).await.unwrap();
    tx.commit().await.unwrap();
    // Ended at the very moment at which the pieces begin, and by another act.
    let mut tx = act(ground, 20).await;
    tx.put_directory_record(&body(2, "Άλλος"), None).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = act(ground, 20).await;
    let mut pieces = Pieces::default();
    for piece in [[write(body(1, "Νέος"))], [write(body(3, "Τρίτος"))]] {
        tx.write_piece(&mut pieces, &piece).await.unwrap();
    }
    tx.record_pieces_at(&pieces, at(90)).await.unwrap();
    tx.commit().await.unwrap();
    let directory = ground.city.directory(None).await.unwrap();
    for (number, seconds) in [(1, 90), (2, 20), (3, 90)] {
        assert_eq!(directory.changed_at(id(9000 + number)), Some(at(seconds)), "{number}");
    }
    let ended = async |number: u128| {
        let history = ground
            .city
            .directory_history("organization", id(9000 + number))
            .await
            .unwrap();
        history[0].superseded_at
    };
    assert_eq!((ended(1).await, ended(2).await), (Some(at(90)), Some(at(20))));
    let between = ground.city.directory(Some(at(50))).await.unwrap();
    assert_eq!(between.organizations().len(), 2, "nothing of it before it was done");
}

async fn a_mapping_that_moved_on_is_not_written(ground: &Ground) {
    let revision = ground.city.directory_revision().await.unwrap();
    let mut tx = act(ground, 1).await;
    tx.put_directory_record(&body(1, "Νέος"), None).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = act(ground, 2).await;
    let held = tx.hold_directory(revision).await;
    assert!(matches!(held, Err(StoreError::Stale { .. })), "{held:?}");
    tx.rollback().await.unwrap();
    let mut tx = act(ground, 3).await;
    let twice = tx.write_directory(&[write(body(2, "Α")), write(body(2, "Β"))]).await;
    assert!(matches!(twice, Err(StoreError::OutOfRange(_))), "{twice:?}");
    tx.rollback().await.unwrap();
    let mut tx = act(ground, 4).await;
    let mut pieces = Pieces::default();
    tx.write_piece(&mut pieces, &[write(body(2, "Α"))]).await.unwrap();
    let twice = tx.write_piece(&mut pieces, &[write(body(2, "Β"))]).await;
    assert!(
        matches!(twice, Err(StoreError::OutOfRange(_))),
        "also in another piece: {twice:?}"
    );
    tx.rollback().await.unwrap();
    assert_eq!(ground.city.directory(None).await.unwrap().organizations().len(), 1);
}

async fn what_was_never_done_is_forgotten(ground: &Ground) {
    let done = FileImport {
        state: ImportState::Undone { by: None, at: at(2) },
        ..import(2)
    };
    let mut tx = act(ground, 1).await;
    for each in [&import(1), &done] {
        let line = [Ok::<_, StoreError>((ImportPart::Added, "{}".to_owned()))];
        tx.insert_import(each).await.unwrap();
        tx.insert_import_lines(each.id, line).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(ground.city.forget_imports(at(1)).await.unwrap(), 0, "it is not old yet");
    assert_eq!(ground.city.forget_imports(at(2)).await.unwrap(), 1);
    assert_eq!(ground.city.import(import(1).id).await.unwrap(), None);
    assert!(
        ground.city.import(done.id).await.unwrap().is_some(),
        "what was done is history"
    );
}
