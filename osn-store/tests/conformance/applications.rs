//! Applications: what staff see, what is corrected, and rows that cannot be understood.
use osn_core::application::Evidence;
use osn_core::application::EvidenceState;
use osn_store::{Actor, PageQuery, Readable, StoreError};

use crate::ground::{Ground, at, both};
use crate::sample::{self, AMKA, application, data, open_call, submit_many};

both!(
    similar_applications_are_named,
    corrected_data_are_sealed_again,
    a_new_code_replaces_the_old,
    a_row_that_cannot_be_understood_is_named_without_its_value,
);

async fn similar_applications_are_named(ground: &Ground) {
    open_call(&ground.city).await;
    // Telephone numbers repeat every ten applications.
    submit_many(&ground.city, 25).await;
    let similar = ground
        .city
        .similar_applications(application(3, "").application.id)
        .await
        .unwrap();
    let wanted: Vec<_> = [13, 23].map(|number| application(number, "").application.id).into();
    assert_eq!(similar, wanted);
    assert_eq!(
        ground
            .city
            .similar_applications(application(99, "").application.id)
            .await
            .unwrap(),
        []
    );
    let by_phone = ground
        .city
        .applications_with(sample::call_id(), "phone", "+30210000003")
        .await
        .unwrap();
    assert_eq!(by_phone.len(), 3);
}

async fn corrected_data_are_sealed_again(ground: &Ground) {
    open_call(&ground.city).await;
    ground
        .city
        .submit_application(application(1, AMKA), at(1))
        .await
        .unwrap();
    let id = application(1, "").application.id;
    let mut corrected = data(AMKA);
    let evidence = Evidence {
        state: EvidenceState::Accepted,
        valid_to: None,
    };
    corrected.evidence.insert("certificate".to_owned(), evidence);
    let mut tx = ground
        .city
        .begin(Actor::account(sample::account(), "evidence.accept"), at(2))
        .await
        .unwrap();
    tx.update_application_data(id, &corrected).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        ground.city.application_for_machine(id).await.unwrap(),
        Some(Readable::Data(corrected))
    );
}

async fn a_new_code_replaces_the_old(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 1).await;
    let id = application(0, "").application.id;
    let mut tx = ground
        .city
        .begin(Actor::account(sample::account(), "code.renew"), at(2))
        .await
        .unwrap();
    tx.set_application_code(id, [9; 32]).await.unwrap();
    let nobody = application(99, "").application.id;
    assert!(matches!(
        tx.set_application_code(nobody, [9; 32]).await,
        Err(StoreError::Stale { .. })
    ));
    tx.commit().await.unwrap();
    assert_eq!(ground.city.application_code_hash(id).await.unwrap(), Some([9; 32]));
}

async fn a_row_that_cannot_be_understood_is_named_without_its_value(ground: &Ground) {
    open_call(&ground.city).await;
    submit_many(&ground.city, 1).await;
    let application = application(0, "").application;
    for (statement, column) in [
        ("update application set reference = 'SECRET'", "reference"),
        ("update application set detail = '{\"state\":\"SECRET\"}'", "detail"),
        (
            "update application set protocol_year = 1, protocol_number = -5",
            "protocol_number",
        ),
    ] {
        ground
            .raw("create table if not exists saved as select * from application")
            .await
            .unwrap();
        ground.raw(statement).await.unwrap();
        let error = ground.city.application(application.id).await.unwrap_err();
        let StoreError::Inconsistent {
            table,
            column: found,
            id,
        } = &error
        else {
            panic!("{statement}: {error}")
        };
        assert_eq!(
            (*table, *found, id),
            ("application", column, &application.id.to_string()),
            "{statement}"
        );
        assert!(!format!("{error} {error:?}").contains("SECRET"));
        ground
            .raw(
                "update application set reference = (select reference from saved), detail = (select detail from saved),
                 protocol_year = null, protocol_number = null",
            )
            .await
            .unwrap();
    }
    ground.city.application(application.id).await.unwrap().unwrap();
    ground
        .raw_either(
            "update call set body = '{\"title\":\"SECRET\"}'",
            "update call set body = '{\"title\":\"SECRET\"}'::jsonb",
        )
        .await
        .unwrap();
    let error = ground.city.call(sample::call_id()).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Inconsistent {
                table: "call",
                column: "body",
                ..
            }
        ),
        "{error}"
    );
    let error = ground
        .city
        .calls(osn_store::CallFilter::default(), PageQuery::first())
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SECRET"), "{error:?}");
}
