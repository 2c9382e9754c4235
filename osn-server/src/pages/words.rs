//! The texts of the pages, and days, times, numbers and amounts as people of each language write them.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use osn_core::directory::Number;
use osn_core::money::Money;
use osn_core::text::number;

use crate::lang::Lang;
use crate::texts::Texts;

macro_rules! locales {
    ($($name:literal),* $(,)?) => {
        &[$(
            (Lang::El, include_str!(concat!("../../locales/el/", $name, ".ftl"))),
            (Lang::En, include_str!(concat!("../../locales/en/", $name, ".ftl"))),
        )*]
    };
}

/// Fluent sources of the pages, added to the server's texts.
pub(crate) const LOCALES: &[(Lang, &str)] = locales![
    "common",
    "public",
    "apply",
    "staff",
    "work",
    "need",
    "upkeep",
    "network",
    "files",
    "money",
    "host",
    "deliveries"
];

/// Pages render without the application at hand (tests, error pages); a source that does not load is a failed test and
/// stops `App::open`, so that bare keys are never served.
static TEXTS: LazyLock<Option<Texts>> = LazyLock::new(|| Texts::load().ok());

/// The text of a key; Greek where the language lacks it, the key itself where nobody has it.
pub(super) fn get(lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
    find(lang, key, args).unwrap_or_else(|| key.to_owned())
}

/// The text of a key, when there is one.
pub(super) fn find(lang: Lang, key: &str, args: &[(&str, &str)]) -> Option<String> {
    let texts = TEXTS.as_ref()?;
    texts.find(lang, key, args).or_else(|| texts.find(Lang::El, key, args))
}

/// A day: «19/8/2022».
pub(super) fn day(day: NaiveDate) -> String {
    format!("{}/{}/{}", day.day(), day.month(), day.year())
}

/// A day in words: «19 Αυγούστου 2022».
pub(super) fn day_in_words(lang: Lang, day: NaiveDate) -> String {
    format!("{} {}", day.day(), month_in_words(lang, day))
}

/// The month of a day: «8/2022».
pub(super) fn month(day: NaiveDate) -> String {
    format!("{}/{}", day.month(), day.year())
}

/// The month of a day in words, in the genitive: «Αυγούστου 2022».
pub(super) fn month_in_words(lang: Lang, day: NaiveDate) -> String {
    let month = get(lang, &format!("date-month-{}", day.month()), &[]);
    format!("{month} {}", day.year())
}

/// A day in words with its weekday: «Παρασκευή 19 Αυγούστου 2022».
pub(super) fn weekday(lang: Lang, day: NaiveDate) -> String {
    let weekday = get(
        lang,
        &format!("date-weekday-{}", day.weekday().number_from_monday()),
        &[],
    );
    format!("{weekday} {}", day_in_words(lang, day))
}

/// A time on the wall: «19/8/2022, 17:00».
pub(super) fn moment(local: NaiveDateTime) -> String {
    format!("{}, {:02}:{:02}", day(local.date()), local.hour(), local.minute())
}

/// A time on the wall in words: «Παρασκευή 19 Αυγούστου 2022, 17:00».
pub(super) fn moment_in_words(lang: Lang, local: NaiveDateTime) -> String {
    format!(
        "{}, {:02}:{:02}",
        weekday(lang, local.date()),
        local.hour(),
        local.minute()
    )
}

/// A whole number with its thousands: «1.234», in English “1,234”.
pub(super) fn count(lang: Lang, count: u64) -> String {
    let greek = number::format_el(count.into());
    match lang {
        Lang::El => greek,
        Lang::En => greek.replace('.', ","),
    }
}

/// A number with its decimals, two at least where it has any: «1.234,50», in English “1,234.50”.
pub(super) fn decimal(lang: Lang, number: Number) -> String {
    let mut value = number.value();
    if value.scale() == 1 {
        value.rescale(2);
    }
    let greek = number::format_el(value);
    match lang {
        Lang::El => greek,
        Lang::En => swapped(&greek),
    }
}

/// Points for commas and commas for points.
fn swapped(digits: &str) -> String {
    let other = |c| match c {
        '.' => ',',
        ',' => '.',
        c => c,
    };
    digits.chars().map(other).collect()
}

