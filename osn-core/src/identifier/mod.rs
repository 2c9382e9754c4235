//! Greek identifiers of people, bodies and acts: parsed once at the edge, with a reason when they are wrong.
//!
//! Identifiers of people ([`Amka`], [`Afm`], [`Iban`], …) print as `Amka(***)`, have no `Display` and no `Serialize`: what
//! leaves the crate goes through [`Personal::expose`], so that every such place can be found by its name. Errors name the
//! reason and never repeat what was typed.

mod afm;
mod amka;
mod contact;
mod document;
mod iban;
mod paaypa;
mod postcode_areas;
mod public_act;

pub use afm::{Afm, AfmError};
pub use amka::{Amka, AmkaError, Sex, SyntheticAmkaError};
pub use contact::{Phone, PhoneError, PhoneKind, Postcode, PostcodeError};
pub use document::{IdCard, IdCardError, Passport, PassportError, PersonalNumber, PersonalNumberError};
pub use iban::{Iban, IbanError};
pub use paaypa::{Paaypa, PaaypaError, PaaypaState};
pub use postcode_areas::{PostcodeAreas, PostcodePlace};
pub use public_act::{Ada, AdaError, Adam, AdamError, AdamStage};

/// An identifier of a person, in its one normal form.
pub trait Personal {
    /// The identifier itself. Call it only to seal, to index blindly or to show to somebody who may see it.
    fn expose(&self) -> &str;
}

/// Serialises a personal identifier in clear, for a shape that is sealed right after: `#[serde(serialize_with = …)]`.
pub fn exposed<T: Personal, S: serde::Serializer>(identifier: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(identifier.expose())
}

/// Declares the reasons why an identifier is refused: code, English and Greek text.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident: $code:literal, $en:literal, $el:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[error($en)] $variant,)+
        }

        impl $name {
            /// Stable code for a problem answer, and the key of its text.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What a person is told, in Greek and English.
            pub fn text(self) -> crate::lang::LocalText {
                match self { $(Self::$variant => crate::lang::LocalText::new($el, $en),)+ }
            }
        }
    };
}

/// Declares an identifier of a person: a hidden string with `expose`, read from JSON but never written to it.
macro_rules! personal {
    ($(#[$doc:meta])* $name:ident, $error:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The identifier itself. Call it only to seal, to index blindly or to show to somebody who may see it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl crate::identifier::Personal for $name {
            fn expose(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(crate::identifier::TextVisitor {
                    parse: Self::parse,
                    expecting: concat!("a string with ", stringify!($name)),
                })
            }
        }
    };
}

/// Declares an identifier that is public: it prints, and it goes to JSON and back.
macro_rules! public {
    ($(#[$doc:meta])* $name:ident, $error:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The identifier in its one normal form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::identifier::TextVisitor {
                    parse: Self::parse,
                    expecting: concat!("a string with ", stringify!($name)),
                })
            }
        }
    };
}

use {personal, public, reasons};

/// Reads a JSON string through `parse`. A value of another type is refused without being quoted.
struct TextVisitor<T, E> {
    parse: fn(&str) -> Result<T, E>,
    expecting: &'static str,
}

impl<T, E: std::fmt::Display> serde::de::Visitor<'_> for TextVisitor<T, E> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<X: serde::de::Error>(self, text: &str) -> Result<T, X> {
        (self.parse)(text).map_err(X::custom)
    }

    // Asked for a string, serde's own message would quote the number that came; an AMKA sent as a number must not be logged.
    fn visit_u64<X: serde::de::Error>(self, _: u64) -> Result<T, X> {
        Err(X::invalid_type(serde::de::Unexpected::Other("a number"), &self))
    }

    fn visit_i64<X: serde::de::Error>(self, _: i64) -> Result<T, X> {
        Err(X::invalid_type(serde::de::Unexpected::Other("a number"), &self))
    }

    fn visit_f64<X: serde::de::Error>(self, _: f64) -> Result<T, X> {
        Err(X::invalid_type(serde::de::Unexpected::Other("a number"), &self))
    }
}

/// The text without white space, hyphens, dots, slashes and brackets: what people type between the groups of a number.
fn without_separators(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.' | '/' | '(' | ')'))
        .collect()
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of an ASCII number from left to right, each 0 to 9.
fn digits(text: &str) -> impl DoubleEndedIterator<Item = u32> {
    text.chars().filter_map(|c| c.to_digit(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_identifiers_hide_themselves() {
        let amka = Amka::parse("01013099997").unwrap();
        assert_eq!(format!("{amka:?} {:?}", Some(&amka)), "Amka(***) Some(Amka(***))");
        let afm = Afm::parse("123456783").unwrap();
        assert_eq!(format!("{afm:?}"), "Afm(***)");
        assert_eq!(afm.expose(), "123456783");
        assert_eq!(format!("{:?}", Phone::parse("2105277000").unwrap()), "Phone(***)");
    }

    #[test]
    fn json_errors_do_not_repeat_the_value() {
        for json in ["\"01013099998\"", "1013099998", "-1013099998", "1013099998.5"] {
            let message = serde_json::from_str::<Amka>(json).unwrap_err().to_string();
            assert!(!message.contains("1013099998"), "{message}");
        }
        let amka: Amka = serde_json::from_str("\"010130-9999 7\"").unwrap();
        assert_eq!(amka.expose(), "01013099997");
    }

    #[test]
    fn reasons_have_a_code_and_both_languages() {
        let reason = Amka::parse("01013099999").unwrap_err();
        assert_eq!(reason.code(), "amka.check_digit");
        assert!(reason.text().has("el") && reason.text().has("en"));
        assert_eq!(reason.to_string(), reason.text().get("en"));
    }
}
