//! A whole quarter of a finance officer from the pages alone, without script: supplier, contract, expense with papers and
//! parts, money moved by two people, claim; what is wrong is told beside it with nothing lost.
use anyhow::{Context as _, Result, ensure};
use axum::http::StatusCode;
use osn_tests::app::Backend;
use osn_tests::client::{Client, Reply};
use osn_tests::money::Desk;

/// The value behind the words of a choice.
fn option(html: &str, words: &str) -> Result<String> {
    let found = html.split("<option value=\"").skip(1).find_map(|piece| {
        let (value, rest) = piece.split_once('"')?;
        let said = rest.split_once('>')?.1.split_once('<')?.0;
        said.contains(words).then(|| value.to_owned())
    });
    found.with_context(|| format!("no choice «{words}»"))
}

/// Where an answer led.
fn led(reply: &Reply) -> Result<String> {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    let place = reply.headers["location"].to_str()?;
    Ok(place.split('?').next().unwrap_or_default().to_owned())
}

/// The page says what is wrong, and holds what was typed.
fn told(reply: &Reply, words: &str, typed: &str) -> Result<()> {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    ensure!(reply.text.contains(words), "«{words}» is not said: {}", reply.text);
    ensure!(reply.text.contains(typed), "«{typed}» was lost: {}", reply.text);
    Ok(())
}

/// A button that two people press: the first may not, the second does.
async fn by_another(desk: &Desk, path: &str) -> Result<()> {
    let alone = desk.finance.fill(path, &[]).await?;
    assert_eq!(alone.status, StatusCode::CONFLICT, "{path}: {}", alone.text);
    ensure!(alone.text.contains("άλλο πρόσωπο"), "{}", alone.text);
    led(&desk.coordinator.fill(path, &[]).await?)?;
    Ok(())
}

fn day<'t>(name: &'t [String; 3], day: &'t str) -> Vec<(&'t str, &'t str)> {
    let mut parts = day.split('/');
    name.iter()
        .map(|name| (name.as_str(), parts.next().unwrap_or_default()))
        .collect()
}

fn names(field: &str) -> [String; 3] {
    ["day", "month", "year"].map(|part| format!("{field}-{part}"))
}

