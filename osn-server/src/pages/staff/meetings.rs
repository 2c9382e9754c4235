//! Meetings of the network: the list, preparing one, its page with invitation, minutes, follow-ups and what came of it.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::Directory;
use osn_core::id::{MeetingId, OrganizationId};
use osn_core::meeting::{Meeting, MeetingState};
use osn_core::state::Machine as _;
use osn_store::Versioned;

use super::network::{
    answer, bodies, body_name, chips, form_page, listed, named, opens, own_area, own_line, read, small, trace_link,
};
use super::sized::Start;
use super::{Asked, head, id, profiles};
use crate::acts::Acting;
use crate::acts::network::meetings::{self as acts, FollowUpDone, Minutes, NewMeeting};
use crate::acts::network::{gaps, offers};
use crate::api::network_work::calendar_file;
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown, typed};
use crate::refusal::{Outcome, Refusal};

const STATES: [&str; 4] = ["planned", "invited", "held", "cancelled"];
const PURPOSES: [&str; 3] = ["find-gaps", "present-services", "both"];
const CADENCES: [&str; 5] = ["once", "weekly", "monthly", "quarterly", "yearly"];

fn meeting_id(text: &str) -> Outcome<MeetingId> {
    id(text, "meeting.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("meetings-title", Section::Meetings);
    let found = acts::list(&acting, &listed(&asked), asked.query()).await?;
    let mapped = acting.mapping().await?;
    let rows = found.items.iter().map(|read| {
        let meeting = &read.value;
        Row::new(vec![
            Cell::head(p.text(&meeting.title))
                .link(p.url(&format!("/staff/meetings/{}", meeting.id)))
                .note(body_name(&p, &mapped.directory, meeting.host)),
            Cell::new(p.moment(meeting.starts_at)),
            Cell::new(p.t(&format!("meeting-purpose-{}", meeting.purpose.name()))),
            Cell::tag(shown::state(&p, "meeting", meeting.state.name())),
        ])
    });
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("meetings-count", found.total));
    page.chips = chips(&p, &asked, "/staff/meetings", "meeting", &STATES);
    if acting.actor.may(Right::PlanActions) {
        page.blocks
            .push(Block::Link(p.t("meeting-new"), p.url("/staff/meetings/new")));
    }
    page.blocks.push(Block::Table(Table {
        caption: p.t("meetings-title"),
        head: head(
            &p,
            [
                ("column-meeting", false),
                ("column-when", false),
                ("meeting-purpose", false),
                ("column-state", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("meetings-none"),
    }));
    page.pager = asked.pager(&p, "/staff/meetings", found.next);
    Ok(show(&page))
}

fn prepare_form(p: &Page, directory: &Directory) -> FormView {
    let mut fields = vec![
        own_line(p, "/title", "meeting-name"),
        Field::radios(
            "/purpose",
            p.t("meeting-purpose"),
            named(p, "meeting-purpose", &PURPOSES),
        ),
        Field::select("/host", p.t("meeting-host"), bodies(p, directory))
            .hint(p.t("meeting-team-hint"))
            .optional(),
        Field::select("/initiative", p.t("meeting-initiative"), bodies(p, directory))
            .hint(p.t("meeting-team-hint"))
            .optional(),
        Field::radios(
            "/cadence",
            p.t("meeting-cadence"),
            named(p, "meeting-cadence", &CADENCES),
        )
        .proposed("once"),
        Field::moment("/starts_at", p.t("meeting-starts")),
        Field::moment("/ends_at", p.t("meeting-ends")),
        own_line(p, "/place", "meeting-place"),
    ];
    let tag = p.tag();
    fields.extend((0..4).map(|number| {
        let label = p.t1("meeting-agenda-item", "number", &(number + 1).to_string());
        Field::line(&format!("/agenda/{number}/{tag}"), label).optional()
    }));
    fields.push(Field::checks("/invited", p.t("meeting-invited"), bodies(p, directory)));
    FormView {
        guard: true,
        cancel: Some((p.t("cancel"), p.url("/staff/meetings"))),
        ..FormView::new(p.url("/staff/meetings/new"), fields, p.t("meeting-prepare"))
    }
}

pub(super) async fn ask(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("meeting-new", Section::Meetings);
    let mapped = acting.mapping().await?;
    let form = prepare_form(&p, &mapped.directory);
    Ok(show(&form_page(p, ("meetings-title", "/staff/meetings"), form)))
}

pub(super) async fn prepare(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, p) = reader.page("meeting-new", Section::Meetings);
    let mapped = acting.mapping().await?;
    let mut form = prepare_form(&p, &mapped.directory);
    let led = match read::<NewMeeting>(&p, &mut form, &body) {
        Ok(new) => acts::prepare(&acting, new)
            .await
            .map(|meeting| format!("/staff/meetings/{}", meeting.value.id)),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "meeting-prepared")
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id = meeting_id(&text)?;
    let Versioned { value: meeting, .. } = acts::get(&acting, id).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let title = p.text(&meeting.title);
    let p = p.titled(title).within(Section::Meetings);
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.moment_in_words(meeting.starts_at))
        .tagged(shown::state(&p, "meeting", meeting.state.name()))
        .back(p.t("meetings-title"), p.url("/staff/meetings"));
    page.acts = steps(&acting, &p, &meeting);
    page.blocks.push(facts(&p, directory, &meeting));
    let file = format!("/staff/meetings/{id}/invitation.ics");
    page.blocks.push(Block::Link(p.t("meeting-calendar"), p.url(&file)));
    page.blocks.push(trace_link(&p, "meeting", id));
    if !meeting.minutes.is_empty() {
        page.blocks.push(Block::Heading(p.t("meeting-minutes")));
        page.blocks.push(Block::Text(p.text(&meeting.minutes)));
        page.blocks.extend(came_of_it(&acting, &p, directory, &meeting));
        page.blocks
            .extend(reported_and_offered(&acting, &p, directory, &meeting).await?);
    }
    let begun = meeting.starts_at <= acting.now && !matches!(meeting.state, MeetingState::Cancelled { .. });
    if begun && acting.actor.may(Right::PlanActions) {
        let form = minutes_form(&p, directory, &meeting).scoped("m-");
        page.blocks.push(opens(&p, "meeting-minutes-keep", form));
    }
    if matches!(meeting.state, MeetingState::Held { .. }) {
        page.blocks.extend(onwards(&acting, &p, directory, &meeting));
    }
    Ok(show(&page))
}

fn names(p: &Page, directory: &Directory, bodies: &[OrganizationId]) -> String {
    let names: Vec<String> = bodies.iter().map(|body| body_name(p, directory, Some(*body))).collect();
    names.join(", ")
}

fn facts(p: &Page, directory: &Directory, meeting: &Meeting) -> Block {
    let agenda: Vec<Cell> = meeting.agenda.iter().map(|item| Cell::new(p.text(item))).collect();
    let mut facts = vec![
        Fact::text(
            p.t("meeting-purpose"),
            p.t(&format!("meeting-purpose-{}", meeting.purpose.name())),
        ),
        Fact::text(p.t("meeting-host"), body_name(p, directory, meeting.host)),
        Fact::text(p.t("meeting-initiative"), body_name(p, directory, meeting.initiative)),
        Fact::text(
            p.t("meeting-cadence"),
            p.t(&format!("meeting-cadence-{}", meeting.cadence.name())),
        ),
        Fact::text(p.t("meeting-ends"), p.moment(meeting.ends_at)),
        Fact::text(p.t("meeting-place"), p.text(&meeting.place)),
        Fact::text(p.t("meeting-invited"), names(p, directory, &meeting.invited)),
    ];
    if !agenda.is_empty() {
        facts.push(Fact {
            label: p.t("meeting-agenda"),
            cells: agenda,
        });
    }
    if !meeting.attended.is_empty() {
        facts.push(Fact::text(
            p.t("meeting-attended"),
            names(p, directory, &meeting.attended),
        ));
    }
    Block::Facts(Facts { facts })
}

fn came_of_it(acting: &Acting, p: &Page, directory: &Directory, meeting: &Meeting) -> Vec<Block> {
    let follow_ups = meeting.follow_ups.iter().map(|follow_up| {
        let done = match follow_up.done_on {
            Some(day) => p.day(day),
            None if follow_up.due < acting.zone().day(acting.now) => p.t("follow-up-late"),
            None => p.t("follow-up-open"),
        };
        Row::new(vec![
            Cell::head(p.text(&follow_up.what)),
            Cell::new(body_name(p, directory, Some(follow_up.owner))),
            Cell::new(p.day(follow_up.due)),
            Cell::new(done),
        ])
    });
    let mut blocks = vec![Block::Table(Table {
        caption: p.t("follow-ups"),
        head: head(
            p,
            [
                ("follow-up-what", false),
                ("column-body", false),
                ("follow-up-due", false),
                ("column-state", false),
            ],
        ),
        rows: follow_ups.collect(),
        empty: p.t("follow-ups-none"),
    })];
    if acting.actor.may(Right::WriteRequests) {
        let open = (0_u16..)
            .zip(&meeting.follow_ups)
            .filter(|(_, follow_up)| follow_up.done_on.is_none());
        let acts = open.map(|(number, follow_up)| {
            let label = p.t1("follow-up-done", "what", &p.text(&follow_up.what));
            Act::new(p.url(&format!("/staff/meetings/{}/follow-up", meeting.id)), label)
                .secondary()
                .hidden("/number", number.to_string())
        });
        blocks.push(Block::Acts(acts.collect()));
    }
    blocks.extend(profiles::table(p, directory, meeting));
    blocks
}

/// What one may add to a meeting that took place: a described group, a gap that it showed.
fn onwards(acting: &Acting, p: &Page, directory: &Directory, meeting: &Meeting) -> Vec<Block> {
    let mut blocks = Vec::new();
    if acting.actor.may(Right::PlanActions) {
        let form = profiles::describe_form(p, directory, meeting.id).scoped("g-");
        blocks.push(opens(p, "profile-describe", form));
    }
    if acting.actor.may(Right::WriteRequests) {
        let place = Start::of_meeting(meeting.id).address("/staff/gaps/new");
        blocks.push(Block::Link(p.t("meeting-to-gap"), p.url(&place)));
    }
    blocks
}

/// Gaps that were reported, and means that bodies offered, at the meeting.
async fn reported_and_offered(
    acting: &Acting,
    p: &Page,
    directory: &Directory,
    meeting: &Meeting,
) -> Outcome<Vec<Block>> {
    let mut rows = Vec::new();
    for id in &meeting.gaps {
        let gap = gaps::get(acting, *id).await?.value;
        rows.push(Row::new(vec![
            Cell::head(p.text(&gap.title)).link(p.url(&format!("/staff/gaps/{id}"))),
            Cell::new(p.t("trace-kind-gap")),
            Cell::new(body_name(p, directory, gap.organization_id)),
            Cell::tag(shown::state(p, "gap", gap.state.name())),
        ]));
    }
    for id in &meeting.contributions {
        let offer = offers::get(acting, *id).await?.value;
        let quantity = format!("{} {}", p.number(offer.quantity.into()), p.text(&offer.unit));
        rows.push(Row::new(vec![
            Cell::head(p.text(&offer.words))
                .link(p.url(&format!("/staff/gaps/{}", offer.gap_id)))
                .note(quantity),
            Cell::new(p.t("meeting-offer")),
            Cell::new(body_name(p, directory, Some(offer.organization_id))),
            Cell::tag(shown::state(p, "contribution", offer.state.name())),
        ]));
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let columns = [
        ("trace-step", false),
        ("trace-kind", false),
        ("column-body", false),
        ("column-state", false),
    ];
    Ok(vec![Block::Table(Table {
        caption: p.t("meeting-came-of-it"),
        head: head(p, columns),
        rows,
        empty: String::new(),
    })])
}

fn steps(acting: &Acting, p: &Page, meeting: &Meeting) -> Vec<Act> {
    let act = |step: &str, key: &str| Act::new(p.url(&format!("/staff/meetings/{}/{step}", meeting.id)), p.t(key));
    let open = matches!(meeting.state, MeetingState::Planned | MeetingState::Invited { .. });
    if !open || !acting.actor.may(Right::PlanActions) {
        return Vec::new();
    }
    vec![
        act("invite", "meeting-invite"),
        act("cancel", "meeting-cancel").secondary(),
    ]
}

fn minutes_form(p: &Page, directory: &Directory, meeting: &Meeting) -> FormView {
    let invited = |name: &str, key: &str| {
        let choices = meeting
            .invited
            .iter()
            .map(|body| crate::pages::form::Choice::new(body.to_string(), body_name(p, directory, Some(*body))));
        Field::checks(name, p.t(key), choices.collect())
    };
    let tag = p.tag();
    let fields = vec![
        own_area(p, "/minutes", "meeting-minutes"),
        invited("/attended", "meeting-attended"),
        Field::line(&format!("/follow_ups/0/what/{tag}"), p.t("follow-up-what")).optional(),
        Field::select("/follow_ups/0/owner", p.t("follow-up-owner"), bodies(p, directory)).optional(),
        Field::day("/follow_ups/0/due", p.t("follow-up-due")).optional(),
    ];
    small(
        p,
        &format!("/staff/meetings/{}/minutes", meeting.id),
        fields,
        "meeting-minutes-keep",
    )
}

/// The minutes as the act takes them: a follow-up that was left empty is none.
fn minutes_of(p: &Page, form: &mut FormView, body: &[u8], meeting: &Meeting) -> Outcome<Minutes> {
    form.fill(&Posted::read(body));
    let mut body = form.body(p)?;
    if let Some(minutes) = body.as_object_mut()
        && minutes.get("follow_ups").is_none_or(|all| all[0]["what"].is_null())
    {
        minutes.remove("follow_ups");
    }
    let mut minutes: Minutes = typed(body)?;
    // What stood there before stays: the form adds.
    let mut follow_ups = meeting.follow_ups.clone();
    follow_ups.append(&mut minutes.follow_ups);
    Ok(Minutes {
        follow_ups,
        profiles: meeting.profiles.clone(),
        ..minutes
    })
}

fn frame(reader: Reader, text: &str, title: &str) -> Outcome<(Acting, Page, MeetingId, String)> {
    let id = meeting_id(text)?;
    let (acting, p) = reader.page(title, Section::Meetings);
    Ok((acting, p, id, format!("/staff/meetings/{id}")))
}

pub(super) async fn minutes(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "meeting-minutes-keep")?;
    let mapped = acting.mapping().await?;
    let meeting = acts::get(&acting, id).await?.value;
    let mut form = minutes_form(&p, &mapped.directory, &meeting);
    let led = match minutes_of(&p, &mut form, &body, &meeting) {
        Ok(given) => acts::minutes(&acting, id, given).await.map(|_| path),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "meeting-kept")
}

pub(super) async fn followed_up(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "follow-ups")?;
    let number = Posted::read(&body).get("/number").parse();
    let number = number.map_err(|_| Refusal::field("/number", "wrong-type"))?;
    acts::followed_up(&acting, id, FollowUpDone { number, done_on: None }).await?;
    Ok(onward(&p, &path, "meeting-followed-up"))
}

pub(super) async fn invite(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "meeting-invite")?;
    acts::invite(&acting, id).await?;
    Ok(onward(&p, &path, "meeting-invited"))
}

pub(super) async fn cancel(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p, id, path) = frame(reader, &text, "meeting-cancel")?;
    acts::cancel(&acting, id).await?;
    Ok(onward(&p, &path, "meeting-cancelled"))
}

pub(super) async fn invitation(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let id = meeting_id(&text)?;
    Ok(calendar_file(id, acts::invitation(&reader.acting, id).await?))
}
