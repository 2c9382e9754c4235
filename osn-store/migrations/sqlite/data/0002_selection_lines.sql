-- The lines of a ranked list, in pieces: a list of a hundred thousand is written and read without being held whole.
create table selection_lines (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    selection_id blob not null check (length(selection_id) = 16), -- the list
    number integer not null, -- which piece, counted from 0; each but the last holds 256 lines
    sealed blob not null, -- the lines, sealed under the municipality's key
    constraint selection_lines_selection_id_number_key primary key (municipality_id, selection_id, number),
    constraint selection_lines_selection_id_fkey foreign key (municipality_id, selection_id) references selection (municipality_id, id)
) strict;

-- Fuel that the decisions saved so far took; grows with them, in the same transaction.
alter table assessment_run add column fuel_used integer not null default 0;
