//! Applying without an account: one page of questions, one page to look them through, then the receipt. Nothing is stored
//! before the last step; what was typed travels in the forms themselves.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::calls::id;
use super::questions::{Questions, settle};
use crate::acts::Acting;
use crate::acts::calls::{self, OpenCall, Window};
use crate::acts::intake::{self, NewApplication, Receipt};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{FormView, Posted};
use crate::pages::part::{Fact, Facts, Moment, Step, Timeline};
use crate::pages::reader::Reader;
use crate::pages::views::{Apply, Check, Submitted};
use crate::pages::{blame, mendable, onward, said, show, show_with, typed};
use crate::refusal::{FieldError, Outcome};

pub(super) async fn ask(reader: Reader, Path(text): Path<String>) -> Outcome<Response> {
    let (acting, p) = reader.page("apply-title", Section::Calls);
    let open = calls::open(&acting, id(&text)?).await?;
    if calls::window(&open.call.value, acting.now) != Window::Open {
        return Ok(onward(&p, &format!("/calls/{}", open.call.value.id), ""));
    }
    let form = questions(&acting, &p, &open, &Posted::default()).await?;
    Ok(page(StatusCode::OK, p, &open, &form))
}

/// Hidden field that every form of one application carries: whatever is sent twice is answered as before.
const ONCE: &str = "once";

fn is_token(sent: &str) -> bool {
    sent.len() == 32 && sent.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The form with as many rows as were posted, filled with what was typed.
async fn questions(acting: &Acting, p: &Page, open: &OpenCall, posted: &Posted) -> Outcome<FormView> {
    let mapped = acting.mapping().await?;
    let questions = Questions {
        p,
        about: &open.about,
        texts: &open.texts,
        directory: &mapped.directory,
        action: p.url(&format!("/calls/{}/apply", open.call.value.id)),
    };
    let (claims, members) = questions.posted_rows(posted);
    let mut form = questions.form(claims, members);
    if !posted.pairs().is_empty() {
        form.fill(posted);
    }
    let sent = posted.get(ONCE);
    let token = if is_token(sent) {
        sent.to_owned()
    } else {
        intake::form_token(acting)
    };
    Ok(form.hidden(ONCE, token))
}

fn page(status: StatusCode, p: Page, open: &OpenCall, form: &FormView) -> Response {
    let call = &open.call.value;
    let page = Apply {
        call: p.text(&call.title),
        back: p.url(&format!("/calls/{}", call.id)),
        until: p.moment_in_words(call.closes_at),
        form: form.html(&p),
        p,
    };
    show_with(status, &page)
}

pub(super) async fn answer(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let (mut acting, mut p) = reader.page("apply-title", Section::Calls);
    let open = calls::open(&acting, id(&text)?).await?;
    let posted = Posted::read(&body);
    let mut form = questions(&acting, &p, &open, &posted).await?;
    let op = posted.get("op");
    if op == "edit" || op.starts_with("add-") || op.starts_with("remove-") {
        return Ok(page(StatusCode::OK, p, &open, &form));
    }
    if op == "submit" && is_token(posted.get(ONCE)) {
        let said = settle(form.draft(&p).0).to_string();
        acting.once = Some(intake::sent_once(open.call.value.id, posted.get(ONCE), &said));
        // A second tap, or the page sent again: the same receipt, whatever happened to the call meanwhile.
        if let Some(receipt) = intake::receipt_before(&acting).await? {
            return Ok(received(p.titled_by("submitted-title"), &open, &receipt));
        }
    }
    let (application, hints) = match read(&acting, &p, &open, &form).await? {
        Ok(read) => read,
        Err(errors) => {
            form.blame(&mut p, &errors);
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, p, &open, &form));
        }
    };
    if op != "submit" {
        return Ok(check(p.titled_by("check-title"), &open, &form, &posted, &hints));
    }
    match intake::submit(&acting, open.call.value.id, application).await {
        Ok(receipt) => Ok(received(p.titled_by("submitted-title"), &open, &receipt)),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            Ok(page(crate::problem::status(refusal.kind()), p, &open, &form))
        }
        Err(refusal) => Err(refusal),
    }
}

/// The application as the act takes it, with what looks odd in it; or everything that is wrong: what cannot be read as typed,
/// and what the rules of intake say about the rest. Nothing is stored.
async fn read(
    acting: &Acting,
    p: &Page,
    open: &OpenCall,
    form: &FormView,
) -> Outcome<Result<(NewApplication, Vec<FieldError>), Vec<FieldError>>> {
    let (body, mut errors) = form.draft(p);
    let application: NewApplication = typed(settle(body))?;
    let mapped = acting.mapping().await?;
    let hints = match intake::read(open, acting, &mapped, application.clone()) {
        Ok(data) => intake::hints(acting, &mapped, &data.applicant),
        Err(more) => {
            let known: Vec<String> = errors.iter().map(|error| error.path.clone()).collect();
            errors.extend(more.into_iter().filter(|error| !known.contains(&error.path)));
            Vec::new()
        }
    };
    Ok(if errors.is_empty() {
        Ok((application, hints))
    } else {
        Err(errors)
    })
}

fn check(p: Page, open: &OpenCall, form: &FormView, posted: &Posted, hints: &[FieldError]) -> Response {
    let groups = form
        .groups
        .iter()
        .filter(|group| !group.fields.is_empty())
        .map(|group| {
            let facts = group.fields.iter().map(|field| {
                let said = Some(field.said()).filter(|said| !said.is_empty());
                Fact::text(field.label.clone(), said.unwrap_or_else(|| p.t("check-empty")))
            });
            (group.title.clone(), Facts { facts: facts.collect() })
        });
    let hidden = posted.pairs().iter().filter(|(name, _)| name != "op").cloned();
    show(&Check {
        call: p.text(&open.call.value.title),
        action: form.action.clone(),
        groups: groups.collect(),
        hidden: hidden.collect(),
        hints: hints.iter().map(|hint| said(&p, hint)).collect(),
        p,
    })
}

fn received(p: Page, open: &OpenCall, receipt: &Receipt) -> Response {
    let call = &open.call.value;
    let step = |title: &str, text: &str, when: String, at: Moment| Step {
        title: p.t(title),
        when,
        text: if text.is_empty() { String::new() } else { p.t(text) },
        at,
    };
    let timeline = Timeline {
        steps: vec![
            step(
                "next-received",
                "",
                p.moment_in_words(receipt.submitted_at),
                Moment::Now,
            ),
            step(
                "next-closes",
                "next-closes-text",
                p.moment_in_words(call.closes_at),
                Moment::Next,
            ),
            step("next-assessed", "next-assessed-text", String::new(), Moment::Next),
            step("next-results", "next-results-text", String::new(), Moment::Next),
            step(
                "next-delivery",
                "next-delivery-text",
                shown_period(&p, open),
                Moment::Next,
            ),
        ],
    };
    let page = Submitted {
        call: p.text(&call.title),
        reference: receipt.reference.clone(),
        code: receipt.code.clone(),
        timeline,
        p,
    };
    show_with(StatusCode::CREATED, &page)
}

fn shown_period(p: &Page, open: &OpenCall) -> String {
    crate::pages::shown::period(p, open.action.period)
}
