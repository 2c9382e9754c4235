//! What is known of a document before its records are read: the languages of its keys like `name@en`, and its mark.

use std::collections::BTreeSet;
use std::io::BufRead;

use serde_json::Value;

use crate::flat::Object;

/// The languages of keys like `name@en`, and whether there is a key of this name: programs that write a document again may
/// put its keys in another order.
pub(super) fn look(mut text: impl BufRead, mark: &str) -> std::io::Result<(BTreeSet<String>, bool)> {
    let mut found = BTreeSet::from(["en".to_owned()]);
    // What follows an at sign: letters, then the end of the key, then a colon.
    let (mut tag, mut is_key): (Option<String>, bool) = (None, false);
    let mark = format!("\"{mark}\"");
    // How much of the mark stands before the next byte; all of it, and only a colon is missing.
    let (mut same, mut is_marked) = (0_usize, false);
    loop {
        let bytes = text.fill_buf()?;
        if bytes.is_empty() {
            break;
        }
        for byte in bytes.iter().copied() {
            same = match mark.as_bytes().get(same) {
                Some(next) if *next == byte => same.saturating_add(1),
                None if byte.is_ascii_whitespace() => same,
                next => {
                    is_marked |= next.is_none() && byte == b':';
                    usize::from(byte == b'"')
                }
            };
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
    Ok((found, is_marked))
}

/// The languages of the keys of a record that was read.
pub(super) fn spoken(object: &Object, found: &mut BTreeSet<String>) {
    for (key, value) in object {
        if let Some((_, lang)) = key.split_once('@').filter(|(_, lang)| *lang != "el")
            && (2..=8).contains(&lang.len())
            && lang.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && !found.contains(lang)
        {
            found.insert(lang.to_owned());
        }
        let list = value.as_array().into_iter().flatten().filter_map(Value::as_object);
        list.chain(value.as_object()).for_each(|inner| spoken(inner, found));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ends_of_keys_are_languages() {
        let found = |text: &str| {
            let (found, _) = look(text.as_bytes(), "mark").unwrap();
            found.into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found(""), "en");
        assert_eq!(
            found(r#"{"name@ar" : "x", "name@el":1, "mail":"info@fr.example", "a@":1, "b@x":2}"#),
            "ar en"
        );
        assert_eq!(found(r#"{"description@pt-br":1,"name@@sq":1}"#), "en pt-br sq");
    }

    #[test]
    fn a_mark_is_a_key() {
        for (text, wanted) in [
            (r#"{"mark":1}"#, true),
            (r#"{ "a" : [{"b":"}"}], "mark" : 1 }"#, true),
            ("{\"a\":\"\\\"\",\n\"mark\"\n:1}", true),
            (r#"{"a":"mark","b":1}"#, false),
            (r#"["mark",{"a":1}]"#, false),
            (r#"{"a":"\"mark\":","marks":1,"mar":1}"#, false),
        ] {
            assert_eq!(look(text.as_bytes(), "mark").unwrap().1, wanted, "{text}");
        }
    }
}
