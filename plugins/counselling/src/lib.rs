//! Individual counselling of third-country nationals who live in Greece: a short finder of topics, appointments, next steps.
//!
//! Whoever lives here with a foreign nationality and asks for it gets counselling; residence in the municipality is preferred, never
//! required. The topics are findings beside that: each says what the law in force on the day wants and what was seen. They are
//! one set of alternatives with the wish itself, so that a topic that does not apply refuses nobody. Information, not legal advice.

mod appointments;
mod law;
mod topics;

use osn_program_sdk::Purpose::{Delivery, Eligibility, Ranking};
use osn_program_sdk::about::About;
use osn_program_sdk::{
    BudgetLine, Case, Cents, Date, Day, Finding, Fixed, Flag, Int, Lookup, Nothing, OneOf, Plan, Program, Refusal,
    Schedule, Several, State, Symbol, ascending, ask, criterion, descending, fact, parameter,
};

/// The only supply and the only expense category.
const APPOINTMENT: u16 = 0;
/// Symbol of the reason "no-common-language".
const NO_COMMON_LANGUAGE: u16 = 4;
/// Own reasons of findings, counted after [`NO_COMMON_LANGUAGE`].
const ONE_ABSENCE: u16 = 5;
const ALL_ABSENCES: u16 = 6;
const FEWER_MONTHS: u16 = 7;
const SECONDARY: u16 = 8;
const BORN_EARLIER: u16 = 9;
const NO_SUCH_TOPIC: u16 = 10;
/// Symbol of the reason of the first line of the topics.
const FIRST_LINE: u16 = 11;
/// Groups of the mapping that follow from what somebody's stay rests on.
const GROUPS: &[(&str, &[&str])] = &[
    ("permit", &["third-country-nationals"]),
    ("permit-pending", &["third-country-nationals"]),
    ("permit-expired", &["third-country-nationals"]),
    ("no-permit", &["third-country-nationals"]),
    ("stateless", &["third-country-nationals"]),
    ("asylum-seeker", &["asylum-seekers", "third-country-nationals"]),
    ("recognised-refugee", &["refugees", "third-country-nationals"]),
    ("subsidiary-protection", &["refugees", "third-country-nationals"]),
    ("temporary-protection", &["refugees", "third-country-nationals"]),
];
/// The name of the set of alternatives that all topics belong to.
const TOPICS: &str = "topic";

osn_program_sdk::options! {
    /// What somebody's stay rests on.
    pub enum Stay {
        Permit = "permit",
        Pending = "permit-pending",
        Expired = "permit-expired",
        NoPermit = "no-permit",
        AsylumSeeker = "asylum-seeker",
        Refugee = "recognised-refugee",
        Subsidiary = "subsidiary-protection",
        Temporary = "temporary-protection",
        Stateless = "stateless",
        EuCitizen = "eu-citizen",
        Greek = "greek-citizen",
    }
}

osn_program_sdk::options! {
    /// What somebody wants to talk about.
    pub enum Topic {
        Residence = "residence",
        Citizenship = "citizenship",
        Benefits = "benefits",
        Referral = "referral",
    }
}

osn_program_sdk::options! {
    /// Languages of the advisers and interpreters.
    pub enum Language {
        Greek = "greek",
        English = "english",
        French = "french",
        Arabic = "arabic",
        Farsi = "farsi",
        Urdu = "urdu",
        Bengali = "bengali",
        Albanian = "albanian",
        Ukrainian = "ukrainian",
        Russian = "russian",
        Other = "other",
    }
}

osn_program_sdk::options! {
    /// How a topic ended at an appointment.
    pub enum Outcome {
        Answered = "answered",
        Applied = "applied",
        Referred = "referred",
        Continues = "continues",
        NotPossible = "not-possible",
    }
}

osn_program_sdk::options! {
    /// What follows.
    pub enum NextStep {
        Nothing = "nothing",
        Appointment = "further-appointment",
        Document = "bring-document",
        Application = "file-application",
        OtherBody = "go-to-other-body",
    }
}

