//! Upkeep: how a record ages, when its owner is asked, when a link works, what of the figures everybody sees.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::NaiveDate;
use osn_core::coverage::FreshnessPolicy;
use osn_core::id::{OrganizationId, ReminderId};
use osn_core::time::{Instant, Period};
use osn_core::upkeep::{
    FiguresFault, Freshness, LinkFault, PeriodFigures, PublicCount, RecordKind, Reminder, ReminderState, UpkeepPolicy,
};
use proptest::prelude::*;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

#[test]
fn a_record_ages_in_steps() {
    for (assured, on, wanted) in [
        (None, "2022-06-01", "never-confirmed"),
        (Some("2022-06-01"), "2022-06-01", "fresh"),
        (Some("2022-06-02"), "2022-06-01", "fresh"),
        (Some("2022-01-01"), "2022-04-01", "fresh"),
        (Some("2022-01-01"), "2022-04-02", "reminder-due"),
        (Some("2022-01-01"), "2022-06-30", "reminder-due"),
        (Some("2022-01-01"), "2022-07-01", "no-cover"),
        (Some("2022-01-01"), "2023-01-01", "no-cover"),
        (Some("2022-01-01"), "2023-01-02", "no-referral"),
    ] {
        let degree = Freshness::of(assured.map(day), FreshnessPolicy::default(), day(on));
        assert_eq!(degree.name(), wanted, "{assured:?} on {on}");
        assert_eq!(Freshness::named(wanted), Some(degree));
    }
}

#[test]
fn an_owner_is_asked_after_ninety_days_and_not_every_day() {
    let policy = UpkeepPolicy::default();
    for (assured, reminded, on, due) in [
        (None, None, "2022-06-01", true),
        (None, Some("2022-05-31"), "2022-06-01", false),
        (None, Some("2022-05-02"), "2022-06-01", true),
        (Some("2022-01-01"), None, "2022-04-01", false),
        (Some("2022-01-01"), None, "2022-04-02", true),
        (Some("2022-01-01"), Some("2022-04-02"), "2022-05-01", false),
        (Some("2022-01-01"), Some("2022-04-02"), "2022-05-02", true),
        // The reminder was answered: the next one follows the confirmation.
        (Some("2022-04-03"), Some("2022-04-02"), "2022-07-02", false),
        (Some("2022-04-03"), Some("2022-04-02"), "2022-07-03", true),
    ] {
        assert_eq!(
            policy.is_reminder_due(assured.map(day), reminded.map(day), day(on)),
            due,
            "{assured:?} {reminded:?} on {on}"
        );
    }
}

#[test]
fn a_link_works_once_and_for_a_time() {
    let mut reminder = Reminder {
        id: ReminderId::new(Uuid::nil()),
        owner: OrganizationId::new(Uuid::nil()),
        kind: RecordKind::Service,
        record_id: Uuid::nil(),
        sent_at: at("2022-06-01T09:00:00Z"),
        expires_at: at("2022-07-01T09:00:00Z"),
        state: ReminderState::Sent,
    };
    assert_eq!(reminder.check(at("2022-07-01T08:59:59Z")), Ok(()));
    assert_eq!(reminder.check(at("2022-07-01T09:00:00Z")), Err(LinkFault::Expired));
    let now = at("2022-06-02T09:00:00Z");
    let (own, other) = (Some(reminder.owner), Some(OrganizationId::new(Uuid::from_u128(1))));
    assert_eq!(reminder.check_for(own, now), Ok(()));
    assert_eq!(reminder.check_for(other, now), Err(LinkFault::OtherOwner));
    assert_eq!(reminder.check_for(None, now), Err(LinkFault::OtherOwner));
    reminder.state = ReminderState::Replaced { at: now };
    assert_eq!(reminder.check(now), Err(LinkFault::Expired));
    assert_eq!(reminder.check_for(own, now), Err(LinkFault::Expired));
    assert_eq!(reminder.check_for(other, now), Err(LinkFault::OtherOwner));
    reminder.state = ReminderState::Used { at: now };
    assert_eq!(reminder.check(now), Err(LinkFault::Used));
    assert_eq!(reminder.check_for(other, now), Err(LinkFault::Used));
}

#[test]
fn figures_are_of_days_that_have_passed() {
    let figures = |from: &str, to: Option<&str>, served| PeriodFigures {
        period: Period {
            from: day(from),
            to: to.map(day),
        },
        served,
        turned_away: None,
        waiting: None,
    };
    for (given, wanted) in [
        (figures("2022-01-01", Some("2022-03-31"), Some(4)), Ok(())),
        (figures("2022-01-01", None, Some(4)), Err(FiguresFault::Period)),
        (
            figures("2022-02-01", Some("2022-01-31"), Some(4)),
            Err(FiguresFault::Period),
        ),
        (
            figures("2022-01-01", Some("2022-06-02"), Some(4)),
            Err(FiguresFault::Future),
        ),
        (
            figures("2022-01-01", Some("2022-03-31"), None),
            Err(FiguresFault::Nothing),
        ),
    ] {
        assert_eq!(given.check(day("2022-06-01")), wanted, "{given:?}");
    }
}

#[test]
fn small_counts_are_not_published() {
    for (count, wanted) in [
        (None, PublicCount::NotStated),
        (Some(0), PublicCount::Exactly(0)),
        (Some(1), PublicCount::Below(10)),
        (Some(9), PublicCount::Below(10)),
        (Some(10), PublicCount::Exactly(10)),
    ] {
        assert_eq!(PublicCount::of(count, 10), wanted);
    }
}

proptest! {
    /// Time makes no record better, and an owner is never asked about a record that is fresh.
    #[test]
    fn records_only_grow_older(age in 0_u64..2000, more in 0_u64..2000) {
        let policy = UpkeepPolicy::default();
        let assured = day("2022-01-01");
        let on = assured + chrono::Days::new(age);
        let (now, later) = (
            Freshness::of(Some(assured), policy.freshness, on),
            Freshness::of(Some(assured), policy.freshness, on + chrono::Days::new(more)),
        );
        prop_assert!(now <= later);
        prop_assert_eq!(policy.is_reminder_due(Some(assured), None, on), now > Freshness::Fresh);
    }
}
