//! Programs that are broken or mean harm, in a server at work: each is refused or stopped by type, in the reader's words, and
//! costs nobody else anything.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::http::Method;
use osn_core::identifier::Amka;
use osn_programs::package::{Policy, Trust};
use osn_server::jobs;
use osn_server::programs::ProgramsConfig;
use osn_test_guest::{CASES, Guest, component, manifest};
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use serde_json::{Value, json};

mod publisher;

use publisher::what_goes_wrong_in_a_plan_or_a_trial_is_told_to_the_publisher;

/// The city with a certificate that any action may cite.
const CERTIFIED: &str = "city/certificate/home-food-disability";
/// Inside every call of this story.
const TODAY: &str = "2022-08-02T08:00:00Z";
/// Only an application with this number meets what is hostile.
const TRIGGER: i64 = 13;

/// The city with whoever publishes programs, plans actions and sees them through.
struct City {
    house: TestApp,
    publisher: Client,
    coordinator: Client,
    second: Client,
}

impl City {
    async fn on(backend: Backend) -> Result<Self> {
        let nobody: [&str; 0] = [];
        let programs = ProgramsConfig {
            trust: Trust::from_keys(nobody, Policy::AllowUnsigned)?,
            ..ProgramsConfig::default()
        };
        let house = TestApp::begun_with(backend, CERTIFIED, programs).await?;
        house.played.clock.set(TODAY.parse()?);
        Ok(Self {
            publisher: house.staff("host").await?,
            coordinator: house.staff("coordinator").await?,
            second: house.staff("coordinator2").await?,
            house,
        })
    }

    async fn install(&self, lang: &'static str, package: Vec<u8>) -> Result<Reply> {
        let media = Some("application/wasm");
        let publisher = self.publisher.reading(lang);
        publisher
            .send(Method::POST, "/api/v1/programs", media, package, &[])
            .await
    }

    /// A version of the guest, and an open call that is published with it.
    async fn call_with(&self, guest: &Guest, version: &str) -> Result<Call> {
        let installed = self.install("en", guest.package(version)).await?;
        ensure!(installed.status.as_u16() == 201, "{version}: {}", installed.text);
        let action = json!({
            "name": { "el": "Δράση", "en": "Action" }, "description": { "el": "Δοκιμή.", "en": "A trial." },
            "program": "guest", "certificate_id": self.house.id("certificate/home-food-disability")?,
            "model_entry": "immediate.essential-goods", "period": { "from": "2022-08-01", "to": "2022-12-31" },
            "instalments": 1, "budget": { "amount": "100.00", "currency": "EUR" },
            "places": { "places": 2, "reason": { "el": "Δύο θέσεις.", "en": "Two places." } },
        });
        let action = id(&self.coordinator.post("/api/v1/actions", &action).await?.ok())?;
        let approve = format!("/api/v1/actions/{action}/approve");
        self.second.post(&approve, &json!({})).await?.ok();
        let call = json!({
            "title": { "el": "Πρόσκληση", "en": "Call" }, "capacity": 2, "one_per": "household",
            "opens_at": "2022-08-01T00:00:00+03:00", "closes_at": "2022-10-31T17:00:00+02:00",
            "tie_break": "submission-time",
        });
        let path = format!("/api/v1/actions/{action}/calls");
        let call = id(&self.coordinator.post(&path, &call).await?.ok())?;
        let publish = format!("/api/v1/calls/{call}/publish");
        self.coordinator.post(&publish, &json!({})).await?.ok();
        self.apply(&call, 1).await?;
        let hostile = self.apply(&call, TRIGGER).await?;
        self.apply(&call, 2).await?;
        Ok(Call { id: call, hostile })
    }

    /// Somebody applies and answers with a number; the receipt.
    async fn apply(&self, call: &str, number: i64) -> Result<Value> {
        let born = chrono::NaiveDate::from_ymd_opt(1980, 1, 1).unwrap() + chrono::TimeDelta::days(number);
        let body = json!({
            "applicant": {
                "amka": Amka::synthetic(born, 9990).unwrap().expose(), "given_name": "Ελένη", "family_name": "Δοκιμαστικού",
                "birth_date": born, "phone": "+302100099001", "street": "Πατησίων 1", "postal_code": "10434", "area": "athens.6",
            },
            "answers": { "number": number },
        });
        let path = format!("/api/v1/calls/{call}/applications");
        Ok(self.house.visitor().post(&path, &body).await?.ok())
    }

