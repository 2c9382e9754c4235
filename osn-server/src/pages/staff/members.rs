//! Members of the network, the people one speaks to there, and good practices.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::Directory;
use osn_core::id::MemberId;
use osn_core::network::{ContactRole, Member, MemberKind, MemberState, NetworkContact};
use osn_core::state::Machine as _;
use osn_store::PageQuery;

use super::network::{answer, body_name, listed, named, opens, own_area, own_line, read, small};
use super::records::body_field;
use super::{Asked, head, id};
use crate::acts::Acting;
use crate::acts::network::members::{self as acts, Contacts, JoinNetwork, NewMember, NewPractice};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown};
use crate::refusal::Outcome;

const KINDS: [&str; 2] = ["municipal", "civil-society"];

fn member_id(text: &str) -> Outcome<MemberId> {
    id(text, "member.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("members-title", Section::Members);
    let found = acts::list(&acting, &listed(&asked), asked.query()).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let rows = found.items.iter().map(|read| row(&acting, &p, directory, &read.value));
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("members-count", found.total));
    page.blocks.push(Block::Table(Table {
        caption: p.t("members-title"),
        head: head(
            &p,
            [
                ("column-body", false),
                ("member-kind", false),
                ("member-agreement", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("members-none"),
    }));
    if acting.actor.may(Right::PlanActions) {
        page.blocks
            .push(opens(&p, "member-invite", invite_form(&p, directory).scoped("i-")));
    }
    page.blocks.extend(practices(&acting, &p, directory).await?);
    page.pager = asked.pager(&p, "/staff/members", found.next);
    Ok(show(&page))
}

fn row(acting: &Acting, p: &Page, directory: &Directory, member: &Member) -> Row {
    let name = Cell::head(body_name(p, directory, Some(member.organization_id)));
    let own = acting
        .actor
        .officer()
        .is_some_and(|officer| officer.acts_for(member.organization_id).is_ok());
    let sees = own && acting.actor.may(Right::TakeReferrals);
    let name = if sees {
        name.link(p.url(&format!("/staff/members/{}", member.id)))
    } else {
        name
    };
    let agreement = member.agreement.as_ref();
    let agreement = agreement.map_or_else(String::new, |agreement| {
        format!("{}, {}", agreement.reference, shown::period(p, agreement.period))
    });
    Row::new(vec![
        name,
        Cell::new(p.t(&format!("member-kind-{}", member.kind.name()))),
        Cell::new(agreement),
        Cell::tag(shown::state(p, "member", member.state.name())),
    ])
}

async fn practices(acting: &Acting, p: &Page, directory: &Directory) -> Outcome<Vec<Block>> {
    let found = acts::practices(acting, PageQuery::first()).await?;
    let mut blocks = vec![Block::Heading(p.t("practices-title"))];
    for practice in found.items.iter().map(|read| &read.value) {
        let by = body_name(p, directory, practice.organization_id);
        let tags = practice.tags.join(", ");
        let inner = vec![
            Block::Text(p.text(&practice.words)),
            Block::Text(format!("{by}, {} {tags}", p.moment(practice.at))),
        ];
        blocks.push(Block::Details(p.text(&practice.title), inner));
    }
    if found.items.is_empty() {
        blocks.push(Block::Text(p.t("practices-none")));
    }
    if acting.actor.may(Right::WriteRequests) {
        blocks.push(opens(p, "practice-share", practice_form(p).scoped("p-")));
    }
    Ok(blocks)
}

fn invite_form(p: &Page, directory: &Directory) -> FormView {
    let fields = vec![
        body_field(p, directory, "/organization_id"),
        Field::radios("/kind", p.t("member-kind"), named(p, "member-kind", &KINDS)),
    ];
    small(p, "/staff/members", fields, "member-invite")
}

fn practice_form(p: &Page) -> FormView {
    let fields = vec![
        own_line(p, "/title", "practice-name"),
        own_area(p, "/words", "practice-words"),
        Field::line("/tags/0", p.t("practice-tag")).optional(),
        Field::line("/tags/1", p.t("practice-tag")).optional(),
    ];
    small(p, "/staff/practices", fields, "practice-share")
}

pub(super) async fn invite(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("member-invite", Section::Members);
    let mapped = acting.mapping().await?;
    let mut form = invite_form(&p, &mapped.directory);
    let led = match read::<NewMember>(&p, &mut form, &body) {
        Ok(new) => acts::invite(&acting, new)
            .await
            .map(|member| format!("/staff/members/{}", member.value.id)),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "member-invited")
}

pub(super) async fn share(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("practice-share", Section::Members);
    let mut form = practice_form(&p);
    let led = match read::<NewPractice>(&p, &mut form, &body) {
        Ok(new) => acts::share(&acting, new).await.map(|_| "/staff/members".to_owned()),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "practice-shared")
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = member_id(&text)?;
    let member = acts::get(&acting, id).await?.value;
    let contacts = acts::contacts(&acting, id).await?.contacts;
    let mapped = acting.mapping().await?;
    let title = body_name(&p, &mapped.directory, Some(member.organization_id));
    let p = p.titled(title).within(Section::Members);
    let mut facts = vec![Fact::text(
        p.t("member-kind"),
        p.t(&format!("member-kind-{}", member.kind.name())),
    )];
    if let Some(agreement) = &member.agreement {
        facts.push(Fact::text(p.t("member-agreement"), agreement.reference.clone()));
        facts.push(Fact::text(p.t("member-signed-on"), p.day(agreement.signed_on)));
        facts.push(Fact::text(p.t("column-period"), shown::period(&p, agreement.period)));
    }
    let mut page = StaffPage::new(p.clone())
        .tagged(shown::state(&p, "member", member.state.name()))
        .back(p.t("members-title"), p.url("/staff/members"))
        .block(Block::Facts(Facts { facts }));
    let plans = acting.actor.may(Right::PlanActions);
    if plans && matches!(member.state, MemberState::Invited { .. }) {
        page.blocks
            .push(opens(&p, "member-join", join_form(&p, &member).scoped("j-")));
    }
    if plans && !matches!(member.state, MemberState::Ended { .. }) {
        let end = Act::new(p.url(&format!("/staff/members/{id}/end")), p.t("member-end"));
        page.acts.push(end.secondary());
    }
    page.blocks.push(Block::Heading(p.t("contacts-title")));
    page.blocks
        .push(Block::Form(Box::new(contacts_form(&p, id, &contacts))));
    Ok(show(&page))
}

fn join_form(p: &Page, member: &Member) -> FormView {
    let path = format!("/staff/members/{}/join", member.id);
    let fields = match member.kind {
        MemberKind::Municipal => Vec::new(),
        MemberKind::CivilSociety => vec![
            Field::line("/agreement/reference", p.t("member-agreement")),
            Field::day("/agreement/signed_on", p.t("member-signed-on")),
            Field::day("/agreement/period/from", p.t("need-from")),
            Field::day("/agreement/period/to", p.t("need-to")).optional(),
        ],
    };
    small(p, &path, fields, "member-join")
}

pub(super) async fn join(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let id = member_id(&text)?;
    let (acting, p) = reader.page("member-join", Section::Members);
    let member = acts::get(&acting, id).await?.value;
    let mut form = join_form(&p, &member);
    let led = match read::<JoinNetwork>(&p, &mut form, &body) {
        Ok(given) => acts::join(&acting, id, given)
            .await
            .map(|_| format!("/staff/members/{id}")),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "member-joined")
}

pub(super) async fn end(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = member_id(&text)?;
    acts::end(&reader.acting, id).await?;
    Ok(onward(&reader.p, "/staff/members", "member-ended"))
}

/// The contacts that are there, and one more.
fn contacts_form(p: &Page, id: MemberId, contacts: &[NetworkContact]) -> FormView {
    let roles: Vec<Choice> = ContactRole::ALL
        .iter()
        .map(|role| Choice::new(role.name(), p.t(&format!("contact-role-{}", role.name()))))
        .collect();
    let mut fields = Vec::new();
    for number in 0..=contacts.len() {
        let known = contacts.get(number);
        let line = |name: &str, key: &str, value: Option<&String>| {
            let field = Field::line(&format!("/contacts/{number}/{name}"), p.t(key)).optional();
            match value {
                Some(value) => field.proposed(value.clone()),
                None => field,
            }
        };
        let role = Field::select(&format!("/contacts/{number}/role"), p.t("contact-role"), roles.clone()).optional();
        fields.push(line("name", "contact-name", known.map(|contact| &contact.name)));
        fields.push(match known {
            Some(contact) => role.proposed(contact.role.name()),
            None => role,
        });
        fields.push(line(
            "email",
            "contact-email",
            known.and_then(|contact| contact.email.as_ref()),
        ));
        fields.push(line(
            "phone",
            "contact-phone",
            known.and_then(|contact| contact.phone.as_ref()),
        ));
    }
    small(p, &format!("/staff/members/{id}/contacts"), fields, "contacts-keep")
}

pub(super) async fn contacts(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let id = member_id(&text)?;
    let (acting, p) = reader.page("contacts-title", Section::Members);
    let known = acts::contacts(&acting, id).await?.contacts;
    let mut form = contacts_form(&p, id, &known);
    form.fill(&crate::pages::form::Posted::read(&body));
    let (mut given, _) = form.draft(&p);
    if let Some(all) = given.get_mut("contacts").and_then(|all| all.as_array_mut()) {
        // A line without a name is none: that is how somebody is taken off the list.
        all.retain(|contact| contact["name"].is_string());
    }
    if given.get("contacts").is_none() {
        given = serde_json::json!({ "contacts": [] });
    }
    let led = match crate::pages::typed::<Contacts>(given) {
        Ok(contacts) => acts::put_contacts(&acting, id, contacts)
            .await
            .map(|_| format!("/staff/members/{id}")),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "contacts-kept")
}
