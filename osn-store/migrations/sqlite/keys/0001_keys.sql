-- The key store: a database of its own, never in the backup of the data, so that destroying a key is erasure.
-- Every key is wrapped under the installation's key-encryption key, which is in neither database.

-- Keys of a municipality: `sign` (ed25519 seed), `index` (blind indexes), `seal` (documents about many people).
create table municipality_key (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    kind text not null constraint municipality_key_kind_known check (kind in ('sign', 'index', 'seal')), -- what it is for
    wrapped blob not null, -- the key under the key-encryption key
    created_at text not null check (length(created_at) = 27), -- when
    constraint municipality_key_kind_key primary key (municipality_id, kind)
) strict;

-- The key of one person. Deleting the row erases the person.
create table person_key (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    person_id blob not null check (length(person_id) = 16), -- the person
    wrapped blob not null, -- key id and key, under the key-encryption key
    created_at text not null check (length(created_at) = 27), -- when
    constraint person_key_person_id_key primary key (municipality_id, person_id)
) strict;

-- Whose key was destroyed: a restored key store destroys it again.
create table erased_person (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    person_id blob not null check (length(person_id) = 16), -- the person
    reason text not null, -- stable code
    erased_at text not null check (length(erased_at) = 27), -- when
    constraint erased_person_person_id_key primary key (municipality_id, person_id)
) strict;

-- How many were erased: a cached key is trusted only while this has not moved.
create table erasure_count (
    municipality_id blob not null check (length(municipality_id) = 16), -- municipality
    value integer not null, -- counts erasures
    constraint erasure_count_municipality_id_key primary key (municipality_id)
) strict;
