//! The player: puts every happening of the scenarios in the order of time and does it through the interface.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use osn_core::time::Instant;
use serde_json::{Value, json};

use super::city::City;
use super::clock::YearClock;
use super::door::{Answer, Ask, DemoError, Door, Load};
use super::network::StepRow;
use super::packages::Found;
use super::people::{Made, Maker};
use super::progress::Progress;
use super::scenario::{
    Act, ActionRow, AttemptRow, FailureRow, Happening, Moment, PlacesRow, PlanRow, Scenario, WithdrawalRow,
};
use super::show::Show;
use crate::app::App;
use crate::jobs;

/// How often a step is asked again, a second apart, while the server says that it is busy.
const BUSY_TRIES: u32 = 10;

/// A session that the player holds.
#[derive(Clone)]
struct Signed {
    token: String,
    until: Instant,
}

/// One scenario, ready to be played.
pub(super) struct Story<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) package: &'a [u8],
    pub(super) zone: Tz,
    pub(super) people: Vec<Made>,
    /// Bodies of the attempts that must be refused, by key.
    pub(super) attempts: BTreeMap<&'a str, Vec<u8>>,
}

impl<'a> Story<'a> {
    pub(super) fn new(found: &'a Found, city: &'a City, seed: u64) -> Result<Self, DemoError> {
        let scenario = &found.scenario;
        let zone: Tz = scenario
            .time_zone
            .parse()
            .map_err(|error| DemoError::data(&scenario.key, error))?;
        let mut maker = Maker::new(seed, &scenario.people, city);
        let people = maker.accepted()?;
        let attempts = scenario
            .attempts
            .iter()
            .map(|row| Ok((row.key.as_str(), maker.attempt(row, &people)?)))
            .collect::<Result<_, DemoError>>()?;
        Ok(Self {
            scenario,
            package: &found.bytes,
            zone,
            people,
            attempts,
        })
    }

    /// A local time as an instant; a time that the clocks skip is taken an hour later.
    pub(super) fn instant(&self, local: NaiveDateTime) -> Instant {
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
            LocalResult::None => self
                .zone
                .from_local_datetime(&(local + TimeDelta::hours(1)))
                .earliest()
                .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc)),
        }
    }

    /// The name of one step of this story: an idempotency key too.
    pub(super) fn step(&self, what: &str, key: impl std::fmt::Display) -> String {
        format!("{}/{what}/{key}", self.scenario.key)
    }

    pub(super) fn action(&self, key: &str) -> Result<&'a ActionRow, DemoError> {
        let found = self.scenario.actions.iter().find(|action| action.key == key);
        found.ok_or_else(|| DemoError::data(&self.scenario.key, format!("no action `{key}`")))
    }
}

