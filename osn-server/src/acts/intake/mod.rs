//! Intake: somebody applies to an open call, without an account; a reference and a one-time code lead back to it.

mod hints;
mod plain;
mod read;
mod track;

pub use hints::hints;
pub use plain::to_plain;
pub(crate) use read::question;
pub use read::{GivenApplicant, GivenEvidence, GivenMember, NewApplication, Read, read};
pub use track::{Credentials, Tracked, TrackedDecision, TrackedDelivery, TrackedEvent, track, withdraw};

use osn_core::application::{Application, ApplicationData, ApplicationState, Reference};
use osn_core::call::{CallRefusal, OnePer};
use osn_core::canonical;
use osn_core::id::{ApplicationId, CallId, PersonId};
use osn_core::lang::LocalText;
use osn_core::text::fold::fold;
use osn_core::time::Instant;
use osn_store::{BlindValue, Idempotency, NewApplication as StoredApplication, Remembered, SubmitError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::calls::{self, OpenCall};
use crate::acts::{Acting, Once};
use crate::entropy::{draw, hex};
use crate::refusal::{Kind, Outcome, Refusal};
use crate::shapes;

/// What an applicant gets, once.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The public reference.
    pub reference: String,
    /// The one-time code: shown once, stored as a digest only.
    pub code: String,
    /// When it was received.
    pub submitted_at: Instant,
    /// The call.
    #[schemars(with = "uuid::Uuid")]
    pub call_id: CallId,
    /// The call's title.
    #[schemars(with = "shapes::LocalText")]
    pub call: LocalText,
}

/// Takes an application: in time, complete, once. It is durable and sealed before the receipt is given.
pub async fn submit(acting: &Acting, call_id: CallId, new: NewApplication) -> Outcome<Receipt> {
    let open = calls::open(acting, call_id).await?;
    open.call
        .value
        .accepts(acting.now)
        .map_err(|refusal| closed(acting, &refusal))?;
    let mapped = acting.mapping().await?;
    let data = read(&open, acting, &mapped, new).map_err(|errors| Refusal::invalid("application.invalid", errors))?;
    let reference = Reference::from_random(draw(acting.app.entropy()));
    let code = one_time_code(acting);
    let application = Application {
        id: acting.app.new_id(ApplicationId::new),
        call_id,
        person_id: acting.app.new_id(PersonId::new),
        reference: reference.clone(),
        protocol: None,
        submitted_at: acting.now,
        state: ApplicationState::Received,
    };
    let receipt = Receipt {
        reference: reference.to_string(),
        code: grouped(&code),
        submitted_at: acting.now,
        call_id,
        call: open.call.value.title.clone(),
    };
    let stored = StoredApplication {
        unique: unique(&open, &data),
        similar: similar(&data),
        code_hash: code_hash(&reference, &code),
        application,
        data,
        idempotency: acting
            .once
            .as_ref()
            .map(|once| remembered(once, &receipt))
            .transpose()?,
    };
    match acting.scope.submit_application(stored, acting.now).await {
        Ok(_) => Ok(receipt),
        // Sent twice at once, the second may meet the first's identifiers before its answer is remembered here.
        Err(SubmitError::Duplicate { .. }) => match receipt_before(acting).await? {
            Some(receipt) => Ok(receipt),
            None => Err(Refusal::conflict("application.double")),
        },
        Err(SubmitError::CallNotOpen) => Err(Refusal::conflict("application.not-open")),
        Err(SubmitError::AlreadyAnswered(before)) => answered(acting, &before),
        Err(SubmitError::Store(error)) => Err(error.into()),
    }
}

/// The same key arrived twice at once: whoever came second gets the answer of the first, if the request was the same.
fn answered(acting: &Acting, before: &Remembered) -> Outcome<Receipt> {
    if acting
        .once
        .as_ref()
        .is_none_or(|once| once.request != before.request_digest)
    {
        return Err(Refusal::new(Kind::Invalid, "idempotency.key-reused"));
    }
    serde_json::from_slice(&before.body).map_err(Refusal::internal)
}

/// What a form carries so that it is taken once: nobody can guess it.
pub fn form_token(acting: &Acting) -> String {
    hex(&draw::<16>(acting.app.entropy()))
}

