//! An operation as documented tables, for the system of the managing authority: CSV in one package that describes itself.

use std::collections::BTreeMap;

use osn_core::expenditure::{CommitmentState, Irregularity};
use osn_core::id::{OperationId, SupplierId};
use osn_core::state::Machine as _;
use osn_store::Versioned;

use super::suppliers::{self, SupplierView};
use super::table::{self, Cell, Column, Kind, Table, day, text};
use super::{budget, irregularities, measuring, operation, unit_costs};
use crate::acts::Acting;
use crate::auth::Right;
use crate::refusal::Outcome;

/// The package of an operation's tables.
pub async fn package(acting: &Acting, of: OperationId) -> Outcome<Vec<u8>> {
    let tables = tables(acting, of).await?;
    table::package(
        "osn-operation",
        "Operation: budget, contracts, expenditure, claims",
        &tables,
    )
}

/// The tables: budget, commitments, contracts, expenses, claims, irregularities, unit costs, indicators.
pub async fn tables(acting: &Acting, of: OperationId) -> Outcome<Vec<Table>> {
    acting.require(Right::SeeMoney)?;
    operation(acting, of).await?;
    let payees = suppliers::all(acting).await?;
    let payees: BTreeMap<SupplierId, SupplierView> = payees.into_iter().map(|payee| (payee.id, payee)).collect();
    Ok(vec![
        budget_lines(acting, of).await?,
        commitments(acting, of).await?,
        contracts(acting, of, &payees).await?,
        expenses(acting, of, &payees).await?,
        claims(acting, of).await?,
        register(&irregularities::list(acting, of).await?),
        costs(acting, of).await?,
        indicators(acting, of).await?,
    ])
}

async fn budget_lines(acting: &Acting, of: OperationId) -> Outcome<Table> {
    const COLUMNS: &[Column] = &[
        Column("code", Kind::Text, "Κωδικός γραμμής", "Code of the line"),
        Column("name", Kind::Text, "Ονομασία", "Name"),
        Column("work_package", Kind::Text, "Πακέτο εργασίας", "Work package"),
        Column("category", Kind::Text, "Κατηγορία δαπάνης", "Category of expenditure"),
        Column("year", Kind::Text, "Έτος, όπου ορίζεται", "Year, where it has one"),
        Column("form", Kind::Text, "Μορφή κόστους", "Form of cost"),
        Column("approved", Kind::Money, "Εγκεκριμένο ποσό", "Amount as approved"),
        Column(
            "amount",
            Kind::Money,
            "Ποσό μετά από ανακατανομές",
            "Amount after reallocations",
        ),
    ];
    let rows = budget::lines(acting, of).await?.into_iter().map(|read| {
        let line = read.value;
        vec![
            text(line.code),
            text(line.name.get("el")),
            text(line.work_package),
            text(line.category.name()),
            text(line.year.map(|year| year.to_string()).unwrap_or_default()),
            text(line.form),
            Cell::Money(line.approved),
            Cell::Money(line.amount),
        ]
    });
    Ok(Table {
        name: "budget_lines",
        title: ("Γραμμές προϋπολογισμού", "Budget lines"),
        columns: COLUMNS,
        rows: rows.collect(),
    })
}

async fn commitments(acting: &Acting, of: OperationId) -> Outcome<Table> {
    const COLUMNS: &[Column] = &[
        Column("ada", Kind::Text, "ΑΔΑ", "Number of the posting"),
        Column("decided_on", Kind::Day, "Ημερομηνία", "Day of the decision"),
        Column("subject", Kind::Text, "Θέμα", "Subject"),
        Column("amount", Kind::Money, "Ποσό", "Amount"),
        Column(
            "state",
            Kind::Text,
            "Κατάσταση: active, released",
            "State: active, released",
        ),
    ];
    let rows = budget::commitments(acting, of).await?.into_iter().map(|read| {
        let commitment = read.value;
        let state = match commitment.state {
            CommitmentState::Active => "active",
            CommitmentState::Released => "released",
        };
        vec![
            text(commitment.ada.as_str()),
            Cell::Day(commitment.decided_on),
            text(commitment.subject),
            Cell::Money(commitment.amount),
            text(state),
        ]
    });
    Ok(Table {
        name: "commitments",
        title: ("Δεσμεύσεις", "Commitments"),
        columns: COLUMNS,
        rows: rows.collect(),
    })
}

