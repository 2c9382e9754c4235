//! Invented people: applications drawn from a scenario's weights, the same for the same seed; nobody is meant.

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime};
use osn_core::identifier::Amka;
use osn_core::money::Money;
use serde_json::{Map, Value, json};

use super::city::City;
use super::dice::Dice;
use super::door::DemoError;
use super::scenario::{Ages, AnswerKind, AnswerRow, AttemptRow, Bucket, EvidenceRow, Of, People, Profile};

/// One application of the story.
#[derive(Clone)]
pub(super) struct Made {
    /// When it is sent, local time.
    pub(super) at: NaiveDateTime,
    /// What the scenario expects of the program, for tests; the system never sees it.
    #[cfg_attr(not(test), expect(dead_code, reason = "compared by tests only"))]
    pub(super) expect: String,
    /// The body of the request.
    pub(super) body: Value,
    /// The papers after the evaluator's check.
    pub(super) checked: Value,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Made({}, ***)", self.at)
    }
}

/// Makes the people of one scenario.
pub(super) struct Maker<'a> {
    seed: u64,
    people: &'a People,
    city: &'a City,
    postcodes: Vec<(String, String)>,
    taken: BTreeSet<String>,
}

impl std::fmt::Debug for Maker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Maker")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// Draws by weight, then evenly inside.
fn bucket(dice: &mut Dice, buckets: &[Bucket]) -> i64 {
    let weights: Vec<u32> = buckets.iter().map(|bucket| bucket.weight).collect();
    buckets.get(dice.weighted(&weights)).map_or(0, |bucket| {
        let step = bucket.step.max(1);
        let steps = bucket.to.saturating_sub(bucket.from) / step;
        bucket.from.saturating_add(dice.between(0, steps).saturating_mul(step))
    })
}

/// A day on which somebody has this age on the reference day.
fn born(dice: &mut Dice, age: i64, on: NaiveDate) -> NaiveDate {
    let year = on.year().saturating_sub(i32::try_from(age).unwrap_or(0));
    let birthday = NaiveDate::from_ymd_opt(year, on.month(), on.day())
        .or_else(|| NaiveDate::from_ymd_opt(year, on.month(), 28))
        .unwrap_or(on);
    let back = u64::try_from(dice.between(0, 364)).unwrap_or(0);
    birthday.checked_sub_days(Days::new(back)).unwrap_or(birthday)
}

fn amount(cents: i64) -> String {
    Money::from_cents(cents).to_string()
}

impl<'a> Maker<'a> {
    /// For one scenario's people in one city.
    pub(super) fn new(seed: u64, people: &'a People, city: &'a City) -> Self {
        Self {
            seed,
            people,
            city,
            postcodes: city
                .municipality
                .postcodes
                .undivided()
                .map(|(code, area)| (code.to_string(), area.to_string()))
                .collect(),
            taken: BTreeSet::new(),
        }
    }

    /// The accepted applications, in the order of submission.
    pub(super) fn accepted(&mut self) -> Result<Vec<Made>, DemoError> {
        let people = self.people;
        let mut times = self.times();
        times.sort_unstable();
        let profiles = self.profiles();
        times
            .into_iter()
            .zip(profiles)
            .enumerate()
            .map(|(index, (at, profile))| {
                let mut dice = Dice::new(self.seed, &format!("{}/person/{index}", people.call));
                let members = self.household(&mut dice);
                self.make(&mut dice, at, profile, &members)
            })
            .collect()
    }

