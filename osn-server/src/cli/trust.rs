//! Whose packages an installation takes: keys on the command line, in the environment, and in the data directory.

use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use osn_programs::package::{Policy, Trust};

/// Name of the file in the data directory: a key on each line; `#` and minisign's own comments are passed over.
const FILE: &str = "trusted-keys";

/// Whose packages are taken.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TrustArgs {
    /// Public minisign key of somebody whose packages are taken: the key itself or its file. May be given many times; the
    /// data directory's file `trusted-keys` is read too
    #[arg(
        long = "trusted-key",
        env = "OSN_TRUSTED_KEYS",
        value_delimiter = ',',
        value_name = "FILE|KEY"
    )]
    keys: Vec<String>,
}

impl TrustArgs {
    /// The keys. A package without a signature is refused unless a command allows it.
    pub(crate) fn trust(&self, data_dir: &Path) -> anyhow::Result<Trust> {
        let mut keys = Vec::new();
        for named in self.keys.iter().filter(|named| !named.trim().is_empty()) {
            let text = if Path::new(named).is_file() {
                std::fs::read_to_string(named).with_context(|| format!("{named} cannot be read"))?
            } else {
                named.clone()
            };
            keys.push((named.clone(), text));
        }
        let file = data_dir.join(FILE);
        if file.is_file() {
            let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let is_key =
                |line: &&str| !(line.is_empty() || line.starts_with('#') || line.starts_with("untrusted comment:"));
            let named = |line: &str| (file.display().to_string(), line.to_owned());
            keys.extend(text.lines().map(str::trim).filter(is_key).map(named));
        }
        let mut trust = Trust {
            keys: Vec::with_capacity(keys.len()),
            policy: Policy::RequireSignature,
        };
        for (named, text) in &keys {
            let read = Trust::from_keys([text.as_str()], Policy::RequireSignature)
                .ok()
                .with_context(|| format!("{named}: neither a public minisign key nor a file with one"))?;
            trust.keys.extend(read.keys);
        }
        Ok(trust)
    }
}
