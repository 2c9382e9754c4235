-- What there is to hand over.

-- What was recorded of an action's stock; entries are only added.
create table stock_entry (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- entry
    action_id blob not null check (length(action_id) = 16), -- the action that hands it over
    body text not null check (json_valid(body)), -- the entry; nothing personal
    created_at text not null check (length(created_at) = 27), -- when it was recorded
    constraint stock_entry_id_key primary key (municipality_id, id),
    constraint stock_entry_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
) strict;
create index stock_entry_action_id_idx on stock_entry (municipality_id, action_id, id);
