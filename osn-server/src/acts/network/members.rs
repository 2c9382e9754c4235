//! Members of the network, the people one speaks to there, and good practices that bodies share.

use osn_core::id::{MemberId, OrganizationId, PracticeId};
use osn_core::lang::LocalText;
use osn_core::network::{
    Agreement, GoodPractice, Member, MemberError, MemberEvent, MemberKind, MemberState, NetworkContact,
};
use osn_core::state::Machine as _;
use osn_store::{Page, PageQuery, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Listed, change, gaps, keep, read, sound, unknown_body};
use crate::acts::{Acting, Saved, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// Contacts of one member at most.
const CONTACTS: usize = 50;

/// A body to invite.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The body.
    #[schemars(with = "uuid::Uuid")]
    pub organization_id: OrganizationId,
    /// Which kind of member.
    #[schemars(with = "shapes::MemberKind")]
    pub kind: MemberKind,
}

/// What was agreed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinNetwork {
    /// The agreement; a municipal member needs none.
    #[serde(default)]
    #[schemars(with = "Option<shapes::Agreement>")]
    pub agreement: Option<Agreement>,
}

/// The people at a member.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Everybody; who is left out is forgotten.
    #[schemars(with = "Vec<shapes::NetworkContact>")]
    pub contacts: Vec<NetworkContact>,
}

/// A good practice to share.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPractice {
    /// The body; left out by a partner and by the team.
    #[serde(default)]
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// Title.
    #[schemars(with = "shapes::LocalText")]
    pub title: LocalText,
    /// What was done and what it brought.
    #[schemars(with = "shapes::LocalText")]
    pub words: LocalText,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Invites a body.
pub async fn invite(acting: &Acting, new: NewMember) -> Outcome<Saved<Member>> {
    acting.require(Right::PlanActions)?;
    let mapped = acting.mapping().await?;
    let mut errors = Vec::new();
    unknown_body(&mapped.directory, "/organization_id", new.organization_id, &mut errors);
    sound(errors)?;
    let member = Member {
        id: acting.app.new_id(MemberId::new),
        organization_id: new.organization_id,
        kind: new.kind,
        agreement: None,
        state: MemberState::Invited { at: acting.now },
    };
    keep(acting, "member.invite", "member", member).await
}

/// One membership.
pub async fn get(acting: &Acting, id: MemberId) -> Outcome<Versioned<Member>> {
    acting.require(Right::SeeWork)?;
    read(acting, id.uuid(), "member.unknown").await
}

/// Memberships, oldest first.
pub async fn list(acting: &Acting, asked: &Listed, query: PageQuery) -> Outcome<Page<Versioned<Member>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, asked.filter(), query).await
}

/// A membership begins: with its agreement, or without where none is needed.
pub async fn join(acting: &Acting, id: MemberId, join: JoinNetwork) -> Outcome<Saved<Member>> {
    acting.require(Right::PlanActions)?;
    let today = acting.zone().day(acting.now);
    let member = get(acting, id).await?;
    change(acting, member, ("member.join", "member"), |member| {
        Ok(member.join(join.agreement, today, acting.now)?)
    })
    .await
}

/// A membership ends.
pub async fn end(acting: &Acting, id: MemberId) -> Outcome<Saved<Member>> {
    acting.require(Right::PlanActions)?;
    let member = get(acting, id).await?;
    let event = MemberEvent::End { at: acting.now };
    change(acting, member, ("member.end", "member"), |member| {
        member.state = member.state.apply(&event)?;
        Ok(())
    })
    .await
}

impl From<MemberError> for Refusal {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::NoAgreement => Self::field("/agreement", "member-no-agreement"),
            MemberError::BackwardsAgreement => Self::field("/agreement/period/to", "backwards-period"),
            MemberError::NotInForce(_) => Self::field("/agreement/period", "member-not-in-force"),
            MemberError::SignedInFuture => Self::field("/agreement/signed_on", "member-signed-in-future"),
            MemberError::Transition(error) => error.into(),
        }
    }
}

/// The people at a member: the team sees all, a body its own.
pub async fn contacts(acting: &Acting, id: MemberId) -> Outcome<Contacts> {
    let officer = acting.require(Right::TakeReferrals)?;
    let member = get(acting, id).await?.value;
    officer.acts_for(member.organization_id)?;
    Ok(Contacts {
        contacts: acting.scope.member_contacts(id).await?,
    })
}

/// Keeps the people at a member.
pub async fn put_contacts(acting: &Acting, id: MemberId, given: Contacts) -> Outcome<Contacts> {
    let officer = acting.require(Right::TakeReferrals)?;
    let member = get(acting, id).await?.value;
    officer.acts_for(member.organization_id)?;
    let mut errors = Vec::new();
    if given.contacts.len() > CONTACTS {
        errors.push(FieldError::new("/contacts", "out-of-range").with("max", CONTACTS));
    }
    for (index, contact) in given.contacts.iter().enumerate() {
        if contact.name.trim().is_empty() {
            errors.push(FieldError::new(format!("/contacts/{index}/name"), "required"));
        }
        if contact.email.is_none() && contact.phone.is_none() {
            errors.push(FieldError::new(format!("/contacts/{index}"), "contact-no-way-to-reach"));
        }
    }
    sound(errors)?;
    let mut tx = acting.begin("member.contacts").await?;
    tx.put_member_contacts(id, &given.contacts).await?;
    let details = serde_json::json!({ "count": given.contacts.len() });
    tx.journal(entry("member.contacts", "member", id.uuid(), details));
    acting.commit(tx, &given).await?;
    Ok(given)
}

/// Shares a good practice.
pub async fn share(acting: &Acting, new: NewPractice) -> Outcome<Saved<GoodPractice>> {
    let by = acting.require(Right::WriteRequests)?.id;
    let organization_id = gaps::speaks_for(acting, new.organization_id)?;
    let mut errors = Vec::new();
    for (path, words) in [("/title", &new.title), ("/words", &new.words)] {
        if words.get("el").trim().is_empty() && words.get("en").trim().is_empty() {
            errors.push(FieldError::new(path, "required"));
        }
    }
    sound(errors)?;
    let mut tags: Vec<String> = new
        .tags
        .iter()
        .map(|tag| tag.trim().to_lowercase())
        .filter(|tag| !tag.is_empty())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    let practice = GoodPractice {
        id: acting.app.new_id(PracticeId::new),
        organization_id,
        by,
        at: acting.now,
        title: new.title,
        words: new.words,
        tags,
    };
    keep(acting, "practice.share", "practice", practice).await
}

/// Good practices, oldest first.
pub async fn practices(acting: &Acting, query: PageQuery) -> Outcome<Page<Versioned<GoodPractice>>> {
    acting.require(Right::SeeWork)?;
    super::page(acting, Listed::default().filter(), query).await
}
