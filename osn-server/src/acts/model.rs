//! The intervention model and the operations, as versioned data.

use osn_core::expenditure::{FundingTerms, Indicator, Share};
use osn_core::id::OperationId;
use osn_core::intervention::{InterventionModel, ModelError};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::operation::{Deliverable, Inclusion, Operation, Regime, SubProject, WorkPackage};
use osn_core::time::Period;
use osn_store::{Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};

/// Keeps a new version of the intervention model.
pub async fn put(acting: &Acting, model: InterventionModel) -> Outcome<InterventionModel> {
    acting.require(Right::MaintainDirectory)?;
    model.check().map_err(|ModelError::Duplicate(code)| {
        Refusal::invalid(
            "request.invalid",
            vec![FieldError::new("/entries", "duplicate-code").with("name", code)],
        )
    })?;
    let newest = acting.scope.intervention_model(None).await?;
    if newest.as_ref() == Some(&model) {
        return Ok(model);
    }
    if model.version != newest.as_ref().map_or(1, |newest| newest.version.saturating_add(1)) {
        return Err(Refusal::conflict("model.version"));
    }
    if let Some(newest) = &newest {
        ceilings_stay(&model, newest)?;
    }
    let mut tx = acting.begin("model.put").await?;
    tx.put_intervention_model(&model).await?;
    let details = serde_json::json!({ "version": model.version, "entries": model.entries.len(), "catalogue": model.catalogue.0.len() });
    tx.journal(entry(
        "model.put",
        "intervention-model",
        acting.municipality().id.uuid(),
        details,
    ));
    acting.commit(tx, &model).await?;
    Ok(model)
}

/// Of a model that stands, ceilings change by two people only, each with the decision behind it. The first model brings its own.
fn ceilings_stay(model: &InterventionModel, newest: &InterventionModel) -> Outcome<()> {
    let known = |code: &str| newest.catalogue.0.iter().find(|entry| entry.code == code);
    let entries = model.catalogue.0.iter().enumerate();
    let changed = entries.filter(|(_, entry)| {
        let ceiling = known(&entry.code).map(|known| known.ceiling.clone());
        entry.ceiling != ceiling.unwrap_or_default()
    });
    let errors: Vec<FieldError> = changed
        .map(|(at, _)| FieldError::new(format!("/catalogue/{at}/ceiling"), "ceiling-by-two"))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

/// The newest version of the intervention model; anybody may read it.
pub async fn get(acting: &Acting) -> Outcome<InterventionModel> {
    acting
        .scope
        .intervention_model(None)
        .await?
        .ok_or_else(|| Refusal::not_found("model.unknown"))
}

/// An operation to keep; one that has its code already is replaced.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOperation {
    /// Stable code of the municipality.
    pub code: String,
    /// Title.
    pub name: LocalText,
    /// The body responsible for it (δικαιούχος); never a person who is helped.
    pub beneficiary: LocalText,
    /// Operational programme.
    pub programme: LocalText,
    /// Fund.
    pub fund: String,
    /// Priority axis.
    #[serde(default)]
    pub priority_axis: Option<LocalText>,
    /// Integrated territorial investment.
    #[serde(default)]
    pub territorial_investment: Option<LocalText>,
    /// Regime of expenditure.
    pub regime: Regime,
    /// Period in which expenditure may arise.
    #[serde(default)]
    pub period: Option<Period>,
    /// Total budget.
    #[serde(default)]
    pub budget: Option<Money>,
    /// Work packages.
    #[serde(default)]
    pub work_packages: Vec<WorkPackage>,
    /// Sub-projects.
    #[serde(default)]
    pub sub_projects: Vec<SubProject>,
    /// The decision of inclusion with its amendments; left out, what is known stays. So do the following.
    #[serde(default)]
    pub decisions: Option<Vec<Inclusion>>,
    /// Deliverables.
    #[serde(default)]
    pub deliverables: Option<Vec<Deliverable>>,
    /// What it is measured by.
    #[serde(default)]
    pub indicators: Option<Vec<Indicator>>,
    /// Terms of funding: what expenditure is judged by.
    #[serde(default)]
    pub terms: Option<FundingTerms>,
    /// What may leave a budget line without an amended decision.
    #[serde(default)]
    pub reallocation_margin: Option<Share>,
}

