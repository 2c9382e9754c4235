//! The first chapters: the mapping, the requests of the bodies, the certificates.

use axum::http::Method;
use serde_json::{Value, json};

use super::city::RequestRow;
use super::door::{DemoError, Load};
use super::player::{Player, text_of};

impl<'a> Player<'a> {
    /// Uploads the mapping, the intervention model and the operation.
    pub(super) async fn import_mapping(&mut self, actor: &str) -> Result<(), DemoError> {
        let step = "city/mapping/directory";
        if !self.played(step) {
            let records = Load::Json(json!({ "records": self.city.records }));
            self.ask(step, actor, Method::PUT, "/directory", records).await?;
            self.done(step)?;
        }
        let step = "city/mapping/intervention-model";
        if !self.played(step) {
            self.ask(
                step,
                actor,
                Method::PUT,
                "/intervention-model",
                Load::Json(json!(self.city.model)),
            )
            .await?;
            self.done(step)?;
        }
        let step = "city/mapping/operation";
        if !self.played(step) {
            let answer = self
                .ask(
                    step,
                    actor,
                    Method::POST,
                    "/operations",
                    Load::Json(self.city.operation.clone()),
                )
                .await?;
            let code = text_of(step, &answer, "/code")?;
            self.progress
                .keep(format!("operation/{code}"), text_of(step, &answer, "/id")?.into());
            self.done(step)?;
        }
        Ok(())
    }

    fn request_row(&self, key: &str) -> Result<&'a RequestRow, DemoError> {
        let found = self.city.requests.iter().find(|request| request.key == key);
        found.ok_or_else(|| DemoError::data("requests.toml", format!("no request `{key}`")))
    }

    /// A body hands in a request.
    pub(super) async fn submit_request(&mut self, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = format!("city/request-submit/{key}");
        if self.played(&step) {
            return Ok(());
        }
        let row = self.request_row(key)?;
        let body = json!({
            "title": row.title,
            "description": row.description,
            "organization_id": self.city.names.organization(&row.organization),
            "need": row.need,
            "submit": true,
        });
        let answer = self
            .ask(&step, actor, Method::POST, "/requests", Load::Json(body))
            .await?;
        self.progress
            .keep(format!("request/{key}"), text_of(&step, &answer, "/id")?.into());
        self.done(&step)
    }

    /// The rules examine a request against the mapping.
    pub(super) async fn examine_request(&mut self, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = format!("city/request-examine/{key}");
        let id = self.kept(&step, &format!("request/{key}"))?;
        let thing = format!("/requests/{id}");
        self.transition(
            &step,
            actor,
            &format!("{thing}/examination"),
            Load::Json(json!({})),
            &thing,
            &["examined"],
        )
        .await
    }

    /// An officer decides on the services whose record does not say; each decision has its reason.
    pub(super) async fn decide_unknowns(&mut self, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = format!("city/request-decide/{key}");
        if self.played(&step) {
            return Ok(());
        }
        let id = self.kept(&step, &format!("request/{key}"))?;
        let decisions: Vec<Value> = self
            .request_row(key)?
            .decisions
            .iter()
            .map(|row| json!({ "service_id": self.city.names.service(&row.service), "places": row.places, "reason": row.reason }))
            .collect();
        let path = format!("/requests/{id}/examination/decisions");
        self.ask(
            &step,
            actor,
            Method::PUT,
            &path,
            Load::Json(json!({ "decisions": decisions })),
        )
        .await?;
        self.done(&step)
    }

    /// A coordinator issues the signed certificate.
    pub(super) async fn issue_certificate(&mut self, actor: &str, key: &str) -> Result<(), DemoError> {
        let step = format!("city/certificate/{key}");
        if self.played(&step) {
            return Ok(());
        }
        let id = self.kept(&step, &format!("request/{key}"))?;
        let answer = self
            .ask(
                &step,
                actor,
                Method::POST,
                &format!("/requests/{id}/certificate"),
                Load::Json(json!({})),
            )
            .await?;
        self.progress.keep(
            format!("certificate/{key}"),
            text_of(&step, &answer, "/certificate/id")?.into(),
        );
        self.done(&step)
    }
}
