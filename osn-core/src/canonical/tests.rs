//! One document, one spelling: vectors of the standard, refusals by path, and both ways of writing compared.
use super::*;
use expect_test::{Expect, expect};
use serde_json::json;

fn check(value: &Value, expected: &str) {
    let bytes = to_canonical_bytes(value).unwrap();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
    assert_eq!(
        to_canonical_bytes(&from_canonical_bytes(&bytes).unwrap()).unwrap(),
        bytes
    );
}

fn refused(value: &Value, expected: &Expect) {
    expected.assert_eq(&to_canonical_bytes(value).unwrap_err().to_string());
}

#[test]
fn rfc_8785_vectors() {
    // Section 3.2.3: the example for sorting by UTF-16 code units, with a full-width letter in the place of the Hebrew
    // one, which NFC would decompose.
    let sorting = json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{ff21}": "Fullwidth Latin Capital A", "1": "One",
        "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
    });
    let bytes = to_canonical_bytes(&sorting).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let order: Vec<_> = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Fullwidth"]
        .iter()
        .map(|word| text.find(word).unwrap())
        .collect();
    assert!(order.is_sorted(), "{text}");
    // Section 3.2.2.2: string escapes; section 3.2.2.1: literals.
    check(
        &json!("\u{20ac}$\u{f}\nA'B\"\\\\\"/"),
        "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"",
    );
    check(&json!([null, true, false]), "[null,true,false]");
    check(&json!("\u{8}\t\u{c}\r\u{1f}\u{7f}"), "\"\\b\\t\\f\\r\\u001f\u{7f}\"");
}

/// Every shape that serde knows, ordinary or not.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    Nothing,
    One(Option<i64>),
    Two(u8, char),
    Named {
        zeta: &'static str,
        alpha: (),
        beta: [i32; 2],
    },
    Numbers(std::collections::BTreeMap<i32, bool>),
    Bytes(u64),
    Wide(i128),
    Broken(f64),
}

#[derive(Serialize)]
struct Pair(i8, Digest);

#[derive(Serialize)]
struct Whole {
    shapes: Vec<Shape>,
    pair: Pair,
    a: Option<&'static str>,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<&'static str, Value>,
}

#[test]
fn the_direct_way_writes_what_the_tree_writes() {
    let one = |shape| Whole {
        shapes: vec![Shape::Nothing, Shape::One(None), Shape::One(Some(-7)), shape],
        pair: Pair(-8, digest("test:1", b"abc")),
        a: Some("Ά\"\u{1}\\"),
        rest: [
            ("zz", json!({"b": {}, "a": [], "ab": [[]]})),
            ("Z", json!(null)),
            ("", json!(true)),
        ]
        .into(),
    };
    let shapes = [
        (Shape::Nothing, true),
        (Shape::One(Some(0)), true),
        (Shape::Bytes(MAX_SAFE_INTEGER), true),
        (Shape::Bytes(MAX_SAFE_INTEGER + 1), false),
        (Shape::Two(1, 'ώ'), false),
        (
            Shape::Named {
                zeta: "z",
                alpha: (),
                beta: [i32::MIN, 0],
            },
            false,
        ),
        (Shape::Numbers([(2, true), (10, false)].into()), false),
        (Shape::Wide(1), false),
        (Shape::Broken(0.5), false),
    ];
    for (shape, ordinary) in shapes {
        let whole = one(shape);
        assert_eq!(direct::write(&whole).is_some(), ordinary);
        assert_eq!(to_canonical(&whole), to_canonical_by_tree(&whole));
    }
}

proptest::proptest! {
    #[test]
    fn any_document_has_one_canonical_form(document in document()) {
        let tree = to_canonical_bytes(&document);
        proptest::prop_assert_eq!(&to_canonical(&document), &tree);
        if let Some(text) = direct::write(&document) {
            proptest::prop_assert_eq!(Ok(text.into_bytes()), tree);
        }
    }
}

fn document() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let key = prop_oneof![3 => "[a-c_]{0,3}", 1 => "[a\"\\\\\u{0}αά\u{301}]{0,3}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zά\"\\\\\n\u{301} ]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[test]
fn keys_are_sorted_and_spaces_dropped() {
    check(
        &json!({"b": {"z": 1, "a": []}, "a": {}, "Α": -5, "": 0}),
        "{\"\":0,\"a\":{},\"b\":{\"a\":[],\"z\":1},\"Α\":-5}",
    );
    check(
        &json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64]),
        "[9007199254740991,-9007199254740991]",
    );
}

#[test]
fn text_is_brought_to_nfc() {
    check(&json!({"Α\u{301}": "ι\u{308}\u{301}"}), "{\"Ά\":\"ΐ\"}");
    refused(
        &json!({"x": {"Ά": 1, "Α\u{301}": 2}}),
        &expect!["object at `/x` has two keys that are equal in Unicode NFC"],
    );
}

#[test]
fn numbers_that_are_not_exact_integers_are_refused_by_path() {
    refused(
        &json!({"people": [{"income": 12.5}]}),
        &expect!["number at `/people/0/income` is not an integer: write amounts and percentages as decimal strings"],
    );
    refused(
        &json!({"a/b": {"~": 1.0}}),
        &expect!["number at `/a~1b/~0` is not an integer: write amounts and percentages as decimal strings"],
    );
    refused(
        &json!([9_007_199_254_740_992_u64]),
        &expect!["integer at `/0` is outside ±9007199254740991: write it as a string"],
    );
    let minus_zero: Value = serde_json::from_str("[-0]").unwrap();
    assert!(matches!(
        to_canonical_bytes(&minus_zero),
        Err(CanonicalError::Float { .. })
    ));
}

#[test]
fn deep_documents_are_refused_without_exhausting_the_stack() {
    let mut value = json!(1);
    for _ in 0..MAX_DEPTH {
        value = Value::Array(vec![value]);
    }
    assert!(to_canonical_bytes(&value).is_ok());
    let deeper = Value::Array(vec![value]);
    assert_eq!(to_canonical_bytes(&deeper), Err(CanonicalError::TooDeep));
}

#[test]
fn only_one_spelling_is_canonical() {
    for text in [
        "{ }",
        "{\"b\":1,\"a\":2}",
        "{\"a\":1,\"a\":1}",
        "[1,]",
        "\"\\u0041\"",
        "Ω",
    ] {
        assert_eq!(
            from_canonical_bytes(text.as_bytes()),
            Err(CanonicalError::NotCanonical),
            "{text}"
        );
    }
}

#[test]
fn digest_has_a_domain_and_one_spelling() {
    // printf 'osn:test:1\nabc' | sha256sum
    expect!["29487767aeb7b02e8e68608504358c3f04f4a296f7ed1fd2fa26d6b0b86ea407"]
        .assert_eq(&digest("test:1", b"abc").to_string());
    assert_ne!(digest("test:1", b"abc"), digest("test:2", b"abc"));
    let mut pieces = DigestWriter::new("test:1");
    pieces.update(b"a");
    pieces.update(b"bc");
    assert_eq!(pieces.finish(), digest("test:1", b"abc"));

    let text = digest("test:1", b"abc").to_string();
    assert_eq!(text.parse::<Digest>().unwrap(), digest("test:1", b"abc"));
    assert_eq!(serde_json::from_value::<Digest>(json!(text)).unwrap().to_string(), text);
    let short = text.get(1..).unwrap();
    for wrong in [
        text.to_uppercase(),
        format!("{text}00"),
        short.to_owned(),
        String::new(),
    ] {
        assert_eq!(wrong.parse::<Digest>(), Err(DigestParseError), "{wrong}");
    }
}
