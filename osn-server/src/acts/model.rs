//! The intervention model and the operations, as versioned data.

use osn_core::id::OperationId;
use osn_core::intervention::{InterventionModel, ModelError};
use osn_core::operation::Operation;
use osn_store::{Page, PageQuery, Versioned};

use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Keeps a new version of the intervention model.
pub async fn put(acting: &Acting, model: InterventionModel) -> Outcome<InterventionModel> {
    acting.require(Right::MaintainDirectory)?;
    model.check().map_err(|ModelError::Duplicate(code)| {
        Refusal::invalid("request.invalid", vec![FieldError::new("/entries", "duplicate-code").with("name", code)])
    })?;
    let newest = acting.scope.intervention_model(None).await?;
    if newest.as_ref() == Some(&model) {
        return Ok(model);
    }
    if model.version != newest.map_or(1, |newest| newest.version.saturating_add(1)) {
        return Err(Refusal::conflict("model.version"));
    }
    let mut tx = acting.begin("model.put").await?;
    tx.put_intervention_model(&model).await?;
    let details = serde_json::json!({ "version": model.version, "entries": model.entries.len(), "catalogue": model.catalogue.0.len() });
    tx.journal(entry("model.put", "intervention-model", acting.municipality().id.uuid(), details));
    acting.commit(tx, &model).await?;
    Ok(model)
}

/// The newest version of the intervention model; anybody may read it.
pub async fn get(acting: &Acting) -> Outcome<InterventionModel> {
    acting.scope.intervention_model(None).await?.ok_or_else(|| Refusal::not_found("model.unknown"))
}

/// Keeps an operation.
pub async fn put_operation(acting: &Acting, operation: Operation) -> Outcome<Operation> {
    acting.require(Right::MaintainDirectory)?;
    let mut tx = acting.begin("operation.put").await?;
    tx.put_operation(&operation).await?;
    tx.journal(entry("operation.put", "operation", operation.id.uuid(), serde_json::json!({ "code": operation.code })));
    acting.commit(tx, &operation).await?;
    Ok(operation)
}

/// One operation.
pub async fn operation(acting: &Acting, id: OperationId) -> Outcome<Versioned<Operation>> {
    acting.require(Right::SeeWork)?;
    acting.scope.operation(id).await?.ok_or_else(|| Refusal::not_found("operation.unknown"))
}

/// Every operation.
pub async fn operations(acting: &Acting, query: PageQuery) -> Outcome<Page<Versioned<Operation>>> {
    acting.require(Right::SeeWork)?;
    Ok(acting.scope.operations(query).await?)
}
