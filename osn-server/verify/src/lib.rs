//! The check of a published list in the reader's own browser: the selection of `osn-core`, compiled to WebAssembly, over the
//! document that the municipality published. The browser asks nobody; neither does this.
//!
//! Three exports: `room` makes room for the document, `check` reads it and answers, `answer_length` says how long the answer is.

use osn_core::published::SignedList;

/// What is wrong with a document that is no published list at all.
const UNREADABLE: &str = r#"{"readable":false,"checked":[]}"#;

/// Checks a document and answers as JSON: `{"readable": true, "lines": 5, "checked": [{"question", "answer", "rank"}]}`.
pub fn checked(document: &[u8]) -> String {
    let Ok(signed) = serde_json::from_slice::<SignedList>(document) else {
        return UNREADABLE.to_owned();
    };
    let answer = serde_json::json!({ "readable": true, "lines": signed.list.lines.len(), "checked": signed.check() });
    answer.to_string()
}

#[cfg(target_arch = "wasm32")]
mod exported {
    //! What the page's script calls.
    #![expect(unsafe_code, reason = "exports of a module have names of their own")]

    use std::cell::RefCell;

    thread_local! {
        static DOCUMENT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    /// Makes room for a document of this length and says where.
    #[unsafe(no_mangle)]
    pub(crate) extern "C" fn room(length: usize) -> *mut u8 {
        DOCUMENT.with_borrow_mut(|document| {
            *document = vec![0; length];
            document.as_mut_ptr()
        })
    }

    /// Checks what was written there and says where the answer is.
    #[unsafe(no_mangle)]
    pub(crate) extern "C" fn check() -> *const u8 {
        let answer = DOCUMENT.with_borrow(|document| super::checked(document));
        ANSWER.with_borrow_mut(|kept| {
            *kept = answer.into_bytes();
            kept.as_ptr()
        })
    }

    /// How many bytes the answer has.
    #[unsafe(no_mangle)]
    pub(crate) extern "C" fn answer_length() -> usize {
        ANSWER.with_borrow(Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_is_said_to_be_none() {
        for document in [&b""[..], b"{}", b"\xff", b"[1]"] {
            assert_eq!(checked(document), UNREADABLE);
        }
    }
}
