//! The house rules as ordinary tests: layout, walls between the crates, words that do not belong somewhere.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
use osn_tests::house::{File, files, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The crates that know no program.
const HOUSE: [&str; 4] = ["osn-core", "osn-store", "osn-programs", "osn-server"];

/// Fails with every offender at once.
#[track_caller]
fn nobody(rule: &str, offenders: Vec<String>) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

fn sources() -> Vec<File> {
    files(&[".rs"]).unwrap()
}

/// The places of lines that `is_wrong` finds.
fn lines(files: &[File], mut is_wrong: impl FnMut(&File, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate().filter(|(_, line)| is_wrong(file, line)) {
            found.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
        }
    }
    found
}

/// The files below some folders, each without the tests at its end: a test may name what the code must not.
fn below(folders: &[&str], endings: &[&str]) -> Vec<File> {
    let mut texts = files(endings).unwrap();
    texts.retain(|file| file.is_below(folders));
    for file in &mut texts {
        file.text
            .truncate(file.text.find("#[cfg(test)]").unwrap_or(file.text.len()));
    }
    texts
}

/// Whether `word` stands in `line` on its own: no letter, digit, dash or underscore beside it.
fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        !before.chars().next_back().is_some_and(joins) && !after.chars().next().is_some_and(joins)
    })
}

/// Words that this file looks for without saying them, so that it does not find itself.
fn unsaid<const N: usize>(words: [&str; N]) -> [String; N] {
    words.map(|word| word.replace('@', ""))
}

