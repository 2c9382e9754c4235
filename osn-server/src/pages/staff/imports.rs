//! The mapping as files: an upload, what it would do at which cell and field by field, confirming it, undoing it.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::response::Response;
use osn_core::id::ImportId;
use osn_core::import::{ImportOptions, ImportPart};
use osn_store::PageQuery;

use super::{Asked, head, id};
use crate::acts::files::bring::{self, AT_THE_DOOR, Handed};
use crate::acts::files::undo::{self, Undo};
use crate::acts::files::view::{self as acts, FaultView, FieldView, ImportView, TouchedView};
use crate::acts::{Acting, Saved};
use crate::http::Query;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Posted};
use crate::pages::multipart::Sent;
use crate::pages::part::{Act, Block, Cell, Chip, Fact, Facts, Row, StaffPage, Stat, Table, Tag, Tone};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

fn import_id(text: &str) -> Outcome<ImportId> {
    id(text, "import.unknown")
}

pub(super) async fn list(reader: Reader, Query(asked): Query<Asked>) -> Outcome<Response> {
    let (acting, p) = reader.page("imports-title", Section::Imports);
    let form = upload_form(&p);
    Ok(show(&list_page(&acting, &p, &asked, form).await?))
}

async fn list_page(acting: &Acting, p: &Page, asked: &Asked, form: FormView) -> Outcome<StaffPage> {
    let found = acts::list(acting, asked.query()).await?;
    let rows = found.items.iter().map(|saved| {
        let view = &saved.value;
        Row::new(vec![
            Cell::head(view.file.clone()).link(p.url(&format!("/staff/imports/{}", view.id))),
            Cell::tag(state(p, view)),
            Cell::new(p.moment(view.at)).note(view.by.clone().unwrap_or_else(|| p.t("import-operator"))),
            Cell::new(format!("+{} ~{} −{}", view.added, view.changed, view.removed)).code(),
        ])
    });
    let table = Table {
        caption: p.t("imports-title"),
        head: head(
            p,
            [
                ("column-file", false),
                ("column-state", false),
                ("column-brought", false),
                ("column-difference", false),
            ],
        ),
        rows: rows.collect(),
        empty: p.t("imports-none"),
    };
    let mut page = StaffPage::new(p.clone()).subtitled(p.tc("imports-count", found.total));
    page.blocks = vec![
        Block::Text(p.t("imports-lead")),
        Block::Heading(p.t("import-upload")),
        Block::Form(Box::new(form)),
        Block::Heading(p.t("imports-get")),
    ];
    for form in ["template", "xlsx", "csv", "json"] {
        let words = p.t(&format!("imports-get-{form}"));
        page.blocks.push(Block::Link(words, format!("/api/v1/mapping/{form}")));
    }
    page.blocks.push(Block::Table(table));
    page.pager = asked.pager(p, "/staff/imports", found.next);
    Ok(page)
}

fn state(p: &Page, view: &ImportView) -> Tag {
    let (tone, name) = match view.state {
        "refused" => (Tone::Bad, "refused"),
        "planned" if writes_nothing(view) => (Tone::Quiet, "same"),
        "planned" => (Tone::Warn, "planned"),
        "done" => (Tone::Good, "done"),
        other => (Tone::Quiet, other),
    };
    Tag::new(tone, p.t(&format!("state-import-{name}")))
}

/// The file says what the mapping says already.
fn writes_nothing(view: &ImportView) -> bool {
    view.added + view.changed + view.removed == 0
}

fn upload_form(p: &Page) -> FormView {
    let file = Field::file("file", p.t("import-file"), ".xlsx,.csv,.zip,.json").hint(p.t("import-file-hint"));
    let how = Field::checks(
        "how",
        p.t("import-how"),
        vec![
            Choice::new("complete", p.t("import-complete")),
            Choice::new("lenient", p.t("import-lenient")),
        ],
    );
    FormView {
        multipart: true,
        ..FormView::new(
            p.url("/staff/imports"),
            vec![file, how.optional()],
            p.t("import-upload-button"),
        )
    }
}

