//! Need and network: rows by state, body and subject; versions; people sealed under keys of their own; counts.
use osn_core::application::AssessmentOutcome;
use osn_core::coverage::NeedOutcome;
use osn_core::delivery::{Award, AwardBasis, AwardState, Delivery, DeliveryState};
use osn_core::directory::TermCode;
use osn_core::gap::{GapCause, GapEvent, GapSource, GapState, ReportedGap};
use osn_core::id::{
    AccountId, AwardId, DecisionId, DeliveryId, GapId, InterventionId, MemberId, NoteId, OrganizationId, OverrulingId,
    PersonId, ReferralId, RequestFileId, RequestId,
};
use osn_core::immediate::{HelpTo, ImmediateIntervention, InterventionState};
use osn_core::intervention::Ceiling;
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::network::{ContactRole, Member, MemberKind, MemberState, NetworkContact};
use osn_core::overruling::{Overruling, OverrulingState};
use osn_core::referral::{Consent, DataField, Referral, ReferralData, ReferralState};
use osn_core::state::Machine as _;
use osn_core::time::Period;
use osn_store::{
    Access, Actor, DecisionOn, EmptySearch, NetworkFilter, NewHelpDecision, PageQuery, PersonIn, Readable, Recheck,
    RequestFile, RequestNote, StoreError, Tx,
};

use crate::ground::{Ground, at, both, id};
use crate::sample;

both!(
    records_are_found_by_state_body_and_subject,
    of_two_who_change_a_record_one_does,
    one_overruling_of_a_request_waits_at_a_time,
    a_person_of_a_referral_is_sealed_and_can_be_erased,
    a_body_is_a_member_once_and_its_contacts_are_sealed,
    a_conversation_is_sealed_and_keeps_its_order,
    papers_of_a_request_are_sealed_and_can_be_removed,
    immediate_help_stands_in_the_tables_of_a_call,
    empty_searches_are_added_up_and_rechecks_replaced,
);

async fn act(ground: &Ground, seconds: i64) -> Tx {
    ground
        .city
        .begin(Actor::account(sample::account(), "network.test"), at(seconds))
        .await
        .unwrap()
}

fn gap(number: u128, body: Option<u128>) -> ReportedGap {
    ReportedGap {
        id: GapId::new(id(7000 + number)),
        reported_by: sample::account(),
        organization_id: body.map(|number| OrganizationId::new(id(number))),
        title: LocalText::new("Γεύματα", "Meals"),
        category: TermCode::new("food"),
        groups: Vec::new(),
        areas: vec![TermCode::new("city.1")],
        people: 12,
        cause: GapCause::NoMeans,
        evidence: LocalText::new("Ουρά", "A queue"),
        source: GapSource::Observation,
        from_profile: None,
        reported_at: at(1),
        proposals: Vec::new(),
        state: GapState::Reported,
    }
}

async fn records_are_found_by_state_body_and_subject(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    let from_referral = ReportedGap {
        source: GapSource::RefusedReferral {
            referral: ReferralId::new(id(60)),
        },
        ..gap(3, Some(41))
    };
    for each in [&gap(1, None), &gap(2, Some(40)), &from_referral] {
        tx.insert_network(each).await.unwrap();
    }
    tx.commit().await.unwrap();
    let found = async |filter: NetworkFilter<'_>| {
        let page = ground
            .city
            .network_records::<ReportedGap>(filter, PageQuery::first())
            .await
            .unwrap();
        assert_eq!(
            page.total,
            u64::try_from(page.items.len()).unwrap(),
            "the total is true"
        );
        page.items.into_iter().map(|read| read.value.id).collect::<Vec<_>>()
    };
    let all = NetworkFilter::default();
    assert_eq!(found(all).await, [gap(1, None).id, gap(2, None).id, gap(3, None).id]);
    let of_body = NetworkFilter {
        body: Some(OrganizationId::new(id(40))),
        ..all
    };
    assert_eq!(found(of_body).await, [gap(2, None).id]);
    let of_subject = NetworkFilter {
        subject: Some(id(60)),
        ..all
    };
    assert_eq!(found(of_subject).await, [from_referral.id]);
    let in_state = NetworkFilter {
        state: Some("accepted"),
        ..all
    };
    assert_eq!(found(in_state).await, []);
    let page = ground
        .city
        .network_records::<ReportedGap>(all, PageQuery { limit: 2, after: None })
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.total), (2, 3));
    let rest = PageQuery {
        limit: 2,
        after: page.next,
    };
    let rest = ground.city.network_records::<ReportedGap>(all, rest).await.unwrap();
    assert_eq!((rest.items[0].value.clone(), rest.next), (from_referral, None));
}

