//! The mapping as files: a file is looked at, confirmed, undone; a broken one says its cells; nothing is half taken.
use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use calamine::Reader as _;
use osn_tests::app::{Backend, TestApp};
use osn_tests::client::{Client, Reply};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

const UNTIL: &str = "city/request-submit/digital-skills";
const HEADER: &str = "Φορέας;Υπηρεσία;Περιγραφή;Κατηγορία;Δομή;Διεύθυνση;Τηλέφωνο;Ωράριο\n";

async fn upload(client: &Client, query: &str, bytes: &[u8]) -> Result<Reply> {
    let address = format!("/api/v1/imports?{query}");
    client
        .send(
            Method::POST,
            &address,
            Some("application/octet-stream"),
            bytes.to_vec(),
            &[],
        )
        .await
}

async fn confirm(client: &Client, import: &Value) -> Result<Reply> {
    let id = import["id"].as_str().context("an import has an identifier")?;
    client.post(&format!("/api/v1/imports/{id}/confirm"), &json!({})).await
}

async fn undo(client: &Client, import: &Value, how: Value) -> Result<Reply> {
    let id = import["id"].as_str().context("an import has an identifier")?;
    client.post(&format!("/api/v1/imports/{id}/undo"), &how).await
}

async fn part(client: &Client, import: &Value, part: &str) -> Result<Value> {
    let id = import["id"].as_str().context("an import has an identifier")?;
    Ok(client.get(&format!("/api/v1/imports/{id}/{part}")).await?.ok())
}

fn counts(import: &Value) -> [u64; 4] {
    ["added", "changed", "removed", "untouched"].map(|name| import[name].as_u64().unwrap_or(u64::MAX))
}

/// The name of a category that no other term has.
async fn category(client: &Client) -> Result<String> {
    let terms = client.get("/api/v1/taxonomies/category").await?.ok();
    let name = terms["items"][0]["name"]["el"].as_str();
    Ok(name.context("there is a category")?.to_owned())
}

/// Two services of two bodies at three places, as a clerk writes them.
fn sheet(category: &str, description: &str) -> String {
    format!(
        "{HEADER}Σύλλογος Δοκιμής;Κουζίνα της γειτονιάς;{description};{category};Στέκι;Οδός Δοκιμής 1;2100000001;Δευ-Παρ 09:00-14:00\n\
         Σύλλογος Δοκιμής;Κουζίνα της γειτονιάς;{description};{category};Δεύτερο στέκι;Οδός Δοκιμής 2;;\n\
         Άλλος Σύλλογος;Ρούχα για όλους;Δίνει ρούχα;{category};Αποθήκη;Οδός Δοκιμής 3;;\n"
    )
}

async fn found(client: &Client, words: &str) -> Result<Vec<Value>> {
    let list = client.get(&format!("/api/v1/services?q={words}")).await?.ok();
    Ok(list["items"].as_array().context("a list")?.clone())
}

async fn has_kitchen(client: &Client) -> Result<bool> {
    let services = found(client, "κουζίνα+γειτονιάς").await?;
    Ok(services
        .iter()
        .any(|service| service["name"]["el"] == "Κουζίνα της γειτονιάς"))
}

