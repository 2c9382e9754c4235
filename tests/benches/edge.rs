//! The server's edge over a generated city: search and filtered HSDS lists through the real router over HTTP, on both
//! databases, beside the bare SQL query and beside a bare handler that sends the same bytes.
//!
//! `cargo bench -p osn-tests --bench edge -- 100000` says how many services; the default is 100,000.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "../../osn-server/file/benches/city/mod.rs"]
#[expect(dead_code, reason = "the peak of memory is another bench's figure")]
mod city;

use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use osn_core::import::ImportOptions;
use osn_file::{Format, Limits, Part};
use osn_server::acts::Acting;
use osn_server::acts::files::bring::{self, Handed};
use osn_server::lang::Lang;
use osn_tests::app::{Backend, Ground};
use osn_tests::wire::Wire;
use uuid::Uuid;

/// The name of the host under which the city answers.
const HOST: &str = "city.example";
/// Questions that are timed one after the other.
const ROUNDS: usize = 400;
/// Connections of the load.
const CLIENTS: usize = 8;
/// How long the load lasts.
const LOAD: Duration = Duration::from_secs(3);
/// The figure of a search at the edge.
const SEARCH_MS: u128 = 20;
/// The figure of a warm list beside a bare handler, in per cent.
const BESIDE_BARE: u64 = 50;

/// Times of one question, sorted, in microseconds.
type Times = Vec<u128>;

/// A question to the server.
struct Question {
    /// Words for the table.
    what: &'static str,
    /// The address. `{n}` is another number each time: what nobody asked a moment ago. `{id}` is a service.
    path: &'static str,
    /// A search has a figure of its own.
    is_search: bool,
}

const fn list(what: &'static str, path: &'static str) -> Question {
    Question {
        what,
        path,
        is_search: false,
    }
}

const fn search(what: &'static str, path: &'static str) -> Question {
    Question {
        is_search: true,
        ..list(what, path)
    }
}

const QUESTIONS: [Question; 11] = [
    search(
        "search, accents",
        "/api/v1/services?q=%CF%83%CF%84%CE%AE%CF%81%CE%B9%CE%BE%CE%B7&limit=20",
    ),
    search("search, Greeklish", "/api/v1/services?q=stirixi%20noikokyrion&limit=20"),
    search(
        "search in a category and an area",
        "/api/v1/services?q=ypiresia&category=c.3&area=a.2&limit=20",
    ),
    search("search of a word like nothing", "/api/v1/services?q=zzqqxxvv&limit=20"),
    search(
        "search of a mistyped word",
        "/api/v1/services?q=%CE%BD%CE%BF%CE%B9%CE%BA%CE%BF%CE%BA%CF%85%CF%81%CE%B9%CF%89&limit=20",
    ),
    list("HSDS list, a page", "/hsds/services?page=3&per_page=50"),
    list(
        "HSDS list, of a group in an area",
        "/hsds/services?beneficiary_group=g.3&area=a.2&per_page=50",
    ),
    list(
        "HSDS list, each time another page",
        "/hsds/services?page={n}&per_page=50",
    ),
    list("HSDS, one service", "/hsds/services/{id}"),
    list("page of a service", "/services/{id}"),
    list("page of an area", "/areas/a.2"),
];

#[tokio::main]
async fn main() -> Result<()> {
    let asked = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<u128>().ok());
    let count = asked.unwrap_or(100_000);
    let city = city::city(count);
    let mut file = Cursor::new(Vec::new());
    osn_file::write(Format::Json, &city, None, &mut file, |_| ())?;
    drop(city);
    let file = file.into_inner();
    println!(
        "{count} services; a search: p99 at most {SEARCH_MS} ms; a warm list or page: at least {BESIDE_BARE} % of a bare handler.\n\
         Bare SQL: the records of the same answer by their keys, in one statement.\n"
    );
    println!(
        "| database | asked | bytes | p50 | p99 | target p99 | bare SQL p50 | p99 | requests/s | bare handler/s | share |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (backend, name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
        measure(backend, name, &file)
            .await
            .with_context(|| format!("on {name}"))?;
    }
    Ok(())
}

/// The router behind a socket, as `serve` has it.
async fn listen(router: Router) -> Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok(address)
}

async fn measure(backend: Backend, name: &str, file: &[u8]) -> Result<()> {
    let ground = Ground::new(backend)?;
    let app = ground.with_an_empty_city(HOST).await?;
    let hosted = app.hosted().await.into_iter().next().context("no municipality")?;
    let acting = Acting::operator(&app, &hosted, Lang::En);
    let handed = Handed {
        name: "city.json".to_owned(),
        parts: vec![Part::held("city.json", file.to_vec())],
        options: ImportOptions::default(),
        limits: Limits::default(),
    };
    let kept = bring::keep(&acting, bring::look(&acting, handed).await?).await?;
    bring::confirm(&acting, kept.value.id).await?;
    let edge = listen(osn_server::http::router(app.clone())).await?;
    let mapped = acting.mapping().await?;
    let service = mapped.directory.services().next().context("a service")?.id.to_string();
    for question in QUESTIONS {
        let path: Arc<str> = question.path.replace("{id}", &service).into();
        let (bytes, headers) = warm(edge, &path).await?;
        let times = timed(edge, &path).await?;
        let sql = bare_sql(&acting, &bytes).await?;
        let bare = listen(bare(bytes.clone(), headers)).await?;
        let (ours, theirs) = (load(edge, &path).await?, load(bare, &"/".into()).await?);
        let target = if question.is_search {
            format!("{SEARCH_MS} ms")
        } else {
            "–".to_owned()
        };
        let micros = |times: &Option<Times>, percent| {
            let told = times.as_ref().map(|times| format!("{} µs", percentile(times, percent)));
            told.unwrap_or_else(|| "–".to_owned())
        };
        let times = Some(times);
        println!(
            "| {name} | {} | {} | {} | {} | {target} | {} | {} | {ours} | {theirs} | {} % |",
            question.what,
            bytes.len(),
            micros(&times, 50),
            micros(&times, 99),
            micros(&sql, 50),
            micros(&sql, 99),
            ours * 100 / theirs.max(1)
        );
    }
    drop(mapped);
    edited(&acting, name).await
}