/// An amount: «1.234,56 €», in English “€1,234.56”.
pub(crate) fn money(lang: Lang, amount: Money) -> String {
    let greek = amount.format_el();
    match lang {
        Lang::El => greek,
        Lang::En => {
            let digits = greek.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
            let digits = swapped(&digits.collect::<String>());
            format!("{}€{digits}", if amount.is_negative() { "-" } else { "" })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn numbers_dates_and_amounts_read_as_people_write_them() {
        let day = NaiveDate::from_ymd_opt(2022, 8, 19).unwrap();
        let at = day.and_hms_opt(17, 0, 0).unwrap();
        for (lang, long, number, amount) in [
            (Lang::El, "Παρασκευή 19 Αυγούστου 2022, 17:00", "1.234", "1.234,50 €"),
            (Lang::En, "Friday 19 August 2022, 17:00", "1,234", "€1,234.50"),
        ] {
            assert_eq!(moment_in_words(lang, at), long);
            assert_eq!(count(lang, 1234), number);
            assert_eq!(money(lang, Money::from_cents(123_450)).replace('\u{a0}', " "), amount);
        }
        assert_eq!(moment(at), "19/8/2022, 17:00");
        for (written, greek, english) in [
            ("1234.5", "1.234,50", "1,234.50"),
            ("7", "7", "7"),
            ("0.125", "0,125", "0.125"),
        ] {
            let number = written.parse().unwrap();
            assert_eq!(decimal(Lang::El, number), greek);
            assert_eq!(decimal(Lang::En, number), english);
        }
    }

    #[test]
    fn a_plural_follows_the_number_and_a_missing_key_shows_itself() {
        assert_eq!(get(Lang::El, "services-count", &[("count", "1")]), "1 υπηρεσία");
        assert_eq!(get(Lang::El, "services-count", &[("count", "4")]), "4 υπηρεσίες");
        assert_eq!(get(Lang::En, "no-such-key", &[]), "no-such-key");
    }

    /// Every message and attribute of a language with the arguments it uses.
    fn inventory(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (_, source) in LOCALES.iter().filter(|(of, _)| *of == lang) {
            let mut key = String::new();
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                if line.starts_with(|c: char| c.is_ascii_lowercase())
                    && let Some((id, _)) = line.split_once(" =")
                {
                    key = id.to_owned();
                } else if let Some((id, _)) = line
                    .trim_start()
                    .strip_prefix('.')
                    .and_then(|rest| rest.split_once(" ="))
                {
                    key = format!("{}.{id}", key.split('.').next().unwrap_or_default());
                }
                let args = found.entry(key.clone()).or_default();
                for piece in line.split('$').skip(1) {
                    args.insert(
                        piece
                            .chars()
                            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                            .collect(),
                    );
                }
            }
        }
        found.remove("");
        found
    }

    #[test]
    fn both_languages_have_the_same_keys_with_the_same_arguments() {
        let (greek, english) = (inventory(Lang::El), inventory(Lang::En));
        let differing: Vec<_> = greek
            .keys()
            .chain(english.keys())
            .filter(|key| greek.get(*key) != english.get(*key))
            .collect();
        assert!(differing.is_empty(), "missing or with other arguments: {differing:?}");
        assert!(greek.len() > 300, "{}", greek.len());
    }

    #[test]
    fn every_file_is_embedded_and_read_whole() {
        Texts::load().unwrap();
        for lang in Lang::ALL {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(lang.tag());
            let on_disk = std::fs::read_dir(folder).unwrap().count();
            assert_eq!(on_disk * 2, LOCALES.len(), "a file that nobody embeds");
        }
    }

    #[test]
    fn greek_words_have_greek_letters_only() {
        for (lang, source) in LOCALES {
            // A Latin letter that looks like a Greek one inside a Greek word reads well and sounds wrong.
            for word in source.split(|c: char| !c.is_alphabetic()) {
                let greek = word.chars().any(|c| ('\u{370}'..'\u{400}').contains(&c));
                assert!(
                    !greek || !word.chars().any(|c| c.is_ascii_alphabetic()),
                    "mixed letters in {word}"
                );
                assert!(
                    !greek || *lang == Lang::El || word == "Ελληνικά",
                    "Greek in the English texts: {word}"
                );
            }
        }
    }

    fn sources(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, ending, out);
            } else if path.to_string_lossy().ends_with(ending) {
                out.push(path);
            }
        }
    }

    /// Keys that templates and sources name in full: `t("key"`, `t1("key"` and so on.
    fn named_keys() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        sources(&root.join("templates"), ".html", &mut files);
        sources(&root.join("src/pages"), ".rs", &mut files);
        let mut keys = BTreeSet::new();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for call in [".t(\"", ".t1(\"", ".t2(\"", ".tc(\"", ".with(\""] {
                for (at, _) in text.match_indices(call) {
                    let key: String = text[at + call.len()..].chars().take_while(|c| *c != '"').collect();
                    if key.contains('-') || LOCALES.iter().any(|(_, source)| source.contains(&format!("\n{key} ="))) {
                        keys.insert(key);
                    }
                }
            }
        }
        keys.retain(|key| {
            key.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
        });
        keys
    }

    #[test]
    fn every_key_that_is_named_exists_in_both_languages() {
        let named = named_keys();
        let texts = Texts::load().unwrap();
        // Sentences of plurals and arguments exist without them too: only whether the key is there is asked.
        let missing: Vec<_> = named
            .iter()
            .filter(|key| Lang::ALL.iter().any(|lang| texts.find(*lang, key, &[]).is_none()))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(named.len() > 150, "{}", named.len());
    }
}
