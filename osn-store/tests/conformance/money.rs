//! Money: sealed suppliers, one for each tax number; budget by two people; expenses with parts; frozen claims; judgements held to
//! their input.
use osn_core::canonical::digest;
use osn_core::expenditure::{
    BudgetLine, Category, Claim, ClaimEvent, ClaimLine, ClaimState, Commitment, CommitmentState, Expense, ExpenseEvent,
    ExpenseState, FoundBy, Irregularity, IrregularityEvent, IrregularityState, Judgement, LineKind, OpinionOutcome,
    OpinionSubject, Reallocation, ReallocationEvent, ReallocationState, ScientificOpinion, SupplierKind,
};
use osn_core::id::{
    AccountId, ActionId, BudgetLineId, ClaimId, CommitmentId, DeliveryId, ExpenseId, IrregularityId, JudgementId,
    OperationId, OpinionId, ProposalId, ReallocationId, SupplierId,
};
use osn_core::identifier::{Ada, Afm};
use osn_core::lang::LocalText;
use osn_core::money::Money;
use osn_core::operation::Operation;
use osn_core::state::Machine as _;
use osn_store::{
    Actor, ExpenseFilter, ExpenseRow, FrozenLine, NewJudgement, NewRuleSet, PageQuery, Part, StoreError, Supplier, Tx,
};
use serde_json::json;

use crate::ground::{Ground, at, both, id};
use crate::sample::account;

both!(
    a_supplier_is_sealed_and_stands_once,
    money_moves_by_two_people,
    an_expense_keeps_its_parts_and_is_found_by_its_paper,
    a_judgement_is_held_to_its_frozen_input,
    a_paper_is_sealed_and_comes_back_whole,
    a_frozen_claim_keeps_its_lines,
    what_the_rules_refuse_the_database_refuses_too,
    one_national_set_is_enabled_at_most,
    an_irregularity_and_an_opinion_come_back_as_they_were_written,
);

const NAME: &str = "Τρόφιμα Δοκιμή ΑΕ";

async fn act(ground: &Ground, seconds: i64) -> Tx {
    let actor = Actor::account(account(), "money.test");
    ground.city.begin(actor, at(seconds)).await.unwrap()
}

