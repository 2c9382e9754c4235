//! Installed programs: every version stays, for the decisions made with it.

use osn_core::canonical::Digest;
use osn_core::id::AccountId;
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::Readable;
use crate::db::{Sql, sql};
use crate::error::{Result, StoreError};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, Row, args};

/// A program to be installed; its bytes go beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProgram {
    /// Name from the manifest.
    pub name: String,
    /// Version from the manifest.
    pub version: String,
    /// Digest of the code: identifies decisions.
    pub code_digest: String,
    /// Digest of the package: identifies the installation.
    pub package_digest: String,
    /// Version of the contract.
    pub contract: String,
    /// What else was found at installation: signer, report of the golden cases.
    pub details: serde_json::Value,
}

/// A program as it is installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledProgram {
    /// Name from the manifest.
    pub name: String,
    /// Version from the manifest.
    pub version: String,
    /// Digest of the code.
    pub code_digest: String,
    /// Digest of the package.
    pub package_digest: String,
    /// Version of the contract.
    pub contract: String,
    /// New actions may use it.
    pub enabled: bool,
    /// When it was installed.
    pub installed_at: Instant,
    /// Who installed it.
    pub installed_by: Option<AccountId>,
    /// What else was found at installation.
    pub details: serde_json::Value,
}

#[derive(Serialize, Deserialize)]
struct Body {
    installed_by: Option<AccountId>,
    details: serde_json::Value,
}

macro_rules! columns {
    () => {
        "package_digest, code_digest, name, version, contract, enabled, body, installed_at"
    };
}

const ALL: Sql = sql(
    "program",
    concat!(
        "select ",
        columns!(),
        " from program where municipality_id = $1 order by name, installed_at, package_digest"
    ),
);
const FIND: Sql = sql(
    "program",
    "select blob_id from program where municipality_id = $1 and (package_digest = $2 or code_digest = $2)
     order by installed_at desc limit 1",
);
const INSERT: Sql = sql(
    "program",
    "insert into program (municipality_id, package_digest, code_digest, name, version, contract, enabled, blob_id, body,
       installed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict do nothing",
);
const ENABLE: Sql = sql(
    "program",
    "update program set enabled = $3 where municipality_id = $1 and package_digest = $2",
);

fn installed(row: &Row) -> Result<InstalledProgram> {
    let body: Body = row.json("body")?;
    Ok(InstalledProgram {
        name: row.text("name")?,
        version: row.text("version")?,
        code_digest: row.text("code_digest")?,
        package_digest: row.text("package_digest")?,
        contract: row.text("contract")?,
        enabled: row.flag("enabled")?,
        installed_at: row.at("installed_at")?,
        installed_by: body.installed_by,
        details: body.details,
    })
}

impl Scope {
    /// Every installed program and version, by name, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn programs(&self) -> Result<Vec<InstalledProgram>> {
        self.db()
            .all(&ALL, args![self.municipality])
            .await?
            .iter()
            .map(installed)
            .collect()
    }

    /// The bytes of a program, by the digest of its package or of its code (then of the newest package with that code).
    ///
    /// # Errors
    /// When the database fails or bytes are missing.
    pub async fn program_package(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        let Some(row) = self.db().optional(&FIND, args![self.municipality, digest]).await? else {
            return Ok(None);
        };
        let blob = self.blob(&Digest::from_bytes(row.array("blob_id")?)).await?;
        blob.and_then(Readable::data)
            .map(Some)
            .ok_or_else(|| row.inconsistent("blob_id"))
    }
}

impl Tx {
    /// Installs a program with its bytes, enabled. Installing the same package again changes nothing: `false`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn install_program(&mut self, program: &NewProgram, bytes: &[u8]) -> Result<bool> {
        let blob = self.put_blob(bytes).await?;
        let body = Body {
            installed_by: self.actor.account,
            details: program.details.clone(),
        };
        let values = vec![
            self.municipality().into(),
            program.package_digest.as_str().into(),
            program.code_digest.as_str().into(),
            program.name.as_str().into(),
            program.version.as_str().into(),
            program.contract.as_str().into(),
            true.into(),
            blob.into_bytes().into(),
            Arg::json(&body)?,
            self.now.into(),
        ];
        Ok(self.run(&INSERT, values).await? > 0)
    }

    /// Lets new actions use a program, or stops that.
    ///
    /// # Errors
    /// `Stale` when it is not installed.
    pub async fn set_program_enabled(&mut self, package_digest: &str, enabled: bool) -> Result<()> {
        let args = args![self.municipality(), package_digest, enabled];
        match self.run(&ENABLE, args).await? {
            0 => Err(StoreError::Stale { expected: 0 }),
            _ => Ok(()),
        }
    }
}
