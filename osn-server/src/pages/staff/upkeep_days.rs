//! After how many days a record is asked about, no longer counted, and no longer referred to: the municipality's own numbers.

use axum::body::Bytes;
use axum::response::Response;

use crate::acts::Saved;
use crate::acts::upkeep::days::{self as acts, UpkeepDays};
use crate::pages::chrome::{Page, Section};
use crate::pages::form::{Field, FormView, Posted};
use crate::pages::part::{Block, StaffPage};
use crate::pages::reader::Reader;
use crate::pages::{blame, mendable, onward, show, show_with, typed};
use crate::problem;
use crate::refusal::{Kind, Outcome};

pub(super) async fn ask(reader: Reader) -> Outcome<Response> {
    let (acting, p) = reader.page("upkeep-days-title", Section::Upkeep);
    let form = form(&p, &acts::get(&acting).await?);
    Ok(show(&page(p, form)))
}

fn page(p: Page, form: FormView) -> StaffPage {
    StaffPage::new(p.clone())
        .back(p.t("menu-upkeep"), p.url("/staff/upkeep"))
        .block(Block::Text(p.t("upkeep-days-lead")))
        .block(Block::Form(Box::new(form)))
}

fn form(p: &Page, days: &Saved<UpkeepDays>) -> FormView {
    let told = days.value;
    let fields = [
        ("remind_after_days", u32::from(told.remind_after_days)),
        ("no_cover_after_days", told.no_cover_after_days.into()),
        ("no_referral_after_days", told.no_referral_after_days.into()),
        ("remind_again_after_days", told.remind_again_after_days.into()),
        ("link_valid_days", told.link_valid_days.into()),
        ("publish_from", told.publish_from),
    ];
    let fields = fields.map(|(name, number)| {
        let key = name.replace('_', "-");
        Field::int(&format!("/{name}"), p.t(&format!("upkeep-{key}")))
            .hint(p.t(&format!("upkeep-{key}-hint")))
            .proposed(number.to_string())
    });
    FormView {
        guard: true,
        ..FormView::new(p.url("/staff/upkeep/days"), fields.to_vec(), p.t("upkeep-days-keep"))
    }
    .hidden("version", days.version.to_string())
}

pub(super) async fn write(reader: Reader, body: Bytes) -> Outcome<Response> {
    let (mut acting, mut p) = reader.page("upkeep-days-title", Section::Upkeep);
    let posted = Posted::read(&body);
    acting.expected = posted.get("version").parse().ok();
    let mut form = form(&p, &acts::get(&acting).await?);
    form.fill(&posted);
    let kept = match form.body(&p) {
        Ok(body) => match typed::<UpkeepDays>(body) {
            Ok(days) => acts::put(&acting, days).await,
            Err(refusal) => Err(refusal),
        },
        Err(refusal) => Err(refusal),
    };
    match kept {
        Ok(_) => Ok(onward(&p, "/staff/upkeep/days", "upkeep-days-kept")),
        Err(refusal) if mendable(&refusal) => {
            let status = problem::status(refusal.kind());
            blame(&mut p, &mut form, &refusal);
            if refusal.kind() != Kind::Stale {
                form.of_posted_version(&posted);
            }
            Ok(show_with(status, &page(p, form)))
        }
        Err(refusal) => Err(refusal),
    }
}