    /// The body of an attempt that must be refused: bytes, because some are not JSON.
    pub(super) fn attempt(&mut self, row: &AttemptRow, accepted: &[Made]) -> Result<Vec<u8>, DemoError> {
        if let Some(raw) = &row.raw {
            return Ok(raw.clone().into_bytes());
        }
        let nth = |number: usize| {
            number
                .checked_sub(1)
                .and_then(|index| accepted.get(index))
                .ok_or_else(|| DemoError::data("scenario.toml", format!("attempt `{}`: no such application", row.key)))
        };
        let mut body = if let Some(number) = row.accepted {
            nth(number)?.body.clone()
        } else {
            let mut dice = Dice::new(self.seed, &format!("{}/attempt/{}", self.people.call, row.key));
            let members = row.members.clone().unwrap_or_else(|| self.household(&mut dice));
            let profile = self.people.profiles.iter().find(|profile| profile.rest);
            let profile = profile.ok_or_else(|| DemoError::data("scenario.toml", "no profile takes the rest"))?;
            self.make(&mut dice, NaiveDateTime::default(), profile, &members)?.body
        };
        if let Some(set) = &row.set {
            put(&mut body, &set.path, set.value.clone());
        }
        if let Some(path) = &row.remove {
            remove(&mut body, path);
        }
        if let Some(copy) = &row.copy {
            let value = nth(copy.accepted)?
                .body
                .pointer(&copy.from)
                .cloned()
                .unwrap_or(Value::Null);
            put(&mut body, &copy.to, value);
        }
        if let Some(number) = row.false_check_digit.as_ref().and_then(|path| body.pointer_mut(path)) {
            *number = spoil_last_digit(number.as_str().unwrap_or_default()).into();
        }
        serde_json::to_vec(&body).map_err(DemoError::below("writing a request"))
    }

    fn times(&self) -> Vec<NaiveDateTime> {
        let people = self.people;
        let mut dice = Dice::new(self.seed, &format!("{}/times", people.call));
        let weights: Vec<u32> = people.submissions.iter().map(|days| days.weight).collect();
        let wanted = usize::try_from(people.accepted).unwrap_or(0);
        let mut times: BTreeSet<NaiveDateTime> = people.submissions_at.iter().copied().take(wanted).collect();
        let hours = people.submission_hours;
        let seconds = hours.to.signed_duration_since(hours.from).num_seconds();
        // Two people never share a second, so that the order of submission is the order of this list.
        for _ in 0..wanted.saturating_mul(100) {
            if times.len() >= wanted {
                break;
            }
            let Some(days) = people.submissions.get(dice.weighted(&weights)) else {
                break;
            };
            let day = dice.between(0, days.to.signed_duration_since(days.from).num_days());
            let offset = chrono::TimeDelta::days(day) + chrono::TimeDelta::seconds(dice.between(0, seconds));
            times.insert(days.from.and_time(hours.from) + offset);
        }
        times.into_iter().collect()
    }