fn manifest(path: &str) -> toml::Table {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Folder and name of each member of the workspace.
fn members() -> BTreeMap<String, String> {
    let workspace = manifest("Cargo.toml");
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let folders = members.iter().map(|member| member.as_str().unwrap().to_owned());
    folders.map(|folder| (folder.clone(), package_name(&folder))).collect()
}

fn package_name(folder: &str) -> String {
    manifest(&format!("{folder}/Cargo.toml"))["package"]["name"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Everything that the crate reaches through `Cargo.lock`, itself excluded.
fn reaches(name: &str) -> BTreeSet<String> {
    let lock = manifest("Cargo.lock");
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let dependencies = package
            .get("dependencies")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten();
        // An entry is `name`, or `name version` where there are several.
        let names = dependencies.filter_map(|entry| entry.as_str()?.split(' ').next());
        edges
            .entry(package["name"].as_str().unwrap())
            .or_default()
            .extend(names);
    }
    let (mut seen, mut open) = (BTreeSet::new(), vec![name]);
    while let Some(next) = open.pop() {
        for dependency in edges.get(next).into_iter().flatten() {
            if seen.insert((*dependency).to_owned()) {
                open.push(dependency);
            }
        }
    }
    seen
}

#[test]
fn line_one_says_what_the_file_is() {
    let wrong = sources()
        .into_iter()
        .filter(|file| !file.text.starts_with("//!") && !file.text.starts_with("#!["));
    nobody("line 1 of a module is `//!`", wrong.map(|file| file.path).collect());
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let long = sources()
        .into_iter()
        .map(|file| (file.text.lines().count(), file.path))
        .filter(|(count, _)| *count > 600);
    nobody(
        "split what is two things",
        long.map(|(count, path)| format!("{path}: {count} lines")).collect(),
    );
}

/// Folders whose paths are looked for in comments.
const NAMED_FOLDERS: [&str; 14] = [
    ".ci",
    "benches",
    "docs",
    "examples",
    "migrations",
    "municipalities",
    "osn-core",
    "osn-programs",
    "osn-server",
    "osn-store",
    "plugins",
    "src",
    "tests",
    "xtask",
];

/// The words of a comment that name a file or a folder of ours: a path below a folder of the list, or a source or a page by
/// its name alone. What holds a placeholder, or lies among what is built, is passed over.
fn named_paths(line: &str) -> Vec<&str> {
    let line = line.trim_start();
    if !["//", "# ", "-- "].iter().any(|mark| line.starts_with(mark)) {
        return Vec::new();
    }
    let words = line.split(|c: char| c.is_whitespace() || "`\"'(),:".contains(c));
    let words = words.map(|word| word.trim_end_matches(['.', ';', '/']));
    let is_named = |word: &&str| {
        let plain = word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'));
        let in_folder = word
            .split_once('/')
            .is_some_and(|(folder, rest)| NAMED_FOLDERS.contains(&folder) && !rest.is_empty());
        let alone = !word.contains('/') && matches!(word.rsplit_once('.'), Some((_, "rs" | "md"))) && word.len() > 3;
        let built = word.split('/').any(|part| matches!(part, "dist" | "target"));
        plain && !built && (in_folder || alone)
    };
    words.filter(is_named).collect()
}

#[test]
fn files_named_in_comments_exist() {
    let all = files(&[""]).unwrap();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for file in &all {
        let cuts = file.path.match_indices('/').map(|(at, _)| &file.path[..at]);
        known.extend(cuts.chain([file.path.as_str()]));
        names.extend(file.path.rsplit('/').next());
    }
    let exists = |file: &File, named: &str| {
        let above = file.path.match_indices('/').map(|(at, _)| &file.path[..=at]);
        let found = |base: &str| known.contains(format!("{base}{named}").as_str());
        names.contains(named) || found("") || above.into_iter().any(found)
    };
    let sources = files(&[".rs", ".toml", ".sql"]).unwrap();
    let mut looked_at = 0;
    let gone = lines(&sources, |file, line| {
        let named = named_paths(line);
        looked_at += named.len();
        named.iter().any(|named| !exists(file, named))
    });
    nobody("a comment names a file that is not there", gone);
    assert!(looked_at > 0, "no comment names a file: this looks in the wrong place");
}

#[test]
fn nothing_is_left_undone() {
    let words = unsaid(["TO@DO", "FIX@ME", "XX@X"]);
    let wrong = lines(&sources(), |_, line| {
        words.iter().any(|word| has_word(line, word)) || line.trim_start().starts_with("#[ignore")
    });
    nobody("open an issue instead", wrong);
}

#[test]
fn every_member_takes_the_lints_and_stands_in_the_architecture() {
    let architecture = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let mut wrong = Vec::new();
    for (folder, name) in members() {
        let takes = manifest(&format!("{folder}/Cargo.toml"))
            .get("lints")
            .and_then(|lints| lints.get("workspace")?.as_bool());
        if takes != Some(true) {
            wrong.push(format!("{folder}: `[lints] workspace = true` is missing"));
        }
        // Programs come and go; the page speaks of all of them as `plugins/*`.
        let is_program = folder.starts_with("plugins/") && folder != "plugins/sdk";
        if !is_program && !architecture.contains(&format!("`{name}`")) {
            wrong.push(format!("{name}: docs/architecture.md does not name it"));
        }
    }
    nobody("members", wrong);
}

#[test]
fn the_files_that_the_documents_name_exist() {
    let mut wrong = Vec::new();
    for file in files(&[".md"])
        .unwrap()
        .iter()
        .filter(|file| !file.is_below(&["osn-server/ui"]))
    {
        let folder = root().join(&file.path);
        for target in file
            .text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next())
        {
            let is_ours = !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:");
            if is_ours && !folder.parent().unwrap().join(target).exists() {
                wrong.push(format!("{}: link to {target}", file.path));
            }
        }
        for quoted in file
            .text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|_| file.path == "docs/architecture.md")
        {
            let is_path =
                quoted.contains('/') && !quoted.contains([' ', '*', '{', ':', '+']) && !quoted.starts_with('/');
            if is_path && !root().join(quoted).exists() {
                wrong.push(format!("{}: `{quoted}`", file.path));
            }
        }
    }
    nobody("named and not there", wrong);
}

#[test]
fn the_walls_between_the_crates_stand() {
    let sandbox = ["wasmtime", "cranelift-codegen"];
    let web = ["axum", "hyper", "askama"];
    let database = ["sqlx", "libsqlite3-sys"];
    let runtime = ["tokio", "rand", "getrandom"];
    let forbidden: [(&str, Vec<&str>); 5] = [
        (
            "osn-core",
            [
                &sandbox[..],
                &web,
                &database,
                &["tokio"],
                &["osn-store", "osn-programs", "osn-server"],
            ]
            .concat(),
        ),
        (
            "osn-store",
            [&sandbox[..], &web, &["osn-programs", "osn-server"]].concat(),
        ),
        (
            "osn-programs",
            [&web[..], &database, &["osn-store", "osn-server"]].concat(),
        ),
        (
            "osn-hsds",
            [
                &sandbox[..],
                &web,
                &database,
                &["tokio"],
                &["osn-store", "osn-programs", "osn-server"],
            ]
            .concat(),
        ),
        (
            "osn-program-sdk",
            [
                &sandbox[..],
                &web,
                &database,
                &runtime,
                &["osn-store", "osn-programs", "osn-server"],
            ]
            .concat(),
        ),
    ];
    let mut wrong = Vec::new();
    for (name, walls) in forbidden {
        let reached = reaches(name);
        assert!(!reached.is_empty(), "{name} is not in Cargo.lock");
        wrong.extend(
            walls
                .iter()
                .filter(|wall| reached.contains(**wall))
                .map(|wall| format!("{name} reaches {wall}")),
        );
    }
    nobody("walls", wrong);
}

