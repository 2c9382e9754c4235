//! The actor: who stands behind an act.

use osn_core::id::{AccountId, OrganizationId};

use super::right::{Right, Role};
use crate::refusal::{Kind, Outcome, Refusal};

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// The account.
    pub id: AccountId,
    /// Login name.
    pub login: String,
    /// Name as shown to colleagues.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// The body a partner works for.
    pub organization: Option<OrganizationId>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A visitor: no account, public rights only.
    Visitor,
    /// Somebody who is signed in.
    Officer(Officer),
    /// The server itself, in a job or in a command that only repeats what was decided.
    Machine,
    /// Whoever runs the server, at its command line: holds what [`Right::is_held_at_the_command_line`] says, and has no
    /// account, so that nothing is ever written in the name of somebody who did not do it.
    Operator,
}

impl Actor {
    /// The officer, who holds the right; the typed proof that an act of a person asks for first.
    pub fn require(&self, right: Right) -> Outcome<&Officer> {
        self.permit(right)?;
        self.officer()
            .ok_or_else(|| Refusal::new(Kind::Forbidden, "access.forbidden"))
    }

    /// Lets the act through for whoever holds the right, an account or not: what an act asks for first that is also a
    /// command.
    pub fn permit(&self, right: Right) -> Outcome<()> {
        match self {
            Self::Officer(officer) if right.is_held_by(&officer.roles) => Ok(()),
            Self::Operator if right.is_held_at_the_command_line() => Ok(()),
            Self::Officer(_) | Self::Machine | Self::Operator => Err(Refusal::new(Kind::Forbidden, "access.forbidden")),
            Self::Visitor => Err(Refusal::new(Kind::NotSignedIn, "access.sign-in")),
        }
    }

    /// Whether this actor holds the right.
    pub fn may(&self, right: Right) -> bool {
        self.permit(right).is_ok()
    }

    /// The account, where there is one.
    pub fn account(&self) -> Option<AccountId> {
        self.officer().map(|officer| officer.id)
    }

    /// The officer, where somebody is signed in.
    pub fn officer(&self) -> Option<&Officer> {
        match self {
            Self::Officer(officer) => Some(officer),
            Self::Visitor | Self::Machine | Self::Operator => None,
        }
    }
}

impl Officer {
    /// Whether this officer acts for one body only.
    pub fn is_bound(&self) -> bool {
        self.roles == [Role::Partner]
    }

    /// The body that an act is for: the one named, else the officer's own.
    pub fn body(&self, named: Option<OrganizationId>) -> Outcome<OrganizationId> {
        let body = named
            .or(self.organization)
            .ok_or_else(|| Refusal::field("/organization_id", "required"))?;
        self.acts_for(body)?;
        Ok(body)
    }

    /// Refuses a partner's hand on another body's matters.
    pub fn acts_for(&self, body: OrganizationId) -> Outcome<()> {
        if self.is_bound() && self.organization != Some(body) {
            return Err(Refusal::new(Kind::Forbidden, "access.other-body"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn officer(roles: &[Role]) -> Actor {
        Actor::Officer(Officer {
            id: AccountId::new(uuid::Uuid::nil()),
            login: "a".into(),
            name: "A".into(),
            roles: roles.to_vec(),
            organization: None,
        })
    }

    #[test]
    fn a_right_comes_from_a_role_and_nothing_else() {
        for right in Right::ALL {
            assert_eq!(
                Actor::Visitor.require(right).unwrap_err().kind(),
                Kind::NotSignedIn,
                "{right:?}"
            );
            assert_eq!(
                Actor::Machine.require(right).unwrap_err().kind(),
                Kind::Forbidden,
                "{right:?}"
            );
            for role in Role::ALL {
                assert_eq!(
                    officer(&[role]).may(right),
                    right.roles().contains(&role),
                    "{right:?} {role:?}"
                );
            }
        }
    }

    #[test]
    fn the_command_line_has_few_rights_and_no_account() {
        let held: Vec<Right> = Right::ALL
            .into_iter()
            .filter(|right| Actor::Operator.may(*right))
            .collect();
        assert_eq!(held, [Right::MaintainDirectory]);
        for right in Right::ALL {
            let refused = Actor::Operator.require(right).unwrap_err();
            assert_eq!(refused.kind(), Kind::Forbidden, "{right:?} of a person");
        }
        assert_eq!(Actor::Operator.account(), None);
    }

    #[test]
    fn an_auditor_changes_nothing() {
        use Right::{Audit, Operate, SeeApplications, SeeDeliveries, SeeMoney, SeePrograms, SeeSelf, SeeWork};
        let auditor = officer(&[Role::Auditor]);
        let held: Vec<Right> = Right::ALL.into_iter().filter(|right| auditor.may(*right)).collect();
        assert_eq!(
            held,
            [
                SeeSelf,
                SeeWork,
                SeePrograms,
                SeeApplications,
                SeeDeliveries,
                SeeMoney,
                Audit,
                Operate
            ]
        );
    }
}
