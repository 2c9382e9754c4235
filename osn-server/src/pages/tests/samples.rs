//! A sample of every template, as values.

use askama::Template;

use crate::lang::Lang;
use crate::pages::chrome::{MenuGroup, MenuLink, Page, Section, Who};
use crate::pages::form::{Choice, Field, FormView, Group};
use crate::pages::part::*;
use crate::pages::views::*;
use crate::refusal::FieldError;
use crate::zone::Zone;

pub(crate) fn page(lang: Lang, path: &str) -> Page {
    let mut p = Page::plain(lang, Zone::named("Europe/Athens").unwrap(), path);
    p.municipality = match lang {
        Lang::El => "Δήμος Αθηναίων".into(),
        Lang::En => "City of Athens".into(),
    };
    p.demo = true;
    p
}

fn signed_in(lang: Lang, path: &str) -> Page {
    let mut p = page(lang, path);
    let link = |text: &str, href: &str| MenuLink {
        text: p.t(text),
        href: p.url(href),
        current: false,
    };
    let group = |title: &str, links| MenuGroup {
        title: p.t(title),
        links,
    };
    let menu = vec![
        group(
            "menu-chain",
            vec![
                link("menu-requests", "/staff/requests"),
                link("menu-actions", "/staff/actions"),
                link("menu-calls", "/staff/calls"),
            ],
        ),
        group("menu-system", vec![link("menu-programs", "/staff/programs")]),
    ];
    p.who = Some(Who {
        name: "Ελένη Παπαδάκη".into(),
        roles: p.t("role-coordinator"),
        menu,
    });
    p.within(Section::Requests)
}

fn every_field(p: &Page) -> FormView {
    let some = || {
        vec![
            Choice::new("a", "Πρώτο"),
            Choice {
                hint: "Βοήθεια".into(),
                ..Choice::new("b", "Δεύτερο")
            },
            Choice::new("c", "Τρίτο"),
        ]
    };
    let mut form = FormView {
        groups: vec![Group {
            folds: false,
            title: "Ομάδα".into(),
            intro: "Λόγια".into(),
            fields: vec![
                Field::line("/a/el", "Όνομα").hint("Βοήθεια").completed("name"),
                Field::line("/email", "Ηλεκτρονικό ταχυδρομείο")
                    .wide("20", "email")
                    .optional(),
                Field::password("/password", "Κωδικός"),
                Field::area("/b", "Περιγραφή").proposed("<b>κείμενο</b>"),
                Field::money("/c/amount", "Ποσό"),
                Field::day("/d", "Ημέρα").proposed_day("2022-08-19".parse().unwrap(), ""),
                Field::moment("/e", "Στιγμή").optional(),
                Field::flag(p, "/f", "Ναι ή όχι;").proposed("yes"),
                Field::radios("/g", "Ένα", some()),
                Field::checks("/h", "Μερικά", some()).proposed("b"),
                Field::select("/i", "Από πολλά", some()).proposed("c"),
                Field::file("file", "Αρχείο", ".wasm"),
            ],
            buttons: vec![("add".into(), "Προσθήκη".into())],
            why: vec![("Όνομα".into(), "Γιατί".into(), "Βάση".into())],
        }],
        cancel: Some(("Πίσω".into(), "/".into())),
        guard: true,
        ..FormView::new(p.url("/x"), Vec::new(), "Αποστολή")
    };
    form.groups.retain(|group| !group.fields.is_empty());
    form
}

fn table(p: &Page) -> Table {
    Table {
        caption: p.t("list-title"),
        head: vec![
            ("Σειρά".into(), true),
            ("Αίτηση".into(), false),
            ("Αποτέλεσμα".into(), false),
        ],
        rows: vec![
            Row {
                more: Some(More::new(p, "Γιατί", vec![Block::Table(reasons())])),
                ..Row::new(vec![
                    Cell::number("1"),
                    Cell::head("7K4Q-9TZ2-MB").link("/x").code(),
                    Cell::tag(Tag::new(Tone::Good, "Επιλέγεται")).note("πρώτη"),
                ])
            },
            Row::cut("Όριο επιλογής: 1 θέση"),
            Row::new(vec![
                Cell::number("2"),
                Cell::new("words").lang(Some("en")),
                Cell::mark(Mark::Unknown, "Άγνωστο"),
            ]),
        ],
        empty: String::new(),
    }
}

