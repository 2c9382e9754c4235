//! Confirming a record: by its owner or by staff who asked the owner, with figures of a period where there are any.

use chrono::NaiveDate;
use osn_core::directory::DirectoryRecord;
use osn_core::id::{OrganizationId, RecordConfirmationId};
use osn_core::time::Instant;
use osn_core::upkeep::{ConfirmedThrough, FiguresFault, PeriodFigures, RecordConfirmation, RecordKind};
use osn_core::upkeep::{PublicCount, ReminderEvent};
use osn_store::{Page, PageQuery, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keeping::hold_one;
use super::{answering, cut, in_force, owner, policy, reminders, sees_all};
use crate::acts::{Acting, entry};
use crate::auth::Right;
use crate::refusal::{FieldError, Outcome, Refusal};
use crate::shapes;

/// What comes with a confirmation.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Confirm {
    /// Figures of a period.
    #[schemars(with = "Option<shapes::PeriodFigures>")]
    pub figures: Option<PeriodFigures>,
    /// How it was asked, e.g. "by telephone"; no personal data.
    pub note: String,
}

/// A confirmation as it is shown: whole to the municipality and to the body whose record it is, to everybody else without the
/// account and the note, small counts hidden.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ConfirmationView {
    /// The day.
    pub on: NaiveDate,
    /// `owner-link`, `owner-account`, `staff`, `import`.
    pub through: &'static str,
    /// The body that owned the record.
    #[schemars(with = "uuid::Uuid")]
    pub owner: OrganizationId,
    /// When it was recorded.
    pub at: Instant,
    /// Figures of a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<FiguresView>,
    /// Who, for the municipality and the body itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How it was asked, for the same.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub note: String,
}

/// Figures as they are shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FiguresView {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// People served, e.g. `120` or `<10`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served: Option<String>,
    /// People turned away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turned_away: Option<String>,
    /// People waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

impl FiguresView {
    /// With counts below the threshold hidden.
    fn of(figures: &PeriodFigures, publish_from: u32) -> Self {
        let shown = |count| match PublicCount::of(count, publish_from) {
            PublicCount::NotStated => None,
            PublicCount::Below(threshold) => Some(format!("<{threshold}")),
            PublicCount::Exactly(count) => Some(count.to_string()),
        };
        Self {
            from: figures.period.from,
            to: figures.period.to,
            served: shown(figures.served),
            turned_away: shown(figures.turned_away),
            waiting: shown(figures.waiting),
        }
    }
}

/// Somebody who is signed in says that the record is right today: the owner, or staff who asked the owner.
pub async fn confirm(acting: &Acting, kind: RecordKind, id: Uuid, given: Confirm) -> Outcome<ConfirmationView> {
    let officer = acting.require(Right::KeepRecords)?;
    let version = in_force(acting, kind, id).await?;
    acting.check_version(version.revision)?;
    let owner = answering(&version.record)?;
    officer.acts_for(owner)?;
    let through = if officer.is_bound() {
        ConfirmedThrough::OwnerAccount
    } else {
        ConfirmedThrough::Staff
    };
    let mut confirmation = RecordConfirmation {
        id: acting.app.new_id(RecordConfirmationId::new),
        kind,
        record_id: id,
        owner,
        on: acting.zone().day(acting.now),
        through,
        by: Some(officer.id),
        figures: given.figures,
        note: given.note.trim().to_owned(),
        at: acting.now,
    };
    check(&confirmation)?;
    let mut tx = acting.begin("record.confirm").await?;
    hold_one(acting, &mut tx, (kind, id), version.revision).await?;
    write(acting, &mut tx, version.record, &mut confirmation).await?;
    let view = view(acting, &confirmation).await?;
    acting.commit(tx, &view).await?;
    Ok(view)
}

/// Refuses figures and notes that say nothing.
pub(super) fn check(confirmation: &RecordConfirmation) -> Outcome<()> {
    if confirmation.note.chars().count() > 500 {
        return Err(Refusal::field("/note", "words-too-long"));
    }
    let Some(figures) = &confirmation.figures else {
        return Ok(());
    };
    figures.check(confirmation.on).map_err(|fault| {
        let (path, code) = match fault {
            FiguresFault::Period => ("/figures/period", "figures-period"),
            FiguresFault::Future => ("/figures/period", "figures-future"),
            FiguresFault::Nothing => ("/figures", "figures-nothing"),
        };
        Refusal::invalid("request.invalid", vec![FieldError::new(path, code)])
    })
}

/// Writes a confirmation: the record says the day, an open reminder is answered by it, the journal knows.
///
/// The caller holds the record. The confirmation is of the moment at which the record is written: by it the history finds by
/// which way a version was confirmed.
pub(super) async fn write(
    acting: &Acting,
    tx: &mut Tx,
    mut record: DirectoryRecord,
    confirmation: &mut RecordConfirmation,
) -> Outcome<()> {
    confirmation.at = tx.recorded_now().await?;
    if let DirectoryRecord::Service(service) = &mut record {
        service.assured_date = Some(confirmation.on);
    }
    let owner = owner(&record);
    tx.put_directory_record(&record, owner).await?;
    tx.confirm_record(confirmation).await?;
    let event = match confirmation.through {
        ConfirmedThrough::OwnerLink => ReminderEvent::Use { at: acting.now },
        ConfirmedThrough::OwnerAccount | ConfirmedThrough::Staff => ReminderEvent::Replace { at: acting.now },
    };
    reminders::end(acting, tx, confirmation.kind, confirmation.record_id, event).await?;
    tx.journal(entry(
        "record.confirm",
        confirmation.kind.name(),
        confirmation.record_id,
        serde_json::json!({ "through": confirmation.through.name(), "figures": confirmation.figures.is_some() }),
    ));
    Ok(())
}

/// Every confirmation of a record, newest first. Everybody may see when and by which way.
pub async fn list(acting: &Acting, kind: RecordKind, id: Uuid) -> Outcome<Vec<ConfirmationView>> {
    let mut views = Vec::new();
    for confirmation in acting.scope.record_confirmations(kind, id).await?.iter().rev() {
        views.push(view(acting, confirmation).await?);
    }
    Ok(views)
}

/// A page of them.
pub async fn page(acting: &Acting, kind: RecordKind, id: Uuid, query: &PageQuery) -> Outcome<Page<ConfirmationView>> {
    let mut all = acting.scope.record_confirmations(kind, id).await?;
    all.reverse();
    let told = cut(all, query)?;
    let mut items = Vec::with_capacity(told.items.len());
    for confirmation in &told.items {
        items.push(view(acting, confirmation).await?);
    }
    Ok(Page {
        items,
        total: told.total,
        next: told.next,
    })
}

async fn view(acting: &Acting, confirmation: &RecordConfirmation) -> Outcome<ConfirmationView> {
    let mine = sees_all(acting, Some(confirmation.owner));
    let publish_from = if mine { 0 } else { policy(acting).publish_from };
    let by = match confirmation.by.filter(|_| mine) {
        Some(id) => acting.scope.account(id).await?.map(|account| account.value.name),
        None => None,
    };
    Ok(ConfirmationView {
        on: confirmation.on,
        through: confirmation.through.name(),
        owner: confirmation.owner,
        at: confirmation.at,
        figures: confirmation
            .figures
            .as_ref()
            .map(|figures| FiguresView::of(figures, publish_from)),
        by,
        note: if mine { confirmation.note.clone() } else { String::new() },
    })
}
