//! A group that a meeting described: its counts, how many people of it answer what one asks, and the way from there to a request
//! or to a reported gap.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy};
use osn_core::id::MeetingId;
use osn_core::meeting::{FromProfile, GroupProfile, Meeting};
use osn_core::state::Machine as _;
use serde_json::{Value, json};

use super::network::{answer, named, small};
use super::sized::{Start, asked, range};
use super::{head, id};
use crate::acts::Acting;
use crate::acts::network::meetings;
use crate::acts::network::profiles::{self as acts, SizedGroup};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, Cell, Fact, Facts, Row, StaffPage, Stat, Table};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{onward, show, shown, typed};
use crate::refusal::{Outcome, Refusal};

/// Bands of ages that the form asks for.
const BANDS: u8 = 4;

/// Groups that were described, in counts; each leads to its page.
pub(super) fn table(p: &Page, directory: &Directory, meeting: &Meeting) -> Option<Block> {
    if meeting.profiles.is_empty() {
        return None;
    }
    let rows = (0_u16..).zip(&meeting.profiles).map(|(number, profile)| {
        let count = |people: Option<u32>| people.map_or_else(|| "–".to_owned(), |people| p.number(people.into()));
        Row::new(vec![
            Cell::head(name(p, directory, profile))
                .link(p.url(&address(meeting.id, number)))
                .note(shown::terms(p, directory, &profile.areas)),
            Cell::number(p.number(profile.people.count.into())),
            Cell::number(count(profile.women)),
            Cell::number(count(profile.men)),
            Cell::number(count(profile.employed)),
            Cell::number(count(profile.unemployed)),
            Cell::number(count(profile.single_parents)),
        ])
    });
    Some(Block::Table(Table {
        caption: p.t("profiles"),
        head: head(
            p,
            [
                ("need-groups", false),
                ("column-people", true),
                ("profile-women", true),
                ("profile-men", true),
                ("profile-employed", true),
                ("profile-unemployed", true),
                ("profile-single-parents", true),
            ],
        ),
        rows: rows.collect(),
        empty: String::new(),
    }))
}

fn address(meeting: MeetingId, number: u16) -> String {
    format!("/staff/meetings/{meeting}/profiles/{number}")
}

/// What a group is called: its terms, or people whom no term names.
fn name(p: &Page, directory: &Directory, profile: &GroupProfile) -> String {
    if profile.groups.is_empty() {
        p.t("profile-unnamed")
    } else {
        shown::terms(p, directory, &profile.groups)
    }
}

/// The form that describes one more group.
pub(super) fn describe_form(p: &Page, directory: &Directory, meeting: MeetingId) -> FormView {
    let number = |name: &str, key: &str| Field::int(name, p.t(key)).optional();
    let fields = vec![
        Field::checks(
            "/groups",
            p.t("profile-groups"),
            choices(p, directory, Taxonomy::BeneficiaryGroup),
        )
        .optional(),
        Field::int("/people/count", p.t("profile-people")),
        number("/people/age_from", "need-age-from"),
        number("/people/age_to", "need-age-to"),
        Field::checks("/areas", p.t("need-areas"), choices(p, directory, Taxonomy::Area)),
        number("/women", "profile-women"),
        number("/men", "profile-men"),
        number("/employed", "profile-employed"),
        number("/unemployed", "profile-unemployed"),
        number("/single_parents", "profile-single-parents"),
    ];
    let band = |index: u8| {
        let label = |key: &str| p.t1(key, "number", &(index + 1).to_string());
        ["from", "to", "people"]
            .map(|part| Field::int(&format!("/ages/{index}/{part}"), label(&format!("profile-band-{part}"))).optional())
    };
    // Whole cities and other areas of areas are not asked about: nobody is counted twice.
    let leaves = directory
        .terms(Taxonomy::Area)
        .filter(|term| !directory.has_children(&term.code));
    let by_area = leaves.map(|term| Field::int(&format!("/by_area/{}", term.code), p.text(&term.name)).optional());
    let folded = |title: &str, fields| Group {
        title: p.t(title),
        fields,
        folds: true,
        ..Group::default()
    };
    let mut form = small(
        p,
        &format!("/staff/meetings/{meeting}/profiles"),
        fields,
        "profile-describe",
    );
    form.groups
        .push(folded("profile-by-age", (0..BANDS).flat_map(band).collect()));
    form.groups.push(folded("profile-by-area", by_area.collect()));
    if let Some(first) = form.groups.first_mut() {
        first.intro = p.t("profile-text");
    }
    form
}

/// What was typed, as the act takes it.
fn read(p: &Page, form: &mut FormView, body: &[u8]) -> Outcome<GroupProfile> {
    form.fill(&Posted::read(body));
    let mut body = form.body(p)?;
    if let Some(profile) = body.as_object_mut() {
        profile.entry("groups").or_insert(json!([]));
        let counts = profile.remove("by_area");
        let counts = counts.as_ref().and_then(Value::as_object).into_iter().flatten();
        let counts: Vec<Value> = counts
            .map(|(area, people)| json!({ "area": area, "people": people }))
            .collect();
        profile.insert("by_area".to_owned(), Value::Array(counts));
    }
    typed(body)
}

