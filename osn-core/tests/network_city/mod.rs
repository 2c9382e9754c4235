//! A small city for the tests of need and network: days, people, words, a mapping of two communities.
use chrono::{DateTime, NaiveDate};
use osn_core::directory::{Directory, DirectoryRecord, Service, Taxonomy, TaxonomyTerm, TermCode};
use osn_core::id::{AccountId, TermId};
use osn_core::lang::LocalText;
use osn_core::time::Instant;
use uuid::Uuid;

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn at() -> Instant {
    DateTime::from_timestamp(1_661_990_400, 0).unwrap() // 1/9/2022
}

pub(crate) fn who(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

pub(crate) fn words(text: &str) -> LocalText {
    LocalText::new(text, text)
}

pub(crate) fn codes(codes: &[&str]) -> Vec<TermCode> {
    codes.iter().copied().map(TermCode::new).collect()
}

pub(crate) fn city(services: Vec<Service>) -> Directory {
    let term = |taxonomy, code: &str, parent: Option<&str>| {
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm {
            parent: parent.map(TermCode::new),
            ..TaxonomyTerm::new(TermId::new(Uuid::nil()), TermCode::new(code), taxonomy, words(code))
        })
    };
    let terms = [
        term(Taxonomy::Category, "food", None),
        term(Taxonomy::BeneficiaryGroup, "homeless", None),
        term(Taxonomy::Area, "city", None),
        term(Taxonomy::Area, "city.1", Some("city")),
        term(Taxonomy::Area, "city.2", Some("city")),
    ];
    Directory::new(
        at(),
        terms
            .into_iter()
            .chain(services.into_iter().map(DirectoryRecord::Service)),
    )
}