    /// Orders an assessment; the run.
    async fn ordered(&self, call: &Call) -> Result<String> {
        let start = format!("/api/v1/calls/{}/assessments", call.id);
        let accepted = self.coordinator.post(&start, &json!({})).await?;
        ensure!(accepted.status.as_u16() == 202, "{}", accepted.text);
        Ok(accepted.json()["run_id"].as_str().context("a run")?.to_owned())
    }

    /// Two workers take what is due, at the same time.
    async fn work(&self) {
        let app = &self.house.played.app;
        let (one, other) = tokio::join!(Box::pin(jobs::run_once(app)), Box::pin(jobs::run_once(app)));
        one.unwrap();
        other.unwrap();
    }

    async fn run(&self, run: &str) -> Result<Value> {
        let found = self.coordinator.get(&format!("/api/v1/runs/{run}")).await?;
        Ok(found.ok()["state"].clone())
    }

    async fn page(&self, who: &Client, lang: &'static str, path: &str) -> Result<String> {
        let path = if lang == "el" {
            path.to_owned()
        } else {
            format!("/{lang}{path}")
        };
        let reply = who.reading(lang).get(&path).await?;
        ensure!(reply.status.is_success(), "{path}: {}", reply.text);
        Ok(reply.text)
    }

    /// How many applications of a call wait, and how many are judged.
    async fn waiting(&self, call: &Call) -> Result<(usize, usize)> {
        let path = format!("/api/v1/calls/{}/applications", call.id);
        let found = self.coordinator.get(&path).await?.ok();
        let items = found["items"].as_array().context("applications")?;
        let in_state = |state: &str| items.iter().filter(|one| one["state"] == state).count();
        Ok((in_state("received"), in_state("assessed")))
    }
}

/// A call with three applications, one of which meets what is hostile.
struct Call {
    id: String,
    /// Receipt of the application that the program does not survive.
    hostile: Value,
}

fn id(value: &Value) -> Result<String> {
    Ok(value["id"].as_str().context("an id")?.to_owned())
}

