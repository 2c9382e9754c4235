//! Referrals: the list, sending one, its page with the person's data for whoever may read them, and the body's answer.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::Taxonomy;
use osn_core::id::ReferralId;
use osn_core::referral::{DataField, Referral, ReferralData, ReferralState};
use osn_core::state::Machine as _;
use osn_store::Versioned;

use super::network::{answer, body_name, chips, form_page, listed, named, opens, read, small};
use super::records::body_field;
use super::{Asked, head, id};
use crate::acts::Acting;
use crate::acts::network::referrals::{self as acts, ConcludeReferral, NewReferral, OpenReferral, RefuseReferral};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown};
use crate::refusal::Outcome;

const STATES: [&str; 6] = ["sent", "accepted", "refused", "expired", "withdrawn", "concluded"];
const REASONS: [&str; 5] = [
    "no-places",
    "no-such-service",
    "not-eligible",
    "cannot-be-reached",
    "person-declined",
];
const OUTCOMES: [&str; 4] = ["served", "partly-served", "never-came", "not-served"];

fn referral_id(text: &str) -> Outcome<ReferralId> {
    id(text, "referral.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("referrals-title", Section::Referrals);
    let found = acts::list(&acting, &listed(&asked), asked.query()).await?;
    let mapped = acting.mapping().await?;
    let rows = found.items.iter().map(|read| {
        let referral = &read.value;
        Row::new(vec![
            Cell::head(shown::term(&p, &mapped.directory, &referral.category))
                .link(p.url(&format!("/staff/referrals/{}", referral.id))),
            Cell::new(body_name(&p, &mapped.directory, Some(referral.organization_id))),
            Cell::new(p.day(referral.answer_by)),
            Cell::tag(shown::state(&p, "referral", referral.state.name())),
        ])
    });
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("referrals-count", found.total));
    page.chips = chips(&p, &asked, "/staff/referrals", "referral", &STATES);
    if acting.actor.may(Right::Refer) {
        page.blocks
            .push(Block::Link(p.t("referral-new"), p.url("/staff/referrals/new")));
    }
    page.blocks.push(Block::Table(Table {
        caption: p.t("referrals-title"),
        head: head(
            &p,
            [
                ("need-category", false),
                ("column-body", false),
                ("referral-answer-by", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("referrals-none"),
    }));
    page.pager = asked.pager(&p, "/staff/referrals", found.next);
    Ok(show(&page))
}

async fn send_form(acting: &Acting, p: &Page) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let pieces: Vec<Choice> = DataField::ALL
        .iter()
        .map(|field| Choice::new(field.name(), p.t(&format!("referral-data-{}", field.name()))))
        .collect();
    let data =
        |name: &str, key: &str| Field::line(&format!("/data/{name}"), p.t(&format!("referral-data-{key}"))).optional();
    let fields = vec![
        body_field(p, directory, "/organization_id"),
        Field::select(
            "/category",
            p.t("need-category"),
            choices(p, directory, Taxonomy::Category),
        ),
        Field::checks("/areas", p.t("need-areas"), choices(p, directory, Taxonomy::Area)),
        Field::checks(
            "/groups",
            p.t("need-groups"),
            choices(p, directory, Taxonomy::BeneficiaryGroup),
        )
        .optional(),
        Field::checks("/consent/scope", p.t("referral-scope"), pieces).hint(p.t("referral-scope-hint")),
        Field::day("/consent/given_on", p.t("referral-given-on")),
        Field::day("/consent/expires_on", p.t("referral-expires-on")),
        data("name", "name"),
        data("phone", "phone"),
        data("email", "email"),
        data("address", "address"),
        Field::int("/data/birth_year", p.t("referral-data-birth-year")).optional(),
        Field::area("/data/situation", p.t("referral-data-situation")).optional(),
        Field::day("/answer_by", p.t("referral-answer-by")),
    ];
    Ok(FormView {
        guard: true,
        cancel: Some((p.t("cancel"), p.url("/staff/referrals"))),
        ..FormView::new(p.url("/staff/referrals/new"), fields, p.t("referral-send"))
    })
}

pub(super) async fn ask(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("referral-new", Section::Referrals);
    let form = send_form(&acting, &p).await?;
    Ok(show(&form_page(p, ("referrals-title", "/staff/referrals"), form)))
}

pub(super) async fn send(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("referral-new", Section::Referrals);
    let mut form = send_form(&acting, &p).await?;
    let led = match read::<NewReferral>(&p, &mut form, &body) {
        Ok(new) => acts::refer(&acting, new)
            .await
            .map(|sent| format!("/staff/referrals/{}", sent.value.id)),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "referral-sent")
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = referral_id(&text)?;
    Ok(show(&page(&acting, p, id, None).await?))
}

async fn page(acting: &Acting, p: Page, id: ReferralId, opened: Option<ReferralData>) -> Outcome<StaffPage> {
    let Versioned { value: referral, .. } = acts::get(acting, id).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let title = shown::term(&p, directory, &referral.category);
    let title = p.t1("referral-of", "category", &title);
    let p = p.titled(title).within(Section::Referrals);
    let scope: Vec<String> = referral
        .consent
        .scope
        .iter()
        .map(|field| p.t(&format!("referral-data-{}", field.name())))
        .collect();
    let mut facts = vec![
        Fact::text(
            p.t("column-body"),
            body_name(&p, directory, Some(referral.organization_id)),
        ),
        Fact::text(p.t("need-areas"), shown::terms(&p, directory, &referral.areas)),
        Fact::text(p.t("need-groups"), shown::terms(&p, directory, &referral.groups)),
        Fact::text(p.t("referral-scope"), scope.join(", ")),
        Fact::text(p.t("referral-given-on"), p.day(referral.consent.given_on)),
        Fact::text(p.t("referral-expires-on"), p.day(referral.consent.expires_on)),
        Fact::text(p.t("referral-answer-by"), p.day(referral.answer_by)),
    ];
    match &referral.state {
        ReferralState::Refused { reason, .. } => {
            facts.push(Fact::text(
                p.t("gap-reason"),
                p.t(&format!("referral-refusal-{}", reason.name())),
            ));
        }
        ReferralState::Concluded { outcome, .. } => {
            facts.push(Fact::text(
                p.t("referral-result"),
                p.t(&format!("referral-result-{}", outcome.name())),
            ));
        }
        ReferralState::Sent
        | ReferralState::Accepted { .. }
        | ReferralState::Expired { .. }
        | ReferralState::Withdrawn { .. } => {}
    }
    if let Some(gap) = referral.gap_id.filter(|_| acting.actor.may(Right::SeeWork)) {
        let cell = Cell::new(p.t("referral-gap")).link(p.url(&format!("/staff/gaps/{gap}")));
        facts.push(Fact::new(p.t("column-gap"), cell));
    }
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "referral", referral.state.name()))
        .back(p.t("referrals-title"), p.url("/staff/referrals"))
        .block(Block::Facts(Facts { facts }));
    page.acts = steps(acting, &p, &referral);
    if let Some(data) = opened {
        page.blocks.push(Block::Heading(p.t("referral-person")));
        page.blocks.push(person(&p, &data));
    } else if referral.may_read(acting.zone().day(acting.now)).is_ok() {
        page.blocks
            .push(opens(&p, "referral-open", open_form(&p, id).scoped("o-")));
    }
    if referral.state == ReferralState::Sent {
        page.blocks
            .push(opens(&p, "referral-refuse", refuse_form(&p, id).scoped("r-")));
    }
    if matches!(referral.state, ReferralState::Accepted { .. }) {
        page.blocks
            .push(opens(&p, "referral-conclude", conclude_form(&p, id).scoped("c-")));
    }
    Ok(page)
}

