//! Groups that a meeting described in counts, and the size that a request or a report takes from one of them.

use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_core::gap::ReportedGap;
use osn_core::id::{GapId, MeetingId, RequestId};
use osn_core::meeting::{
    Employment, FromProfile, GroupProfile, Meeting, MeetingState, Part, ProfileQuestion, Sex, Size,
};
use osn_core::request::SupportRequest;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{change, meetings, read, unknown_terms};
use crate::acts::{Acting, Saved, requests};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// Whom of a group one asks about, as an address says it; what is left out asks nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct AskedPart {
    #[serde(default)]
    pub(crate) sex: String,
    #[serde(default)]
    pub(crate) employment: String,
    #[serde(default)]
    pub(crate) single_parents: String,
    #[serde(default)]
    pub(crate) age_from: String,
    #[serde(default)]
    pub(crate) age_to: String,
    /// Codes with commas.
    #[serde(default)]
    pub(crate) areas: String,
}

impl AskedPart {
    /// The part; an error for each answer that cannot be read.
    pub(crate) fn part(&self, directory: &Directory) -> Outcome<Part> {
        let mut errors = Vec::new();
        let mut wrong = |path: &str, code: &'static str| errors.push(FieldError::new(path, code));
        let sex = Sex::ALL.into_iter().find(|sex| sex.name() == self.sex);
        if sex.is_none() && !self.sex.is_empty() {
            wrong("/sex", "wrong-type");
        }
        let employment = Employment::ALL.into_iter().find(|one| one.name() == self.employment);
        if employment.is_none() && !self.employment.is_empty() {
            wrong("/employment", "wrong-type");
        }
        if !matches!(self.single_parents.as_str(), "" | "yes" | "no") {
            wrong("/single_parents", "wrong-type");
        }
        let mut age = |path: &str, typed: &str| {
            let age = typed.parse::<u8>().ok();
            if age.is_none() && !typed.is_empty() {
                wrong(path, "typed-whole-number");
            }
            age
        };
        let (age_from, age_to) = (age("/age_from", &self.age_from), age("/age_to", &self.age_to));
        if let (Some(from), Some(to)) = (age_from, age_to)
            && from > to
        {
            wrong("/age_from", "need.backwards-ages");
        }
        let areas: Vec<TermCode> = self
            .areas
            .split(',')
            .map(str::trim)
            .filter(|code| !code.is_empty())
            .map(TermCode::new)
            .collect();
        unknown_terms(directory, Taxonomy::Area, "/areas", &areas, &mut errors);
        super::sound(errors)?;
        Ok(Part {
            sex,
            employment,
            single_parents: self.single_parents == "yes",
            age_from,
            age_to,
            areas,
        })
    }
}

/// How many people answer one question as asked.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct CountedView {
    /// The question.
    #[schemars(with = "shapes::ProfileQuestion")]
    pub question: ProfileQuestion,
    /// People who surely do.
    pub lower: u32,
    /// These, and the people of whom the description does not say.
    pub upper: u32,
    /// People of whom it does not say.
    pub unknown: u32,
}

/// What a described group says of a need: how many people, and what a request or a report begins with.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SizedGroup {
    /// The meeting and the part, as a request or a report sends it along.
    #[schemars(with = "shapes::FromProfile")]
    pub from_profile: FromProfile,
    /// At least so many people.
    pub lower: u32,
    /// At most so many.
    pub upper: u32,
    /// The number, where the counts leave one only.
    pub exact: Option<u32>,
    /// The questions that were asked, each alone.
    pub counted: Vec<CountedView>,
    /// The groups.
    #[schemars(with = "Vec<String>")]
    pub groups: Vec<TermCode>,
    /// What a request begins with: the people whom the counts show. Absent: they show nobody for sure.
    pub people: Option<u32>,
    /// Youngest, full years.
    pub age_from: Option<u8>,
    /// Oldest, full years.
    pub age_to: Option<u8>,
    /// Where.
    #[schemars(with = "Vec<String>")]
    pub areas: Vec<TermCode>,
}

