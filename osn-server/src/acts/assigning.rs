//! People assigned to the rounds of a plan by the program: who comes when, who keeps a place, who found none and why.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, Timelike as _};
use osn_core::action::Action;
use osn_core::delivery::{Award, AwardState, Delivery, DeliveryItem, DeliveryPlan, DeliveryState, Slot};
use osn_core::id::{ActionId, ApplicationId, AwardId, CallId};
use osn_core::money::Money;
use osn_programs::about::About;
use osn_programs::batch::Context;
use osn_programs::input::GroupInput;
use osn_programs::plan::{self, PlanRequest, PlannedDelivery, Schedule};
use osn_programs::plan_record::{PlanRecord, Planned};
use osn_programs::record::DecisionRecord;
use osn_programs::verdict::Outcome as Verdict;
use osn_store::{CallFilter, PageQuery, Readable, Versioned};
use schemars::JsonSchema;
use serde::Serialize;

use crate::acts::calls::{self, OpenCall};
use crate::acts::programs::{FaultStage, faults};
use crate::acts::stock::{self, Shelf};
use crate::acts::{Acting, awards, selection};
use crate::programs::blocking;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Somebody who could not be given everything.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unplaced {
    /// The award.
    #[schemars(with = "uuid::Uuid")]
    pub award_id: AwardId,
    /// Position of the participant in the application.
    pub claim: u16,
    /// Key of the program's reason.
    pub reason: String,
    /// The reason in the reader's language.
    pub text: String,
}

/// What a new version of a plan assigns.
pub(super) struct Assigned {
    /// Deliveries that are new.
    pub(super) created: Vec<Delivery>,
    /// Deliveries that were there and are still to come.
    pub(super) changed: Vec<Versioned<Delivery>>,
    /// Awards of which a delivery that was to come waits from now on.
    pub(super) postponed: BTreeSet<AwardId>,
    /// Who could not be given everything.
    pub(super) unplaced: Vec<Unplaced>,
    /// The awards in force, in the order of the list.
    pub(super) awards: Vec<Award>,
    /// The plan as it can be made again.
    pub(super) record: PlanRecord,
}

/// A row of the plan: somebody of an award.
#[derive(Clone, Copy)]
struct Row {
    award: AwardId,
    claim: u16,
}

/// The awarded people, in the order of the list, as the program sees them.
struct People {
    awards: Vec<Award>,
    rows: Vec<Row>,
    groups: Vec<GroupInput>,
    cited: Vec<Planned>,
    as_of: Option<NaiveDate>,
}

/// Lines or awards in memory at once.
const CHUNK: u32 = 2_048;

