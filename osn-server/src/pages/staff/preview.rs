//! Who would qualify: an example typed into the action's own form, judged at once, and forgotten.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use osn_core::id::ActionId;
use osn_programs::about::{About, FormField, Subject};
use osn_store::PageQuery;
use serde_json::{Map, Value as Json, json};

use super::actions::action_id;
use super::{applications, head};
use crate::acts::preview::{self, Asked, Governed, Preview};
use crate::acts::{Acting, actions, calls};
use crate::auth::Right;
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::{Block, Cell, Row, StaffPage, Stat, Table};
use crate::pages::public::example_form;
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, show_with};
use crate::problem;
use crate::refusal::{Outcome, Refusal};

/// Where the page asks for the call whose applications are counted.
const CALL: &str = "/call_id";

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("preview-title", Section::Actions);
    let (id, _, form) = asked(&acting, &p, &text, &Posted::default()).await?;
    Ok(page(StatusCode::OK, &p, id, form, Vec::new()))
}

/// The form of the action's program without names and papers, filled with what was typed.
async fn asked(acting: &Acting, p: &Page, text: &str, posted: &Posted) -> Outcome<(ActionId, Governed, FormView)> {
    acting.require(Right::PlanActions)?;
    let id = action_id(text)?;
    let action = actions::read(acting, id).await?.value;
    let governed = preview::governed(acting, &action, acting.zone().day(acting.now)).await?;
    let mapped = acting.mapping().await?;
    let address = p.url(&format!("/staff/actions/{id}/preview"));
    let about_and_texts = (&*governed.about, &*governed.texts);
    let mut form = example_form(p, about_and_texts, &mapped.directory, address, posted);
    let with_calls = calls::list(acting, Some(id), PageQuery::first()).await?.items;
    let choices: Vec<Choice> = with_calls
        .iter()
        .filter(|call| call.state != "draft")
        .map(|call| Choice::new(call.id.to_string(), p.text(&call.title)))
        .collect();
    if !choices.is_empty() {
        form.groups.push(Group {
            fields: vec![Field::select(CALL, p.t("preview-call"), choices).optional()],
            ..Group::default()
        });
    }
    form.button = p.t("preview-try");
    form.guard = false;
    if !posted.pairs().is_empty() {
        form.fill(posted);
    }
    Ok((id, governed, form))
}

fn page(status: StatusCode, p: &Page, id: ActionId, form: FormView, found: Vec<Block>) -> Response {
    let mut page = StaffPage::new(p.clone())
        .back(p.t("preview-back"), p.url(&format!("/staff/actions/{id}")))
        .block(Block::Text(p.t("preview-text")));
    page.blocks.extend(found);
    page.blocks.push(Block::Form(Box::new(form)));
    show_with(status, &page)
}

pub(super) async fn answer(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (acting, mut p) = reader.page("preview-title", Section::Actions);
    let posted = Posted::read(&body);
    let (id, governed, mut form) = asked(&acting, &p, &text, &posted).await?;
    let op = posted.get("op");
    if op.starts_with("add-") || op.starts_with("remove-") {
        return Ok(page(StatusCode::OK, &p, id, form, Vec::new()));
    }
    // What is not answered is not known: an example may leave a question open.
    let (said, errors) = form.draft(&p);
    let tried = if errors.is_empty() {
        preview::of_action(&acting, id, question(&governed.about, &said)?).await
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    };
    match tried {
        Ok(found) => Ok(page(StatusCode::OK, &p, id, form, shown(&p, &found))),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            Ok(page(problem::status(refusal.kind()), &p, id, form, Vec::new()))
        }
        Err(refusal) => Err(refusal),
    }
}

