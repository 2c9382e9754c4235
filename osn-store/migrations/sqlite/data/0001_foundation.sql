-- Every table starts with the municipality: one database may serve many, and no query can forget it.
-- Instants are UTC with microseconds; documents (`body`) hold what no query filters by; typed columns hold what queries need.

-- A municipality that this installation serves.
create table municipality (
    municipality_id blob not null check (length(municipality_id) = 16), -- its identifier, first part of every key below
    slug text not null, -- short name in configuration and exports
    name text not null check (json_valid(name)), -- its name by language
    time_zone text not null, -- IANA name: legal days and protocol years are counted here
    hosts text not null check (json_valid(hosts)), -- host names under which it is reached
    settings text not null check (json_valid(settings)), -- what it configures (languages, thresholds, texts)
    public_key blob not null, -- ed25519 key that verifies its certificates and journal heads; the secret half is in the key store
    created_at text not null check (length(created_at) = 27), -- when it joined
    constraint municipality_municipality_id_key primary key (municipality_id),
    constraint municipality_slug_key unique (slug)
) strict;

-- Series without gaps: the row is locked by whoever takes the next number.
create table counter (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    name text not null, -- the series, e.g. `journal`, `directory`, `protocol/2022`
    value integer not null, -- the last number given
    constraint counter_name_key primary key (municipality_id, name),
    constraint counter_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;

-- Who alone may do a recurring piece of work, and until when.
create table lease (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    name text not null, -- the work, e.g. `seal`
    holder blob not null check (length(holder) = 16), -- the store instance that holds it
    until text not null check (length(until) = 27), -- after this moment anybody may take it
    constraint lease_name_key primary key (municipality_id, name),
    constraint lease_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;

-- Somebody who signs in.
create table account (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- account
    login text not null, -- name for signing in, folded by the caller
    state text not null constraint account_state_known check (state in ('active', 'disabled')), -- a disabled account keeps its history
    body text not null check (json_valid(body)), -- name, roles, body of the network, password hash (argon2 string)
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was made
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint account_id_key primary key (municipality_id, id),
    constraint account_login_key unique (municipality_id, login),
    constraint account_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;

-- A signed-in browser or client; the token itself is never stored.
create table session (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    token_hash blob not null, -- SHA-256 of the token
    account_id blob not null check (length(account_id) = 16), -- whose
    created_at text not null check (length(created_at) = 27), -- when it began
    expires_at text not null check (length(expires_at) = 27), -- when it ends
    constraint session_token_hash_key primary key (municipality_id, token_hash),
    constraint session_account_id_fkey foreign key (municipality_id, account_id) references account (municipality_id, id)
) strict;
create index session_expires_at_idx on session (municipality_id, expires_at);

-- Every version of every record of the mapping, by the time it was recorded.
create table directory_record (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    kind text not null constraint directory_record_kind_known check (kind in ('taxonomy', 'taxonomy-term', 'organization', 'location', 'service')), -- kind of record
    id blob not null check (length(id) = 16), -- HSDS identifier
    revision integer not null, -- the directory's revision that wrote this version
    owner_id blob check (length(owner_id) = 16), -- the body that keeps the record true
    body text not null check (json_valid(body)), -- the record
    retired integer not null check (retired in (0, 1)), -- this version says that the record is gone
    recorded_at text not null check (length(recorded_at) = 27), -- from this moment the mapping said so
    superseded_at text check (length(superseded_at) = 27), -- until this moment; empty while it is in force
    recorded_by blob check (length(recorded_by) = 16), -- the account
    constraint directory_record_kind_id_revision_key primary key (municipality_id, kind, id, revision),
    constraint directory_record_superseded_after_recorded check (superseded_at is null or superseded_at >= recorded_at),
    constraint directory_record_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index directory_record_recorded_at_idx on directory_record (municipality_id, recorded_at);
create index directory_record_current_idx on directory_record (municipality_id, kind, id) where superseded_at is null;

-- A request for support from a body of the network.
create table support_request (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- request
    organization_id blob not null check (length(organization_id) = 16), -- the body that asks
    state text not null constraint support_request_state_known check (state in ('draft', 'submitted', 'examined', 'confirmed', 'covered', 'withdrawn')), -- where it stands
    body text not null check (json_valid(body)), -- the request
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was written first
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint support_request_id_key primary key (municipality_id, id),
    constraint support_request_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index support_request_state_id_idx on support_request (municipality_id, state, id);

-- The last examination of a request against the mapping.
create table confirmation (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    request_id blob not null check (length(request_id) = 16), -- the request
    body text not null check (json_valid(body)), -- the examination with every reason
    version integer not null, -- how often it was examined
    updated_at text not null check (length(updated_at) = 27), -- when
    constraint confirmation_request_id_key primary key (municipality_id, request_id),
    constraint confirmation_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
) strict;

-- A signed certificate of need; never changed.
create table certificate (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- certificate
    request_id blob not null check (length(request_id) = 16), -- the request it answers
    reference text not null, -- public reference
    digest blob not null, -- digest of the canonical form, which the signature covers
    body text not null check (json_valid(body)), -- the certificate with its signature
    issued_at text not null check (length(issued_at) = 27), -- when
    constraint certificate_id_key primary key (municipality_id, id),
    constraint certificate_reference_key unique (municipality_id, reference),
    constraint certificate_request_id_key unique (municipality_id, request_id),
    constraint certificate_request_id_fkey foreign key (municipality_id, request_id) references support_request (municipality_id, id)
) strict;

-- Versions of the intervention model and its catalogue.
create table intervention_model (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    version integer not null, -- counted from 1
    body text not null check (json_valid(body)), -- the model
    recorded_at text not null check (length(recorded_at) = 27), -- when
    constraint intervention_model_version_key primary key (municipality_id, version),
    constraint intervention_model_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;

-- A funded operation.
create table operation (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- operation
    code text not null, -- stable code
    body text not null check (json_valid(body)), -- the operation
    version integer not null, -- counts changes
    created_at text not null check (length(created_at) = 27), -- when it was entered
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint operation_id_key primary key (municipality_id, id),
    constraint operation_code_key unique (municipality_id, code),
    constraint operation_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;

-- One run of a program.
create table action (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- action
    certificate_id blob not null check (length(certificate_id) = 16), -- the certificate that justifies it: the chain an auditor walks
    program text not null, -- name of the program
    code_digest text not null, -- the code that judges
    state text not null constraint action_state_known check (state in ('draft', 'approved', 'completed', 'cancelled')), -- where it stands
    budget_cents integer not null, -- money set aside, in cents
    body text not null check (json_valid(body)), -- the action
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was planned
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint action_id_key primary key (municipality_id, id),
    constraint action_budget_not_negative check (budget_cents >= 0),
    constraint action_certificate_id_fkey foreign key (municipality_id, certificate_id) references certificate (municipality_id, id)
) strict;

-- Versions of an action's plan of deliveries.
create table delivery_plan (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    action_id blob not null check (length(action_id) = 16), -- action
    version integer not null, -- counted from 1
    body text not null check (json_valid(body)), -- the plan
    recorded_at text not null check (length(recorded_at) = 27), -- when
    constraint delivery_plan_action_id_version_key primary key (municipality_id, action_id, version),
    constraint delivery_plan_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
) strict;

-- A call for applications.
create table call (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- call
    action_id blob not null check (length(action_id) = 16), -- the action it fills
    state text not null constraint call_state_known check (state in ('draft', 'published', 'assessed', 'proposed', 'final', 'cancelled')), -- where it stands
    opens_at text not null check (length(opens_at) = 27), -- first moment
    closes_at text not null check (length(closes_at) = 27), -- last moment, included
    body text not null check (json_valid(body)), -- the call
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was written
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint call_id_key primary key (municipality_id, id),
    constraint call_closes_after_opening check (closes_at > opens_at),
    constraint call_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id)
) strict;
create index call_action_id_id_idx on call (municipality_id, action_id, id);

-- An application without its personal data.
create table application (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- application; never public
    call_id blob not null check (length(call_id) = 16), -- the call
    person_id blob not null check (length(person_id) = 16), -- whose key seals the data
    reference text not null, -- public reference
    protocol_year integer, -- year of the protocol number, given by the sealer
    protocol_number integer, -- gapless in its year
    state text not null constraint application_state_known check (state in ('received', 'assessed', 'selected', 'reserve', 'not-selected', 'withdrawn')), -- where it stands
    detail text not null check (json_valid(detail)), -- the state's own data: decision, outcome, place
    code_hash blob, -- keyed hash of the one-time code; gone after erasure
    submitted_at text not null check (length(submitted_at) = 27), -- when it was received
    version integer not null, -- optimistic lock
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint application_id_key primary key (municipality_id, id),
    constraint application_reference_key unique (municipality_id, reference),
    constraint application_protocol_year_protocol_number_key unique (municipality_id, protocol_year, protocol_number),
    constraint application_protocol_whole check ((protocol_year is null) = (protocol_number is null)),
    constraint application_call_id_fkey foreign key (municipality_id, call_id) references call (municipality_id, id)
) strict;
create index application_call_id_id_idx on application (municipality_id, call_id, id);
create index application_person_id_idx on application (municipality_id, person_id);
create index application_unnumbered_idx on application (municipality_id, submitted_at, id) where protocol_number is null;

-- What an application says, sealed under the applicant's key.
create table application_data (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    application_id blob not null check (length(application_id) = 16), -- application
    person_id blob not null check (length(person_id) = 16), -- whose key
    updated_at text not null check (length(updated_at) = 27), -- last change
    sealed blob not null, -- the sealed document
    constraint application_data_application_id_key primary key (municipality_id, application_id),
    constraint application_data_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id)
) strict;

-- Keyed hashes by which equal values are found without being read.
create table blind_index (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    application_id blob not null check (length(application_id) = 16), -- application
    kind text not null, -- which value, e.g. `amka`, `phone`; each kind has its own key
    value blob not null, -- HMAC-SHA-256, 16 bytes
    call_id blob not null check (length(call_id) = 16), -- the call, so that one application per person can be enforced
    exclusive integer not null check (exclusive in (0, 1)), -- no other application of the call may have it; false once withdrawn
    constraint blind_index_application_id_kind_value_key primary key (municipality_id, application_id, kind, value),
    constraint blind_index_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id) deferrable initially deferred
) strict;
create index blind_index_call_id_kind_value_idx on blind_index (municipality_id, call_id, kind, value);
create unique index blind_index_call_id_kind_value_key on blind_index (municipality_id, call_id, kind, value) where exclusive;

-- One assessment of all applications of a call.
create table assessment_run (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- run
    call_id blob not null check (length(call_id) = 16), -- the call
    state text not null constraint assessment_run_state_known check (state in ('running', 'finished', 'failed')), -- where it stands
    body text not null check (json_valid(body)), -- program, parameters, limits, counts, Merkle root
    version integer not null, -- optimistic lock
    started_at text not null check (length(started_at) = 27), -- when
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint assessment_run_id_key primary key (municipality_id, id),
    constraint assessment_run_call_id_fkey foreign key (municipality_id, call_id) references call (municipality_id, id)
) strict;
create index assessment_run_call_id_id_idx on assessment_run (municipality_id, call_id, id);

-- A program's verdict with its frozen input, sealed; never changed.
create table decision (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- decision
    run_id blob not null check (length(run_id) = 16), -- the run
    application_id blob not null check (length(application_id) = 16), -- the application
    person_id blob not null check (length(person_id) = 16), -- whose key
    outcome text not null constraint decision_outcome_known check (outcome in ('eligible', 'not-eligible', 'missing-evidence')), -- what the program judged
    units integer not null, -- places that it would take
    digest blob not null, -- digest of the record: leaf of the run's Merkle tree
    decided_at text not null check (length(decided_at) = 27), -- when
    sealed_keys blob not null, -- ranking keys, sealed: an income or a degree of disability is nobody's business
    sealed blob not null, -- the record, sealed
    constraint decision_id_key primary key (municipality_id, id),
    constraint decision_run_id_application_id_key unique (municipality_id, run_id, application_id),
    constraint decision_run_id_fkey foreign key (municipality_id, run_id) references assessment_run (municipality_id, id),
    constraint decision_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id)
) strict;
create index decision_run_id_id_idx on decision (municipality_id, run_id, id);
create index decision_application_id_idx on decision (municipality_id, application_id);

-- A ranked and cut list.
create table selection (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- selection
    call_id blob not null check (length(call_id) = 16), -- the call
    state text not null constraint selection_state_known check (state in ('proposed', 'approved', 'rejected')), -- where it stands
    sealed blob not null, -- the list, sealed under the municipality's key: it holds ranking keys of many people
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was proposed
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint selection_id_key primary key (municipality_id, id),
    constraint selection_call_id_fkey foreign key (municipality_id, call_id) references call (municipality_id, id)
) strict;
create index selection_call_id_id_idx on selection (municipality_id, call_id, id);

-- The right of a person or household to deliveries.
create table award (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- award
    action_id blob not null check (length(action_id) = 16), -- the action
    person_id blob not null check (length(person_id) = 16), -- the recipient
    application_id blob check (length(application_id) = 16), -- the application that led to it
    state text not null constraint award_state_known check (state in ('active', 'withdrawn', 'fulfilled')), -- where it stands
    body text not null check (json_valid(body)), -- the award
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was made
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint award_id_key primary key (municipality_id, id),
    constraint award_application_id_key unique (municipality_id, application_id),
    constraint award_action_id_fkey foreign key (municipality_id, action_id) references action (municipality_id, id),
    constraint award_application_id_fkey foreign key (municipality_id, application_id) references application (municipality_id, id)
) strict;
create index award_action_id_id_idx on award (municipality_id, action_id, id);

-- One delivery of an award.
create table delivery (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- delivery
    award_id blob not null check (length(award_id) = 16), -- the award; never an application
    action_id blob not null check (length(action_id) = 16), -- the award's action, for its lists
    instalment integer not null, -- counted from 1
    planned_for text not null check (length(planned_for) = 10), -- the day
    state text not null constraint delivery_state_known check (state in ('planned', 'failed', 'delivered', 'cancelled')), -- where it stands
    body text not null check (json_valid(body)), -- the delivery with its attempts
    version integer not null, -- optimistic lock
    created_at text not null check (length(created_at) = 27), -- when it was planned first
    updated_at text not null check (length(updated_at) = 27), -- last change
    constraint delivery_id_key primary key (municipality_id, id),
    constraint delivery_award_id_instalment_key unique (municipality_id, award_id, instalment),
    constraint delivery_instalment_from_one check (instalment >= 1),
    constraint delivery_award_id_fkey foreign key (municipality_id, award_id) references award (municipality_id, id)
) strict;
create index delivery_action_id_instalment_id_idx on delivery (municipality_id, action_id, instalment, id);

-- Bytes too large for a row: program packages, files, uploads.
create table blob (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null, -- digest of the bytes; for a person's file a keyed digest
    person_id blob check (length(person_id) = 16), -- the person under whose key the chunks are sealed
    size integer not null, -- length of the plain bytes
    chunks integer not null, -- how many rows
    created_at text not null check (length(created_at) = 27), -- when
    constraint blob_id_key primary key (municipality_id, id),
    constraint blob_size_not_negative check (size >= 0),
    constraint blob_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index blob_person_id_idx on blob (municipality_id, person_id);

-- The bytes.
create table blob_chunk (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    blob_id blob not null, -- which blob
    number integer not null, -- counted from 0
    bytes blob not null, -- at most 256 KiB of plain bytes
    constraint blob_chunk_blob_id_number_key primary key (municipality_id, blob_id, number),
    constraint blob_chunk_blob_id_fkey foreign key (municipality_id, blob_id) references blob (municipality_id, id)
) strict;

-- An installed program; old versions stay for the decisions made with them.
create table program (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    package_digest text not null, -- identifies the installation
    code_digest text not null, -- identifies decisions
    name text not null, -- name from the manifest
    version text not null, -- version from the manifest
    contract text not null, -- contract version it was built for
    enabled integer not null check (enabled in (0, 1)), -- new actions may use it
    blob_id blob not null, -- its bytes
    body text not null check (json_valid(body)), -- the rest of what was found at installation
    installed_at text not null check (length(installed_at) = 27), -- when
    constraint program_package_digest_key primary key (municipality_id, package_digest),
    constraint program_blob_id_fkey foreign key (municipality_id, blob_id) references blob (municipality_id, id)
) strict;
create index program_code_digest_idx on program (municipality_id, code_digest);
create index program_name_idx on program (municipality_id, name);

-- What was done, by whom, when. Appended only; chained by the sealer.
create table journal_entry (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- entry
    account_id blob check (length(account_id) = 16), -- who; empty for the public and for the system itself
    act text not null, -- what, e.g. `call.publish`
    subject_kind text, -- kind of thing it was done to
    subject_id blob check (length(subject_id) = 16), -- which
    at text not null check (length(at) = 27), -- when
    details text not null check (json_valid(details)), -- names of fields, codes, digests; never personal values
    digest blob not null, -- digest over all of the above
    seq integer, -- place in the chain, counted from 1
    chain blob, -- hash over the chain so far and this digest
    constraint journal_entry_id_key primary key (municipality_id, id),
    constraint journal_entry_seq_key unique (municipality_id, seq),
    constraint journal_entry_sealed_whole check ((seq is null) = (chain is null)),
    constraint journal_entry_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index journal_entry_at_id_idx on journal_entry (municipality_id, at, id);
create index journal_entry_subject_id_at_id_idx on journal_entry (municipality_id, subject_id, at, id);
create index journal_entry_unsealed_idx on journal_entry (municipality_id, at, id) where seq is null;

-- Published heads of the chain: what verification leans on.
create table journal_head (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    seq integer not null, -- the last entry it covers
    chain blob not null, -- the chain's hash there
    signature blob not null, -- the municipality's signature over it
    published_at text not null check (length(published_at) = 27), -- when
    constraint journal_head_seq_key primary key (municipality_id, seq),
    constraint journal_head_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;

-- What must be told to somebody, written with the change that causes it.
create table outbox_message (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- message
    recipient_person blob check (length(recipient_person) = 16), -- the person; the address is unsealed only when it is sent
    channel text not null, -- e.g. `sms`, `email`, `letter`
    template_key text not null, -- which text
    params text not null check (json_valid(params)), -- what the text needs: references, days, counts; nothing sensitive
    dedupe_key text, -- the same key is sent once
    state text not null constraint outbox_message_state_known check (state in ('pending', 'leased', 'sent', 'dead')), -- where it stands
    attempt integer not null, -- how often it was tried
    due_at text not null check (length(due_at) = 27), -- not before
    lease_worker text, -- who is sending
    lease_until text check (length(lease_until) = 27), -- until when
    last_error text, -- stable code of the last failure
    sent_at text check (length(sent_at) = 27), -- when it went out
    created_at text not null check (length(created_at) = 27), -- when it was written
    constraint outbox_message_id_key primary key (municipality_id, id),
    constraint outbox_message_dedupe_key_key unique (municipality_id, dedupe_key),
    constraint outbox_message_leased_whole check ((state = 'leased') = (lease_until is not null)),
    constraint outbox_message_sent_at_when_sent check ((state = 'sent') = (sent_at is not null)),
    constraint outbox_message_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index outbox_message_due_idx on outbox_message (municipality_id, due_at, id) where sent_at is null;

-- Long work that survives restarts and can be watched.
create table job (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    id blob not null check (length(id) = 16), -- job
    kind text not null, -- which worker takes it
    payload text not null check (json_valid(payload)), -- what it needs; ids only
    dedupe_key text, -- the same key is enqueued once
    state text not null constraint job_state_known check (state in ('queued', 'leased', 'done', 'dead')), -- where it stands
    attempt integer not null, -- how often it was leased
    run_at text not null check (length(run_at) = 27), -- not before
    lease_worker text, -- who works on it
    lease_until text check (length(lease_until) = 27), -- until when
    done integer not null, -- progress
    total integer not null, -- of how much
    result text check (json_valid(result)), -- what came out
    last_error text, -- stable code of the last failure
    created_at text not null check (length(created_at) = 27), -- when it was asked for
    finished_at text check (length(finished_at) = 27), -- when it ended
    constraint job_id_key primary key (municipality_id, id),
    constraint job_dedupe_key_key unique (municipality_id, dedupe_key),
    constraint job_leased_whole check ((state = 'leased') = (lease_until is not null)),
    constraint job_finished_when_over check ((state in ('done', 'dead')) = (finished_at is not null)),
    constraint job_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index job_open_idx on job (municipality_id, run_at, id) where finished_at is null;

-- Answers to requests with an idempotency key: asked again, answered the same.
create table remembered (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    route text not null, -- method and path
    idempotency_key text not null, -- the caller's key
    request_digest blob not null, -- what was asked
    status integer not null, -- what was answered
    sealed blob not null, -- the answer, sealed under the municipality's key: it may hold a one-time code
    created_at text not null check (length(created_at) = 27), -- when
    constraint remembered_route_idempotency_key_key primary key (municipality_id, route, idempotency_key),
    constraint remembered_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;
create index remembered_created_at_idx on remembered (municipality_id, created_at);

-- People whose keys were destroyed; replayed after a restore, before anything is served.
create table erasure (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    person_id blob not null check (length(person_id) = 16), -- the person, who is nobody any more
    reason text not null, -- stable code
    erased_at text not null check (length(erased_at) = 27), -- when
    constraint erasure_person_id_key primary key (municipality_id, person_id),
    constraint erasure_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
) strict;

-- The journal is appended only: nothing is deleted, and the one change ever made is the seal of an open entry.
create trigger journal_entry_never_deleted before delete on journal_entry
begin
    select raise(abort, 'journal_entry_append_only');
end;
create trigger journal_entry_never_changed before update on journal_entry
when old.seq is not null or new.seq is null
    or old.municipality_id is not new.municipality_id or old.id is not new.id
    or old.account_id is not new.account_id or old.act is not new.act
    or old.subject_kind is not new.subject_kind or old.subject_id is not new.subject_id
    or old.at is not new.at or old.details is not new.details or old.digest is not new.digest
begin
    select raise(abort, 'journal_entry_append_only');
end;
create trigger journal_head_never_deleted before delete on journal_head
begin
    select raise(abort, 'journal_head_append_only');
end;
create trigger journal_head_never_changed before update on journal_head
begin
    select raise(abort, 'journal_head_append_only');
end;