/// Asks the program who comes when; whatever it gives nothing for waits.
pub(super) async fn assign(acting: &Acting, action: &Action, plan: &DeliveryPlan) -> Outcome<Assigned> {
    let open = final_call(acting, action.id).await?;
    let slots = slots(&open.about, plan)?;
    let people = people(acting, &open).await?;
    let ids: Vec<AwardId> = people.awards.iter().map(|award| award.id).collect();
    let mut before: Vec<Versioned<Delivery>> = Vec::new();
    for (_, deliveries) in acting.scope.deliveries_of_awards(ids).await? {
        before.extend(deliveries);
    }
    before.retain(|delivery| !matches!(delivery.value.state, DeliveryState::Cancelled { .. }));
    let shelf = Shelf::of(acting, action.id, &open.about).await?;
    shelf.release(plan, &mut before);
    let kept = kept(plan, &people.rows, &before, stock::only_supply(&open.about));
    let parameters = shelf.parameters(&open.call.value.parameters, &slots, plan, &before)?;
    let request = PlanRequest {
        supplies: shelf.together(plan, &before),
        slots,
        kept: kept.clone(),
        budget_cents: action.budget.cents(),
    };
    let context = Context {
        as_of: people.as_of.unwrap_or_else(|| acting.zone().day(acting.now)),
        parameters,
    };
    let (program, groups, cited) = (open.installed.program.clone(), people.groups, people.cited);
    let asked = (
        FaultStage::Plan,
        open.call.value.id,
        open.action.program.package_digest.as_str(),
    );
    let planned = blocking(move || {
        let schedule = program.plan(&context, &groups, &request)?;
        Ok(PlanRecord {
            contract: program.contract().to_owned(),
            code_digest: program.code_digest(),
            as_of: context.as_of,
            parameters: context.parameters,
            people: cited,
            request,
            schedule,
        })
    });
    let record = faults::kept(acting, asked, planned.await).await?;
    let Schedule { deliveries, unplaced } = record.schedule.clone();
    let fresh = deliveries.into_iter().filter(|one| !kept.contains(one)).collect();
    let mut created = created(acting, plan, &people.rows, &mut before, fresh);
    let postponed = wait(acting, plan, &people.awards, &mut before, &mut created);
    before.retain(|delivery| stock::is_open(&delivery.value));
    let unplaced = unplaced.into_iter().filter_map(|one| {
        let row = people.rows.get(usize::try_from(one.row).ok()?)?;
        Some(Unplaced {
            award_id: row.award,
            claim: row.claim,
            text: open
                .texts
                .text_or_key(acting.lang.tag(), &format!("reason-{}", one.reason)),
            reason: one.reason,
        })
    });
    Ok(Assigned {
        created,
        changed: before,
        postponed,
        unplaced: unplaced.collect(),
        awards: people.awards,
        record,
    })
}

/// The call whose final lists the plan serves.
async fn final_call(acting: &Acting, action: ActionId) -> Outcome<OpenCall> {
    let filter = CallFilter {
        action: Some(action),
        states: ["published", "assessed", "proposed", "final"]
            .map(str::to_owned)
            .to_vec(),
    };
    let mut found = Vec::new();
    for call in acting.scope.calls(filter, PageQuery::first()).await?.items {
        if !selection::finals(acting, call.value.id).await?.is_empty() {
            found.push(call.value.id);
        }
    }
    match found.as_slice() {
        [] => Err(Refusal::conflict("plan.no-final-list")),
        [call] => calls::open(acting, *call).await,
        _ => Err(Refusal::conflict("plan.several-lists")),
    }
}

