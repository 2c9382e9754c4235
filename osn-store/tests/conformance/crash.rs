//! `kill -9` at any moment: whatever was acknowledged is there, whole, and everything goes on.
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use osn_core::id::ApplicationId;
use osn_store::{Kek, OpenOptions, PageQuery, Place, Store};
use tokio::task::JoinSet;

use crate::ground::{Ground, KEK, at, both, city, options};
use crate::sample::{self, application, open_call};

both!(a_killed_server_loses_nothing_that_it_acknowledged);

/// Where the child works: a directory, or two addresses separated by a space.
const CHILD: &str = "OSN_TEST_CRASH";

/// Acknowledgements to wait for before the child is killed.
const ENOUGH: usize = 150;

async fn a_killed_server_loses_nothing_that_it_acknowledged(ground: &Ground) {
    open_call(&ground.city).await;
    let mut child = spawn(&ground.place);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged: Vec<ApplicationId> = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("ack ")?.parse().ok())
        .take(ENOUGH)
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(acknowledged.len(), ENOUGH);
    let store = ground.again().await.unwrap();
    let scope = store.for_municipality(city());
    for id in &acknowledged {
        assert!(scope.application(*id).await.unwrap().is_some(), "{id} was acknowledged");
        assert!(
            scope
                .application_for_machine(*id)
                .await
                .unwrap()
                .unwrap()
                .data()
                .is_some()
        );
        assert_eq!(scope.journal_of(id.uuid()).await.unwrap().len(), 1);
    }
    let total = scope
        .applications(sample::call_id(), None, PageQuery::first())
        .await
        .unwrap()
        .total;
    assert_eq!(
        scope.seal(at(100_000)).await.unwrap().protocols,
        total,
        "each has its number, and each number its entry"
    );
    scope.verify_journal().await.unwrap().unwrap();
    scope
        .submit_application(application(999_999, "after the crash"), at(2))
        .await
        .unwrap();
    store.close().await;
}

fn spawn(place: &Place) -> std::process::Child {
    let place = match place {
        Place::Sqlite { dir } => dir.display().to_string(),
        Place::Postgres { url, keys_url } => format!("{url} {keys_url}"),
    };
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_child_submits_until_it_is_killed", "--nocapture"])
        .env(CHILD, place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The child of the test above. On its own it submits a little and sees that it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_child_submits_until_it_is_killed() {
    let Ok(place) = std::env::var(CHILD) else {
        let ground = Ground::sqlite().await;
        open_call(&ground.city).await;
        assert_eq!(clients(&ground.store, 8).await, 8);
        return;
    };
    let place = match place.split_once(' ') {
        Some((url, keys_url)) => Place::Postgres {
            url: url.to_owned(),
            keys_url: keys_url.to_owned(),
        },
        None => Place::Sqlite { dir: place.into() },
    };
    let store = Store::open(OpenOptions {
        kek: Kek::new(KEK),
        ..options(&place)
    })
    .await
    .unwrap();
    clients(&store, 100_000).await;
}

/// Sixteen clients submit; each acknowledgement is a line of its own on standard output.
async fn clients(store: &Store, count: u128) -> usize {
    let mut clients = JoinSet::new();
    for client in 0..16 {
        let scope = store.for_municipality(city());
        clients.spawn(async move {
            let mut done = 0;
            for number in (client..count).step_by(16) {
                let new = application(number, &format!("amka-{number}"));
                let submitted = scope.submit_application(new, at(1)).await.unwrap();
                let line = format!("ack {}\n", submitted.id);
                std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                done += 1;
            }
            done
        });
    }
    let mut done = 0;
    while let Some(client) = clients.join_next().await {
        done += client.unwrap();
    }
    done
}
