//! The link of a reminder: seen by anybody who holds it, and by whatever reads mail before people do; answered once.

use chrono::NaiveDate;
use osn_core::directory::{
    Directory, DirectoryRecord, Phone, Schedule, Service, ServiceCapacity, ServiceStatus, derived_id,
};
use osn_core::id::{LocationId, RecordConfirmationId, SuggestionId};
use osn_core::lang::LocalText;
use osn_core::state::Machine as _;
use osn_core::upkeep::{
    ConfirmedThrough, LinkFault, PeriodFigures, RecordConfirmation, Reminder, ReminderEvent, Suggestion,
    SuggestionAbout, SuggestionFrom, SuggestionState,
};
use osn_store::{RecordVersion, SuggestionText, Tx, Versioned};
use uuid::Uuid;

use super::mailboxes::Mailboxes;
use super::{confirming, find, in_force, keeping, owner, reminders};
use crate::acts::{Acting, entry};
use crate::refusal::{FieldError, Kind, Outcome, Refusal};

/// What a link leads to.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The reminder.
    pub reminder: Reminder,
    /// The record as it is now; `None` when it is gone.
    pub record: Option<DirectoryRecord>,
    /// Why the link does nothing; `None`: it works.
    pub fault: Option<LinkFault>,
    /// The newest version among what is shown: whoever answers names it, so that nobody confirms what was not on the page.
    pub seen: i64,
}

/// What became of an answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The record as it is now.
    pub record: DirectoryRecord,
    /// Whether the answer confirms it. While a person has to read what the owner wrote, the record may still say what is
    /// wrong, and nothing is confirmed.
    pub confirmed: bool,
}

/// What the owner answers.
#[derive(Clone, Default)]
pub struct Answer {
    /// The newest version among what was shown; left out by whoever looked at nothing.
    pub seen: Option<i64>,
    /// Figures of a period.
    pub figures: Option<PeriodFigures>,
    /// Whether it runs, when that changed; of a service.
    pub status: Option<ServiceStatus>,
    /// The telephone.
    pub phone: Option<String>,
    /// Days and hours in words; of a service or a place.
    pub hours: Option<String>,
    /// Free places of a service.
    pub places: Option<u32>,
    /// Where a place is now, for a person to read. Nobody is asked this of a protected one.
    pub address: Option<String>,
    /// Whatever else, for a person to read.
    pub words: Option<String>,
}