async fn of_two_who_change_a_record_one_does(ground: &Ground) {
    let mut tx = act(ground, 1).await;
    tx.insert_network(&gap(1, None)).await.unwrap();
    tx.commit().await.unwrap();
    let read = ground
        .city
        .network_record::<ReportedGap>(gap(1, None).id.uuid())
        .await
        .unwrap()
        .unwrap();
    let event = GapEvent::Accept {
        by: sample::account(),
        at: at(2),
    };
    let accepted = ReportedGap {
        state: read.value.state.apply(&event).unwrap(),
        ..read.value
    };
    let mut tx = act(ground, 2).await;
    tx.update_network(&accepted, read.version).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = act(ground, 2).await;
    let late = tx.update_network(&accepted, read.version).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    tx.rollback().await.unwrap();
    let now = ground.city.network_record(accepted.id.uuid()).await.unwrap().unwrap();
    assert_eq!((now.value, now.version, now.updated_at), (accepted, 2, at(2)));
}

async fn one_overruling_of_a_request_waits_at_a_time(ground: &Ground) {
    let request = sample::request(100);
    let proposal = |number: u128, state| Overruling {
        id: OverrulingId::new(id(7100 + number)),
        request_id: request.id,
        examination: 1,
        computed: NeedOutcome::Gap { residual: 150 },
        residual: 10,
        refer_to: Vec::new(),
        reason: LocalText::new("Λόγος", "Reason"),
        by: sample::account(),
        at: at(1),
        state,
    };
    let mut tx = act(ground, 1).await;
    let early = tx.insert_network(&proposal(9, OverrulingState::Proposed)).await;
    assert!(
        matches!(early, Err(StoreError::Conflict(_))),
        "no request, no overruling: {early:?}"
    );
    tx.rollback().await.unwrap();
    let mut tx = act(ground, 1).await;
    tx.insert_request(&request).await.unwrap();
    tx.insert_network(&proposal(1, OverrulingState::Lapsed { at: at(1) }))
        .await
        .unwrap();
    tx.insert_network(&proposal(2, OverrulingState::Proposed))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = act(ground, 2).await;
    let second = tx.insert_network(&proposal(3, OverrulingState::Proposed)).await;
    assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
    tx.rollback().await.unwrap();
}

async fn a_person_of_a_referral_is_sealed_and_can_be_erased(ground: &Ground) {
    let person = PersonId::new(id(7200));
    let referral = Referral {
        id: ReferralId::new(id(7201)),
        person_id: person,
        organization_id: OrganizationId::new(id(40)),
        service_id: None,
        category: TermCode::new("food"),
        areas: vec![TermCode::new("city.1")],
        groups: Vec::new(),
        consent: Consent {
            scope: vec![DataField::Name],
            given_on: "2022-07-01".parse().unwrap(),
            expires_on: "2022-08-01".parse().unwrap(),
        },
        answer_by: "2022-07-20".parse().unwrap(),
        request_id: None,
        gap_id: None,
        referred_by: sample::account(),
        referred_at: at(1),
        note: LocalText::default(),
        state: ReferralState::Sent,
    };
    let data = ReferralData {
        name: Some(sample::FAMILY_NAME.to_owned()),
        ..ReferralData::default()
    };
    ground.city.new_people(&[person], at(1)).await.unwrap();
    let mut tx = act(ground, 1).await;
    tx.insert_network(&referral).await.unwrap();
    tx.insert_person(PersonIn::Referral, referral.id.uuid(), person, &data)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let open = async || {
        let access = Access {
            actor: AccountId::new(id(10)),
            reason: "Απάντηση".to_owned(),
        };
        let whose = (PersonIn::Referral, referral.id.uuid(), person);
        ground
            .city
            .open_person::<ReferralData>(whose, &access, at(2))
            .await
            .unwrap()
    };
    assert_eq!(open().await, Some(Readable::Data(data.clone())));
    let other = ground
        .city
        .person_for_machine::<ReferralData>(id(9999), person)
        .await
        .unwrap();
    assert_eq!(other, None, "a person of one referral is not found through another");
    let more = ReferralData {
        outcome: Some("Ήρθε".to_owned()),
        ..data
    };
    let mut tx = act(ground, 3).await;
    tx.update_person(referral.id.uuid(), person, &more).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(open().await, Some(Readable::Data(more)));
    ground.city.erase_person(person, "asked", at(4)).await.unwrap();
    assert_eq!(open().await, Some(Readable::Erased));
}

