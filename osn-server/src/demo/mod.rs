//! The demonstration: the city's year, played through the same router and code that production uses.
//!
//! Invariant: no word of any program or city stands here. What is played is data: the city's files under
//! `municipalities/` and the scenarios that packages carry.
//! Invariant: apart from the municipality and its first accounts, which no address makes, everything is an HTTP request
//! with somebody's token.

mod city;
mod clock;
mod delivery;
mod dice;
mod directory;
mod door;
mod money;
mod need;
mod network;
mod packages;
mod people;
mod player;
mod progress;
mod replay;
mod run;
mod scenario;
mod show;
mod summary;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use osn_core::directory::DirectoryRecord;
use osn_core::id::MunicipalityId;
use osn_store::{NewMunicipality, Place};

pub use self::clock::YearClock;
pub use self::door::{Answer, Ask, DemoError, Door, Load};
pub use self::progress::{Progress, is_demonstration};
pub use self::show::Show;
pub use self::summary::{
    AccountSummary, ApplicationsSummary, AssessmentsSummary, CertificateSummary, DeliveriesSummary, JournalSummary,
    MoneySummary, ReplaySummary, SelectionSummary, StorySummary, Summary,
};

use self::city::City;
use self::packages::Shelf;
use self::player::{Player, Story};
use crate::acts::Acting;
use crate::acts::accounts::{self, NewAccount};
use crate::app::{App, AppConfig};
use crate::auth::Role;
use crate::entropy::{Entropy, SystemEntropy, draw};
use crate::hold::Hold;
use crate::http;
use crate::lang::Lang;
use crate::programs::{ProgramsConfig, own_build};

/// What to play, and where.
#[derive(Debug)]
pub struct Options {
    /// The data directory: progress, keys, and the embedded database unless another is named.
    pub data_dir: PathBuf,
    /// Where the data lie.
    pub place: Place,
    /// The people's seed; a directory that was begun keeps its own.
    pub seed: Option<u64>,
    /// The folder of packages; without one, the usual places.
    pub plugins: Option<PathBuf>,
    /// The `osn` executable that replays the decisions in a new process.
    pub executable: PathBuf,
    /// How programs run.
    pub programs: ProgramsConfig,
    /// Whether cookies need https; false on a plain address of this machine.
    pub secure_cookies: bool,
}

/// The mapping of a city whose data are embedded, by its folder's name.
///
/// # Errors
/// When there is no such city, or its data cannot be read.
pub fn directory_of(slug: &str) -> Result<Vec<DirectoryRecord>, DemoError> {
    City::load(slug).map(|city| city.records)
}

/// A year that was played, ready to be served.
#[derive(Debug)]
pub struct Played {
    /// The application; once the whole year was played its clock is the machine's.
    pub app: App,
    /// The clock, which stands still where the story was stopped on the way.
    pub clock: Arc<YearClock>,
    /// What happened; empty where the story was stopped on the way.
    pub summary: Summary,
    /// What the steps left for one another: identifiers by name, the accounts' password.
    pub progress: Progress,
    /// Holds the directory against a second player.
    _held: Hold,
}

/// Plays what is left of the year in a data directory, and counts it.
///
/// # Errors
/// When an answer is not what the story needs, or the store, the disk or the child process fail.
pub async fn play(options: Options, show: Show) -> Result<Played, DemoError> {
    play_until(options, show, None).await
}

/// Plays the year up to a step of it, and stops there: the stories of the tests begin in the middle of a year. Where that
/// was played before, nothing happens, and the clock stands at the beginning.
///
/// # Errors
/// As [`play`].
pub async fn play_until(options: Options, show: Show, last_step: Option<&str>) -> Result<Played, DemoError> {
    let started = std::time::Instant::now();
    let held = Hold::take(&options.data_dir).map_err(DemoError::below("holding the data directory"))?;
    let shelf = packages::find(&options.plugins.clone().unwrap_or_else(packages::usual_folder))?;
    let first = shelf.found.first().map(|found| &found.scenario);
    let first = first.ok_or_else(|| DemoError::data("--plugins", "no package here carries a demo scenario"))?;
    let seed = options.seed.unwrap_or(first.default_seed);
    let progress = Progress::open(&options.data_dir, seed, || password(&SystemEntropy))?;
    begun_with(&options, &progress)?;
    let city = City::load(&first.municipality)?;
    let stories = shelf
        .found
        .iter()
        .map(|found| Story::new(found, &city, progress.seed()))
        .collect::<Result<Vec<_>, _>>()?;
    let clock = Arc::new(YearClock::new(player::first_instant(&stories).unwrap_or_default()));
    let app = open(&options, &shelf, clock.clone()).await?;
    settle(&app, &city, progress.password()).await?;
    let mut player = Player::new(app.clone(), &city, clock.clone(), progress, show);
    let mut summary = Summary::default();
    if !last_step.is_some_and(|last| player.progress.has(last)) {
        player.play_year(&stories, last_step).await?;
        player.work().await?;
    }
    if last_step.is_none() {
        player.money().await?;
        player.work().await?;
        player.replay(&options).await?;
        player.play_today(&stories).await?;
        player.install_spare(&shelf.spare).await?;
        player.work().await?;
        summary = player.summary(&stories).await?;
        summary.money = player.count_money().await?;
        summary.seconds = started.elapsed().as_secs();
    }
    let progress = player.end();
    Ok(Played {
        app,
        clock,
        summary,
        progress,
        _held: held,
    })
}

