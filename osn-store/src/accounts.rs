//! Accounts and sessions.

use osn_core::id::{AccountId, OrganizationId};
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Page, PageQuery, Pages, Versioned, document, pages, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

/// Somebody who signs in: staff, partners, hosts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// Name for signing in, folded by the caller.
    pub login: String,
    /// Name as it is shown.
    pub name: String,
    /// E-mail, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Stable names of the roles.
    pub roles: Vec<String>,
    /// The body that a partner belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// Password hash (argon2 string); `None`: signs in elsewhere only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    /// It may not sign in any more.
    #[serde(default)]
    pub disabled: bool,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

impl Account {
    const fn state(&self) -> &'static str {
        if self.disabled { "disabled" } else { "active" }
    }
}

/// A session that has not ended.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the token; the token itself is never stored.
    pub token_hash: [u8; 32],
    /// Whose.
    pub account_id: AccountId,
    /// When it began.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
}

impl std::fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionRow")
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

const ONE: Sql = document!("account");
const BY_LOGIN: Sql = sql(
    "account",
    "select id, body, version, updated_at from account where municipality_id = $1 and login = $2",
);
const ALL: Pages = pages!("account", "id, body, version, updated_at", "", "$2", "$3");
const INSERT: Sql = sql(
    "account",
    "insert into account (municipality_id, id, state, body, version, created_at, updated_at, login)
     values ($1, $2, $3, $4, 1, $5, $5, $6)",
);
const UPDATE: Sql = update!("account");
const SESSION: Sql = sql(
    "session",
    "select token_hash, account_id, created_at, expires_at from session
     where municipality_id = $1 and token_hash = $2 and expires_at > $3",
);
const INSERT_SESSION: Sql = sql(
    "session",
    "insert into session (municipality_id, token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4, $5)",
);
const DELETE_SESSION: Sql = sql(
    "session",
    "delete from session where municipality_id = $1 and token_hash = $2",
);
const DELETE_SESSIONS_OF: Sql = sql(
    "session",
    "delete from session where municipality_id = $1 and account_id = $2",
);
const DELETE_EXPIRED: Sql = sql(
    "session",
    "delete from session where municipality_id = $1 and expires_at <= $2",
);

impl Scope {
    /// An account by the name it signs in with.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Versioned<Account>>> {
        let row = self.db().optional(&BY_LOGIN, args![self.municipality, login]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// An account.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn account(&self, id: AccountId) -> Result<Option<Versioned<Account>>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Accounts, oldest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn accounts(&self, query: PageQuery) -> Result<Page<Versioned<Account>>> {
        ALL.read(self.db(), args![self.municipality], &query, versioned).await
    }

    /// A session that has not ended, by the hash of its token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token_hash: &[u8; 32], now: Instant) -> Result<Option<SessionRow>> {
        let row = self
            .db()
            .optional(&SESSION, args![self.municipality, *token_hash, now])
            .await?;
        row.map(|row| {
            Ok(SessionRow {
                token_hash: row.array("token_hash")?,
                account_id: row.id("account_id")?,
                created_at: row.at("created_at")?,
                expires_at: row.at("expires_at")?,
            })
        })
        .transpose()
    }
}

impl Tx {
    /// A new account.
    ///
    /// # Errors
    /// `Conflict("account_login_key")` when the login is taken.
    pub async fn insert_account(&mut self, account: &Account) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            account.id.into(),
            account.state().into(),
            Arg::json(account)?,
            self.now.into(),
            account.login.as_str().into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// Changes an account that still has the version that was read; its login stays. Disabling ends its sessions.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_account(&mut self, account: &Account, version: i64) -> Result<()> {
        self.update(&UPDATE, account.id.uuid(), version, account.state(), account)
            .await?;
        if account.disabled {
            let args = args![self.municipality(), account.id];
            self.run(&DELETE_SESSIONS_OF, args).await?;
        }
        Ok(())
    }

    /// A new session; ended ones are cleared away on the occasion.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_session(&mut self, session: &SessionRow) -> Result<()> {
        let args = args![self.municipality(), self.now];
        self.run(&DELETE_EXPIRED, args).await?;
        let values = args![
            self.municipality(),
            session.token_hash,
            session.account_id,
            session.created_at,
            session.expires_at
        ];
        self.run(&INSERT_SESSION, values).await.map(|_| ())
    }

    /// Ends a session; `false` when there was none.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_session(&mut self, token_hash: &[u8; 32]) -> Result<bool> {
        let args = args![self.municipality(), *token_hash];
        Ok(self.run(&DELETE_SESSION, args).await? > 0)
    }
}
