//! The application form, made from what the program says about itself: no word of any program stands here.

use osn_core::directory::{Directory, Taxonomy};
use osn_programs::about::{About, FormField, Kind, Subject, Unit};
use osn_programs::input::Value;
use osn_programs::texts::Texts;
use serde_json::Value as Json;

use super::services::choices;
use crate::pages::chrome::Page;
use crate::pages::form::{Choice, Field, FormView, Group, Posted};

/// Most members and participants on one page, whatever the program allows.
const MOST_ROWS: usize = 20;

/// What the form is made from.
pub(super) struct Questions<'a> {
    pub(super) p: &'a Page,
    pub(super) about: &'a About,
    pub(super) texts: &'a Texts,
    pub(super) directory: &'a Directory,
    pub(super) action: String,
}

impl Questions<'_> {
    /// The whole form with so many participants and members.
    pub(super) fn form(&self, claims: usize, members: usize) -> FormView {
        let mut groups = vec![self.applicant()];
        let application = self.group(Subject::Application, "/answers", "/evidence/");
        groups.push(Group {
            title: self.p.t("apply-questions"),
            ..application
        });
        let (claims, members) = (self.rows(Subject::Claim, claims), self.rows(Subject::Member, members));
        for number in 0..claims {
            groups.push(self.claim(number, claims));
        }
        groups.extend(self.members(members));
        groups.retain(|group| !group.fields.is_empty() || !group.buttons.is_empty());
        FormView {
            action: self.action.clone(),
            groups,
            hidden: vec![
                ("claims".into(), claims.to_string()),
                ("members".into(), members.to_string()),
            ],
            button: self.p.t("apply-continue"),
            guard: true,
            ..FormView::default()
        }
    }

    /// As many rows as were asked for and are allowed.
    pub(super) fn rows(&self, subject: Subject, wanted: usize) -> usize {
        let (least, most) = match subject {
            Subject::Claim if self.about.form.claim.is_empty() => (0, 0),
            Subject::Claim => (1, self.about.form.max_claims),
            Subject::Member | Subject::Application => (0, self.about.form.max_members),
        };
        wanted.clamp(
            least,
            usize::try_from(most).unwrap_or(MOST_ROWS).min(MOST_ROWS).max(least),
        )
    }

    /// Participants and members as they were posted, with the row that a button adds or removes.
    pub(super) fn posted_rows(&self, posted: &Posted) -> (usize, usize) {
        let count = |name: &str| posted.get(name).parse::<usize>().unwrap_or(0);
        let step = |name: &str| match posted.get("op").strip_suffix(name) {
            Some("add-") => 1,
            Some("remove-") => -1,
            _ => 0,
        };
        let claims = self
            .rows(Subject::Claim, count("claims"))
            .saturating_add_signed(step("claim"));
        let members = self
            .rows(Subject::Member, count("members"))
            .saturating_add_signed(step("member"));
        (claims, members)
    }

    fn applicant(&self) -> Group {
        let p = self.p;
        let line = |name: &str, key: &str| Field::line(&format!("/applicant/{name}"), p.t(&format!("apply-{key}")));
        let areas = choices(p, self.directory, Taxonomy::Area);
        Group {
            title: p.t("apply-who"),
            intro: p.t("apply-who-intro"),
            fields: vec![
                line("given_name", "given-name").completed("given-name"),
                line("family_name", "family-name").completed("family-name"),
                line("amka", "amka").hint(p.t("apply-amka-hint")).wide("10", "numeric"),
                Field::day("/applicant/birth_date", p.t("apply-birth-date")).hint(p.t("apply-birth-date-hint")),
                line("phone", "phone")
                    .hint(p.t("apply-phone-hint"))
                    .wide("20", "tel")
                    .completed("tel"),
                line("email", "email").optional().wide("20", "email").completed("email"),
                line("street", "street").completed("street-address"),
                line("postal_code", "postal-code")
                    .wide("5", "numeric")
                    .completed("postal-code"),
                Field::select("/applicant/area", p.t("apply-area"), areas)
                    .hint(p.t("apply-area-hint"))
                    .optional(),
            ],
            ..Group::default()
        }
    }

    fn claim(&self, number: usize, of: usize) -> Group {
        let group = self.group(
            Subject::Claim,
            &format!("/claims/{number}"),
            &format!("/evidence/claims~1{number}~1"),
        );
        let title = self.p.t1("apply-claim", "number", &(number + 1).to_string());
        let last = number + 1 == of;
        let buttons = if last {
            self.buttons(Subject::Claim, "claim", of, 1)
        } else {
            Vec::new()
        };
        Group {
            title,
            buttons,
            ..group
        }
    }

    /// Members one below the other in one group, so that somebody who lives alone passes it with one glance.
    fn members(&self, of: usize) -> Vec<Group> {
        if self.about.form.max_members == 0 {
            return Vec::new();
        }
        let mut groups = Vec::new();
        for number in 0..of {
            let mut group = self.group(
                Subject::Member,
                &format!("/members/{number}/answers"),
                &format!("/evidence/members~1{number}~1"),
            );
            group.title = self.p.t1("apply-member", "number", &(number + 1).to_string());
            if number > 0 {
                group.why.clear();
            }
            groups.push(group);
        }
        let buttons = self.buttons(Subject::Member, "member", of, 0);
        match groups.last_mut() {
            Some(last) => last.buttons = buttons,
            None => groups.push(Group {
                title: self.p.t("apply-members"),
                intro: self.p.t("apply-members-intro"),
                buttons,
                ..Group::default()
            }),
        }
        groups
    }

    fn buttons(&self, subject: Subject, name: &str, now: usize, least: usize) -> Vec<(String, String)> {
        let mut buttons = Vec::new();
        if self.rows(subject, now + 1) > now {
            buttons.push((format!("add-{name}"), self.p.t(&format!("apply-{name}-add"))));
        }
        if now > least {
            buttons.push((format!("remove-{name}"), self.p.t(&format!("apply-{name}-remove"))));
        }
        buttons
    }

    fn wording(&self) -> Wording<'_> {
        Wording {
            p: self.p,
            texts: self.texts,
        }
    }

    fn said(&self, key: &str) -> String {
        self.wording().said(key)
    }

    fn group(&self, subject: Subject, answers: &str, evidence: &str) -> Group {
        let mut group = Group::default();
        let (wording, list) = (self.wording(), self.about.form.of(subject));
        for field in list {
            let label = self.said(&format!("field-{}", field.key));
            group.why.push((
                label.clone(),
                self.said(&format!("field-{}.purpose", field.key)),
                self.said(&format!("basis-{}", field.legal_basis)),
            ));
            group
                .fields
                .extend(wording.question(list, field, label, &format!("{answers}/{}", field.key)));
            group
                .fields
                .extend(self.papers(field, &format!("{evidence}{}", field.key)));
        }
        group.why.retain(|(_, why, basis)| !why.is_empty() || !basis.is_empty());
        group
    }

    /// What becomes of the paper behind an answer: in hand, on its way, or not there.
    fn papers(&self, field: &FormField, name: &str) -> Vec<Field> {
        let Some(need) = &field.evidence else { return Vec::new() };
        let p = self.p;
        let paper = self.said(&format!("evidence-{}", need.kind));
        let states = vec![
            Choice::new("declared", p.t("apply-evidence-declared")),
            Choice::new("bringing", p.t("apply-evidence-bringing")),
            Choice::new("", p.t("apply-evidence-none")),
        ];
        let hint = self.said(&format!("evidence-{}.hint", need.kind));
        let state = Field::radios(
            &format!("{name}/state"),
            p.t1("apply-evidence", "paper", &paper),
            states,
        )
        .hint(hint);
        let mut fields = vec![Field {
            optional: !field.required,
            ..state
        }];
        if need.expires {
            fields.push(
                Field::day(
                    &format!("{name}/valid_to"),
                    p.t1("apply-evidence-until", "paper", &paper),
                )
                .optional(),
            );
            let forever = vec![Choice::new("yes", p.t("apply-evidence-forever"))];
            fields.push(
                Field::checks(&format!("{name}/forever"), p.t("apply-evidence-forever-label"), forever).optional(),
            );
        }
        fields
    }
}

