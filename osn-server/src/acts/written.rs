//! What is written down at a delivery, by the program's own declaration: read and checked by the host, shown to staff with a
//! reason, and to the recipient.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use osn_core::delivery::{Attempt, AttemptNotes, Award, Delivery};
use osn_core::id::{ActionId, DeliveryId};
use osn_programs::about::{About, CapacityUnit, FormField, Role};
use osn_programs::recorded::{self, Recorded};
use osn_programs::texts::Texts;
use osn_store::{Access, NotesOf, Readable};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::recording::GivenParticipant;
use crate::acts::applications::Reason;
use crate::acts::{Acting, actions, awards, deliveries, preview};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};

/// The program of an action, under its parameters.
pub(crate) struct Ground {
    pub(crate) about: Arc<About>,
    pub(crate) texts: Arc<Texts>,
    /// The program's key.
    pub(crate) program: String,
}

impl Ground {
    pub(crate) async fn of(acting: &Acting, action: ActionId) -> Outcome<Self> {
        let action = actions::read(acting, action).await?.value;
        let governed = preview::governed(acting, &action, acting.zone().day(acting.now)).await?;
        Ok(Self {
            program: governed.about.program.clone(),
            about: governed.about,
            texts: governed.texts,
        })
    }
}

/// What is written down at one delivery, as it was sent.
pub(super) struct NewWritten {
    pub(super) recorded: BTreeMap<String, Json>,
    pub(super) participants: Vec<GivenParticipant>,
}

/// What was read.
pub(super) struct WrittenDown {
    pub(super) clear: BTreeMap<String, Json>,
    pub(super) notes: AttemptNotes,
    pub(super) present: Option<u16>,
    /// The lot with its last day of use.
    pub(super) lot: Option<(String, Option<String>)>,
}

/// Reads what was written down at a delivery, and holds it to what the program declares. Nothing when something is wrong.
pub(super) async fn read(
    acting: &Acting,
    ground: &Ground,
    (delivery, award): (&Delivery, &Award),
    today: NaiveDate,
    new: NewWritten,
    at: &str,
    errors: &mut Vec<FieldError>,
) -> Outcome<Option<WrittenDown>> {
    let wrong_before = errors.len();
    let about = &ground.about;
    let once = parts(about, false, &new.recorded, &format!("{at}/recorded"), errors);
    let mut notes = AttemptNotes {
        recorded: once.personal,
        ..AttemptNotes::default()
    };
    let given = new.participants.iter().map(|one| one.claim);
    let expected = participants(acting, about, delivery, award, given).await?;
    for (index, one) in new.participants.iter().enumerate() {
        let place = format!("{at}/participants/{index}");
        if !expected.contains(&one.claim) {
            errors.push(FieldError::new(format!("{place}/claim"), "no-such-participant"));
            continue;
        }
        let read = parts(about, true, &one.recorded, &format!("{place}/recorded"), errors);
        if notes.participants.insert(one.claim, read.personal).is_some() {
            errors.push(FieldError::new(format!("{place}/claim"), "twice"));
        }
    }
    for claim in expected {
        if !new.participants.iter().any(|one| one.claim == claim) {
            let place = place(at, &new.participants, Some(claim));
            let read = parts(about, true, &BTreeMap::new(), &place, errors);
            notes.participants.insert(claim, read.personal);
        }
    }
    let present = roll(about, &notes);
    if present == Some(0) && errors.len() == wrong_before && !notes.participants.is_empty() {
        errors.push(FieldError::new(format!("{at}/participants"), "nobody-present"));
    }
    let lot = lot(about, (&once.clear, delivery), today, at, errors);
    for (claim, key) in collected(acting, about, award, &notes).await? {
        let place = place(at, &new.participants, claim);
        errors.push(FieldError::new(format!("{place}/{key}"), "not-authorised"));
    }
    Ok((errors.len() == wrong_before).then_some(WrittenDown {
        clear: once.clear,
        notes,
        present,
        lot,
    }))
}

/// Where the sender wrote, or would have written, what belongs to the delivery or to a participant.
fn place(at: &str, participants: &[GivenParticipant], claim: Option<u16>) -> String {
    let Some(claim) = claim else {
        return format!("{at}/recorded");
    };
    let given = participants.iter().position(|one| one.claim == claim);
    let index = given.unwrap_or_else(|| usize::from(claim));
    format!("{at}/participants/{index}/recorded")
}

