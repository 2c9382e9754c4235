//! Reads an application as it was sent: every error at once, each with its field, its code and its remedy.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use osn_core::application::{Applicant, ApplicationData, Evidence, EvidenceState, Member};
use osn_core::directory::{Taxonomy, TermCode};
use osn_core::identifier::{Amka, Phone, Postcode};
use osn_core::lang::LocalText;
use osn_programs::about::{About, FormField};
use osn_programs::input::{ValidTo, from_plain};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::to_plain;
use crate::acts::Acting;
use crate::acts::calls::OpenCall;
use crate::directory::Mapped;
use crate::refusal::FieldError;

/// Longest text of a name, and of a street with its number.
const LONGEST_NAME: usize = 100;
const LONGEST_STREET: usize = 200;

/// An application as it is sent.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// Who applies.
    pub applicant: GivenApplicant,
    /// Answers, by key of the call's form.
    #[serde(default)]
    pub answers: BTreeMap<String, Value>,
    /// Answers of each participant, where the call counts participants.
    #[serde(default)]
    pub claims: Vec<BTreeMap<String, Value>>,
    /// The other members of the household.
    #[serde(default)]
    pub members: Vec<GivenMember>,
    /// The papers, by key of the question (`claims/0/<key>`, `members/0/<key>` for the others').
    #[serde(default)]
    pub evidence: BTreeMap<String, GivenEvidence>,
}

/// Who applies, as it is sent.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GivenApplicant {
    /// AMKA: eleven digits.
    pub amka: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Date of birth, `YYYY-MM-DD`.
    pub birth_date: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail, when there is one.
    pub email: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Code of the municipal community, when known.
    pub area: Option<String>,
}

/// Another member of the household, as it is sent.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GivenMember {
    /// AMKA, when the applicant gives it.
    pub amka: Option<String>,
    /// Answers, by key of the call's form.
    pub answers: BTreeMap<String, Value>,
}

/// A paper, as the applicant speaks of it: `declared` (have it) or `bringing` (will bring it).
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenEvidence {
    /// `declared` or `bringing`.
    pub state: String,
    /// Its last day (`YYYY-MM-DD`), or `indefinite`.
    #[serde(default)]
    pub valid_to: Option<String>,
}

/// What was read, or everything that is wrong.
pub type Read = Result<ApplicationData, Vec<FieldError>>;

/// Reads an application for a call.
pub fn read(open: &OpenCall, acting: &Acting, mapped: &Mapped, new: NewApplication) -> Read {
    let mut reader = Reader {
        errors: Vec::new(),
        today: acting.zone().day(acting.now),
    };
    let applicant = reader.applicant(&new.applicant, mapped);
    let evidence = reader.evidence(&open.about, &new.evidence);
    let members = reader.members(new.members);
    reader.one_person_once(&applicant, &members);
    let data = ApplicationData {
        applicant,
        answers: new.answers,
        claims: new.claims,
        members,
        evidence,
    };
    let plain = to_plain(&open.about, &data);
    match from_plain(&open.about, &plain, true) {
        Err(problems) => reader
            .errors
            .extend(problems.into_iter().map(FieldError::from).map(sent_at)),
        Ok(_) if reader.errors.is_empty() => {
            let call = open.call.value.id.to_string();
            let errors = acting
                .app
                .programs()
                .form_errors(&open.installed, &open.about, &call, &plain);
            reader.errors.extend(errors.into_iter().map(sent_at));
        }
        Ok(_) => {}
    }
    if reader.errors.is_empty() {
        Ok(data)
    } else {
        Err(reader.errors)
    }
}

/// Where the sender wrote what the description's reader complains about.
fn sent_at(error: FieldError) -> FieldError {
    let parts: Vec<&str> = error.path.trim_start_matches('/').split('/').collect();
    let of_paper =
        |key: &str, part: &str| format!("/evidence/{key}/{}", if part == "evidence" { "state" } else { part });
    let path = match parts.as_slice() {
        ["application", key, part @ ("evidence" | "valid_to")] => of_paper(key, part),
        ["claims", index, key, part @ ("evidence" | "valid_to")] => of_paper(&format!("claims~1{index}~1{key}"), part),
        ["members", index, key, part @ ("evidence" | "valid_to")] => {
            of_paper(&format!("members~1{index}~1{key}"), part)
        }
        ["application", key, ..] => format!("/answers/{key}"),
        ["claims", index, key, ..] => format!("/claims/{index}/{key}"),
        ["members", index, key, ..] => format!("/members/{index}/answers/{key}"),
        _ => error.path.clone(),
    };
    FieldError { path, ..error }
}

