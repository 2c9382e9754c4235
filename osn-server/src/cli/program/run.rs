//! `osn program run`: one case from a file, as everybody will see it: questions, verdict with its reasons, ranking keys,
//! deliveries, cost, and what the sandbox spent.

use std::path::PathBuf;

use clap::Args;
use osn_programs::about::{About, FormField, Subject};
use osn_programs::cases;
use osn_programs::input::GroupInput;
use osn_programs::plan::{PlanRequest, Schedule, Slot};
use osn_programs::program::Program;
use osn_programs::texts::{Texts, show};
use osn_programs::verdict::{GroupVerdict, Outcome};
use serde_json::{Value as Json, json};

use super::super::{Answer, Out};
use super::check::{host, loaded};
use super::findings::{self, rules_of};
use super::words::Words;
use crate::lang::Lang;

/// One case.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// File of golden cases
    file: PathBuf,
    /// Folder with a `program.toml`, which is built first, or a package's file
    #[arg(long, default_value = ".", value_name = "DIR|FILE")]
    program: PathBuf,
    /// Number of the case in the file, or a part of its name; without it, the first
    #[arg(long)]
    case: Option<String>,
    /// Language of the reader
    #[arg(long, default_value = "el", value_parser = language)]
    lang: Lang,
    /// Occasions of delivery that are planned
    #[arg(long, default_value_t = 1)]
    occasions: u32,
    /// Money for the deliveries, in cents; without it, what the estimate says
    #[arg(long)]
    budget: Option<i64>,
}

fn language(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| format!("`{tag}` is not spoken here: `el` or `en`"))
}

pub(super) fn run(args: &RunArgs, out: &Out) -> anyhow::Result<Answer> {
    let text = super::read_text(&args.file)?;
    let host = host()?;
    let Some((_, program)) = loaded(&host, &args.program, out)? else {
        return Ok(Answer::No);
    };
    let one = match cases::one(&program, &text, args.case.as_deref()) {
        Ok(one) => one,
        Err(lines) => {
            let words = format!("{}:\n  {}", args.file.display(), lines.join("\n  "));
            out.answer(&json!({ "file": args.file, "problems": lines }), &words);
            return Ok(Answer::No);
        }
    };
    match shown(&program, &one, args) {
        Ok((document, words)) => {
            out.answer(&document, &words);
            Ok(Answer::Yes)
        }
        Err(fault) => {
            findings::tell(&rules_of(&args.program).of_fault("assess", &fault), out);
            Ok(Answer::No)
        }
    }
}

type Shown = (Json, String);

/// Everything about one case, as a document and in words.
fn shown(program: &Program, one: &cases::One, args: &RunArgs) -> Result<Shown, osn_programs::fault::Fault> {
    let about = program.about(Some(&one.context.parameters))?;
    let groups = std::slice::from_ref(&one.input);
    let assessed = program.assess_metered(&one.context, groups)?;
    let lang = args.lang.tag();
    let texts = program.texts_under(Some(&one.context.parameters))?;
    let reader = Reader {
        about: &about,
        texts: &texts,
        lang,
        words: Words(args.lang),
    };
    let rows = u32::try_from(one.input.rows()).unwrap_or(u32::MAX);
    let estimate = program.estimate(&one.context, rows, 1, args.occasions)?;
    let estimated: i64 = estimate.iter().map(|line| line.amount_cents).sum();
    let request = PlanRequest {
        slots: (0..args.occasions).map(|_| Slot::default()).collect(),
        budget_cents: args.budget.unwrap_or(estimated),
        ..PlanRequest::default()
    };
    let verdict = assessed.verdicts.first();
    // Only who is eligible can be awarded, and a plan is made for awards.
    let plan = match verdict {
        Some(verdict) if verdict.outcome == Outcome::Eligible => Some(program.plan(&one.context, groups, &request)?),
        _ => None,
    };
    let mut lines = vec![format!("{}: {}", reader.text("name"), one.name), reader.text("summary")];
    lines.extend(reader.form(&one.input));
    if let Some(verdict) = verdict {
        lines.extend(reader.verdict(verdict));
    }
    lines.push(format!("\n{}", reader.words.plan()));
    lines.extend(reader.plan(plan.as_ref()));
    lines.push(format!("\n{}", reader.words.cost()));
    lines.extend(estimate.iter().map(|line| {
        let category = reader.text(&format!("category-{}", line.category));
        format!("  {category} × {}: {}", line.quantity, reader.money(line.amount_cents))
    }));
    lines.push(format!(
        "\n{}: {} / {}",
        reader.words.fuel(),
        assessed.fuel_used,
        program.fuel_limit()
    ));
    let document = json!({
        "case": one.name, "as_of": one.context.as_of, "form": reader.document(), "verdict": verdict, "plan": plan,
        "estimate": estimate, "fuel": { "used": assessed.fuel_used, "limit": program.fuel_limit() },
        "criteria": about.criteria.iter().map(|one| &one.key).collect::<Vec<_>>(),
        "ranking": about.ranking.iter().map(|one| &one.key).collect::<Vec<_>>(),
    });
    Ok((document, lines.join("\n")))
}

