//! Every code that the server can answer has its words in every language.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use osn_server::lang::Lang;
use osn_server::texts::Texts;

fn sources(dir: &Path, found: &mut String) {
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push_str(text.split("#[cfg(test)]").next().unwrap());
        }
    }
}

/// String literals that follow one of these words.
fn literals_after(text: &str, words: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for word in words {
        for rest in text.split(word).skip(1) {
            let Some(literal) = rest.split('"').nth(1) else {
                continue;
            };
            let before = rest.split('"').next().unwrap();
            // The literal is the code itself only when nothing but a kind stands before it.
            if before
                .chars()
                .all(|symbol| symbol.is_alphanumeric() || ":, \n".contains(symbol))
                && !literal.contains(['/', ' '])
            {
                found.insert(literal.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_refusal_has_its_words() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let codes = literals_after(
        &text,
        &[
            "Refusal::not_found(",
            "Refusal::conflict(",
            "Refusal::invalid(",
            "Refusal::new(",
            "Self::conflict(",
            "Self::not_found(",
            "Self::invalid(",
            "Self::new(",
        ],
    );
    let codes: Vec<&String> = codes.iter().filter(|code| code.contains('.')).collect();
    assert!(codes.len() > 60, "{codes:?}");
    let texts = Texts::load().unwrap();
    let missing: Vec<&&String> = codes
        .iter()
        .filter(|code| {
            Lang::ALL
                .iter()
                .any(|lang| texts.find(*lang, &code.replace('.', "-"), &[]).is_none())
        })
        .collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn every_wrong_field_has_its_words() {
    let mut text = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&root.join("src/acts"), &mut text);
    sources(&root.join("src/http"), &mut text);
    sources(&root.join("../osn-programs/src/input"), &mut text);
    text.push_str(&std::fs::read_to_string(root.join("../osn-programs/src/parameters.rs")).unwrap());
    let mut codes = BTreeSet::new();
    for word in [
        "FieldError::new(",
        "Refusal::field(",
        "refuse(",
        "Problem::new(",
        "ok_or(",
    ] {
        for rest in text.split(word).skip(1) {
            let call = rest.split([';', '\n']).next().unwrap();
            let literals: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
            codes.extend(
                literals
                    .into_iter()
                    .filter(|literal| {
                        !literal.is_empty()
                            && literal
                                .chars()
                                .all(|symbol| symbol.is_ascii_lowercase() || symbol == '-')
                            && literal.contains('-')
                    })
                    .map(str::to_owned),
            );
        }
    }
    assert!(codes.len() > 30, "{codes:?}");
    let texts = Texts::load().unwrap();
    let missing: Vec<&String> = codes
        .iter()
        .filter(|code| {
            Lang::ALL
                .iter()
                .any(|lang| texts.find(*lang, &format!("field-{code}"), &[]).is_none())
        })
        .collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
}
