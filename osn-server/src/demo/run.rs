//! The middle chapters: the program, the action, its call, the applications, their papers, assessment and selection.

use axum::http::Method;
use chrono::{Days, NaiveTime, TimeDelta};
use osn_core::time::Instant;
use serde_json::{Value, json};

use super::door::{DemoError, Load};
use super::packages::Spare;
use super::people::Made;
use super::player::{Player, Story, text_of};
use super::scenario::{ActionRow, AttemptRow, CallRow, PlacesRow};
use crate::jobs;

/// States of papers that only an evaluator sets.
const CHECKED: [&str; 3] = ["accepted", "refused", "expired"];
/// Looks at a job before the player gives up.
const LOOKS: u32 = 10_000;

impl<'a> Player<'a> {
    /// The host installs the program; its golden cases run on installation.
    async fn install(&mut self, program: &str, package: &[u8]) -> Result<(), DemoError> {
        let step = format!("programs/install/{program}");
        if self.played(&step) {
            return Ok(());
        }
        let host = self.holder_of("host")?;
        let package = Load::Wasm(package.to_vec());
        self.ask(&step, &host, Method::POST, "/programs", package).await?;
        self.done(&step)
    }

    /// The programs that played nothing, for whoever visits.
    pub(super) async fn install_spare(&mut self, spare: &[Spare]) -> Result<(), DemoError> {
        for program in spare {
            self.install(&program.key, &program.bytes).await?;
        }
        Ok(())
    }

    /// A coordinator plans an action from a certificate.
    pub(super) async fn create_action(&mut self, story: &Story<'a>, actor: &str, key: &str) -> Result<(), DemoError> {
        self.install(&story.scenario.program, story.package).await?;
        let row = story.action(key)?;
        let step = story.step("action", key);
        if !self.played(&step) {
            let first = row
                .places
                .first()
                .ok_or_else(|| DemoError::data(&story.scenario.key, "an action has no places"))?;
            let mut body = json!({
                "name": row.name,
                "description": row.description,
                "program": story.scenario.program,
                "parameters": row.parameters,
                "certificate_id": self.kept(&step, &format!("certificate/{}", row.request))?,
                "model_entry": row.model_entry,
                "period": self.period(story, row),
                "instalments": row.instalments,
                "budget": row.budget,
                "deliverers": row.deliverers.iter()
                    .map(|key| json!({ "organization_id": self.city.names.organization(key) }))
                    .collect::<Vec<_>>(),
                "places": { "places": first.places, "reason": first.reason },
            });
            if let (Some(code), Some(body)) = (&row.operation, body.as_object_mut()) {
                body.insert(
                    "operation_id".into(),
                    self.kept(&step, &format!("operation/{code}"))?.into(),
                );
            }
            let answer = self
                .ask(&step, actor, Method::POST, "/actions", Load::Json(body))
                .await?;
            self.progress
                .keep(format!("action/{key}"), text_of(&step, &answer, "/id")?.into());
            self.done(&step)?;
        }
        match row.places.first().filter(|first| first.second.is_some()) {
            Some(first) => self.set_places(story, row, first).await,
            None => Ok(()),
        }
    }

    fn period(&self, story: &Story<'a>, row: &ActionRow) -> Value {
        if let Some(period) = &row.period {
            return period.clone();
        }
        let today = self.app.now().with_timezone(&story.zone).date_naive();
        let day = |days: u32| today.checked_add_days(Days::new(days.into()));
        row.period_days_from_today.map_or(
            Value::Null,
            |days| json!({ "from": day(days.from), "to": day(days.to) }),
        )
    }