/// One record changes: how long until the mapping in memory has it, and how long a reader waits for it.
async fn edited(acting: &Acting, name: &str) -> Result<()> {
    let mut times = Times::new();
    for round in 0..20 {
        let mapped = acting.mapping().await?;
        let mut service = mapped
            .directory
            .services()
            .nth(round * 37)
            .context("a service")?
            .clone();
        service.description =
            osn_core::lang::LocalText::new(format!("Άλλα λόγια {round}"), format!("Other words {round}"));
        drop(mapped);
        let mut tx = acting.begin("directory.put").await?;
        let record = osn_core::directory::DirectoryRecord::Service(service);
        tx.put_directory_record(&record, None).await?;
        tx.commit().await?;
        let start = Instant::now();
        acting.mapping().await?;
        times.push(start.elapsed().as_micros());
    }
    times.sort_unstable();
    println!(
        "\n{name}: the mapping takes one edited service: p50 {} µs, p99 {} µs\n",
        percentile(&times, 50),
        percentile(&times, 99)
    );
    Ok(())
}

/// The limit below the edge: what the database alone needs for the records of an answer, by their keys in one statement.
/// `None` where the answer names none.
async fn bare_sql(acting: &Acting, answer: &[u8]) -> Result<Option<Times>> {
    let document: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    let items = ["contents", "items"]
        .into_iter()
        .find_map(|list| document[list].as_array());
    let one = [document.clone()];
    let items = items.map_or(&one[..], Vec::as_slice);
    let ids: Vec<Uuid> = items
        .iter()
        .filter_map(|item| Uuid::parse_str(item["id"].as_str()?).ok())
        .collect();
    if ids.is_empty() {
        return Ok(None);
    }
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let found = acting.scope.records_in_force("service", &ids).await?;
        times.push(start.elapsed().as_micros());
        ensure!(found.len() == ids.len(), "every record is there");
    }
    times.sort_unstable();
    Ok(Some(times))
}

/// The answer once it is warm, with the headers that a bare handler sends too.
async fn warm(edge: SocketAddr, path: &str) -> Result<(Vec<u8>, HeaderMap)> {
    let mut wire = Wire::open(edge).await?;
    for round in 1..=20 {
        wire.get(HOST, &numbered(path, round)).await?;
    }
    let answer = wire.get(HOST, &numbered(path, 1)).await?;
    ensure!(answer.status == 200, "{path}: {}", answer.status);
    let mut headers = HeaderMap::new();
    if let Some(media) = answer.media {
        headers.insert(header::CONTENT_TYPE, media.parse()?);
    }
    Ok((answer.body, headers))
}

/// A handler that sends the same bytes and does nothing else.
fn bare(bytes: Vec<u8>, headers: HeaderMap) -> Router {
    let bytes = axum::body::Bytes::from(bytes);
    let answer = move || {
        let (bytes, headers) = (bytes.clone(), headers.clone());
        async move { (headers, bytes).into_response() }
    };
    Router::new().route("/", get(answer))
}

/// The address of a round: after a thousand, the first ones are forgotten.
fn numbered(path: &str, round: u64) -> String {
    path.replace("{n}", &(round % 1_000 + 1).to_string())
}

/// Times of questions one after the other on one connection, sorted, in microseconds.
async fn timed(edge: SocketAddr, path: &str) -> Result<Times> {
    let mut wire = Wire::open(edge).await?;
    let mut times = Vec::with_capacity(ROUNDS);
    for round in (21..).take(ROUNDS) {
        let path = numbered(path, round);
        let start = Instant::now();
        wire.get(HOST, &path).await?;
        times.push(start.elapsed().as_micros());
    }
    times.sort_unstable();
    Ok(times)
}

fn percentile(times: &[u128], percent: usize) -> u128 {
    let at = times.len() * percent / 100;
    times
        .get(at.min(times.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// Requests a second that so many connections get at once.
async fn load(edge: SocketAddr, path: &Arc<str>) -> Result<u64> {
    let is_numbered = path.contains("{n}");
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (stop, done, path) = (Arc::clone(&stop), Arc::clone(&done), Arc::clone(path));
            tokio::spawn(async move {
                let mut wire = Wire::open(edge).await?;
                while !stop.load(Ordering::Relaxed) {
                    let round = done.fetch_add(1, Ordering::Relaxed);
                    if is_numbered {
                        wire.get(HOST, &numbered(&path, round)).await?;
                    } else {
                        wire.get(HOST, &path).await?;
                    }
                }
                anyhow::Ok(())
            })
        })
        .collect();
    tokio::time::sleep(LOAD).await;
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await??;
    }
    Ok(done.load(Ordering::Relaxed) / LOAD.as_secs())
}
