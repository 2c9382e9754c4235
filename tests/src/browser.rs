//! A real browser without a window, on a page that is served on a port of this machine.
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinHandle;

/// The names under which a Chromium may be installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The router on a port, and a browser that finds it under the municipality's name.
#[derive(Debug)]
pub struct Browser {
    program: PathBuf,
    profile: TempDir,
    host: String,
    port: u16,
    server: JoinHandle<()>,
}

/// What the browser made of a page.
#[derive(Debug)]
pub struct Opened {
    /// The document after its scripts ran.
    pub document: String,
    /// What the console said: script errors, refused resources.
    pub console: Vec<String>,
}

impl Browser {
    /// Serves the router and finds a browser.
    pub async fn on(router: Router, host: &str) -> Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut candidates = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
        let program = candidates
            .find(|file| file.is_file())
            .context("no browser: apt-get install chromium")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let server = tokio::spawn(async move {
            // It ends with the test, which sees that pages no longer come.
            let _ended = axum::serve(listener, router).await;
        });
        Ok(Self {
            program,
            profile: tempfile::tempdir()?,
            host: host.to_owned(),
            port,
            server,
        })
    }

    /// Opens a page, lets its scripts run, and returns what came of it.
    pub async fn open(&self, path: &str) -> Result<Opened> {
        let output = self.run(path, (360, 800), "--dump-dom").await?;
        let said = String::from_utf8_lossy(&output.stderr);
        let console = said
            .lines()
            .filter_map(|line| line.split_once(":CONSOLE"))
            .map(|(_, rest)| rest.to_owned());
        Ok(Opened {
            document: String::from_utf8_lossy(&output.stdout).into_owned(),
            console: console.collect(),
        })
    }

    /// Opens a page in a window of this size and keeps a picture of it (PNG).
    pub async fn picture(&self, path: &str, file: &Path, size: (u32, u32)) -> Result<()> {
        let wish = format!("--screenshot={}", file.display());
        self.run(path, size, &wish).await.map(drop)
    }

    async fn run(&self, path: &str, (width, height): (u32, u32), wish: &str) -> Result<Output> {
        let origin = format!("http://{}:{}", self.host, self.port);
        let output = Command::new(&self.program)
            // No sandbox: the tests may run as root, and open nothing but our own pages.
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--hide-scrollbars",
            ])
            .args(["--virtual-time-budget=5000", "--enable-logging=stderr", wish])
            .arg(format!("--window-size={width},{height}"))
            .arg(format!("--host-resolver-rules=MAP {} 127.0.0.1", self.host))
            .arg(format!("--user-data-dir={}", self.profile.path().display()))
            // As behind the proxy that speaks TLS in production: headers that need it are taken seriously.
            .arg(format!("--unsafely-treat-insecure-origin-as-secure={origin}"))
            .arg(format!("{origin}{path}"))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("starting the browser")?;
        ensure!(
            output.status.success(),
            "the browser ended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.server.abort();
    }
}
