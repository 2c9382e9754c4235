//! Values on their way in and out of rows: one codec per type for both databases.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use osn_core::time::{Instant, to_micros};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgRow, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteRow, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Postgres, Row as _, Sqlite, Type};
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// The text of every instant in `SQLite`: fixed width, so that the order of texts is the order of time.
const INSTANT: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// An argument of a statement; `None` is a typed NULL.
#[derive(Clone)]
pub(crate) enum Arg {
    Id(Option<Uuid>),
    Text(Option<String>),
    Int(Option<i64>),
    Bool(Option<bool>),
    Bytes(Option<Vec<u8>>),
    At(Option<Instant>),
    Day(Option<NaiveDate>),
    Json(Option<String>),
}

macro_rules! arg_from {
    ($($from:ty => $variant:ident: $value:ident => $to:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Self { Self::$variant(Some($to)) }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Self { Self::$variant(value.map(|$value| $to)) }
        }
    )*};
}

arg_from! {
    Uuid => Id: value => value;
    &str => Text: value => value.to_owned();
    String => Text: value => value;
    i64 => Int: value => value;
    i32 => Int: value => i64::from(value);
    u32 => Int: value => i64::from(value);
    u16 => Int: value => i64::from(value);
    bool => Bool: value => value;
    Vec<u8> => Bytes: value => value;
    &[u8] => Bytes: value => value.to_vec();
    [u8; 32] => Bytes: value => value.to_vec();
    [u8; 16] => Bytes: value => value.to_vec();
    Instant => At: value => value;
    NaiveDate => Day: value => value;
}

/// Every typed identifier of the house, in and out.
macro_rules! ids {
    ($($id:ident),*) => {$(
        impl FromUuid for osn_core::id::$id {
            fn from_uuid(uuid: Uuid) -> Self { Self::new(uuid) }
        }
        impl From<osn_core::id::$id> for Arg {
            fn from(id: osn_core::id::$id) -> Self { Self::Id(Some(id.uuid())) }
        }
        impl From<Option<osn_core::id::$id>> for Arg {
            fn from(id: Option<osn_core::id::$id>) -> Self { Self::Id(id.map(osn_core::id::$id::uuid)) }
        }
    )*};
}

ids!(
    RecallId,
    StockEntryId,
    EvaluationId,
    MunicipalityId,
    AccountId,
    OrganizationId,
    RequestId,
    CertificateId,
    OperationId,
    ActionId,
    CallId,
    ApplicationId,
    PersonId,
    AssessmentRunId,
    DecisionId,
    SelectionId,
    AwardId,
    DeliveryId,
    JobId,
    MessageId,
    RecordConfirmationId,
    ReminderId,
    SuggestionId,
    SubscriptionId,
    ImportId,
    GapId,
    ContributionId,
    ExtensionId,
    ReferralId,
    MeetingId,
    MemberId,
    PracticeId,
    OverrulingId,
    InterventionId,
    EmergencyId,
    CeilingId,
    ProposalId,
    NoteId,
    RequestFileId,
    PlannedActionId,
    ExpenseId,
    SupplierId,
    ContractId,
    BudgetLineId,
    ReallocationId,
    CommitmentId,
    ClaimId,
    JudgementId,
    IrregularityId,
    OpinionId
);

impl Arg {
    /// A document, as JSON.
    pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        serde_json::to_string(value)
            .map(|text| Self::Json(Some(text)))
            .map_err(|_| StoreError::OutOfRange("body"))
    }
}

/// The arguments of one statement, converted.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Arg::from($value)),*] };
}
pub(crate) use args;

/// An instant in a row.
pub(crate) struct At(pub(crate) Instant);

impl Type<Sqlite> for At {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for At {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        let text = self.0.format(INSTANT).to_string();
        if text.len() != 27 {
            return Err("the instant lies outside the years 0 to 9999".into());
        }
        Encode::<Sqlite>::encode(text, buf)
    }
}

impl<'r> Decode<'r, Sqlite> for At {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = <&str as Decode<Sqlite>>::decode(value)?;
        if text.len() != 27 {
            return Err("an instant has 27 characters".into());
        }
        Ok(Self(NaiveDateTime::parse_from_str(text, INSTANT)?.and_utc()))
    }
}

impl Type<Postgres> for At {
    fn type_info() -> PgTypeInfo {
        <Instant as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for At {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(to_micros(self.0), buf)
    }
}

impl<'r> Decode<'r, Postgres> for At {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <DateTime<chrono::Utc> as Decode<Postgres>>::decode(value).map(Self)
    }
}

impl PgHasArrayType for At {
    fn array_type_info() -> PgTypeInfo {
        <Instant as PgHasArrayType>::array_type_info()
    }
}

/// A JSON document in a row: TEXT and JSONB.
pub(crate) struct JsonText(pub(crate) String);

/// `pg_type.oid` of `jsonb` and of its array.
const JSONB: Oid = Oid(3802);
const JSONB_ARRAY: Oid = Oid(3807);

impl Type<Sqlite> for JsonText {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for JsonText {
    fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode_by_ref(&self.0, buf)
    }

    fn encode(self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0, buf)
    }
}

impl<'r> Decode<'r, Sqlite> for JsonText {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        <String as Decode<Sqlite>>::decode(value).map(Self)
    }
}

impl Type<Postgres> for JsonText {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(JSONB)
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        ty.oid() == Some(JSONB)
    }
}

