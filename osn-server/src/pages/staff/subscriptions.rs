//! Subscriptions: what a body wants to hear of, begun and ended.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::directory::{Directory, Taxonomy, TermCode};
use osn_core::id::SubscriptionId;
use osn_store::PageQuery;

use super::id;
use super::records::{body_field, plain};
use crate::acts::Acting;
use crate::acts::upkeep::digests::{self as acts, NewSubscription, SubscriptionView};
use crate::auth::Officer;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Act, Block, Fact, Facts, StaffPage};
use crate::pages::public::choices;
use crate::pages::reader::Reader;
use crate::pages::{mend, onward, show, show_with, shown, typed};
use crate::refusal::Outcome;

pub(super) async fn list(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("subscriptions-title", Section::Subscriptions);
    let mapped = acting.mapping().await?;
    let form = form(&acting, &p, &mapped.directory);
    Ok(show(&page(&acting, p, form).await?))
}

async fn page(acting: &Acting, p: Page, form: FormView) -> Outcome<StaffPage> {
    let mapped = acting.mapping().await?;
    let directory = &mapped.directory;
    let found = acts::list(acting, PageQuery::first()).await?;
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("subscriptions-count", found.total));
    for view in found.items.iter().map(|read| &read.value) {
        page.blocks.extend(blocks(&p, directory, view));
    }
    page.blocks.push(Block::Heading(p.t("subscription-new")));
    page.blocks.push(Block::Form(Box::new(form)));
    Ok(page)
}

fn blocks(p: &Page, directory: &Directory, view: &SubscriptionView) -> [Block; 3] {
    let body = directory.organization(view.organization_id);
    let terms = |codes: &[String]| {
        let codes: Vec<TermCode> = codes.iter().map(TermCode::new).collect();
        if codes.is_empty() {
            p.t("subscription-all")
        } else {
            shown::terms(p, directory, &codes)
        }
    };
    let facts = vec![
        Fact::text(p.t("record-field-categories"), terms(&view.categories)),
        Fact::text(p.t("record-field-areas"), terms(&view.areas)),
    ];
    let end = Act::new(
        p.url(&format!("/staff/subscriptions/{}/end", view.id)),
        p.t("subscription-end"),
    );
    [
        Block::Heading(body.map(|body| p.text(&body.name)).unwrap_or_default()),
        Block::Facts(Facts { facts }),
        Block::Acts(vec![end.secondary()]),
    ]
}

fn form(acting: &Acting, p: &Page, directory: &Directory) -> FormView {
    let mut fields = Vec::new();
    if !acting.actor.officer().is_some_and(Officer::is_bound) {
        fields.push(body_field(p, directory, "/organization_id"));
    }
    let terms =
        |name: &str, key: &str, taxonomy| Field::checks(name, p.t(key), choices(p, directory, taxonomy)).optional();
    fields.push(terms("/categories", "record-field-categories", Taxonomy::Category).hint(p.t("subscription-hint")));
    fields.push(terms("/areas", "record-field-areas", Taxonomy::Area));
    FormView {
        action: p.url("/staff/subscriptions"),
        groups: vec![plain(fields)],
        button: p.t("subscription-begin"),
        ..FormView::default()
    }
}

pub(super) async fn begin(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("subscriptions-title", Section::Subscriptions);
    let mapped = acting.mapping().await?;
    let mut form = form(&acting, &p, &mapped.directory);
    form.fill(&Posted::read(&body));
    let begun = match form.body(&p) {
        Ok(body) => begun(&acting, body).await,
        Err(refusal) => Err(refusal),
    };
    match begun {
        Ok(()) => Ok(onward(&p, "/staff/subscriptions", "subscription-begun")),
        Err(refusal) => {
            let status = mend(&mut p, &mut form, refusal)?;
            Ok(show_with(status, &page(&acting, p, form).await?))
        }
    }
}

async fn begun(acting: &Acting, body: serde_json::Value) -> Outcome<()> {
    let new: NewSubscription = typed(body)?;
    acts::subscribe(acting, new).await.map(|_| ())
}

pub(super) async fn end(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let subscription: SubscriptionId = id(&text, "subscription.unknown")?;
    acts::end(&reader.acting, subscription).await?;
    Ok(onward(&reader.p, "/staff/subscriptions", "subscription-ended"))
}