impl std::fmt::Debug for Answer {
    /// The words may name people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Shows what a link leads to. Nothing changes, however often it is followed.
pub async fn look(acting: &Acting, link: &str) -> Outcome<Linked> {
    let read = read(acting, link).await?;
    let mapped = acting.mapping().await?;
    let reminder = read.value;
    let record = find(&mapped.directory, reminder.kind, reminder.record_id);
    let checked = match &record {
        Some(record) => reminder.check_for(owner(record), acting.now),
        None => reminder.check(acting.now),
    };
    let seen = match &record {
        Some(record) => newest(acting, record).await?,
        None => 0,
    };
    Ok(Linked {
        seen,
        record,
        fault: checked.err(),
        reminder,
    })
}

/// The newest revision among a record and, of a service, its places: their hours and telephones stand on the page, too.
async fn newest(acting: &Acting, record: &DirectoryRecord) -> Outcome<i64> {
    let places: Vec<Uuid> = match record {
        DirectoryRecord::Service(service) => service.locations().map(LocationId::uuid).collect(),
        _ => Vec::new(),
    };
    let own = acting.scope.record_in_force(record.kind(), record.uuid()).await?;
    let there = acting.scope.records_in_force("location", &places).await?;
    let all = own.iter().chain(&there).map(|version| version.revision);
    Ok(all.max().unwrap_or_default())
}

/// The reminder of a link; a guess and a link that never was are the same.
async fn read(acting: &Acting, link: &str) -> Outcome<Versioned<Reminder>> {
    let unknown = || Refusal::not_found("reminder.unknown");
    let id = reminders::of_link(acting, link).await?.ok_or_else(unknown)?;
    acting.scope.reminder(id).await?.ok_or_else(unknown)
}

/// The owner answers: all is right, or what is right now. The link is used with it, in one transaction.
pub async fn answer(acting: &Acting, link: &str, given: Answer) -> Outcome<Answered> {
    keeping::judged(|| answer_judged(acting, link, &given)).await
}

async fn answer_judged(acting: &Acting, link: &str, given: &Answer) -> Outcome<Answered> {
    let read = read(acting, link).await?;
    let reminder = &read.value;
    usable(reminder.check(acting.now))?;
    let version = in_force(acting, reminder.kind, reminder.record_id).await?;
    usable(reminder.check_for(owner(&version.record), acting.now))?;
    if let Some(seen) = given.seen
        && seen != newest(acting, &version.record).await?
    {
        return Err(Refusal::conflict("reminder.moved"));
    }
    let mut confirmation = confirmation(acting, reminder, given);
    confirming::check(&confirmation)?;
    let mut record = version.record.clone();
    let mapped = acting.mapping().await?;
    let left = correct(acting, &mapped.directory, &mut record, given)?;
    let confirmed = left.is_empty();
    let mut judged = None;
    if record != version.record {
        let found = keeping::judge(acting, Some(&version.record), &record).await;
        judged = Some(found.map_err(at_its_question)?);
    }
    let action = if confirmed { "record.confirm" } else { "record.correct" };
    let mut tx = acting.begin(action).await?;
    if let Some(judged) = judged {
        keeping::hold(acting, &mut tx, judged).await?;
    }
    let record_id = (reminder.kind, reminder.record_id);
    keeping::hold_one(acting, &mut tx, record_id, version.revision).await?;
    let written = if confirmed {
        confirming::write(acting, &mut tx, record.clone(), &mut confirmation).await
    } else {
        let left = left.into_iter().chain(counted(acting, given)).collect();
        leave(acting, &mut tx, &read, (&version, &record), left).await
    };
    written.map_err(second_use)?;
    tx.commit().await.map_err(|error| second_use(error.into()))?;
    Ok(Answered { record, confirmed })
}

/// What the owner confirms today by the link.
fn confirmation(acting: &Acting, reminder: &Reminder, given: &Answer) -> RecordConfirmation {
    RecordConfirmation {
        id: acting.app.new_id(RecordConfirmationId::new),
        kind: reminder.kind,
        record_id: reminder.record_id,
        owner: reminder.owner,
        on: acting.zone().day(acting.now),
        through: ConfirmedThrough::OwnerLink,
        by: None,
        figures: given.figures,
        note: String::new(),
        at: acting.now,
    }
}

/// The figures of an answer that confirms nothing, in words: whoever confirms the record later writes them down with it.
fn counted(acting: &Acting, given: &Answer) -> Option<(SuggestionAbout, String)> {
    let figures = given.figures.as_ref()?;
    let text = |key: &str| acting.app.texts().get(acting.lang, key, &[]);
    let day = |day: NaiveDate| day.format("%-d/%-m/%Y").to_string();
    let last = figures.period.to.map(day).unwrap_or_default();
    let mut lines = vec![format!(
        "{}: {} – {last}",
        text("figures-title"),
        day(figures.period.from)
    )];
    let counts = [
        ("figures-served", figures.served),
        ("figures-turned-away", figures.turned_away),
        ("figures-waiting", figures.waiting),
    ];
    let told = counts.into_iter().filter_map(|(key, count)| Some((key, count?)));
    lines.extend(told.map(|(key, count)| format!("{}: {count}", text(key))));
    Some((SuggestionAbout::Other, lines.join("\n")))
}

/// What the mapping says against a correction, where it was typed.
fn at_its_question(refusal: Refusal) -> Refusal {
    if refusal.errors().is_empty() {
        return refusal;
    }
    let errors = refusal.errors().iter().map(|error| {
        let top = error.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let path = match top {
            "schedules" => "/hours",
            "phones" => "/phone",
            _ => error.path.as_str(),
        };
        FieldError {
            path: path.to_owned(),
            ..error.clone()
        }
    });
    Refusal::invalid("request.invalid", errors.collect())
}

fn usable(checked: Result<(), LinkFault>) -> Outcome<()> {
    checked.map_err(|fault| match fault {
        LinkFault::Used => Refusal::conflict("reminder.used"),
        LinkFault::Expired => Refusal::conflict("reminder.expired"),
        LinkFault::OtherOwner => Refusal::conflict("reminder.other-owner"),
    })
}

/// Of two who press the button at once the second learns that it was pressed.
fn second_use(refusal: Refusal) -> Refusal {
    match refusal.kind() {
        Kind::Stale | Kind::Conflict => Refusal::conflict("reminder.used"),
        _ => refusal,
    }
}

/// Puts the owner's corrections into the record; what a person has to read is left over.
fn correct(
    acting: &Acting,
    directory: &Directory,
    record: &mut DirectoryRecord,
    given: &Answer,
) -> Outcome<Vec<(SuggestionAbout, String)>> {
    let mut left = Vec::new();
    let mut errors = Vec::new();
    if let DirectoryRecord::Service(service) = record {
        if let Some(status) = given.status {
            service.status = status;
        }
        if let Some(places) = given.places {
            set_places(service, places, acting.zone().day(acting.now));
        }
    }
    if let Some(phone) = &given.phone {
        if !is_phone(phone) {
            errors.push(FieldError::new("/phone", "record-phone"));
        } else if set_phone(directory, record, phone).is_err() {
            left.push((SuggestionAbout::Contact, phone.clone()));
        }
    }
    if let Some(hours) = &given.hours
        && set_hours(directory, record, hours, acting.lang.tag()).is_err()
    {
        left.push((SuggestionAbout::Hours, hours.clone()));
    }
    let texts = [
        ("/hours", &given.hours, 500),
        ("/address", &given.address, 500),
        ("/words", &given.words, 2000),
    ];
    for (path, text, most) in texts {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            errors.push(FieldError::new(path, "words-too-long"));
        }
    }
    let to_read = [
        (SuggestionAbout::Place, &given.address),
        (SuggestionAbout::Other, &given.words),
    ];
    left.extend(
        to_read
            .into_iter()
            .filter_map(|(about, text)| Some((about, text.clone()?))),
    );
    if errors.is_empty() {
        Ok(left)
    } else {
        Err(Refusal::invalid("request.invalid", errors))
    }
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
    plain && (3..=15).contains(&digits)
}

