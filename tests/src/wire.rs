//! One HTTP/1.1 connection that is kept open: what the benches ask through, cheap enough to stay out of the figures.
use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Media type.
    pub media: Option<String>,
    /// Bytes.
    pub body: Vec<u8>,
}

impl Wire {
    /// Opens it.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
        })
    }

    /// Asks for a path and reads the whole answer: one of a known length, or in chunks.
    pub async fn get(&mut self, host: &str, path: &str) -> Result<Answer> {
        let ask = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n");
        self.stream.write_all(ask.as_bytes()).await?;
        let head = self.until(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let status = head.split(' ').nth(1).context("a status")?.parse()?;
        let of = |name: &str| {
            head.lines().find_map(|line| {
                let (given, value) = line.split_once(':')?;
                given.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let body = match of("content-length") {
            Some(length) => self.exactly(length.parse()?).await?,
            None if of("transfer-encoding").is_some_and(|coding| coding == "chunked") => self.chunks().await?,
            None => Vec::new(),
        };
        Ok(Answer {
            status,
            media: of("content-type"),
            body,
        })
    }

    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n").await?;
            let length = usize::from_str_radix(String::from_utf8_lossy(&line).trim(), 16)?;
            body.extend(self.exactly(length).await?);
            self.until(b"\r\n").await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    async fn more(&mut self) -> Result<()> {
        ensure!(
            self.stream.read_buf(&mut self.buffer).await? > 0,
            "the connection was closed"
        );
        Ok(())
    }

    /// Everything before a mark; the mark is taken too.
    async fn until(&mut self, mark: &[u8]) -> Result<Vec<u8>> {
        loop {
            let found = self.buffer.windows(mark.len()).position(|window| window == mark);
            if let Some(at) = found {
                let mut taken: Vec<u8> = self.buffer.drain(..at + mark.len()).collect();
                taken.truncate(at);
                return Ok(taken);
            }
            self.more().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.more().await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }
}