/// The plan's rounds in the program's symbols.
fn slots(about: &About, plan: &DeliveryPlan) -> Outcome<Vec<plan::Slot>> {
    let mut errors = Vec::new();
    let slots = (0_u32..)
        .zip(&plan.slots)
        .map(|(index, slot)| read_slot(about, index, slot, &plan.slots, &mut errors))
        .collect();
    if errors.is_empty() {
        Ok(slots)
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

fn read_slot(about: &About, index: u32, slot: &Slot, slots: &[Slot], errors: &mut Vec<FieldError>) -> plan::Slot {
    let occasion = slot.occasion.clone().unwrap_or_default();
    let mut symbol = |field: &str, question: &Option<String>, key: &str| {
        let options = question
            .as_deref()
            .and_then(|question| about.field(question))
            .map(|field| &field.options);
        let found = options.and_then(|options| options.iter().position(|option| option == key));
        let symbol = found.and_then(|position| u16::try_from(position).ok());
        if symbol.is_none() {
            errors.push(FieldError::new(
                format!("/slots/{index}/occasion/{field}"),
                "unknown-option",
            ));
        }
        symbol.unwrap_or_default()
    };
    let delivery = &about.delivery;
    let place = occasion
        .place
        .as_deref()
        .map(|key| symbol("place", &delivery.places_of, key).into());
    // Where the program names no question for it, a series is the plan's own: rounds of one name are one instalment.
    let series = match (occasion.series.as_deref(), &delivery.series_of) {
        (Some(key), None) => slots.iter().zip(0_u32..).find_map(|(slot, at)| {
            let of = slot.occasion.as_ref().and_then(|one| one.series.as_deref());
            (of == Some(key)).then_some(at)
        }),
        (Some(key), question) => Some(symbol("series", question, key).into()),
        (None, _) => None,
    };
    let features = occasion
        .features
        .iter()
        .map(|key| symbol("features", &delivery.features_of, key));
    let features = features.collect();
    let starts = occasion
        .starts
        .map_or(0, |time| i64::from(time.num_seconds_from_midnight() / 60));
    plan::Slot {
        series: series.unwrap_or(index),
        starts_min: i64::from(slot.date.to_epoch_days()) * 1_440 + starts,
        minutes: occasion.minutes.unwrap_or_default(),
        place: place.unwrap_or_default(),
        age_min: occasion.age_from,
        age_max: occasion.age_to.unwrap_or_default(),
        features,
        capacity: occasion.capacity.unwrap_or_default(),
    }
}

/// Everybody with an award in force, as the frozen input of the decision shows them: only those who were found eligible.
async fn people(acting: &Acting, open: &OpenCall) -> Outcome<People> {
    let ranks = ranks(acting, open.call.value.id).await?;
    let mut awards = active(acting, open.action.id).await?;
    awards.sort_by_key(|award| {
        let rank = award
            .basis
            .application()
            .and_then(|application| ranks.get(&application));
        (rank.copied(), award.id)
    });
    let mut people = People {
        awards: Vec::new(),
        rows: Vec::new(),
        groups: Vec::new(),
        cited: Vec::new(),
        as_of: None,
    };
    for award in awards {
        let application = awards::application_of(&award)?;
        let Some(decision) = acting.scope.decisions_of(application).await?.pop() else {
            continue;
        };
        // Whoever was erased is assigned nowhere any more.
        let Some(Readable::Data(bytes)) = acting.scope.decision_record(decision.id).await? else {
            continue;
        };
        let record = DecisionRecord::from_canonical(&bytes).map_err(Refusal::internal)?;
        let mut input = record.input;
        let eligible = record
            .verdict
            .claims
            .iter()
            .map(|claim| claim.outcome == Verdict::Eligible);
        let mut cited = Planned {
            decision: decision.id,
            digest: decision.digest,
            claims: Vec::new(),
        };
        let claims = std::mem::take(&mut input.claims).into_iter().zip(eligible).zip(0_u16..);
        for ((claim, _), position) in claims.filter(|((_, eligible), _)| *eligible) {
            input.claims.push(claim);
            cited.claims.push(position);
            people.rows.push(Row {
                award: award.id,
                claim: position,
            });
        }
        if !input.claims.is_empty() {
            people.as_of = Some(record.as_of);
            people.groups.push(input);
            people.cited.push(cited);
            people.awards.push(award);
        }
    }
    Ok(people)
}

/// The order of everybody on the final lists: list after list, by rank.
async fn ranks(acting: &Acting, call: CallId) -> Outcome<BTreeMap<ApplicationId, (usize, u32)>> {
    let mut ranks = BTreeMap::new();
    for (nth, (list, _)) in selection::finals(acting, call).await?.iter().enumerate() {
        let mut skip = 0_u32;
        loop {
            let lines = acting.scope.selection_lines(list.id, skip, CHUNK).await?;
            if lines.is_empty() {
                break;
            }
            skip = skip.saturating_add(CHUNK);
            ranks.extend(
                lines
                    .iter()
                    .map(|line| (line.candidate.application_id, (nth, line.rank))),
            );
        }
    }
    Ok(ranks)
}

async fn active(acting: &Acting, action: ActionId) -> Outcome<Vec<Award>> {
    let mut awards = Vec::new();
    let mut query = PageQuery::first();
    loop {
        let page = acting.scope.awards(action, query).await?;
        let items = page.items.into_iter().map(|award| award.value);
        awards.extend(items.filter(|award| matches!(award.state, AwardState::Active)));
        let Some(after) = page.next else { return Ok(awards) };
        query = PageQuery {
            after: Some(after),
            ..PageQuery::first()
        };
    }
}

/// What stands from earlier versions, as the program knows it.
fn kept(plan: &DeliveryPlan, rows: &[Row], before: &[Versioned<Delivery>], only: Option<&str>) -> Vec<PlannedDelivery> {
    let mut kept = Vec::new();
    for delivery in before.iter().map(|delivery| &delivery.value) {
        let slot = plan
            .slots
            .iter()
            .position(|slot| slot.instalment == delivery.instalment);
        let Some(slot) = slot.and_then(|slot| u32::try_from(slot).ok()) else {
            continue;
        };
        // What everybody had is not given again: one piece, of which nobody wrote down what it cost.
        let everybodys = only.filter(|_| delivery.items.is_empty() && !stock::is_open(delivery));
        let everybodys = everybodys.map(|supply| DeliveryItem {
            claim: rows
                .iter()
                .find(|row| row.award == delivery.award_id)
                .map_or(0, |row| row.claim),
            supply: supply.to_owned(),
            quantity: 1,
            cost: Money::from_cents(0),
        });
        for item in delivery.items.iter().chain(&everybodys) {
            let row = rows
                .iter()
                .position(|row| row.award == delivery.award_id && row.claim == item.claim);
            if let Some(row) = row.and_then(|row| u32::try_from(row).ok()) {
                kept.push(PlannedDelivery {
                    row,
                    slot,
                    supply: item.supply.clone(),
                    quantity: item.quantity,
                    cost_cents: item.cost.cents(),
                });
            }
        }
    }
    kept
}

/// What the program gave nothing for waits: deliveries that stand, and, where every round is everybody's, those that nobody has
/// yet. Says whose delivery waits from now on.
fn wait(
    acting: &Acting,
    plan: &DeliveryPlan,
    awards: &[Award],
    before: &mut [Versioned<Delivery>],
    created: &mut Vec<Delivery>,
) -> BTreeSet<AwardId> {
    let mut postponed = BTreeSet::new();
    for delivery in before
        .iter_mut()
        .map(|one| &mut one.value)
        .filter(|one| stock::is_open(one))
    {
        let waits = delivery.items.is_empty();
        if waits && !delivery.waits {
            postponed.insert(delivery.award_id);
        }
        delivery.waits = waits;
    }
    if plan.is_assigned() {
        return postponed;
    }
    let stands: BTreeSet<(AwardId, u16)> = before
        .iter()
        .map(|one| &one.value)
        .chain(created.iter())
        .map(|one| (one.award_id, one.instalment))
        .collect();
    for award in awards {
        let owed = plan
            .slots
            .iter()
            .filter(|slot| !stands.contains(&(award.id, slot.instalment)));
        created.extend(owed.map(|slot| Delivery {
            waits: true,
            ..awards::planned(acting, award.id, plan.version, slot)
        }));
    }
    postponed
}

/// New deliveries, one for each award and round; where a sibling has one already, it grows.
fn created(
    acting: &Acting,
    plan: &DeliveryPlan,
    rows: &[Row],
    before: &mut [Versioned<Delivery>],
    fresh: Vec<PlannedDelivery>,
) -> Vec<Delivery> {
    let mut created: BTreeMap<(AwardId, u16), Delivery> = BTreeMap::new();
    for one in fresh {
        let at = |position: u32| usize::try_from(position).unwrap_or(usize::MAX);
        let (Some(row), Some(slot)) = (rows.get(at(one.row)), plan.slots.get(at(one.slot))) else {
            continue;
        };
        let item = DeliveryItem {
            claim: row.claim,
            supply: one.supply,
            quantity: one.quantity,
            cost: Money::from_cents(one.cost_cents),
        };
        let same = |delivery: &&mut Versioned<Delivery>| {
            delivery.value.award_id == row.award && delivery.value.instalment == slot.instalment
        };
        if let Some(stands) = before.iter_mut().find(same) {
            stands.value.items.push(item);
            continue;
        }
        created
            .entry((row.award, slot.instalment))
            .or_insert_with(|| awards::planned(acting, row.award, plan.version, slot))
            .items
            .push(item);
    }
    created.into_values().collect()
}