pub(super) async fn receive(reader: Reader, request: Request<Body>) -> Outcome<Response> {
    let (acting, mut p) = reader.page("imports-title", Section::Imports);
    // A form wraps its file in a few lines of its own.
    let sent = Sent::read(request, AT_THE_DOOR + 4096, "import.too-large").await?;
    let posted = sent.posted();
    let chosen = |what: &str| posted.all("how").any(|value| value == what);
    let options = ImportOptions {
        complete: chosen("complete"),
        lenient_references: chosen("lenient"),
    };
    let kept = match sent.file("file") {
        Some(part) => {
            let handed = Handed::at_the_door(part.file, part.bytes.to_vec(), options);
            bring::receive(&acting, handed).await
        }
        None => Err(Refusal::field("file", "required")),
    };
    match kept {
        Ok(kept) => Ok(onward(&p, &format!("/staff/imports/{}", kept.value.id), "")),
        Err(refusal) if mendable(&refusal) => {
            let mut form = upload_form(&p);
            form.fill(&posted);
            blame(&mut p, &mut form, &refusal);
            let page = list_page(&acting, &p, &Asked::default(), form).await?;
            Ok(show_with(problem::status(refusal.kind()), &page))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn one(reader: Reader, Path(text): Path<String>, Query(asked): Query<Asked>) -> Outcome<Response> {
    let Reader { acting, p } = reader;
    let saved = acts::get(&acting, import_id(&text)?).await?;
    Ok(show(&page(&acting, p, &saved, &asked).await?))
}

async fn page(acting: &Acting, p: Page, saved: &Saved<ImportView>, asked: &Asked) -> Outcome<StaffPage> {
    let view = &saved.value;
    let p = p.titled(view.file.clone()).within(Section::Imports);
    let chosen = asked.state().and_then(ImportPart::named).unwrap_or_else(|| first(view));
    let mut page = StaffPage::new(p.clone())
        .back(p.t("imports-title"), p.url("/staff/imports"))
        .tagged(state(&p, view));
    page.blocks = vec![
        Block::Inset(said(&p, view)),
        Block::Stats(
            [
                ("import-added", view.added),
                ("import-changed", view.changed),
                ("import-removed", view.removed),
                ("import-untouched", view.untouched),
            ]
            .map(|(key, count)| Stat::new(p.t(key), p.number(count)))
            .to_vec(),
        ),
    ];
    page.blocks.extend(buttons(&p, saved));
    page.chips = chips(&p, view, chosen);
    let address = format!("/staff/imports/{}", view.id);
    let (table, next) = lines(acting, &p, view.id, chosen, asked.query()).await?;
    page.blocks.push(Block::Table(table));
    page.blocks.push(Block::Facts(facts(&p, view)));
    page.pager = Asked {
        state: chosen.name().to_owned(),
        ..asked.clone()
    }
    .pager(&p, &address, next);
    Ok(page)
}

/// What is looked at first: mistakes, else what changes.
fn first(view: &ImportView) -> ImportPart {
    let counted = ImportPart::ALL.into_iter().find(|part| count(view, *part) > 0);
    counted.unwrap_or(ImportPart::Changed)
}

fn count(view: &ImportView, part: ImportPart) -> u64 {
    match part {
        ImportPart::Fault => view.faults,
        ImportPart::Note => view.notes,
        ImportPart::Added => view.added,
        ImportPart::Changed => view.changed,
        ImportPart::Removed => view.removed,
    }
}

fn said(p: &Page, view: &ImportView) -> String {
    match view.state {
        "refused" => p.t("import-refused-text"),
        "planned" if writes_nothing(view) => p.t("import-same-text"),
        "planned" => p.t("import-planned-text"),
        "done" => p.t("import-undo-text"),
        _ => p.t("done-import-undone"),
    }
}

fn buttons(p: &Page, saved: &Saved<ImportView>) -> Option<Block> {
    let view = &saved.value;
    let address = |what: &str| p.url(&format!("/staff/imports/{}/{what}", view.id));
    let version = saved.version.to_string();
    match view.state {
        "planned" if !writes_nothing(view) => Some(Block::Acts(vec![
            Act::new(address("confirm"), p.t("import-confirm")).hidden("version", version),
        ])),
        "done" => Some(Block::Acts(vec![
            Act::new(address("undo"), p.t("import-undo"))
                .secondary()
                .hidden("version", version.clone()),
            Act::new(address("undo"), p.t("import-keep-newer"))
                .secondary()
                .hidden("version", version)
                .hidden("keep_newer", "yes"),
        ])),
        _ => None,
    }
}

fn chips(p: &Page, view: &ImportView, chosen: ImportPart) -> Vec<Chip> {
    let counted = ImportPart::ALL.into_iter().filter(|part| count(view, *part) > 0);
    let chip = |part: ImportPart| Chip {
        text: format!(
            "{} ({})",
            p.t(&format!("import-part-{}", part.name())),
            p.number(count(view, part))
        ),
        href: p.url(&format!("/staff/imports/{}?state={}", view.id, part.name())),
        current: part == chosen,
    };
    counted.map(chip).collect()
}

async fn lines(
    acting: &Acting,
    p: &Page,
    id: ImportId,
    part: ImportPart,
    query: PageQuery,
) -> Outcome<(Table, Option<String>)> {
    let caption = p.t(&format!("import-part-{}", part.name()));
    let empty = p.t("import-line-none");
    match part {
        ImportPart::Fault | ImportPart::Note => {
            let found = acts::faults(acting, id, part, &query).await?;
            let what = if part == ImportPart::Fault {
                "column-wrong"
            } else {
                "column-look"
            };
            let table = Table {
                caption,
                head: head(p, [("column-cell", false), (what, false)]),
                rows: found.items.iter().map(fault).collect(),
                empty,
            };
            Ok((table, found.next))
        }
        ImportPart::Added | ImportPart::Changed | ImportPart::Removed => {
            let found = acts::touched(acting, id, part, &query).await?;
            let table = Table {
                caption,
                head: head(p, [("column-record", false), ("column-changes", false)]),
                rows: found.items.iter().map(|line| touched(p, line)).collect(),
                empty,
            };
            Ok((table, found.next))
        }
    }
}

fn fault(view: &FaultView) -> Row {
    Row::new(vec![
        Cell::head(view.place.clone()).note(view.header.clone().unwrap_or_default()),
        Cell::new(view.message.clone()),
    ])
}

fn touched(p: &Page, view: &TouchedView) -> Row {
    let label = |field: &str| {
        let (name, lang) = field.split_once('@').unwrap_or((field, ""));
        let known = p.opt(&format!("record-field-{}", name.replace('_', "-")));
        let label = known.unwrap_or_else(|| name.to_owned());
        if lang.is_empty() {
            label
        } else {
            format!("{label} ({lang})")
        }
    };
    let change = |field: &FieldView| match (&field.before, &field.after) {
        (Some(before), Some(after)) => format!("{}: «{before}» → «{after}»", label(&field.field)),
        _ => format!("{}: {}", label(&field.field), p.t("import-field-hidden")),
    };
    let kind = p.t(&format!("import-kind-{}", view.kind));
    let changes: Vec<String> = view.fields.iter().map(change).collect();
    Row::new(vec![
        Cell::head(p.text(&view.name)).note(kind),
        Cell::new(changes.join(" · ")),
    ])
}

fn facts(p: &Page, view: &ImportView) -> Facts {
    let whose = |name: &Option<String>| name.clone().unwrap_or_else(|| p.t("import-operator"));
    let complete = if view.complete {
        "import-is-complete-yes"
    } else {
        "import-is-complete-no"
    };
    let mut facts = vec![
        Fact::text(p.t("import-by"), whose(&view.by)),
        Fact::text(p.t("column-brought"), p.moment(view.at)),
        Fact::text(p.t("import-size"), p.tc("import-bytes", view.size)),
        Fact::text(p.t("import-is-complete"), p.t(complete)),
        Fact::new(p.t("import-digest"), Cell::new(view.digest.clone()).code()),
    ];
    if let Some(at) = view.settled_at {
        let key = format!("import-settled-{}", view.state);
        let cell = Cell::new(p.moment(at)).note(whose(&view.settled_by));
        facts.push(Fact::new(p.t(&key), cell));
    }
    Facts { facts }
}

pub(super) async fn confirm(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { mut acting, p } = reader;
    let id = import_id(&text)?;
    acting.expected = Posted::read(&body).get("version").parse().ok();
    let done = bring::confirm(&acting, id).await.map(|_| ());
    ended(&acting, p, id, done, "import-confirmed").await
}

pub(super) async fn undo(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { mut acting, p } = reader;
    let id = import_id(&text)?;
    let posted = Posted::read(&body);
    acting.expected = posted.get("version").parse().ok();
    let how = Undo {
        keep_newer: posted.get("keep_newer") == "yes",
    };
    let done = undo::undo(&acting, id, how).await.map(|_| ());
    ended(&acting, p, id, done, "import-undone").await
}

/// Back to the import: done, or with what stands in the way said above it.
async fn ended(acting: &Acting, mut p: Page, id: ImportId, done: Outcome<()>, word: &str) -> Outcome<Response> {
    match done {
        Ok(()) => Ok(onward(&p, &format!("/staff/imports/{id}"), word)),
        Err(refusal) if mendable(&refusal) => {
            let mut nothing = FormView::default();
            blame(&mut p, &mut nothing, &refusal);
            if !refusal.errors().is_empty() {
                let title = acting
                    .app
                    .texts()
                    .get(acting.lang, &refusal.code().replace('.', "-"), &[]);
                p.errors.insert(0, (None, title));
            }
            let saved = acts::get(acting, id).await?;
            let page = page(acting, p, &saved, &Asked::default()).await?;
            Ok(show_with(problem::status(refusal.kind()), &page))
        }
        Err(refusal) => Err(refusal),
    }
}