struct Reader {
    errors: Vec<FieldError>,
    today: NaiveDate,
}

impl Reader {
    fn refuse(&mut self, path: &str, code: &str) {
        self.errors.push(FieldError::new(path, code));
    }

    fn applicant(&mut self, given: &GivenApplicant, mapped: &Mapped) -> Applicant {
        let birth_date = self.birth_date(given.birth_date.as_deref());
        let amka = self.parsed("/applicant/amka", given.amka.as_deref(), |text| {
            Amka::parse(text).map_err(|error| (error.code(), error.text()))
        });
        let phone = self.parsed("/applicant/phone", given.phone.as_deref(), |text| {
            Phone::parse(text).map_err(|error| (error.code(), error.text()))
        });
        let postal = self.parsed("/applicant/postal_code", given.postal_code.as_deref(), |text| {
            Postcode::parse(text).map_err(|error| (error.code(), error.text()))
        });
        Applicant {
            amka: amka.map(|amka| amka.expose().to_owned()).unwrap_or_default(),
            given_name: self.text("/applicant/given_name", given.given_name.as_deref(), LONGEST_NAME),
            family_name: self.text("/applicant/family_name", given.family_name.as_deref(), LONGEST_NAME),
            birth_date: birth_date.unwrap_or_default(),
            phone: phone.map(|phone| phone.expose().to_owned()).unwrap_or_default(),
            email: self.email(given.email.as_deref()),
            street: self.text("/applicant/street", given.street.as_deref(), LONGEST_STREET),
            postal_code: postal.map(|postal| postal.as_str().to_owned()).unwrap_or_default(),
            area: self.area(given.area.as_deref(), mapped),
        }
    }

