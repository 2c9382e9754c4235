//! National sets of rules on expenditure for whoever runs the server: install, enable for the municipality, switch off.

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::Response;

use super::head;
use crate::acts::Acting;
use crate::acts::money::national::{self, RuleSetView};
use crate::acts::money::rules_shown::RuleView;
use crate::acts::programs::Handed;
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView};
use crate::pages::multipart::Sent;
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

/// Bytes of a set's file.
const FILE_LIMIT: usize = 16 << 20;

const HERE: &str = "/staff/rule-sets";

fn form(p: &Page) -> FormView {
    FormView {
        multipart: true,
        ..FormView::new(
            p.url(HERE),
            vec![
                Field::file("component", p.t("rule-set-file"), ".wasm"),
                Field::file("signature", p.t("program-signature-file"), ".minisig"),
            ],
            p.t("rule-set-install"),
        )
    }
}

async fn page(acting: &Acting, p: &Page, form: FormView) -> Outcome<StaffPage> {
    let sets = national::list(acting).await?;
    let host = acting.actor.may(Right::InstallPrograms);
    let mut page = StaffPage::new(p.clone()).block(Block::Text(p.t("rule-sets-text")));
    if !sets.iter().any(|set| set.enabled) {
        page.blocks.push(Block::Inset(p.t("rule-sets-greece")));
    }
    for set in &sets {
        page.blocks.extend(described(p, set, host));
    }
    if host {
        page.blocks.push(Block::Heading(p.t("rule-set-install")));
        page.blocks.push(Block::Text(p.t("rule-set-install-text")));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    Ok(page)
}

fn described(p: &Page, set: &RuleSetView, host: bool) -> Vec<Block> {
    let (tone, words, step) = if set.enabled {
        (Tone::Good, "rule-set-enabled", "disable")
    } else {
        (Tone::Quiet, "rule-set-installed", "enable")
    };
    let facts = vec![
        Fact::new(p.t("column-state"), Cell::tag(Tag::new(tone, p.t(words)))),
        Fact::text(p.t("program-version"), set.version.clone()),
        Fact::text(p.t("program-contract"), set.contract.clone()),
        Fact::new(p.t("program-code"), Cell::new(set.code_digest.clone()).code()),
        Fact::new(p.t("program-package"), Cell::new(set.package_digest.clone()).code()),
        Fact::text(p.t("rule-set-cases"), p.number(set.cases)),
    ];
    let row = |rule: &RuleView| {
        let verify = if rule.verify {
            p.t("money-verify")
        } else {
            String::new()
        };
        Row::new(vec![
            Cell::head(p.text(&rule.title)).note(rule.code.clone()),
            Cell::new(p.text(&rule.article)).note(verify),
            Cell::new(p.text(&rule.remedy)),
        ])
    };
    let table = Table {
        caption: p.t("rule-set-rules"),
        head: head(
            p,
            [
                ("money-rule", false),
                ("money-article", false),
                ("rule-set-remedy", false),
            ],
        ),
        rows: set.rules.iter().map(row).collect(),
        empty: String::new(),
    };
    let mut blocks = vec![
        Block::Heading(set.name.clone()),
        Block::Facts(Facts { facts }),
        Block::Table(table),
    ];
    if host {
        let action = p.url(&format!("{HERE}/{}/{step}", set.package_digest));
        blocks.push(Block::Acts(vec![Act::new(action, p.t(&format!("rule-set-{step}")))]));
    }
    blocks
}

/// The sets that are installed.
pub(super) async fn list(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("rule-sets-title", Section::Programs);
    let form = form(&p);
    Ok(show(&page(&acting, &p, form).await?))
}

/// Installs a set.
pub(super) async fn install(reader: Reader, request: Request<Body>) -> Outcome<Response> {
    let (acting, mut p) = reader.page("rule-sets-title", Section::Programs);
    acting.require(Right::InstallPrograms)?;
    let sent = Sent::read(request, FILE_LIMIT, "program.too-large").await?;
    let signature = sent
        .file("signature")
        .map(|part| String::from_utf8_lossy(part.bytes).into_owned());
    let done = match sent.file("component") {
        Some(file) => {
            let handed = Handed {
                bytes: file.bytes.to_vec(),
                signature,
                on_the_shelf: true,
            };
            national::install(&acting, handed).await
        }
        None => Err(Refusal::field("component", "required")),
    };
    match done {
        Ok(_) => Ok(onward(&p, HERE, "rule-set-installed")),
        Err(refusal) if mendable(&refusal) => {
            let mut form = form(&p);
            blame(&mut p, &mut form, &refusal);
            Ok(show_with(
                problem::status(refusal.kind()),
                &page(&acting, &p, form).await?,
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Lets judgements take a set.
pub(super) async fn enable(reader: Reader, Path(digest): Path<String>) -> Outcome<Response> {
    national::switch(&reader.acting, &digest, true).await?;
    Ok(onward(&reader.p, HERE, "rule-set-enabled"))
}

/// Lets judgements take the law of Greece again.
pub(super) async fn disable(reader: Reader, Path(digest): Path<String>) -> Outcome<Response> {
    national::switch(&reader.acting, &digest, false).await?;
    Ok(onward(&reader.p, HERE, "rule-set-disabled"))
}