/// Keeps an operation.
pub async fn put_operation(acting: &Acting, new: NewOperation) -> Outcome<Operation> {
    acting.require(Right::MaintainDirectory)?;
    if new.code.trim().is_empty() {
        return Err(Refusal::field("/code", "required"));
    }
    let known = acting
        .scope
        .operations(PageQuery::first())
        .await?
        .items
        .into_iter()
        .find(|known| known.value.code == new.code);
    let known = known.map(|known| known.value);
    let operation = Operation {
        id: known
            .as_ref()
            .map_or_else(|| acting.app.new_id(OperationId::new), |known| known.id),
        decisions: new
            .decisions
            .or_else(|| known.as_ref().map(|known| known.decisions.clone()))
            .unwrap_or_default(),
        deliverables: new
            .deliverables
            .or_else(|| known.as_ref().map(|known| known.deliverables.clone()))
            .unwrap_or_default(),
        indicators: new
            .indicators
            .or_else(|| known.as_ref().map(|known| known.indicators.clone()))
            .unwrap_or_default(),
        terms: new
            .terms
            .or_else(|| known.as_ref().map(|known| known.terms.clone()))
            .unwrap_or_default(),
        reallocation_margin: new
            .reallocation_margin
            .or_else(|| known.as_ref().and_then(|known| known.reallocation_margin)),
        code: new.code,
        name: new.name,
        beneficiary: new.beneficiary,
        programme: new.programme,
        fund: new.fund,
        priority_axis: new.priority_axis,
        territorial_investment: new.territorial_investment,
        regime: new.regime,
        period: new.period,
        budget: new.budget,
        work_packages: new.work_packages,
        sub_projects: new.sub_projects,
    };
    keep(acting, operation, "operation.put").await
}

/// Terms of an operation, with the decision that changed them.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What expenditure is judged by.
    pub terms: FundingTerms,
    /// What may leave a budget line without an amended decision; absent, nothing limits it.
    pub reallocation_margin: Option<Share>,
    /// The decision of inclusion, or an amendment of it.
    pub decision: Option<Inclusion>,
}

/// Changes the terms of an operation; a decision is added to those that stand.
pub async fn change_terms(acting: &Acting, of: OperationId, new: Terms) -> Outcome<Operation> {
    acting.require(Right::MaintainDirectory)?;
    let mut operation = self::operation(acting, of).await?.value;
    if new.reallocation_margin.is_some_and(|margin| margin > Share::WHOLE) {
        return Err(Refusal::field("/reallocation_margin", "out-of-range"));
    }
    operation.terms = new.terms;
    operation.reallocation_margin = new.reallocation_margin;
    operation.decisions.extend(new.decision);
    operation.decisions.sort_by_key(|decision| decision.on);
    keep(acting, operation, "operation.terms").await
}

/// How far a deliverable is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliverableProgress {
    /// When it is due.
    #[serde(default)]
    pub due_on: Option<chrono::NaiveDate>,
    /// When it was accepted; a lump sum is due from then on.
    #[serde(default)]
    pub accepted_on: Option<chrono::NaiveDate>,
    /// How far it is, in per cent.
    #[schemars(with = "String")]
    pub progress: Share,
}

/// Says how far a deliverable is, and that it was accepted: not before it is whole, and by somebody who approves money.
pub async fn change_deliverable(
    acting: &Acting,
    of: OperationId,
    code: &str,
    new: DeliverableProgress,
) -> Outcome<Operation> {
    acting.require(Right::ApproveMoney)?;
    let mut operation = self::operation(acting, of).await?.value;
    let today = acting.zone().day(acting.now);
    let mut errors = Vec::new();
    if new.progress > Share::WHOLE {
        errors.push(FieldError::new("/progress", "out-of-range"));
    }
    if new.accepted_on.is_some_and(|accepted| accepted > today) {
        errors.push(FieldError::new("/accepted_on", "in-future"));
    }
    if new.accepted_on.is_some() && new.progress < Share::WHOLE {
        errors.push(FieldError::new("/progress", "not-whole"));
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let mut deliverables = operation.deliverables.iter_mut();
    let deliverable = deliverables.find(|deliverable| deliverable.code == code);
    let deliverable = deliverable.ok_or_else(|| Refusal::not_found("deliverable.unknown"))?;
    deliverable.due_on = new.due_on;
    deliverable.accepted_on = new.accepted_on;
    deliverable.progress = new.progress;
    keep(acting, operation, "operation.deliverable").await
}

/// Keeps an operation that was changed, with its line in the journal.
pub(super) async fn keep(acting: &Acting, operation: Operation, act: &'static str) -> Outcome<Operation> {
    let mut tx = acting.begin(act).await?;
    tx.put_operation(&operation).await?;
    let details = serde_json::json!({ "code": operation.code });
    tx.journal(entry(act, "operation", operation.id.uuid(), details));
    acting.commit(tx, &operation).await?;
    Ok(operation)
}

/// One operation.
pub async fn operation(acting: &Acting, id: OperationId) -> Outcome<Versioned<Operation>> {
    acting.require(Right::SeeWork)?;
    acting
        .scope
        .operation(id)
        .await?
        .ok_or_else(|| Refusal::not_found("operation.unknown"))
}

/// Every operation.
pub async fn operations(acting: &Acting, query: PageQuery) -> Outcome<Page<Versioned<Operation>>> {
    acting.require(Right::SeeWork)?;
    Ok(acting.scope.operations(query).await?)
}
