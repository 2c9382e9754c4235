//! `osn serve`.

use std::net::SocketAddr;

use super::place::PlaceArgs;
use super::trust::TrustArgs;
use super::{Answer, Out};
use crate::entropy::{SystemEntropy, draw};
use crate::programs::ProgramsConfig;
use crate::{app::App, http};

/// Serve pages and API.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    limits: http::Limits,
    /// Address to listen on; port 0 picks one
    #[arg(long, env = "OSN_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Cookies for https only: set this behind a proxy that ends TLS
    #[arg(long, env = "OSN_SECURE_COOKIES")]
    secure_cookies: bool,
    /// Do not bring the databases to this version on start
    #[arg(long, env = "OSN_NO_MIGRATE")]
    no_migrate: bool,
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    args.place.must_exist()?;
    let _held = args.place.hold()?;
    let config = crate::app::AppConfig {
        place: args.place.place(),
        data_dir: args.place.data_dir.clone(),
        migrate: !args.no_migrate,
        programs: ProgramsConfig {
            trust: args.trust.trust(&args.place.data_dir)?,
            ..kept_programs(&args.place.data_dir)?
        },
        secure_cookies: args.secure_cookies,
        demonstration: crate::demo::is_demonstration(&args.place.data_dir),
    };
    let clock = std::sync::Arc::new(crate::clock::SystemClock);
    let app = App::open(config, clock, std::sync::Arc::new(SystemEntropy)).await?;
    let out = *out;
    http::serve(app, args.listen, &args.limits, move |address| {
        out.note(&format!("serving at http://{address}/"));
    })
    .await?;
    Ok(Answer::Yes)
}

/// Programs compiled in a child process, and kept between starts under a key that only this folder holds.
pub(super) fn kept_programs(data_dir: &std::path::Path) -> anyhow::Result<ProgramsConfig> {
    std::fs::create_dir_all(data_dir)?;
    let file = data_dir.join("compiled.key");
    let key: [u8; 32] = match std::fs::read(&file).ok().and_then(|bytes| bytes.try_into().ok()) {
        Some(key) => key,
        None => {
            // Nothing is lost with the key: programs are compiled again.
            let key = draw::<32>(&SystemEntropy);
            private(&file, &key)?;
            key
        }
    };
    Ok(ProgramsConfig {
        compiler: Some(std::env::current_exe()?),
        cache_key: Some(key),
        ..ProgramsConfig::default()
    })
}

fn private(file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(bytes)
}
