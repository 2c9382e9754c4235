//! Small whole records: a chain from a request to an open call, and applications to it.
use std::collections::BTreeMap;

use osn_core::action::{Action, ActionState, ProgramRef};
use osn_core::application::{Applicant, Application, ApplicationData, ApplicationState, Reference};
use osn_core::call::{Call, CallState, OnePer, TieBreak};
use osn_core::canonical;
use osn_core::certificate::{NeedCertificate, SignedCertificate};
use osn_core::coverage::{Confirmation, FreshnessPolicy, confirm};
use osn_core::delivery::{Award, AwardBasis, AwardState};
use osn_core::directory::{Directory, Mode, TermCode};
use osn_core::id::{
    AccountId, ActionId, ApplicationId, AssessmentRunId, AwardId, CallId, CertificateId, OrganizationId, PersonId,
    RequestId, SelectionId,
};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::need::{Need, People, Urgency};
use osn_core::request::{RequestState, SupportRequest};
use osn_core::time::Period;
use osn_store::{Actor, BlindValue, NewApplication, RunState, Scope};

use crate::ground::{at, city, id};

pub(crate) const AMKA: &str = "15078099905";
pub(crate) const FAMILY_NAME: &str = "Παπαδοπούλου-Δοκιμή";

pub(crate) fn account() -> AccountId {
    AccountId::new(id(10))
}

pub(crate) fn call_id() -> CallId {
    CallId::new(id(400))
}