/// Puts questions of a program into words, whatever list they stand in.
struct Wording<'a> {
    p: &'a Page,
    texts: &'a Texts,
}

impl Wording<'_> {
    fn said(&self, key: &str) -> String {
        let in_language = |tag: &str| self.texts.text(tag, key, &[]);
        in_language(self.p.tag())
            .or_else(|| in_language("el"))
            .unwrap_or_default()
    }

    fn question(&self, list: &[FormField], field: &FormField, label: String, name: &str) -> Vec<Field> {
        let p = self.p;
        let options: Vec<Choice> = field
            .options
            .iter()
            .map(|option| Choice::new(option, self.said(&format!("option-{}-{option}", field.key))))
            .collect();
        let mut asked = match field.kind {
            Kind::Flag => Field::flag(p, name, label),
            Kind::Int => Field::int(name, label),
            Kind::Fixed if field.shown_in() == Unit::Percent => {
                Field::decimal(name, label).hint(p.t("apply-percent-hint"))
            }
            Kind::Fixed => Field::decimal(name, label),
            Kind::Cents => Field::money(name, label).hint(p.t("apply-amount-hint")),
            Kind::Day => Field::day(name, label).hint(p.t("apply-birth-date-hint")),
            Kind::Choice if options.len() > 6 => Field::select(name, label, options),
            Kind::Choice => Field::radios(name, label, options),
            Kind::Choices => Field::checks(name, label, options),
            Kind::Order => return self.preferences(field, &label, name, &options),
            Kind::Text if field.max.is_none_or(|most| most > 200) => Field::area(name, label),
            Kind::Text => Field::line(name, label),
        };
        // The program's own help stands instead of our example.
        let own = self.said(&format!("field-{}.hint", field.key));
        let help = if own.is_empty() {
            std::mem::take(&mut asked.hint)
        } else {
            own
        };
        asked.hint = [help, self.condition(list, field)]
            .into_iter()
            .filter(|hint| !hint.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        asked.optional = !field.required;
        vec![asked]
    }

    /// One list for each place of an order of preference.
    fn preferences(&self, field: &FormField, label: &str, name: &str, options: &[Choice]) -> Vec<Field> {
        let most = field
            .max
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(options.len())
            .min(options.len());
        let each = (0..most).map(|place| {
            let select = Field::select(
                &format!("{name}/{place}"),
                format!("{label} ({})", place + 1),
                options.to_vec(),
            );
            if place == 0 {
                select.hint(self.p.t("apply-order-hint"))
            } else {
                select.optional()
            }
        });
        each.collect()
    }

    fn condition(&self, list: &[FormField], field: &FormField) -> String {
        let Some(condition) = &field.asked_when else {
            return String::new();
        };
        let answer = match &condition.is {
            Value::Flag(yes) => self.p.t(if *yes { "yes" } else { "no" }),
            Value::Choice(option) => self.said(&format!("option-{}-{option}", condition.field)),
            other => serde_json::to_string(other).unwrap_or_default(),
        };
        let earlier = list.iter().find(|earlier| earlier.key == condition.field);
        let question = earlier
            .map(|earlier| self.said(&format!("field-{}", earlier.key)))
            .unwrap_or_default();
        self.p
            .t2("apply-only-when", ("question", &question), ("answer", &answer))
    }
}