pub(super) async fn describe(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let meeting: MeetingId = id(&text, "meeting.unknown")?;
    let (acting, p) = reader.page("profile-describe", Section::Meetings);
    let mapped = acting.mapping().await?;
    let mut form = describe_form(&p, &mapped.directory, meeting);
    let led = match read(&p, &mut form, &body) {
        Ok(profile) => acts::describe(&acting, meeting, profile).await.map(|saved| {
            let last = saved.value.profiles.len().saturating_sub(1);
            address(meeting, u16::try_from(last).unwrap_or(u16::MAX))
        }),
        Err(refusal) => Err(refusal),
    };
    answer(p, form, led, "profile-described")
}

fn named_by(meeting: &str, number: &str) -> Outcome<(MeetingId, u16)> {
    let meeting = id(meeting, "meeting.unknown")?;
    let number = number.parse().map_err(|_| Refusal::not_found("profile.unknown"))?;
    Ok((meeting, number))
}

pub(super) async fn one(
    reader: Reader,
    Path((meeting, number)): Path<(String, String)>,
    Query(start): Query<Start>,
) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let (id, number) = named_by(&meeting, &number)?;
    let meeting = meetings::get(&acting, id).await?.value;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let part = start.part(directory)?;
    let from = FromProfile {
        meeting: id,
        number,
        part,
    };
    let sized = acts::size(&acting, from).await?;
    let profile = meeting.profiles.get(usize::from(number));
    let profile = profile.ok_or_else(|| Refusal::not_found("profile.unknown"))?;
    let title = name(&p, directory, profile);
    let p = p.titled(title).within(Section::Meetings);
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.text(&meeting.title))
        .back(p.text(&meeting.title), p.url(&format!("/staff/meetings/{id}")));
    page.blocks.push(counts(&p, directory, profile));
    page.blocks.push(Block::Heading(p.t("profile-size")));
    page.blocks.extend(result(&p, &sized));
    if acting.actor.may(Right::WriteRequests) {
        let begins = Start::of_profile(&sized.from_profile);
        for (key, path) in [
            ("profile-to-request", "/staff/requests/new"),
            ("profile-to-gap", "/staff/gaps/new"),
        ] {
            page.blocks.push(Block::Link(p.t(key), p.url(&begins.address(path))));
        }
    }
    page.blocks.push(Block::Heading(p.t("profile-choose")));
    page.blocks.push(Block::Text(p.t("profile-choose-text")));
    page.blocks
        .push(Block::Form(Box::new(part_form(&p, directory, profile, &sized))));
    page.blocks.extend(came_of_it(&acting, &p, &meeting, number).await?);
    Ok(show(&page))
}

/// What the meeting said, with what it left out.
fn counts(p: &Page, directory: &Directory, profile: &GroupProfile) -> Block {
    let count = |people: Option<u32>| people.map_or_else(|| p.t("not-stated"), |people| p.number(people.into()));
    let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
    let mut facts = vec![
        Fact::text(p.t("profile-people"), p.number(profile.people.count.into())),
        Fact::text(
            p.t("need-ages"),
            shown::ages(p, &age(profile.people.age_from), &age(profile.people.age_to)),
        ),
        Fact::text(p.t("need-areas"), shown::terms(p, directory, &profile.areas)),
        Fact::text(p.t("profile-women"), count(profile.women)),
        Fact::text(p.t("profile-men"), count(profile.men)),
        Fact::text(p.t("profile-employed"), count(profile.employed)),
        Fact::text(p.t("profile-unemployed"), count(profile.unemployed)),
        Fact::text(p.t("profile-single-parents"), count(profile.single_parents)),
    ];
    let bands = profile.ages.iter().map(|band| {
        let ages = shown::ages(p, &band.from.to_string(), &age(band.to));
        Cell::new(format!("{ages}: {}", p.number(band.people.into())))
    });
    let places = profile.by_area.iter().map(|count| {
        let place = shown::term(p, directory, &count.area);
        Cell::new(format!("{place}: {}", p.number(count.people.into())))
    });
    for (key, cells) in [
        ("profile-by-age", bands.collect::<Vec<_>>()),
        ("profile-by-area", places.collect()),
    ] {
        if !cells.is_empty() {
            facts.push(Fact { label: p.t(key), cells });
        }
    }
    Block::Facts(Facts { facts })
}