pub(crate) fn action_id() -> ActionId {
    ActionId::new(id(300))
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn need() -> Need {
    Need {
        category: TermCode::new("food.home"),
        groups: vec![TermCode::new("disability")],
        people: People {
            count: 150,
            age_from: None,
            age_to: None,
        },
        areas: vec![TermCode::new("city.1")],
        mode: Mode::Home,
        period: Period::new(day("2022-09-01"), day("2022-12-31")).unwrap(),
        languages: Vec::new(),
        hours: None,
        urgency: Urgency::Normal,
    }
}

pub(crate) fn request(number: u128) -> SupportRequest {
    SupportRequest {
        id: RequestId::new(id(number)),
        organization_id: OrganizationId::new(id(20)),
        origin: osn_core::request::RequestOrigin::Body,
        created_by: account(),
        title: LocalText::new("Σίτιση στο σπίτι", "Meals at home"),
        description: LocalText::new("Δεν υπάρχει διανομή.", "Nobody delivers."),
        need: need(),
        decisions: Vec::new(),
        gaps: Vec::new(),
        from_profile: None,
        owner: None,
        due: None,
        state: RequestState::Draft,
    }
}

pub(crate) fn confirmation() -> Confirmation {
    let directory = Directory::new(at(0), []);
    confirm(&directory, &need(), FreshnessPolicy::default(), day("2022-06-01"), &[]).unwrap()
}

pub(crate) fn certificate(number: u128, request: RequestId, reference: &str) -> SignedCertificate {
    let certificate = NeedCertificate {
        id: CertificateId::new(id(number)),
        municipality_id: city(),
        request_id: request,
        reference: reference.to_owned(),
        issued_at: at(3),
        issued_by: account(),
        confirmation: confirmation(),
    };
    let digest = NeedCertificate::digest(&certificate.canonical().unwrap());
    SignedCertificate {
        certificate,
        digest,
        signature: "00".to_owned(),
        public_key: "00".to_owned(),
    }
}

pub(crate) fn action() -> Action {
    Action {
        id: action_id(),
        name: LocalText::new("Δέματα", "Parcels"),
        description: LocalText::new("Τρία δέματα.", "Three parcels."),
        program: ProgramRef {
            name: "example".to_owned(),
            code_digest: "c0de".to_owned(),
            package_digest: "9ac6".to_owned(),
        },
        parameters: serde_json::json!({"places": 150, "ceiling": null}),
        certificate_id: CertificateId::new(id(200)),
        further_certificates: Vec::new(),
        certified_residual: 150,
        model_entry: "support.food".to_owned(),
        period: need().period,
        instalments: 3,
        budget: Money::from_cents(1_234_567),
        operation_id: None,
        places: Vec::new(),
        asked_places: None,
        pilot: false,
        deliverers: Vec::new(),
        created_by: account(),
        state: ActionState::Draft,
    }
}

pub(crate) fn call(number: u128, state: CallState) -> Call {
    Call {
        id: CallId::new(id(number)),
        action_id: action_id(),
        title: LocalText::new("Πρόσκληση", "Call"),
        opens_at: at(0),
        closes_at: at(1_000_000),
        capacity: 150,
        one_per: OnePer::Household,
        intake: osn_core::call::Intake::Deadline,
        tie_break: TieBreak::SubmissionTime,
        parameters: "{}".to_owned(),
        code_digest: "c0de".to_owned(),
        created_by: account(),
        state,
    }
}

/// Request, certificate, action and a published call.
pub(crate) async fn open_call(scope: &Scope) {
    let mut tx = scope.begin(Actor::account(account(), "sample"), at(1)).await.unwrap();
    let request = request(100);
    tx.insert_request(&request).await.unwrap();
    tx.insert_certificate(&certificate(200, request.id, "B-2022-1"))
        .await
        .unwrap();
    tx.insert_action(&action()).await.unwrap();
    tx.insert_call(&call(400, CallState::Published { at: at(1) }))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

pub(crate) fn reference(number: u128) -> Reference {
    let mut bytes = [0; 9];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::try_from((number >> (5 * place)) & 31).unwrap();
    }
    Reference::from_random(bytes)
}

pub(crate) fn data(amka: &str) -> ApplicationData {
    ApplicationData {
        applicant: Applicant {
            amka: amka.to_owned(),
            given_name: "Ελένη".to_owned(),
            family_name: FAMILY_NAME.to_owned(),
            birth_date: day("1980-07-15"),
            phone: "+302101234567".to_owned(),
            email: None,
            street: "Οδός Δοκιμής 5".to_owned(),
            postal_code: "10000".to_owned(),
            area: None,
        },
        answers: BTreeMap::from([("annual-income".to_owned(), serde_json::json!("4200.00"))]),
        claims: Vec::new(),
        members: Vec::new(),
        evidence: BTreeMap::new(),
    }
}

/// An application of its own person; `amka` is its exclusive value.
pub(crate) fn application(number: u128, amka: &str) -> NewApplication {
    NewApplication {
        application: Application {
            id: ApplicationId::new(id(1_000_000 + number)),
            call_id: call_id(),
            person_id: PersonId::new(id(2_000_000 + number)),
            reference: reference(number),
            protocol: None,
            submitted_at: at(i64::try_from(number).unwrap()),
            state: ApplicationState::Received,
        },
        data: data(amka),
        unique: vec![BlindValue {
            kind: "amka",
            value: amka.to_owned(),
        }],
        similar: vec![BlindValue {
            kind: "phone",
            value: format!("+3021000000{}", number % 10),
        }],
        code_hash: canonical::digest("test-code:1", &number.to_be_bytes()).into_bytes(),
        idempotency: None,
    }
}

/// Submits `count` applications with different values; several at a time.
pub(crate) async fn submit_many(scope: &Scope, count: u128) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..count {
        let scope = scope.clone();
        let moment = at(i64::try_from(number).unwrap());
        tasks.spawn(async move {
            scope
                .submit_application(application(number, &format!("amka-{number}")), moment)
                .await
                .unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

pub(crate) fn run() -> osn_store::AssessmentRun {
    osn_store::AssessmentRun {
        id: AssessmentRunId::new(id(500)),
        call_id: call_id(),
        program: "example".to_owned(),
        code_digest: "c0de".to_owned(),
        package_digest: "9ac6".to_owned(),
        contract: "0.1".to_owned(),
        parameters: "{}".to_owned(),
        as_of: day("2022-08-19"),
        fuel_limit: 1_000_000,
        started_by: account(),
        started_at: at(5),
        state: RunState::Running,
    }
}

/// The award of an application that was selected.
pub(crate) fn award(number: u128) -> Award {
    let application = application(number, "").application;
    Award {
        id: AwardId::new(id(4_000_000 + number)),
        action_id: Some(action_id()),
        person_id: application.person_id,
        basis: AwardBasis::Selection {
            selection_id: SelectionId::new(id(600)),
            application_id: application.id,
        },
        awarded_at: at(9),
        state: AwardState::Active,
    }
}
