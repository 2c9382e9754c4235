-- Decisions of other kinds than assessments, as they can be made again: plans that a program made.

-- One decision: its canonical bytes name people by identifiers only; what was said of them stays in the decisions that it cites.
create table decided_record (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- the record
    kind text not null constraint decided_record_kind_known check (kind in ('plan')), -- what was decided
    subject_id blob not null check (length(subject_id) = 16), -- the action
    number integer not null constraint decided_record_number_from_one check (number >= 1), -- version of the plan
    digest blob not null check (length(digest) = 32), -- of the canonical bytes; the journal names it too
    body text not null, -- the canonical bytes
    recorded_at text not null check (length(recorded_at) = 27), -- when
    constraint decided_record_id_key primary key (municipality_id, id),
    constraint decided_record_kind_subject_id_number_key unique (municipality_id, kind, subject_id, number)
) strict;
