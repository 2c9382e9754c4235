//! Searching a generated city of 100,000 services: p50 and p99 of each kind of query beside the target, time and size of
//! the index. `cargo bench -p osn-core --bench search`; `-- 2000` for a smaller city.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its table and reads the clock"
)]

use std::time::Instant;

use chrono::DateTime;
use osn_core::directory::{
    Directory, DirectoryRecord, Organization, Service, ServiceStatus, Taxonomy, TaxonomyTerm, TermCode,
};
use osn_core::id::{OrganizationId, ServiceId, TermId};
use osn_core::lang::LocalText;
use osn_core::search::{ServiceIndex, SynonymGroup, Synonyms};
use uuid::Uuid;

const SERVICES: u32 = 100_000;
const ROUNDS: usize = 200;
const TARGET_MS: u128 = 20;

/// What services are called, in Greek and English.
const KINDS: [(&str, &str); 20] = [
    ("Γεύματα", "Meals"),
    ("Συσσίτιο", "Soup kitchen"),
    ("Διανομή τροφίμων", "Food distribution"),
    ("Κοινωνικό παντοπωλείο", "Social grocery"),
    ("Υπνωτήριο αστέγων", "Night shelter for homeless people"),
    ("Ξενώνας φιλοξενίας", "Hostel"),
    ("Κέντρο ημέρας", "Day centre"),
    ("Πολυιατρείο", "Polyclinic"),
    ("Κοινωνικό φαρμακείο", "Social pharmacy"),
    ("Ψυχοκοινωνική στήριξη", "Psychosocial support"),
    ("Νομική συμβουλευτική", "Legal counselling"),
    ("Εργασιακή συμβουλευτική", "Job counselling"),
    ("Μαθήματα ελληνικών", "Greek lessons"),
    ("Σχολική στήριξη", "School support"),
    ("Δημιουργική απασχόληση", "Creative activities"),
    ("Βρεφονηπιακός σταθμός", "Nursery"),
    ("Λέσχη φιλίας", "Friendship club"),
    ("Βοήθεια στο σπίτι", "Help at home"),
    ("Απεξάρτηση", "Recovery from addiction"),
    ("Ψηφιακές δεξιότητες", "Digital skills"),
];
const PEOPLE: [(&str, &str); 10] = [
    ("για παιδιά", "for children"),
    ("για γυναίκες", "for women"),
    ("για πρόσφυγες", "for refugees"),
    ("για μετανάστες", "for migrants"),
    ("για ηλικιωμένους", "for older people"),
    ("για άστεγους", "for homeless people"),
    ("για άνεργους", "for unemployed people"),
    ("για οικογένειες", "for families"),
    ("για νέους", "for young people"),
    ("για άτομα με αναπηρία", "for people with disability"),
];
const PLACES: [(&str, &str); 12] = [
    ("Κυψέλη", "Kypseli"),
    ("Παγκράτι", "Pagkrati"),
    ("Θησείο", "Thiseio"),
    ("Ψυρρή", "Psyrri"),
    ("Γκύζη", "Gkyzi"),
    ("Πατήσια", "Patisia"),
    ("Κολωνός", "Kolonos"),
    ("Σεπόλια", "Sepolia"),
    ("Πετράλωνα", "Petralona"),
    ("Γουδή", "Goudi"),
    ("Ρουφ", "Rouf"),
    ("Κουκάκι", "Koukaki"),
];

/// One of a list, by a number that is not regular.
fn pick<T: Copy>(list: &[T], number: u32, salt: u32) -> T {
    let mixed = number
        .wrapping_mul(2_654_435_761)
        .wrapping_add(salt.wrapping_mul(40_503))
        >> 7;
    list[usize::try_from(mixed).unwrap() % list.len()]
}

/// A surname-like word that few services share: what a large vocabulary is made of.
fn rare(number: u32) -> String {
    const PARTS: [&str; 16] = [
        "κα", "ρο", "μι", "στα", "λε", "νι", "πα", "δο", "φω", "γε", "χρι", "θε", "ζα", "βου", "τσι", "ξε",
    ];
    (0..4)
        .map(|place| pick(&PARTS, number, place * 7 + 3))
        .collect::<String>()
        + "δης"
}