fn euros(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn operation_id() -> OperationId {
    OperationId::new(id(9000))
}

fn operation() -> Operation {
    serde_json::from_value(json!({
        "id": operation_id(), "code": "op", "name": { "el": "Πράξη" }, "beneficiary": { "el": "Δήμος" },
        "programme": { "el": "Πρόγραμμα" }, "fund": "ESF", "regime": "1420",
        "work_packages": [], "sub_projects": [{ "code": "SP1", "name": { "el": "Υποέργο" }, "mode": "own-means" }],
    }))
    .unwrap()
}

fn supplier(number: u128, afm: &str) -> Supplier {
    Supplier {
        id: SupplierId::new(id(9100 + number)),
        kind: SupplierKind::Company,
        name: NAME.to_owned(),
        afm: Some(Afm::parse(afm).unwrap()),
    }
}

fn line(number: u128, code: &str) -> BudgetLine {
    BudgetLine {
        rate: None,
        deliverable: None,
        indicator: None,
        id: BudgetLineId::new(id(9200 + number)),
        operation_id: operation_id(),
        code: code.to_owned(),
        name: LocalText::new("Γραμμή", "Line"),
        work_package: "WP2".to_owned(),
        category: Category::A4,
        form: "actual".to_owned(),
        year: Some(2022),
        unit_cost: None,
        approved: euros("10000.00"),
        amount: euros("10000.00"),
    }
}

fn expense(number: u128) -> ExpenseRow {
    let expense: Expense = serde_json::from_value(json!({
        "id": ExpenseId::new(id(9300 + number)), "operation_id": operation_id(), "sub_project": "SP1", "work_package": "WP2",
        "category": "A4", "budget_line_id": line(1, "x").id, "subject": "Δέματα", "supplier_id": supplier(1, "094259216").id,
        "document": {
            "kind": "invoice", "number": format!("Α {number}"), "issued_on": "2022-07-08",
            "net": euros("1000.00"), "vat": euros("240.00"), "gross": euros("1240.00"),
        },
        "vat_included": true, "form": { "form": "actual" }, "dates": { "paid": "2022-08-01" },
    }))
    .unwrap();
    ExpenseRow {
        fingerprint: Some(digest("expenditure-item:1", number.to_string().as_bytes())),
        expense,
        state: ExpenseState::Entered { by: account() },
        eligible: euros("1000.00"),
        outcome: "cut".to_owned(),
        claim_id: None,
    }
}

fn part(expense: &ExpenseRow, amount: &str) -> Part {
    Part {
        expense_id: expense.expense.id,
        action_id: Some(ActionId::new(id(9900))),
        delivery_id: Some(DeliveryId::new(id(9901))),
        instalment: Some(1),
        amount: euros(amount),
    }
}

/// An operation with two lines, a supplier, an expense.
async fn begun(ground: &Ground) -> ExpenseRow {
    let mut tx = act(ground, 1).await;
    tx.put_operation(&operation()).await.unwrap();
    tx.insert_supplier(&supplier(1, "094259216")).await.unwrap();
    tx.insert_budget_line(&line(1, "4.1")).await.unwrap();
    tx.insert_budget_line(&line(2, "4.2")).await.unwrap();
    let first = expense(1);
    tx.insert_expense(&first, &[part(&first, "600.00"), part(&first, "640.00")])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    first
}

async fn a_supplier_is_sealed_and_stands_once(ground: &Ground) {
    begun(ground).await;
    let found = ground
        .city
        .supplier(supplier(1, "094259216").id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.value, supplier(1, "094259216"));
    assert!(!format!("{found:?}").contains("Δοκιμή"), "Debug says no names");
    let afm = Afm::parse("EL 094 259 216").unwrap();
    let same = ground.city.supplier_by_afm(&afm).await.unwrap().unwrap();
    assert_eq!(same.value.id, found.value.id, "another spelling is the same supplier");
    let mut tx = act(ground, 2).await;
    let twice = tx.insert_supplier(&supplier(2, "EL094259216")).await.unwrap_err();
    assert!(twice.is_conflict_with("supplier_afm_index_key"), "{twice}");
    tx.rollback().await.unwrap();
    let mut tx = act(ground, 2).await;
    for number in [3, 4] {
        let staff = Supplier {
            kind: SupplierKind::Staff,
            afm: None,
            ..supplier(number, "094259216")
        };
        tx.insert_supplier(&staff).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(ground.city.suppliers(PageQuery::first()).await.unwrap().total, 3);
    if let Some(files) = ground.files() {
        let raw: Vec<u8> = ["osn.db", "osn.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(files.join(name)).unwrap_or_default())
            .collect();
        for secret in [NAME, "094259216"] {
            let there = raw.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!there, "{secret} stands in the file");
        }
    }
}

async fn money_moves_by_two_people(ground: &Ground) {
    begun(ground).await;
    let asked = Reallocation {
        id: ReallocationId::new(id(9400)),
        operation_id: operation_id(),
        from: line(1, "").id,
        to: line(2, "").id,
        amount: euros("500.00"),
        reason: "Περισσότερα δέματα".to_owned(),
        amendment: None,
        state: ReallocationState::Proposed { by: account() },
    };
    let mut tx = act(ground, 2).await;
    tx.insert_reallocation(&asked).await.unwrap();
    tx.commit().await.unwrap();
    let read = ground.city.reallocation(asked.id).await.unwrap().unwrap();
    let approve = ReallocationEvent::Approve {
        by: AccountId::new(id(11)),
        at: at(3),
    };
    let approved = Reallocation {
        state: read.value.state.apply(&approve).unwrap(),
        ..read.value.clone()
    };
    let mut tx = act(ground, 3).await;
    tx.update_reallocation(&approved, read.version).await.unwrap();
    for (number, code, amount) in [(1, "4.1", "9500.00"), (2, "4.2", "10500.00")] {
        let moved = BudgetLine {
            amount: euros(amount),
            ..line(number, code)
        };
        tx.update_budget_line(&moved, 1).await.unwrap();
    }
    tx.commit().await.unwrap();
    let budget = ground.city.budget(operation_id()).await.unwrap();
    let amounts: Vec<_> = budget.iter().map(|line| line.value.amount.to_string()).collect();
    assert_eq!(amounts, ["9500.00", "10500.00"]);
    let mut tx = act(ground, 4).await;
    let late = tx.update_reallocation(&approved, read.version).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    tx.rollback().await.unwrap();
    let commitment = Commitment {
        id: CommitmentId::new(id(9410)),
        operation_id: operation_id(),
        budget_line_id: line(1, "").id,
        ada: Ada::parse("Ψ11446ΜΓΨ7-ΠΚΛ").unwrap(),
        decided_on: "2022-06-01".parse().unwrap(),
        subject: "Δέματα".to_owned(),
        amount: euros("5000.00"),
        by: account(),
        state: CommitmentState::Active,
    };
    let mut tx = act(ground, 5).await;
    tx.insert_commitment(&commitment).await.unwrap();
    let other = Commitment {
        id: CommitmentId::new(id(9411)),
        ..commitment.clone()
    };
    let twice = tx.insert_commitment(&other).await.unwrap_err();
    assert!(twice.is_conflict_with("commitment_ada_key"), "{twice}");
    tx.rollback().await.unwrap();
}

async fn an_expense_keeps_its_parts_and_is_found_by_its_paper(ground: &Ground) {
    let first = begun(ground).await;
    let read = ground.city.expense(first.expense.id).await.unwrap().unwrap();
    assert_eq!(read.value, first);
    let parts = ground.city.parts_of_action(ActionId::new(id(9900))).await.unwrap();
    assert_eq!(parts, [part(&first, "600.00"), part(&first, "640.00")]);
    let changed = ExpenseRow {
        eligible: euros("1240.00"),
        outcome: "ok".to_owned(),
        ..first.clone()
    };
    let mut tx = act(ground, 2).await;
    tx.update_expense(&changed, 1, &[part(&first, "1240.00")])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let parts = ground.city.parts_of_action(ActionId::new(id(9900))).await.unwrap();
    assert_eq!(parts.len(), 1);
    let same = ground.city.paper_expenses(first.fingerprint.unwrap()).await.unwrap();
    assert_eq!(same[0].value, changed);
    let filter = |outcome| ExpenseFilter {
        operation: Some(operation_id()),
        state: Some("entered"),
        outcome: Some(outcome),
    };
    for (outcome, total) in [("ok", 1), ("cut", 0)] {
        let page = ground.city.expenses(filter(outcome), PageQuery::first()).await.unwrap();
        assert_eq!(page.total, total, "{outcome}");
    }
    let event = ExpenseEvent::Withdraw {
        by: account(),
        at: at(3),
        reason: "Λάθος".to_owned(),
    };
    let withdrawn = ExpenseRow {
        state: changed.state.apply(&event).unwrap(),
        ..changed
    };
    let mut tx = act(ground, 3).await;
    tx.move_expense(&withdrawn, 2).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ground.city.operation_expenses(operation_id()).await.unwrap(), []);
    assert_eq!(
        ground.city.paper_expenses(first.fingerprint.unwrap()).await.unwrap(),
        []
    );
    assert_eq!(ground.city.parts_of_action(ActionId::new(id(9900))).await.unwrap(), []);
    let mut tx = act(ground, 4).await;
    let late = tx.move_expense(&withdrawn, 2).await;
    assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    tx.rollback().await.unwrap();
}

fn judgement() -> Judgement {
    Judgement::of("rules", euros("1240.00"), Vec::new())
}

async fn a_judgement_is_held_to_its_frozen_input(ground: &Ground) {
    let first = begun(ground).await;
    let (input, judged) = (b"{\"pay\":\"24080.00\"}".as_slice(), judgement());
    let new = NewJudgement {
        id: JudgementId::new(id(9500)),
        expense_id: Some(first.expense.id),
        claim_id: None,
        stage: "entry",
        input,
        judgement: &judged,
    };
    let mut tx = act(ground, 2).await;
    tx.insert_judgements(&[new]).await.unwrap();
    tx.commit().await.unwrap();
    let kept = ground.city.judgements(first.expense.id).await.unwrap();
    assert_eq!((kept.len(), &kept[0].judgement, kept[0].at), (1, &judged, at(2)));
    let thawed = ground.city.judgement_input(kept[0].id).await.unwrap().unwrap();
    assert_eq!(thawed, input);
    assert_eq!(ground.city.all_judgements(PageQuery::first()).await.unwrap().total, 1);
    ground
        .raw("update judgement set sealed = (select sealed from supplier)")
        .await
        .unwrap();
    let tampered = ground.city.judgement_input(kept[0].id).await;
    assert!(matches!(tampered, Err(StoreError::Sealed(_))), "{tampered:?}");
}

async fn a_paper_is_sealed_and_comes_back_whole(ground: &Ground) {
    let bytes: Vec<u8> = NAME.bytes().cycle().take(600_000).collect();
    let mut tx = act(ground, 1).await;
    tx.put_money_paper("d1", &bytes).await.unwrap();
    tx.put_money_paper("d1", &bytes).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ground.city.money_paper("d1").await.unwrap(), Some(bytes));
    assert_eq!(ground.city.money_paper("d2").await.unwrap(), None);
    ground
        .raw("update expense_paper set sealed = (select sealed from expense_paper where number = 1) where number = 0")
        .await
        .unwrap();
    let moved = ground.city.money_paper("d1").await;
    assert!(matches!(moved, Err(StoreError::Sealed(_))), "{moved:?}");
}