fn payee(payees: &BTreeMap<SupplierId, SupplierView>, id: Option<SupplierId>) -> [Cell; 2] {
    let found = id.and_then(|id| payees.get(&id));
    let afm = found.and_then(|payee| payee.afm.clone());
    [
        text(found.map(|payee| payee.name.clone()).unwrap_or_default()),
        text(afm.unwrap_or_default()),
    ]
}

async fn contracts(acting: &Acting, of: OperationId, payees: &BTreeMap<SupplierId, SupplierView>) -> Outcome<Table> {
    const COLUMNS: &[Column] = &[
        Column("contract_id", Kind::Text, "Σύμβαση", "Contract"),
        Column("contractor", Kind::Text, "Ανάδοχος", "Contractor"),
        Column("tax_number", Kind::Text, "ΑΦΜ", "Tax number"),
        Column("subject", Kind::Text, "Αντικείμενο", "Subject"),
        Column("kind", Kind::Text, "Είδος", "Kind"),
        Column("path", Kind::Text, "Τρόπος ανάθεσης", "How it was awarded"),
        Column("cpv", Kind::Text, "CPV", "CPV"),
        Column("value", Kind::Money, "Αξία χωρίς ΦΠΑ", "Value without VAT"),
        Column("awarded_on", Kind::Day, "Ανάθεση", "Awarded"),
        Column("signed_on", Kind::Day, "Υπογραφή", "Signed"),
        Column(
            "contract_adam",
            Kind::Text,
            "ΑΔΑΜ σύμβασης",
            "Publication of the contract",
        ),
    ];
    let rows = suppliers::all_contracts(acting, of).await?.into_iter().map(|contract| {
        let [name, afm] = payee(payees, Some(contract.supplier_id));
        vec![
            text(contract.id.to_string()),
            name,
            afm,
            text(contract.subject),
            text(contract.kind.name()),
            text(contract.path.name()),
            text(contract.cpv),
            Cell::Money(contract.value),
            Cell::Day(contract.awarded_on),
            day(contract.signed_on),
            text(
                contract
                    .contract_adam
                    .map(|adam| adam.as_str().to_owned())
                    .unwrap_or_default(),
            ),
        ]
    });
    Ok(Table {
        name: "contracts",
        title: ("Συμβάσεις", "Contracts"),
        columns: COLUMNS,
        rows: rows.collect(),
    })
}

