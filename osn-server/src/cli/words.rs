//! The language in which commands speak to people, and refusals in it.

use anyhow::bail;

use super::{Answer, Out};
use crate::acts::Acting;
use crate::lang::Lang;
use crate::problem;
use crate::refusal::Refusal;

/// In which language.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct SpeechArgs {
    /// Language of what is said: el or en; without it, that of the terminal
    #[arg(long, env = "OSN_LANG", value_parser = read)]
    lang: Option<Lang>,
}

fn read(text: &str) -> Result<Lang, String> {
    Lang::from_tag(text).ok_or_else(|| "el or en".to_owned())
}

impl SpeechArgs {
    /// The language that was asked for, that of the terminal, or English.
    pub(super) fn lang(&self) -> Lang {
        let terminal = || {
            ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        };
        let known = self.lang.or_else(|| Lang::from_tag(&terminal()?));
        known.unwrap_or(Lang::En)
    }
}

/// A text of ours in the language of the command.
pub(super) fn say(acting: &Acting, key: &str, args: &[(&str, &str)]) -> String {
    acting.app.texts().get(acting.lang, key, args)
}

/// The answer is no: why, and what to do about it. A fault of ours is not an answer.
pub(super) fn refused(acting: &Acting, refusal: &Refusal, out: &Out) -> anyhow::Result<Answer> {
    if let Some(cause) = refusal.cause() {
        bail!("{}: {cause}", refusal.code());
    }
    let told = problem::render(refusal, acting.app.texts(), acting.lang, None);
    let mut text = vec![told.title.clone()];
    text.extend(told.detail.clone());
    text.extend(
        told.errors
            .iter()
            .map(|error| format!("  {}: {}", error.path, error.message)),
    );
    out.answer(&told, &text.join("\n"));
    Ok(Answer::No)
}
