//! Requests, their examination, and certificates of need.

use osn_core::certificate::SignedCertificate;
use osn_core::coverage::Confirmation;
use osn_core::id::{CertificateId, RequestId};
use osn_core::request::SupportRequest;
use osn_core::state::Machine as _;

use crate::db::{Sql, sql};
use crate::error::Result;
use crate::page::{Page, PageQuery, Pages, Versioned, document, pages, update, versioned};
use crate::store::Scope;
use crate::tx::Tx;
use crate::value::{Arg, args};

const REQUEST: Sql = document!("support_request");
const REQUESTS: Pages = pages!(
    "support_request",
    "id, body, version, updated_at",
    "and (state = $2 or $2 is null)",
    "$3",
    "$4"
);
const INSERT_REQUEST: Sql = sql(
    "support_request",
    "insert into support_request
     (municipality_id, id, organization_id, state, body, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 1, $6, $6)",
);
const UPDATE_REQUEST: Sql = update!("support_request");
const CONFIRMATION: Sql = sql(
    "confirmation",
    "select request_id as id, body, version, updated_at from confirmation
     where municipality_id = $1 and request_id = $2",
);
const SAVE_CONFIRMATION: Sql = sql(
    "confirmation",
    "insert into confirmation (municipality_id, request_id, body, version, updated_at) values ($1, $2, $3, 1, $4)
     on conflict (municipality_id, request_id)
     do update set body = $3, version = confirmation.version + 1, updated_at = $4",
);
const CERTIFICATE: Sql = sql(
    "certificate",
    "select id, body from certificate where municipality_id = $1 and id = $2",
);
const CERTIFICATE_OF: Sql = sql(
    "certificate",
    "select id, body from certificate where municipality_id = $1 and request_id = $2",
);
const CERTIFICATES: Pages = pages!("certificate", "id, body", "", "$2", "$3");
const INSERT_CERTIFICATE: Sql = sql(
    "certificate",
    "insert into certificate (municipality_id, id, request_id, reference, digest, body, issued_at)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

impl Scope {
    /// A request.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn request(&self, id: RequestId) -> Result<Option<Versioned<SupportRequest>>> {
        let row = self.db().optional(&REQUEST, args![self.municipality, id]).await?;
        row.as_ref().map(versioned).transpose()
    }

    /// Requests, oldest first, in one state or all.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn requests(&self, state: Option<&str>, query: PageQuery) -> Result<Page<Versioned<SupportRequest>>> {
        REQUESTS
            .read(self.db(), args![self.municipality, state], &query, versioned)
            .await
    }

    /// The last examination of a request.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn confirmation(&self, request: RequestId) -> Result<Option<Versioned<Confirmation>>> {
        let row = self
            .db()
            .optional(&CONFIRMATION, args![self.municipality, request])
            .await?;
        row.as_ref().map(versioned).transpose()
    }

    /// A certificate.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn certificate(&self, id: CertificateId) -> Result<Option<SignedCertificate>> {
        let row = self.db().optional(&CERTIFICATE, args![self.municipality, id]).await?;
        row.map(|row| row.json("body")).transpose()
    }

    /// The certificate that answers a request.
    ///
    /// # Errors
    /// When the database fails or the row cannot be understood.
    pub async fn certificate_of(&self, request: RequestId) -> Result<Option<SignedCertificate>> {
        let row = self
            .db()
            .optional(&CERTIFICATE_OF, args![self.municipality, request])
            .await?;
        row.map(|row| row.json("body")).transpose()
    }

    /// Certificates, oldest first.
    ///
    /// # Errors
    /// When the database fails or the cursor is not one of ours.
    pub async fn certificates(&self, query: PageQuery) -> Result<Page<SignedCertificate>> {
        CERTIFICATES
            .read(self.db(), args![self.municipality], &query, |row| row.json("body"))
            .await
    }
}

impl Tx {
    /// A new request.
    ///
    /// # Errors
    /// `Conflict` when the id is taken.
    pub async fn insert_request(&mut self, request: &SupportRequest) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            request.id.into(),
            request.organization_id.into(),
            request.state.name().into(),
            Arg::json(request)?,
            self.now.into(),
        ];
        self.run(&INSERT_REQUEST, values).await.map(|_| ())
    }

    /// Changes a request that still has the version that was read.
    ///
    /// # Errors
    /// `Stale` when somebody else changed it.
    pub async fn update_request(&mut self, request: &SupportRequest, version: i64) -> Result<()> {
        self.update(
            &UPDATE_REQUEST,
            request.id.uuid(),
            version,
            request.state.name(),
            request,
        )
        .await
    }

    /// Keeps the last examination of a request.
    ///
    /// # Errors
    /// `Conflict` when there is no such request.
    pub async fn save_confirmation(&mut self, request: RequestId, confirmation: &Confirmation) -> Result<()> {
        let values = vec![
            self.municipality().into(),
            request.into(),
            Arg::json(confirmation)?,
            self.now.into(),
        ];
        self.run(&SAVE_CONFIRMATION, values).await.map(|_| ())
    }

    /// Keeps a signed certificate; it never changes again.
    ///
    /// # Errors
    /// `Conflict` when its reference is taken or the request has one already.
    pub async fn insert_certificate(&mut self, signed: &SignedCertificate) -> Result<()> {
        let certificate = &signed.certificate;
        let values = vec![
            self.municipality().into(),
            certificate.id.into(),
            certificate.request_id.into(),
            certificate.reference.as_str().into(),
            signed.digest.into_bytes().into(),
            Arg::json(signed)?,
            certificate.issued_at.into(),
        ];
        self.run(&INSERT_CERTIFICATE, values).await.map(|_| ())
    }

    /// The next number of a gapless series, e.g. of certificates in a year: taken with this transaction or not at all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_number(&mut self, series: &str) -> Result<i64> {
        let municipality = self.municipality();
        crate::db::next_numbers(&mut self.inner, municipality.into(), series, 1).await
    }
}
