-- Ceilings of immediate help, proposed by one person and approved by another.

-- The most that one immediate help of a catalogue's entry may take, as it is proposed.
create table ceiling_proposal (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- proposal
    organization_id blob check (length(organization_id) = 16), -- nobody
    subject_id blob check (length(subject_id) = 16), -- nothing
    state text not null constraint ceiling_proposal_state_known check (state in ('proposed', 'approved', 'refused')), -- where it stands
    body text not null check (json_valid(body)), -- the rest of it; nothing personal
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was written first
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint ceiling_proposal_id_key primary key (municipality_id, id),
    constraint ceiling_proposal_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index ceiling_proposal_state_id_idx on ceiling_proposal (municipality_id, state, id);
