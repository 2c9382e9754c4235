//! Every template with a sample in every language: well formed, labelled, without keys that fell through.

pub(crate) mod samples;

use std::collections::BTreeSet;

use askama::Template;

use super::form::{Field, FormView};
use super::part::{self, Fact, Facts, Pager};
use super::views::Services;
use crate::lang::Lang;
use samples::{page, samples};

/// Values of an attribute, in order.
fn attribute<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    html.match_indices(&format!(" {name}=\""))
        .filter_map(|(at, found)| html[at + found.len()..].split('"').next())
        .collect()
}

/// Words between tags.
fn words(html: &str) -> impl Iterator<Item = &str> {
    html.split('>')
        .filter_map(|piece| piece.split('<').next())
        .map(str::trim)
        .filter(|words| !words.is_empty())
}

fn check(name: &str, lang: Lang, html: &str) {
    let at = format!("{name} in {}", lang.tag());
    assert_eq!(html.matches("<h1").count(), 1, "{at}: one h1");
    assert!(
        html.contains(&format!("<html lang=\"{}\"", lang.tag())),
        "{at}: the page says its language"
    );
    assert_eq!(html.matches("id=\"main\"").count(), 1, "{at}: one main");
    for banned in [" style=", "<style", "onclick", "javascript:", "http://"] {
        assert!(!html.contains(banned), "{at}: {banned}");
    }
    assert_eq!(
        html.matches("<script").count(),
        1,
        "{at}: only our own script, from a file"
    );
    let ids = attribute(html, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{at}: an id stands twice in {ids:?}");
    for target in attribute(html, "for").into_iter().chain(
        attribute(html, "aria-describedby")
            .into_iter()
            .flat_map(|ids| ids.split(' ')),
    ) {
        assert!(unique.contains(target), "{at}: nothing has the id {target}");
    }
    for anchor in attribute(html, "href")
        .into_iter()
        .filter_map(|href| href.strip_prefix('#'))
    {
        assert!(
            unique.contains(anchor),
            "{at}: a link leads to #{anchor}, which is not there"
        );
    }
    let labelled: BTreeSet<&str> = attribute(html, "for").into_iter().collect();
    for control in html.split('<').filter(|tag| {
        ["input ", "select ", "textarea "]
            .iter()
            .any(|name| tag.starts_with(name))
            && !tag.contains("type=\"hidden\"")
    }) {
        let id = attribute(control, "id");
        assert!(
            id.first().is_some_and(|id| labelled.contains(id)),
            "{at}: no label for <{control}"
        );
    }
    for words in words(html) {
        let key = words.contains('-')
            && words
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(!key, "{at}: a key fell through: {words}");
    }
    for (open, close) in [
        ("<div", "</div>"),
        ("<ul", "</ul>"),
        ("<form", "</form>"),
        ("<fieldset", "</fieldset>"),
        ("<table", "</table>"),
        ("<dl", "</dl>"),
        ("<li", "</li>"),
    ] {
        let opened = html
            .match_indices(open)
            .filter(|(at, _)| html[at + open.len()..].starts_with([' ', '>']))
            .count();
        assert_eq!(opened, html.matches(close).count(), "{at}: {open} and {close}");
    }
}

#[test]
fn every_template_renders_in_every_language() {
    for lang in Lang::ALL {
        for (name, html) in samples(lang) {
            check(name, lang, &html);
        }
    }
}

#[test]
fn every_page_leads_to_itself_in_the_other_language() {
    for (lang, prefix) in [(Lang::El, "/en"), (Lang::En, "")] {
        let p = page(lang, "/services?q=a&area=b");
        let html = Services {
            q: String::new(),
            filters: Vec::new(),
            chips: Vec::new(),
            count: String::new(),
            about: String::new(),
            age: String::new(),
            open: false,
            as_of: String::new(),
            more: false,
            reading: Vec::new(),
            standing: None,
            actions: Vec::new(),
            cards: Vec::new(),
            pager: Pager::default(),
            p: p.titled("t"),
        }
        .render()
        .unwrap();
        let wanted = format!("href=\"{prefix}/services?q=a&#38;area=b\" lang=");
        assert!(html.contains(&wanted), "{wanted}");
    }
}

#[test]
fn what_people_typed_is_never_markup() {
    let p = page(Lang::El, "/");
    let nasty = "\"><script>alert(1)</script>";
    let form = FormView::new(
        "/x",
        vec![
            Field::line("/a", "Όνομα").proposed(nasty),
            Field::area("/b", "Λόγια").proposed(nasty),
        ],
        "Αποστολή",
    );
    let html = form.html(&p);
    assert!(!html.contains("<script") && html.contains("&#60;script"), "{html}");
    assert!(
        !part::html(&Facts {
            facts: vec![Fact::text("a", nasty)]
        })
        .contains("<script")
    );
}

/// Every reason code that the rules can give has its sentence, in both languages.
#[test]
fn every_reason_of_the_rules_has_its_sentence() {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../osn-core/src/coverage/examine.rs");
    let mut source = std::fs::read_to_string(&rules).unwrap();
    source.push_str(&std::fs::read_to_string(rules.with_file_name("hours.rs")).unwrap());
    let prefixes = [
        "status.",
        "group.",
        "age.",
        "area.",
        "mode.",
        "language.",
        "freshness.",
        "cost.",
        "documents.",
        "capacity.",
        "hours.",
    ];
    let codes: BTreeSet<&str> = source
        .split('"')
        .filter(|piece| prefixes.iter().any(|prefix| piece.starts_with(prefix)) && !piece.contains(' '))
        .collect();
    assert!(codes.len() >= 30, "{codes:?}");
    let texts = crate::texts::Texts::load().unwrap();
    for code in codes {
        let key = format!("need-reason-{}", code.replace('.', "-"));
        for lang in Lang::ALL {
            let said = texts.find(
                lang,
                &key,
                &[
                    ("seen", "1"),
                    ("wanted", "W"),
                    ("days", "9"),
                    ("limit", "180"),
                    ("count", "2"),
                    ("from", "17:00"),
                    ("to", "19:00"),
                ],
            );
            assert!(
                said.as_ref().is_some_and(|said| !said.contains('{')),
                "{key} in {}: {said:?}",
                lang.tag()
            );
        }
    }
}

/// Every state of every machine, every role and right-hand word that code puts together has its text.
#[test]
#[expect(clippy::too_many_lines, reason = "a list")]
fn every_composed_key_exists() {
    let states: [(&str, &[&str]); 20] = [
        ("gap", &["reported", "accepted", "closed", "joined", "dismissed"]),
        ("contribution", &["offered", "accepted", "declined", "withdrawn"]),
        ("extension", &["planned", "applied", "cancelled", "failed"]),
        (
            "referral",
            &["sent", "accepted", "refused", "expired", "withdrawn", "concluded"],
        ),
        ("member", &["invited", "active", "ended"]),
        ("meeting", &["planned", "invited", "held", "cancelled"]),
        ("overruling", &["proposed", "approved", "rejected", "lapsed"]),
        (
            "intervention",
            &["proposed", "approved", "refused", "delivered", "cancelled"],
        ),
        ("emergency", &["proposed", "declared", "ended"]),
        ("ceiling", &["proposed", "approved", "refused"]),
        (
            "proposal",
            &["proposed", "approved", "rejected", "planned", "withdrawn"],
        ),
        (
            "request",
            &["draft", "submitted", "examined", "confirmed", "covered", "withdrawn"],
        ),
        ("action", &["draft", "approved", "completed", "cancelled"]),
        (
            "call",
            &["draft", "published", "assessed", "proposed", "final", "cancelled"],
        ),
        (
            "application",
            &[
                "received",
                "assessed",
                "selected",
                "reserve",
                "not-selected",
                "withdrawn",
                "under-assessment",
            ],
        ),
        ("selection", &["proposed", "approved", "rejected"]),
        ("award", &["active", "withdrawn", "fulfilled"]),
        ("delivery", &["planned", "failed", "delivered", "cancelled"]),
        ("evaluation", &["proposed", "approved", "rejected"]),
        ("import", &["refused", "planned", "same", "done", "undone"]),
    ];
    let mut keys: Vec<String> = states
        .iter()
        .flat_map(|(machine, states)| states.iter().map(move |state| format!("state-{machine}-{state}")))
        .collect();
    let says = [
        "received",
        "selected",
        "reserve",
        "not-selected",
        "withdrawn",
        "under-assessment",
    ];
    keys.extend(says.map(|state| format!("state-application-{state}-says")));
    keys.extend(
        ["received", "selected", "reserve", "under-assessment"].map(|state| format!("state-application-{state}-next")),
    );
    keys.extend(
        ["coordinator", "evaluator", "finance", "partner", "auditor", "host"].map(|role| format!("role-{role}")),
    );
    keys.extend(
        [
            "received",
            "call-closed",
            "assessed",
            "list-final",
            "awarded",
            "fulfilled",
            "withdrawn",
        ]
        .map(|event| format!("event-{event}")),
    );
    keys.extend(["planned", "failed", "delivered", "cancelled", "waits"].map(|state| format!("step-{state}")));
    keys.extend(["arrived", "counted"].map(|event| format!("stock-{event}")));
    keys.extend(["minutes", "capacity", "age-from", "age-to"].map(|part| format!("plan-{part}")));
    keys.extend(
        ["none", "declared", "bringing", "accepted", "refused", "expired"]
            .map(|state| format!("evidence-state-{state}")),
    );
    keys.extend(["recipient-withdrew", "moved-away", "deceased", "other"].map(|reason| format!("withdrawal-{reason}")));
    keys.extend(["covered", "partly-covered", "gap"].map(|outcome| format!("outcome-{outcome}-short")));
    keys.extend(["stop", "repeat", "extend"].map(|conclusion| format!("conclusion-{conclusion}")));
    keys.extend(["met", "not-met", "unknown", "not-applicable"].map(|state| format!("criterion-{state}")));
    keys.extend(["place", "home", "remote", "street"].map(|mode| format!("mode-{mode}")));
    for (prefix, names) in composed_of_the_network() {
        keys.extend(names.split(' ').map(|name| format!("{prefix}-{name}")));
    }
    keys.extend(osn_core::import::ImportPart::ALL.map(|part| format!("import-part-{}", part.name())));
    let kinds = ["taxonomy", "taxonomy-term", "organization", "location", "service"];
    keys.extend(kinds.map(|kind| format!("import-kind-{kind}")));
    let upkeep = osn_core::upkeep::RecordKind::ALL.map(osn_core::upkeep::RecordKind::name);
    for key in ["upkeep-oldest", "upkeep-first", "upkeep-fresh"] {
        keys.extend(upkeep.map(|kind| format!("{key}-{kind}")));
    }
    let ways = ["owner-link", "owner-account", "staff", "record"];
    keys.extend(ways.map(|way| format!("confirmed-{way}")));
    keys.extend(["old", "very-old"].map(|degree| format!("freshness-{degree}")));
    let texts = crate::texts::Texts::load().unwrap();
    let missing: Vec<_> = keys
        .iter()
        .filter(|key| Lang::ALL.iter().any(|lang| texts.find(*lang, key, &[]).is_none()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Words of need and network that code puts together.
fn composed_of_the_network() -> [(&'static str, &'static str); 17] {
    [
        ("gap-cause", "no-means no-such-service barrier-of-access"),
        (
            "gap-source",
            "meeting refused-referral turned-away empty-search observation",
        ),
        ("gap-closure", "referral extension joint-effort action"),
        ("contribution-kind", "places rooms people goods"),
        ("referral-data", "name phone email address birth-year situation outcome"),
        (
            "referral-refusal",
            "no-places no-such-service not-eligible cannot-be-reached person-declined",
        ),
        ("referral-result", "served partly-served never-came not-served"),
        ("meeting-purpose", "find-gaps present-services both"),
        ("meeting-cadence", "once weekly monthly quarterly yearly"),
        (
            "act",
            "gap-report gap-accept gap-dismiss gap-join gap-close gap-reopen gap-propose contribution-offer \
             contribution-accept contribution-decline contribution-withdraw extension-plan extension-apply \
             extension-cancel referral-send referral-accept referral-refuse referral-withdraw referral-expire \
             referral-conclude member-invite member-join member-end member-contacts practice-share meeting-prepare \
             meeting-change meeting-invite meeting-cancel meeting-minutes meeting-profile meeting-follow-up \
             overruling-propose overruling-approve overruling-reject intervention-propose intervention-approve \
             intervention-refuse intervention-cancel intervention-give intervention-certificate intervention-remind \
             ceiling-propose ceiling-approve ceiling-refuse emergency-propose emergency-declare emergency-end \
             proposal-propose proposal-approve proposal-reject proposal-withdraw proposal-plan planned-enter \
             planned-change planned-cancel request-rewrite request-assign request-note request-file request-file-read \
             request-file-remove need-recheck need-covered-since",
        ),
        ("profile", "women men employed unemployed single-parents"),
        ("profile-question", "sex age employment area single-parenthood"),
        ("member-kind", "municipal civil-society"),
        ("contact-role", "representative referrals records delivery"),
        ("trace-kind", "meeting gap request certificate proposal action"),
        ("register-stage", "planned running done"),
        (
            "fit-reason",
            "character-within character-other-entry character-other-group character-other-area character-not-stated \
             duration-within duration-begins-before duration-ends-after duration-not-stated duration-end-not-stated \
             duration-action-open budget-within budget-exceeds budget-not-stated",
        ),
    ]
}
