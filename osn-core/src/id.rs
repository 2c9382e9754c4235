//! Typed identifiers: a UUID that cannot be taken for another kind of identifier.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID that the edge made (`UUIDv7`) or derived (`UUIDv5`).
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A municipality that runs this system.
    MunicipalityId,
    /// Somebody who signs in.
    AccountId,
    /// HSDS `organization.id`.
    OrganizationId,
    /// HSDS `location.id`.
    LocationId,
    /// HSDS `service.id`.
    ServiceId,
    /// HSDS `taxonomy.id`.
    TaxonomyId,
    /// HSDS `taxonomy_term.id`.
    TermId,
    /// A support request (αίτημα στήριξης).
    RequestId,
    /// A certificate of need (βεβαίωση ανάγκης).
    CertificateId,
    /// A funded operation (Πράξη).
    OperationId,
    /// An action (δράση): one run of a program.
    ActionId,
    /// A call for applications (πρόσκληση).
    CallId,
    /// An application to a call (αίτηση).
    ApplicationId,
    /// A person whose data are sealed under a key of their own.
    PersonId,
    /// One run of an assessment over the applications of a call.
    AssessmentRunId,
    /// A program's verdict over one application, with its frozen input.
    DecisionId,
    /// A ranked and cut list.
    SelectionId,
    /// The right of a person or household to deliveries.
    AwardId,
    /// One delivery of an award.
    DeliveryId,
    /// A lot that is called back.
    RecallId,
    /// What was recorded of an action's stock.
    StockEntryId,
    /// What is decided about an action at its end.
    EvaluationId,
    /// A piece of long work that can be watched.
    JobId,
    /// A message waiting to be sent.
    MessageId,
    /// A confirmation of a record by somebody who answers for it.
    RecordConfirmationId,
    /// A reminder with its link, about one record of one body.
    ReminderId,
    /// A suggestion about a record.
    SuggestionId,
    /// A body's subscription to changes of the mapping.
    SubscriptionId,
    /// A file brought into the mapping.
    ImportId,
    /// A gap that somebody reported.
    GapId,
    /// Means that a body offers towards a gap.
    ContributionId,
    /// More places of an existing service, from a day on.
    ExtensionId,
    /// A person handed to a body of the network, with consent.
    ReferralId,
    /// A meeting of the network.
    MeetingId,
    /// A body's membership of the network.
    MemberId,
    /// A good practice that a body shares.
    PracticeId,
    /// An officer's proposal to overrule the rules' answer to a need.
    OverrulingId,
    /// Immediate help without a call.
    InterventionId,
    /// A declared emergency.
    EmergencyId,
    /// A proposed ceiling of immediate help.
    CeilingId,
    /// A proposal of an action from certificates of need.
    ProposalId,
    /// A line of the conversation about a request.
    NoteId,
    /// A paper beside a request.
    RequestFileId,
    /// An action that a body plans by itself, in the calendar that all bodies see.
    PlannedActionId,
    /// An expense of an operation (δαπάνη).
    ExpenseId,
    /// Who is paid (προμηθευτής); name and tax number are sealed.
    SupplierId,
    /// A contract under which somebody is paid.
    ContractId,
    /// A line of an operation's budget.
    BudgetLineId,
    /// Money that moves between lines (ανακατανομή).
    ReallocationId,
    /// A commitment of money (ανάληψη υποχρέωσης).
    CommitmentId,
    /// A claim (δήλωση δαπανών).
    ClaimId,
    /// A judgement of an expense, with its frozen input.
    JudgementId,
    /// An irregularity of an expense (παρατυπία).
    IrregularityId,
    /// A scientific opinion (επιστημονική γνωμοδότηση).
    OpinionId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_the_kind() {
        assert_eq!(
            format!("{:?}", ActionId::new(Uuid::nil())),
            "ActionId(00000000-0000-0000-0000-000000000000)"
        );
    }

    #[test]
    fn a_wrong_uuid_is_refused() {
        assert!("not-a-uuid".parse::<CallId>().is_err());
    }
}
