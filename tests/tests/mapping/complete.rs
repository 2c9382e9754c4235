//! A file that is all there is: what it does not have any more goes, on both databases, and comes back when it is undone.

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use osn_tests::app::{Backend, TestApp};
use serde_json::{Value, json};

/// Before anybody asked for anything: nothing stands on the services yet.
const UNTIL: &str = "city/request-submit/digital-skills";
const SERVICE: &str = "4b8e6f0e-6c1c-4d7c-9b5b-1f4f0a9f7d01";

async fn what_is_left_out_goes_and_comes_back(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let first = client.get("/api/v1/services?limit=1").await?.ok()["items"][0].take();
    let record = json!({
        "record": "service", "id": SERVICE, "organization_id": first["organization_id"], "status": "active",
        "name": { "el": "Προσωρινή υπηρεσία" }, "description": { "el": "Θα λείψει" }, "categories": first["categories"],
    });
    client
        .put(&format!("/api/v1/records/service/{SERVICE}"), &record)
        .await?
        .ok();
    let given = visitor.get("/api/v1/mapping/json").await?;
    let mut file: Value = serde_json::from_slice(&given.bytes)?;
    let lists = file
        .as_object_mut()
        .context("a document")?
        .values_mut()
        .filter_map(Value::as_array_mut);
    let mut left_out = 0;
    for list in lists {
        let before = list.len();
        list.retain(|record| record["id"] != SERVICE);
        left_out += before - list.len();
    }
    assert_eq!(left_out, 1);
    let bytes = serde_json::to_vec(&file)?;
    let uploaded = async |complete: bool| -> Result<Value> {
        let path = format!("/api/v1/imports?file=city.json&complete={complete}");
        let media = Some("application/octet-stream");
        Ok(client.send(Method::POST, &path, media, bytes.clone(), &[]).await?.ok())
    };
    let counted = |import: &Value| ["added", "changed", "removed"].map(|name| import[name].as_u64());
    assert_eq!(
        counted(&uploaded(false).await?),
        [Some(0); 3],
        "a file that is not complete removes nothing"
    );
    let import = uploaded(true).await?;
    assert_eq!(counted(&import), [Some(0), Some(0), Some(1)], "{import}");
    let id = import["id"].as_str().context("an identifier")?;
    let lines = client.get(&format!("/api/v1/imports/{id}/removed")).await?.ok();
    assert_eq!(
        (&lines["total"], &lines["items"][0]["id"]),
        (&json!(1), &json!(SERVICE)),
        "{lines}"
    );
    let open = format!("/hsds/services/{SERVICE}");
    assert_eq!(
        visitor.get(&open).await?.status,
        StatusCode::OK,
        "a look removes nothing"
    );
    client
        .post(&format!("/api/v1/imports/{id}/confirm"), &json!({}))
        .await?
        .ok();
    assert_eq!(visitor.get(&open).await?.status, StatusCode::NOT_FOUND);
    let removed = visitor.get("/hsds/removed").await?.text;
    ensure!(removed.contains(SERVICE), "whoever keeps a copy hears of it: {removed}");
    client
        .post(&format!("/api/v1/imports/{id}/undo"), &json!({}))
        .await?
        .ok();
    let back = visitor.get(&open).await?;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text);
    let removed = visitor.get("/hsds/removed").await?.text;
    ensure!(!removed.contains(SERVICE), "and of its return: {removed}");
    Ok(())
}

osn_tests::stories!(what_is_left_out_goes_and_comes_back);