fn reasons() -> Table {
    Table {
        caption: "Λόγοι".into(),
        head: vec![("Ερώτηση".into(), false)],
        rows: vec![Row::new(vec![Cell::new("λόγος")])],
        empty: String::new(),
    }
}

fn facts() -> Facts {
    Facts {
        facts: vec![
            Fact::text("Κόστος", "Δωρεάν"),
            Fact::new("Σύνοψη", Cell::new("ab12").code()),
        ],
    }
}

fn timeline() -> Timeline {
    let step = |title: &str, at| Step {
        title: title.into(),
        when: "19/8/2022".into(),
        text: "Λόγια".into(),
        at,
    };
    Timeline {
        steps: vec![
            step("Πριν", Moment::Past),
            step("Τώρα", Moment::Now),
            step("Μετά", Moment::Next),
        ],
    }
}

fn service_page(p: Page) -> ServicePage {
    let phone = Telephone {
        number: "210 123 4567".into(),
        dial: "2101234567".into(),
        note: "πρωί".into(),
    };
    let mail = Mail {
        address: "grafeio@example.org".into(),
        href: "mailto:grafeio@example.org".into(),
    };
    let person = Person {
        who: "Γραμματεία".into(),
        phones: vec![phone.clone()],
        mail: Some(mail.clone()),
    };
    ServicePage {
        p,
        foreign: None,
        by: "Φορέας".into(),
        description: "Γεύματα".into(),
        alert: "Κλειστά έως τη Δευτέρα".into(),
        tag: Some(Tag::new(Tone::Quiet, "Προς επαλήθευση")),
        open: Some(Tag::new(Tone::Good, "Ανοιχτά τώρα, έως 14:00")),
        hours: vec!["Κάθε μέρα 09:00–14:00".into()],
        notes: vec!["Με ραντεβού".into()],
        categories: vec![("Γεύματα".into(), "/x".into())],
        groups: vec!["Άστεγοι".into(), "Άνεργοι".into()],
        eligibility: "Όσοι το χρειάζονται".into(),
        who: facts(),
        documents: Vec::new(),
        application: "Περάστε από το γραφείο".into(),
        phones: vec![phone.clone()],
        mail: Some(mail),
        contacts: vec![person.clone()],
        next: vec!["Πηγαίνετε".into()],
        website: Some("https://example.org".into()),
        spots: vec![Spot {
            name: "Κέντρο".into(),
            address: "Πειραιώς 1".into(),
            further: vec!["Ταχυδρομική διεύθυνση: Τ.Θ. 5".into()],
            area: "1η".into(),
            note: "προς επαλήθευση".into(),
            hours: vec!["Δευτέρα 09:00–14:00".into()],
            notes: vec!["Τον Αύγουστο ρωτήστε".into()],
            phones: vec![phone],
            transport: "Λεωφορείο 040".into(),
            contacts: vec![person],
            accessibility: vec![("Ράμπα".into(), Some("https://example.org/access".into()))],
        }],
        place: facts(),
        answers: "Υπεύθυνος φορέας: Φορέας.".into(),
        checked: "Ελέγχθηκε".into(),
        source: "Πηγή".into(),
        histories: vec![("Ιστορικό του φορέα".into(), "/x".into())],
        sheet: "/services/1/sheet".into(),
    }
}

