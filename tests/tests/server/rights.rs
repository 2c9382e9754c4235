//! Every route of the table against every role and against nobody: whoever lacks the right is refused, whoever has it is not.
use anyhow::Result;
use axum::http::{Method, StatusCode};
use osn_server::auth::Role;
use osn_server::route::{Access, Route, table};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};

/// An identifier that nothing has: a right is checked before anything is looked for.
const NOBODY: &str = "0194d5a8-0000-7000-8000-000000000000";

/// The address of a row, with something in every gap.
fn address(route: &Route) -> String {
    let parts = route
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { NOBODY } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/")
}

async fn ask(client: &Client, route: &Route) -> Result<Reply> {
    let reads = route.method == Method::GET;
    let (media, body) = match (is_api(route), reads) {
        (_, true) => (None, Vec::new()),
        (true, false) => (Some("application/json"), b"{}".to_vec()),
        (false, false) => (Some("application/x-www-form-urlencoded"), Vec::new()),
    };
    client
        .send(route.method.clone(), &address(route), media, body, &[])
        .await
}

/// Refused for want of a right: by status for machines, by the way to the sign-in page for people.
fn is_refused(route: &Route, reply: &Reply) -> bool {
    let to_sign_in = reply.status.is_redirection()
        && reply
            .headers
            .get("location")
            .is_some_and(|place| place.to_str().is_ok_and(|place| place.contains("/staff/login?")));
    let refused = matches!(reply.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    refused || (!is_api(route) && to_sign_in)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_role_as_the_table_says() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
    let mut callers: Vec<(&str, Option<Role>, Client)> = vec![("nobody", None, house.visitor())];
    for role in Role::ALL {
        callers.push((role.name(), Some(role), house.staff(role.name()).await?));
    }
    let mut wrong = Vec::new();
    let mut guarded = 0;
    for route in table() {
        // Signing out would end the session that the next rows need.
        if route.path.ends_with("/sessions/current") || route.path.ends_with("/staff/logout") {
            continue;
        }
        for (name, role, client) in &callers {
            let reply = ask(client, &route).await?;
            let allowed = match route.access {
                Access::Public => true,
                Access::Right(right) => {
                    guarded += 1;
                    role.is_some_and(|role| right.is_held_by(&[role]))
                }
            };
            if is_refused(&route, &reply) == allowed {
                wrong.push(format!(
                    "{name}: {} answered {} {}",
                    route.name(),
                    reply.status,
                    reply.code()
                ));
            }
            if reply.status.is_server_error() {
                wrong.push(format!("{name}: {} broke with {}", route.name(), reply.status));
            }
            let code = if role.is_none() {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::FORBIDDEN
            };
            if !allowed && is_api(&route) && reply.status != code {
                wrong.push(format!(
                    "{name}: {} answered {} instead of {code}",
                    route.name(),
                    reply.status
                ));
            }
        }
    }
    assert!(guarded > 200, "only {guarded} guarded answers were seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_sees_and_writes_requests_of_its_own_body_only() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "city/request-submit/digital-skills").await?;
    let own = house.staff("partner").await?;
    let other = house.staff("partner2").await?;
    let id = house.id("request/home-food-disability")?;
    assert_eq!(own.get(&format!("/api/v1/requests/{id}")).await?.status, StatusCode::OK);
    assert_eq!(
        other.get(&format!("/api/v1/requests/{id}")).await?.status,
        StatusCode::NOT_FOUND
    );
    let seen = other.get("/api/v1/requests").await?.ok();
    assert!(
        seen["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|request| request["id"] != *id)
    );
    let mut foreign = own.get(&format!("/api/v1/requests/{id}")).await?.ok();
    let body = foreign.as_object_mut().unwrap();
    body.retain(|name, _| ["title", "description", "organization_id", "need"].contains(&name.as_str()));
    assert_eq!(
        other.post("/api/v1/requests", &foreign).await?.status,
        StatusCode::FORBIDDEN
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_proposes_never_approves() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/selection/home-food-2022").await?;
    let proposer = house.staff("coordinator").await?;
    let selection = house.id("selection/home-food-2022")?;
    let refused = proposer
        .post(
            &format!("/api/v1/selections/{selection}/approve"),
            &serde_json::json!({}),
        )
        .await?;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::CONFLICT, "selection.same-person")
    );
    let action = house.id("action/home-food")?;
    let awards = proposer.get(&format!("/api/v1/actions/{action}/awards")).await?.ok();
    assert_eq!(awards["total"], 0, "nothing was awarded");
    let second = house.staff("coordinator2").await?;
    second
        .post(
            &format!("/api/v1/selections/{selection}/approve"),
            &serde_json::json!({}),
        )
        .await?
        .ok();
    Ok(())
}
