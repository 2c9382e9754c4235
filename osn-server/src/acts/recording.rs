//! Recording deliveries: how each attempt ended, and what the program declares that is written down. What says nothing about a
//! person stands with the delivery, everything else is sealed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use osn_core::delivery::{
    Attempt, AttemptNotes, AttemptResult, Award, AwardEvent, AwardState, Delivery, DeliveryState,
};
use osn_core::id::{AccountId, ActionId, AwardId, DeliveryId};
use osn_core::state::Machine as _;
use osn_store::{HandedLot, Message, NewNotes, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::acts::delivering::{self, Reach};
use crate::acts::written::{self, Ground, NewWritten, WrittenDown};
use crate::acts::{Acting, Saved, deliveries, entry, recalls};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};

/// How one attempt ended, and what was written down.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttempt {
    /// `delivered` or `failed`.
    pub result: GivenResult,
    /// Which of the program's kinds of failure, when it failed.
    #[serde(default)]
    pub kind: Option<String>,
    /// What happened; kept sealed, like everything about people.
    #[serde(default)]
    pub note: Option<String>,
    /// What was written down once, by key of the program's fields (`delivery-form` says which).
    #[serde(default)]
    pub recorded: BTreeMap<String, Json>,
    /// What was written down about each participant.
    #[serde(default)]
    pub participants: Vec<GivenParticipant>,
}

/// What was written down about one participant.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenParticipant {
    /// Position in the application, counted from 0.
    pub claim: u16,
    /// By key of the program's fields.
    #[serde(default)]
    pub recorded: BTreeMap<String, Json>,
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GivenResult {
    /// It arrived.
    Delivered,
    /// It did not.
    Failed,
}

/// Many attempts of one action.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttempts {
    /// At most 500.
    pub attempts: Vec<AttemptOf>,
}

/// An attempt with its delivery.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptOf {
    /// The delivery.
    #[schemars(with = "uuid::Uuid")]
    pub delivery_id: DeliveryId,
    /// `delivered` or `failed`.
    pub result: GivenResult,
    /// Which of the program's kinds of failure, when it failed.
    #[serde(default)]
    pub kind: Option<String>,
    /// What happened; kept sealed, like everything about people.
    #[serde(default)]
    pub note: Option<String>,
    /// What was written down once, by key of the program's fields.
    #[serde(default)]
    pub recorded: BTreeMap<String, Json>,
    /// What was written down about each participant.
    #[serde(default)]
    pub participants: Vec<GivenParticipant>,
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    )*};
}

hidden!(NewAttempt, GivenParticipant, AttemptOf);

/// What a round of attempts did.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Recorded {
    /// Arrived.
    pub delivered: usize,
    /// Failed.
    pub failed: usize,
    /// Awards of which everything has arrived now.
    pub fulfilled: usize,
}

/// Records one attempt.
pub async fn attempt(acting: &Acting, id: DeliveryId, new: NewAttempt) -> Outcome<Saved<Delivery>> {
    acting.require(Right::RecordDeliveries)?;
    let delivery = deliveries::read(acting, id).await?;
    acting.check_version(delivery.version)?;
    let award = acting
        .scope
        .award(delivery.value.award_id)
        .await?
        .ok_or_else(|| Refusal::not_found("award.unknown"))?;
    // What immediate help gave is recorded with the help, and once.
    let action = award
        .value
        .action_id
        .ok_or_else(|| Refusal::conflict("delivery.of-help"))?;
    let attempt = AttemptOf {
        delivery_id: id,
        result: new.result,
        kind: new.kind,
        note: new.note,
        recorded: new.recorded,
        participants: new.participants,
    };
    record(acting, action, vec![attempt], "").await?;
    Ok(deliveries::read(acting, id).await?.into())
}

/// Records many attempts of one action in one transaction: all, or none.
pub async fn attempts(acting: &Acting, action: ActionId, new: NewAttempts) -> Outcome<Recorded> {
    record(acting, action, new.attempts, "/attempts").await
}

/// Most attempts in one message.
const MOST_ATTEMPTS: usize = 500;
/// Longest note on an attempt, in characters.
const LONGEST_NOTE: usize = 500;