/// What the record says elsewhere an answer would contradict: a person has to read it.
struct Structured;

/// The first telephone of the record says this number. A service whose places say their telephones has no other: the old number
/// would stand beside one of its own.
fn set_phone(directory: &Directory, record: &mut DirectoryRecord, number: &str) -> Result<(), Structured> {
    let id = derived_id(record.uuid(), "phone", "owner");
    let phones = match record {
        DirectoryRecord::Organization(body) => &mut body.phones,
        DirectoryRecord::Location(place) => &mut place.phones,
        DirectoryRecord::Service(service) => {
            let of_place = |id| directory.location(id).is_some_and(|place| !place.phones.is_empty());
            let mut links = service.service_at_locations.iter();
            let is_elsewhere = links.any(|link| !link.phones.is_empty() || of_place(link.location_id));
            if service.phones.is_empty() && is_elsewhere {
                return Err(Structured);
            }
            &mut service.phones
        }
        DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => return Err(Structured),
    };
    match phones.first_mut() {
        Some(phone) => number.clone_into(&mut phone.number),
        None => phones.push(Phone::new(id, number.to_owned())),
    }
    Ok(())
}

/// Hours in words, where the record has no others, in the language in which they were typed: what stood there in another one
/// holds no longer. A service whose places say their hours has others: words of its own would hide them.
fn set_hours(directory: &Directory, record: &mut DirectoryRecord, hours: &str, lang: &str) -> Result<(), Structured> {
    let id = derived_id(record.uuid(), "schedule", "owner");
    let schedules = match record {
        DirectoryRecord::Service(service) => {
            let of_place = |id| directory.location(id).is_some_and(|place| !place.schedules.is_empty());
            let mut links = service.service_at_locations.iter();
            if links.any(|link| !link.schedules.is_empty() || of_place(link.location_id)) {
                return Err(Structured);
            }
            &mut service.schedules
        }
        DirectoryRecord::Location(place) => &mut place.schedules,
        DirectoryRecord::Organization(_) | DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => {
            return Err(Structured);
        }
    };
    let is_words = |schedule: &Schedule| schedule.opens_at.is_none() && schedule.freq.is_none();
    if schedules.len() > 1 || !schedules.iter().all(is_words) {
        return Err(Structured);
    }
    let words = LocalText::only(lang, hours);
    match schedules.first_mut() {
        Some(schedule) => schedule.description = words,
        None => schedules.push(Schedule {
            description: words,
            ..Schedule::new(id)
        }),
    }
    Ok(())
}

