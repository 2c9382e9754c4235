-- Papers beside requests, planned actions of bodies, and immediate help in the tables that a call uses.

-- A paper beside a request. Name and bytes are sealed: papers name people.
create table request_file (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- paper
    request_id blob not null check (length(request_id) = 16), -- the request
    account_id blob not null check (length(account_id) = 16), -- who attached it
    media text not null, -- media type, as its first bytes say
    size integer not null, -- length of the plain bytes
    digest blob not null, -- SHA-256 of the plain bytes
    sealed_name blob not null, -- name of the file, sealed under the municipality's key
    created_at text not null check (length(created_at) = 27), -- when
    constraint request_file_id_key primary key (municipality_id, id),
    constraint request_file_size_positive check (size > 0),
    constraint request_file_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
) strict;
create index request_file_request_id_idx on request_file (municipality_id, request_id, id);

-- Its bytes.
create table request_file_chunk (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    file_id blob not null check (length(file_id) = 16), -- the paper
    number integer not null, -- counted from 0
    sealed blob not null, -- at most 256 KiB of plain bytes, sealed under the municipality's key
    constraint request_file_chunk_file_id_number_key primary key (municipality_id, file_id, number),
    constraint request_file_chunk_file_id_fkey foreign key (municipality_id, file_id) references request_file (municipality_id, id)
) strict;

-- What a body plans to do, in the calendar that all bodies see.
create table planned_action (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- planned action
    organization_id blob not null check (length(organization_id) = 16), -- the body that plans it
    subject_id blob check (length(subject_id) = 16), -- nothing
    state text not null constraint planned_action_state_known check (state in ('planned', 'cancelled')), -- where it stands
    body text not null check (json_valid(body)), -- the rest of it; nothing personal
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was written first
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint planned_action_id_key primary key (municipality_id, id),
    constraint planned_action_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index planned_action_state_id_idx on planned_action (municipality_id, state, id);
create index planned_action_organization_id_idx on planned_action (municipality_id, organization_id, id);

-- SQLite cannot take a condition from a column: the tables are written anew. What refers to them is looked at when the
-- migration is committed.
pragma defer_foreign_keys = on;

create temporary table decision_before as select * from decision;
drop table decision;
-- A verdict with its frozen input, sealed; never changed. A program's, or that of two people on immediate help.
create table decision (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- decision
    run_id blob check (length(run_id) = 16), -- the run; none of immediate help
    application_id blob check (length(application_id) = 16), -- the application; none of immediate help
    person_id blob not null check (length(person_id) = 16), -- whose key
    outcome text not null constraint decision_outcome_known check (outcome in ('eligible', 'not-eligible', 'missing-evidence')), -- what the program judged, or two people decided
    units integer not null, -- places that it would take
    digest blob not null, -- digest of the record: leaf of the run's Merkle tree
    decided_at text not null check (length(decided_at) = 27), -- when
    sealed_keys blob not null, -- ranking keys, sealed: an income or a degree of disability is nobody's business
    sealed blob not null, -- the record, sealed
    intervention_id blob check (length(intervention_id) = 16), -- the immediate help that it decides on
    constraint decision_id_key primary key (municipality_id, id),
    constraint decision_run_id_application_id_key unique (municipality_id, run_id, application_id),
    constraint decision_intervention_id_person_id_key unique (municipality_id, intervention_id, person_id),
    constraint decision_one_subject check ((run_id is null) = (application_id is null) and (run_id is null) = (intervention_id is not null)),
    constraint decision_run_id_fkey foreign key (municipality_id, run_id) references assessment_run (municipality_id, id),
    constraint decision_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id),
    constraint decision_intervention_id_fkey foreign key (municipality_id, intervention_id) references immediate_intervention (municipality_id, id)
) strict;
create index decision_run_id_id_idx on decision (municipality_id, run_id, id);
create index decision_application_id_idx on decision (municipality_id, application_id);
insert into decision (municipality_id, id, run_id, application_id, person_id, outcome, units, digest, decided_at, sealed_keys, sealed) select municipality_id, id, run_id, application_id, person_id, outcome, units, digest, decided_at, sealed_keys, sealed from decision_before;
drop table decision_before;

create temporary table award_before as select * from award;
drop table award;
-- The right of a person, household or body to deliveries.
create table award (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- award
    action_id blob check (length(action_id) = 16), -- the action; none of immediate help
    person_id blob not null check (length(person_id) = 16), -- the recipient; for a body that is helped, a key of its own
    application_id blob check (length(application_id) = 16), -- the application that led to it
    state text not null constraint award_state_known check (state in ('active', 'withdrawn', 'fulfilled')), -- where it stands
    body text not null check (json_valid(body)), -- the award
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was made
    updated_at text not null check (length(updated_at) = 27), -- last change
    intervention_id blob check (length(intervention_id) = 16), -- the immediate help that led to it
    constraint award_id_key primary key (municipality_id, id),
    constraint award_application_id_key unique (municipality_id, application_id),
    constraint award_intervention_id_person_id_key unique (municipality_id, intervention_id, person_id),
    constraint award_one_subject check ((action_id is null) = (intervention_id is not null)),
    constraint award_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id),
    constraint award_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id),
    constraint award_intervention_id_fkey foreign key (municipality_id, intervention_id) references immediate_intervention (municipality_id, id)
) strict;
create index award_action_id_id_idx on award (municipality_id, action_id, id);
insert into award (municipality_id, id, action_id, person_id, application_id, state, body, version, created_at, updated_at) select municipality_id, id, action_id, person_id, application_id, state, body, version, created_at, updated_at from award_before;
drop table award_before;

create temporary table delivery_before as select * from delivery;
drop table delivery;
-- One delivery of an award.
create table delivery (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- delivery
    award_id blob not null check (length(award_id) = 16), -- the award; never an application
    action_id blob check (length(action_id) = 16), -- the award's action, for its lists; none of immediate help
    instalment integer not null, -- counted from 1
    planned_for text not null check (length(planned_for) = 10), -- the day
    state text not null constraint delivery_state_known check (state in ('planned', 'failed', 'delivered', 'cancelled')), -- where it stands
    body text not null check (json_valid(body)), -- the delivery with its attempts
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was planned first
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint delivery_id_key primary key (municipality_id, id),
    constraint delivery_award_id_instalment_key unique (municipality_id, award_id, instalment),
    constraint delivery_instalment_from_one check (instalment >= 1),
    constraint delivery_award_id_fkey foreign key (municipality_id, award_id) references award (municipality_id, id)
) strict;
create index delivery_action_id_instalment_id_idx on delivery (municipality_id, action_id, instalment, id);
insert into delivery (municipality_id, id, award_id, action_id, instalment, planned_for, state, body, version, created_at, updated_at) select municipality_id, id, award_id, action_id, instalment, planned_for, state, body, version, created_at, updated_at from delivery_before;
drop table delivery_before;
