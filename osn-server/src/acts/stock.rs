//! What an action has to hand over: what arrived, what a count found, what is left; and what of it a plan may give.
//!
//! A program is told what there is in two ways, both of them arguments: by supply ([`PlanRequest::supplies`]), and, where its
//! description names a parameter for it, instalment by instalment in the parameters of the plan. Nothing is ever imported.
//!
//! [`PlanRequest::supplies`]: osn_programs::plan::PlanRequest::supplies

use std::collections::BTreeSet;

use chrono::NaiveDate;
use osn_core::delivery::{Delivery, DeliveryPlan, DeliveryState, Slot};
use osn_core::id::{ActionId, StockEntryId};
use osn_core::lang::LocalText;
use osn_core::recall::{LONGEST_LOT, lot_key};
use osn_core::stock::{MOST_PIECES, Stock, StockEntry, StockEvent};
use osn_core::time::Instant;
use osn_programs::about::About;
use osn_programs::plan;
use osn_store::Versioned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::acts::deliveries::{self, NewPlan, Planned};
use crate::acts::written::Ground;
use crate::acts::{Acting, actions, entry};
use crate::auth::Right;
use crate::lang::Lang;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// What arrived, or what a count found.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStock {
    /// `arrived`: so many pieces came; `counted`: so many pieces are left.
    #[schemars(with = "shapes::StockEvent")]
    pub event: StockEvent,
    /// Key of the program's supply; may be left out where it has one only.
    #[serde(default)]
    pub supply: Option<String>,
    /// The only instalment that it is for, counted from 1.
    #[serde(default)]
    pub instalment: Option<u16>,
    /// Its lot.
    #[serde(default)]
    pub lot: Option<String>,
    /// Its last day of use.
    #[serde(default)]
    pub use_by: Option<NaiveDate>,
    /// Pieces.
    pub pieces: u32,
}

/// What is together in stock.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StockLineView {
    /// Key of the program's supply.
    pub supply: String,
    /// Its name in the reader's language.
    pub name: String,
    /// The only instalment that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instalment: Option<u16>,
    /// Its lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Its last day of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// Pieces that were recorded.
    pub recorded: i64,
    /// Pieces that were handed over.
    pub handed: u64,
    /// Pieces that are left; below zero where more was handed over than was recorded.
    pub left: i64,
    /// Whether somebody may still be given of it today: its lot is not called back, its last day has not passed.
    pub good: bool,
    /// Whether its lot is called back.
    pub recalled: bool,
}

/// The stock of an action.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StockView {
    /// Its lines; empty where nobody recorded anything, and there is enough.
    pub lines: Vec<StockLineView>,
    /// Whether a program is told instalment by instalment what there is.
    pub by_instalment: bool,
    /// Deliveries that wait, because there was nothing to plan for them.
    pub waiting: u64,
    /// Whether something was recorded after the plan in force was made: it is to be made again.
    pub plan_is_older: bool,
    /// When something was recorded last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
}

/// The stock of an action, by what was recorded and handed over.
pub(crate) async fn of(acting: &Acting, action: ActionId, about: &About) -> Outcome<(Stock, Vec<StockEntry>)> {
    let entries = acting.scope.stock_entries(action).await?;
    if entries.is_empty() {
        return Ok((Stock::default(), entries));
    }
    let mut handed = acting.scope.handed_over(action).await?;
    for one in handed.iter_mut().filter(|one| one.supply.is_empty()) {
        one.supply.push_str(only_supply(about).unwrap_or_default());
    }
    let recalls = acting.scope.recalls(action).await?;
    let recalled: BTreeSet<String> = recalls.iter().map(|recall| lot_key(&recall.lot)).collect();
    Ok((Stock::of(&entries, &handed, &recalled), entries))
}

/// The supply of a delivery that everybody has.
pub(super) fn only_supply(about: &About) -> Option<&str> {
    match about.delivery.supplies.as_slice() {
        [only] => Some(&only.key),
        _ => None,
    }
}