    fn profiles(&self) -> Vec<&'a Profile> {
        let people = self.people;
        let mut dice = Dice::new(self.seed, &format!("{}/profiles", people.call));
        let mut drawn: Vec<&Profile> = Vec::new();
        for profile in people.profiles.iter().filter(|profile| !profile.rest) {
            let count = profile
                .share
                .map_or(0, |share| dice.between(share.least.into(), share.most.into()));
            drawn.extend((0..count).map(|_| profile));
        }
        let wanted = usize::try_from(people.accepted).unwrap_or(0);
        if let Some(rest) = people.profiles.iter().find(|profile| profile.rest) {
            drawn.resize(wanted, rest);
        }
        dice.shuffle(&mut drawn);
        drawn
    }

    fn household(&self, dice: &mut Dice) -> Vec<Ages> {
        let weights: Vec<u32> = self
            .people
            .households
            .iter()
            .map(|household| household.weight)
            .collect();
        self.people
            .households
            .get(dice.weighted(&weights))
            .map(|household| household.members.clone())
            .unwrap_or_default()
    }

    fn make(
        &mut self,
        dice: &mut Dice,
        at: NaiveDateTime,
        profile: &Profile,
        members: &[Ages],
    ) -> Result<Made, DemoError> {
        let on = self.people.reference_day;
        let (applicant, birth_date) = self.applicant(dice)?;
        let answers = self.answers(dice, profile, Of::Application, birth_date, on);
        let members: Vec<Value> = members
            .iter()
            .map(|ages| {
                let age = dice.between(ages.from.into(), ages.to.into());
                let born = born(dice, age, on);
                json!({ "answers": self.answers(dice, profile, Of::Member, born, on) })
            })
            .collect();
        let mut claims: Vec<Map<String, Value>> = Vec::new();
        for ages in &profile.claims {
            let age = dice.between(ages.from.into(), ages.to.into());
            let born = born(dice, age, on);
            claims.push(self.answers(dice, profile, Of::Claim, born, on));
        }
        if profile.claims.is_empty() {
            let claim = self.answers(dice, profile, Of::Claim, birth_date, on);
            claims.extend((!claim.is_empty()).then_some(claim));
        }
        let (submitted, checked) = self.papers(dice, profile, claims.len());
        let mut body = json!({ "applicant": applicant, "answers": answers, "evidence": submitted });
        if let Some(body) = body.as_object_mut() {
            if !members.is_empty() {
                body.insert("members".into(), members.into());
            }
            if !claims.is_empty() {
                body.insert("claims".into(), json!(claims));
            }
        }
        Ok(Made {
            at,
            expect: profile.expect.clone(),
            body,
            checked: Value::Object(checked),
        })
    }

    fn applicant(&mut self, dice: &mut Dice) -> Result<(Value, NaiveDate), DemoError> {
        let (people, names) = (self.people, &self.city.people);
        let female = dice.between(0, 999) < i64::from(people.female_permille);
        let (amka, birth_date) = self.amka(dice, female)?;
        let missing = || DemoError::data("demo-names.toml", "a list is empty");
        let surname = dice.choose(&names.surnames).ok_or_else(missing)?;
        let (given, family) = if female {
            (
                dice.choose(&names.given_names_female).ok_or_else(missing)?,
                &surname.female,
            )
        } else {
            (dice.choose(&names.given_names_male).ok_or_else(missing)?, &surname.male)
        };
        let street = dice.choose(&names.streets).ok_or_else(missing)?;
        let house = dice.between(people.house_numbers.from.into(), people.house_numbers.to.into());
        let weights: Vec<u32> = people.areas.iter().map(|area| area.weight).collect();
        let area = people.areas.get(dice.weighted(&weights)).ok_or_else(missing)?;
        let near = self.postcodes.iter().filter(|(_, of)| *of == area.area);
        let near: Vec<&String> = near.map(|(code, _)| code).collect();
        let postcode = dice.choose(&near).ok_or_else(missing)?;
        let last = 10_i64.saturating_pow(people.phone_digits).saturating_sub(1);
        let width = usize::try_from(people.phone_digits).unwrap_or(0);
        let phone = format!("{}{:0width$}", people.phone_prefix, dice.between(0, last));
        let mut applicant = json!({
            "amka": amka,
            "given_name": given,
            "family_name": family,
            "birth_date": birth_date,
            "phone": phone,
            "street": format!("{street} {house}"),
            "postal_code": postcode,
            "area": area.area,
        });
        if dice.between(0, 999) < i64::from(people.email_permille) {
            // The mailbox says nothing about its owner.
            let mailbox = format!("person-{:06}@{}", dice.between(0, 999_999), names.email_domain);
            put(&mut applicant, "/email", mailbox.into());
        }
        Ok((applicant, birth_date))
    }

    /// A number and birth date that nobody else of this story has.
    fn amka(&mut self, dice: &mut Dice, female: bool) -> Result<(String, NaiveDate), DemoError> {
        let serials = self.people.amka_serials;
        for _ in 0..10_000 {
            let age = bucket(dice, &self.people.applicant_age);
            let birth_date = born(dice, age, self.people.reference_day);
            let drawn = u16::try_from(dice.between(serials.from.into(), serials.to.into())).unwrap_or(serials.from);
            // An even serial is a woman's.
            let serial = if (drawn % 2 == 0) == female { drawn } else { drawn ^ 1 };
            let amka = Amka::synthetic(birth_date, serial)
                .map_err(|error| DemoError::data("scenario.toml", error))?
                .expose()
                .to_owned();
            if self.taken.insert(amka.clone()) {
                return Ok((amka, birth_date));
            }
        }
        Err(DemoError::data(
            "scenario.toml",
            "too few synthetic numbers for so many people",
        ))
    }

    fn answers(
        &self,
        dice: &mut Dice,
        profile: &Profile,
        of: Of,
        birth_date: NaiveDate,
        on: NaiveDate,
    ) -> Map<String, Value> {
        let ordinary = self.people.answers.iter().filter(|row| row.of == of);
        let own = |key: &str| profile.answers.iter().find(|row| row.of == of && row.key == key);
        let mut answers: Map<String, Value> = ordinary
            .map(|row| {
                (
                    row.key.clone(),
                    answer(dice, own(&row.key).unwrap_or(row), birth_date, on),
                )
            })
            .collect();
        for row in profile.answers.iter().filter(|row| row.of == of) {
            if !answers.contains_key(&row.key) {
                answers.insert(row.key.clone(), answer(dice, row, birth_date, on));
            }
        }
        answers
    }

    fn papers(&self, dice: &mut Dice, profile: &Profile, claims: usize) -> (Map<String, Value>, Map<String, Value>) {
        let own = |key: &str| profile.evidence.iter().find(|row| row.key == key);
        let only_own = |row: &&EvidenceRow| self.people.evidence.iter().all(|ordinary| ordinary.key != row.key);
        let mut submitted = Map::new();
        let mut checked = Map::new();
        for row in self
            .people
            .evidence
            .iter()
            .chain(profile.evidence.iter().filter(only_own))
        {
            let row = own(&row.key).unwrap_or(row);
            let keys: Vec<String> = match row.key.strip_prefix("claims/*/") {
                Some(key) => (0..claims).map(|claim| format!("claims/{claim}/{key}")).collect(),
                None => vec![row.key.clone()],
            };
            for key in keys {
                let valid_to = valid_to(dice, row);
                // An applicant says that a paper holds without end; an evaluator leaves its last day out.
                let said = valid_to.map_or_else(|| "indefinite".to_owned(), |day| day.to_string());
                let said = (!row.valid_to.is_empty()).then_some(said);
                submitted.insert(key.clone(), paper(&row.submitted, said));
                checked.insert(key, paper(&row.checked, valid_to.map(|day| day.to_string())));
            }
        }
        (submitted, checked)
    }
}

