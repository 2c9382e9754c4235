//! Installed programs: every version stays, for the decisions made with it.

use osn_core::action::Action;
use osn_core::call::Call;
use osn_core::canonical::Digest;
use osn_core::id::AccountId;
use osn_core::program_use::ProgramUse;
use osn_core::state::Machine;
use osn_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::Readable;
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Versioned, versioned};
use crate::runs::AssessmentRun;
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
        "package_digest, code_digest, name, version, contract, body, installed_at"
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
    "insert into program (municipality_id, package_digest, code_digest, name, version, contract, blob_id, body,
       installed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict do nothing",
);
const USES: Sql = sql(
    "program_use",
    "select name, body, version, updated_at from program_use where municipality_id = $1 order by name",
);
const USE: Sql = sql(
    "program_use",
    "select name, body, version, updated_at from program_use where municipality_id = $1 and name = $2",
);
const INSERT_USE: Sql = sql(
    "program_use",
    "insert into program_use (municipality_id, name, state, package_digest, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 1, $6, $6)",
);
const UPDATE_USE: Sql = sql(
    "program_use",
    "update program_use set state = $4, package_digest = $5, body = $6, version = version + 1, updated_at = $7
     where municipality_id = $1 and name = $2 and version = $3",
);
/// Calls of a program's actions, whatever version they were published with.
const CALLS: Sql = sql(
    "call",
    "select c.id, c.body, c.version, c.updated_at from call c
       join action a on a.municipality_id = c.municipality_id and a.id = c.action_id
     where c.municipality_id = $1 and a.program = $2 order by c.id",
);
const ACTIONS: Sql = sql(
    "action",
    "select id, body, version, updated_at from action where municipality_id = $1 and program = $2 order by id",
);
const RUNS: Sql = sql(
    "assessment_run",
    "select r.id, r.body, r.version, r.updated_at from assessment_run r
       join call c on c.municipality_id = r.municipality_id and c.id = r.call_id
       join action a on a.municipality_id = c.municipality_id and a.id = c.action_id
     where r.municipality_id = $1 and a.program = $2 order by r.id desc limit $3",
);

fn installed(row: &Row) -> Result<InstalledProgram> {
    let body: Body = row.json("body")?;
    Ok(InstalledProgram {
        name: row.text("name")?,
        version: row.text("version")?,
        code_digest: row.text("code_digest")?,
        package_digest: row.text("package_digest")?,
        contract: row.text("contract")?,
        installed_at: row.at("installed_at")?,
        installed_by: body.installed_by,
        details: body.details,
    })
}

/// What was done with a program, read whole.
#[derive(Clone, Debug)]
pub struct ProgramHistory {
    /// Its actions, oldest first.
    pub actions: Vec<Versioned<Action>>,
    /// Their calls, oldest first.
    pub calls: Vec<Versioned<Call>>,
    /// Their assessment runs, newest first: at most as many as were asked for.
    pub runs: Vec<Versioned<AssessmentRun>>,
}

impl Scope {
    /// What became of every program, by name.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn program_uses(&self) -> Result<Vec<Versioned<ProgramUse>>> {
        let rows = self.db().all(&USES, args![self.municipality]).await?;
        rows.iter().map(versioned).collect()
    }

    /// What became of one program.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn program_use(&self, name: &str) -> Result<Option<Versioned<ProgramUse>>> {
        let row = self.db().optional(&USE, args![self.municipality, name]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Actions, calls and the last `runs` assessment runs of a program, in all its versions.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn program_history(&self, name: &str, runs: u32) -> Result<ProgramHistory> {
        let db = self.db();
        let actions = db.all(&ACTIONS, args![self.municipality, name]).await?;
        let calls = db.all(&CALLS, args![self.municipality, name]).await?;
        let runs = db.all(&RUNS, args![self.municipality, name, i64::from(runs)]).await?;
        Ok(ProgramHistory {
            actions: actions.iter().map(versioned).collect::<Result<_>>()?,
            calls: calls.iter().map(versioned).collect::<Result<_>>()?,
            runs: runs.iter().map(versioned).collect::<Result<_>>()?,
        })
    }

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
    /// Installs a program with its bytes. Installing the same package again changes nothing: `false`.
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
            blob.into_bytes().into(),
            Arg::json(&body)?,
            self.now.into(),
        ];
        Ok(self.run(&INSERT, values).await? > 0)
    }

    /// Writes down a program that was not there before.
    ///
    /// # Errors
    /// `Conflict` when it is there, or its package is not.
    pub async fn insert_program_use(&mut self, used: &ProgramUse) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            used.name.as_str().into(),
            Machine::name(used).into(),
            used.package.clone().into(),
            Arg::json(used)?,
            self.now.into(),
        ];
        self.run(&INSERT_USE, values).await.map(|_| ())
    }

    /// Writes down what became of a program.
    ///
    /// # Errors
    /// `Stale` when it changed since it was read.
    pub async fn update_program_use(&mut self, used: &ProgramUse, expected: i64) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            used.name.as_str().into(),
            expected.into(),
            Machine::name(used).into(),
            used.package.clone().into(),
            Arg::json(used)?,
            self.now.into(),
        ];
        crate::tx::fresh(self.run(&UPDATE_USE, values).await?, expected)
    }
}