/// What is written down at a delivery, as questions below a path: once, or about each participant.
pub(in crate::pages) fn written_fields(
    p: &Page,
    texts: &Texts,
    list: &[FormField],
    each: bool,
    path: &str,
) -> Vec<Field> {
    let wording = Wording { p, texts };
    let of_list = list.iter().filter(|field| field.each == each);
    let asked = of_list.flat_map(|field| {
        let label = wording.said(&format!("field-{}", field.key));
        wording.question(list, field, label, &format!("{path}/{}", field.key))
    });
    asked.collect()
}

/// The questions of a program without names and papers, with as many rows as were posted: for an example that nobody keeps.
pub(in crate::pages) fn example_form(
    p: &Page,
    (about, texts): (&About, &Texts),
    directory: &Directory,
    action: String,
    posted: &Posted,
) -> FormView {
    let questions = Questions {
        p,
        about,
        texts,
        directory,
        action,
    };
    let (claims, members) = questions.posted_rows(posted);
    let mut form = questions.form(claims, members);
    let is_asked = |field: &Field| !field.name.starts_with("/applicant/") && !field.name.starts_with("/evidence/");
    for group in &mut form.groups {
        group.fields.retain(is_asked);
        group.fields.iter_mut().for_each(|field| field.optional = true);
        group.why.clear();
    }
    form.groups
        .retain(|group| !group.fields.is_empty() || !group.buttons.is_empty());
    form
}

/// The body that the API takes: papers that are not there are left out, and "without end" takes the place of a last day.
pub(super) fn settle(mut body: Json) -> Json {
    let Some(papers) = body.get_mut("evidence").and_then(Json::as_object_mut) else {
        return body;
    };
    for paper in papers.values_mut().filter_map(Json::as_object_mut) {
        if paper.remove("forever").is_some() {
            paper.insert("valid_to".to_owned(), Json::from("indefinite"));
        }
    }
    papers.retain(|_, paper| paper.get("state").is_some());
    body
}
