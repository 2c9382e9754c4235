//! What somebody types into a form and what it leads to.
use anyhow::{Context as _, Result};
use axum::http::StatusCode;
use chrono::NaiveDate;
use osn_tests::client::{Client, Reply};
use osn_tests::network::{form, led};

pub(crate) type Typed = Vec<(String, String)>;

/// What somebody types.
pub(crate) fn typed(pairs: &[(&str, &str)]) -> Typed {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

/// A day in its three fields.
pub(crate) fn on(name: &str, day: NaiveDate) -> Typed {
    [("day", "%-d"), ("month", "%-m"), ("year", "%Y")]
        .map(|(part, format)| (format!("{name}-{part}"), day.format(format).to_string()))
        .to_vec()
}

/// Posts what somebody typed.
pub(crate) async fn post(client: &Client, path: &str, pairs: &[(String, String)]) -> Result<Reply> {
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    form(client, path, &pairs).await
}

/// A button.
pub(crate) async fn press(client: &Client, path: &str) -> Result<String> {
    led(&form(client, path, &[]).await?)
}

/// The identifier at the end of where a form led.
pub(crate) async fn made(client: &Client, path: &str, pairs: &[(String, String)]) -> Result<String> {
    let place = led(&post(client, path, pairs).await?)?;
    Ok(place.rsplit('/').next().context("an identifier")?.to_owned())
}

/// Told beside the field, with what was typed still there.
#[track_caller]
pub(crate) fn told(reply: &Reply, error: &str, kept: &str) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    assert!(
        reply.text.contains(error) && reply.text.contains(kept),
        "{error} and {kept} in {}",
        reply.text
    );
}

pub(crate) async fn state(client: &Client, path: &str) -> Result<String> {
    let record = client.get(&format!("/api/v1/{path}")).await?.ok();
    Ok(record["state"]["state"].as_str().context("a state")?.to_owned())
}