/// Words between tags that are a key that fell through.
async fn reads_well(client: &Client, path: &str) -> Result<()> {
    for prefix in ["", "/en"] {
        let page = client.get(&format!("{prefix}{path}")).await?;
        assert_eq!(page.status, StatusCode::OK, "{prefix}{path}: {}", page.text);
        let words = page
            .text
            .split('>')
            .filter_map(|piece| piece.split('<').next())
            .map(str::trim);
        let keys: Vec<&str> = words
            .filter(|words| words.starts_with("money-") || words.starts_with("state-") || words.starts_with("done-"))
            .collect();
        assert_eq!(keys, Vec::<&str>::new(), "{prefix}{path}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_is_done_from_the_pages() -> Result<()> {
    for backend in Backend::ALL {
        let desk = Desk::open(backend).await?;
        let board = format!("/staff/money/{}", desk.operation);
        contracted(&desk, &board).await?;
        budgeted(&desk, &board).await?;
        let expense = spent(&desk, &board).await?;
        documented(&desk, &expense).await?;
        by_another(&desk, &format!("{expense}/approve")).await?;
        let claim = claimed(&desk, &board).await?;
        for page in [
            board.clone(),
            format!("{board}/budget"),
            format!("{board}/contracts"),
            format!("{board}/expenses"),
            "/staff/suppliers".to_owned(),
            expense,
            claim,
        ] {
            reads_well(&desk.auditor, &page).await?;
        }
        for kind in [
            "invoice",
            "payroll",
            "in-kind",
            "depreciation",
            "simplified",
            "credit-note",
        ] {
            reads_well(&desk.finance, &format!("{board}/expenses/new?kind={kind}")).await?;
        }
    }
    Ok(())
}

/// A supplier with a true tax number, and the contract with it.
async fn contracted(desk: &Desk, board: &str) -> Result<()> {
    let supplier = |afm: &'static str| [("/kind", "company"), ("/name", "Αρτοποιία Δοκιμή ΕΠΕ"), ("/afm", afm)];
    let false_afm = desk.finance.fill("/staff/suppliers", &supplier("099999990")).await?;
    told(&false_afm, "ΑΦΜ", "Αρτοποιία Δοκιμή ΕΠΕ")?;
    led(&desk.finance.fill("/staff/suppliers", &supplier("099999999")).await?)?;
    let twice = desk.finance.fill("/staff/suppliers", &supplier("EL 099999999")).await?;
    assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text);
    ensure!(twice.text.contains("Υπάρχει ήδη προμηθευτής"), "{}", twice.text);
    let page = format!("{board}/contracts");
    let payee = option(&desk.finance.get(&page).await?.text, "Αρτοποιία")?;
    let awarded = names("/awarded_on");
    let contract = |value: &'static str| {
        let mut typed = vec![
            ("/supplier_id", payee.as_str()),
            ("/subject", "Ψωμί για τα δέματα"),
            ("/kind", "goods"),
            ("/path", "direct"),
            ("/cpv", "15811000-6"),
            ("/value/amount", value),
            ("/request_adam", "22REQ010000001"),
            ("/award_adam", "22AWRD010000001"),
            ("/contract_adam", "22SYMV010000001"),
        ];
        typed.extend(day(&awarded, "10/9/2022"));
        typed
    };
    told(
        &desk.finance.fill(&page, &contract("0,00")).await?,
        "μεγαλύτερο από το μηδέν",
        "Ψωμί για τα δέματα",
    )?;
    led(&desk.finance.fill(&page, &contract("2.000,00")).await?)?;
    let shown = desk.auditor.get(&page).await?.text;
    ensure!(
        shown.contains("Ψωμί για τα δέματα")
            && shown.contains("Απευθείας ανάθεση")
            && !shown.contains("<form method=\"post\" action=\"/staff/money"),
        "an auditor sees it and enters nothing: {shown}"
    );
    Ok(())
}

/// A line, a commitment, and money that one asks to move and another lets move.
async fn budgeted(desk: &Desk, board: &str) -> Result<()> {
    let budget = format!("{board}/budget");
    let line = [
        ("/code", "4.9"),
        ("/name/el", "Ψωμί"),
        ("/work_package", "WP2"),
        ("/category", "A4"),
        ("/form", "actual"),
        ("/amount/amount", "1.500,00"),
    ];
    led(&desk.finance.fill(&format!("{budget}/lines"), &line).await?)?;
    let page = desk.finance.get(&budget).await?.text;
    let (from, to) = (option(&page, "4.1")?, option(&page, "4.9")?);
    let movement = |from: &str, amount: &str| {
        let (from, to, amount) = (from.to_owned(), to.clone(), amount.to_owned());
        async move {
            let typed = [
                ("/from", from.as_str()),
                ("/to", to.as_str()),
                ("/amount/amount", amount.as_str()),
                ("/reason", "Περισσότερο ψωμί"),
            ];
            desk.finance
                .fill(
                    &format!("{budget}/reallocations", budget = format_args!("{board}/budget")),
                    &typed,
                )
                .await
        }
    };
    told(&movement(&from, "99.999,00").await?, "διαθέσιμα", "Περισσότερο ψωμί")?;
    told(&movement(&to, "1,00").await?, "άλλη γραμμή", "Περισσότερο ψωμί")?;
    led(&movement(&from, "300,00").await?)?;
    let page = desk.coordinator.get(&budget).await?.text;
    let approve = page
        .split("action=\"")
        .filter_map(|piece| piece.split('"').next())
        .find(|action| action.ends_with("/approve"))
        .context("nothing to approve")?
        .to_owned();
    by_another(desk, &approve).await?;
    let page = desk.auditor.get(&budget).await?.text;
    ensure!(
        page.contains("1.800,00") && page.contains("4.700,00"),
        "the money moved: {page}"
    );
    let decided = names("/decided_on");
    let mut commitment = vec![
        ("/budget_line_id", to.as_str()),
        ("/ada", "ΨΡΗ4Η-355"),
        ("/subject", "Ψωμί"),
        ("/amount/amount", "1.000,00"),
    ];
    commitment.extend(day(&decided, "5/9/2022"));
    led(&desk.finance.fill(&format!("{budget}/commitments"), &commitment).await?)?;
    let shown = desk.finance.get(&budget).await?.text;
    ensure!(shown.contains("Ανάκληση της δέσμευσης ΨΡΗ4Η-355"), "{shown}");
    Ok(())
}

