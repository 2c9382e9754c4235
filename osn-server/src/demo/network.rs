//! The network of the year: members, meetings, what they reported, requests from them, a referral; requests of the interface as data.

use axum::http::Method;
use osn_core::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::{DemoError, Load};
use super::player::Player;

/// The city's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkFile {
    pub(super) steps: Vec<StepRow>,
}

/// One request to the interface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepRow {
    /// Its name: later steps refer to what it made.
    key: String,
    /// When.
    pub(super) at: Instant,
    /// Key of the account that asks.
    actor: String,
    /// Where, below `/api/v1`, with names in braces.
    path: String,
    /// What is sent, with names in braces.
    #[serde(default = "nothing")]
    body: Value,
    /// Where the answer names what was made.
    #[serde(default = "id")]
    id: String,
}

fn nothing() -> Value {
    json!({})
}

fn id() -> String {
    "/id".to_owned()
}

impl Player<'_> {
    /// Plays one step; what it made is kept under its key.
    pub(super) async fn network(&mut self, row: &StepRow) -> Result<(), DemoError> {
        let step = format!("city/network/{}", row.key);
        if self.played(&step) {
            return Ok(());
        }
        let path = self.named(&step, &row.path)?;
        let body = Load::Json(self.filled(&step, &row.body)?);
        match self.ask(&step, &row.actor, Method::POST, &path, body).await {
            Ok(answer) => {
                if let Some(made) = answer.pointer(&row.id).and_then(Value::as_str) {
                    self.progress.keep(format!("network/{}", row.key), made.into());
                }
            }
            // An earlier start did it and was killed before it wrote it down.
            Err(DemoError::Unexpected { status: 409, .. }) if self.is_unsure() => {}
            Err(fault) => return Err(fault),
        }
        self.done(&step)
    }

    /// A body with every name replaced.
    fn filled(&self, step: &str, value: &Value) -> Result<Value, DemoError> {
        Ok(match value {
            Value::String(text) => Value::String(self.named(step, text)?),
            Value::Array(items) => items
                .iter()
                .map(|item| self.filled(step, item))
                .collect::<Result<_, _>>()?,
            Value::Object(parts) => {
                let parts = parts
                    .iter()
                    .map(|(name, part)| Ok((name.clone(), self.filled(step, part)?)));
                Value::Object(parts.collect::<Result<_, DemoError>>()?)
            }
            other => other.clone(),
        })
    }

    /// A text whose `{organization:KEY}` and `{made:KEY}` are identifiers.
    fn named(&self, step: &str, text: &str) -> Result<String, DemoError> {
        let Some((before, rest)) = text.split_once('{') else {
            return Ok(text.to_owned());
        };
        let wrong = || DemoError::data("network.toml", format!("`{text}` names nothing that the story knows"));
        let (name, after) = rest.split_once('}').ok_or_else(wrong)?;
        let id = match name.split_once(':') {
            Some(("organization", key)) => self.city.names.organization(key).to_string(),
            Some(("made", key)) => self.kept(step, &format!("network/{key}"))?,
            _ => return Err(wrong()),
        };
        Ok(format!("{before}{id}{}", self.named(step, after)?))
    }
}