fn answer(dice: &mut Dice, row: &AnswerRow, birth_date: NaiveDate, on: NaiveDate) -> Value {
    if let Some(value) = &row.value {
        return value.clone();
    }
    match row.kind {
        AnswerKind::Percent => format!("{}.00", bucket(dice, &row.buckets)).into(),
        AnswerKind::Money => amount(bucket(dice, &row.buckets)).into(),
        AnswerKind::Integer => bucket(dice, &row.buckets).into(),
        AnswerKind::BirthDate => json!(birth_date),
        AnswerKind::Age => osn_core::time::age_on(birth_date, on).into(),
        AnswerKind::Options => {
            let mut options = row.options.clone();
            dice.shuffle(&mut options);
            let count = dice.between(row.least.into(), row.most.into());
            options.truncate(usize::try_from(count).unwrap_or(0));
            options.into()
        }
        AnswerKind::Flag | AnswerKind::Choice => {
            let weights: Vec<u32> = row.choices.iter().map(|choice| choice.weight).collect();
            let chosen = (!weights.is_empty()).then(|| dice.weighted(&weights));
            let chosen = chosen.and_then(|chosen| row.choices.get(chosen));
            chosen.map_or(Value::Null, |choice| choice.value.clone())
        }
    }
}

fn valid_to(dice: &mut Dice, row: &EvidenceRow) -> Option<NaiveDate> {
    let weights: Vec<u32> = row.valid_to.iter().map(|validity| validity.weight).collect();
    let validity = row.valid_to.get(dice.weighted(&weights))?;
    let (from, to) = (validity.from?, validity.to?);
    let days = dice.between(0, to.signed_duration_since(from).num_days());
    from.checked_add_days(Days::new(u64::try_from(days).unwrap_or(0)))
        .filter(|_| !validity.indefinite)
}

fn paper(state: &str, valid_to: Option<String>) -> Value {
    match valid_to {
        Some(day) => json!({ "state": state, "valid_to": day }),
        None => json!({ "state": state }),
    }
}

