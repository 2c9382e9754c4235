//! Certificates of need: the list, and the certificate as a page that can be printed and checked.

use axum::extract::Path;
use axum::response::Response;
use osn_core::certificate::SignedCertificate;
use osn_core::coverage::NeedOutcome;
use osn_core::id::CertificateId;
use osn_core::state::Machine as _;
use osn_paper::Attached;
use osn_store::PageQuery;

use super::chain::{self, At};
use super::{Asked, examined, head, id, standing};
use crate::acts::{Acting, actions, certificate, requests};
use crate::auth::Right;
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::part::{Block, Cell, Fact, Facts, Row, StaffPage, Table};
use crate::pages::reader::Reader;
use crate::pages::{paper, show, shown};
use crate::refusal::{Outcome, Refusal};

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("certificates-title", Section::Certificates);
    let found = certificate::list(&acting, asked.query()).await?;
    let mut rows = Vec::new();
    for signed in &found.items {
        rows.push(row(&acting, &p, signed).await?);
    }
    let mut page = StaffPage::new(p.clone())
        .subtitled(p.tc("certificates-count", found.total))
        .block(Block::Table(Table {
            caption: p.t("certificates-title"),
            head: head(
                &p,
                [
                    ("column-certificate", false),
                    ("column-request", false),
                    ("column-outcome", false),
                    ("column-residual", true),
                    ("column-issued", false),
                ],
            ),
            rows,
            empty: p.t("certificates-none"),
        }));
    page.pager = asked.pager(&p, "/staff/certificates", found.next);
    Ok(show(&page))
}

async fn row(acting: &Acting, p: &Page, signed: &SignedCertificate) -> Outcome<Row> {
    let certificate = &signed.certificate;
    let request = acting
        .scope
        .request(certificate.request_id)
        .await?
        .map(|request| p.text(&request.value.title))
        .unwrap_or_default();
    Ok(Row::new(vec![
        Cell::head(certificate.reference.clone()).link(p.url(&format!("/staff/certificates/{}", certificate.id))),
        Cell::new(request),
        Cell::tag(shown::outcome_tag(p, certificate.confirmation.outcome)),
        Cell::number(p.number(certificate.confirmation.outcome.residual().into())),
        Cell::new(p.day(p.zone.day(certificate.issued_at))),
    ]))
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id: CertificateId = id(&text, "certificate.unknown")?;
    let signed = certificate::get(&acting, id).await?;
    let mut page = document(&acting, &p, &signed).await?;
    let p = page.p.clone();
    page.back = Some((p.t("certificates-title"), p.url("/staff/certificates")));
    page.chain = chain::of_certificate(&acting, &p, &signed, At::Certificate).await?;
    page.blocks.push(Block::Link(
        p.t("certificate-download"),
        format!("/api/v1/certificates/{id}/document"),
    ));
    if acting.app.press().stands() {
        let pdf = p.url(&format!("/staff/certificates/{id}/pdf"));
        page.blocks.push(Block::Link(p.t("certificate-pdf"), pdf));
    }
    page.blocks.push(Block::Print);
    page.blocks.push(super::network::trace_link(&p, "certificate", id));
    page.blocks.extend(actions_of(&acting, &p, &signed).await?);
    Ok(show(&page))
}

/// The same on paper, with the signed file inside.
pub(super) async fn pdf(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let id: CertificateId = id(&text, "certificate.unknown")?;
    let signed = certificate::get(&acting, id).await?;
    let page = document(&acting, &p, &signed).await?;
    let inside = Attached {
        name: format!("certificate-{id}.json"),
        media_type: "application/json".to_owned(),
        description: page.p.t("certificate-inside"),
        text: serde_json::to_string(&signed).map_err(Refusal::internal)?,
    };
    let issued_at = signed.certificate.issued_at;
    let name = format!("certificate-{id}");
    paper::answer(&acting.app, &page, issued_at, vec![inside], &name).await
}

