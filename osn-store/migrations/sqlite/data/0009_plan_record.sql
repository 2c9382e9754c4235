-- Plans that a program made, as they can be made again.

-- One version of a plan: its canonical bytes name people by identifiers only; what was said of them stays in the decisions that it cites.
create table plan_record (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- the record
    action_id blob not null check (length(action_id) = 16), -- the action
    number integer not null constraint plan_record_number_from_one check (number >= 1), -- version of the plan
    digest blob not null check (length(digest) = 32), -- of the canonical bytes; the journal names it too
    body text not null, -- the canonical bytes
    recorded_at text not null check (length(recorded_at) = 27), -- when
    constraint plan_record_id_key primary key (municipality_id, id),
    constraint plan_record_action_id_number_key unique (municipality_id, action_id, number)
) strict;
