//! Where a message to a body goes: read once for any number of bodies.

use std::collections::BTreeMap;

use osn_core::directory::{Directory, Organization};
use osn_core::id::OrganizationId;
use osn_store::PageQuery;

use crate::acts::Acting;
use crate::auth::Role;
use crate::refusal::Outcome;

/// The mailboxes of a municipality's bodies.
pub(crate) struct Mailboxes {
    /// Of accounts that act for a body, the first account of each.
    accounts: BTreeMap<OrganizationId, String>,
}

impl Mailboxes {
    /// Reads the accounts, however many there are.
    pub(crate) async fn read(acting: &Acting) -> Outcome<Self> {
        let mut accounts = BTreeMap::new();
        let mut after = None;
        loop {
            let page = acting
                .scope
                .accounts(PageQuery {
                    after,
                    ..PageQuery::first()
                })
                .await?;
            for account in page.items.into_iter().map(|account| account.value) {
                let partner = account.roles.iter().any(|role| role == Role::Partner.name());
                if let (Some(body), Some(email)) = (account.organization_id, account.email)
                    && partner
                    && !account.disabled
                    && is_plain(&email)
                {
                    accounts.entry(body).or_insert(email);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(Self { accounts });
            }
        }
    }

    /// The mailbox of a body: its own, its contacts', else that of an account that acts for it.
    pub(crate) fn of(&self, directory: &Directory, body: OrganizationId) -> Option<String> {
        let mailbox = |body: &Organization| {
            let contacts = body.contacts.iter().filter_map(|contact| contact.email.clone());
            body.email
                .clone()
                .into_iter()
                .chain(contacts)
                .find(|address| is_plain(address))
        };
        directory
            .organization(body)
            .and_then(mailbox)
            .or_else(|| self.accounts.get(&body).cloned())
    }
}

/// An address that cannot write a header of its own.
pub(crate) fn is_plain(address: &str) -> bool {
    address.contains('@') && !address.chars().any(|c| c.is_control() || c.is_whitespace() || c == ',')
}
