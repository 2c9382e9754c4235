//! What the demo shows while it plays: a bar on a terminal, plain lines elsewhere; always on standard error.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The display of one run.
#[derive(Debug)]
pub struct Show {
    bar: Option<ProgressBar>,
    quiet: bool,
    chapter: String,
    /// Whether anything of the chapter was done now: what an earlier start played is not told again.
    worked: bool,
}

impl Show {
    /// A bar where a person looks, lines where a file or a pipe does.
    pub fn on_stderr() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::no_length();
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            bar,
            quiet: false,
            chapter: String::new(),
            worked: false,
        }
    }

    /// Shows nothing: for tests.
    pub fn quiet() -> Self {
        Self {
            bar: None,
            quiet: true,
            chapter: String::new(),
            worked: false,
        }
    }

    /// Begins a chapter of the year, with the number of its steps when there are many.
    pub fn chapter(&mut self, name: &str, steps: Option<u64>) {
        self.end();
        name.clone_into(&mut self.chapter);
        self.worked = false;
        if let Some(bar) = &self.bar {
            let shape = if steps.is_some() {
                "{spinner} {msg} {wide_bar} {pos}/{len}"
            } else {
                "{spinner} {msg}"
            };
            bar.set_style(ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_length(steps.unwrap_or(0));
            bar.set_position(0);
            bar.set_message(name.to_owned());
        }
    }

    /// Something of the chapter was done.
    pub fn worked(&mut self) {
        self.worked = true;
    }

    /// One more step of the chapter.
    pub fn step(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// A line that stays.
    pub fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None if self.quiet => {}
            // Progress is worth nothing to a reader who closed the pipe: the year goes on.
            None => drop(writeln!(std::io::stderr().lock(), "{text}")),
        }
    }

    fn end(&mut self) {
        if self.worked {
            let text = format!("✓ {}", self.chapter);
            self.line(&text);
            self.worked = false;
        }
    }

    /// Ends the display.
    pub fn finish(mut self) {
        self.end();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