#[test]
fn sql_stands_in_the_store_alone() {
    let statements = [
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "ALTER TABLE ",
        "UPDATE ",
    ];
    let wrong = lines(&sources(), |file, line| {
        let elsewhere = file.is_below(&["osn-core", "osn-programs", "osn-server", "plugins", "xtask"]);
        elsewhere && (statements.iter().any(|statement| line.contains(statement)) || line.contains("sqlx::"))
    });
    nobody("SQL belongs to osn-store", wrong);
}

#[test]
fn the_house_knows_no_program() {
    let folders = fs::read_dir(root().join("plugins"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let programs = folders.filter(|folder| folder.join("program.toml").is_file());
    let names: Vec<String> = programs
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(!names.is_empty(), "plugins/ holds no program");
    let words: Vec<String> = names
        .iter()
        .flat_map(|name| [name.clone(), name.replace('-', "_")])
        .collect();
    let texts = below(&HOUSE, &[".rs", ".html", ".ftl", ".toml", ".sql"]);
    let mut wrong = lines(&texts, |file, line| {
        let is_test = file.path.split('/').any(|part| part == "tests" || part == "benches");
        let is_manifest = file.path.ends_with("/Cargo.toml");
        !is_test && !is_manifest && words.iter().any(|word| has_word(line, word))
    });
    for folder in HOUSE {
        let manifest = manifest(&format!("{folder}/Cargo.toml"));
        let needs = manifest["dependencies"]
            .as_table()
            .unwrap()
            .keys()
            .filter(|name| names.contains(name));
        wrong.extend(needs.map(|name| format!("{folder} depends on {name}")));
    }
    nobody("a new program never touches the house", wrong);
}

#[test]
fn the_core_names_no_city() {
    let texts = below(&["osn-core/src", "osn-core/data"], &[".rs", ".toml"]);
    let wrong = lines(&texts, |_, line| {
        let is_comment = line.trim_start().starts_with("//");
        !is_comment && ["Athens", "Αθήν", "Αθηναί"].iter().any(|name| line.contains(name))
    });
    nobody("a city is data elsewhere", wrong);
}

#[test]
fn time_is_read_in_one_place() {
    let readers = ["Utc::now", "Local::now", "SystemTime::now"];
    let wrong = lines(&sources(), |file, line| {
        let elsewhere = file.path != "osn-server/src/clock.rs" && !file.path.ends_with("house/tidy.rs");
        elsewhere && readers.iter().any(|reader| line.contains(reader))
    });
    nobody("time comes from the injected clock", wrong);
    // How long something took is no time of day: one place says how long the process runs, one how long a year was played.
    let measured = ["osn-server/src/clock.rs", "osn-server/src/demo/mod.rs"];
    let wrong = lines(&sources(), |file, line| {
        let at_work = file.is_below(&HOUSE) && file.path.contains("/src/") && !measured.contains(&file.path.as_str());
        at_work && line.contains("Instant::now")
    });
    nobody("what runs for users measures nothing by itself", wrong);
}

#[test]
fn the_core_is_not_async() {
    let wrong = lines(&sources(), |file, line| {
        file.is_below(&["osn-core/src"]) && has_word(line, "async")
    });
    nobody(
        "osn-core",
        wrong.into_iter().filter(|line| !line.contains("//")).collect(),
    );
}

#[test]
fn no_machine_is_named() {
    let words = unsaid([
        "/wo@rk/",
        "../sh@ared",
        "/ro@ot/",
        "registry.npm@js.org",
        "\"reso@lved\": \"http",
    ]);
    let all = files(&[
        ".rs", ".md", ".toml", ".json", ".html", ".ftl", ".scss", ".js", ".mjs", ".sql", ".wit", ".sh",
    ])
    .unwrap();
    let wrong = lines(&all, |_, line| words.iter().any(|word| line.contains(word.as_str())));
    nobody("paths and hosts of one machine", wrong);
}
