-- Files brought into the mapping: what each would do, line by line, before it is done; and what it did.

-- A file that somebody wants in the mapping. Its bytes are not kept.
create table file_import (
    municipality_id uuid not null, -- municipality
    id uuid not null, -- import
    state text not null constraint file_import_state_known check (state in ('refused', 'planned', 'done', 'undone')), -- where it stands
    body jsonb not null, -- name, digest, options, counts; the revisions that it wrote
    version bigint not null, -- optimistic lock: what makes it happen once
    created_at timestamptz not null, -- when it came
    updated_at timestamptz not null, -- last change
    constraint file_import_id_key primary key (municipality_id, id),
    constraint file_import_municipality_id_fkey foreign key (municipality_id) references municipality (municipality_id)
);

-- One thing that is wrong with the file, or one record that it would write.
create table file_import_line (
    municipality_id uuid not null, -- municipality
    import_id uuid not null, -- the import
    part text not null constraint file_import_line_part_known check (part in ('fault', 'note', 'added', 'changed', 'removed')), -- what it says
    number bigint not null, -- counted from 1 in its part
    body jsonb not null, -- the fault with its cell; or the record, what differs, the digest of what was there
    constraint file_import_line_import_id_part_number_key primary key (municipality_id, import_id, part, number),
    constraint file_import_line_import_id_fkey foreign key (municipality_id, import_id) references file_import (municipality_id, id)
);

-- What one act wrote is found by its revisions.
create index directory_record_revision_idx on directory_record (municipality_id, revision);
