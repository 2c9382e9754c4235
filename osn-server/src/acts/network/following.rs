//! The certificate of need that follows immediate help within a set time: written into the help when it is issued, and
//! asked of whoever proposed the help when it is late.

use osn_core::id::{AccountId, CertificateId, InterventionId, MessageId, RequestId};
use osn_core::immediate::ImmediateIntervention;
use osn_store::{Message, NetworkFilter, OutboxMessage, Tx};
use serde::Deserialize;
use serde_json::json;

use super::granting::counts;
use crate::acts::upkeep::mailboxes::is_plain;
use crate::acts::upkeep::reminders::{CHANNEL, base};
use crate::acts::{Acting, entry};
use crate::lang::Lang;
use crate::refusal::{Outcome, Refusal};

/// The text of the message.
pub(crate) const TEMPLATE: &str = "help-certificate-late";

/// A request was certified: the help that waits for it has its certificate.
pub(crate) async fn certified(
    acting: &Acting,
    tx: &mut Tx,
    request: RequestId,
    certificate: CertificateId,
) -> Outcome<()> {
    let all = NetworkFilter::default();
    for read in acting.scope.all_network_records::<ImmediateIntervention>(all).await? {
        let mut help = read.value;
        if help.request_id == Some(request) && help.certificate_id.is_none() {
            help.certificate_id = Some(certificate);
            tx.update_network(&help, read.version).await?;
            let details = json!({ "certificate": certificate });
            tx.journal(entry(
                "intervention.certificate",
                "intervention",
                help.id.uuid(),
                details,
            ));
        }
    }
    Ok(())
}

/// Reminds of every certificate that is late, once a day: how many.
pub(super) async fn remind(acting: &Acting) -> Outcome<u64> {
    let today = acting.zone().day(acting.now);
    let mut reminded = 0;
    for state in ["approved", "delivered"] {
        let filter = NetworkFilter {
            state: Some(state),
            ..NetworkFilter::default()
        };
        for read in acting
            .scope
            .all_network_records::<ImmediateIntervention>(filter)
            .await?
        {
            let help = read.value;
            if !counts(&help) || !help.is_certificate_late(today) {
                continue;
            }
            let mut tx = acting.begin("intervention.remind").await?;
            tx.outbox(&Message {
                id: acting.app.new_id(MessageId::new),
                recipient_person: None,
                channel: CHANNEL,
                template_key: TEMPLATE.to_owned(),
                params: json!({ "account": help.proposed_by, "intervention": help.id }),
                dedupe_key: Some(format!("{TEMPLATE}/{}/{today}", help.id)),
            })
            .await?;
            tx.commit().await?;
            reminded += 1;
        }
    }
    Ok(reminded)
}

#[derive(Deserialize)]
struct Params {
    account: AccountId,
    intervention: InterventionId,
}

/// Where mail reaches somebody who may still sign in.
pub(super) async fn address(acting: &Acting, account: AccountId) -> Outcome<Option<String>> {
    let account = acting.scope.account(account).await?.map(|read| read.value);
    let address = account
        .filter(|account| !account.disabled)
        .and_then(|account| account.email);
    Ok(address.filter(|address| is_plain(address)))
}

/// To whom the reminder goes and its words, Greek first. `None`: nobody is there, or the certificate followed meanwhile.
pub(crate) async fn words(acting: &Acting, message: &OutboxMessage) -> Outcome<Option<(String, String)>> {
    let params: Params = serde_json::from_value(message.params.clone()).map_err(Refusal::internal)?;
    let help = acting
        .scope
        .network_record::<ImmediateIntervention>(params.intervention.uuid())
        .await?;
    let address = address(acting, params.account).await?;
    let (Some(help), Some(address)) = (help, address) else {
        return Ok(None);
    };
    if !help.value.is_certificate_late(acting.zone().day(acting.now)) {
        return Ok(None);
    }
    let due = help.value.certificate_due.format("%-d/%-m/%Y").to_string();
    let mut text = String::new();
    for lang in Lang::ALL {
        let prefix = if lang == Lang::El { "" } else { "/en" };
        let link = format!("{}{prefix}/staff/urgent/{}", base(acting), params.intervention);
        let args = [
            ("municipality", acting.municipality().name.get(lang.tag())),
            ("due", due.as_str()),
            ("link", link.as_str()),
        ];
        text.push_str(&acting.app.texts().get(lang, &format!("message-{TEMPLATE}"), &args));
        text.push_str("\r\n\r\n");
    }
    Ok(Some((address, text)))
}
