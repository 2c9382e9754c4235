//! The certificate of need: issued by a coordinator once nothing is open, signed by the municipality.

use chrono::Datelike as _;
use osn_core::certificate::{IssueError, NeedCertificate, SignedCertificate};
use osn_core::id::{CertificateId, RequestId};
use osn_core::request::RequestEvent;
use osn_core::state::Machine as _;
use osn_store::{Page, PageQuery, Versioned};

use crate::acts::network::following;
use crate::acts::{Acting, entry, requests};
use crate::auth::Right;
use crate::refusal::{Outcome, Refusal};

/// Issues the certificate of an examined request.
pub async fn issue(acting: &Acting, id: RequestId) -> Outcome<SignedCertificate> {
    let officer = acting.require(Right::IssueCertificates)?;
    let Versioned {
        value: mut request,
        version,
        ..
    } = requests::get(acting, id).await?;
    acting.check_version(version)?;
    let confirmation = acting
        .scope
        .confirmation(id)
        .await?
        .ok_or_else(|| Refusal::conflict("examination.missing"))?
        .value;
    NeedCertificate::check_issuable(&confirmation).map_err(|IssueError::OpenUnknowns { open }| {
        Refusal::conflict("certificate.open-unknowns").with("open", open)
    })?;
    let mut tx = acting.begin("certificate.issue").await?;
    // The number is taken inside the transaction: a certificate that is not issued takes none.
    let year = acting.zone().day(acting.now).year();
    let number = tx.next_number(&format!("certificate/{year}")).await?;
    let certificate = NeedCertificate {
        id: acting.app.new_id(CertificateId::new),
        municipality_id: acting.municipality().id,
        request_id: id,
        reference: format!("ΒΑ-{year}-{number:04}"),
        issued_at: acting.now,
        issued_by: officer.id,
        confirmation,
    };
    let outcome = certificate.confirmation.outcome;
    let refer_to = certificate.confirmation.refer_to.clone();
    request.state = request.state.apply(&RequestEvent::Certify {
        certificate: certificate.id,
        outcome,
        refer_to,
    })?;
    let canonical = certificate.canonical().map_err(Refusal::internal)?;
    let digest = NeedCertificate::digest(&canonical);
    let osn_store::Signature { signature, public_key } = acting.scope.sign(&digest).await?;
    let signed = SignedCertificate {
        certificate,
        digest,
        signature,
        public_key,
    };
    tx.update_request(&request, version).await?;
    tx.insert_certificate(&signed).await?;
    following::certified(acting, &mut tx, id, signed.certificate.id).await?;
    let details = serde_json::json!({ "reference": signed.certificate.reference, "outcome": outcome.name(), "digest": digest, "request": id });
    tx.journal(entry(
        "certificate.issue",
        "certificate",
        signed.certificate.id.uuid(),
        details,
    ));
    acting.commit(tx, &signed).await?;
    Ok(signed)
}

/// One certificate.
pub async fn get(acting: &Acting, id: CertificateId) -> Outcome<SignedCertificate> {
    acting.require(Right::SeeWork)?;
    acting
        .scope
        .certificate(id)
        .await?
        .ok_or_else(|| Refusal::not_found("certificate.unknown"))
}

/// Every certificate.
pub async fn list(acting: &Acting, query: PageQuery) -> Outcome<Page<SignedCertificate>> {
    acting.require(Right::SeeWork)?;
    Ok(acting.scope.certificates(query).await?)
}

/// What is wrong with a certificate that somebody presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// The digest is not that of its canonical form.
    #[error("the digest does not fit the certificate: it was changed")]
    Digest,
    /// The signature does not fit digest and key.
    #[error("the signature does not fit: it was changed, or signed with another key")]
    Signature,
}

/// Checks digest and signature of a certificate; needs no database.
pub fn verify(signed: &SignedCertificate) -> Result<(), Forged> {
    let canonical = signed.certificate.canonical().map_err(|_| Forged::Digest)?;
    if NeedCertificate::digest(&canonical) != signed.digest {
        return Err(Forged::Digest);
    }
    if osn_store::verify_signature(&signed.digest, &signed.signature, &signed.public_key) {
        Ok(())
    } else {
        Err(Forged::Signature)
    }
}