    /// A version of the places; with a second person where the data name one.
    pub(super) async fn set_places(
        &mut self,
        story: &Story<'a>,
        action: &ActionRow,
        row: &PlacesRow,
    ) -> Result<(), DemoError> {
        let step = story.step("places", format!("{}-{}", action.key, row.version));
        if self.played(&step) {
            return Ok(());
        }
        let id = self.kept(&step, &format!("action/{}", action.key))?;
        let before = self.get(&step, &row.actor, &format!("/actions/{id}")).await?;
        let versions = before.get("places").and_then(Value::as_array).map_or(0, Vec::len);
        let wanted = usize::try_from(row.version).unwrap_or(0) + usize::from(row.version == 1);
        if versions < wanted {
            let address = format!("/actions/{id}/places");
            // The first version was asked for when the action was planned.
            if row.version > 1 {
                let body = json!({ "places": row.places, "reason": row.reason });
                self.ask(&step, &row.actor, Method::POST, &address, Load::Json(body))
                    .await?;
            }
            if let Some(second) = &row.second {
                let body = json!({ "places": row.places, "reason": second.reason });
                let address = format!("{address}/second");
                self.ask(&step, &second.actor, Method::POST, &address, Load::Json(body))
                    .await?;
            }
        }
        self.done(&step)
    }

    /// Another coordinator approves the action.
    pub(super) async fn approve_action(&mut self, story: &Story<'a>, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = story.step("action-approve", key);
        let thing = format!("/actions/{}", self.kept(&step, &format!("action/{key}"))?);
        self.transition(
            &step,
            actor,
            &format!("{thing}/approve"),
            Load::Json(json!({})),
            &thing,
            &["approved", "completed"],
        )
        .await
    }

    /// Everything was delivered.
    pub(super) async fn complete_action(&mut self, story: &Story<'a>, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = story.step("action-complete", key);
        let thing = format!("/actions/{}", self.kept(&step, &format!("action/{key}"))?);
        self.transition(
            &step,
            actor,
            &format!("{thing}/complete"),
            Load::Json(json!({})),
            &thing,
            &["completed"],
        )
        .await
    }

    /// A coordinator writes the call.
    pub(super) async fn create_call(&mut self, story: &Story<'a>, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = story.step("call", key);
        if self.played(&step) {
            return Ok(());
        }
        let found = story.scenario.calls.iter().find(|call| call.key == key);
        let row = found.ok_or_else(|| DemoError::data(&story.scenario.key, format!("no call `{key}`")))?;
        let (opens_at, closes_at) = self.window(story, row);
        let action = self.kept(&step, &format!("action/{}", row.action))?;
        let body = json!({
            "title": row.title,
            "opens_at": opens_at,
            "closes_at": closes_at,
            "capacity": row.capacity,
            "one_per": row.one_per,
            "tie_break": row.tie_break,
        });
        let answer = self
            .ask(
                &step,
                actor,
                Method::POST,
                &format!("/actions/{action}/calls"),
                Load::Json(body),
            )
            .await?;
        self.progress
            .keep(format!("call/{key}"), text_of(&step, &answer, "/id")?.into());
        self.done(&step)
    }

    fn window(&self, story: &Story<'a>, row: &CallRow) -> (Option<Instant>, Option<Instant>) {
        let today = self.app.now().with_timezone(&story.zone).date_naive();
        let day = |days: Option<u32>| days.and_then(|days| today.checked_add_days(Days::new(days.into())));
        let opens = row
            .opens_at
            .or_else(|| day(row.opens_days_from_today).map(|day| day.and_time(NaiveTime::MIN)));
        let five = NaiveTime::from_hms_opt(17, 0, 0).unwrap_or(NaiveTime::MIN);
        let closes = row
            .closes_at
            .or_else(|| day(row.closes_days_from_today).map(|day| day.and_time(five)));
        (opens.map(|at| story.instant(at)), closes.map(|at| story.instant(at)))
    }

    /// A coordinator publishes the call: its parameters and its program's code are frozen.
    pub(super) async fn publish_call(&mut self, story: &Story<'a>, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = story.step("call-publish", key);
        let id = self.kept(&step, &format!("call/{key}"))?;
        let (path, thing) = (format!("/calls/{id}/publish"), format!("/calls/{id}"));
        self.transition(
            &step,
            actor,
            &path,
            Load::Json(json!({})),
            &thing,
            &["published", "open", "not-yet"],
        )
        .await
    }

