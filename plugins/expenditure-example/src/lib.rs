//! Rules on expenditure of a state that does not exist: an example of a national set, to be copied and replaced.
//!
//! Each rule is a small function over the frozen facts. Numbers are dated data with a source; words are in `words.toml`.

mod facts;
mod rules;

pub use facts::{Cents, Facts};
pub use rules::{CODES, Finding, Numbers, Said, Verdict, judge};

/// What the host could not be answered: the facts are no facts of a judgement.
pub const UNREADABLE: &str = "facts-unreadable";

/// Reads one text of facts and judges it.
///
/// # Errors
/// A stable reason why it cannot be judged.
pub fn judge_text(numbers: &Numbers, text: &str) -> Result<Vec<Finding>, &'static str> {
    let facts: Facts<'_> = serde_json::from_str(text).map_err(|_| UNREADABLE)?;
    Ok(judge(numbers, &facts))
}

#[cfg(target_arch = "wasm32")]
mod exported {
    //! The world's functions.
    #![expect(unsafe_code, reason = "generated")]
    wit_bindgen::generate!({ path: "../../osn-programs/wit/expenditure-0.1", world: "rule-set" });

    use exports::osn::expenditure::rules as wit;

    use super::{CODES, Finding, Numbers, Said, UNREADABLE, Verdict};

    struct Exported;

    impl wit::Guest for Exported {
        fn codes() -> Vec<String> {
            CODES.iter().map(|code| (*code).to_owned()).collect()
        }

        fn judge(facts: Vec<String>) -> Result<Vec<Vec<wit::Finding>>, wit::Fault> {
            let fault = |row: usize, reason: &str| wit::Fault {
                row: u32::try_from(row).unwrap_or(u32::MAX),
                reason: reason.to_owned(),
            };
            let numbers = Numbers::load().map_err(|_| fault(0, UNREADABLE))?;
            let each = facts.iter().enumerate().map(|(row, text)| {
                let findings = super::judge_text(&numbers, text).map_err(|reason| fault(row, reason))?;
                Ok(findings.into_iter().map(finding).collect())
            });
            each.collect()
        }
    }

    fn finding(own: Finding) -> wit::Finding {
        let value = |said: Said| match said {
            Said::Money(cents) => wit::Value::Money(cents.0),
        };
        wit::Finding {
            rule: own.rule.to_owned(),
            verdict: match own.verdict {
                Verdict::Ok => wit::Verdict::Ok,
                Verdict::Warn => wit::Verdict::Warn,
                Verdict::Cut(cents) => wit::Verdict::Cut(cents.0),
                Verdict::Reject => wit::Verdict::Reject,
            },
            reason: own.reason.to_owned(),
            values: own
                .values
                .into_iter()
                .map(|(name, said)| (name.to_owned(), value(said)))
                .collect(),
        }
    }

    export!(Exported);
}
