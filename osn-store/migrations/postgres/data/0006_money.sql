-- Money: suppliers, contracts, budget, commitments, expenses with their judgements, claims. Migration: 6.

-- Who is paid. Name and tax number are sealed under the municipality's key: a supplier may be a person.
create table supplier (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- supplier
    kind text not null, -- company, person, staff, public-body
    afm_index bytea, -- keyed hash of the tax number: one supplier under every spelling
    state text not null constraint supplier_state_known check (state in ('active')), -- active
    sealed bytea not null, -- name and tax number
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint supplier_id_key primary key (municipality_id, id),
    constraint supplier_afm_index_key unique (municipality_id, afm_index)
);

-- A contract under which somebody is paid.
create table contract (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- contract
    operation_id uuid not null, -- the operation
    supplier_id uuid not null, -- the contractor
    state text not null constraint contract_state_known check (state in ('active')), -- active
    body jsonb not null, -- path, thresholds, numbers of publication
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint contract_id_key primary key (municipality_id, id),
    constraint contract_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id),
    constraint contract_supplier_fkey foreign key (municipality_id, supplier_id) references supplier (municipality_id, id)
);
create index contract_by_operation on contract (municipality_id, operation_id);

-- A line of an operation's budget.
create table budget_line (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- line
    operation_id uuid not null, -- the operation
    code text not null, -- code within the operation
    state text not null constraint budget_line_state_known check (state in ('active')), -- active
    amount_cents bigint not null, -- as it stands, in cents
    body jsonb not null, -- the line
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint budget_line_id_key primary key (municipality_id, id),
    constraint budget_line_operation_id_code_key unique (municipality_id, operation_id, code),
    constraint budget_line_amount_positive check (amount_cents >= 0),
    constraint budget_line_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id)
);

-- Money that one person asks to move between lines, and another lets move.
create table reallocation (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- reallocation
    operation_id uuid not null, -- the operation
    state text not null constraint reallocation_state_known check (state in ('proposed', 'approved', 'rejected')), -- proposed, approved, rejected
    body jsonb not null, -- from, to, amount, reason, who
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint reallocation_id_key primary key (municipality_id, id),
    constraint reallocation_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id)
);
create index reallocation_by_operation on reallocation (municipality_id, operation_id);

-- A commitment of money, in force from its posting.
create table commitment (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- commitment
    operation_id uuid not null, -- the operation
    budget_line_id uuid not null, -- the line
    ada text not null, -- number of its posting
    state text not null constraint commitment_state_known check (state in ('active', 'released')), -- active, released
    amount_cents bigint not null, -- in cents
    body jsonb not null, -- the commitment
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint commitment_id_key primary key (municipality_id, id),
    constraint commitment_ada_key unique (municipality_id, ada),
    constraint commitment_amount_positive check (amount_cents > 0),
    constraint commitment_line_fkey foreign key (municipality_id, budget_line_id) references budget_line (municipality_id, id)
);
create index commitment_by_operation on commitment (municipality_id, operation_id);

-- A claim: expenses of a sub-project, judged, frozen, submitted.
create table claim (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- claim
    operation_id uuid not null, -- the operation
    number bigint not null, -- within the operation, from 1
    state text not null constraint claim_state_known check (state in ('draft', 'frozen', 'submitted', 'certified', 'withdrawn')), -- where it stands
    body jsonb not null, -- sub-project, sums, rule set, who and when
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint claim_id_key primary key (municipality_id, id),
    constraint claim_operation_id_number_key unique (municipality_id, operation_id, number),
    constraint claim_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id)
);

