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
}
