//! A caller of the router in process: what a story sends and what it gets, headers and all.
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// Somebody who asks: with or without a token, in a language.
#[derive(Clone, Debug)]
pub struct Client {
    router: Router,
    host: String,
    token: Option<String>,
    lang: &'static str,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub text: String,
    /// Body as it came.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as JSON; null when it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The stable code of a problem answer.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Path, code and message of each error of a problem answer.
    pub fn errors(&self) -> Vec<(String, String, String)> {
        let body = self.json();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let errors = body["errors"].as_array().into_iter().flatten();
        errors
            .map(|error| (text(error, "path"), text(error, "code"), text(error, "message")))
            .collect()
    }

    /// The body, when the answer is a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }
}

impl Client {
    /// Nobody in particular, reading Greek.
    pub fn new(router: Router, host: &str) -> Self {
        Self {
            router,
            host: host.to_owned(),
            token: None,
            lang: "el",
        }
    }

    /// The same caller with somebody's token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same caller in another language.
    #[must_use]
    pub fn reading(&self, lang: &'static str) -> Self {
        Self { lang, ..self.clone() }
    }

    /// Signs in.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Self> {
        let body = serde_json::json!({ "login": login, "password": password });
        let reply = self.post("/api/v1/sessions", &body).await?;
        let token = reply.json()["token"].as_str().map(str::to_owned);
        Ok(self.with_token(&token.with_context(|| format!("signing in as {login}: {}", reply.status))?))
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Reply> {
        self.send(Method::GET, path, None, Vec::new(), &[]).await
    }

    /// Acts.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Reply> {
        self.json(Method::POST, path, body).await
    }

    /// Replaces.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Reply> {
        self.json(Method::PUT, path, body).await
    }

    /// Keeps a record of the mapping; what was answered, with its version.
    pub async fn keep(&self, kind: &str, record: &Value) -> Result<Value> {
        let id = record["id"].as_str().context("a record has an identifier")?;
        Ok(self.put(&format!("/api/v1/records/{kind}/{id}"), record).await?.ok())
    }

    /// Sends JSON.
    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Result<Reply> {
        self.send(method, path, Some("application/json"), serde_json::to_vec(body)?, &[])
            .await
    }

    /// Sends a form of a page, as a browser without script does.
    pub async fn fill(&self, path: &str, typed: &[(&str, &str)]) -> Result<Reply> {
        let pairs: Vec<String> = typed
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        let media = Some("application/x-www-form-urlencoded");
        self.send(Method::POST, path, media, pairs.join("&").into_bytes(), &[])
            .await
    }

    /// Sends a form of a page with a file: its field, its name, its bytes.
    pub async fn upload(&self, path: &str, typed: &[(&str, &str)], file: (&str, &str, &[u8])) -> Result<Reply> {
        let mut body = Vec::new();
        for (name, value) in typed {
            let part = format!("--b7\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let (field, name, bytes) = file;
        let head = format!("--b7\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--b7--\r\n");
        let media = Some("multipart/form-data; boundary=b7");
        self.send(Method::POST, path, media, body, &[]).await
    }

    /// Sends whatever the story wants.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        media: Option<&str>,
        body: Vec<u8>,
        more: &[(&str, &str)],
    ) -> Result<Reply> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::ACCEPT_LANGUAGE, self.lang);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(media) = media {
            request = request.header(header::CONTENT_TYPE, media);
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body))?).await?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await?.to_bytes();
        Ok(Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        })
    }
}

/// `application/x-www-form-urlencoded`, byte by byte.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
