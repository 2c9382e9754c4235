//! The languages of a document: those of its keys like `name@en`, read before its records are.

use std::collections::BTreeSet;
use std::io::BufRead;

/// The languages of keys like `name@en`.
pub(super) fn languages(mut text: impl BufRead) -> std::io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::from(["en".to_owned()]);
    // What follows an at sign: letters, then the end of the key, then a colon.
    let (mut tag, mut is_key): (Option<String>, bool) = (None, false);
    loop {
        let bytes = text.fill_buf()?;
        if bytes.is_empty() {
            break;
        }
        for byte in bytes.iter().copied() {
            tag = match (tag.take(), byte) {
                (_, b'@') => {
                    is_key = false;
                    Some(String::new())
                }
                (Some(mut letters), b'a'..=b'z' | b'-') if !is_key && letters.len() < 8 => {
                    letters.push(char::from(byte));
                    Some(letters)
                }
                (Some(letters), b'"') if !is_key && letters.len() >= 2 => {
                    is_key = true;
                    Some(letters)
                }
                (Some(letters), b' ' | b'\t' | b'\r' | b'\n') if is_key => Some(letters),
                (Some(letters), b':') if is_key => {
                    found.insert(letters);
                    None
                }
                _ => None,
            };
        }
        let length = bytes.len();
        text.consume(length);
    }
    found.remove("el");
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ends_of_keys_are_languages() {
        let found = |text: &str| {
            languages(text.as_bytes())
                .unwrap()
                .into_iter()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(found(""), "en");
        assert_eq!(
            found(r#"{"name@ar" : "x", "name@el":1, "mail":"info@fr.example", "a@":1, "b@x":2}"#),
            "ar en"
        );
        assert_eq!(found(r#"{"description@pt-br":1,"name@@sq":1}"#), "en pt-br sq");
    }
}
