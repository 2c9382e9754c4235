//! Reported gaps: the list, reporting one, its page with what bodies propose and offer, and how it is closed.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::action::ActionState;
use osn_core::directory::{Directory, Taxonomy};
use osn_core::gap::{Closure, Contribution, ContributionState, GapState, ReportedGap, ServiceExtension};
use osn_core::id::{ContributionId, GapId};
use osn_core::state::Machine as _;
use osn_store::{PageQuery, Versioned};

use super::network::{
    answer, bodies, body_name, chips, form_page, is_bound, listed, named, opens, own_area, own_line, read, small,
    trace_link,
};
use super::records::body_field;
use super::sized::{self, Begun, Start};
use super::{Asked, head, id, person};
use crate::acts::network::extensions::{self, NewExtension};
use crate::acts::network::gaps::{self as acts, Close, NewGap, NewGapProposal, Same};
use crate::acts::network::offers::{self, NewContribution};
use crate::acts::network::{Listed, Why, referrals};
use crate::acts::{Acting, actions};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown, typed};
use crate::refusal::Outcome;

const STATES: [&str; 5] = ["reported", "accepted", "closed", "joined", "dismissed"];
const CAUSES: [&str; 3] = ["no-means", "no-such-service", "barrier-of-access"];
const KINDS: [&str; 4] = ["places", "rooms", "people", "goods"];

fn gap_id(text: &str) -> Outcome<GapId> {
    id(text, "gap.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("gaps-title", Section::Gaps);
    let found = acts::list(&acting, &listed(&asked), asked.query()).await?;
    let mapped = acting.mapping().await?;
    let rows = found
        .items
        .iter()
        .map(|gap| row(&p, &mapped.directory, &gap.value))
        .collect();
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("gaps-count", found.total));
    page.chips = chips(&p, &asked, "/staff/gaps", "gap", &STATES);
    if acting.actor.may(Right::WriteRequests) {
        page.blocks.push(Block::Link(p.t("gap-new"), p.url("/staff/gaps/new")));
    }
    page.blocks
        .push(Block::Link(p.t("unmet-title"), p.url("/staff/unmet-need")));
    page.blocks.push(table(&p, rows));
    page.pager = asked.pager(&p, "/staff/gaps", found.next);
    Ok(show(&page))
}

fn table(p: &Page, rows: Vec<Row>) -> Block {
    Block::Table(Table {
        caption: p.t("gaps-title"),
        head: head(
            p,
            [
                ("column-gap", false),
                ("column-need", false),
                ("need-areas", false),
                ("column-people", true),
                ("column-state", false),
            ],
        ),
        rows,
        empty: p.t("gaps-none"),
    })
}

fn row(p: &Page, directory: &Directory, gap: &ReportedGap) -> Row {
    Row::new(vec![
        Cell::head(p.text(&gap.title))
            .link(p.url(&format!("/staff/gaps/{}", gap.id)))
            .note(body_name(p, directory, gap.organization_id))
            .lang(p.foreign(&gap.title)),
        Cell::new(shown::term(p, directory, &gap.category)).note(p.t(&format!("gap-cause-{}", gap.cause.name()))),
        Cell::new(shown::terms(p, directory, &gap.areas)),
        Cell::number(p.number(gap.people.into())),
        Cell::tag(shown::state(p, "gap", gap.state.name())),
    ])
}

async fn report_form(acting: &Acting, p: &Page, begun: &Begun) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let mut fields = Vec::new();
    if !is_bound(acting) {
        fields.push(body_field(p, directory, "/organization_id").optional());
    }
    fields.extend([
        own_line(p, "/title", "gap-title"),
        Field::select(
            "/category",
            p.t("need-category"),
            choices(p, directory, Taxonomy::Category),
        ),
        Field::checks(
            "/groups",
            p.t("need-groups"),
            choices(p, directory, Taxonomy::BeneficiaryGroup),
        )
        .optional(),
        Field::checks("/areas", p.t("need-areas"), choices(p, directory, Taxonomy::Area)),
        Field::int("/people", p.t("gap-people")),
        Field::radios("/cause", p.t("gap-cause"), named(p, "gap-cause", &CAUSES)),
        own_area(p, "/evidence", "gap-evidence").hint(p.t("request-description-hint")),
    ]);
    let mut form = FormView {
        guard: true,
        cancel: Some((p.t("cancel"), p.url("/staff/gaps"))),
        ..FormView::new(p.url("/staff/gaps/new"), fields, p.t("gap-report"))
    };
    begun.report(p, &mut form);
    Ok(form)
}

