//! Accounts, sessions, and answers that are remembered.
use osn_core::canonical;
use osn_core::id::AccountId;
use osn_store::{Account, Actor, PageQuery, SessionRow, StoreError};

use crate::ground::{Ground, at, both, id};

both!(
    an_account_is_found_by_its_login,
    a_session_ends_by_time_by_sign_out_and_with_its_account,
    an_answer_is_remembered_with_its_act,
);

fn account(number: u128, login: &str) -> Account {
    Account {
        id: AccountId::new(id(number)),
        login: login.to_owned(),
        name: "Συντονίστρια".to_owned(),
        email: None,
        roles: vec!["coordinator".to_owned()],
        organization_id: None,
        password_hash: Some("$argon2id$...".to_owned()),
        disabled: false,
    }
}

async fn insert(ground: &Ground, account: &Account) {
    let mut tx = ground.city.begin(Actor::nobody("account.create"), at(1)).await.unwrap();
    tx.insert_account(account).await.unwrap();
    tx.commit().await.unwrap();
}

async fn an_account_is_found_by_its_login(ground: &Ground) {
    insert(ground, &account(10, "anna")).await;
    let mut tx = ground.city.begin(Actor::nobody("account.create"), at(1)).await.unwrap();
    let refused = tx.insert_account(&account(11, "anna")).await.unwrap_err();
    assert!(refused.is_conflict_with("account_login_key"), "{refused}");
    let mapped = refused.on_constraint("account_login_key", || StoreError::OutOfRange("login"));
    assert!(matches!(mapped, StoreError::OutOfRange("login")));
    tx.rollback().await.unwrap();
    let found = ground.city.account_by_login("anna").await.unwrap().unwrap();
    assert_eq!(found.value, account(10, "anna"));
    assert_eq!(
        ground.city.account(found.value.id).await.unwrap().unwrap().value,
        found.value
    );
    assert_eq!(ground.city.account_by_login("Anna").await.unwrap(), None);
    insert(ground, &account(12, "petros")).await;
    assert_eq!(ground.city.accounts(PageQuery::first()).await.unwrap().total, 2);
    assert!(!format!("{found:?}").contains("anna"), "names stay out of logs");
}

async fn a_session_ends_by_time_by_sign_out_and_with_its_account(ground: &Ground) {
    let mut anna = account(10, "anna");
    insert(ground, &anna).await;
    let session = |byte: u8, ends: i64| SessionRow {
        token_hash: [byte; 32],
        account_id: anna.id,
        created_at: at(1),
        expires_at: at(ends),
    };
    let sessions = [session(1, 100), session(2, 200), session(3, 300)];
    let mut tx = ground.city.begin(Actor::nobody("session.start"), at(1)).await.unwrap();
    for session in &sessions {
        tx.insert_session(session).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(
        ground.city.session(&[1; 32], at(99)).await.unwrap().as_ref(),
        Some(&sessions[0])
    );
    assert_eq!(
        ground.city.session(&[1; 32], at(100)).await.unwrap(),
        None,
        "its time is over"
    );
    assert_eq!(ground.city.session(&[9; 32], at(1)).await.unwrap(), None);
    let mut tx = ground.city.begin(Actor::nobody("session.end"), at(2)).await.unwrap();
    assert!(tx.delete_session(&[2; 32]).await.unwrap());
    assert!(!tx.delete_session(&[2; 32]).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(ground.city.session(&[2; 32], at(3)).await.unwrap(), None, "signed out");
    assert!(ground.city.session(&[3; 32], at(3)).await.unwrap().is_some());
    anna.disabled = true;
    let mut tx = ground
        .city
        .begin(Actor::nobody("account.disable"), at(4))
        .await
        .unwrap();
    tx.update_account(&anna, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        ground.city.session(&[3; 32], at(5)).await.unwrap(),
        None,
        "the account is disabled"
    );
}

async fn an_answer_is_remembered_with_its_act(ground: &Ground) {
    let digest = canonical::digest("request:1", b"body");
    let mut tx = ground.city.begin(Actor::nobody("call.create"), at(1)).await.unwrap();
    tx.remember("POST /calls", "k1", digest, 201, b"{\"id\":1}")
        .await
        .unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(
        ground.city.idempotent("POST /calls", "k1").await.unwrap(),
        None,
        "the act did not happen"
    );
    let mut tx = ground.city.begin(Actor::nobody("call.create"), at(1)).await.unwrap();
    tx.remember("POST /calls", "k1", digest, 201, b"{\"id\":1}")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let found = ground.city.idempotent("POST /calls", "k1").await.unwrap().unwrap();
    assert_eq!(
        (found.request_digest, found.status, found.body.as_slice()),
        (digest, 201, &b"{\"id\":1}"[..])
    );
    assert_eq!(
        ground.city.idempotent("POST /actions", "k1").await.unwrap(),
        None,
        "a key belongs to its route"
    );
    let mut tx = ground.city.begin(Actor::nobody("call.create"), at(2)).await.unwrap();
    let refused = tx.remember("POST /calls", "k1", digest, 201, b"{}").await.unwrap_err();
    assert!(
        refused.is_conflict_with("remembered_route_idempotency_key_key"),
        "{refused}"
    );
    tx.rollback().await.unwrap();
}
