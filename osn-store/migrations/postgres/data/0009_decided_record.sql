-- Decisions of other kinds than assessments, as they can be made again: plans that a program made.

-- One decision: its canonical bytes name people by identifiers only; what was said of them stays in the decisions that it cites.
create table decided_record (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- the record
    kind text not null constraint decided_record_kind_known check (kind in ('plan')), -- what was decided
    subject_id uuid not null, -- the action
    number bigint not null constraint decided_record_number_from_one check (number >= 1), -- version of the plan
    digest bytea not null, -- of the canonical bytes; the journal names it too
    body text not null, -- the canonical bytes
    recorded_at timestamptz not null, -- when
    constraint decided_record_id_key primary key (municipality_id, id),
    constraint decided_record_kind_subject_id_number_key unique (municipality_id, kind, subject_id, number)
);