impl PgHasArrayType for JsonText {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(JSONB_ARRAY)
    }
}

impl Encode<'_, Postgres> for JsonText {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // The wire form of jsonb is a version byte and the text.
        buf.push(1);
        buf.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

impl<'r> Decode<'r, Postgres> for JsonText {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let format = value.format();
        let bytes = value.as_bytes()?;
        let text = match (format, bytes.split_first()) {
            (PgValueFormat::Binary, Some((1, text))) => text,
            (PgValueFormat::Binary, _) => return Err("unknown version of jsonb".into()),
            (PgValueFormat::Text, _) => bytes,
        };
        Ok(Self(std::str::from_utf8(text)?.to_owned()))
    }
}

/// A row of either database, with the table it came from, so that an inconsistency can be named.
pub(crate) struct Row {
    table: &'static str,
    cells: Cells,
}

pub(crate) enum Cells {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Cells {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Cells {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

/// What a cell of either database can be read as.
pub(crate) trait Cell:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}
impl<T> Cell for T where T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> {}

impl Row {
    pub(crate) fn new(table: &'static str, cells: impl Into<Cells>) -> Self {
        Self {
            table,
            cells: cells.into(),
        }
    }

    fn cell<T: Cell>(&self, column: &'static str) -> Result<T, sqlx::Error> {
        match &self.cells {
            Cells::Sqlite(row) => row.try_get(column),
            Cells::Postgres(row) => row.try_get(column),
        }
    }

    /// A cell; what cannot be read is named by table, column and id.
    pub(crate) fn get<T: Cell>(&self, column: &'static str) -> Result<T> {
        self.cell(column).map_err(|_| self.inconsistent(column))
    }

    /// The row cannot be understood because of this column.
    pub(crate) fn inconsistent(&self, column: &'static str) -> StoreError {
        let id = self
            .cell::<Uuid>("id")
            .map_or_else(|_| "?".to_owned(), |id| id.to_string());
        StoreError::Inconsistent {
            table: self.table,
            column,
            id,
        }
    }

    pub(crate) fn id<T: FromUuid>(&self, column: &'static str) -> Result<T> {
        self.get::<Uuid>(column).map(T::from_uuid)
    }

    pub(crate) fn opt_id<T: FromUuid>(&self, column: &'static str) -> Result<Option<T>> {
        Ok(self.get::<Option<Uuid>>(column)?.map(T::from_uuid))
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String> {
        self.get(column)
    }

    pub(crate) fn int(&self, column: &'static str) -> Result<i64> {
        self.get(column)
    }

    /// A number that must fit a narrower type.
    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T> {
        T::try_from(self.int(column)?).map_err(|_| self.inconsistent(column))
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool> {
        self.get(column)
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>> {
        self.get(column)
    }

    /// Bytes of a fixed length: digests and hashes.
    pub(crate) fn array<const N: usize>(&self, column: &'static str) -> Result<[u8; N]> {
        self.bytes(column)?.try_into().map_err(|_| self.inconsistent(column))
    }

    pub(crate) fn at(&self, column: &'static str) -> Result<Instant> {
        self.get::<At>(column).map(|at| at.0)
    }

    pub(crate) fn opt_at(&self, column: &'static str) -> Result<Option<Instant>> {
        Ok(self.get::<Option<At>>(column)?.map(|at| at.0))
    }

    pub(crate) fn day(&self, column: &'static str) -> Result<NaiveDate> {
        self.get(column)
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        let text = self.get::<JsonText>(column)?;
        serde_json::from_str(&text.0).map_err(|_| self.inconsistent(column))
    }

    pub(crate) fn opt_json<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>> {
        self.get::<Option<JsonText>>(column)?
            .map(|text| serde_json::from_str(&text.0).map_err(|_| self.inconsistent(column)))
            .transpose()
    }
}

/// Identifiers from the UUID in a row.
pub(crate) trait FromUuid {
    fn from_uuid(uuid: Uuid) -> Self;
}

impl FromUuid for Uuid {
    fn from_uuid(uuid: Self) -> Self {
        uuid
    }
}

/// Binds every argument to a query of either database.
macro_rules! bind_all {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Id(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Bool(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value),
                Arg::At(value) => query.bind(value.map($crate::value::At)),
                Arg::Day(value) => query.bind(value),
                Arg::Json(value) => query.bind(value.map($crate::value::JsonText)),
            };
        }
        query
    }};
}
pub(crate) use bind_all;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_texts_is_the_order_of_time() {
        let times: Vec<Instant> = [
            "0001-01-01T00:00:00Z",
            "2022-08-19T14:00:00Z",
            "2022-08-19T14:00:00.000001Z",
            "2022-08-19T14:00:00.100Z",
            "2022-08-19T14:00:01Z",
            "9999-12-31T23:59:59.999999Z",
        ]
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
        let texts: Vec<String> = times.iter().map(|at| at.format(INSTANT).to_string()).collect();
        assert!(texts.iter().all(|text| text.len() == 27), "{texts:?}");
        assert!(texts.windows(2).all(|pair| pair[0] < pair[1]), "{texts:?}");
        for (at, text) in times.iter().zip(&texts) {
            assert_eq!(NaiveDateTime::parse_from_str(text, INSTANT).unwrap().and_utc(), *at);
        }
    }
}