async fn expenses(acting: &Acting, of: OperationId, payees: &BTreeMap<SupplierId, SupplierView>) -> Outcome<Table> {
    const COLUMNS: &[Column] = &[
        Column("expense_id", Kind::Text, "Δαπάνη", "Expense"),
        Column("sub_project", Kind::Text, "Υποέργο", "Sub-project"),
        Column("work_package", Kind::Text, "Πακέτο εργασίας", "Work package"),
        Column("category", Kind::Text, "Κατηγορία δαπάνης", "Category of expenditure"),
        Column("subject", Kind::Text, "Περιγραφή", "Subject"),
        Column("issuer", Kind::Text, "Εκδότης", "Issuer"),
        Column("tax_number", Kind::Text, "ΑΦΜ", "Tax number"),
        Column("contract_id", Kind::Text, "Σύμβαση", "Contract"),
        Column("paper", Kind::Text, "Αριθμός παραστατικού", "Number of the paper"),
        Column("issued_on", Kind::Day, "Ημερομηνία παραστατικού", "Day of the paper"),
        Column("paid_on", Kind::Day, "Ημερομηνία πληρωμής", "Day of payment"),
        Column("gross", Kind::Money, "Σύνολο παραστατικού", "Total of the paper"),
        Column("declared", Kind::Money, "Δηλωμένο ποσό", "Declared"),
        Column("eligible", Kind::Money, "Επιλέξιμο ποσό", "Eligible"),
        Column(
            "outcome",
            Kind::Text,
            "Κρίση: ok, warn, cut, reject",
            "Judgement: ok, warn, cut, reject",
        ),
        Column("state", Kind::Text, "Κατάσταση", "State"),
        Column("claim_id", Kind::Text, "Δήλωση δαπανών", "Claim"),
    ];
    let mut rows = Vec::new();
    for read in acting.scope.operation_expenses(of).await? {
        let (row, expense) = (&read.value, &read.value.expense);
        let [name, afm] = payee(payees, expense.supplier_id);
        rows.push(vec![
            text(expense.id.to_string()),
            text(&expense.sub_project),
            text(&expense.work_package),
            text(expense.category.name()),
            text(&expense.subject),
            name,
            afm,
            text(expense.contract_id.map(|id| id.to_string()).unwrap_or_default()),
            text(&expense.document.number),
            Cell::Day(expense.document.issued_on),
            day(expense.dates.paid),
            Cell::Money(expense.document.gross),
            Cell::Money(expense.declared()?),
            Cell::Money(row.eligible),
            text(&row.outcome),
            text(row.state.name()),
            text(row.claim_id.map(|id| id.to_string()).unwrap_or_default()),
        ]);
    }
    Ok(Table {
        name: "expenses",
        title: ("Δαπάνες", "Expenses"),
        columns: COLUMNS,
        rows,
    })
}

async fn claims(acting: &Acting, of: OperationId) -> Outcome<Table> {
    const COLUMNS: &[Column] = &[
        Column("claim_id", Kind::Text, "Δήλωση δαπανών", "Claim"),
        Column("number", Kind::Number, "Αριθμός", "Number"),
        Column("sub_project", Kind::Text, "Υποέργο", "Sub-project"),
        Column("up_to", Kind::Day, "Πληρωμές έως", "Paid up to"),
        Column("state", Kind::Text, "Κατάσταση", "State"),
        Column("declared", Kind::Money, "Δηλωθέντα", "Declared"),
        Column("eligible", Kind::Money, "Επιλέξιμα", "Eligible"),
        Column("corrections", Kind::Money, "Διορθώσεις", "Corrections"),
        Column("claimed", Kind::Money, "Αιτούμενα", "Claimed"),
        Column("digest", Kind::Text, "Αποτύπωμα", "Digest of the manifest"),
    ];
    let rows = acting.scope.operation_claims(of).await?.into_iter().map(|read| {
        let claim = read.value;
        let sums = claim.totals.unwrap_or_default();
        vec![
            text(claim.id.to_string()),
            Cell::Number(claim.number.into()),
            text(claim.sub_project),
            Cell::Day(claim.up_to),
            text(claim.state.name()),
            Cell::Money(sums.declared),
            Cell::Money(sums.eligible),
            Cell::Money(sums.corrections),
            Cell::Money(sums.claimed),
            text(claim.state.digest().map(ToString::to_string).unwrap_or_default()),
        ]
    });
    Ok(Table {
        name: "claims",
        title: ("Δηλώσεις δαπανών", "Claims"),
        columns: COLUMNS,
        rows: rows.collect(),
    })
}

