//! A crowd for the benches: applications like those of the year, submitted straight to the store by many clients at once.

use anyhow::{Context as _, Result, ensure};
use osn_core::application::{Application, ApplicationData, ApplicationState, Reference};
use osn_core::id::{ApplicationId, CallId, PersonId};
use osn_server::app::App;
use osn_server::entropy::draw;
use osn_server::jobs::work_until_idle;
use osn_store::NewApplication;
use tokio::task::JoinSet;

use crate::app::TestApp;

/// Clients that submit at once.
const CLIENTS: usize = 64;
/// Applications of the year that the crowd repeats.
const PATTERN: u32 = 200;
/// The step after which the synthetic year stands still: papers checked, nothing assessed yet, so that the call takes more.
pub const STEP: &str = "food-parcel-2022/evidence/home-food-2022";

/// The call that the crowd applies to.
///
/// # Errors
/// When the year left no such call.
pub fn call(house: &TestApp) -> Result<CallId> {
    Ok(house.id("call/home-food-2022")?.parse()?)
}

/// Submits so many applications, again and again those that the year left.
///
/// # Errors
/// When the year left none, or one is not taken.
pub async fn submit(house: &TestApp, call: CallId, count: usize) -> Result<()> {
    let app = house.played.app.clone();
    let hosted = app.hosted().await.into_iter().next().context("no municipality")?;
    let scope = app.scope(hosted.municipality.id);
    let found = scope
        .applications_for_machine(call, osn_store::ForMachine::All, None, PATTERN)
        .await?;
    let pattern: Vec<ApplicationData> = found.into_iter().map(|(_, data)| data).collect();
    ensure!(!pattern.is_empty(), "the year left no applications");
    let mut under_way = JoinSet::new();
    for data in pattern.iter().cycle().take(count) {
        while under_way.len() >= CLIENTS {
            under_way.join_next().await.context("a client")???;
        }
        let (app, scope, data) = (app.clone(), scope.clone(), data.clone());
        under_way.spawn(async move {
            let new = application(&app, call, data);
            let submitted = scope.submit_application(new, app.now()).await;
            submitted.map(drop).map_err(anyhow::Error::from)
        });
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    Ok(())
}

fn application(app: &App, call: CallId, data: ApplicationData) -> NewApplication {
    NewApplication {
        application: Application {
            id: app.new_id(ApplicationId::new),
            call_id: call,
            person_id: app.new_id(PersonId::new),
            reference: Reference::from_random(draw(app.entropy())),
            protocol: None,
            submitted_at: app.now(),
            state: ApplicationState::Received,
        },
        data,
        unique: Vec::new(),
        similar: Vec::new(),
        code_hash: draw(app.entropy()),
        idempotency: None,
    }
}

/// Works until nothing is due: protocol numbers are given, an assessment that was ordered is over.
///
/// # Errors
/// When a piece of work fails.
pub async fn settle(app: &App) -> Result<()> {
    let idle = work_until_idle(app).await;
    idle.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    Ok(())
}
