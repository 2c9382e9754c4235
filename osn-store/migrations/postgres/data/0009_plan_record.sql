-- Plans that a program made, as they can be made again.

-- One version of a plan: its canonical bytes name people by identifiers only; what was said of them stays in the decisions that it cites.
create table plan_record (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- the record
    action_id uuid not null, -- the action
    number bigint not null constraint plan_record_number_from_one check (number >= 1), -- version of the plan
    digest bytea not null, -- of the canonical bytes; the journal names it too
    body text not null, -- the canonical bytes
    recorded_at timestamptz not null, -- when
    constraint plan_record_id_key primary key (municipality_id, id),
    constraint plan_record_action_id_number_key unique (municipality_id, action_id, number)
);
