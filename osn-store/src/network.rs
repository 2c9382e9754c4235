//! Need and network: gaps, offers, extensions, referrals, members, meetings, overruling, immediate help, proposals. Each kind
//! has a table of its own with the same columns, so one way reads and writes them all.

mod count;
mod files;
mod help;
mod people;

use osn_core::evaluation::ActionEvaluation;
use osn_core::gap::{Contribution, GapSource, ReportedGap, ServiceExtension};
use osn_core::id::{EmergencyId, OperationId, OrganizationId, RequestId};
use osn_core::immediate::{CeilingProposal, Emergency, HelpTo, ImmediateIntervention};
use osn_core::meeting::Meeting;
use osn_core::network::{GoodPractice, Member};
use osn_core::overruling::Overruling;
use osn_core::planned::PlannedAction;
use osn_core::proposal::ActionProposal;
use osn_core::referral::Referral;
use osn_core::state::Machine as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

pub use self::count::{EmptySearch, Recheck};
pub use self::files::RequestFile;
pub use self::help::NewHelpDecision;
pub use self::people::{PersonIn, RequestNote};
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Page, PageQuery, Pages, Versioned, document, pages, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

/// The statements of one table.
pub(crate) struct Statements {
    one: Sql,
    page: Pages,
    insert: Sql,
    update: Sql,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $variant:ident $constant:ident $table:literal;)*) => {
        /// The tables of need and network.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum NetworkTable {
            $($(#[$doc])* $variant,)*
        }

        $(static $constant: Statements = Statements {
            one: document!($table),
            page: pages!(
                $table,
                "id, body, version, updated_at",
                "and (state = $2 or $2 is null) and (organization_id = $3 or $3 is null)
                 and (subject_id = $4 or $4 is null)",
                "$5",
                "$6"
            ),
            insert: sql(
                $table,
                concat!(
                    "insert into ", $table,
                    " (municipality_id, id, organization_id, subject_id, state, body, version, created_at, updated_at)
                     values ($1, $2, $3, $4, $5, $6, 1, $7, $7)"
                ),
            ),
            update: update!($table),
        };)*

        impl NetworkTable {
            fn statements(self) -> &'static Statements {
                match self {
                    $(Self::$variant => &$constant,)*
                }
            }
        }
    };
}

tables! {
    /// Reported gaps.
    Gap GAP "reported_gap";
    /// Means that bodies offer.
    Contribution CONTRIBUTION "contribution";
    /// More places of services that exist.
    Extension EXTENSION "service_extension";
    /// Referrals.
    Referral REFERRAL "referral";
    /// Memberships.
    Member MEMBER "network_member";
    /// Good practices.
    Practice PRACTICE "good_practice";
    /// Meetings.
    Meeting MEETING "meeting";
    /// Proposals to overrule the rules.
    Overruling OVERRULING "overruling";
    /// Immediate help.
    Intervention INTERVENTION "immediate_intervention";
    /// Emergencies.
    Emergency EMERGENCY "emergency";
    /// Proposed ceilings of immediate help.
    Ceiling CEILING "ceiling_proposal";
    /// Proposals of actions.
    Proposal PROPOSAL "action_proposal";
    /// What bodies plan by themselves.
    Planned PLANNED "planned_action";
    /// What is decided about actions at their end.
    Evaluation EVALUATION "action_evaluation";
}

/// A record of need and network, with what its row says beside the document.
pub trait NetworkRecord: Serialize + DeserializeOwned + Send + Sync {
    /// Where it is kept.
    const TABLE: NetworkTable;

    /// Identifier.
    fn uuid(&self) -> Uuid;

    /// Name of its state.
    fn state_name(&self) -> &'static str;

    /// The body that it belongs to.
    fn body(&self) -> Option<OrganizationId> {
        None
    }

    /// What it belongs to.
    fn subject(&self) -> Option<Uuid> {
        None
    }
}

macro_rules! record {
    ($type:ty, $table:ident, $body:expr, $subject:expr) => {
        impl NetworkRecord for $type {
            const TABLE: NetworkTable = NetworkTable::$table;

            fn uuid(&self) -> Uuid {
                self.id.uuid()
            }

            fn state_name(&self) -> &'static str {
                self.state.name()
            }

            fn body(&self) -> Option<OrganizationId> {
                let body: fn(&Self) -> Option<OrganizationId> = $body;
                body(self)
            }

            fn subject(&self) -> Option<Uuid> {
                let subject: fn(&Self) -> Option<Uuid> = $subject;
                subject(self)
            }
        }
    };
}