    /// Somebody applies.
    pub(super) async fn apply(&mut self, story: &Story<'a>, index: usize) -> Result<(), DemoError> {
        let step = story.step("application", format!("{:04}", index + 1));
        if self.played(&step) {
            return Ok(());
        }
        let Some(made) = story.people.get(index) else {
            return Ok(());
        };
        let call = self.kept(&step, &format!("call/{}", story.scenario.people.call))?;
        let path = format!("/calls/{call}/applications");
        let answer = self.knock(&path, Some(&step), Load::Json(made.body.clone())).await?;
        if !answer.status.is_success() {
            return Err(DemoError::Unexpected {
                step,
                method: Method::POST.to_string(),
                path,
                status: answer.status.as_u16(),
                code: answer.code().to_owned(),
                // Paths and codes only: the messages of a form may quote nobody, and neither does this.
                detail: answer
                    .errors()
                    .map(|(path, code)| format!("{path} {code}"))
                    .collect::<Vec<_>>()
                    .join("; "),
            });
        }
        let reference = text_of(&step, &answer.body, "/reference")?;
        self.progress.keep(reference_of(story, index), reference.into());
        self.done(&step)
    }

    /// Somebody tries what must be refused; the refusal must be the one that the scenario names.
    pub(super) async fn attempt(&mut self, story: &Story<'a>, row: &AttemptRow) -> Result<(), DemoError> {
        let step = story.step("attempt", &row.key);
        if self.played(&step) {
            return Ok(());
        }
        let call = self.kept(&step, &format!("call/{}", story.scenario.people.call))?;
        let body = story.attempts.get(row.key.as_str()).cloned().unwrap_or_default();
        let answer = self
            .knock(&format!("/calls/{call}/applications"), None, Load::Raw(body))
            .await?;
        let wanted = &row.expect;
        let first = answer.errors().next();
        let fits = answer.status.as_u16() == wanted.http
            && answer.code() == wanted.code
            && wanted
                .path
                .as_deref()
                .is_none_or(|path| first.is_some_and(|(seen, _)| seen == path))
            && wanted
                .error
                .as_deref()
                .is_none_or(|code| first.is_some_and(|(_, seen)| seen == code));
        if !fits {
            return Err(DemoError::Refusal {
                step,
                expected: format!("{} {} {:?} {:?}", wanted.http, wanted.code, wanted.path, wanted.error),
                got: format!("{} {} {first:?}", answer.status.as_u16(), answer.code()),
            });
        }
        let refused = self.progress.value("refused").and_then(Value::as_u64).unwrap_or(0);
        self.progress.keep("refused", (refused + 1).into());
        self.done(&step)
    }

    /// The evaluator says what became of the papers, application by application.
    pub(super) async fn check_evidence(
        &mut self,
        story: &Story<'a>,
        actor: &str,
        call: &str,
        at: Instant,
        span: TimeDelta,
    ) -> Result<(), DemoError> {
        let list = story.step("evidence", call);
        if self.played(&list) {
            return Ok(());
        }
        let id = self.kept(&list, &format!("call/{call}"))?;
        let mut by_reference = std::collections::BTreeMap::new();
        for item in self.list(&list, actor, &format!("/calls/{id}/applications")).await? {
            by_reference.insert(text_of(&list, &item, "/reference")?, text_of(&list, &item, "/id")?);
        }
        let total = i32::try_from(story.people.len()).unwrap_or(i32::MAX).max(1);
        for ((index, made), nth) in story.people.iter().enumerate().zip(0_i32..) {
            let step = story.step("evidence-check", format!("{:04}", index + 1));
            let papers = checked(made);
            if self.played(&step) || papers.as_object().is_none_or(serde_json::Map::is_empty) {
                continue;
            }
            self.clock_at(at + span / total * nth);
            let reference = self.kept(&step, &reference_of(story, index))?;
            let application = by_reference.get(&reference).ok_or_else(|| DemoError::Missing {
                step: step.clone(),
                field: "application",
            })?;
            let path = format!("/applications/{application}/evidence");
            self.ask(
                &step,
                actor,
                Method::PUT,
                &path,
                Load::Json(json!({ "evidence": papers })),
            )
            .await?;
            self.done(&step)?;
        }
        self.done(&list)
    }

