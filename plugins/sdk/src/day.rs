//! Days without a clock: proleptic Gregorian, counted from 1970-01-01.

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day with this year, month (1 to 12) and day of the month. The caller gives a date that exists.
    pub const fn ymd(year: i32, month: i32, day: i32) -> Self {
        // Years begin in March here, so that the leap day is the last one.
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month and day of the month.
    pub const fn to_ymd(self) -> (i32, i32, i32) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400;
        (if month <= 2 { year + 1 } else { year }, month, day)
    }

    /// Reads `YYYY-MM-DD`, nothing looser; `None` where there is no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let part = parts.next().filter(|part| part.len() == length)?;
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| part.parse().ok())?
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let read = Self::ymd(year, month, day);
        (parts.next().is_none() && (1..=12).contains(&month) && read.to_ymd() == (year, month, day)).then_some(read)
    }

    /// The day that many calendar months later, or earlier; a month that is too short ends with its last day.
    #[must_use]
    pub const fn plus_months(self, months: i32) -> Self {
        let (year, month, day) = self.to_ymd();
        let count = year * 12 + month - 1 + months;
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let last = Self::ymd(next_year, next_month, 1).0 - Self::ymd(year, month, 1).0;
        Self::ymd(year, month, if day > last { last } else { day })
    }

    /// Full calendar months from this day to another; `None` where that day comes before.
    pub const fn months_until(self, on: Self) -> Option<i32> {
        if on.0 < self.0 {
            return None;
        }
        let ((year, month, _), (on_year, on_month, _)) = (self.to_ymd(), on.to_ymd());
        let count = (on_year - year) * 12 + on_month - month;
        Some(if self.plus_months(count).0 > on.0 {
            count - 1
        } else {
            count
        })
    }

    /// Full years from this day of birth to another day; `None` before birth. Born on 29 February means 1 March in a common year.
    pub const fn age_on(self, on: Self) -> Option<i32> {
        if on.0 < self.0 {
            return None;
        }
        let (born_year, born_month, born_day) = self.to_ymd();
        let (year, month, day) = on.to_ymd();
        let had_birthday = month > born_month || (month == born_month && day >= born_day);
        Some(if had_birthday {
            year - born_year
        } else {
            year - born_year - 1
        })
    }

    /// Whether somebody born on this day is there on another day, and younger than this many full years; as [`Day::age_on`] counts.
    #[inline]
    pub const fn is_under(self, years: i32, on: Self) -> bool {
        // A year has 365 or 366 days: only around a birthday does the calendar have to be asked.
        let (lived, years_wide) = (on.0 as i64 - self.0 as i64, years as i64);
        if lived < 0 || lived >= 366 * years_wide {
            return false;
        }
        lived < 365 * years_wide || matches!(self.age_on(on), Some(age) if age < years)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        for (ymd, days) in [
            ((1970, 1, 1), 0),
            ((2022, 8, 19), 19_223),
            ((2000, 2, 29), 11_016),
            ((1969, 12, 31), -1),
        ] {
            assert_eq!(Day::ymd(ymd.0, ymd.1, ymd.2), Day(days));
            assert_eq!(Day(days).to_ymd(), ymd);
        }
        for day in -200_000..200_000 {
            let (year, month, of_month) = Day(day).to_ymd();
            assert_eq!(Day::ymd(year, month, of_month), Day(day));
        }
    }

    #[test]
    fn days_are_read_strictly() {
        assert_eq!(Day::parse("2022-08-19"), Some(Day(19_223)));
        assert_eq!(Day::parse("2024-02-29").map(Day::to_ymd), Some((2024, 2, 29)));
        for wrong in [
            "2022-02-29",
            "2022-13-01",
            "2022-00-10",
            "2022-8-19",
            "2022-08-19-1",
            "+022-08-19",
            "",
            "19/8/2022",
        ] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_end_with_their_last_day() {
        let day = |text| Day::parse(text).unwrap();
        for (from, months, to) in [
            ("2025-06-30", -2, "2025-04-30"),
            ("2025-06-30", 1, "2025-07-30"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2025-01-31", 1, "2025-02-28"),
            ("2025-12-15", 2, "2026-02-15"),
            ("2025-01-15", -13, "2023-12-15"),
        ] {
            assert_eq!(day(from).plus_months(months), day(to), "{from} {months}");
        }
        for (from, to, months) in [
            ("2018-03-01", "2025-03-01", Some(84)),
            ("2018-03-02", "2025-03-01", Some(83)),
            ("2025-01-31", "2025-02-28", Some(1)),
            ("2025-02-01", "2025-01-31", None),
        ] {
            assert_eq!(day(from).months_until(day(to)), months, "{from} {to}");
        }
    }

    #[test]
    fn age_counts_full_years() {
        let on = Day::ymd(2022, 6, 20);
        for (born, age) in [
            ((2018, 6, 20), 4),
            ((2018, 6, 21), 3),
            ((2009, 6, 21), 12),
            ((2009, 6, 20), 13),
        ] {
            assert_eq!(Day::ymd(born.0, born.1, born.2).age_on(on), Some(age));
        }
        assert_eq!(Day::ymd(2000, 2, 29).age_on(Day::ymd(2025, 2, 28)), Some(24));
        assert_eq!(Day::ymd(2000, 2, 29).age_on(Day::ymd(2025, 3, 1)), Some(25));
        assert_eq!(Day::ymd(2025, 1, 1).age_on(Day::ymd(2024, 1, 1)), None);
    }

    #[test]
    fn under_an_age_is_what_the_age_says() {
        // A whole leap cycle around a common century year and one around now, births on and around each birthday.
        for on in (Day::ymd(1896, 1, 1).0..Day::ymd(1905, 1, 1).0).chain(Day::ymd(2023, 1, 1).0..Day::ymd(2029, 1, 1).0)
        {
            let on = Day(on);
            let (year, month, day) = on.to_ymd();
            for years in [0, 1, 4, 14, 18, 100] {
                let birthday = Day::ymd(year - years, month, day);
                for born in (birthday.0 - 20..=birthday.0 + 20).map(Day) {
                    let under = born.age_on(on).is_some_and(|age| age < years);
                    assert_eq!(
                        born.is_under(years, on),
                        under,
                        "{years} years on {on:?}, born {born:?}"
                    );
                }
            }
        }
        assert!(!Day(i32::MIN).is_under(18, Day(i32::MAX)) && !Day(i32::MAX).is_under(18, Day(i32::MIN)));
    }
}
