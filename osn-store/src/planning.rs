//! The intervention model, operations, actions, delivery plans and calls.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::action::Action;
use osn_core::call::Call;
use osn_core::delivery::DeliveryPlan;
use osn_core::id::{ActionId, CallId, CertificateId, OperationId};
use osn_core::intervention::InterventionModel;
use osn_core::operation::Operation;
use osn_core::state::Machine as _;

use crate::db::{Bulk, Sql, sql};
use crate::error::Result;
use crate::page::{Page, PageQuery, Pages, Versioned, document, documents, pages, versioned};
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, args};

/// Which calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Of one action.
    pub action: Option<ActionId>,
    /// In one of these states (their stable names); empty: any.
    pub states: Vec<String>,
}

const MODEL: Sql = sql(
    "intervention_model",
    "select body from intervention_model where municipality_id = $1 and (version = $2 or $2 is null)
     order by version desc limit 1",
);
const PUT_MODEL: Sql = sql(
    "intervention_model",
    "insert into intervention_model (municipality_id, version, body, recorded_at) values ($1, $2, $3, $4)",
);
const OPERATION: Sql = document!("operation");
const OPERATIONS: Pages = pages!("operation", "id, body, version, updated_at", "", "$2", "$3");
const PUT_OPERATION: Sql = sql(
    "operation",
    "insert into operation (municipality_id, id, code, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, 1, $5, $5)
     on conflict (municipality_id, id)
     do update set code = $3, body = $4, version = operation.version + 1, updated_at = $5",
);
const ACTION: Sql = document!("action");
const SOME_ACTIONS: Bulk = documents!("action");
const ACTIONS: Pages = pages!("action", "id, body, version, updated_at", "", "$2", "$3");
/// Backend-specific: `SQLite` has one writer, and this is it; on the server the row is held until the transaction ends.
const HOLD_CERTIFICATE: Sql = sql(
    "certificate",
    "select id from certificate where municipality_id = $1 and id = $2",
)
.on_postgres("select id from certificate where municipality_id = $1 and id = $2 for no key update");
/// Backend-specific: each database has its own way into a document.
const ACTIONS_OF: Sql = sql(
    "action",
    "select id, body, version, updated_at from action
     where municipality_id = $1 and json_extract(body, '$.operation_id') = $2 order by id",
)
.on_postgres(
    "select id, body, version, updated_at from action
     where municipality_id = $1 and body ->> 'operation_id' = $2 order by id",
);
const ALL_ACTIONS: Sql = sql(
    "action",
    "select id, body, version, updated_at from action where municipality_id = $1 order by id",
);
const INSERT_ACTION: Sql = sql(
    "action",
    "insert into action (municipality_id, id, certificate_id, program, code_digest, state, budget_cents, body, version,
       created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
);
const UPDATE_ACTION: Sql = sql(
    "action",
    "update action set state = $4, body = $5, version = version + 1, updated_at = $6, budget_cents = $7, program = $8,
       code_digest = $9 where municipality_id = $1 and id = $2 and version = $3",
);
const PLANS: Sql = sql(
    "delivery_plan",
    "select action_id as id, body from delivery_plan where municipality_id = $1 and action_id = $2 order by version",
);
const INSERT_PLAN: Sql = sql(
    "delivery_plan",
    "insert into delivery_plan (municipality_id, action_id, version, body, recorded_at) values ($1, $2, $3, $4, $5)",
);
const CALL: Sql = document!("call");
const CALLS: Pages = pages!(
    "call",
    "id, body, version, updated_at",
    "and (action_id = $2 or $2 is null) and ($3 = '' or $3 like '%,' || state || ',%')",
    "$4",
    "$5"
);
const INSERT_CALL: Sql = sql(
    "call",
    "insert into call (municipality_id, id, action_id, state, opens_at, closes_at, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)",
);
const UPDATE_CALL: Sql = sql(
    "call",
    "update call set state = $4, body = $5, version = version + 1, updated_at = $6, opens_at = $7, closes_at = $8
     where municipality_id = $1 and id = $2 and version = $3",
);
/// The states of a list as one text: `,published,final,`; state names hold neither commas nor wildcards.
fn list(states: &[String]) -> String {
    match states {
        [] => String::new(),
        states => format!(",{},", states.join(",")),
    }
}

