//! Meetings: prepared, invited to as an entry of the calendar, held with minutes, follow-ups and what came of them.

use chrono::NaiveDate;
use osn_core::id::{MeetingId, MessageId, OrganizationId};
use osn_core::lang::LocalText;
use osn_core::meeting::{Cadence, FollowUp, GroupProfile, Meeting, MeetingEvent, MeetingState, Purpose, icalendar};
use osn_core::state::Machine as _;
use osn_core::time::Instant;
use osn_store::{Message, OutboxMessage, Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{Listed, change, keep, profiles, read, sound, unknown_body};
use crate::acts::upkeep::reminders::{CHANNEL, base};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::directory::Mapped;
use crate::lang::Lang;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// The text of the message.
pub(crate) const TEMPLATE: &str = "meeting-invitation";

/// A meeting to prepare, or to move.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// Title.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// Why.
    #[schemars(with = "shapes::MeetingPurpose")]
    pub purpose: Purpose,
    /// The body that hosts it; left out: the team.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub host: Option<OrganizationId>,
    /// Whose idea it was; left out: the team's.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub initiative: Option<OrganizationId>,
    /// How often.
    #[schemars(with = "shapes::MeetingCadence")]
    pub cadence: Cadence,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// Where, or by which link.
    #[schemars(with = "shapes::LocalText")]
    pub place: LocalText,
    /// What is talked about.
    #[serde(default)]
    #[schemars(with = "Vec<shapes::LocalText>")]
    pub agenda: Vec<LocalText>,
    /// Bodies that are invited.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub invited: Vec<OrganizationId>,
}

/// The minutes of a meeting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// What was said; no personal data.
    #[schemars(with = "shapes::LocalText")]
    pub minutes: LocalText,
    /// Bodies that came.
    #[schemars(with = "Vec<uuid::Uuid>")]
    pub attended: Vec<OrganizationId>,
    /// What is to be done.
    #[serde(default)]
    #[schemars(with = "Vec<shapes::FollowUp>")]
    pub follow_ups: Vec<FollowUp>,
    /// Groups that were described, in counts.
    #[serde(default)]
    #[schemars(with = "Vec<shapes::GroupProfile>")]
    pub profiles: Vec<GroupProfile>,
}

/// The follow-up that was done.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpDone {
    /// Which, counted from 0.
    pub number: u16,
    /// When; left out: today.
    #[serde(default)]
    pub done_on: Option<NaiveDate>,
}

fn problems(meeting: &Meeting, mapped: &Mapped) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = meeting
        .problems()
        .into_iter()
        .map(|problem| FieldError::new(problem.path(), problem.code()))
        .collect();
    for (index, body) in meeting.invited.iter().enumerate() {
        unknown_body(&mapped.directory, &format!("/invited/{index}"), *body, &mut errors);
    }
    for (path, body) in [("/host", meeting.host), ("/initiative", meeting.initiative)] {
        if let Some(body) = body {
            unknown_body(&mapped.directory, path, body, &mut errors);
        }
    }
    errors
}

/// Prepares a meeting.
pub async fn prepare(acting: &Acting, new: NewMeeting) -> Outcome<Saved<Meeting>> {
    let by = acting.require(Right::PlanActions)?.id;
    let mapped = acting.mapping().await?;
    let meeting = Meeting {
        id: acting.app.new_id(MeetingId::new),
        title: new.title,
        purpose: new.purpose,
        host: new.host,
        initiative: new.initiative,
        cadence: new.cadence,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        place: new.place,
        agenda: new.agenda,
        invited: new.invited,
        attended: Vec::new(),
        minutes: LocalText::default(),
        follow_ups: Vec::new(),
        profiles: Vec::new(),
        gaps: Vec::new(),
        requests: Vec::new(),
        contributions: Vec::new(),
        created_by: by,
        sequence: 0,
        state: MeetingState::Planned,
    };
    sound(problems(&meeting, &mapped))?;
    keep(acting, "meeting.prepare", "meeting", meeting).await
}

