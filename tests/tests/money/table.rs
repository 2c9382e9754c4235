//! Money: tables of expenses, CSV and workbooks, are taken whole or not at all, never twice, and every fault is told at its cell.
use anyhow::{Context as _, Result, ensure};
use axum::http::{Method, StatusCode};
use osn_tests::app::Backend;
use osn_tests::client::Reply;
use osn_tests::money::{Desk, euros, text};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

const TABLE: &str =
    "Υποέργο;Πακέτο εργασίας;Κατηγορία;Γραμμή;Περιγραφή;ΑΦΜ;Αριθμός;Ημερομηνία;Καθαρό;ΦΠΑ;Σύνολο;Με ΦΠΑ;Πληρωμή
SP1;WP2;A4;4.1;Δέματα;094259216;Τ 1;28/9/2022;1.000,00;240,00;1.240,00;όχι;29/9/2022
SP1;WP2;A4;4.1;Δέματα;EL094259216;Τ 2;2022-09-28;500.00;120.00;620.00;όχι;
";

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_taken_whole_or_not_at_all() -> Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    let path = desk.of("expenses/import");
    let send = |table: String, dry: &'static str| {
        let path = format!("{path}{dry}");
        let finance = desk.finance.clone();
        async move {
            let media = Some("application/octet-stream");
            finance.send(Method::POST, &path, media, table.into_bytes(), &[]).await
        }
    };
    let bad = TABLE
        .replace("094259216;Τ 1", "094259217;Τ 1")
        .replace("620.00", "620.01")
        .replace("2022-09-28", "31/2/2022");
    let refused = send(bad, "").await?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let places: Vec<String> = refused.errors().into_iter().map(|(path, _, _)| path).collect();
    assert_eq!(places, ["/rows/2/afm", "/rows/3/issued_on"], "{}", refused.text);
    let cents = send(TABLE.replace("620.00", "620.01"), "").await?;
    assert_eq!(cents.errors()[0].0, "/rows/3/gross", "{}", cents.text);
    let twice = send(
        TABLE
            .replace("Τ 2", "τ-01")
            .replace("500.00;120.00;620.00", "1000.00;240.00;1240.00"),
        "",
    )
    .await?;
    assert_eq!(twice.errors()[0].0, "/rows/3/number", "{}", twice.text);
    let dry = send(TABLE.to_owned(), "?dry=true").await?.ok();
    assert_eq!(dry["expenses"], json!(2));
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(0), "nothing was kept of what was refused or dry");
    let taken = send(TABLE.to_owned(), "").await?.ok();
    assert_eq!(
        (taken["expenses"].as_u64(), taken["warned"].as_u64()),
        (Some(2), Some(2)),
        "{taken}"
    );
    let again = send(TABLE.to_owned(), "").await?;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the same table twice is the same papers"
    );
    Ok(())
}

/// The headings of a workbook as a finance office writes them; the last one names no column.
const HEADINGS: [&str; 14] = [
    "Υποέργο",
    "Πακέτο εργασίας",
    "Κατηγορία",
    "Γραμμή",
    "Περιγραφή",
    "ΑΦΜ",
    "Είδος",
    "Αριθμός",
    "Ημερομηνία",
    "Καθαρό",
    "ΦΠΑ",
    "Σύνολο",
    "Πληρωμή",
    "Παρατηρήσεις",
];

/// A cell of the workbook.
enum Cell {
    Text(&'static str),
    Number(f64),
    /// A day as Excel keeps it: a number that is shown as a day.
    Day(u8, u8),
    /// Nothing.
    Empty,
}

/// A real workbook.
fn workbook(rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet();
    for (column, heading) in (0_u16..).zip(HEADINGS) {
        sheet.write_string(0, column, heading)?;
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_string(row, column, *text)?,
                Cell::Number(number) => sheet.write_number(row, column, *number)?,
                Cell::Day(of, month) => {
                    let date = ExcelDateTime::from_ymd(2022, *month, *of)?;
                    sheet.write_datetime_with_format(row, column, &date, &day)?
                }
                Cell::Empty => continue,
            };
        }
    }
    // People keep notes on other sheets: only the first one is read.
    book.add_worksheet().write_string(0, 0, "Πρόχειρα")?;
    Ok(book.save_to_buffer()?)
}