osn_program_sdk::parameters! {
    /// What a call may set.
    pub struct Parameters {
        target: Int = parameter(80).between(0, 100_000).shown_as("people"),
        law_day: Option<Date> = parameter(None),
        appointments_each: Int = parameter(3).between(1, 20),
        appointment_price: Cents = parameter(4_000).between(0, 1_000_000),
    }
}

osn_program_sdk::form! {
    /// About the person. Names and contacts are the host's own questions; nobody is asked for a permit's number.
    pub struct Person {
        stay: OneOf<Stay> = ask(Eligibility, "social-protection").special().required(),
        lives_in_greece: Flag = ask(Eligibility, "public-task").required(),
        resident: Flag = ask(Ranking, "public-task"),
        topics: Several<Topic> = ask(Eligibility, "public-task").required(),
        language: OneOf<Language> = ask(Delivery, "public-task").required(),
        birth_date: Date = ask(Eligibility, "public-task"),
        permit_expires: Date = ask(Eligibility, "public-task"),
        legal_stay_since: Date = ask(Eligibility, "public-task"),
        stay_since: Date = ask(Eligibility, "public-task"),
        longest_absence_months: Int = ask(Eligibility, "public-task").between(0, 600),
        absences_months: Int = ask(Eligibility, "public-task").between(0, 600),
        parent_of_greek: Flag = ask(Eligibility, "public-task"),
        school_classes: Int = ask(Eligibility, "public-task").between(0, 12),
        secondary_classes: Int = ask(Eligibility, "public-task").between(0, 6),
        child_born_here: Date = ask(Eligibility, "public-task"),
        child_at_school: Flag = ask(Eligibility, "public-task"),
        disability_percent: Fixed = ask(Eligibility, "social-protection").special().between(0, 1_000_000).shown_as("percent"),
        matter: Symbol = ask(Eligibility, "public-task"),
    }
}

osn_program_sdk::form! {
    /// What the host finds out: services of the mapping that this person may use.
    pub struct Facts {
        entitled_services: Int = fact().found_by(Lookup::services(&[]).for_groups(&["general-population"]).for_groups_by("application.stay", GROUPS)),
    }
}

osn_program_sdk::form! {
    /// What is written down at each appointment: how each topic ended, never what was said.
    pub struct Record {
        discussed: Several<Topic> = ask(Delivery, "public-task").required(),
        residence_outcome: OneOf<Outcome> = ask(Delivery, "public-task"),
        citizenship_outcome: OneOf<Outcome> = ask(Delivery, "public-task"),
        benefits_outcome: OneOf<Outcome> = ask(Delivery, "public-task"),
        referral_outcome: OneOf<Outcome> = ask(Delivery, "public-task"),
        next_step: OneOf<NextStep> = ask(Delivery, "public-task").required(),
        interpreter: Flag = ask(Delivery, "public-task"),
    }
}

/// The law's number on the day that a description speaks of.
fn wanted(p: &Parameters, rule: &str, key: &str) -> Option<i64> {
    law::number(rule, key, p.law_day.unwrap_or_else(law::newest))
}