/// The key under which the answer to a form is remembered. What was said is part of it: whoever goes back, changes an
/// answer and sends again says something else, and is not given the old receipt.
pub fn sent_once(call: CallId, token: &str, said: &str) -> Once {
    let request = canonical::digest("page-application:1", said.as_bytes());
    let key = canonical::digest(
        "page-application-key:1",
        format!("{call}\n{token}\n{request}").as_bytes(),
    );
    Once {
        route: "page application".to_owned(),
        key: key.to_string(),
        request,
        status: 201,
    }
}

/// The receipt that this very request was given before.
pub async fn receipt_before(acting: &Acting) -> Outcome<Option<Receipt>> {
    let Some(once) = &acting.once else { return Ok(None) };
    match acting.scope.idempotent(&once.route, &once.key).await? {
        Some(before) if before.request_digest == once.request => serde_json::from_slice(&before.body)
            .map(Some)
            .map_err(Refusal::internal),
        _ => Ok(None),
    }
}

fn remembered(once: &Once, receipt: &Receipt) -> Outcome<Idempotency> {
    Ok(Idempotency {
        route: once.route.clone(),
        key: once.key.clone(),
        request_digest: once.request,
        status: once.status,
        body: serde_json::to_vec(receipt).map_err(Refusal::internal)?,
    })
}

/// Identifiers that may stand in one application of the call only.
fn unique(open: &OpenCall, data: &ApplicationData) -> Vec<BlindValue> {
    let amka = |value: &str| BlindValue {
        kind: "amka",
        value: value.to_owned(),
    };
    let mut unique = vec![amka(&data.applicant.amka)];
    if open.call.value.one_per == OnePer::Household {
        unique.extend(
            data.members
                .iter()
                .filter_map(|member| member.amka.as_deref())
                .map(amka),
        );
    }
    unique
}

/// What two applications of one household would share: a warning for staff, never a refusal.
fn similar(data: &ApplicationData) -> Vec<BlindValue> {
    let applicant = &data.applicant;
    let address = fold(&format!("{} {}", applicant.street, applicant.postal_code));
    vec![
        BlindValue {
            kind: "address",
            value: address,
        },
        BlindValue {
            kind: "phone",
            value: applicant.phone.clone(),
        },
        BlindValue {
            kind: "name",
            value: fold(&format!(
                "{} {} {}",
                applicant.family_name, applicant.given_name, applicant.birth_date
            )),
        },
    ]
}

/// Why a call does not take an application now, with the moment that decides on the reader's wall clock.
fn closed(acting: &Acting, refusal: &CallRefusal) -> Refusal {
    let wall = |at: &Instant| acting.zone().local(*at).format("%-d/%-m/%Y %H:%M").to_string();
    match refusal {
        CallRefusal::TooEarly { opens_at } => Refusal::conflict("application.too-early").with("opens", wall(opens_at)),
        CallRefusal::Late { closes_at } => Refusal::conflict("application.late").with("closes", wall(closes_at)),
        CallRefusal::NotOpen => Refusal::conflict("application.not-open"),
    }
}

/// Symbols of a one-time code: no vowels, no look-alikes; 12 of them hold 56 bits.
const CODE_SYMBOLS: &[u8; 26] = b"23456789BCDFGHJKMNPQRSTVWX";
const CODE_LENGTH: usize = 12;

fn one_time_code(acting: &Acting) -> String {
    let mut code = String::with_capacity(CODE_LENGTH);
    while code.len() < CODE_LENGTH {
        for byte in draw::<32>(acting.app.entropy()) {
            // Bytes that would favour the first symbols are thrown away.
            if usize::from(byte) < 256 / CODE_SYMBOLS.len() * CODE_SYMBOLS.len()
                && code.len() < CODE_LENGTH
                && let Some(symbol) = CODE_SYMBOLS.get(usize::from(byte) % CODE_SYMBOLS.len())
            {
                code.push(char::from(*symbol));
            }
        }
    }
    code
}

/// `XXXX-XXXX-XXXX`, as it is read aloud.
fn grouped(code: &str) -> String {
    let symbols: Vec<char> = code.chars().collect();
    symbols
        .chunks(4)
        .map(|chunk| chunk.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// What is stored of a code: a digest bound to the reference.
fn code_hash(reference: &Reference, code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|symbol| symbol.to_ascii_uppercase())
        .collect();
    canonical::digest("one-time-code:1", format!("{}\n{plain}", reference.as_str()).as_bytes()).into_bytes()
}