/// Somebody who reads in a language.
struct Reader<'a> {
    about: &'a About,
    texts: &'a Texts,
    lang: &'static str,
    words: Words,
}

impl Reader<'_> {
    /// What would be delivered, and why something would not.
    fn plan(&self, plan: Option<&Schedule>) -> Vec<String> {
        let Some(plan) = plan else {
            return vec![format!("  {}", self.words.no_plan())];
        };
        let delivered = plan.deliveries.iter().map(|one| {
            let (supply, cost) = (self.text(&format!("supply-{}", one.supply)), self.money(one.cost_cents));
            format!("  {}. {supply} × {}: {cost}", one.slot + 1, one.quantity)
        });
        let unplaced = plan.unplaced.iter();
        delivered
            .chain(unplaced.map(|one| format!("  {}", self.text(&format!("reason-{}", one.reason)))))
            .collect()
    }

    fn text(&self, key: &str) -> String {
        self.texts.text_or_key(self.lang, key)
    }

    fn money(&self, cents: i64) -> String {
        show(self.lang, osn_programs::about::Unit::Cents, cents)
    }

    /// The outcome, each criterion with its reason, the ranking keys.
    fn verdict(&self, verdict: &GroupVerdict) -> Vec<String> {
        let outcome = self.words.outcome(verdict.outcome);
        let mut lines = vec![format!("\n{}: {outcome}", self.words.verdict())];
        for claim in &verdict.claims {
            let found = claim.criteria.iter().enumerate();
            lines.extend(found.map(|(index, found)| {
                let sentence = self.texts.criterion(self.lang, self.about, index, found);
                format!("  [{}] {sentence}", self.words.state(found.state))
            }));
            let keys = self.about.ranking.iter().zip(&claim.keys);
            lines.extend(keys.map(|(key, value)| {
                let value = value.map_or_else(|| "-".to_owned(), |value| show(self.lang, key.unit, value));
                format!("  {}: {value}", self.text(&format!("rank-{}", key.key)))
            }));
        }
        lines
    }

    /// The form's pages: one for the application, one for each claim and each member.
    fn form(&self, input: &GroupInput) -> Vec<String> {
        let mut lines = Vec::new();
        let mut page = |title: String, fields: &[FormField], answers: &osn_programs::input::Values| {
            if fields.is_empty() {
                return;
            }
            lines.push(format!("\n{title}"));
            for (index, field) in fields.iter().enumerate() {
                lines.extend(self.question(index + 1, field, answers.get(&field.key)));
            }
        };
        page(
            self.words.page(Subject::Application, 0),
            &self.about.form.application,
            &input.application,
        );
        for (number, claim) in input.claims.iter().enumerate() {
            page(
                self.words.page(Subject::Claim, number + 1),
                &self.about.form.claim,
                &claim.answers,
            );
        }
        for (number, member) in input.members.iter().enumerate() {
            page(
                self.words.page(Subject::Member, number + 1),
                &self.about.form.member,
                member,
            );
        }
        lines
    }

    fn question(&self, number: usize, field: &FormField, answer: Option<&osn_programs::input::Answer>) -> Vec<String> {
        let key = format!("field-{}", field.key);
        let needed = if field.required { " *" } else { "" };
        let mut lines = vec![format!("  {number}. {}{needed}", self.text(&key))];
        for part in [".hint", ".purpose"] {
            let text = self.texts.text(self.lang, &format!("{key}{part}"), &[]);
            lines.extend(text.map(|text| format!("     {text}")));
        }
        lines.push(format!("     {}", self.text(&format!("basis-{}", field.legal_basis))));
        let proof = field.evidence.as_ref();
        lines.extend(proof.map(|need| format!("     + {}", self.text(&format!("evidence-{}", need.kind)))));
        let value = answer.and_then(|answer| answer.value.as_ref());
        let value = value.map_or_else(|| "-".to_owned(), |value| self.value(field, value));
        let state = answer
            .map(|answer| answer.evidence)
            .filter(|_| field.evidence.is_some());
        let state = state.map_or_else(String::new, |state| format!(" ({})", self.words.evidence(state)));
        lines.push(format!("     > {value}{state}"));
        lines
    }

    fn value(&self, field: &FormField, value: &osn_programs::input::Value) -> String {
        use osn_programs::input::Value as V;
        let option = |key: &String| self.text(&format!("option-{}-{key}", field.key));
        let number = |number: i64| show(self.lang, field.shown_in(), number);
        match value {
            V::Flag(flag) => number(i64::from(*flag)),
            V::Int(value) | V::Fixed(value) | V::Cents(value) => number(*value),
            V::Day(day) => number(i64::from(day.to_epoch_days())),
            V::Choice(key) => option(key),
            V::Choices(keys) | V::Order(keys) => keys.iter().map(option).collect::<Vec<_>>().join(", "),
            V::Text(text) => text.clone(),
        }
    }

    /// The form as its JSON Schema says it.
    fn document(&self) -> Json {
        osn_programs::form::application_schema(self.about, self.texts, self.lang)
    }
}