/// What there is, for whoever plans and whoever delivers.
pub async fn get(acting: &Acting, action: ActionId) -> Outcome<StockView> {
    acting.require(Right::SeeDeliveries)?;
    let ground = Ground::of(acting, action).await?;
    let (stock, entries) = of(acting, action, &ground.about).await?;
    let today = acting.zone().day(acting.now);
    let lines = stock.lines.iter().map(|line| StockLineView {
        supply: line.supply.clone(),
        name: name(&ground, acting.lang.tag(), &line.supply),
        instalment: line.instalment,
        lot: line.lot.clone(),
        use_by: line.use_by,
        recorded: line.recorded,
        handed: line.handed,
        left: line.left(),
        good: line.is_good_on(today),
        recalled: line.recalled,
    });
    let plan = acting.scope.delivery_plans(action).await?.pop();
    let recorded_at = entries.last().map(|entry| entry.at);
    Ok(StockView {
        lines: lines.collect(),
        by_instalment: ground.about.delivery.stock_in.is_some(),
        waiting: acting.scope.deliveries_that_wait(action).await?,
        plan_is_older: plan.is_some_and(|plan| recorded_at.is_some_and(|last| plan.at < last)),
        recorded_at,
    })
}

/// A supply in the reader's language, without what is in it.
pub(crate) fn name(ground: &Ground, lang: &str, supply: &str) -> String {
    let text = ground.texts.text_or_key(lang, &format!("supply-{supply}"));
    text.split(':').next().unwrap_or_default().trim().to_owned()
}

/// Records what arrived, or what a count found.
pub async fn record(acting: &Acting, action: ActionId, new: NewStock) -> Outcome<StockView> {
    let officer = acting.require(Right::PlanDeliveries)?.id;
    let instalments = actions::read(acting, action).await?.value.instalments;
    let ground = Ground::of(acting, action).await?;
    let (stock, _) = of(acting, action, &ground.about).await?;
    let (supply, errors) = checked(&ground.about, &stock, &new, instalments);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let lot = new.lot.as_deref().map(str::trim).filter(|lot| !lot.is_empty());
    let change = match new.event {
        StockEvent::Arrived => new.pieces.into(),
        StockEvent::Counted => stock.counted(&supply, new.instalment, lot, new.pieces),
    };
    let recorded = StockEntry {
        id: acting.app.new_id(StockEntryId::new),
        action_id: action,
        supply,
        instalment: new.instalment,
        lot: lot.map(str::to_owned),
        use_by: new.use_by,
        event: new.event,
        pieces: new.pieces,
        change,
        by: officer,
        at: acting.now,
    };
    let mut tx = acting.begin("stock.record").await?;
    tx.insert_stock_entry(&recorded).await?;
    let details = json!({
        "supply": recorded.supply, "instalment": recorded.instalment, "lot": recorded.lot, "event": recorded.event,
        "pieces": recorded.pieces, "change": recorded.change,
    });
    tx.journal(entry("stock.record", "action", action.uuid(), details));
    tx.commit().await?;
    get(acting, action).await
}

/// The supply that is meant, and everything that is wrong with what was sent.
fn checked(about: &About, stock: &Stock, new: &NewStock, instalments: u16) -> (String, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut wrong = |path: &str, code: &str| errors.push(FieldError::new(path, code));
    let named = new.supply.as_deref().or_else(|| only_supply(about)).unwrap_or_default();
    if !about.delivery.supplies.iter().any(|one| one.key == named) {
        wrong("/supply", "unknown-option");
    }
    match (new.instalment, stock.by_instalment(named)) {
        (Some(_), _) if about.delivery.stock_in.is_none() => wrong("/instalment", "stock-whole"),
        (Some(number), _) if number == 0 || number > instalments => wrong("/instalment", "out-of-range"),
        (given, Some(by)) if given.is_some() != by => wrong("/instalment", "stock-mixed"),
        _ => {}
    }
    if let Some(lot) = new.lot.as_deref().filter(|lot| !lot.trim().is_empty())
        && (lot_key(lot).is_empty() || lot.chars().count() > LONGEST_LOT)
    {
        wrong("/lot", "not-a-lot");
    }
    let least = u32::from(new.event == StockEvent::Arrived);
    if !(least..=MOST_PIECES).contains(&new.pieces) {
        wrong("/pieces", "out-of-range");
    }
    (named.to_owned(), errors)
}