/// The number of a request or of a report beside what its described group allows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SizeCheck {
    /// The meeting and the part.
    #[schemars(with = "shapes::FromProfile")]
    pub from_profile: FromProfile,
    /// What the request or the report says.
    pub people: u32,
    /// At least so many are shown.
    pub lower: u32,
    /// At most so many are shown.
    pub upper: u32,
    /// Whether the number lies within.
    pub within: bool,
}

/// What came of a described group.
#[derive(Debug, Clone, Default)]
pub(crate) struct CameOf {
    pub(crate) requests: Vec<SupportRequest>,
    pub(crate) gaps: Vec<ReportedGap>,
}

fn profile(meeting: &Meeting, number: u16) -> Outcome<&GroupProfile> {
    let found = meeting.profiles.get(usize::from(number));
    found.ok_or_else(|| Refusal::not_found("profile.unknown"))
}

fn sized(meeting: &Meeting, from: FromProfile, directory: &Directory) -> Outcome<(GroupProfile, FromProfile, Size)> {
    let profile = profile(meeting, from.number)?.clone();
    let size = profile.size(&from.part, directory);
    Ok((profile, from, size))
}

/// How many people of a described group answer a part, and what a request or a report begins with.
pub(crate) async fn size(acting: &Acting, from: FromProfile) -> Outcome<SizedGroup> {
    let meeting = meetings::get(acting, from.meeting).await?.value;
    let mapped = acting.mapping().await?;
    let (profile, from, size) = sized(&meeting, from, &mapped.directory)?;
    let part = &from.part;
    let areas = if part.areas.is_empty() {
        profile.areas.clone()
    } else {
        part.areas.clone()
    };
    Ok(SizedGroup {
        lower: size.lower,
        upper: size.upper,
        exact: size.exact(),
        people: size.shown(),
        counted: size
            .counted
            .iter()
            .map(|one| CountedView {
                question: one.question,
                lower: one.lower,
                upper: one.upper,
                unknown: one.unknown(),
            })
            .collect(),
        groups: profile.groups,
        age_from: part.age_from.or(profile.people.age_from),
        age_to: part.age_to.or(profile.people.age_to),
        areas,
        from_profile: from,
    })
}

/// The number of people beside what the group allows; nothing, where it came from no group.
pub(crate) async fn check(acting: &Acting, from: Option<&FromProfile>, people: u32) -> Outcome<Option<SizeCheck>> {
    let Some(from) = from else { return Ok(None) };
    let meeting = meetings::get(acting, from.meeting).await?.value;
    let mapped = acting.mapping().await?;
    let (_, from_profile, size) = sized(&meeting, from.clone(), &mapped.directory)?;
    Ok(Some(SizeCheck {
        from_profile,
        people,
        lower: size.lower,
        upper: size.upper,
        within: size.allows(people),
    }))
}

/// The number of a request beside what its described group allows.
pub async fn of_request(acting: &Acting, id: RequestId) -> Outcome<SizeCheck> {
    let request = requests::get(acting, id).await?.value;
    let check = check(acting, request.from_profile.as_ref(), request.need.people.count).await?;
    check.ok_or_else(|| Refusal::not_found("profile.none"))
}

/// The number of a report beside what its described group allows.
pub async fn of_gap(acting: &Acting, id: GapId) -> Outcome<SizeCheck> {
    let gap = super::gaps::get(acting, id).await?.value;
    let check = check(acting, gap.from_profile.as_ref(), gap.people).await?;
    check.ok_or_else(|| Refusal::not_found("profile.none"))
}

