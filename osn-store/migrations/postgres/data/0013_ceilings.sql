-- Ceilings of immediate help, proposed by one person and approved by another.

-- The most that one immediate help of a catalogue's entry may take, as it is proposed.
create table ceiling_proposal (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- proposal
    organization_id uuid, -- nobody
    subject_id uuid, -- nothing
    state text not null constraint ceiling_proposal_state_known check (state in ('proposed', 'approved', 'refused')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint ceiling_proposal_id_key primary key (municipality_id, id),
    constraint ceiling_proposal_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index ceiling_proposal_state_id_idx on ceiling_proposal (municipality_id, state, id);