async fn a_body_is_a_member_once_and_its_contacts_are_sealed(ground: &Ground) {
    let member = |number: u128| Member {
        id: MemberId::new(id(7300 + number)),
        organization_id: OrganizationId::new(id(40)),
        kind: MemberKind::Municipal,
        agreement: None,
        state: MemberState::Active { at: at(1) },
    };
    let contacts = [NetworkContact {
        name: sample::FAMILY_NAME.to_owned(),
        role: ContactRole::Referrals,
        email: Some("a@body.example".to_owned()),
        phone: None,
    }];
    let mut tx = act(ground, 1).await;
    tx.insert_network(&member(1)).await.unwrap();
    tx.put_member_contacts(member(1).id, &contacts).await.unwrap();
    tx.put_member_contacts(member(1).id, &contacts).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ground.city.member_contacts(member(1).id).await.unwrap(), contacts);
    assert_eq!(ground.city.member_contacts(member(2).id).await.unwrap(), []);
    let mut tx = act(ground, 2).await;
    let twice = tx.insert_network(&member(2)).await.unwrap_err();
    assert!(twice.is_conflict_with("network_member_organization_id_key"), "{twice}");
    tx.rollback().await.unwrap();
}

async fn a_conversation_is_sealed_and_keeps_its_order(ground: &Ground) {
    let request = sample::request(100);
    let note = |number: u128, words: &str| RequestNote {
        id: NoteId::new(id(7400 + number)),
        request: request.id,
        by: sample::account(),
        words: words.to_owned(),
        at: at(1),
    };
    let mut tx = act(ground, 1).await;
    tx.insert_request(&request).await.unwrap();
    for each in [note(1, "Πόσα άτομα;"), note(2, "Εκατόν πενήντα")] {
        tx.insert_request_note(&each).await.unwrap();
    }
    tx.commit().await.unwrap();
    let page = ground.city.request_notes(request.id, PageQuery::first()).await.unwrap();
    assert_eq!(page.items, [note(1, "Πόσα άτομα;"), note(2, "Εκατόν πενήντα")]);
    let none = ground
        .city
        .request_notes(RequestId::new(id(101)), PageQuery::first())
        .await
        .unwrap();
    assert_eq!(none.total, 0);
}

