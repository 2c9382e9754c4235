-- Every table starts with the municipality: one database may serve many, and no query can forget it.
-- Instants are UTC with microseconds; documents (`body`) hold what no query filters by; typed columns hold what queries need.

-- A municipality that this installation serves.
create table municipality (
    municipality_id uuid not null, -- its identifier, first part of every key below
    slug text not null, -- short name in configuration and exports
    name jsonb not null, -- its name by language
    time_zone text not null, -- IANA name: legal days and protocol years are counted here
    hosts jsonb not null, -- host names under which it is reached
    settings jsonb not null, -- what it configures (languages, thresholds, texts)
    public_key bytea not null, -- ed25519 key that verifies its certificates and journal heads; the secret half is in the key store
    created_at timestamptz not null, -- when it joined
    constraint municipality_municipality_id_key primary key (municipality_id),
    constraint municipality_slug_key unique (slug)
);

-- Series without gaps: the row is locked by whoever takes the next number.
create table counter (
    municipality_id uuid not null, -- municipality
    name text not null, -- the series, e.g. `journal`, `directory`, `protocol/2022`
    value bigint not null, -- the last number given
    constraint counter_name_key primary key (municipality_id, name),
    constraint counter_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- Who alone may do a recurring piece of work, and until when.
create table lease (
    municipality_id uuid not null, -- municipality
    name text not null, -- the work, e.g. `seal`
    holder uuid not null, -- the store instance that holds it
    until timestamptz not null, -- after this moment anybody may take it
    constraint lease_name_key primary key (municipality_id, name),
    constraint lease_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- Somebody who signs in.
create table account (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- account
    login text not null, -- name for signing in, folded by the caller
    state text not null constraint account_state_known check (state in ('active', 'disabled')), -- a disabled account keeps its history
    body jsonb not null, -- name, roles, body of the network, password hash (argon2 string)
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was made
    updated_at timestamptz not null, -- last change
    constraint account_id_key primary key (municipality_id, id),
    constraint account_login_key unique (municipality_id, login),
    constraint account_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- A signed-in browser or client; the token itself is never stored.
create table session (
    municipality_id uuid not null, -- municipality
    token_hash bytea not null, -- SHA-256 of the token
    account_id uuid not null, -- whose
    created_at timestamptz not null, -- when it began
    expires_at timestamptz not null, -- when it ends
    constraint session_token_hash_key primary key (municipality_id, token_hash),
    constraint session_account_id_fkey foreign key (municipality_id, account_id) references account (municipality_id, id)
);
create index session_expires_at_idx on session (municipality_id, expires_at);

-- Every version of every record of the mapping, by the time it was recorded.
create table directory_record (
    municipality_id uuid not null, -- municipality
    kind text not null constraint directory_record_kind_known check (kind in ('taxonomy', 'taxonomy-term', 'organization', 'location', 'service')), -- kind of record
    id uuid not null, -- HSDS identifier
    revision bigint not null, -- the directory's revision that wrote this version
    owner_id uuid, -- the body that keeps the record true
    body jsonb not null, -- the record
    retired boolean not null, -- this version says that the record is gone
    recorded_at timestamptz not null, -- from this moment the mapping said so
    superseded_at timestamptz, -- until this moment; empty while it is in force
    recorded_by uuid, -- the account
    constraint directory_record_kind_id_revision_key primary key (municipality_id, kind, id, revision),
    constraint directory_record_superseded_after_recorded check (superseded_at is null or superseded_at >= recorded_at),
    constraint directory_record_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index directory_record_recorded_at_idx on directory_record (municipality_id, recorded_at);
create index directory_record_current_idx on directory_record (municipality_id, kind, id) where superseded_at is null;

-- A request for support from a body of the network.
create table support_request (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- request
    organization_id uuid not null, -- the body that asks
    state text not null constraint support_request_state_known check (state in ('draft', 'submitted', 'examined', 'confirmed', 'covered', 'withdrawn')), -- where it stands
    body jsonb not null, -- the request
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written first
    updated_at timestamptz not null, -- last change
    constraint support_request_id_key primary key (municipality_id, id),
    constraint support_request_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index support_request_state_id_idx on support_request (municipality_id, state, id);

-- The last examination of a request against the mapping.
create table confirmation (
    municipality_id uuid not null, -- municipality
    request_id uuid not null, -- the request
    body jsonb not null, -- the examination with every reason
    version bigint not null, -- how often it was examined
    updated_at timestamptz not null, -- when
    constraint confirmation_request_id_key primary key (municipality_id, request_id),
    constraint confirmation_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
);

-- A signed certificate of need; never changed.
create table certificate (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- certificate
    request_id uuid not null, -- the request it answers
    reference text not null, -- public reference
    digest bytea not null, -- digest of the canonical form, which the signature covers
    body jsonb not null, -- the certificate with its signature
    issued_at timestamptz not null, -- when
    constraint certificate_id_key primary key (municipality_id, id),
    constraint certificate_reference_key unique (municipality_id, reference),
    constraint certificate_request_id_key unique (municipality_id, request_id),
    constraint certificate_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
);

-- Versions of the intervention model and its catalogue.
create table intervention_model (
    municipality_id uuid not null, -- municipality
    version bigint not null, -- counted from 1
    body jsonb not null, -- the model
    recorded_at timestamptz not null, -- when
    constraint intervention_model_version_key primary key (municipality_id, version),
    constraint intervention_model_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- A funded operation.
create table operation (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- operation
    code text not null, -- stable code
    body jsonb not null, -- the operation
    version bigint not null, -- counts changes
    created_at timestamptz not null, -- when it was entered
    updated_at timestamptz not null, -- last change
    constraint operation_id_key primary key (municipality_id, id),
    constraint operation_code_key unique (municipality_id, code),
    constraint operation_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- One run of a program.
create table action (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- action
    certificate_id uuid not null, -- the certificate that justifies it: the chain an auditor walks
    program text not null, -- name of the program
    code_digest text not null, -- the code that judges
    state text not null constraint action_state_known check (state in ('draft', 'approved', 'completed', 'cancelled')), -- where it stands
    budget_cents bigint not null, -- money set aside, in cents
    body jsonb not null, -- the action
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was planned
    updated_at timestamptz not null, -- last change
    constraint action_id_key primary key (municipality_id, id),
    constraint action_budget_not_negative check (budget_cents >= 0),
    constraint action_certificate_id_fkey foreign key (municipality_id, certificate_id) references certificate (municipality_id, id)
);

-- Versions of an action's plan of deliveries.
create table delivery_plan (
    municipality_id uuid not null, -- municipality
    action_id uuid not null, -- action
    version bigint not null, -- counted from 1
    body jsonb not null, -- the plan
    recorded_at timestamptz not null, -- when
    constraint delivery_plan_action_id_version_key primary key (municipality_id, action_id, version),
    constraint delivery_plan_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
);

-- A call for applications.
create table call (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- call
    action_id uuid not null, -- the action it fills
    state text not null constraint call_state_known check (state in ('draft', 'published', 'assessed', 'proposed', 'final', 'cancelled')), -- where it stands
    opens_at timestamptz not null, -- first moment
    closes_at timestamptz not null, -- last moment, included
    body jsonb not null, -- the call
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was written
    updated_at timestamptz not null, -- last change
    constraint call_id_key primary key (municipality_id, id),
    constraint call_closes_after_opening check (closes_at > opens_at),
    constraint call_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
);
create index call_action_id_id_idx on call (municipality_id, action_id, id);

-- An application without its personal data.
create table application (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- application; never public
    call_id uuid not null, -- the call
    person_id uuid not null, -- whose key seals the data
    reference text not null, -- public reference
    protocol_year bigint, -- year of the protocol number, given by the sealer
    protocol_number bigint, -- gapless in its year
    state text not null constraint application_state_known check (state in ('received', 'assessed', 'selected', 'reserve', 'not-selected', 'withdrawn')), -- where it stands
    detail jsonb not null, -- the state's own data: decision, outcome, place
    code_hash bytea, -- keyed hash of the one-time code; gone after erasure
    submitted_at timestamptz not null, -- when it was received
    version bigint not null, -- optimistic lock
    updated_at timestamptz not null, -- last change
    constraint application_id_key primary key (municipality_id, id),
    constraint application_reference_key unique (municipality_id, reference),
    constraint application_protocol_year_protocol_number_key unique (municipality_id, protocol_year, protocol_number),
    constraint application_protocol_whole check ((protocol_year is null) = (protocol_number is null)),
    constraint application_call_id_fkey foreign key (municipality_id, call_id) references call (municipality_id, id)
);
create index application_call_id_id_idx on application (municipality_id, call_id, id);
create index application_person_id_idx on application (municipality_id, person_id);
create index application_unnumbered_idx on application (municipality_id, submitted_at, id) where protocol_number is null;

-- What an application says, sealed under the applicant's key.
create table application_data (
    municipality_id uuid not null, -- municipality
    application_id uuid not null, -- application
    person_id uuid not null, -- whose key
    updated_at timestamptz not null, -- last change
    sealed bytea not null, -- the sealed document
    constraint application_data_application_id_key primary key (municipality_id, application_id),
    constraint application_data_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id)
);

-- Keyed hashes by which equal values are found without being read.
create table blind_index (
    municipality_id uuid not null, -- municipality
    application_id uuid not null, -- application
    kind text not null, -- which value, e.g. `amka`, `phone`; each kind has its own key
    value bytea not null, -- HMAC-SHA-256, 16 bytes
    call_id uuid not null, -- the call, so that one application per person can be enforced
    exclusive boolean not null, -- no other application of the call may have it; false once withdrawn
    constraint blind_index_application_id_kind_value_key primary key (municipality_id, application_id, kind, value),
    constraint blind_index_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id) deferrable initially deferred
);
create index blind_index_call_id_kind_value_idx on blind_index (municipality_id, call_id, kind, value);
create unique index blind_index_call_id_kind_value_key on blind_index (municipality_id, call_id, kind, value) where exclusive;

-- One assessment of all applications of a call.
create table assessment_run (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- run
    call_id uuid not null, -- the call
    state text not null constraint assessment_run_state_known check (state in ('running', 'finished', 'failed')), -- where it stands
    body jsonb not null, -- program, parameters, limits, counts, Merkle root
    version bigint not null, -- optimistic lock
    started_at timestamptz not null, -- when
    updated_at timestamptz not null, -- last change
    constraint assessment_run_id_key primary key (municipality_id, id),
    constraint assessment_run_call_id_fkey foreign key (municipality_id, call_id) references call (municipality_id, id)
);
create index assessment_run_call_id_id_idx on assessment_run (municipality_id, call_id, id);

-- A program's verdict with its frozen input, sealed; never changed.
create table decision (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- decision
    run_id uuid not null, -- the run
    application_id uuid not null, -- the application
    person_id uuid not null, -- whose key
    outcome text not null constraint decision_outcome_known check (outcome in ('eligible', 'not-eligible', 'missing-evidence')), -- what the program judged
    units bigint not null, -- places that it would take
    digest bytea not null, -- digest of the record: leaf of the run's Merkle tree
    decided_at timestamptz not null, -- when
    sealed_keys bytea not null, -- ranking keys, sealed: an income or a degree of disability is nobody's business
    sealed bytea not null, -- the record, sealed
    constraint decision_id_key primary key (municipality_id, id),
    constraint decision_run_id_application_id_key unique (municipality_id, run_id, application_id),
    constraint decision_run_id_fkey foreign key (municipality_id, run_id) references assessment_run (municipality_id, id),
    constraint decision_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id)
);
create index decision_run_id_id_idx on decision (municipality_id, run_id, id);
create index decision_application_id_idx on decision (municipality_id, application_id);

-- A ranked and cut list.
create table selection (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- selection
    call_id uuid not null, -- the call
    state text not null constraint selection_state_known check (state in ('proposed', 'approved', 'rejected')), -- where it stands
    sealed bytea not null, -- the list, sealed under the municipality's key: it holds ranking keys of many people
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was proposed
    updated_at timestamptz not null, -- last change
    constraint selection_id_key primary key (municipality_id, id),
    constraint selection_call_id_fkey foreign key (municipality_id, call_id) references call (municipality_id, id)
);
create index selection_call_id_id_idx on selection (municipality_id, call_id, id);

-- The right of a person or household to deliveries.
create table award (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- award
    action_id uuid not null, -- the action
    person_id uuid not null, -- the recipient
    application_id uuid, -- the application that led to it
    state text not null constraint award_state_known check (state in ('active', 'withdrawn', 'fulfilled')), -- where it stands
    body jsonb not null, -- the award
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was made
    updated_at timestamptz not null, -- last change
    constraint award_id_key primary key (municipality_id, id),
    constraint award_application_id_key unique (municipality_id, application_id),
    constraint award_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id),
    constraint award_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id)
);
create index award_action_id_id_idx on award (municipality_id, action_id, id);

-- One delivery of an award.
create table delivery (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- delivery
    award_id uuid not null, -- the award; never an application
    action_id uuid not null, -- the award's action, for its lists
    instalment bigint not null, -- counted from 1
    planned_for date not null, -- the day
    state text not null constraint delivery_state_known check (state in ('planned', 'failed', 'delivered', 'cancelled')), -- where it stands
    body jsonb not null, -- the delivery with its attempts
    version bigint not null, -- optimistic lock
    created_at timestamptz not null, -- when it was planned first
    updated_at timestamptz not null, -- last change
    constraint delivery_id_key primary key (municipality_id, id),
    constraint delivery_award_id_instalment_key unique (municipality_id, award_id, instalment),
    constraint delivery_instalment_from_one check (instalment >= 1),
    constraint delivery_award_id_fkey foreign key (municipality_id, award_id) references award (municipality_id, id)
);
create index delivery_action_id_instalment_id_idx on delivery (municipality_id, action_id, instalment, id);

-- Bytes too large for a row: program packages, files, uploads.
create table blob (
    municipality_id uuid not null, -- municipality
    id bytea not null, -- digest of the bytes; for a person's file a keyed digest
    person_id uuid, -- the person under whose key the chunks are sealed
    size bigint not null, -- length of the plain bytes
    chunks bigint not null, -- how many rows
    created_at timestamptz not null, -- when
    constraint blob_id_key primary key (municipality_id, id),
    constraint blob_size_not_negative check (size >= 0),
    constraint blob_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index blob_person_id_idx on blob (municipality_id, person_id);

-- The bytes.
create table blob_chunk (
    municipality_id uuid not null, -- municipality
    blob_id bytea not null, -- which blob
    number bigint not null, -- counted from 0
    bytes bytea not null, -- at most 256 KiB of plain bytes
    constraint blob_chunk_blob_id_number_key primary key (municipality_id, blob_id, number),
    constraint blob_chunk_blob_id_fkey foreign key (municipality_id, blob_id) references blob (municipality_id, id)
);

-- An installed program; old versions stay for the decisions made with them.
create table program (
    municipality_id uuid not null, -- municipality
    package_digest text not null, -- identifies the installation
    code_digest text not null, -- identifies decisions
    name text not null, -- name from the manifest
    version text not null, -- version from the manifest
    contract text not null, -- contract version it was built for
    enabled boolean not null, -- new actions may use it
    blob_id bytea not null, -- its bytes
    body jsonb not null, -- the rest of what was found at installation
    installed_at timestamptz not null, -- when
    constraint program_package_digest_key primary key (municipality_id, package_digest),
    constraint program_blob_id_fkey foreign key (municipality_id, blob_id) references blob (municipality_id, id)
);
create index program_code_digest_idx on program (municipality_id, code_digest);
create index program_name_idx on program (municipality_id, name);

-- What was done, by whom, when. Appended only; chained by the sealer.
create table journal_entry (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- entry
    account_id uuid, -- who; empty for the public and for the system itself
    act text not null, -- what, e.g. `call.publish`
    subject_kind text, -- kind of thing it was done to
    subject_id uuid, -- which
    at timestamptz not null, -- when
    details jsonb not null, -- names of fields, codes, digests; never personal values
    digest bytea not null, -- digest over all of the above
    seq bigint, -- place in the chain, counted from 1
    chain bytea, -- hash over the chain so far and this digest
    constraint journal_entry_id_key primary key (municipality_id, id),
    constraint journal_entry_seq_key unique (municipality_id, seq),
    constraint journal_entry_sealed_whole check ((seq is null) = (chain is null)),
    constraint journal_entry_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index journal_entry_at_id_idx on journal_entry (municipality_id, at, id);
create index journal_entry_subject_id_at_id_idx on journal_entry (municipality_id, subject_id, at, id);
create index journal_entry_unsealed_idx on journal_entry (municipality_id, at, id) where seq is null;

-- Published heads of the chain: what verification leans on.
create table journal_head (
    municipality_id uuid not null, -- municipality
    seq bigint not null, -- the last entry it covers
    chain bytea not null, -- the chain's hash there
    signature bytea not null, -- the municipality's signature over it
    published_at timestamptz not null, -- when
    constraint journal_head_seq_key primary key (municipality_id, seq),
    constraint journal_head_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- What must be told to somebody, written with the change that causes it.
create table outbox_message (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- message
    recipient_person uuid, -- the person; the address is unsealed only when it is sent
    channel text not null, -- e.g. `sms`, `email`, `letter`
    template_key text not null, -- which text
    params jsonb not null, -- what the text needs: references, days, counts; nothing sensitive
    dedupe_key text, -- the same key is sent once
    state text not null constraint outbox_message_state_known check (state in ('pending', 'leased', 'sent', 'dead')), -- where it stands
    attempt bigint not null, -- how often it was tried
    due_at timestamptz not null, -- not before
    lease_worker text, -- who is sending
    lease_until timestamptz, -- until when
    last_error text, -- stable code of the last failure
    sent_at timestamptz, -- when it went out
    created_at timestamptz not null, -- when it was written
    constraint outbox_message_id_key primary key (municipality_id, id),
    constraint outbox_message_dedupe_key_key unique (municipality_id, dedupe_key),
    constraint outbox_message_leased_whole check ((state = 'leased') = (lease_until is not null)),
    constraint outbox_message_sent_at_when_sent check ((state = 'sent') = (sent_at is not null)),
    constraint outbox_message_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index outbox_message_due_idx on outbox_message (municipality_id, due_at, id) where sent_at is null;

-- Long work that survives restarts and can be watched.
create table job (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- job
    kind text not null, -- which worker takes it
    payload jsonb not null, -- what it needs; ids only
    dedupe_key text, -- the same key is enqueued once
    state text not null constraint job_state_known check (state in ('queued', 'leased', 'done', 'dead')), -- where it stands
    attempt bigint not null, -- how often it was leased
    run_at timestamptz not null, -- not before
    lease_worker text, -- who works on it
    lease_until timestamptz, -- until when
    done bigint not null, -- progress
    total bigint not null, -- of how much
    result jsonb, -- what came out
    last_error text, -- stable code of the last failure
    created_at timestamptz not null, -- when it was asked for
    finished_at timestamptz, -- when it ended
    constraint job_id_key primary key (municipality_id, id),
    constraint job_dedupe_key_key unique (municipality_id, dedupe_key),
    constraint job_leased_whole check ((state = 'leased') = (lease_until is not null)),
    constraint job_finished_when_over check ((state in ('done', 'dead')) = (finished_at is not null)),
    constraint job_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index job_open_idx on job (municipality_id, run_at, id) where finished_at is null;

-- Answers to requests with an idempotency key: asked again, answered the same.
create table remembered (
    municipality_id uuid not null, -- municipality
    route text not null, -- method and path
    idempotency_key text not null, -- the caller's key
    request_digest bytea not null, -- what was asked
    status bigint not null, -- what was answered
    sealed bytea not null, -- the answer, sealed under the municipality's key: it may hold a one-time code
    created_at timestamptz not null, -- when
    constraint remembered_route_idempotency_key_key primary key (municipality_id, route, idempotency_key),
    constraint remembered_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);
create index remembered_created_at_idx on remembered (municipality_id, created_at);

-- People whose keys were destroyed; replayed after a restore, before anything is served.
create table erasure (
    municipality_id uuid not null, -- municipality
    person_id uuid not null, -- the person, who is nobody any more
    reason text not null, -- stable code
    erased_at timestamptz not null, -- when
    constraint erasure_person_id_key primary key (municipality_id, person_id),
    constraint erasure_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- The journal is appended only: nothing is deleted, and the one change ever made is the seal of an open entry.
create function osn_append_only() returns trigger language plpgsql as $$
begin
    raise exception using errcode = '23514', constraint = tg_argv[0], message = tg_argv[0];
end $$;
create trigger journal_entry_never_deleted before delete on journal_entry
    for each row execute function osn_append_only('journal_entry_append_only');
create trigger journal_entry_never_emptied before truncate on journal_entry
    for each statement execute function osn_append_only('journal_entry_append_only');
create trigger journal_entry_never_changed before update on journal_entry
    for each row when (old.seq is not null or new.seq is null
        or old.municipality_id is distinct from new.municipality_id or old.id is distinct from new.id
        or old.account_id is distinct from new.account_id or old.act is distinct from new.act
        or old.subject_kind is distinct from new.subject_kind or old.subject_id is distinct from new.subject_id
        or old.at is distinct from new.at or old.details is distinct from new.details
        or old.digest is distinct from new.digest)
    execute function osn_append_only('journal_entry_append_only');
create trigger journal_head_never_changed before update or delete on journal_head
    for each row execute function osn_append_only('journal_head_append_only');
create trigger journal_head_never_emptied before truncate on journal_head
    for each statement execute function osn_append_only('journal_head_append_only');
