//! Papers: what an evaluator found in the application's own, each participant's and each member's.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use osn_core::application::{ApplicationData, Evidence, EvidenceState};
use osn_core::id::ApplicationId;
use osn_programs::about::{FormField, Subject};
use osn_programs::texts::Texts;
use serde_json::Value as Json;

use super::applications::{Forms, application_id, page};
use crate::acts::calls::OpenCall;
use crate::acts::evidence::{self, CheckedEvidence};
use crate::acts::{Acting, applications, calls};
use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Field, FormView, Group, Posted};
use crate::pages::part::Block;
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show_with, typed};
use crate::problem;
use crate::refusal::{FieldError, Outcome, Refusal};

/// What a paper is about: the question, and whose it is where it is not the application's own.
pub(super) fn named(p: &Page, texts: &Texts, key: &str) -> String {
    let question = |key: &str| texts.text_or_key(p.tag(), &format!("field-{key}"));
    let whose = |word: &str, index: &str, key: &str| {
        let number = index.parse::<usize>().unwrap_or_default() + 1;
        format!("{} – {}", p.t1(word, "number", &number.to_string()), question(key))
    };
    match key.split('/').collect::<Vec<_>>().as_slice() {
        ["claims", index, key] => whose("apply-claim", index, key),
        ["members", index, key] => whose("apply-member", index, key),
        _ => question(key),
    }
}

/// The papers of the application and of so many participants and members, a group for each.
pub(super) fn form(p: &Page, id: ApplicationId, open: &OpenCall, claims: usize, members: usize) -> FormView {
    let asked = &open.about.form;
    let most = |most: u32| usize::try_from(most).unwrap_or(usize::MAX);
    let (claims, members) = (claims.min(most(asked.max_claims)), members.min(most(asked.max_members)));
    let mut groups = vec![group(p, open, Subject::Application, "", String::new())];
    for number in 0..claims {
        let title = p.t1("apply-claim", "number", &(number + 1).to_string());
        groups.push(group(p, open, Subject::Claim, &format!("claims~1{number}~1"), title));
    }
    for number in 0..members {
        let title = p.t1("apply-member", "number", &(number + 1).to_string());
        groups.push(group(p, open, Subject::Member, &format!("members~1{number}~1"), title));
    }
    groups.retain(|group| !group.fields.is_empty());
    FormView {
        action: p.url(&format!("/staff/applications/{id}/evidence")),
        groups,
        hidden: vec![
            ("claims".into(), claims.to_string()),
            ("members".into(), members.to_string()),
        ],
        button: p.t("evidence-button"),
        secondary: true,
        ..FormView::default()
    }
}

/// The same for an application that was opened, with what was found before.
pub(super) fn form_of(p: &Page, id: ApplicationId, open: &OpenCall, data: &ApplicationData) -> FormView {
    let mut form = form(p, id, open, data.claims.len(), data.members.len());
    for group in &mut form.groups {
        for field in &mut group.fields {
            let parts: Vec<&str> = field.name.split('/').collect();
            let ["", "evidence", key, part] = parts.as_slice() else {
                continue;
            };
            let Some(Evidence { state, valid_to }) = data.evidence.get(&key.replace("~1", "/")) else {
                continue;
            };
            let found = match state {
                EvidenceState::Accepted => "accepted",
                EvidenceState::Refused => "refused",
                EvidenceState::Expired => "expired",
                EvidenceState::None | EvidenceState::Declared | EvidenceState::Bringing => "",
            };
            if *part == "state" && !found.is_empty() {
                *field = field.clone().proposed(found);
            } else if let Some(day) = valid_to.filter(|_| *part == "valid_to") {
                *field = field.clone().proposed_day(day, "");
            }
        }
    }
    form
}

/// The form with its words; nothing where the call asks for no paper.
pub(super) fn blocks(p: &Page, open: &OpenCall, form: FormView, opened: bool) -> Vec<Block> {
    let asks = |subject| open.about.form.of(subject).iter().any(|field| field.evidence.is_some());
    let of_others = asks(Subject::Claim) || asks(Subject::Member);
    if !of_others && !asks(Subject::Application) {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(p.t("evidence-title")), Block::Text(p.t("evidence-text"))];
    if of_others && !opened {
        blocks.push(Block::Inset(p.t("evidence-open-first")));
    }
    if form.fields().next().is_some() {
        blocks.push(Block::Form(Box::new(form)));
    }
    blocks
}

fn group(p: &Page, open: &OpenCall, subject: Subject, prefix: &str, title: String) -> Group {
    let texts = &open.texts;
    let fields = open.about.form.of(subject).iter();
    Group {
        title,
        fields: fields.flat_map(|field| paper(p, texts, field, prefix)).collect(),
        ..Group::default()
    }
}

fn paper(p: &Page, texts: &Texts, field: &FormField, prefix: &str) -> Vec<Field> {
    let Some(need) = &field.evidence else { return Vec::new() };
    let name = format!("/evidence/{prefix}{}", field.key);
    let paper = texts.text_or_key(p.tag(), &format!("evidence-{}", need.kind));
    let states =
        ["accepted", "refused", "expired"].map(|state| Choice::new(state, p.t(&format!("evidence-state-{state}"))));
    let mut fields = vec![Field::radios(&format!("{name}/state"), paper.clone(), states.to_vec())];
    if need.expires {
        let until = Field::day(
            &format!("{name}/valid_to"),
            p.t1("apply-evidence-until", "paper", &paper),
        );
        fields.push(until.hint(p.t("apply-evidence-until-hint")).optional());
    }
    fields
}

pub(super) async fn check(reader: Reader, Path(text): Path<String>, body: Bytes) -> Outcome<Response> {
    let Reader { acting, mut p } = reader;
    let id = application_id(&text)?;
    let call = applications::get(&acting, id).await?.application.call_id;
    let open = calls::open(&acting, call).await?;
    let posted = Posted::read(&body);
    let count = |name: &str| posted.get(name).parse::<usize>().unwrap_or(0);
    let mut form = form(&p, id, &open, count("claims"), count("members"));
    form.fill(&posted);
    match checked(&acting, &p, id, &form).await {
        Ok(()) => Ok(onward(&p, &format!("/staff/applications/{id}"), "evidence-checked")),
        Err(refusal) if mendable(&refusal) => {
            blame(&mut p, &mut form, &refusal);
            let forms = Forms {
                papers: Some(form),
                ..Forms::default()
            };
            Ok(show_with(
                problem::status(refusal.kind()),
                &page(&acting, p, id, forms).await?,
            ))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Writes down the papers that were marked; those left alone stay as they are.
async fn checked(acting: &Acting, p: &Page, id: ApplicationId, form: &FormView) -> Outcome<()> {
    let (mut body, errors) = form.draft(p);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    if let Some(papers) = body.get_mut("evidence").and_then(Json::as_object_mut) {
        papers.retain(|_, paper| paper.get("state").is_some());
    }
    let nothing = |papers: &Json| papers.as_object().is_none_or(serde_json::Map::is_empty);
    if body.get("evidence").is_none_or(nothing) {
        return Err(Refusal::invalid(
            "request.invalid",
            vec![FieldError::new("", "typed-nothing")],
        ));
    }
    let found: CheckedEvidence = typed(body)?;
    evidence::check(acting, id, found).await?;
    Ok(())
}