fn card(title: &str) -> Card {
    Card {
        title: title.into(),
        href: "/calls/1".into(),
        foreign: Some("el"),
        tag: Some(Tag::new(Tone::Warn, "Κλείνει σε 3 ημέρες")),
        by: "Φορέας".into(),
        text: "Ένα δέμα στο σπίτι.".into(),
        meta: vec![
            ("Έως".into(), "Παρασκευή 19 Αυγούστου 2022, 17:00".into()),
            ("Δωρεάν".into(), String::new()),
        ],
        why: vec!["Βρέθηκε στο όνομα: «συσσίτιο»".into()],
    }
}

fn staff(lang: Lang) -> StaffPage {
    let p = signed_in(lang, "/staff/requests").titled_by("requests-title");
    let link = |text: &str, href: Option<&str>, current| Link {
        text: text.into(),
        note: "3/6/2022".into(),
        href: href.map(Into::into),
        current,
    };
    StaffPage {
        chain: vec![
            link("Αίτημα", Some("/a"), false),
            link("Βεβαίωση", Some("/b"), true),
            link("Δράση", None, false),
        ],
        chips: vec![Chip {
            text: "Όλα".into(),
            href: "/a".into(),
            current: true,
        }],
        pager: Pager {
            first: Some("/a".into()),
            next: Some("/b".into()),
        },
        blocks: vec![
            Block::Heading("Τίτλος".into()),
            Block::Text("Κείμενο & <σύμβολα>".into()),
            Block::Inset("Ένθετο".into()),
            Block::Warning("Προσοχή".into()),
            Block::Outcome("gap", "Κενό".into(), "Γιατί".into()),
            Block::Stats(vec![Stat::new("Αιτήσεις", "168")]),
            Block::Facts(facts()),
            Block::Table(table(&p)),
            Block::Form(Box::new(every_field(&p))),
            Block::Timeline(timeline()),
            Block::Link("Σύνδεσμος".into(), "/x".into()),
            Block::Acts(vec![Act::new("/x", "Έγκριση").hidden("id", "1").secondary()]),
            Block::Progress(312, 450, "312 από 450".into()),
            Block::Details("Περισσότερα".into(), vec![Block::Text("Μέσα".into())]),
            Block::Chart(Box::new(crate::pages::chart::Chart::of(
                "Καμπύλη".into(),
                &["9/2022".into(), "10/2022".into()],
                &[("Πληρωμές".into(), vec![1.into(), 2.into()])],
                Some((3.into(), "Προϋπολογισμός".into())),
            ))),
            Block::Print,
        ],
        ..StaffPage::new(p)
            .subtitled("Υπότιτλος")
            .tagged(Tag::new(Tone::Bad, "Κενό"))
            .back("Πίσω", "/x")
            .act(Act::new("/x", "Έγκριση"))
    }
}

/// A form that came back with everything wrong.
fn blamed(lang: Lang) -> (Page, FormView) {
    let mut p = page(lang, "/calls/1/apply");
    let mut form = every_field(&p);
    let errors: Vec<FieldError> = form
        .fields()
        .map(|field| FieldError::new(&field.name, "typed-time"))
        .collect();
    form.blame(&mut p, &errors);
    (p, form)
}