/// What was typed as a preview takes it: with a call, its applications are counted; with answers, they are one example.
fn question(about: &About, said: &Json) -> Outcome<Asked> {
    let call = said
        .get("call_id")
        .and_then(Json::as_str)
        .filter(|call| !call.is_empty());
    let call_id = call
        .map(str::parse)
        .transpose()
        .map_err(|_| Refusal::field(CALL, "unknown-record"))?;
    Ok(Asked {
        examples: example(about, said).into_iter().collect(),
        call_id,
        as_of: None,
    })
}

/// What was typed as one example, with its papers accepted; nothing where nothing was answered.
pub(in crate::pages) fn example(about: &About, said: &Json) -> Option<Json> {
    let rows = |name: &str| said.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
    let of = |subject: Subject, answers: Option<&Json>| proven(about.form.of(subject), answers);
    let claims: Vec<Json> = rows("claims").iter().map(|row| of(Subject::Claim, Some(row))).collect();
    let members: Vec<Json> = rows("members")
        .iter()
        .map(|row| of(Subject::Member, row.get("answers")))
        .collect();
    let mut example = json!({ "application": of(Subject::Application, said.get("answers")), "members": members });
    if let Some(example) = example.as_object_mut().filter(|_| !claims.is_empty()) {
        example.insert("claims".to_owned(), claims.into());
    }
    let answered = said.get("answers").is_some() || said.get("claims").is_some();
    answered.then_some(example)
}

/// Answers whose papers, where any are asked for, were seen and hold.
fn proven(fields: &[FormField], answers: Option<&Json>) -> Json {
    let given = answers.and_then(Json::as_object);
    let each = given.into_iter().flatten().filter(|(_, value)| !value.is_null());
    let with_paper = |(key, value): (&String, &Json)| {
        let need = fields
            .iter()
            .find(|field| field.key == *key)
            .and_then(|field| field.evidence.as_ref());
        let value = match need {
            None => value.clone(),
            Some(need) if need.expires => json!({ "value": value, "evidence": "accepted", "valid_to": "indefinite" }),
            Some(_) => json!({ "value": value, "evidence": "accepted" }),
        };
        (key.clone(), value)
    };
    Json::Object(each.map(with_paper).collect::<Map<_, _>>())
}

fn shown(p: &Page, preview: &Preview) -> Vec<Block> {
    let stat = |key: &str, value: u64| Stat::new(p.t(key), p.number(value));
    let outcomes = preview.outcomes;
    let mut blocks = vec![
        Block::Inset(p.t1("preview-nothing-stored", "day", &p.day(preview.as_of))),
        Block::Stats(vec![
            stat("assessed-eligible", outcomes.eligible),
            stat("assessed-not-eligible", outcomes.not_eligible),
            stat("assessed-missing-evidence", outcomes.missing_evidence),
        ]),
    ];
    if preview.applications > 0 || preview.unreadable > 0 {
        let numbers = [
            ("count", p.number(preview.applications)),
            ("unreadable", p.number(preview.unreadable)),
        ];
        let numbers = numbers.each_ref().map(|(name, text)| (*name, text.as_str()));
        blocks.push(Block::Text(p.with("preview-counted", &numbers)));
        if preview.more {
            blocks.push(Block::Text(p.t("preview-more")));
        }
    }
    let rows = preview.criteria.iter().map(|count| {
        let mut cells = vec![Cell::head(count.title.clone())];
        let numbers = [count.met, count.not_met, count.unknown, count.not_applicable];
        cells.extend(numbers.map(|number| Cell::number(p.number(number))));
        Row::new(cells)
    });
    let columns = [
        ("column-criterion", false),
        ("criterion-met", true),
        ("criterion-not-met", true),
        ("criterion-unknown", true),
        ("criterion-not-applicable", true),
    ];
    blocks.push(Block::Table(Table {
        caption: p.t("preview-criteria"),
        head: head(p, columns),
        rows: rows.collect(),
        empty: String::new(),
    }));
    for claim in preview.examples.iter().flat_map(|example| &example.claims) {
        blocks.extend(applications::claim(p, claim));
    }
    blocks
}
