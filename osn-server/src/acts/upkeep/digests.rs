//! Subscriptions: a body hears once a day of what changed in its categories and areas.

use std::collections::{BTreeMap, BTreeSet};

use osn_core::directory::{Directory, DirectoryRecord, Service, Taxonomy, TermCode};
use osn_core::id::{MessageId, OrganizationId, ServiceId, SubscriptionId};
use osn_core::record_change::changes;
use osn_core::upkeep::{RecordKind, Subscription};
use osn_store::{Message, OutboxMessage, Page, PageQuery, RecordVersion, Versioned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::mailboxes::Mailboxes;
use super::reminders::{CHANNEL, base};
use crate::acts::{Acting, Saved, entry, every};
use crate::auth::Right;
use crate::jobs::Progress;
use crate::lang::Lang;
use crate::refusal::{FieldError, Outcome, Refusal};

/// The kind of the job.
pub(crate) const JOB: &str = "upkeep.digest";
/// The text of the message.
pub(crate) const TEMPLATE: &str = "mapping-digest";
/// Changes read at a time.
const AT_ONCE: u32 = 1_000;
/// Services named in one message at most.
const NAMED: usize = 50;

/// What a body wants to hear of.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewSubscription {
    /// The body; left out by a partner, who subscribes for its own.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub organization_id: Option<OrganizationId>,
    /// Codes of categories, with everything below them; none: all.
    pub categories: Vec<String>,
    /// Codes of areas; none: all.
    pub areas: Vec<String>,
}

/// A subscription as it is shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SubscriptionView {
    /// Identifier.
    #[schemars(with = "uuid::Uuid")]
    pub id: SubscriptionId,
    /// The body.
    #[schemars(with = "uuid::Uuid")]
    pub organization_id: OrganizationId,
    /// Codes of categories.
    pub categories: Vec<String>,
    /// Codes of areas.
    pub areas: Vec<String>,
}

impl From<Subscription> for SubscriptionView {
    fn from(subscription: Subscription) -> Self {
        let codes = |codes: Vec<TermCode>| codes.into_iter().map(|code| code.0).collect();
        Self {
            id: subscription.id,
            organization_id: subscription.organization_id,
            categories: codes(subscription.categories),
            areas: codes(subscription.areas),
        }
    }
}

/// Subscribes a body, from now on.
pub async fn subscribe(acting: &Acting, new: NewSubscription) -> Outcome<Saved<SubscriptionView>> {
    let officer = acting.require(Right::KeepRecords)?;
    let body = officer.body(new.organization_id)?;
    let mapped = acting.mapping().await?;
    let mut errors = Vec::new();
    if mapped.directory.organization(body).is_none() {
        errors.push(FieldError::new("/organization_id", "unknown-record"));
    }
    let mut known = |path: &str, taxonomy: Taxonomy, codes: Vec<String>| -> Vec<TermCode> {
        let codes: Vec<TermCode> = codes.into_iter().map(TermCode::new).collect();
        let is_known = |code: &&TermCode| mapped.directory.term(code).is_none_or(|term| term.taxonomy != taxonomy);
        if codes.iter().any(|code| is_known(&code)) {
            errors.push(FieldError::new(path, "unknown-term"));
        }
        codes
    };
    let categories = known("/categories", Taxonomy::Category, new.categories);
    let areas = known("/areas", Taxonomy::Area, new.areas);
    if !errors.is_empty() {
        return Err(Refusal::invalid("request.invalid", errors));
    }
    let subscription = Subscription {
        id: acting.app.new_id(SubscriptionId::new),
        organization_id: body,
        categories,
        areas,
        told_to: acting.scope.directory_revision().await?,
    };
    let mut tx = acting.begin("subscription.begin").await?;
    tx.insert_subscription(&subscription).await?;
    tx.journal(entry(
        "subscription.begin",
        "subscription",
        subscription.id.uuid(),
        json!({}),
    ));
    let saved = Saved {
        value: SubscriptionView::from(subscription),
        version: 1,
    };
    acting.commit(tx, &saved).await?;
    Ok(saved)
}

/// Subscriptions in force; a body sees its own.
pub async fn list(acting: &Acting, query: PageQuery) -> Outcome<Page<Versioned<SubscriptionView>>> {
    let officer = acting.require(Right::KeepRecords)?;
    let of = officer.organization.filter(|_| officer.is_bound());
    let found = acting.scope.subscriptions(of, query).await?;
    Ok(found.map(|read| Versioned {
        value: read.value.into(),
        version: read.version,
        updated_at: read.updated_at,
    }))
}

/// Ends a subscription.
pub async fn end(acting: &Acting, id: SubscriptionId) -> Outcome<()> {
    let officer = acting.require(Right::KeepRecords)?;
    let unknown = || Refusal::not_found("subscription.unknown");
    let read = acting.scope.subscription(id).await?.ok_or_else(unknown)?;
    officer.acts_for(read.value.organization_id).map_err(|_| unknown())?;
    let mut tx = acting.begin("subscription.end").await?;
    tx.update_subscription(&read.value, read.version, true).await?;
    tx.journal(entry("subscription.end", "subscription", id.uuid(), json!({})));
    Ok(tx.commit().await?)
}

