-- Upkeep of the mapping: confirmations, reminders, suggestions, merged records, subscriptions.

-- Somebody who answers for a record said that it is right.
create table record_confirmation (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- confirmation
    kind text not null constraint record_confirmation_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id uuid not null, -- the record
    owner_id uuid not null, -- the body that owned it then
    confirmed_on date not null, -- the day, as the municipality counts it
    body jsonb not null, -- by which way, who, figures of a period, how it was asked
    created_at timestamptz not null, -- when it was recorded
    constraint record_confirmation_id_key primary key (municipality_id, id),
    constraint record_confirmation_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index record_confirmation_record_id_idx on record_confirmation (municipality_id, kind, record_id, id);

-- A reminder about one record of one body; its link works once.
create table reminder (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- reminder; with the municipality's mark over it, the link
    kind text not null constraint reminder_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id uuid not null, -- the record
    owner_id uuid not null, -- the body that is asked
    state text not null constraint reminder_state_known check (state in ('sent', 'used', 'replaced')), -- where it stands
    body jsonb not null, -- the reminder
    version bigint not null, -- optimistic lock: what makes a link work once
    created_at timestamptz not null, -- when it was written
    updated_at timestamptz not null, -- last change
    constraint reminder_id_key primary key (municipality_id, id),
    constraint reminder_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index reminder_record_id_idx on reminder (municipality_id, kind, record_id, created_at);
create unique index reminder_record_id_sent_key on reminder (municipality_id, kind, record_id) where state = 'sent';

-- What somebody says is wrong with a record.
create table suggestion (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- suggestion
    kind text not null constraint suggestion_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id uuid not null, -- the record
    owner_id uuid not null, -- the body that owns it
    state text not null constraint suggestion_state_known check (state in ('open', 'accepted', 'refused')), -- where it stands
    body jsonb not null, -- the suggestion without its words
    sealed_words bytea not null, -- what was written, sealed under the municipality's key: it may name people
    sealed_contact bytea, -- how to reach whoever wrote it, sealed; gone once it is decided
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it came
    updated_at timestamptz not null, -- last change
    constraint suggestion_id_key primary key (municipality_id, id),
    constraint suggestion_contact_while_open check (state = 'open' or sealed_contact is null),
    constraint suggestion_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index suggestion_state_id_idx on suggestion (municipality_id, state, id);
create index suggestion_record_id_idx on suggestion (municipality_id, kind, record_id, id);

-- A record that was found to be another one: its address leads there.
create table record_merge (
    municipality_id uuid not null, -- municipality
    kind text not null constraint record_merge_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id uuid not null, -- the record that is gone
    into_id uuid not null, -- the record that stays
    revision bigint not null, -- the mapping's revision that merged them
    merged_by uuid, -- the account
    merged_at timestamptz not null, -- when
    constraint record_merge_kind_record_id_key primary key (municipality_id, kind, record_id),
    constraint record_merge_not_into_itself check (record_id <> into_id),
    constraint record_merge_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index record_merge_into_id_idx on record_merge (municipality_id, kind, into_id);

-- What a body wants to hear of.
create table subscription (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- subscription
    organization_id uuid not null, -- the body
    state text not null constraint subscription_state_known check (state in ('active', 'ended')), -- an ended one is kept for its history
    body jsonb not null, -- categories, areas, and up to where it was told
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it began
    updated_at timestamptz not null, -- last change
    constraint subscription_id_key primary key (municipality_id, id),
    constraint subscription_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index subscription_organization_id_idx on subscription (municipality_id, organization_id, id);
