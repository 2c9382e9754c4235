//! Accounts of staff and partners, and their sessions.

use chrono::TimeDelta;
use osn_core::id::{AccountId, OrganizationId};
use osn_core::time::Instant;
use osn_store::{Account, Page, PageQuery, SessionRow};

use crate::acts::{Acting, entry};
use crate::auth::{Actor, Officer, PasswordHash, Right, Role, SESSION_HOURS, Token, hash_password, verify_password};
use crate::refusal::{FieldError, Kind, Outcome, Refusal};

/// Fewest characters of a password.
const PASSWORD_LENGTH: usize = 12;

/// An account to make.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Login name.
    pub login: String,
    /// Name as shown to colleagues.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// The body a partner works for.
    pub organization: Option<OrganizationId>,
    /// E-mail: where reminders to the body go that its record gives no address for.
    pub email: Option<String>,
}

/// Somebody who just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The secret, given out once.
    pub token: Token,
    /// Who.
    pub officer: Officer,
    /// Until when.
    pub expires_at: Instant,
}

/// Makes an account; called by the command line and the demonstration, which stand on the machine itself.
pub async fn add(acting: &Acting, new: NewAccount, password: String) -> Outcome<AccountId> {
    let mut errors = Vec::new();
    if new.login.trim().is_empty() || new.login.chars().any(char::is_whitespace) {
        errors.push(FieldError::new("/login", "login-format"));
    }
    if password.chars().count() < PASSWORD_LENGTH {
        errors.push(FieldError::new("/password", "password-too-short").with("least", PASSWORD_LENGTH));
    }
    if new.roles.is_empty() {
        errors.push(FieldError::new("/roles", "required"));
    }
    if new.roles.contains(&Role::Partner) && new.organization.is_none() {
        errors.push(FieldError::new("/organization", "required"));
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid("account.invalid", errors));
    }
    if acting.scope.account_by_login(&new.login).await?.is_some() {
        return Err(Refusal::conflict("account.exists"));
    }
    let hash = hash_password(password, acting.app.entropy())
        .await
        .map_err(Refusal::internal)?;
    let id = acting.app.new_id(AccountId::new);
    let account = Account {
        id,
        login: new.login,
        name: new.name,
        email: new.email,
        password_hash: Some(hash.0),
        roles: new.roles.iter().map(|role| role.name().to_owned()).collect(),
        organization_id: new.organization,
        disabled: false,
    };
    let mut tx = acting.begin("account.add").await?;
    tx.insert_account(&account).await?;
    let roles = serde_json::json!({ "roles": account.roles });
    tx.journal(entry("account.add", "account", id.uuid(), roles));
    tx.commit().await?;
    Ok(id)
}

/// Signs in with a local account. The same answer for an unknown name and a wrong password, after the same work.
pub async fn sign_in(acting: &Acting, login: &str, password: String) -> Outcome<SignedIn> {
    let throttle = acting.app.logins();
    let name = format!("{}/{login}", acting.municipality().id);
    throttle
        .check(&name, acting.now)
        .map_err(|wait| Refusal::new(Kind::TooMany, "session.wait").with("seconds", wait.seconds))?;
    let account = acting
        .scope
        .account_by_login(login)
        .await?
        .map(|account| account.value)
        .filter(|account| !account.disabled);
    let stored = account
        .as_ref()
        .and_then(|account| account.password_hash.clone())
        .map(PasswordHash);
    let fits = verify_password(password, stored).await.map_err(Refusal::internal)?;
    let Some(account) = account.filter(|_| fits) else {
        throttle.failed(&name, acting.now);
        return Err(Refusal::new(Kind::NotSignedIn, "session.wrong"));
    };
    throttle.succeeded(&name);
    let token = Token::new(acting.app.entropy());
    let expires_at = acting.now + TimeDelta::hours(SESSION_HOURS);
    let officer = officer(account);
    let signed = Acting {
        actor: Actor::Officer(officer.clone()),
        ..acting.clone()
    };
    let mut tx = signed.begin("session.open").await?;
    tx.insert_session(&SessionRow {
        token_hash: token.digest(),
        account_id: officer.id,
        created_at: acting.now,
        expires_at,
    })
    .await?;
    tx.journal(entry(
        "session.open",
        "account",
        officer.id.uuid(),
        serde_json::json!({}),
    ));
    tx.commit().await?;
    Ok(SignedIn {
        token,
        officer,
        expires_at,
    })
}

/// Ends a session.
pub async fn sign_out(acting: &Acting, token: &Token) -> Outcome<()> {
    let officer = acting.require(Right::SeeSelf)?;
    let mut tx = acting.begin("session.close").await?;
    tx.delete_session(&token.digest()).await?;
    tx.journal(entry(
        "session.close",
        "account",
        officer.id.uuid(),
        serde_json::json!({}),
    ));
    Ok(tx.commit().await?)
}

/// Colleagues, without their secrets; partners see nobody but themselves.
pub async fn list(acting: &Acting, query: PageQuery) -> Outcome<Page<Officer>> {
    let own = acting.require(Right::SeeWork)?;
    if own.is_bound() {
        return Ok(Page {
            items: vec![own.clone()],
            total: 1,
            next: None,
        });
    }
    Ok(acting
        .scope
        .accounts(query)
        .await?
        .map(|account| officer(account.value)))
}

/// Who holds a token; a visitor where it is unknown or has run out.
pub async fn who_holds(acting: &Acting, token: &Token) -> Outcome<Actor> {
    let Some(session) = acting.scope.session(&token.digest(), acting.now).await? else {
        return Ok(Actor::Visitor);
    };
    let account = acting
        .scope
        .account(session.account_id)
        .await?
        .map(|account| account.value)
        .filter(|account| !account.disabled);
    Ok(account.map_or(Actor::Visitor, |account| Actor::Officer(officer(account))))
}

fn officer(account: Account) -> Officer {
    Officer {
        id: account.id,
        login: account.login,
        name: account.name,
        roles: account.roles.iter().filter_map(|name| Role::named(name)).collect(),
        organization: account.organization_id,
    }
}
