//! Opening hours in plain words, Greek and English: «Δευτέρα–Παρασκευή 09:00–14:00», "closed on public holidays".

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, Weekday};

use super::Hours;
use super::field::OnHolidays;
use super::recur::{Frequency, Recurrence};
use super::rule::{Rule, RuleDays};
use crate::directory::Schedule;
use crate::text::date::{format_long, format_range};

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// The words of one language.
#[derive(Clone, Copy)]
struct Words {
    greek: bool,
}

/// Opening and closing time of a day's blocks, in their order.
type Blocks = Vec<(NaiveTime, NaiveTime)>;
/// The season of a rule in words, which is empty when it needs none.
type Season = String;

/// A rule, and whether its schedule says its hours in words of its own, too.
type Stated<'r> = (&'r Rule, bool);

/// What schedules say to people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Their days and times.
    pub lines: Vec<String>,
    /// Their own words: what their days and times cannot say, or all that they say.
    pub words: Vec<String>,
}

impl Said {
    /// Whether they say nothing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.words.is_empty()
    }
}

/// The hours as lines for people, as they are from the day `on`: what ended before it is left out, what began before it
/// is not dated. Languages without words of their own read English.
pub fn describe(hours: &Hours, lang: &str, on: NaiveDate) -> Vec<String> {
    let rules = hours.rules.iter().filter(|rule| rule.is_in_force(on));
    let stated: Vec<Stated<'_>> = rules.map(|rule| (rule, false)).collect();
    Words::of(lang).lines(&stated, on)
}

/// The same of schedules with their own words beside the lines. Where a schedule says something in words, no line tells people
/// that its days or its hours are not stated.
pub fn say(schedules: &[Schedule], unstated: OnHolidays, lang: &str, on: NaiveDate) -> Said {
    let (hours, own) = (Hours::of(schedules, unstated), Words::of(lang));
    let (mut stated, mut words) = (Vec::new(), Vec::new());
    let told = hours.rules.iter().zip(schedules);
    for (rule, schedule) in told.filter(|(rule, _)| rule.is_in_force(on)) {
        let texts = [&schedule.description, &schedule.notes].map(|text| text.get(lang).trim());
        let mut texts = texts.into_iter().filter(|text| !text.is_empty()).peekable();
        stated.push((rule, texts.peek().is_some()));
        // No line says when words hold that stand alone.
        let mut season = own.season(rule, on);
        if !rule.is_silent() {
            season.clear();
        }
        for text in texts {
            let text = prefixed(&std::mem::take(&mut season), text);
            if !words.contains(&text) {
                words.push(text);
            }
        }
    }
    Said {
        lines: own.lines(&stated, on),
        words,
    }
}

fn prefixed(season: &str, text: &str) -> String {
    if season.is_empty() {
        text.to_owned()
    } else {
        format!("{season}: {text}")
    }
}

/// Days and times of a rule that is the same every week.
fn plain_week(rule: &Rule) -> Option<(Vec<Weekday>, (NaiveTime, NaiveTime))> {
    let RuleDays::Again(again) = &rule.days else {
        return None;
    };
    let plain = again.freq == Frequency::Weekly && again.interval == 1 && !again.weekdays.is_empty();
    let limited = !again.weeks.is_empty() || !again.year_days.is_empty();
    let days = again.weekdays.iter().map(|(_, day)| *day).collect();
    (plain && !limited).then_some((days, rule.times?))
}

impl Words {
    fn of(lang: &str) -> Self {
        Self { greek: lang == "el" }
    }

