//! A Greek document with everything in it: both standards, the file inside, the same bytes twice, and no words as markup.

use std::io::Read as _;

use osn_paper::{Attached, Block, Document, Fact, Head, Order, Row, Words};
use osn_pdf::{PdfError, set};

fn words(text: &str) -> Words {
    Words {
        text: text.to_owned(),
        note: "σημείωση".to_owned(),
        code: text.len() > 60,
    }
}

fn head(text: &str, number: bool) -> Head {
    Head {
        text: text.to_owned(),
        number,
    }
}

fn blocks() -> Vec<Block> {
    vec![
        Block::Note {
            title: "Κενό".to_owned(),
            text: "#panic(\"words\") $x^2$ *δεν* είναι [εντολές] @a <b>".to_owned(),
        },
        Block::Heading {
            text: "Υπηρεσίες".to_owned(),
        },
        Block::Text {
            text: "Εξετάστηκαν όλες.".to_owned(),
        },
        Block::Facts {
            facts: vec![Fact {
                label: "Σύνοψη SHA-256".to_owned(),
                says: vec![words(&"0123456789abcdef".repeat(4)), words("δεύτερη")],
            }],
        },
        Block::Table {
            caption: "Υπηρεσίες που εξετάστηκαν".to_owned(),
            head: vec![head("Υπηρεσία", false), head("Θέσεις", true)],
            rows: vec![
                Row::Cells {
                    cells: vec![words("Συσσίτιο"), words("150")],
                },
                Row::More {
                    title: "Όλοι οι έλεγχοι".to_owned(),
                    rows: vec![vec![words("Ομάδα"), words("Όχι"), words("γιατί")], vec![words("μία")]],
                },
                Row::Across {
                    text: "Όριο".to_owned(),
                },
            ],
            empty: "Καμία".to_owned(),
        },
    ]
}

/// Long enough that it is worth compressing.
fn inside() -> String {
    format!("{{\"outcome\":\"gap\",\"services\":[{}0]}}", "0,".repeat(500))
}

fn order(title: &str) -> Order {
    Order {
        made_at: (2022, 6, 30, 9, 15, 0),
        document: Document {
            lang: "el".to_owned(),
            title: title.to_owned(),
            subtitle: "Διανομή τροφίμων κατ’ οίκον".to_owned(),
            author: "Δήμος Αθηναίων".to_owned(),
            day: "30 Ιουνίου 2022".to_owned(),
            blocks: blocks(),
            files: vec![Attached {
                name: "certificate.json".to_owned(),
                media_type: "application/json".to_owned(),
                description: "Η βεβαίωση όπως υπογράφηκε".to_owned(),
                text: inside(),
            }],
        },
    }
}

/// Every stream of the file that can be inflated.
fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let begin = b"stream\n";
    let starts = pdf.windows(begin.len()).enumerate().filter(|(_, at)| at == begin);
    let inflated = starts.filter_map(|(at, _)| {
        let mut plain = Vec::new();
        flate2::read::ZlibDecoder::new(pdf.get(at + begin.len()..)?)
            .read_to_end(&mut plain)
            .ok()?;
        Some(plain)
    });
    inflated.collect()
}

#[test]
fn a_greek_document_keeps_both_standards_and_the_file_inside() {
    let pdf = set(order("Βεβαίωση ανάγκης ΒΑ-2022-0001")).unwrap();
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.starts_with("%PDF-1.7"));
    for wanted in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "Βεβαίωση ανάγκης ΒΑ-2022-0001",
        "Δήμος Αθηναίων",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
    let found = streams(&pdf);
    assert!(found.contains(&inside().into_bytes()), "{} streams", found.len());
}

#[test]
fn the_same_order_is_the_same_bytes() {
    let one = set(order("Βεβαίωση")).unwrap();
    assert_eq!(one, set(order("Βεβαίωση")).unwrap());
    assert_ne!(one, set(order("Άλλη")).unwrap());
}

#[test]
fn what_cannot_be_set_is_refused() {
    let mut without = order("");
    without.document.title.clear();
    assert!(matches!(set(without), Err(PdfError::Set(_))), "PDF/UA-1 wants a title");
    let mut when = order("Βεβαίωση");
    when.made_at.1 = 13;
    assert!(matches!(set(when), Err(PdfError::MadeAt)));
}
