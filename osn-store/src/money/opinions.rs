//! Scientific opinions, by what they are about.

use osn_core::expenditure::{OpinionSubject, ScientificOpinion};
use osn_core::id::OpinionId;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Versioned, document, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

const ONE: Sql = document!("scientific_opinion");
const ABOUT: Sql = sql(
    "scientific_opinion",
    "select id, body, version, updated_at from scientific_opinion where municipality_id = $1 and about = $2 order by id",
);
const INSERT: Sql = sql(
    "scientific_opinion",
    "insert into scientific_opinion (municipality_id, id, about, state, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 1, $6, $6)",
);

impl Scope {
    /// An opinion.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn opinion(&self, id: OpinionId) -> Result<Option<Versioned<ScientificOpinion>>> {
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Opinions on one subject, oldest first.
    ///
    /// # Errors
    /// When the database fails or a row cannot be understood.
    pub async fn opinions(&self, subject: &OpinionSubject) -> Result<Vec<Versioned<ScientificOpinion>>> {
        let rows = self.db().all(&ABOUT, args![self.municipality, subject.key()]).await?;
        rows.iter().map(versioned).collect()
    }
}

impl Tx {
    /// Keeps an opinion; it never changes.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_opinion(&mut self, new: &ScientificOpinion) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            new.id.into(),
            new.subject.key().into(),
            new.outcome.name().into(),
            Arg::json(new)?,
            self.now.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }
}