impl Scope {
    /// A version of the intervention model; the newest, when none is named.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn intervention_model(&self, version: Option<u32>) -> Result<Option<InterventionModel>> {
        let row = self.db().optional(&MODEL, args![self.municipality, version]).await?;
        row.map(|row| row.json("body")).transpose()
    }

    /// An operation.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn operation(&self, id: OperationId) -> Result<Option<Versioned<Operation>>> {
        let row = self.db().optional(&OPERATION, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Operations, oldest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn operations(&self, query: PageQuery) -> Result<Page<Versioned<Operation>>> {
        OPERATIONS
            .read(self.db(), args![self.municipality], &query, versioned)
            .await
    }

    /// An action.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn action(&self, id: ActionId) -> Result<Option<Versioned<Action>>> {
        let row = self.db().optional(&ACTION, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// These actions, each by its id; those that do not exist are left out.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn actions_by_id(
        &self,
        ids: impl IntoIterator<Item = ActionId>,
    ) -> Result<BTreeMap<ActionId, Versioned<Action>>> {
        self.documents(&SOME_ACTIONS, ids).await
    }

    /// Actions, oldest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn actions(&self, query: PageQuery) -> Result<Page<Versioned<Action>>> {
        ACTIONS
            .read(self.db(), args![self.municipality], &query, versioned)
            .await
    }

    /// The actions that an operation pays, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn operation_actions(&self, operation: OperationId) -> Result<Vec<Versioned<Action>>> {
        let args = args![self.municipality, operation.to_string()];
        let rows = self.db().all(&ACTIONS_OF, args).await?;
        rows.iter().map(versioned).collect()
    }

    /// Every version of an action's plan of deliveries, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn delivery_plans(&self, action: ActionId) -> Result<Vec<DeliveryPlan>> {
        self.db()
            .all(&PLANS, args![self.municipality, action])
            .await?
            .iter()
            .map(|row| row.json("body"))
            .collect()
    }

    /// A call.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn call(&self, id: CallId) -> Result<Option<Versioned<Call>>> {
        let row = self.db().optional(&CALL, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Calls, oldest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn calls(&self, filter: CallFilter, query: PageQuery) -> Result<Page<Versioned<Call>>> {
        let args = args![self.municipality, filter.action, list(&filter.states)];
        CALLS.read(self.db(), args, &query, versioned).await
    }
}

impl Tx {
    /// A new version of the intervention model.
    ///
    /// # Errors
    /// `Conflict` when that version exists.
    pub async fn put_intervention_model(&mut self, model: &InterventionModel) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            model.version.into(),
            Arg::json(model)?,
            self.now.into(),
        ];
        self.run(&PUT_MODEL, values).await.map(|_| ())
    }

    /// Enters or replaces an operation.
    ///
    /// # Errors
    /// `Conflict` when another operation has its code.
    pub async fn put_operation(&mut self, operation: &Operation) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            operation.id.into(),
            operation.code.as_str().into(),
            Arg::json(operation)?,
            self.now.into(),
        ];
        self.run(&PUT_OPERATION, values).await.map(|_| ())
    }

    /// A new action.
    ///
    /// # Errors
    /// `Conflict` when the id is taken or its certificate does not exist.
    pub async fn insert_action(&mut self, action: &Action) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            action.id.into(),
            action.certificate_id.into(),
            action.program.name.as_str().into(),
            action.program.code_digest.as_str().into(),
            action.state.name().into(),
            action.budget.cents().into(),
            Arg::json(action)?,
            self.now.into(),
        ];
        self.run(&INSERT_ACTION, values).await.map(|_| ())
    }

    /// Holds certificates until this transaction ends, and reads every action that answers one of them: what is counted over
    /// these actions stays true until the places are written, whoever else plans at the same moment.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn hold_certificates(&mut self, certificates: &BTreeSet<CertificateId>) -> Result<Vec<Action>> {
        let municipality = self.municipality();
        // In one order for everybody, so that two never wait for each other.
        for id in certificates {
            self.inner.optional(&HOLD_CERTIFICATE, args![municipality, *id]).await?;
        }
        let rows = self.inner.all(&ALL_ACTIONS, args![municipality]).await?;
        let mut found = Vec::new();
        for row in &rows {
            let action: Action = versioned(row)?.value;
            if action.certificates().any(|id| certificates.contains(&id)) {
                found.push(action);
            }
        }
        Ok(found)
    }

    /// Changes an action that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_action(&mut self, action: &Action, version: i64) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            action.id.into(),
            version.into(),
            action.state.name().into(),
            Arg::json(action)?,
            self.now.into(),
            action.budget.cents().into(),
            action.program.name.as_str().into(),
            action.program.code_digest.as_str().into(),
        ];
        fresh(self.run(&UPDATE_ACTION, values).await?, version)
    }

    /// A new version of an action's plan of deliveries.
    ///
    /// # Errors
    /// `Conflict` when that version exists.
    pub async fn insert_delivery_plan(&mut self, plan: &DeliveryPlan) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            plan.action_id.into(),
            plan.version.into(),
            Arg::json(plan)?,
            self.now.into(),
        ];
        self.run(&INSERT_PLAN, values).await.map(|_| ())
    }

    /// A new call.
    ///
    /// # Errors
    /// `Conflict` when the id is taken or its action does not exist.
    pub async fn insert_call(&mut self, call: &Call) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            call.id.into(),
            call.action_id.into(),
            call.state.name().into(),
            call.opens_at.into(),
            call.closes_at.into(),
            Arg::json(call)?,
            self.now.into(),
        ];
        self.run(&INSERT_CALL, values).await.map(|_| ())
    }

    /// Changes a call that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_call(&mut self, call: &Call, version: i64) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            call.id.into(),
            version.into(),
            call.state.name().into(),
            Arg::json(call)?,
            self.now.into(),
            call.opens_at.into(),
            call.closes_at.into(),
        ];
        fresh(self.run(&UPDATE_CALL, values).await?, version)
    }
}