/// What the certificate says, on a page and on paper.
async fn document(acting: &Acting, p: &Page, signed: &SignedCertificate) -> Outcome<StaffPage> {
    let inner = &signed.certificate;
    let mapped = acting.mapping().await?;
    // The certificate speaks of the mapping as it was; terms and bodies are named as they are now.
    let directory = &mapped.directory;
    let p = p
        .clone()
        .titled(p.t1("certificate-title", "reference", &inner.reference))
        .within(Section::Certificates);
    let request = requests::get(acting, inner.request_id)
        .await
        .ok()
        .map(|request| request.value);
    let title = request
        .as_ref()
        .map(|request| p.text(&request.title))
        .unwrap_or_default();
    let mut page = StaffPage::new(p.clone())
        .subtitled(title)
        .tagged(shown::outcome_tag(&p, inner.confirmation.outcome));
    page.blocks.push(Block::Text(both(
        acting,
        request.as_ref().map(|request| &request.title),
    )));
    page.blocks
        .push(examined::need(&p, directory, &inner.confirmation.need));
    page.blocks.extend(examined::blocks(&p, directory, &inner.confirmation));
    page.blocks
        .extend(standing::options_block(acting, &p, directory, &inner.confirmation).await?);
    page.blocks.extend(signature(acting, &p, signed).await?);
    Ok(page)
}

/// The request's title in both languages: the certificate travels to people who read one of them.
fn both(acting: &Acting, title: Option<&osn_core::lang::LocalText>) -> String {
    let body = &acting.municipality().name;
    let said = |lang: &str| [body.get(lang), title.map_or("", |title| title.get(lang))].join(" · ");
    if title.is_some_and(|title| title.has("el") && title.has("en")) {
        format!("{} — {}", said("el"), said("en"))
    } else {
        said("el")
    }
}

async fn signature(acting: &Acting, p: &Page, signed: &SignedCertificate) -> Outcome<Vec<Block>> {
    let by = super::person(acting, signed.certificate.issued_by).await?;
    let facts = vec![
        Fact::text(
            p.t("certificate-issued-at"),
            p.moment_in_words(signed.certificate.issued_at),
        ),
        Fact::text(p.t("certificate-issued-by"), by),
        Fact::new(p.t("certificate-digest"), Cell::new(signed.digest.to_string()).code()),
        Fact::new(p.t("certificate-signature"), Cell::new(signed.signature.clone()).code()),
        Fact::new(p.t("certificate-key"), Cell::new(signed.public_key.clone()).code()),
        Fact::text(p.t("certificate-check"), p.t("certificate-check-text")),
    ];
    Ok(vec![
        Block::Heading(p.t("certificate-signed")),
        Block::Facts(Facts { facts }),
    ])
}

/// The actions that cite it, and the way to plan one.
async fn actions_of(acting: &Acting, p: &Page, signed: &SignedCertificate) -> Outcome<Vec<Block>> {
    if signed.certificate.confirmation.outcome == NeedOutcome::Covered {
        return Ok(Vec::new());
    }
    let found = actions::list(
        acting,
        PageQuery {
            limit: 200,
            after: None,
        },
    )
    .await?;
    let citing = found
        .items
        .iter()
        .filter(|action| action.value.certificates().any(|id| id == signed.certificate.id));
    let rows = citing.map(|action| {
        let name = Cell::head(p.text(&action.value.name)).link(p.url(&format!("/staff/actions/{}", action.value.id)));
        Row::new(vec![
            name,
            Cell::tag(shown::state(p, "action", action.value.state.name())),
        ])
    });
    let mut blocks = vec![Block::Table(Table {
        caption: p.t("certificate-actions"),
        head: head(p, [("column-action", false), ("column-state", false)]),
        rows: rows.collect(),
        empty: p.t("certificate-no-actions"),
    })];
    if acting.actor.may(Right::PlanActions) {
        let propose = format!("/staff/proposals/new?certificate={}", signed.certificate.id);
        blocks.push(Block::Link(p.t("proposal-new"), p.url(&propose)));
        blocks.push(Block::Link(
            p.t("action-new"),
            p.url(&format!("/staff/actions/new?certificate={}", signed.certificate.id)),
        ));
    }
    Ok(blocks)
}

/// Certificates by their references, each leading to its page.
pub(super) async fn named(
    acting: &Acting,
    p: &Page,
    ids: impl IntoIterator<Item = CertificateId>,
) -> Outcome<Vec<Cell>> {
    let mut cells = Vec::new();
    for id in ids {
        let signed = acting.scope.certificate(id).await?;
        let reference = signed.map_or_else(|| p.t("record-is-gone"), |signed| signed.certificate.reference);
        cells.push(Cell::new(reference).link(p.url(&format!("/staff/certificates/{id}"))));
    }
    Ok(cells)
}