fn parts(
    about: &About,
    each: bool,
    given: &BTreeMap<String, Json>,
    at: &str,
    errors: &mut Vec<FieldError>,
) -> Recorded {
    recorded::read(&about.delivery, each, given).unwrap_or_else(|problems| {
        errors.extend(problems.into_iter().map(|problem| {
            let error = FieldError::from(problem);
            FieldError {
                path: format!("{at}{}", error.path),
                ..error
            }
        }));
        Recorded::default()
    })
}

/// Whom the roll is called of: those whom the program planned; where a round is everybody's, those of the application.
pub(crate) async fn participants(
    acting: &Acting,
    about: &About,
    delivery: &Delivery,
    award: &Award,
    given: impl Iterator<Item = u16>,
) -> Outcome<Vec<u16>> {
    let each = about.delivery.fields.iter().any(|field| field.each);
    if !each && given.count() == 0 {
        return Ok(Vec::new());
    }
    let planned = delivery.participants();
    if !planned.is_empty() || about.capacity_unit == CapacityUnit::Household {
        return Ok(planned);
    }
    let application = awards::application_of(award)?;
    let people = match acting.scope.application_for_machine(application).await? {
        Some(Readable::Data(data)) => data.claims.len(),
        Some(Readable::Erased) | None => 0,
    };
    Ok((0..u16::try_from(people).unwrap_or(u16::MAX)).collect())
}

/// How many came, where the roll is called.
fn roll(about: &About, notes: &AttemptNotes) -> Option<u16> {
    let field = about.recorded(Role::Presence)?;
    let came = notes
        .participants
        .values()
        .filter(|one| one.get(&field.key) == Some(&Json::Bool(true)));
    u16::try_from(came.count()).ok()
}

/// The lot with its last day of use; what is past it is not handed over.
fn lot(
    about: &About,
    (clear, delivery): (&BTreeMap<String, Json>, &Delivery),
    today: NaiveDate,
    at: &str,
    errors: &mut Vec<FieldError>,
) -> Option<(String, Option<String>)> {
    let of = |role| {
        let field = about.recorded(role)?;
        Some((field, clear.get(&field.key)?.as_str()?))
    };
    let use_by = of(Role::UseBy);
    if let Some((field, day)) = use_by
        && let Ok(last) = day.parse::<NaiveDate>()
        // What is written down days later was handed over on the planned day.
        && last < today.min(delivery.planned_for)
    {
        errors.push(FieldError::new(format!("{at}/recorded/{}", field.key), "use-by-passed"));
    }
    let (field, lot) = of(Role::Lot)?;
    if osn_core::recall::lot_key(lot).is_empty() || lot.chars().count() > osn_core::recall::LONGEST_LOT {
        errors.push(FieldError::new(format!("{at}/recorded/{}", field.key), "not-a-lot"));
        return None;
    }
    Some((lot.trim().to_owned(), use_by.map(|(_, day)| day.to_owned())))
}

/// Whoever took something, or fetched somebody, and is none of those whom the application names: of whom, and the field's key.
async fn collected(
    acting: &Acting,
    about: &About,
    award: &Award,
    notes: &AttemptNotes,
) -> Outcome<Vec<(Option<u16>, String)>> {
    let Some(field) = about.recorded(Role::CollectedBy) else {
        return Ok(Vec::new());
    };
    let Some(question) = &field.among else {
        return Ok(Vec::new());
    };
    let name = |written: &BTreeMap<String, Json>| written.get(&field.key)?.as_str().map(str::to_owned);
    let once = name(&notes.recorded).map(|name| (None, name));
    let each = notes
        .participants
        .iter()
        .filter_map(|(claim, one)| Some((Some(*claim), name(one)?)));
    let given: Vec<(Option<u16>, String)> = once.into_iter().chain(each).collect();
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let application = awards::application_of(award)?;
    let Some(Readable::Data(data)) = acting.scope.application_for_machine(application).await? else {
        return Ok(Vec::new());
    };
    let is_stranger = |(claim, name): &(Option<u16>, String)| {
        let answers = match (question.split_once('.'), *claim) {
            (Some(("application", key)), _) => data.answers.get(key),
            (Some(("claim", key)), Some(claim)) => data.claims.get(usize::from(claim)).and_then(|one| one.get(key)),
            _ => None,
        };
        let named = answers.and_then(Json::as_str).unwrap_or_default();
        !recorded::is_named(named, name)
    };
    let strangers = given.into_iter().filter(is_stranger);
    Ok(strangers.map(|(claim, _)| (claim, field.key.clone())).collect())
}