/// Puts a value at a JSON Pointer; its parent must be there.
pub(super) fn put(body: &mut Value, path: &str, value: Value) {
    if let Some((parent, name)) = path.rsplit_once('/') {
        match body.pointer_mut(parent) {
            Some(Value::Object(object)) => {
                object.insert(name.to_owned(), value);
            }
            Some(Value::Array(array)) => {
                if let Some(slot) = name.parse::<usize>().ok().and_then(|index| array.get_mut(index)) {
                    *slot = value;
                }
            }
            _ => {}
        }
    }
}

fn remove(body: &mut Value, path: &str) {
    if let Some((parent, name)) = path.rsplit_once('/')
        && let Some(Value::Object(object)) = body.pointer_mut(parent)
    {
        object.remove(name);
    }
}

fn spoil_last_digit(number: &str) -> String {
    let mut digits: Vec<char> = number.chars().collect();
    if let Some(last) = digits.last_mut() {
        let value = last.to_digit(10).unwrap_or(0);
        *last = char::from_digit((value + 1) % 10, 10).unwrap_or('0');
    }
    digits.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::scenario;
    use super::*;

    #[test]
    fn people_are_the_same_for_the_same_seed_and_distinct_in_one_story() {
        for scenario in scenario::in_sources() {
            let city = City::load(&scenario.municipality).unwrap();
            let made = |seed| Maker::new(seed, &scenario.people, &city).accepted().unwrap();
            let (first, again, other) = (made(7), made(7), made(8));
            assert_eq!(first.len(), usize::try_from(scenario.people.accepted).unwrap());
            assert!(
                first
                    .iter()
                    .zip(&again)
                    .all(|(one, two)| one.body == two.body && one.at == two.at)
            );
            assert!(first.iter().zip(&other).any(|(one, two)| one.body != two.body));
            let numbers: BTreeSet<&str> = first
                .iter()
                .map(|made| made.body["applicant"]["amka"].as_str().unwrap())
                .collect();
            assert_eq!(numbers.len(), first.len());
            for number in numbers {
                assert!(Amka::parse(number).unwrap().is_synthetic());
            }
            // A number is asked of whoever applies and of nobody else.
            let members = first
                .iter()
                .filter_map(|made| made.body["members"].as_array())
                .flatten();
            assert!(members.into_iter().all(|member| member.get("amka").is_none()));
        }
    }

    #[test]
    fn every_seed_has_more_eligible_people_than_places() {
        for scenario in scenario::in_sources() {
            let city = City::load(&scenario.municipality).unwrap();
            let call = scenario
                .calls
                .iter()
                .find(|call| call.key == scenario.people.call)
                .unwrap();
            for seed in 0..40 {
                let made = Maker::new(seed, &scenario.people, &city).accepted().unwrap();
                // Places are counted in participants where an application names some.
                let people = |made: &Made| made.body["claims"].as_array().map_or(1, Vec::len);
                let eligible = made
                    .iter()
                    .filter(|made| made.expect == "eligible")
                    .map(people)
                    .sum::<usize>();
                assert!(
                    eligible > usize::try_from(call.capacity).unwrap(),
                    "seed {seed}: {eligible}"
                );
            }
        }
    }

    #[test]
    fn attempts_are_spoiled_where_the_scenario_says() {
        for scenario in scenario::in_sources() {
            let city = City::load(&scenario.municipality).unwrap();
            let mut maker = Maker::new(7, &scenario.people, &city);
            let accepted = maker.accepted().unwrap();
            for row in &scenario.attempts {
                let body = serde_json::from_slice::<Value>(&maker.attempt(row, &accepted).unwrap());
                assert_eq!(body.is_err(), row.raw.is_some(), "{}", row.key);
                let Ok(body) = body else { continue };
                if let Some(path) = &row.false_check_digit {
                    assert!(Amka::parse(body.pointer(path).unwrap().as_str().unwrap()).is_err());
                }
                if let Some(copy) = &row.copy {
                    assert!(body.pointer(&copy.to).is_some(), "{}", row.key);
                }
            }
        }
    }
}
