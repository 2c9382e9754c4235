//! The tutorial of `docs/writing-a-program.md`, followed command by command by somebody who has nothing but the `osn` command.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use osn_programs::package::{Policy, Trust};
use osn_server::programs::ProgramsConfig;
use osn_tests::app::{Backend, HOST, TestApp, executable};
use osn_tests::browser::Browser;
use osn_tests::client::Client;
use osn_tests::house;
use osn_tests::maker::Maker;
use serde_json::json;

/// One fenced block of the page.
struct Block {
    /// `sh`, `text`, `rust`, …
    kind: String,
    /// What stands behind it: `file=…`, `append=…`, `fails`.
    more: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let (kind, more) = info.split_once(' ').unwrap_or((info, ""));
        let text: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        blocks.push(Block {
            kind: kind.to_owned(),
            more: more.to_owned(),
            text: text.join("\n") + "\n",
        });
    }
    blocks
}

/// Whoever follows the page: where they stand, and what they saw last.
struct Reader {
    at: PathBuf,
    seen: String,
}

impl Reader {
    fn follow(&mut self, block: &Block) -> Result<()> {
        if let Some(file) = block.more.strip_prefix("file=") {
            std::fs::write(self.at.join(file), &block.text)?;
        } else if let Some(file) = block.more.strip_prefix("append=") {
            let path = self.at.join(file);
            let before = std::fs::read_to_string(&path)?;
            std::fs::write(path, before + &block.text)?;
        } else if block.kind == "sh" {
            self.seen.clear();
            for line in block.text.lines() {
                self.type_in(line, block.more == "fails")?;
            }
        } else if block.kind == "text" {
            for line in block.text.lines() {
                ensure!(self.seen.contains(line), "`{line}` was not seen, but:\n{}", self.seen);
            }
        }
        Ok(())
    }

    fn type_in(&mut self, line: &str, fails: bool) -> Result<()> {
        if let Some(folder) = line.strip_prefix("cd ") {
            self.at.push(folder);
            return Ok(());
        }
        let mut words = line.split_whitespace();
        ensure!(words.next() == Some("osn"), "only `osn` and `cd` are typed: {line}");
        let output = Command::new(executable()?)
            .args(words)
            .current_dir(&self.at)
            .env("CARGO_NET_OFFLINE", "true")
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("author"),
            )
            .stdin(Stdio::null())
            .output()?;
        let said = [output.stdout, output.stderr].concat();
        self.seen.push_str(&String::from_utf8_lossy(&said));
        let wanted = if fails { Some(1) } else { Some(0) };
        ensure!(
            output.status.code() == wanted,
            "`{line}` ended with {}:\n{}",
            output.status,
            self.seen
        );
        Ok(())
    }
}

/// A call under the action, published.
async fn published(coordinator: &Client, action: &str) -> Result<String> {
    let call = coordinator
        .post(
            &format!("/api/v1/actions/{action}/calls"),
            &json!({
                "title": { "el": "Πρόσκληση για σχολικά είδη", "en": "Call for school supplies" }, "capacity": 60, "one_per": "household",
                "opens_at": "2022-08-01T00:00:00+03:00", "closes_at": "2022-08-31T17:00:00+03:00",
            }),
        )
        .await?
        .ok();
    let call = call["id"].as_str().context("a call")?.to_owned();
    coordinator
        .post(&format!("/api/v1/calls/{call}/publish"), &json!({}))
        .await?
        .ok();
    Ok(call)
}

/// The program at work: an action planned with it, a call that takes applications, an application that is asked about children.
async fn at_work(package: &[u8]) -> Result<()> {
    let maker = Maker::new(3);
    let programs = ProgramsConfig {
        trust: Trust::from_keys([maker.public().as_str()], Policy::RequireSignature)?,
        ..ProgramsConfig::default()
    };
    let house = TestApp::begun_with(Backend::Sqlite, "city/certificate/home-food-disability", programs).await?;
    let signature = BASE64.encode(maker.sign(package, "school supplies"));
    let host = house.staff("host").await?;
    let headers = [("package-signature", signature.as_str())];
    host.send(
        Method::POST,
        "/api/v1/programs",
        Some("application/wasm"),
        package.to_vec(),
        &headers,
    )
    .await?
    .ok();
    let coordinator = house.staff("coordinator").await?;
    let action = coordinator
        .post(
            "/api/v1/actions",
            &json!({
                "name": { "el": "Σχολικά είδη 2022", "en": "School supplies 2022" },
                "description": { "el": "Ένα δέμα με σχολικά είδη για κάθε οικογένεια.", "en": "A parcel of school supplies for each family." },
                "program": "school-supplies", "certificate_id": house.id("certificate/home-food-disability")?,
                "model_entry": "support.food-disability", "period": { "from": "2022-07-01", "to": "2022-12-31" }, "instalments": 1,
                "budget": { "amount": "1500.00", "currency": "EUR" },
                "places": { "places": 60, "reason": { "el": "Εξήντα οικογένειες.", "en": "Sixty families." } },
            }),
        )
        .await?
        .ok();
    let action = action["id"].as_str().context("an action")?.to_owned();
    let second = house.staff("coordinator2").await?;
    second
        .post(&format!("/api/v1/actions/{action}/approve"), &json!({}))
        .await?
        .ok();
    let call = published(&coordinator, &action).await?;
    house.played.clock.set("2022-08-10T08:00:00Z".parse()?);
    let visitor = house.visitor().reading("en");
    let page = visitor.get(&format!("/en/calls/{call}")).await?;
    ensure!(
        page.text.contains("Child of school age") && page.text.contains("Apply"),
        "{}",
        page.text
    );
    let form = visitor.get(&format!("/en/calls/{call}/apply?members=1")).await?;
    ensure!(form.text.contains("Date of birth"), "{}", form.text);
    if let Some(file) = std::env::var_os("OSN_TEST_PICTURE") {
        let router = osn_server::http::router(house.played.app.clone());
        let browser = Browser::on(router, HOST).await?;
        browser
            .picture(&format!("/en/calls/{call}"), Path::new(&file), (900, 1100))
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tutorial_can_be_followed_to_its_end_and_the_program_works() -> Result<()> {
    let page = std::fs::read_to_string(house::root().join("docs/writing-a-program.md"))?;
    let tutorial = page.split("\n# The rest\n").next().context("the first part")?;
    let ground = tempfile::tempdir()?;
    let mut reader = Reader {
        at: ground.path().to_owned(),
        seen: String::new(),
    };
    let blocks = blocks(tutorial);
    for block in &blocks {
        reader.follow(block)?;
    }
    let count = |kind: &str| blocks.iter().filter(|block| block.kind == kind).count();
    ensure!(count("text") >= 5 && count("sh") >= 5, "too little is typed and seen");
    at_work(&std::fs::read(reader.at.join("school-supplies.wasm"))?).await
}