/// What an officer types of the bread of September: the number of the paper, the second part, and which button.
struct Bread {
    chosen: [(&'static str, String); 4],
    days: Vec<([String; 3], &'static str)>,
}

impl Bread {
    fn of(desk: &Desk, form: &str) -> Result<Self> {
        let days = [
            ("/document/issued_on", "28/9/2022"),
            ("/dates/committed", "5/9/2022"),
            ("/dates/awarded", "10/9/2022"),
            ("/dates/delivered", "27/9/2022"),
            ("/dates/accepted", "28/9/2022"),
            ("/dates/paid", "29/9/2022"),
        ];
        Ok(Self {
            chosen: [
                ("/budget_line_id", option(form, "4.9")?),
                ("/supplier_id", option(form, "Αρτοποιία")?),
                ("/contract_id", option(form, "Ψωμί για τα δέματα")?),
                ("/allocations/0/action_id", desk.action.clone()),
            ],
            days: days.map(|(field, day)| (names(field), day)).into(),
        })
    }

    fn typed<'t>(&'t self, number: &'t str, second: &'t str, op: &'t str) -> Vec<(&'t str, &'t str)> {
        let mut typed = vec![
            ("op", op),
            ("rows", if op == "part" { "1" } else { "2" }),
            ("/subject", "Ψωμί Σεπτεμβρίου"),
            ("/sub_project", "SP1"),
            ("/work_package", "WP2"),
            ("/category", "A4"),
            ("/nature", "food"),
            ("/account", "64.00.02"),
            ("/document/kind", "invoice"),
            ("/document/number", number),
            ("/document/net/amount", "400,00"),
            ("/document/vat/amount", "52,00"),
            ("/document/gross/amount", "452,00"),
            ("/vat_included", "no"),
            ("/share", "100"),
            ("/withheld/tax/amount", "16,00"),
            ("/withheld/levy/amount", "0,40"),
            ("/paid_to_issuer", "yes"),
            ("/allocations/0/share", "60"),
            ("/allocations/0/instalment", "1"),
            ("/allocations/1/share", second),
        ];
        let chosen = self.chosen.iter();
        typed.extend(chosen.map(|(field, value)| (*field, value.as_str())));
        for (names, on) in &self.days {
            typed.extend(day(names, on));
        }
        typed
    }
}

/// An expense over two parts: 100.01 % is refused, more rows come when asked for, and a mistake is put right.
async fn spent(desk: &Desk, board: &str) -> Result<String> {
    let page = format!("{board}/expenses/new");
    let form = desk.finance.get(&page).await?.text;
    ensure!(!form.contains("/allocations/1/share"), "one part at first");
    let bread = Bread::of(desk, &form)?;
    let more = desk.finance.fill(&page, &bread.typed("Ψ 1", "", "part")).await?;
    ensure!(
        more.status == StatusCode::OK && more.text.contains("/allocations/1/share"),
        "{}",
        more.text
    );
    let beyond = desk.finance.fill(&page, &bread.typed("Ψ 1", "40,01", "")).await?;
    told(&beyond, "άρθρο 65 παρ. 11", "value=\"40,01\"")?;
    let asked = desk.finance.fill(&page, &bread.typed("Ψ 1", "40", "what-if")).await?;
    ensure!(
        asked.status == StatusCode::OK && asked.text.contains("Έλεγχος επιλεξιμότητας"),
        "{}",
        asked.text
    );
    let expense = led(&desk.finance.fill(&page, &bread.typed("Ψ 1", "40", "")).await?)?;
    // The number was misread: the form comes back with all that is known, and the correction keeps the rest.
    let edit = desk.finance.get(&format!("{expense}/edit")).await?.text;
    for kept in [
        "value=\"Ψ 1\"",
        "value=\"400,00\"",
        "value=\"2022\"",
        "value=\"16,00\"",
        "/allocations/1/share",
    ] {
        ensure!(edit.contains(kept), "{kept} in {edit}");
    }
    let corrected = bread.typed("Ψ 11", "40", "");
    led(&desk.finance.fill(&format!("{expense}/edit"), &corrected).await?)?;
    let shown = desk.auditor.get(&expense).await?.text;
    for words in ["Ψ 11", "Αρτοποιία Δοκιμή ΕΠΕ", "Απευθείας ανάθεση", "A4 Προμήθειες"]
    {
        ensure!(shown.contains(words), "{words} on {shown}");
    }
    Ok(expense)
}

/// Papers by number and by file; a file comes back as it was sent.
async fn documented(desk: &Desk, expense: &str) -> Result<()> {
    let papers = format!("{expense}/papers");
    let nothing = desk
        .finance
        .upload(&papers, &[("/kind", "document"), ("/number", "")], ("/file", "", b""))
        .await?;
    told(&nothing, "Συμπληρώστε", "value=\"document\"")?;
    for kind in [
        "commitment",
        "award",
        "acceptance",
        "document",
        "warrant",
        "payment",
        "physical",
        "publicity",
    ] {
        let bytes = format!("%PDF {kind}").into_bytes();
        let typed = [("/kind", kind), ("/number", "ΨΡΗ4Η-354")];
        let sent = desk.finance.upload(&papers, &typed, ("/file", "χαρτί.pdf", &bytes));
        led(&sent.await?)?;
    }
    let shown = desk.auditor.get(expense).await?.text;
    ensure!(shown.contains("Επιλέξιμη") && !shown.contains("Απόρριψη"), "{shown}");
    let file = shown
        .split("href=\"")
        .filter_map(|piece| piece.split('"').next())
        .find(|link| link.contains("/papers/"))
        .context("no file to read")?;
    let file = desk.auditor.get(file).await?;
    ensure!(
        file.status == StatusCode::OK && file.text.starts_with("%PDF "),
        "{}",
        file.text
    );
    ensure!(
        file.headers["content-disposition"].to_str()?.starts_with("attachment"),
        "{:?}",
        file.headers
    );
    let silent = desk
        .finance
        .fill(&format!("{expense}/withdraw"), &[("/reason", "")])
        .await?;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
    Ok(())
}

/// Begun, frozen by one, submitted by another, certified up to what was claimed.
async fn claimed(desk: &Desk, board: &str) -> Result<String> {
    let up_to = names("/up_to");
    let begin = |on: &'static str| {
        let mut typed = vec![("/sub_project", "SP1")];
        typed.extend(day(&up_to, on));
        typed
    };
    let claims = format!("{board}/claims");
    told(
        &desk.finance.fill(&claims, &begin("31/9/2022")).await?,
        "ημερομηνία που υπάρχει",
        "value=\"31\"",
    )?;
    let claim = led(&desk.finance.fill(&claims, &begin("30/9/2022")).await?)?;
    let preview = desk.finance.get(&claim).await?.text;
    ensure!(
        preview.contains("Ψωμί Σεπτεμβρίου") && preview.contains("400,00"),
        "{preview}"
    );
    led(&desk.finance.fill(&format!("{claim}/freeze"), &[]).await?)?;
    by_another(desk, &format!("{claim}/submit")).await?;
    let certify = format!("{claim}/certify");
    let too_much = desk.finance.fill(&certify, &[("/amount/amount", "400,01")]).await?;
    told(&too_much, "έως όσο δηλώθηκε", "value=\"400,01\"")?;
    led(&desk.finance.fill(&certify, &[("/amount/amount", "400,00")]).await?)?;
    let workbook = desk.auditor.get(&format!("{claim}/workbook")).await?;
    ensure!(workbook.bytes.starts_with(b"PK"), "a workbook");
    let shown = desk.auditor.get(board).await?.text;
    ensure!(shown.contains("Πιστοποιήθηκε"), "{shown}");
    Ok(claim)
}