/// Moves a meeting that has not taken place: the next invitation carries the change.
pub async fn change_frame(acting: &Acting, id: MeetingId, new: NewMeeting) -> Outcome<Saved<Meeting>> {
    acting.require(Right::PlanActions)?;
    let mapped = acting.mapping().await?;
    let found = get(acting, id).await?;
    if !matches!(found.value.state, MeetingState::Planned | MeetingState::Invited { .. }) {
        return Err(Refusal::conflict("meeting.over"));
    }
    change(acting, found, ("meeting.change", "meeting"), |meeting| {
        meeting.title = new.title;
        meeting.purpose = new.purpose;
        meeting.host = new.host;
        meeting.initiative = new.initiative;
        meeting.cadence = new.cadence;
        (meeting.starts_at, meeting.ends_at) = (new.starts_at, new.ends_at);
        meeting.place = new.place;
        meeting.agenda = new.agenda;
        meeting.invited = new.invited;
        meeting.sequence = meeting.sequence.saturating_add(1);
        sound(problems(meeting, &mapped))
    })
    .await
}

/// One meeting: everybody of the network sees it.
pub async fn get(acting: &Acting, id: MeetingId) -> Outcome<Versioned<Meeting>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "meeting.unknown").await
}

/// Meetings, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<Meeting>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// Invites every body, or tells every one that it does not take place: one message each, with the entry of the calendar.
async fn tell(acting: &Acting, meeting: &Meeting, tx: &mut osn_store::Tx) -> Outcome<()> {
    for body in &meeting.invited {
        let unique = format!(
            "{TEMPLATE}/{}/{body}/{}/{}",
            meeting.id,
            meeting.sequence,
            meeting.state.name()
        );
        tx.outbox(&Message {
            id: acting.app.new_id(MessageId::new),
            recipient_person: None,
            channel: CHANNEL,
            template_key: TEMPLATE.to_owned(),
            params: json!({ "organization": body, "meeting": meeting.id, "state": meeting.state.name() }),
            dedupe_key: Some(unique),
        })
        .await?;
    }
    Ok(())
}

