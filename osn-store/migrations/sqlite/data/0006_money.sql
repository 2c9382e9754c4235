-- Money: suppliers, contracts, budget, commitments, expenses with their judgements, claims. Migration: 6.

-- Who is paid. Name and tax number are sealed under the municipality's key: a supplier may be a person.
create table supplier (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- supplier
    kind text not null, -- company, person, staff, public-body
    afm_index blob, -- keyed hash of the tax number: one supplier under every spelling
    state text not null constraint supplier_state_known check (state in ('active')), -- active
    sealed blob not null, -- name and tax number
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint supplier_id_key primary key (municipality_id, id),
    constraint supplier_afm_index_key unique (municipality_id, afm_index)
) strict;

-- A contract under which somebody is paid.
create table contract (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- contract
    operation_id blob not null check (length(operation_id) = 16), -- the operation
    supplier_id blob not null check (length(supplier_id) = 16), -- the contractor
    state text not null constraint contract_state_known check (state in ('active')), -- active
    body text not null check (json_valid(body)), -- path, thresholds, numbers of publication
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint contract_id_key primary key (municipality_id, id),
    constraint contract_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id),
    constraint contract_supplier_fkey foreign key (municipality_id, supplier_id) references supplier (municipality_id, id)
) strict;
create index contract_by_operation on contract (municipality_id, operation_id);

-- A line of an operation's budget.
create table budget_line (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- line
    operation_id blob not null check (length(operation_id) = 16), -- the operation
    code text not null, -- code within the operation
    state text not null constraint budget_line_state_known check (state in ('active')), -- active
    amount_cents integer not null, -- as it stands, in cents
    body text not null check (json_valid(body)), -- the line
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint budget_line_id_key primary key (municipality_id, id),
    constraint budget_line_operation_id_code_key unique (municipality_id, operation_id, code),
    constraint budget_line_amount_positive check (amount_cents >= 0),
    constraint budget_line_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id)
) strict;

-- Money that one person asks to move between lines, and another lets move.
create table reallocation (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- reallocation
    operation_id blob not null check (length(operation_id) = 16), -- the operation
    state text not null constraint reallocation_state_known check (state in ('proposed', 'approved', 'rejected')), -- proposed, approved, rejected
    body text not null check (json_valid(body)), -- from, to, amount, reason, who
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint reallocation_id_key primary key (municipality_id, id),
    constraint reallocation_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id)
) strict;
create index reallocation_by_operation on reallocation (municipality_id, operation_id);

-- A commitment of money, in force from its posting.
create table commitment (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- commitment
    operation_id blob not null check (length(operation_id) = 16), -- the operation
    budget_line_id blob not null check (length(budget_line_id) = 16), -- the line
    ada text not null, -- number of its posting
    state text not null constraint commitment_state_known check (state in ('active', 'released')), -- active, released
    amount_cents integer not null, -- in cents
    body text not null check (json_valid(body)), -- the commitment
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint commitment_id_key primary key (municipality_id, id),
    constraint commitment_ada_key unique (municipality_id, ada),
    constraint commitment_amount_positive check (amount_cents > 0),
    constraint commitment_line_fkey foreign key (municipality_id, budget_line_id) references budget_line (municipality_id, id)
) strict;
create index commitment_by_operation on commitment (municipality_id, operation_id);

-- A claim: expenses of a sub-project, judged, frozen, submitted.
create table claim (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- claim
    operation_id blob not null check (length(operation_id) = 16), -- the operation
    number integer not null, -- within the operation, from 1
    state text not null constraint claim_state_known check (state in ('draft', 'frozen', 'submitted', 'certified', 'withdrawn')), -- where it stands
    body text not null check (json_valid(body)), -- sub-project, sums, rule set, who and when
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint claim_id_key primary key (municipality_id, id),
    constraint claim_operation_id_number_key unique (municipality_id, operation_id, number),
    constraint claim_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id)
) strict;

