-- Money, further: national sets of rules, the register of irregularities, scientific opinions. Migration: 8.

-- A national set of rules on expenditure: a plugin. Every version stays, for the judgements made with it.
create table rule_set (
    municipality_id uuid not null, -- municipality
    package_digest text not null, -- what is installed
    code_digest text not null, -- what judges
    name text not null, -- name of the set
    set_version text not null, -- version of the set, for people
    state text not null constraint rule_set_state_known check (state in ('installed', 'enabled')), -- whether judgements take it
    blob_id bytea not null, -- its bytes
    body jsonb not null, -- contract, golden cases, where it comes from
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was installed
    updated_at timestamptz not null, -- last change
    constraint rule_set_package_digest_key primary key (municipality_id, package_digest),
    constraint rule_set_blob_id_fkey foreign key (municipality_id, blob_id) references blob (municipality_id, id)
);
create unique index rule_set_one_enabled on rule_set (municipality_id) where state = 'enabled';
create index rule_set_by_code on rule_set (municipality_id, code_digest);

-- An irregularity: recorded by one person, confirmed by another, taken back by a claim.
create table irregularity (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- irregularity
    operation_id uuid not null, -- the operation
    expense_id uuid not null, -- the expense
    number bigint not null, -- within the operation, from 1
    state text not null constraint irregularity_state_known check (state in ('suspected', 'confirmed', 'corrected', 'dismissed')), -- where it stands
    amount_cents bigint not null, -- in cents
    body jsonb not null, -- who found it, when, article, finding, who decided
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint irregularity_id_key primary key (municipality_id, id),
    constraint irregularity_operation_id_number_key unique (municipality_id, operation_id, number),
    constraint irregularity_amount_positive check (amount_cents > 0),
    constraint irregularity_expense_fkey foreign key (municipality_id, expense_id) references expense (municipality_id, id)
);

-- A scientific opinion on a proposal of an action or on a deliverable of an operation.
create table scientific_opinion (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- opinion
    about text not null, -- proposal:<id>, deliverable:<operation>:<code>
    state text not null constraint scientific_opinion_state_known check (state in ('favourable', 'with-remarks', 'unfavourable')), -- what it says
    body jsonb not null, -- who gave it, on which day, in which words, its number in the protocol
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was recorded
    updated_at timestamptz not null, -- last change
    constraint scientific_opinion_id_key primary key (municipality_id, id)
);
create index scientific_opinion_by_about on scientific_opinion (municipality_id, about);