pub(super) async fn ask(reader: Reader, Query(start): Query<Start>) -> Outcome<Response> {
    let (acting, p) = reader.page("gap-new", Section::Gaps);
    let begun = Begun::of(&acting, start).await?;
    let form = report_form(&acting, &p, &begun).await?;
    Ok(show(&form_page(p, ("gaps-title", "/staff/gaps"), form)))
}

pub(super) async fn report(reader: Reader, Query(start): Query<Start>, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("gap-new", Section::Gaps);
    let begun = Begun::of(&acting, start).await?;
    let mut form = report_form(&acting, &p, &begun).await?;
    form.fill(&Posted::read(&body));
    let read = form.body(&p).and_then(|mut body| {
        begun.along_with_report(&mut body);
        typed::<NewGap>(body)
    });
    let led = match read {
        Ok(new) => acts::report(&acting, new)
            .await
            .map(|gap| format!("/staff/gaps/{}", gap.value.id)),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "gap-reported")
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = gap_id(&text)?;
    let Versioned { value: gap, .. } = acts::get(&acting, id).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let title = p.text(&gap.title);
    let p = p.titled(title).within(Section::Gaps);
    let mut page = StaffPage::new(p.clone())
        .subtitled(body_name(&p, directory, gap.organization_id))
        .tagged(shown::state(&p, "gap", gap.state.name()))
        .back(p.t("gaps-title"), p.url("/staff/gaps"));
    page.acts = steps(&acting, &p, &gap);
    page.blocks.push(facts(&acting, &p, directory, &gap).await?);
    page.blocks
        .extend(sized::provenance(&acting, &p, gap.from_profile.as_ref(), gap.people).await?);
    page.blocks.push(trace_link(&p, "gap", id));
    if gap.is_open() && acting.actor.may(Right::WriteRequests) {
        let place = Start::of_gap(id).address("/staff/requests/new");
        page.blocks.push(Block::Link(p.t("gap-to-request"), p.url(&place)));
    }
    page.blocks.push(Block::Heading(p.t("gap-proposals")));
    if gap.proposals.is_empty() {
        page.blocks.push(Block::Text(p.t("gap-proposals-none")));
    }
    for proposal in &gap.proposals {
        let by = body_name(&p, directory, proposal.organization_id);
        page.blocks.push(Block::Inset(format!(
            "{} – {by}, {}",
            p.text(&proposal.words),
            p.moment(proposal.at)
        )));
    }
    let offers = offers::of_gap(&acting, id, PageQuery::first()).await?;
    page.blocks.push(Block::Heading(p.t("gap-contributions")));
    page.blocks.extend(offered(&acting, &p, directory, &offers.items));
    let extensions = extensions::of_gap(&acting, id, PageQuery::first()).await?;
    page.blocks.push(extended(&p, directory, &extensions.items));
    if gap.is_open() {
        page.blocks.extend(forms(&acting, &p, directory, &gap).await?);
    }
    Ok(show(&page))
}

async fn facts(acting: &Acting, p: &Page, directory: &Directory, gap: &ReportedGap) -> Outcome<Block> {
    let mut facts = vec![
        Fact::text(p.t("need-category"), shown::term(p, directory, &gap.category)),
        Fact::text(p.t("need-groups"), shown::terms(p, directory, &gap.groups)),
        Fact::text(p.t("need-areas"), shown::terms(p, directory, &gap.areas)),
        Fact::text(p.t("gap-people"), p.number(gap.people.into())),
        Fact::text(p.t("gap-cause"), p.t(&format!("gap-cause-{}", gap.cause.name()))),
        Fact::text(p.t("gap-evidence"), p.text(&gap.evidence)),
        Fact::text(p.t("gap-source"), p.t(&format!("gap-source-{}", gap.source.name()))),
        Fact::text(p.t("column-when"), p.moment(gap.reported_at)),
    ];
    match &gap.state {
        GapState::Closed { by, closure, .. } => {
            let how = p.t(&format!("gap-closure-{}", closure.name()));
            let mut cell = Cell::new(how).note(person(acting, *by).await?);
            match closure {
                Closure::Action { action } => cell = cell.link(p.url(&format!("/staff/actions/{action}"))),
                Closure::Referral { referral } => cell = cell.link(p.url(&format!("/staff/referrals/{referral}"))),
                Closure::JointEffort { bodies, agreement } => {
                    let names = bodies.iter().map(|body| body_name(p, directory, Some(*body)));
                    let names = names.collect::<Vec<_>>().join(", ");
                    facts.push(Fact::text(p.t("gap-agreement"), p.text(agreement)));
                    facts.push(Fact::text(p.t("gap-bodies"), names));
                }
                Closure::Extension { .. } => {}
            }
            facts.push(Fact::new(p.t("gap-closed-by"), cell));
        }
        GapState::Joined { into, .. } => {
            let cell = Cell::new(p.t("gap-joined-into")).link(p.url(&format!("/staff/gaps/{into}")));
            facts.push(Fact::new(p.t("column-state"), cell));
        }
        GapState::Dismissed { reason, .. } => facts.push(Fact::text(p.t("gap-reason"), p.text(reason))),
        GapState::Reported | GapState::Accepted { .. } => {}
    }
    Ok(Block::Facts(Facts { facts }))
}

