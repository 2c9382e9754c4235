-- What is written down at deliveries, which lot went where and what was called back, and evaluations of actions.

-- What was written down about people at an attempt to deliver.
create table delivery_note (
    municipality_id uuid not null, -- municipality
    delivery_id uuid not null, -- the delivery
    number bigint not null, -- position of the attempt, counted from 0
    person_id uuid not null, -- whose key
    sealed bytea not null, -- the notes, sealed
    constraint delivery_note_delivery_id_number_key primary key (municipality_id, delivery_id, number),
    constraint delivery_note_number_not_negative check (number >= 0),
    constraint delivery_note_delivery_id_fkey foreign key (municipality_id, delivery_id) references delivery (municipality_id, id)
);

-- The lot that was handed over at a delivery.
create table delivery_lot (
    municipality_id uuid not null, -- municipality
    delivery_id uuid not null, -- the delivery
    action_id uuid not null, -- its action
    lot text not null, -- the key under which the lot is found
    shown text not null, -- the lot as it was written
    use_by text, -- its last day of use (ISO 8601), where one was written
    constraint delivery_lot_delivery_id_key primary key (municipality_id, delivery_id),
    constraint delivery_lot_lot_not_empty check (lot <> ''),
    constraint delivery_lot_delivery_id_fkey foreign key (municipality_id, delivery_id) references delivery (municipality_id, id)
);
create index delivery_lot_lot_action_id_idx on delivery_lot (municipality_id, lot, action_id);
create index delivery_lot_action_id_idx on delivery_lot (municipality_id, action_id);

-- A lot that is called back: once for each action.
create table recall (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- recall
    action_id uuid not null, -- the action that handed it out
    lot text not null, -- the key under which the lot is found
    body jsonb not null, -- the recall
    created_at timestamptz not null, -- when it was called back
    constraint recall_id_key primary key (municipality_id, id),
    constraint recall_action_id_lot_key unique (municipality_id, action_id, lot),
    constraint recall_lot_not_empty check (lot <> ''),
    constraint recall_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
);

-- What is decided about an action at its end.
create table action_evaluation (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- evaluation
    organization_id uuid, -- nothing
    subject_id uuid, -- the action
    state text not null constraint action_evaluation_state_known check (state in ('proposed', 'approved', 'rejected')), -- where it stands
    body jsonb not null, -- the evaluation with its figures; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was proposed
    updated_at timestamptz not null, -- last change
    constraint action_evaluation_id_key primary key (municipality_id, id),
    constraint action_evaluation_subject_id_fkey foreign key (municipality_id, subject_id) references action (municipality_id, id)
);
create index action_evaluation_subject_id_idx on action_evaluation (municipality_id, subject_id, id);
