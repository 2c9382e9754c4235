//! A page of the server as a document on paper: tagged PDF/UA-1 and PDF/A-3a, set by Typst.
//!
//! Typst and what it needs take longer to build than the rest of the house, so that nothing links this crate: the server
//! hands an [`Order`] as JSON to the command `osn-pdf` and gets the bytes back. A document that is too much for
//! it costs one process and no more.

mod world;

use osn_paper::Order;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use world::Sheet;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// What came in is no document.
    #[error("the document cannot be read: {0}")]
    Input(#[from] serde_json::Error),
    /// The typesetter refused; its words name the part of our template, never what a person wrote.
    #[error("the document cannot be set: {0}")]
    Set(String),
    /// The day and hour of the file are none.
    #[error("`made_at` is no point in time")]
    MadeAt,
}

/// Sets a document.
///
/// # Errors
/// When the document breaks a rule of PDF/UA-1 or PDF/A-3a, or `made_at` is no point in time.
pub fn set(order: Order) -> Result<Vec<u8>, PdfError> {
    let (year, month, day, hour, minute, second) = order.made_at;
    let at = Datetime::from_ymd_hms(year, month, day, hour, minute, second).ok_or(PdfError::MadeAt)?;
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|refused| PdfError::Set(refused.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Auto,
        creator: Smart::Custom(Some("Open Social Net".to_owned())),
        timestamp: Some(Timestamp::new_utc(at)),
        standards,
        ..PdfOptions::default()
    };
    let sheet = Sheet::new(order.document)?;
    let pages: PagedDocument = typst::compile(&sheet).output.map_err(said)?;
    typst_pdf::pdf(&pages, &options).map_err(said)
}

fn said(problems: impl IntoIterator<Item = SourceDiagnostic>) -> PdfError {
    let all: Vec<String> = problems
        .into_iter()
        .map(|problem| problem.message.to_string())
        .collect();
    PdfError::Set(all.join("; "))
}