fn claim() -> Claim {
    Claim {
        id: ClaimId::new(id(9600)),
        operation_id: operation_id(),
        sub_project: "SP1".to_owned(),
        number: 1,
        up_to: "2022-12-31".parse().unwrap(),
        by: account(),
        at: at(2),
        totals: None,
        rule_set: None,
        state: ClaimState::Draft,
    }
}

async fn a_frozen_claim_keeps_its_lines(ground: &Ground) {
    let first = begun(ground).await;
    let mut tx = act(ground, 2).await;
    tx.insert_claim(&claim()).await.unwrap();
    tx.commit().await.unwrap();
    let freeze = ClaimEvent::Freeze {
        by: account(),
        at: at(3),
        digest: digest("claim-manifest:1", b"x"),
    };
    let frozen = Claim {
        state: ClaimState::Draft.apply(&freeze).unwrap(),
        ..claim()
    };
    let lines = [
        ClaimLine {
            kind: LineKind::Expense,
            expense_id: first.expense.id,
            declared: euros("1240.00"),
            eligible: euros("1000.00"),
        },
        ClaimLine {
            kind: LineKind::Correction,
            expense_id: first.expense.id,
            declared: Money::ZERO,
            eligible: euros("-200.00"),
        },
    ];
    let rows: Vec<_> = lines
        .iter()
        .map(|line| FrozenLine {
            line,
            judgement_id: Some(JudgementId::new(id(9500))),
        })
        .collect();
    let mut tx = act(ground, 3).await;
    tx.update_claim(&frozen, 1).await.unwrap();
    tx.freeze_lines(frozen.id, &rows).await.unwrap();
    tx.commit().await.unwrap();
    let kept = ground.city.claim_lines(frozen.id).await.unwrap();
    let kept: Vec<_> = kept.into_iter().map(|row| (row.number, row.line)).collect();
    assert_eq!(kept, [(1, lines[0].clone()), (2, lines[1].clone())]);
    let mut tx = act(ground, 4).await;
    let again = tx.freeze_lines(frozen.id, &rows).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    tx.rollback().await.unwrap();
    let mut tx = act(ground, 4).await;
    let number = Claim {
        id: ClaimId::new(id(9601)),
        ..claim()
    };
    let twice = tx.insert_claim(&number).await.unwrap_err();
    assert!(twice.is_conflict_with("claim_operation_id_number_key"), "{twice}");
    tx.rollback().await.unwrap();
    assert_eq!(ground.city.operation_claims(operation_id()).await.unwrap().len(), 1);
}