fn city(count: u32) -> Directory {
    let id = |kind: u128, number: u32| Uuid::from_u128(kind << 64 | u128::from(number));
    let terms = (0_u32..).zip(KINDS).map(|(number, (el, en))| {
        let (id, code) = (TermId::new(id(1, number)), TermCode::new(format!("c.{number}")));
        DirectoryRecord::TaxonomyTerm(TaxonomyTerm::new(id, code, Taxonomy::Category, LocalText::new(el, en)))
    });
    let bodies = (0..=(count / 20)).map(|number| {
        let name = LocalText::new(format!("Σύλλογος {}", rare(number)), format!("Association {number}"));
        let organization = Organization::new(
            OrganizationId::new(id(2, number)),
            name,
            LocalText::new("Φορέας", "Body"),
        );
        DirectoryRecord::Organization(organization)
    });
    let services = (0..count).map(|number| {
        let (kind, people, place) = (
            pick(&KINDS, number, 1),
            pick(&PEOPLE, number, 2),
            pick(&PLACES, number, 3),
        );
        let name = LocalText::new(
            format!("{} {}, {}", kind.0, people.0, place.0),
            format!("{} {}, {}", kind.1, people.1, place.1),
        );
        let category = KINDS.iter().position(|known| *known == kind).unwrap();
        let body = OrganizationId::new(id(2, number / 20));
        DirectoryRecord::Service(Service {
            description: LocalText::new(
                format!(
                    "{} με υπεύθυνο {}, κάθε εβδομάδα στην περιοχή {}.",
                    kind.0,
                    rare(number),
                    place.0
                ),
                format!("{} every week around {}, ask for number {number}.", kind.1, place.1),
            ),
            categories: vec![TermCode::new(format!("c.{category}"))],
            ..Service::new(ServiceId::new(id(3, number)), body, name, ServiceStatus::Active)
        })
    });
    let records = terms.chain(bodies).chain(services);
    Directory::new(DateTime::from_timestamp(1_653_000_000, 0).unwrap(), records)
}

fn synonyms() -> Synonyms {
    let group = |words: &[&str]| SynonymGroup {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    Synonyms::new(&[
        group(&[
            "σίτιση",
            "συσσίτιο",
            "γεύμα",
            "φαγητό",
            "δεν έχω να φάω",
            "I have nothing to eat",
        ]),
        group(&["γιατρός", "ιατρείο", "πολυιατρείο", "doctor"]),
    ])
    .unwrap()
}

/// Resident memory of this process in MiB, where the system tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

fn main() {
    let count = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(SERVICES);
    let directory = city(count);
    let before = resident();
    let start = Instant::now();
    let index = ServiceIndex::new(&directory);
    let built = start.elapsed().as_millis();
    let grown = resident()
        .zip(before)
        .map_or_else(|| "?".to_owned(), |(now, before)| format!("{}", now - before));
    println!(
        "{count} services, {} words, index built in {built} ms, {grown} MiB more resident\n",
        index.index().words()
    );
    let synonyms = synonyms();
    println!("| query | kind | found | p50 | p99 | target p99 |");
    println!("|---|---|---|---|---|---|");
    let mistyped = {
        let word = rare(7);
        word.replacen('δ', "λ", 1)
    };
    for (query, kind) in [
        ("σίτιση", "Greek, synonyms"),
        ("ΓΕΥΜΑΤΑ ΓΙΑ ΠΑΙΔΙΑ", "capitals, two words"),
        ("sysitio", "Greeklish"),
        ("mathimata ellinikon kypseli", "Greeklish, three words"),
        ("I have nothing to eat", "a sentence"),
        ("st;hrijh", "another keyboard"),
        ("σ", "one letter"),
        ("για", "a word without meaning"),
        ("στη", "a short start"),
        ("στήριξη", "a word of many"),
        (
            "κέντρο ημέρας για πρόσφυγες στο Παγκράτι με δικηγόρο",
            "a long question",
        ),
        (mistyped.as_str(), "mistyped"),
        ("χχχχχχχχχ", "nothing like it"),
    ] {
        let mut times: Vec<u128> = Vec::with_capacity(ROUNDS);
        let mut found = 0;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let answer = index.find(query, &synonyms);
            let mut hits = answer.hits.clone();
            let page = hits.len().min(20);
            if page < hits.len() {
                hits.select_nth_unstable_by_key(page, |hit| (std::cmp::Reverse(hit.score), hit.document));
            }
            let first = &mut hits[..page];
            first.sort_unstable_by_key(|hit| (std::cmp::Reverse(hit.score), hit.document));
            let reasons: usize = first.iter().map(|hit| answer.reasons(hit.document).len()).sum();
            times.push(start.elapsed().as_micros());
            std::hint::black_box(reasons);
            found = hits.len();
        }
        times.sort_unstable();
        let (p50, p99) = (times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
        println!("| {query} | {kind} | {found} | {p50} µs | {p99} µs | {TARGET_MS} ms |");
    }
}
