-- What there is to hand over.

-- What was recorded of an action's stock; entries are only added.
create table stock_entry (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- entry
    action_id uuid not null, -- the action that hands it over
    body jsonb not null, -- the entry; nothing personal
    created_at timestamptz not null, -- when it was recorded
    constraint stock_entry_id_key primary key (municipality_id, id),
    constraint stock_entry_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
);
create index stock_entry_action_id_idx on stock_entry (municipality_id, action_id, id);