/// The meeting whose described group a request or a report names; an error where there is none.
pub(crate) async fn named(
    acting: &Acting,
    from: Option<&FromProfile>,
    errors: &mut Vec<FieldError>,
) -> Outcome<Option<Versioned<Meeting>>> {
    let Some(from) = from else { return Ok(None) };
    let found = acting.scope.network_record::<Meeting>(from.meeting.uuid()).await?;
    let Some(meeting) = found else {
        errors.push(FieldError::new("/from_profile/meeting", "unknown-record"));
        return Ok(None);
    };
    if profile(&meeting.value, from.number).is_err() {
        errors.push(FieldError::new("/from_profile/number", "unknown-record"));
    }
    Ok(Some(meeting))
}

/// Everything that is wrong with a description, at its place below `path`.
pub(super) fn problems(profile: &GroupProfile, directory: &Directory, path: &str, errors: &mut Vec<FieldError>) {
    let said = profile.problems(directory);
    errors.extend(
        said.into_iter()
            .map(|problem| FieldError::new(format!("{path}{}", problem.path()), problem.code())),
    );
    let groups = format!("{path}/groups");
    unknown_terms(directory, Taxonomy::BeneficiaryGroup, &groups, &profile.groups, errors);
    unknown_terms(
        directory,
        Taxonomy::Area,
        &format!("{path}/areas"),
        &profile.areas,
        errors,
    );
    let counted: Vec<TermCode> = profile.by_area.iter().map(|count| count.area.clone()).collect();
    unknown_terms(directory, Taxonomy::Area, &format!("{path}/by_area"), &counted, errors);
}

/// A description that sized something stays as it was said.
pub(super) async fn still_there(
    acting: &Acting,
    meeting: &Meeting,
    given: &[GroupProfile],
    errors: &mut Vec<FieldError>,
) -> Outcome<()> {
    let mut used: Vec<FromProfile> = Vec::new();
    for id in &meeting.requests {
        let request = acting.scope.request(*id).await?;
        used.extend(request.and_then(|read| read.value.from_profile));
    }
    for id in &meeting.gaps {
        let gap = acting.scope.network_record::<ReportedGap>(id.uuid()).await?;
        used.extend(gap.and_then(|read| read.value.from_profile));
    }
    for number in used.iter().map(|from| usize::from(from.number)) {
        let path = format!("/profiles/{number}");
        let changed = meeting.profiles.get(number) != given.get(number);
        if changed && errors.iter().all(|error| error.path != path) {
            errors.push(FieldError::new(path, "profile-in-use"));
        }
    }
    Ok(())
}

/// Describes a further group of a meeting that took place.
pub async fn describe(acting: &Acting, id: MeetingId, profile: GroupProfile) -> Outcome<Saved<Meeting>> {
    acting.require(Right::PlanActions)?;
    let found = meetings::get(acting, id).await?;
    if !matches!(found.value.state, MeetingState::Held { .. }) {
        return Err(Refusal::conflict("meeting.not-held"));
    }
    let mapped = acting.mapping().await?;
    let mut errors = Vec::new();
    problems(&profile, &mapped.directory, "", &mut errors);
    super::sound(errors)?;
    change(acting, found, ("meeting.profile", "meeting"), |meeting| {
        meeting.profiles.push(profile);
        Ok(())
    })
    .await
}

/// The requests and reports that a described group sized; of requests those that whoever reads may see.
pub(crate) async fn came_of(acting: &Acting, meeting: &Meeting, number: u16) -> Outcome<CameOf> {
    let officer = acting.require(Right::SeeWork)?;
    let mut came = CameOf::default();
    for id in &meeting.requests {
        let request = acting.scope.request(*id).await?.map(|read| read.value);
        came.requests.extend(request.filter(|request| {
            let of_this = request.from_profile.as_ref().is_some_and(|from| from.number == number);
            of_this && officer.acts_for(request.organization_id).is_ok()
        }));
    }
    for id in &meeting.gaps {
        let gap: Versioned<ReportedGap> = read(acting, id.uuid(), "gap.unknown").await?;
        let of_this = |from: &FromProfile| from.number == number;
        came.gaps
            .extend(Some(gap.value).filter(|gap| gap.from_profile.as_ref().is_some_and(of_this)));
    }
    Ok(came)
}