/// What is refused before it is installed: package, code, and words that the answer says in English and in Greek.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn refused() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str, &'static str)> {
    let good = Guest::default();
    let whole = good.package("1.0.0");
    let cut = whole[..whole.len() / 2].to_vec();
    let wasi = component(r#"(component (import "wasi:cli/environment@0.2.6" (instance (export "get" (func)))))"#);
    let other = component(r#"(component (instance $i) (export "osn:program/assessor@1.1.0" (instance $i)))"#);
    let part = component(r#"(component (instance $i) (export "osn:program/assessor@0.1.0" (instance $i)))"#);
    let hungry = Guest {
        pages: 16_384,
        ..Guest::default()
    };
    let looping = Guest {
        describe: "(loop $l (br $l))".to_owned(),
        ..Guest::default()
    };
    let wrong = CASES.replace("eligible", "not-eligible");
    vec![
        (
            "imports",
            wasi,
            "program.imports",
            "It imports: wasi:cli",
            "Ζητά: wasi:cli",
        ),
        (
            "another contract",
            other,
            "program.wrong-contract",
            "It needs contract 1.1. This host speaks 0.1, 0.2",
            "Θέλει τη σύμβαση 1.1. Εδώ μιλιέται η 0.1, 0.2",
        ),
        (
            "half a contract",
            part,
            "program.missing-exports",
            "Missing: osn:program/description@0.1.0",
            "Λείπουν: osn:program/description@0.1.0",
        ),
        (
            "cut off",
            cut,
            "program.not-a-component",
            "not a program",
            "δεν είναι πρόγραμμα",
        ),
        (
            "garbage",
            b"hello".to_vec(),
            "program.not-a-component",
            "not a program",
            "δεν είναι πρόγραμμα",
        ),
        (
            "nothing",
            Vec::new(),
            "program.not-a-component",
            "not a program",
            "δεν είναι πρόγραμμα",
        ),
        (
            "too large",
            vec![0; (1 << 20) + 1],
            "program.too-large",
            "At most 1048576",
            "Επιτρέπονται έως 1048576",
        ),
        (
            "no manifest",
            good.build(),
            "program.manifest",
            "manifest or texts",
            "Η περιγραφή του πακέτου",
        ),
        (
            "a gibibyte at the start",
            hungry.package("1.0.0"),
            "program.too-much-declared",
            "more than is allowed",
            "περισσότερα από όσα",
        ),
        (
            "no end in its description",
            looping.package("1.0.0"),
            "program.fault",
            "used up all its fuel",
            "ξόδεψε όλα τα καύσιμά του",
        ),
        (
            "a golden case that it fails",
            good.packed(&manifest("1.0.0", "0.1"), &wrong),
            "program.case-failed",
            "nothing was installed",
            "τίποτα δεν εγκαταστάθηκε",
        ),
    ]
}

async fn what_cannot_be_a_program_is_refused_in_the_readers_words(backend: Backend) -> Result<()> {
    let city = City::on(backend).await?;
    for (what, package, code, english, greek) in refused() {
        for (lang, words) in [("en", english), ("el", greek)] {
            let reply = city.install(lang, package.clone()).await?;
            assert_eq!(
                (reply.status.as_u16(), reply.code().as_str()),
                (422, code),
                "{what}: {}",
                reply.text
            );
            assert!(reply.text.contains(words), "{what}: {words}: {}", reply.text);
        }
        // The page says the same beside the form.
        let file = ("component", "program.wasm", package.as_slice());
        let page = city.publisher.upload("/staff/programs", &[], file).await?;
        assert!(page.status.is_client_error(), "{what}: {}", page.status);
        assert!(
            page.text.contains("name=\"component\""),
            "{what}: the form is there again"
        );
    }
    let known = city.publisher.get("/api/v1/programs").await?.ok();
    let names = known["items"].as_array().unwrap().iter();
    assert!(names.clone().all(|one| one["name"] != "guest"), "{known}");
    // Signatures come before everything else where they are needed, and the server goes on.
    let installed = city.install("en", Guest::default().package("1.0.0")).await?.ok();
    assert_eq!((&installed["name"], &installed["cases"]), (&json!("guest"), &json!(1)));
    Ok(())
}

/// Guests that pass their golden case and go wrong later: fault, and words about it in English and in Greek.
fn hostile() -> Vec<(&'static str, Guest, &'static str, &'static str)> {
    let loops = Guest::assessing("(loop $l (br $l))");
    let grows = Guest::assessing("(loop $l (drop (memory.grow (i32.const 16))) (br $l))");
    let traps = Guest::assessing("unreachable");
    // More states than there are rows, and no outcomes at all.
    let too_much = Guest::lying("(i32.store (i32.const 88) (i32.add (local.get $rows) (i32.const 1)))");
    let too_little = Guest::lying("(i32.store (i32.const 72) (i32.const 0))");
    vec![
        (
            "out-of-fuel",
            loops,
            "used up all its fuel",
            "ξόδεψε όλα τα καύσιμά του",
        ),
        (
            "memory-limit",
            grows,
            "asked for more memory",
            "ζήτησε περισσότερη μνήμη",
        ),
        ("trapped", traps, "broke off by a mistake", "σταμάτησε απότομα"),
        (
            "lying-answer",
            too_much,
            "answer cannot be true",
            "δεν μπορεί να είναι αληθινή",
        ),
        (
            "lying-answer",
            too_little,
            "answer cannot be true",
            "δεν μπορεί να είναι αληθινή",
        ),
    ]
}

async fn what_goes_wrong_at_work_costs_its_own_call_only(backend: Backend) -> Result<()> {
    let city = City::on(backend).await?;
    let mut calls = Vec::new();
    for (number, (fault, guest, english, greek)) in hostile().into_iter().enumerate() {
        let version = format!("1.{number}.0");
        let broken = city.call_with(&guest.only_for(TRIGGER), &version).await?;
        let sound = city.call_with(&Guest::default(), &format!("1.{number}.1")).await?;
        // Both are ordered before either is judged.
        let (failing, finishing) = (city.ordered(&broken).await?, city.ordered(&sound).await?);
        city.work().await;
        let state = city.run(&failing).await?;
        assert_eq!(
            (&state["state"], &state["code"]),
            (&json!("failed"), &json!(fault)),
            "{version}: {state}"
        );
        let state = city.run(&finishing).await?;
        assert_eq!(
            (&state["state"], &state["eligible"]),
            (&json!("finished"), &json!(3)),
            "another call is judged meanwhile: {state}"
        );
        assert_eq!(
            city.waiting(&broken).await?,
            (3, 0),
            "nothing is lost, nothing half judged"
        );
        assert_eq!(city.waiting(&sound).await?, (0, 3));
        shown(&city, &broken, &version, fault, [("en", english), ("el", greek)]).await?;
        calls.push(broken);
    }
    mended(&city, &calls).await
}

/// The staff page of the call and the publisher's page say what happened, in both languages.
async fn shown(city: &City, call: &Call, version: &str, fault: &str, words: [(&'static str, &str); 2]) -> Result<()> {
    for (lang, words) in words {
        let page = city
            .page(&city.coordinator, lang, &format!("/staff/calls/{}", call.id))
            .await?;
        assert!(page.contains(words), "{lang} {words}: {page}");
        let page = city.page(&city.publisher, lang, "/staff/programs/guest").await?;
        assert!(
            page.contains(words) && page.contains(&call.id),
            "{lang} {words}: {page}"
        );
        let watched = city
            .publisher
            .reading(lang)
            .get("/api/v1/programs/guest/versions")
            .await?
            .ok();
        let versions = watched["versions"].as_array().context("versions")?;
        let of_call = versions.iter().find(|one| one["version"] == version);
        let faults = &of_call.context("the version is listed")?["faults"];
        assert_eq!(
            (
                faults.as_array().map(Vec::len),
                &faults[0]["code"],
                &faults[0]["call_id"]
            ),
            (Some(1), &json!(fault), &json!(call.id)),
            "{version}: {watched}"
        );
        assert!(faults[0]["text"].as_str().unwrap().contains(words), "{watched}");
        assert_eq!(faults[0]["at"], json!(TODAY), "when it was: {watched}");
        // Whoever publishes programs reads what went wrong, and nothing about whom.
        let receipt = &call.hostile;
        let personal = [
            "Ελένη",
            "Δοκιμαστικού",
            "+302100099001",
            receipt["reference"].as_str().unwrap(),
        ];
        for told in [page, watched.to_string()] {
            assert!(!personal.iter().any(|word| told.contains(word)), "{told}");
        }
    }
    Ok(())
}

/// A mended version judges the same answers in a new call; the old call goes on without the application that its program does
/// not survive.
async fn mended(city: &City, calls: &[Call]) -> Result<()> {
    let mended = city.call_with(&Guest::default(), "2.0.0").await?;
    let run = city.ordered(&mended).await?;
    city.work().await;
    let state = city.run(&run).await?;
    assert_eq!(
        (&state["state"], &state["eligible"]),
        (&json!("finished"), &json!(3)),
        "{state}"
    );
    for call in calls {
        let body = json!({ "reference": call.hostile["reference"], "code": call.hostile["code"] });
        let visitor = city.house.visitor();
        visitor.post("/api/v1/applications/withdraw", &body).await?.ok();
        let run = city.ordered(call).await?;
        city.work().await;
        let state = city.run(&run).await?;
        assert_eq!(
            (&state["state"], &state["eligible"]),
            (&json!("finished"), &json!(2)),
            "{state}"
        );
        let page = city
            .page(&city.coordinator, "en", &format!("/staff/calls/{}", call.id))
            .await?;
        assert!(
            !page.contains("stopped."),
            "what passed is not shown as standing: {page}"
        );
    }
    let replayed = city.house.replayed()?;
    assert_eq!(replayed["total"], replayed["identical"], "{replayed}");
    Ok(())
}

/// Times that other people wait.
const ROUNDS: usize = 6;
/// What a hostile program may add to somebody else's wait: the figure of a search at the edge, on a machine that is not measured
/// on. What is not optimised is slow by itself, so the wait of the same people in quiet counts three times.
const ADDED: Duration = Duration::from_millis(20);
/// What nobody waits longer for, whatever runs beside it.
const SLOWEST: Duration = Duration::from_secs(1);

impl City {
    /// What other people ask for meanwhile: a page, a search, a call, and to apply. How long each waited.
    async fn others(&self, call: &Call, number: &mut i64) -> Result<Vec<Duration>> {
        let visitor = self.house.visitor();
        let mut waited = Vec::new();
        for _ in 0..5 {
            *number += 1;
            // An answer of the last second is not asked for again.
            for path in [
                format!("/services?q=trofima{number}"),
                format!("/calls/{}?n={number}", call.id),
                format!("/api/v1/calls/{}?n={number}", call.id),
            ] {
                let began = Instant::now();
                let reply = visitor.get(&path).await?;
                waited.push(began.elapsed());
                ensure!(reply.status.is_success(), "{path}: {}", reply.text);
            }
            let began = Instant::now();
            self.apply(&call.id, *number).await?;
            waited.push(began.elapsed());
        }
        Ok(waited)
    }

    /// Two calls are judged by programs that burn all they may, again and again until somebody says stop; how often.
    async fn attacked(&self, calls: &[Call], stop: &AtomicBool) -> Result<usize> {
        let mut faults = 0;
        while !stop.load(Ordering::Relaxed) {
            let mut runs = Vec::new();
            for call in calls {
                runs.push(self.ordered(call).await?);
            }
            self.work().await;
            for run in runs {
                ensure!(self.run(&run).await?["code"] == "out-of-fuel", "{run}");
                faults += 1;
            }
        }
        Ok(faults)
    }
}

/// While programs burn their fuel, nobody else waits longer than they may: not for a page, a search, a call or an application.
async fn others_are_served_within_their_budget(backend: Backend) -> Result<()> {
    let city = City::on(backend).await?;
    let loops = Guest::assessing("(loop $l (br $l))").only_for(TRIGGER);
    let broken = [
        city.call_with(&loops, "1.0.0").await?,
        city.call_with(&loops, "1.0.1").await?,
    ];
    let sound = city.call_with(&Guest::default(), "1.1.0").await?;
    let (mut quiet, mut beside, mut faults, mut number) = (Vec::new(), Vec::new(), 0, 100);
    city.others(&sound, &mut number).await?;
    for _ in 0..ROUNDS {
        quiet.extend(city.others(&sound, &mut number).await?);
        let stop = AtomicBool::new(false);
        let served = async {
            let waited = city.others(&sound, &mut number).await;
            stop.store(true, Ordering::Relaxed);
            waited
        };
        let (attacked, waited) = tokio::join!(city.attacked(&broken, &stop), served);
        faults += attacked?;
        beside.extend(waited?);
    }
    assert!(faults >= 2 * ROUNDS, "{faults} faults");
    quiet.sort_unstable();
    beside.sort_unstable();
    let (before, during) = (quiet[quiet.len() / 2], beside[beside.len() / 2]);
    assert!(
        during <= before * 3 + ADDED,
        "{during:?} beside hostile programs, {before:?} in quiet"
    );
    let (before, during) = (quiet[quiet.len() - 1], beside[beside.len() - 1]);
    assert!(
        during <= before * 3 + SLOWEST,
        "{during:?} beside hostile programs, {before:?} in quiet"
    );
    Ok(())
}

osn_tests::stories!(
    others_are_served_within_their_budget,
    what_cannot_be_a_program_is_refused_in_the_readers_words,
    what_goes_wrong_at_work_costs_its_own_call_only,
    what_goes_wrong_in_a_plan_or_a_trial_is_told_to_the_publisher,
);