/// Something that happens.
#[derive(Clone, Copy)]
enum Event<'a> {
    Act(&'a Happening),
    Places(&'a ActionRow, &'a PlacesRow),
    Apply(usize),
    Attempt(&'a AttemptRow),
    Plan(&'a PlanRow),
    Withdraw(&'a WithdrawalRow),
    Repeat(&'a FailureRow),
    Network(&'a StepRow),
}

/// When something happens: at an instant of the year, or after it.
type When = Option<Instant>;

/// Plays stories.
pub(super) struct Player<'a> {
    pub(super) app: App,
    pub(super) city: &'a City,
    pub(super) progress: Progress,
    pub(super) show: Show,
    door: Door,
    clock: Arc<YearClock>,
    sessions: BTreeMap<String, Signed>,
    /// Whether the next unplayed step may have been done by an earlier start that was killed before it wrote it down.
    unsure: bool,
    /// When the work of the day was done last.
    worked_at: Option<Instant>,
}

impl<'a> Player<'a> {
    pub(super) fn new(app: App, city: &'a City, clock: Arc<YearClock>, progress: Progress, show: Show) -> Self {
        let host = city.municipality.hosts.first().cloned().unwrap_or_default();
        let door = Door::new(crate::http::router(app.clone()), host);
        let unsure = !progress.began_empty();
        Self {
            app,
            city,
            progress,
            show,
            door,
            clock,
            sessions: BTreeMap::new(),
            unsure,
            worked_at: None,
        }
    }

    /// Plays what was not played yet of the year; stops after `last_step`, when there is one.
    pub(super) async fn play_year(&mut self, stories: &[Story<'a>], last_step: Option<&str>) -> Result<(), DemoError> {
        let mut chapter = "";
        let mut events: Vec<(Instant, usize, Event<'a>)> = stories
            .iter()
            .enumerate()
            .flat_map(|(index, story)| {
                happenings(story)
                    .into_iter()
                    .filter_map(move |(at, event)| Some((at?, index, event)))
            })
            .collect();
        events.extend(self.city.network.iter().map(|row| (row.at, 0, Event::Network(row))));
        events.sort_by_key(|(at, index, _)| (*at, *index));
        for (position, (at, index, event)) in events.iter().enumerate() {
            let Some(story) = stories.get(*index) else { continue };
            let name = chapter_of(event);
            if name != chapter {
                chapter = name;
                let rest = events.iter().skip(position);
                let steps = rest.take_while(|(_, _, event)| chapter_of(event) == name).count();
                self.show
                    .chapter(name, u64::try_from(steps).ok().filter(|steps| *steps > 1));
            }
            self.clock.set(*at);
            self.work_of_the_day(*at).await?;
            self.play(story, event, *at).await?;
            self.show.step();
            if last_step.is_some_and(|last| self.progress.has(last)) {
                break;
            }
        }
        Ok(())
    }

    /// What a server that runs plans every day: reminders to bodies whose records grow old, certified needs looked at again.
    /// The story leaps from day to day; the work is done on its first day in a week.
    async fn work_of_the_day(&mut self, at: Instant) -> Result<(), DemoError> {
        if self.worked_at.is_some_and(|last| at - last < TimeDelta::days(7)) {
            return Ok(());
        }
        self.worked_at = Some(at);
        jobs::plan_day(&self.app).await;
        let worked = jobs::work_until_idle(&self.app).await;
        worked.map(|_| ()).map_err(DemoError::below("the work of the day"))
    }

    /// Ends the display and gives the record back.
    pub(super) fn end(self) -> Progress {
        self.show.finish();
        self.progress
    }

    /// Plays what happens on the day on which the demo is started; the clock is the machine's by now.
    pub(super) async fn play_today(&mut self, stories: &[Story<'a>]) -> Result<(), DemoError> {
        self.clock.let_go();
        self.sessions.clear();
        self.show
            .chapter("Σήμερα: μία ακόμη πρόσκληση ανοίγει / Today: one more call opens", None);
        for story in stories {
            for (_, event) in happenings(story).into_iter().filter(|(at, _)| at.is_none()) {
                let now = self.app.now();
                self.play(story, &event, now).await?;
            }
        }
        Ok(())
    }

    async fn play(&mut self, story: &Story<'a>, event: &Event<'a>, at: Instant) -> Result<(), DemoError> {
        match *event {
            Event::Act(happening) => self.act(story, happening, at).await,
            Event::Places(action, places) => self.set_places(story, action, places).await,
            Event::Apply(index) => self.apply(story, index).await,
            Event::Attempt(row) => self.attempt(story, row).await,
            Event::Plan(row) => self.plan(story, row).await,
            Event::Withdraw(row) => self.withdraw(story, row).await,
            Event::Repeat(row) => self.repeat(story, row).await,
            Event::Network(row) => self.network(row).await,
        }
    }

    async fn act(&mut self, story: &Story<'a>, happening: &'a Happening, at: Instant) -> Result<(), DemoError> {
        let actor = happening.actor.as_str();
        let named = |name: &Option<String>, field: &'static str| {
            name.clone()
                .ok_or_else(|| DemoError::data(&story.scenario.key, format!("a step of the timeline has no `{field}`")))
        };
        let span = match happening.to {
            Some(Moment::Local(to)) => story.instant(to) - at,
            _ => TimeDelta::zero(),
        };
        match happening.act {
            Act::ImportMapping => self.import_mapping(actor).await,
            Act::SubmitRequest => self.submit_request(actor, &named(&happening.request, "request")?).await,
            Act::ExamineRequest => {
                self.examine_request(actor, &named(&happening.request, "request")?)
                    .await
            }
            Act::DecideUnknowns => {
                self.decide_unknowns(actor, &named(&happening.request, "request")?)
                    .await
            }
            Act::IssueCertificate => {
                self.issue_certificate(actor, &named(&happening.request, "request")?)
                    .await
            }
            Act::CreateAction => {
                self.create_action(story, actor, &named(&happening.action, "action")?)
                    .await
            }
            Act::ApproveAction => {
                self.approve_action(story, actor, &named(&happening.action, "action")?)
                    .await
            }
            Act::CreateCall => self.create_call(story, actor, &named(&happening.call, "call")?).await,
            Act::PublishCall => self.publish_call(story, actor, &named(&happening.call, "call")?).await,
            // Each application is an event of its own.
            Act::ReceiveApplications => Ok(()),
            Act::CheckEvidence => {
                self.check_evidence(story, actor, &named(&happening.call, "call")?, at, span)
                    .await
            }
            Act::Assess => self.assess(story, actor, &named(&happening.call, "call")?).await,
            Act::ProposeSelection => {
                self.propose_selection(story, actor, &named(&happening.call, "call")?)
                    .await
            }
            Act::ApproveSelection => {
                self.approve_selection(story, actor, &named(&happening.call, "call")?)
                    .await
            }
            Act::PublishResults => self.see_results(story, &named(&happening.call, "call")?).await,
            Act::Deliver => {
                let instalment = happening
                    .instalment
                    .ok_or_else(|| DemoError::data(&story.scenario.key, "a delivery has no `instalment`"))?;
                self.deliver(story, actor, &named(&happening.action, "action")?, instalment, at, span)
                    .await
            }
            Act::CompleteAction => {
                self.complete_action(story, actor, &named(&happening.action, "action")?)
                    .await
            }
        }
    }

    /// Puts the clock inside a step that takes time.
    pub(super) fn clock_at(&self, at: Instant) {
        self.clock.set(at);
    }

    /// Whether an earlier start may have done the next step.
    pub(super) const fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// Whether a step was played; notes the first that was not.
    pub(super) fn played(&self, step: &str) -> bool {
        self.progress.has(step)
    }

    /// Writes a step down.
    pub(super) fn done(&mut self, step: &str) -> Result<(), DemoError> {
        self.unsure = false;
        self.show.worked();
        self.progress.done(step)
    }

    /// Something that an earlier step left.
    pub(super) fn kept(&self, step: &str, name: &str) -> Result<String, DemoError> {
        self.progress
            .value(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| {
                DemoError::data(
                    "demo-progress.json",
                    format!("{step} needs `{name}`, which no earlier step left"),
                )
            })
    }

    /// The key of the account that holds a role.
    pub(super) fn holder_of(&self, role: &str) -> Result<String, DemoError> {
        let mut cast = self.city.cast.iter();
        let found = cast.find(|member| member.roles.iter().any(|held| held == role));
        found
            .map(|member| member.key.clone())
            .ok_or_else(|| DemoError::data("demo-accounts.toml", format!("nobody is `{role}`")))
    }

    /// A valid session of an account, opened when there is none.
    async fn session(&mut self, actor: &str) -> Result<Signed, DemoError> {
        let soon = self.app.now() + TimeDelta::minutes(5);
        if let Some(signed) = self.sessions.get(actor).filter(|signed| signed.until > soon) {
            return Ok(signed.clone());
        }
        let member = self.city.cast_member(actor)?;
        let load = Load::Json(json!({ "login": member.login, "password": self.progress.password() }));
        let ask = Ask {
            method: Method::POST,
            path: "/sessions".to_owned(),
            token: None,
            key: None,
            load,
        };
        let answer = self.expect("sign-in", &ask).await?;
        let text = |pointer: &str| answer.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let missing = |field| DemoError::Missing {
            step: "sign-in".to_owned(),
            field,
        };
        let until = text("/expires_at").and_then(|at| at.parse::<DateTime<Utc>>().ok());
        let signed = Signed {
            token: text("/token").ok_or_else(|| missing("token"))?,
            until: until.ok_or_else(|| missing("expires_at"))?,
        };
        self.sessions.insert(actor.to_owned(), signed.clone());
        Ok(signed)
    }

    async fn expect(&self, step: &str, ask: &Ask<'_>) -> Result<Answer, DemoError> {
        let mut answer = self.door.send(ask).await?;
        // Busy means: nothing happened, ask again. The key of the step makes that safe.
        let mut tries = if ask.key.is_some() || ask.method == Method::GET {
            BUSY_TRIES
        } else {
            0
        };
        while answer.status == StatusCode::SERVICE_UNAVAILABLE && tries > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            answer = self.door.send(ask).await?;
            tries -= 1;
        }
        if answer.status.is_success() {
            return Ok(answer);
        }
        let shown = |name: &str| answer.body.get(name).map(ToString::to_string).unwrap_or_default();
        Err(DemoError::Unexpected {
            step: step.to_owned(),
            method: ask.method.to_string(),
            path: ask.path.clone(),
            status: answer.status.as_u16(),
            code: answer.code().to_owned(),
            detail: format!("{} {}", shown("detail"), shown("errors")),
        })
    }

    /// Asks on behalf of an account; anything but success is an error of the story.
    pub(super) async fn ask(
        &mut self,
        step: &str,
        actor: &str,
        method: Method,
        path: &str,
        load: Load,
    ) -> Result<Value, DemoError> {
        let signed = self.session(actor).await?;
        let key = (method == Method::POST).then(|| step.to_owned());
        let ask = Ask {
            method,
            path: path.to_owned(),
            token: Some(&signed.token),
            key,
            load,
        };
        Ok(self.expect(step, &ask).await?.body)
    }

    /// The same without an idempotency key, for what is naturally asked for once.
    pub(super) async fn ask_keyless(
        &mut self,
        step: &str,
        actor: &str,
        path: &str,
        load: Load,
    ) -> Result<Value, DemoError> {
        let signed = self.session(actor).await?;
        let ask = Ask {
            method: Method::POST,
            path: path.to_owned(),
            token: Some(&signed.token),
            key: None,
            load,
        };
        Ok(self.expect(step, &ask).await?.body)
    }

    /// Asks on behalf of nobody; the answer may be anything.
    pub(super) async fn knock(&self, path: &str, key: Option<&str>, load: Load) -> Result<Answer, DemoError> {
        let method = if matches!(load, Load::Empty) {
            Method::GET
        } else {
            Method::POST
        };
        self.door
            .send(&Ask {
                method,
                path: path.to_owned(),
                token: None,
                key: key.map(str::to_owned),
                load,
            })
            .await
    }

    /// Reads something.
    pub(super) async fn get(&mut self, step: &str, actor: &str, path: &str) -> Result<Value, DemoError> {
        self.ask(step, actor, Method::GET, path, Load::Empty).await
    }

    /// Reads a whole list, page by page.
    pub(super) async fn list(&mut self, step: &str, actor: &str, path: &str) -> Result<Vec<Value>, DemoError> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.get(step, actor, &format!("{path}{joint}limit=200{after}")).await?;
            items.extend(
                page.get("items")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(items),
            }
        }
    }

    /// A step that moves something from one state to another and cannot be asked for twice: when an earlier start may
    /// have done it already, the thing itself is asked whether it stands where the step leads.
    pub(super) async fn transition(
        &mut self,
        step: &str,
        actor: &str,
        path: &str,
        load: Load,
        thing: &str,
        states: &[&str],
    ) -> Result<(), DemoError> {
        if self.played(step) {
            return Ok(());
        }
        if !(self.unsure && self.stands(step, actor, thing, states).await?) {
            self.ask(step, actor, Method::POST, path, load).await?;
        }
        self.done(step)
    }

    async fn stands(&mut self, step: &str, actor: &str, thing: &str, states: &[&str]) -> Result<bool, DemoError> {
        let found = self.get(step, actor, thing).await?;
        Ok(state_of(&found).is_some_and(|state| states.contains(&state)))
    }
}

/// The name of the state of a thing, wherever its shape keeps it.
pub(super) fn state_of(thing: &Value) -> Option<&str> {
    let state = thing.get("state")?;
    state.as_str().or_else(|| state.get("state").and_then(Value::as_str))
}

/// Text of a field of an answer.
pub(super) fn text_of(step: &str, answer: &Value, pointer: &'static str) -> Result<String, DemoError> {
    let missing = || DemoError::Missing {
        step: step.to_owned(),
        field: pointer,
    };
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(missing)
}

/// Everything that happens in a story, each with its time.
fn happenings<'a>(story: &Story<'a>) -> Vec<(When, Event<'a>)> {
    let scenario = story.scenario;
    let when = |moment: Moment| match moment {
        Moment::Local(local) => Some(story.instant(local)),
        Moment::Today => None,
    };
    let mut events: Vec<(When, Event<'a>)> = Vec::new();
    for happening in &scenario.timeline {
        events.push((when(happening.at), Event::Act(happening)));
        if happening.act == Act::ReceiveApplications {
            events.extend(
                story
                    .people
                    .iter()
                    .enumerate()
                    .map(|(index, made)| (Some(story.instant(made.at)), Event::Apply(index))),
            );
        }
    }
    for action in &scenario.actions {
        // The first version comes with the action itself.
        events.extend(
            action
                .places
                .iter()
                .filter(|row| row.version > 1)
                .map(|row| (when(row.at), Event::Places(action, row))),
        );
    }
    events.extend(scenario.attempts.iter().map(|row| (when(row.at), Event::Attempt(row))));
    events.extend(scenario.plans.iter().map(|row| (when(row.at), Event::Plan(row))));
    events.extend(
        scenario
            .withdrawals
            .iter()
            .map(|row| (when(row.at), Event::Withdraw(row))),
    );
    events.extend(
        scenario
            .failures
            .iter()
            .map(|row| (when(row.repeated_at), Event::Repeat(row))),
    );
    events
}

/// The first instant at which something happens in the year.
pub(super) fn first_instant(stories: &[Story<'_>]) -> Option<Instant> {
    stories.iter().flat_map(happenings).filter_map(|(at, _)| at).min()
}

/// The chapter that an event belongs to, as the reader sees it.
fn chapter_of(event: &Event<'_>) -> &'static str {
    match event {
        Event::Act(happening) => match happening.act {
            Act::ImportMapping => "Η χαρτογράφηση / The mapping",
            Act::SubmitRequest | Act::ExamineRequest | Act::DecideUnknowns | Act::IssueCertificate => {
                "Αιτήματα και βεβαιώσεις / Requests and certificates"
            }
            Act::CreateAction | Act::ApproveAction | Act::CreateCall | Act::PublishCall => {
                "Δράση και πρόσκληση / Action and call"
            }
            Act::ReceiveApplications => "Αιτήσεις / Applications",
            Act::CheckEvidence => "Δικαιολογητικά / Papers",
            Act::Assess => "Αξιολόγηση / Assessment",
            Act::ProposeSelection | Act::ApproveSelection | Act::PublishResults => "Επιλογή / Selection",
            Act::Deliver | Act::CompleteAction => "Παραδόσεις / Deliveries",
        },
        Event::Places(..) => "Δράση και πρόσκληση / Action and call",
        Event::Apply(_) | Event::Attempt(_) => "Αιτήσεις / Applications",
        Event::Plan(_) | Event::Withdraw(_) | Event::Repeat(_) => "Παραδόσεις / Deliveries",
        Event::Network(_) => "Δίκτυο / Network",
    }
}