osn_program_sdk::criteria! {
    /// What is checked, and what the finder says.
    pub struct Criteria(p: Parameters) {
        third_country = criterion("call-terms").of("application.stay").one_of(),
        lives_in_greece = criterion("call-terms").of("application.lives-in-greece").holds(),
        asks = criterion("call-terms").of("application.topics").at_least("count", 1).or(TOPICS),
        renewal_begun = criterion("migration-code").of("application.permit-expires").at_least("date", None).or(TOPICS),
        renewal_in_time = criterion("migration-code").of("application.permit-expires").at_most("date", None).or(TOPICS),
        renewal_without_fine = criterion("migration-code").of("application.permit-expires").at_most("date", None).or(TOPICS),
        exceptional_stay = criterion("migration-code").of("application.stay-since")
            .at_least("months", wanted(p, "exceptional", "months")).or(TOPICS),
        parent_of_greek = criterion("migration-code").of("application.parent-of-greek").holds().or(TOPICS),
        family = criterion("migration-code").of("application.legal-stay-since")
            .at_least("months", wanted(p, "family", "months")).or(TOPICS),
        long_term = criterion("migration-code").of("application.legal-stay-since")
            .at_least("months", wanted(p, "long_term", "months")).or(TOPICS),
        long_term_absences = criterion("migration-code").of("application.absences-months")
            .at_most("months", wanted(p, "long_term", "absences_up_to")).or(TOPICS),
        ten_years = criterion("migration-code").of("application.legal-stay-since")
            .at_least("months", wanted(p, "ten_years", "months")).or(TOPICS),
        second_generation = criterion("migration-code").of("application.school-classes")
            .at_least("count", wanted(p, "second_generation", "classes")).or(TOPICS),
        naturalisation = criterion("citizenship-code").of("application.legal-stay-since").at_least("months", None).or(TOPICS),
        citizenship_school = criterion("citizenship-code").of("application.school-classes").at_least("count", None).or(TOPICS),
        citizenship_birth = criterion("citizenship-code").of("application.child-born-here").at_least("months", None).or(TOPICS),
        oral_exam = criterion("citizenship-code").of("application.birth-date")
            .at_least("days", None).or(TOPICS),
        matter = criterion("topics-law").of("application.matter").one_of().or(TOPICS),
        entitled_services = criterion("mapping").of("fact.entitled-services").at_least("count", 1).or(TOPICS),
        referral = criterion("reception").of("application.stay").one_of().or(TOPICS),
    }
}

osn_program_sdk::ranking! {
    /// Residents come first, then whoever came first.
    pub struct Keys { resident = descending("flag").between(0, 1), topics = ascending("count").between(0, 16) }
}

/// The program.
#[derive(Debug)]
pub struct Counselling;

/// Whether a nationality is one of a third country, or none.
const fn is_foreign(stay: Stay) -> bool {
    !matches!(stay, Stay::EuCitizen | Stay::Greek)
}

/// Full months from a day to another; unknown where a day is missing or lies ahead.
fn months(since: Option<Day>, on: Day) -> Option<i64> {
    since?.months_until(on).map(i64::from)
}

/// At least what the law in force wants; not applicable where there was no such rule.
fn at_least(seen: Option<i64>, rule: &str, key: &str, on: Day) -> Finding {
    law::number(rule, key, on).map_or(Finding::not_applicable(), |wanted| Finding::at_least(seen, wanted))
}

/// The three days of a renewal: it may begin, it must be in, it costs a fine.
fn renewal(expires: Option<Day>, law_on: Day, on: Day) -> [Finding; 3] {
    let month = |key| law::number("renewal", key, law_on).and_then(|months| i32::try_from(months).ok());
    let (Some(expires), Some(before), Some(late)) = (expires, month("months_before"), month("months_late")) else {
        return [Finding::not_applicable(); 3];
    };
    let (today, day) = (Some(i64::from(on.0)), |day: Day| i64::from(day.0));
    [
        Finding::at_least(today, day(expires.plus_months(-before))),
        Finding::at_most(today, day(expires.plus_months(late))),
        Finding::at_most(today, day(expires)),
    ]
}

/// Absences of a long-term resident: none as long as the law's limit, together no longer than its other one.
fn absences(person: &Person, law_on: Day) -> Finding {
    let number = |key| law::number("long_term", key, law_on);
    let (Some(below), Some(up_to)) = (number("absence_below"), number("absences_up_to")) else {
        return Finding::not_applicable();
    };
    match person.longest_absence_months.value {
        // One absence that is too long decides alone: what counts against its limit is that one.
        Some(longest) if longest >= below => Finding::at_most(Some(longest), below - 1).because(ONE_ABSENCE),
        _ => match Finding::at_most(person.absences_months.value, up_to) {
            too_long if too_long.state == State::NotMet => too_long.because(ALL_ABSENCES),
            found => found,
        },
    }
}