/// Tells every subscriber once what changed. The message and how far it told are one transaction: done again, it tells
/// nothing twice.
pub(crate) async fn work(acting: &Acting, progress: &Progress<'_>) -> Outcome<Value> {
    let mapped = acting.mapping().await?;
    let mailboxes = Mailboxes::read(acting).await?;
    // Most were told up to the same revision: what changed since is read once for all of those.
    let mut told_to: BTreeMap<i64, Vec<Versioned<Subscription>>> = BTreeMap::new();
    for read in every(|query| acting.scope.subscriptions(None, query)).await? {
        // Whoever has no mailbox yet hears of it all once there is one.
        if mailboxes.of(&mapped.directory, read.value.organization_id).is_some() {
            told_to.entry(read.value.told_to).or_default().push(read);
        }
    }
    let total = told_to.values().map(Vec::len).sum::<usize>();
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let (mut done, mut messages) = (0, 0_u64);
    for (from, alike) in told_to {
        let (last, heard) = news(acting, &mapped.directory, (from, &alike), (progress, done, total)).await?;
        for (read, heard) in alike.into_iter().zip(heard) {
            messages += u64::from(last > from && tell(acting, read, &heard, last).await?);
            done += 1;
            progress.at(done, total).await?;
        }
    }
    Ok(json!({ "messages": messages }))
}

/// What one subscriber is told: the first services, and how many there are.
#[derive(Debug, Default)]
struct Heard {
    services: Vec<ServiceId>,
    count: usize,
}

/// What changed since a revision that each of these subscribers wants to hear, and the last revision that was read. After an
/// import of a whole city that takes minutes: `progress` says at each step who is at work.
async fn news(
    acting: &Acting,
    directory: &Directory,
    (told_to, alike): (i64, &[Versioned<Subscription>]),
    (progress, done, total): (&Progress<'_>, u64, u64),
) -> Outcome<(i64, Vec<Heard>)> {
    let wanted: Vec<Wanted> = alike.iter().map(|read| Wanted::of(directory, &read.value)).collect();
    let mut heard: Vec<Heard> = wanted.iter().map(|_| Heard::default()).collect();
    let mut last = told_to;
    // Services whose own record changed, and those whose body or place says something else.
    let (mut own, mut around) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let changed = acting.scope.changed_since(last, AT_ONCE).await?;
        let Some(newest) = changed.last() else { break };
        let from = std::mem::replace(&mut last, newest.revision);
        progress.at(done, total).await?;
        let known = acting.scope.known_before(told_to, (from, last)).await?;
        let mut known: BTreeMap<Uuid, DirectoryRecord> = known
            .into_iter()
            .map(|known| (known.record.uuid(), known.record))
            .collect();
        for version in &changed {
            let before = known.remove(&version.record.uuid());
            match &version.record {
                DirectoryRecord::Service(now) => {
                    own.insert(now.id);
                    if let Some(change) = Change::of(version, now, before)? {
                        hear(&mut heard, &wanted, &change);
                    }
                }
                _ if !says_more(version, before.as_ref())? => {}
                DirectoryRecord::Organization(body) => {
                    around.extend(directory.services_of(body.id).map(|service| service.id));
                }
                DirectoryRecord::Location(place) => {
                    around.extend(directory.services_at(place.id).map(|service| service.id));
                }
                DirectoryRecord::Taxonomy(_) | DirectoryRecord::TaxonomyTerm(_) => {}
            }
        }
    }
    let around = around.difference(&own).filter_map(|id| directory.service(*id));
    for service in around {
        let change = Change {
            now: service,
            before: None,
        };
        hear(&mut heard, &wanted, &change);
    }
    Ok((last, heard))
}

/// Adds a change to what each subscriber hears that it is for.
fn hear(heard: &mut [Heard], wanted: &[Wanted], change: &Change<'_>) {
    let told = heard.iter_mut().zip(wanted).filter(|(_, wanted)| change.is_for(wanted));
    for (heard, _) in told {
        heard.count = heard.count.saturating_add(1);
        if heard.services.len() < NAMED {
            heard.services.push(change.now.id);
        }
    }
}

/// Whether a body or a place that was known says something else now. One that is new is told by the services that name it.
fn says_more(version: &RecordVersion, before: Option<&DirectoryRecord>) -> Outcome<bool> {
    match before {
        Some(before) => Ok(!changes(before, &version.record).map_err(Refusal::internal)?.is_empty()),
        None => Ok(false),
    }
}

async fn tell(acting: &Acting, read: Versioned<Subscription>, heard: &Heard, last: i64) -> Outcome<bool> {
    let mut subscription = read.value;
    subscription.told_to = last;
    let mut tx = acting.begin("subscription.tell").await?;
    let says = heard.count > 0;
    if says {
        let (services, count) = (&heard.services, heard.count);
        tx.outbox(&Message {
            id: acting.app.new_id(MessageId::new),
            recipient_person: None,
            channel: CHANNEL,
            template_key: TEMPLATE.to_owned(),
            params: json!({ "organization": subscription.organization_id, "services": services, "count": count }),
            dedupe_key: Some(format!("{TEMPLATE}/{}/{last}", subscription.id)),
        })
        .await?;
    }
    tx.update_subscription(&subscription, read.version, false).await?;
    tx.commit().await?;
    Ok(says)
}