/// One thing that was written down, in the reader's language.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Said {
    /// Key of the program's field.
    pub key: String,
    /// What it is.
    pub label: String,
    /// What was written down.
    pub said: String,
    /// Position of the participant, counted from 0; absent where it was written down once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<u16>,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Said({})", self.key)
    }
}

impl Ground {
    fn said(&self, lang: &str, claim: Option<u16>, written: &BTreeMap<String, Json>) -> Vec<Said> {
        let fields = self.about.delivery.fields.iter();
        let said = |field: &FormField| {
            Some(Said {
                key: field.key.clone(),
                label: self.texts.text_or_key(lang, &format!("field-{}", field.key)),
                said: recorded::said(&self.texts, lang, field, written.get(&field.key)?),
                claim,
            })
        };
        fields.filter_map(said).collect()
    }

    /// What was written down at an attempt that says nothing about a person.
    pub(crate) fn clear(&self, lang: &str, attempt: &Attempt) -> Vec<Said> {
        self.said(lang, None, &attempt.recorded)
    }

    /// What was written down about people at an attempt.
    pub(crate) fn personal(&self, lang: &str, notes: &AttemptNotes) -> Vec<Said> {
        let mut said = self.said(lang, None, &notes.recorded);
        for (claim, written) in &notes.participants {
            said.extend(self.said(lang, Some(*claim), written));
        }
        said
    }

    /// Everything that was written down at a delivery, for its own recipient.
    pub(crate) fn whole(&self, lang: &str, delivery: &Delivery, notes: Option<&NotesOf>) -> Vec<Said> {
        let mut said = Vec::new();
        for (attempt, number) in delivery.attempts.iter().zip(0_u32..) {
            said.extend(self.clear(lang, attempt));
            if let Some(Readable::Data(notes)) = notes.and_then(|notes| notes.get(&number)) {
                said.extend(self.personal(lang, notes));
            }
        }
        said
    }
}

/// What was written down about people at one attempt.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AttemptOpened {
    /// Position of the attempt, counted from 0.
    pub number: u32,
    /// The person was erased: nothing can be read any more.
    pub erased: bool,
    /// What was written down.
    pub written: Vec<Said>,
    /// What happened at the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What was written down about people at a delivery.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeliveryOpened {
    /// Attempts of which something was written down.
    pub attempts: Vec<AttemptOpened>,
}

/// Opens what was written down about people at a delivery: one journal entry with subject and reason.
pub async fn open(acting: &Acting, id: DeliveryId, reason: &Reason) -> Outcome<DeliveryOpened> {
    let officer = acting.require(Right::OpenApplications)?;
    let words = reason.reason.trim();
    if !(5..=500).contains(&words.chars().count()) {
        return Err(Refusal::field("/reason", "reason-length"));
    }
    let delivery = deliveries::read(acting, id).await?.value;
    let ground = of_delivery(acting, &delivery).await?;
    let access = Access {
        actor: officer.id,
        reason: words.to_owned(),
    };
    let notes = acting.scope.delivery_notes(id, access, acting.now).await?;
    let lang = acting.lang.tag();
    let attempts = notes.iter().map(|(number, notes)| AttemptOpened {
        number: *number,
        erased: matches!(notes, Readable::Erased),
        written: match notes {
            Readable::Data(notes) => ground.personal(lang, notes),
            Readable::Erased => Vec::new(),
        },
        note: match notes {
            Readable::Data(notes) => notes.note.clone(),
            Readable::Erased => None,
        },
    });
    Ok(DeliveryOpened {
        attempts: attempts.collect(),
    })
}

/// The program of a delivery's action; immediate help has none.
pub(crate) async fn of_delivery(acting: &Acting, delivery: &Delivery) -> Outcome<Ground> {
    let award = acting
        .scope
        .award(delivery.award_id)
        .await?
        .ok_or_else(|| Refusal::not_found("award.unknown"))?;
    let action = award
        .value
        .action_id
        .ok_or_else(|| Refusal::conflict("delivery.of-help"))?;
    Ground::of(acting, action).await
}

/// What is written down at a delivery of an action, as JSON Schema (2020-12) in the reader's language.
pub async fn form(acting: &Acting, action: ActionId) -> Outcome<Json> {
    acting.require(Right::SeeDeliveries)?;
    let ground = Ground::of(acting, action).await?;
    Ok(osn_programs::form::delivery_schema(
        &ground.about,
        &ground.texts,
        acting.lang.tag(),
    ))
}