async fn what_the_rules_refuse_the_database_refuses_too(ground: &Ground) {
    let first = begun(ground).await;
    let more = ExpenseRow {
        eligible: euros("1240.01"),
        ..first.clone()
    };
    let nobody = ExpenseRow {
        claim_id: Some(ClaimId::new(id(9600))),
        ..first
    };
    for wrong in [more, nobody] {
        let mut tx = act(ground, 2).await;
        let refused = tx.move_expense(&wrong, 1).await;
        assert!(refused.is_err(), "{wrong:?}");
        tx.rollback().await.unwrap();
    }
}

fn rule_set(number: u8) -> NewRuleSet {
    NewRuleSet {
        name: "some-state".to_owned(),
        version: format!("1.0.{number}"),
        code_digest: format!("{number:064x}"),
        package_digest: format!("{:064x}", u32::from(number) + 1_000),
        details: json!({ "cases": 3 }),
    }
}

async fn one_national_set_is_enabled_at_most(ground: &Ground) {
    let city = &ground.city;
    assert_eq!(city.enabled_rule_set().await.unwrap(), None);
    let mut tx = act(ground, 1).await;
    tx.install_rule_set(&rule_set(1), b"first").await.unwrap();
    tx.install_rule_set(&rule_set(2), b"second").await.unwrap();
    tx.commit().await.unwrap();
    let sets = city.rule_sets().await.unwrap();
    assert_eq!(
        sets.iter().map(|row| row.set.clone()).collect::<Vec<_>>(),
        [rule_set(1), rule_set(2)]
    );
    let mut tx = act(ground, 2).await;
    tx.switch_rule_set(&sets[0], true).await.unwrap();
    tx.commit().await.unwrap();
    let enabled = city.enabled_rule_set().await.unwrap().unwrap();
    assert_eq!((enabled.set.version.as_str(), enabled.row_version), ("1.0.1", 2));
    // A second one beside it is refused by the database; so is a step from an old version.
    let mut tx = act(ground, 3).await;
    assert!(tx.switch_rule_set(&sets[1], true).await.is_err());
    tx.rollback().await.unwrap();
    let mut tx = act(ground, 3).await;
    assert!(tx.switch_rule_set(&sets[0], false).await.is_err());
    tx.rollback().await.unwrap();
    let mut tx = act(ground, 4).await;
    tx.switch_rule_set(&enabled, false).await.unwrap();
    tx.switch_rule_set(&sets[1], true).await.unwrap();
    tx.commit().await.unwrap();
    let enabled = city.enabled_rule_set().await.unwrap().unwrap();
    assert_eq!(enabled.set, rule_set(2));
    for (digest, bytes) in [
        (rule_set(1).package_digest, &b"first"[..]),
        (rule_set(2).code_digest, &b"second"[..]),
    ] {
        assert_eq!(city.rule_set_package(&digest).await.unwrap().as_deref(), Some(bytes));
    }
    assert_eq!(city.rule_set_package("00").await.unwrap(), None);
}