    fn present<'t>(&mut self, path: &str, given: Option<&'t str>) -> Option<&'t str> {
        let given = given.map(str::trim).filter(|text| !text.is_empty());
        if given.is_none() {
            self.refuse(path, "required");
        }
        given
    }

    fn parsed<T>(
        &mut self,
        path: &str,
        given: Option<&str>,
        parse: impl Fn(&str) -> Result<T, (&'static str, LocalText)>,
    ) -> Option<T> {
        match parse(self.present(path, given)?) {
            Ok(value) => Some(value),
            Err((code, text)) => {
                self.errors.push(FieldError::new(path, code).saying(text));
                None
            }
        }
    }

    fn text(&mut self, path: &str, given: Option<&str>, longest: usize) -> String {
        let Some(text) = self.present(path, given) else {
            return String::new();
        };
        if text.chars().count() > longest {
            self.errors
                .push(FieldError::new(path, "too-long").with("most", longest));
        } else if text.chars().any(char::is_control) {
            self.refuse(path, "wrong-symbols");
        }
        text.to_owned()
    }

    fn birth_date(&mut self, given: Option<&str>) -> Option<NaiveDate> {
        let path = "/applicant/birth_date";
        let text = self.present(path, given)?;
        let day = strict_day(text);
        match day {
            None => self.refuse(path, "not-a-date"),
            Some(day) if day > self.today => self.refuse(path, "birth-date-future"),
            Some(day) if osn_core::time::age_on(day, self.today).is_none_or(|age| age > 120) => {
                self.refuse(path, "birth-date-too-old");
            }
            Some(_) => return day,
        }
        None
    }

    fn email(&mut self, given: Option<&str>) -> Option<String> {
        let email = given.map(str::trim).filter(|text| !text.is_empty())?;
        let shaped = email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        });
        if !shaped
            || email.len() > 254
            || email
                .chars()
                .any(|symbol| symbol.is_whitespace() || symbol.is_control())
            || email.matches('@').count() != 1
        {
            self.refuse("/applicant/email", "email-format");
        }
        Some(email.to_owned())
    }

    fn area(&mut self, given: Option<&str>, mapped: &Mapped) -> Option<String> {
        let code = given.map(str::trim).filter(|text| !text.is_empty())?;
        if mapped
            .directory
            .term(&TermCode::new(code))
            .is_none_or(|term| term.taxonomy != Taxonomy::Area)
        {
            self.refuse("/applicant/area", "unknown-term");
        }
        Some(code.to_owned())
    }

    fn members(&mut self, given: Vec<GivenMember>) -> Vec<Member> {
        let mut members = Vec::with_capacity(given.len());
        for (index, member) in given.into_iter().enumerate() {
            let path = format!("/members/{index}/amka");
            let amka = match member.amka.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
                None => None,
                amka => self.parsed(&path, amka, |text| {
                    Amka::parse(text).map_err(|error| (error.code(), error.text()))
                }),
            };
            members.push(Member {
                amka: amka.map(|amka| amka.expose().to_owned()),
                answers: member.answers,
            });
        }
        members
    }

    /// Nobody is counted twice in one household.
    fn one_person_once(&mut self, applicant: &Applicant, members: &[Member]) {
        let mut seen = std::collections::BTreeSet::from([applicant.amka.as_str()]);
        for (index, member) in members.iter().enumerate() {
            if let Some(amka) = &member.amka
                && !seen.insert(amka)
            {
                self.refuse(&format!("/members/{index}/amka"), "twice");
            }
        }
    }

    fn evidence(&mut self, about: &About, given: &BTreeMap<String, GivenEvidence>) -> BTreeMap<String, Evidence> {
        let mut papers = BTreeMap::new();
        for (key, paper) in given {
            let path = format!("/evidence/{}", key.replace('~', "~0").replace('/', "~1"));
            let Some(field) = question(about, key) else {
                self.refuse(&path, "unknown-field");
                continue;
            };
            let state = match paper.state.as_str() {
                "declared" => EvidenceState::Declared,
                "bringing" => EvidenceState::Bringing,
                "accepted" | "refused" | "expired" => {
                    self.refuse(&format!("{path}/state"), "evidence-by-staff-only");
                    continue;
                }
                _ => {
                    self.refuse(&format!("{path}/state"), "unknown-option");
                    continue;
                }
            };
            let valid_to = self.valid_to(&format!("{path}/valid_to"), field, state, paper.valid_to.as_deref());
            papers.insert(key.clone(), Evidence { state, valid_to });
        }
        papers
    }

    /// The last day of a paper: asked of whoever has it in hand, where papers of its kind run out.
    fn valid_to(
        &mut self,
        path: &str,
        field: &FormField,
        state: EvidenceState,
        given: Option<&str>,
    ) -> Option<NaiveDate> {
        let expires = field.evidence.as_ref().is_some_and(|need| need.expires);
        match given.map(str::parse::<ValidTo>) {
            None if expires && state == EvidenceState::Declared => self.refuse(path, "valid-to-required"),
            Some(_) if !expires => self.refuse(path, "no-last-day-asked"),
            Some(Err(())) => self.refuse(path, "not-a-date"),
            Some(Ok(ValidTo::Until(day))) => return Some(day),
            Some(Ok(ValidTo::Indefinite)) | None => {}
        }
        None
    }
}

/// The question that a paper's key names.
pub(crate) fn question<'a>(about: &'a About, key: &str) -> Option<&'a FormField> {
    let pieces: Vec<&str> = key.split('/').collect();
    let (fields, key) = match pieces.as_slice() {
        [key] => (&about.form.application, *key),
        ["claims", index, key] if index.parse::<u32>().is_ok() => (&about.form.claim, *key),
        ["members", index, key] if index.parse::<u32>().is_ok() => (&about.form.member, *key),
        _ => return None,
    };
    fields.iter().find(|field| field.key == key && field.evidence.is_some())
}

/// `YYYY-MM-DD` and nothing looser.
fn strict_day(text: &str) -> Option<NaiveDate> {
    match text.parse::<ValidTo>() {
        Ok(ValidTo::Until(day)) => Some(day),
        Ok(ValidTo::Indefinite) | Err(()) => None,
    }
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    )*};
}

hidden!(NewApplication, GivenApplicant, GivenMember, GivenEvidence);