fn person(p: &Page, data: &ReferralData) -> Block {
    let year = data.birth_year.map(|year| year.to_string());
    let pieces = [
        ("name", &data.name),
        ("phone", &data.phone),
        ("email", &data.email),
        ("address", &data.address),
        ("birth-year", &year),
        ("situation", &data.situation),
        ("outcome", &data.outcome),
    ];
    let facts = pieces
        .into_iter()
        .filter_map(|(key, piece)| Some(Fact::text(p.t(&format!("referral-data-{key}")), piece.clone()?)));
    Block::Facts(Facts { facts: facts.collect() })
}

fn steps(acting: &Acting, p: &Page, referral: &Referral) -> Vec<Act> {
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/referrals/{}/{step}", referral.id)), p.t(key));
    let mut acts = Vec::new();
    if referral.state == ReferralState::Sent {
        acts.push(act("accept", "referral-accept"));
    }
    if acting.actor.may(Right::Refer) && matches!(referral.state, ReferralState::Sent | ReferralState::Accepted { .. })
    {
        acts.push(act("withdraw", "referral-withdraw").secondary());
    }
    acts
}

fn open_form(p: &Page, id: ReferralId) -> FormView {
    let reason = Field::line("/reason", p.t("referral-open-reason")).hint(p.t("referral-open-hint"));
    small(p, &format!("/staff/referrals/{id}/open"), vec![reason], "referral-open")
}

