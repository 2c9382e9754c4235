-- Papers beside requests, planned actions of bodies, and immediate help in the tables that a call uses.

-- A paper beside a request. Name and bytes are sealed: papers name people.
create table request_file (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- paper
    request_id uuid not null, -- the request
    account_id uuid not null, -- who attached it
    media text not null, -- media type, as its first bytes say
    size bigint not null, -- length of the plain bytes
    digest bytea not null, -- SHA-256 of the plain bytes
    sealed_name bytea not null, -- name of the file, sealed under the municipality's key
    created_at timestamptz not null, -- when
    constraint request_file_id_key primary key (municipality_id, id),
    constraint request_file_size_positive check (size > 0),
    constraint request_file_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
);
create index request_file_request_id_idx on request_file (municipality_id, request_id, id);

-- Its bytes.
create table request_file_chunk (
    municipality_id uuid not null, -- municipality
    file_id uuid not null, -- the paper
    number bigint not null, -- counted from 0
    sealed bytea not null, -- at most 256 KiB of plain bytes, sealed under the municipality's key
    constraint request_file_chunk_file_id_number_key primary key (municipality_id, file_id, number),
    constraint request_file_chunk_file_id_fkey foreign key (municipality_id, file_id) references request_file (municipality_id, id)
);

-- What a body plans to do, in the calendar that all bodies see.
create table planned_action (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- planned action
    organization_id uuid not null, -- the body that plans it
    subject_id uuid, -- nothing
    state text not null constraint planned_action_state_known check (state in ('planned', 'cancelled')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint planned_action_id_key primary key (municipality_id, id),
    constraint planned_action_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index planned_action_state_id_idx on planned_action (municipality_id, state, id);
create index planned_action_organization_id_idx on planned_action (municipality_id, organization_id, id);

-- A decision, an award and its deliveries belong to an action's call, or to immediate help.
alter table decision alter column run_id drop not null;
alter table decision alter column application_id drop not null;
alter table decision add column intervention_id uuid; -- the immediate help that it decides on
alter table decision add constraint decision_intervention_id_person_id_key unique (municipality_id, intervention_id, person_id);
alter table decision add constraint decision_one_subject check ((run_id is null) = (application_id is null) and (run_id is null) = (intervention_id is not null));
alter table decision add constraint decision_intervention_id_fkey foreign key (municipality_id, intervention_id) references immediate_intervention (municipality_id, id);
alter table award alter column action_id drop not null;
alter table award add column intervention_id uuid; -- the immediate help that led to it
alter table award add constraint award_intervention_id_person_id_key unique (municipality_id, intervention_id, person_id);
alter table award add constraint award_one_subject check ((action_id is null) = (intervention_id is not null));
alter table award add constraint award_intervention_id_fkey foreign key (municipality_id, intervention_id) references immediate_intervention (municipality_id, id);
alter table delivery alter column action_id drop not null;
