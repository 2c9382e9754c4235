-- What ended in the mapping since a moment, without reading everything that is in it.

create index directory_record_superseded_at_idx on directory_record (municipality_id, superseded_at) where superseded_at is not null;
create index directory_record_retired_idx on directory_record (municipality_id, recorded_at) where retired;
