-- The key store: a database of its own, never in the backup of the data, so that destroying a key is erasure.
-- Every key is wrapped under the installation's key-encryption key, which is in neither database.

-- Keys of a municipality: `sign` (ed25519 seed), `index` (blind indexes), `seal` (documents about many people).
create table municipality_key (
    municipality_id uuid not null, -- municipality
    kind text not null constraint municipality_key_kind_known check (kind in ('sign', 'index', 'seal')), -- what it is for
    wrapped bytea not null, -- the key under the key-encryption key
    created_at timestamptz not null, -- when
    constraint municipality_key_kind_key primary key (municipality_id, kind)
);

-- The key of one person. Deleting the row erases the person.
create table person_key (
    municipality_id uuid not null, -- municipality
    person_id uuid not null, -- the person
    wrapped bytea not null, -- key id and key, under the key-encryption key
    created_at timestamptz not null, -- when
    constraint person_key_person_id_key primary key (municipality_id, person_id)
);

-- Whose key was destroyed: a restored key store destroys it again.
create table erased_person (
    municipality_id uuid not null, -- municipality
    person_id uuid not null, -- the person
    reason text not null, -- stable code
    erased_at timestamptz not null, -- when
    constraint erased_person_person_id_key primary key (municipality_id, person_id)
);

-- How many were erased: a cached key is trusted only while this has not moved.
create table erasure_count (
    municipality_id uuid not null, -- municipality
    value bigint not null, -- counts erasures
    constraint erasure_count_municipality_id_key primary key (municipality_id)
);