/// An expense of the workbook: payee, number, day of the paper, amounts, day of payment.
fn line(afm: Cell, number: Cell, issued: Cell, [net, vat, gross]: [Cell; 3], paid: Cell) -> Vec<Cell> {
    let [sub_project, package, category, budget] = ["SP1", "WP2", "A4", "4.1"].map(Cell::Text);
    let [subject, kind] = ["Δέματα", "Τιμολόγιο"].map(Cell::Text);
    let note = Cell::Text("να το δει η Μαρία");
    vec![
        sub_project,
        package,
        category,
        budget,
        subject,
        afm,
        kind,
        number,
        issued,
        net,
        vat,
        gross,
        paid,
        note,
    ]
}

/// Three expenses: as numbers and days of Excel, as text with a decimal comma, and of nobody with a tax number.
fn good() -> Vec<Vec<Cell>> {
    let texts = |[net, vat, gross]: [&'static str; 3]| [net, vat, gross].map(Cell::Text);
    vec![
        // A workbook takes a tax number for a number and loses its zero; 0.1 and 0.2 leave noise behind.
        line(
            Cell::Number(94_259_216.0),
            Cell::Number(123.0),
            Cell::Day(28, 9),
            [1_000.300_000_000_000_1, 240.07, 1240.37].map(Cell::Number),
            Cell::Day(29, 9),
        ),
        Vec::new(),
        line(
            Cell::Text("094259216"),
            Cell::Text("ΤΠΥ 124"),
            Cell::Text("28/9/2022"),
            texts(["500,50", "120,12", "620,62 €"]),
            Cell::Empty,
        ),
        line(
            Cell::Empty,
            Cell::Text("Α 7"),
            Cell::Text("2022-09-28"),
            texts(["1.000", "0,00", "1.000,00"]),
            Cell::Empty,
        ),
    ]
}

/// The same with a fault in each kind of cell.
fn bad() -> Vec<Vec<Cell>> {
    let texts = |[net, vat, gross]: [&'static str; 3]| [net, vat, gross].map(Cell::Text);
    let mut rows = good();
    rows[0] = line(
        Cell::Number(94_259_217.0),
        Cell::Empty,
        Cell::Number(44_832.0),
        [Cell::Number(1000.305), Cell::Number(240.0), Cell::Number(1240.31)],
        Cell::Text("31/2/2022"),
    );
    rows[2] = line(
        Cell::Text("094259216"),
        Cell::Text("ΤΠΥ 124"),
        Cell::Text("28/9/2022"),
        texts(["500,50", "120,12", "620,63"]),
        Cell::Empty,
    );
    rows[3][3] = Cell::Text("9.9");
    rows[3][6] = Cell::Text("Απόδειξη ταμείου");
    rows
}

/// What is wrong, cell by cell: path, and what the message holds.
const FAULTS: [(&str, &str, &str); 8] = [
    ("/rows/2/net", "Κελί J2, στήλη «Καθαρό»", "π"),
    ("/rows/2/issued_on", "Κελί I2, στήλη «Ημερομηνία»", "28/9/2022"),
    ("/rows/2/number", "Κελί H2, στήλη «Αριθμός»", "Συμπληρώστε"),
    ("/rows/2/paid", "Κελί M2, στήλη «Πληρωμή»", "28/9/2022"),
    ("/rows/2/afm", "Κελί F2, στήλη «ΑΦΜ»", ""),
    ("/rows/4/gross", "Κελί L4, στήλη «Σύνολο»", "ΔΔΔ 1"),
    ("/rows/5/kind", "Κελί G5, στήλη «Είδος»", "Τιμολόγιο"),
    ("/rows/5/budget_line", "Κελί D5, στήλη «Γραμμή»", "προϋπολογισμό"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_taken_whole_or_not_at_all() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        refused_by_cell(&desk).await?;
        by_page(&desk).await?;
        // What came: the zero of the tax number, whole numbers without decimals, the noise of the binary form gone.
        let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
        let kept = kept["items"].as_array().context("expenses")?.clone();
        let said = |view: &Value| -> Result<(String, String, Value)> {
            let expense = &view["expense"];
            Ok((
                text(expense, "/document/number")?,
                text(expense, "/document/issued_on")?,
                view["declared"].clone(),
            ))
        };
        let mut said = kept.iter().map(said).collect::<Result<Vec<_>>>()?;
        said.sort_by(|left, right| left.0.cmp(&right.0));
        let wanted = [("123", "1000.30"), ("Α 7", "1000.00"), ("ΤΠΥ 124", "500.50")];
        let wanted = wanted.map(|(number, net)| (number.to_owned(), "2022-09-28".to_owned(), euros(net)));
        assert_eq!(said, wanted);
        let first = kept
            .iter()
            .find(|view| view["expense"]["document"]["number"] == json!("123"));
        let first = &first.context("the first row")?["expense"];
        assert_eq!(
            (
                &first["document"]["gross"],
                &first["dates"]["paid"],
                &first["supplier_id"]
            ),
            (&euros("1240.37"), &json!("2022-09-29"), &json!(desk.supplier))
        );
        again(&desk).await?;
    }
    Ok(())
}

async fn sent(desk: &Desk, bytes: Vec<u8>, dry: &str) -> Result<Reply> {
    let path = format!("{}{dry}", desk.of("expenses/import"));
    let media = Some("application/octet-stream");
    desk.finance.send(Method::POST, &path, media, bytes, &[]).await
}

/// Every cell that is wrong, in both languages, with what to do; nothing was kept.
async fn refused_by_cell(desk: &Desk) -> Result<()> {
    let refused = sent(desk, workbook(&bad())?, "").await?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let errors = refused.errors();
    for (path, place, remedy) in FAULTS {
        let said = errors.iter().find(|(at, ..)| at == path);
        let (_, _, message) = said.with_context(|| format!("{path}: {errors:?}"))?;
        ensure!(
            message.starts_with(place) && message.contains(remedy),
            "{path}: {message}"
        );
    }
    assert_eq!(errors.len(), FAULTS.len(), "{errors:?}");
    let english = desk.finance.reading("en");
    let path = desk.of("expenses/import");
    let media = Some("application/octet-stream");
    let english = english.send(Method::POST, &path, media, workbook(&bad())?, &[]).await?;
    ensure!(english.text.contains("Cell J2, column “Net”"), "{}", english.text);
    for broken in [b"PK\x03\x04 cut off".to_vec(), b"%PDF-1.7".to_vec()] {
        let broken = sent(desk, broken, "").await?;
        assert_eq!(
            (broken.status, broken.code()),
            (StatusCode::BAD_REQUEST, "expenses.unreadable".into()),
            "{}",
            broken.text
        );
    }
    let dry = sent(desk, workbook(&good())?, "?dry=true").await?.ok();
    assert_eq!(
        (&dry["expenses"], &dry["ignored"]),
        (&json!(3), &json!(["Παρατηρήσεις"])),
        "{dry}"
    );
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(0), "nothing was kept of what was refused or dry");
    Ok(())
}

/// The same on the page: the cells that are wrong, a look without recording, and the table itself.
async fn by_page(desk: &Desk) -> Result<()> {
    let board = format!("/staff/money/{}", desk.operation);
    let page = format!("{board}/import");
    let shown = desk.finance.get(&board).await?.text;
    ensure!(
        shown.contains("Πακέτο εργασίας") && shown.contains("Χρειάζεται πάντα"),
        "{shown}"
    );
    let (wrong, right) = (workbook(&bad())?, workbook(&good())?);
    let refused = desk
        .finance
        .upload(&page, &[], ("rows", "dapanes.xlsx", &wrong))
        .await?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    for (_, place, _) in FAULTS {
        ensure!(refused.text.contains(place), "{place} in {}", refused.text);
    }
    let look = [("op", "look")];
    let looked = desk
        .finance
        .upload(&page, &look, ("rows", "dapanes.xlsx", &right))
        .await?;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.text);
    ensure!(
        looked.text.contains("Δεν καταχωρίστηκε τίποτα ακόμη") && looked.text.contains("Παρατηρήσεις"),
        "{}",
        looked.text
    );
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(0), "a look keeps nothing");
    let taken = desk
        .finance
        .upload(&page, &[], ("rows", "dapanes.xlsx", &right))
        .await?;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    Ok(())
}

/// The same file doubles nothing, with a tax number or without.
async fn again(desk: &Desk) -> Result<()> {
    let refused = sent(desk, workbook(&good())?, "").await?;
    let places: Vec<String> = refused.errors().into_iter().map(|(path, ..)| path).collect();
    assert_eq!(
        places,
        ["/rows/2/number", "/rows/4/number", "/rows/5/number"],
        "{}",
        refused.text
    );
    let kept = desk.finance.get(&desk.of("expenses")).await?.ok();
    assert_eq!(kept["total"], json!(3));
    Ok(())
}