/// A service that says something new: as it is now, and as it was when it was told last.
struct Change<'v> {
    now: &'v Service,
    before: Option<Service>,
}

impl<'v> Change<'v> {
    /// `None` where nobody hears anything new: a confirmation is no news, and what came and went in between nobody knew.
    fn of(version: &RecordVersion, now: &'v Service, before: Option<DirectoryRecord>) -> Outcome<Option<Self>> {
        let says_more = match &before {
            Some(before) => {
                let changes = changes(before, &version.record).map_err(Refusal::internal)?;
                version.retired || changes.iter().any(|change| change.field() != "assured_date")
            }
            None => !version.retired,
        };
        let before = match before {
            Some(DirectoryRecord::Service(before)) => Some(before),
            _ => None,
        };
        Ok(says_more.then_some(Self { now, before }))
    }

    /// Whether a subscriber wants to hear of it: as it is, or as it was. Nobody is told of its own changes.
    fn is_for(&self, wanted: &Wanted) -> bool {
        let was_named = self.before.as_ref().is_some_and(|before| wanted.names(before));
        self.now.organization_id != wanted.own && (was_named || wanted.names(self.now))
    }
}

/// The terms that a subscription names, with everything below them.
struct Wanted {
    categories: Option<BTreeSet<TermCode>>,
    areas: Option<BTreeSet<TermCode>>,
    own: OrganizationId,
}

impl Wanted {
    fn of(directory: &Directory, subscription: &Subscription) -> Self {
        let all = |codes: &[TermCode], of: &dyn Fn(&TermCode) -> BTreeSet<TermCode>| {
            (!codes.is_empty()).then(|| codes.iter().flat_map(of).collect())
        };
        let below = |code: &TermCode| directory.with_descendants(code);
        // Whoever serves the whole municipality serves each of its communities.
        let around = |code: &TermCode| &below(code) | &directory.with_ancestors(code).into_iter().collect();
        Self {
            categories: all(&subscription.categories, &below),
            areas: all(&subscription.areas, &around),
            own: subscription.organization_id,
        }
    }

    fn names(&self, service: &Service) -> bool {
        let meets = |wanted: &Option<BTreeSet<TermCode>>, said: &[TermCode]| {
            wanted
                .as_ref()
                .is_none_or(|wanted| said.iter().any(|code| wanted.contains(code)))
        };
        // A service that does not say where it serves may serve here.
        let areas = service.areas.as_deref();
        meets(&self.categories, &service.categories) && areas.is_none_or(|areas| meets(&self.areas, areas))
    }
}

#[derive(Deserialize)]
struct Params {
    organization: OrganizationId,
    services: Vec<ServiceId>,
    /// How many changed in all; a message of before has no more than it names.
    #[serde(default)]
    count: usize,
}

/// The words of a digest, Greek first.
pub(crate) async fn words(acting: &Acting, message: &OutboxMessage) -> Outcome<Option<(OrganizationId, String)>> {
    let params: Params = serde_json::from_value(message.params.clone()).map_err(Refusal::internal)?;
    let mapped = acting.mapping().await?;
    let mut text = String::new();
    for lang in Lang::ALL {
        let prefix = if lang == Lang::El { "" } else { "/en" };
        let mut list = String::new();
        for id in &params.services {
            let line = match mapped.directory.service(*id) {
                Some(service) => format!(
                    "- {}\r\n  {}{prefix}/services/{id}\r\n",
                    service.name.get(lang.tag()),
                    base(acting)
                ),
                None => gone(acting, *id, lang).await?,
            };
            list.push_str(&line);
        }
        let more = params.count.saturating_sub(params.services.len());
        if more > 0 {
            let args = [("count", more.to_string())];
            let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
            let line = acting.app.texts().get(lang, "message-mapping-digest-more", &args);
            list.push_str(&format!("- {line}\r\n  {}{prefix}/services\r\n", base(acting)));
        }
        let count = params.count.max(params.services.len()).to_string();
        let args = [
            ("municipality", acting.municipality().name.get(lang.tag())),
            ("records", list.as_str()),
            ("count", count.as_str()),
        ];
        text.push_str(&acting.app.texts().get(lang, &format!("message-{TEMPLATE}"), &args));
        text.push_str("\r\n\r\n");
    }
    Ok(Some((params.organization, text)))
}

/// A line about a service that is no longer there.
async fn gone(acting: &Acting, id: ServiceId, lang: Lang) -> Outcome<String> {
    let last = acting
        .scope
        .record_in_force(RecordKind::Service.name(), id.uuid())
        .await?;
    let name = last.map(|version| super::name(&version.record).get(lang.tag()).to_owned());
    let args = [("name", name.as_deref().unwrap_or_default())];
    Ok(format!(
        "- {}\r\n",
        acting.app.texts().get(lang, "message-service-gone", &args)
    ))
}
