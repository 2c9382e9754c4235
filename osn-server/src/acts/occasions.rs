//! What comes when, where, and for whom: the rounds of an action's plan, and the list of one day for those who receive people
//! or bring things.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use osn_core::application::ApplicationData;
use osn_core::delivery::{Delivery, DeliveryPlan, Occasion, Slot};
use osn_core::id::{ActionId, ApplicationId, DeliveryId};
use osn_core::state::Machine as _;
use osn_programs::about::{DeliveryKind, FormField, Purpose};
use osn_programs::recorded;
use osn_store::{Access, Readable, RoundCount};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::acts::delivering::{self, Reach};
use crate::acts::written::{self, Ground, Said};
use crate::acts::{Acting, actions, awards};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// Which occasions.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    /// Of one day.
    #[serde(default)]
    pub day: Option<NaiveDate>,
    /// At one place, by its key.
    #[serde(default)]
    pub place: Option<String>,
}

/// An option of the program with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// Its key.
    pub key: String,
    /// In the reader's language.
    pub text: String,
}

/// One round of the plan in force.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OccasionView {
    /// Instalment, counted from 1.
    pub instalment: u16,
    /// The day.
    pub date: NaiveDate,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Named>,
    /// The week, or another series that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<Named>,
    /// What it offers.
    pub features: Vec<Named>,
    /// When it begins, in the municipality's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<NaiveTime>,
    /// How long it takes, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Youngest age; 0 where there is none.
    pub age_from: u16,
    /// Oldest age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_to: Option<u16>,
    /// Most people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// People whom the program assigned to it; 0 where the round is everybody's.
    pub people: u64,
    /// Deliveries that are still to come.
    pub planned: u64,
    /// Deliveries that arrived.
    pub delivered: u64,
    /// Deliveries whose last attempt failed.
    pub failed: u64,
}

/// The rounds of the plan in force, by day and hour.
pub async fn list(acting: &Acting, action: ActionId, asked: &Asked) -> Outcome<Vec<OccasionView>> {
    acting.require(Right::SeeDeliveries)?;
    actions::read(acting, action).await?;
    let Some(plan) = acting.scope.delivery_plans(action).await?.pop() else {
        return Ok(Vec::new());
    };
    let ground = Ground::of(acting, action).await?;
    let rounds = acting.scope.rounds(action).await?;
    let is_asked = |slot: &&Slot| {
        let place = slot.occasion.as_ref().and_then(|occasion| occasion.place.as_ref());
        asked.day.is_none_or(|day| day == slot.date) && asked.place.as_ref().is_none_or(|asked| place == Some(asked))
    };
    let mut views: Vec<OccasionView> = plan
        .slots
        .iter()
        .filter(is_asked)
        .map(|slot| {
            let count = rounds.get(&slot.instalment).copied().unwrap_or_default();
            view(&ground, acting.lang.tag(), slot, count)
        })
        .collect();
    views.sort_by_key(|view| (view.date, view.starts, view.instalment));
    Ok(views)
}

fn view(ground: &Ground, lang: &str, slot: &Slot, count: RoundCount) -> OccasionView {
    let occasion = slot.occasion.clone().unwrap_or_default();
    let of = &ground.about.delivery;
    let named = |question: &Option<String>, key: &String| named(ground, lang, question.as_deref(), key);
    OccasionView {
        instalment: slot.instalment,
        date: slot.date,
        place: occasion.place.as_ref().map(|key| named(&of.places_of, key)),
        series: occasion.series.as_ref().map(|key| named(&of.series_of, key)),
        features: occasion
            .features
            .iter()
            .map(|key| named(&of.features_of, key))
            .collect(),
        starts: occasion.starts,
        minutes: occasion.minutes,
        age_from: occasion.age_from,
        age_to: occasion.age_to,
        capacity: occasion.capacity,
        people: count.people,
        planned: count.planned,
        delivered: count.delivered,
        failed: count.failed,
    }
}

/// An option of the question that the program names for it.
fn named(ground: &Ground, lang: &str, question: Option<&str>, key: &str) -> Named {
    let field = question.and_then(|question| ground.about.field(question));
    let text = match field {
        Some(field) => ground.texts.text_or_key(lang, &format!("option-{}-{key}", field.key)),
        None => key.to_owned(),
    };
    Named {
        key: key.to_owned(),
        text,
    }
}

/// Which list of a day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedList {
    /// The day.
    pub day: NaiveDate,
    /// The place, by its key; without it all of them.
    #[serde(default)]
    pub place: Option<String>,
}

/// Everybody who comes, or whom something is brought to, on one day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DayList {
    /// The day.
    pub day: NaiveDate,
    /// By hour, postal code and street.
    pub entries: Vec<DayEntry>,
}

/// One delivery of a day, with what its people said for the delivery: answers with any other purpose are not in it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct DayEntry {
    /// The delivery.
    #[schemars(with = "uuid::Uuid")]
    pub delivery_id: DeliveryId,
    /// Instalment, counted from 1.
    pub instalment: u16,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Named>,
    /// When it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<NaiveTime>,
    /// `planned`, `failed`, `delivered`.
    pub state: &'static str,
    /// Reference of the application.
    pub reference: String,
    /// The applicant's name.
    pub name: String,
    /// The applicant's telephone.
    pub phone: String,
    /// Street, number and postal code, where something is brought home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Participants by position in the application, counted from 0.
    pub participants: Vec<u16>,
    /// What was said for the delivery, once and about each participant.
    pub answers: Vec<Said>,
}

impl std::fmt::Debug for DayEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DayEntry").field(&self.delivery_id).finish()
    }
}

/// Most deliveries on one list.
const MOST: usize = 500;