fn set_places(service: &mut Service, places: u32, on: NaiveDate) {
    let known = service.capacities.iter_mut().find(|capacity| capacity.counts_places());
    if let Some(capacity) = known {
        capacity.available = places;
        capacity.maximum = capacity.maximum.map(|all| all.max(places));
        capacity.updated = on.into();
    } else {
        let unit = LocalText::new("θέση", "place");
        service
            .capacities
            .push(ServiceCapacity::of(service.id, places, None, unit, on));
    }
}

/// Uses the link without a confirmation: what could be put into the record is written, the words are left for a person.
async fn leave(
    acting: &Acting,
    tx: &mut Tx,
    read: &Versioned<Reminder>,
    (before, record): (&RecordVersion, &DirectoryRecord),
    left: Vec<(SuggestionAbout, String)>,
) -> Outcome<()> {
    let mut reminder = read.value.clone();
    if *record != before.record {
        tx.put_directory_record(record, owner(record)).await?;
        let fields = keeping::changed_fields(Some(before), record)?;
        tx.journal(entry(
            "record.correct",
            reminder.kind.name(),
            reminder.record_id,
            serde_json::json!({ "through": ConfirmedThrough::OwnerLink.name(), "fields": fields }),
        ));
    }
    reminder.state = reminder.state.apply(&ReminderEvent::Use { at: acting.now })?;
    tx.update_reminder(&reminder, read.version).await?;
    for (about, words) in left {
        let suggestion = Suggestion {
            id: acting.app.new_id(SuggestionId::new),
            kind: reminder.kind,
            record_id: reminder.record_id,
            owner: reminder.owner,
            about,
            from: SuggestionFrom::OwnerLink,
            at: acting.now,
            state: SuggestionState::Open,
        };
        let id: Uuid = suggestion.id.uuid();
        tx.insert_suggestion(&SuggestionText {
            suggestion,
            words,
            contact: None,
        })
        .await?;
        tx.journal(entry(
            "suggestion.make",
            "suggestion",
            id,
            serde_json::json!({ "about": about.name(), "from": "owner-link" }),
        ));
    }
    Ok(())
}

/// Whoever holds an old link asks for a new one. It goes to the owner's address and is never shown; the answer is the
/// same whether it went out or not.
pub async fn again(acting: &Acting, link: &str) -> Outcome<()> {
    let reminder = read(acting, link).await?.value;
    if reminder.check(acting.now).is_ok() {
        return Ok(());
    }
    let name = format!("{}/{}", acting.municipality().id, reminder.record_id);
    let throttle = acting.app.relinks();
    throttle
        .check(&name, acting.now)
        .map_err(|wait| Refusal::new(Kind::TooMany, "reminder.wait").with("seconds", wait.seconds))?;
    throttle.failed(&name, acting.now);
    let version = in_force(acting, reminder.kind, reminder.record_id).await?;
    let mapped = acting.mapping().await?;
    let is_owner = owner(&version.record) == Some(reminder.owner);
    let mailboxes = Mailboxes::read(acting).await?;
    let reachable = mailboxes.of(&mapped.directory, reminder.owner).is_some();
    let (body, kind, record) = (reminder.owner, reminder.kind, reminder.record_id);
    if is_owner && reachable && !reminders::was_reminded_today(acting, body, kind, record).await? {
        reminders::remind_of(acting, body, kind, record).await?;
    }
    Ok(())
}