/// The answer, and what each question says alone.
fn result(p: &Page, sized: &SizedGroup) -> Vec<Block> {
    let mut blocks = Vec::new();
    if sized.exact.is_none() {
        blocks.push(Block::Stats(vec![
            Stat::new(p.t("profile-lower"), p.number(sized.lower.into())),
            Stat::new(p.t("profile-upper"), p.number(sized.upper.into())),
        ]));
    }
    blocks.push(Block::Inset(range(p, sized.lower, sized.upper)));
    let unsaid = sized.counted.iter().filter(|one| one.unknown > 0);
    blocks.extend(unsaid.map(|one| {
        let question = p.t(&format!("profile-question-{}", one.question.name()));
        let people = p.number(one.unknown.into());
        Block::Text(p.t2("profile-unsaid", ("question", &question), ("people", &people)))
    }));
    if sized.counted.len() > 1 && sized.exact.is_none() {
        blocks.push(Block::Text(p.t("profile-not-crossed")));
    }
    blocks
}

/// Whom of the group one means; what is left out asks nothing.
fn part_form(p: &Page, directory: &Directory, profile: &GroupProfile, sized: &SizedGroup) -> FormView {
    let all = |key: &str, names: &[&str]| {
        let mut choices = named(p, "profile", names);
        choices.insert(0, Choice::new("", p.t(key)));
        choices
    };
    let own_areas = profile
        .areas
        .iter()
        .chain(profile.by_area.iter().map(|count| &count.area));
    let mut areas: Vec<Choice> = Vec::new();
    for code in own_areas {
        if areas.iter().all(|choice| choice.value != code.as_str()) {
            areas.push(Choice::new(code.as_str(), shown::term(p, directory, code)));
        }
    }
    let chosen = asked(&sized.from_profile.part);
    let codes: Vec<String> = sized.from_profile.part.areas.iter().map(ToString::to_string).collect();
    let fields = vec![
        Field::radios(
            "sex",
            p.t("profile-question-sex"),
            all("profile-both", &["women", "men"]),
        )
        .proposed(chosen.sex)
        .optional(),
        Field::radios(
            "employment",
            p.t("profile-question-employment"),
            all("profile-both", &["employed", "unemployed"]),
        )
        .proposed(chosen.employment)
        .optional(),
        Field::radios(
            "single_parents",
            p.t("profile-question-single-parenthood"),
            vec![
                Choice::new("", p.t("profile-everybody")),
                Choice::new("yes", p.t("profile-single-parents")),
            ],
        )
        .proposed(chosen.single_parents)
        .optional(),
        Field::int("age_from", p.t("need-age-from"))
            .proposed(chosen.age_from)
            .optional(),
        Field::int("age_to", p.t("need-age-to"))
            .proposed(chosen.age_to)
            .optional(),
        Field::checks("areas", p.t("need-areas"), areas)
            .proposing(codes)
            .optional(),
    ];
    let from = &sized.from_profile;
    small(p, &address(from.meeting, from.number), fields, "profile-count")
}

/// Requests and reports that this group sized.
async fn came_of_it(acting: &Acting, p: &Page, meeting: &Meeting, number: u16) -> Outcome<Vec<Block>> {
    let came = acts::came_of(acting, meeting, number).await?;
    let gaps = came.gaps.iter().map(|gap| {
        Row::new(vec![
            Cell::head(p.text(&gap.title)).link(p.url(&format!("/staff/gaps/{}", gap.id))),
            Cell::new(p.t("trace-kind-gap")),
            Cell::number(p.number(gap.people.into())),
            Cell::tag(shown::state(p, "gap", gap.state.name())),
        ])
    });
    let requests = came.requests.iter().map(|request| {
        Row::new(vec![
            Cell::head(p.text(&request.title)).link(p.url(&format!("/staff/requests/{}", request.id))),
            Cell::new(p.t("trace-kind-request")),
            Cell::number(p.number(request.need.people.count.into())),
            Cell::tag(super::requests::state(p, &request.state)),
        ])
    });
    Ok(vec![Block::Table(Table {
        caption: p.t("profile-came-of-it"),
        head: head(
            p,
            [
                ("trace-step", false),
                ("trace-kind", false),
                ("column-people", true),
                ("column-state", false),
            ],
        ),
        rows: gaps.chain(requests).collect(),
        empty: p.t("profile-came-of-it-none"),
    })])
}

/// The part that was chosen becomes the address of its answer, which can be kept and sent on.
pub(super) async fn choose(
    reader: Reader,
    Path((meeting, number)): Path<(String, String)>,
    body: Bytes,
) -> Outcome<Response> {
    let (meeting, number) = named_by(&meeting, &number)?;
    let posted = Posted::read(&body);
    let areas: Vec<&str> = posted.all("areas").filter(|code| !code.is_empty()).collect();
    let areas = areas.join(",");
    let given = ["sex", "employment", "single_parents", "age_from", "age_to"].map(|name| (name, posted.get(name)));
    let given: Vec<(&str, &str)> = given
        .into_iter()
        .chain([("areas", areas.as_str())])
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let query = serde_urlencoded::to_string(&given).unwrap_or_default();
    Ok(onward(&reader.p, &format!("{}?{query}", address(meeting, number)), ""))
}
