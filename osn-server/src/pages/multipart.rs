//! Forms that carry files (`multipart/form-data`, RFC 7578): their parts by name.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header;

use super::form::Posted;
use crate::refusal::{Kind, Outcome, Refusal};

/// The body of a form with files.
pub(super) struct Sent {
    body: Vec<u8>,
    boundary: String,
}

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'b> {
    /// Its name in the form.
    pub(super) name: String,
    /// The name of the file, as the sender's machine calls it.
    pub(super) file: String,
    /// Its bytes.
    pub(super) bytes: &'b [u8],
}

impl Sent {
    /// Reads a form of at most so many bytes; what is no such form has no parts.
    pub(super) async fn read(request: Request<Body>, limit: usize, too_large: &'static str) -> Outcome<Self> {
        let media = request.headers().get(header::CONTENT_TYPE);
        let boundary = media.and_then(|value| value.to_str().ok()).and_then(boundary);
        let body = to_bytes(request.into_body(), limit)
            .await
            .map_err(|_| Refusal::new(Kind::TooLarge, too_large))?;
        Ok(Self {
            body: body.to_vec(),
            boundary: boundary.unwrap_or_default(),
        })
    }

    /// The part with this name, unless it is empty.
    pub(super) fn file(&self, name: &str) -> Option<Part<'_>> {
        let found = parts(&self.body, &self.boundary).into_iter();
        found
            .into_iter()
            .find(|part| part.name == name && !part.bytes.is_empty())
    }

    /// The parts that carry no file, as an ordinary form has them.
    pub(super) fn posted(&self) -> Posted {
        let plain = parts(&self.body, &self.boundary).into_iter();
        let plain = plain.filter(|part| part.file.is_empty());
        plain
            .map(|part| (part.name, String::from_utf8_lossy(part.bytes).into_owned()))
            .collect()
    }
}

fn boundary(media: &str) -> Option<String> {
    let (kind, rest) = media.split_once(';')?;
    let value = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    kind.trim()
        .eq_ignore_ascii_case("multipart/form-data")
        .then(|| value.trim_matches('"').to_owned())
}

/// The parts of a body, in the order of the form.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<Part<'b>> {
    let mut parts = Vec::new();
    if boundary.is_empty() {
        return parts;
    }
    let end_mark = format!("\r\n--{boundary}");
    let mut rest = body;
    while let Some(start) = find(rest, b"\r\n\r\n") {
        let (head, after) = (
            rest.get(..start).unwrap_or_default(),
            rest.get(start + 4..).unwrap_or_default(),
        );
        let Some(end) = find(after, end_mark.as_bytes()) else {
            break;
        };
        let head = String::from_utf8_lossy(head);
        parts.push(Part {
            name: parameter(&head, "name").unwrap_or_default(),
            file: parameter(&head, "filename").unwrap_or_default(),
            bytes: after.get(..end).unwrap_or_default(),
        });
        rest = after.get(end + end_mark.len()..).unwrap_or_default();
    }
    parts
}

/// Where `what` begins; looks for its first byte before it compares, so that a large file is passed over quickly.
fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    loop {
        let at = from + within.get(from..)?.iter().position(|byte| *byte == first)?;
        if within.get(at..)?.starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// A quoted parameter of `Content-Disposition`.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| {
        line.get(..20)
            .is_some_and(|start| start.eq_ignore_ascii_case("content-disposition:"))
    })?;
    let value = line
        .split(';')
        .find_map(|piece| piece.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, file: &str, bytes: &str) -> String {
        let file = if file.is_empty() {
            String::new()
        } else {
            format!("; filename=\"{file}\"")
        };
        format!(
            "------x7\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\nContent-Type: \
             application/octet-stream\r\n\r\n{bytes}\r\n"
        )
    }

    #[test]
    fn the_parts_of_a_form_are_found_whole() {
        let media = "multipart/form-data; boundary=\"----x7\"";
        let body = [
            part("component", "χάρτης.wasm", "\0asm\r\n--\r\n"),
            part("signature", "a", ""),
            part("complete", "", "yes"),
            "------x7--\r\n".to_owned(),
        ];
        let boundary = boundary(media).unwrap();
        let sent = Sent {
            body: body.concat().into_bytes(),
            boundary,
        };
        let file = sent.file("component").unwrap();
        assert_eq!(
            (file.file.as_str(), file.bytes),
            ("χάρτης.wasm", &b"\0asm\r\n--\r\n"[..])
        );
        assert_eq!(sent.file("signature"), None, "an empty part is none");
        assert_eq!(sent.posted().get("complete"), "yes");
        let other = Sent {
            boundary: "other".to_owned(),
            ..sent
        };
        assert_eq!(other.file("component"), None);
        assert_eq!(super::boundary("application/json"), None);
    }
}
