-- Two records that look like one and are two.

-- What somebody who looked at a likely duplicate decided: the pair is not shown as one again.
create table record_apart (
    municipality_id uuid not null, -- municipality
    kind text not null constraint record_apart_kind_known check (kind in ('organization', 'location', 'service')), -- kind of record
    one_id uuid not null, -- the record with the smaller identifier
    other_id uuid not null, -- the other
    decided_by uuid, -- the account
    decided_at timestamptz not null, -- when
    constraint record_apart_kind_one_id_other_id_key primary key (municipality_id, kind, one_id, other_id),
    constraint record_apart_in_order check (one_id < other_id),
    constraint record_apart_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