/// The register of irregularities as a table.
pub(super) fn register(register: &[Versioned<Irregularity>]) -> Table {
    const COLUMNS: &[Column] = &[
        Column("number", Kind::Number, "Αριθμός", "Number"),
        Column("expense_id", Kind::Text, "Δαπάνη", "Expense"),
        Column("found_by", Kind::Text, "Ποιος τη βρήκε", "Who found it"),
        Column("found_on", Kind::Day, "Πότε", "When"),
        Column("article", Kind::Text, "Άρθρο", "Article"),
        Column("finding", Kind::Text, "Εύρημα", "Finding"),
        Column("amount", Kind::Money, "Ποσό", "Amount"),
        Column(
            "fraud",
            Kind::Text,
            "Υπόνοια απάτης: yes, no",
            "Fraud is suspected: yes, no",
        ),
        Column("state", Kind::Text, "Κατάσταση", "State"),
    ];
    let row = |read: &Versioned<Irregularity>| {
        let found = &read.value;
        vec![
            Cell::Number(found.number.into()),
            text(found.expense_id.to_string()),
            text(found.found_by.name()),
            Cell::Day(found.found_on),
            text(&found.article),
            text(&found.finding),
            Cell::Money(found.amount),
            text(if found.fraud { "yes" } else { "no" }),
            text(found.state.name()),
        ]
    };
    Table {
        name: "irregularities",
        title: ("Παρατυπίες", "Irregularities"),
        columns: COLUMNS,
        rows: register.iter().map(row).collect(),
    }
}

async fn indicators(acting: &Acting, of: OperationId) -> Outcome<Table> {
    const COLUMNS: &[Column] = &[
        Column("code", Kind::Text, "Κωδικός δείκτη", "Code of the indicator"),
        Column("name", Kind::Text, "Ονομασία", "Name"),
        Column("kind", Kind::Text, "Είδος: output, result", "Kind: output, result"),
        Column(
            "unit",
            Kind::Text,
            "Τι μετρά: persons, households, deliveries",
            "What it counts: persons, households, deliveries",
        ),
        Column("target", Kind::Number, "Στόχος", "Target"),
        Column("value", Kind::Number, "Μετρήθηκαν", "Counted"),
        Column("counted_on", Kind::Day, "Ημέρα μέτρησης", "Day of the count"),
        Column("declared", Kind::Number, "Δηλωμένες μονάδες", "Units declared"),
        Column("source", Kind::Text, "Πού ορίζεται", "Where it is defined"),
    ];
    let rows = measuring::list(acting, of).await?.into_iter().map(|each| {
        vec![
            text(each.code),
            text(each.name.get("el")),
            text(each.kind.name()),
            text(each.unit.name()),
            each.target.map_or(Cell::Empty, Cell::Number),
            Cell::Number(each.value),
            Cell::Day(each.on),
            Cell::Number(each.declared),
            text(each.source),
        ]
    });
    Ok(Table {
        name: "indicators",
        title: ("Δείκτες", "Indicators"),
        columns: COLUMNS,
        rows: rows.collect(),
    })
}

async fn costs(acting: &Acting, of: OperationId) -> Outcome<Table> {
    const COLUMNS: &[Column] = &[
        Column("program", Kind::Text, "Πρόγραμμα", "Program"),
        Column("action_id", Kind::Text, "Δράση", "Action"),
        Column("spent", Kind::Money, "Δαπάνες", "Spent"),
        Column("reached", Kind::Number, "Ωφελούμενοι", "People reached"),
        Column(
            "per_person",
            Kind::Money,
            "Κόστος ανά ωφελούμενο",
            "Cost for each person reached",
        ),
    ];
    let mut rows = Vec::new();
    for program in unit_costs::list(acting, of).await? {
        for action in program.actions {
            rows.push(vec![
                text(&program.program),
                text(action.action_id.to_string()),
                Cell::Money(action.spent),
                Cell::Number(action.reached),
                action.per_person.map_or(Cell::Empty, Cell::Money),
            ]);
        }
    }
    Ok(Table {
        name: "unit_costs",
        title: ("Κόστος ανά ωφελούμενο", "Cost for each person reached"),
        columns: COLUMNS,
        rows,
    })
}
