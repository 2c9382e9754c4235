//! National sets of rules on expenditure: installed with their bytes, at most one enabled in a municipality.

use osn_core::canonical::Digest;
use osn_core::time::Instant;

use crate::Readable;
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, Row, args};

/// A set to be installed; its bytes go beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRuleSet {
    /// Name from the manifest.
    pub name: String,
    /// Version from the manifest.
    pub version: String,
    /// Digest of the code: what judges.
    pub code_digest: String,
    /// Digest of the package: what is installed.
    pub package_digest: String,
    /// What else was found at installation: contract, golden cases, origin.
    pub details: serde_json::Value,
}

/// A set as it is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetRow {
    /// What was installed.
    pub set: NewRuleSet,
    /// Whether judgements take it.
    pub enabled: bool,
    /// When it was installed.
    pub installed_at: Instant,
    /// Counts changes.
    pub row_version: i64,
}

macro_rules! columns {
    () => {
        "package_digest, code_digest, name, set_version, state, body, version, created_at"
    };
}

const ALL: Sql = sql(
    "rule_set",
    concat!(
        "select ",
        columns!(),
        " from rule_set where municipality_id = $1 order by name, created_at, package_digest"
    ),
);
const ENABLED: Sql = sql(
    "rule_set",
    concat!(
        "select ",
        columns!(),
        " from rule_set where municipality_id = $1 and state = 'enabled'"
    ),
);
const BYTES: Sql = sql(
    "rule_set",
    "select blob_id from rule_set where municipality_id = $1 and (package_digest = $2 or code_digest = $2)
     order by created_at desc limit 1",
);
const INSERT: Sql = sql(
    "rule_set",
    "insert into rule_set (municipality_id, package_digest, code_digest, name, set_version, state, blob_id, body, version,
       created_at, updated_at) values ($1, $2, $3, $4, $5, 'installed', $6, $7, 1, $8, $8)",
);
const MOVE: Sql = sql(
    "rule_set",
    "update rule_set set state = $4, version = version + 1, updated_at = $5
     where municipality_id = $1 and package_digest = $2 and version = $3",
);

fn row(row: &Row) -> Result<RuleSetRow> {
    Ok(RuleSetRow {
        set: NewRuleSet {
            name: row.text("name")?,
            version: row.text("set_version")?,
            code_digest: row.text("code_digest")?,
            package_digest: row.text("package_digest")?,
            details: row.json("body")?,
        },
        enabled: row.text("state")? == "enabled",
        installed_at: row.at("created_at")?,
        row_version: row.int("version")?,
    })
}

impl Scope {
    /// Every installed set, by name, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn rule_sets(&self) -> Result<Vec<RuleSetRow>> {
        let rows = self.db().all(&ALL, args![self.municipality]).await?;
        rows.iter().map(row).collect()
    }

    /// The set that judgements take beside the rules of the Union; none means the law of Greece.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn enabled_rule_set(&self) -> Result<Option<RuleSetRow>> {
        let found = self.db().optional(&ENABLED, args![self.municipality]).await?;
        found.as_ref().map(row).transpose()
    }

    /// The bytes of a set, by the digest of its package or of its code.
    ///
    /// # Errors
    /// When the database fails or bytes are missing.
    pub async fn rule_set_package(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        let Some(row) = self.db().optional(&BYTES, args![self.municipality, digest]).await? else {
            return Ok(None);
        };
        let blob = self.blob(&Digest::from_bytes(row.array("blob_id")?)).await?;
        blob.and_then(Readable::data)
            .map(Some)
            .ok_or_else(|| row.inconsistent("blob_id"))
    }
}

impl Tx {
    /// Installs a set with its bytes; nothing takes it yet.
    ///
    /// # Errors
    /// `Conflict` when the package is installed already.
    pub async fn install_rule_set(&mut self, set: &NewRuleSet, bytes: &[u8]) -> Result<()> {
        let blob = self.put_blob(bytes).await?;
        let values = vec![
            self.municipality().into(),
            set.package_digest.as_str().into(),
            set.code_digest.as_str().into(),
            set.name.as_str().into(),
            set.version.as_str().into(),
            blob.into_bytes().into(),
            Arg::json(&set.details)?,
            self.now.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// Lets judgements take a set, or no more. Whoever enables one switches the one before off first.
    ///
    /// # Errors
    /// `Stale` when it changed since it was read; `Conflict` when another is enabled.
    pub async fn switch_rule_set(&mut self, set: &RuleSetRow, enabled: bool) -> Result<()> {
        let state = if enabled { "enabled" } else { "installed" };
        let values = vec![
            self.municipality().into(),
            set.set.package_digest.as_str().into(),
            set.row_version.into(),
            state.into(),
            self.now.into(),
        ];
        fresh(self.run(&MOVE, values).await?, set.row_version)
    }
}