async fn record(acting: &Acting, action: ActionId, given: Vec<AttemptOf>, at: &str) -> Outcome<Recorded> {
    let officer = acting.require(Right::RecordDeliveries)?;
    if given.is_empty() || given.len() > MOST_ATTEMPTS {
        let error = FieldError::new(at, "wrong-count")
            .with("least", 1)
            .with("most", MOST_ATTEMPTS);
        return Err(Refusal::invalid("request.invalid", vec![error]));
    }
    let reach = Reach::of(acting, officer, action).await?;
    let officer = officer.id;
    let ground = Ground::of(acting, action).await?;
    let mut round = Round::read(acting, action, &given).await?;
    if !reach.is_anywhere() || !round.found.values().all(|one| reach.covers_delivery(&one.value)) {
        return Err(delivering::elsewhere());
    }
    let mut errors = Vec::new();
    for (index, attempt) in given.into_iter().enumerate() {
        let at = match at {
            "" => String::new(),
            at => format!("{at}/{index}"),
        };
        round
            .take(acting, (&ground, officer), attempt, &at, &mut errors)
            .await?;
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    round.save(acting, &ground).await
}

/// The deliveries of one message, and what becomes of them.
struct Round {
    action: ActionId,
    today: NaiveDate,
    found: BTreeMap<DeliveryId, Versioned<Delivery>>,
    awards: BTreeMap<AwardId, Versioned<Award>>,
    seen: BTreeSet<DeliveryId>,
    deliveries: Vec<Versioned<Delivery>>,
    notes: Vec<NewNotes>,
    lots: Vec<HandedLot>,
}

impl Round {
    async fn read(acting: &Acting, action: ActionId, given: &[AttemptOf]) -> Outcome<Self> {
        let found = acting
            .scope
            .deliveries_by_id(given.iter().map(|attempt| attempt.delivery_id))
            .await?;
        let awards = acting
            .scope
            .awards_by_id(found.values().map(|delivery| delivery.value.award_id))
            .await?;
        if awards.values().any(|award| award.value.action_id != Some(action)) {
            return Err(Refusal::field("/attempts", "other-action"));
        }
        Ok(Self {
            action,
            today: acting.zone().day(acting.now),
            found,
            awards,
            seen: BTreeSet::new(),
            deliveries: Vec::new(),
            notes: Vec::new(),
            lots: Vec::new(),
        })
    }

    async fn take(
        &mut self,
        acting: &Acting,
        (ground, by): (&Ground, AccountId),
        given: AttemptOf,
        at: &str,
        errors: &mut Vec<FieldError>,
    ) -> Outcome<()> {
        let Some(mut delivery) = self.found.remove(&given.delivery_id) else {
            let again = self.seen.contains(&given.delivery_id);
            let code = if again { "twice" } else { "unknown-record" };
            errors.push(FieldError::new(format!("{at}/delivery_id"), code));
            return Ok(());
        };
        self.seen.insert(given.delivery_id);
        if delivery.value.waits {
            errors.push(FieldError::new(format!("{at}/delivery_id"), "delivery-waits"));
            return Ok(());
        }
        let Some(result) = result(ground, &given, at, errors) else {
            return Ok(());
        };
        let award = self.awards.get(&delivery.value.award_id);
        let award = award.ok_or_else(|| Refusal::not_found("award.unknown"))?;
        let Some(note) = note(&given, at, errors) else {
            return Ok(());
        };
        let mut attempt = Attempt::new(acting.now, by, result);
        let number = u32::try_from(delivery.value.attempts.len()).unwrap_or(u32::MAX);
        if matches!(attempt.result, AttemptResult::Delivered) {
            let new = NewWritten {
                recorded: given.recorded,
                participants: given.participants,
            };
            let of = (&delivery.value, &award.value);
            let Some(down) = written::read(acting, ground, of, self.today, new, at, errors).await? else {
                return Ok(());
            };
            let WrittenDown {
                clear,
                mut notes,
                present,
                lot,
            } = down;
            notes.note = note;
            attempt.recorded = clear;
            attempt.present = present;
            attempt.has_notes = !notes.is_empty();
            self.lots.extend(lot.map(|(lot, use_by)| HandedLot {
                delivery_id: delivery.value.id,
                action_id: self.action,
                lot,
                use_by,
            }));
            self.note(&delivery.value, &award.value.clone(), number, notes);
        } else if !given.recorded.is_empty() || !given.participants.is_empty() {
            errors.push(FieldError::new(format!("{at}/recorded"), "recorded-of-failed"));
            return Ok(());
        } else {
            let notes = AttemptNotes {
                note,
                ..AttemptNotes::default()
            };
            attempt.has_notes = !notes.is_empty();
            self.note(&delivery.value, &award.value.clone(), number, notes);
        }
        delivery.value.record(attempt)?;
        self.deliveries.push(delivery);
        Ok(())
    }

    fn note(&mut self, delivery: &Delivery, award: &Award, number: u32, notes: AttemptNotes) {
        if !notes.is_empty() {
            self.notes.push(NewNotes {
                delivery_id: delivery.id,
                number,
                person_id: award.person_id,
                notes,
            });
        }
    }

    async fn save(self, acting: &Acting, ground: &Ground) -> Outcome<Recorded> {
        let mut fulfilled = self.fulfilled(acting).await?;
        for award in &mut fulfilled {
            award.value.state = award.value.state.apply(&AwardEvent::Fulfil { at: acting.now })?;
        }
        let told = self.recalled(acting).await?;
        let delivered = self.deliveries.iter().filter(|one| arrived(&one.value)).count();
        let recorded = Recorded {
            delivered,
            failed: self.deliveries.len() - delivered,
            fulfilled: fulfilled.len(),
        };
        let lots: BTreeSet<&str> = self.lots.iter().map(|one| one.lot.as_str()).collect();
        let details = serde_json::json!({
            "delivered": recorded.delivered, "failed": recorded.failed, "fulfilled": recorded.fulfilled, "lots": lots,
            "noted": self.notes.len(), "recalled": told.len(), "program": ground.program,
        });
        let mut tx = acting.begin("delivery.record").await?;
        tx.update_deliveries(&self.deliveries).await?;
        tx.insert_delivery_notes(&self.notes).await?;
        tx.insert_delivery_lots(&self.lots).await?;
        tx.outbox_many(&told).await?;
        for award in &fulfilled {
            tx.update_award(&award.value, award.version).await?;
        }
        tx.journal(entry("delivery.record", "action", self.action.uuid(), details));
        acting.commit(tx, &recorded).await?;
        Ok(recorded)
    }

    /// Awards of which everything has arrived now.
    async fn fulfilled(&self, acting: &Acting) -> Outcome<Vec<Versioned<Award>>> {
        let now_arrived = self.deliveries.iter().filter(|one| arrived(&one.value));
        let now_arrived: BTreeMap<DeliveryId, AwardId> =
            now_arrived.map(|one| (one.value.id, one.value.award_id)).collect();
        let touched: BTreeSet<AwardId> = now_arrived.values().copied().collect();
        let of_award = acting.scope.deliveries_of_awards(touched.iter().copied()).await?;
        let is_done = |id: &AwardId| {
            of_award.get(id).into_iter().flatten().all(|delivery| {
                let is_over = matches!(
                    delivery.value.state,
                    DeliveryState::Delivered { .. } | DeliveryState::Cancelled { .. }
                );
                is_over || now_arrived.contains_key(&delivery.value.id)
            })
        };
        let done = touched
            .iter()
            .filter(|id| is_done(id))
            .filter_map(|id| self.awards.get(id));
        Ok(done
            .filter(|award| matches!(award.value.state, AwardState::Active))
            .cloned()
            .collect())
    }

    /// A lot that was called back and is recorded afterwards: whoever has it is told at once.
    async fn recalled(&self, acting: &Acting) -> Outcome<Vec<Message>> {
        if self.lots.is_empty() {
            return Ok(Vec::new());
        }
        let recalls = acting.scope.recalls(self.action).await?;
        let mut told = Vec::new();
        for recall in &recalls {
            let key = osn_core::recall::lot_key(&recall.lot);
            let has_it = |one: &&HandedLot| osn_core::recall::lot_key(&one.lot) == key;
            for lot in self.lots.iter().filter(has_it) {
                let delivery = self.deliveries.iter().find(|one| one.value.id == lot.delivery_id);
                let award = delivery.and_then(|delivery| self.awards.get(&delivery.value.award_id));
                if let (Some(delivery), Some(award)) = (delivery, award) {
                    told.push(recalls::message(acting, recall, &award.value, &[&delivery.value])?);
                }
            }
        }
        Ok(told)
    }
}

/// What happened at an attempt, without spaces around it; nothing when it is wrong.
#[expect(clippy::option_option, reason = "there need not be a note, and it may be wrong")]
fn note(given: &AttemptOf, at: &str, errors: &mut Vec<FieldError>) -> Option<Option<String>> {
    let note = given.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        let error = FieldError::new(format!("{at}/note"), "note-too-long");
        errors.push(error.with("most", LONGEST_NOTE));
        return None;
    }
    Some(note.map(str::to_owned))
}

fn arrived(delivery: &Delivery) -> bool {
    delivery.delivered_at().is_some()
}

/// How it ended, by the program's kinds of failure.
fn result(ground: &Ground, given: &AttemptOf, at: &str, errors: &mut Vec<FieldError>) -> Option<AttemptResult> {
    let code = match (given.result, &given.kind) {
        (GivenResult::Delivered, None) => return Some(AttemptResult::Delivered),
        (GivenResult::Delivered, Some(_)) => "kind-of-delivered",
        (GivenResult::Failed, Some(kind)) if ground.about.delivery.failures.iter().any(|known| known.key == *kind) => {
            return Some(AttemptResult::Failed { kind: kind.clone() });
        }
        (GivenResult::Failed, Some(_)) => "unknown-option",
        (GivenResult::Failed, None) => "required",
    };
    errors.push(FieldError::new(format!("{at}/kind"), code));
    None
}
