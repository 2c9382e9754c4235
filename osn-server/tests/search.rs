//! The table of queries asked of the server on both databases: the same records, the same answers, the same reasons; and
//! a list of synonyms that staff edit.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod example;

use std::collections::BTreeMap;

use osn_core::directory::{DirectoryRecord, Organization, Service, ServiceStatus, Taxonomy, TaxonomyTerm, TermCode};
use osn_core::id::{OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_core::search::SynonymGroup;
use osn_server::acts::Acting;
use osn_server::acts::accounts::{self, NewAccount};
use osn_server::acts::finding::{self, Finding, Search};
use osn_server::acts::mapping::{self, Records};
use osn_server::acts::synonyms::{self, SynonymList};
use osn_server::auth::{Actor, Officer, Role};
use osn_server::lang::Lang;
use osn_store::{PageQuery, Place};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
struct Table {
    synonyms: Vec<SynonymGroup>,
    record: Vec<Record>,
    query: Vec<Query>,
}

#[derive(Deserialize)]
struct Record {
    name: BTreeMap<String, String>,
    description: BTreeMap<String, String>,
    category: Vec<String>,
    organization: String,
}

#[derive(Deserialize)]
struct Query {
    typed: Vec<String>,
    first: Vec<String>,
    all: Option<u64>,
}

/// The records of the table, each with a body and a category of its own: some share their names.
fn records(table: &Table) -> Vec<DirectoryRecord> {
    let id = |kind: u128, number: usize| Uuid::from_u128(kind << 64 | u128::try_from(number).unwrap());
    let mut records = Vec::new();
    for (number, record) in table.record.iter().enumerate() {
        let body = OrganizationId::new(id(1, number));
        let code = TermCode::new(format!("c.{number}"));
        let name = LocalText::only("el", record.category[0].clone());
        records.push(DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
            aliases: record.category[1..].to_vec(),
            ..TaxonomyTerm::new(TermId::new(id(2, number)), code.clone(), Taxonomy::Category, name)
        }));
        let name = LocalText::only("el", record.organization.clone());
        let organization = Organization::new(body, name, LocalText::only("el", "Φορέας"));
        records.push(DirectoryRecord::Organization(organization));
        let (service, name) = (ServiceId::new(id(3, number)), record.name.iter().collect());
        records.push(DirectoryRecord::Service(Service {
            description: record.description.iter().collect(),
            categories: vec![code],
            ..Service::new(service, body, name, ServiceStatus::Active)
        }));
    }
    records
}

async fn coordinator(place: Place, dir: &std::path::Path) -> Acting {
    let app = example::open(place, dir).await;
    let hosted = app.hosted().await.remove(0);
    let new = NewAccount {
        login: "c".into(),
        name: "C".into(),
        roles: vec![Role::Coordinator],
        organization: None,
        email: None,
    };
    let machine = Acting::machine(&app, &hosted);
    accounts::add(&machine, new, "a-long-password".into()).await.unwrap();
    let account = machine.scope.account_by_login("c").await.unwrap().unwrap();
    let actor = Actor::Officer(Officer {
        id: account.value.id,
        login: "c".into(),
        name: "C".into(),
        roles: vec![Role::Coordinator],
        organization: None,
    });
    Acting::of(&app, &hosted, actor, Lang::El)
}

async fn ask(acting: &Acting, typed: &str) -> Finding {
    let search = Search {
        q: Some(typed.to_owned()),
        ..Search::default()
    };
    let page = PageQuery { limit: 50, after: None };
    finding::search(acting, &search, &page).await.unwrap()
}

fn names(found: &Finding) -> Vec<String> {
    let items = found.page.items.iter();
    items
        .map(|found| found.view.service.name.get("el").to_owned())
        .collect()
}

/// Every query of the table, answered: names with reasons, for the comparison of the databases.
async fn suite(place: Place, dir: &std::path::Path) -> Vec<String> {
    let table: Table = toml::from_str(include_str!("../../osn-core/tests/cases/search.toml")).unwrap();
    let acting = coordinator(place, dir).await;
    let given = Records {
        records: records(&table),
    };
    mapping::put(&acting, given).await.unwrap();
    // Staff have written no list yet: an everyday sentence finds nothing. Then they write it, and it does.
    assert_eq!(
        names(&ask(&acting, "nowhere to sleep").await)
            .first()
            .map(String::as_str),
        Some("Υπνωτήριο αστέγων")
    );
    assert!(names(&ask(&acting, "πεινάω").await).is_empty());
    let list = SynonymList {
        groups: table.synonyms.clone(),
    };
    let saved = synonyms::put(&acting, list.clone()).await.unwrap();
    assert_eq!((saved.version, synonyms::get(&acting).await.unwrap()), (1, saved));
    let wrong = SynonymList {
        groups: vec![SynonymGroup {
            words: vec!["μόνη".into()],
        }],
    };
    let refused = synonyms::put(&acting, wrong).await.unwrap_err();
    assert_eq!(refused.errors()[0].path, "/groups/0/words");
    let stale = Acting {
        expected: Some(0),
        ..acting.clone()
    };
    synonyms::put(&stale, list).await.unwrap_err();

    let mut answers = Vec::new();
    for query in &table.query {
        for typed in &query.typed {
            let found = ask(&acting, typed).await;
            let names = names(&found);
            assert!(names.starts_with(&query.first), "{typed}: {names:?}");
            assert!(
                query.all.is_none_or(|all| all == found.page.total),
                "{typed}: {names:?}"
            );
            for item in &found.page.items {
                assert!(!item.reasons.is_empty(), "{typed}: no reason");
                let reasons = serde_json::to_string(&item.reasons).unwrap();
                answers.push(format!("{typed}: {} {reasons}", item.view.service.name.get("el")));
            }
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_answer_alike() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::Sqlite {
        dir: dir.path().join("data"),
    };
    let sqlite = suite(place, dir.path()).await;
    let (data, keys) = (
        osn_test_postgres::fresh_database().unwrap(),
        osn_test_postgres::fresh_database().unwrap(),
    );
    let place = Place::Postgres {
        url: data.url(),
        keys_url: keys.url(),
    };
    let dir = tempfile::tempdir().unwrap();
    let postgres = suite(place, dir.path()).await;
    assert!(sqlite.len() > 50, "{}", sqlite.len());
    assert_eq!(sqlite, postgres);
}
