//! The last chapters: the delivery plan and its versions, a withdrawal with its promotion, deliveries, failures and repeats.

use std::collections::BTreeMap;

use axum::http::Method;
use chrono::TimeDelta;
use osn_core::time::Instant;
use serde_json::{Value, json};

use super::door::{DemoError, Load};
use super::player::{Player, Story, state_of, text_of};
use super::scenario::{FailureRow, PlanRow, WithdrawalRow};

/// Deliveries that one sheet records at once.
const SHEET: usize = 25;

impl<'a> Player<'a> {
    /// A version of the delivery plan.
    pub(super) async fn plan(&mut self, story: &Story<'a>, row: &PlanRow) -> Result<(), DemoError> {
        let step = story.step("plan", format!("{}-{}", row.action, row.version));
        if self.played(&step) {
            return Ok(());
        }
        let action = self.kept(&step, &format!("action/{}", row.action))?;
        let body = json!({ "slots": row.slots, "reason": row.reason });
        self.ask(
            &step,
            &row.actor,
            Method::POST,
            &format!("/actions/{action}/delivery-plans"),
            Load::Json(body),
        )
        .await?;
        self.work().await?;
        self.done(&step)
    }

    /// A recipient gives the award back; the first of the reserve list takes the place.
    pub(super) async fn withdraw(&mut self, story: &Story<'a>, row: &WithdrawalRow) -> Result<(), DemoError> {
        let step = story.step("withdrawal", format!("{}-{}", row.action, row.rank));
        if self.played(&step) {
            return Ok(());
        }
        let awards = self.awards_by_rank(story, &step, &row.actor, &row.action).await?;
        let award = awards.get(&row.rank).ok_or_else(|| DemoError::Missing {
            step: step.clone(),
            field: "the award of this rank",
        })?;
        if state_of(award) == Some("active") {
            let path = format!("/awards/{}/withdraw", text_of(&step, award, "/id")?);
            self.ask(
                &step,
                &row.actor,
                Method::POST,
                &path,
                Load::Json(json!({ "reason": row.reason })),
            )
            .await?;
        }
        self.work().await?;
        self.done(&step)
    }

    /// The awards of an action, by rank on the final list.
    async fn awards_by_rank(
        &mut self,
        story: &Story<'a>,
        step: &str,
        actor: &str,
        action: &str,
    ) -> Result<BTreeMap<u64, Value>, DemoError> {
        let found = story.scenario.calls.iter().find(|call| call.action == action);
        let call = found.ok_or_else(|| DemoError::data(&story.scenario.key, format!("no call of `{action}`")))?;
        let selection = self.kept(step, &format!("selection/{}", call.key))?;
        let reader = self.holder_of("coordinator")?;
        let lines = self
            .list(step, &reader, &format!("/selections/{selection}/lines"))
            .await?;
        let mut ranks = BTreeMap::new();
        for line in &lines {
            if let Some(rank) = line.get("rank").and_then(Value::as_u64) {
                ranks.insert(text_of(step, line, "/candidate/application_id")?, rank);
            }
        }
        let action = self.kept(step, &format!("action/{action}"))?;
        let mut by_rank = BTreeMap::new();
        for award in self.list(step, actor, &format!("/actions/{action}/awards")).await? {
            let application = text_of(step, &award, "/basis/application_id")?;
            if let Some(rank) = ranks.get(&application) {
                by_rank.insert(*rank, award);
            }
        }
        Ok(by_rank)
    }