/// Makes the plan in force again, with its own days, by what there is now.
pub async fn plan_again(acting: &Acting, action: ActionId) -> Outcome<Planned> {
    acting.require(Right::PlanDeliveries)?;
    let plan = acting.scope.delivery_plans(action).await?.pop();
    let plan = plan.ok_or_else(|| Refusal::conflict("plan.none"))?;
    let said = |lang| acting.app.texts().get(lang, "plan-by-stock", &[]);
    let reason = LocalText::new(said(Lang::El), said(Lang::En));
    let new = NewPlan {
        slots: plan.slots,
        reason,
    };
    deliveries::plan(acting, action, new).await
}

/// Whether an action's plan is the program's to make because there may be too little.
pub(super) async fn is_limited(acting: &Acting, action: ActionId) -> Outcome<bool> {
    if !acting.scope.stock_entries(action).await?.is_empty() {
        return Ok(true);
    }
    let ground = Ground::of(acting, action).await?;
    let given = actions::read(acting, action).await?.value.parameters;
    let stock = ground.about.delivery.stock_in.as_deref();
    let stock = stock
        .and_then(|pointer| given.pointer(pointer))
        .and_then(Json::as_array);
    Ok(stock.is_some_and(|rows| !rows.is_empty()))
}

/// What a plan may give, as the program is told.
pub(super) struct Shelf {
    stock: Stock,
    today: NaiveDate,
    stock_in: Option<String>,
    only: Option<String>,
}

/// What is still to come.
pub(super) const fn is_open(delivery: &Delivery) -> bool {
    matches!(delivery.state, DeliveryState::Planned | DeliveryState::Failed)
}

impl Shelf {
    pub(super) async fn of(acting: &Acting, action: ActionId, about: &About) -> Outcome<Self> {
        let (stock, _) = of(acting, action, about).await?;
        Ok(Self {
            stock,
            today: acting.zone().day(acting.now),
            stock_in: about.delivery.stock_in.clone(),
            only: only_supply(about).map(str::to_owned),
        })
    }

    fn supplies(&self) -> BTreeSet<&str> {
        self.stock.lines.iter().map(|line| line.supply.as_str()).collect()
    }

    /// Pieces of a supply that one round may give, where it has a stock of its own.
    fn in_round(&self, supply: &str, slot: &Slot) -> Option<u32> {
        self.stock.good_on(supply, Some(slot.instalment), slot.date)
    }

    /// Pieces of a supply that all rounds may give together, where it has one stock: what is good on the day of the next round.
    fn in_all(&self, supply: &str, plan: &DeliveryPlan) -> Option<u32> {
        let days = plan.slots.iter().map(|slot| slot.date);
        let next = days.filter(|day| *day >= self.today).min().unwrap_or(self.today);
        self.stock.good_on(supply, None, next)
    }

    /// Takes back what was planned of a supply where there is not enough for all of it: the program decides again who gets it.
    pub(super) fn release(&self, plan: &DeliveryPlan, before: &mut [Versioned<Delivery>]) {
        for supply in self.supplies() {
            if let Some(left) = self.in_all(supply, plan) {
                take_back(before, supply, left, |_| true);
            }
            for slot in &plan.slots {
                if let Some(left) = self.in_round(supply, slot) {
                    take_back(before, supply, left, |one| one.instalment == slot.instalment);
                }
            }
        }
    }

    /// What the contract calls stock: of all rounds together. What is kept is counted against it, so what was handed over to
    /// those who are planned for is in it.
    pub(super) fn together(&self, plan: &DeliveryPlan, before: &[Versioned<Delivery>]) -> Vec<plan::Stock> {
        let supplies = self.supplies().into_iter();
        let stock = supplies.filter_map(|supply| {
            let given = self.given(before, supply, None);
            Some(plan::Stock {
                supply: supply.to_owned(),
                quantity: self.in_all(supply, plan)?.saturating_add(given),
            })
        });
        stock.collect()
    }