fn steps(acting: &Acting, p: &Page, gap: &ReportedGap) -> Vec<Act> {
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/gaps/{}/{step}", gap.id)), p.t(key));
    if !acting.actor.may(Right::ExamineNeeds) {
        return Vec::new();
    }
    match gap.state {
        GapState::Reported => vec![act("accept", "gap-accept")],
        GapState::Closed { .. } | GapState::Dismissed { .. } => vec![act("reopen", "gap-reopen").secondary()],
        GapState::Accepted { .. } | GapState::Joined { .. } => Vec::new(),
    }
}

fn offered(acting: &Acting, p: &Page, directory: &Directory, offers: &[Versioned<Contribution>]) -> Vec<Block> {
    let rows = offers.iter().map(|offer| {
        let offer = &offer.value;
        Row::new(vec![
            Cell::head(body_name(p, directory, Some(offer.organization_id))).note(p.text(&offer.words)),
            Cell::new(p.t(&format!("contribution-kind-{}", offer.kind.name()))),
            Cell::number(p.number(offer.quantity.into())).note(p.text(&offer.unit)),
            Cell::new(shown::period(p, offer.period)),
            Cell::tag(shown::state(p, "contribution", offer.state.name())),
        ])
    });
    let mut blocks = vec![Block::Table(Table {
        caption: p.t("gap-contributions"),
        head: head(
            p,
            [
                ("column-body", false),
                ("contribution-kind", false),
                ("contribution-quantity", true),
                ("column-period", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("gap-contributions-none"),
    })];
    if acting.actor.may(Right::ExamineNeeds) {
        let open = offers
            .iter()
            .filter(|offer| offer.value.state == ContributionState::Offered);
        let accept = open.map(|offer| {
            let body = body_name(p, directory, Some(offer.value.organization_id));
            Act::new(
                p.url(&format!("/staff/contributions/{}/accept", offer.value.id)),
                p.t1("contribution-accept", "body", &body),
            )
            .secondary()
        });
        blocks.push(Block::Acts(accept.collect()));
    }
    blocks
}

fn extended(p: &Page, directory: &Directory, extensions: &[Versioned<ServiceExtension>]) -> Block {
    let rows = extensions.iter().map(|read| {
        let extension = &read.value;
        let service = directory.service(extension.service_id);
        let name = service.map_or_else(|| p.t("record-is-gone"), |service| p.text(&service.name));
        Row::new(vec![
            Cell::head(name).link(p.url(&format!("/services/{}", extension.service_id))),
            Cell::number(p.number(extension.places.into())),
            Cell::new(p.day(extension.effective_on)),
            Cell::tag(shown::state(p, "extension", extension.state.name())),
        ])
    });
    Block::Table(Table {
        caption: p.t("gap-extensions"),
        head: head(
            p,
            [
                ("column-service", false),
                ("column-places", true),
                ("extension-on", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("gap-extensions-none"),
    })
}

async fn forms(acting: &Acting, p: &Page, directory: &Directory, gap: &ReportedGap) -> Outcome<Vec<Block>> {
    let mut blocks = Vec::new();
    if acting.actor.may(Right::WriteRequests) {
        blocks.push(opens(p, "gap-propose", propose_form(p, gap.id).scoped("p-")));
        blocks.push(opens(
            p,
            "gap-contribute",
            contribute_form(acting, p, directory, gap.id).scoped("c-"),
        ));
    }
    let accepted = matches!(gap.state, GapState::Accepted { .. });
    if accepted && acting.actor.may(Right::KeepRecords) {
        blocks.push(opens(
            p,
            "gap-extend",
            extend_form(acting, p, directory, gap).scoped("e-"),
        ));
    }
    if acting.actor.may(Right::ExamineNeeds) {
        if accepted {
            for (by, scope) in [("joint-effort", "j-"), ("referral", "r-"), ("action", "a-")] {
                let form = close_form(acting, p, gap, by).await?;
                blocks.push(opens(p, &format!("gap-close-{by}"), form.scoped(scope)));
            }
        }
        let same = join_form(acting, p, gap).await?;
        blocks.push(opens(p, "gap-join", same.scoped("s-")));
        blocks.push(opens(p, "gap-dismiss", dismiss_form(p, gap.id).scoped("d-")));
    }
    Ok(blocks)
}

fn propose_form(p: &Page, id: GapId) -> FormView {
    small(
        p,
        &format!("/staff/gaps/{id}/propose"),
        vec![own_area(p, "/words", "gap-proposal-words")],
        "gap-propose",
    )
}

fn contribute_form(acting: &Acting, p: &Page, directory: &Directory, id: GapId) -> FormView {
    let mut fields = Vec::new();
    if !is_bound(acting) {
        fields.push(body_field(p, directory, "/organization_id"));
    }
    fields.extend([
        Field::radios("/kind", p.t("contribution-kind"), named(p, "contribution-kind", &KINDS)),
        Field::int("/quantity", p.t("contribution-quantity")),
        own_line(p, "/unit", "contribution-unit"),
        own_area(p, "/words", "contribution-words"),
        Field::day("/period/from", p.t("need-from")),
        Field::day("/period/to", p.t("need-to")).optional(),
    ]);
    small(p, &format!("/staff/gaps/{id}/contribute"), fields, "gap-contribute")
}

fn extend_form(acting: &Acting, p: &Page, directory: &Directory, gap: &ReportedGap) -> FormView {
    let own = acting.actor.officer().and_then(|officer| officer.organization);
    let bound = is_bound(acting);
    let within = directory.with_descendants(&gap.category);
    let services: Vec<Choice> = directory
        .services_in(&within)
        .filter(|service| !bound || Some(service.organization_id) == own)
        .map(|service| Choice::new(service.id.to_string(), p.text(&service.name)))
        .collect();
    let fields = vec![
        Field::select("/service_id", p.t("column-service"), services),
        Field::int("/places", p.t("extension-places")),
        Field::day("/effective_on", p.t("extension-on")),
    ];
    small(p, &format!("/staff/gaps/{}/extend", gap.id), fields, "gap-extend")
}

/// How a gap is closed that no extension closes: bodies together, a referral that was taken, an action that stands.
async fn close_form(acting: &Acting, p: &Page, gap: &ReportedGap, by: &str) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let mut fields = match by {
        "referral" => vec![Field::select(
            "/closure/referral",
            p.t("gap-referral"),
            taken(acting, p, directory, gap).await?,
        )],
        "action" => vec![Field::select(
            "/closure/action",
            p.t("column-action"),
            standing_actions(acting, p).await?,
        )],
        _ => vec![
            Field::checks("/closure/bodies", p.t("gap-bodies"), bodies(p, directory)),
            own_area(p, "/closure/agreement", "gap-agreement"),
        ],
    };
    fields.push(Field::radios("/closure/by", p.t("gap-closed-by"), named(p, "gap-closure", &[by])).proposed(by));
    let form = small(
        p,
        &format!("/staff/gaps/{}/close", gap.id),
        fields,
        &format!("gap-close-{by}"),
    );
    Ok(form)
}

/// Referrals of the gap's category that a body took, by the body and the day; nobody is named.
async fn taken(acting: &Acting, p: &Page, directory: &Directory, gap: &ReportedGap) -> Outcome<Vec<Choice>> {
    if !acting.actor.may(Right::TakeReferrals) {
        return Ok(Vec::new());
    }
    let mut choices = Vec::new();
    for state in ["accepted", "concluded"] {
        let asked = Listed {
            state: Some(state.to_owned()),
        };
        let found = referrals::list(acting, &asked, PageQuery::first()).await?;
        let same = found.items.iter().filter(|read| read.value.category == gap.category);
        choices.extend(same.map(|read| {
            let body = body_name(p, directory, Some(read.value.organization_id));
            let words = format!("{body} · {}", p.moment(read.value.referred_at));
            Choice::new(read.value.id.to_string(), words)
        }));
    }
    Ok(choices)
}

async fn standing_actions(acting: &Acting, p: &Page) -> Outcome<Vec<Choice>> {
    let found = actions::list(acting, PageQuery::first()).await?;
    let stands = |state: &ActionState| matches!(state, ActionState::Approved { .. } | ActionState::Completed { .. });
    let standing = found.items.iter().filter(|read| stands(&read.value.state));
    Ok(standing
        .map(|read| Choice::new(read.value.id.to_string(), p.text(&read.value.name)))
        .collect())
}

/// Other open gaps of the same category.
async fn join_form(acting: &Acting, p: &Page, gap: &ReportedGap) -> Outcome<FormView> {
    let found = acts::list(acting, &crate::acts::network::Listed::default(), PageQuery::first()).await?;
    let others: Vec<Choice> = found
        .items
        .iter()
        .filter(|read| read.value.is_open() && read.value.id != gap.id && read.value.category == gap.category)
        .map(|read| Choice::new(read.value.id.to_string(), p.text(&read.value.title)))
        .collect();
    let fields = vec![Field::select("/gap_id", p.t("gap-same"), others)];
    Ok(small(p, &format!("/staff/gaps/{}/join", gap.id), fields, "gap-join"))
}

fn dismiss_form(p: &Page, id: GapId) -> FormView {
    small(
        p,
        &format!("/staff/gaps/{id}/dismiss"),
        vec![own_area(p, "/reason", "gap-reason")],
        "gap-dismiss",
    )
}

/// The page of the gap, under the title of what was asked of it.
fn frame(reader: Reader, text: &str, title: &str) -> Outcome<(Acting, Page, GapId, String)> {
    let id = gap_id(text)?;
    let (acting, p) = reader.page(title, Section::Gaps);
    Ok((acting, p, id, format!("/staff/gaps/{id}")))
}

pub(super) async fn accept(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-accept")?;
    acts::accept(&acting, id).await?;
    Ok(onward(&p, &path, "gap-accepted"))
}

pub(super) async fn reopen(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-reopen")?;
    acts::reopen(&acting, id).await?;
    Ok(onward(&p, &path, "gap-accepted"))
}

pub(super) async fn propose(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-propose")?;
    let mut form = propose_form(&p, id);
    let led = match read::<NewGapProposal>(&p, &mut form, &body) {
        Ok(new) => acts::propose(&acting, id, new).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "gap-proposed")
}

pub(super) async fn contribute(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-contribute")?;
    let mapped = acting.mapping().await?;
    let mut form = contribute_form(&acting, &p, &mapped.directory, id);
    let led = match read::<NewContribution>(&p, &mut form, &body) {
        Ok(new) => offers::offer(&acting, id, new).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "gap-contributed")
}

pub(super) async fn extend(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-extend")?;
    let mapped = acting.mapping().await?;
    let gap = acts::get(&acting, id).await?.value;
    let mut form = extend_form(&acting, &p, &mapped.directory, &gap);
    let led = match read::<NewExtension>(&p, &mut form, &body) {
        Ok(new) => extensions::plan(&acting, id, new).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "gap-extended")
}

pub(super) async fn close(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-close")?;
    let gap = acts::get(&acting, id).await?.value;
    let by = Posted::read(&body).get("/closure/by").to_owned();
    let mut form = close_form(&acting, &p, &gap, &by).await?;
    let led = match read::<Close>(&p, &mut form, &body) {
        Ok(new) => acts::close(&acting, id, new).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "gap-closed")
}

pub(super) async fn join(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-join")?;
    let gap = acts::get(&acting, id).await?.value;
    let mut form = join_form(&acting, &p, &gap).await?;
    let led = match read::<Same>(&p, &mut form, &body) {
        Ok(same) => acts::join(&acting, id, same).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "gap-joined")
}

pub(super) async fn dismiss(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "gap-dismiss")?;
    let mut form = dismiss_form(&p, id);
    let led = match read::<Why>(&p, &mut form, &body) {
        Ok(why) => acts::dismiss(&acting, id, why).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "gap-dismissed")
}

pub(super) async fn accept_offer(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let offer: ContributionId = id(&text, "contribution.unknown")?;
    let accepted = offers::accept(&reader.acting, offer).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/gaps/{}", accepted.value.gap_id),
        "gap-contribution-accepted",
    ))
}