-- An expense: its paper, its days, its form of cost. It holds no names.
create table expense (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- expense
    operation_id uuid not null, -- the operation that declares it
    budget_line_id uuid, -- its line
    supplier_id uuid, -- who is paid
    contract_id uuid, -- under which contract
    claim_id uuid, -- the claim that froze it
    credits_id uuid, -- the expense that a credit note reduces
    fingerprint bytea, -- of its paper: the same paper under two spellings is one
    state text not null constraint expense_state_known check (state in ('entered', 'approved', 'claimed', 'certified', 'withdrawn')), -- where it stands
    category text not null, -- of the budget grid
    paid_on date, -- when it was paid
    declared_cents bigint not null, -- what is declared, in cents; a credit note is negative
    eligible_cents bigint not null, -- what is eligible of it by the last judgement
    outcome text not null, -- ok, warn, cut, reject: the last judgement
    life jsonb not null, -- its state with who and when
    body jsonb not null, -- the expense
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint expense_id_key primary key (municipality_id, id),
    constraint expense_claim_held check ((state in ('claimed', 'certified')) = (claim_id is not null)),
    constraint expense_eligible_within check (eligible_cents >= 0 and (eligible_cents <= declared_cents or declared_cents < 0)),
    constraint expense_operation_fkey foreign key (municipality_id, operation_id) references operation (municipality_id, id),
    constraint expense_supplier_fkey foreign key (municipality_id, supplier_id) references supplier (municipality_id, id),
    constraint expense_contract_fkey foreign key (municipality_id, contract_id) references contract (municipality_id, id),
    constraint expense_line_fkey foreign key (municipality_id, budget_line_id) references budget_line (municipality_id, id),
    constraint expense_claim_fkey foreign key (municipality_id, claim_id) references claim (municipality_id, id)
);
create index expense_by_operation on expense (municipality_id, operation_id);
create index expense_by_fingerprint on expense (municipality_id, fingerprint);
create index expense_by_claim on expense (municipality_id, claim_id);

-- What part of an expense was for what: the way from a euro to a delivery, and back.
create table expense_part (
    municipality_id uuid not null, -- municipality
    expense_id uuid not null, -- the expense
    number bigint not null, -- within the expense, from 0
    action_id uuid, -- the action
    delivery_id uuid, -- the delivery
    instalment bigint, -- every delivery of this instalment
    amount_cents bigint not null, -- in cents
    constraint expense_part_expense_id_number_key primary key (municipality_id, expense_id, number),
    constraint expense_part_expense_fkey foreign key (municipality_id, expense_id) references expense (municipality_id, id)
);
create index expense_part_by_action on expense_part (municipality_id, action_id);
create index expense_part_by_delivery on expense_part (municipality_id, delivery_id);

-- A judgement with its frozen input: it can be made again.
create table judgement (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- judgement
    expense_id uuid, -- the expense; none of an operation as a whole
    claim_id uuid, -- the claim that asked for it
    stage text not null, -- entry, claim
    rule_set text not null, -- digest of the rule set
    outcome text not null, -- ok, warn, cut, reject
    eligible_cents bigint not null, -- in cents
    input_digest bytea not null, -- of the frozen input
    sealed bytea not null, -- the frozen input, sealed: it may hold somebody's pay
    body jsonb not null, -- every finding
    judged_at timestamptz not null, -- when
    constraint judgement_id_key primary key (municipality_id, id)
);
create index judgement_by_expense on judgement (municipality_id, expense_id);
create index judgement_by_claim on judgement (municipality_id, claim_id);

-- A line of a claim, frozen with it.
create table claim_line (
    municipality_id uuid not null, -- municipality
    claim_id uuid not null, -- the claim
    number bigint not null, -- within the claim, from 1
    kind text not null, -- expense, correction
    expense_id uuid not null, -- the expense
    judgement_id uuid, -- the judgement that it was frozen with
    declared_cents bigint not null, -- in cents
    eligible_cents bigint not null, -- in cents; a correction is negative
    constraint claim_line_claim_id_number_key primary key (municipality_id, claim_id, number),
    constraint claim_line_claim_id_kind_expense_id_key unique (municipality_id, claim_id, kind, expense_id),
    constraint claim_line_claim_fkey foreign key (municipality_id, claim_id) references claim (municipality_id, id),
    constraint claim_line_expense_fkey foreign key (municipality_id, expense_id) references expense (municipality_id, id)
);

-- A paper of an expense, in chunks. Sealed: a pay slip names a person.
create table expense_paper (
    municipality_id uuid not null, -- municipality
    digest text not null, -- SHA-256 of the file, as the manifest of a claim names it
    number bigint not null, -- of the chunk, from 0
    sealed bytea not null, -- the chunk, under the municipality's key
    created_at timestamptz not null, -- when it came
    constraint expense_paper_digest_number_key primary key (municipality_id, digest, number)
);
