//! The rules behind the codes, and what an author does about each.

use crate::fault::FaultKind;
use crate::package::PackageError;

use super::{Finding, Source};

/// Code of a problem in description or texts, the rule, the remedy.
const RULES: &[(&str, &str, &str)] = &[
    (
        "not-readable",
        "the description is not of the contract's shape",
        "use the SDK's macros, or compare with the contract's schema",
    ),
    (
        "unknown-schema",
        "the description is written for another contract",
        "build with the SDK that belongs to this host",
    ),
    (
        "not-a-pointer",
        "what the host finds is named by the place of a parameter, beginning with a slash",
        "write it as `/deliveries/place`, for example",
    ),
    (
        "needs-contract",
        "the description says something that its contract does not know",
        "build with the SDK of the newer contract, and write it in program.toml",
    ),
    (
        "bad-key",
        "a key has at most 64 small letters, digits and dashes and begins with a letter",
        "rename it, such as `yearly-amount`",
    ),
    (
        "duplicate-key",
        "a key stands once in its list",
        "rename one of the two",
    ),
    (
        "too-many",
        "a list is longer than the contract allows",
        "ask for less: every question needs a purpose",
    ),
    (
        "out-of-range",
        "a number lies outside its bounds",
        "choose a value inside the bounds",
    ),
    ("min-above-max", "the smallest value is above the largest", "swap them"),
    (
        "bounds-without-meaning",
        "yes-or-no questions and choices have no bounds",
        "take `.between(…)` away",
    ),
    (
        "not-an-earlier-field",
        "a question may depend on an earlier question of the same list only",
        "name an earlier question, or move this one down",
    ),
    (
        "other-kind",
        "the condition compares with a value of another kind",
        "compare with a value of the kind that the question asks for",
    ),
    ("options-missing", "a choice needs options", "list them"),
    (
        "options-without-meaning",
        "only choices have options",
        "take the options away",
    ),
    (
        "fact-is-text",
        "facts are numbers, days, flags or choices, never text",
        "ask for another kind",
    ),
    ("empty", "the list must not be empty", "declare at least one"),
    (
        "unknown-field",
        "there is no such question",
        "write `application.<key>`, `claim.<key>`, `member.<key>` or `fact.<key>` of a question that the form declares",
    ),
    (
        "field-stays-with-host",
        "the program never sees this answer, so no criterion can look at it",
        "ask it as a question of the program, or drop the criterion's field",
    ),
    (
        "alternative-of-nothing",
        "alternatives are at least two criteria of one name",
        "give another criterion the same name, or take this one away",
    ),
    (
        "only-at-deliveries",
        "a role, `each`, `among` and an impersonal answer belong to what is written down at a delivery",
        "move the field to the form that `.recorded::<…>()` names, or take it away",
    ),
    (
        "only-in-forms",
        "what is written down at a delivery has no document, and stays with the host anyway",
        "take the document or the mark away",
    ),
    (
        "each-without-participants",
        "the program counts households: there are no participants to write down one by one",
        "ask once for the delivery",
    ),
    (
        "each-is-personal",
        "what is written down of each participant is about a person",
        "take `.impersonal()` away",
    ),
    (
        "role-of-other-kind",
        "the role wants a field of another kind",
        "a lot and a collector are texts, a last day of use is a date, presence is yes or no",
    ),
    (
        "role-of-other-sensitivity",
        "a lot and a last day of use are impersonal, presence and a collector are not",
        "add `.impersonal()` to a lot or a last day of use, take it away from the others",
    ),
    (
        "role-of-other-subject",
        "presence is written down of each participant, a lot and a last day of use once for the delivery",
        "add `.each()` to presence, take it away from the others",
    ),
    ("role-twice", "two fields have the same role", "keep one of them"),
    (
        "unknown-category",
        "a supply names an expense category that is not declared",
        "declare it with `.expense_category(…)`",
    ),
    (
        "not-an-object",
        "an object is wanted here",
        "write a table of keys and values",
    ),
    (
        "unknown-type",
        "the type of a parameter is integer, boolean, string or object, or one of them with null",
        "use one of the SDK's kinds",
    ),
    ("required", "this is required", "add it"),
    (
        "wrong-type",
        "the value is of another type",
        "write a value of the type that is wanted",
    ),
    (
        "unknown-option",
        "this is none of the options",
        "use one of the options",
    ),
    (
        "unknown-language",
        "the file's name is no language",
        "name it by its language tag, such as `el.ftl`",
    ),
    (
        "bad-text",
        "the text cannot be read as Fluent",
        "look at the byte named: often an attribute is not indented, or a brace is open",
    ),
    ("duplicate-text", "a key of the texts stands twice", "take one away"),
    (
        "text-missing",
        "people would read a hole: the text is missing",
        "add a line with this key",
    ),
    (
        "text-not-used",
        "nothing in the description uses this text",
        "take the line away, or correct its key",
    ),
    (
        "unknown-parameter",
        "there is no such parameter",
        "declare it with `parameters!`, or take it away",
    ),
    (
        "cannot-be-resolved",
        "the host has no such thing in its law data on that day",
        "use a code that is in force",
    ),
    (
        "not-canonical",
        "the value cannot be written in one way only",
        "use whole numbers and text",
    ),
];

