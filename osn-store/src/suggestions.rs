//! Suggestions about records: their words and the contact of whoever wrote them are sealed; the contact goes when it is
//! no longer needed.

use std::fmt;

use osn_core::id::{MunicipalityId, OrganizationId, SuggestionId};
use osn_core::state::Machine as _;
use osn_core::upkeep::{RecordKind, Suggestion, SuggestionState};
use uuid::Uuid;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::keys::MunicipalityKeys;
use crate::page::{Page, PageQuery, Pages, Versioned, pages};
use crate::seal::Bound;
use crate::store::Scope;
use crate::tx::{Tx, fresh};
use crate::value::{Arg, Row, args};

/// A suggestion with what was written.
#[derive(Clone, PartialEq, Eq)]
pub struct SuggestionText {
    /// The suggestion.
    pub suggestion: Suggestion,
    /// What was written.
    pub words: String,
    /// How to reach whoever wrote it, while nobody has decided.
    pub contact: Option<String>,
}

impl fmt::Debug for SuggestionText {
    /// The words may name people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuggestionText")
            .field("suggestion", &self.suggestion)
            .finish_non_exhaustive()
    }
}

/// Which suggestions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuggestionFilter<'a> {
    /// Where they stand.
    pub state: Option<&'a str>,
    /// The body whose records they are about, by now.
    pub owner: Option<OrganizationId>,
    /// The record they are about.
    pub record: Option<(RecordKind, Uuid)>,
}

macro_rules! columns {
    () => {
        "id, body, sealed_words, sealed_contact, version, updated_at"
    };
}

const ONE: Sql = sql(
    "suggestion",
    concat!(
        "select ",
        columns!(),
        " from suggestion where municipality_id = $1 and id = $2"
    ),
);
const PAGE: Pages = pages!(
    "suggestion",
    columns!(),
    // Of a record that changed hands the new owner reads them; of one that was never kept here, whoever was asked.
    "and (state = $2 or $2 is null)
     and ($3 is null or coalesce((select record.owner_id from directory_record as record
       where record.municipality_id = suggestion.municipality_id and record.kind = suggestion.kind
         and record.id = suggestion.record_id and record.superseded_at is null), owner_id) = $3)
     and (kind = $4 or $4 is null) and (record_id = $5 or $5 is null)",
    "$6",
    "$7"
);
const INSERT: Sql = sql(
    "suggestion",
    "insert into suggestion (municipality_id, id, kind, record_id, owner_id, state, body, sealed_words, sealed_contact,
       version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)",
);
const DECIDE: Sql = sql(
    "suggestion",
    "update suggestion set state = $4, body = $5, sealed_contact = null, version = version + 1, updated_at = $6
     where municipality_id = $1 and id = $2 and version = $3",
);

fn bound<'a>(municipality: MunicipalityId, column: &'static str, id: &'a Uuid) -> Bound<'a> {
    Bound {
        municipality,
        table: "suggestion",
        column,
        row: id.as_bytes(),
    }
}

impl Scope {
    /// A suggestion with its words.
    ///
    /// # Errors
    /// When a database fails or the sealed bytes were changed.
    pub async fn suggestion(&self, id: SuggestionId) -> Result<Option<Versioned<SuggestionText>>> {
        let keys = self.keys().await?;
        let row = self.db().optional(&ONE, args![self.municipality, id]).await?;
        row.map(|row| self.open_suggestion(&keys, &row)).transpose()
    }

    /// Suggestions with their words, oldest first.
    ///
    /// # Errors
    /// When a database fails, sealed bytes were changed, or the cursor is not one of ours.
    pub async fn suggestions(
        &self,
        filter: SuggestionFilter<'_>,
        query: PageQuery,
    ) -> Result<Page<Versioned<SuggestionText>>> {
        let keys = self.keys().await?;
        let (kind, record) = filter
            .record
            .map_or((None, None), |(kind, id)| (Some(kind.name()), Some(id)));
        let args = args![self.municipality, filter.state, filter.owner, kind, record];
        PAGE.read(self.db(), args, &query, |row| self.open_suggestion(&keys, row))
            .await
    }

    fn open_suggestion(&self, keys: &MunicipalityKeys, row: &Row) -> Result<Versioned<SuggestionText>> {
        let id: Uuid = row.id("id")?;
        let open = |column: &'static str, sealed: &[u8]| {
            let plain = keys.seal.open(bound(self.municipality, column, &id), sealed)?;
            String::from_utf8(plain.to_vec()).map_err(|_| row.inconsistent(column))
        };
        let contact = row.get::<Option<Vec<u8>>>("sealed_contact")?;
        Ok(Versioned {
            value: SuggestionText {
                suggestion: row.json("body")?,
                words: open("sealed_words", &row.bytes("sealed_words")?)?,
                contact: contact.map(|sealed| open("sealed_contact", &sealed)).transpose()?,
            },
            version: row.int("version")?,
            updated_at: row.at("updated_at")?,
        })
    }
}

impl Tx {
    /// A new suggestion.
    ///
    /// # Errors
    /// When a database refuses.
    pub async fn insert_suggestion(&mut self, new: &SuggestionText) -> Result<()> {
        let keys = self.scope.keys().await?;
        let (municipality, id) = (self.municipality(), new.suggestion.id.uuid());
        let entropy = self.scope.entropy();
        let seal = |column, text: &str| {
            keys.seal
                .seal(entropy, bound(municipality, column, &id), text.as_bytes())
        };
        let words = seal("sealed_words", &new.words)?;
        let contact = new
            .contact
            .as_deref()
            .map(|text| seal("sealed_contact", text))
            .transpose()?;
        let suggestion = &new.suggestion;
        let values = vec![
            municipality.into(),
            id.into(),
            suggestion.kind.name().into(),
            suggestion.record_id.into(),
            suggestion.owner.into(),
            suggestion.state.name().into(),
            Arg::json(suggestion)?,
            words.into(),
            contact.filter(|_| suggestion.state == SuggestionState::Open).into(),
            self.now.into(),
        ];
        self.run(&INSERT, values).await.map(|_| ())
    }

    /// Somebody decided: the contact goes with the decision.
    ///
    /// # Errors
    /// `Stale` when somebody else was first.
    pub async fn decide_suggestion(&mut self, suggestion: &Suggestion, version: i64) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            suggestion.id.into(),
            version.into(),
            suggestion.state.name().into(),
            Arg::json(suggestion)?,
            self.now.into(),
        ];
        fresh(self.run(&DECIDE, values).await?, version)
    }
}