    /// One instalment is brought to everybody; some attempts fail.
    pub(super) async fn deliver(
        &mut self,
        story: &Story<'a>,
        actor: &str,
        action: &str,
        instalment: u16,
        at: Instant,
        span: TimeDelta,
    ) -> Result<(), DemoError> {
        let step = story.step("deliver", format!("{action}-{instalment}"));
        if self.played(&step) {
            return Ok(());
        }
        let awards = self.awards_by_rank(story, &step, actor, action).await?;
        let mut failing: BTreeMap<String, &FailureRow> = BTreeMap::new();
        for row in story
            .scenario
            .failures
            .iter()
            .filter(|row| row.action == action && row.instalment == instalment)
        {
            let award = awards.get(&row.rank).ok_or_else(|| DemoError::Missing {
                step: step.clone(),
                field: "the award of this rank",
            })?;
            failing.insert(text_of(&step, award, "/id")?, row);
        }
        // Only what is still planned: a sheet that was recorded before a crash is not recorded again.
        let path = format!("/actions/{}/deliveries", self.kept(&step, &format!("action/{action}"))?);
        let due = self
            .list(&step, actor, &format!("{path}?instalment={instalment}&state=planned"))
            .await?;
        let sheets = i32::try_from(due.len().div_ceil(SHEET)).unwrap_or(i32::MAX).max(1);
        for (sheet, nth) in due.chunks(SHEET).zip(0_i32..) {
            let mut attempts = Vec::new();
            for delivery in sheet {
                let id = text_of(&step, delivery, "/id")?;
                attempts.push(match failing.get(&text_of(&step, delivery, "/award_id")?) {
                    Some(row) => json!({
                        "delivery_id": id, "result": "failed", "kind": row.kind, "note": row.note.get("el"),
                    }),
                    None => arrived(story, action, instalment, &id, delivery),
                });
            }
            self.clock_at(at + span / sheets * nth);
            self.put_down(&step, actor, &format!("{path}/attempts"), attempts)
                .await?;
        }
        self.done(&step)
    }

    /// Records attempts. What may be asked for again is the list of what is due, so the request carries no key.
    async fn put_down(&mut self, step: &str, actor: &str, path: &str, attempts: Vec<Value>) -> Result<(), DemoError> {
        self.ask_keyless(step, actor, path, Load::Json(json!({ "attempts": attempts })))
            .await?;
        Ok(())
    }

    /// A delivery that failed is brought again.
    pub(super) async fn repeat(&mut self, story: &Story<'a>, row: &FailureRow) -> Result<(), DemoError> {
        let step = story.step("repeat", format!("{}-{}-{}", row.action, row.rank, row.instalment));
        if self.played(&step) {
            return Ok(());
        }
        let delivered = story.scenario.timeline.iter().find(|happening| {
            happening.action.as_deref() == Some(&row.action) && happening.instalment == Some(row.instalment)
        });
        let actor = delivered
            .map(|happening| happening.actor.clone())
            .ok_or_else(|| DemoError::data(&story.scenario.key, "a repeat without its delivery"))?;
        let path = format!(
            "/actions/{}/deliveries",
            self.kept(&step, &format!("action/{}", row.action))?
        );
        let awards = self.awards_by_rank(story, &step, &actor, &row.action).await?;
        let award = awards.get(&row.rank).ok_or_else(|| DemoError::Missing {
            step: step.clone(),
            field: "the award of this rank",
        })?;
        let award = text_of(&step, award, "/id")?;
        let failed = self
            .list(
                &step,
                &actor,
                &format!("{path}?instalment={}&state=failed", row.instalment),
            )
            .await?;
        for delivery in failed
            .iter()
            .filter(|delivery| delivery.get("award_id").and_then(Value::as_str) == Some(&award))
        {
            let id = text_of(&step, delivery, "/id")?;
            let again = arrived(story, &row.action, row.instalment, &id, delivery);
            self.put_down(&step, &actor, &format!("{path}/attempts"), vec![again])
                .await?;
        }
        self.done(&step)
    }
}

/// What is recorded of a delivery that arrived: what the scenario says of its instalment, once and for each participant.
fn arrived(story: &Story<'_>, action: &str, instalment: u16, id: &str, delivery: &Value) -> Value {
    let mut attempt = json!({ "delivery_id": id, "result": "delivered" });
    let of_instalment = story
        .scenario
        .records
        .iter()
        .find(|row| row.action == action && row.instalment.is_none_or(|number| number == instalment));
    let (Some(row), Some(body)) = (of_instalment, attempt.as_object_mut()) else {
        return attempt;
    };
    body.insert("recorded".to_owned(), json!(row.recorded));
    if !row.participants.is_empty() {
        let items = delivery.get("items").and_then(Value::as_array);
        let claims = items
            .into_iter()
            .flatten()
            .filter_map(|item| item.get("claim")?.as_u64());
        let each = claims
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .map(|claim| json!({ "claim": claim, "recorded": row.participants }));
        body.insert("participants".to_owned(), each.collect());
    }
    attempt
}
