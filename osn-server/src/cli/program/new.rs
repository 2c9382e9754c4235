//! `osn program new`: a folder that builds and passes at once, wherever it lies. The SDK's source comes from this executable.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use rust_embed::RustEmbed;
use serde_json::json;

use super::super::{Answer, Out};

/// A new program.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// Key of the program in kebab-case, such as `school-supplies`
    name: String,
    /// Language that its rules are written in
    #[arg(long, value_enum, default_value_t = Lang::Rust)]
    lang: Lang,
    /// Folder to make; without it, the name in the current folder
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// Language of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    /// Rust
    Rust,
    /// C
    C,
}

/// The SDK's own source, licences and manifest.
#[derive(RustEmbed)]
#[folder = "../plugins/sdk"]
struct Sdk;

/// What a new folder begins with.
#[derive(RustEmbed)]
#[folder = "../plugins/sdk/template/rust"]
struct RustTemplate;

/// The rules of a program in C; everything else is as in Rust.
const C_RULES: &str = include_str!("../../../../plugins/sdk/template/c/src/program.c");

/// The SDK for C.
#[derive(RustEmbed)]
#[folder = "../plugins/sdk-c"]
struct SdkC;

/// The contract, which the SDK's bindings are made from.
#[derive(RustEmbed)]
#[folder = "../osn-programs/wit"]
struct Contract;

const WORKSPACE: &str = include_str!("../../../../Cargo.toml");
const LOCK: &str = include_str!("../../../../Cargo.lock");
const TOOLCHAIN: &str = include_str!("../../../../rust-toolchain.toml");
const FORMAT: &str = include_str!("../../../../rustfmt.toml");

/// Where the SDK lies in a program's folder.
const VENDOR: &str = "vendor/osn-program-sdk";
/// Where the SDK for C lies in a program's folder.
pub(super) const VENDOR_C: &str = "vendor/osn-program-sdk-c";
/// Name of the SDK's crate.
const SDK: &str = "osn-program-sdk";
/// Stands for the program's key and its type in the template.
const KEY: &str = "program-key";
const TYPE: &str = "ProgramType";
/// Longest key that the contract takes.
const MAX_KEY: usize = 64;

pub(super) fn run(args: &NewArgs, out: &Out) -> anyhow::Result<Answer> {
    check_name(&args.name)?;
    let dir = args.into.clone().unwrap_or_else(|| PathBuf::from(&args.name));
    if dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!(
            "{} is not empty: choose another folder with --into, or another name",
            dir.display()
        );
    }
    let files = match args.lang {
        Lang::Rust => rust(&args.name)?,
        Lang::C => c(&args.name)?,
    };
    let rules = match args.lang {
        Lang::Rust => "src/lib.rs",
        Lang::C => "src/program.c",
    };
    for (path, bytes) in &files {
        write(&dir.join(path), bytes)?;
    }
    let shown = dir.display().to_string();
    out.answer(
        &json!({ "name": args.name, "folder": shown, "files": files.len() }),
        &format!(
            "{shown} is made. Next:\n  cd {shown}\n  osn program build\n  osn program test\n  osn program check\n  osn program run cases/criteria.toml\nThe rules are in {rules}, the texts in locales/, the golden cases in cases/."
        ),
    );
    Ok(Answer::Yes)
}