/// Classes of a Greek school before the age that the law names.
fn second_generation(person: &Person, law_on: Day, on: Day) -> Finding {
    let limit = law::number("second_generation", "before_age", law_on).and_then(|age| i32::try_from(age).ok());
    let (Some(limit), Some(classes)) = (limit, law::number("second_generation", "classes", law_on)) else {
        return Finding::not_applicable();
    };
    match person.birth_date.value {
        Some(born) if !born.is_under(limit, on) => Finding::not_applicable(),
        Some(_) => Finding::at_least(person.school_classes.value, classes),
        None => Finding::new(State::Unknown, person.school_classes.value, Some(classes)),
    }
}

/// Years of legal stay before naturalisation: fewer for whoever the code names.
fn naturalisation(person: &Person, stay: Option<Stay>, law_on: Day, on: Day) -> Finding {
    let reduced = matches!(stay, Some(Stay::Refugee | Stay::Stateless)) || person.parent_of_greek.value == Some(true);
    let key = if reduced { "months_reduced" } else { "months" };
    let adult = person.birth_date.value.is_none_or(|born| !born.is_under(18, on));
    if adult {
        let found = at_least(months(person.legal_stay_since.value, on), "naturalisation", key, law_on);
        if reduced { found.because(FEWER_MONTHS) } else { found }
    } else {
        Finding::not_applicable()
    }
}

/// Nine classes of a Greek school, or six of secondary school.
fn citizenship_school(person: &Person, law_on: Day) -> Finding {
    let all = at_least(person.school_classes.value, "citizenship_school", "classes", law_on);
    let secondary = at_least(
        person.secondary_classes.value,
        "citizenship_school",
        "classes_secondary",
        law_on,
    );
    if secondary.state == State::Met {
        secondary.because(SECONDARY)
    } else {
        all
    }
}

/// A child born here that goes to school: the parent's legal stay before the birth, or, where it was too short then, altogether.
fn citizenship_birth(person: &Person, law_on: Day, on: Day) -> Finding {
    let number = |key| law::number("citizenship_birth", key, law_on);
    let (Some(before_birth), Some(in_all)) = (number("months_before_birth"), number("months_in_all")) else {
        return Finding::not_applicable();
    };
    let since = person.legal_stay_since.value;
    match (person.child_born_here.value, person.child_at_school.value) {
        (None, _) | (_, Some(false)) => Finding::not_applicable(),
        (Some(_), None) => Finding::new(State::Unknown, None, Some(before_birth)),
        (Some(born), Some(true)) => match Finding::at_least(months(since, born), before_birth) {
            early if early.state == State::Met || since.is_none() => early,
            _ => Finding::at_least(months(since, on), in_all).because(BORN_EARLIER),
        },
    }
}

/// Above the age of the law by a day, or more disabled than it says: the exam is oral.
fn oral_exam(person: &Person, law_on: Day, on: Day) -> Finding {
    let age = law::number("oral_exam", "above_age", law_on).and_then(|age| i32::try_from(age).ok());
    let (Some(age), Some(percent)) = (age, law::number("oral_exam", "disability_above", law_on)) else {
        return Finding::not_applicable();
    };
    if person.disability_percent.value.is_some_and(|seen| seen > percent) {
        return Finding::new(State::Met, None, None);
    }
    // Days since the birthday of that age: the day after it is the first that counts.
    let since = person
        .birth_date
        .value
        .map(|born| i64::from(on.0) - i64::from(born.plus_months(age * 12).0));
    Finding::at_least(since, 1)
}

impl Program for Counselling {
    type Parameters = Parameters;
    type Application = Person;
    type Claim = Nothing;
    type Member = Nothing;
    type Facts = Facts;
    type Criteria = Criteria;
    type Keys = Keys;

    fn about() -> About {
        Self::about_under(&<Parameters as osn_program_sdk::Parameters>::defaults())
    }

