-- Money, further: national sets of rules, the register of irregularities, scientific opinions. Migration: 8.

-- A national set of rules on expenditure: a plugin. Every version stays, for the judgements made with it.
create table rule_set (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    package_digest text not null, -- what is installed
    code_digest text not null, -- what judges
    name text not null, -- name of the set
    set_version text not null, -- version of the set, for people
    state text not null constraint rule_set_state_known check (state in ('installed', 'enabled')), -- whether judgements take it
    blob_id blob not null, -- its bytes
    body text not null check (json_valid(body)), -- contract, golden cases, where it comes from
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was installed
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint rule_set_package_digest_key primary key (municipality_id, package_digest),
    constraint rule_set_blob_id_fkey foreign key (municipality_id, blob_id) references blob (municipality_id, id)
) strict;
create unique index rule_set_one_enabled on rule_set (municipality_id) where state = 'enabled';
create index rule_set_by_code on rule_set (municipality_id, code_digest);

-- An irregularity: recorded by one person, confirmed by another, taken back by a claim.
create table irregularity (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- irregularity
    operation_id blob not null check (length(operation_id) = 16), -- the operation
    expense_id blob not null check (length(expense_id) = 16), -- the expense
    number integer not null, -- within the operation, from 1
    state text not null constraint irregularity_state_known check (state in ('suspected', 'confirmed', 'corrected', 'dismissed')), -- where it stands
    amount_cents integer not null, -- in cents
    body text not null check (json_valid(body)), -- who found it, when, article, finding, who decided
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint irregularity_id_key primary key (municipality_id, id),
    constraint irregularity_operation_id_number_key unique (municipality_id, operation_id, number),
    constraint irregularity_amount_positive check (amount_cents > 0),
    constraint irregularity_expense_fkey foreign key (municipality_id, expense_id) references expense (municipality_id, id)
) strict;

-- A scientific opinion on a proposal of an action or on a deliverable of an operation.
create table scientific_opinion (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- opinion
    about text not null, -- proposal:<id>, deliverable:<operation>:<code>
    state text not null constraint scientific_opinion_state_known check (state in ('favourable', 'with-remarks', 'unfavourable')), -- what it says
    body text not null check (json_valid(body)), -- who gave it, on which day, in which words, its number in the protocol
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint scientific_opinion_id_key primary key (municipality_id, id)
) strict;
create index scientific_opinion_by_about on scientific_opinion (municipality_id, about);