async fn step(acting: &Acting, id: MeetingId, act: &'static str, event: MeetingEvent) -> Outcome<Saved<Meeting>> {
    acting.require(Right::PlanActions)?;
    let Versioned { mut value, version, .. } = get(acting, id).await?;
    acting.check_version(version)?;
    let was_invited = matches!(value.state, MeetingState::Invited { .. });
    value.state = value.state.apply(&event)?;
    let cancelled = matches!(value.state, MeetingState::Cancelled { .. });
    if cancelled {
        value.sequence = value.sequence.saturating_add(1);
    }
    let mut tx = acting.begin(act).await?;
    tx.update_network(&value, version).await?;
    // Nobody hears that a meeting of which they never heard is cancelled.
    if !cancelled || was_invited {
        tell(acting, &value, &mut tx).await?;
    }
    tx.journal(entry(
        act,
        "meeting",
        id.uuid(),
        json!({ "bodies": value.invited.len(), "state": value.state.name() }),
    ));
    let saved = Saved {
        value,
        version: version + 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Invitations go out.
pub async fn invite(acting: &Acting, id: MeetingId) -> Outcome<Saved<Meeting>> {
    step(acting, id, "meeting.invite", MeetingEvent::Invite { at: acting.now }).await
}

/// It does not take place: everybody who was invited is told.
pub async fn cancel(acting: &Acting, id: MeetingId) -> Outcome<Saved<Meeting>> {
    step(acting, id, "meeting.cancel", MeetingEvent::Cancel { at: acting.now }).await
}

/// Keeps the minutes with what came of the meeting.
pub async fn minutes(acting: &Acting, id: MeetingId, given: Minutes) -> Outcome<Saved<Meeting>> {
    acting.require(Right::PlanActions)?;
    let found = get(acting, id).await?;
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let mut errors = Vec::new();
    if found.value.starts_at > acting.now {
        errors.push(FieldError::new("/minutes", "meeting-not-begun"));
    }
    if given.minutes.get("el").trim().is_empty() && given.minutes.get("en").trim().is_empty() {
        errors.push(FieldError::new("/minutes", "required"));
    }
    for (index, body) in given.attended.iter().enumerate() {
        unknown_body(directory, &format!("/attended/{index}"), *body, &mut errors);
    }
    for (index, follow_up) in given.follow_ups.iter().enumerate() {
        unknown_body(
            directory,
            &format!("/follow_ups/{index}/owner"),
            follow_up.owner,
            &mut errors,
        );
        if follow_up.what.get("el").trim().is_empty() && follow_up.what.get("en").trim().is_empty() {
            errors.push(FieldError::new(format!("/follow_ups/{index}/what"), "required"));
        }
    }
    for (index, profile) in given.profiles.iter().enumerate() {
        profiles::problems(profile, directory, &format!("/profiles/{index}"), &mut errors);
    }
    profiles::still_there(acting, &found.value, &given.profiles, &mut errors).await?;
    sound(errors)?;
    let event = MeetingEvent::Hold { at: acting.now };
    change(acting, found, ("meeting.minutes", "meeting"), |meeting| {
        meeting.state = meeting.state.apply(&event)?;
        meeting.minutes = given.minutes;
        meeting.attended = given.attended;
        meeting.follow_ups = given.follow_ups;
        meeting.profiles = given.profiles;
        Ok(())
    })
    .await
}

/// A follow-up was done: the team says so, or the body that owed it.
pub async fn followed_up(acting: &Acting, id: MeetingId, done: FollowUpDone) -> Outcome<Saved<Meeting>> {
    let officer = acting.require(Right::WriteRequests)?;
    let found = get(acting, id).await?;
    let number = usize::from(done.number);
    let follow_up = found
        .value
        .follow_ups
        .get(number)
        .ok_or_else(|| Refusal::field("/number", "unknown-record"))?;
    officer.acts_for(follow_up.owner)?;
    let on = done.done_on.unwrap_or_else(|| acting.zone().day(acting.now));
    change(acting, found, ("meeting.follow-up", "meeting"), |meeting| {
        if let Some(follow_up) = meeting.follow_ups.get_mut(number) {
            follow_up.done_on = Some(on);
        }
        Ok(())
    })
    .await
}

/// The meeting as an entry of a calendar, in the reader's language.
pub async fn invitation(acting: &Acting, id: MeetingId) -> Outcome<String> {
    let meeting = get(acting, id).await?.value;
    Ok(calendar(acting, &meeting, acting.lang))
}

fn calendar(acting: &Acting, meeting: &Meeting, lang: Lang) -> String {
    let host = acting.municipality().hosts.first().map_or("localhost", String::as_str);
    icalendar(meeting, host, lang.tag(), acting.now)
}

#[derive(Deserialize)]
struct Params {
    organization: OrganizationId,
    meeting: MeetingId,
    /// Where the meeting stood when somebody was to be told.
    #[serde(default)]
    state: String,
}

/// A message about a meeting: to whom, its words, the entry of the calendar.
pub(crate) struct Invitation {
    pub(crate) body: OrganizationId,
    pub(crate) words: String,
    pub(crate) calendar: String,
}

/// The words of an invitation with its entry of the calendar, Greek first. `None`: the meeting is gone, or was cancelled before
/// the invitation went out, which a message of its own says.
pub(crate) async fn words(acting: &Acting, message: &OutboxMessage) -> Outcome<Option<Invitation>> {
    let params: Params = serde_json::from_value(message.params.clone()).map_err(Refusal::internal)?;
    let found = acting.scope.network_record::<Meeting>(params.meeting.uuid()).await?;
    let Some(meeting) = found.map(|read| read.value) else {
        return Ok(None);
    };
    let cancelled = matches!(meeting.state, MeetingState::Cancelled { .. });
    if cancelled && params.state == "invited" {
        return Ok(None);
    }
    let key = if cancelled {
        "message-meeting-cancelled"
    } else {
        "message-meeting-invitation"
    };
    let when = acting
        .zone()
        .local(meeting.starts_at)
        .format("%-d/%-m/%Y, %H:%M")
        .to_string();
    let mut words = String::new();
    for lang in Lang::ALL {
        let prefix = if lang == Lang::El { "" } else { "/en" };
        let link = format!("{}{prefix}/staff/meetings/{}", base(acting), meeting.id);
        let args = [
            ("municipality", acting.municipality().name.get(lang.tag())),
            ("title", meeting.title.get(lang.tag())),
            ("place", meeting.place.get(lang.tag())),
            ("when", when.as_str()),
            ("link", link.as_str()),
        ];
        words.push_str(&acting.app.texts().get(lang, key, &args));
        words.push_str("\r\n\r\n");
    }
    Ok(Some(Invitation {
        body: params.organization,
        words,
        calendar: calendar(acting, &meeting, Lang::El),
    }))
}
