//! Roles of people, rights of acts, and the one table that connects them.

use serde::{Deserialize, Serialize};

/// What somebody is in the network.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Confirms needs, plans actions, runs calls.
    Coordinator,
    /// Checks papers, assesses, proposes lists.
    Evaluator,
    /// Answers for the money.
    Finance,
    /// Works for a body of the network and acts for that body only.
    Partner,
    /// Reads everything, changes nothing.
    Auditor,
    /// Runs the server and its programs.
    Host,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Coordinator,
        Self::Evaluator,
        Self::Finance,
        Self::Partner,
        Self::Auditor,
        Self::Host,
    ];

    /// Stable name, stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Evaluator => "evaluator",
            Self::Finance => "finance",
            Self::Partner => "partner",
            Self::Auditor => "auditor",
            Self::Host => "host",
        }
    }

    /// The role with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See oneself.
    SeeSelf,
    /// See the workplace: requests, certificates, actions, calls.
    SeeWork,
    /// Change the mapping, the intervention model and the operations.
    MaintainDirectory,
    /// Keep single records of the mapping: write, confirm, withdraw, answer suggestions (a partner: its own body's).
    KeepRecords,
    /// Write requests for support (a partner: for its own body).
    WriteRequests,
    /// Examine a need and decide on what is unknown.
    ExamineNeeds,
    /// Issue the certificate.
    IssueCertificates,
    /// Refer people to bodies of the network.
    Refer,
    /// Answer referrals and see the people of members (a partner: its own body's).
    TakeReferrals,
    /// Give immediate help, declare emergencies.
    HelpAtOnce,
    /// See installed programs.
    SeePrograms,
    /// Install programs, switch them on and off.
    InstallPrograms,
    /// Plan actions, approve them, write and publish calls.
    PlanActions,
    /// See applications without names, decisions and lists.
    SeeApplications,
    /// Open the sealed data of an application, with a reason.
    OpenApplications,
    /// Say what became of a paper.
    CheckEvidence,
    /// Start an assessment, propose and approve lists.
    Select,
    /// See awards and deliveries.
    SeeDeliveries,
    /// Plan deliveries and take awards back.
    PlanDeliveries,
    /// Record what arrived and what did not.
    RecordDeliveries,
    /// See budget, expenses with their payees, claims.
    SeeMoney,
    /// Enter suppliers, contracts, budget, expenses and claims.
    KeepExpenses,
    /// Approve what another person entered: expenses, reallocations, claims.
    ApproveMoney,
    /// Read the journal and whole decision records.
    Audit,
    /// See messages that wait, and jobs.
    Operate,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 25] = [
        Self::SeeSelf,
        Self::SeeWork,
        Self::MaintainDirectory,
        Self::KeepRecords,
        Self::WriteRequests,
        Self::ExamineNeeds,
        Self::IssueCertificates,
        Self::Refer,
        Self::TakeReferrals,
        Self::HelpAtOnce,
        Self::SeePrograms,
        Self::InstallPrograms,
        Self::PlanActions,
        Self::SeeApplications,
        Self::OpenApplications,
        Self::CheckEvidence,
        Self::Select,
        Self::SeeDeliveries,
        Self::PlanDeliveries,
        Self::RecordDeliveries,
        Self::SeeMoney,
        Self::KeepExpenses,
        Self::ApproveMoney,
        Self::Audit,
        Self::Operate,
    ];

    /// Who has it.
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Auditor, Coordinator, Evaluator, Finance, Host, Partner};
        match self {
            Self::SeeSelf => &Role::ALL,
            Self::SeeWork => &[Coordinator, Evaluator, Finance, Partner, Auditor],
            Self::MaintainDirectory
            | Self::ExamineNeeds
            | Self::IssueCertificates
            | Self::Refer
            | Self::HelpAtOnce
            | Self::PlanActions
            | Self::PlanDeliveries => &[Coordinator],
            Self::SeePrograms => &Role::ALL,
            Self::KeepRecords | Self::WriteRequests | Self::TakeReferrals => &[Coordinator, Partner],
            Self::InstallPrograms => &[Host],
            Self::SeeApplications => &[Coordinator, Evaluator, Auditor],
            Self::OpenApplications | Self::Select => &[Coordinator, Evaluator],
            Self::CheckEvidence => &[Evaluator],
            Self::SeeDeliveries => &[Coordinator, Evaluator, Finance, Partner, Auditor],
            Self::RecordDeliveries => &[Coordinator, Partner],
            Self::SeeMoney => &[Coordinator, Finance, Auditor],
            Self::KeepExpenses => &[Finance],
            Self::ApproveMoney => &[Coordinator, Finance],
            Self::Audit => &[Auditor],
            Self::Operate => &[Coordinator, Evaluator, Auditor, Host],
        }
    }

    /// Whether whoever runs the server has it at the command line, where there is no account: only what also is a command.
    pub const fn is_held_at_the_command_line(self) -> bool {
        matches!(self, Self::MaintainDirectory)
    }

    /// Whether one of these roles has it.
    pub fn is_held_by(self, roles: &[Role]) -> bool {
        self.roles().iter().any(|role| roles.contains(role))
    }
}