    /// The program judges, as a job that is watched.
    pub(super) async fn assess(&mut self, story: &Story<'a>, actor: &str, call: &str) -> Result<(), DemoError> {
        let step = story.step("assess", call);
        if self.played(&step) {
            return Ok(());
        }
        let id = self.kept(&step, &format!("call/{call}"))?;
        let answer = self
            .ask(
                &step,
                actor,
                Method::POST,
                &format!("/calls/{id}/assessments"),
                Load::Json(json!({})),
            )
            .await?;
        let job = text_of(&step, &answer, "/job_id")?;
        for _ in 0..LOOKS {
            self.work().await?;
            let seen = self.get(&step, actor, &format!("/jobs/{job}")).await?;
            match super::player::state_of(&seen) {
                Some("done" | "finished") => {
                    self.progress
                        .keep(format!("run/{call}"), text_of(&step, &answer, "/run_id")?.into());
                    return self.done(&step);
                }
                Some("failed") => break,
                _ => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        }
        Err(DemoError::Missing {
            step,
            field: "a finished job",
        })
    }

    /// Does the background work that is due: jobs, the sealer, the outbox.
    pub(super) async fn work(&self) -> Result<(), DemoError> {
        jobs::run_once(&self.app)
            .await
            .map_err(DemoError::below("background work"))
    }

    /// One person proposes the ranked list.
    pub(super) async fn propose_selection(
        &mut self,
        story: &Story<'a>,
        actor: &str,
        call: &str,
    ) -> Result<(), DemoError> {
        let step = story.step("selection", call);
        if self.played(&step) {
            return Ok(());
        }
        let id = self.kept(&step, &format!("call/{call}"))?;
        let answer = self
            .ask(
                &step,
                actor,
                Method::POST,
                &format!("/calls/{id}/selections"),
                Load::Json(json!({})),
            )
            .await?;
        self.progress
            .keep(format!("selection/{call}"), text_of(&step, &answer, "/id")?.into());
        self.done(&step)
    }

    /// Another person approves it; awards follow.
    pub(super) async fn approve_selection(
        &mut self,
        story: &Story<'a>,
        actor: &str,
        call: &str,
    ) -> Result<(), DemoError> {
        let step = story.step("selection-approve", call);
        let thing = format!("/selections/{}", self.kept(&step, &format!("selection/{call}"))?);
        self.transition(
            &step,
            actor,
            &format!("{thing}/approve"),
            Load::Json(json!({})),
            &thing,
            &["approved"],
        )
        .await
    }

    /// The public list is there, without names.
    pub(super) async fn see_results(&mut self, story: &Story<'a>, call: &str) -> Result<(), DemoError> {
        let step = story.step("results", call);
        let id = self.kept(&step, &format!("call/{call}"))?;
        let answer = self.knock(&format!("/calls/{id}/results"), None, Load::Empty).await?;
        if !answer.status.is_success() {
            return Err(DemoError::Missing {
                step,
                field: "public results",
            });
        }
        self.done(&step)
    }
}

fn reference_of(story: &Story<'_>, index: usize) -> String {
    format!("reference/{}/{:04}", story.scenario.key, index + 1)
}

/// The papers that the evaluator saw; what was never brought is left as the applicant sent it.
fn checked(made: &Made) -> Value {
    let seen = made.checked.as_object().into_iter().flatten();
    let seen = seen.filter(|(_, paper)| {
        paper
            .get("state")
            .and_then(Value::as_str)
            .is_some_and(|state| CHECKED.contains(&state))
    });
    Value::Object(seen.map(|(key, paper)| (key.clone(), paper.clone())).collect())
}
