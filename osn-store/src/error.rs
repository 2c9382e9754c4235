//! What can go wrong in the store; no error ever carries a value.

use std::fmt;

use osn_core::canonical::CanonicalError;
use sqlx::error::ErrorKind;

/// Why sealed bytes did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// The person's or municipality's key is not in the key store and no erasure explains it.
    #[error("the key is missing from the key store")]
    KeyMissing,
    /// The bytes were changed, or stand in another row than the one they were sealed for.
    #[error("the sealed bytes were changed or moved")]
    Tampered,
    /// The key-encryption key is not the one that wrapped the keys.
    #[error("the key-encryption key is not the one this key store was made with")]
    WrongKek,
    /// The person was erased: nothing can be read or written under their key.
    #[error("the person was erased")]
    Erased,
}

/// A refusal of the database driver, without the values that its own messages may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFault {
    /// What kind of fault, in words.
    pub what: &'static str,
    /// The database's own code, when it gave one.
    pub code: Option<String>,
}

impl fmt::Display for DatabaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} (code {code})", self.what),
            None => f.write_str(self.what),
        }
    }
}

impl std::error::Error for DatabaseFault {}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A constraint refused the change; its name is stable and equal in both databases.
    #[error("the change contradicts what is stored: {0}")]
    Conflict(String),
    /// Somebody else changed the row since it was read, or it is not there.
    #[error("the record moved on: version {expected} is no longer the current one")]
    Stale {
        /// The version that the caller had read.
        expected: i64,
    },
    /// A stored row cannot be understood.
    #[error("the stored row is inconsistent: table `{table}`, column `{column}`, id {id}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// The row's id, or `?` when it has none.
        id: String,
    },
    /// The database is busy; the same call may succeed later.
    #[error("the database is locked by another writer; try again")]
    Locked,
    /// The database cannot be reached, or its disk is full.
    #[error("the database is not available: {0}")]
    Unavailable(&'static str),
    /// Sealed data did not open.
    #[error(transparent)]
    Sealed(#[from] SealFault),
    /// A value that the store keeps as canonical JSON has no canonical form.
    #[error("the value cannot be stored: {0}")]
    NotCanonical(#[from] CanonicalError),
    /// An argument that no row can hold.
    #[error("`{0}` is out of range")]
    OutOfRange(&'static str),
    /// The schema is not the one that this version needs.
    #[error("the schema does not fit: {0}")]
    Schema(String),
    /// A file could not be read or written.
    #[error("{what}: {kind}")]
    File {
        /// Which file, by its role.
        what: &'static str,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Entropy,
    /// Anything else that the database says.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
}

/// Result of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// Whether this is a conflict with the constraint of that name.
    pub fn is_conflict_with(&self, constraint: &str) -> bool {
        matches!(self, Self::Conflict(name) if name == constraint)
    }

    /// Maps a conflict with `constraint` to `to`; anything else stays.
    #[must_use]
    pub fn on_constraint(self, constraint: &str, to: impl FnOnce() -> Self) -> Self {
        if self.is_conflict_with(constraint) { to() } else { self }
    }
}

fn fault(what: &'static str) -> StoreError {
    StoreError::Database(DatabaseFault { what, code: None })
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => from_database(error.as_ref()),
            sqlx::Error::Io(_) => Self::Unavailable("connection lost"),
            sqlx::Error::PoolTimedOut => Self::Unavailable("no free connection"),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Unavailable("closed"),
            sqlx::Error::Tls(_) => Self::Unavailable("TLS refused"),
            sqlx::Error::Configuration(_) => Self::Unavailable("the address is malformed"),
            sqlx::Error::RowNotFound => fault("a row that must be there is missing"),
            sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => {
                fault("a column that must be there is missing")
            }
            sqlx::Error::Protocol(_) => fault("the database answered against its protocol"),
            _ => fault("the driver failed"),
        }
    }
}

/// Names both databases' refusals alike: `<table>_<columns without municipality_id>_key` for keys, the name of a check,
/// `foreign_key`, `not_null`, or `serialization`.
fn from_database(error: &(dyn sqlx::error::DatabaseError + 'static)) -> StoreError {
    let code = error.code().map(std::borrow::Cow::into_owned);
    let message = error.message();
    match error.kind() {
        ErrorKind::ForeignKeyViolation => return StoreError::Conflict("foreign_key".to_owned()),
        ErrorKind::NotNullViolation => return StoreError::Conflict("not_null".to_owned()),
        _ => {}
    }
    if let Some(name) = error.constraint() {
        return StoreError::Conflict(name.to_owned());
    }
    if let Some(columns) = message.strip_prefix("UNIQUE constraint failed: ") {
        return StoreError::Conflict(sqlite_key_name(columns));
    }
    if let Some(name) = message.strip_prefix("CHECK constraint failed: ") {
        return StoreError::Conflict(name.to_owned());
    }
    match code.as_deref() {
        // SQLite: busy and locked in their variants (the low byte is the primary code), full disk, input/output, trigger.
        Some("5" | "261" | "517" | "6" | "262" | "55P03") => StoreError::Locked,
        Some("13" | "53100") => StoreError::Unavailable("the disk is full"),
        Some("10") => StoreError::Unavailable("the disk failed"),
        Some("1811") => StoreError::Conflict(message.to_owned()),
        // PostgreSQL: serialization failure and deadlock are retried by the caller; 57 and 08 mean it is gone.
        Some("40001" | "40P01") => StoreError::Conflict("serialization".to_owned()),
        Some(code) if code.starts_with("57") || code.starts_with("08") || code.starts_with("53") => {
            StoreError::Unavailable("the database server refused")
        }
        _ => StoreError::Database(DatabaseFault {
            what: "the database refused the statement",
            code,
        }),
    }
}

/// `account.municipality_id, account.login` is the key `account_login_key`: the convention of the migrations.
fn sqlite_key_name(columns: &str) -> String {
    let mut name = String::new();
    let mut all = columns
        .split(", ")
        .filter_map(|column| column.split_once('.'))
        .peekable();
    let Some((table, _)) = all.peek() else {
        return columns.to_owned();
    };
    name.push_str(table);
    let wanted: Vec<&str> = columns
        .split(", ")
        .filter_map(|column| column.split_once('.'))
        .map(|(_, column)| column)
        .collect();
    let alone = wanted.len() == 1;
    for column in wanted.iter().filter(|column| alone || **column != "municipality_id") {
        name.push('_');
        name.push_str(column);
    }
    name.push_str("_key");
    name
}

#[cfg(test)]
mod tests {
    use super::sqlite_key_name;

    #[test]
    fn sqlite_keys_get_the_names_of_the_migrations() {
        for (columns, name) in [
            ("account.municipality_id, account.login", "account_login_key"),
            ("municipality.municipality_id", "municipality_municipality_id_key"),
            (
                "delivery.municipality_id, delivery.award_id, delivery.instalment",
                "delivery_award_id_instalment_key",
            ),
        ] {
            assert_eq!(sqlite_key_name(columns), name);
        }
    }
}
