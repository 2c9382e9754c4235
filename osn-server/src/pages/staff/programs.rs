//! Programs for whoever publishes them: install, enable, watch, roll back, disable, retire.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::response::Response;

use super::{head, many};
use crate::acts::Acting;
use crate::acts::programs::{self, FaultStage, Handed, OfferedView, ProgramView, Step, VersionView, VersionsView};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::multipart::Sent;
use crate::pages::part::{Act, Block, Cell, Fact, Facts, Row, StaffPage, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

/// Bytes of a program's file.
const PROGRAM_LIMIT: usize = 16 << 20;

pub(super) async fn list(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("programs-title", Section::Programs);
    let form = acting.actor.may(Right::InstallPrograms).then(|| upload_form(&p));
    Ok(show(&page(&acting, &p, form).await?))
}

async fn page(acting: &Acting, p: &Page, form: Option<FormView>) -> Outcome<StaffPage> {
    let installed = programs::list(acting).await?;
    let offered = match form {
        Some(_) => programs::offered(acting).await?,
        None => Vec::new(),
    };
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("programs-count", many(installed.len())));
    for program in &installed {
        page.blocks.extend(described(p, program));
    }
    if installed.is_empty() {
        page.blocks.push(Block::Inset(p.t("programs-none")));
    }
    page.blocks.extend(offered_blocks(p, &offered));
    if let Some(form) = form {
        page.blocks.push(Block::Heading(p.t("program-install")));
        page.blocks.push(Block::Text(p.t("program-install-text")));
        page.blocks.push(Block::Form(Box::new(form)));
    }
    Ok(page)
}

fn state(p: &Page, state: &str) -> Tag {
    let tone = match state {
        "enabled" => Tone::Good,
        "installed" => Tone::Warn,
        _ => Tone::Quiet,
    };
    Tag::new(tone, p.t(&format!("program-state-{state}")))
}

fn described(p: &Page, program: &ProgramView) -> [Block; 4] {
    let facts = vec![
        Fact::new(p.t("column-state"), Cell::tag(state(p, &program.state))),
        Fact::text(p.t("program-name"), program.name.clone()),
        Fact::text(p.t("program-version"), program.version.clone()),
        Fact::text(p.t("program-contract"), program.contract.clone()),
        Fact::new(p.t("program-code"), Cell::new(program.code_digest.clone()).code()),
        Fact::new(p.t("program-package"), Cell::new(program.package_digest.clone()).code()),
    ];
    [
        Block::Heading(program.title.clone()),
        Block::Text(program.summary.clone()),
        Block::Facts(Facts { facts }),
        Block::Link(
            p.t("program-versions"),
            p.url(&format!("/staff/programs/{}", program.name)),
        ),
    ]
}

/// Programs that the same server has for another municipality.
fn offered_blocks(p: &Page, offered: &[OfferedView]) -> Vec<Block> {
    if offered.is_empty() {
        return Vec::new();
    }
    let act = |program: &OfferedView| {
        let words = p.t1("program-offered-enable", "name", &program.name);
        Act::new(p.url(&format!("/staff/programs/{}/enable", program.name)), words)
            .secondary()
            .hidden("version", program.package_digest.clone())
    };
    vec![
        Block::Heading(p.t("programs-offered")),
        Block::Text(p.t("programs-offered-text")),
        Block::Acts(offered.iter().map(act).collect()),
    ]
}

/// One program: its versions, who signed each, what ran with it, what went wrong.
pub(super) async fn one(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("programs-title", Section::Programs);
    let found = programs::versions(&acting, &name).await?;
    let acts = acting.actor.may(Right::InstallPrograms);
    let mut page = StaffPage::new(p.clone())
        .back(p.t("programs-title"), p.url("/staff/programs"))
        .subtitled(found.title.clone())
        .tagged(state(&p, &found.state));
    if acts {
        page.acts = steps(&p, &found);
    }
    for version in &found.versions {
        page.blocks.extend(of_version(&p, &found, version, acts));
    }
    Ok(show(&page))
}

fn steps(p: &Page, found: &VersionsView) -> Vec<Act> {
    let act = |step: &str| {
        Act::new(
            p.url(&format!("/staff/programs/{}/{step}", found.name)),
            p.t(&format!("program-{step}")),
        )
        .secondary()
    };
    let steps: &[&str] = match found.state.as_str() {
        "enabled" if found.can_roll_back => &["roll-back", "disable"],
        "enabled" => &["disable"],
        "installed" | "disabled" => &["retire"],
        _ => &[],
    };
    steps.iter().map(|step| act(step)).collect()
}