/// What a report came from.
fn source(gap: &ReportedGap) -> Option<Uuid> {
    match &gap.source {
        GapSource::Meeting { meeting } => Some(meeting.uuid()),
        GapSource::RefusedReferral { referral } => Some(referral.uuid()),
        GapSource::TurnedAway { service, .. } => Some(service.uuid()),
        GapSource::EmptySearch { .. } | GapSource::Observation => None,
    }
}

/// The body that is helped, where it is one.
fn helped(help: &ImmediateIntervention) -> Option<OrganizationId> {
    match &help.to {
        HelpTo::Body { organization_id, .. } => Some(*organization_id),
        HelpTo::People { .. } => None,
    }
}

record!(ReportedGap, Gap, |gap| gap.organization_id, source);
record!(
    Contribution,
    Contribution,
    |offer| Some(offer.organization_id),
    |offer| Some(offer.gap_id.uuid())
);
record!(ServiceExtension, Extension, |more| Some(more.organization_id), |more| {
    Some(more.gap_id.uuid())
});
record!(Referral, Referral, |one| Some(one.organization_id), |one| one
    .request_id
    .map(RequestId::uuid));
record!(Member, Member, |member| Some(member.organization_id), |_| None);
record!(Meeting, Meeting, |meeting| meeting.host, |_| None);
record!(Overruling, Overruling, |_| None, |proposed| Some(
    proposed.request_id.uuid()
));
record!(ImmediateIntervention, Intervention, helped, |help| help
    .emergency_id
    .map(EmergencyId::uuid));
record!(PlannedAction, Planned, |planned| Some(planned.organization_id), |_| {
    None
});
record!(ActionEvaluation, Evaluation, |_| None, |decided| Some(
    decided.action_id.uuid()
));
record!(Emergency, Emergency, |_| None, |_| None);
record!(CeilingProposal, Ceiling, |_| None, |_| None);
record!(ActionProposal, Proposal, |_| None, |proposed| proposed
    .operation_id
    .map(OperationId::uuid));

impl NetworkRecord for GoodPractice {
    const TABLE: NetworkTable = NetworkTable::Practice;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn state_name(&self) -> &'static str {
        "shared"
    }

    fn body(&self) -> Option<OrganizationId> {
        self.organization_id
    }
}

/// Which records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkFilter<'a> {
    /// Where they stand.
    pub state: Option<&'a str>,
    /// The body that they belong to.
    pub body: Option<OrganizationId>,
    /// What they belong to.
    pub subject: Option<Uuid>,
}

impl Scope {
    /// One record.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn network_record<T: NetworkRecord>(&self, id: Uuid) -> Result<Option<Versioned<T>>> {
        let statements = T::TABLE.statements();
        let row = self
            .db()
            .optional(&statements.one, args![self.municipality, id])
            .await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Records, oldest first.
    ///
    /// # Errors
    /// When the database fails, a row cannot be understood, or the cursor is not one of ours.
    pub async fn network_records<T: NetworkRecord>(
        &self,
        filter: NetworkFilter<'_>,
        query: PageQuery,
    ) -> Result<Page<Versioned<T>>> {
        let args = args![self.municipality, filter.state, filter.body, filter.subject];
        T::TABLE
            .statements()
            .page
            .read(self.db(), args, &query, versioned)
            .await
    }

    /// Every record that fits: for what is counted over all of them.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn all_network_records<T: NetworkRecord>(&self, filter: NetworkFilter<'_>) -> Result<Vec<Versioned<T>>> {
        let (mut all, mut query) = (Vec::new(), PageQuery::first());
        loop {
            let page = self.network_records(filter, query).await?;
            all.extend(page.items);
            match page.next {
                Some(after) => {
                    query = PageQuery {
                        after: Some(after),
                        ..PageQuery::first()
                    }
                }
                None => return Ok(all),
            }
        }
    }
}

impl Tx {
    /// A new record.
    ///
    /// # Errors
    /// `Conflict` when the id is taken, another record stands in its place, or what it belongs to is not there.
    pub async fn insert_network<T: NetworkRecord>(&mut self, record: &T) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            record.uuid().into(),
            record.body().into(),
            record.subject().into(),
            record.state_name().into(),
            Arg::json(record)?,
            self.now.into(),
        ];
        self.run(&T::TABLE.statements().insert, values).await.map(|_| ())
    }

    /// Changes a record that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_network<T: NetworkRecord>(&mut self, record: &T, version: i64) -> Result<()> {
        let statement = &T::TABLE.statements().update;
        self.update(statement, record.uuid(), version, record.state_name(), record)
            .await
    }
}
