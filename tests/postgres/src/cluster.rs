//! Finding the binaries, `initdb`, starting, and stopping when whoever started it is gone.
use anyhow::{Context as _, Result, bail, ensure};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// What to type where PostgreSQL's server binaries are missing.
pub const INSTALL_HINT: &str = "PostgreSQL's server binaries were not found: apt-get install postgresql";

/// How long a start may take: thirty seconds in steps of fifty milliseconds.
const START_STEPS: u32 = 600;
const STEP: Duration = Duration::from_millis(50);

/// Stops the server and removes its directory when standard input ends, which the kernel brings about however the
/// parent ends. `$1` is the directory, the rest is the server's command.
const KEEPER: &str = r#"
dir=$1; shift
"$@" >"$dir/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$dir"
"#;

/// Whether a commit reaches the disk: tests do not need it, benches do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `fsync = off`: quick; what is acknowledged would not survive a power cut.
    None,
    /// PostgreSQL's defaults: a commit is on disk before it is acknowledged.
    Full,
}

/// A running private cluster on a Unix socket; dropping it stops the server and removes its files.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    dir: PathBuf,
}

impl Cluster {
    /// Makes and starts a cluster for tests.
    pub fn start() -> Result<Self> {
        Self::start_with(Durability::None)
    }

    /// Makes and starts a cluster.
    pub fn start_with(durability: Durability) -> Result<Self> {
        let binaries = server_binaries().context(INSTALL_HINT)?;
        let account = Account::find()?;
        let dir = fresh_dir(&account)?;
        let data = dir.join("data");
        let initdb = account
            .command(binaries.join("initdb"))
            .args([
                "--username=osn",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--pgdata",
            ])
            .arg(&data)
            .current_dir(&dir)
            .output()
            .context("running initdb")?;
        ensure!(
            initdb.status.success(),
            "initdb failed:\n{}",
            String::from_utf8_lossy(&initdb.stderr)
        );

        let mut keeper = account.command("sh");
        keeper
            .args(["-c", KEEPER, "sh"])
            .arg(&dir)
            .arg(binaries.join("postgres"))
            .arg("-D")
            .arg(&data);
        for setting in settings(durability) {
            keeper.arg("-c").arg(setting);
        }
        keeper
            .arg("-k")
            .arg(&dir)
            .current_dir(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Its own group: an interrupt from the terminal reaches us, and the closing pipe reaches the keeper.
        let keeper = keeper.process_group(0).spawn().context("starting postgres")?;
        let cluster = Self { keeper, dir };
        cluster.wait_until_ready(&binaries)?;
        Ok(cluster)
    }

    /// The superuser's address of the cluster's `postgres` database.
    pub fn url(&self) -> String {
        format!("postgres://osn@localhost/postgres?host={}", self.dir.display())
    }

    fn wait_until_ready(&self, binaries: &Path) -> Result<()> {
        for _ in 0..START_STEPS {
            let ready = Command::new(binaries.join("pg_isready"))
                .arg("-q")
                .arg("-h")
                .arg(&self.dir)
                .status()?;
            if ready.success() {
                return Ok(());
            }
            thread::sleep(STEP);
        }
        let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        bail!("postgres did not start within {:?}:\n{log}", STEP * START_STEPS)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // A keeper that cannot be waited for has ended already; there is nobody left to tell.
        let _ended = self.keeper.wait();
    }
}

fn settings(durability: Durability) -> Vec<&'static str> {
    let mut settings = vec![
        "listen_addresses=",
        "max_connections=300",
        "shared_buffers=128MB",
        "timezone=UTC",
    ];
    if durability == Durability::None {
        settings.extend(["fsync=off", "full_page_writes=off", "synchronous_commit=off"]);
    }
    settings
}

/// The folder with `initdb` and `postgres`: the newest of Debian's, else the folder of an `initdb` on the path.
pub fn server_binaries() -> Option<PathBuf> {
    let complete = |dir: &PathBuf| dir.join("initdb").is_file() && dir.join("postgres").is_file();
    let version = |dir: &PathBuf| {
        let name = dir.parent().and_then(Path::file_name).and_then(OsStr::to_str);
        name.and_then(|name| name.parse::<u32>().ok())
    };
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .filter(complete)
        .max_by_key(version)
        .or_else(|| std::env::split_paths(&path).find(complete))
}

/// Who runs the server: PostgreSQL refuses root.
enum Account {
    Ourselves,
    Other { name: &'static str },
}

impl Account {
    fn find() -> Result<Self> {
        if fs::metadata("/proc/self").context("reading /proc/self")?.uid() != 0 {
            return Ok(Self::Ourselves);
        }
        let accounts = fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let exists = |name: &&str| accounts.lines().any(|line| line.split(':').next() == Some(*name));
        let name = ["postgres", "nobody"]
            .into_iter()
            .find(exists)
            .context("no account to run postgres as")?;
        Ok(Self::Other { name })
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        match self {
            Self::Ourselves => Command::new(program),
            Self::Other { name } => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid", name, "--regid", name, "--clear-groups", "--"])
                    .arg(program);
                command
            }
        }
    }
}

/// A folder only the server's account can enter; its path is short, because a socket's name is at most 107 bytes.
fn fresh_dir(account: &Account) -> Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let named = std::env::temp_dir();
    let parent = if named.as_os_str().len() <= 60 {
        named
    } else {
        PathBuf::from("/tmp")
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = parent.join(format!("osn-pg-{}-{number}", std::process::id()));
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("removing the left-over {}", dir.display()))?;
    }
    let mut install = Command::new("install");
    install.args(["-d", "-m", "0700"]);
    if let Account::Other { name } = account {
        install.args(["-o", name]);
    }
    let made = install.arg(&dir).status().context("running install")?;
    ensure!(made.success(), "could not make {}", dir.display());
    Ok(dir)
}