    fn about_under(parameters: &Parameters) -> About {
        let on = parameters.law_day.unwrap_or_else(law::newest);
        let term = |language| {
            let words = |rule| law::words(rule, language, on);
            format!(
                "-documents = {}\n-fees = {}\n-filing = {}\n-citizenship-documents = {}\n",
                words("documents"),
                words("fees"),
                words("filing"),
                words("citizenship_documents")
            )
        };
        let about = About::of_people("counselling", 1)
            .rolling()
            .delivered_by("appointment")
            .features_of("application.language")
            .options("application.matter", topics::keys())
            .texts("el", &term("el"))
            .texts("el", &topics::texts("el"))
            .texts("en", &term("en"))
            .texts("en", &topics::texts("en"))
            .recorded::<Record>()
            .supply("appointment", "counselling")
            .expense_category("counselling")
            .failure("did-not-come", true)
            .failure("no-interpreter", true)
            .failure("cancelled-by-person", true)
            .failure("not-wanted-any-more", false)
            .reason("no-common-language")
            .reason("one-absence-too-long")
            .reason("absences-too-long-together")
            .reason("fewer-months")
            .reason("by-secondary-school")
            .reason("born-before-enough-stay")
            .reason(topics::NO_SUCH_TOPIC)
            .indicator_towards("people", "people", "recipients", parameters.target)
            .indicator("appointments", "count", "deliveries");
        topics::reasons().fold(about, About::reason)
    }

    fn assess(case: &Case<'_, Self>) -> (Criteria, Keys) {
        let (person, on) = (case.application, case.as_of);
        let law_on = case.parameters.law_day.unwrap_or(on);
        let stay = person.stay.value;
        let chosen = |answer: bool| {
            let state = if answer { State::Met } else { State::NotMet };
            Finding::new(state, stay.map(|stay| stay as i64), None)
        };
        let unknown = Finding::new(State::Unknown, None, None);
        let protected = |stay| {
            matches!(
                stay,
                Stay::AsylumSeeker | Stay::Refugee | Stay::Subsidiary | Stay::Temporary
            )
        };
        let topics = person
            .topics
            .value
            .as_ref()
            .map(|topics| i64::try_from(topics.len()).unwrap_or(i64::MAX));
        let legal = months(person.legal_stay_since.value, on);
        let [renewal_begun, renewal_in_time, renewal_without_fine] = renewal(person.permit_expires.value, law_on, on);
        let criteria = Criteria {
            third_country: stay.map_or(unknown, |stay| chosen(is_foreign(stay))),
            lives_in_greece: Finding::holds(person.lives_in_greece.value),
            asks: Finding::at_least(topics, 1),
            renewal_begun,
            renewal_in_time,
            renewal_without_fine,
            exceptional_stay: at_least(months(person.stay_since.value, on), "exceptional", "months", law_on),
            parent_of_greek: Finding::holds(person.parent_of_greek.value),
            family: at_least(legal, "family", "months", law_on),
            long_term: at_least(legal, "long_term", "months", law_on),
            long_term_absences: absences(person, law_on),
            ten_years: at_least(legal, "ten_years", "months", law_on),
            second_generation: second_generation(person, law_on, on),
            naturalisation: naturalisation(person, stay, law_on, on),
            citizenship_school: citizenship_school(person, law_on),
            citizenship_birth: citizenship_birth(person, law_on, on),
            oral_exam: oral_exam(person, law_on, on),
            matter: topics::found(person.matter.value, law_on, FIRST_LINE, NO_SUCH_TOPIC),
            entitled_services: Finding::at_least(case.facts.entitled_services.value, 1),
            referral: stay.map_or(unknown, |stay| chosen(protected(stay))),
        };
        let keys = Keys {
            resident: Some(i64::from(person.resident.value == Some(true))),
            topics,
        };
        (criteria, keys)
    }

    fn plan(plan: &Plan<'_, Self>) -> Result<Schedule, Refusal> {
        Ok(appointments::plan(plan))
    }

    fn estimate(parameters: &Parameters, people: u32, _households: u32, _occasions: u32) -> Vec<BudgetLine> {
        let each = u32::try_from(parameters.appointments_each).unwrap_or(u32::MAX);
        let quantity = people.saturating_mul(each);
        let amount = parameters.appointment_price.saturating_mul(i64::from(quantity));
        vec![BudgetLine {
            category: APPOINTMENT,
            amount,
            quantity,
        }]
    }
}

#[cfg(feature = "component")]
osn_program_sdk::export!(Counselling);