#[expect(clippy::too_many_lines, reason = "one sample of each page, in the order of the menu")]
fn public(lang: Lang) -> Vec<(&'static str, String)> {
    let p = |path: &str, title: &str| page(lang, path).titled_by(title);
    let (wrong, form) = blamed(lang);
    let apply = Apply {
        call: "Δέματα".into(),
        back: "/calls/1".into(),
        until: "19/8/2022".into(),
        form: form.html(&wrong),
        p: wrong.titled_by("apply-title"),
    };
    let login = p("/staff/login", "login-title");
    let track = p("/track", "track-title");
    let small = |p: &Page| FormView::new("/x", vec![Field::line("login", "Όνομα")], "Σύνδεση").html(p);
    let mut flashed = p("/calls", "calls-title").within(Section::Calls);
    flashed.flash = flashed.opt("done-application-withdrawn");
    vec![
        (
            "home",
            Home {
                needs: vec![NeedTile {
                    icon: "food",
                    text: "Φαγητό".into(),
                    note: "Γεύματα".into(),
                    href: "/services".into(),
                }],
                calls: vec![card("Δέματα")],
                size: "40 υπηρεσίες".into(),
                p: p("/", "home-page"),
            }
            .render()
            .unwrap(),
        ),
        (
            "services",
            Services {
                q: "φαγητό".into(),
                filters: vec![Filter {
                    name: "area",
                    label: "Πού".into(),
                    any: "Παντού".into(),
                    choices: vec![Choice::new("a", "Α")],
                    chosen: "a".into(),
                }],
                chips: vec![Chip {
                    text: "Γεύματα".into(),
                    href: "/x".into(),
                    current: true,
                }],
                count: "1 υπηρεσία".into(),
                about: String::new(),
                age: "7".into(),
                open: true,
                as_of: "2022-06-01".into(),
                more: true,
                reading: vec!["Αντί για «σιτιση» αναζητήσαμε «σίτιση».".into()],
                standing: Some(("Υπηρεσίες που μετρούν".into(), "/services".into())),
                actions: vec![card("Πακέτα τροφίμων")],
                cards: vec![card("Συσσίτιο")],
                pager: Pager {
                    first: None,
                    next: Some("/x".into()),
                },
                p: p("/services?q=a", "services-title").within(Section::Services),
            }
            .render()
            .unwrap(),
        ),
        (
            "service",
            service_page(p("/services/1", "services-title")).render().unwrap(),
        ),
        (
            "sheet",
            Sheet {
                p: p("/services/1/sheet", "services-title"),
                page: service_page(p("/services/1/sheet", "services-title")),
                back: "/services/1".into(),
            }
            .render()
            .unwrap(),
        ),
        (
            "areas",
            Areas {
                areas: vec![AreaLink {
                    name: "1η Δημοτική Κοινότητα".into(),
                    foreign: None,
                    href: "/areas/a.1".into(),
                    text: "Το κέντρο".into(),
                    places: "1 δομή".into(),
                    services: "2 υπηρεσίες".into(),
                }],
                p: p("/areas", "areas-title"),
            }
            .render()
            .unwrap(),
        ),
        (
            "area",
            AreaPage {
                text: "Το κέντρο".into(),
                names: "Ομόνοια".into(),
                outside: Some("Μία δομή δεν φαίνεται.".into()),
                map: "<svg role=\"img\" viewBox=\"0 0 10 10\"><title>Χάρτης</title></svg>".into(),
                places: vec![AreaPlace {
                    number: Some(1),
                    name: "Κέντρο".into(),
                    address: "Πειραιώς 1".into(),
                    services: vec![(
                        "Γεύματα".into(),
                        "/services/1".into(),
                        Some(Tag::new(Tone::Warn, "Δεν λειτουργεί τώρα")),
                    )],
                }],
                count: "1 δομή".into(),
                pager: Pager {
                    first: Some("/areas/a.1".into()),
                    next: Some("/areas/a.1?after=50".into()),
                },
                serving: "3 υπηρεσίες".into(),
                said: vec!["2 το δηλώνουν".into(), "1 δεν λέει".into()],
                services: "/services?area=a.1".into(),
                p: p("/areas/a.1", "areas-title"),
            }
            .render()
            .unwrap(),
        ),
        (
            "calls",
            Calls {
                p: flashed,
                open: vec![card("Δέματα")],
                closed: vec![card("Παλιά")],
            }
            .render()
            .unwrap(),
        ),
        (
            "call",
            CallPage {
                p: p("/calls/1", "calls-title"),
                tag: Tag::new(Tone::Good, "Ανοιχτή"),
                lead: "Δέματα στο σπίτι".into(),
                rules: vec![Rule {
                    text: "Αναπηρία".into(),
                    wanted: "τουλάχιστον 67 %".into(),
                    basis: "άρθρο 3".into(),
                }],
                ranking: vec!["Εισόδημα".into()],
                tie: "Ισοβαθμία".into(),
                papers: vec![("Πιστοποιητικό".into(), "ΚΕΠΑ".into())],
                supplies: vec!["Δέμα".into()],
                facts: vec![("Έως".into(), "19/8".into())],
                once: "Μία αίτηση".into(),
                apply: Some("/calls/1/apply".into()),
                finder: Some("/calls/1/finder".into()),
                results: Some("/calls/1/results".into()),
            }
            .render()
            .unwrap(),
        ),
        ("apply", apply.render().unwrap()),
        (
            "check",
            Check {
                p: p("/calls/1/apply", "check-title"),
                call: "Δέματα".into(),
                action: "/x".into(),
                groups: vec![("Στοιχεία".into(), facts())],
                hidden: vec![("/a".into(), "\"β\"".into())],
                hints: vec!["Ο κώδικας <δίπλα>".into()],
            }
            .render()
            .unwrap(),
        ),
        (
            "submitted",
            Submitted {
                p: p("/calls/1/apply", "submitted-title"),
                call: "Δέματα".into(),
                reference: "7K4Q-9TZ2-MB".into(),
                code: "2345-6789-BCDF".into(),
                timeline: timeline(),
            }
            .render()
            .unwrap(),
        ),
        (
            "track",
            TrackForm {
                form: small(&track),
                p: track,
            }
            .render()
            .unwrap(),
        ),
        (
            "tracked",
            Tracked {
                recalls: Vec::new(),
                p: p("/track", "track-title"),
                reference: "7K4Q-9TZ2-MB".into(),
                call: ("Δέματα".into(), "/calls/1".into()),
                tag: Tag::new(Tone::Plain, "Κρίνεται"),
                says: "Περιμένουμε".into(),
                timeline: timeline(),
                reasons: vec![Block::Table(table(&p("/", "home-page")))],
                withdraw: Some(String::from("<form></form>")),
            }
            .render()
            .unwrap(),
        ),
        (
            "results",
            Results {
                p: p("/calls/1/results", "results-title"),
                call: "Δέματα".into(),
                back: "/calls/1".into(),
                approved: "2/9/2022".into(),
                blocks: vec![Block::Table(table(&p("/", "home-page")))],
            }
            .render()
            .unwrap(),
        ),
        (
            "verify",
            Verify {
                p: p("/calls/1/results/check", "verify-title"),
                call: "Δέματα".into(),
                back: "/calls/1/results".into(),
                document: "/api/v1/calls/1/published-list".into(),
                questions: ["digest", "lines", "references", "order", "draw", "cut", "records"],
            }
            .render()
            .unwrap(),
        ),
        (
            "text",
            TextPage {
                p: p("/privacy", "privacy-title"),
                lead: "Λόγια".into(),
                sections: vec![("Τι".into(), vec!["Αυτό".into()])],
            }
            .render()
            .unwrap(),
        ),
        (
            "blocks",
            PartsPage {
                p: p("/confirm/x", "confirm-title"),
                lead: "Ισχύουν;".into(),
                blocks: vec![
                    Block::Text("Λόγια".into()),
                    Block::Form(Box::new(every_field(&p("/x", "wrong-title")))),
                ],
            }
            .render()
            .unwrap(),
        ),
        (
            "message",
            Message {
                p: p("/x", "wrong-title"),
                text: "Λάθος".into(),
                more: vec!["Πεδίο".into()],
                link: ("Αρχική".into(), "/".into()),
            }
            .render()
            .unwrap(),
        ),
        (
            "login",
            Login {
                form: small(&login),
                p: login,
            }
            .render()
            .unwrap(),
        ),
    ]
}

pub(crate) fn samples(lang: Lang) -> Vec<(&'static str, String)> {
    let mut all = public(lang);
    all.push(("staff", staff(lang).render().unwrap()));
    all.push((
        "empty",
        StaffPage::new(signed_in(lang, "/staff/"))
            .block(Block::Table(Table {
                empty: "Τίποτα".into(),
                ..Table::default()
            }))
            .render()
            .unwrap(),
    ));
    all
}
