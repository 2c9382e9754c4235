-- Upkeep of the mapping: confirmations, reminders, suggestions, merged records, subscriptions.

-- Somebody who answers for a record said that it is right.
create table record_confirmation (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- confirmation
    kind text not null constraint record_confirmation_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id blob not null check (length(record_id) = 16), -- the record
    owner_id blob not null check (length(owner_id) = 16), -- the body that owned it then
    confirmed_on text not null check (length(confirmed_on) = 10), -- the day, as the municipality counts it
    body text not null check (json_valid(body)), -- by which way, who, figures of a period, how it was asked
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    constraint record_confirmation_id_key primary key (municipality_id, id),
    constraint record_confirmation_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index record_confirmation_record_id_idx on record_confirmation (municipality_id, kind, record_id, id);

-- A reminder about one record of one body; its link works once.
create table reminder (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- reminder; with the municipality's mark over it, the link
    kind text not null constraint reminder_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id blob not null check (length(record_id) = 16), -- the record
    owner_id blob not null check (length(owner_id) = 16), -- the body that is asked
    state text not null constraint reminder_state_known check (state in ('sent', 'used', 'replaced')), -- where it stands
    body text not null check (json_valid(body)), -- the reminder
    version integer not null, -- optimistic lock: what makes a link work once
    created_at text not null check (length(created_at) = 27), -- when it was written
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint reminder_id_key primary key (municipality_id, id),
    constraint reminder_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index reminder_record_id_idx on reminder (municipality_id, kind, record_id, created_at);
create unique index reminder_record_id_sent_key on reminder (municipality_id, kind, record_id) where state = 'sent';

-- What somebody says is wrong with a record.
create table suggestion (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- suggestion
    kind text not null constraint suggestion_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id blob not null check (length(record_id) = 16), -- the record
    owner_id blob not null check (length(owner_id) = 16), -- the body that owns it
    state text not null constraint suggestion_state_known check (state in ('open', 'accepted', 'refused')), -- where it stands
    body text not null check (json_valid(body)), -- the suggestion without its words
    sealed_words blob not null, -- what was written, sealed under the municipality's key: it may name people
    sealed_contact blob, -- how to reach whoever wrote it, sealed; gone once it is decided
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it came
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint suggestion_id_key primary key (municipality_id, id),
    constraint suggestion_contact_while_open check (state = 'open' or sealed_contact is null),
    constraint suggestion_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index suggestion_state_id_idx on suggestion (municipality_id, state, id);
create index suggestion_record_id_idx on suggestion (municipality_id, kind, record_id, id);

-- A record that was found to be another one: its address leads there.
create table record_merge (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    kind text not null constraint record_merge_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    record_id blob not null check (length(record_id) = 16), -- the record that is gone
    into_id blob not null check (length(into_id) = 16), -- the record that stays
    revision integer not null, -- the mapping's revision that merged them
    merged_by blob check (length(merged_by) = 16), -- the account
    merged_at text not null check (length(merged_at) = 27), -- when
    constraint record_merge_kind_record_id_key primary key (municipality_id, kind, record_id),
    constraint record_merge_not_into_itself check (record_id <> into_id),
    constraint record_merge_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index record_merge_into_id_idx on record_merge (municipality_id, kind, into_id);

-- What a body wants to hear of.
create table subscription (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- subscription
    organization_id blob not null check (length(organization_id) = 16), -- the body
    state text not null constraint subscription_state_known check (state in ('active', 'ended')), -- an ended one is kept for its history
    body text not null check (json_valid(body)), -- categories, areas, and up to where it was told
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it began
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint subscription_id_key primary key (municipality_id, id),
    constraint subscription_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index subscription_organization_id_idx on subscription (municipality_id, organization_id, id);
