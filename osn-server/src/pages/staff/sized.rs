//! A request or a report that grows out of a meeting, of a described group, or of a reported gap: the form begins with what is
//! known there, and the record's page says where its number of people comes from.

use osn_core::directory::{Directory, TermCode};
use osn_core::gap::ReportedGap;
use osn_core::id::{GapId, MeetingId};
use osn_core::meeting::{FromProfile, Meeting, Part};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::id;
use crate::acts::Acting;
use crate::acts::network::profiles::{self, AskedPart, SizedGroup};
use crate::acts::network::{gaps, meetings};
use crate::pages::chrome::Page;
use crate::pages::form::{Field, FormView};
use crate::pages::part::{Block, Cell, Fact, Facts};
use crate::pages::shown;
use crate::refusal::{Outcome, Refusal};

/// Where a form begins, as its address says.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Start {
    #[serde(default)]
    meeting: String,
    #[serde(default)]
    profile: String,
    #[serde(default)]
    gap: String,
    #[serde(default)]
    sex: String,
    #[serde(default)]
    employment: String,
    #[serde(default)]
    single_parents: String,
    #[serde(default)]
    age_from: String,
    #[serde(default)]
    age_to: String,
    #[serde(default)]
    areas: String,
}

impl Start {
    /// The address of a form that begins here.
    pub(super) fn address(&self, path: &str) -> String {
        let all = [
            ("meeting", &self.meeting),
            ("profile", &self.profile),
            ("gap", &self.gap),
            ("sex", &self.sex),
            ("employment", &self.employment),
            ("single_parents", &self.single_parents),
            ("age_from", &self.age_from),
            ("age_to", &self.age_to),
            ("areas", &self.areas),
        ];
        let given: Vec<(&str, &str)> = all
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        match serde_urlencoded::to_string(&given) {
            Ok(query) if !query.is_empty() => format!("{path}?{query}"),
            _ => path.to_owned(),
        }
    }

    /// Beginning with a group that a meeting described.
    pub(super) fn of_profile(from: &FromProfile) -> Self {
        let asked = asked(&from.part);
        Self {
            meeting: from.meeting.to_string(),
            profile: from.number.to_string(),
            gap: String::new(),
            sex: asked.sex,
            employment: asked.employment,
            single_parents: asked.single_parents,
            age_from: asked.age_from,
            age_to: asked.age_to,
            areas: asked.areas,
        }
    }

    /// Beginning with a meeting.
    pub(super) fn of_meeting(id: MeetingId) -> Self {
        Self {
            meeting: id.to_string(),
            ..Self::default()
        }
    }

    /// Beginning with a reported gap.
    pub(super) fn of_gap(id: GapId) -> Self {
        Self {
            gap: id.to_string(),
            ..Self::default()
        }
    }

    /// The part of the group that the address asks about.
    pub(super) fn part(&self, directory: &Directory) -> Outcome<Part> {
        let asked = AskedPart {
            sex: self.sex.clone(),
            employment: self.employment.clone(),
            single_parents: self.single_parents.clone(),
            age_from: self.age_from.clone(),
            age_to: self.age_to.clone(),
            areas: self.areas.clone(),
        };
        asked.part(directory)
    }
}

/// A part as an address says it.
pub(super) fn asked(part: &Part) -> AskedPart {
    let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
    let areas: Vec<&str> = part.areas.iter().map(TermCode::as_str).collect();
    AskedPart {
        sex: part.sex.map(|sex| sex.name().to_owned()).unwrap_or_default(),
        employment: part.employment.map(|one| one.name().to_owned()).unwrap_or_default(),
        single_parents: if part.single_parents {
            "yes".to_owned()
        } else {
            String::new()
        },
        age_from: age(part.age_from),
        age_to: age(part.age_to),
        areas: areas.join(","),
    }
}

/// What a form begins with.
#[derive(Debug, Default)]
pub(super) struct Begun {
    pub(super) start: Start,
    meeting: Option<Meeting>,
    sized: Option<SizedGroup>,
    gap: Option<ReportedGap>,
}

impl Begun {
    /// Reads what the address names.
    pub(super) async fn of(acting: &Acting, start: Start) -> Outcome<Self> {
        let mut begun = Self::default();
        if !start.gap.is_empty() {
            let gap = gaps::get(acting, id(&start.gap, "gap.unknown")?).await?.value;
            if let Some(from) = &gap.from_profile {
                begun.sized = Some(profiles::size(acting, from.clone()).await?);
            }
            begun.gap = Some(gap);
        } else if !start.meeting.is_empty() {
            let meeting: MeetingId = id(&start.meeting, "meeting.unknown")?;
            begun.meeting = Some(meetings::get(acting, meeting).await?.value);
            if !start.profile.is_empty() {
                let number = start
                    .profile
                    .parse()
                    .map_err(|_| Refusal::not_found("profile.unknown"))?;
                let part = start.part(&acting.mapping().await?.directory)?;
                let from = FromProfile { meeting, number, part };
                begun.sized = Some(profiles::size(acting, from).await?);
            }
        }
        Ok(begun.starting(start))
    }

    fn starting(self, start: Start) -> Self {
        Self { start, ..self }
    }

