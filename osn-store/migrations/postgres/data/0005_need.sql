-- Need and network: gaps and what bodies offer, referrals, members, meetings, overruling, immediate help, proposals.

-- Something that somebody reports as missing.
create table reported_gap (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- gap
    organization_id uuid, -- the body behind the report; none: the team
    subject_id uuid, -- the meeting or referral that it came from
    state text not null constraint reported_gap_state_known check (state in ('reported', 'accepted', 'closed', 'joined', 'dismissed')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint reported_gap_id_key primary key (municipality_id, id),
    constraint reported_gap_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index reported_gap_state_id_idx on reported_gap (municipality_id, state, id);
create index reported_gap_organization_id_idx on reported_gap (municipality_id, organization_id, id);
create index reported_gap_subject_id_idx on reported_gap (municipality_id, subject_id, id);

-- Means that a body offers towards a gap.
create table contribution (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- offer
    organization_id uuid, -- the body that offers
    subject_id uuid, -- the gap
    state text not null constraint contribution_state_known check (state in ('offered', 'accepted', 'declined', 'withdrawn')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint contribution_id_key primary key (municipality_id, id),
    constraint contribution_subject_id_fkey foreign key (municipality_id, subject_id) references reported_gap (municipality_id, id),
    constraint contribution_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index contribution_state_id_idx on contribution (municipality_id, state, id);
create index contribution_organization_id_idx on contribution (municipality_id, organization_id, id);
create index contribution_subject_id_idx on contribution (municipality_id, subject_id, id);

-- More places of a service that exists, from a day on.
create table service_extension (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- extension
    organization_id uuid, -- the body that offers the service
    subject_id uuid, -- the gap
    state text not null constraint service_extension_state_known check (state in ('planned', 'applied', 'cancelled', 'failed')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint service_extension_id_key primary key (municipality_id, id),
    constraint service_extension_subject_id_fkey foreign key (municipality_id, subject_id) references reported_gap (municipality_id, id),
    constraint service_extension_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index service_extension_state_id_idx on service_extension (municipality_id, state, id);
create index service_extension_organization_id_idx on service_extension (municipality_id, organization_id, id);
create index service_extension_subject_id_idx on service_extension (municipality_id, subject_id, id);

-- A person handed to a body of the network; who they are is sealed in network_person.
create table referral (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- referral
    organization_id uuid, -- the body that is asked: it sees these only
    subject_id uuid, -- the request behind it
    state text not null constraint referral_state_known check (state in ('sent', 'accepted', 'refused', 'expired', 'withdrawn', 'concluded')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint referral_id_key primary key (municipality_id, id),
    constraint referral_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index referral_state_id_idx on referral (municipality_id, state, id);
create index referral_organization_id_idx on referral (municipality_id, organization_id, id);
create index referral_subject_id_idx on referral (municipality_id, subject_id, id);

-- A body's membership of the network.
create table network_member (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- membership
    organization_id uuid, -- the body
    subject_id uuid, -- nothing
    state text not null constraint network_member_state_known check (state in ('invited', 'active', 'ended')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint network_member_id_key primary key (municipality_id, id),
    constraint network_member_organization_id_key unique (municipality_id, organization_id),
    constraint network_member_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index network_member_state_id_idx on network_member (municipality_id, state, id);

-- A good practice that a body shares.
create table good_practice (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- entry
    organization_id uuid, -- the body; none: the team
    subject_id uuid, -- nothing
    state text not null constraint good_practice_state_known check (state in ('shared', 'withdrawn')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint good_practice_id_key primary key (municipality_id, id),
    constraint good_practice_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index good_practice_state_id_idx on good_practice (municipality_id, state, id);
create index good_practice_organization_id_idx on good_practice (municipality_id, organization_id, id);

-- A meeting of the network.
create table meeting (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- meeting
    organization_id uuid, -- the host; none: the team
    subject_id uuid, -- nothing
    state text not null constraint meeting_state_known check (state in ('planned', 'invited', 'held', 'cancelled')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint meeting_id_key primary key (municipality_id, id),
    constraint meeting_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index meeting_state_id_idx on meeting (municipality_id, state, id);
create index meeting_organization_id_idx on meeting (municipality_id, organization_id, id);

-- A proposal to answer a need otherwise than the rules.
create table overruling (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- proposal
    organization_id uuid, -- nobody
    subject_id uuid, -- the request
    state text not null constraint overruling_state_known check (state in ('proposed', 'approved', 'rejected', 'lapsed')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint overruling_id_key primary key (municipality_id, id),
    constraint overruling_subject_id_fkey foreign key (municipality_id, subject_id) references support_request (municipality_id, id),
    constraint overruling_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index overruling_state_id_idx on overruling (municipality_id, state, id);
create index overruling_subject_id_idx on overruling (municipality_id, subject_id, id);
create unique index overruling_subject_id_proposed_key on overruling (municipality_id, subject_id) where state = 'proposed';

-- Immediate help without a call; who they are is sealed in network_person.
create table immediate_intervention (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- help
    organization_id uuid, -- the body that is helped, where it is one
    subject_id uuid, -- the emergency that opened it
    state text not null constraint immediate_intervention_state_known check (state in ('proposed', 'approved', 'refused', 'delivered', 'cancelled')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint immediate_intervention_id_key primary key (municipality_id, id),
    constraint immediate_intervention_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index immediate_intervention_state_id_idx on immediate_intervention (municipality_id, state, id);
create index immediate_intervention_organization_id_idx on immediate_intervention (municipality_id, organization_id, id);
create index immediate_intervention_subject_id_idx on immediate_intervention (municipality_id, subject_id, id);

-- A declared emergency.
create table emergency (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- emergency
    organization_id uuid, -- nobody
    subject_id uuid, -- nothing
    state text not null constraint emergency_state_known check (state in ('proposed', 'declared', 'ended')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint emergency_id_key primary key (municipality_id, id),
    constraint emergency_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index emergency_state_id_idx on emergency (municipality_id, state, id);

-- A proposal of an action from certificates of need.
create table action_proposal (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- proposal
    organization_id uuid, -- nobody
    subject_id uuid, -- the operation that would pay
    state text not null constraint action_proposal_state_known check (state in ('proposed', 'approved', 'rejected', 'planned', 'withdrawn')), -- where it stands
    body jsonb not null, -- the rest of it; nothing personal
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint action_proposal_id_key primary key (municipality_id, id),
    constraint action_proposal_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index action_proposal_state_id_idx on action_proposal (municipality_id, state, id);
create index action_proposal_subject_id_idx on action_proposal (municipality_id, subject_id, id);

-- A person whom a referral or immediate help names: sealed under a key of their own, so that erasing one touches nobody else.
create table network_person (
    municipality_id uuid not null, -- municipality
    person_id uuid not null, -- the person whose key seals
    kind text not null constraint network_person_kind_known check (kind in ('referral', 'intervention')), -- what names them
    subject_id uuid not null, -- the referral or the help
    sealed bytea not null, -- who they are and what they need, sealed
    created_at timestamptz not null, -- when
    constraint network_person_person_id_key primary key (municipality_id, person_id),
    constraint network_person_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index network_person_subject_id_idx on network_person (municipality_id, subject_id, person_id);

-- People at a member of the network: one sealed list for each membership.
create table member_contacts (
    municipality_id uuid not null, -- municipality
    member_id uuid not null, -- the membership
    sealed bytea not null, -- names, roles and ways to reach them, sealed under the municipality's key
    updated_at timestamptz not null, -- last change
    constraint member_contacts_member_id_key primary key (municipality_id, member_id),
    constraint member_contacts_member_id_fkey foreign key (municipality_id, member_id) references network_member (municipality_id, id)
);

-- The conversation about a request: what people write may name people, so it is sealed.
create table request_note (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- note
    request_id uuid not null, -- the request
    account_id uuid not null, -- who wrote it
    sealed_words bytea not null, -- what was written, sealed under the municipality's key
    created_at timestamptz not null, -- when
    constraint request_note_id_key primary key (municipality_id, id),
    constraint request_note_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
);
create index request_note_request_id_idx on request_note (municipality_id, request_id, id);

-- Searches that found nothing, counted by what was chosen and never by what was typed or who searched.
create table empty_search (
    municipality_id uuid not null, -- municipality
    day date not null, -- the day, as the municipality counts it
    category text not null, -- code of the category; empty: any
    area text not null, -- code of the area; empty: any
    group_code text not null, -- code of the group; empty: any
    searches bigint not null, -- how many
    constraint empty_search_day_category_area_group_code_key primary key (municipality_id, day, category, area, group_code),
    constraint empty_search_positive check (searches > 0),
    constraint empty_search_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- What the mapping of today answers to a need that was certified: the nightly look of the board.
create table need_recheck (
    municipality_id uuid not null, -- municipality
    request_id uuid not null, -- the request
    residual bigint not null, -- people whom the network leaves today
    open bigint not null, -- services on which a person would have to decide
    recorded_at timestamptz not null, -- the mapping was read as of
    told_at timestamptz, -- when the request's owner was told that it would be covered
    constraint need_recheck_request_id_key primary key (municipality_id, request_id),
    constraint need_recheck_residual_not_negative check (residual >= 0),
    constraint need_recheck_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
);