    /// Days and times, then what holds on public holidays.
    fn lines(self, stated: &[Stated<'_>], on: NaiveDate) -> Vec<String> {
        let mut lines = self.days_and_times(stated, on);
        lines.extend(self.holidays(stated, on));
        lines
    }

    /// Weeks first, then what is not the same every week.
    fn days_and_times(self, stated: &[Stated<'_>], on: NaiveDate) -> Vec<String> {
        let mut weeks: Vec<(Season, BTreeMap<u32, Blocks>)> = Vec::new();
        let mut lines = Vec::new();
        for (rule, is_worded) in stated {
            let season = self.season(rule, on);
            match plain_week(rule) {
                Some((days, times)) => {
                    let index = weeks.iter().position(|(known, _)| *known == season);
                    let index = index.unwrap_or_else(|| {
                        weeks.push((season, BTreeMap::new()));
                        weeks.len().saturating_sub(1)
                    });
                    if let Some((_, week)) = weeks.get_mut(index) {
                        for day in days {
                            week.entry(day.num_days_from_monday()).or_default().push(times);
                        }
                    }
                }
                None => lines.extend(self.one(rule, &season, *is_worded)),
            }
        }
        let weeks = weeks.into_iter();
        let mut all: Vec<String> = weeks.flat_map(|(season, week)| self.week(&season, week)).collect();
        all.append(&mut lines);
        all
    }

    fn say(self, el: &str, en: &str) -> String {
        if self.greek { el } else { en }.to_owned()
    }

    fn lang(self) -> &'static str {
        if self.greek { "el" } else { "en" }
    }

    fn season(self, rule: &Rule, on: NaiveDate) -> Season {
        let day = |day| format_long(day, self.lang());
        match rule.season() {
            // A single day is said where the days are.
            _ if matches!(rule.days, RuleDays::Once(_)) => String::new(),
            (Some(from), Some(to)) => format_range(from, to, self.lang()),
            (None, Some(to)) => self.say("έως ", "until ") + &day(to),
            (Some(from), None) if from > on => self.say("από ", "from ") + &day(from),
            _ => String::new(),
        }
    }

    /// The lines of a week: days with the same blocks together, in the order of their first day.
    fn week(self, season: &str, mut week: BTreeMap<u32, Blocks>) -> Vec<String> {
        for blocks in week.values_mut() {
            blocks.sort_unstable();
            blocks.dedup();
        }
        let mut groups: Vec<(Vec<u32>, Blocks)> = Vec::new();
        for (day, blocks) in week {
            match groups.iter_mut().find(|(_, known)| *known == blocks) {
                Some((days, _)) => days.push(day),
                None => groups.push((vec![day], blocks)),
            }
        }
        let line = |(days, blocks): (Vec<u32>, Blocks)| {
            let text = format!("{} {}", self.days(&days), self.blocks(&blocks));
            prefixed(season, &text)
        };
        groups.into_iter().map(line).collect()
    }

    /// «Δευτέρα–Παρασκευή», «Δευτέρα, Τετάρτη και Παρασκευή», «Κάθε μέρα».
    fn days(self, days: &[u32]) -> String {
        if days.len() == WEEK.len() {
            return self.say("Κάθε μέρα", "Every day");
        }
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for day in days {
            match runs.last_mut() {
                Some((_, last)) if last.saturating_add(1) == *day => *last = *day,
                _ => runs.push((*day, *day)),
            }
        }
        let mut names = Vec::new();
        for (first, last) in runs {
            match last.saturating_sub(first) {
                0 => names.push(self.weekday(first)),
                1 => names.extend([self.weekday(first), self.weekday(last)]),
                _ => names.push(format!("{}–{}", self.weekday(first), self.weekday(last))),
            }
        }
        self.list(&names)
    }

    fn list(self, names: &[String]) -> String {
        match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, before)) => format!("{}{}{last}", before.join(", "), self.say(" και ", " and ")),
            None => String::new(),
        }
    }

    fn weekday(self, from_monday: u32) -> String {
        let day = WEEK.iter().find(|day| day.num_days_from_monday() == from_monday);
        self.day_name(day.copied().unwrap_or(Weekday::Mon)).to_owned()
    }

    fn day_name(self, day: Weekday) -> &'static str {
        let (el, en) = match day {
            Weekday::Mon => ("Δευτέρα", "Monday"),
            Weekday::Tue => ("Τρίτη", "Tuesday"),
            Weekday::Wed => ("Τετάρτη", "Wednesday"),
            Weekday::Thu => ("Πέμπτη", "Thursday"),
            Weekday::Fri => ("Παρασκευή", "Friday"),
            Weekday::Sat => ("Σάββατο", "Saturday"),
            Weekday::Sun => ("Κυριακή", "Sunday"),
        };
        if self.greek { el } else { en }
    }

    fn blocks(self, blocks: &[(NaiveTime, NaiveTime)]) -> String {
        let names: Vec<String> = blocks.iter().map(|times| self.times(Some(*times))).collect();
        self.list(&names)
    }

    fn times(self, times: Option<(NaiveTime, NaiveTime)>) -> String {
        match times {
            None => self.say("(δεν αναφέρονται ώρες)", "(hours not stated)"),
            Some((opens, closes)) if opens == closes && opens == NaiveTime::MIN => {
                self.say("όλο το εικοσιτετράωρο", "round the clock")
            }
            Some((opens, closes)) if closes == NaiveTime::MIN => format!("{}–24:00", opens.format("%H:%M")),
            Some((opens, closes)) => format!("{}–{}", opens.format("%H:%M"), closes.format("%H:%M")),
        }
    }

    /// A rule that is not the same every week; nothing where its own words say it all.
    fn one(self, rule: &Rule, season: &str, is_worded: bool) -> Option<String> {
        let times = match rule.times {
            None if is_worded => None,
            times => Some(self.times(times)),
        };
        let text = match (&rule.days, times) {
            (RuleDays::Unstated, times) if is_worded => times?,
            (RuleDays::Unstated, times) => {
                let times = times.unwrap_or_default();
                let days = self.say("(δεν αναφέρονται οι ημέρες)", "(days not stated)");
                format!("{times} {days}")
            }
            (RuleDays::Once(day), times) => joined(format_long(*day, self.lang()), times),
            (RuleDays::Again(again), times) => joined(self.again(again), times),
        };
        Some(prefixed(season, &text))
    }

    fn again(self, again: &Recurrence) -> String {
        let mut parts: Vec<String> = Vec::new();
        if again.interval > 1 {
            let (each, unit) = match again.freq {
                Frequency::Weekly => (self.say("κάθε", "every"), self.say("εβδομάδες", "weeks")),
                Frequency::Monthly => (self.say("κάθε", "every"), self.say("μήνες", "months")),
            };
            parts.push(format!("{each} {} {unit}", again.interval));
        }
        let (plain, ordinal): (Vec<_>, Vec<_>) = again.weekdays.iter().partition(|(ordinal, _)| ordinal.is_none());
        if !plain.is_empty() {
            let mut days: Vec<u32> = plain.iter().map(|(_, day)| day.num_days_from_monday()).collect();
            days.sort_unstable();
            days.dedup();
            parts.push(self.days(&days));
        }
        if !ordinal.is_empty() {
            let names: Vec<String> = ordinal
                .iter()
                .map(|(number, day)| self.nth(number.unwrap_or(1), *day))
                .collect();
            parts.push(self.list(&names) + &self.say(" του μήνα", " of the month"));
        }
        if !again.month_days.is_empty() {
            parts.push(self.days_of_month(&again.month_days));
        }
        if !again.year_days.is_empty() {
            let count = again.year_days.len();
            parts.push(if self.greek {
                format!("{count} ημέρες του έτους")
            } else {
                format!("{count} days of the year")
            });
        }
        if !again.weeks.is_empty() {
            let numbers: Vec<String> = again.weeks.iter().map(i32::to_string).collect();
            let numbers = self.list(&numbers);
            parts.push(if self.greek {
                format!("εβδομάδα του έτους {numbers}")
            } else {
                format!("week {numbers} of the year")
            });
        }
        upper_first(&parts.join(", "))
    }

    /// «1η Δευτέρα», «τελευταία Παρασκευή».
    fn nth(self, number: i32, day: Weekday) -> String {
        let name = self.day_name(day);
        let from_end = number.unsigned_abs();
        match (self.greek, number) {
            (true, -1) if day == Weekday::Sat => format!("τελευταίο {name}"),
            (true, -1) => format!("τελευταία {name}"),
            (true, ..0) => format!("{from_end}η {name} από το τέλος"),
            (true, _) if day == Weekday::Sat => format!("{number}ο {name}"),
            (true, _) => format!("{number}η {name}"),
            (false, -1) => format!("last {name}"),
            (false, ..0) => format!("{} {name} from the end", english_ordinal(from_end)),
            (false, _) => format!("{} {name}", english_ordinal(from_end)),
        }
    }

    fn days_of_month(self, days: &[i32]) -> String {
        let names: Vec<String> = days
            .iter()
            .map(|day| match (self.greek, *day) {
                (true, -1) => "τελευταία μέρα".to_owned(),
                (true, ..0) => format!("{}η μέρα από το τέλος", day.unsigned_abs()),
                (true, _) => day.to_string(),
                (false, -1) => "last day".to_owned(),
                (false, ..0) => format!("{} day from the end", english_ordinal(day.unsigned_abs())),
                (false, _) => english_ordinal(day.unsigned_abs()),
            })
            .collect();
        let list = self.list(&names);
        if self.greek {
            format!("ημέρα του μήνα: {list}")
        } else {
            format!("{list} of the month")
        }
    }

    /// One line on holidays: a word where the rules agree, else the hours that hold on them, or those that do not.
    fn holidays(self, stated: &[Stated<'_>], on: NaiveDate) -> Option<String> {
        let asked: Vec<Stated<'_>> = stated
            .iter()
            .filter(|stated| asks_of_holidays(stated))
            .copied()
            .collect();
        let (first, _) = asked.first()?;
        if asked.iter().all(|(rule, _)| rule.on_holidays == first.on_holidays) {
            return Some(self.on_holidays(first.on_holidays));
        }
        let of = |wanted: OnHolidays| {
            let those = asked.iter().filter(|(rule, _)| rule.on_holidays == wanted);
            let lines = self.days_and_times(&those.copied().collect::<Vec<_>>(), on);
            lines.join(if self.greek { "· " } else { "; " })
        };
        let (open, closed) = (of(OnHolidays::Open), of(OnHolidays::Closed));
        let told = match (open.as_str(), closed.as_str()) {
            ("", "") => return Some(self.on_holidays(OnHolidays::Unstated)),
            ("", closed) => self.say("Κλειστά στις αργίες: ", "Closed on public holidays: ") + closed,
            (open, _) => {
                // Whatever day of the week it is: the times are enough.
                let every_day = self.say("Κάθε μέρα ", "Every day ");
                let times = open.strip_prefix(every_day.as_str()).unwrap_or(open);
                self.say("Στις αργίες: ", "On public holidays: ") + times
            }
        };
        let is_silent = asked.iter().any(|(rule, _)| rule.on_holidays == OnHolidays::Unstated);
        let rest = self.say(
            ". Για τις υπόλοιπες ώρες ρωτήστε πριν πάτε",
            ". Ask before you go at other hours",
        );
        Some(if is_silent { told + &rest } else { told })
    }

    fn on_holidays(self, all: OnHolidays) -> String {
        match all {
            OnHolidays::Closed => self.say("Κλειστά στις αργίες", "Closed on public holidays"),
            OnHolidays::Open => self.say("Ανοιχτά και στις αργίες", "Open on public holidays too"),
            OnHolidays::Unstated => self.say(
                "Για τις αργίες ρωτήστε πριν πάτε",
                "Ask before you go on a public holiday",
            ),
        }
    }
}

/// Whether what holds on public holidays is asked of a rule. Words alone may say it, and whoever writes down a single day knows
/// whether it is a holiday: nobody is told that the record does not say.
fn asks_of_holidays((rule, is_worded): &Stated<'_>) -> bool {
    let says_itself = *is_worded && rule.is_silent() && rule.on_holidays == OnHolidays::Unstated;
    !says_itself && !matches!(rule.days, RuleDays::Once(_))
}

fn joined(days: String, times: Option<String>) -> String {
    match times {
        Some(times) => format!("{days} {times}"),
        None => days,
    }
}

fn english_ordinal(number: u32) -> String {
    let tens = number.rem_euclid(100);
    let ending = match number.rem_euclid(10) {
        1 if tens != 11 => "st",
        2 if tens != 12 => "nd",
        3 if tens != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