    /// Puts what is known into the form of a request.
    pub(super) fn request(&self, p: &Page, form: &mut FormView) {
        form.action = p.url(&self.start.address("/staff/requests/new"));
        let mut need = Map::new();
        if let Some(gap) = &self.gap {
            need.insert("category".to_owned(), json!(gap.category));
            need.insert("groups".to_owned(), json!(gap.groups));
            need.insert("areas".to_owned(), json!(gap.areas));
            need.insert("people".to_owned(), json!({ "count": gap.people }));
        }
        if let Some(sized) = &self.sized {
            let people = need.entry("people").or_insert(json!({ "count": sized.people }));
            people["age_from"] = json!(sized.age_from);
            people["age_to"] = json!(sized.age_to);
            need.entry("groups").or_insert(json!(sized.groups));
            need.entry("areas").or_insert(json!(sized.areas));
        }
        let title = self.gap.as_ref().map(|gap| json!(gap.title));
        form.show(p, &json!({ "need": need, "title": title }));
        self.hint(p, form, "/need/people/count");
    }

    /// Puts what is known into the form of a report.
    pub(super) fn report(&self, p: &Page, form: &mut FormView) {
        form.action = p.url(&self.start.address("/staff/gaps/new"));
        let mut known = Map::new();
        if let Some(sized) = &self.sized {
            known.insert("people".to_owned(), json!(sized.people));
            known.insert("groups".to_owned(), json!(sized.groups));
            known.insert("areas".to_owned(), json!(sized.areas));
        }
        if let Some(meeting) = &self.meeting {
            let key = if self.sized.is_some() {
                "profile-evidence"
            } else {
                "meeting-evidence"
            };
            let (title, day) = (p.text(&meeting.title), p.moment(meeting.starts_at));
            let words = p.t2(key, ("title", &title), ("when", &day));
            known.insert("evidence".to_owned(), json!({ p.tag(): words }));
        }
        form.show(p, &Value::Object(known));
        self.hint(p, form, "/people");
    }

    /// What the counts allow stands beside the number of people.
    fn hint(&self, p: &Page, form: &mut FormView, name: &str) {
        let Some(sized) = &self.sized else { return };
        let mut fields = form.groups.iter_mut().flat_map(|group| &mut group.fields);
        if let Some(field) = fields.find(|field: &&mut Field| field.name == name) {
            field.hint = range(p, sized.lower, sized.upper);
        }
    }

    /// What a request sends along.
    pub(super) fn along_with_request(&self, body: &mut Value) {
        if let Some(gap) = &self.gap {
            body["gaps"] = json!([gap.id]);
        }
        if let Some(sized) = &self.sized {
            body["from_profile"] = json!(sized.from_profile);
        }
    }

    /// What a report sends along.
    pub(super) fn along_with_report(&self, body: &mut Value) {
        if let Some(meeting) = &self.meeting {
            body["source"] = json!({ "from": "meeting", "meeting": meeting.id });
        }
        if let Some(sized) = &self.sized {
            body["from_profile"] = json!(sized.from_profile);
        }
    }
}

/// How many people the counts show, in words.
pub(super) fn range(p: &Page, lower: u32, upper: u32) -> String {
    let (least, most) = (p.number(lower.into()), p.number(upper.into()));
    if lower == upper {
        p.t1("profile-shows-exactly", "people", &most)
    } else {
        p.t2("profile-shows-between", ("least", &least), ("most", &most))
    }
}

/// Where a number of people comes from, and a word where the description does not bear it.
pub(super) async fn provenance(
    acting: &Acting,
    p: &Page,
    from: Option<&FromProfile>,
    people: u32,
) -> Outcome<Vec<Block>> {
    let Some(check) = profiles::check(acting, from, people).await? else {
        return Ok(Vec::new());
    };
    let from = &check.from_profile;
    let meeting = meetings::get(acting, from.meeting).await?.value;
    let mapped = acting.mapping().await?;
    let start = Start::of_profile(from);
    let place = start.address(&format!("/staff/meetings/{}/profiles/{}", from.meeting, from.number));
    let cell = Cell::new(p.t1("profile-of-meeting", "title", &p.text(&meeting.title))).link(p.url(&place));
    let facts = vec![
        Fact::new(p.t("profile-from"), cell.note(whom(p, &mapped.directory, &from.part))),
        Fact::text(p.t("profile-size"), range(p, check.lower, check.upper)),
    ];
    let mut blocks = vec![Block::Facts(Facts { facts })];
    if !check.within {
        let said = p.number(people.into());
        let words = format!(
            "{} {}",
            p.t1("profile-outside", "people", &said),
            range(p, check.lower, check.upper)
        );
        blocks.insert(0, Block::Warning(words));
    }
    Ok(blocks)
}

/// Whom of a group one means, in words.
pub(super) fn whom(p: &Page, directory: &Directory, part: &Part) -> String {
    let mut said = Vec::new();
    said.extend(part.sex.map(|sex| p.t(&format!("profile-{}", sex.name()))));
    said.extend(part.employment.map(|one| p.t(&format!("profile-{}", one.name()))));
    if part.single_parents {
        said.push(p.t("profile-single-parents"));
    }
    if part.age_from.is_some() || part.age_to.is_some() {
        let age = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
        said.push(shown::ages(p, &age(part.age_from), &age(part.age_to)));
    }
    if !part.areas.is_empty() {
        said.push(shown::terms(p, directory, &part.areas));
    }
    if said.is_empty() {
        p.t("profile-everybody")
    } else {
        said.join(" · ")
    }
}

/// The reported gaps that a request grew out of.
pub(super) async fn grew_out_of(acting: &Acting, p: &Page, gaps: &[GapId]) -> Outcome<Option<Block>> {
    let mut cells = Vec::new();
    for id in gaps {
        let gap = gaps::get(acting, *id).await?.value;
        cells.push(Cell::new(p.text(&gap.title)).link(p.url(&format!("/staff/gaps/{id}"))));
    }
    let fact = Fact {
        label: p.t("request-gaps"),
        cells,
    };
    let facts = Facts { facts: vec![fact] };
    Ok((!gaps.is_empty()).then_some(Block::Facts(facts)))
}