/// Other people are another year: a directory keeps the ones it was begun with, and whoever asks for others is told.
fn begun_with(options: &Options, progress: &Progress) -> Result<(), DemoError> {
    let seed = progress.seed();
    if options.seed.is_none_or(|asked| asked == seed) {
        return Ok(());
    }
    let words = format!(
        "the year in {} was begun with seed {seed}: leave --seed out, or name another folder with --data-dir",
        options.data_dir.display()
    );
    Err(DemoError::data("--seed", words))
}

/// Opens the installation. The packages that it plays with lie beside it and were built with it: they need no signature
/// here, and the journal says so.
async fn open(options: &Options, shelf: &Shelf, clock: Arc<YearClock>) -> Result<App, DemoError> {
    let played = shelf.found.iter().map(|found| &found.bytes);
    let bytes = played.chain(shelf.spare.iter().map(|spare| &spare.bytes));
    let own_build = bytes.map(|bytes| own_build(bytes)).collect();
    let config = AppConfig {
        place: options.place.clone(),
        data_dir: options.data_dir.clone(),
        migrate: true,
        programs: ProgramsConfig {
            own_build,
            ..options.programs.clone()
        },
        secure_cookies: options.secure_cookies,
        demonstration: true,
    };
    App::open(config, clock, Arc::new(SystemEntropy))
        .await
        .map_err(DemoError::below("opening the installation"))
}

/// Serves a played year until the process is told to end; `ready` hears the address.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(played: Played, listen: SocketAddr, ready: impl FnOnce(&Summary)) -> Result<(), http::ServeError> {
    let mut summary = played.summary.clone();
    http::serve(played.app.clone(), listen, &http::Limits::off(), move |address| {
        summary.address = Some(format!("http://{address}/"));
        ready(&summary);
    })
    .await
}

/// The municipality and its first accounts: the only things that no address makes.
async fn settle(app: &App, city: &City, password: &str) -> Result<(), DemoError> {
    if app.hosted().await.is_empty() {
        let municipality = &city.municipality;
        let new = NewMunicipality {
            id: MunicipalityId::new(city.names.uuid("municipality", &municipality.slug)),
            slug: municipality.slug.clone(),
            name: municipality.name.clone(),
            time_zone: municipality.time_zone.clone(),
            hosts: municipality.hosts.clone(),
            settings: municipality.settings.clone(),
        };
        app.store()
            .create_municipality(new, app.now())
            .await
            .map_err(DemoError::below("making the municipality"))?;
        app.refresh_municipalities()
            .await
            .map_err(DemoError::below("reading the municipality"))?;
    }
    let hosted = app.hosted().await;
    let hosted = hosted
        .first()
        .ok_or_else(|| DemoError::data("municipality.toml", "no municipality is served"))?;
    let acting = Acting::machine(app, hosted);
    for member in &city.cast {
        if acting
            .scope
            .account_by_login(&member.login)
            .await
            .map_err(DemoError::below("reading an account"))?
            .is_some()
        {
            continue;
        }
        let new = NewAccount {
            login: member.login.clone(),
            name: member.name.get(Lang::default().tag()).to_owned(),
            roles: member.roles.iter().filter_map(|role| Role::named(role)).collect(),
            organization: member.organization.as_deref().map(|key| city.names.organization(key)),
            email: member.email.clone(),
        };
        accounts::add(&acting, new, password.to_owned())
            .await
            .map_err(|refusal| DemoError::data("demo-accounts.toml", refusal.code()))?;
    }
    Ok(())
}

/// A password that can be typed: three groups of letters and digits without look-alikes, 59 bits.
fn password(entropy: &dyn Entropy) -> String {
    const SYMBOLS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let symbols: Vec<char> = draw::<12>(entropy)
        .iter()
        .filter_map(|byte| SYMBOLS.get(usize::from(*byte) % SYMBOLS.len()))
        .map(|byte| char::from(*byte))
        .collect();
    symbols
        .chunks(4)
        .map(|chunk| chunk.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}