fn of_version(p: &Page, found: &VersionsView, version: &VersionView, acts: bool) -> Vec<Block> {
    let origin = match &version.signed {
        Some(comment) => p.t1("program-signed", "comment", comment),
        None => p.t(&format!("program-origin-{}", version.origin)),
    };
    let mut facts = vec![Fact::text(p.t("program-origin"), origin)];
    if version.in_use {
        let tag = Tag::new(Tone::Good, p.t("program-used-now"));
        facts.insert(0, Fact::new(p.t("column-state"), Cell::tag(tag)));
    }
    if let Some(until) = version.used_until {
        facts.push(Fact::text(p.t("program-used-until"), p.moment(until)));
    }
    facts.extend([
        Fact::text(p.t("program-installed-at"), p.moment(version.installed_at)),
        Fact::text(p.t("program-cases"), p.number(version.cases)),
        Fact::text(p.t("program-running-actions"), p.number(version.running_actions)),
        Fact::text(p.t("program-calls"), p.number(version.calls)),
        Fact::text(p.t("program-open-calls"), p.number(version.open_calls)),
        Fact::text(p.t("program-judged"), p.number(version.judged)),
        Fact::text(p.t("program-fuel"), p.number(version.fuel_used)),
        Fact::text(p.t("program-contract"), version.contract.clone()),
        Fact::new(p.t("program-code"), Cell::new(version.code_digest.clone()).code()),
        Fact::new(p.t("program-package"), Cell::new(version.package_digest.clone()).code()),
    ]);
    let mut blocks = vec![
        Block::Heading(p.t1("program-version-title", "version", &version.version)),
        Block::Facts(Facts { facts }),
    ];
    if !version.faults.is_empty() {
        blocks.push(Block::Table(faults(p, version)));
    }
    if acts && !version.in_use && found.state != "retired" {
        let enable = p.t1("program-enable-version", "version", &version.version);
        blocks.push(Block::Acts(vec![
            Act::new(p.url(&format!("/staff/programs/{}/enable", found.name)), enable)
                .secondary()
                .hidden("version", version.package_digest.clone()),
        ]));
    }
    blocks
}

fn faults(p: &Page, version: &VersionView) -> Table {
    let row = |fault: &programs::FaultView| {
        Row::new(vec![
            Cell::head(p.moment(fault.at)),
            Cell::new(p.t(match fault.stage {
                FaultStage::Assessment => "program-fault-assessment",
                FaultStage::Plan => "program-fault-plan",
                FaultStage::DryRun => "program-fault-dry-run",
            })),
            Cell::new(fault.text.clone()),
            Cell::new(fault.code.clone()).code(),
            Cell::new(p.t("program-fault-call")).link(p.url(&format!("/staff/calls/{}", fault.call_id))),
        ])
    };
    Table {
        caption: p.t("program-faults"),
        head: head(
            p,
            [
                ("column-when", false),
                ("column-where", false),
                ("column-fault", false),
                ("column-code", false),
                ("column-call", false),
            ],
        ),
        rows: version.faults.iter().map(row).collect(),
        empty: String::new(),
    }
}

fn upload_form(p: &Page) -> FormView {
    let file = Field::file("component", p.t("program-file"), ".wasm,application/wasm");
    let signature = Field::file("signature", p.t("program-signature-file"), ".minisig");
    FormView {
        multipart: true,
        ..FormView::new(p.url("/staff/programs"), vec![file, signature], p.t("program-install"))
    }
}

pub(super) async fn install(reader: Reader, request: Request<Body>) -> Outcome<Response> {
    let (acting, mut p) = reader.page("programs-title", Section::Programs);
    let sent = Sent::read(request, PROGRAM_LIMIT, "request.too-large").await?;
    let installed = match sent.file("component") {
        Some(component) => {
            let signature = sent.file("signature");
            let handed = Handed {
                bytes: component.bytes.to_vec(),
                signature: signature.map(|part| String::from_utf8_lossy(part.bytes).into_owned()),
                on_the_shelf: false,
            };
            programs::install(&acting, handed).await.map(|_| ())
        }
        None => Err(Refusal::field("component", "required")),
    };
    match installed {
        Ok(()) => Ok(onward(&p, "/staff/programs", "program-installed")),
        Err(refusal) if mendable(&refusal) => {
            let mut form = upload_form(&p);
            blame(&mut p, &mut form, &refusal);
            Ok(show_with(
                problem::status(refusal.kind()),
                &page(&acting, &p, Some(form)).await?,
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn enable(reader: Reader, Path(name): Path<String>, body: Bytes) -> Outcome<Response> {
    let posted = Posted::read(&body);
    let version = Some(posted.get("version")).filter(|version| !version.is_empty());
    programs::enable(&reader.acting, &name, version).await?;
    Ok(onward(&reader.p, &format!("/staff/programs/{name}"), "program-enabled"))
}

pub(super) async fn roll_back(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    programs::step(&reader.acting, &name, Step::RollBack).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/programs/{name}"),
        "program-rolled-back",
    ))
}

pub(super) async fn disable(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    programs::step(&reader.acting, &name, Step::Disable).await?;
    Ok(onward(
        &reader.p,
        &format!("/staff/programs/{name}"),
        "program-disabled",
    ))
}

pub(super) async fn retire(reader: Reader, Path(name): Path<String>) -> Outcome<Response> {
    programs::step(&reader.acting, &name, Step::Retire).await?;
    Ok(onward(&reader.p, &format!("/staff/programs/{name}"), "program-retired"))
}
