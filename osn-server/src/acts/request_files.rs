//! Papers beside a request: kept sealed, named by their digest, read by the request's body and the team.

use osn_core::canonical::Digest;
use osn_core::id::{AccountId, RequestFileId, RequestId};
use osn_core::request::{RequestState, SupportRequest};
use osn_core::time::Instant;
use osn_store::RequestFile;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::acts::{Acting, entry, requests};
use crate::auth::Right;
use crate::refusal::{Kind, Outcome, Refusal};

/// Bytes of one paper that are taken.
pub const FILE_LIMIT: usize = 8 << 20;
/// Papers that one request takes.
const MOST: usize = 20;
/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// A paper as it is shown, without its bytes.
#[derive(Clone, Serialize, JsonSchema)]
pub struct RequestFileView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: RequestFileId,
    /// Name of the file.
    pub name: String,
    /// `application/pdf`, `image/png`, `image/jpeg`.
    pub media: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Who attached it.
    #[schemars(with = "uuid::Uuid")]
    pub by: AccountId,
    /// When.
    pub at: Instant,
}

impl std::fmt::Debug for RequestFileView {
    /// A name of a file may name people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestFileView")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl From<RequestFile> for RequestFileView {
    fn from(file: RequestFile) -> Self {
        Self {
            id: file.id,
            name: file.name,
            media: file.media,
            size: file.size,
            sha256: file.digest.to_string(),
            by: file.by,
            at: file.at,
        }
    }
}

/// What the first bytes say that a paper is; nothing where it is none of the kinds that are taken.
fn media(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 3] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
    ];
    let found = KINDS.iter().find(|(start, _)| bytes.starts_with(start));
    found.map(|(_, media)| *media)
}

/// The last part of the name that the sender's machine gave, without what could write a header or a path.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().filter(|c| !c.is_control() && !matches!(c, '"' | ';'));
    kept.take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

/// The request, for whoever takes part in it: its body and the team. Others find none.
async fn taking_part(acting: &Acting, id: RequestId) -> Outcome<SupportRequest> {
    acting.require(Right::WriteRequests)?;
    Ok(requests::get(acting, id).await?.value)
}

/// The papers beside a request, in the order in which they came.
pub async fn list(acting: &Acting, id: RequestId) -> Outcome<Vec<RequestFileView>> {
    taking_part(acting, id).await?;
    let files = acting.scope.request_files(id).await?;
    Ok(files.into_iter().map(RequestFileView::from).collect())
}

/// Attaches a paper.
pub async fn attach(acting: &Acting, id: RequestId, name: &str, bytes: &[u8]) -> Outcome<RequestFileView> {
    let by = acting.require(Right::WriteRequests)?.id;
    let request = taking_part(acting, id).await?;
    if matches!(request.state, RequestState::Withdrawn { .. }) {
        return Err(Refusal::conflict("request.withdrawn"));
    }
    if bytes.is_empty() {
        return Err(Refusal::field("/file", "required"));
    }
    if bytes.len() > FILE_LIMIT {
        return Err(Refusal::new(Kind::TooLarge, "request.too-large"));
    }
    let media = media(bytes).ok_or_else(|| Refusal::field("/file", "file-of-no-kind"))?;
    let files = acting.scope.request_files(id).await?;
    let digest = Digest::from_bytes(Sha256::digest(bytes).into());
    if files.iter().any(|file| file.digest == digest) {
        return Err(Refusal::field("/file", "file-twice"));
    }
    if files.len() >= MOST {
        return Err(Refusal::field("/file", "files-too-many"));
    }
    let name = Some(plain_name(name)).filter(|name| !name.is_empty());
    let file = RequestFile {
        id: acting.app.new_id(RequestFileId::new),
        request: id,
        by,
        name: name.unwrap_or_else(|| media.rsplit('/').next().unwrap_or_default().to_owned()),
        media: media.to_owned(),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        digest,
        at: acting.now,
    };
    let mut tx = acting.begin("request.file").await?;
    tx.insert_request_file(&file, bytes).await?;
    let details = serde_json::json!({ "sha256": digest, "size": file.size });
    tx.journal(entry("request.file", "request", id.uuid(), details));
    let view = RequestFileView::from(file);
    acting.commit(tx, &view).await?;
    Ok(view)
}

async fn one(acting: &Acting, id: RequestId, file: RequestFileId) -> Outcome<RequestFile> {
    let files = acting.scope.request_files(id).await?;
    let found = files.into_iter().find(|kept| kept.id == file);
    found.ok_or_else(|| Refusal::not_found("request-file.unknown"))
}

/// The bytes of a paper. It may name people, so its reading is an entry of the journal.
pub async fn read(acting: &Acting, id: RequestId, file: RequestFileId) -> Outcome<(RequestFile, Vec<u8>)> {
    taking_part(acting, id).await?;
    let found = one(acting, id, file).await?;
    let bytes = acting.scope.request_file_bytes(file).await?;
    let mut tx = acting.begin("request.file-read").await?;
    let details = serde_json::json!({ "sha256": found.digest });
    tx.journal(entry("request.file-read", "request", id.uuid(), details));
    tx.commit().await?;
    Ok((found, bytes))
}

/// Removes a paper with its bytes, as long as nothing was certified with it: whoever attached it, or the team.
pub async fn remove(acting: &Acting, id: RequestId, file: RequestFileId) -> Outcome<()> {
    let officer = acting.require(Right::WriteRequests)?;
    let request = taking_part(acting, id).await?;
    let found = one(acting, id, file).await?;
    if officer.is_bound() && found.by != officer.id {
        return Err(Refusal::new(Kind::Forbidden, "access.forbidden"));
    }
    if matches!(
        request.state,
        RequestState::Confirmed { .. } | RequestState::Covered { .. }
    ) {
        return Err(Refusal::conflict("request.certified"));
    }
    let mut tx = acting.begin("request.file-remove").await?;
    tx.remove_request_file(file).await?;
    let details = serde_json::json!({ "sha256": found.digest });
    tx.journal(entry("request.file-remove", "request", id.uuid(), details));
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_what_its_first_bytes_say_and_its_name_is_harmless() {
        assert_eq!(media(b"%PDF-1.7 ..."), Some("application/pdf"));
        assert_eq!(media(b"\x89PNG\r\n\x1a\n.."), Some("image/png"));
        assert_eq!(media(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        for other in [&b""[..], b"PK\x03\x04", b"<html>", b"MZ", b" %PDF-1.7"] {
            assert_eq!(media(other), None);
        }
        for (given, kept) in [
            ("C:\\Έγγραφα\\αίτηση.pdf", "αίτηση.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nSet-Cookie: x\".pdf", "aSet-Cookie: x.pdf"),
            ("  ", ""),
        ] {
            assert_eq!(plain_name(given), kept);
        }
        assert_eq!(plain_name(&"α".repeat(400)).chars().count(), LONGEST_NAME);
    }
}