/// Rule and remedy of a code.
pub(super) fn of(code: &str) -> (&'static str, &'static str) {
    RULES.iter().find(|(known, _, _)| *known == code).map_or(
        ("the contract does not allow this", "see docs/writing-a-program.md"),
        |(_, rule, remedy)| (rule, remedy),
    )
}

pub(super) fn package(source: Source<'_>, error: &PackageError) -> Finding {
    let (file, field, code) = place(source.0, error);
    Finding {
        file: file.to_owned(),
        field: field.to_owned(),
        code: code.to_owned(),
        rule: error.to_string(),
        remedy: remedy(error).to_owned(),
    }
}

/// File, field and code of a package that is refused.
fn place<'a>(source: &'a str, error: &'a PackageError) -> (&'a str, &'static str, &'static str) {
    match error {
        PackageError::TooLarge { .. } => ("Cargo.toml", "profile.plugin", "too-large"),
        PackageError::NotAComponent { .. } => (source, "", "not-a-component"),
        PackageError::CoreModule => (source, "", "core-module"),
        PackageError::MachineCode => (source, "", "machine-code"),
        PackageError::ForbiddenFeature { .. } => ("Cargo.toml", "target", "forbidden-feature"),
        PackageError::Imports { .. } => ("Cargo.toml", "dependencies", "imports"),
        PackageError::WrongContract { .. } => ("program.toml", "contract", "wrong-contract"),
        PackageError::MissingExports { .. } => (source, "", "missing-exports"),
        PackageError::TooMuchDeclared { .. } => (source, "", "too-much-declared"),
        PackageError::Manifest { .. } => ("program.toml", "", "manifest"),
        PackageError::Section { name, .. } => (name, "", "section"),
        PackageError::NotSigned | PackageError::BadSignature | PackageError::NotASignature => {
            ("the signature", "", "signature")
        }
    }
}

/// What to do about a package that is refused.
const fn remedy(error: &PackageError) -> &'static str {
    match error {
        PackageError::TooLarge { .. } => {
            "build with `osn program build`, and look for a large dependency with `cargo tree`"
        }
        PackageError::NotAComponent { .. } | PackageError::Section { .. } => "build it again with `osn program build`",
        PackageError::CoreModule => "pack it with `osn program build`",
        PackageError::MachineCode => "hand over the package that `osn program build` wrote",
        PackageError::ForbiddenFeature { .. } => "build for wasm32-unknown-unknown without further target features",
        PackageError::Imports { .. } => {
            "find the crate that reaches for the clock, files or randomness with `cargo tree`, and do without it"
        }
        PackageError::WrongContract { .. } => "build with the SDK of this host, and write its contract in program.toml",
        PackageError::MissingExports { .. } => "end the source with `osn_program_sdk::export!(…)`",
        PackageError::TooMuchDeclared { .. } => "use less static memory: programs keep nothing between calls",
        PackageError::Manifest { .. } => "correct the line named; `osn program new` makes a complete one",
        PackageError::NotSigned | PackageError::BadSignature | PackageError::NotASignature => {
            "sign the package with minisign, by a key that the host trusts"
        }
    }
}

/// What to do about a run that ended badly.
pub(super) fn fault(kind: &FaultKind) -> &'static str {
    match kind {
        FaultKind::OutOfFuel { .. } | FaultKind::TimedOut { .. } => {
            "look for a loop without end, or for work that grows with the square of the claims"
        }
        FaultKind::MemoryLimit { .. } | FaultKind::TableLimit { .. } => {
            "keep less in memory: a batch holds at most 1,000 claims"
        }
        FaultKind::StackOverflow => "look for a recursion without end",
        FaultKind::Trapped { .. } => {
            "look for a panic: an index out of bounds, an `unwrap`, a division by zero; run the case natively to see where"
        }
        FaultKind::AnswerTooLarge { .. } | FaultKind::MalformedAnswer => "answer through the SDK's types",
        FaultKind::LyingAnswer { .. } => {
            "make the state agree with the values seen and wanted, and keep every key inside its bounds"
        }
        FaultKind::BadDescription { .. } => "correct the description",
        FaultKind::RefusedInput { .. } | FaultKind::RefusedParameters { .. } => {
            "accept what the form and the parameters allow, or narrow their bounds"
        }
        FaultKind::Input(_) | FaultKind::TooManyRows { .. } | FaultKind::WrongShape { .. } => {
            "give input that the description asks for"
        }
        FaultKind::Busy { .. } | FaultKind::Host { .. } => "try again: this was the host's own trouble",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_description_and_texts_has_its_rule_and_remedy() {
        let sources = [
            include_str!("../about/validate.rs"),
            include_str!("../texts/mod.rs"),
            include_str!("../parameters.rs"),
        ];
        let mut seen = 0;
        for source in sources {
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            for rest in code.split("Problem::new(").skip(1) {
                // The code is the first quoted word of the call that is neither empty nor a path.
                let call = rest.split(';').next().unwrap_or_default();
                let mut words = call.split('"').skip(1).step_by(2);
                let Some(word) = words.find(|word| !word.is_empty() && !word.contains(['/', '{', ' '])) else {
                    continue;
                };
                seen += 1;
                assert!(RULES.iter().any(|(known, _, _)| *known == word), "`{word}` has no rule");
            }
        }
        assert!(seen > 20, "{seen} codes were found");
        for (code, rule, remedy) in RULES {
            assert!(!rule.is_empty() && !remedy.is_empty(), "{code}");
        }
    }
}
