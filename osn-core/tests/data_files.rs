//! Every data file of the crate is read by its loader, has a comment that says what it is, and is known here.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use chrono::NaiveDate;
use osn_core::calendar::Calendar;
use osn_core::equivalence::{IncomeBands, Scale};
use osn_core::expenditure::{Catalogue, Parameters};
use osn_core::minimum_income::MinimumIncome;
use osn_core::operation::Regime;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data")
}

#[test]
fn every_file_has_a_loader_that_reads_it() {
    let today: NaiveDate = "2026-01-01".parse().unwrap();
    let loaders: [(&str, &dyn Fn() -> bool); 8] = [
        ("equivalence-scales.toml", &|| {
            let codes = Scale::codes().unwrap();
            let titled = codes.iter().all(|(_, title)| title.has("el") && title.has("en"));
            titled
                && codes.iter().all(|(code, _)| Scale::by_code(code, today).is_ok())
                && IncomeBands::by_code("a21", today).is_ok()
        }),
        ("expenditure-1420.toml", &|| Parameters::of(Regime::Period1420).is_ok()),
        ("expenditure-2127.toml", &|| Parameters::of(Regime::Period2127).is_ok()),
        ("expenditure-greece.toml", &|| {
            let numbers = Parameters::of(Regime::Period1420).unwrap().national;
            numbers.direct_award.on(today).is_some()
        }),
        ("expenditure-rules.toml", &|| Catalogue::load().is_ok()),
        ("minimum-income.toml", &|| MinimumIncome::on(today).is_ok()),
        ("public-holidays.toml", &|| {
            let calendar = Calendar::greek().unwrap();
            calendar
                .holidays(2026)
                .iter()
                .all(|(_, day)| day.name.has("el") && day.name.has("en"))
        }),
        ("sunday-holidays.toml", &|| {
            let calendar = Calendar::greek().unwrap();
            let days = calendar.days_off(2026);
            let sundays = days.iter().filter(|(on, _)| calendar.holiday(*on).is_none());
            sundays.clone().count() == 2 && sundays.clone().all(|(_, day)| day.name.has("el") && day.name.has("en"))
        }),
    ];
    let known: BTreeSet<String> = loaders.iter().map(|(file, _)| (*file).to_owned()).collect();
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        there, known,
        "a data file without a loader here, or a loader without a file"
    );
    for (file, reads) in loaders {
        assert!(reads(), "{file}");
        let text = fs::read_to_string(folder().join(file)).unwrap();
        assert!(text.starts_with("# "), "{file} does not say what it is");
    }
}