/// Opens the list of a day: one journal entry for each application that is read.
pub async fn day_list(acting: &Acting, action: ActionId, asked: &AskedList) -> Outcome<DayList> {
    let officer = acting.require(Right::RecordDeliveries)?;
    let reach = Reach::of(acting, officer, action).await?;
    let is_asked_of_others = asked.place.is_some() && !reach.covers(asked.place.as_deref());
    if !reach.is_anywhere() || is_asked_of_others {
        return Err(delivering::elsewhere());
    }
    let officer = officer.id;
    let ground = Ground::of(acting, action).await?;
    let plan = acting.scope.delivery_plans(action).await?.pop();
    let occasions = occasions(plan.as_ref());
    let mut deliveries: Vec<Delivery> = acting
        .scope
        .deliveries_on(action, asked.day)
        .await?
        .into_iter()
        .map(|delivery| delivery.value)
        .collect();
    let place_of = |delivery: &Delivery| occasions.get(&delivery.instalment)?.place.clone();
    deliveries.retain(|delivery| asked.place.is_none() || place_of(delivery) == asked.place);
    deliveries.retain(|delivery| !delivery.waits && reach.covers_delivery(delivery));
    if deliveries.len() > MOST {
        return Err(Refusal::conflict("day-list.too-long").with("most", MOST));
    }
    let of_awards = acting
        .scope
        .awards_by_id(deliveries.iter().map(|delivery| delivery.award_id))
        .await?;
    let mut entries = Vec::with_capacity(deliveries.len());
    for delivery in &deliveries {
        let Some(award) = of_awards.get(&delivery.award_id) else {
            continue;
        };
        let application = awards::application_of(&award.value)?;
        let access = Access {
            actor: officer,
            reason: "day-list".to_owned(),
        };
        // Whoever was erased is on no list any more.
        let Some(Readable::Data(data)) = acting.scope.application_data(application, access, acting.now).await? else {
            continue;
        };
        let everybody = 0..u16::try_from(data.claims.len()).unwrap_or(u16::MAX);
        let planned = delivery.participants();
        let participants = if planned.is_empty() {
            everybody.collect()
        } else {
            planned
        };
        let reference = reference(acting, application).await?;
        let occasion = occasions.get(&delivery.instalment).copied();
        let key = (occasion.and_then(|one| one.starts), data.applicant.postal_code.clone());
        let street = data.applicant.street.clone();
        entries.push((
            (key, street, delivery.instalment),
            entry(
                &ground,
                acting.lang.tag(),
                (delivery, occasion),
                participants,
                &data,
                reference,
            ),
        ));
    }
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(DayList {
        day: asked.day,
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
    })
}

/// What the rounds of a plan offer, by instalment.
fn occasions(plan: Option<&DeliveryPlan>) -> BTreeMap<u16, &Occasion> {
    let slots = plan.map(|plan| plan.slots.as_slice()).unwrap_or_default();
    slots
        .iter()
        .filter_map(|slot| Some((slot.instalment, slot.occasion.as_ref()?)))
        .collect()
}

async fn reference(acting: &Acting, application: ApplicationId) -> Outcome<String> {
    let found = acting.scope.application(application).await?;
    Ok(found.map(|one| one.value.reference.to_string()).unwrap_or_default())
}

fn entry(
    ground: &Ground,
    lang: &str,
    (delivery, occasion): (&Delivery, Option<&Occasion>),
    participants: Vec<u16>,
    data: &ApplicationData,
    reference: String,
) -> DayEntry {
    let applicant = &data.applicant;
    let at_home = ground.about.delivery.kind == DeliveryKind::HomeDelivery;
    let mut answers = said(ground, lang, None, &ground.about.form.application, &data.answers);
    for claim in &participants {
        if let Some(written) = data.claims.get(usize::from(*claim)) {
            answers.extend(said(ground, lang, Some(*claim), &ground.about.form.claim, written));
        }
    }
    let places_of = ground.about.delivery.places_of.as_deref();
    DayEntry {
        delivery_id: delivery.id,
        instalment: delivery.instalment,
        place: occasion
            .and_then(|one| one.place.as_deref())
            .map(|key| named(ground, lang, places_of, key)),
        starts: occasion.and_then(|one| one.starts),
        state: delivery.state.name(),
        reference,
        name: format!("{} {}", applicant.given_name, applicant.family_name),
        phone: applicant.phone.clone(),
        address: at_home.then(|| format!("{}, {}", applicant.street, applicant.postal_code)),
        participants,
        answers,
    }
}

/// The answers that were asked for the delivery.
fn said(
    ground: &Ground,
    lang: &str,
    claim: Option<u16>,
    fields: &[FormField],
    answers: &BTreeMap<String, Json>,
) -> Vec<Said> {
    let for_delivery = fields.iter().filter(|field| field.purpose == Purpose::Delivery);
    let said = |field: &FormField| {
        Some(Said {
            key: field.key.clone(),
            label: ground.texts.text_or_key(lang, &format!("field-{}", field.key)),
            said: recorded::said(&ground.texts, lang, field, answers.get(&field.key)?),
            claim,
        })
    };
    for_delivery.filter_map(said).collect()
}

/// Whom the roll of a delivery is called of.
pub(crate) async fn roll(acting: &Acting, ground: &Ground, delivery: &Delivery) -> Outcome<Vec<u16>> {
    if !ground.about.delivery.fields.iter().any(|field| field.each) {
        return Ok(Vec::new());
    }
    let award = acting.scope.award(delivery.award_id).await?;
    let award = award.ok_or_else(|| Refusal::not_found("award.unknown"))?;
    written::participants(acting, &ground.about, delivery, &award.value, std::iter::empty()).await
}