    /// The parameters of the plan: those of the call, with what there is of each instalment where the program asks for it.
    pub(super) fn parameters(
        &self,
        frozen: &str,
        series: &[plan::Slot],
        plan: &DeliveryPlan,
        before: &[Versioned<Delivery>],
    ) -> Outcome<String> {
        let Some(pointer) = &self.stock_in else {
            return Ok(frozen.to_owned());
        };
        let mut rounds: Vec<(u32, u32, &str)> = Vec::new();
        for supply in self.supplies() {
            for (slot, told) in plan.slots.iter().zip(series) {
                let Some(left) = self.in_round(supply, slot) else {
                    continue;
                };
                let pieces = left.saturating_add(self.given(before, supply, Some(slot.instalment)));
                // A program counts instalments by the series of its rounds, in their order.
                let instalment = nth_series(series, told.series);
                match rounds.iter_mut().find(|(at, _, of)| *at == instalment && *of == supply) {
                    Some((_, all, _)) => *all = all.saturating_add(pieces),
                    None => rounds.push((instalment, pieces, supply)),
                }
            }
        }
        if rounds.is_empty() {
            return Ok(frozen.to_owned());
        }
        let mut parameters: Json = serde_json::from_str(frozen).map_err(Refusal::internal)?;
        let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
        let Some(parent) = parameters.pointer_mut(parent).and_then(Json::as_object_mut) else {
            return Ok(frozen.to_owned());
        };
        let mut rows = parent.get(key).and_then(Json::as_array).cloned().unwrap_or_default();
        // Of an instalment that was recorded, what the call expected no longer counts.
        rows.retain(|row| {
            !rounds
                .iter()
                .any(|(at, _, _)| row.get("instalment") == Some(&json!(at)))
        });
        let told = rounds.iter();
        rows.extend(told.map(|(at, pieces, of)| json!({ "instalment": at, "pieces": pieces, "supply": of })));
        parent.insert(key.to_owned(), Json::Array(rows));
        let bytes = osn_core::canonical::to_canonical_bytes(&parameters).map_err(Refusal::internal)?;
        String::from_utf8(bytes).map_err(Refusal::internal)
    }

    /// Pieces that were handed over to those who are planned for.
    fn given(&self, before: &[Versioned<Delivery>], supply: &str, instalment: Option<u16>) -> u32 {
        let of_round = |one: &&Delivery| !is_open(one) && instalment.is_none_or(|of| of == one.instalment);
        let given = before.iter().map(|one| &one.value).filter(of_round).map(|one| {
            let pieces = one.items.iter().filter(|item| item.supply == supply);
            // What everybody had was one piece.
            if one.items.is_empty() && self.only.as_deref() == Some(supply) {
                1
            } else {
                pieces.map(|item| item.quantity).fold(0_u32, u32::saturating_add)
            }
        });
        given.fold(0, u32::saturating_add)
    }
}

/// The place of a series among those of a plan, counted from 1.
fn nth_series(slots: &[plan::Slot], series: u32) -> u32 {
    let mut seen: Vec<u32> = Vec::new();
    for slot in slots {
        if !seen.contains(&slot.series) {
            seen.push(slot.series);
        }
    }
    let nth = seen.iter().position(|one| *one == series).unwrap_or_default();
    u32::try_from(nth).unwrap_or(u32::MAX).saturating_add(1)
}

fn take_back(before: &mut [Versioned<Delivery>], supply: &str, left: u32, of: impl Fn(&Delivery) -> bool) {
    let mut open: Vec<&mut Delivery> = before.iter_mut().map(|one| &mut one.value).collect();
    open.retain(|one| is_open(one) && of(one));
    let items = open.iter().flat_map(|one| &one.items);
    let planned = items
        .filter(|item| item.supply == supply)
        .map(|item| u64::from(item.quantity));
    if planned.sum::<u64>() > u64::from(left) {
        for delivery in open {
            delivery.items.retain(|item| item.supply != supply);
        }
    }
}