fn refuse_form(p: &Page, id: ReferralId) -> FormView {
    let reason = Field::radios("/reason", p.t("gap-reason"), named(p, "referral-refusal", &REASONS));
    small(
        p,
        &format!("/staff/referrals/{id}/refuse"),
        vec![reason],
        "referral-refuse",
    )
}

fn conclude_form(p: &Page, id: ReferralId) -> FormView {
    let fields = vec![
        Field::radios(
            "/outcome",
            p.t("referral-result"),
            named(p, "referral-result", &OUTCOMES),
        ),
        Field::area("/words", p.t("referral-data-outcome")).optional(),
    ];
    small(
        p,
        &format!("/staff/referrals/{id}/conclude"),
        fields,
        "referral-conclude",
    )
}

fn frame(reader: Reader, text: &str, title: &str) -> Outcome<(Acting, Page, ReferralId, String)> {
    let id = referral_id(text)?;
    let (acting, p) = reader.page(title, Section::Referrals);
    Ok((acting, p, id, format!("/staff/referrals/{id}")))
}

/// The data are shown in the answer itself: they never stand in an address.
pub(super) async fn open(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, _) = frame(reader, &text, "referral-open")?;
    let mut form = open_form(&p, id);
    let opened = match read::<OpenReferral>(&p, &mut form, &body) {
        Ok(why) => acts::open(&acting, id, why).await,
        Err(refusal) => Err(refusal),
    };
    match opened {
        Ok(data) => Ok(show(&page(&acting, p, id, Some(data)).await?)),
        Err(refusal) => answer(p, form, Err(refusal), ""),
    }
}

pub(super) async fn accept(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "referral-accept")?;
    acts::accept(&acting, id).await?;
    Ok(onward(&p, &path, "referral-accepted"))
}

pub(super) async fn withdraw(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "referral-withdraw")?;
    acts::withdraw(&acting, id).await?;
    Ok(onward(&p, &path, "referral-withdrawn"))
}

pub(super) async fn refuse(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "referral-refuse")?;
    let mut form = refuse_form(&p, id);
    let led = match read::<RefuseReferral>(&p, &mut form, &body) {
        Ok(refused) => acts::refuse(&acting, id, refused).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "referral-refused")
}

pub(super) async fn conclude(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "referral-conclude")?;
    let mut form = conclude_form(&p, id);
    let led = match read::<ConcludeReferral>(&p, &mut form, &body) {
        Ok(concluded) => acts::conclude(&acting, id, concluded).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "referral-concluded")
}