/// Keys are also file names, crate names and text keys.
fn check_name(name: &str) -> anyhow::Result<()> {
    let is_key = name.len() <= MAX_KEY
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && !name.contains("--")
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_key {
        bail!(
            "`{name}` cannot be a program's key: at most {MAX_KEY} small letters, digits and single dashes, beginning with a letter, such as `school-supplies`"
        );
    }
    let keyword = ["self", "super", "crate", "test", "core", "std", "alloc"].contains(&name);
    if keyword || name == SDK {
        bail!("`{name}` already means something to Rust: choose a longer name");
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

type File = (PathBuf, Vec<u8>);

fn rust(name: &str) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    for path in RustTemplate::iter() {
        let file = RustTemplate::get(&path).context("a file of the template is gone")?;
        let text = String::from_utf8(file.data.into_owned())?;
        let text = text.replace(KEY, name).replace(TYPE, &type_name(name));
        files.push((PathBuf::from(path.as_ref()), text.into_bytes()));
    }
    files.push((PathBuf::from("Cargo.lock"), lock(name)?.into_bytes()));
    files.push((PathBuf::from("rust-toolchain.toml"), TOOLCHAIN.into()));
    files.push((PathBuf::from("rustfmt.toml"), FORMAT.into()));
    files.extend(sdk()?);
    Ok(files)
}

/// Manifest, texts and cases as in Rust; the rules and the SDK are C.
fn c(name: &str) -> anyhow::Result<Vec<File>> {
    let mut files = vec![(PathBuf::from("src/program.c"), C_RULES.replace(KEY, name).into_bytes())];
    let shared = |path: &str| path == "program.toml" || path.starts_with("locales/") || path.starts_with("cases/");
    files.extend(
        rust(name)?
            .into_iter()
            .filter(|(path, _)| path.to_str().is_some_and(shared)),
    );
    files.push((PathBuf::from(".gitignore"), "/target\n".into()));
    for path in SdkC::iter() {
        let file = SdkC::get(&path).context("a file of the SDK is gone")?;
        files.push((Path::new(VENDOR_C).join(path.as_ref()), file.data.into_owned()));
    }
    Ok(files)
}

/// `school-supplies` becomes `SchoolSupplies`.
fn type_name(key: &str) -> String {
    let mut name = String::new();
    for word in key.split('-') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// The SDK as a crate that needs no workspace around it.
fn sdk() -> anyhow::Result<Vec<File>> {
    let mut files = vec![(
        Path::new(VENDOR).join("Cargo.toml"),
        standalone_manifest()?.into_bytes(),
    )];
    let not_source = |path: &str| path == "Cargo.toml" || path.starts_with("template/") || path.starts_with("tests/");
    for path in Sdk::iter().filter(|path| !not_source(path)) {
        let file = Sdk::get(&path).context("a file of the SDK is gone")?;
        let bytes = match path.as_ref() {
            // The contract lies beside the source instead of in the host's crate.
            "src/lib.rs" => {
                let text = String::from_utf8(file.data.into_owned())?;
                text.replace("../../osn-programs/wit/", "wit/").into_bytes()
            }
            _ => file.data.into_owned(),
        };
        files.push((Path::new(VENDOR).join(path.as_ref()), bytes));
    }
    // Whoever begins today begins with the newest.
    for path in Contract::iter().filter(|path| path.starts_with(osn_programs::CONTRACT)) {
        let file = Contract::get(&path).context("the contract is gone")?;
        files.push((
            Path::new(VENDOR).join("wit").join(path.as_ref()),
            file.data.into_owned(),
        ));
    }
    Ok(files)
}

/// The SDK's manifest with everything that it takes from the workspace written out.
fn standalone_manifest() -> anyhow::Result<String> {
    let text = Sdk::get("Cargo.toml").context("the SDK's manifest is gone")?;
    let mut manifest: toml::Table = std::str::from_utf8(&text.data)?.parse()?;
    let workspace: toml::Table = WORKSPACE.parse()?;
    let shared = |table: &str, key: &str| workspace.get("workspace")?.get(table)?.get(key).cloned();
    for table in ["package", "dependencies"] {
        let Some(entries) = manifest.get_mut(table).and_then(toml::Value::as_table_mut) else {
            continue;
        };
        for (key, value) in entries.iter_mut() {
            if value.get("workspace").and_then(toml::Value::as_bool) == Some(true) {
                *value = shared(table, key).with_context(|| format!("the workspace has no `{table}.{key}`"))?;
            }
        }
    }
    manifest.remove("lints");
    manifest.remove("dev-dependencies");
    Ok(toml::to_string(&manifest)?)
}

/// The house's lock file, cut down to what the SDK needs: the versions that were tried.
fn lock(name: &str) -> anyhow::Result<String> {
    let whole: toml::Table = LOCK.parse()?;
    let packages = whole
        .get("package")
        .and_then(toml::Value::as_array)
        .context("the lock file lists nothing")?;
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    // An entry of `dependencies` is `name`, or `name version` where there are several.
    let named = |package: &toml::Value, entry: &str| match entry.split_once(' ') {
        None => text(package, "name").as_deref() == Some(entry),
        Some((name, rest)) => {
            text(package, "name").as_deref() == Some(name)
                && text(package, "version").as_deref() == rest.split(' ').next()
        }
    };
    let mut wanted = BTreeSet::new();
    let mut open = vec![SDK.to_owned()];
    while let Some(entry) = open.pop() {
        for (index, package) in packages
            .iter()
            .enumerate()
            .filter(|(_, package)| named(package, &entry))
        {
            if wanted.insert(index) {
                let needs = package.get("dependencies").and_then(toml::Value::as_array);
                open.extend(
                    needs
                        .into_iter()
                        .flatten()
                        .filter_map(|one| one.as_str().map(str::to_owned)),
                );
            }
        }
    }
    let mut kept: Vec<toml::Value> = wanted
        .into_iter()
        .filter_map(|index| packages.get(index).cloned())
        .collect();
    let mut own = toml::Table::new();
    own.insert("name".to_owned(), name.into());
    own.insert("version".to_owned(), "0.1.0".into());
    own.insert("dependencies".to_owned(), vec![SDK.to_owned()].into());
    kept.push(own.into());
    kept.sort_by_key(|package| (text(package, "name"), text(package, "version")));
    let mut lock = toml::Table::new();
    lock.insert("version".to_owned(), whole.get("version").cloned().unwrap_or(4.into()));
    lock.insert("package".to_owned(), kept.into());
    Ok(toml::to_string(&lock)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_keys() {
        for good in ["school-supplies", "a", "week2"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "School", "a--b", "a-", "2a", "a_b", "ποδήλατο", "self", SDK] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        assert_eq!(type_name("school-supplies-2"), "SchoolSupplies2");
    }

    #[test]
    fn nothing_of_a_new_folder_points_outside_it() {
        let files = rust("school-supplies").unwrap();
        let named = |path: &str| {
            let file = files.iter().find(|(found, _)| found == Path::new(path));
            String::from_utf8(file.unwrap_or_else(|| panic!("no {path}")).1.clone()).unwrap()
        };
        let rules = named("src/lib.rs");
        assert!(rules.lines().count() <= 60, "{} lines", rules.lines().count());
        assert!(named("program.toml").contains("key = \"school-supplies\""));
        for (path, bytes) in &files {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("../../"), "{}", path.display());
            assert!(
                !path.ends_with("Cargo.toml") || !text.contains("workspace = true"),
                "{}",
                path.display()
            );
            assert!(!text.contains(KEY) && !text.contains(TYPE), "{}", path.display());
        }
        let lock = named("Cargo.lock");
        assert!(
            lock.contains("name = \"wit-bindgen\"") && !lock.contains("name = \"axum\""),
            "{lock}"
        );
        assert!(named("vendor/osn-program-sdk/wit/0.2/program.wit").contains("package osn:program@0.2.0"));
    }
}