-- An expense: its paper, its days, its form of cost. It holds no names.
create table expense (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- expense
    operation_id blob not null check (length(operation_id) = 16), -- the operation that declares it
    budget_line_id blob check (length(budget_line_id) = 16), -- its line
    supplier_id blob check (length(supplier_id) = 16), -- who is paid
    contract_id blob check (length(contract_id) = 16), -- under which contract
    claim_id blob check (length(claim_id) = 16), -- the claim that froze it
    credits_id blob check (length(credits_id) = 16), -- the expense that a credit note reduces
    fingerprint blob, -- of its paper: the same paper under two spellings is one
    state text not null constraint expense_state_known check (state in ('entered', 'approved', 'claimed', 'certified', 'withdrawn')), -- where it stands
    category text not null, -- of the budget grid
    paid_on text check (length(paid_on) = 10), -- when it was paid
    declared_cents integer not null, -- what is declared, in cents; a credit note is negative
    eligible_cents integer not null, -- what is eligible of it by the last judgement
    outcome text not null, -- ok, warn, cut, reject: the last judgement
    life text not null check (json_valid(life)), -- its state with who and when
    body text not null check (json_valid(body)), -- the expense
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint expense_id_key primary key (municipality_id, id),
    constraint expense_claim_held check ((state in ('claimed', 'certified')) = (claim_id is not null)),
    constraint expense_eligible_within check (eligible_cents >= 0 and (eligible_cents <= declared_cents or declared_cents < 0)),
    constraint expense_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id),
    constraint expense_supplier_fkey foreign key (municipality_id, supplier_id) references supplier (municipality_id, id),
    constraint expense_contract_fkey foreign key (municipality_id, contract_id) references contract (municipality_id, id),
    constraint expense_line_fkey foreign key (municipality_id, budget_line_id) references budget_line (municipality_id, id),
    constraint expense_claim_fkey foreign key (municipality_id, claim_id) references claim (municipality_id, id)
) strict;
create index expense_by_operation on expense (municipality_id, operation_id);
create index expense_by_fingerprint on expense (municipality_id, fingerprint);
create index expense_by_claim on expense (municipality_id, claim_id);

-- What part of an expense was for what: the way from a euro to a delivery, and back.
create table expense_part (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    expense_id blob not null check (length(expense_id) = 16), -- the expense
    number integer not null, -- within the expense, from 0
    action_id blob check (length(action_id) = 16), -- the action
    delivery_id blob check (length(delivery_id) = 16), -- the delivery
    instalment integer, -- every delivery of this instalment
    amount_cents integer not null, -- in cents
    constraint expense_part_expense_id_number_key primary key (municipality_id, expense_id, number),
    constraint expense_part_expense_fkey foreign key (municipality_id, expense_id) references expense (municipality_id, id)
) strict;
create index expense_part_by_action on expense_part (municipality_id, action_id);
create index expense_part_by_delivery on expense_part (municipality_id, delivery_id);

-- A judgement with its frozen input: it can be made again.
create table judgement (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- judgement
    expense_id blob check (length(expense_id) = 16), -- the expense; none of an operation as a whole
    claim_id blob check (length(claim_id) = 16), -- the claim that asked for it
    stage text not null, -- entry, claim
    rule_set text not null, -- digest of the rule set
    outcome text not null, -- ok, warn, cut, reject
    eligible_cents integer not null, -- in cents
    input_digest blob not null, -- of the frozen input
    sealed blob not null, -- the frozen input, sealed: it may hold somebody's pay
    body text not null check (json_valid(body)), -- every finding
    judged_at text not null check (length(judged_at) = 27), -- when
    constraint judgement_id_key primary key (municipality_id, id)
) strict;
create index judgement_by_expense on judgement (municipality_id, expense_id);
create index judgement_by_claim on judgement (municipality_id, claim_id);

-- A line of a claim, frozen with it.
create table claim_line (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    claim_id blob not null check (length(claim_id) = 16), -- the claim
    number integer not null, -- within the claim, from 1
    kind text not null, -- expense, correction
    expense_id blob not null check (length(expense_id) = 16), -- the expense
    judgement_id blob check (length(judgement_id) = 16), -- the judgement that it was frozen with
    declared_cents integer not null, -- in cents
    eligible_cents integer not null, -- in cents; a correction is negative
    constraint claim_line_claim_id_number_key primary key (municipality_id, claim_id, number),
    constraint claim_line_claim_id_kind_expense_id_key unique (municipality_id, claim_id, kind, expense_id),
    constraint claim_line_claim_fkey foreign key (municipality_id, claim_id) references claim (municipality_id, id),
    constraint claim_line_expense_fkey foreign key (municipality_id, expense_id) references expense (municipality_id, id)
) strict;

-- A paper of an expense, in chunks. Sealed: a pay slip names a person.
create table expense_paper (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    digest text not null, -- SHA-256 of the file, as the manifest of a claim names it
    number integer not null, -- of the chunk, from 0
    sealed blob not null, -- the chunk, under the municipality's key
    created_at text not null check (length(created_at) = 27), -- when it came
    constraint expense_paper_digest_number_key primary key (municipality_id, digest, number)
) strict;