async fn an_irregularity_and_an_opinion_come_back_as_they_were_written(ground: &Ground) {
    let expense = begun(ground).await;
    let found = Irregularity {
        systemic: None,
        id: IrregularityId::new(id(9800)),
        operation_id: operation_id(),
        number: 1,
        expense_id: expense.expense.id,
        found_by: FoundBy::AuditAuthority,
        found_on: "2022-09-30".parse().unwrap(),
        article: "άρθρο 118".to_owned(),
        finding: "Κατάτμηση".to_owned(),
        amount: euros("100.00"),
        fraud: false,
        state: IrregularityState::Suspected { by: account() },
    };
    let mut tx = act(ground, 5).await;
    tx.insert_irregularity(&found).await.unwrap();
    tx.commit().await.unwrap();
    let mut moved = found.clone();
    let by = AccountId::new(id(9801));
    moved.state = moved
        .state
        .apply(&IrregularityEvent::Confirm { by, at: at(6) })
        .unwrap();
    let mut tx = act(ground, 6).await;
    tx.update_irregularity(&moved, 1).await.unwrap();
    tx.commit().await.unwrap();
    let register = ground.city.irregularities(operation_id()).await.unwrap();
    assert_eq!(register.len(), 1);
    assert_eq!(ground.city.irregularity(found.id).await.unwrap().unwrap().value, moved);
    let mut tx = act(ground, 7).await;
    assert!(tx.update_irregularity(&moved, 1).await.is_err(), "an old version");
    tx.rollback().await.unwrap();
    let subject = OpinionSubject::Proposal {
        proposal_id: ProposalId::new(id(9802)),
    };
    let opinion = ScientificOpinion {
        id: OpinionId::new(id(9803)),
        subject: subject.clone(),
        given_by: LocalText::new("Τμήμα", "Department"),
        given_on: "2022-09-30".parse().unwrap(),
        outcome: OpinionOutcome::WithRemarks,
        remarks: LocalText::new("Με παρατηρήσεις", "With remarks"),
        number: "17".to_owned(),
        by: account(),
    };
    let mut tx = act(ground, 8).await;
    tx.insert_opinion(&opinion).await.unwrap();
    tx.commit().await.unwrap();
    let found = ground.city.opinions(&subject).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(ground.city.opinion(opinion.id).await.unwrap().unwrap().value, opinion);
}