async fn a_file_comes_and_goes(backend: Backend) -> Result<()> {
    let house = TestApp::begun(backend, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let category = category(&client).await?;
    let services = client.get("/api/v1/services").await?.ok()["total"].clone();
    let file = sheet(&category, "Ζεστό φαγητό");
    let looked = upload(&client, "file=services.csv", file.as_bytes()).await?;
    assert_eq!(looked.status, StatusCode::CREATED, "{}", looked.text);
    let import = looked.ok();
    assert_eq!(
        (&import["state"], counts(&import)),
        (&json!("planned"), [7, 0, 0, 0]),
        "{import}"
    );
    assert_eq!(
        client.get("/api/v1/services").await?.ok()["total"],
        services,
        "nothing is written yet"
    );
    let done = confirm(&client, &import).await?.ok();
    assert_eq!((&done["state"], &done["settled_by"]), (&json!("done"), &done["by"]));
    let kitchen = found(&client, "κουζίνα+γειτονιάς").await?;
    let kitchen = kitchen.first().context("the new service is found")?.clone();
    assert_eq!(kitchen["places"].as_array().map(Vec::len), Some(2));
    assert_eq!(confirm(&client, &import).await?.code(), "state.not-possible", "once");
    // The same file again says the same, and is nobody's twin.
    let again = upload(&client, "file=again.csv", file.as_bytes()).await?.ok();
    assert_eq!(counts(&again), [0, 0, 0, 7], "{again}");
    assert_eq!(confirm(&client, &again).await?.code(), "import.nothing");
    changed_and_undone(&client, &category, &kitchen).await?;
    let gone = undo(&client, &import, json!({})).await?;
    assert_eq!(
        (gone.status, gone.code().as_str()),
        (StatusCode::CONFLICT, "import.changed-since")
    );
    ensure!(
        gone.errors().iter().any(|(path, _, _)| path.contains("/service/")),
        "{}",
        gone.text
    );
    assert_eq!(
        client.get("/api/v1/services").await?.ok()["total"].as_u64(),
        services.as_u64().map(|n| n + 2)
    );
    Ok(())
}

/// A changed file changes one field; what somebody writes meanwhile is never overwritten unseen; the undo brings back.
async fn changed_and_undone(client: &Client, category: &str, kitchen: &Value) -> Result<()> {
    let id = kitchen["id"].as_str().context("it has an identifier")?;
    let address = format!("/api/v1/records/service/{id}");
    let changed = sheet(category, "Ζεστό φαγητό κάθε μέρα");
    let import = upload(client, "file=changed.csv", changed.as_bytes()).await?.ok();
    assert_eq!(counts(&import), [0, 1, 0, 6], "{import}");
    let lines = part(client, &import, "changed").await?;
    let field = &lines["items"][0]["fields"][0];
    assert_eq!(
        (&lines["total"], &field["field"]),
        (&json!(1), &json!("description")),
        "{lines}"
    );
    ensure!(
        field["after"].as_str().is_some_and(|after| after.contains("κάθε μέρα")),
        "{field}"
    );
    let mut record = client.get(&address).await?.ok();
    let version = record["version"].as_i64();
    record.as_object_mut().context("a record")?.remove("version");
    record["alert"] = json!({ "el": "Κλειστά τον Αύγουστο" });
    let kept = client.put(&address, &record).await?.ok();
    let moved = confirm(client, &import).await?;
    assert_eq!(
        (moved.status, moved.code().as_str()),
        (StatusCode::CONFLICT, "import.moved"),
        "{}",
        moved.text
    );
    assert_eq!(
        client.get(&address).await?.ok()["version"],
        kept["version"],
        "nothing was written"
    );
    let import = upload(client, "file=changed.csv", changed.as_bytes()).await?.ok();
    confirm(client, &import).await?.ok();
    let now = client.get(&address).await?.ok();
    assert_eq!(now["description"]["el"], "Ζεστό φαγητό κάθε μέρα");
    assert_eq!(now["alert"], record["alert"], "what the sheet does not speak of stays");
    undo(client, &import, json!({})).await?.ok();
    let back = client.get(&address).await?.ok();
    assert_eq!(back["description"]["el"], "Ζεστό φαγητό");
    ensure!(
        back["version"].as_i64() > now["version"].as_i64() && now["version"].as_i64() > version,
        "as new versions"
    );
    assert_eq!(undo(client, &import, json!({})).await?.code(), "state.not-possible");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_and_goes_on_both_databases() -> Result<()> {
    for backend in Backend::ALL {
        a_file_comes_and_goes(backend).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_keeps_what_somebody_wrote_since_or_does_nothing() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let file = sheet(&category(&client).await?, "Ζεστό φαγητό");
    let before = client.get("/api/v1/organizations").await?.ok()["total"].as_u64();
    let import = upload(&client, "file=services.csv", file.as_bytes()).await?.ok();
    confirm(&client, &import).await?.ok();
    let clothes = found(&client, "ρούχα+για+όλους").await?;
    let clothes = clothes.first().context("it is there")?["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let confirmations = format!("/api/v1/records/service/{clothes}/confirmations");
    client.post(&confirmations, &json!({})).await?.ok();
    assert_eq!(undo(&client, &import, json!({})).await?.code(), "import.changed-since");
    // The service that somebody confirmed needs its body and its place: without them the mapping contradicts itself.
    let kept = undo(&client, &import, json!({ "keep_newer": true })).await?;
    assert_eq!(
        (kept.status, kept.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "directory.invalid")
    );
    let after = client.get("/api/v1/organizations").await?.ok()["total"].as_u64();
    assert_eq!(after, before.map(|count| count + 2), "nothing is half undone");
    let withdrawn = client
        .send(
            Method::DELETE,
            &format!("/api/v1/records/service/{clothes}"),
            None,
            Vec::new(),
            &[],
        )
        .await?;
    assert_eq!(withdrawn.status, StatusCode::NO_CONTENT);
    undo(&client, &import, json!({ "keep_newer": true })).await?.ok();
    assert_eq!(
        client.get("/api/v1/organizations").await?.ok()["total"].as_u64(),
        before
    );
    Ok(())
}

/// An archive with one table of zeros that unpacks to 300 MiB.
fn bomb() -> Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("services.csv", options)?;
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..300 {
        archive.write_all(&zeros)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_says_its_cells_and_nothing_is_taken() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let services = client.get("/api/v1/services").await?.ok()["total"].clone();
    let category = category(&client).await?;
    let rows = format!(
        "{HEADER}Δήμος Δοκιμής;Καλή γραμμή;Σωστή;{category};;;;\nΔήμος Δοκιμής;;Χωρίς όνομα;{category};;;;\n\
         Δήμος Δοκιμής;Άλλη;Ό,τι να 'ναι;Φεγγάρι;;;;όποτε\n"
    );
    let import = upload(&client, "file=services.csv", rows.as_bytes()).await?.ok();
    assert_eq!(
        (&import["state"], counts(&import)),
        (&json!("refused"), [0, 0, 0, 0]),
        "{import}"
    );
    let faults = part(&client, &import, "faults").await?;
    let places: Vec<&str> = faults["items"]
        .as_array()
        .context("a list")?
        .iter()
        .filter_map(|fault| fault["place"].as_str())
        .collect();
    assert_eq!(
        places,
        ["services.csv!B3", "services.csv!D4", "services.csv!H4"],
        "{faults}"
    );
    let english = part(&client.reading("en"), &import, "faults").await?;
    assert_ne!(faults["items"][1]["message"], english["items"][1]["message"]);
    ensure!(
        english["items"][1]["message"]
            .as_str()
            .is_some_and(|said| said.contains("Φεγγάρι")),
        "{english}"
    );
    assert_eq!(confirm(&client, &import).await?.code(), "state.not-possible");
    for (name, bytes, code) in [
        ("bomb.zip", bomb()?, "file-bomb"),
        ("book.xlsx", b"PK\x03\x04 cut off".to_vec(), "file-broken"),
        ("book.xls", vec![0xd0, 0xcf, 0x11, 0xe0, 0, 0, 0], "file-unknown-format"),
        ("letter.pdf", b"%PDF-1.7 a letter".to_vec(), "file-unknown-format"),
        ("noise.csv", vec![0, 1, 2, 0, 255, 254, 0, 7], "file-unknown-format"),
        ("empty.csv", Vec::new(), "file-no-table"),
        ("cut.json", b"{\"services\": [{".to_vec(), "json-invalid"),
    ] {
        let import = upload(&client, &format!("file={name}"), &bytes).await?.ok();
        assert_eq!(import["state"], "refused", "{name}: {import}");
        let faults = part(&client, &import, "faults").await?;
        let codes: Vec<&str> = faults["items"]
            .as_array()
            .context("a list")?
            .iter()
            .filter_map(|fault| fault["code"].as_str())
            .collect();
        assert_eq!(codes, [code], "{name}: {faults}");
    }
    let large = upload(&client, "file=large.csv", &vec![b'a'; (16 << 20) + 1]).await?;
    assert_eq!(
        (large.status, large.code().as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "import.too-large")
    );
    assert_eq!(
        client.get("/api/v1/services").await?.ok()["total"],
        services,
        "nothing was taken"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_the_old_greek_encoding_is_read() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    // Windows-1253, as old spreadsheets save it: every Greek letter is one byte.
    let greek = |symbol: char| match u32::from(symbol) {
        code if code < 0x80 => u8::try_from(code).ok(),
        0x386 => Some(0xa2),
        code @ 0x388..=0x3ce => u8::try_from(code - 0x2d0).ok(),
        _ => None,
    };
    let file = sheet(&category(&client).await?, "Ζεστό φαγητό");
    let bytes: Option<Vec<u8>> = file.chars().map(greek).collect();
    let bytes = bytes.context("the sheet is plain Greek")?;
    let import = upload(&client, "file=old.csv", &bytes).await?.ok();
    assert_eq!(
        (&import["state"], counts(&import)[0]),
        (&json!("planned"), 7),
        "{import}"
    );
    let utf8 = upload(&client, "file=new.csv", file.as_bytes()).await?.ok();
    confirm(&client, &utf8).await?.ok();
    let same = upload(&client, "file=old.csv", &bytes).await?.ok();
    assert_eq!(counts(&same), [0, 0, 0, 7], "the same letters in both: {same}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_out_comes_back_as_it_was_and_hides_the_protected() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let (client, visitor) = (house.staff("coordinator").await?, house.visitor());
    let services = client.get("/api/v1/services?limit=200").await?.ok();
    let mut places = services["items"]
        .as_array()
        .context("a list")?
        .iter()
        .flat_map(|service| {
            let places = service["places"].as_array();
            places.into_iter().flatten()
        });
    let place = places.find(|place| place["protected"] != json!(true));
    let place = place.context("there is an open place")?["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let address = format!("/api/v1/records/location/{place}");
    let mut record = client.get(&address).await?.ok();
    record.as_object_mut().context("a record")?.remove("version");
    record["addresses"] = json!([{ "id": "0b8f6f0e-6c1c-4d7c-9b5b-1f4f0a9f7a77", "address_1": STREET }]);
    client.put(&address, &record).await?.ok();
    let forms = ["xlsx", "csv", "json"];
    for form in forms {
        let given = visitor.get(&format!("/api/v1/mapping/{form}")).await?;
        assert_eq!(given.status, StatusCode::OK, "{form}");
        ensure!(tells(&given.bytes, STREET)?, "{form} tells where the open place is");
        let import = upload(&client, &format!("file=mapping.{form}&complete=true"), &given.bytes)
            .await?
            .ok();
        let [added, changed, removed, untouched] = counts(&import);
        assert_eq!(
            [added, changed, removed, import["faults"].as_u64().unwrap()],
            [0; 4],
            "{form}: {import}"
        );
        ensure!(untouched > 50, "{form}: {import}");
    }
    let fields = record.as_object_mut().context("a record")?;
    for field in "version area addresses latitude longitude transportation address_note".split(' ') {
        fields.remove(field);
    }
    record["protected"] = json!(true);
    client.put(&address, &record).await?.ok();
    record["address_note"] = json!({ "el": format!("απέναντι από {STREET}") });
    let noted = client.put(&address, &record).await?;
    assert_eq!(noted.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", noted.text);
    for form in forms {
        let given = visitor.get(&format!("/api/v1/mapping/{form}")).await?;
        ensure!(!tells(&given.bytes, STREET)?, "{form} gives the protected place away");
        let import = upload(&client, &format!("file=mapping.{form}"), &given.bytes)
            .await?
            .ok();
        assert_eq!(counts(&import)[..3], [0, 0, 0], "{form}: {import}");
    }
    assert_eq!(visitor.get("/api/v1/mapping/pdf").await?.status, StatusCode::NOT_FOUND);
    Ok(())
}

const STREET: &str = "Ακτή Δοκιμής 77";

/// Whether a file holds some words, unpacked where it is an archive.
fn tells(bytes: &[u8], words: &str) -> Result<bool> {
    if !bytes.starts_with(b"PK") {
        return Ok(String::from_utf8_lossy(bytes).contains(words));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    for at in 0..archive.len() {
        let mut text = Vec::new();
        std::io::copy(&mut archive.by_index(at)?, &mut text)?;
        if String::from_utf8_lossy(&text).contains(words) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_fills_in_the_form_that_the_server_gave() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let given = house.visitor().get("/api/v1/mapping/template").await?;
    let empty = upload(&client, "file=template.xlsx", &given.bytes).await?.ok();
    assert_eq!(
        (&empty["faults"], counts(&empty)),
        (&json!(0), [0; 4]),
        "an empty form is no mistake: {empty}"
    );
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(Cursor::new(given.bytes))?;
    let sheet = book.worksheet_range("Υπηρεσίες")?;
    let header: Vec<String> = sheet
        .rows()
        .next()
        .context("a header")?
        .iter()
        .map(ToString::to_string)
        .collect();
    let category = category(&client).await?;
    let value = |head: &String| {
        let plain = head.trim_end_matches([' ', '*']);
        let known = [
            ("Φορέας", "Ομάδα Δοκιμής"),
            ("Υπηρεσία", "Απογευματινή μελέτη"),
            ("Περιγραφή", "Βοήθεια στα μαθήματα"),
            ("Κατηγορία", category.as_str()),
            ("Ωράριο", "Δευ-Παρ 16:00-20:00"),
            ("Γλώσσες", "Ελληνικά; Αραβικά"),
            ("Κόστος", "Δωρεάν"),
        ];
        known
            .iter()
            .find(|(name, _)| *name == plain)
            .map_or("", |(_, value)| value)
            .to_owned()
    };
    let quoted = |cells: Vec<String>| {
        cells
            .iter()
            .map(|cell| format!("\"{cell}\""))
            .collect::<Vec<_>>()
            .join(",")
    };
    let row: Vec<String> = header.iter().map(value).collect();
    let file = format!("{}\n{}\n", quoted(header), quoted(row));
    let import = upload(&client, "file=filled.csv", file.as_bytes()).await?.ok();
    assert_eq!(counts(&import), [2, 0, 0, 0], "a body and its service: {import}");
    confirm(&client, &import).await?.ok();
    let service = found(&client, "απογευματινή+μελέτη").await?;
    assert_eq!(service[0]["languages"], json!(["el", "ar"]), "{service:?}");
    let again = upload(&client, "file=filled.csv", file.as_bytes()).await?.ok();
    assert_eq!(counts(&again), [0, 0, 0, 2]);
    // A record that was merged into another does not come back with an older file.
    let bodies = client.get("/api/v1/organizations").await?.ok();
    let other = bodies["items"][0]["id"].clone();
    let merge = format!(
        "/api/v1/records/organization/{}/merge",
        service[0]["organization_id"].as_str().unwrap()
    );
    client.post(&merge, &json!({ "into": other })).await?.ok();
    let old = upload(&client, "file=filled.csv", file.as_bytes()).await?.ok();
    let faults = part(&client, &old, "faults").await?;
    assert_eq!(faults["items"][0]["code"], "record-merged", "{old} {faults}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_takes_a_file_and_shows_what_it_would_do() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let form = |bytes: &str| {
        format!(
            "--b7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"υπηρεσίες.csv\"\r\n\r\n{bytes}\r\n--b7--\r\n"
        )
        .into_bytes()
    };
    let post =
        async |path: &str, media: &str, body: Vec<u8>| client.send(Method::POST, path, Some(media), body, &[]).await;
    let multipart = "multipart/form-data; boundary=b7";
    let sent = post("/staff/imports", multipart, form("")).await?;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "no file");
    let broken = post("/staff/imports", multipart, form(&format!("{HEADER};Α;β;γ;;;;\n"))).await?;
    let place = |reply: &Reply| reply.headers["location"].to_str().unwrap_or_default().to_owned();
    let page = client.get(&place(&broken)).await?;
    ensure!(
        page.text.contains("υπηρεσίες.csv!A2") && !page.text.contains("/confirm\""),
        "{}",
        page.text
    );
    let good = post(
        "/staff/imports",
        multipart,
        form(&sheet(&category(&client).await?, "Ζεστό")),
    )
    .await?;
    assert_eq!(good.status, StatusCode::SEE_OTHER, "{}", good.text);
    let address = place(&good);
    let page = client.get(&address).await?;
    ensure!(
        page.text.contains("Κουζίνα της γειτονιάς") && page.text.contains("/confirm\""),
        "{}",
        page.text
    );
    let english = client.get(&format!("/en{address}")).await?;
    ensure!(english.text.contains("Nothing was written yet"), "{}", english.text);
    let urlencoded = "application/x-www-form-urlencoded";
    let stale = post(&format!("{address}/confirm"), urlencoded, b"version=7".to_vec()).await?;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let done = post(&format!("{address}/confirm"), urlencoded, b"version=1".to_vec()).await?;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    ensure!(has_kitchen(&client).await?, "it is there");
    let undone = post(&format!("{address}/undo"), urlencoded, b"version=2".to_vec()).await?;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
    let page = client.get(&address).await?;
    ensure!(
        page.text.contains("αναιρέθηκε") && !page.text.contains("/undo\""),
        "{}",
        page.text
    );
    ensure!(!has_kitchen(&client).await?, "it is gone");
    ensure!(
        client.get("/staff/imports").await?.text.contains("υπηρεσίες.csv"),
        "the list knows it"
    );
    Ok(())
}

/// The official example of HSDS as an archive of tables; nothing where no copy is at hand.
fn official() -> Result<Option<Vec<u8>>> {
    let folder = std::env::var_os("OSN_HSDS_DIR")
        .map(PathBuf::from)
        .filter(|folder| folder.exists());
    let Some(folder) = folder else {
        return Ok(None);
    };
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for entry in std::fs::read_dir(folder.join("examples/csv"))? {
        let path = entry?.path();
        let name = path.file_name().context("a file")?.to_string_lossy().into_owned();
        // The example's place lies beyond the pole.
        let text = std::fs::read_to_string(&path)?.replace(",100,101,", ",10,101,");
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(Some(archive.finish()?.into_inner()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_example_of_hsds_is_brought_in() -> Result<()> {
    let Some(example) = official()? else {
        println!("NOT RUN: set OSN_HSDS_DIR to a copy of the official schemas and examples");
        return Ok(());
    };
    let house = TestApp::begun(Backend::Sqlite, UNTIL).await?;
    let client = house.staff("coordinator").await?;
    let strict = upload(&client, "file=example.zip", &example).await?.ok();
    assert_eq!(strict["state"], "refused", "its broken pointers keep it out: {strict}");
    let import = upload(&client, "file=example.zip&lenient_references=true", &example)
        .await?
        .ok();
    let faults = part(&client, &import, "faults").await?;
    assert_eq!(import["state"], "planned", "{faults:#}");
    ensure!(import["notes"].as_u64() > Some(0), "what was left out is listed");
    // Its hours end on a day and after so many times: nobody can follow them, and whoever brings them in is told where.
    let notes = part(&client, &import, "notes").await?;
    let listed = notes["items"].as_array().context("a list")?;
    let unread = listed
        .iter()
        .find(|note| note["code"] == "record-contradictory-recurrence");
    let place = unread.and_then(|note| note["place"].as_str()).context("a note")?;
    ensure!(place.contains("schedule"), "at its cell: {notes:#}");
    let added = part(&client, &import, "added").await?;
    let services: Vec<&str> = added["items"]
        .as_array()
        .context("a list")?
        .iter()
        .filter(|line| line["kind"] == "service")
        .filter_map(|line| line["id"].as_str())
        .collect();
    ensure!(!services.is_empty(), "{added}");
    confirm(&client, &import).await?.ok();
    for service in services {
        let served = client.get(&format!("/hsds/services/{service}")).await?;
        assert_eq!(served.status, StatusCode::OK, "{}", served.text);
    }
    undo(&client, &import, json!({})).await?.ok();
    Ok(())
}
