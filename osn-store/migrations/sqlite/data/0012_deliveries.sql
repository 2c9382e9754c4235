-- What is written down at deliveries, which lot went where and what was called back, and evaluations of actions.

-- What was written down about people at an attempt to deliver.
create table delivery_note (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    delivery_id blob not null check (length(delivery_id) = 16), -- the delivery
    number integer not null, -- position of the attempt, counted from 0
    person_id blob not null check (length(person_id) = 16), -- whose key
    sealed blob not null, -- the notes, sealed
    constraint delivery_note_delivery_id_number_key primary key (municipality_id, delivery_id, number),
    constraint delivery_note_number_not_negative check (number >= 0),
    constraint delivery_note_delivery_id_fkey foreign key (municipality_id, delivery_id) references delivery (municipality_id, id)
) strict;

-- The lot that was handed over at a delivery.
create table delivery_lot (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    delivery_id blob not null check (length(delivery_id) = 16), -- the delivery
    action_id blob not null check (length(action_id) = 16), -- its action
    lot text not null, -- the key under which the lot is found
    shown text not null, -- the lot as it was written
    use_by text, -- its last day of use (ISO 8601), where one was written
    constraint delivery_lot_delivery_id_key primary key (municipality_id, delivery_id),
    constraint delivery_lot_lot_not_empty check (lot <> ''),
    constraint delivery_lot_delivery_id_fkey foreign key (municipality_id, delivery_id) references delivery (municipality_id, id)
) strict;
create index delivery_lot_lot_action_id_idx on delivery_lot (municipality_id, lot, action_id);
create index delivery_lot_action_id_idx on delivery_lot (municipality_id, action_id);

-- A lot that is called back: once for each action.
create table recall (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- recall
    action_id blob not null check (length(action_id) = 16), -- the action that handed it out
    lot text not null, -- the key under which the lot is found
    body text not null check (json_valid(body)), -- the recall
    created_at text not null check (length(created_at) = 27), -- when it was called back
    constraint recall_id_key primary key (municipality_id, id),
    constraint recall_action_id_lot_key unique (municipality_id, action_id, lot),
    constraint recall_lot_not_empty check (lot <> ''),
    constraint recall_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
) strict;

-- What is decided about an action at its end.
create table action_evaluation (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- evaluation
    organization_id blob check (length(organization_id) = 16), -- nothing
    subject_id blob check (length(subject_id) = 16), -- the action
    state text not null constraint action_evaluation_state_known check (state in ('proposed', 'approved', 'rejected')), -- where it stands
    body text not null check (json_valid(body)), -- the evaluation with its figures; nothing personal
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was proposed
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint action_evaluation_id_key primary key (municipality_id, id),
    constraint action_evaluation_subject_id_fkey foreign key (municipality_id, subject_id) references action (municipality_id, id)
) strict;
create index action_evaluation_subject_id_idx on action_evaluation (municipality_id, subject_id, id);