async fn papers_of_a_request_are_sealed_and_can_be_removed(ground: &Ground) {
    let request = sample::request(100);
    let bytes: Vec<u8> = b"%PDF-1.7 ".iter().copied().cycle().take(300_000).collect();
    let file = |number: u128| RequestFile {
        id: RequestFileId::new(id(7500 + number)),
        request: request.id,
        by: sample::account(),
        name: "βεβαίωση Ελπίδας.pdf".to_owned(),
        media: "application/pdf".to_owned(),
        size: 300_000,
        digest: osn_core::canonical::digest("test", &[u8::try_from(number).unwrap()]),
        at: at(1),
    };
    let mut tx = act(ground, 1).await;
    tx.insert_request(&request).await.unwrap();
    for number in [1, 2] {
        tx.insert_request_file(&file(number), &bytes).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(ground.city.request_files(request.id).await.unwrap(), [file(1), file(2)]);
    assert_eq!(
        ground.city.request_file_bytes(file(2).id).await.unwrap(),
        bytes,
        "in two chunks"
    );
    let mut tx = act(ground, 2).await;
    tx.remove_request_file(file(1).id).await.unwrap();
    let again = tx.remove_request_file(file(1).id).await.unwrap_err();
    assert!(matches!(again, StoreError::Stale { .. }), "{again}");
    tx.commit().await.unwrap();
    assert_eq!(ground.city.request_files(request.id).await.unwrap(), [file(2)]);
    assert_eq!(
        ground.city.request_file_bytes(file(1).id).await.unwrap(),
        Vec::<u8>::new()
    );
}

fn help() -> ImmediateIntervention {
    let day = "2022-07-01".parse().unwrap();
    ImmediateIntervention {
        id: InterventionId::new(id(7600)),
        entry: "immediate.meals".to_owned(),
        model_version: 1,
        to: HelpTo::People {
            people: vec![PersonId::new(id(7601))],
        },
        areas: vec![TermCode::new("city.1")],
        period: Period::new(day, day).unwrap(),
        cost: Money::from_cents(1_000),
        reason: LocalText::new("Δεν έχει φάει", "Has not eaten"),
        emergency_id: None,
        payer: None,
        ceiling: Ceiling::default(),
        request_id: None,
        certificate_due: day,
        certificate_id: None,
        proposed_by: sample::account(),
        proposed_at: at(1),
        given: Vec::new(),
        state: InterventionState::Proposed,
    }
}

async fn immediate_help_stands_in_the_tables_of_a_call(ground: &Ground) {
    let (help, person) = (help(), PersonId::new(id(7601)));
    ground.city.new_people(&[person], at(1)).await.unwrap();
    let record = b"{}".to_vec();
    let decision = |number: u128| NewHelpDecision {
        id: DecisionId::new(id(7610 + number)),
        intervention_id: help.id,
        person_id: person,
        outcome: AssessmentOutcome::Eligible,
        units: 1,
        digest: osn_core::canonical::digest("test", &record),
        record: &record,
    };
    let award = Award {
        id: AwardId::new(id(7620)),
        action_id: None,
        person_id: person,
        basis: AwardBasis::Immediate {
            intervention_id: help.id,
            decision_id: decision(1).id,
        },
        awarded_at: at(1),
        state: AwardState::Active,
    };
    let delivery = Delivery {
        id: DeliveryId::new(id(7630)),
        award_id: award.id,
        instalment: 1,
        planned_for: help.period.from,
        plan_version: 0,
        items: Vec::new(),
        waits: false,
        attempts: Vec::new(),
        state: DeliveryState::Delivered { at: at(2) },
    };
    let mut tx = act(ground, 1).await;
    tx.insert_network(&help).await.unwrap();
    tx.insert_help_decision(&decision(1)).await.unwrap();
    tx.insert_award(&award).await.unwrap();
    tx.insert_delivery(&delivery).await.unwrap();
    tx.commit().await.unwrap();
    let city = &ground.city;
    let rows = city.decisions_on_help(help.id).await.unwrap();
    assert_eq!(
        (rows.len(), rows[0].on, rows[0].id),
        (1, DecisionOn::Help(help.id), decision(1).id)
    );
    assert_eq!(
        city.decision_record(rows[0].id).await.unwrap(),
        Some(Readable::Data(record.clone()))
    );
    let awards = city.awards_of_help(help.id).await.unwrap();
    assert_eq!(awards.iter().map(|read| &read.value).collect::<Vec<_>>(), [&award]);
    assert_eq!(city.deliveries_of(award.id).await.unwrap()[0].value, delivery);
    let mut tx = act(ground, 2).await;
    let twice = tx.insert_help_decision(&decision(2)).await.unwrap_err();
    assert!(
        twice.is_conflict_with("decision_intervention_id_person_id_key"),
        "{twice}"
    );
    tx.rollback().await.unwrap();
    city.erase_person(person, "asked", at(3)).await.unwrap();
    assert_eq!(city.decision_record(rows[0].id).await.unwrap(), Some(Readable::Erased));
}

async fn empty_searches_are_added_up_and_rechecks_replaced(ground: &Ground) {
    let search = |area: &str, searches| EmptySearch {
        category: "food".to_owned(),
        area: area.to_owned(),
        group: String::new(),
        searches,
    };
    let mut tx = act(ground, 1).await;
    for (day, each) in [
        ("2022-07-01", search("city.1", 2)),
        ("2022-07-01", search("city.1", 3)),
        ("2022-07-02", search("city.1", 1)),
        ("2022-07-02", search("city.2", 4)),
        ("2022-08-01", search("city.1", 9)),
    ] {
        tx.count_empty_search(day.parse().unwrap(), &each).await.unwrap();
    }
    tx.commit().await.unwrap();
    let found = ground
        .city
        .empty_searches("2022-07-01".parse().unwrap(), "2022-07-31".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(found, [search("city.1", 6), search("city.2", 4)]);
    let request = sample::request(100);
    let recheck = |residual, told_at| Recheck {
        request: request.id,
        residual,
        open: 0,
        recorded_at: at(1),
        told_at,
    };
    let mut tx = act(ground, 2).await;
    tx.insert_request(&request).await.unwrap();
    tx.put_need_recheck(&recheck(7, None)).await.unwrap();
    tx.put_need_recheck(&recheck(0, Some(at(3)))).await.unwrap();
    tx.commit().await.unwrap();
    let kept: Vec<_> = ground.city.need_rechecks().await.unwrap().into_values().collect();
    assert_eq!(kept, [recheck(0, Some(at(3)))]);
}
